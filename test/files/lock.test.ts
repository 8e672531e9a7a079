import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type * as fs from 'node:fs';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CsrError, type Problem } from '../../src/engine/problem.ts';
import { takeLock } from '../../src/files/lock.ts';
import { intercepted, systemFailure, withFailure } from './failing-fs.ts';

vi.mock('node:fs', async (original) => {
  const { interceptable } = await import('./failing-fs.ts');
  return interceptable(await original<typeof fs>());
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csr-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function refused(): Problem | undefined {
  try {
    takeLock(path, 'x.csv.session');
  } catch (error) {
    if (error instanceof CsrError) return error.problems[0];
    throw error;
  }
  throw new Error('the lock was given');
}

/** The number of a process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

const ID = 'ab'.repeat(8);

function lockOf(holder: object): void {
  const since = '2026-11-23T14:02:11.000Z';
  writeFileSync(
    path,
    JSON.stringify({ id: ID, pid: deadProcess(), started: null, host: hostname(), since, ...holder }),
  );
}

describe('one process', () => {
  test('takes a free lock and gives it back', () => {
    const lock = takeLock(path, 'x');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['lock']);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    lock.release();
    takeLock(path, 'x').release();
  });

  test('cannot take it twice', () => {
    const lock = takeLock(path, 'x');
    expect(refused()).toMatchObject({ code: 'in-use' });
    lock.release();
  });

  test('does not give back what has become another’s', () => {
    const lock = takeLock(path, 'x');
    rmSync(path);
    const other = takeLock(path, 'x');
    lock.release();
    expect(existsSync(path)).toBe(true);
    other.release();
  });

  test('is told where there is no folder', () => {
    path = join(folder, 'no', 'lock');
    expect(refused()).toMatchObject({
      code: 'missing-folder',
      message: '`x.csv.session` cannot be locked: its folder does not exist',
    });
  });
});

describe('where there are no hard links', () => {
  const always = () => true;

  test('the lock is taken, taken over and given back all the same', () => {
    withFailure('linkSync', 'EPERM', () => takeLock(path, 'x').release(), always);
    lockOf({});
    const lock = withFailure('linkSync', 'EPERM', () => takeLock(path, 'x'), always);
    expect(withFailure('linkSync', 'EPERM', refused, always)).toMatchObject({ code: 'in-use' });
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a full disk leaves no lock behind that says nothing', () => {
    const problem = intercepted((name, _, go) => {
      if (name === 'linkSync') throw systemFailure(name, 'EPERM');
      if (name === 'writeSync') throw systemFailure(name, 'ENOSPC');
      return go();
    }, refused);
    expect(problem).toMatchObject({ code: 'disk-full' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a live holder', () => {
  test('is named, with since when and what to do', () => {
    lockOf({ pid: process.pid });
    expect(refused()).toEqual({
      code: 'in-use',
      severity: 'error',
      message: `\`x.csv.session\` is in use by process ${process.pid} since 2026-11-23 14:02:11 UTC`,
      help: `finish there first, or end it with \`kill ${process.pid}\``,
    });
  });

  test('on another host cannot be known to be gone', () => {
    lockOf({ host: 'elsewhere' });
    expect(refused()?.message).toMatch(/is in use by process \d+ on `elsewhere` since/);
    expect(refused()?.help).toBe(`finish there first; if that process is gone, delete \`${path}\``);
  });

  test.each([
    '',
    '{',
    'null',
    '{"pid":-1}',
    '{"pid":1,"host":"h"}',
    `{"pid":1,"host":"h","since":"s","id":"../x"}`,
  ])('that says nothing we understand (%j) is left alone', (text) => {
    writeFileSync(path, text);
    expect(refused()).toMatchObject({
      code: 'in-use',
      message: '`x.csv.session` is locked, and the lock does not say by whom',
      help: `if no csr is at work there, delete \`${path}\``,
    });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('a stale lock', () => {
  test('of a process that has ended is taken over', () => {
    lockOf({});
    const lock = takeLock(path, 'x');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual(['lock']);
    lock.release();
  });

  test.skipIf(!existsSync('/proc/self/stat'))(
    'of an earlier process of the same number is taken over',
    () => {
      lockOf({ pid: process.pid, started: 'another boot 12345' });
      takeLock(path, 'x').release();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('is left to whoever is taking it over', () => {
    lockOf({});
    writeFileSync(
      `${path}.${ID}`,
      JSON.stringify({
        id: 'cd'.repeat(8),
        pid: process.pid,
        started: null,
        host: hostname(),
        since: '2026',
      }),
    );
    expect(refused()?.message).toContain(`in use by process ${process.pid}`);
    expect(JSON.parse(readFileSync(path, 'utf8')).id).toBe(ID);
  });

  test('is taken over even if whoever was taking it over has ended too', () => {
    lockOf({});
    writeFileSync(`${path}.${ID}`, readFileSync(path, 'utf8').replace(ID, 'cd'.repeat(8)));
    takeLock(path, 'x').release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('many processes', () => {
  const PROGRAM = `
    import { takeLock } from ${JSON.stringify(join(process.cwd(), 'src/files/lock.ts'))};
    process.stdin.once('data', () => {
      try {
        takeLock(process.argv[2], 'x');
        console.log('won');
      } catch (error) {
        console.log(error.problems?.[0].code ?? error.stack);
      }
    });
    console.log('ready');`;

  /** The next line that a process says. */
  function said(child: ChildProcess): Promise<string> {
    return new Promise((resolve) =>
      child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim())),
    );
  }

  test.each(['free', 'stale'])('that want a %s lock at once: one gets it', async (state) => {
    const program = join(folder, 'contend.mts');
    writeFileSync(program, PROGRAM);
    if (state === 'stale') lockOf({});
    const children = Array.from({ length: 6 }, () =>
      spawn(process.execPath, ['--import', 'tsx', program, path], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    try {
      expect(await Promise.all(children.map(said))).toEqual(Array(6).fill('ready'));
      const outcomes = children.map(said);
      for (const child of children) child.stdin?.write('go\n');
      expect((await Promise.all(outcomes)).sort()).toEqual([...Array(5).fill('in-use'), 'won']);
    } finally {
      const ended = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(ended);
    }
    // The winner was killed: its lock is stale now, and the next one has it.
    takeLock(path, 'x').release();
  });
});
