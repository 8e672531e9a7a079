/** `csr apply`: corrections made and a report written, without a screen. */
import type { Command } from 'commander';
import { CsrError } from '../engine/problem.ts';
import { writeCsv } from '../export/csv.ts';
import { buildReport } from '../export/report.ts';
import { runReport } from '../export/run-report.ts';
import { writeAll } from '../files/write-file.ts';
import { taskGroups } from '../review/queue.ts';
import type { Review } from '../review/review.ts';
import { customerName, inputsOf, keptLayout, type Opened, openReview, sayNotices } from './open.ts';
import { addInputOptions, type InputOptions } from './options.ts';
import { print, printJson, say } from './output.ts';

interface ApplyOptions extends InputOptions {
  readonly output?: string;
  readonly report?: string;
  readonly json?: boolean;
  readonly force?: boolean;
}

export function addApply(program: Command): void {
  addInputOptions(program.command('apply'))
    .description('correct FILE by the rules, without a screen')
    .argument('<file>', 'CSV or XLSX; - for standard input')
    .option('-o, --output <file>', 'the corrected file; - for standard output')
    .option('--report <file>', 'the report as JSON; - for standard output')
    .option('--json', 'the report as JSON on standard output')
    .option('--force', 'replace files that are there already')
    .option('--quiet', 'say only what went wrong')
    .action(apply);
}

async function apply(file: string, given: ApplyOptions): Promise<void> {
  const options = given.report === '-' ? withoutReport(given) : given;
  checkUsage(options);
  const opened = await openReview(file, options);
  const { review, table } = opened;
  const { bytes, notices } = writeCsv(
    buildReport(review, { customer: customerName(review), guardFormulas: false }),
  );
  const report = options.json || options.report !== undefined ? runReport(review) : null;
  const files: { path: string; data: Uint8Array | string }[] = [];
  if (options.output !== undefined && options.output !== '-')
    files.push({ path: options.output, data: bytes });
  if (options.report !== undefined)
    files.push({ path: options.report, data: `${JSON.stringify(report, null, 2)}\n` });
  files.push(...(await keptLayout(table, options)));
  writeAll(files, { force: options.force ?? false, notOver: inputsOf(file, options) });
  if (options.output === '-') print(bytes);
  if (options.json) printJson(report);
  sayNotices([...opened.notices, ...notices], options);
  if (!options.quiet) tell(opened);
  if (table.rows.length > 0 && review.unresolved > 0) process.exitCode = 1;
}

/** `--report -` is what `--json` is. */
function withoutReport({ report: _, ...rest }: ApplyOptions): ApplyOptions {
  return { ...rest, json: true };
}

function checkUsage(options: ApplyOptions): void {
  const usage = (message: string) => new CsrError({ code: 'usage', severity: 'error', message });
  if (options.output === '' || options.report === '')
    throw usage('`-o` and `--report` need the name of a file, or `-` for standard output');
  if (options.output === undefined && options.report === undefined && !options.json) {
    throw usage('say where to: `-o OUT.csv`, `--report FILE` or `--json`');
  }
  if (options.json && options.output === '-') {
    throw usage('`--json` and `-o -` both want standard output; give one of them a file');
  }
}

function tell({ review }: Opened): void {
  const { rows, changed, unresolved, excluded, flagged, ready } = review.summary();
  say(
    `${rows === 1 ? '1 row' : `${rows} rows`}: ${ready} ready, ${unresolved} unresolved, ${excluded} excluded; ${changed} changed, ${flagged} flagged`,
  );
  tellGroups(review);
  sayFlags(review);
}

/** What is left to find out, a line a group. */
export function tellGroups(review: Review): void {
  for (const group of taskGroups(review)) {
    if (group.open.length > 0) say(`  ${group.title}: ${review.rowList(group.open)}  [${group.rule}]`);
  }
}

/** Messages of one rule that a person still reads. */
const MOST_MESSAGES = 8;

/** Flags by rule and message, not by row: identical ones are one line. */
function sayFlags(review: Review): void {
  const flags = new Map<string, { severity: string; messages: Map<string, number[]> }>();
  for (const index of review.table.rows.keys()) {
    for (const { rule, severity, message } of review.evaluator.flags(index)) {
      let known = flags.get(rule);
      if (!known) {
        known = { severity, messages: new Map() };
        flags.set(rule, known);
      }
      const rows = known.messages.get(message);
      if (rows) rows.push(index);
      else known.messages.set(message, [index]);
    }
  }
  for (const [rule, { severity, messages }] of flags) {
    const shown = [...messages].slice(0, MOST_MESSAGES);
    for (const [message, rows] of shown) say(`  ${severity} ${message} ${review.rowList(rows)}  [${rule}]`);
    const rest = messages.size - shown.length;
    if (rest > 0) say(`  ${severity} and ${rest} more like ${rest === 1 ? 'it' : 'them'}  [${rule}]`);
  }
}
