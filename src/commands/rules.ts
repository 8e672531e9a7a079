/** `csr rules …`: rule files written, checked and tested before they reach an agent. */
import type { Command } from 'commander';
import { addAdd } from './rules/add.ts';
import { addCheck } from './rules/check.ts';
import { addCompile } from './rules/compile.ts';
import { addDiff } from './rules/diff.ts';
import { addDocs } from './rules/docs.ts';
import { addSchema } from './rules/schema.ts';
import { addTest } from './rules/test.ts';

export function addRules(program: Command): void {
  const rules = program.command('rules').description('check and test rule files, and what is made of them');
  addCheck(rules);
  addTest(rules);
  addDiff(rules);
  addAdd(rules);
  addSchema(rules);
  addCompile(rules);
  addDocs(rules);
}
