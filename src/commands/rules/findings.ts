/** What a check of rule files has found, and the words for it that all formats share. */
import { isAbsolute, relative, sep } from 'node:path';
import { isCode } from '../../engine/codes.ts';
import { type Problem, showPlace, showProblem } from '../../engine/problem.ts';
import type { Page } from '../../files/read-page.ts';
import { counted } from './folder.ts';

export interface Findings {
  readonly problems: readonly Problem[];
  /** The files that were looked at, as findings name them. */
  readonly files: readonly string[];
  /** How many rules they hold; null where they cannot be loaded. */
  readonly rules: number | null;
  /** The pages on the codes that were found. */
  readonly pages: ReadonlyMap<string, Page>;
}

/** The line under the findings, or in their place. */
export function summary({ problems, files, rules }: Findings): string {
  const where = counted(files.length, 'file');
  return problems.length === 0
    ? `${counted(rules ?? 0, 'rule')} in ${where}: no findings`
    : `${counted(problems.length, 'finding')} in ${where}`;
}

/** Where to read on, for people; empty where nothing was found. */
export function readOn({ problems }: Findings): string {
  const code = problems.find((problem) => isCode(problem.code))?.code;
  return code === undefined ? '' : `what a code means and how to mend it: csr rules check --explain ${code}`;
}

/** What is wrong and what to do, without the place: for readers that show the source line themselves. */
export function inWords(problem: Problem): string {
  const { place, excerpt, related = [], ...rest } = problem;
  const [first = '', ...more] = showProblem(rest).split('\n');
  return [
    first.replace(`${problem.severity} [${problem.code}] `, ''),
    ...more.map((line) => line.trim()),
    ...related.map((other) => `see ${showPlace(other.place)}: ${other.message}`),
  ].join('\n');
}

/** The column behind the word that is wrong; null where it is not said which word that is. */
export function endColumn({ place, excerpt, found }: Problem): number | null {
  if (!place || !excerpt || !found) return null;
  return excerpt.startsWith(found, place.column - 1) ? place.column + found.length : null;
}

/** A path as it is called from the folder that csr was run in, which in CI is the repository's; others stay as they are. */
export function fromHere(path: string): string {
  const here = isAbsolute(path) ? relative(process.cwd(), path) : path;
  return here === '' || isAbsolute(here) || here.split(sep)[0] === '..' ? path : here;
}
