/**
 * CSV text as a grid, with nothing mended silently.
 *
 * One pass finds records, line endings, stray quotes and blank lines together, which no CSV library reports; the
 * tests hold it to csv-parse on every input that csv-parse accepts.
 */
import { CsrError, type Problem } from '../engine/problem.ts';
import type { CsvFormat, Grid } from '../engine/table.ts';
import { blankRowsNotice, listed, Tally, tallyNotice } from './notice.ts';
import { type Decoded, decodeText, emptyInput, inputName } from './read-text.ts';

type Delimiter = CsvFormat['delimiter'];
type Newline = CsvFormat['newline'];

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
const NEWLINES: readonly Newline[] = ['\r\n', '\n', '\r'];
const NEWLINE_NAMES: Readonly<Record<Newline, string>> = { '\r\n': 'CRLF', '\n': 'LF', '\r': 'CR' };

const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;

/** A longer quoted cell is a quote that somebody forgot to close; Excel's own limit is 32,767. */
const MAX_QUOTED_LENGTH = 1_000_000;
/** The columns of the widest sheet Excel knows. */
const MAX_COLUMNS = 16_384;
/** What fits in Node's default memory with room for the decisions. */
const MAX_CELLS = 32_000_000;
/** How many texts are remembered while a file is read, a power of two; each new one takes the place of another. */
const TEXTS_KEPT = 4096;
/** Enough to tell a delimiter, and no time on a large file. */
const SNIFFED_RECORDS = 200;

interface Parsed {
  /** Records with something in them, and their ordinals among all records. */
  readonly records: string[][];
  readonly places: number[];
  /** Records with a quote that CSV does not allow where it stands. */
  readonly stray: Tally;
  readonly newlines: Readonly<Record<Newline, number>>;
  readonly finalNewline: boolean;
}

/**
 * Where the cell that opens with a quote at `open` closes, or -1 where no quote closes it properly.
 * The work is linear over a whole file: any quote that leaves a cell unclosed ends the search of the one before it.
 */
function closingQuote(text: string, open: number, separator: number): number {
  let at = open;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0 || at - open > MAX_QUOTED_LENGTH) return -1;
    const next = text.charCodeAt(at + 1);
    if (next === QUOTE) {
      at += 1;
      continue;
    }
    return next === separator || next === LF || next === CR || Number.isNaN(next) ? at : -1;
  }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

/**
 * Splits `text` from `start` on into at most `limit` records. A quote opens a cell only where the cell begins, and
 * only if another quote closes it before a delimiter or a line end; every other quote is text, so that one stray
 * quote never swallows the rows after it.
 */
function parse(text: string, start: number, delimiter: Delimiter, limit: number, name: string): Parsed {
  const separator = delimiter.charCodeAt(0);
  const end = text.length;
  const records: string[][] = [];
  const places: number[] = [];
  const stray = new Tally();
  const newlines = { '\r\n': 0, '\n': 0, '\r': 0 };
  let total = 0;
  let at = start;
  let ordinal = 0;
  let finalNewline = false;
  // One list for all records, copied when a record is whole: a list that grows takes more room than it needs.
  const read: string[] = [];
  const texts = new Texts();

  while (at < end && ordinal < limit) {
    ordinal += 1;
    let width = 0;
    let hasStray = false;
    let code: number;
    for (;;) {
      const close = text.charCodeAt(at) === QUOTE ? closingQuote(text, at, separator) : -1;
      if (close >= 0) {
        const inner = texts.take(text, at + 1, close);
        read[width] = inner.includes('"') ? inner.replaceAll('""', '"') : inner;
        at = close + 1;
        code = text.charCodeAt(at);
      } else {
        const from = at;
        for (;;) {
          code = text.charCodeAt(at);
          if (code === separator || code === LF || code === CR || Number.isNaN(code)) break;
          if (code === QUOTE) hasStray = true;
          at += 1;
        }
        read[width] = texts.take(text, from, at);
      }
      width += 1;
      if (code !== separator) break;
      at += 1;
      if (width === MAX_COLUMNS) throw tooWide(name, ordinal);
    }

    finalNewline = code === CR || code === LF;
    if (code === LF) {
      newlines['\n'] += 1;
      at += 1;
    } else if (code === CR && text.charCodeAt(at + 1) === LF) {
      newlines['\r\n'] += 1;
      at += 2;
    } else if (code === CR) {
      newlines['\r'] += 1;
      at += 1;
    }

    if (hasStray) stray.add(ordinal, String(ordinal));
    const cells = read.slice(0, width);
    if (isBlank(cells)) continue;
    total += width;
    if (total > MAX_CELLS) throw tooManyCells(name);
    records.push(cells);
    places.push(ordinal);
  }
  return { records, places, stray, newlines, finalNewline };
}

/**
 * Texts that were read lately, each kept once: columns repeat themselves, and a row often says its number twice. What
 * stands there already is found without being cut out of the file first.
 */
class Texts {
  private readonly known: string[] = new Array(TEXTS_KEPT).fill('');

  /** `source.slice(from, to)`. */
  take(source: string, from: number, to: number): string {
    const length = to - from;
    if (length < 2) return source.slice(from, to);
    const ends =
      source.charCodeAt(from) * 7 + source.charCodeAt(to - 1) * 131 + source.charCodeAt(to - 2) * 17;
    const at = (ends + length * 31 + source.charCodeAt(from + (length >> 1)) * 257) & (TEXTS_KEPT - 1);
    const known = this.known[at] as string;
    if (known.length === length && source.startsWith(known, from)) return known;
    const text = source.slice(from, to);
    this.known[at] = text;
    return text;
  }
}

function tooWide(name: string, row: number): CsrError {
  return new CsrError({
    code: 'too-wide',
    severity: 'error',
    message: `row ${row} of ${inputName(name)} has more than ${MAX_COLUMNS.toLocaleString('en')} cells`,
    place: { file: name, line: row, column: 1 },
    help: 'check that the file is CSV and that its lines end where rows end',
  });
}

function tooManyCells(name: string): CsrError {
  return new CsrError({
    code: 'too-large',
    severity: 'error',
    message: `${inputName(name)} holds more than ${MAX_CELLS.toLocaleString('en')} cells`,
    help: 'split it into smaller files',
  });
}

/** How many records have the commonest width; on a tie the width that came first. */
function commonWidth(records: readonly (readonly string[])[]): { width: number; count: number } {
  const counts = new Map<number, number>();
  let run = 0;
  for (let at = 0; at < records.length; at++) {
    const { length } = records[at] as readonly string[];
    run += 1;
    // Most records are as wide as the next one.
    if (length === records[at + 1]?.length) continue;
    counts.set(length, (counts.get(length) ?? 0) + run);
    run = 0;
  }
  let best = { width: 0, count: 0 };
  for (const [width, count] of counts) if (count > best.count) best = { width, count };
  return best;
}

/**
 * The one delimiter that cuts the first records into equally many cells. Width breaks near-ties, and the first record
 * counts twice: a header holds its delimiter even where addresses are full of another one.
 */
function sniffDelimiter(text: string, start: number, name: string): Delimiter {
  let best: Delimiter = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const { records } = parse(text, start, delimiter, SNIFFED_RECORDS, name);
    const cut = records.filter((record) => record.length > 1);
    const { width, count } = commonWidth(cut);
    if (width === 0) continue;
    const share = count / records.length;
    const score = share * share * Math.log(width) * (records[0]?.length === width ? 2 : 1);
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** Excel's own way to name the delimiter, on a first line that is no row. */
function readSepLine(
  text: string,
  name: string,
): { line: string; delimiter: Delimiter; length: number } | null {
  const match = /^"?sep=([^\r\n"])"?(?:\r\n|\n|\r|$)/i.exec(text);
  if (!match) return null;
  const [whole, written = ''] = match;
  const delimiter = DELIMITERS.find((known) => known === written);
  if (!delimiter)
    throw new CsrError({
      code: 'bad-delimiter',
      severity: 'error',
      message: `the first line of ${inputName(name)} names \`${written}\` as its delimiter`,
      wanted: 'a comma, a semicolon, a tab or |',
      help: 'save the file again with one of these delimiters',
    });
  return { line: whole.replace(/[\r\n]+$/, ''), delimiter, length: whole.length };
}

/** One notice a kind, however many rows it concerns. */
function noticesOf(name: string, parsed: Parsed, decoded: Decoded): Problem[] {
  const { records, places, stray, newlines } = parsed;
  const { width } = commonWidth(records);
  const ragged = new Tally();
  for (let index = 0; index < records.length; index++) {
    const { length } = records[index] as readonly string[];
    const row = places[index] ?? 1;
    if (length !== width) ragged.add(row, `${row} (${length})`);
  }
  const endings = NEWLINES.filter((newline) => newlines[newline] > 0);
  return [
    ...(decoded.guessed ? [guessedEncoding(name, parsed, decoded)] : []),
    ...tallyNotice(name, stray, {
      code: 'stray-quote',
      severity: 'warning',
      noun: 'row',
      what: 'with a quote where CSV allows none, kept as text',
      help: 'compare these rows with the source; a quote inside a cell is written twice',
    }),
    ...tallyNotice(name, ragged, {
      code: 'ragged-row',
      severity: 'warning',
      noun: 'row',
      what: `not ${width} cells wide, as most are`,
      help: 'look for a missing or surplus delimiter there; every cell was kept',
    }),
    ...blankRowsNotice(name, places),
    ...(endings.length > 1 ? [mixedNewlines(name, endings, newlines)] : []),
  ];
}

function mixedNewlines(name: string, endings: readonly Newline[], counts: Parsed['newlines']): Problem {
  const shown = endings.map((newline) => `${counts[newline]} with ${NEWLINE_NAMES[newline]}`);
  return {
    code: 'mixed-newlines',
    severity: 'info',
    message: `lines end in different ways: ${listed(shown)}`,
    place: { file: name, line: 1, column: 1 },
  };
}

/** Shows the first cell that the guess decides, for only a person can tell whether `Straße` came out right. */
function guessedEncoding(name: string, parsed: Parsed, { encoding }: Decoded): Problem {
  const shown = encoding === 'windows-1252' ? 'Windows-1252' : encoding.toUpperCase();
  const foreign = (text: string) => /[^\0-\x7f]/.test(text);
  const index = parsed.records.findIndex((record) => record.some(foreign));
  const cell = parsed.records[index]?.find(foreign);
  const row = parsed.places[index] ?? 1;
  const seen = cell === undefined ? '' : `: row ${row} has \`${cell.slice(0, 60)}\``;
  return {
    code: 'guessed-encoding',
    severity: cell === undefined ? 'info' : 'warning',
    message: `read as ${shown}, for the file does not say how it is encoded${seen}`,
    place: { file: name, line: row, column: 1 },
    help: 'if that looks wrong, save the file again as CSV UTF-8',
  };
}

/**
 * CSV bytes as a grid. The delimiter is one of `,` `;` tab `|`, named by a `sep=` line or else found by consistency;
 * records end with CRLF, LF or CR, also mixed. Blank records are left out, but count in `places`.
 *
 * @param name the file as the user gave it
 * @param sha256 the hex digest of `bytes`
 * @returns the grid; ragged rows, stray quotes, a guessed encoding, blank rows and mixed line endings in its notices
 * @throws CsrError when the bytes are no text, hold nothing, or are too wide or too many for a table
 */
export function readCsv(bytes: Buffer, name: string, sha256: string): Grid {
  const decoded = decodeText(bytes, name);
  const { text } = decoded;
  const sep = readSepLine(text, name);
  const start = sep?.length ?? 0;
  const delimiter = sep?.delimiter ?? sniffDelimiter(text, start, name);
  const parsed = parse(text, start, delimiter, Number.POSITIVE_INFINITY, name);
  if (parsed.records.length === 0) throw emptyInput(name);
  const newline = NEWLINES.reduce((best, other) =>
    parsed.newlines[other] > parsed.newlines[best] ? other : best,
  );
  return {
    name,
    sha256,
    format: {
      kind: 'csv',
      delimiter,
      newline,
      bom: decoded.bom,
      encoding: decoded.encoding,
      sepLine: sep?.line ?? null,
      finalNewline: parsed.finalNewline,
    },
    records: parsed.records,
    places: parsed.places,
    notices: noticesOf(name, parsed, decoded),
  };
}
