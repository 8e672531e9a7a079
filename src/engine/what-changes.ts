/** What other rules make of the same rows: the decisions that come out differently. */
import type { Evaluator } from './decide.ts';
import type { Decision } from './decision.ts';
import { decisionLines, type ExampleFailure, runExamples } from './examples.ts';
import type { RuleSet } from './rule.ts';

/** Rows of one file whose decisions part in the same way: what is said of them only before, and only after. */
export interface RowChange {
  /** Indexes into the table's rows. */
  readonly rows: readonly number[];
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Examples that held, and do not hold any more: their rows are decided by other rules now. */
export async function lostExamples(before: RuleSet, after: RuleSet): Promise<ExampleFailure[]> {
  const failures = (await runExamples(after)).failures;
  const known = new Set(failures.length === 0 ? [] : (await runExamples(before)).failures.map(exampleKey));
  return failures.filter((failure) => !known.has(exampleKey(failure)));
}

/** An edited file has its examples on other lines, so they are told by what they say. */
function exampleKey({ rule, given, wanted }: ExampleFailure): string {
  return JSON.stringify([rule, given, wanted]);
}

/**
 * The rows of a file that two rule sets decide differently, those that part alike together; in the file's order.
 * Both evaluators have decided all rows of the same table.
 */
export function rowChanges(
  before: Evaluator,
  after: Evaluator,
  isApart = (index: number) => !sameOutcome(before.decision(index), after.decision(index)),
): RowChange[] {
  const alike = new Map<string, { rows: number[] } & Pick<RowChange, 'before' | 'after'>>();
  for (const index of before.table.rows.keys()) {
    if (!isApart(index)) continue;
    const [was, is] = [before.decision(index), after.decision(index)];
    const change = parting(was, is);
    const key = JSON.stringify(change);
    const same = alike.get(key);
    if (same) same.rows.push(index);
    else alike.set(key, { rows: [index], ...change });
  }
  return [...alike.values()];
}

/** What is said of a row only before, and only after: where that is the same in short, what people are shown of it. */
export function parting(was: Decision, is: Decision): Pick<RowChange, 'before' | 'after'> {
  const inShort = partingLines(decisionLines(was), decisionLines(is));
  if (inShort.before.length + inShort.after.length > 0) return inShort;
  return partingLines(shownLines(was), shownLines(is));
}

function partingLines(old: readonly string[], now: readonly string[]): Pick<RowChange, 'before' | 'after'> {
  return {
    before: old.filter((line) => !now.includes(line)),
    after: now.filter((line) => !old.includes(line)),
  };
}

/** What a person is shown of a row's tasks and flags, a line each. */
function shownLines({ tasks, flags }: Decision): string[] {
  return [
    ...tasks.flatMap((task) => [
      ...task.steps.map((step, at) => `${task.kind}, step ${at + 1}: ${step} by ${task.rule}`),
      ...task.for.map(
        ({ label, format }) =>
          `${task.kind} for ${label}${format === null ? '' : `, ${format}`} by ${task.rule}`,
      ),
      ...(task.choices.length === 0
        ? []
        : [`${task.kind}, one of ${task.choices.join(', ')} by ${task.rule}`]),
      ...Object.entries(task.suggestion).map(
        ([field, text]) => `${task.kind}, suggests ${field}: ${text} by ${task.rule}`,
      ),
    ]),
    ...flags.map(
      ({ rule, severity, field, message }) =>
        `${severity} about ${field ?? 'the row'}: ${message} by ${rule}`,
    ),
  ];
}

/** Whether two decisions are the same to all that an agent or a customer would notice. */
export function sameOutcome(was: Decision, is: Decision): boolean {
  return outcome(was) === outcome(is);
}

/** All that is noticed of a decision; which rule it was is no part of it, nor in which order things are said. */
function outcome({ status, changes, tasks, flags, excluded }: Decision): string {
  const cells = new Map<string, { from: string; to: string }>();
  for (const { field, from, to } of changes) cells.set(field, { from: cells.get(field)?.from ?? from, to });
  const written = [...cells].flatMap(([field, { from, to }]) => (from === to ? [] : [[field, to]]));
  return JSON.stringify([
    status,
    written.sort(),
    tasks
      .map((task) =>
        JSON.stringify([
          task.kind,
          task.for.map(({ field, label, pattern, format }) => [field, label, pattern?.source, format]),
          task.procedure,
          task.refer,
          task.steps,
          task.choices,
          task.suggestion,
        ]),
      )
      .sort(),
    flags.map(({ severity, field, message }) => JSON.stringify([severity, field, message])).sort(),
    excluded?.reason ?? null,
  ]);
}
