/** `csr rules add` as a lead meets it: the built command in a real terminal. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasTmux, PATIENCE, Tmux } from './tmux.ts';

const csr = fileURLToPath(new URL('../../bin/csr', import.meta.url));
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

vi.setConfig({ testTimeout: 3 * PATIENCE });

describe.skipIf(!hasTmux)('csr rules add in a terminal (skipped where tmux is missing)', () => {
  let folder: string;
  let tmux: Tmux;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'csr-add-'));
    tmux = new Tmux(`cd '${folder}' && '${csr}' rules add look-up --extend team`, { size: [110, 40] });
  });

  afterEach(() => {
    tmux.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Types an answer to the question that stands on the screen, and waits for the next. */
  async function answer(text: string, next: string | RegExp): Promise<void> {
    tmux.types(text);
    tmux.sends('\r');
    await tmux.shows(next);
  }

  test('Tab completes a name, Enter takes what was meant, and the file is written at the end', async () => {
    await tmux.shows('For which country?');
    await answer('Germny', 'did you mean `Germany`?');
    // What was meant is now what Enter stands for.
    await answer('', 'For which carrier?');
    tmux.types('Verizon W');
    tmux.sends('\t');
    await tmux.shows('> Verizon Wireless');
    await answer('', 'How is it found?');
    await answer('Open the portal.', /> Open the portal\.\n> *\n/);
    await answer('', 'Which fields does the answer fill?');
    await answer('', 'Why?');
    await answer('Our lead found out.', 'Which document');
    await answer('notes', 'Which section');
    await answer('', 'How sure is it?');
    await answer('found', 'An example:');
    await answer('', 'Add these?');
    await answer('', 'Write it?');
    await answer('', 'left with 0');
    expect(tmux.screen()).toContain('csr rules check --extend team');
    const text = readFileSync(join(folder, 'team', 'carriers.yaml'), 'utf8');
    expect(text).toContain(
      '  - country: DE\n    carrier: Verizon Wireless\n    how: [Open the portal.]\n'.replace(
        'how: [Open the portal.]',
        'how:\n      - Open the portal.',
      ),
    );
    expect(text.match(/expect-not/g)).toHaveLength(2);
  });

  test('a file that somebody changes meanwhile is left as it is', async () => {
    const carrier = (name: string) =>
      `'${csr}' rules add carrier --extend team --name ${name} --why w --document d --basis ours`;
    await tmux.shows('For which country?');
    tmux.sends(CTRL_C);
    await tmux.shows('left with 130');
    tmux.types(`clear; ${carrier('One')} --yes; ${carrier('Two')}; echo "then $?"`);
    await answer('', /`Two` is Two[\s\S]*Write it\?/);
    const path = join(folder, 'team', 'carriers.yaml');
    const edited = `${readFileSync(path, 'utf8')}# mine\n`;
    writeFileSync(path, edited);
    await answer('', 'then 2');
    expect(tmux.screen()).toContain('somebody has changed `team/carriers.yaml` meanwhile');
    expect(readFileSync(path, 'utf8')).toBe(edited);
  });

  test('Ctrl+C and Ctrl+D leave at any question, and nothing is written', async () => {
    await tmux.shows('For which country?');
    await answer('Germany', 'For which carrier?');
    tmux.sends(CTRL_C);
    await tmux.shows('left with 130');
    expect(tmux.screen()).toContain('Nothing was written.');
    tmux.types(`'${csr}' rules add look-up --extend team --country DE --carrier any; echo "then $?"`);
    await answer('', 'How is it found?');
    tmux.sends(CTRL_D);
    await tmux.shows('then 2');
    expect(tmux.screen()).toContain('missing: `--refer`, `--for`, `--why`');
    expect(existsSync(join(folder, 'team'))).toBe(false);
  });
});
