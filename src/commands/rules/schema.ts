/** `csr rules schema`: the JSON Schema by which editors complete, explain and check rule files. */
import type { Command } from 'commander';
import { ruleSchema } from '../../engine/schema.ts';
import { openRules } from '../open.ts';
import { addDocumentCommand, type OutputOptions, putDocument, showJson, withFolder } from './folder.ts';

const HELP = `
The built-in rules' schema is schema/rules.schema.json. For a folder of your own, with its own carriers, fields
and procedures, write one into it and name it in the first line of each file:

  csr rules schema --extend DIR -o DIR/rules.schema.json
  # yaml-language-server: $schema=rules.schema.json
`;

export function addSchema(rules: Command): void {
  addDocumentCommand(rules, 'schema')
    .description('the JSON Schema of rule files, for editors')
    .addHelpText('after', HELP)
    .action(schema);
}

async function schema(dir: string | undefined, options: OutputOptions): Promise<void> {
  // An editor's words do not come and go with the days.
  const chosen = withFolder(dir, options);
  const rules = await openRules(chosen, true);
  putDocument(showJson(ruleSchema(rules)), chosen);
}
