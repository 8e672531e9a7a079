/** `csr verify`: proves that Word documents hold exactly a CSV's information. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { verifyDocx } from '../export/verify.ts';
import { readBytes } from '../files/read-text.ts';
import { openGrid } from './options.ts';
import { print, printJson, readStdin, sayProblems } from './output.ts';

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description("prove that the Word documents hold exactly the CSV's information")
    .argument('<csv>', 'the delivered CSV')
    .argument('<docx...>', 'the Word documents that go with it, all of them')
    .option('--json', 'as JSON')
    .action(run);
}

async function run(csv: string, documents: string[], options: { readonly json?: boolean }): Promise<void> {
  const grid = await openGrid(csv);
  const words = [];
  for (const path of documents) words.push({ name: basename(path), bytes: await readBytes(path, readStdin) });
  const [header = [], ...rows] = grid.records;
  const { equal, rows: count, problems } = await verifyDocx(
    { header: [...header], rows: rows.map((row) => [...row]) },
    words,
  );
  if (options.json) printJson({ equal, rows: count, problems });
  else if (equal) print(`${count} rows: ${documents.map((path) => basename(path)).join(', ')} holds exactly what ${basename(csv)} holds\n`);
  else sayProblems(problems);
  if (!equal) process.exitCode = 1;
}
