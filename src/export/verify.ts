/** Proves that Word documents hold exactly the information of a CSV, by reading back what a person would read. */
import type { Problem } from '../engine/problem.ts';
import type { WordFile } from './report.ts';
import { readTables, type WordTable } from './word/read.ts';
import { COMPANY, labelsOf, NO_ADDRESS, RUNNING, SEVERAL, shown, titleOf, unwritable } from './word/text.ts';

export interface Verification {
  /** Whether Word holds exactly the CSV's information: no problem is an error. */
  readonly equal: boolean;
  /** How many rows of the CSV were compared. */
  readonly rows: number;
  /**
   * Errors: `word-differs` (a cell; `wanted` is the CSV's text, `found` Word's), `word-missing` and `word-extra` (rows),
   * `word-column` (a column that a section lacks, or has too much), `word-unreadable` (a cell that is no text, a table
   * out of shape). Warnings: `replaced-character`, a mark stands for what Word cannot hold; `heading-differs`, an
   * address stands over a section that does not have it. Information: `not-compared`, a table that is none of the
   * record's.
   */
  readonly problems: readonly Problem[];
}

/**
 * Compares a CSV with the Word documents made from it, row by row, whatever the order.
 *
 * Only visible text counts: a section's head (two columns, label and text), and its tables of numbers, whose first
 * column is headed `#`. Headings, titles, the running numbers and the company are framing. Line breaks are one and the
 * same, whatever they are made of; a character that Word cannot hold must be the mark that stands for it (see `shown`
 * in word/text.ts), and is reported as a warning.
 * @param csv header texts and rows as they stand in the file; a short row is filled with blanks.
 * @throws CsrError `not-a-word-document`
 */
export async function verifyDocx(
  csv: { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] },
  documents: readonly WordFile[],
): Promise<Verification> {
  const width = csv.rows.reduce((most, row) => Math.max(most, row.length), csv.header.length);
  const labels = labelsOf(csv.header, width);
  const reading = new Reading(labels, csv.header.length);
  for (const { name, bytes } of documents) reading.read(name, readTables(name, bytes));
  const wanted = csv.rows.map((row, index) => ({
    cells: labels.map((_, column) => shown(row[column] ?? '')),
    row: index + 2,
  }));
  const problems = [
    ...reading.problems,
    ...compare(wanted, reading.records, labels, reading.numberLabel),
    ...replaced(csv, labels),
  ];
  return { equal: problems.every(({ severity }) => severity !== 'error'), rows: csv.rows.length, problems };
}

/** A row of the CSV, as Word would show it. */
interface Wanted {
  readonly cells: readonly string[];
  /** Counted as a spreadsheet does, the header being row 1. */
  readonly row: number;
}

/** A row as read from Word. */
interface Found {
  /** By the CSV's columns; null where the section does not say. */
  readonly cells: readonly (string | null)[];
  readonly where: string;
}

type Rows = WordTable['rows'];

type Head = readonly (readonly [label: string, text: string])[];

/** Puts heads and tables of numbers together to rows. */
class Reading {
  readonly problems: Problem[] = [];
  readonly records: Found[] = [];
  /** The label of the column in which the numbers stand: the first of a table. */
  numberLabel: string | null = null;
  readonly #labels: readonly string[];
  /** How many of the labels are header texts of the CSV; the others belong to over-long rows. */
  readonly #headers: number;
  #head: Head = [];
  /** Headings that the next table of numbers belongs to. */
  #headings: string[] = [];
  /** The last head, where no table of numbers has followed it yet. */
  #waiting: { readonly head: Head; readonly where: string } | null = null;

  constructor(labels: readonly string[], headers: number) {
    this.#labels = labels;
    this.#headers = headers;
  }

  read(name: string, tables: readonly WordTable[]): void {
    this.#head = [];
    this.#headings = [];
    for (const [index, table] of tables.entries()) {
      const where = `table ${index + 1} of \`${name}\``;
      this.#headings.push(...table.headings);
      const [first] = table.rows;
      if (first === undefined) continue;
      this.#oddCells(table.rows, where);
      if (first[0]?.text === RUNNING) this.#numbers(table.rows, where);
      else if (this.#isHead(table.rows)) this.#start(table.rows, where);
      else this.#say('not-compared', 'info', `${where} is no part of the record and was not compared`);
    }
    if (this.#waiting !== null)
      this.#say(
        'word-extra',
        'error',
        `${this.#waiting.where} is a section's head, but no numbers follow it`,
      );
    this.#waiting = null;
  }

  #say(code: string, severity: Problem['severity'], message: string): void {
    this.problems.push({ code, severity, message });
  }

  #oddCells(table: Rows, where: string): void {
    for (const row of table)
      for (const { text, odd } of row)
        if (odd !== null)
          this.#say(
            'word-unreadable',
            'error',
            `${where}: the cell \`${text}\` holds ${odd}, which cannot be compared`,
          );
  }

  #isHead(table: Rows): boolean {
    return (
      table.every((row) => row.length === 2) &&
      table.some(
        ([label]) => label !== undefined && (label.text === COMPANY || this.#labels.includes(label.text)),
      )
    );
  }

  #start(table: Rows, where: string): void {
    const head = table.map((row) => [row[0]?.text ?? '', row[1]?.text ?? ''] as const);
    // A template may say some of it in a table of its own: it must say the same as the section that follows.
    const disagreeing = (this.#waiting?.head ?? []).filter(
      ([label, text]) =>
        this.#labels.includes(label) &&
        text !== SEVERAL &&
        !head.some(([other, said]) => other === label && said === text),
    );
    if (this.#waiting !== null && disagreeing.length > 0) {
      const labels = disagreeing.map(([label]) => `\`${label}\``).join(', ');
      this.#say(
        'word-extra',
        'error',
        `${this.#waiting.where} says something else than the section after it: ${labels}`,
      );
    }
    this.#head = head;
    this.#waiting = { head, where };
  }

  #numbers(table: Rows, where: string): void {
    const [first = [], ...rows] = table;
    const header = first.map(({ text }) => text);
    const columns = this.#columnsOf(header);
    if (columns === null) {
      this.#say(
        'word-unreadable',
        'error',
        `${where}: its header row is not the same for all numbers of a line`,
      );
      return;
    }
    this.numberLabel ??= columns[0] ?? null;
    const complete = this.#labels.slice(0, this.#headers).every((label) => columns.includes(label));
    const head = complete && this.#waiting === null ? [] : this.#head;
    this.#waiting = null;
    const sources = this.#sources(columns, head, where);
    const texts = [...head.map(([, text]) => text), ...rows.flat().map(({ text }) => text)];
    const titles = new Set([NO_ADDRESS, ...(this.#headings.length > 0 ? texts.map(titleOf) : [])]);
    for (const heading of this.#headings.splice(0))
      if (!titles.has(heading))
        this.#say(
          'heading-differs',
          'warning',
          `the heading \`${heading}\` over ${where} is none of the section's texts`,
        );
    const period = columns.length + 1;
    for (const row of rows) {
      const texts = row.map(({ text }) => text);
      // Word joins two tables when the paragraph between them is deleted.
      if (texts.length === header.length && texts.every((text, i) => text === header[i])) continue;
      if (texts.length !== header.length) {
        this.#say(
          'word-unreadable',
          'error',
          `${where}: the row \`${texts.join(' | ')}\` does not have a cell for every column`,
        );
        continue;
      }
      for (let from = 0; from < texts.length; from += period) {
        const cells = texts.slice(from + 1, from + period);
        if (texts[from] === '' && cells.every((text) => text === '')) continue;
        this.records.push({
          where,
          cells: sources.map((source) => (typeof source === 'number' ? (cells[source] ?? '') : source.text)),
        });
      }
    }
  }

  /** The labels of one number, where several numbers may stand side by side in a line. */
  #columnsOf(header: readonly string[]): readonly string[] | null {
    const next = this.#labels.includes(RUNNING) ? -1 : header.indexOf(RUNNING, 1);
    const period = next < 0 ? header.length : next;
    const regular = header.length % period === 0 && header.every((label, i) => label === header[i % period]);
    return regular ? header.slice(1, period) : null;
  }

  /** Where each column of the CSV is read: a position in the table, or a text of the head. */
  #sources(
    columns: readonly string[],
    head: Head,
    where: string,
  ): readonly (number | { readonly text: string | null })[] {
    const used = new Map<string, number>();
    const sources = this.#labels.map((label, index) => {
      const nth = used.get(label) ?? 0;
      used.set(label, nth + 1);
      const inTable = columns.flatMap((other, at) => (other === label ? [at] : []))[nth];
      if (inTable !== undefined) return inTable;
      const inHead = columns.includes(label) ? undefined : head.filter(([other]) => other === label)[nth];
      if (inHead !== undefined) return { text: inHead[1] };
      if (index >= this.#headers) return { text: '' };
      this.#say('word-column', 'error', `${where} and the head above it do not say \`${label}\``);
      return { text: null };
    });
    const surplus = new Map<string, number>();
    for (const label of [...columns, ...head.map(([name]) => name)])
      surplus.set(label, (surplus.get(label) ?? 0) + 1);
    for (const [label, count] of surplus) {
      const allowed = used.get(label) ?? (label === COMPANY && !columns.includes(label) ? 1 : 0);
      if (count > allowed)
        this.#say(
          'word-column',
          'error',
          `${where} or the head above it has a column \`${label}\` that the CSV has not`,
        );
    }
    return sources;
  }
}

/** No text holds it: `shown` has put a mark in its place. */
const BETWEEN = '\u0000';
/** More alike problems than these are counted. */
const MOST_SAID = 20;

function compare(
  wanted: readonly Wanted[],
  found: readonly Found[],
  labels: readonly string[],
  numberLabel: string | null,
): readonly Problem[] {
  const number = Math.max(0, labels.indexOf(numberLabel ?? ''));
  const [missing, extra] = unmatched(wanted, found);
  const pairs: (readonly [Wanted, Found])[] = [];
  // The same number with another text, else the same texts with another number.
  pairUp(missing, extra, pairs, (cells) => cells[number] ?? '');
  pairUp(missing, extra, pairs, (cells) => cells.map((text, i) => (i === number ? '' : text)).join(BETWEEN));
  const named = ({ cells }: Wanted | Found): string => `\`${cells[number] ?? ''}\``;

  const differences = new Map<
    string,
    { column: string; from: string; to: string; where: string; numbers: string[] }
  >();
  for (const [row, record] of pairs)
    for (const [index, column] of labels.entries()) {
      const [from, to] = [row.cells[index] ?? '', record.cells[index] ?? null];
      if (to === null || to === from) continue;
      const key = [record.where, index, from, to].join(BETWEEN);
      const known = differences.get(key) ?? { column, from, to, where: record.where, numbers: [] };
      known.numbers.push(named(row));
      differences.set(key, known);
    }
  return [
    ...said(
      'word-differs',
      [...differences.values()].map(({ column, from, to, where, numbers }) => ({
        message: `\`${column}\` of ${listed(numbers)} is \`${from}\` in the CSV and \`${to}\` in ${where}`,
        wanted: from,
        found: to,
      })),
    ),
    ...said(
      'word-missing',
      missing.map((row) => ({ message: `${named(row)} (row ${row.row} of the CSV) is missing in Word` })),
    ),
    ...said(
      'word-extra',
      extra.map((record) => ({ message: `${named(record)} stands in ${record.where} and not in the CSV` })),
    ),
  ];
}

/** What is left on either side when equal rows have cancelled each other out. */
function unmatched(wanted: readonly Wanted[], found: readonly Found[]): readonly [Wanted[], Found[]] {
  const open = new Map<string, Wanted[]>();
  for (const row of wanted) {
    const key = row.cells.join(BETWEEN);
    const rows = open.get(key);
    if (rows === undefined) open.set(key, [row]);
    else rows.push(row);
  }
  const extra = found.filter((record) => {
    if (record.cells.includes(null)) return true;
    return open.get(record.cells.join(BETWEEN))?.pop() === undefined;
  });
  const missing = [...open.values()].flat().sort((a, b) => a.row - b.row);
  return [missing, extra];
}

/** Moves rows of the same key from both sides to `pairs`, the most alike first. */
function pairUp(
  missing: Wanted[],
  extra: Found[],
  pairs: (readonly [Wanted, Found])[],
  keyOf: (cells: readonly (string | null)[]) => string,
): void {
  const candidates = new Map<string, Wanted[]>();
  for (const row of missing) {
    const key = keyOf(row.cells);
    const rows = candidates.get(key);
    if (rows === undefined) candidates.set(key, [row]);
    else rows.push(row);
  }
  const paired = new Set<Wanted>();
  const rest = extra.filter((record) => {
    const rows = candidates.get(keyOf(record.cells)) ?? [];
    let best = -1;
    let fewest = Number.POSITIVE_INFINITY;
    // Among many rows of one number any will do: looking at all would take for ever.
    for (const [at, row] of rows.slice(0, 50).entries()) {
      const differing = row.cells.filter((text, i) => record.cells[i] !== text).length;
      if (differing < fewest) [best, fewest] = [at, differing];
    }
    const [row] = best < 0 ? [] : rows.splice(best, 1);
    if (row === undefined) return true;
    paired.add(row);
    pairs.push([row, record]);
    return false;
  });
  extra.splice(0, extra.length, ...rest);
  missing.splice(0, missing.length, ...missing.filter((row) => !paired.has(row)));
}

function said(
  code: string,
  items: readonly { readonly message: string; readonly wanted?: string; readonly found?: string }[],
): readonly Problem[] {
  const problems = items.slice(0, MOST_SAID).map((item): Problem => ({ code, severity: 'error', ...item }));
  const others = items.length - problems.length;
  if (others > 0) problems.push({ code, severity: 'error', message: `and ${others} more like this` });
  return problems;
}

function listed(numbers: readonly string[]): string {
  const others = numbers.length - 3;
  return `${numbers.slice(0, 3).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

function replaced(
  csv: { readonly rows: readonly (readonly string[])[] },
  labels: readonly string[],
): readonly Problem[] {
  return csv.rows.flatMap((row, at) =>
    row.flatMap((text, index): readonly Problem[] => {
      const characters = unwritable(text);
      if (characters.length === 0) return [];
      return [
        {
          code: 'replaced-character',
          severity: 'warning',
          message: `row ${at + 2}, column \`${labels[index] ?? ''}\` of the CSV holds ${characters.join(', ')}: in Word a mark stands for it`,
        },
      ];
    }),
  );
}
