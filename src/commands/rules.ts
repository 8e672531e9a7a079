/** `csr rules …`: rule files checked and tested before they reach an agent. */
import type { Command } from 'commander';
import { type ExampleFailure, runExamples } from '../engine/examples.ts';
import { loadRules } from '../engine/load.ts';
import { showPlace } from '../engine/problem.ts';
import { addRuleOptions, openRules, type RuleOptions, readRuleSources } from './options.ts';
import { print, printJson, say, sayProblems } from './output.ts';

interface CheckOptions extends RuleOptions {
  readonly json?: boolean;
}

export function addRules(program: Command): void {
  const rules = program.command('rules').description('check and test rule files');
  addRuleOptions(rules.command('check'))
    .description('every syntax and schema fault of the rule files, each with its place')
    .argument('[dir]', 'the folder of rules (default: the built-in ones)')
    .option('--json', 'as JSON')
    .action(check);
  addRuleOptions(rules.command('test'))
    .description('run the examples that stand beside the rules')
    .argument('[dir]', 'the folder of rules (default: the built-in ones)')
    .option('--json', 'as JSON')
    .action(test);
}

function withFolder(dir: string | undefined, options: RuleOptions): RuleOptions {
  return dir === undefined ? options : { ...options, rules: dir };
}

async function check(dir: string | undefined, options: CheckOptions): Promise<void> {
  const { sources, extend, digest, asOf } = await readRuleSources(withFolder(dir, options));
  const { rules, problems } = loadRules(sources, { digest, extend, asOf });
  if (options.json) {
    printJson({
      findings: problems.map(({ place, ...problem }) => ({
        ...problem,
        file: place?.file ?? null,
        line: place?.line ?? null,
        column: place?.column ?? null,
        related: (problem.related ?? []).map((other) => ({
          rule: other.rule,
          message: other.message,
          file: other.place.file,
          line: other.place.line,
        })),
      })),
    });
  } else {
    sayProblems(problems);
    const files = sources.length + extend.length;
    if (problems.length === 0)
      print(`${counted(rules?.count ?? 0, 'rule')} in ${counted(files, 'file')}: no findings\n`);
    else say(`${counted(problems.length, 'finding')} in ${counted(files, 'file')}`);
  }
  if (problems.length > 0) process.exitCode = 1;
}

async function test(dir: string | undefined, options: CheckOptions): Promise<void> {
  const chosen = withFolder(dir, options);
  const rules = await openRules(chosen);
  const run = await runExamples(rules);
  const own = new Set((await readRuleSources(chosen)).extend.map(({ path }) => path));
  // A rule laid over others takes rows from them: their examples for those rows hold no more, and need not.
  const isOvertaken = ({ place, by }: ExampleFailure) =>
    !own.has(place.file) && by.some((file) => own.has(file));
  const overtaken = run.failures.filter(isOvertaken);
  const failures = run.failures.filter((failure) => !isOvertaken(failure));
  if (options.json) printJson({ passed: run.passed, failed: failures.length, failures, overtaken });
  else {
    for (const failure of failures) sayFailure(failure);
    for (const { rule, place, came } of overtaken)
      say(`${showPlace(place)}: an example of ${rule} is decided by the rules laid over it: ${came}`);
    print(`${run.passed} passed, ${failures.length} failed\n`);
  }
  if (failures.length > 0) process.exitCode = 1;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function sayFailure({ rule, place, given, wanted, came }: ExampleFailure): void {
  say(`${showPlace(place)}: ${rule}`);
  say(
    `  given:  ${Object.entries(given)
      .map(([fact, text]) => `${fact}: ${text}`)
      .join(', ')}`,
  );
  say(`  wanted: ${wanted}`);
  say(`  came:   ${came}`);
}
