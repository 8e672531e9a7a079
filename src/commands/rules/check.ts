/** `csr rules check`: every fault of rule files, each with its place. */
import type { Command } from 'commander';
import { loadRules } from '../../engine/load.ts';
import { readRuleSources } from '../open.ts';
import type { RuleOptions } from '../options.ts';
import { print, printJson, say, sayProblems } from '../output.ts';
import { addFolderCommand, counted, withFolder } from './folder.ts';

interface CheckOptions extends RuleOptions {
  readonly json?: boolean;
}

export function addCheck(rules: Command): void {
  addFolderCommand(rules, 'check')
    .description('every syntax and schema fault of the rule files, each with its place')
    .option('--json', 'as JSON')
    .action(check);
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
