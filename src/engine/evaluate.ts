/** json-rules-engine, the judge of whether rules hold. Nothing else imports it. */
import {
  type ConditionProperties,
  Engine,
  type NestedCondition,
  type TopLevelCondition,
} from 'json-rules-engine';
import { comparedFacts, opHolds, type Reader } from './conditions.ts';
import { ANY_CELL, Reading, type RowState } from './facts.ts';
import type { Op, Rule, Test } from './rule.ts';

/** A rule that holds, or one that would if a number of it could be read. */
export interface Verdict {
  readonly rule: Rule;
  /** Facts that could not be read; empty where the rule holds. */
  readonly unreadable: readonly string[];
}

const UNREADABLE = 'unreadable';

function conditionsOf(rule: Rule, doubtful: boolean): TopLevelCondition {
  const block = (tests: readonly Test[]): NestedCondition[] =>
    tests.map((test) => conditionOf(test, doubtful));
  const all = block(rule.when);
  if (rule.whenAny.length > 0) {
    all.push({ any: rule.whenAny.map((tests) => ({ all: block(tests) })) });
  }
  return { all };
}

function conditionOf(test: Test, doubtful: boolean): NestedCondition {
  if (test.fact === ANY_CELL) return { fact: ANY_CELL, operator: 'some-cell', value: plain(test.op) };
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
      return { [op.kind]: op.ops.map((one) => ({ operator: one.kind, value: plain(one) })) };
    case 'same-as':
    case 'identical-to':
      return { fact: op.fact };
    default:
      return true;
  }
}

function readsNumber(op: Op): boolean {
  return op.kind === 'number' || ((op.kind === 'not' || op.kind === 'all-of') && op.ops.some(readsNumber));
}

/** What a comparison reads where it compares with nothing. */
const nothing = new Reading('text', '', { carriers: null, countries: null, values: new Map() } as never);

/** The operators of the rule language, in terms of `opHolds`. */
function addOperators(engine: Engine, rules: readonly Rule[]): void {
  const ops = new Map<string, Op>();
  for (const test of rules.flatMap(testsOf)) for (const op of leaves(test.op)) ops.set(key(op), op);
  const judge = (kind: Op['kind'], toOp: (value: never) => Op | undefined) =>
    engine.addOperator(kind, (reading: Reading, value: unknown) => {
      const op = toOp(value as never);
      return op !== undefined && opHolds(op, reading, () => nothing) === true;
    });
  judge('any', () => ({ kind: 'any' }));
  judge('blank', () => ({ kind: 'blank' }));
  judge('present', () => ({ kind: 'present' }));
  judge('known', () => ({ kind: 'known' }));
  judge('unknown', () => ({ kind: 'unknown' }));
  judge('equals', (keys: string[]) => ({ kind: 'equals', keys, written: keys }));
  judge('exactly', (texts: string[]) => ({ kind: 'exactly', texts }));
  judge('starts-with', (prefixes: string[]) => ({ kind: 'starts-with', prefixes }));
  judge('number', (bounds: Omit<Extract<Op, { kind: 'number' }>, 'kind'>) => ({ kind: 'number', ...bounds }));
  // A pattern is compiled once, by the loader; JSON carries its source.
  judge('matches', (source: string) => ops.get(`matches ${source}`));
  engine.addOperator(
    'same-as',
    (reading: Reading, other: Reading) =>
      opHolds({ kind: 'same-as', fact: '' }, reading, () => other) === true,
  );
  engine.addOperator(
    'identical-to',
    (reading: Reading, other: Reading) =>
      opHolds({ kind: 'identical-to', fact: '' }, reading, () => other) === true,
  );
  engine.addOperator(UNREADABLE, (reading: Reading) => !reading.blank && reading.number === null);
  engine.addOperator('some-cell', (cells: readonly Reading[], value: unknown) => {
    const wanted = JSON.stringify(value);
    const test = rules
      .flatMap(testsOf)
      .find((one) => one.fact === ANY_CELL && JSON.stringify(plain(one.op)) === wanted);
    return test !== undefined && cells.some((cell) => opHolds(test.op, cell, () => nothing) === true);
  });
}

function leaves(op: Op): Op[] {
  return op.kind === 'not' || op.kind === 'all-of' ? op.ops.flatMap(leaves) : [op];
}

function key(op: Op): string {
  return op.kind === 'matches' ? `matches ${op.pattern.source}` : op.kind;
}

export function testsOf(rule: Rule): readonly Test[] {
  return rule.whenAny.length === 0 ? rule.when : [...rule.when, ...rule.whenAny.flat()];
}

/** The facts whose reading would settle a rule: those of its own tests, and of blocks that may still hold. */
function unreadableFacts(rule: Rule, row: RowState, reader: Reader): string[] {
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
  addOperators(engine, rules);
  for (const fact of new Set(
    rules.flatMap(testsOf).flatMap((test) => [test.fact, ...comparedFacts(test.op)]),
  )) {
    // Functions are not cloned by the engine, and run once.
    engine.addFact(fact, () => (fact === ANY_CELL ? reader.cells(row) : reader.read(fact, row)));
  }
  for (const [at, rule] of rules.entries()) {
    engine.addRule({ conditions: conditionsOf(rule, false), event: { type: 'decides', params: { at } } });
    if (testsOf(rule).some((test) => readsNumber(test.op))) {
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
