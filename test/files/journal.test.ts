import { execFileSync } from 'node:child_process';
import type * as fs from 'node:fs';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CsrError, type Problem } from '../../src/engine/problem.ts';
import { openJournal, readJournal } from '../../src/files/journal.ts';
import { intercepted, systemFailure, withFailure } from './failing-fs.ts';
import { mountSmallDisk } from './small-disk.ts';

vi.mock('node:fs', async (original) => {
  const { interceptable } = await import('./failing-fs.ts');
  return interceptable(await original<typeof fs>());
});

let parent: string;
let folder: string;
let file: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'csr-journal-'));
  folder = join(parent, 'in.csv.session');
  file = join(folder, 'journal.jsonl');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

function fails(work: () => unknown): Problem | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof CsrError) return error.problems[0];
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A closed journal of these events. */
function journalOf(...events: object[]): void {
  const journal = openJournal(folder);
  for (const event of events) journal.append(event);
  journal.close();
}

const A = { type: 'answer', text: 'Straße 5,\n"x"' };
const B = { type: 'undo' };
const C = { type: 'note', text: '東京' };

describe('a journal', () => {
  test('is made where there is none, for its owner alone', () => {
    const journal = openJournal(folder);
    expect(journal.events).toEqual([]);
    expect(journal.notices).toEqual([]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['journal.jsonl', 'lock']);
    journal.close();
    expect(readdirSync(folder)).toEqual(['journal.jsonl']);
  });

  test('holds what was appended, over sessions', () => {
    journalOf(A, B);
    journalOf(C);
    const journal = openJournal(folder);
    expect(journal.events).toEqual([A, B, C]);
    journal.close();
    expect(readJournal(folder)).toEqual([A, B, C]);
  });

  test('is JSON Lines, one numbered event a line', () => {
    journalOf(A, B);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { seq: 1, event: A, sum: expect.stringMatching(/^[0-9a-f]{16}$/) },
      { seq: 2, event: B, sum: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ]);
  });

  test('brings back any event', () => {
    let count = 0;
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 8 }),
        (events) => {
          folder = join(parent, `any-${count++}`);
          journalOf(...events);
          expect(readJournal(folder)).toEqual(JSON.parse(JSON.stringify(events)));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('flushes each event before append returns', () => {
    const journal = openJournal(folder);
    const steps: string[] = [];
    intercepted(
      (name, _, go) => {
        steps.push(name);
        return go();
      },
      () => journal.append(A),
    );
    expect(steps).toEqual(['writeSync', 'fdatasyncSync']);
    journal.close();
  });

  test('belongs to one process', () => {
    const journal = openJournal(folder);
    expect(fails(() => openJournal(folder))).toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(`\`${folder}\` is in use by process ${process.pid}`),
    });
    expect(readJournal(folder)).toEqual([]);
    journal.close();
    journal.close();
    openJournal(folder).close();
  });

  test('that is closed takes nothing more', () => {
    const journal = openJournal(folder);
    journal.close();
    expect(() => journal.append(A)).toThrow('the journal is closed');
  });
});

describe('reading only', () => {
  test('finds nothing where nothing is', () => {
    expect(readJournal(folder)).toBeNull();
    mkdirSync(folder);
    expect(readJournal(folder)).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves a torn line out, and in its place', () => {
    journalOf(A);
    appendFileSync(file, '{"seq":2,"ev');
    expect(readJournal(folder)).toEqual([A]);
    expect(readFileSync(file, 'utf8')).toContain('{"seq":2,"ev');
  });

  test('finds what a session has appended so far', () => {
    const journal = openJournal(folder);
    journal.append(A);
    expect(readJournal(folder)).toEqual([A]);
    journal.close();
  });
});

describe('a torn tail', () => {
  test.each([
    ['no line end', '{"seq":2,"event":{}'],
    ['a whole line without its line end', '{"seq":2,"event":{},"sum":"0123456789abcdef"}'],
    ['a wrong checksum', '{"seq":2,"event":{},"sum":"0123456789abcdef"}\n'],
    ['a hole that the file system left', '\0\0\0\0\0\0\0\0'],
    ['nonsense', 'nonsense\n'],
  ])('with %s is cut off, and said', (_, tail) => {
    journalOf(A);
    const before = readFileSync(file, 'utf8');
    appendFileSync(file, tail);
    const journal = openJournal(folder);
    expect(journal.events).toEqual([A]);
    expect(journal.notices).toMatchObject([
      { code: 'torn-journal', severity: 'warning', place: { file, line: 2, column: 1 } },
    ]);
    expect(journal.notices[0]?.message).toContain(`its ${Buffer.byteLength(tail)} bytes were removed`);
    expect(readFileSync(file, 'utf8')).toBe(before);
    journal.append(B);
    journal.close();
    expect(readJournal(folder)).toEqual([A, B]);
  });

  test.each([
    ['its beginning alone', '{"seq":1,"ev'],
    ['zeros where the file system had no time', '{"se\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'],
    ['zeros alone', '\0\0\0\0'],
  ])('may be all there is: of the first line %s', (_, begun) => {
    journalOf(A);
    writeFileSync(file, begun);
    expect(readJournal(folder)).toEqual([]);
  });

  test('is damage where the first line was never one of ours', () => {
    journalOf(A);
    writeFileSync(file, 'something else\n');
    expect(() => readJournal(folder)).toThrow(/line 1 of the session's journal is damaged/);
  });

  test('may be all but the line end, with zeros in its place', () => {
    journalOf(A, B);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\n$/, '\0\0\0'));
    expect(readJournal(folder)).toEqual([A]);
  });

  test('may be torn at any byte: what was whole before it is whole after', () => {
    journalOf(A, B, C);
    const whole = readFileSync(file);
    const ends = [...whole.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index + 1);
    for (let length = 0; length <= whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      const journal = openJournal(folder);
      const kept = ends.filter((end) => end <= length).length;
      expect(journal.events).toEqual([A, B, C].slice(0, kept));
      expect(journal.notices).toHaveLength(length === 0 || ends.includes(length) ? 0 : 1);
      journal.close();
    }
  });
});

describe('damage', () => {
  test.each([
    [
      'a changed character',
      (lines: string[]) => lines.with(0, (lines[0] ?? '').replace('Straße', 'Strasse')),
      1,
      'its checksum does not match',
    ],
    ['no journal line', (lines: string[]) => lines.with(1, '{}'), 2, 'it is no line of a journal'],
    ['a blank line', (lines: string[]) => lines.toSpliced(1, 0, ''), 2, 'it is no line of a journal'],
    [
      'a missing line',
      (lines: string[]) => lines.toSpliced(1, 1),
      2,
      'it bears the number 3, so lines are missing',
    ],
    [
      'lines in another order',
      (lines: string[]) => lines.toSpliced(0, 2, lines[1] ?? '', lines[0] ?? ''),
      1,
      'it bears the number 2, so lines are missing',
    ],
    [
      'a line twice',
      (lines: string[]) => [...lines, lines[2] ?? ''],
      4,
      'it bears the number 3, so lines are missing',
    ],
  ])('%s is named by its line', (_, change, line, what) => {
    journalOf(A, B, C);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const body = `${change(lines).join('\n')}\n`;
    writeFileSync(file, body);
    for (const open of [() => openJournal(folder), () => readJournal(folder)])
      expect(fails(open)).toEqual({
        code: 'damaged-journal',
        severity: 'error',
        message: `line ${line} of the session's journal is damaged: ${what}`,
        place: { file, line, column: 1 },
        help: `restore \`${file}\` from a backup, or move \`${folder}\` away to begin anew`,
      });
    // Nothing was cut off, and the lock is free again.
    expect(readFileSync(file, 'utf8')).toBe(body);
    expect(readdirSync(folder)).toEqual(['journal.jsonl']);
  });

  test('a lost line end does not pass for a torn tail', () => {
    journalOf(A, B, C);
    const whole = readFileSync(file, 'utf8');
    const second = whole.indexOf('\n', whole.indexOf('\n') + 1);
    writeFileSync(file, `${whole.slice(0, second)} ${whole.slice(second + 1)}`);
    expect(fails(() => readJournal(folder))).toMatchObject({ code: 'damaged-journal', place: { line: 2 } });
  });

  test('any changed byte before the last line is found', () => {
    journalOf(A, B, C);
    const whole = readFileSync(file);
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (let at = 0; at < lastLine; at += 1) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x01;
      writeFileSync(file, bytes);
      expect(fails(() => readJournal(folder))).toMatchObject({ code: 'damaged-journal' });
    }
  });
});

describe('a disk that refuses', () => {
  test.each([
    ['writeSync', 'ENOSPC', 'disk-full', 'the disk is full'],
    ['fdatasyncSync', 'EIO', 'disk-error', 'the disk reports an error'],
  ] as const)(
    '%s fails: the event is not in the journal, and the next one is',
    (name, system, code, reason) => {
      const journal = openJournal(folder);
      journal.append(A);
      const before = readFileSync(file, 'utf8');
      const problem = withFailure(name, system, () => fails(() => journal.append(B)));
      expect(problem).toMatchObject({ code, message: `\`${file}\` cannot be written: ${reason}` });
      expect(readFileSync(file, 'utf8')).toBe(before);
      journal.append(C);
      journal.close();
      expect(readJournal(folder)).toEqual([A, C]);
    },
  );

  test('writes half and then nothing: the half is cut off', () => {
    const journal = openJournal(folder);
    journal.append(A);
    const before = readFileSync(file, 'utf8');
    let writes = 0;
    const problem = intercepted(
      (name, [descriptor, data, offset, length, position], go) => {
        if (name !== 'writeSync') return go();
        writes += 1;
        if (writes > 1) throw systemFailure(name, 'ENOSPC');
        return go(descriptor, data, offset, Math.floor(Number(length) / 2), position);
      },
      () => fails(() => journal.append(B)),
    );
    expect(writes).toBe(2);
    expect(problem).toMatchObject({ code: 'disk-full' });
    expect(readFileSync(file, 'utf8')).toBe(before);
    journal.close();
  });

  test('does not even let the half be cut off: the next append does it', () => {
    const journal = openJournal(folder);
    journal.append(A);
    let writes = 0;
    intercepted(
      (name, [descriptor, data, offset, , position], go) => {
        if (name === 'ftruncateSync') throw systemFailure(name, 'EIO');
        if (name !== 'writeSync') return go();
        writes += 1;
        if (writes > 1) throw systemFailure(name, 'EIO');
        return go(descriptor, data, offset, 200, position);
      },
      () => fails(() => journal.append({ type: 'note', text: 'long '.repeat(50) })),
    );
    expect(readFileSync(file, 'utf8')).toContain('long');
    journal.append(B);
    journal.close();
    expect(readJournal(folder)).toEqual([A, B]);
    expect(readFileSync(file, 'utf8')).not.toContain('long');
  });

  test('a real one that is full keeps what was acknowledged', (context) => {
    const disk = mountSmallDisk(64);
    if (typeof disk === 'string') return context.skip(disk);
    try {
      const session = join(disk.folder, 'session');
      const journal = openJournal(session);
      const acknowledged: object[] = [];
      const problem = fails(() => {
        for (let count = 0; count < 1000; count += 1) {
          const event = { count, text: 'x'.repeat(700) };
          journal.append(event);
          acknowledged.push(event);
        }
      });
      expect(problem).toMatchObject({ code: 'disk-full' });
      expect(problem?.message).toContain('the disk is full');
      expect(acknowledged.length).toBeGreaterThan(10);
      expect(readJournal(session)).toEqual(acknowledged);
      journal.close();
      disk.remount('ro');
      expect(readJournal(session)).toEqual(acknowledged);
      expect(fails(() => openJournal(session))).toMatchObject({ code: 'read-only' });
      disk.remount('rw');
    } finally {
      disk.remove();
    }
  });

  test.skipIf(process.platform === 'win32')(
    'a file that may not grow further keeps what was acknowledged',
    () => {
      // The shell's limit makes the kernel itself write short, which needs no privileges.
      const program = join(parent, 'fill.mts');
      writeFileSync(
        program,
        `import { openJournal } from ${JSON.stringify(join(process.cwd(), 'src/files/journal.ts'))};
       const journal = openJournal(process.argv[2]);
       let count = 0;
       try {
         for (;;) {
           journal.append({ count, text: 'x'.repeat(900) });
           count += 1;
         }
       } catch (error) {
         console.log(count, error.problems?.[0].code ?? error.stack);
       }`,
      );
      const line = 'trap "" XFSZ; ulimit -f 16; exec "$0" --import tsx "$1" "$2"';
      const environment = { ...process.env, TMPDIR: parent };
      const output = execFileSync('sh', ['-c', line, process.execPath, program, folder], {
        encoding: 'utf8',
        env: environment,
      });
      const [count, code] = output.trim().split(' ');
      expect(code).toBe('disk-full');
      expect(Number(count)).toBeGreaterThan(5);
      expect(readJournal(folder)).toHaveLength(Number(count));
      // The process ended without closing: its lock is stale, and nothing is torn.
      const journal = openJournal(folder);
      expect(journal.notices).toEqual([]);
      journal.close();
    },
  );
});

describe('what is no session', () => {
  test('a file in the folder’s place', () => {
    writeFileSync(folder, '');
    expect(fails(() => openJournal(folder))?.code).toBe('missing-file');
    expect(fails(() => readJournal(folder))?.code).toBe('missing-file');
  });

  test('a folder that cannot be', () => {
    expect(fails(() => openJournal(join(parent, 'no', 'session')))).toMatchObject({ code: 'missing-folder' });
  });

  test('a link in the journal’s place is not followed', () => {
    mkdirSync(folder);
    writeFileSync(join(parent, 'other'), 'precious');
    symlinkSync(join(parent, 'other'), file);
    expect(fails(() => openJournal(folder))).toMatchObject({ code: 'bad-name' });
    expect(readFileSync(join(parent, 'other'), 'utf8')).toBe('precious');
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  test('an empty journal is a new one', () => {
    journalOf(A);
    truncateSync(file, 0);
    const journal = openJournal(folder);
    expect(journal.events).toEqual([]);
    expect(journal.notices).toEqual([]);
    journal.close();
  });
});
