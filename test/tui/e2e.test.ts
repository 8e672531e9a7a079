/**
 * The command as it is built, in a real terminal, on a copy of a small file. What a tester does to a full-screen
 * program stands here as fifteen checks; their numbers head the tests.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { cleanRows, manyRows, SAMPLE } from './agent.ts';
import { hasTmux, PATIENCE, type Start, Tmux } from './tmux.ts';

const csr = fileURLToPath(new URL('../../bin/csr', import.meta.url));

// So that a wait in vain says what it waited for, and many slow ones still end.
vi.setConfig({ testTimeout: 3 * PATIENCE });

const ESC = '\u001b';
const DOWN = `${ESC}[B`;
const CTRL_U = '\u0015';
const CTRL_Y = '\u0019';
const CTRL_Z = '\u001a';
const BACKSPACE = '\u007f';
const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}';
/** What begins and what ends a large frame. */
const FRAME = `${ESC}[?2026h`;
const FRAME_END = `${ESC}[?2026l`;
const CLEARS = new RegExp(`${ESC}\\[[23]J`, 'g');

/** What the review itself tells a terminal. */
const SEQUENCES = new RegExp(`${ESC}(\\[[?\\d;]*[A-Za-z]|[DM])`, 'g');

/** Of what a terminal was written, what came from the taking over to the giving back, once all of it is there. */
function ours(tmux: Tmux): Promise<string> {
  const all = new RegExp(`${ESC}\\[\\?1049h(.*)${ESC}\\[\\?1049l`, 's');
  return tmux.until(() => all.exec(tmux.written())?.[1] ?? null, 'the record of a whole review');
}

/** What a terminal obeys or hides, but for line ends and blanks. */
const OBEYED = /(?![\r\n])[\p{Cc}\p{Cf}]/u;

const CUSTOMER = `name: Acme
customerId: "0012345"
accountKind: migrated
scope: all
verification: Kim verified them by phone
requesterHasPhoneNumbersRole: yes
activeWithin60Days: yes
reason: requested
`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const HEADER = SAMPLE.split('\n')[0];

/** Three numbers of one look-up, of which two have 55 in them, and two that are ready. */
const GERMAN = [
  HEADER,
  ...['+4930555010', '+4930555011', '+4930666012'].map(
    (number) => `${number},DE,Colt,0012345,Ana,Lee,${number},"1 Elm St, San Jose, CA 95131",`,
  ),
  ...cleanRows(2).split('\n').slice(1),
].join('\n');

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

  function run(command: string, how?: Start): Tmux {
    const tmux = new Tmux(command, how);
    open.push(tmux);
    return tmux;
  }

  const start = (options = '', how?: Start) => run(`${csr} review '${file}' ${options}`, how);

  const withCustomer = () => `--customer-file '${join(folder, 'acme.yaml')}'`;

  /** At the rows, with everything answered that the intake must know. */
  async function atRows(how?: Start): Promise<Tmux> {
    const tmux = start(withCustomer(), how);
    await tmux.shows(/unresolved \d+ of/);
    expect(tmux.screen()).not.toContain('  intake  ');
    return tmux;
  }

  const journalFile = () => join(`${file}.session`, 'journal.jsonl');
  const journal = () => readFileSync(journalFile(), 'utf8');

  test('every kind of task is done by keyboard, and delivered', async () => {
    const tmux = await atRows();
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
        tmux.sends(`${CTRL_U}+14155550100\r`);
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
    // The hand-over text goes to the clipboard of the terminal.
    tmux.sends('y');
    await tmux.shows('sent to the clipboard');
    expect(tmux.clipboard()).toContain('8x8_Acme_CSR.csv');
    tmux.sends('q');
    await tmux.shows(/unresolved 0 of/);
    tmux.sends('q');
    await tmux.shows('left with 0');
  });

  test('check 1: of 100,000 rows a skeleton stands at once, and the table soon after', async () => {
    // Of the file nothing can be read until somebody writes it. How long all of it takes is measured in bench/.
    rmSync(file);
    expect(spawnSync('mkfifo', [file]).status).toBe(0);
    const tmux = start(withCustomer());
    await tmux.shows('opening ...');
    const written = writeFile(file, manyRows(100_000));
    await tmux.shows('of 100000');
    await written;
    await tmux.shows('group 1/');
    tmux.sends('[');
    await tmux.shows('All rows');
    tmux.sends('G');
    await tmux.shows(/^> +100001 /m);
  });

  test('what is left before the file is read ends at once', async () => {
    rmSync(file);
    expect(spawnSync('mkfifo', [file]).status).toBe(0);
    const tmux = start();
    await tmux.shows('opening ...');
    tmux.sends('\u0003');
    // It ends as by Ctrl+C, whereupon a shell does nothing more of its line.
    await tmux.shows(/^[#$] *$/m);
    tmux.sends('echo "ended with $?"\r');
    await tmux.shows('ended with 130');
    expect(existsSync(`${file}.session`)).toBe(false);
  });

  test('checks 2 and 7: 200 j in one write, 50 Down in one, one Down with a pause after its ESC', async () => {
    writeFileSync(file, manyRows(400));
    const tmux = await atRows();
    tmux.sends('[');
    await tmux.shows('All rows');
    // The first row stands in line 2 of the sheet.
    tmux.sends('g');
    await tmux.shows(/^> +2 /m);
    tmux.sends('j'.repeat(200));
    await tmux.shows(/^> +202 /m);
    tmux.sends(DOWN.repeat(50));
    await tmux.shows(/^> +252 /m);
    // 7: Esc alone would take the filter away, and [ go to another group.
    tmux.sends('/bandwidth\r');
    await tmux.shows('FILTER bandwidth (400 rows)');
    tmux.sendsApart(ESC, 10, '[B');
    const screen = await tmux.shows(/^> +253 /m);
    expect(screen).toContain('FILTER bandwidth (400 rows)');
    expect(screen).toContain('All rows');
  });

  test('checks 3 to 6: what is typed or pasted in one write lands whole, and no command fires', async () => {
    writeFileSync(file, GERMAN);
    const tmux = await atRows();
    const before = journal();
    // 3: `i` and text in one write, wide characters and the letters of commands among it.
    const typed = 'q東京都 A港区XuU?:/dBK-*1';
    tmux.sends(`i${typed}`);
    await tmux.shows(`Address> ${typed}`);
    // 4: a paste with line breaks submits nothing, and is one step of undo.
    tmux.pastes('Kim\nHauptstr. 5\n10115 Berlin\n');
    await tmux.shows(`Address> ${typed}Kim, Hauptstr. 5, 10115 Berlin`);
    tmux.sends(CTRL_Z);
    await tmux.shows(/-\*1 *$/m);
    tmux.sends(CTRL_Y);
    await tmux.shows(`Address> ${typed}Kim, Hauptstr. 5, 10115 Berlin`);
    tmux.sends(CTRL_Z);
    await tmux.shows(/-\*1 *$/m);
    // 5: an emoji family goes with one Backspace.
    tmux.sends(FAMILY);
    await tmux.shows('\u{1F468}');
    tmux.sends(BACKSPACE);
    await tmux.until(() => (tmux.screen().includes('\u{1F468}') ? null : true), 'the family to go');
    await tmux.shows(`Address> ${typed}`);
    // 6: ten characters go with ten Backspaces in one write.
    tmux.sends('0123456789');
    await tmux.shows(`Address> ${typed}0123456789`);
    tmux.sends(BACKSPACE.repeat(10));
    await tmux.shows(/-\*1 *$/m);
    expect(journal()).toBe(before);
    tmux.sends('\r');
    await tmux.shows('saved: answered 1 row');
    expect(journal()).toContain(typed);
  });

  test('check 8: three marked, one of them filtered away: the dialog says 3 (1 hidden), and no changes nothing', async () => {
    writeFileSync(file, GERMAN);
    const tmux = await atRows();
    const before = journal();
    tmux.sends('   /555\r');
    await tmux.shows('SELECTED 3 (1 hidden)');
    const rows = (screen: string) => screen.split('\n').slice(0, 8);
    tmux.sends('S');
    await tmux.shows('selection 3 (1 hidden)');
    tmux.sends('Hauptstr. 5\r');
    await tmux.shows('for 3 rows (1 hidden)?');
    tmux.sends('n');
    await tmux.shows('nothing was changed');
    tmux.sends(ESC);
    const after = await tmux.until(() => {
      const screen = tmux.screen();
      return screen.includes('ANSWER') ? null : screen;
    }, 'the form to go');
    expect(rows(after).join()).toContain('SELECTED 3 (1 hidden)');
    expect(after).toContain('unresolved 3 of 5');
    expect(journal()).toBe(before);
    // Yes does it for all three, the hidden one too.
    tmux.sends('S\r\r');
    await tmux.shows('saved: answered 3 rows');
    await tmux.shows('unresolved 0 of 5');
  });

  test('check 9: a group is answered, undone and redone: counts and delivered bytes agree', async () => {
    writeFileSync(file, GERMAN);
    const tmux = await atRows();
    /** Delivers what stands, unresolved or not. */
    const delivered = async (): Promise<string> => {
      rmSync(join(folder, 'delivered'), { recursive: true, force: true });
      tmux.sends('X');
      await tmux.shows('DELIVER');
      tmux.sends('p');
      await tmux.shows('[x] p partial');
      tmux.sends('\r');
      await tmux.shows('HAND-OVER');
      tmux.sends('q');
      await tmux.shows('group 1/');
      const names = readdirSync(join(folder, 'delivered'));
      expect(names).toHaveLength(1);
      return readFileSync(join(folder, 'delivered', names[0] as string), 'utf8');
    };
    await tmux.shows('unresolved 3 of 5');
    const open = await delivered();
    tmux.sends('AHauptstr. 5, 10115 Berlin\r');
    await tmux.shows('for 3 rows?');
    tmux.sends('\r');
    await tmux.shows('unresolved 0 of 5');
    const answered = await delivered();
    expect(answered.match(/Hauptstr\. 5, 10115 Berlin/g)).toHaveLength(3);
    tmux.sends('u');
    await tmux.shows('undone: answer for 3 rows');
    await tmux.shows('unresolved 3 of 5');
    expect(await delivered()).toBe(open);
    tmux.sends('U');
    await tmux.shows('done again: answer for 3 rows');
    await tmux.shows('unresolved 0 of 5');
    expect(await delivered()).toBe(answered);
  });

  test('check 10: after kill -9 decisions, undo history and place are back, and what was being typed', async () => {
    const first = await atRows();
    first.sends('A1\r\r');
    await first.shows('saved: answered 3 rows');
    first.sends('u');
    await first.shows('undone: answer for 3 rows');
    first.sends('U');
    await first.shows('done again: answer for 3 rows');
    first.sends('[');
    await first.shows('All rows');
    first.sends('g/colt\r*j ');
    const left = await first.shows('SELECTED 1');
    first.sends('mcalled the');
    await first.shows('Note> called the');
    // The place is written behind the frame.
    const bookmark = join(`${file}.session`, 'bookmark');
    const isKept = () => existsSync(bookmark) && readFileSync(bookmark, 'utf8').includes('called the');
    await first.until(() => isKept() || null, 'the bookmark');
    process.kill(first.child(), 'SIGKILL');
    await first.shows('left with 137');

    const second = start();
    const back = await second.shows('the session goes on');
    const place = (screen: string) => screen.split('\n').slice(1, 6);
    expect(place(back)).toEqual(place(left));
    expect(back).toContain('FILTER colt');
    second.sends('m');
    await second.shows('Note> called the');
    second.sends(' carrier\r');
    await second.shows('saved: noted on 1 row');
    second.sends('u');
    await second.shows('undone: note 1 row');
    second.sends('u');
    await second.shows('undone: answer for 3 rows');
    second.sends('UU');
    await second.shows('done again: note 1 row');
  });

  test('a window that is closed leaves a session that goes on', async () => {
    const first = await atRows();
    first.sends('A1\r\r');
    await first.shows('saved: answered 3 rows');
    const child = first.child();
    first.close();
    await first.until(() => (isAlive(child) ? null : true), 'the command of the closed window to end');
    const second = start();
    await second.shows('the session goes on');
    second.sends('u');
    await second.shows('undone: answer for 3 rows');
  });

  /** A fault of our own, at a moment that the test chooses. */
  const FAULT = `process.on('SIGUSR2', () => { throw new TypeError('a fault of our own'); });`;

  test.each([
    ['q', 'q', null, 1, 'rows'],
    ['Ctrl+C', '\u0003', null, 1, 'typing'],
    ['SIGTERM', '', 'SIGTERM', 143, 'rows'],
    ['SIGHUP', '', 'SIGHUP', 129, 'typing'],
    ['a thrown error', '', 'SIGUSR2', 2, 'rows'],
    ['a thrown error while typing', '', 'SIGUSR2', 2, 'typing'],
  ] as const)('check 11: %s leaves the terminal as it was', async (_name, keys, signal, status, where) => {
    const fault = join(folder, 'fault.mjs');
    writeFileSync(fault, FAULT);
    const tmux = await atRows({ env: { NODE_OPTIONS: `--import=${pathToFileURL(fault)}` } });
    await tmux.hasSet('alternate_on', '1');
    if (where === 'typing') {
      tmux.sends('ipor');
      await tmux.shows('> por');
    }
    await tmux.hasSet('cursor_flag', where === 'typing' ? '1' : '0');
    if (signal === null) tmux.sends(keys);
    else process.kill(tmux.child(), signal);
    const screen = await tmux.shows(`left with ${status}`);
    expect(screen).not.toContain('group 1/');
    if (signal === 'SIGUSR2') expect(screen).toContain('a fault of our own');
    expect(tmux.knows('alternate_on')).toBe('0');
    expect(tmux.knows('cursor_flag')).toBe('1');
    expect(tmux.knows('wrap_flag')).toBe('1');
    // The shell reads lines again, and echoes them.
    tmux.types('echo back-$((40+2))');
    tmux.sends('\r');
    await tmux.shows('back-42');
    tmux.pastes('echo pasted');
    expect(await tmux.shows('echo pasted')).not.toContain('200~');
  });

  test('check 12: resized while something is typed, nothing is lost: text, place, filter, marks', async () => {
    const tmux = await atRows({ size: [120, 40] });
    tmux.sends(' j/010\r');
    await tmux.shows(/SELECTED 1/);
    tmux.sends('ipor');
    await tmux.shows('Origin> por');
    const kept = async () => {
      await tmux.shows(/FILTER 010 .*SELECTED 1/);
      await tmux.shows(/> +5 +\+14085550106/);
    };
    await kept();
    tmux.resizes(80, 24);
    await tmux.until(() => (/GROUPS/.test(tmux.screen()) ? null : true), 'the narrow screen');
    await tmux.shows('Origin> por');
    await kept();
    tmux.resizes(40, 10);
    await tmux.shows('window too small');
    // Only leaving works there.
    tmux.sends('x\r');
    tmux.resizes(120, 40);
    await tmux.shows('GROUPS');
    await tmux.shows(/Origin> por *$/m);
    await kept();
    tmux.sends('ted\r');
    await tmux.shows('saved: answered 1 row');
    expect(journal().match(/"type":"answer"/g)).toHaveLength(1);
  });

  test('check 13: with NO_COLOR nothing is styled, and all is said', async () => {
    const record = join(folder, 'written');
    const tmux = await atRows({ record, size: [120, 40], env: { NO_COLOR: '1', CI: 'true' } });
    const screen = await tmux.shows(/^>\? /m);
    expect(screen).toMatch(/> +3 .*\? ask/);
    tmux.sends(' ');
    await tmux.shows(/\* +3 .*\? ask/);
    tmux.sends('A1\r');
    await tmux.shows('for 3 rows?');
    const written = await tmux.wrote('for 3 rows?');
    expect(written).not.toMatch(new RegExp(`${ESC}\\[[\\d;]+m`));
  });

  test('colours show where CI is set, too', async () => {
    const colored = await atRows({ env: { CI: 'true' } });
    await colored.shows(new RegExp(`${ESC}\\[[\\d;]*3\\dm`), ['-e']);
  });

  test('check 14: at the bottom edge a j writes at most 600 bytes, and after the first frame nothing is cleared', async () => {
    writeFileSync(file, manyRows(400));
    const record = join(folder, 'written');
    const tmux = await atRows({ size: [120, 40], record });
    tmux.sends('[');
    await tmux.shows('All rows');
    tmux.sends(`g${'j'.repeat(60)}`);
    await tmux.shows(/> +62 /);
    // The help is written in a frame, so that what comes between two looks at it can be told apart.
    tmux.sends('?');
    await tmux.shows('KEYS');
    tmux.sends('q');
    await tmux.shows(/> +62 /);
    // Every one of these moves the whole list.
    for (let row = 63; row < 93; row++) {
      tmux.sends('j');
      await tmux.shows(new RegExp(`> +${row} `));
    }
    tmux.sends('?');
    const moves = await tmux.until(() => {
      const written = tmux.written();
      const back = written.indexOf(FRAME_END, written.indexOf(FRAME_END, written.indexOf('KEYS')) + 1);
      const help = written.lastIndexOf('KEYS');
      return help < back ? null : written.slice(back + FRAME_END.length, written.lastIndexOf(FRAME, help));
    }, 'what thirty moves wrote');
    const bytes = Buffer.byteLength(moves) / 30;
    expect(bytes).toBeGreaterThan(100);
    expect(bytes).toBeLessThanOrEqual(600);
    tmux.sends('q');
    // Forms, questions, pages, another size, and the way out.
    tmux.sends('mx\u001b?\u001b:\u001bX\u001bI\t');
    await tmux.shows('All rows');
    tmux.resizes(80, 24);
    await tmux.until(() => (/GROUPS/.test(tmux.screen()) ? null : true), 'the narrow screen');
    tmux.sends('q');
    await tmux.shows('left with 1');
    const screen = await ours(tmux);
    expect(screen.slice(screen.indexOf('opening'))).not.toMatch(CLEARS);
    // Text is selected with the mouse as in any terminal.
    expect(screen).not.toMatch(new RegExp(`${ESC}\\[\\?(9|100\\d|101\\d)h`));
  });

  test.each([
    ['standard output', () => `{ ${csr} review '${file}'; echo "status $?"; } | cat`, 'standard output'],
    ['standard input', () => `echo q | ${csr} review '${file}'; echo "status $?"`, 'standard input'],
    ['both', () => `{ echo q | ${csr} review '${file}'; echo "status $?"; } | cat`, 'standard input'],
  ])('check 15: with %s piped it says what to do instead, with status 2', async (_name, command, what) => {
    const tmux = run(command());
    const screen = await tmux.shows('left with 0');
    expect(screen).toContain('status 2');
    expect(screen.replace(/\s+/g, ' ')).toContain(`the review needs a terminal, and ${what} is none`);
    expect(screen).toContain('csr review --plain');
    expect(existsSync(`${file}.session`)).toBe(false);
  });

  test('where a terminal cannot place text (TERM=dumb) it says so, and writes no sequence', async () => {
    const record = join(folder, 'written');
    const tmux = run(`TERM=dumb ${csr} review '${file}'`, { record });
    const screen = await tmux.shows('left with 2');
    expect(screen.replace(/\s+/g, ' ')).toContain('this one cannot place text (TERM=dumb)');
    expect(screen).toContain('csr review --plain');
    expect(await tmux.wrote('left with 2')).not.toContain(`${ESC}[?1049h`);
  });

  test('--plain works through a pipe, on the session of the screen', async () => {
    const { status, stdout } = spawnSync(csr, ['review', '--plain', file], {
      encoding: 'utf8',
      input: ':continue\n:answer-group ported\nyes\n',
    });
    expect(stdout).toContain('saved: answered 3 rows');
    expect(status).toBe(1);
    expect(journal()).toContain('ported');
    // The screen goes on with the same session.
    const tmux = start();
    await tmux.shows('the session goes on');
    tmux.sends('u');
    await tmux.shows('undone: answer for 3 rows');
  });

  test('a journal that cannot be written is said, keeps the answer on the screen, and takes it later', async () => {
    writeFileSync(file, GERMAN);
    const tmux = await atRows();
    const before = journal();
    const limit = (bytes: string) =>
      expect(spawnSync('prlimit', ['--pid', String(tmux.child()), `--fsize=${bytes}:`]).status).toBe(0);
    // Room for a piece of the next line, as on a disk that fills up.
    limit(String(before.length + 20));
    tmux.sends('AHauptstr. 5\r\r');
    const screen = await tmux.shows('not saved: ');
    expect(screen).toContain('Address> Hauptstr. 5');
    expect(screen).toContain('unresolved 3 of 5');
    expect(screen).not.toContain('saved:  answered');
    expect(journal()).toBe(before);
    limit('unlimited');
    tmux.sends('\r\r');
    await tmux.shows('saved: answered 3 rows');
    expect(journal().startsWith(before)).toBe(true);
    expect(journal()).toContain('Hauptstr. 5');
  });

  test('wide characters and emoji move no column, whatever the terminal takes for their width', async () => {
    const texts = [
      '\u6771\u4eac\u90fd',
      '\u{1F44D}\u{1F3FD} x',
      FAMILY,
      '\u2764\ufe0f y',
      '1\ufe0f\u20e3 z',
      '\u0928\u092e\u0938\u094d\u0924\u0947',
      'plain',
    ];
    const rows = texts.map(
      (text, at) => `+493055501${at},DE,${text},1,${text},Lee,,"${text} ${text} ${text}",`,
    );
    writeFileSync(file, [HEADER, ...rows].join('\n'));
    const tmux = await atRows({ size: [120, 40] });
    tmux.sends('[');
    await tmux.shows('All rows');
    const columns = texts.map((_, at) => tmux.column('\u2502', 3 + at));
    expect(new Set(columns)).toEqual(new Set([columns[texts.length - 1]]));
    expect(columns[0]).toBeGreaterThan(0);
  });

  test('hostile cells and a hostile file name reach the terminal as marks', async () => {
    const hostile = 'E\u001b[2J\u001b]0;t\u0007\u009b31m\u202e\u200bv';
    file = join(folder, `8x8_${hostile}_CSR.csv`);
    const row = `+4930555010,DE,${hostile},1,${hostile},Lee,,"x",`;
    writeFileSync(file, [HEADER, row, ...cleanRows(40).split('\n').slice(1)].join('\n'));
    const record = join(folder, 'written');
    const how: Start = { record, size: [120, 40] };
    // By a pattern: what the shell echoes is not ours.
    const tmux = run(`${csr} review '${folder}'/8x8_E*_CSR.csv ${withCustomer()}`, how);
    await tmux.shows('\u241b[2J');
    tmux.sends('\txq:\u001b?qX');
    await tmux.shows('DELIVER');
    tmux.sends('qq');
    await tmux.shows('left with 1');
    const screen = await ours(tmux);
    expect(screen).toContain('\u27e8202E\u27e9');
    expect(screen.replace(SEQUENCES, '').match(OBEYED)).toBe(null);
    expect(screen.slice(screen.indexOf('opening'))).not.toMatch(CLEARS);
    // Nor do other commands, where a person reads them.
    const other = join(folder, 'other');
    const explained = run(`${csr} explain '${folder}'/8x8_E*_CSR.csv +4930555010`, { record: other });
    await explained.shows('left with 0');
    const explanation = await explained.wrote('left with 0');
    expect(explanation).toContain('\u27e8202E\u27e9');
    expect(explanation).not.toMatch(/[\u009b\u202e\u200b]/);
    // Nor does an error obey what it quotes.
    const { status, stderr } = spawnSync(csr, ['review', '--plain', `${file}x`], {
      encoding: 'utf8',
      input: '',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('\u27e8202E\u27e9');
    expect(stderr.match(OBEYED)).toBe(null);
  });

  test('a text written in $EDITOR comes back as one line, and the screen with it', async () => {
    writeFileSync(file, GERMAN);
    const editor = join(folder, 'editor.sh');
    writeFileSync(
      editor,
      'printf "editor has %s\\n" "$(cat "$1")"; printf "Hauptstr. 5\\n10115 Berlin\\n" > "$1"\n',
    );
    const tmux = await atRows({ env: { VISUAL: `sh ${editor}` } });
    tmux.sends('ihalf');
    await tmux.shows('Address> half');
    tmux.sends('\u000f');
    await tmux.shows('Address> Hauptstr. 5, 10115 Berlin');
    tmux.sends('\r');
    await tmux.shows('saved: answered 1 row');
    tmux.sends('q');
    expect(await tmux.shows('left with 1')).toContain('editor has half');
  });

  test('a clean file of 2,000 rows is delivered with two keys, and nothing to acknowledge', async () => {
    writeFileSync(file, cleanRows(2000));
    const tmux = await atRows();
    await tmux.shows('unresolved 0 of 2000');
    tmux.sends('X\r');
    await tmux.shows('HAND-OVER');
    expect(journal()).not.toContain('acknowledge');
    const written = readFileSync(join(folder, 'delivered', '8x8_Acme_CSR.csv'), 'utf8');
    expect(written.trim().split('\n')).toHaveLength(2001);
  });
});
