/** The examples that stand beside rules, run through the whole pipeline. */
import { Evaluator, makeBooks } from './decide.ts';
import type { Decision, Task } from './decision.ts';
import { escalate } from './escalate.ts';
import { ANY_CELL, type Books, type Context } from './facts.ts';
import type { Place } from './problem.ts';
import type { Example, LookUp, Rule, RuleSet } from './rule.ts';
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
    else if (fact.startsWith('edited.')) edits[fact.slice('edited.'.length)] = text;
    else if (fact === ANY_CELL) cells.set('column:1', text);
    else if (fact.startsWith('customer.')) customer.set(fact.slice('customer.'.length), text);
    else if (/^(original|number|row|file|reference|carrier)\./.test(fact)) facts.set(fact, text);
    else cells.set(fact, text);
  }
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

/** Decides one row made of the given facts. */
async function decideGiven(
  rules: RuleSet,
  given: Readonly<Record<string, string>>,
  books: Books = makeBooks(rules),
): Promise<{ evaluator: Evaluator; decision: Decision }> {
  const { table, context, edits } = rowGiven(given);
  const evaluator = new Evaluator(rules, table, context, books);
  await evaluator.decideAll(new Map([[0, { answers: [], edits, excluded: null }]]));
  return { evaluator, decision: evaluator.decision(0) };
}

/** Runs every example of the rules, look-ups and escalations. */
export async function runExamples(rules: RuleSet): Promise<ExampleRun> {
  const books = makeBooks(rules);
  const failures: ExampleFailure[] = [];
  let passed = 0;
  const run = async (owner: Rule | LookUp, example: Example) => {
    const { failure } = await runExample(rules, owner, example, books);
    if (failure) failures.push(failure);
    else passed++;
  };
  for (const table of rules.tables) {
    for (const rule of table.rules) for (const example of rule.examples) await run(rule, example);
  }
  for (const lookUp of rules.lookUps) for (const example of lookUp.examples) await run(lookUp, example);
  for (const escalation of rules.escalations) {
    for (const example of escalation.examples) {
      const came = escalate(
        example.text,
        example.carrier === '' ? null : example.carrier,
        rules,
        books,
      ).escalation;
      if ((came.id === escalation.id) === example.expect) passed++;
      else {
        failures.push({
          rule: escalation.id,
          place: example.place,
          given: { carrier: example.carrier, text: example.text },
          wanted: `${example.expect ? '' : 'not '}${escalation.id}`,
          came: came.id,
          by: [came.place.file],
        });
      }
    }
  }
  return { passed, failures };
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

function judge(
  owner: Rule | LookUp,
  example: Example,
  decision: Decision,
  evaluator: Evaluator,
): ExampleFailure | null {
  const fail = (wanted: string): ExampleFailure => ({
    rule: owner.id,
    place: example.place,
    given: example.given,
    wanted,
    came: decisionLines(decision).join('; '),
    by: filesOf(decision, evaluator.rules),
  });
  if (example.expect) {
    const lacking = Object.entries(example.expect).filter(
      ([key, want]) => !matches(key, want, example.expect ?? {}, decision, evaluator),
    );
    if (lacking.length > 0) return fail(lacking.map(([key, want]) => `${key}: ${show(want)}`).join(', '));
    const acted =
      'then' in owner
        ? decision.acted.some((rule) => rule.id === owner.id)
        : decision.tasks.some((task) => task.lookUp === owner.id);
    if (!acted) return fail(`${owner.id} to act`);
  }
  if (example.expectNot) {
    const { expectNot } = example;
    const all = Object.entries(expectNot).every(([key, want]) =>
      matches(key, want, expectNot, decision, evaluator),
    );
    if (all)
      return fail(
        `not ${Object.entries(expectNot)
          .map(([key, want]) => `${key}: ${show(want)}`)
          .join(', ')}`,
      );
  }
  return null;
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
      `${task.kind} ${[task.procedure, task.refer].filter(Boolean).join(' ')} for ${fields || 'a decision'} by ${task.rule}${task.lookUp === null ? '' : ` (${task.lookUp})`}`,
    );
  }
  for (const flag of decision.flags) lines.push(`${flag.severity} ${flag.rule}: ${flag.message}`);
  if (decision.excluded) lines.push(`excluded: ${decision.excluded.reason}`);
  return lines;
}
