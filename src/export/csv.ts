/** The Report as CSV, in the shape of the input. */
import { type Options, stringify } from 'csv-stringify/sync';
import type { Problem } from '../engine/problem.ts';
import type { CsvFormat, Encoding } from '../engine/table.ts';
import { cellsOf, type Report, wellFormed } from './report.ts';

export interface WrittenCsv {
  readonly bytes: Uint8Array;
  /** What the reader of the file should know: a changed encoding, characters that no encoding holds. */
  readonly notices: readonly Problem[];
}

/** What an input that was no CSV is delivered as. */
const PLAIN: CsvFormat = {
  kind: 'csv',
  delimiter: ',',
  newline: '\r\n',
  bom: false,
  encoding: 'utf-8',
  sepLine: null,
  finalNewline: true,
};

/**
 * Writes the Report as CSV: the input's delimiter, line ending, byte order mark, encoding, `sep=` line, records above
 * the header and final line ending; `,`, CRLF and UTF-8 where the input was a workbook. A cell is quoted only where it
 * must be. Windows-1252 that cannot hold a cell gives way to UTF-8 with a byte order mark, and a notice says so.
 * @param report cells are written as they are: formula protection is done before.
 * @returns the file's bytes, and notices (`encoding-changed`, `replaced-character`), each naming the first such cell.
 */
export function writeCsv(report: Report): WrittenCsv {
  const format = report.format.kind === 'csv' ? report.format : PLAIN;
  const { delimiter, newline } = format;
  const header = report.columns.map((column) => column.header);
  // A record of one blank cell would be an empty line, which readers skip.
  const shape = {
    delimiter,
    record_delimiter: newline,
    // Also a line break that is not the record's own: many readers split at any.
    quote_record_delimiter: true,
    quoted_empty: header.length === 1,
    eof: true,
  };
  // A file that starts with U+FEFF would lose it as a byte order mark, were it not quoted.
  const first = { ...shape, quoted_match: /^\ufeff/ };
  const head =
    (format.sepLine === null ? '' : format.sepLine + newline) +
    stringify([...report.preamble], { ...first, quoted_empty: false }) +
    stringify([header], first);
  const recordsText = recordWriter(shape);
  // Piece by piece: text that is written at once leaves no heap of strings behind.
  const pieces = function* (): Generator<string> {
    let held = head;
    for (let from = 0; from < report.rows.length; from += PIECE) {
      yield held;
      held = recordsText(report, from, from + PIECE);
    }
    yield format.finalNewline ? held : held.slice(0, -newline.length);
  };

  const notices: Problem[] = [];
  const written = encodeAll(pieces(), format.encoding, format.bom);
  let { bytes } = written;
  if (bytes === null) {
    bytes = encodeAll(pieces(), 'utf-8', true).bytes ?? new Uint8Array();
    notices.push({
      code: 'encoding-changed',
      severity: 'warning',
      message: `\`${written.foreign}\` ${firstCell(report, NOT_WINDOWS_1252)} does not exist in Windows-1252, the input's encoding: the file is UTF-8 with a byte order mark`,
      help: 'tell who reads the file, or spell the cell without that character',
    });
  }
  if (written.mended) {
    const where = firstCell(report, /\p{Surrogate}/u);
    notices.unshift({
      code: 'replaced-character',
      severity: 'warning',
      message: `half a character ${where} was written as U+FFFD: no file can hold it`,
      help: 'type the cell again',
    });
  }
  return { bytes, notices };
}

// More distinct texts than this are not worth remembering.
const MEMO_LIMIT = 50_000;

/**
 * Writes records as csv-stringify does, in a fifth of its time on a large file: a cell without a delimiter, quote or line
 * break stands as it is, and the library is asked once for each text that has one.
 */
function recordWriter(shape: Options & { readonly delimiter: string; readonly record_delimiter: string }) {
  const special = new Set(`${shape.delimiter}"\r\n`);
  const quoted = new Map<string, string>();
  const quote = (cell: string): string => {
    let text = quoted.get(cell);
    if (text === undefined) {
      text = stringify([[cell, '']], { ...shape, record_delimiter: '' }).slice(0, -shape.delimiter.length);
      if (quoted.size < MEMO_LIMIT) quoted.set(cell, text);
    }
    return text;
  };
  const needsQuotes = new RegExp(
    `[${[...special].map((char) => `\\u{${char.charCodeAt(0).toString(16)}}`).join('')}]`,
    'u',
  );
  return (report: Report, from: number, to: number): string => {
    let text = '';
    for (let row = from; row < to && row < report.rows.length; row++) {
      const cells = cellsOf(report, report.rows[row] as Report['rows'][number]);
      if (cells.length < 2) {
        // A lone blank cell must be quoted, or its record would be an empty line.
        text += stringify([[...cells]], shape);
        continue;
      }
      for (let at = 0; at < cells.length; at++) {
        const cell = cells[at] as string;
        if (at > 0) text += shape.delimiter;
        text += needsQuotes.test(cell) ? quote(cell) : cell;
      }
      text += shape.record_delimiter;
    }
    return text;
  };
}

/** Rows that are turned into text at a time. */
const PIECE = 2000;

interface Encoded {
  /** null where the encoding has no such character; `foreign` is the first. */
  readonly bytes: Uint8Array | null;
  readonly foreign: string;
  /** Whether half a character became U+FFFD. */
  readonly mended: boolean;
}

function encodeAll(pieces: Iterable<string>, encoding: Encoding, bom: boolean): Encoded {
  const parts: Uint8Array[] = [];
  let length = 0;
  let mended = false;
  for (const piece of pieces) {
    const whole = piece.isWellFormed();
    const sound = whole ? piece : wellFormed(piece);
    mended ||= !whole;
    const part = encode(sound, encoding, bom && parts.length === 0);
    if (part === null) return { bytes: null, foreign: NOT_WINDOWS_1252.exec(sound)?.[0] ?? '', mended };
    parts.push(part);
    length += part.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, foreign: '', mended };
}

/** The bytes of a text, or null where the encoding lacks a character of it. */
function encode(text: string, encoding: Encoding, bom: boolean): Uint8Array | null {
  if (encoding === 'windows-1252') return encodeWindows1252(text);
  if (encoding === 'utf-8') return encodeUtf8(text, bom);
  return encodeUtf16(text, bom, encoding === 'utf-16le');
}

/** Where the first cell stands that `pattern` matches, in words. */
function firstCell(report: Report, pattern: RegExp): string {
  for (const column of report.columns)
    if (pattern.test(column.header)) return `in the header \`${wellFormed(column.header)}\``;
  for (const row of report.rows) {
    const index = cellsOf(report, row).findIndex((cell) => pattern.test(cell));
    if (index >= 0) {
      const column = report.columns[index]?.header ?? `column ${index + 1}`;
      return `in row ${row.place}, column \`${wellFormed(column)}\``;
    }
  }
  return 'above the header';
}

function encodeUtf8(text: string, bom: boolean): Uint8Array {
  return new TextEncoder().encode(bom ? `\ufeff${text}` : text);
}

function encodeUtf16(text: string, bom: boolean, littleEndian: boolean): Uint8Array {
  const marked = bom ? `\ufeff${text}` : text;
  const bytes = new Uint8Array(marked.length * 2);
  const low = littleEndian ? 0 : 1;
  for (let i = 0; i < marked.length; i++) {
    const unit = marked.charCodeAt(i);
    bytes[i * 2 + low] = unit & 0xff;
    bytes[i * 2 + 1 - low] = unit >> 8;
  }
  return bytes;
}

/**
 * What Windows-1252 has at 0x80 to 0x9F, by the WHATWG's index. Spelt out, because some Node versions decode the whole
 * label as Latin-1.
 */
const FROM_0X80 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

const NOT_WINDOWS_1252 = new RegExp(`[^\\0-\\x7f\\xa0-\\xff${FROM_0X80}]`, 'u');

/** The bytes, or null where a character has none. */
function encodeWindows1252(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80 || (unit >= 0xa0 && unit <= 0xff)) bytes[i] = unit;
    else {
      const offset = FROM_0X80.indexOf(text.charAt(i));
      if (offset < 0) return null;
      bytes[i] = 0x80 + offset;
    }
  }
  return bytes;
}
