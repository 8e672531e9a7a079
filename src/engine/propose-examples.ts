/**
 * Examples for a new entry: a row for which it acts, and for each of its conditions one in which only that
 * condition fails. Every one has been run: it holds, and would not if its condition were left out.
 */
import { comparedFacts, opHolds } from './conditions.ts';
import { trialOf, withEscalation } from './coverage.ts';
import { makeBooks } from './decide.ts';
import type { Block, Yaml } from './edit-rules.ts';
import { escalate } from './escalate.ts';
import { comesOut, type GivenRows, judgeRejection } from './examples.ts';
import { ANY_CELL, type Books, factType, Reading } from './facts.ts';
import { type Condition, conditionsOf, isEscalation, isRule, swapFor } from './mutants.ts';
import {
  BY_CARRIER,
  type Escalation,
  type Example,
  type LookUp,
  type Op,
  type Rule,
  type RuleSet,
} from './rule.ts';

/** An example as it is written: a row, what comes of it, and whether that must come or must not. */
export interface ExampleBlock {
  readonly given: Block;
  readonly expected: Block;
  readonly holds: boolean;
}

export type Row = Readonly<Record<string, string>>;

/** As many texts as are tried for one fact, and as many rows as are tried around a new one. */
const MOST_TRIED = 24;
const FIRST_TRIED = 3;
/** Texts that no rule is likely to name. */
const UNNAMED = ['Example', '1'];

/** A row for which an entry acts; null where none is found. The entry is one of `rules`. */
export async function proposeExample(rules: RuleSet, owner: Rule | LookUp): Promise<ExampleBlock | null> {
  return new Proposer(trialOf(rules)).holding(owner);
}

/**
 * For each condition of an entry that no example tests yet, a row in which only that condition fails.
 * @param examples examples of the entry, of which the first that expects something is the row to begin with
 */
export async function proposeCounterExamples(
  rules: RuleSet,
  owner: Rule | LookUp,
  examples: readonly ExampleBlock[],
): Promise<ExampleBlock[]> {
  const proposer = new Proposer(trialOf(rules));
  const holding = examples.find((one) => one.holds);
  if (!holding) return [];
  const found: ExampleBlock[] = [];
  for (const { mutants, ...condition } of conditionsOf(owner)) {
    const swap = mutants.flatMap((one) =>
      one.change === 'dropped' && one.always ? (swapFor(one) ?? []) : [],
    )[0];
    if (!swap) continue;
    const fails = (block: ExampleBlock) => proposer.fails(owner, exampleOf(block, owner), swap);
    let isTested = false;
    for (const example of examples) isTested ||= await fails(example);
    if (isTested) continue;
    for (const row of proposer.failing(owner, condition, plain(holding.given) as Row)) {
      const counter = { given: new Map(Object.entries(row)), expected: holding.expected, holds: false };
      if ((await proposer.fails(owner, exampleOf(counter, owner), null)) || !(await fails(counter))) continue;
      found.push(counter);
      break;
    }
  }
  return found;
}

/** Finds rows for entries: those in which they act, and those in which they just do not. */
export class Proposer {
  readonly trial: GivenRows;
  /** By fact, the texts that examples have for it, in their order. */
  private readonly met = new Map<string, Set<string>>();
  private readonly listed = new Map<string, Listed>();

  constructor(trial: GivenRows) {
    this.trial = trial;
    const { tables, lookUps } = trial.rules;
    for (const { examples } of [...tables.flatMap((table) => table.rules), ...lookUps]) {
      for (const { given } of examples) {
        for (const [fact, text] of Object.entries(given)) {
          const texts = this.met.get(fact);
          if (texts) texts.add(text);
          else this.met.set(fact, new Set([text]));
        }
      }
    }
  }

  /** Whether an example does not come out as it says, with a rule or look-up as it is or as if it were another. */
  async fails(owner: Rule | LookUp, example: Example, swap: Parameters<GivenRows['decideAs']>[1] | null) {
    const { trial } = this;
    const [decision] = swap
      ? [await trial.decideAs(example.given, swap)]
      : await trial.decide([example.given]);
    return !decision || !comesOut(owner, example, decision, trial.evaluatorOf(example.given));
  }

  /** A row for which an entry acts; null where none is found. */
  async holding(owner: Rule | LookUp): Promise<ExampleBlock | null> {
    const given = this.holdingRow(conditionsOf(owner).filter(({ mutants }) => mutants[0]?.always !== false));
    if (given === null) return null;
    for (const around of [{}, ...rowsNear(this.trial.rules, owner)]) {
      // What a condition wants blank must not come with the row around it.
      const row = filled({ ...around, ...given });
      const expected = expectedOf(owner, row);
      if (expected.size === 0) return null;
      const block = { given: new Map(Object.entries(row)), expected, holds: true };
      if (!(await this.fails(owner, exampleOf(block, owner), null))) return block;
    }
    return null;
  }

  /** Rows beside one in which an entry acts, in each of which a condition of it fails and no other of the same fact does. */
  *failing(owner: Rule | LookUp, condition: Pick<Condition, 'fact' | 'op'>, row: Row): Generator<Row> {
    const { fact, op } = condition;
    if (fact === ANY_CELL) {
      yield this.withoutFitting(op, row);
      return;
    }
    const cell = derivedFrom(fact);
    // What is derived is changed where it comes from: that is how rows differ.
    if (cell !== null) {
      const { [fact]: _, ...bare } = row;
      for (const text of this.textsFor(cell, [], row[cell]).slice(0, FIRST_TRIED * 2))
        yield { ...bare, [cell]: text };
    }
    const others = conditionsOf(owner).filter(
      (one) => one.fact === fact && one.op !== op && one.mutants[0]?.always !== false,
    );
    const fails = (text: string) =>
      !this.holds(condition, text, row) && others.every((one) => this.holds(one, text, row));
    const tried = new Set<string>();
    const next = (text: string): Row | null => {
      if (tried.has(text) || tried.size === MOST_TRIED || !fails(text)) return null;
      tried.add(text);
      return filled({ ...row, [fact]: text });
    };
    const texts = this.textsFor(fact, [op], row[fact]);
    for (const text of texts) {
      const found = next(text);
      if (found) yield found;
      // What nobody names comes before the many that other rules may name.
      if (tried.size === FIRST_TRIED) break;
    }
    const unnamed = this.listedFor(fact).isAll ? [] : UNNAMED;
    for (const text of [...unnamed, ...(fact === 'system' ? [] : ['']), ...texts]) {
      const found = next(text);
      if (found) yield found;
    }
  }

  /** A row with other texts for some facts, one at a time. */
  *varied(row: Row, facts: readonly string[]): Generator<Row> {
    for (const fact of facts)
      for (const text of this.textsFor(fact, [], row[fact]).slice(0, MOST_TRIED))
        yield { ...row, [fact]: text };
  }

  /** A row with another text in each cell that an operator holds of. */
  private withoutFitting(op: Op, row: Row): Row {
    const { books } = this.trial;
    const fits = (text: string) =>
      opHolds(op, new Reading('text', text, books), () => new Reading('text', '', books)) === true;
    const other = UNNAMED.find((text) => !fits(text)) ?? '';
    return filled(
      Object.fromEntries(Object.entries(row).map(([fact, text]) => [fact, fits(text) ? other : text])),
    );
  }

  /** A row in which all conditions hold; a fact that must be blank is blank in it. */
  private holdingRow(conditions: readonly Pick<Condition, 'fact' | 'op'>[]): Row | null {
    const row: Record<string, string> = {};
    const facts = [...new Set(conditions.map(({ fact }) => fact))];
    // What is compared with another fact comes after it.
    facts.sort((a, b) => Number(compares(conditions, a)) - Number(compares(conditions, b)));
    for (const fact of facts) {
      const own = conditions.filter((one) => one.fact === fact);
      const others = own.flatMap(({ op }) => comparedFacts(op)).flatMap((other) => row[other] ?? []);
      const ops = own.map(({ op }) => op);
      const texts = [...others, ...this.textsFor(fact, ops, undefined), ''];
      const found = texts.find((text) => own.every((one) => this.holds(one, text, row)));
      if (found === undefined) return null;
      row[fact] = found;
    }
    return row;
  }

  private holds({ fact, op }: Pick<Condition, 'fact' | 'op'>, text: string, row: Row): boolean {
    const { rules, books } = this.trial;
    const read = (name: string, value: string) =>
      new Reading(factType(name, rules.layouts.fields), value, books);
    return opHolds(op, read(fact, text), (other) => read(other, row[other] ?? '')) === true;
  }

  /**
   * Texts that a fact may have: those that the conditions name, then those of other examples, then any that its type has.
   * @param after of other examples, those first that stand after this text: earlier rules take the rows of others
   */
  private textsFor(fact: string, ops: readonly Op[], after: string | undefined): string[] {
    const type = factType(fact, this.trial.rules.layouts.fields);
    const met = turned([...(this.met.get(fact)?.keys() ?? [])], after);
    const { texts: list, isAll } = this.listedFor(fact);
    const listed = turned(list, after);
    // A carrier's own name says more than one of its spellings.
    const likely = type === 'carrier' ? [...listed, ...met] : [...met, ...listed];
    const all = isAll ? new Set(list) : new Set([...ops.flatMap(named), ...likely, ...UNNAMED]);
    return [...all].filter((text) => text.trim() !== '');
  }

  /** The texts that a fact is known to have; `isAll`: it has no others. */
  private listedFor(fact: string): Listed {
    let listed = this.listed.get(fact);
    if (!listed) {
      listed = this.list(fact);
      this.listed.set(fact, listed);
    }
    return listed;
  }

  private list(fact: string): Listed {
    const { rules, books } = this.trial;
    const type = factType(fact, rules.layouts.fields);
    const question = rules.intake.questions.find(({ id }) => fact === `customer.${id}`);
    const { layouts } = rules.layouts;
    if (fact === 'system') return { texts: layouts.map(({ id }) => id), isAll: layouts.length > 0 };
    if (type === 'carrier') return { texts: books.carriers.names(), isAll: false };
    if (type === 'yes-no' || question?.type === 'yes-no') return { texts: ['yes', 'no'], isAll: true };
    if (question?.type === 'choice')
      return { texts: question.choices.map(({ value }) => value), isAll: true };
    if (typeof type === 'object')
      return { texts: [...(books.values.get(type.values)?.keys() ?? [])], isAll: false };
    return { texts: [], isAll: false };
  }
}

interface Listed {
  readonly texts: readonly string[];
  readonly isAll: boolean;
}

/** The cell by which a derived fact is another; null for what is not derived. */
function derivedFrom(fact: string): string | null {
  if (fact === 'carrier.pin') return 'carrier';
  return fact.startsWith('number.') ? 'phoneNumber' : null;
}

/** A list that begins after one of its items, and ends with those before. */
function turned(list: readonly string[], after: string | undefined): readonly string[] {
  const at = after === undefined ? -1 : list.indexOf(after);
  return at < 0 ? list : [...list.slice(at + 1), ...list.slice(0, at + 1)];
}

function filled(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, text]) => text !== ''));
}

/** An example as it stands in a rule file. */
export function exampleYaml({ given, expected, holds }: ExampleBlock): Block {
  return new Map<string, Yaml>([
    ['given', given],
    [holds ? 'expect' : 'expect-not', expected],
  ]);
}

/** An example as the loader would have read it. */
export function exampleOf(
  { given, expected, holds: wanted }: ExampleBlock,
  { place }: Pick<Example, 'place'>,
): Example {
  const expects = plain(expected) as Readonly<Record<string, unknown>>;
  return {
    given: plain(given) as Row,
    expect: wanted ? expects : null,
    expectNot: wanted ? null : expects,
    place,
  };
}

function plain(value: Yaml): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries([...(value as Block)].map(([key, item]) => [key, plain(item)]));
}

/** What an entry does, as an example of it expects it. */
export function expectedOf(owner: Rule | LookUp, given: Row): Block {
  const expected = new Map<string, Yaml>();
  const put = (key: string, names: readonly string[]) => {
    const [only] = names;
    if (only !== undefined) expected.set(key, names.length === 1 ? only : names);
  };
  const fill = (fields: readonly { readonly field: string }[]) =>
    put(
      'for',
      fields.map(({ field }) => field),
    );
  if (!isRule(owner)) {
    if (owner.refer === null) expected.set('look-up', owner.procedure);
    else expected.set('refer', owner.refer);
    fill(owner.for);
    return expected;
  }
  for (const action of owner.then) {
    switch (action.do) {
      case 'clear':
      case 'keep':
        put(action.do, action.fields);
        break;
      case 'set':
        expected.set('set', new Map(action.values));
        break;
      case 'copy':
      case 'lowest': {
        const known = action.pairs.filter(([, fact]) => (given[fact] ?? '') !== '');
        if (known.length > 0)
          expected.set('set', new Map(known.map(([field, fact]) => [field, given[fact] as string])));
        break;
      }
      case 'look-up':
        expected.set('look-up', action.procedure);
        if (action.procedure !== BY_CARRIER || action.for.length > 0) fill(action.for);
        break;
      case 'refer':
        expected.set('refer', action.to);
        fill(action.for);
        break;
      case 'ask':
        expected.set('ask', action.fact);
        break;
      case 'offer':
        put(
          'offer',
          action.pairs.map(([field]) => field),
        );
        break;
      case 'exclude':
        expected.set('exclude', 'yes');
        break;
      case 'flag':
        expected.set('flag', owner.id);
        break;
      default:
    }
  }
  return expected;
}

// Rows

/** Rows of examples beside which the entry will stand: what it takes for a row to get there. */
function rowsNear(rules: RuleSet, owner: Rule | LookUp): Row[] {
  const near = isRule(owner)
    ? (rules.tables.find((table) => table.rules.includes(owner))?.rules ?? [])
    : rules.tables
        .flatMap((table) => table.rules)
        .filter(({ then }) =>
          then.some((action) => action.do === 'look-up' && action.procedure === BY_CARRIER),
        );
  const rows = near.flatMap(({ examples }) =>
    examples.flatMap(({ given, expect }) => (expect ? [given] : [])),
  );
  return rows.slice(0, MOST_TRIED);
}

function compares(conditions: readonly Pick<Condition, 'fact' | 'op'>[], fact: string): boolean {
  return conditions.some((one) => one.fact === fact && comparedFacts(one.op).length > 0);
}

/** The digits of a number that nobody has, to be put after a beginning. */
const SOME_DIGITS = '5550101';
const NUMBER_LENGTH = 12;

/** Texts that an operator names, or that lie at its bounds. */
function named(op: Op): string[] {
  switch (op.kind) {
    case 'equals':
      return [...op.written];
    case 'exactly':
      return [...op.texts];
    case 'starts-with':
      return op.prefixes.flatMap((prefix) => [
        `${prefix}${SOME_DIGITS.padStart(NUMBER_LENGTH - prefix.length, '0')}`,
        `${prefix} 1`,
      ]);
    case 'number':
      return [op.min, op.max].flatMap((bound) =>
        bound === null ? [] : [bound, bound + 1, bound - 1].filter((one) => one >= 0).map(String),
      );
    case 'not':
    case 'all-of':
      return op.ops.flatMap(named);
    default:
      return [];
  }
}

// Escalations

/**
 * A rejection for which an escalation is found, and for its category and its carrier one each for which it is not: one
 * for which it would be found without that condition, if there is such a one.
 */
export function proposeRejections(rules: RuleSet, escalation: Escalation): ExampleBlock[] {
  const books = makeBooks(rules);
  const near = [...rejectionsOf(rules, escalation, books)];
  const own = escalation.carriers[0] ?? '';
  const counters = conditionsOf(escalation).flatMap(({ fact, mutants }) => {
    const isOther = ({ given }: ExampleBlock) =>
      ((given.get('carrier') ?? '') === own) === (fact === 'category');
    const candidates = near.filter((one) => !one.holds && isOther(one));
    const as = mutants.find(({ change }) => change === 'dropped')?.as;
    const changed = as && isEscalation(as) ? withEscalation(rules, escalation, as) : rules;
    const noticing = candidates.find(({ given }) => {
      const { carrier = '', text = '' } = plain(given) as Row;
      return judgeRejection(
        escalation,
        { carrier, text, expect: false, place: escalation.place },
        changed,
        books,
      );
    });
    return noticing ?? candidates[0] ?? [];
  });
  return [...near.filter(({ holds }) => holds), ...counters.reverse()];
}

/**
 * Rejections near those for which an escalation is found: one of these, then others of its carrier for which it is not,
 * then the first of other carriers.
 */
export function* rejectionsOf(rules: RuleSet, escalation: Escalation, books: Books): Generator<ExampleBlock> {
  const isFound = (carrier: string, text: string) =>
    escalate(text, carrier === '' ? null : carrier, rules, books).escalation.id === escalation.id;
  const texts = rules.categories.flatMap(({ id, phrases, words }) =>
    [...phrases, ...words.map((word) => `${word} ${rules.rejectionWords[0] ?? ''}`.trim())].map((text) => ({
      id,
      text,
    })),
  );
  const isMeant = (id: string) => escalation.categories.length === 0 || escalation.categories.includes(id);
  const carrier = escalation.carriers[0] ?? '';
  const meant = texts.find(({ id, text }) => isMeant(id) && isFound(carrier, text));
  if (!meant) return;
  const blockOf = (name: string, text: string, wanted: boolean): ExampleBlock => ({
    given: new Map([...(name === '' ? [] : [['carrier', name] as const]), ['text', text]]),
    expected: new Map([['rule', escalation.id]]),
    holds: wanted,
  });
  yield blockOf(carrier, meant.text, true);
  for (const { id, text } of texts)
    if (!isMeant(id) && !isFound(carrier, text)) yield blockOf(carrier, text, false);
  if (carrier === '') return;
  for (const name of books.carriers.names())
    if (!escalation.carriers.includes(name) && !isFound(name, meant.text))
      yield blockOf(name, meant.text, false);
}
