/** The command as it is built, in a real terminal, on a copy of a small file. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { manyRows, SAMPLE } from './agent.ts';
import { hasTmux, Tmux } from './tmux.ts';

const csr = fileURLToPath(new URL('../../bin/csr', import.meta.url));

const ESC = '\u001b';

const CUSTOMER = `name: Acme
customerId: "0012345"
accountKind: migrated
scope: all
verification: Kim verified them by phone
requesterHasPhoneNumbersRole: yes
activeWithin60Days: yes
`;

describe.skipIf(!hasTmux)('csr review in a terminal (skipped where tmux is missing)', () => {
  let folder: string;
  let file: string;
  const open: Tmux[] = [];

  beforeAll(() => {
    const entry = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
    if (!existsSync(entry)) throw new Error('csr is not built: run `npm run build` before these tests');
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'csr-review-'));
    file = join(folder, '8x8_Acme_CSR.csv');
    writeFileSync(file, `${SAMPLE}\n`);
    writeFileSync(join(folder, 'acme.yaml'), CUSTOMER);
  });

  afterEach(() => {
    for (const tmux of open.splice(0)) tmux.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(
    options = '',
    size?: readonly [number, number],
    env?: Readonly<Record<string, string>>,
    prefix = '',
  ): Tmux {
    const tmux = new Tmux(`${prefix}${csr} review '${file}' ${options}`, size, env);
    open.push(tmux);
    return tmux;
  }

  const journal = () =>
    readFileSync(
      join(
        `${file}.session`,
        readdirSync(`${file}.session`).find((name) => name.endsWith('.jsonl')) as string,
      ),
      'utf8',
    );

  test('every kind of task is done by keyboard, and delivered', async () => {
    const tmux = start(`--customer-file '${join(folder, 'acme.yaml')}'`);
    await tmux.shows('intake');
    tmux.sends('\t');
    await tmux.shows('group 1/');
    // The group's origin, a choice; then what the answer opens is answered too.
    tmux.sends('A');
    await tmux.shows('1 ported');
    tmux.sends('1\r');
    await tmux.shows('for 3 rows?');
    tmux.sends('\r');
    await tmux.shows('saved: answered 3 rows');
    for (let tasks = 0; tasks < 12; tasks++) {
      const screen = await tmux.changes('n');
      if (screen.includes('nothing is open')) break;
      if (/FLAGS row/.test(screen)) {
        await tmux.changes('i');
        tmux.sends('\u0015+14155550100\r');
      } else if (screen.includes('Customer Support-UK')) {
        tmux.sends('d');
        await tmux.shows('EXCLUDE');
        tmux.sends('the UK team has it\r');
      } else if (/~ confirm/.test(screen)) {
        tmux.sends('o');
      } else if (screen.includes('RIO')) {
        await tmux.changes('i');
        tmux.sends('Rue 1, 75001 Paris\r01P123456ABC\r');
      } else {
        tmux.sends('A');
        await tmux.shows('ANSWER');
        tmux.sends('1 Elm St, San Jose, CA 95131\r');
        const asked = await tmux.shows(/SURE|saved: answered/);
        if (asked.includes('SURE')) tmux.sends('\r');
      }
      await tmux.shows('saved:');
    }
    tmux.sends('X');
    await tmux.shows('DELIVER');
    tmux.sends('w\r');
    const screen = await tmux.shows('HAND-OVER');
    expect(screen).toContain('8x8_Acme_CSR.docx');
    const written = readFileSync(join(folder, 'delivered', '8x8_Acme_CSR.csv'), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(written).toHaveLength(10);
    expect(written.join('\n')).toContain('Rue 1, 75001 Paris');
    expect(written.join('\n')).not.toContain('+442075550115');
    tmux.sends('q');
    await tmux.shows(/unresolved 0 of/);
    tmux.sends('q');
    await tmux.shows('left with 0');
  });

  test('bursts lose nothing: 200 j and 50 Down in one write each', async () => {
    writeFileSync(file, manyRows(400));
    const tmux = start('', [80, 24]);
    await tmux.shows('intake');
    tmux.sends('\t');
    await tmux.shows('group 1/');
    tmux.sends('[');
    await tmux.shows('All rows');
    tmux.sends('g');
    await tmux.shows(/^>\s+2 /m);
    tmux.sends('j'.repeat(200));
    await tmux.shows(/^>\s+202 /m);
    tmux.sends('\u001b[B'.repeat(50));
    await tmux.shows(/^>\s+252 /m);
  });

  test('text in one write lands whole; an emoji family goes with one Backspace, ten Backspaces with ten', async () => {
    const tmux = start();
    await tmux.shows('intake');
    tmux.sends('\t');
    await tmux.shows('group 1/');
    tmux.sends('/gamma\r');
    tmux.sends('n');
    tmux.sends('e東京都abcq\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}');
    await tmux.shows('東京都abcq');
    tmux.sends('\u007f');
    await tmux.shows(/東京都abcq *$/m);
    tmux.sends('0123456789');
    await tmux.shows('q0123456789');
    tmux.sends('\u007f'.repeat(10));
    await tmux.shows(/東京都abcq *$/m);
  });

  test('a paste with line breaks is one line and no Enter', async () => {
    const tmux = start();
    await tmux.shows('intake');
    tmux.sends('\r');
    await tmux.shows('Answer>');
    tmux.pastes('Acme\nHolding\n');
    await tmux.shows('Answer> Acme, Holding');
    expect(journal()).not.toContain('Holding');
    tmux.sends('\u001a');
    await tmux.shows(/Answer> *$/m);
  });

  test('killed and started again, decisions, undo and redo are there', async () => {
    const first = start();
    await first.shows('intake');
    first.sends('\rAcme Holding\r');
    await first.shows("saved: What is the customer's name?");
    first.sends('\t');
    await first.shows('group 1/');
    first.sends('A1\r\r');
    await first.shows('saved: answered 3 rows');
    process.kill(first.child(), 'SIGKILL');
    await first.shows('left with 137');

    const second = start();
    await second.shows('the session goes on');
    second.sends('u');
    await second.shows('undone: answer for 3 rows');
    second.sends('U');
    await second.shows('done again: answer for 3 rows');
    second.sends('I');
    await second.shows('Acme Holding');
  });

  test.each([
    ['q', '\u001bq', null],
    ['Ctrl+C', '\u0003', null],
    ['SIGTERM', '', 'SIGTERM'],
    ['SIGHUP', '', 'SIGHUP'],
    ['SIGINT', '', 'SIGINT'],
  ] as const)('%s leaves the terminal as it was', async (_name, keys, signal) => {
    const tmux = start();
    await tmux.shows('intake');
    expect(tmux.knows('alternate_on')).toBe('1');
    tmux.sends('\t');
    await tmux.shows('group 1/');
    if (signal === null) tmux.sends(keys);
    else process.kill(tmux.child(), signal);
    const screen = await tmux.shows('left with');
    expect(screen).not.toContain('group 1/');
    expect(tmux.knows('alternate_on')).toBe('0');
    expect(tmux.knows('cursor_flag')).toBe('1');
    // The shell reads lines again, and echoes them.
    tmux.types('echo back-$((40+2))');
    tmux.sends('\r');
    await tmux.shows('back-42');
    tmux.pastes('echo pasted');
    expect(await tmux.shows('echo pasted')).not.toContain('200~');
  });

  test('resized while something is typed, nothing is lost', async () => {
    const tmux = start('', [120, 40]);
    await tmux.shows('intake');
    tmux.sends('\t');
    await tmux.shows('GROUPS');
    tmux.sends('ipor');
    await tmux.shows('Origin> por');
    tmux.resizes(80, 24);
    await tmux.until(() => (/GROUPS/.test(tmux.screen()) ? null : true), 'the narrow screen');
    await tmux.shows('Origin> por');
    tmux.resizes(40, 10);
    await tmux.shows('window too small');
    tmux.resizes(120, 40);
    await tmux.shows('GROUPS');
    await tmux.shows('Origin> por');
    tmux.sends('ted\r');
    await tmux.shows('saved: answered 1 row');
  });

  test('it shows under CI=true too, and without colour where that is asked for', async () => {
    const plain = start('', [80, 24], { CI: 'true', NO_COLOR: '1' });
    await plain.shows('intake');
    expect(plain.screen('-e')).not.toMatch(new RegExp(`${ESC}\\[[\\d;]*[34]\\dm`));
    const colored = start(`--session '${join(folder, 'other')}'`, [80, 24], { CI: 'true' });
    await colored.shows('intake');
    await colored.shows(`${ESC}[`, ['-e']);
  });

  test('moving writes little, and never clears the screen', async () => {
    writeFileSync(file, manyRows(400));
    const tmux = start();
    await tmux.shows('intake');
    tmux.sends('\t');
    await tmux.shows('group 1/');
    const record = join(folder, 'written');
    tmux.records(record);
    tmux.sends('j');
    await tmux.until(() => (existsSync(record) && statSync(record).size > 0 ? true : null), 'what j writes');
    await tmux.until(
      () => (readFileSync(record, 'utf8').endsWith('\u001b[?2026l') ? true : null),
      'the end of the frame',
    );
    const written = readFileSync(record, 'utf8');
    expect(written.length).toBeLessThan(1500);
    expect(written).not.toMatch(new RegExp(`${ESC}\\[[23]J`));
  });

  test('without a terminal it says what to do instead', () => {
    const { status, stderr, stdout } = spawnSync(csr, ['review', file], { encoding: 'utf8', input: 'q' });
    expect(status).toBe(2);
    expect(stderr).toContain('--plain');
    expect(stdout).toBe('');
  });

  test('--plain works through a pipe', () => {
    const { status, stdout } = spawnSync(csr, ['review', '--plain', file], {
      encoding: 'utf8',
      input: ':continue\n:answer-group ported\nyes\n',
    });
    expect(stdout).toContain('saved: answered 3 rows');
    expect(status).toBe(1);
    expect(journal()).toContain('ported');
  });
});
