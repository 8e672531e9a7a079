import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recognise } from '../../src/engine/layout.ts';
import { writeCsv } from '../../src/export/csv.ts';
import { buildReport } from '../../src/export/report.ts';
import { readCsv } from '../../src/files/read-csv.ts';
import { Review } from '../../src/review/review.ts';
import { rulesOf, startOf } from './session-of.ts';

const HEADERS = [
  'phoneNumber',
  'Notes',
  'country',
  'carrier',
  'pin',
  '__proto__',
  'address',
  'billingTelephoneNumber',
  'Notes',
];

/** What people and tools write into cells, and what breaks careless readers. */
const cell = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      '',
      'US',
      'DE',
      'GB',
      'Lumen',
      'Inteliquent',
      'null',
      'NULL',
      '+14085550101',
      '+4930555010',
      '8X82125',
      '0012',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.string({
      unit: fc.constantFrom(
        'a',
        ' ',
        '"',
        "'",
        ',',
        ';',
        '\t',
        '|',
        '\n',
        '\r',
        'é',
        '東',
        '👍',
        '=',
        '0',
        '-',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
);

const file = fc.record({
  rows: fc.array(fc.array(cell, { minLength: HEADERS.length, maxLength: HEADERS.length }), {
    minLength: 1,
    maxLength: 6,
  }),
  delimiter: fc.constantFrom(',' as const, ';' as const, '\t' as const, '|' as const),
  newline: fc.constantFrom('\r\n' as const, '\n' as const),
  bom: fc.boolean(),
  utf16: fc.boolean(),
});

function bytesOf(text: string, bom: boolean, utf16: boolean): Buffer {
  return Buffer.from(bom || utf16 ? `\ufeff${text}` : text, utf16 ? 'utf16le' : 'utf8');
}

test('every cell that no rule changed goes out as it came in', async () => {
  const rules = rulesOf();
  await fc.assert(
    fc.asyncProperty(file, async ({ rows, delimiter, newline, bom, utf16 }) => {
      // A line of blank cells only is no row.
      const filled = rows.map((row, at) =>
        row.map((text, column) => (column === 0 && text.trim() === '' ? `x${at}` : text)),
      );
      const text = stringify([HEADERS, ...filled], { delimiter, record_delimiter: newline, quoted: true });
      const grid = readCsv(bytesOf(text, bom, utf16), 'F.csv', 'sha');
      const table = recognise(grid, rules.layouts, { layout: null, map: new Map() });
      expect(table.rows.map(({ cells }) => [...cells])).toEqual(filled);
      const review = await Review.open(rules, table, [startOf(table)]);
      const { bytes } = writeCsv(buildReport(review, { customer: '', guardFormulas: false }));
      const [header, ...written] = readCsv(Buffer.from(bytes), 'OUT.csv', 'sha').records;
      expect(header).toEqual(HEADERS);
      expect(written).toHaveLength(filled.length);
      for (const [index, row] of filled.entries()) {
        const changed = new Map(review.decision(index).changes.map(({ field, to }) => [field, to]));
        const expected = row.map((cell, column) => changed.get(table.columns[column]?.field ?? '') ?? cell);
        expect(written[index]).toEqual(expected);
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);
