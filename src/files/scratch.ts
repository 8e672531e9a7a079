/** Small files that decide nothing: where a screen was, a text on its way through an editor. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What was kept under a path, or null where nothing was, or it cannot be read. */
export function readScratch(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Keeps a text that may be lost without harm; until it is there whole, the one before stays. */
export async function keepScratch(path: string, text: string): Promise<void> {
  try {
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
  } catch {
    // The session itself is safe; only the place on the screen is not kept.
  }
}

/**
 * Lets the user write a text in the program that VISUAL or EDITOR names.
 * @returns what was saved; null where the program could not be run or ended with a fault
 */
export function editText(text: string): string | null {
  const editor = process.env.VISUAL || process.env.EDITOR || 'vi';
  const folder = mkdtempSync(join(tmpdir(), 'csr-'));
  const file = join(folder, 'text.txt');
  try {
    writeFileSync(file, text, { mode: 0o600 });
    // The variable may hold a command with its options, as other programs take it.
    const { status } = spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
    return status === 0 ? readFileSync(file, 'utf8').replace(/\r?\n$/, '') : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
