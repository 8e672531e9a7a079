import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CsrError, type Problem } from '../../src/engine/problem.ts';
import { readGrid } from '../../src/files/read-table.ts';
import { readBytes, readSmallText } from '../../src/files/read-text.ts';
import { textRow, workbook } from './workbook.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'csr-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, body: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, body);
  return path;
}

async function problemOf(work: Promise<unknown>): Promise<Problem | undefined> {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof CsrError) return outcome.problems[0];
  throw outcome instanceof Error ? outcome : new Error('nothing was thrown');
}

describe('the bytes decide', () => {
  test('CSV, whatever it is called', async () => {
    const grid = await readGrid(file('named.xlsx', 'a,b\n1,2\n'));
    expect(grid.format.kind).toBe('csv');
    expect(grid.records).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  test('XLSX, whatever it is called', async () => {
    const grid = await readGrid(file('named.csv', workbook(textRow(1, ['a', 'b']))));
    expect(grid.format).toEqual({ kind: 'xlsx', sheet: 'Sheet1' });
  });

  test('a sheet can be named', async () => {
    const sheets = ['x', 'y'].map((name) => ({ name, rows: textRow(1, [name]) }));
    const path = file('two.xlsx', workbook('', { sheets }));
    expect((await readGrid(path, undefined, { sheet: 'y' })).records).toEqual([['y']]);
  });

  test('the digest is of the bytes as they are', async () => {
    const bytes = Buffer.from('\ufeffa;b\r\n', 'utf16le');
    const grid = await readGrid(file('digest.csv', bytes));
    expect(grid.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(grid.name).toBe(join(folder, 'digest.csv'));
  });

  test.each([
    [
      'an old workbook',
      Buffer.from('d0cf11e0a1b11ae100000000', 'hex'),
      'not-a-table',
      'in a format of Excel before 2007 (.xls)',
    ],
    [
      'a password',
      Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from('EncryptedPackage', 'utf16le')]),
      'encrypted',
      'protected by a password',
    ],
    ['PDF', Buffer.from('%PDF-1.7\n1 0 obj'), 'not-a-table', 'a PDF document, not a table'],
    [
      'a web page',
      Buffer.from('\ufeff\n<html><table><tr><td>1</td></tr></table>'),
      'not-a-table',
      'a web page, not a table',
    ],
    ['XML', Buffer.from('<?xml version="1.0"?><Workbook/>'), 'not-a-table', 'an XML document, not a table'],
    [
      'an empty archive',
      Buffer.from(`504b0506${'00'.repeat(18)}`, 'hex'),
      'not-a-table',
      'a zip archive, not an Excel workbook (.xlsx)',
    ],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'not-text', 'not a text file'],
  ])('%s is named and refused', async (_, bytes, code, what) => {
    const path = file('report.xls', bytes);
    const problem = await problemOf(readGrid(path));
    expect(problem).toMatchObject({ code, severity: 'error', message: `\`${path}\` is ${what}` });
    expect(problem?.help).toBeDefined();
  });
});

describe('what cannot be read', () => {
  test('a missing file', async () => {
    const path = join(folder, 'no.csv');
    expect(await problemOf(readGrid(path))).toMatchObject({
      code: 'missing-file',
      message: `\`${path}\` cannot be read: it does not exist`,
      help: 'check the name and the folder',
    });
  });

  test('a folder', async () => {
    expect(await problemOf(readGrid(folder))).toMatchObject({
      code: 'is-a-folder',
      message: `\`${folder}\` is a folder`,
    });
  });

  test('an empty file', async () => {
    const path = file('empty.csv', '');
    expect(await problemOf(readGrid(path))).toMatchObject({
      code: 'empty-file',
      message: `\`${path}\` is empty`,
    });
  });

  test('a file used as a folder, and a link to itself', async () => {
    const path = join(file('plain.csv', 'a\n'), 'x.csv');
    expect((await problemOf(readGrid(path)))?.message).toContain('a part of its path is a file');
    const loop = join(folder, 'loop.csv');
    symlinkSync(loop, loop);
    expect(await problemOf(readGrid(loop))).toMatchObject({ code: 'bad-name' });
  });

  test.skipIf(!process.getuid)('a file that is not ours to read', () => {
    const shut = join(folder, 'shut');
    mkdirSync(shut);
    writeFileSync(join(shut, 'x.csv'), 'a\n');
    chmodSync(shut, 0);
    // Root may read everything, so the program gives its privileges up first.
    const program = file(
      'as-nobody.mts',
      `import { readGrid } from ${JSON.stringify(join(process.cwd(), 'src/files/read-table.ts'))};
       if (process.getuid() === 0) process.setuid(65534);
       await readGrid(process.argv[2]).catch((error) => console.log(error.problems[0].code, error.message));`,
    );
    chmodSync(folder, 0o755);
    const path = join(shut, 'x.csv');
    const output = execFileSync(process.execPath, ['--import', 'tsx', program, path], { encoding: 'utf8' });
    chmodSync(shut, 0o755);
    expect(output.trim()).toBe(`no-permission \`${path}\` cannot be read: permission denied`);
  });

  test('more than the limit, by its size or as it comes', async () => {
    const path = file('large.csv', 'a,b\n'.repeat(1000));
    expect(await problemOf(readBytes(path, undefined, 1000))).toMatchObject({ code: 'too-large' });
    expect(await problemOf(readBytes('-', async () => Buffer.alloc(1001), 1000))).toMatchObject({
      code: 'too-large',
      message: 'standard input is larger than 0 MB',
    });
  });
});

describe('standard input', () => {
  test('is what the caller gives', async () => {
    const grid = await readGrid('-', async () => new TextEncoder().encode('a;b\n1;2\n'));
    expect(grid.name).toBe('-');
    expect(grid.format).toMatchObject({ kind: 'csv', delimiter: ';' });
  });

  test('may be a workbook', async () => {
    const grid = await readGrid('-', async () => workbook(textRow(1, ['a'])));
    expect(grid.records).toEqual([['a']]);
  });

  test('may hold nothing', async () => {
    expect(await problemOf(readGrid('-', async () => new Uint8Array()))).toMatchObject({
      message: 'standard input is empty',
    });
  });

  test.runIf(process.platform !== 'win32')(
    'is the process’s own otherwise, and a pipe is as good as a file',
    () => {
      const program = file(
        'from-stdin.mts',
        `import { readGrid } from ${JSON.stringify(join(process.cwd(), 'src/files/read-table.ts'))};
       const grid = await readGrid(process.argv[2]);
       console.log(JSON.stringify(grid.records));`,
      );
      for (const path of ['-', '/dev/stdin']) {
        const line = 'printf "a,b\\n1,2\\n" | "$0" --import tsx "$1" "$2"';
        const output = execFileSync('sh', ['-c', line, process.execPath, program, path], {
          encoding: 'utf8',
        });
        expect(output.trim()).toBe('[["a","b"],["1","2"]]');
      }
    },
  );
});

describe('small texts', () => {
  test('come without byte order mark, in any encoding', async () => {
    expect(await readSmallText(file('utf8.yaml', '\ufeffname: José\n'))).toBe('name: José\n');
    expect(await readSmallText(file('utf16.yaml', Buffer.from('\ufeffname: José\n', 'utf16le')))).toBe(
      'name: José\n',
    );
    expect(await readSmallText(file('latin.txt', Buffer.from('name: Jos\xe9\n', 'latin1')))).toBe(
      'name: José\n',
    );
    expect(await readSmallText('-', async () => Buffer.from('PIN invalid'))).toBe('PIN invalid');
  });

  test.each([
    ['nothing', '', 'empty-file'],
    ['white space', ' \n', 'empty-file'],
    ['no text', 'a\0b', 'not-text'],
    ['too much', 'a'.repeat(16_000_001), 'too-large'],
  ])('%s is an error', async (_, body, code) => {
    expect(await problemOf(readSmallText(file('small.txt', body)))).toMatchObject({ code });
  });
});
