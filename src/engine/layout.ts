/** What the columns of a file mean: rules/layouts.yaml held against its header. */
import { nearestNames } from './names.ts';
import { numberFacts, numberKey } from './number.ts';
import { CsrError, type Problem } from './problem.ts';
import type { Layout, LayoutBook } from './rule.ts';
import type { Column, Grid, Row, Table } from './table.ts';

export interface LayoutChoice {
  /** A layout's id, where the user names one. */
  readonly layout: string | null;
  /** Field -> header text, where the user maps columns by hand. */
  readonly map: ReadonlyMap<string, string>;
}

// Titles and notes above a header are short; a file without a header must not be searched to its end.
const HEADER_SEARCH = 25;

/** A header as it is compared: case, spaces, `_` and `-` do not count. */
export function foldHeader(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-\u2010-\u2015\uFEFF]+/g, '');
}

/** `D` -> 3 */
function columnIndex(letter: string): number {
  let index = 0;
  for (const char of letter.toUpperCase()) index = index * 26 + (char.charCodeAt(0) - 64);
  return index - 1;
}

/** 3 -> `D` */
export function columnLetter(index: number): string {
  let letters = '';
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

/**
 * The grid as a table of the layout that its header fits.
 * @throws CsrError `unknown-layout` (what was expected and found), `unknown-field`, `unknown-header`,
 * `no-rows`
 */
export function recognise(grid: Grid, book: LayoutBook, choice: LayoutChoice): Table {
  checkChoice(grid, book, choice);
  let best: { at: number; layout: Layout; columns: Column[] } | null = null;
  for (let at = 0; at < Math.min(grid.records.length, HEADER_SEARCH); at++) {
    const header = grid.records[at] as readonly string[];
    if (!hasMapped(header, choice)) continue;
    for (const layout of candidates(book, choice)) {
      const columns = columnsOf(header, layout, book, choice);
      if (missing(columns, layout, choice).length > 0) continue;
      // A title such as `Phone numbers` fits too where a layout asks for little: the header says more.
      if (best === null || known(columns) > known(best.columns)) best = { at, layout, columns };
      break;
    }
  }
  best ??= byLetter(grid, book, choice);
  if (best !== null) return tableOf(grid, best.at, best.layout, best.columns, book);
  throw new CsrError(unknownLayout(grid, book, choice));
}

/**
 * The layout that knows its number by a column's letter, of a file whose headers fit none: that column holds the file's
 * phone numbers, and no other does, so that no record with headers of its own is taken for such a list.
 */
function byLetter(
  grid: Grid,
  book: LayoutBook,
  choice: LayoutChoice,
): { at: number; layout: Layout; columns: Column[] } | null {
  for (let at = 0; at < Math.min(grid.records.length, HEADER_SEARCH); at++) {
    const header = grid.records[at] as readonly string[];
    if (!hasMapped(header, choice)) continue;
    for (const layout of candidates(book, choice)) {
      const lettered = layout.columns.filter(({ field }) => book.fields.get(field)?.type === 'phone');
      const letters = lettered.flatMap(({ letter }) => (letter === null ? [] : [columnIndex(letter)]));
      if (letters.length === 0) continue;
      const columns = columnsOf(header, layout, book, { ...choice, layout: layout.id });
      if (missing(columns, layout, choice).length > 0) continue;
      const rows = grid.records.slice(at + 1, at + 1 + LETTER_SEARCH);
      const holds = (column: number) =>
        holdsNumbers(header, rows, column, layout.defaultCountry ?? undefined);
      if (!letters.some(holds)) continue;
      if ([...header.keys()].every((column) => letters.includes(column) || !holds(column)))
        return { at, layout, columns };
    }
  }
  return null;
}

// A list may have a line or two that are none; what its first thousand rows are, the others are too.
const NEARLY_ALL = 0.9;
const LETTER_SEARCH = 1000;

/** Whether a column holds phone numbers in nearly all of the rows that hold anything, below a header that is none. */
function holdsNumbers(
  header: readonly string[],
  rows: Grid['records'],
  column: number,
  country: string | undefined,
): boolean {
  const isNumber = (text: string) => numberFacts(numberKey(text, country)).valid;
  const head = header[column] ?? '';
  if (head.trim() === '' || isNumber(head)) return false;
  const filled = rows.filter((record) => record.some((text) => text.trim() !== ''));
  const numbers = filled.filter((record) => isNumber(record[column] ?? ''));
  return numbers.length > 0 && numbers.length >= filled.length * NEARLY_ALL;
}

function known(columns: readonly Column[]): number {
  return columns.filter(({ field }) => !field.startsWith('column:')).length;
}

/** Every column's field in a header of which no layout is known: by the fields' own headers. */
export function matchHeaders(header: readonly string[], book: LayoutBook): Column[] {
  return columnsOf(header, null, book, { layout: null, map: new Map() });
}

/**
 * Every column's field in the header of a table that has no layout of its own (answers, references): by the fields' own
 * headers, then by those that layouts have for them, where all layouts mean the same field.
 */
export function matchAnyHeaders(header: readonly string[], book: LayoutBook): Column[] {
  const columns = matchHeaders(header, book);
  const taken = new Set(columns.map(({ field }) => field));
  const byHeader = layoutHeaders(book);
  return columns.map((column) => {
    const field = column.field.startsWith('column:') ? byHeader.get(foldHeader(column.header)) : undefined;
    if (field === undefined || taken.has(field)) return column;
    taken.add(field);
    return { ...column, field };
  });
}

/** Folded header -> field, of the headers by which layouts know one field. */
function layoutHeaders(book: LayoutBook): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const several = new Set<string>();
  for (const { field, headers } of book.layouts.flatMap((layout) => layout.columns)) {
    for (const header of headers.map(foldHeader)) {
      if ((found.get(header) ?? field) !== field) several.add(header);
      found.set(header, field);
    }
  }
  for (const header of several) found.delete(header);
  return found;
}

function candidates(book: LayoutBook, choice: LayoutChoice): readonly Layout[] {
  return choice.layout === null ? book.layouts : book.layouts.filter((layout) => layout.id === choice.layout);
}

function checkChoice(grid: Grid, book: LayoutBook, choice: LayoutChoice): void {
  if (choice.layout !== null && !book.layouts.some((layout) => layout.id === choice.layout)) {
    const known = book.layouts.map((layout) => layout.id);
    throw new CsrError({
      code: 'unknown-layout',
      severity: 'error',
      message: `there is no layout \`${choice.layout}\``,
      wanted: known.join(', '),
      help: `nearest: ${nearestNames(choice.layout, known)[0] ?? known[0]}`,
    });
  }
  for (const [field, header] of choice.map) {
    if (!book.fields.has(field)) {
      const known = [...book.fields.keys()];
      throw new CsrError({
        code: 'unknown-field',
        severity: 'error',
        message: `there is no field \`${field}\` to map \`${header}\` to`,
        wanted: known.join(', '),
        help:
          nearestNames(field, known).length > 0
            ? `did you mean \`${nearestNames(field, known)[0]}\`?`
            : 'name one of these',
      });
    }
    const found = grid.records.slice(0, HEADER_SEARCH).some((record) => headerAt(record, header) >= 0);
    if (!found) {
      const header0 = grid.records[0] ?? [];
      throw new CsrError({
        code: 'unknown-header',
        severity: 'error',
        message: `${grid.name} has no column \`${header}\` to map to ${field}`,
        found: header0.join(' | '),
        help: 'name a header as it stands in the file, or a column letter such as `D`',
      });
    }
  }
}

function headerAt(record: readonly string[], header: string): number {
  const wanted = foldHeader(header);
  const at = record.findIndex((text) => foldHeader(text) === wanted && wanted !== '');
  if (at >= 0) return at;
  const index = /^[A-Za-z]{1,2}$/.test(header) ? columnIndex(header) : -1;
  return index < record.length ? index : -1;
}

function hasMapped(header: readonly string[], choice: LayoutChoice): boolean {
  return [...choice.map.values()].every((text) => headerAt(header, text) >= 0);
}

function columnsOf(
  header: readonly string[],
  layout: Layout | null,
  book: LayoutBook,
  choice: LayoutChoice,
): Column[] {
  const fields = new Array<string | null>(header.length).fill(null);
  const taken = new Set<string>();
  const take = (at: number, field: string) => {
    if (at < 0 || at >= header.length || fields[at] != null || taken.has(field)) return;
    fields[at] = field;
    taken.add(field);
  };
  for (const [field, text] of choice.map) take(headerAt(header, text), field);
  for (const column of layout?.columns ?? []) {
    // In the order in which the layout lists them: a file may have the second-best column as well.
    for (const wanted of column.headers.map(foldHeader)) {
      take(
        header.findIndex((text) => foldHeader(text) === wanted),
        column.field,
      );
    }
  }
  const byHeader = headerIndex(book);
  for (const [at, text] of header.entries()) {
    const field = byHeader.get(foldHeader(text));
    if (field !== undefined) take(at, field);
  }
  // A letter speaks where the user has named the layout: any file has a column D.
  for (const column of layout?.columns ?? []) {
    if (column.letter !== null && choice.layout === layout?.id)
      take(columnIndex(column.letter), column.field);
  }
  return header.map((text, at) => ({ header: text, field: fields[at] ?? `column:${at + 1}` }));
}

const headerIndexes = new WeakMap<LayoutBook, Map<string, string>>();

function headerIndex(book: LayoutBook): Map<string, string> {
  let index = headerIndexes.get(book);
  if (!index) {
    index = new Map();
    for (const field of book.fields.values()) {
      for (const text of [field.name, ...field.headers]) {
        const folded = foldHeader(text);
        if (folded !== '' && !index.has(folded)) index.set(folded, field.name);
      }
    }
    headerIndexes.set(book, index);
  }
  return index;
}

/** The fields a layout needs and the columns lack; a named layout needs no more than the number. */
function missing(columns: readonly Column[], layout: Layout, choice: LayoutChoice): string[] {
  const found = new Set(columns.map((column) => column.field));
  if (choice.layout === layout.id) return found.has('phoneNumber') ? [] : ['phoneNumber'];
  // A layout that knows a field by its letter asks for little else: the field must stand there, or be headed so.
  const astray = layout.columns
    .filter(({ field, letter, headers }) => {
      const at = columns.findIndex((column) => column.field === field);
      if (letter === null || at < 0 || at === columnIndex(letter)) return false;
      return !headers.some((text) => foldHeader(text) === foldHeader(columns[at]?.header ?? ''));
    })
    .map(({ field, letter }) => `${field} in column ${letter}`);
  const against = layout.noneOf.filter((field) => found.has(field)).map((field) => `-${field}`);
  return [...layout.allOf.filter((field) => !found.has(field)), ...astray, ...against];
}

function tableOf(
  grid: Grid,
  at: number,
  layout: Layout,
  columns: readonly Column[],
  book: LayoutBook,
): Table {
  const rows: Row[] = new Array(grid.records.length - at - 1);
  for (let row = 0; row < rows.length; row++) {
    const record = at + 1 + row;
    rows[row] = { place: grid.places[record] as number, cells: grid.records[record] as readonly string[] };
  }
  if (rows.length === 0) {
    throw new CsrError({
      code: 'no-rows',
      severity: 'error',
      message: `${grid.name} has a header and no rows`,
      help: 'download the file again; a large account takes some minutes',
    });
  }
  return {
    name: grid.name,
    sha256: grid.sha256,
    format: grid.format,
    layout: layout.id,
    columns,
    rows,
    preamble: grid.records.slice(0, at),
    notices: [...grid.notices, ...doubled(grid, at, columns), ...lacking(grid, at, layout, columns, book)],
  };
}

/** A file that goes out in its own columns may lack one that the record needs. */
function lacking(
  grid: Grid,
  at: number,
  layout: Layout,
  columns: readonly Column[],
  book: LayoutBook,
): Problem[] {
  if (layout.output !== null) return [];
  const outputs = book.layouts.flatMap((one) => (one.output ? [one.output.map(({ field }) => field)] : []));
  const record = (outputs[0] ?? []).filter((field) => outputs.every((output) => output.includes(field)));
  const found = new Set(columns.map((column) => column.field));
  const lacks = record.filter((field) => !found.has(field));
  if (lacks.length === 0) return [];
  const unknown = columns.filter(
    (column) => column.field.startsWith('column:') && column.header.trim() !== '',
  );
  return [
    {
      code: 'missing-column',
      severity: 'warning',
      message: `${grid.name} has no column for ${lacks.map((field) => book.fields.get(field)?.label ?? field).join(', ')}; what is written there becomes an added last column`,
      place: { file: grid.name, line: grid.places[at] as number, column: 1 },
      ...(unknown.length > 0
        ? {
            found: `not understood: ${unknown.map((column) => `\`${column.header}\``).join(', ')}`,
            help: `if one of these is meant, say so: \`--map ${lacks[0]}=HEADER\``,
          }
        : {}),
    },
  ];
}

function doubled(grid: Grid, at: number, columns: readonly Column[]): Problem[] {
  const seen = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [index, column] of columns.entries()) {
    const folded = foldHeader(column.header);
    const first = seen.get(folded);
    if (first === undefined) seen.set(folded, index);
    else if (folded !== '') {
      problems.push({
        code: 'duplicate-header',
        severity: 'warning',
        message: `columns ${columnLetter(first)} and ${columnLetter(index)} are both headed \`${column.header}\`; the rules read ${columnLetter(first)}, and ${columnLetter(index)} is kept as it is`,
        place: { file: grid.name, line: grid.places[at] as number, column: index + 1 },
      });
    }
  }
  return problems;
}

function unknownLayout(grid: Grid, book: LayoutBook, choice: LayoutChoice): Problem {
  const header =
    grid.records.find((record) => record.filter((text) => text.trim() !== '').length > 1) ??
    grid.records[0] ??
    [];
  const expected = candidates(book, choice).map((layout) => {
    const lacks = missing(columnsOf(header, layout, book, choice), layout, choice);
    const wants = layout.allOf.map((field) => book.fields.get(field)?.label ?? field).join(', ');
    const missed = lacks.filter((field) => !field.startsWith('-'));
    const unwanted = lacks.filter((field) => field.startsWith('-')).map((field) => field.slice(1));
    const why = [
      ...(missed.length > 0 ? [`there is no ${missed.join(', ')}`] : []),
      ...(unwanted.length > 0 ? [`there is ${unwanted.join(', ')}, which such a file never has`] : []),
    ];
    return `${layout.id} (${wants}): ${why.join('; ')}`;
  });
  return {
    code: 'unknown-layout',
    severity: 'error',
    message: `${grid.name} fits no layout that the rules know`,
    place: { file: grid.name, line: grid.places[0] ?? 1, column: 1 },
    found: header.map((text) => `\`${text}\``).join(', '),
    wanted: expected.join('; '),
    help: 'name the columns with `--map FIELD=HEADER` (as often as needed), or the layout with `--layout ID`; `--save-layout FILE.yaml` keeps the mapping for the next time',
  };
}
