/**
 * What rows can differ in, and what tests ask of it. A variable is a text that a row brings along: a cell,
 * what somebody wrote over it, an answer of the intake. A term is how a fact comes about from variables at
 * some point of the pipeline. An atom is a test on terms: two rows for which all atoms come out alike are
 * decided alike. `conditions.ts` says what every atom means; only `matches` is left open both ways.
 */
import { comparedFacts, type Outcome, opHolds } from '../conditions.ts';
import { ANY_CELL, Reading } from '../facts.ts';
import type { FactType, Op, Rule, Test } from '../rule.ts';
import { Pool, Pools } from './pools.ts';
import { ALL, complement, narrowest, spell, type Texts, those } from './texts.ts';
import { type Aspect, isCell, leaves, type World } from './world.ts';

/** A text that a row brings along. */
export interface Variable {
  readonly id: number;
  /** `cell`: as the file has it. `edit`: written over it by hand. `answer`: laid in before `checks`. */
  readonly kind: 'cell' | 'edit' | 'answer' | 'fact' | 'none';
  readonly fact: string;
  readonly pool: Pool;
  readonly domain: Texts;
}

/** How a fact comes about. */
export type Term =
  | { readonly kind: 'variable'; readonly key: string; readonly variable: Variable }
  | { readonly kind: 'text'; readonly key: string; readonly text: string }
  /** Emptied where a correction takes the word for nothing. */
  | { readonly kind: 'corrected'; readonly key: string; readonly of: Term; readonly world: World }
  | { readonly kind: 'pin'; readonly key: string; readonly carrier: Term; readonly world: World }
  | {
      readonly kind: 'number';
      readonly key: string;
      readonly part: string;
      readonly phone: Term;
      readonly country: Term;
      readonly system: Term;
      readonly world: World;
    }
  /** The lowest of an account: that of the row itself, as far as one row can tell. */
  | { readonly kind: 'lowest'; readonly key: string; readonly of: Term; readonly per: Term };

/** Reads variables; undefined for one that nothing has been chosen for. */
export type Choice = (variable: Variable) => string | undefined;

/** A test on terms. */
export interface Atom {
  readonly id: number;
  readonly variables: readonly Variable[];
  /** `matches` is in it: it may come out either way, whatever else is known. */
  readonly free: boolean;
  /** What comes out for a choice; undefined where too little of it has been chosen. */
  readonly judge: (choice: Choice) => Outcome | undefined;
  /** What it reads of one text alone: texts of which it reads the same are alike to it. */
  readonly profile: (variable: Variable, text: string) => string;
  /** Of a free atom that is false of a blank, whatever the pattern: whether there is one. Else null. */
  readonly blank: ((choice: Choice) => boolean | undefined) | null;
  /** Of any cell of the row: also of one that nothing is chosen for. */
  readonly cells: boolean;
  /** Of such a one: texts of a cell that fits. */
  readonly fitting: readonly string[];
  /** Whether a number may be unreadable in it. */
  readonly doubtful: boolean;
}

/** That an atom comes out so. Of one variable and without `matches`, it is two sets of texts. */
export interface Literal {
  readonly id: number;
  readonly atom: Atom;
  readonly wanted: boolean;
  /** The one variable that settles it; null where it takes more. */
  readonly variable: Variable | null;
  /** The texts for which it holds, and those that cannot be read; of a single variable only. */
  readonly holds: Texts;
  readonly unreadable: Texts;
}

/** What a test says, and in which world. */
export interface Said extends Pick<Test, 'fact' | 'op'> {
  readonly world: World;
}

/** A rule's conditions: all of `all`, and of each of `any` at least one block. */
export interface Condition {
  readonly all: readonly Literal[];
  readonly any: readonly (readonly (readonly Literal[])[])[];
}

/** Something that is so in every row. */
export interface Law {
  readonly variables: readonly Variable[];
  readonly holds: (choice: Choice) => boolean | undefined;
  /** As of an atom. */
  readonly profile: (variable: Variable, text: string) => string;
}

/** What a cell's text is at some point of the pipeline. */
export interface Point {
  readonly world: World;
  field(name: string): Term;
}

/** How rows begin: as the file has them, or with what somebody wrote over some cells, which no rule changes. */
export interface Start extends Point {
  pinned(field: string): boolean;
  /** Whether somebody may have said of a fact that there is none. */
  readonly answered: boolean;
}

/** Rows as files have them, of which nobody has said anything. */
export function asFiled(space: Space, world: World): Start {
  return {
    world,
    answered: false,
    pinned: () => false,
    field: (name) => space.of(space.variable('cell', name)),
  };
}

/** Rows in which people may have written any cell but the `untouched`; what they wrote, no rule changes. */
export function asEdited(space: Space, world: World, untouched: ReadonlySet<string> = new Set()): Start {
  const kindOf = (name: string) => (untouched.has(name) ? 'cell' : 'edit');
  return {
    world,
    answered: true,
    pinned: (name) => !untouched.has(name),
    field: (name) => space.of(space.variable(kindOf(name), name)),
  };
}

const NOBODY: Texts = those([]);

/** All variables, terms and atoms that come up; each is made once. */
export class Space {
  private readonly pools: Pools;
  private readonly worlds: readonly World[];
  private readonly variables = new Map<string, Variable>();
  private readonly terms = new Map<string, Term>();
  private readonly atoms = new Map<string, Atom>();
  private readonly literals = new Map<string, Literal>();
  private readonly readings = new Map<string, Map<string, Reading>>();
  private readonly byKey = new Map<string, Map<string, number[]>>();
  private readonly ops = new Map<Op, string>();
  private readonly flags = new Pool(['', 'yes']);
  private readonly aspects = new Map<World, Map<string, string>>();
  private readonly bySets = new Map<string, Literal>();
  private readonly tests = new Map<Atom, Said>();
  private readonly conditions = new Map<
    Pick<Rule, 'when' | 'whenAny'>,
    { readonly facts: readonly string[]; readonly made: Map<string, Condition> }
  >();

  /** @param also tests that are asked beside those of the rules */
  constructor(worlds: readonly World[], also: readonly Test[] = []) {
    this.worlds = worlds;
    this.pools = new Pools(worlds, also);
  }

  variable(kind: Variable['kind'], fact: string): Variable {
    const name = `${kind}:${fact}`;
    let variable = this.variables.get(name);
    if (!variable) {
      const pool = kind === 'none' ? this.flags : this.pools.of(fact);
      variable = { id: this.variables.size, kind, fact, pool, domain: this.domain(kind, fact, pool) };
      this.variables.set(name, variable);
    }
    return variable;
  }

  private domain(kind: Variable['kind'], fact: string, pool: Pool): Texts {
    if (kind !== 'fact') return ALL;
    const allowed = this.worlds.map((world) => world.allowed(fact));
    const listed = allowed.every((texts) => texts !== null) ? new Set(allowed.flat()) : null;
    const fits = (text: string): boolean => {
      if (listed) return listed.has(text);
      if (fact === 'system') return text.trim() !== '';
      return !fact.startsWith('file.distinct.') || /^\d+$/.test(text);
    };
    return those([...pool.texts.keys()].filter((number) => fits(pool.texts[number] as string)));
  }

  // Terms

  private term<Made extends Term>(key: string, make: (key: string) => Made): Term {
    let term = this.terms.get(key);
    if (!term) {
      term = make(key);
      this.terms.set(key, term);
    }
    return term;
  }

  of(variable: Variable): Term {
    return this.term(`v${variable.id}`, (key) => ({ kind: 'variable', key, variable }));
  }

  text(text: string): Term {
    return this.term(JSON.stringify(text), (key) => ({ kind: 'text', key, text }));
  }

  /** A cell after the corrections. */
  corrected(of: Term, world: World): Term {
    if (world.blankWords.size === 0) return of;
    const isBlankWord = (text: string) => world.blankWords.has(text.toLowerCase());
    if (of.kind === 'text') return isBlankWord(of.text) ? this.text('') : of;
    if (of.kind === 'variable' && !of.variable.pool.texts.some(isBlankWord)) return of;
    return this.term(`${this.worldKey(world, 'blanks')}blanked(${of.key})`, (key) => ({
      kind: 'corrected',
      key,
      of,
      world,
    }));
  }

  lowest(of: Term, per: Term): Term {
    return this.term(`lowest(${of.key},${per.key})`, (key) => ({ kind: 'lowest', key, of, per }));
  }

  /** A fact at a point of the pipeline. */
  fact(fact: string, point: Point): Term {
    const { world } = point;
    if (isCell(fact)) return point.field(fact);
    if (fact.startsWith('original.')) return this.of(this.variable('cell', fact.slice('original.'.length)));
    if (fact.startsWith('none.')) return this.of(this.variable('none', fact.slice('none.'.length)));
    if (fact === 'carrier.pin') {
      const carrier = point.field('carrier');
      return this.term(`${this.worldKey(world, 'pins')}pin(${carrier.key})`, (key) => ({
        kind: 'pin',
        key,
        carrier,
        world,
      }));
    }
    if (fact.startsWith('number.')) {
      const part = fact.slice('number.'.length);
      const phone = point.field('phoneNumber');
      const country = point.field('country');
      const system = this.of(this.variable('fact', 'system'));
      return this.term(`${this.worldKey(world, 'numbers')}${part}(${phone.key},${country.key})`, (key) => ({
        kind: 'number',
        key,
        part,
        phone,
        country,
        system,
        world,
      }));
    }
    return this.of(this.variable('fact', fact));
  }

  /** Which of the worlds that read alike in an aspect this one belongs to: what is made of it is made once for all. */
  private worldKey(world: World, aspect: Aspect): string {
    if (this.worlds.length === 1) return '';
    let known = this.aspects.get(world);
    if (!known) {
      known = new Map();
      this.aspects.set(world, known);
    }
    const name = typeof aspect === 'object' ? `values ${aspect.values}` : aspect;
    let key = known.get(name);
    if (key === undefined) {
      const text = world.aspect(aspect);
      key = `${this.worlds.findIndex((other) => other.aspect(aspect) === text)}:`;
      known.set(name, key);
    }
    return key;
  }

  /** A type of texts as a key: the same for worlds that read its texts alike. */
  private typeKey(world: World, type: FactType): string {
    if (typeof type === 'object') return `${this.worldKey(world, type)}${type.values}`;
    if (type === 'carrier') return `${this.worldKey(world, 'carriers')}${type}`;
    return type === 'country' ? `${this.worldKey(world, 'countries')}${type}` : type;
  }

  // Atoms

  private reading(world: World, type: FactType, text: string): Reading {
    const name = this.typeKey(world, type);
    let known = this.readings.get(name);
    if (!known) {
      known = new Map();
      this.readings.set(name, known);
    }
    let reading = known.get(text);
    if (!reading) {
      reading = new Reading(type, text, world.books);
      known.set(text, reading);
    }
    return reading;
  }

  private atom(key: string, make: () => Omit<Atom, 'id'>): Atom {
    let atom = this.atoms.get(key);
    if (!atom) {
      atom = { ...make(), id: this.atoms.size };
      this.atoms.set(key, atom);
    }
    return atom;
  }

  private opKey(op: Op): string {
    let key = this.ops.get(op);
    if (key === undefined) {
      key = JSON.stringify(op, (name, value: unknown) =>
        name === 'written' ? undefined : name === 'pattern' ? (value as { source: string }).source : value,
      );
      this.ops.set(op, key);
    }
    return key;
  }

  /** That an operator holds of a fact. */
  private opAtom(fact: string, op: Op, point: Point): Atom {
    const { world } = point;
    const type = world.type(fact);
    const term = this.fact(fact, point);
    const others = new Map(
      comparedFacts(op).map((other) => [other, { term: this.fact(other, point), type: world.type(other) }]),
    );
    const against = [...others].map(([other, { term }]) => `${other}=${term.key}`).join(',');
    const key = `${this.typeKey(world, type)} ${this.opKey(op)} ${term.key} ${against}`;
    const atom = this.atom(key, () => {
      const free = leaves(op).some(({ kind }) => kind === 'matches');
      const judge = (choice: Choice): Outcome | undefined => {
        const text = textOf(term, choice);
        if (text === undefined) return undefined;
        const read = new Map<string, Reading>();
        for (const [other, { term, type }] of others) {
          const otherText = textOf(term, choice);
          if (otherText === undefined) return undefined;
          read.set(other, this.reading(world, type, otherText));
        }
        return opHolds(op, this.reading(world, type, text), (other) => read.get(other) as Reading);
      };
      // Where two facts are only compared by what they mean, their keys are all there is to know.
      const byMeaning = leaves(op).every(({ kind }) => kind === 'same-as');
      const all = [{ term, type }, ...others.values()];
      const profile = (variable: Variable, text: string): string => {
        const alone: Choice = (one) => (one === variable ? text : undefined);
        const outcome = judge(alone);
        if (outcome !== undefined) return String(outcome);
        return JSON.stringify(
          all.map((one) => {
            const read = textOf(one.term, alone);
            if (read === undefined) return gist(one.term, variable, text);
            return byMeaning ? this.reading(world, one.type, read).key : read;
          }),
        );
      };
      const blankIsFalse =
        opHolds(op, this.reading(world, type, ''), () => this.reading(world, 'text', '')) === false;
      return {
        variables: variablesOf([term, ...[...others.values()].map((other) => other.term)]),
        free,
        judge,
        profile,
        blank: free && blankIsFalse ? (choice) => isBlankIn(term, choice) : null,
        cells: false,
        fitting: [],
        doubtful: leaves(op).some(({ kind }) => kind === 'number'),
      };
    });
    // Where nothing has changed a cell yet, it is the cell that is spoken of.
    if (this.tests.get(atom)?.fact.startsWith('original.') !== false)
      this.tests.set(atom, { fact, op, world });
    return atom;
  }

  /** The test that an atom was made of; null for one that no test says. */
  testOf(atom: Atom): Said | null {
    return this.tests.get(atom) ?? null;
  }

  /** That some cell of the row fits. True can always be had by one more column; false holds for every cell. */
  private cellsAtom(op: Op, point: Point): Atom {
    const { world } = point;
    // What goes out of a field that only goes in rests on who wrote it: the file may have no such column.
    const fields = [...world.rules.layouts.fields.values()].filter((field) => !field.inputOnly);
    const terms = fields.map(({ name }) => point.field(name));
    const key = `cells ${this.opKey(op)} ${terms.map((term) => term.key).join(',')}`;
    const atom = this.atom(key, () => {
      const free = leaves(op).some(({ kind }) => kind === 'matches');
      const fits = (text: string) =>
        opHolds(op, this.reading(world, 'text', text), () => this.reading(world, 'text', '')) === true;
      const judge = (choice: Choice): Outcome | undefined => {
        for (const term of terms) {
          const text = textOf(term, choice);
          // Where nothing stands, the file may have no such column.
          if (text !== undefined && isPresent(text) && fits(text)) return true;
        }
        return undefined;
      };
      // What a correction empties is no longer there when most tests are asked.
      const isEmptied = (text: string) =>
        this.worlds.some(({ blankWords }) => blankWords.has(text.toLowerCase()));
      const all = this.pools.of(ANY_CELL).texts.filter(fits);
      const fitting = [...all.filter((text) => !isEmptied(text)), ...all.filter(isEmptied)];
      return {
        variables: variablesOf(terms),
        free,
        judge,
        profile: (_, text) => String(isPresent(text) && fits(text)),
        blank: null,
        cells: true,
        fitting,
        doubtful: false,
      };
    });
    if (!this.tests.has(atom)) this.tests.set(atom, { fact: ANY_CELL, op, world });
    return atom;
  }

  /** That two terms are different texts. */
  differs(a: Term, b: Term): Atom {
    return this.atom(`differ ${a.key} ${b.key}`, () => ({
      variables: variablesOf([a, b]),
      free: false,
      judge: (choice) => {
        const [left, right] = [textOf(a, choice), textOf(b, choice)];
        return left === undefined || right === undefined ? undefined : left !== right;
      },
      profile: (_, text) => text,
      blank: null,
      cells: false,
      fitting: [],
      doubtful: false,
    }));
  }

  /** That a term is more than white space. */
  present(term: Term): Literal {
    const atom = this.atom(`present ${term.key}`, () => ({
      variables: variablesOf([term]),
      free: false,
      judge: (choice) => {
        const text = textOf(term, choice);
        return text === undefined ? undefined : isPresent(text);
      },
      profile: (_, text) => text,
      blank: null,
      cells: false,
      fitting: [],
      doubtful: false,
    }));
    return this.literal(atom, true);
  }

  literal(atom: Atom, wanted: boolean): Literal {
    const key = `${atom.id}${wanted}`;
    let literal = this.literals.get(key);
    if (!literal) {
      const [variable, ...more] = atom.variables;
      const single = variable !== undefined && more.length === 0 && !atom.free ? variable : null;
      const sets = single ? this.setsOf(atom, single, wanted) : { holds: NOBODY, unreadable: NOBODY };
      literal = this.once({ id: this.literals.size, atom, wanted, variable: single, ...sets });
      this.literals.set(key, literal);
    }
    return literal;
  }

  /** Of several worlds, tests that the same texts of a variable meet are one literal, however each world says them. */
  private once(literal: Literal): Literal {
    const { variable, holds, unreadable } = literal;
    if (this.worlds.length === 1 || !variable) return literal;
    const key = `${variable.id} ${spell(holds)} ${spell(unreadable)}`;
    const known = this.bySets.get(key);
    if (known) return known;
    this.bySets.set(key, literal);
    return literal;
  }

  private setsOf(atom: Atom, variable: Variable, wanted: boolean): Pick<Literal, 'holds' | 'unreadable'> {
    const { texts } = variable.pool;
    const holds: number[] = [];
    const unreadable: number[] = [];
    let asked: string = '';
    const choice: Choice = () => asked;
    for (let number = 0; number < texts.length; number++) {
      asked = texts[number] as string;
      const outcome = atom.judge(choice);
      if (outcome === 'unreadable') unreadable.push(number);
      else if (outcome === wanted) holds.push(number);
    }
    return { holds: narrowest(those(holds), texts.length), unreadable: { but: false, ids: unreadable } };
  }

  private readonly profiles = new Map<Pick<Atom, 'profile'>, Map<Variable, readonly number[]>>();

  /** By the number of each of a variable's texts, which of them are alike to an atom or a law. */
  alike(reader: Pick<Atom, 'profile'>, variable: Variable): readonly number[] {
    let known = this.profiles.get(reader);
    if (!known) {
      known = new Map();
      this.profiles.set(reader, known);
    }
    let classes = known.get(variable);
    if (!classes) {
      const seen = new Map<string, number>();
      classes = variable.pool.texts.map((text) => {
        const profile = reader.profile(variable, text);
        const number = seen.get(profile) ?? seen.size;
        seen.set(profile, number);
        return number;
      });
      known.set(variable, classes);
    }
    return classes;
  }

  // Conditions

  /** What a test asks for at a point; a list of blocks where there is a choice. */
  private parts(test: Test, point: Point): { all: Literal[]; any: Literal[][] | null } {
    const { fact, op } = test;
    if (fact === ANY_CELL) return { all: [this.literal(this.cellsAtom(op, point), true)], any: null };
    const isFree = (one: Op) => leaves(one).some(({ kind }) => kind === 'matches');
    // A pattern beneath one `not` keeps its own atom: it is the same pattern that holds elsewhere.
    if (op.kind !== 'not' || !isFree(op) || op.ops.some((one) => one.kind === 'not' || one.kind === 'all-of'))
      return { all: [this.opLiteral(fact, op, point)], any: null };
    const facts = [fact, ...comparedFacts(op)];
    const all = facts.map((one) => this.present(this.fact(one, point)));
    const blocks = op.ops.map((one) => [this.literal(this.opAtom(fact, one, point), false)]);
    const [only, ...more] = blocks;
    return more.length === 0 ? { all: [...all, ...(only ?? [])], any: null } : { all, any: blocks };
  }

  /** That an operator without a choice in it holds of a fact. */
  opLiteral(fact: string, op: Op, point: Point): Literal {
    if (op.kind === 'equals' || (op.kind === 'not' && op.ops.length === 1 && op.ops[0]?.kind === 'equals')) {
      const quick = this.equality(fact, op, point);
      if (quick) return quick;
    }
    return this.literal(this.opAtom(fact, op, point), true);
  }

  /** Equalities of one variable are looked up by key: there may be thousands of them. */
  private equality(fact: string, op: Op, point: Point): Literal | null {
    const term = this.fact(fact, point);
    if (term.kind !== 'variable') return null;
    const atom = this.opAtom(fact, op, point);
    const key = `${atom.id}true`;
    const known = this.literals.get(key);
    if (known) return known;
    const { variable } = term;
    const type = point.world.type(fact);
    const index = this.index(point.world, type, variable.pool);
    const keys =
      op.kind === 'equals'
        ? op.keys
        : op.kind === 'not' && op.ops[0]?.kind === 'equals'
          ? op.ops[0].keys
          : [];
    const equal = keys.flatMap((one) => index.get(one) ?? []);
    const holds =
      op.kind === 'equals' ? those(equal) : complement(those([...equal, ...(index.get('') ?? [])]));
    const literal = this.once({
      id: this.literals.size,
      atom,
      wanted: true,
      variable,
      holds: narrowest(holds, variable.pool.texts.length),
      unreadable: NOBODY,
    });
    this.literals.set(key, literal);
    return literal;
  }

  private index(world: World, type: FactType, pool: Pool): ReadonlyMap<string, number[]> {
    const name = `${this.typeKey(world, type)} ${this.poolKey(pool)}`;
    let index = this.byKey.get(name);
    if (!index) {
      index = new Map();
      for (const [number, text] of pool.texts.entries()) {
        const { key } = this.reading(world, type, text);
        const list = index.get(key);
        if (list) list.push(number);
        else index.set(key, [number]);
      }
      this.byKey.set(name, index);
    }
    return index;
  }

  private readonly poolKeys = new Map<Pool, number>();

  private poolKey(pool: Pool): number {
    let key = this.poolKeys.get(pool);
    if (key === undefined) {
      key = this.poolKeys.size;
      this.poolKeys.set(pool, key);
    }
    return key;
  }

  /** A rule's conditions at a point; the same one where the rule reads the same terms. */
  condition(rule: Pick<Rule, 'when' | 'whenAny'>, point: Point): Condition {
    let known = this.conditions.get(rule);
    if (!known) {
      const facts = new Set(
        [...rule.when, ...rule.whenAny.flat()].flatMap(({ fact, op }) => [fact, ...comparedFacts(op)]),
      );
      known = { facts: [...facts], made: new Map() };
      this.conditions.set(rule, known);
    }
    const read = known.facts.flatMap((fact) =>
      fact === ANY_CELL ? [...point.world.rules.layouts.fields.keys()] : [fact],
    );
    const key = [this.worlds.indexOf(point.world), ...read.map((fact) => this.fact(fact, point).key)].join(
      ' ',
    );
    let condition = known.made.get(key);
    if (!condition) {
      condition = this.makeCondition(rule, point);
      known.made.set(key, condition);
    }
    return condition;
  }

  private makeCondition(rule: Pick<Rule, 'when' | 'whenAny'>, point: Point): Condition {
    const all: Literal[] = [];
    const any: Literal[][][] = [];
    for (const test of rule.when) {
      const parts = this.parts(test, point);
      all.push(...parts.all);
      if (parts.any) any.push(parts.any);
    }
    if (rule.whenAny.length > 0) any.push(rule.whenAny.flatMap((block) => this.blocks(block, point)));
    return { all, any };
  }

  /** One block of `when-any`, taken apart where a test in it leaves a choice. */
  private blocks(tests: readonly Test[], point: Point): Literal[][] {
    let blocks: Literal[][] = [[]];
    for (const test of tests) {
      const { all, any } = this.parts(test, point);
      const ways = any ?? [[]];
      blocks = blocks.flatMap((block) => ways.map((way) => [...block, ...all, ...way]));
    }
    return blocks;
  }

  // Laws

  /** What is so in every row that begins at `start`, as far as it binds a variable to others. */
  laws(variable: Variable, start: Start): readonly Law[] {
    const { kind, fact } = variable;
    const found: Law[] = [];
    /** Where this variable's text is such, so is that of `then`. */
    const implies = (isSuch: (text: string) => boolean, then: Term, isSo: (text: string) => boolean) => {
      const variables = [...new Set([variable, ...variablesIn(then)])];
      const holds = (choice: Choice) => {
        const text = choice(variable);
        if (text === undefined) return undefined;
        if (!isSuch(text)) return true;
        const other = textOf(then, choice);
        return other === undefined ? undefined : isSo(other);
      };
      const profile = (one: Variable, text: string): string => {
        const alone: Choice = (other) => (other === one ? text : undefined);
        const read = textOf(then, alone);
        const such = one === variable ? isSuch(text) : null;
        return `${such} ${read === undefined ? gist(then, one, text) : isSo(read)}`;
      };
      found.push({ variables, holds, profile });
    };
    if (kind === 'none') {
      const then = isCell(fact) ? start.field(fact) : this.of(this.variable('fact', fact));
      const possible = start.answered && start.world.canBeNone(fact) && (!isCell(fact) || start.pinned(fact));
      implies(
        (text) => text === 'yes',
        then,
        (text) => possible && !isPresent(text),
      );
    }
    if (kind !== 'fact') return found;
    const phone = () => start.field('phoneNumber');
    const [head, name = '', ...rest] = fact.split('.');
    if (head === 'reference' && rest[0] === 'found') implies((text) => text === 'yes', phone(), isPresent);
    else if (head === 'reference') {
      const known = this.of(this.variable('fact', `reference.${name}.found`));
      implies(isPresent, known, (text) => text === 'yes');
    } else if (fact === 'row.duplicate') {
      implies(isPresent, phone(), isPresent);
      implies(
        (text) => !isPresent(text),
        phone(),
        (text) => !isPresent(text),
      );
    } else if (head === 'file') {
      implies(
        (text) => text === '0',
        start.field(rest.join('.')),
        (text) => !isPresent(text),
      );
    }
    return found;
  }
}

function isBlankIn(term: Term, choice: Choice): boolean | undefined {
  const text = textOf(term, choice);
  return text === undefined ? undefined : !isPresent(text);
}

function isPresent(text: string): boolean {
  return text.trim() !== '';
}

/** A term's text; undefined where too little has been chosen. */
export function textOf(term: Term, choice: Choice): string | undefined {
  switch (term.kind) {
    case 'variable':
      return choice(term.variable);
    case 'text':
      return term.text;
    case 'corrected': {
      const text = textOf(term.of, choice);
      return text !== undefined && term.world.blankWords.has(text.toLowerCase()) ? '' : text;
    }
    case 'pin': {
      const carrier = textOf(term.carrier, choice);
      return carrier === undefined ? undefined : (term.world.books.carriers.carrier(carrier)?.pin ?? '');
    }
    case 'number': {
      const phone = textOf(term.phone, choice);
      if (phone === undefined) return undefined;
      if (!isPresent(phone)) return '';
      const alone = phone.startsWith('+');
      const country = alone ? '' : textOf(term.country, choice);
      const system = textOf(term.system, choice);
      if (country === undefined) return undefined;
      // Only a number that reads differently at home waits for the layout.
      const home = system === undefined ? undefined : term.world.home(system);
      const read = term.world.number(phone, country, home);
      if (system === undefined && !(alone && read.valid)) return undefined;
      if (term.part === 'valid') return read.valid ? 'yes' : 'no';
      return (term.part === 'country' ? read.country : read.type) ?? '';
    }
    case 'lowest': {
      const per = textOf(term.per, choice);
      return per === undefined ? undefined : !isPresent(per) ? '' : textOf(term.of, choice);
    }
  }
}

/** What a term makes of one of several texts, where that alone does not settle it. */
function gist(term: Term, variable: Variable, text: string): string {
  if (!variablesIn(term).includes(variable)) return '';
  if (term.kind !== 'number' || variablesIn(term.phone).includes(variable)) return text;
  const { countries } = term.world.books;
  const code =
    term.country.kind === 'variable' && term.country.variable === variable ? countries.code(text) : text;
  return code ?? '';
}

function variablesOf(terms: readonly Term[]): Variable[] {
  return [...new Set(terms.flatMap(variablesIn))];
}

function variablesIn(term: Term): Variable[] {
  switch (term.kind) {
    case 'variable':
      return [term.variable];
    case 'text':
      return [];
    case 'corrected':
      return variablesIn(term.of);
    case 'pin':
      return variablesIn(term.carrier);
    case 'number':
      return [...variablesIn(term.phone), ...variablesIn(term.country), ...variablesIn(term.system)];
    case 'lowest':
      return [...variablesIn(term.of), ...variablesIn(term.per)];
  }
}
