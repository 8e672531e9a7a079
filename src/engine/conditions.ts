/** What each operator of the rule language means: the one place that says so. */
import { ANY_CELL, type Facts, isBlank, knownReading, Reading, type RowState } from './facts.ts';
import type { FactType, Op, Test } from './rule.ts';

// More distinct texts than this and remembering them costs more than reading them again.
const MEMO_LIMIT = 20_000;

/** A number that cannot be read (`n/a`) is neither true nor false: it is an open question. */
export type Outcome = boolean | 'unreadable';

/**
 * Whether an operator holds for a value. A blank value makes every operator but `any`, `blank` and
 * `not: present` false, negated ones too; a comparison with another fact needs both.
 * `other` reads the fact that a comparison names.
 */
export function opHolds(op: Op, value: Reading, other: (fact: string) => Reading): Outcome {
  switch (op.kind) {
    case 'any':
      return true;
    case 'blank':
      return value.blank;
    case 'present':
      return !value.blank;
    case 'not': {
      const only = op.ops.length === 1 ? op.ops[0] : undefined;
      if (only?.kind === 'present') return value.blank;
      if (value.blank) return false;
      if (op.ops.some((inner) => 'fact' in inner && other(inner.fact).blank)) return false;
      return negate(allHold(op.ops, value, other));
    }
    case 'all-of':
      return allHold(op.ops, value, other);
    default:
      return !value.blank && presentHolds(op, value, other);
  }
}

function presentHolds(op: Op, value: Reading, other: (fact: string) => Reading): Outcome {
  switch (op.kind) {
    case 'known':
      return value.known === true;
    case 'unknown':
      return value.known === false;
    case 'equals':
      return op.keys.includes(value.key);
    case 'exactly':
      return op.texts.includes(value.text);
    case 'starts-with':
      return startJudge(op.prefixes)(value.text, value.blank);
    case 'matches':
      return op.pattern.test(value.text);
    case 'same-as': {
      const against = other(op.fact);
      return !against.blank && value.sameAs(against);
    }
    case 'identical-to': {
      const against = other(op.fact);
      return !against.blank && against.text === value.text;
    }
    case 'number': {
      if (value.number === null) return 'unreadable';
      const { number } = value;
      const above = op.min === null || (op.minOpen ? number > op.min : number >= op.min);
      const below = op.max === null || (op.maxOpen ? number < op.max : number <= op.max);
      return above && below;
    }
    default:
      return false;
  }
}

function startJudge(prefixes: readonly string[]): TextJudge {
  const folded = prefixes.map((prefix) => prefix.toLowerCase());
  // No letter folds to a digit or a sign: against those, a text may stand as it is.
  const caseless = folded.every((prefix) => /^[\x20-\x60\x7b-\x7e]*$/.test(prefix));
  return (text, blank) => {
    if (blank) return false;
    const trimmed = text.trimStart();
    const start = caseless ? trimmed : trimmed.toLowerCase();
    for (let at = 0; at < folded.length; at++) if (start.startsWith(folded[at] as string)) return true;
    return false;
  };
}

function allHold(ops: readonly Op[], value: Reading, other: (fact: string) => Reading): Outcome {
  let outcome: Outcome = true;
  for (const op of ops) {
    const holds = opHolds(op, value, other);
    if (holds === false) return false;
    if (holds === 'unreadable') outcome = 'unreadable';
  }
  return outcome;
}

function negate(outcome: Outcome): Outcome {
  return outcome === 'unreadable' ? outcome : !outcome;
}

/** The other facts that an operator compares with. */
export function comparedFacts(op: Op): string[] {
  if (op.kind === 'same-as' || op.kind === 'identical-to') return [op.fact];
  if (op.kind === 'not' || op.kind === 'all-of') return op.ops.flatMap(comparedFacts);
  return [];
}

interface FactReader {
  readonly text: (row: RowState) => string;
  readonly type: FactType;
}

/** Reads facts of rows as `Reading`s. */
export class Reader {
  private readonly facts: Facts;
  private readonly byFact = new Map<string, FactReader>();

  constructor(facts: Facts) {
    this.facts = facts;
  }

  text(fact: string, row: RowState): string {
    return this.reader(fact).text(row);
  }

  read(fact: string, row: RowState): Reading {
    const { text, type } = this.reader(fact);
    return new Reading(type, text(row), this.facts.books);
  }

  /** As `read`, for rows whose texts come up over and over. */
  readKnown(fact: string, row: RowState): Reading {
    const { text, type } = this.reader(fact);
    return knownReading(type, text(row), this.facts.books);
  }

  private reader(fact: string): FactReader {
    let reader = this.byFact.get(fact);
    if (!reader) {
      reader = { text: this.facts.reader(fact), type: this.facts.type(fact) };
      this.byFact.set(fact, reader);
    }
    return reader;
  }

  /** Every cell of the row, with the slot it stands in; the surplus of an over-long row past the slots. */
  cells(row: RowState): Reading[] {
    const { facts } = this;
    const texts = facts.cellSlots.map((slot) => facts.delivered(row, slot));
    const own = texts.filter((text, at) => facts.hasCell(at, text));
    return own.concat(row.surplus).map((text) => new Reading('text', text, this.facts.books));
  }

  /** Whether a test holds for a row; `any-cell` holds where one cell makes it hold. */
  holds(test: Test, row: RowState): Outcome {
    const other = (fact: string) => this.read(fact, row);
    if (test.fact !== ANY_CELL) return opHolds(test.op, this.read(test.fact, row), other);
    return this.cells(row).some((cell) => opHolds(test.op, cell, other) === true);
  }

  /** What a test reads of a row, for people. */
  show(test: Test, row: RowState): string {
    if (test.fact !== ANY_CELL) return this.text(test.fact, row);
    const fitting = this.cells(row).filter((cell) => this.holdsOfCell(test, cell.text));
    return fitting.map((cell) => cell.text).join(' | ');
  }

  /** Whether an `any-cell` test holds of one cell's text. */
  holdsOfCell(test: Test, text: string): boolean {
    return (
      opHolds(
        test.op,
        new Reading('text', text, this.facts.books),
        () => new Reading('text', '', this.facts.books),
      ) === true
    );
  }
}

/** Tells rows apart by the outcomes of some tests on one fact, as a small number: the fact's classes. */
export interface Axis {
  readonly tests: readonly Test[];
  /** Whether all plain rows fall into one class, as things are now. */
  isSteady(): boolean;
  /** The class a row falls into. Rows of one class make every test of the axis come out alike. */
  classify(row: RowState): number;
  /** The outcomes of the tests in a class that `classify` has returned. */
  outcomes(cls: number): readonly Outcome[];
}

/** The axis of the tests on one fact, which must all name the same fact and the same compared facts. */
export function makeAxis(tests: readonly Test[], facts: Facts, reader: Reader): Axis {
  const first = tests[0] as Test;
  const vectors: Outcome[][] = [];
  const byVector = new Map<string, number>();
  const intern = (outcomes: Outcome[]): number => {
    const key = outcomes.map((outcome) => (outcome === true ? '1' : outcome === false ? '0' : '?')).join('');
    const known = byVector.get(key);
    if (known !== undefined) return known;
    byVector.set(key, vectors.length);
    vectors.push(outcomes);
    return vectors.length - 1;
  };
  const outcomes = (cls: number) => vectors[cls] as readonly Outcome[];
  const read = [...new Set([first.fact, ...tests.flatMap((test) => comparedFacts(test.op))])];
  // A comparison with something that is blank in every row comes out false whatever the row says.
  const compares = tests.every((test) => comparedFacts(test.op).length > 0);
  const isSteady = () =>
    read.every((fact) => facts.isSteady(fact)) ||
    (compares && read.some((fact) => facts.isAlwaysBlank(fact)));

  const quick = quickClassifier(tests, first.fact, facts, intern);
  if (quick) return { tests, isSteady, classify: quick, outcomes };

  const compared = comparison(tests, facts, intern);
  if (compared) return { tests, isSteady, classify: compared, outcomes };

  const slow = (row: RowState) => intern(tests.map((test) => reader.holds(test, row)));
  if (first.fact === ANY_CELL || tests.some((test) => comparedFacts(test.op).length > 0)) {
    return { tests, isSteady, classify: slow, outcomes };
  }
  return { tests, isSteady, classify: remembered(facts.reader(first.fact), slow), outcomes };
}

/** Remembers classes by text, as long as texts recur: carriers and sites do, numbers do not. */
function remembered(
  read: (row: RowState) => string,
  classify: (row: RowState) => number,
): (row: RowState) => number {
  const memo = new Map<string, number>();
  let asked = 0;
  let useful = true;
  // Columns repeat themselves from row to row: the last text is the likeliest.
  let last: string | null = null;
  let lastClass = 0;
  return (row) => {
    if (!useful) return classify(row);
    const text = read(row);
    if (text === last) return lastClass;
    let cls = memo.get(text);
    if (cls === undefined) {
      cls = classify(row);
      if (memo.size < MEMO_LIMIT) memo.set(text, cls);
    }
    asked++;
    if (asked > 2000 && memo.size > asked / 2) {
      useful = false;
      memo.clear();
    }
    last = text;
    lastClass = cls;
    return cls;
  };
}

/** Comparisons of two facts: texts that are the same need no reading, and most are. */
function comparison(
  tests: readonly Test[],
  facts: Facts,
  intern: (outcomes: Outcome[]) => number,
): ((row: RowState) => number) | null {
  const parts = tests.map(({ op }) => {
    const inner = op.kind === 'not' && op.ops.length === 1 ? (op.ops[0] as Op) : op;
    return inner.kind === 'same-as' || inner.kind === 'identical-to'
      ? { fact: inner.fact, exact: inner.kind === 'identical-to', negated: inner !== op }
      : null;
  });
  const [test] = tests;
  const [first] = parts;
  if (!test || !first || test.fact === ANY_CELL || parts.includes(null)) return null;
  const classOf = (identical: boolean, same: boolean) =>
    intern(parts.map((part) => part !== null && (part.exact ? identical : same) !== part.negated));
  const blank = intern(tests.map(() => false));
  const identical = classOf(true, true);
  const same = classOf(false, true);
  const different = classOf(false, false);
  const left = facts.reader(test.fact);
  const right = facts.reader(first.fact);
  const [leftType, rightType] = [facts.type(test.fact), facts.type(first.fact)];
  return (row) => {
    const a = left(row);
    const b = right(row);
    if (isBlank(a) || isBlank(b)) return blank;
    if (a === b) return identical;
    const value = new Reading(leftType, a, facts.books);
    return value.sameAs(new Reading(rightType, b, facts.books)) ? same : different;
  };
}

type TextJudge = (text: string, blank: boolean) => boolean;

/** Operators that need nothing but the text are judged without making a Reading: these run for every row. */
function quickClassifier(
  tests: readonly Test[],
  fact: string,
  facts: Facts,
  intern: (outcomes: Outcome[]) => number,
): ((row: RowState) => number) | null {
  const judges: TextJudge[] = [];
  for (const test of tests) {
    const judge = quickJudge(test.op);
    if (judge === null) return null;
    judges.push(judge);
  }
  // One bit a test.
  if (judges.length > 16) return null;
  const classes: (number | undefined)[] = [];
  const ofBits = (bits: number): number => {
    let cls = classes[bits];
    if (cls === undefined) {
      cls = intern(judges.map((_, at) => (bits & (1 << at)) !== 0));
      classes[bits] = cls;
    }
    return cls;
  };
  if (fact === ANY_CELL) {
    const slots = facts.cellSlots;
    const starts = possibleStarts(tests.map((test) => test.op));
    const blankCounts = judgeText(judges, '') !== 0;
    // What the last row had in each slot, and what came of it.
    const lastTexts = slots.map((): string | null => null);
    const lastBits = slots.map(() => 0);
    return (row) => {
      let bits = 0;
      for (let at = 0; at < slots.length; at++) {
        const text = facts.delivered(row, slots[at] as number);
        // Most cells can be passed over by their first character.
        if (text === '' ? !blankCounts : starts[text.charCodeAt(0)] === 0) continue;
        if (blankCounts && !facts.hasCell(at, text)) continue;
        if (text !== lastTexts[at]) {
          lastTexts[at] = text;
          lastBits[at] = judgeText(judges, text);
        }
        bits |= lastBits[at] as number;
      }
      for (let at = 0; at < row.surplus.length; at++) bits |= judgeText(judges, row.surplus[at] as string);
      return ofBits(bits);
    };
  }
  const read = facts.reader(fact);
  return remembered(read, (row) => ofBits(judgeText(judges, read(row))));
}

/** By ASCII code: whether a text that begins so may fit any of the operators. */
function possibleStarts(ops: readonly Op[]): Uint8Array {
  const starts = new Uint8Array(128);
  for (const op of ops) {
    const own = startsOf(op);
    for (let code = 0; code < starts.length; code++)
      starts[code] = (starts[code] as number) | (own?.[code] ?? 1);
  }
  return starts;
}

function startsOf(op: Op): Uint8Array | null {
  if (op.kind === 'matches') return op.pattern.starts;
  if (op.kind === 'all-of') return op.ops.map(startsOf).find((starts) => starts !== null) ?? null;
  return null;
}

// Plain loops: this runs for every cell of every row, and an iterator or a closure each would be garbage.
function judgeText(judges: readonly TextJudge[], text: string): number {
  const blank = isBlank(text);
  let bits = 0;
  for (let at = 0; at < judges.length; at++) if ((judges[at] as TextJudge)(text, blank)) bits |= 1 << at;
  return bits;
}

function quickJudge(op: Op): TextJudge | null {
  switch (op.kind) {
    case 'any':
      return () => true;
    case 'blank':
      return (_, blank) => blank;
    case 'present':
      return (_, blank) => !blank;
    case 'matches':
      return (text, blank) => !blank && op.pattern.test(text);
    case 'exactly':
      return (text, blank) => !blank && op.texts.includes(text);
    case 'starts-with':
      return startJudge(op.prefixes);
    case 'not':
    case 'all-of': {
      if (op.kind === 'not' && op.ops.length === 1 && op.ops[0]?.kind === 'present')
        return (_, blank) => blank;
      let all: TextJudge = () => true;
      for (const inner of op.ops.map(quickJudge).reverse()) {
        if (inner === null) return null;
        const rest = all;
        all = (text, blank) => inner(text, blank) && rest(text, blank);
      }
      const judge = all;
      return op.kind === 'all-of' ? judge : (text, blank) => !blank && !judge(text, blank);
    }
    default:
      return null;
  }
}
