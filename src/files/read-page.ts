/** The pages on findings that csr ships. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from './read-rules.ts';
import { systemError } from './system-error.ts';

export interface Page {
  /** Markdown. */
  readonly text: string;
  /** Where it lies. */
  readonly url: string;
}

/** The page on a code of `csr rules check`. @throws CsrError where the installation lacks it */
export async function checkPage(code: string): Promise<Page> {
  const path = join(packageRoot(), 'docs', 'checks', `${code}.md`);
  try {
    return { text: await readFile(path, 'utf8'), url: pathToFileURL(path).href };
  } catch (error) {
    throw systemError(error, path, 'read');
  }
}
