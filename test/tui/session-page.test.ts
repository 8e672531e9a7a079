/** docs/review.md: an agent's session, played again in a terminal; what the page shows is what the screen shows. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { replayed } from './session.ts';
import { hasTmux, Tmux } from './tmux.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = join(ROOT, 'docs/review.md');
const FILE = '8x8_Tidewater_Clinics_CSR.csv';
const SHEETS = ['inventory', 'letter', 'orange', 'tim', 'meo'];

/** In the POSIX locale a terminal replaces what is not ASCII. */
process.env.LC_ALL ??= 'C.UTF-8';

test.skipIf(!hasTmux)(
  'docs/review.md shows what the review shows (run with -u to write it; skipped where tmux is missing)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'csr-session-'));
    const made = (...name: string[]) =>
      execFileSync(process.execPath, [join(ROOT, 'bench/make-account.mjs'), ...name]);
    writeFileSync(join(folder, FILE), made());
    for (const name of SHEETS) writeFileSync(join(folder, `${name}.tsv`), made(name));
    const bin = join(ROOT, 'bin');
    const tmux = new Tmux(`cd '${folder}'; PATH='${bin}':$PATH; clear; csr review ${FILE}`, {
      size: [120, 40],
      env: { EDITOR: '', VISUAL: '' },
    });
    try {
      await expect(await replayed(readFileSync(PAGE, 'utf8'), tmux, folder, bin)).toMatchFileSnapshot(PAGE);
    } finally {
      tmux.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  // A page that has drifted waits at every screen.
  300_000,
);
