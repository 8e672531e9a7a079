import { describe, expect, test } from 'vitest';
import { CsrError, type Problem } from '../../src/engine/problem.ts';
import type { Grid } from '../../src/engine/table.ts';
import { readXlsx } from '../../src/files/read-xlsx.ts';
import { textRow, workbook, workbookParts, zipped } from './workbook.ts';

function read(bytes: Buffer, sheet?: string): Promise<Grid> {
  return readXlsx(bytes, 'in.xlsx', 'digest', sheet);
}

async function cells(
  rows: string,
  parts: Parameters<typeof workbook>[1] = {},
): Promise<readonly (readonly string[])[]> {
  return (await read(workbook(rows, parts))).records;
}

async function problemOf(bytes: Buffer, sheet?: string): Promise<Problem | undefined> {
  try {
    await read(bytes, sheet);
  } catch (error) {
    if (error instanceof CsrError) return error.problems[0];
    throw error;
  }
  throw new Error('nothing was thrown');
}

function messages(grid: Grid): Record<string, string> {
  return Object.fromEntries(grid.notices.map(({ code, message }) => [code, message]));
}

describe('texts', () => {
  test('shared strings, rich text and phonetic guides', async () => {
    const strings = [
      '<si><t xml:space="preserve"> plain &amp; spaced </t></si>',
      '<si><r><t>rich </t></r><r><rPr><b/></rPr><t>text</t></r></si>',
      '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si>',
      '<si><t/></si>',
      '<si><t>after</t></si>',
    ];
    const rows = `<row>${[0, 1, 2, 3, 4].map((index) => `<c t="s"><v>${index}</v></c>`).join('')}</row>`;
    expect(await cells(rows, { strings })).toEqual([[' plain & spaced ', 'rich text', '東京', '', 'after']]);
  });

  test('inline strings, plain and rich', async () => {
    const rows =
      '<row><c t="inlineStr"><is><t>one</t></is></c>' +
      '<c t="inlineStr"><is><r><t>t</t></r><r><t>wo</t></r><rPh><t>no</t></rPh></is></c>' +
      '<c t="inlineStr"><is><t><![CDATA[<3>]]></t></is></c></row>';
    expect(await cells(rows)).toEqual([['one', 'two', '<3>']]);
  });

  test('characters that XML cannot hold are unescaped', async () => {
    const strings = ['<si><t>a_x000D_\nb_x005F_x0041_</t></si>', '<si><t>_x00e9_ _xyz_</t></si>'];
    const rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>';
    expect(await cells(rows, { strings })).toEqual([['a\r\nb_x0041_', 'é _xyz_']]);
  });

  test('what is stored as text survives to the letter', async () => {
    const texts = ['+14155550100', '12345678901234567890', '0012', '=1+1', '1E5', "'quoted"];
    expect(await cells(textRow(1, texts))).toEqual([texts]);
  });

  test('booleans and errors are their words, and errors are said', async () => {
    const rows = '<row><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="e"><v>#REF!</v></c></row>';
    const grid = await read(workbook(rows));
    expect(grid.records).toEqual([['TRUE', 'FALSE', '#REF!']]);
    expect(messages(grid)).toEqual({ 'cell-error': '1 cell with an error, read as its text: `C1`' });
  });
});

describe('numbers', () => {
  test('are shown digit by digit, padded as the sheet pads them', async () => {
    const rows =
      '<row><c s="1"><v>12</v></c><c s="2"><v>12345678</v></c><c><v>14085550101</v></c>' +
      '<c><v>1.4085550101E+10</v></c><c s="3"><v>0</v></c></row>';
    expect(await cells(rows, { formats: ['0000', '00000-0000', '0%'] })).toEqual([
      ['0012', '01234-5678', '14085550101', '14085550101', '0'],
    ]);
  });

  test('of more than 15 digits are exact but doubtful', async () => {
    const grid = await read(
      workbook('<row><c><v>1.2345678901234568E+17</v></c><c><v>12345678901234567890</v></c></row>'),
    );
    expect(grid.records).toEqual([['123456789012345680', '12345678901234567890']]);
    expect(grid.notices[0]).toMatchObject({ code: 'long-number', severity: 'warning', place: { line: 1 } });
    expect(grid.notices[0]?.message).toContain('2 cells with a number of more than 15 digits');
    expect(grid.notices[0]?.message).toContain('`A1` and `B1`');
  });

  test('with a date format are ISO dates, and said', async () => {
    const rows =
      '<row r="3"><c r="B3" s="1"><v>45000</v></c><c r="C3" s="2"><v>45000.25</v></c><c t="d"><v>2024-02-29</v></c></row>';
    const grid = await read(workbook(rows, { formats: [14, 'yyyy/mm/dd hh:mm'] }));
    expect(grid.records).toEqual([['', '2023-03-15', '2023-03-15T06:00:00', '2024-02-29']]);
    expect(messages(grid)['date-cell']).toBe('2 cells with a date, read as year-month-day: `B3` and `C3`');
  });

  test('count days from 1904 where the workbook says so', async () => {
    expect(await cells('<row><c s="1"><v>43538</v></c></row>', { formats: [14], from1904: true })).toEqual([
      ['2023-03-15'],
    ]);
  });

  test('take the cell’s own style, not one of another list', async () => {
    // The fixture's named style 0 and conditional format 164 are dates.
    expect(
      await cells('<row><c s="0"><v>45000</v></c><c s="1"><v>45000</v></c></row>', { formats: ['0000000'] }),
    ).toEqual([['45000', '0045000']]);
  });
});

describe('formulas', () => {
  test('are read as last calculated, and said', async () => {
    const rows =
      '<row><c><f>1+1</f><v>2</v></c><c t="str"><f>A1&amp;"x"</f><v>2x</v></c><c t="str"><f>""</f><v></v></c></row>';
    const grid = await read(workbook(rows));
    expect(grid.records).toEqual([['2', '2x']]);
    expect(messages(grid)).toEqual({
      'formula-cell': '3 cells with a formula, read as last calculated: `A1`, `B1` and `C1`',
    });
  });

  test('that were never calculated are blank, with a warning', async () => {
    const grid = await read(
      workbook('<row><c><v>1</v></c><c><f>A1</f></c><c><f>A1</f><v></v></c><c t="str"><f>A1</f></c></row>'),
    );
    expect(grid.records).toEqual([['1']]);
    expect(grid.notices).toMatchObject([{ code: 'formula-without-value', severity: 'warning' }]);
    expect(messages(grid)['formula-without-value']).toContain(': `B1`, `C1` and `D1`');
  });
});

describe('places', () => {
  test('references put cells where they belong; without one they follow each other', async () => {
    const grid = await read(
      workbook(
        '<row r="2"><c r="A2"><v>1</v></c><c r="D2"><v>2</v></c><c><v>3</v></c></row>' +
          '<row><c><v>4</v></c></row><row r="7"><c r="AA7"><v>5</v></c></row>',
      ),
    );
    expect(grid.records).toEqual([['1', '', '', '2', '3'], ['4'], [...Array<string>(26).fill(''), '5']]);
    expect(grid.places).toEqual([2, 3, 7]);
    expect(messages(grid)['blank-row']).toBe('4 rows blank, left out: 1, 4, 5 and 6');
  });

  test('cells that are only formatted take no room, and rows of them are blank', async () => {
    const rows =
      '<row><c><v>1</v></c><c r="XFD1" s="0"/></row><row><c s="0"/></row><row><c t="inlineStr"><is><t> </t></is></c></row>';
    const grid = await read(workbook(rows));
    expect(grid.records).toEqual([['1']]);
    expect(grid.notices).toEqual([]);
  });

  test('merged cells leave their text in the first', async () => {
    const bytes = workbook('', {
      extra: {
        'xl/worksheets/sheet1.xml':
          '<worksheet><cols><col min="1" max="2"/></cols><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"/><c r="C1"><v>3</v></c></row></sheetData>' +
          '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>',
      },
    });
    expect((await read(bytes)).records).toEqual([['1', '', '3']]);
  });

  test('hidden rows are read, and said', async () => {
    const grid = await read(workbook(`${textRow(1, ['a'])}<row r="2" hidden="1"><c><v>2</v></c></row>`));
    expect(grid.records).toEqual([['a'], ['2']]);
    expect(messages(grid)['hidden-row']).toBe('1 row hidden in the sheet, read like the others: 2');
  });

  test.each([
    ['a row twice', '<row r="2"/><row r="2"/>'],
    ['rows backwards', '<row r="5"/><row r="4"/>'],
    ['a row beyond the sheet', '<row r="1048577"/>'],
    ['a row that is no number', '<row r="x"/>'],
    ['a cell twice', '<row r="1"><c r="B1"/><c r="B1"/></row>'],
    ['a cell of another row', '<row r="1"><c r="A11"/></row>'],
    ['a cell beyond the sheet', '<row r="1"><c r="XFE1"/></row>'],
    ['a cell without column', '<row r="1"><c r="1"/></row>'],
    ['a text that is not there', '<row r="1"><c t="s"><v>7</v></c></row>'],
  ])('%s is refused', async (_, rows) => {
    expect(await problemOf(workbook(rows))).toMatchObject({ code: 'damaged-workbook' });
  });
});

describe('sheets', () => {
  const sheets = [
    { name: 'Notes', state: 'hidden' as const, rows: textRow(1, ['hidden']) },
    { name: 'Numbers & more', rows: textRow(1, ['first']) },
    { name: 'Other', rows: textRow(1, ['second']) },
    { name: 'Deep', state: 'veryHidden' as const, rows: textRow(1, ['deep']) },
  ];

  test('the first visible one is read, and the others are said', async () => {
    const grid = await read(workbook('', { sheets }));
    expect(grid.records).toEqual([['first']]);
    expect(grid.format).toEqual({ kind: 'xlsx', sheet: 'Numbers & more' });
    expect(messages(grid)).toEqual({
      'other-sheets': 'only the first sheet is read, `Numbers & more`, not `Other`',
    });
  });

  test('one can be named, in any case, hidden or not', async () => {
    const grid = await read(workbook('', { sheets }), 'NOTES');
    expect(grid.records).toEqual([['hidden']]);
    expect(grid.notices).toEqual([]);
  });

  test('an unknown name is answered with the known ones', async () => {
    expect(await problemOf(workbook('', { sheets }), 'Nubmers')).toMatchObject({
      code: 'unknown-sheet',
      message: '`in.xlsx` has no sheet `Nubmers`',
      help: 'it has `Notes`, `Numbers & more`, `Other` and `Deep`',
    });
  });

  test('none visible is an error', async () => {
    const hidden = sheets.filter(({ state }) => state);
    expect(await problemOf(workbook('', { sheets: hidden }))).toMatchObject({ code: 'hidden-sheets' });
  });

  test('an empty one is an error', async () => {
    expect(await problemOf(workbook('<row r="1"/>'))).toMatchObject({
      code: 'empty-file',
      message: 'sheet `Sheet1` of `in.xlsx` is empty',
    });
  });

  test('prefixes, UTF-16 and paths in another case are all the same', async () => {
    const parts = workbookParts({ sheets: [{ rows: '' }] });
    delete parts['xl/worksheets/sheet1.xml'];
    const sheet =
      '<?xml version="1.0" encoding="UTF-16"?><x:worksheet xmlns:x="u"><x:sheetData><x:row x:r="9" r="2">' +
      '<x:c r="B2" t="inlineStr"><x:is><x:t>東</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>';
    const grid = await read(
      zipped({ ...parts, 'XL/Worksheets/Sheet1.xml': Buffer.from(`\ufeff${sheet}`, 'utf16le') }),
    );
    expect(grid.records).toEqual([['', '東']]);
    expect(grid.places).toEqual([2]);
  });
});

describe('archives that are not trusted', () => {
  const good = () => workbook(textRow(1, ['a', 'b']));

  test('another kind of archive is named', async () => {
    const word = zipped({ '_rels/.rels': '<Relationships/>', 'word/document.xml': '<w/>' });
    expect(await problemOf(word)).toMatchObject({
      code: 'not-a-table',
      message: '`in.xlsx` is a Word document, not an Excel workbook (.xlsx)',
    });
    expect(await problemOf(zipped({ 'a.txt': 'x' }))).toMatchObject({ code: 'not-a-table' });
    const binary = workbookParts({ sheets: [] });
    binary['_rels/.rels'] = String(binary['_rels/.rels']).replace('workbook.xml', 'workbook.bin');
    expect((await problemOf(zipped({ ...binary, 'xl/workbook.bin': 'x' })))?.message).toContain('(.xlsb)');
  });

  test('a document type is refused, with or without entities', async () => {
    const bomb =
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>';
    expect(await problemOf(workbook('', { extra: { 'xl/worksheets/sheet1.xml': bomb } }))).toMatchObject({
      code: 'unsafe-workbook',
      message:
        '`in.xlsx` is refused: `xl/worksheets/sheet1.xml` declares a document type, which no workbook needs',
    });
  });

  test('an unknown entity is damage', async () => {
    expect(await problemOf(workbook('<row><c t="str"><v>&b;</v></c></row>'))).toMatchObject({
      code: 'damaged-workbook',
    });
  });

  test('a part that expands a thousand times is refused before it is expanded', async () => {
    const bytes = workbook(`<row>${' '.repeat(30_000_000)}</row>`);
    expect(bytes.length).toBeLessThan(100_000);
    expect(await problemOf(bytes)).toMatchObject({
      code: 'unsafe-workbook',
      message: '`in.xlsx` is refused: `xl/worksheets/sheet1.xml` expands more than 250 times',
    });
  });

  test('a part that lies about its size is damage', async () => {
    const bytes = workbook(textRow(1, ['a'.repeat(5000)]));
    const central = bytes.lastIndexOf('xl/worksheets/sheet1.xml') - 46;
    expect(bytes.readUInt32LE(central)).toBe(0x02014b50);
    bytes.writeUInt32LE(100, central + 24);
    expect(await problemOf(bytes)).toMatchObject({ code: 'damaged-workbook' });
  });

  test('a part announced as larger than the limit is refused', async () => {
    const bytes = workbook(textRow(1, ['a']));
    bytes.writeUInt32LE(2_000_000_000, bytes.lastIndexOf('xl/worksheets/sheet1.xml') - 46 + 24);
    expect((await problemOf(bytes))?.message).toContain('is larger than 1000 MB');
  });

  test('two parts of one name are refused', async () => {
    const bytes = workbook(textRow(1, ['a']), { extra: { 'XL/workbook.xml': '<workbook/>' } });
    expect(await problemOf(bytes)).toMatchObject({
      code: 'unsafe-workbook',
      message: '`in.xlsx` is refused: it has two parts named `XL/workbook.xml`',
    });
  });

  test('encrypted parts are refused', async () => {
    const bytes = good();
    const central = bytes.lastIndexOf('xl/workbook.xml') - 46;
    bytes.writeUInt16LE(1, central + 8);
    expect((await problemOf(bytes))?.message).toContain('is encrypted');
  });

  test('too many parts are refused', async () => {
    const bytes = good();
    const end = bytes.length - 22;
    bytes.writeUInt16LE(20_000, end + 8);
    bytes.writeUInt16LE(20_000, end + 10);
    expect((await problemOf(bytes))?.message).toContain('more than 10,000 parts');
  });

  test('a changed byte never changes a cell unnoticed', async () => {
    const stored = Buffer.from(workbook(textRow(1, ['a1b2c3'])));
    const { zipSync, strToU8 } = await import('fflate');
    const files = Object.entries(workbookParts({ sheets: [{ rows: textRow(1, ['a1b2c3']) }] })).map(
      ([path, body]) => [path, typeof body === 'string' ? strToU8(body) : body] as const,
    );
    const bytes = Buffer.from(zipSync(Object.fromEntries(files), { level: 0 }));
    expect((await read(stored)).records).toEqual([['a1b2c3']]);
    bytes.write('a1b2c4', bytes.indexOf('a1b2c3'));
    expect(await problemOf(bytes)).toMatchObject({
      code: 'damaged-workbook',
      message:
        '`in.xlsx` is not a whole Excel workbook: `xl/worksheets/sheet1.xml` does not match its checksum',
    });
  });

  test('a cut-off download is damage, wherever it was cut', async () => {
    const bytes = good();
    for (let length = 4; length < bytes.length; length += 41)
      expect((await problemOf(bytes.subarray(0, length)))?.code).toMatch(/damaged-workbook|not-a-table/);
  });

  test('noise in the archive is never a crash', async () => {
    const original = good();
    for (let at = 0; at < original.length; at += 3) {
      const bytes = Buffer.from(original);
      bytes[at] = (bytes[at] ?? 0) ^ 0x55;
      const outcome = await read(bytes).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(CsrError);
      else expect(outcome).toMatchObject({ records: [['a', 'b']] });
    }
  });

  test.each([
    ['no sheet part', { 'xl/_rels/workbook.xml.rels': '<Relationships/>' }],
    ['a sheet that is no XML', { 'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row></c>' }],
    ['a sheet cut off', { 'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row>' }],
    ['a sheet that is no text', { 'xl/worksheets/sheet1.xml': Buffer.from('3c613eff3c2f613e', 'hex') }],
    ['an empty part', { 'xl/workbook.xml': '' }],
  ])('%s is damage', async (_, extra) => {
    expect(await problemOf(workbook(textRow(1, ['a']), { extra }))).toMatchObject({
      code: 'damaged-workbook',
    });
  });
});

test('a large sheet is read', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) =>
    textRow(index + 1, ['+14085550101', 'US', `${index}`]),
  );
  const grid = await read(workbook(rows.join('')));
  expect(grid.records).toHaveLength(20_000);
  expect(grid.records.at(-1)).toEqual(['+14085550101', 'US', '19999']);
});
