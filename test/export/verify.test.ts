import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeDocx } from '../../src/export/docx.ts';
import type { Report, WordFile } from '../../src/export/report.ts';
import { verifyDocx } from '../../src/export/verify.ts';
import { FIELDS, reportOf } from './sample.ts';

const options = { fileName: '8x8_{customer}_CSR.docx', canonicalCarrier: (text: string) => text };

async function wordOf(report: Report, more: { perCarrier?: boolean } = {}): Promise<readonly WordFile[]> {
  return (await writeDocx(report, { ...options, ...more })).files;
}

/** The document with its text changed by `edit`, as a word processor or a tamperer would save it. */
function edited(file: WordFile | undefined, edit: (xml: string) => string): WordFile {
  const parts = unzipSync(file?.bytes ?? new Uint8Array());
  const before = strFromU8(parts['word/document.xml'] ?? new Uint8Array());
  const after = edit(before);
  expect(after).not.toBe(before);
  return { name: 'edited.docx', bytes: zipSync({ ...parts, 'word/document.xml': strToU8(after) }) };
}

const awkward = [
  '',
  ' ',
  '  two',
  'trail ',
  '\t',
  '\n',
  '\r\n',
  '\r',
  '0012',
  '12345678901234567890',
  '&amp;<b>"',
  '東京',
  'שלום',
  '#',
  '1',
  '👩‍👩‍👧',
  '\u00ad',
  '\u2011',
  '\u202e',
  '\u2028',
  '\u0000',
  '\u001f',
  '\uffff',
  '\ud83d',
  '[U+0000]',
  '(column 2)',
  'Company',
  'phoneNumber',
];
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...awkward) },
  fc.array(fc.constantFrom(...awkward), { maxLength: 3 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const tables = fc.integer({ min: 1, max: 5 }).chain((width) =>
  fc.record({
    header: fc.array(text, { minLength: width, maxLength: width }),
    fields: fc.shuffledSubarray(['phoneNumber', 'carrier', 'address', 'company', 'pin'], {
      minLength: width,
      maxLength: width,
    }),
    // Few different texts, so that rows share some and repeat each other; some rows are too long.
    rows: fc.array(text, { minLength: 1, maxLength: 3 }).chain((texts) =>
      fc.array(fc.array(fc.constantFrom(...texts), { minLength: width, maxLength: width + 2 }), {
        maxLength: 40,
      }),
    ),
  }),
);

/** The sample: three carriers, several addresses, shared and differing cells. */
const rows: string[][] = [];
const add = (count: number, carrier: string, address: string, pin: (i: number) => string): void => {
  for (let i = 0; i < count; i++) {
    const number = `+1408555${String(rows.length).padStart(4, '0')}`;
    rows.push([number, 'US', carrier, '0012345', 'Ana', "O'Neil", number, address, pin(i)]);
  }
};
add(40, 'Acme Telecom', '1 Elm St, San Jose, CA 95112', () => '0042');
add(3, 'Acme Telecom', '東京都千代田区丸の内一丁目9番2号', (i) => ['', '8x', ' 8x'][i] ?? '');
add(2, 'Beta Voice', '', () => '');
add(1, 'Gamma', 'Line one\nLine two', () => '7');
const sample = reportOf(FIELDS, rows);
const csv = { header: FIELDS, rows };

describe('verifyDocx', () => {
  let whole: WordFile | undefined;
  beforeAll(async () => {
    [whole] = await wordOf(sample);
  });

  const errorsOf = async (edit: (xml: string) => string): Promise<readonly string[]> => {
    const { equal, problems } = await verifyDocx(csv, [edited(whole, edit)]);
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(equal).toBe(errors.length === 0);
    return errors.map(({ code, message }) => `${code}: ${message}`);
  };

  it('finds exactly the CSV in what was written from it, whatever its headers and texts', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.boolean(), async ({ header, fields, rows: cells }, perCarrier) => {
        const files = await wordOf(reportOf(header, cells, { fields }), { perCarrier });
        const { problems } = await verifyDocx({ header, rows: cells }, files);
        expect(problems.filter(({ code }) => code !== 'replaced-character')).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('finds every change of one cell of the CSV', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.nat(), fc.nat(), async ({ header, fields, rows: cells }, row, column) => {
        fc.pre(cells.length > 0);
        const files = await wordOf(reportOf(header, cells, { fields }));
        const changed = cells.map((texts) => [...texts]);
        const target = changed[row % changed.length] ?? [];
        target[column % target.length] = `${target[column % target.length]}x`;
        expect((await verifyDocx({ header, rows: changed }, files)).equal).toBe(false);
        expect((await verifyDocx({ header, rows: [...cells, cells[0] ?? []] }, files)).equal).toBe(false);
        expect((await verifyDocx({ header, rows: cells.slice(1) }, files)).equal).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('does not mind the order of rows, nor how many documents they stand in', async () => {
    const files = await wordOf(sample, { perCarrier: true });
    expect(files).toHaveLength(3);
    const reversed = { header: [...FIELDS].reverse(), rows: rows.map((row) => [...row].reverse()).reverse() };
    expect(await verifyDocx(reversed, [...files].reverse())).toEqual({
      equal: true,
      rows: rows.length,
      problems: [],
    });
    expect((await verifyDocx(csv, files.slice(1))).equal).toBe(false);
    expect((await verifyDocx(csv, [...files, ...files.slice(0, 1)])).equal).toBe(false);
  });

  it('names the number, the column and both texts of a changed cell', async () => {
    expect(await errorsOf((xml) => xml.replace('>8x<', '>8X<'))).toEqual([
      'word-differs: `pin` of `+14085550041` is `8x` in the CSV and `8X` in table 4 of `edited.docx`',
    ]);
    expect(await errorsOf((xml) => xml.replace('> 8x<', '>8x<'))).toHaveLength(1);
  });

  it('says once what a changed head changes for all its numbers', async () => {
    expect(await errorsOf((xml) => xml.replace('>0042<', '>42<'))).toEqual([
      'word-differs: `pin` of `+14085550000`, `+14085550001`, `+14085550002` and 37 more is `0042` in the CSV and `42` in table 2 of `edited.docx`',
    ]);
  });

  it('finds a changed number and tells which', async () => {
    // The first is the phone number's own cell, the second the billing number's.
    expect(await errorsOf((xml) => xml.replace('>+14085550005<', '>+14085550099<'))).toEqual([
      'word-differs: `phoneNumber` of `+14085550005` is `+14085550005` in the CSV and `+14085550099` in table 2 of `edited.docx`',
    ]);
  });

  const ROW = /<w:tr>(?:(?!<w:tr>).)*?\+14085550041.*?<\/w:tr>/;

  it('finds a removed row, an added row and a repeated row', async () => {
    expect(await errorsOf((xml) => xml.replace(ROW, ''))).toEqual([
      'word-missing: `+14085550041` (row 43 of the CSV) is missing in Word',
    ]);
    expect(await errorsOf((xml) => xml.replace(ROW, (row) => row + row))).toEqual([
      'word-extra: `+14085550041` stands in table 4 of `edited.docx` and not in the CSV',
    ]);
    const other = (row: string): string => row + row.replaceAll('14085550041', '19995550000');
    expect(await errorsOf((xml) => xml.replace(ROW, other))).toEqual([
      'word-extra: `+19995550000` stands in table 4 of `edited.docx` and not in the CSV',
    ]);
  });

  it('finds a removed line, a foreign line and a removed table', async () => {
    const line = (label: string): RegExp => new RegExp(`<w:tr>(?:(?!<w:tr>).)*?>${label}<.*?</w:tr>`);
    expect(await errorsOf((xml) => xml.replace(line('accountNumber'), ''))).toEqual([
      'word-column: table 2 of `edited.docx` and the head above it do not say `accountNumber`',
    ]);
    const foreign = (row: string): string => row + row.replace('accountNumber', 'rate');
    expect(await errorsOf((xml) => xml.replace(line('accountNumber'), foreign))).toEqual([
      'word-column: table 2 of `edited.docx` or the head above it has a column `rate` that the CSV has not',
    ]);
    const table = /<w:tbl>(?:(?!<w:tbl>).)*?\+14085550041.*?<\/w:tbl>/;
    expect(await errorsOf((xml) => xml.replace(table, ''))).toEqual([
      'word-extra: table 3 of `edited.docx` says something else than the section after it: `carrier`, `address`',
      'word-missing: `+14085550040` (row 42 of the CSV) is missing in Word',
      'word-missing: `+14085550041` (row 43 of the CSV) is missing in Word',
      'word-missing: `+14085550042` (row 44 of the CSV) is missing in Word',
    ]);
  });

  it('finds any text of a table changed, but for running numbers and the company', async () => {
    const texts = strFromU8(
      unzipSync(whole?.bytes ?? new Uint8Array())['word/document.xml'] ?? new Uint8Array(),
    );
    const cells = [...texts.matchAll(/<w:tc>.*?<\/w:tc>/g)].filter(
      ([cell]) => !/CsrRunning|>Company<|Acme Widgets/.test(cell),
    );
    expect(cells.length).toBeGreaterThan(150);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...cells), async (cell) => {
        const changed = cell[0].includes('<w:t ')
          ? cell[0].replace(/(<w:t [^>]*>[^<]*)/, '$1.')
          : cell[0].replace('</w:pPr>', '</w:pPr><w:r><w:t>.</w:t></w:r>');
        const file = edited(
          whole,
          (xml) => xml.slice(0, cell.index) + changed + xml.slice(cell.index + cell[0].length),
        );
        expect((await verifyDocx(csv, [file])).equal).toBe(false);
      }),
      { numRuns: 120 },
    );
  });

  it('reads what a person reads: hidden and deleted text is not there, capitals are', async () => {
    const run = (properties: string, text: string): string =>
      `<w:r><w:rPr>${properties}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r>`;
    const cell = '<w:r><w:t xml:space="preserve">8x</w:t></w:r>';
    const instead = (runs: string) => errorsOf((xml) => xml.replace(cell, runs));
    expect(await instead(run('<w:vanish/>', '8x') + run('', '9y'))).toHaveLength(1);
    expect(await instead(run('<w:caps/>', '8x'))).toHaveLength(1);
    expect(await instead(`<w:del w:id="1">${cell}</w:del>`)).toHaveLength(1);
    expect(await instead(`<w:del w:id="1">${run('', '9y')}</w:del><w:ins w:id="2">${cell}</w:ins>`)).toEqual(
      [],
    );
    expect(await instead(run('<w:caps w:val="0"/><w:vanish w:val="false"/>', '8x'))).toEqual([]);
    expect(await instead(`${cell}<w:r><w:drawing/></w:r>`)).toEqual([
      'word-unreadable: table 4 of `edited.docx`: the cell `8x` holds a picture or text box, which cannot be compared',
    ]);
    expect(
      await errorsOf((xml) => xml.replace(ROW, (row) => row.replace('<w:trPr>', '<w:trPr><w:hidden/>'))),
    ).toHaveLength(1);
  });

  it('does not mind runs split up, markup around them, joined tables and words outside the tables', async () => {
    const split = (xml: string): string =>
      xml.replace(/<w:r><w:t xml:space="preserve">([^<]{2,})<\/w:t><\/w:r>/g, (_, text: string) => {
        const characters = text.match(/&\w+;|./gsu) ?? [];
        return characters
          .map((character, i) =>
            i % 3 === 2 && character !== ' '
              ? `<w:proofErr w:type="spellStart"/><w:hyperlink><w:r w:rsidR="00AB"><w:rPr><w:b/></w:rPr><w:t>${character}</w:t></w:r></w:hyperlink>`
              : `<w:r><w:t xml:space="preserve">${character}</w:t></w:r><w:bookmarkStart w:id="${i}" w:name="b"/>`,
          )
          .join('');
      });
    expect(await errorsOf(split)).toEqual([]);
    expect(await errorsOf((xml) => xml.replaceAll('<w:br/>', '</w:r></w:p><w:p><w:r>'))).toEqual([]);
    const wrapped = (xml: string): string =>
      xml
        .replace(/<w:tbl>/g, '<w:sdt><w:sdtContent><w:tbl>')
        .replace(/<\/w:tbl>/g, '</w:tbl></w:sdtContent></w:sdt>');
    expect(await errorsOf(wrapped)).toEqual([]);
    expect(await errorsOf((xml) => xml.replaceAll('Customer Service Record', 'CSR of +14085550041'))).toEqual(
      [],
    );
  });

  it('reads long tables that were split, also when they were joined again', async () => {
    const many = Array.from({ length: 2100 }, (_, i) => [
      `+1${4085550000 + i}`,
      String(i),
      'a note that differs and takes room '.repeat(3) + i,
    ]);
    const header = ['number', 'id', 'note'];
    const [file] = await wordOf(reportOf(header, many));
    const xml = strFromU8(
      unzipSync(file?.bytes ?? new Uint8Array())['word/document.xml'] ?? new Uint8Array(),
    );
    expect(xml.match(/<w:tbl>/g)).toHaveLength(7);
    expect(xml.match(/Numbers [\d,]+ to [\d,]+ of 2,100/g)).toHaveLength(5);
    const joined = edited(file, (text) =>
      text.replace(/<\/w:tbl>(?:(?!<w:tbl>).)*Numbers .*?<\/w:tblGrid>/g, ''),
    );
    expect(await verifyDocx({ header, rows: many }, [joined])).toEqual({
      equal: true,
      rows: 2100,
      problems: [],
    });
  });

  it('warns of a heading that no text of its section bears out', async () => {
    const heading = '<w:t xml:space="preserve">1 Elm St, San Jose, CA 95112</w:t></w:r></w:p><w:tbl>';
    const file = edited(whole, (xml) => xml.replace(heading, heading.replace('1 Elm', '7 Elm')));
    const { equal, problems } = await verifyDocx(csv, [file]);
    expect(equal).toBe(true);
    expect(problems).toMatchObject([
      {
        code: 'heading-differs',
        severity: 'warning',
        message:
          "the heading `7 Elm St, San Jose, CA 95112` over table 2 of `edited.docx` is none of the section's texts",
      },
    ]);
  });

  it('reads what LibreOffice has saved anew', async () => {
    const fixture = (name: string): Promise<Buffer> =>
      readFile(new URL(`../fixtures/${name}`, import.meta.url));
    const name = 'record-saved-by-libreoffice.docx';
    const [header = [], ...records]: string[][] = parse(await fixture('record-saved-by-libreoffice.csv'));
    expect(records).toHaveLength(68);
    const saved = { name, bytes: await fixture(name) };
    expect(await verifyDocx({ header, rows: records }, [saved])).toEqual({
      equal: true,
      rows: 68,
      problems: [],
    });
  });

  it('lets a foreign table be, and says so', async () => {
    const foreign = '<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Letterhead</w:t></w:r></w:p></w:tc></w:tr></w:tbl>';
    const { equal, problems } = await verifyDocx(csv, [
      edited(whole, (xml) => xml.replace('<w:body>', `<w:body>${foreign}`)),
    ]);
    expect(equal).toBe(true);
    expect(problems).toMatchObject([{ code: 'not-compared', severity: 'info' }]);
  });

  it('reports cells whose characters a mark stands for', async () => {
    const cells = [
      ['+1', 'a\u0001b'],
      ['+2', '\ufffe'],
    ];
    const header = ['number', 'note'];
    const { files, notices } = await writeDocx(reportOf(header, cells), options);
    expect(notices.map(({ message }) => message)).toEqual([
      'row 2, column `note` holds U+0001, which Word cannot: a mark stands for it',
      'row 3, column `note` holds U+FFFE, which Word cannot: a mark stands for it',
    ]);
    const { equal, problems } = await verifyDocx({ header, rows: cells }, files);
    expect(equal).toBe(true);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ['replaced-character', 'warning'],
      ['replaced-character', 'warning'],
    ]);
    // The mark must be there: a document that just drops the character is another one.
    const dropped = edited(files[0], (xml) => xml.replace('[U+0001]', ''));
    expect((await verifyDocx({ header, rows: cells }, [dropped])).equal).toBe(false);
  });

  it.each([
    ['no zip', new Uint8Array([1, 2, 3])],
    ['no document', zipSync({ 'a.txt': strToU8('a') })],
    ['broken XML', zipSync({ 'word/document.xml': strToU8('<w:document><w:body>') })],
    [
      'a document type',
      zipSync({ 'word/document.xml': strToU8('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>') }),
    ],
  ])('refuses %s', async (_, bytes) => {
    await expect(verifyDocx(csv, [{ name: 'x.docx', bytes }])).rejects.toMatchObject({
      problems: [{ code: 'not-a-word-document', message: expect.stringContaining('`x.docx`') }],
    });
  });
});
