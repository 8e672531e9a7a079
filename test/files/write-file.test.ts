import type * as fs from 'node:fs';
import {
  chmodSync,
  existsSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CsrError, type Problem } from '../../src/engine/problem.ts';
import { writeAll, writeWhole } from '../../src/files/write-file.ts';
import { intercepted, systemFailure, withFailure } from './failing-fs.ts';
import { mountSmallDisk } from './small-disk.ts';

vi.mock('node:fs', async (original) => {
  const { interceptable } = await import('./failing-fs.ts');
  return interceptable(await original<typeof fs>());
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csr-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function at(name: string): string {
  return join(folder, name);
}

function fails(work: () => void): Problem | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof CsrError) return error.problems[0];
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('one file', () => {
  test('is written whole, readable by its owner alone, and leaves nothing beside it', () => {
    writeWhole(at('out.csv'), 'a;ü\r\n');
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('a;ü\r\n');
    expect(statSync(at('out.csv')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  test('that is replaced is its owner’s alone too, or as open as it was where that is wanted', () => {
    for (const name of ['a.yaml', 'b.yaml']) writeFileSync(at(name), 'x\n', { mode: 0o644 });
    chmodSync(at('a.yaml'), 0o664);
    writeWhole(at('a.yaml'), 'y\n', { force: true, keepMode: true });
    writeWhole(at('b.yaml'), 'y\n', { force: true });
    writeWhole(at('c.yaml'), 'y\n', { force: true, keepMode: true });
    const modes = ['a.yaml', 'b.yaml', 'c.yaml'].map((name) => statSync(at(name)).mode & 0o777);
    expect(modes).toEqual([0o664, 0o600, 0o600]);
  });

  test('of any bytes comes back the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        writeWhole(at('any'), bytes, { force: true });
        expect(Buffer.compare(readFileSync(at('any')), bytes)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  test('is flushed before it gets its name, and its folder after', () => {
    const steps: string[] = [];
    intercepted(
      (name, [first], go) => {
        const isFolder = typeof first === 'number' && fstatSync(first).isDirectory();
        steps.push(isFolder ? `${name} of the folder` : name);
        return go();
      },
      () => writeWhole(at('out.csv'), 'x'),
    );
    expect(steps).toEqual(['writeSync', 'fsyncSync', 'linkSync', 'fsyncSync of the folder']);
  });

  test('that exists is kept, unless forced', () => {
    writeFileSync(at('out.csv'), 'old');
    expect(fails(() => writeWhole(at('out.csv'), 'new'))).toMatchObject({
      code: 'file-exists',
      message: `\`${at('out.csv')}\` exists already`,
      help: 'use --force to replace it, or choose another name',
    });
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('old');
    writeWhole(at('out.csv'), 'new', { force: true });
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  test('that came between the check and the writing is kept too', () => {
    const write = () => fails(() => writeWhole(at('out.csv'), 'new'));
    expect(withFailure('linkSync', 'EEXIST', write)).toMatchObject({ code: 'file-exists' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('without hard links is written all the same, and still never over another', () => {
    withFailure('linkSync', 'EPERM', () => writeWhole(at('out.csv'), 'new'));
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('new');
    const late = () => fails(() => writeWhole(at('late.csv'), 'new'));
    const comesFirst = ([, target]: readonly unknown[]) => {
      writeFileSync(String(target), 'came first');
      return true;
    };
    expect(withFailure('linkSync', 'ENOTSUP', late, comesFirst)).toMatchObject({ code: 'file-exists' });
    expect(readFileSync(at('late.csv'), 'utf8')).toBe('came first');
    expect(readdirSync(folder).sort()).toEqual(['late.csv', 'out.csv']);
  });

  test('forced over a link is written where the link leads', () => {
    writeFileSync(at('real.csv'), 'old');
    symlinkSync('real.csv', at('link.csv'));
    expect(fails(() => writeWhole(at('link.csv'), 'new'))).toMatchObject({ code: 'file-exists' });
    writeWhole(at('link.csv'), 'new', { force: true });
    expect(readFileSync(at('real.csv'), 'utf8')).toBe('new');
    expect(lstatSync(at('link.csv')).isSymbolicLink()).toBe(true);
  });

  test('a link to nowhere counts as there', () => {
    symlinkSync('nowhere.csv', at('link.csv'));
    expect(fails(() => writeWhole(at('link.csv'), 'new'))).toMatchObject({ code: 'file-exists' });
    writeWhole(at('link.csv'), 'new', { force: true });
    expect(readFileSync(at('link.csv'), 'utf8')).toBe('new');
    expect(existsSync(at('nowhere.csv'))).toBe(false);
  });

  test('of a name as long as names may be is written', () => {
    const name = `${'n'.repeat(251)}.csv`;
    writeWhole(at(name), 'x');
    expect(readdirSync(folder)).toEqual([name]);
    expect(fails(() => writeWhole(at(`n${name}`), 'x'))).toMatchObject({ code: 'bad-name' });
  });
});

describe('never over an input', () => {
  beforeEach(() => writeFileSync(at('in.csv'), 'precious'));

  test.each([
    ['by its own name', () => at('in.csv')],
    ['by another way to write it', () => join(folder, '.', 'x', '..', 'in.csv')],
    [
      'by a symbolic link',
      () => {
        symlinkSync(at('in.csv'), at('soft.csv'));
        return at('soft.csv');
      },
    ],
    [
      'by a hard link',
      () => {
        linkSync(at('in.csv'), at('hard.csv'));
        return at('hard.csv');
      },
    ],
    [
      'through a linked folder',
      () => {
        symlinkSync(folder, at('linked'));
        return join(at('linked'), 'in.csv');
      },
    ],
  ])('%s, not even forced', (_, name) => {
    mkdirSync(at('x'));
    const path = name();
    expect(fails(() => writeWhole(path, 'new', { force: true, notOver: ['-', at('in.csv')] }))).toMatchObject(
      {
        code: 'over-input',
        message: `\`${path}\` is an input, which is never written over`,
      },
    );
    expect(readFileSync(at('in.csv'), 'utf8')).toBe('precious');
  });

  test('an input that is a link protects what it leads to', () => {
    symlinkSync('in.csv', at('soft.csv'));
    expect(
      fails(() => writeWhole(at('in.csv'), 'new', { force: true, notOver: [at('soft.csv')] })),
    ).toMatchObject({
      code: 'over-input',
    });
  });

  test('another file of the same folder is no input', () => {
    writeWhole(at('out.csv'), 'new', { notOver: [at('in.csv'), at('gone.csv')] });
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('new');
  });
});

describe('what cannot be written', () => {
  test.each([
    ['a folder', () => folder, 'is-a-folder'],
    ['a device', () => '/dev/null', 'not-a-file'],
    ['a missing folder', () => join(folder, 'no', 'out.csv'), 'missing-folder'],
    ['a file as a folder', () => join(at('plain'), 'out.csv'), 'missing-file'],
  ])('%s', (_, path, code) => {
    writeFileSync(at('plain'), '');
    expect(fails(() => writeWhole(path(), 'x', { force: true }))).toMatchObject({ code });
    expect(readdirSync(folder)).toEqual(['plain']);
  });

  test.each([
    ['writeSync', 'ENOSPC', 'disk-full', 'the disk is full'],
    ['fsyncSync', 'EIO', 'disk-error', 'the disk reports an error'],
    ['fsyncSync', 'EDQUOT', 'disk-full', 'your disk quota is used up'],
    ['linkSync', 'EROFS', 'read-only', 'the file system is read-only'],
    ['writeSync', 'EWHATEVER', 'system-error', 'the system says EWHATEVER'],
  ] as const)('%s fails with %s: said, and nothing stays behind', (name, system, code, reason) => {
    const write = () => fails(() => writeWhole(at('out.csv'), 'x'));
    expect(withFailure(name, system, write)).toMatchObject({
      code,
      message: `\`${at('out.csv')}\` cannot be written: ${reason}`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a write that stops short goes on where it stopped', () => {
    let calls = 0;
    intercepted(
      (name, [descriptor, data, offset, length, position], go) => {
        if (name !== 'writeSync') return go();
        calls += 1;
        return go(descriptor, data, offset, Math.min(Number(length), 3), position);
      },
      () => writeWhole(at('out.csv'), 'ten bytes!'),
    );
    expect(calls).toBe(4);
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('ten bytes!');
  });

  test('a write that never gets on is a full disk, not an endless loop', () => {
    const write = () => fails(() => writeWhole(at('out.csv'), 'x'));
    const stuck = intercepted((name, _, go) => (name === 'writeSync' ? 0 : go()), write);
    expect(stuck).toMatchObject({ code: 'disk-full' });
  });

  test('a defect of ours is not blamed on the disk, and leaves nothing behind either', () => {
    const write = () =>
      intercepted(
        () => {
          throw new RangeError('a defect');
        },
        () => writeWhole(at('out.csv'), 'x'),
      );
    expect(write).toThrow(RangeError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('several files', () => {
  const outputs = () =>
    ['a.csv', 'b.docx', 'c.docx'].map((name) => ({ path: at(name), data: `new ${name}` }));

  test('are written together', () => {
    writeAll(outputs());
    expect(readdirSync(folder).sort()).toEqual(['a.csv', 'b.docx', 'c.docx']);
  });

  test('none is written when one exists', () => {
    writeFileSync(at('c.docx'), 'old');
    expect(fails(() => writeAll(outputs()))).toMatchObject({ code: 'file-exists' });
    expect(readdirSync(folder)).toEqual(['c.docx']);
  });

  test.each([0, 1, 2])('none is written when the disk fails at number %i', (index) => {
    const write = () => fails(() => writeAll(outputs()));
    const problem = withFailure('writeSync', 'ENOSPC', write, (_, count) => count === index);
    expect(problem?.message).toContain(outputs()[index]?.path);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([0, 1, 2])('none is there when naming number %i fails', (index) => {
    const write = () => fails(() => writeAll(outputs()));
    const problem = withFailure('linkSync', 'EIO', write, ([, target]) => target === outputs()[index]?.path);
    expect(problem).toMatchObject({ code: 'disk-error' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([0, 1, 2])('what was there is there again when replacing number %i fails', (index) => {
    for (const { path } of outputs().slice(0, 2)) writeFileSync(path, `old ${path}`);
    const write = () => fails(() => writeAll(outputs(), { force: true }));
    const step = index === 2 ? 'linkSync' : 'renameSync';
    // Bringing the old file back is a renaming too, which must not fail.
    const isNew = ([from, target]: readonly unknown[]) =>
      target === outputs()[index]?.path && readFileSync(String(from), 'utf8').startsWith('new');
    expect(withFailure(step, 'EIO', write, isNew)).toMatchObject({ code: 'disk-error' });
    expect(readdirSync(folder).sort()).toEqual(['a.csv', 'b.docx']);
    for (const { path } of outputs().slice(0, 2)) expect(readFileSync(path, 'utf8')).toBe(`old ${path}`);
  });

  test('are replaced without hard links too, or not at all', () => {
    writeFileSync(at('a.csv'), 'old');
    const write = (failingRename: number) => {
      let renames = 0;
      const work = () => writeAll(outputs(), { force: true });
      intercepted((name, _, go) => {
        if (name === 'linkSync') throw systemFailure(name, 'EPERM');
        if (name === 'renameSync' && renames++ === failingRename) throw systemFailure(name, 'EIO');
        return go();
      }, work);
    };
    // The old file out of the way, the new one in its place, then the second new one.
    expect(fails(() => write(2))).toMatchObject({ code: 'disk-error' });
    expect(readdirSync(folder)).toEqual(['a.csv']);
    expect(readFileSync(at('a.csv'), 'utf8')).toBe('old');
    write(99);
    expect(readFileSync(at('a.csv'), 'utf8')).toBe('new a.csv');
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test('two of one name are a mistake', () => {
    const twice = [outputs()[0], { path: join(folder, '.', 'a.csv'), data: '' }].filter(
      (output) => output !== undefined,
    );
    expect(fails(() => writeAll(twice))).toMatchObject({ code: 'same-file' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('folders', () => {
  test('are made on demand, for their owner alone', () => {
    writeWhole(join(folder, 'delivered', 'today', 'out.csv'), 'x', { makeFolder: true });
    expect(statSync(at('delivered')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'delivered', 'today'))).toEqual(['out.csv']);
  });

  test('are gone again when nothing is written', () => {
    const write = () => writeWhole(join(folder, 'delivered', 'today', 'out.csv'), 'x', { makeFolder: true });
    expect(fails(() => withFailure('writeSync', 'ENOSPC', write))).toMatchObject({ code: 'disk-full' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that were there stay', () => {
    mkdirSync(at('delivered'));
    const write = () => writeWhole(join(folder, 'delivered', 'out.csv'), 'x', { makeFolder: true });
    expect(fails(() => withFailure('writeSync', 'ENOSPC', write))).toMatchObject({ code: 'disk-full' });
    expect(readdirSync(folder)).toEqual(['delivered']);
  });
});

describe('a real disk', () => {
  test('that is full is said to be, and keeps what it had', (context) => {
    const disk = mountSmallDisk(64);
    if (typeof disk === 'string') return context.skip(disk);
    try {
      const path = join(disk.folder, 'out.csv');
      writeWhole(path, 'old');
      const report = fails(() => writeWhole(path, Buffer.alloc(100_000, 'x'), { force: true }));
      expect(report).toMatchObject({
        code: 'disk-full',
        message: `\`${path}\` cannot be written: the disk is full`,
      });
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(disk.folder)).toEqual(['out.csv']);

      disk.remount('ro');
      expect(fails(() => writeWhole(join(disk.folder, 'b.csv'), 'x'))).toMatchObject({ code: 'read-only' });
      disk.remount('rw');
    } finally {
      disk.remove();
    }
  });
});
