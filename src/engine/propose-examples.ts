/**
 * Examples for a new entry: a row for which it acts, and for each of its conditions one in which only that
 * condition fails. Every one has been run: it holds, and would not if its condition were left out.
 */
import { comparedFacts, opHolds } from './conditions.ts';
import { makeBooks } from './decide.ts';
import type { Block, Yaml } from './edit-rules.ts';
import { escalate } from './escalate.ts';
import { runExample } from './examples.ts';
import { type Books, factType, Reading } from './facts.ts';
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

type Row = Readonly<Record<string, string>>;

/** A condition of an entry, whatever kind of entry it is. */
interface Condition {
  readonly fact: string;
  readonly op: Op;
  /** The rules as if this condition were not there. */
  readonly without: () => { readonly rules: RuleSet; readonly owner: Rule | LookUp };
}

/** As many texts as are tried for one fact, and as many rows as are tried around a new one. */
const MOST_TRIED = 24;

/** A row for which an entry acts; null where none is found. The entry is one of `rules`. */
export async function proposeExample(rules: RuleSet, owner: Rule | LookUp): Promise<ExampleBlock | null> {
  const books = makeBooks(rules);
  const given = holdingRow(conditionsOf(rules, owner), rules, books);
  if (given === null) return null;
  for (const around of [{}, ...rowsNear(rules, owner)]) {
    // What a condition wants blank must not come with the row around it.
    const row = Object.fromEntries(Object.entries({ ...around, ...given }).filter(([, text]) => text !== ''));
    const expected = expectedOf(owner, row);
    if (expected.size === 0) return null;
    const block = { given: new Map(Object.entries(row)), expected, holds: true };
    if ((await runExample(rules, owner, exampleOf(block, owner), books)).failure === null) return block;
  }
  return null;
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
  const books = makeBooks(rules);
  const holding = examples.find((one) => one.holds);
  if (!holding) return [];
  const row = plain(holding.given) as Row;
  const conditions = conditionsOf(rules, owner);
  const found: ExampleBlock[] = [];
  for (const condition of conditions) {
    const without = condition.without();
    const fails = async (block: ExampleBlock) =>
      (await runExample(without.rules, without.owner, exampleOf(block, owner), books)).failure !== null;
    let isTested = false;
    for (const example of examples) isTested ||= await fails(example);
    if (isTested) continue;
    const others = conditions.filter((one) => one !== condition && one.fact === condition.fact);
    const texts = [...textsFor(condition.fact, [condition.op], rules, books), ''].filter(
      (text) =>
        !holds(condition, text, row, rules, books) &&
        others.every((one) => holds(one, text, row, rules, books)),
    );
    for (const text of texts.slice(0, MOST_TRIED)) {
      const given = new Map(
        Object.entries({ ...row, [condition.fact]: text }).filter(([, one]) => one !== ''),
      );
      const counter = { given, expected: holding.expected, holds: false };
      const here = await runExample(rules, owner, exampleOf(counter, owner), books);
      if (here.failure !== null || !(await fails(counter))) continue;
      found.push(counter);
      break;
    }
  }
  return found;
}

/** An example as the loader would have read it. */
function exampleOf(
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

function conditionsOf(rules: RuleSet, owner: Rule | LookUp): Condition[] {
  if ('then' in owner) {
    return owner.when.map(({ fact, op }, at) => ({
      fact,
      op,
      without: () => {
        const changed = { ...owner, when: owner.when.filter((_, index) => index !== at) };
        const tables = rules.tables.map((table) => ({
          ...table,
          rules: table.rules.map((rule) => (rule === owner ? changed : rule)),
        }));
        return { rules: { ...rules, tables }, owner: changed };
      },
    }));
  }
  return (['country', 'carrier'] as const).flatMap((fact): Condition[] => {
    const text = owner[fact];
    if (text === null) return [];
    return [
      {
        fact,
        op: { kind: 'equals', keys: [text], written: [text] },
        without: () => {
          const changed = { ...owner, [fact]: null };
          return {
            rules: { ...rules, lookUps: rules.lookUps.map((one) => (one === owner ? changed : one)) },
            owner: changed,
          };
        },
      },
    ];
  });
}

/** What an entry does, as an example of it expects it. */
function expectedOf(owner: Rule | LookUp, given: Row): Block {
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
  if (!('then' in owner)) {
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
  const near =
    'then' in owner
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

/** A row in which all conditions hold; a fact that must be blank is blank in it. */
function holdingRow(conditions: readonly Condition[], rules: RuleSet, books: Books): Row | null {
  const row: Record<string, string> = {};
  const facts = [...new Set(conditions.map(({ fact }) => fact))];
  // What is compared with another fact comes after it.
  facts.sort((a, b) => Number(compares(conditions, a)) - Number(compares(conditions, b)));
  for (const fact of facts) {
    const own = conditions.filter((one) => one.fact === fact);
    const others = own.flatMap(({ op }) => comparedFacts(op)).flatMap((other) => row[other] ?? []);
    const texts = [
      ...others,
      ...textsFor(
        fact,
        own.map(({ op }) => op),
        rules,
        books,
      ),
      '',
    ];
    const found = texts.find((text) => own.every((one) => holds(one, text, row, rules, books)));
    if (found === undefined) return null;
    row[fact] = found;
  }
  return row;
}

function compares(conditions: readonly Condition[], fact: string): boolean {
  return conditions.some((one) => one.fact === fact && comparedFacts(one.op).length > 0);
}

function holds(
  { fact, op }: Pick<Condition, 'fact' | 'op'>,
  text: string,
  row: Row,
  rules: RuleSet,
  books: Books,
): boolean {
  const read = (name: string, value: string) =>
    new Reading(factType(name, rules.layouts.fields), value, books);
  return opHolds(op, read(fact, text), (other) => read(other, row[other] ?? '')) === true;
}

/** Texts that a fact may have: those that the conditions name, then those of other examples, then any that its type has. */
function textsFor(fact: string, ops: readonly Op[], rules: RuleSet, books: Books): string[] {
  const type = factType(fact, rules.layouts.fields);
  const owners = [...rules.tables.flatMap((table) => table.rules), ...rules.lookUps];
  const met = owners.flatMap(({ examples }) => examples.flatMap(({ given }) => given[fact] ?? []));
  const question = rules.intake.questions.find(({ id }) => fact === `customer.${id}`);
  const listed =
    type === 'carrier'
      ? books.carriers.names()
      : type === 'yes-no' || question?.type === 'yes-no'
        ? ['yes', 'no']
        : typeof type === 'object'
          ? [...(books.values.get(type.values)?.keys() ?? [])]
          : (question?.choices.map(({ value }) => value) ?? []);
  return [
    ...new Set([
      ...ops.flatMap(named),
      // A carrier's own name says more than one of its spellings.
      ...(type === 'carrier' ? [...listed, ...met] : [...met, ...listed]),
      'Example',
      '1',
    ]),
  ].filter((text) => text.trim() !== '');
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

/** A rejection for which an escalation is found, and for its carrier and its category one each for which it is not. */
export function proposeRejections(rules: RuleSet, escalation: Escalation): ExampleBlock[] {
  const books = makeBooks(rules);
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
  if (!meant) return [];
  const blockOf = (name: string, text: string, wanted: boolean): ExampleBlock => ({
    given: new Map([...(name === '' ? [] : [['carrier', name] as const]), ['text', text]]),
    expected: new Map([['rule', escalation.id]]),
    holds: wanted,
  });
  const otherText = texts.find(({ id, text }) => !isMeant(id) && !isFound(carrier, text));
  const otherName =
    carrier === ''
      ? undefined
      : books.carriers
          .names()
          .find((name) => !escalation.carriers.includes(name) && !isFound(name, meant.text));
  return [
    blockOf(carrier, meant.text, true),
    ...(otherText ? [blockOf(carrier, otherText.text, false)] : []),
    ...(otherName === undefined ? [] : [blockOf(otherName, meant.text, false)]),
  ];
}
