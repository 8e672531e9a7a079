import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CsvFormat, Encoding } from '../../src/engine/table.ts';
import { writeCsv } from '../../src/export/csv.ts';
import { CSV, reportOf } from './sample.ts';

const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** What a careful reader makes of the bytes: nothing trimmed, nothing skipped. */
function read(bytes: Uint8Array, format: CsvFormat, encoding: Encoding = format.encoding): string[][] {
  const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  const marked = text.startsWith('\ufeff') ? text.slice(1) : text;
  const body = format.sepLine === null ? marked : marked.slice(format.sepLine.length + format.newline.length);
  return parse(body, {
    delimiter: format.delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
  });
}

const formats = fc.record({
  kind: fc.constant('csv' as const),
  delimiter: fc.constantFrom(',' as const, ';' as const, '\t' as const, '|' as const),
  newline: fc.constantFrom('\r\n' as const, '\n' as const, '\r' as const),
  bom: fc.boolean(),
  encoding: fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be'),
  sepLine: fc.constantFrom(null, 'sep=;'),
  finalNewline: fc.boolean(),
});

const awkward = [
  '"',
  '""',
  ',',
  ';',
  '\t',
  '|',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '\ufeff',
  '0012',
  '👩‍👩‍👧',
  '東京',
  'é',
  '€',
  "'",
  '+1',
  '\u0000',
];
const cell = fc.oneof(
  fc.array(fc.constantFrom(...awkward), { maxLength: 5 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

/** The text of a file without its line endings, one record a line, for cells that hold none. */
const lines = (bytes: Uint8Array): string[] => textOf(bytes).split('\r\n');

describe('writeCsv', () => {
  it('is read back as what it was given, whatever the format and the texts', () => {
    fc.assert(
      fc.property(
        formats,
        fc
          .integer({ min: 1, max: 4 })
          .chain((width) =>
            fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
          ),
        (format, [header = [], ...rows]) => {
          const { bytes, notices } = writeCsv(reportOf(header, rows, { format }));
          const text = new TextDecoder(format.encoding, { ignoreBOM: true }).decode(bytes);
          expect(notices).toEqual([]);
          expect(text.startsWith('\ufeff')).toBe(format.bom);
          expect(text.endsWith(format.newline)).toBe(format.finalNewline);
          expect(read(bytes, format)).toEqual([header, ...rows]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('quotes only where it must, and keeps leading zeros, spaces and long digits as they are', () => {
    const row = ['+14155550100', '0012', ' 12345678901234567890 ', '', 'a "b"', 'x, y', 'one\ntwo'];
    const { bytes } = writeCsv(reportOf(['a', 'b', 'c', 'd', 'e', 'f', 'g'], [row]));
    expect(textOf(bytes)).toBe(
      'a,b,c,d,e,f,g\r\n+14155550100,0012, 12345678901234567890 ,,"a ""b""","x, y","one\ntwo"\r\n',
    );
  });

  it('keeps the sep= line and the records above the header', () => {
    const format: CsvFormat = { ...CSV, delimiter: ';', sepLine: 'sep=;' };
    const preamble = [['Numbers of Acme; Inc.', 'July'], ['']];
    const { bytes } = writeCsv(reportOf(['a', 'b'], [['1', '2']], { format, preamble }));
    expect(lines(bytes)).toEqual(['sep=;', '"Numbers of Acme; Inc.";July', '', 'a;b', '1;2', '']);
  });

  it('writes a workbook as comma, CRLF and UTF-8 without a byte order mark', () => {
    const report = reportOf(['a', 'b'], [['é', '2']], { format: { kind: 'xlsx', sheet: 'Sheet1' } });
    expect(textOf(writeCsv(report).bytes)).toBe('a,b\r\né,2\r\n');
  });

  it('writes the surplus of an over-long row after its columns', () => {
    const { bytes } = writeCsv(reportOf(['a', 'b'], [['1', '2', 'x, y', ''], ['3']]));
    expect(lines(bytes)).toEqual(['a,b', '1,2,"x, y",', '3,', '']);
  });

  it('writes every byte of Windows-1252 back as it was read', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i).filter(
      (byte) => !/[\t\n\r",]/.test(String.fromCharCode(byte)),
    );
    // A decoder that streams: the other path of some Node versions takes the label for Latin-1.
    const text = new TextDecoder('windows-1252').decode(all, { stream: true });
    expect(text).toContain('€');
    const format: CsvFormat = { ...CSV, encoding: 'windows-1252' };
    const { bytes, notices } = writeCsv(reportOf(['a'], [[text]], { format }));
    expect(notices).toEqual([]);
    expect([...bytes]).toEqual([0x61, 13, 10, ...all, 13, 10]);
  });

  it('gives Windows-1252 up for UTF-8 with a mark, and names the first cell that needs it', () => {
    const format: CsvFormat = { ...CSV, encoding: 'windows-1252' };
    const { bytes, notices } = writeCsv(
      reportOf(
        ['number', 'address'],
        [
          ['1', 'Zoë'],
          ['2', '東京'],
        ],
        { format },
      ),
    );
    expect(textOf(bytes)).toBe('\ufeffnumber,address\r\n1,Zoë\r\n2,東京\r\n');
    expect(notices).toMatchObject([{ code: 'encoding-changed', severity: 'warning' }]);
    expect(notices[0]?.message).toContain('`東` in row 3, column `address`');
  });

  it('writes half a surrogate pair as U+FFFD and says where it stood', () => {
    const { bytes, notices } = writeCsv(reportOf(['number', 'address'], [['1', 'a\ud83db']]));
    expect(lines(bytes)[1]).toBe('1,a\ufffdb');
    expect(notices).toMatchObject([{ code: 'replaced-character' }]);
    expect(notices[0]?.message).toContain('in row 2, column `address`');
  });
});
