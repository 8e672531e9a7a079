/** `csr rules test`: the examples that stand beside the rules, run; what they notice; those that are missing. */
import type { Command } from 'commander';
import { type Measured, measure } from '../../engine/analysis/measure.ts';
import { type ExampleFailure, type Parted, runExamples } from '../../engine/examples.ts';
import { CsrError, type Place, showPlace } from '../../engine/problem.ts';
import { openRules, readRuleSources } from '../open.ts';
import type { RuleOptions } from '../options.ts';
import { print, printJson, say } from '../output.ts';
import { coverageJson, isComplete, showCoverage, survivorsJson, untestedJson } from './coverage.ts';
import { addFolderCommand, withFolder } from './folder.ts';
import { showSuggestions, writeSuggestions } from './suggest.ts';

interface TestOptions extends RuleOptions {
  readonly json?: boolean;
  readonly coverage?: boolean;
  readonly suggest?: boolean;
  readonly write?: boolean;
}

const HELP = `
A condition is covered if an example fails as soon as it is left out, or turned into its contrary: one that stands under
its rule, or one whose row the rule would then take. Where that is proved to make no difference, no example is needed.
The status is 1 if an example fails; with --coverage and --suggest, also if one is missing.
`;

export function addTest(rules: Command): void {
  addFolderCommand(rules, 'test')
    .description('run the examples that stand beside the rules')
    .option(
      '--coverage',
      'say of each rule and each condition whether an example would notice that it is gone',
    )
    .option('--suggest', 'write the examples that are missing, to be pasted')
    .option('--write', 'with --suggest: put them into the files of the folder')
    .option('--json', 'as JSON, with the coverage, which takes longer than the examples')
    .addHelpText('after', HELP)
    .action(test);
}

async function test(dir: string | undefined, options: TestOptions): Promise<void> {
  const { json = false, coverage = false, suggest = false, write = false } = options;
  const chosen = withFolder(dir, options);
  if (write && (!suggest || json))
    throw usage('`--write` writes what `--suggest` shows', '`--suggest --write`');
  if (write && chosen.rules === undefined && chosen.extend === undefined)
    throw usage('`--write` without a folder', 'a folder of rules, or `--extend DIR`');
  const from = await readRuleSources(chosen);
  const { sources, extend } = from;
  const rules = await openRules(chosen, false, from);
  const run = await runExamples(rules);
  const own = new Set(extend.map(({ path }) => path));
  // A rule laid over others takes rows from them: their examples for those rows hold no more, and need not.
  const isOvertaken = ({ place, by }: ExampleFailure) =>
    !own.has(place.file) && by.some((file) => own.has(file));
  const overtaken = run.failures.filter(isOvertaken);
  const failures = run.failures.filter((failure) => !isOvertaken(failure));
  // So only what lies over them is measured.
  const isMeasured = (file: string) => extend.length === 0 || own.has(file);
  const measured: readonly Measured[] = json || coverage || suggest ? await measure(rules, isMeasured) : [];
  if (json) {
    printJson({
      passed: run.passed,
      failed: failures.length,
      failures: failures.map(failureJson),
      overtaken: overtaken.map(failureJson),
      coverage: coverageJson(measured),
      survivors: survivorsJson(measured),
      untested: untestedJson(measured),
    });
  } else {
    for (const failure of failures) sayFailure(failure);
    for (const { rule, place, came } of overtaken)
      say(`${showPlace(place)}: an example of ${rule} is decided by the rules laid over it: ${came}`);
    print(`${run.passed} passed, ${failures.length} failed\n`);
    if (coverage) print(`\n${showCoverage(measured)}`);
  }
  let left = measured;
  if (suggest && !json) {
    if (write) left = await writeSuggestions(from, measured, isMeasured);
    else print(`\n${showSuggestions(measured, [...sources, ...extend])}`);
  }
  if (failures.length > 0 || ((coverage || suggest) && !isComplete(left))) process.exitCode = 1;
}

function usage(message: string, wanted: string): CsrError {
  return new CsrError({ code: 'usage', severity: 'error', message, wanted });
}

function sayFailure(failure: ExampleFailure): void {
  const { rule, place, given, wanted, came, parted } = failure;
  say(`${showPlace(place)}: ${rule}`);
  say(`  given:    ${inLine(given)}`);
  say(`  expected: ${wanted}`);
  say(`  came:     ${came}`);
  if (parted) for (const line of partedLines(failure, parted)) say(`  ${line}`);
}

function inLine(given: Readonly<Record<string, string>>): string {
  const facts = Object.entries(given).map(([fact, text]) => `${fact}: ${text === '' ? '(blank)' : text}`);
  return facts.join(', ') || 'nothing';
}

/** Where a row parted from the rule that its example stands under. */
function partedLines({ rule, wanted }: ExampleFailure, { why, condition, instead }: Parted): string[] {
  const named = instead.map((one) => `${one.rule} (${at(one.place)})`).join(', ');
  const lines: string[] = [];
  if (why === 'acted')
    lines.push(
      `parted:   ${rule} acted${wanted.startsWith('not ') ? ': all its conditions hold' : '; what it does is not what the example says'}`,
    );
  if (why === 'ended') lines.push('parted:   an earlier stage took the row out');
  if (why === 'taken') lines.push('parted:   another came first');
  if (condition) {
    const read = condition.read.trim() === '' ? 'is blank' : `is \`${condition.read}\``;
    const place = `${at(condition.place)}`;
    const head = why === 'failed' ? 'parted:   ' : '          and ';
    lines.push(`${head}\`${condition.written}\` (${place}) does not hold: ${condition.fact} ${read}`);
  }
  if (named !== '') lines.push(`${why === 'acted' ? 'beside:  ' : 'instead: '} ${named}`);
  else if (why === 'failed') lines.push('instead:  no rule of its table acted');
  return lines;
}

function at({ file, line }: Place): string {
  return `${file}:${line}`;
}

function failureJson({ place, parted, ...failure }: ExampleFailure): unknown {
  const { condition = null, instead = [], why = null } = parted ?? {};
  return {
    ...failure,
    ...place,
    place,
    parted: why,
    condition: condition && {
      condition: condition.written,
      fact: condition.fact,
      read: condition.read,
      ...condition.place,
    },
    instead: instead.map((one) => ({ rule: one.rule, ...one.place })),
  };
}
