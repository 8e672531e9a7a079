import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../src/engine/problem.ts';
import { CsrError } from '../../src/engine/problem.ts';
import type { CsvFormat, Grid } from '../../src/engine/table.ts';
import { readCsv } from '../../src/files/read-csv.ts';

function read(input: string | Buffer): Grid {
  return readCsv(typeof input === 'string' ? Buffer.from(input) : input, 'in.csv', 'digest');
}

function format(input: string | Buffer): CsvFormat {
  const { format: found } = read(input);
  if (found.kind !== 'csv') throw new Error('not CSV');
  return found;
}

function notice(grid: Grid, code: string): Problem {
  const found = grid.notices.find((each) => each.code === code);
  if (!found) throw new Error(`no ${code} among ${grid.notices.map((each) => each.code).join(', ')}`);
  return found;
}

function codes(grid: Grid): string[] {
  return grid.notices.map((each) => each.code);
}

function problemOf(input: string | Buffer): Problem | undefined {
  try {
    read(input);
  } catch (error) {
    if (error instanceof CsrError) return error.problems[0];
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('records', () => {
  test('cells stay as they are, spaces and quotes included', () => {
    const grid = read('number,address\r\n+14085550101," 12 ""Old"" Rd, Suite 3"\r\n0012, x \r\n');
    expect(grid.records).toEqual([
      ['number', 'address'],
      ['+14085550101', ' 12 "Old" Rd, Suite 3'],
      ['0012', ' x '],
    ]);
    expect(grid.places).toEqual([1, 2, 3]);
    expect(grid.notices).toEqual([]);
    expect(grid.sha256).toBe('digest');
  });

  test('a quoted cell holds delimiters and line ends', () => {
    const grid = read('a,b\n"1, 2","x\r\ny\nz"\n3,4\n');
    expect(grid.records).toEqual([
      ['a', 'b'],
      ['1, 2', 'x\r\ny\nz'],
      ['3', '4'],
    ]);
    expect(grid.places).toEqual([1, 2, 3]);
    expect(codes(grid)).toEqual([]);
  });

  test('empty cells at the end of a row count', () => {
    expect(read('a,b,c\n1,,\n').records).toEqual([
      ['a', 'b', 'c'],
      ['1', '', ''],
    ]);
  });

  test('duplicate headers are all kept', () => {
    expect(read('a,a\n1,2\n').records).toEqual([
      ['a', 'a'],
      ['1', '2'],
    ]);
  });

  test('a header alone is a grid of one record', () => {
    expect(read('phoneNumber,country').records).toEqual([['phoneNumber', 'country']]);
  });
});

describe('line endings', () => {
  test.each([
    ['a,b\r\n1,2\r\n', '\r\n', true],
    ['a,b\n1,2', '\n', false],
    ['a,b\r1,2\r', '\r', true],
    ['a,b', '\r\n', false],
  ])('%j', (text, newline, finalNewline) => {
    expect(format(text)).toMatchObject({ newline, finalNewline });
  });

  test('of mixed ones the most frequent is the file’s, and the mixture is said', () => {
    const grid = read('a,b\r\n1,2\n3,4\r\n5,6\r7,8\r\n');
    expect(grid.records.map((record) => record[0])).toEqual(['a', '1', '3', '5', '7']);
    expect(grid.format).toMatchObject({ newline: '\r\n' });
    expect(notice(grid, 'mixed-newlines').message).toBe(
      'lines end in different ways: 3 with CRLF, 1 with LF and 1 with CR',
    );
  });

  test('line ends inside quotes do not count', () => {
    expect(format('a,b\r\n"x\ny\nz\n",2\r\n')).toMatchObject({ newline: '\r\n' });
    expect(codes(read('a,b\r\n"x\ny\nz\n",2\r\n'))).toEqual([]);
  });
});

describe('the delimiter', () => {
  test.each([
    ['comma', 'a,b,c\n1,2,3\n', ','],
    ['semicolon', 'a;b;c\n1;2;3\n', ';'],
    ['tab', 'a\tb\tc\n1\t2\t3\n', '\t'],
    ['bar', 'a|b|c\n1|2|3\n', '|'],
    ['none at all', 'phone number\n+14085550101\n', ','],
    [
      'semicolons among addresses full of commas',
      'n;cc;address\n1;DE;A St 1, Berlin, X, Y\n2;DE;B St, C, D, E\n',
      ';',
    ],
    ['commas with a semicolon in every address', 'n,address\n1,"A; B"\n2,"C; D"\n3,"E; F"\n', ','],
    ['quoted cells full of the other one', '"a;a";"b;b"\n"1,2;3";"4,5;6"\n', ';'],
    ['a title above the header', 'CSR export; all numbers\nn,cc,address\n1,US,x\n2,US,y\n3,US,z\n', ','],
    ['one ragged row', 'a,b,c\n1,2,3\n1,2\n1,2,3\n', ','],
    ['as many commas in every address', `n;cc;address\n${'1;DE;A, B, C, D, E, F\n'.repeat(30)}`, ';'],
    ['a semicolon in every row, and a ragged one', `n,cc,a;b\n1,US;y\n${'1,US,x;y\n'.repeat(30)}`, ','],
  ])('%s', (_, text, delimiter) => {
    expect(format(text)).toMatchObject({ delimiter, sepLine: null });
  });

  test('a `sep=` line decides, is kept, and is no row', () => {
    const grid = read('sep=;\r\na,b;c\r\n1,2;3\r\n');
    expect(grid.format).toMatchObject({ delimiter: ';', sepLine: 'sep=;' });
    expect(grid.records).toEqual([
      ['a,b', 'c'],
      ['1,2', '3'],
    ]);
    expect(grid.places).toEqual([1, 2]);
  });

  test.each(['SEP=|\na|b\n', '"sep=|"\na|b\n', '\ufeffsep=|\na|b\n'])('%j is a `sep=` line', (text) => {
    expect(read(text).records).toEqual([['a', 'b']]);
  });

  test('a `sep=` line with another delimiter is refused', () => {
    expect(problemOf('sep=:\na:b\n')).toMatchObject({
      code: 'bad-delimiter',
      message: 'the first line of `in.csv` names `:` as its delimiter',
    });
  });

  test('a header that begins like one is a header', () => {
    expect(read('sep=;x,b\n1,2\n').records[0]).toEqual(['sep=;x', 'b']);
  });
});

describe('stray quotes', () => {
  test('a quote inside a cell is text, and its rows are named', () => {
    const grid = read('n,address\n1,12" pipe\n2,"Bob" Smith Rd\n3,"fine"\n');
    expect(grid.records).toEqual([
      ['n', 'address'],
      ['1', '12" pipe'],
      ['2', '"Bob" Smith Rd'],
      ['3', 'fine'],
    ]);
    expect(notice(grid, 'stray-quote')).toMatchObject({
      severity: 'warning',
      message: '2 rows with a quote where CSV allows none, kept as text: 2 and 3',
      place: { file: 'in.csv', line: 2, column: 1 },
    });
  });

  test('a quote that is never closed does not swallow the rows after it', () => {
    const grid = read('n,address\n1,"12 Main St\n2,x\n3,"y, z"\n4,w\n');
    expect(grid.records).toEqual([
      ['n', 'address'],
      ['1', '"12 Main St'],
      ['2', 'x'],
      ['3', 'y, z'],
      ['4', 'w'],
    ]);
    expect(notice(grid, 'stray-quote').message).toContain(': 2');
  });

  test('a cell of a million characters is a quote that somebody forgot', () => {
    const long = 'x'.repeat(1_000_001);
    const grid = read(`a,b\n"${long}",1\n`);
    expect(grid.records[1]).toEqual([`"${long}"`, '1']);
    expect(codes(grid)).toEqual(['stray-quote']);
  });

  test('a file of them is read in linear time', () => {
    const row = '1,"Main St\n';
    // A quadratic search would take minutes, more than any test has.
    const grid = read(`a,b\n${row.repeat(200_000)}`);
    expect(grid.records).toHaveLength(200_001);
  });
});

describe('ragged rows', () => {
  test('are kept whole and named once, with their widths', () => {
    const grid = read('a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3\n');
    expect(grid.records[2]).toEqual(['1', '2']);
    expect(grid.records[3]).toEqual(['1', '2', '3', '4']);
    expect(notice(grid, 'ragged-row')).toMatchObject({
      message: '2 rows not 3 cells wide, as most are: 3 (2) and 4 (4)',
      place: { file: 'in.csv', line: 3, column: 1 },
    });
  });

  test('many are counted, the first few named', () => {
    const grid = read(`a,b\n${'1,2\n'.repeat(30)}${'1\n'.repeat(12)}`);
    expect(notice(grid, 'ragged-row').message).toBe(
      '12 rows not 2 cells wide, as most are: 32 (1), 33 (1), 34 (1), 35 (1), 36 (1) and 7 more',
    );
  });

  test('a row of more cells than any sheet has is refused', () => {
    expect(problemOf(`a,b\n${','.repeat(20_000)}\n`)).toMatchObject({
      code: 'too-wide',
      place: { line: 2 },
    });
  });
});

describe('blank rows', () => {
  test('keep the numbering, and are said where rows follow', () => {
    const grid = read('a,b\n\n1,2\n,\n  ,\t\n3,4\n\n\n');
    expect(grid.records).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(grid.places).toEqual([1, 3, 6]);
    expect(notice(grid, 'blank-row')).toMatchObject({
      severity: 'info',
      message: '3 rows blank, left out: 2, 4 and 5',
    });
  });

  test('at the end are nobody’s business', () => {
    const grid = read('a,b\n1,2\n\n,\n\n');
    expect(grid.records).toHaveLength(2);
    expect(grid.notices).toEqual([]);
    expect(grid.format).toMatchObject({ finalNewline: true });
  });

  test('millions of them need no memory of their own', () => {
    const grid = read(Buffer.from(`a,b\n${'\n'.repeat(5_000_000)}1,2\n`));
    expect(grid.places).toEqual([1, 5_000_002]);
    expect(notice(grid, 'blank-row').message).toBe(
      '5,000,000 rows blank, left out: 2, 3, 4, 5, 6 and 4,999,995 more',
    );
  });
});

describe('encodings', () => {
  const text = 'name,city\r\nJosé,Zürich 東京\r\n';
  const records = [
    ['name', 'city'],
    ['José', 'Zürich 東京'],
  ];
  const utf16be = (input: string) => Buffer.from(input, 'utf16le').swap16();

  test.each([
    ['UTF-8', Buffer.from(text), 'utf-8', false],
    ['UTF-8 with BOM', Buffer.from(`\ufeff${text}`), 'utf-8', true],
    ['UTF-16 LE with BOM', Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16le', true],
    ['UTF-16 BE with BOM', utf16be(`\ufeff${text}`), 'utf-16be', true],
  ])('%s', (_, bytes, encoding, bom) => {
    const grid = read(bytes);
    expect(grid.records).toEqual(records);
    expect(grid.format).toMatchObject({ encoding, bom });
    expect(grid.notices).toEqual([]);
  });

  test.each([
    ['LE', Buffer.from(text, 'utf16le'), 'utf-16le'],
    ['BE', utf16be(text), 'utf-16be'],
  ])('UTF-16 %s without BOM is recognised, and said', (_, bytes, encoding) => {
    const grid = read(bytes);
    expect(grid.records).toEqual(records);
    expect(grid.format).toMatchObject({ encoding, bom: false });
    expect(notice(grid, 'guessed-encoding').message).toContain('read as UTF-16');
  });

  test('anything else is Windows-1252, shown by the first cell that depends on it', () => {
    const bytes = Buffer.from('name,price\r\nAna,1\r\nStra\xdfe \x8019 \x93x\x94,2\r\n', 'latin1');
    const grid = read(bytes);
    expect(grid.records[2]).toEqual(['Straße €19 “x”', '2']);
    expect(grid.format).toMatchObject({ encoding: 'windows-1252', bom: false });
    expect(notice(grid, 'guessed-encoding')).toMatchObject({
      severity: 'warning',
      message:
        'read as Windows-1252, for the file does not say how it is encoded: row 3 has `Straße €19 “x”`',
      place: { line: 3 },
    });
  });

  test('every Windows-1252 byte is what the standard decoder says', () => {
    const bytes = Buffer.from(Array.from({ length: 0x80 }, (_, index) => index + 0x80));
    const [, [cell] = []] = read(Buffer.concat([Buffer.from('h\n'), bytes])).records;
    expect(cell).toHaveLength(0x80);
    expect(cell?.slice(0x20)).toBe(bytes.subarray(0x20).toString('latin1'));
    // The bytes that Windows-1252 leaves undefined stand for themselves.
    expect(
      [...(cell?.slice(0, 0x20) ?? '')].map((character) => character.codePointAt(0)?.toString(16)),
    ).toEqual(
      (
        '20ac 81 201a 192 201e 2026 2020 2021 2c6 2030 160 2039 152 8d 17d 8f ' +
        '90 2018 2019 201c 201d 2022 2013 2014 2dc 2122 161 203a 153 9d 17e 178'
      ).split(' '),
    );
  });

  test.each([
    ['UTF-8', Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff, 0x0a])],
    ['UTF-16LE', Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62])],
    ['UTF-16BE', Buffer.from([0xfe, 0xff, 0xd8, 0x00, 0x00, 0x61])],
  ])('bytes that break the %s they announce are refused', (_, bytes) => {
    expect(problemOf(bytes)).toMatchObject({ code: 'bad-encoding' });
  });
});

describe('what is no text', () => {
  test.each([
    ['NULs', Buffer.from('a,b\0c\n')],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['control characters', Buffer.from(Array.from({ length: 400 }, (_, index) => (index % 31) + 1))],
    ['UTF-16 with NULs', Buffer.from('\ufeffa,b\0', 'utf16le')],
  ])('%s', (_, bytes) => {
    expect(problemOf(bytes)).toMatchObject({ code: 'not-text', message: '`in.csv` is not a text file' });
  });

  test.each(['\n\r\n \t\n', '\ufeff', '\ufeff\n', ' '])('%j is empty', (text) => {
    expect(problemOf(text)).toMatchObject({ code: 'empty-file', message: '`in.csv` is empty' });
  });

  test.each([',,\n,,\n', 'sep=;\n', 'sep=;\n;;\n', '""\n'])('%j holds nothing', (text) => {
    expect(problemOf(text)).toMatchObject({ code: 'empty-file' });
  });
});

/** csv-parse's own view of the same text, or null where it refuses it. */
function peer(text: string, delimiter: string): string[][] | null {
  try {
    return parse(text, { delimiter, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true });
  } catch {
    return null;
  }
}

function isBlank(record: readonly string[]): boolean {
  return record.every((cell) => cell.trim() === '');
}

describe('against csv-parse', () => {
  const hostile = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'x', ' ', 'é'), maxLength: 60 });

  test('whatever csv-parse accepts is read the same; what it refuses is noticed', () => {
    fc.assert(
      fc.property(hostile, (body) => {
        // `sep=` fixes the delimiter, so that only the records are compared.
        const text = `sep=,\nhead\n${body}`;
        const grid = read(text);
        const expected = peer(`head\n${body}`, ',');
        if (expected) {
          expect(grid.records).toEqual(expected.filter((record) => !isBlank(record)));
          expect(grid.places).toEqual(
            expected.flatMap((record, index) => (isBlank(record) ? [] : [index + 1])),
          );
          expect(codes(grid)).not.toContain('stray-quote');
        } else expect(codes(grid)).toContain('stray-quote');
      }),
      { numRuns: 3000 },
    );
  });

  test('no text makes it lose a character that is no punctuation of CSV', () => {
    const letters = (text: string) =>
      [...text].filter((character) => character === 'x' || character === 'é').join('');
    fc.assert(
      fc.property(hostile, (body) => {
        const { records } = read(`sep=,\nhead\n${body}`);
        expect(letters(records.flat().join(''))).toBe(letters(body));
      }),
    );
  });

  const cell = fc.oneof(
    fc.string({
      unit: fc.constantFrom('"', ',', ';', '|', '\t', '\n', '\r', 'a', 'ß', '東', '0'),
      maxLength: 8,
    }),
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
  );

  test('what csv-stringify writes comes back, with its delimiter and line ending', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\r\n', '\n', '\r'),
        (body, delimiter, newline) => {
          const rows = [['phone number', 'country', 'address'], ...body];
          const text = stringify(rows, { delimiter, record_delimiter: newline, quoted: true });
          const grid = read(text);
          expect(grid.records).toEqual(rows.filter((row) => !isBlank(row)));
          expect(grid.format).toMatchObject({ delimiter, newline, finalNewline: true });
          expect(codes(grid).filter((code) => code !== 'blank-row')).toEqual([]);
        },
      ),
    );
  });

  test('an encoding is no matter', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 9 }), (cells) => {
        const text = stringify([['head', 'er'], cells], { quoted: true, record_delimiter: '\r\n' });
        const expected = read(text).records;
        expect(read(`\ufeff${text}`).records).toEqual(expected);
        expect(read(Buffer.from(`\ufeff${text}`, 'utf16le')).records).toEqual(expected);
        expect(read(Buffer.from(`\ufeff${text}`, 'utf16le').swap16()).records).toEqual(expected);
      }),
    );
  });
});
