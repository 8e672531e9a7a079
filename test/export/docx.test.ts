import { Document, Footer, Header, Packer, Paragraph, Table, TableCell, TableRow, TextRun } from 'docx';
import { strFromU8, unzipSync } from 'fflate';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { CsrError } from '../../src/engine/problem.ts';
import { type WordOptions, writeDocx } from '../../src/export/docx.ts';
import type { Report, WordFile } from '../../src/export/report.ts';
import { verifyDocx } from '../../src/export/verify.ts';
import { readTables } from '../../src/export/word/read.ts';
import { FIELDS, reportOf } from './sample.ts';

const options: WordOptions = {
  fileName: '8x8_{customer}_CSR.docx',
  canonicalCarrier: (text) => (text.startsWith('ACME') ? 'Acme' : text),
};

const row = (number: string, carrier: string, address: string, pin = ''): string[] => [
  number,
  'US',
  carrier,
  '0012345',
  'Ana',
  "O'Neil",
  number,
  address,
  pin,
];

const ROWS = [
  row('+14085550103', 'Beta', '9 Oak St', '0042'),
  row('+14085550101', 'Acme', '1 Elm St'),
  row('+14085550100', 'ACME, LLC - CA', '1 Elm St'),
  row('+14085550102', 'Acme', ''),
  row('+14085550104', 'Acme', '〒100-0005 東京都'),
  row('+14085550105', '', '1 Elm St'),
];

const partOf = (file: WordFile | undefined, name: string): string =>
  strFromU8(unzipSync(file?.bytes ?? new Uint8Array())[name] ?? new Uint8Array());

const documentOf = (file: WordFile | undefined): string => partOf(file, 'word/document.xml');

/** The texts of the document's paragraphs of one style. */
function styled(file: WordFile | undefined, style: string): string[] {
  const paragraphs = documentOf(file).matchAll(new RegExp(`<w:pStyle w:val="${style}"/>.*?</w:p>`, 'g'));
  return [...paragraphs].map(([xml]) => xml.replace(/<[^>]*>/g, ''));
}

const textsOf = (file: WordFile | undefined): string[][][] =>
  readTables('x.docx', file?.bytes ?? new Uint8Array()).map(({ rows: table }) =>
    table.map((cells) => cells.map(({ text }) => text)),
  );

describe('writeDocx', () => {
  it('stands by carrier, then by address, blanks last, rows as in the file', async () => {
    const { files, notices } = await writeDocx(reportOf(FIELDS, ROWS), options);
    expect(notices).toEqual([]);
    expect(files.map(({ name }) => name)).toEqual(['8x8_Acme_Widgets_CSR.docx']);
    expect(styled(files[0], 'Title')).toEqual(['Customer Service Record']);
    expect(styled(files[0], 'Heading1')).toEqual(['Acme', 'Beta', 'No carrier']);
    expect(styled(files[0], 'Heading2')).toEqual([
      '1 Elm St',
      '〒100-0005 東京都',
      'No address',
      '9 Oak St',
      '1 Elm St',
    ]);
    const [head, numbers] = textsOf(files[0]);
    // The carrier's two spellings differ, so they stand in the table.
    expect(head).toEqual([
      ['Company', 'Acme Widgets, Inc.'],
      ['country', 'US'],
      ['accountNumber', '0012345'],
      ['authorizedFirstName', 'Ana'],
      ['authorizedLastName', "O'Neil"],
      ['address', '1 Elm St'],
      ['pin', ''],
    ]);
    expect(numbers).toEqual([
      ['#', 'phoneNumber', 'carrier', 'billingTelephoneNumber'],
      ['1', '+14085550101', 'Acme', '+14085550101'],
      ['2', '+14085550100', 'ACME, LLC - CA', '+14085550100'],
    ]);
  });

  it("says the company once, in the CSV's own column where it has one", async () => {
    const { files } = await writeDocx(reportOf(['phoneNumber', 'company'], [['+1', 'Acme']]), options);
    expect(textsOf(files[0])[0]).toEqual([['company', 'Acme']]);
  });

  it('sets short rows side by side, and long texts on landscape paper', async () => {
    const many = Array.from({ length: 50 }, (_, i) =>
      row(`+1408555${1000 + i}`, 'Acme', '1 Elm St').with(6, ''),
    );
    const { files: narrow } = await writeDocx(reportOf(FIELDS, many), options);
    expect(textsOf(narrow[0])[1]?.slice(0, 2)).toEqual([
      ['#', 'phoneNumber', '#', 'phoneNumber', '#', 'phoneNumber', '#', 'phoneNumber'],
      ['1', '+14085551000', '2', '+14085551001', '3', '+14085551002', '4', '+14085551003'],
    ]);
    expect(documentOf(narrow[0])).not.toContain('landscape');
    const wide = many.map((cells, i) =>
      cells.map((cell, c) => (c === 2 || c === 7 ? cell : `${cell} and some words more ${i}`)),
    );
    expect(documentOf((await writeDocx(reportOf(FIELDS, wide), options)).files[0])).toContain(
      'w:orient="landscape"',
    );
  });

  it('is the same bytes for the same report, whatever the time and the time zone', async () => {
    const zone = process.env.TZ;
    const bytes: Uint8Array[] = [];
    for (const place of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
      process.env.TZ = place;
      const { files } = await writeDocx(reportOf(FIELDS, ROWS), options);
      bytes.push(files[0]?.bytes ?? new Uint8Array());
    }
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    expect(bytes[0]).toEqual(bytes[1]);
  });

  it('writes well-formed parts whatever the texts, also in names and headers', async () => {
    const nasty = 'a & b <c> "d" \u0000\ufffe\ud83d \t\r\n ]]>';
    const report = reportOf([nasty, 'carrier', 'address'], [[nasty, nasty, nasty]], {
      customer: nasty,
      company: nasty,
    });
    const { files } = await writeDocx(report, options);
    for (const [name, bytes] of Object.entries(unzipSync(files[0]?.bytes ?? new Uint8Array())))
      expect(() =>
        new SaxesParser({ xmlns: true, fileName: name }).write(strFromU8(bytes)).close(),
      ).not.toThrow();
  });

  it('gives one document a carrier, each name its own', async () => {
    const rows = [
      row('+1', 'A/B', 'x'),
      row('+2', 'a B', 'x'),
      row('+3', 'AB', 'x'),
      row('+4', '東', 'x'),
      row('+5', '', 'x'),
    ];
    const { files } = await writeDocx(reportOf(FIELDS, rows), { ...options, perCarrier: true });
    expect(files.map(({ name }) => name)).toEqual([
      '8x8_Acme_Widgets_CSR_a_B.docx',
      '8x8_Acme_Widgets_CSR_AB.docx',
      '8x8_Acme_Widgets_CSR_AB_2.docx',
      '8x8_Acme_Widgets_CSR_no-carrier.docx',
      '8x8_Acme_Widgets_CSR_no-carrier_2.docx',
    ]);
    expect(await verifyDocx({ header: FIELDS, rows }, files)).toMatchObject({ equal: true });
  });

  it('is one document even for no rows', async () => {
    const { files } = await writeDocx(reportOf(FIELDS, []), { ...options, perCarrier: true });
    expect(files).toHaveLength(1);
    expect(documentOf(files[0])).toContain('There are no numbers');
  });
});

describe('writeDocx with a template', () => {
  const template = (
    children: readonly (Paragraph | Table)[],
    around: Partial<Record<'header' | 'footer', string>> = {},
  ) =>
    Packer.toBuffer(
      new Document({
        sections: [
          {
            headers: {
              default: new Header({ children: [new Paragraph(around.header ?? 'Acme letterhead')] }),
            },
            footers: { default: new Footer({ children: [new Paragraph(around.footer ?? 'Acme')] }) },
            children,
          },
        ],
      }),
    );
  const fill = async (
    bytes: Uint8Array,
    report: Report = reportOf(FIELDS, ROWS),
  ): Promise<readonly WordFile[]> =>
    (await writeDocx(report, { ...options, template: { name: 'Blank_CSR.docx', bytes } })).files;
  const csv = { header: FIELDS, rows: ROWS };
  const refused = async (bytes: Uint8Array): Promise<readonly [string, string, string | undefined]> => {
    const error = await fill(bytes).then(
      () => expect.fail('it was filled'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof CsrError) || error.problems[0] === undefined) throw error;
    const [{ code, message, help }] = [error.problems[0]];
    return [code, message, help];
  };

  it('fills placeholders that are split over runs, stand in a header, or have spaces', async () => {
    const bytes = await template(
      [
        new Paragraph({
          children: [
            new TextRun({ text: 'For {{cus', bold: true }),
            new TextRun('tomer}}: {{ count }} numbers'),
          ],
        }),
        new Paragraph('{{sections}}'),
        new Paragraph('Kind regards'),
      ],
      { header: 'Record of {{company}}' },
    );
    const files = await fill(bytes);
    expect(files.map(({ name }) => name)).toEqual(['8x8_Acme_Widgets_CSR.docx']);
    const text = documentOf(files[0]).replace(/<[^>]*>/g, '');
    expect(text).toMatch(/^For Acme Widgets: 6 numbers.*Kind regards$/);
    expect(partOf(files[0], 'word/header1.xml')).toContain('Acme Widgets, Inc.');
    expect(partOf(files[0], 'word/styles.xml')).toContain('w:styleId="CsrTable"');
    expect(await verifyDocx(csv, files)).toEqual({ equal: true, rows: 6, problems: [] });
    expect(await fill(bytes)).toEqual(files);
  });

  it('makes one document a section where the template asks for what differs between them', async () => {
    const cell = (text: string): TableCell => new TableCell({ children: [new Paragraph(text)] });
    const form = ['carrier', 'address', 'pin', 'billingTelephoneNumber'].map(
      (field) => new TableRow({ children: [cell(field), cell(`{{${field}}}`)] }),
    );
    const files = await fill(
      await template([
        new Paragraph('{{authorizedName}}'),
        new Table({ rows: form }),
        new Paragraph('{{sections}}'),
      ]),
    );
    expect(files.map(({ name }) => name)).toEqual([
      '8x8_Acme_Widgets_CSR_Acme_1_Elm_St.docx',
      '8x8_Acme_Widgets_CSR_Acme_100-0005_.docx',
      '8x8_Acme_Widgets_CSR_Acme_no-address.docx',
      '8x8_Acme_Widgets_CSR_Beta_9_Oak_St.docx',
      '8x8_Acme_Widgets_CSR_no-carrier_1_Elm_St.docx',
    ]);
    expect(textsOf(files[0])[0]).toEqual([
      ['carrier', 'Acme'],
      ['address', '1 Elm St'],
      ['pin', ''],
      ['billingTelephoneNumber', 'several, see below'],
    ]);
    expect(documentOf(files[0])).toContain("Ana O'Neil");
  });

  it('makes one document a carrier where it asks for the carrier alone', async () => {
    const files = await fill(await template([new Paragraph('{{carrier}}'), new Paragraph('{{sections}}')]));
    expect(files).toHaveLength(3);
    expect(await verifyDocx(csv, files)).toMatchObject({ equal: true });
  });

  it('does not take braces in a value for a placeholder', async () => {
    const report = reportOf(['phoneNumber', 'carrier'], [['+1', '{{carrier}} & {{sections}}\nx']]);
    const [file] = await fill(
      await template([new Paragraph('{{carrier}} {{carrier}}'), new Paragraph('{{sections}}')]),
      report,
    );
    expect(documentOf(file)).toContain('{{carrier}} &amp; {{sections}}</w:t><w:br/>');
    expect(
      await verifyDocx({ header: ['phoneNumber', 'carrier'], rows: report.rows.map(({ cells }) => cells) }, [
        file ?? { name: '', bytes: new Uint8Array() },
      ]),
    ).toMatchObject({ equal: true });
  });

  it('refuses what it cannot fill, and lists what a template may ask for', async () => {
    const [code, message, help] = await refused(
      await template([new Paragraph('{{sections}} {{zip}} {{rate}}')]),
    );
    expect(code).toBe('unknown-placeholder');
    expect(message).toBe('`Blank_CSR.docx` asks for `{{zip}}`, `{{rate}}`, which no record has');
    expect(help).toContain('`{{sections}}`');
    expect(help).toContain('`{{accountNumber}}`');
  });

  it('offers the nearest placeholder for a misspelt one', async () => {
    const [, message, help] = await refused(
      await template([new Paragraph('{{acountNumber}}'), new Paragraph('{{sections}}')]),
    );
    expect(message).toBe('`Blank_CSR.docx` asks for `{{acountNumber}}`, which no record has');
    expect(help).toBe('did you mean `{{accountNumber}}`?');
  });

  it.each([
    ['no {{sections}}', [new Paragraph('{{carrier}}')]],
    ['{{sections}} twice', [new Paragraph('{{sections}}'), new Paragraph('{{sections}}')]],
    ['{{sections}} beside words', [new Paragraph('All: {{sections}}')]],
    [
      '{{sections}} in a table',
      [
        new Table({
          rows: [new TableRow({ children: [new TableCell({ children: [new Paragraph('{{sections}}')] })] })],
        }),
      ],
    ],
  ])('refuses a template with %s', async (_, children) => {
    expect((await refused(await template(children)))[0]).toBe('missing-placeholder');
  });

  it('refuses what is no Word document', async () => {
    const [code, message] = await refused(new TextEncoder().encode('phoneNumber,carrier'));
    expect(code).toBe('not-a-word-document');
    expect(message).toContain('`Blank_CSR.docx`');
  });
});
