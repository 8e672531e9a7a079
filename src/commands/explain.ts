/** `csr explain`: every decision about a row, with what was read. */
import type { Command } from 'commander';
import { type Explanation, explain, type RuleTrace, type TestTrace } from '../engine/explain.ts';
import { CsrError } from '../engine/problem.ts';
import { NumberIndex } from '../review/answers.ts';
import type { Review } from '../review/review.ts';
import { openAsLeft } from './desk.ts';
import { sayNotices } from './open.ts';
import { addInputOptions, type InputOptions } from './options.ts';
import { print, printJson } from './output.ts';

interface ExplainOptions extends InputOptions {
  readonly json?: boolean;
}

export function addExplain(program: Command): void {
  addInputOptions(program.command('explain'))
    .description('every decision about one number: rule, place, why, and what was read')
    .argument('<file>', 'CSV or XLSX; - for standard input')
    .argument('<number>', "the phone number, or the sheet's row as `row:12`")
    .option('--json', 'as JSON')
    .option('--quiet', 'say only what went wrong')
    .action(run);
}

async function run(file: string, number: string, options: ExplainOptions): Promise<void> {
  const { review, notices } = await openAsLeft(file, options);
  const rows = findRows(review, number);
  const explanations: Explanation[] = [];
  for (const row of rows) explanations.push(await explain(review.evaluator, row));
  if (options.json) printJson({ rows: explanations.map((one) => explanationJson(review, one)) });
  else print(explanations.map((one) => showExplanation(review, one)).join('\n'));
  sayNotices(notices, options);
}

function findRows(review: Review, number: string): readonly number[] {
  const place = /^row:(\d+)$/i.exec(number)?.[1];
  const rows =
    place === undefined
      ? new NumberIndex(review.table, review.evaluator.books, review.rules).find(number)
      : [...review.table.rows.keys()].filter((index) => review.place(index) === Number(place));
  if (rows.length > 0) return rows;
  const exact = [...review.table.rows.keys()].filter(
    (index) => review.phoneNumber(index).trim() === number.trim(),
  );
  if (exact.length > 0) return exact;
  throw new CsrError({
    code: 'unknown-number',
    severity: 'error',
    message: `\`${number}\` is not in ${review.table.name}`,
    help: `it has ${review.table.rows.length === 1 ? '1 row' : `${review.table.rows.length} rows`}; name one as \`row:${review.place(0)}\`, or a number such as ${review.phoneNumber(0) || '(blank)'}`,
  });
}

/** What the tests of a rule came to, as lines. */
function showTests(trace: RuleTrace): string[] {
  const lines = trace.tests.map((test) => showTest(test));
  for (const [at, block] of trace.anyOf.entries()) {
    lines.push(at === 0 ? 'and any of' : 'or', ...block.map((test) => `  ${showTest(test)}`));
  }
  return lines;
}

function showTest({ written, value, compared, outcome }: TestTrace): string {
  const mark = outcome === true ? 'yes' : outcome === false ? 'no' : '?';
  const read = (text: string) => (text === '' ? 'blank' : `\`${text}\``);
  const others = compared.map((other) => `; ${other.fact}: ${read(other.value)}`);
  return `${mark.padEnd(4)}${written}   (read: ${read(value)}${others.join('')})`;
}

/** An explanation as text: what became of the row, then table by table why. */
export function showExplanation(review: Review, { decision, tables }: Explanation): string {
  const lines = [
    `row ${review.place(decision.index)}  ${review.phoneNumber(decision.index) || '(no number)'}  ${decision.status}`,
  ];
  for (const change of decision.changes) {
    lines.push(
      `  ${change.field}: ${show(change.from)} -> ${show(change.to)}   by ${change.rule || change.by}`,
    );
  }
  for (const task of decision.tasks) {
    const what = task.for.map((item) => item.field).join(', ') || "a lead's decision";
    const where = [task.procedure, task.refer].filter(Boolean).join(', ');
    lines.push(`  open: ${task.kind} for ${what}${where === '' ? '' : ` (${where})`}   by ${task.rule}`);
  }
  for (const { task, answer } of decision.answered) {
    const said = Object.entries(answer.values).map(([field, text]) => `${field}: ${show(text)}`);
    lines.push(`  answered: ${said.join(', ')}   to ${task.rule}`);
  }
  for (const flag of decision.flags) lines.push(`  ${flag.severity}: ${flag.message}   by ${flag.rule}`);
  if (decision.excluded)
    lines.push(
      `  excluded: ${decision.excluded.reason}${decision.excluded.rule ? `   by ${decision.excluded.rule}` : ''}`,
    );
  for (const { stage, table, rules } of tables) {
    lines.push(
      '',
      `${stage}: ${table.title} (${table.match === 'first' ? 'the first rule that holds decides' : 'every rule that holds acts'})`,
    );
    for (const trace of rules) lines.push(...showRule(trace));
  }
  return `${lines.join('\n')}\n`;
}

function showRule(trace: RuleTrace): string[] {
  const { rule, acted, asked, failed } = trace;
  const at = `${rule.place.file}:${rule.place.line}`;
  if (acted) {
    return [
      `  * ${rule.id}  ${at}  [${rule.basis}]`,
      `      ${rule.title}. ${rule.why}`,
      ...showTests(trace).map((line) => `      ${line}`),
    ];
  }
  if (!asked) return [`    ${rule.id}  ${at}  not asked: the table was decided above`];
  return [`    ${rule.id}  ${at}  does not hold: ${failed ? showTest(failed) : ''}`];
}

function show(text: string): string {
  return text === '' ? '(blank)' : `\`${text}\``;
}

function explanationJson(review: Review, { decision, tables }: Explanation): unknown {
  const { values: _values, acted, ...rest } = decision;
  return {
    row: review.place(decision.index),
    phoneNumber: review.phoneNumber(decision.index),
    ...rest,
    acted: acted.map((rule) => rule.id),
    tables: tables.map(({ stage, table, rules }) => ({
      stage,
      file: table.file,
      match: table.match,
      rules: rules.map((trace) => ({
        rule: trace.rule.id,
        place: `${trace.rule.place.file}:${trace.rule.place.line}`,
        why: trace.rule.why,
        basis: trace.rule.basis,
        acted: trace.acted,
        asked: trace.asked,
        conditions: trace.tests,
        anyOf: trace.anyOf,
        failed: trace.failed,
      })),
    })),
  };
}
