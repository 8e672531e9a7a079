/** The examples that stand beside rules, run through the whole pipeline. */
import { Evaluator, type Manner, makeBooks, type Swap } from './decide.ts';
import {
  ANSWERED,
  type Answer,
  type Decision,
  EDITED,
  isNone,
  type RowInput,
  type Task,
} from './decision.ts';
import { escalate } from './escalate.ts';
import { testsOf } from './evaluate.ts';
import { explain } from './explain.ts';
import { ANY_CELL, type Books, type Context } from './facts.ts';
import type { Place } from './problem.ts';
import type { Escalation, EscalationExample, Example, LookUp, Op, Rule, RuleSet } from './rule.ts';
import type { Table } from './table.ts';

export interface ExampleFailure {
  /** The rule, look-up or escalation that the example stands under. */
  readonly rule: string;
  readonly place: Place;
  readonly given: Readonly<Record<string, string>>;
  /** What was wanted and what came, in words. */
  readonly wanted: string;
  readonly came: string;
  /** The files of the rules that decided instead. */
  readonly by: readonly string[];
  /** Where the row parted from the rule that the example stands under; null where nothing can be said. */
  readonly parted: Parted | null;
}

/** Why a rule did not act on a row, and what did. */
export interface Parted {
  /** `failed`: a condition does not hold. `taken`: a rule before it decided. `ended`: the row did not come to its table. */
  readonly why: 'acted' | 'failed' | 'taken' | 'ended';
  /** The first condition that does not hold, and what it read. */
  readonly condition: {
    readonly written: string;
    readonly fact: string;
    readonly read: string;
    readonly place: Place;
  } | null;
  /** The rules that acted in its place; for `acted`, those beside it. */
  readonly instead: readonly { readonly rule: string; readonly place: Place }[];
}

export interface ExampleRun {
  readonly passed: number;
  readonly failures: readonly ExampleFailure[];
}

const DEFAULT_SYSTEM = 'csr-tool';

/** One row, alone in its file, with what is known beside it. */
interface GivenRow {
  readonly table: Table;
  readonly context: Context;
  /** What somebody wrote over its cells. */
  readonly edits: Readonly<Record<string, string>>;
}

/**
 * One row made of the given facts. Row fields become cells, `customer.*` the intake, `edited.*` what a person
 * wrote over a cell, and any other fact stands as given.
 */
export function rowGiven(given: Readonly<Record<string, string>>): GivenRow {
  const cells = new Map<string, string>();
  const edits: Record<string, string> = {};
  const customer = new Map<string, string>();
  const facts = new Map<string, string>();
  let system = DEFAULT_SYSTEM;
  for (const [fact, text] of Object.entries(given)) {
    if (fact === 'system') system = text;
    else if (fact.startsWith(EDITED)) edits[fact.slice(EDITED.length)] = text;
    else if (fact === ANY_CELL) cells.set('column:1', text);
    else if (fact.startsWith('customer.')) customer.set(fact.slice('customer.'.length), text);
    else if (/^(original|number|row|file|reference|carrier)\./.test(fact)) facts.set(fact, text);
    else cells.set(fact, text);
  }
  // A row of which no cell is given is blank, and not without cells.
  if (cells.size === 0) cells.set('column:1', '');
  for (const fact of facts.keys()) {
    const found = fact.replace(/^(reference\.[^.]+)\..*$/, '$1.found');
    if (fact.startsWith('reference.') && !facts.has(found)) facts.set(found, 'yes');
  }
  const table: Table = {
    name: 'example',
    sha256: '',
    format: {
      kind: 'csv',
      delimiter: ',',
      newline: '\n',
      bom: false,
      encoding: 'utf-8',
      sepLine: null,
      finalNewline: true,
    },
    layout: system,
    columns: [...cells.keys()].map((field) => ({ header: field, field })),
    rows: [{ place: 2, cells: [...cells.values()] }],
    preamble: [],
    notices: [],
  };
  return { table, context: { customer, references: new Map(), batch: null, given: facts }, edits };
}

type Given = Readonly<Record<string, string>>;

/** Where a row stands among those that were decided together. */
interface Seat {
  readonly evaluator: Evaluator;
  readonly index: number;
  /** What is said to its questions. */
  readonly answers: ReadonlyMap<string, string>;
  input: RowInput;
}

interface Group {
  readonly evaluator: Evaluator;
  readonly rows: { place: number; cells: readonly string[] }[];
}

/** Rows made of given facts, each alone in its file: those that have file and customer in common are decided together. */
export class GivenRows {
  readonly rules: RuleSet;
  readonly books: Books;
  private readonly manner: Exclude<Manner, 'together'>;
  private readonly groups = new Map<string, Group>();
  private readonly fields: ReadonlySet<string>;
  private readonly seats = new Map<Given, Seat>();

  /** @param fields the fields that most rows will be given with */
  constructor(
    rules: RuleSet,
    fields: Iterable<string>,
    manner: Exclude<Manner, 'together'>,
    books: Books = makeBooks(rules),
  ) {
    this.rules = rules;
    this.books = books;
    this.manner = manner;
    // A test of every cell may ask for blank ones, and sees those that a row was not given.
    this.fields = new Set(seesBlankCells(rules) ? [] : fields);
  }

  /** What is decided of rows; decided now if they are new. */
  async decide(givens: readonly Given[]): Promise<Decision[]> {
    const news = new Map<Evaluator, Map<number, RowInput>>();
    const asked: Seat[] = [];
    for (const given of givens) {
      if (this.seats.has(given)) continue;
      const seat = this.seat(given);
      if (seat.answers.size > 0) asked.push(seat);
      const inputs = news.get(seat.evaluator);
      if (inputs) inputs.set(seat.index, seat.input);
      else news.set(seat.evaluator, new Map([[seat.index, seat.input]]));
    }
    for (const [evaluator, inputs] of news) await evaluator.redecide(inputs, inputs.keys());
    for (const seat of asked)
      seat.input = await answered(seat.evaluator, seat.index, seat.input, seat.answers);
    return givens.map((given) => {
      const { evaluator, index } = this.seatOf(given);
      return evaluator.decision(index);
    });
  }

  /** What would be decided of a row if a rule or a look-up said something else: its questions too are other ones then. */
  async decideAs(given: Given, swap: Swap): Promise<Decision> {
    await this.decide([given]);
    const { evaluator, index, answers, input } = this.seatOf(given);
    return evaluator.lookingAt(index, swap, async () => {
      const before: RowInput = { ...input, answers: [] };
      await evaluator.redecide(new Map([[index, before]]), [index]);
      await answered(evaluator, index, before, answers);
      return evaluator.decision(index);
    });
  }

  /** Whether a decided row could be decided otherwise if a rule said something else. */
  couldDiffer(given: Given, rule: Rule, as: Rule): boolean {
    const { evaluator, index } = this.seatOf(given);
    return evaluator.couldDiffer(index, rule, as);
  }

  /** The key of what a fact said to a rule when a decided row came to its table. */
  keyAt(given: Given, rule: Rule, fact: string): string {
    const { evaluator, index } = this.seatOf(given);
    return evaluator.keyAt(index, rule, fact);
  }

  /** Where a decided row parted from a rule, or from the rules that look up by carrier. */
  async partedFrom(owner: Rule | LookUp, given: Given): Promise<Parted> {
    const { evaluator, index } = this.seatOf(given);
    const { decision, tables } = await explain(evaluator, index);
    const placed = ({ id, place }: Rule | LookUp) => ({ rule: id, place });
    if (!('then' in owner)) {
      const chosen = this.rules.lookUps.filter(({ id }) =>
        decision.tasks.some(({ lookUp }) => lookUp === id),
      );
      const acts = chosen.includes(owner);
      return {
        why: acts ? 'acted' : 'taken',
        condition: null,
        instead: chosen.filter((one) => one !== owner).map(placed),
      };
    }
    const table = tables.find(({ rules }) => rules.some(({ rule }) => rule.id === owner.id));
    if (!table) {
      const ends = decision.acted.filter(({ then }) =>
        then.some(({ do: deed }) => deed === 'stop' || deed === 'exclude'),
      );
      return { why: 'ended', condition: null, instead: ends.map(placed) };
    }
    const trace = table.rules.find(({ rule }) => rule.id === owner.id);
    const others = table.rules
      .filter(({ acted, rule }) => acted && rule.id !== owner.id)
      .map(({ rule }) => placed(rule));
    if (trace?.acted) return { why: 'acted', condition: null, instead: others };
    const failed = trace?.failed;
    const test = failed && testsOf(owner).find(({ written }) => written === failed.written);
    const condition =
      failed && test
        ? { written: failed.written, fact: failed.fact, read: failed.value, place: test.place }
        : null;
    return { why: trace?.asked === false ? 'taken' : 'failed', condition, instead: others };
  }

  /** Who has decided a row. */
  evaluatorOf(given: Given): Evaluator {
    return this.seatOf(given).evaluator;
  }

  private seatOf(given: Given): Seat {
    const seat = this.seats.get(given);
    if (!seat) throw new Error('the row has not been decided');
    return seat;
  }

  private seat(given: Given): Seat {
    const { facts, answers } = saidIn(given);
    const { table, context, edits } = rowGiven(facts);
    const { layout, columns, rows } = table;
    const sorted = (facts: ReadonlyMap<string, string> | undefined) => [...(facts ?? [])].sort();
    const further = columns.map(({ field }) => field).filter((field) => !this.fields.has(field));
    const key = JSON.stringify([layout, sorted(context.customer), sorted(context.given), further]);
    let group = this.groups.get(key);
    if (!group) {
      const all = [...this.fields, ...further].map((field) => ({ header: field, field }));
      const list: Group['rows'] = [];
      const together = { ...table, columns: all, rows: list };
      const evaluator = new Evaluator(this.rules, together, context, this.books, this.manner);
      group = { evaluator, rows: list };
      this.groups.set(key, group);
    }
    const cells = new Map(columns.map(({ field }, at) => [field, rows[0]?.cells[at] ?? '']));
    const index = group.rows.length;
    const all = group.evaluator.table.columns.map(({ field }) => cells.get(field) ?? '');
    group.rows.push({ place: index + 2, cells: all });
    const input = { answers: [], edits, excluded: null };
    const seat: Seat = { evaluator: group.evaluator, index, answers, input };
    this.seats.set(given, seat);
    return seat;
  }
}

/** Whether a rule tests every cell for something that a blank one may fit. */
function seesBlankCells({ tables }: RuleSet): boolean {
  const asksForBlank = (op: Op): boolean =>
    op.kind === 'blank' || op.kind === 'any' || ('ops' in op && op.ops.some(asksForBlank));
  const tests = tables.flatMap(({ rules }) => rules.flatMap(testsOf));
  return tests.some(({ fact, op }) => fact === ANY_CELL && asksForBlank(op));
}

/** The fields that stand in the rows of examples. */
export function fieldsOf(rows: Iterable<Given>): Set<string> {
  const fields = new Set<string>();
  for (const given of rows)
    for (const { field } of rowGiven(saidIn(given).facts).table.columns) fields.add(field);
  return fields;
}

/** More rounds of questions than any row has. */
const MOST_ROUNDS = 8;

/**
 * Decides one row made of the given facts. `(none)` is somebody's word that there is no such thing, and
 * `answered.<field>` what was answered to a task; both are said when the rules ask.
 */
export async function decideGiven(
  rules: RuleSet,
  given: Readonly<Record<string, string>>,
  books: Books = makeBooks(rules),
): Promise<{ readonly evaluator: Evaluator; readonly decision: Decision; readonly input: RowInput }> {
  const { facts, answers } = saidIn(given);
  const { table, context, edits } = rowGiven(facts);
  const evaluator = new Evaluator(rules, table, context, books);
  const before: RowInput = { answers: [], edits, excluded: null };
  await evaluator.decideAll(new Map([[0, before]]));
  const input = await answered(evaluator, 0, before, answers);
  return { evaluator, decision: evaluator.decision(0), input };
}

/** What of the given facts stands in the row, and what somebody says when the rules ask. */
function saidIn(given: Given): { readonly facts: Given; readonly answers: ReadonlyMap<string, string> } {
  const facts: Record<string, string> = {};
  const answers = new Map<string, string>();
  for (const [fact, text] of Object.entries(given)) {
    const field = fact.startsWith(EDITED) ? fact.slice(EDITED.length) : fact;
    if (fact.startsWith(ANSWERED)) answers.set(fact.slice(ANSWERED.length), isNone(text) ? '' : text);
    else if (!isNone(text)) facts[fact] = text;
    else if (field.includes('.') || field === 'system') facts[fact] = '';
    else {
      answers.set(field, '');
      if (fact !== field) facts[fact] = '';
    }
  }
  return { facts, answers };
}

/** A decided row, decided again with answers as its questions come up. Returns what was said of it in the end. */
async function answered(
  evaluator: Evaluator,
  index: number,
  before: RowInput,
  answers: ReadonlyMap<string, string>,
): Promise<RowInput> {
  let input = before;
  for (let round = 0; answers.size > 0 && round < MOST_ROUNDS; round++) {
    const news = evaluator.decision(index).tasks.flatMap((task) => answerTo(task, answers) ?? []);
    if (news.length === 0) break;
    input = { ...input, answers: [...input.answers, ...news] };
    await evaluator.redecide(new Map([[index, input]]), [index]);
  }
  return input;
}

function answerTo(task: Task, answers: ReadonlyMap<string, string>): Answer | null {
  const values = task.for.flatMap(({ field }) => {
    const text = answers.get(field);
    return text === undefined ? [] : [[field, text] as const];
  });
  return values.length === 0
    ? null
    : { task: task.key, restsOn: task.restsOn, values: Object.fromEntries(values) };
}

/** Runs every example of the rules, look-ups and escalations. */
export async function runExamples(rules: RuleSet): Promise<ExampleRun> {
  const owners = [...rules.tables.flatMap((table) => table.rules), ...rules.lookUps];
  const rows = owners.flatMap(({ examples }) => examples.map(({ given }) => given));
  const decided = new GivenRows(rules, fieldsOf(rows), 'alone');
  await decided.decide(rows);
  const failures: ExampleFailure[] = [];
  let passed = 0;
  const note = (failure: ExampleFailure | null) => {
    if (failure) failures.push(failure);
    else passed++;
  };
  for (const owner of owners) {
    for (const example of owner.examples) {
      const evaluator = decided.evaluatorOf(example.given);
      const [decision] = await decided.decide([example.given]);
      const failure = judge(owner, example, decision as Decision, evaluator);
      note(failure && { ...failure, parted: await decided.partedFrom(owner, example.given) });
    }
  }
  for (const escalation of rules.escalations)
    for (const example of escalation.examples)
      note(judgeRejection(escalation, example, rules, decided.books));
  return { passed, failures };
}

/** How an example of an escalation does not come out as it says; null where it does. */
export function judgeRejection(
  escalation: Escalation,
  { carrier, text, expect, place }: EscalationExample,
  rules: RuleSet,
  books: Books,
): ExampleFailure | null {
  const came = escalate(text, carrier === '' ? null : carrier, rules, books).escalation;
  if ((came.id === escalation.id) === expect) return null;
  return {
    rule: escalation.id,
    place,
    given: { carrier, text },
    wanted: `${expect ? '' : 'not '}${escalation.id}`,
    came: came.id,
    by: [came.place.file],
    parted: {
      why: came.id === escalation.id ? 'acted' : 'taken',
      condition: null,
      instead: came.id === escalation.id ? [] : [{ rule: came.id, place: came.place }],
    },
  };
}

/** Runs one example as if it stood under `owner`: what the rules decide, and how that is not what it says. */
export async function runExample(
  rules: RuleSet,
  owner: Rule | LookUp,
  example: Example,
  books: Books = makeBooks(rules),
): Promise<{ readonly decision: Decision; readonly failure: ExampleFailure | null }> {
  const { evaluator, decision } = await decideGiven(rules, example.given, books);
  return { decision, failure: judge(owner, example, decision, evaluator) };
}

/** The files of the rules and look-ups that had a part in a decision. */
function filesOf(decision: Decision, rules: RuleSet): string[] {
  const lookUps = rules.lookUps.filter(({ id }) => decision.tasks.some((task) => task.lookUp === id));
  return [...new Set([...decision.acted, ...lookUps].map(({ place }) => place.file))];
}

/** Whether an example comes out as it says. */
export function comesOut(
  owner: Rule | LookUp,
  example: Example,
  decision: Decision,
  evaluator: Evaluator,
): boolean {
  return unmet(owner, example, decision, evaluator) === null;
}

/** How an example does not come out as it says; null where it does. */
function judge(
  owner: Rule | LookUp,
  example: Example,
  decision: Decision,
  evaluator: Evaluator,
): ExampleFailure | null {
  const found = unmet(owner, example, decision, evaluator);
  if (found === null) return null;
  const { lacking, met } = found;
  const shown = (wants: readonly Want[]) => wants.map(([key, want]) => `${key}: ${show(want)}`).join(', ');
  return {
    rule: owner.id,
    place: example.place,
    given: example.given,
    wanted: met ? `not ${shown(met)}` : lacking.length > 0 ? shown(lacking) : `${owner.id} to act`,
    came: decisionLines(decision).join('; '),
    by: filesOf(decision, evaluator.rules),
    parted: null,
  };
}

type Want = readonly [key: string, want: unknown];

/** What an example wants and did not get, or got and does not want; null where there is nothing of the kind. */
function unmet(
  owner: Rule | LookUp,
  { expect, expectNot }: Example,
  decision: Decision,
  evaluator: Evaluator,
): { readonly lacking: readonly Want[]; readonly met: readonly Want[] | null } | null {
  if (expect) {
    const lacking = Object.entries(expect).filter(
      ([key, want]) => !matches(key, want, expect, decision, evaluator),
    );
    if (lacking.length > 0 || !actsIn(owner, decision)) return { lacking, met: null };
  }
  if (expectNot) {
    const met = Object.entries(expectNot);
    if (met.every(([key, want]) => matches(key, want, expectNot, decision, evaluator)))
      return { lacking: [], met };
  }
  return null;
}

/** Whether an entry had a part in a decision. */
export function actsIn(owner: Rule | LookUp, { acted, tasks }: Decision): boolean {
  return 'then' in owner
    ? acted.some(({ id }) => id === owner.id)
    : tasks.some(({ lookUp }) => lookUp === owner.id);
}

function list(want: unknown): string[] {
  return Array.isArray(want) ? want.map(nameOf) : [nameOf(want)];
}

function nameOf(want: unknown): string {
  return want !== null && typeof want === 'object' && 'field' in want ? String(want.field) : String(want);
}

function matches(
  key: string,
  want: unknown,
  whole: Readonly<Record<string, unknown>>,
  decision: Decision,
  evaluator: Evaluator,
): boolean {
  const textOf = (field: string) => decision.values[evaluator.facts.slot(field)] ?? '';
  const wantedFields = whole.for === undefined ? [] : list(whole.for);
  const covers = (task: Task) => wantedFields.every((field) => task.for.some((item) => item.field === field));
  const acted = decision.acted.flatMap((rule) => rule.then);
  switch (key) {
    case 'status':
      return decision.status === want;
    case 'set':
      return Object.entries(want as Record<string, string>).every(([field, text]) => textOf(field) === text);
    case 'clear':
      return list(want).every(
        (field) =>
          textOf(field).trim() === '' &&
          acted.some((action) => action.do === 'clear' && action.fields.includes(field)),
      );
    case 'keep':
      return list(want).every((field) =>
        acted.some((action) => action.do === 'keep' && action.fields.includes(field)),
      );
    case 'look-up':
      return list(want).every((procedure) =>
        decision.tasks.some(
          (task) =>
            covers(task) &&
            (procedure === 'by-carrier'
              ? task.lookUp !== null
              : task.kind === 'look-up' && task.procedure === procedure),
        ),
      );
    case 'ask':
      return list(want).every((fact) =>
        decision.tasks.some((task) => task.kind === 'ask' && task.for[0]?.field === fact),
      );
    case 'offer':
      if (typeof want === 'string' || Array.isArray(want)) {
        return list(want).every((field) =>
          decision.tasks.some(
            (task) => task.kind === 'offer' && task.for.some((item) => item.field === field),
          ),
        );
      }
      return Object.entries(want as Record<string, string>).every(([field, text]) =>
        decision.tasks.some((task) => task.kind === 'offer' && task.suggestion[field] === text),
      );
    case 'refer':
      return list(want).every((to) =>
        decision.tasks.some((task) => task.kind === 'refer' && task.refer === to && covers(task)),
      );
    case 'for':
      return decision.tasks.some(covers);
    case 'exclude':
      return (
        decision.excluded !== null && (want === 'yes' || decision.excluded.reason.includes(String(want)))
      );
    case 'flag':
      return list(want).every((text) =>
        decision.flags.some((flag) => flag.rule === text || flag.message.includes(text)),
      );
    default:
      return false;
  }
}

/**
 * All that an example can tell of a decision: what `matches` looks at. Decisions of which it is the same come out alike
 * in every example.
 * @param slots the fields of the decision's values
 */
export function tellable(decision: Decision, slots: readonly string[]): string {
  const { status, values, acted, tasks, flags, excluded } = decision;
  const actions = acted.flatMap(({ then }) => then);
  const fields = (kind: 'clear' | 'keep') =>
    [...new Set(actions.flatMap((action) => (action.do === kind ? action.fields : [])))].sort();
  return JSON.stringify([
    status,
    slots.flatMap((field, slot) => ((values[slot] ?? '') === '' ? [] : [[field, values[slot]]])),
    fields('clear'),
    fields('keep'),
    tasks.map((task) => [
      task.kind,
      task.procedure,
      task.refer,
      task.lookUp,
      task.for.map(({ field }) => field),
      task.suggestion,
    ]),
    flags.map(({ rule, message }) => [rule, message]),
    excluded?.reason ?? null,
  ]);
}

function show(want: unknown): string {
  return typeof want === 'string' ? want : JSON.stringify(want);
}

/** A decision in words: what the row is, then a line for every change, task and flag. */
export function decisionLines(decision: Decision): string[] {
  const lines: string[] = [decision.status];
  for (const change of decision.changes)
    lines.push(`${change.field}: ${change.from || '(blank)'} -> ${change.to || '(blank)'} by ${change.rule}`);
  for (const task of decision.tasks) {
    const fields = task.for.map((item) => item.field).join(', ');
    lines.push(
      `${[task.kind, task.procedure, task.refer].filter(Boolean).join(' ')} for ${fields || 'a decision'} by ${task.rule}${task.lookUp === null ? '' : ` (${task.lookUp})`}`,
    );
  }
  for (const flag of decision.flags) lines.push(`${flag.severity} ${flag.rule}: ${flag.message}`);
  if (decision.excluded) lines.push(`excluded: ${decision.excluded.reason}`);
  return lines;
}
