/**
 * One sheet of an Excel workbook as a grid of text. A reader of our own, for no package keeps a 20-digit number or a
 * `0012` that only a number format shows.
 */
import { CsrError, type Problem } from '../engine/problem.ts';
import type { Grid } from '../engine/table.ts';
import { blankRowsNotice, listed, Tally, tallyNotice } from './notice.ts';
import { builtInFormat, type NumberFormat, numberFormat, showNumber } from './number-format.ts';
import {
  type Attributes,
  damaged,
  type OfficeArchive,
  openArchive,
  type PartReader,
} from './office-archive.ts';
import { inputName } from './read-text.ts';

/** Every shared string stays in memory. */
const MAX_STRINGS_BYTES = 256_000_000;
const MAX_ROWS = 1_048_576;
const MAX_COLUMNS = 16_384;
/** What fits in Node's default memory with room for the decisions. */
const MAX_CELLS = 32_000_000;

const GENERAL = numberFormat('General');

interface Sheet {
  readonly name: string;
  readonly visible: boolean;
  readonly path: string;
}

interface Workbook {
  readonly sheets: readonly Sheet[];
  /** Whether days count from 1904 and not from 1900. */
  readonly from1904: boolean;
  /** The paths of the parts that hold shared strings and styles. */
  readonly strings: string | null;
  readonly styles: string | null;
}

function fault(code: string, message: string, help: string): CsrError {
  return new CsrError({ code, severity: 'error', message, help });
}

/** The archives that people take for workbooks, by a part that only they have. */
const OTHER_ARCHIVES: readonly (readonly [part: string, what: string])[] = [
  ['xl/workbook.bin', 'a binary Excel workbook (.xlsb)'],
  ['word/document.xml', 'a Word document'],
  ['ppt/presentation.xml', 'a PowerPoint presentation'],
  ['content.xml', 'an OpenDocument file'],
  ['Index/Document.iwa', 'an Apple Numbers or Pages file'],
];

function notAWorkbook(archive: OfficeArchive, name: string): CsrError {
  const what = OTHER_ARCHIVES.find(([part]) => archive.has(part))?.[1] ?? 'a zip archive';
  return fault(
    'not-a-table',
    `${inputName(name)} is ${what}, not an Excel workbook (.xlsx)`,
    'save the table as .xlsx or as CSV UTF-8',
  );
}

function isTrue(text: string | undefined): boolean {
  return text === '1' || text === 'true';
}

/** `id` of `r:id`, whatever the prefix. */
function prefixed(attributes: Attributes, name: string): string | undefined {
  const key = Object.keys(attributes).find((each) => each.endsWith(`:${name}`));
  return key === undefined ? undefined : attributes[key];
}

async function readWorkbook(archive: OfficeArchive, name: string): Promise<Workbook> {
  const main = (await archive.relations('')).find(({ type }) => type === 'officeDocument');
  if (!main || !/\.xml$/i.test(main.path)) throw notAWorkbook(archive, name);
  const relations = await archive.relations(main.path);
  const sheets: Sheet[] = [];
  let root: string | undefined;
  let from1904 = false;
  await archive.read(main.path, {
    open: (element, attributes) => {
      root ??= element;
      if (element === 'workbookPr') from1904 = isTrue(attributes.date1904);
      if (element !== 'sheet') return;
      const id = prefixed(attributes, 'id');
      const relation = relations.find((each) => each.id === id);
      // A chart may have a sheet of its own, without rows.
      if (relation?.type !== 'worksheet') return;
      const visible = (attributes.state ?? 'visible') === 'visible';
      sheets.push({ name: attributes.name ?? '', visible, path: relation.path });
    },
  });
  if (root !== 'workbook') throw notAWorkbook(archive, name);
  if (sheets.length === 0) throw damaged(name, 'it has no sheet');
  const pathOf = (wanted: string) => relations.find(({ type }) => type === wanted)?.path ?? null;
  return { sheets, from1904, strings: pathOf('sharedStrings'), styles: pathOf('styles') };
}

function chooseSheet(sheets: readonly Sheet[], wanted: string | undefined, name: string): Sheet {
  const named = listed(sheets.map((sheet) => `\`${sheet.name}\``));
  const folded = wanted?.toLowerCase();
  const found = sheets.find((sheet) =>
    folded === undefined ? sheet.visible : sheet.name.toLowerCase() === folded,
  );
  if (found) return found;
  throw wanted === undefined
    ? fault(
        'hidden-sheets',
        `every sheet of ${inputName(name)} is hidden: ${named}`,
        'show the sheet, and save',
      )
    : fault('unknown-sheet', `${inputName(name)} has no sheet \`${wanted}\``, `it has ${named}`);
}

/** What XML cannot hold is written `_x000D_`, and an underscore that would look like that `_x005F_`. */
function unescapeText(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Collects a string item: its own text or its runs of rich text together, without the phonetic guides of Japanese. */
class StringItem {
  private inText = false;
  private inPhonetic = false;
  text = '';

  open(element: string): void {
    if (element === 'rPh') this.inPhonetic = true;
    else if (element === 't') this.inText = !this.inPhonetic;
  }

  add(text: string): void {
    if (this.inText) this.text += text;
  }

  close(element: string): void {
    if (element === 'rPh') this.inPhonetic = false;
    else if (element === 't') this.inText = false;
  }

  take(): string {
    const { text } = this;
    this.text = '';
    return unescapeText(text);
  }
}

async function readStrings(archive: OfficeArchive, path: string | null): Promise<string[]> {
  const strings: string[] = [];
  if (path === null) return strings;
  const item = new StringItem();
  const reader: PartReader = {
    open: (element) => item.open(element),
    text: (text) => item.add(text),
    close: (element) => {
      item.close(element);
      if (element === 'si') strings.push(item.take());
    },
  };
  await archive.read(path, reader, MAX_STRINGS_BYTES);
  return strings;
}

/** The number format of each cell style. */
async function readFormats(archive: OfficeArchive, path: string | null): Promise<NumberFormat[]> {
  const codes = new Map<number, string>();
  const ids: number[] = [];
  if (path === null) return [];
  // Named styles and conditional formats use the same elements in other lists.
  let list = '';
  await archive.read(path, {
    open: (element, attributes) => {
      if (element === 'numFmts' || element === 'cellXfs') list = element;
      else if (element === 'numFmt' && list === 'numFmts')
        codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (element === 'xf' && list === 'cellXfs') ids.push(Number(attributes.numFmtId ?? 0));
    },
    close: (element) => {
      if (element === list) list = '';
    },
  });
  return ids.map((id) => numberFormat(codes.get(id) ?? builtInFormat(id)));
}

/** The column of a reference, from 1, or 0 where the reference is not in `row`: `D7` is 4 in row 7. */
function columnOf(reference: string, row: number): number {
  let column = 0;
  let at = 0;
  for (; at < reference.length; at += 1) {
    const letter = reference.charCodeAt(at) | 0x20;
    if (letter < 0x61 || letter > 0x7a) break;
    column = column * 26 + letter - 0x60;
  }
  return Number(reference.slice(at)) === row ? column : 0;
}

function columnLetters(column: number): string {
  let letters = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return letters;
}

interface CellContext {
  /** The file as the user gave it. */
  readonly name: string;
  readonly strings: readonly string[];
  readonly formats: readonly NumberFormat[];
  readonly from1904: boolean;
}

/** Collects a sheet's rows. A row or cell without reference follows the one before, as the format says. */
class Rows implements PartReader {
  readonly records: string[][] = [];
  readonly places: number[] = [];
  private readonly formulas = new Tally();
  private readonly uncalculated = new Tally();
  private readonly errors = new Tally();
  private readonly dates = new Tally();
  private readonly longNumbers = new Tally();
  private readonly hiddenRows = new Tally();

  private readonly context: CellContext;
  private readonly inline = new StringItem();
  private total = 0;
  private row = 0;
  private cells: string[] = [];
  private column = 0;
  private type = '';
  private style = 0;
  private value = '';
  private hasFormula = false;
  private hasValue = false;
  /** How deep we are: a sheet has more parts than rows, which use the same words. */
  private inside: 'sheet' | 'row' | 'cell' | 'value' = 'sheet';

  constructor(context: CellContext) {
    this.context = context;
  }

  open(element: string, attributes: Attributes): void {
    if (element === 'row') this.openRow(attributes);
    else if (element === 'c' && this.inside === 'row') this.openCell(attributes);
    else if (this.inside !== 'cell') return;
    else if (element === 'v') {
      this.inside = 'value';
      this.hasValue = true;
    } else if (element === 'f') this.hasFormula = true;
    else this.inline.open(element);
  }

  text(text: string): void {
    if (this.inside === 'value') this.value += text;
    else if (this.inside === 'cell') this.inline.add(text);
  }

  close(element: string): void {
    if (element === 'v' && this.inside === 'value') this.inside = 'cell';
    else if (element === 'c' && this.inside === 'cell') this.closeCell();
    else if (element === 'row' && this.inside === 'row') this.closeRow();
    else if (this.inside === 'cell') this.inline.close(element);
  }

  notices(): Problem[] {
    const { name } = this.context;
    return [
      ...tallyNotice(name, this.longNumbers, {
        code: 'long-number',
        severity: 'warning',
        noun: 'cell',
        what: 'with a number of more than 15 digits, of which Excel may have made the last ones zeros',
        help: 'compare them with the source; such numbers belong in cells formatted as text',
      }),
      ...tallyNotice(name, this.errors, {
        code: 'cell-error',
        severity: 'warning',
        noun: 'cell',
        what: 'with an error, read as its text',
        help: 'mend the formula in Excel, or correct the cell by hand',
      }),
      ...tallyNotice(name, this.uncalculated, {
        code: 'formula-without-value',
        severity: 'warning',
        noun: 'cell',
        what: 'with a formula that was never calculated, read as blank',
        help: 'open the workbook in Excel and save it',
      }),
      ...tallyNotice(name, this.formulas, {
        code: 'formula-cell',
        severity: 'info',
        noun: 'cell',
        what: 'with a formula, read as last calculated',
      }),
      ...tallyNotice(name, this.dates, {
        code: 'date-cell',
        severity: 'info',
        noun: 'cell',
        what: 'with a date, read as year-month-day',
      }),
      ...tallyNotice(name, this.hiddenRows, {
        code: 'hidden-row',
        severity: 'info',
        noun: 'row',
        what: 'hidden in the sheet, read like the others',
      }),
      ...blankRowsNotice(name, this.places),
    ];
  }

  private openRow({ r: reference, hidden }: Attributes): void {
    const row = reference === undefined ? this.row + 1 : Number(reference);
    if (!Number.isInteger(row) || row <= this.row || row > MAX_ROWS)
      throw damaged(this.context.name, `row \`${reference}\` comes after row ${this.row}`);
    this.row = row;
    this.cells = [];
    this.column = 0;
    this.inside = 'row';
    if (isTrue(hidden)) this.hiddenRows.add(row, String(row));
  }

  private openCell({ r: reference, t: type = 'n', s: style = '0' }: Attributes): void {
    const column = reference === undefined ? this.column + 1 : columnOf(reference, this.row);
    if (column <= this.column || column > MAX_COLUMNS)
      throw damaged(
        this.context.name,
        `row ${this.row} has no place for a cell \`${reference ?? columnLetters(column)}\``,
      );
    this.column = column;
    this.type = type;
    this.style = Number(style);
    this.value = '';
    this.hasFormula = false;
    this.hasValue = false;
    this.inside = 'cell';
  }

  private closeCell(): void {
    this.inside = 'row';
    const text = this.cellText();
    if (this.hasFormula) this.note(this.isCalculated() ? this.formulas : this.uncalculated);
    if (text === '') return;
    while (this.cells.length < this.column - 1) this.cells.push('');
    this.cells[this.column - 1] = text;
  }

  /** Some programs write an empty value where there is none; only a text may truly be empty. */
  private isCalculated(): boolean {
    return this.value !== '' || (this.type === 'str' && this.hasValue);
  }

  private cellText(): string {
    const { strings, formats, from1904, name } = this.context;
    const inline = this.inline.take();
    const { type, value } = this;
    if (type === 'inlineStr') return inline;
    if (value === '') return '';
    if (type === 's') {
      const text = strings[Number(value)];
      if (text === undefined) throw damaged(name, `the text of cell ${this.reference()} is missing`);
      return text;
    }
    if (type === 'str') return unescapeText(value);
    if (type === 'b') return isTrue(value) ? 'TRUE' : 'FALSE';
    if (type === 'e') this.note(this.errors);
    if (type !== 'n') return value;
    const shown = showNumber(value, formats[this.style] ?? GENERAL, from1904);
    if (shown.date) this.note(this.dates);
    if (shown.doubtful) this.note(this.longNumbers);
    return shown.text;
  }

  private closeRow(): void {
    this.inside = 'sheet';
    if (this.cells.every((cell) => cell.trim() === '')) return;
    this.total += this.cells.length;
    if (this.total > MAX_CELLS)
      throw fault(
        'too-large',
        `${inputName(this.context.name)} holds more than ${MAX_CELLS.toLocaleString('en')} cells`,
        'split it into smaller files',
      );
    this.records.push(this.cells);
    this.places.push(this.row);
  }

  private reference(): string {
    return `\`${columnLetters(this.column)}${this.row}\``;
  }

  private note(tally: Tally): void {
    tally.add(this.row, this.reference());
  }
}

/** Says which sheets stay unread where nobody chose one. */
function otherSheetsNotice(name: string, read: Sheet, sheets: readonly Sheet[]): Problem[] {
  const others = sheets.filter((sheet) => sheet !== read && sheet.visible);
  if (others.length === 0) return [];
  const unread = listed(others.map((sheet) => `\`${sheet.name}\``));
  return [
    {
      code: 'other-sheets',
      severity: 'info',
      message: `only the first sheet is read, \`${read.name}\`, not ${unread}`,
      place: { file: name, line: 1, column: 1 },
    },
  ];
}

/**
 * A sheet of an XLSX workbook as a grid.
 *
 * Numbers come digit by digit (never in scientific notation), zero-padded where the cell's format pads; dates as ISO
 * 8601; formulas as last calculated; what was read so is in the notices. Records end with their last cell that holds
 * something; blank rows are left out, but count in `places`.
 *
 * @param name the file as the user gave it
 * @param sha256 the hex digest of `bytes`
 * @param wanted the name of a sheet, in any case; the first visible one where undefined
 * @throws CsrError when the archive is damaged, encrypted, no workbook, or beyond the limits, or the sheet is empty
 */
export async function readXlsx(bytes: Buffer, name: string, sha256: string, wanted?: string): Promise<Grid> {
  const archive = await openArchive(bytes, name);
  const { sheets, from1904, ...paths } = await readWorkbook(archive, name);
  const sheet = chooseSheet(sheets, wanted, name);
  const strings = await readStrings(archive, paths.strings);
  const formats = await readFormats(archive, paths.styles);
  const rows = new Rows({ name, strings, formats, from1904 });
  await archive.read(sheet.path, rows);
  const { records, places } = rows;
  if (records.length === 0)
    throw fault('empty-file', `sheet \`${sheet.name}\` of ${inputName(name)} is empty`, 'check the workbook');
  const others = wanted === undefined ? otherSheetsNotice(name, sheet, sheets) : [];
  const format = { kind: 'xlsx', sheet: sheet.name } as const;
  return { name, sha256, format, records, places, notices: [...others, ...rows.notices()] };
}
