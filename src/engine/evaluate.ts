/** json-rules-engine, the judge of whether rules hold. Nothing else imports it. */
import {
  type ConditionProperties,
  Engine,
  type NestedCondition,
  type TopLevelCondition,
} from 'json-rules-engine';
import { comparedFacts, opHolds, type Reader } from './conditions.ts';
import { ANY_CELL, Reading, type RowState } from './facts.ts';
import { Pattern } from './pattern.ts';
import type { Op, Rule, Test } from './rule.ts';

/** A rule that holds, or one that would if a number of it could be read. */
export interface Verdict {
  readonly rule: Rule;
  /** Facts that could not be read; empty where the rule holds. */
  readonly unreadable: readonly string[];
}

const UNREADABLE = 'unreadable';

/** Whether a rule can come out open, because a number that it tests may not be one. */
export function canDoubt(rule: Rule): boolean {
  return testsOf(rule).some((test) => readsNumber(test.op));
}

/**
 * A rule's conditions in json-rules-engine's JSON; `doubtful`, those under which it would hold if only its numbers
 * could be read (or holds).
 */
export function conditionsOf(rule: Rule, doubtful: boolean): TopLevelCondition {
  const block = (tests: readonly Test[]): NestedCondition[] =>
    tests.map((test) => conditionOf(test, doubtful));
  const all = block(rule.when);
  if (rule.whenAny.length > 0) {
    all.push({ any: rule.whenAny.map((tests) => ({ all: block(tests) })) });
  }
  return { all };
}

function conditionOf(test: Test, doubtful: boolean): NestedCondition {
  if (test.fact === ANY_CELL) return { fact: ANY_CELL, operator: SOME_CELL, value: operation(test.op) };
  const condition = opCondition(test.fact, test.op);
  return doubtful && readsNumber(test.op) ? { any: [condition, doubtOf(test.fact, test.op)] } : condition;
}

/** True where the operator would hold or not, if only the number could be read. */
function doubtOf(fact: string, op: Op): NestedCondition {
  if (op.kind !== 'not' && op.kind !== 'all-of') return { fact, operator: UNREADABLE, value: true };
  const numbers = op.ops.filter(readsNumber);
  const notFalse = op.ops.map((one) =>
    readsNumber(one) ? { any: [opCondition(fact, one), doubtOf(fact, one)] } : opCondition(fact, one),
  );
  return { all: [...presence(fact, op.ops), ...notFalse, { any: numbers.map((one) => doubtOf(fact, one)) }] };
}

function presence(fact: string, ops: readonly Op[]): ConditionProperties[] {
  const names = [fact, ...ops.flatMap(comparedFacts)];
  return names.map((name) => ({ fact: name, operator: 'present', value: true }));
}

function opCondition(fact: string, op: Op): NestedCondition {
  switch (op.kind) {
    case 'not': {
      const inner = op.ops.map((one) => opCondition(fact, one));
      const only = op.ops.length === 1 ? op.ops[0] : undefined;
      if (only?.kind === 'present') return { fact, operator: 'blank', value: true };
      // False where something else fails already; else the number decides, if it can be read.
      const readable = op.ops.some(readsNumber) ? [{ not: doubtOf(fact, op) }] : [];
      return { all: [...presence(fact, op.ops), ...readable, { not: { all: inner } }] };
    }
    case 'all-of':
      return { all: op.ops.map((one) => opCondition(fact, one)) };
    case 'same-as':
    case 'identical-to':
      return { fact, operator: op.kind, value: { fact: op.fact } };
    default:
      return { fact, operator: op.kind, value: plain(op) };
  }
}

/** An operator's parameters as JSON. */
function plain(op: Op): unknown {
  switch (op.kind) {
    case 'equals':
      return [...op.keys];
    case 'exactly':
      return [...op.texts];
    case 'starts-with':
      return [...op.prefixes];
    case 'matches':
      return op.pattern.source;
    case 'number':
      return { min: op.min, minOpen: op.minOpen, max: op.max, maxOpen: op.maxOpen };
    case 'not':
    case 'all-of':
      return op.ops.map(operation);
    case 'same-as':
    case 'identical-to':
      return { fact: op.fact };
    default:
      return true;
  }
}

interface Operation {
  readonly operator: Op['kind'];
  readonly value: unknown;
}

function operation(op: Op): Operation {
  return { operator: op.kind, value: plain(op) };
}

/** The operator that JSON stands for. */
function opOf({ operator, value }: Operation): Op {
  switch (operator) {
    case 'equals':
      return { kind: operator, keys: value as string[], written: value as string[] };
    case 'exactly':
      return { kind: operator, texts: value as string[] };
    case 'starts-with':
      return { kind: operator, prefixes: value as string[] };
    case 'matches':
      return { kind: operator, pattern: Pattern.of(value as string) };
    case 'number':
      return { kind: operator, ...(value as Omit<Extract<Op, { kind: 'number' }>, 'kind'>) };
    case 'not':
    case 'all-of':
      return { kind: operator, ops: (value as Operation[]).map(opOf) };
    case 'same-as':
    case 'identical-to':
      return { kind: operator, fact: (value as { fact: string }).fact };
    default:
      return { kind: operator };
  }
}

function readsNumber(op: Op): boolean {
  return op.kind === 'number' || ((op.kind === 'not' || op.kind === 'all-of') && op.ops.some(readsNumber));
}

/** A fact that nobody gives is blank. */
const NOTHING = new Reading('text', '', { carriers: null, countries: null, values: new Map() } as never);

const SOME_CELL = 'some-cell';

/** The operators of the rule language, by name, with what each means and what its value is. */
export const OPERATORS = {
  blank: 'nothing stands there, or only white space; value: true',
  present: 'something stands there; value: true',
  any: 'always; value: true',
  known: 'it is in the list of its type (carriers, countries, values); value: true',
  unknown: 'something stands there that is not in that list; value: true',
  equals: 'its key is one of these; value: a list of keys',
  exactly: 'its text is one of these, to the letter; value: a list of texts',
  'starts-with': 'its text begins with one of these, in any case; value: a list of beginnings',
  matches: 'the regular expression (RE2) is found in its text; value: the expression',
  number: 'it is a number between min and max; value: { min, minOpen, max, maxOpen }, an open bound left out',
  'same-as': 'its key is that of another fact, and neither is blank; value: { fact }',
  'identical-to': 'its text is that of another fact, and neither is blank; value: { fact }',
  [UNREADABLE]: 'something stands there that is no number; value: true',
  [SOME_CELL]:
    'one of a list of cells fits; value: { operator, value } as above, or not / all-of with a list of them',
} as const;

/** Teaches an engine the operators. They judge readings (`Reading`); what is not there counts as blank. */
export function addOperators(engine: Pick<Engine, 'addOperator'>): void {
  const judge = (name: keyof typeof OPERATORS, holds: (fact: Reading, value: never) => boolean) =>
    engine.addOperator(name, (fact: Reading | undefined, value: unknown) =>
      holds(fact ?? NOTHING, value as never),
    );
  const compared = ['same-as', 'identical-to'] as const;
  const plainly = [
    'blank',
    'present',
    'any',
    'known',
    'unknown',
    'equals',
    'exactly',
    'starts-with',
    'matches',
    'number',
  ] as const;
  for (const operator of plainly)
    judge(operator, (fact, value) => opHolds(opOf({ operator, value }), fact, () => NOTHING) === true);
  for (const kind of compared) {
    judge(
      kind,
      (fact, other: Reading | undefined) =>
        opHolds({ kind, fact: '' }, fact, () => other ?? NOTHING) === true,
    );
  }
  judge(UNREADABLE, (fact) => !fact.blank && fact.number === null);
  engine.addOperator(SOME_CELL, (cells: readonly Reading[] | undefined, value: Operation) => {
    const op = opOf(value);
    return (cells ?? []).some((cell) => opHolds(op, cell, () => NOTHING) === true);
  });
}

export function testsOf(rule: Rule): readonly Test[] {
  return rule.whenAny.length === 0 ? rule.when : [...rule.when, ...rule.whenAny.flat()];
}

/** The facts whose reading would settle a rule: those of its own tests, and of blocks that may still hold. */
export function unreadableFacts(rule: Rule, row: RowState, reader: Reader): string[] {
  const outcomes = (tests: readonly Test[]) => tests.map((test) => reader.holds(test, row));
  const blocks = rule.whenAny.map((tests) => ({ tests, outcomes: outcomes(tests) }));
  const open = blocks.some((block) => block.outcomes.every((one) => one === true))
    ? []
    : blocks.filter((block) => !block.outcomes.includes(false)).flatMap((block) => block.tests);
  const tests = [...rule.when, ...open].filter((test) => reader.holds(test, row) === UNREADABLE);
  return [...new Set(tests.map((test) => test.fact))];
}

/**
 * Which of `rules` hold for a row, in the order given. A rule whose conditions all hold but for numbers
 * that cannot be read comes back with those facts instead.
 */
export async function judge(rules: readonly Rule[], row: RowState, reader: Reader): Promise<Verdict[]> {
  // One engine a run: overlapping runs on one engine lose rules.
  const engine = new Engine([], { allowUndefinedFacts: true });
  addOperators(engine);
  for (const fact of new Set(
    rules.flatMap(testsOf).flatMap((test) => [test.fact, ...comparedFacts(test.op)]),
  )) {
    // Functions are not cloned by the engine, and run once.
    engine.addFact(fact, () => (fact === ANY_CELL ? reader.cells(row) : reader.read(fact, row)));
  }
  for (const [at, rule] of rules.entries()) {
    engine.addRule({ conditions: conditionsOf(rule, false), event: { type: 'decides', params: { at } } });
    if (canDoubt(rule)) {
      engine.addRule({ conditions: conditionsOf(rule, true), event: { type: 'doubts', params: { at } } });
    }
  }
  const { events } = await engine.run();
  const held = new Set<number>();
  const doubted = new Set<number>();
  for (const event of events) {
    const at = event.params?.at as number;
    if (event.type === 'decides') held.add(at);
    else doubted.add(at);
  }
  const verdicts: Verdict[] = [];
  for (const [at, rule] of rules.entries()) {
    if (held.has(at)) verdicts.push({ rule, unreadable: [] });
    else if (doubted.has(at)) {
      verdicts.push({ rule, unreadable: unreadableFacts(rule, row, reader) });
    }
  }
  return verdicts;
}
