/**
 * Takes a region of rows down a table, first rule first, and splits it only where a rule that may still
 * hold tells its rows apart. Texts that no living rule tells apart stay together, so a table of countries
 * by carriers costs about as many steps as it has rules.
 */
import { type Region, verdictIn } from './region.ts';
import { type Solver, TooMuch } from './solve.ts';
import type { Atom, Condition, Literal, Variable } from './space.ts';
import {
  complement,
  count,
  FALSE,
  has,
  meet,
  spell,
  type Texts,
  TRUE,
  those,
  UNREADABLE,
  type Verdict,
} from './texts.ts';

/** What is left to be found out about a rule. */
export interface Rest {
  readonly id: number;
  readonly at: number;
  /** What is left as a text: the same for rules of which the same is left. */
  readonly spelt: string;
  readonly open: readonly Literal[];
  /** Of each list one block must still hold. */
  readonly any: readonly (readonly Block[])[];
  /** A number in it could not be read. */
  readonly doubtful: boolean;
}

interface Block {
  readonly open: readonly Literal[];
  readonly doubtful: boolean;
}

/** Rows that one rule decides, or none (-1). `doubtful`: the rule asks for a number that it cannot read. */
interface Leaf {
  readonly at: number;
  readonly doubtful: boolean;
  readonly region: Region;
}

export interface Walk {
  readonly conditions: readonly Condition[];
  readonly solver: Solver;
  /** True ends the walk. */
  readonly meet: (leaf: Leaf) => boolean;
  /** Whether rules that may still decide, the first foremost, need not be walked. `settled`: one surely holds. */
  readonly skip?: (at: readonly number[], settled: boolean) => boolean;
  /** Walk but once where the same is left to find out. What lies in `beside` tells regions apart. */
  readonly once?: { readonly beside: ReadonlySet<Variable> };
}

/** Steps after which a table is said to be too much. */
const MOST_STEPS = 400_000;

/**
 * Walks a region.
 * @returns whether `meet` ended it
 * @throws TooMuch where it would take too long
 */
export function walk(region: Region, given: Walk): boolean {
  return new Walker(given).run(region);
}

class Walker {
  private readonly given: Walk;
  private readonly seen: Set<string> | null;
  private readonly reducer = new Reducer();
  /** Variables that a test or a law reads together with others: their sets matter beyond the next split. */
  private readonly bound: ReadonlySet<Variable>;
  private steps = 0;

  constructor(given: Walk) {
    this.given = given;
    this.seen = given.once ? new Set() : null;
    this.bound = boundBy(given.conditions, given.solver, given.once?.beside);
  }

  run(region: Region): boolean {
    return this.node(this.reducer.living(this.given.conditions, region), region);
  }

  private node(live: readonly Rest[], region: Region): boolean {
    if (++this.steps > MOST_STEPS) throw new TooMuch();
    const [first] = live;
    if (!first) return this.leaf(-1, false, region);
    if (this.given.skip) {
      const settled = live.findIndex(isSettled);
      const upTo = settled < 0 ? live : live.slice(0, settled + 1);
      if (
        this.given.skip(
          upTo.map(({ at }) => at),
          settled >= 0,
        )
      )
        return false;
    }
    if (isSettled(first)) return this.leaf(first.at, first.doubtful, region);
    if (this.seen) {
      const key = this.key(live, region);
      if (this.seen.has(key)) return false;
      this.seen.add(key);
    }
    const next = nextOf(first);
    return next.variable ? this.split(next.variable, live, region) : this.ask(next.atom, live, region);
  }

  private leaf(at: number, doubtful: boolean, region: Region): boolean {
    return this.given.meet({ at, doubtful, region });
  }

  private key(live: readonly Rest[], region: Region): string {
    let key = live.map(({ id }) => id).join(',');
    for (const one of this.bound) if (region.constrains(one)) key += `;${one.id}=${spell(region.texts(one))}`;
    for (const [atom, verdict] of region.said) key += `;${atom.id}:${verdict}`;
    return key;
  }

  /** Parts a region by what one variable's texts make of the living rules. */
  private split(variable: Variable, live: readonly Rest[], region: Region): boolean {
    const hangsTogether = this.bound.has(variable) || this.given.solver.binds(region);
    for (const { texts, verdict } of partition(
      askedOf(variable, live),
      region.texts(variable),
      variable.pool.texts.length,
    )) {
      const left = live.flatMap((rest) => this.reducer.after(rest, variable, verdict) ?? []);
      const part = region.put(variable, texts);
      if (hangsTogether && !this.given.solver.possible(part)) continue;
      if (this.node(left, part)) return true;
    }
    return false;
  }

  /** Parts a region by what a test on several texts says. */
  private ask(atom: Atom, live: readonly Rest[], region: Region): boolean {
    const verdicts = atom.doubtful ? [TRUE, FALSE, UNREADABLE] : [TRUE, FALSE];
    for (const verdict of verdicts) {
      const part = region.where(atom, verdict);
      if (!part || !this.given.solver.possible(part)) continue;
      const left = live.flatMap((rest) => this.reducer.reduced(rest, judgedBy(atom, verdict)) ?? []);
      if (this.node(left, part)) return true;
    }
    return false;
  }
}

/** Takes from rules what has been found out about them. */
class Reducer {
  private readonly rests = new Map<string, Rest>();

  after(rest: Rest, variable: Variable, verdict: (literal: Literal) => Verdict): Rest | null {
    return this.reduced(rest, (literal) => (literal.variable === variable ? verdict(literal) : undefined));
  }

  reduced(rest: Rest, judge: (literal: Literal) => Verdict | undefined): Rest | null {
    return this.reduce(rest.at, rest.open, rest.any, rest.doubtful, judge, rest);
  }

  /** What a region leaves of rules. */
  living(conditions: readonly Condition[], region: Region): Rest[] {
    return conditions.flatMap(({ all, any }, at) => {
      const lists = any.map((list) => list.map((open) => ({ open, doubtful: false })));
      return this.reduce(at, all, lists, false, (literal) => verdictIn(literal, region)) ?? [];
    });
  }

  /** What is left of a rule; null where it has fallen. The same rest is the same object. */
  private reduce(
    at: number,
    all: readonly Literal[],
    any: readonly (readonly Block[])[],
    wasDoubtful: boolean,
    judge: (literal: Literal) => Verdict | undefined,
    before?: Rest,
  ): Rest | null {
    let doubtful = wasDoubtful;
    let changed = before === undefined;
    const open: Literal[] = [];
    for (const literal of all) {
      const verdict = judge(literal);
      if (verdict === FALSE) return null;
      if (verdict === undefined) open.push(literal);
      else {
        changed = true;
        if (verdict === UNREADABLE) doubtful = true;
      }
    }
    const lists: (readonly Block[])[] = [];
    for (const list of any) {
      const left: Block[] = [];
      for (const block of list) {
        let blockDoubtful = block.doubtful;
        let fallen = false;
        const blockOpen: Literal[] = [];
        for (const literal of block.open) {
          const verdict = judge(literal);
          if (verdict === undefined) {
            blockOpen.push(literal);
            continue;
          }
          changed = true;
          if (verdict === UNREADABLE) blockDoubtful = true;
          if (verdict === FALSE) {
            fallen = true;
            break;
          }
        }
        if (!fallen) left.push({ open: blockOpen, doubtful: blockDoubtful });
      }
      if (left.some((block) => block.open.length === 0 && !block.doubtful)) continue;
      if (left.length === 0) return null;
      if (left.every((block) => block.open.length === 0)) doubtful = true;
      else lists.push(left);
    }
    if (!changed && before) return before;
    const spelt = lists.map((list) =>
      list
        .map((block) => `${block.doubtful ? '?' : ''}${block.open.map(({ id }) => id).join('&')}`)
        .join('|'),
    );
    const left = `${doubtful ? '?' : ''} ${open.map(({ id }) => id).join('&')} ${spelt.join(' ')}`;
    const key = `${at}${left}`;
    let rest = this.rests.get(key);
    if (!rest) {
      rest = { id: this.rests.size, at, spelt: left, open, any: lists, doubtful };
      this.rests.set(key, rest);
    }
    return rest;
  }
}

/** Rules of several lists, walked together. */
export interface WalkTogether {
  readonly lists: readonly (readonly Condition[])[];
  readonly solver: Solver;
  /** Told of rows of which every list has decided: by the rule at its number, or by none (-1). */
  readonly meet: (leaves: readonly Pick<Leaf, 'at' | 'doubtful'>[], region: Region) => void;
  /** Whether what is left of the lists comes to the same, whatever else is found out. */
  readonly skip: (left: readonly (readonly Rest[])[]) => boolean;
  /** The side that each list stands on: what only one side asks tells the two apart, and is asked first. */
  readonly sides: readonly number[];
  /** What a rule would do, as a text: rules of two sides of which the same is left are alike. */
  readonly does: (list: number, rest: Rest) => string;
}

/**
 * Walks a region down several lists at once.
 * @throws TooMuch where it would take too long
 */
export function walkTogether(region: Region, given: WalkTogether): void {
  const { lists, solver } = given;
  const reducers = lists.map(() => new Reducer());
  const bound = boundBy(lists.flat(), solver);
  let steps = 0;
  const node = (left: readonly (readonly Rest[])[], part: Region): void => {
    if (++steps > MOST_STEPS) throw new TooMuch();
    const cut = left.map((list) => {
      const settled = list.findIndex(isSettled);
      return settled < 0 ? list : list.slice(0, settled + 1);
    });
    if (given.skip(cut)) return;
    const open = cut.flatMap(([first]) => (first && !isSettled(first) ? [first] : []))[0];
    if (!open) {
      given.meet(
        cut.map(([first]) => ({ at: first?.at ?? -1, doubtful: first?.doubtful ?? false })),
        part,
      );
      return;
    }
    const { variable, atom } = tellingApart(cut, given) ?? nextOf(open);
    const go = (to: Region, reduce: (reducer: Reducer, one: Rest) => Rest | null): void => {
      if ((!variable || bound.has(variable) || solver.binds(part)) && !solver.possible(to)) return;
      const after = cut.map((list, at) => list.flatMap((one) => reduce(reducers[at] as Reducer, one) ?? []));
      node(after, to);
    };
    if (variable) {
      const groups = partition(
        askedOf(variable, cut.flat()),
        part.texts(variable),
        variable.pool.texts.length,
      );
      for (const { texts, verdict } of groups)
        go(part.put(variable, texts), (reducer, one) => reducer.after(one, variable, verdict));
      return;
    }
    for (const verdict of atom.doubtful ? [TRUE, FALSE, UNREADABLE] : [TRUE, FALSE]) {
      const to = part.where(atom, verdict);
      if (to) go(to, (reducer, one) => reducer.reduced(one, judgedBy(atom, verdict)));
    }
  };
  node(
    lists.map((conditions, at) => (reducers[at] as Reducer).living(conditions, region)),
    region,
  );
}

/** What to find out about a rule that stands on one side only, unless such a one has been settled. */
function tellingApart(
  left: readonly (readonly Rest[])[],
  { sides, does }: Pick<WalkTogether, 'sides' | 'does'>,
): Literal | null {
  const known = new Map<number, Set<string>>();
  const asked = new Map<number, Set<Literal>>();
  const of = <Value>(all: Map<number, Set<Value>>, side: number): Set<Value> => {
    const set = all.get(side) ?? new Set<Value>();
    all.set(side, set);
    return set;
  };
  const spelt = (list: number, rest: Rest) => `${rest.spelt}\r${does(list, rest)}`;
  for (const [at, list] of left.entries()) {
    const side = sides[at] as number;
    for (const rest of list) {
      of(known, side).add(spelt(at, rest));
      for (const literal of openOf(rest)) of(asked, side).add(literal);
    }
  }
  for (const [at, list] of left.entries()) {
    const other = 1 - (sides[at] as number);
    const own = list.filter((rest) => !of(known, other).has(spelt(at, rest)));
    const first = own.find((rest) => !isSettled(rest));
    if (!first || own.some(isSettled)) continue;
    const literals = openOf(first).filter((literal) => !of(asked, other).has(literal));
    return literals.find(({ variable }) => variable !== null) ?? literals[0] ?? nextOf(first);
  }
  return null;
}

/** The variables that a test or a law reads together with others: their sets matter beyond the next split. */
function boundBy(
  conditions: readonly Condition[],
  solver: Solver,
  beside: Iterable<Variable> = [],
): ReadonlySet<Variable> {
  const bound = new Set(beside);
  const used = new Set<Variable>();
  for (const { all, any } of conditions) {
    for (const { atom, variable } of [...all, ...any.flat(2)]) {
      for (const one of atom.variables) {
        used.add(one);
        if (!variable) bound.add(one);
      }
    }
  }
  for (const one of used) {
    const laws = solver.laws(one);
    if (laws.length > 0) for (const other of laws.flatMap((law) => law.variables)) bound.add(other);
  }
  return bound;
}

/** What living rules ask of one variable. */
function askedOf(variable: Variable, live: readonly Rest[]): Literal[] {
  const literals = new Set<Literal>();
  for (const rest of live) {
    for (const literal of rest.open) if (literal.variable === variable) literals.add(literal);
    for (const block of rest.any.flat()) {
      for (const literal of block.open) if (literal.variable === variable) literals.add(literal);
    }
  }
  return [...literals];
}

/** What a test on several texts, once it is known, says of literals. */
function judgedBy(atom: Atom, verdict: Verdict): (literal: Literal) => Verdict | undefined {
  return (literal) => {
    if (literal.atom !== atom || literal.variable) return undefined;
    return verdict === UNREADABLE ? verdict : (verdict === TRUE) === literal.wanted ? TRUE : FALSE;
  };
}

/** Whether a rule asks for a number in some of the rows that are left. */
export function mayDoubt(rest: Rest): boolean {
  const isIn = rest.doubtful || rest.any.some((list) => list.some(({ doubtful }) => doubtful));
  return isIn || openOf(rest).some(({ atom }) => atom.doubtful);
}

/** Whether a rule holds for all rows that are left, or asks for a number in all of them. */
function isSettled({ open, any }: Rest): boolean {
  return open.length === 0 && any.length === 0;
}

function openOf({ open, any }: Rest): Literal[] {
  return [...open, ...any.flatMap((list) => list.flatMap((block) => block.open))];
}

/** What to find out next: one text alone if possible. */
function nextOf(rest: Rest): Literal {
  const asked = rest.open.length > 0 ? rest.open : openOf(rest);
  return asked.find(({ variable }) => variable !== null) ?? (asked[0] as Literal);
}

interface Group {
  readonly texts: Texts;
  readonly verdict: (literal: Literal) => Verdict;
}

/** The texts of a set in groups that no literal tells apart. Costs what the literals name, not what they leave out. */
function partition(literals: readonly Literal[], within: Texts, size: number): Group[] {
  const base = new Map<Literal, Verdict>();
  const marks = new Map<number, [Literal, Verdict][]>();
  for (const literal of literals) {
    const { holds, unreadable } = literal;
    const usual = holds.but ? TRUE : unreadable.but ? UNREADABLE : FALSE;
    base.set(literal, usual);
    const odd = new Set<number>([...holds.ids, ...unreadable.ids]);
    for (const id of odd) {
      if (!has(within, id)) continue;
      const verdict = has(unreadable, id) ? UNREADABLE : has(holds, id) ? TRUE : FALSE;
      if (verdict === usual) continue;
      const list = marks.get(id);
      if (list) list.push([literal, verdict]);
      else marks.set(id, [[literal, verdict]]);
    }
  }
  const bySignature = new Map<string, { ids: number[]; odd: [Literal, Verdict][] }>();
  for (const [id, odd] of marks) {
    const signature = odd.map(([literal, verdict]) => `${literal.id}:${verdict}`).join();
    const group = bySignature.get(signature);
    if (group) group.ids.push(id);
    else bySignature.set(signature, { ids: [id], odd });
  }
  const groups = [...bySignature.values()].map(({ ids, odd }): Group => {
    const verdicts = new Map(odd);
    return {
      texts: those(ids),
      verdict: (literal) => verdicts.get(literal) ?? (base.get(literal) as Verdict),
    };
  });
  const rest = meet(within, complement(those(marks.keys())));
  if (count(rest, size) > 0) groups.push({ texts: rest, verdict: (literal) => base.get(literal) as Verdict });
  return groups;
}
