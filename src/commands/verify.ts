/** `csr verify`: proves that Word documents hold exactly a CSV's information. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { CsrError } from '../engine/problem.ts';
import type { Grid } from '../engine/table.ts';
import { verifyDocx } from '../export/verify.ts';
import { readBytes } from '../files/read-text.ts';
import { openGrid, openRules, openTable } from './open.ts';
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
  const [header = [], ...rows] = grid.records.slice(await linesAbove(grid));
  const {
    equal,
    rows: count,
    problems,
  } = await verifyDocx({ header: [...header], rows: rows.map((row) => [...row]) }, words);
  if (options.json) printJson({ equal, rows: count, problems });
  else {
    sayProblems(problems);
    if (equal)
      print(
        `${count === 1 ? '1 row' : `${count} rows`}: ${words.map((word) => word.name).join(', ')} ${words.length === 1 ? 'holds' : 'hold'} exactly what ${basename(csv)} holds\n`,
      );
  }
  if (!equal) process.exitCode = 1;
}

/** How many records stand above the header of a delivered CSV: none, where no layout tells. */
async function linesAbove(grid: Grid): Promise<number> {
  try {
    return openTable(grid, await openRules({}), {}).preamble.length;
  } catch (error) {
    if (error instanceof CsrError) return 0;
    throw error;
  }
}
