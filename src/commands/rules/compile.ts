/** `csr rules compile`: the rules as one JSON document that json-rules-engine loads. */
import type { Command } from 'commander';
import { compileRules } from '../../engine/compile.ts';
import { openRules } from '../open.ts';
import { addDocumentCommand, type OutputOptions, putDocument, showJson, withFolder } from './folder.ts';

export function addCompile(rules: Command): void {
  addDocumentCommand(rules, 'compile')
    .description("the rules as json-rules-engine's JSON, tables by stage")
    .action(compile);
}

async function compile(dir: string | undefined, options: OutputOptions): Promise<void> {
  const chosen = withFolder(dir, options);
  putDocument(showJson(compileRules(await openRules(chosen))), chosen);
}
