/** `csr rules test`: the examples that stand beside the rules, run. */
import type { Command } from 'commander';
import { type ExampleFailure, runExamples } from '../../engine/examples.ts';
import { showPlace } from '../../engine/problem.ts';
import { openRules, readRuleSources } from '../open.ts';
import type { RuleOptions } from '../options.ts';
import { print, printJson, say } from '../output.ts';
import { addFolderCommand, withFolder } from './folder.ts';

interface TestOptions extends RuleOptions {
  readonly json?: boolean;
}

export function addTest(rules: Command): void {
  addFolderCommand(rules, 'test')
    .description('run the examples that stand beside the rules')
    .option('--json', 'as JSON')
    .action(test);
}

async function test(dir: string | undefined, options: TestOptions): Promise<void> {
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
