/** Sections as WordprocessingML: headings, a head, a table of numbers. */
import { escapeXml, SHADED } from './parts.ts';
import type { Section } from './sections.ts';
import { COMPANY, NO_ADDRESS, RUNNING, shown, titleOf } from './text.ts';

/** LibreOffice did not open one table of 10,000 lines in two minutes; in tables of at most 500 rows it took seconds. */
const LINES_PER_TABLE = 400;

/** Below this many lines numbers are not set side by side. */
const FEWEST_LINES = 12;
const MOST_SIDE_BY_SIDE = 4;

/** Widths in twentieths of a point; of texts, at 9 points. */
const DIGIT = 101;
const CELL_MARGINS = 180;
const WIDEST_LINE = 4200;
const WIDEST_WORD = 2400;
/** A label longer than this is cut sooner than it takes the room of the texts below it. */
const WIDEST_LABEL_WORD = 1100;
/** A text that would take more lines than this in its column calls for small print. */
const MOST_LINES = 2.5;
const LINES_TRIED = 40;
/** The small print of tables that would not fit otherwise: 7 points. */
const SMALL = 7 / 9;

/**
 * The sections as the content of a document's body.
 * @param company who the numbers belong to; null for a record that says it in a column.
 * @param textWidth between the page's margins, in twentieths of a point.
 */
export function* sectionsXml(
  sections: readonly Section[],
  company: string | null,
  textWidth: number,
): Generator<string, void, undefined> {
  if (sections.length === 0) yield paragraph('Normal', 'There are no numbers in this record.');
  let carrier: string | null = null;
  for (const section of sections) {
    if (section.carrier !== carrier) yield paragraph('Heading1', titleOf(section.carrier) || 'No carrier');
    carrier = section.carrier;
    yield paragraph('Heading2', titleOf(section.address) || NO_ADDRESS);
    yield headXml(section, company, textWidth);
    yield paragraph('CsrJoin', '');
    yield* tablesXml(section, textWidth);
  }
}

/** How wide the widest table would like to be, in twentieths of a point, if long texts are broken. */
export function naturalWidth(sections: readonly Section[]): number {
  return sections.reduce((most, section) => {
    const widths = measure(section).map(({ line }) => Math.min(line, WIDEST_WORD) + CELL_MARGINS);
    return Math.max(most, runningWidth(section) + sum(widths));
  }, 0);
}

function headXml(section: Section, company: string | null, textWidth: number): string {
  const lines = company === null ? section.head : [[COMPANY, company] as const, ...section.head];
  if (lines.length === 0) return '';
  const widths = [Math.round(textWidth * 0.3), textWidth - Math.round(textWidth * 0.3)];
  const rows = lines.map(
    ([label, text]) =>
      `<w:tr>${rowProperties(text.length)}${cell(widths[0] ?? 0, 'CsrLabel', label, SHADED)}${cell(widths[1] ?? 0, 'CsrValue', text)}</w:tr>`,
  );
  return `${tableStart(widths)}${rows.join('')}</w:tbl>`;
}

const HEADER_ROW = '<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>';
/** A cell of more characters than this may be cut by a page's end, or it would never fit. */
const LONGEST_UNCUT = 1200;

function rowProperties(longest: number): string {
  return longest > LONGEST_UNCUT ? '' : '<w:trPr><w:cantSplit/></w:trPr>';
}

function* tablesXml(section: Section, textWidth: number): Generator<string, void, undefined> {
  const { sideBySide, widths, small } = layOut(section, textWidth);
  const size = small ? 'Small' : '';
  const [headerStyle, cellStyle, runningStyle] = [`CsrHeader${size}`, `CsrCell${size}`, `CsrRunning${size}`];
  const labels = [RUNNING, ...section.columns.map(({ label }) => label)];
  const header = Array.from({ length: sideBySide }, () =>
    labels
      .map((label, i) => cell(widths[i] ?? 0, i === 0 ? runningStyle : headerStyle, label, SHADED))
      .join(''),
  ).join('');
  const all = Array.from({ length: sideBySide }, () => widths).flat();
  const start = `${tableStart(all)}<w:tr>${HEADER_ROW}${header}</w:tr>`;
  const empty = widths.map((width) => cell(width, cellStyle, '')).join('');
  const perTable = LINES_PER_TABLE * sideBySide;
  for (let from = 0; from < section.rows.length; from += perTable) {
    const to = Math.min(from + perTable, section.rows.length);
    if (from > 0)
      yield paragraph(
        'CsrLine',
        `Numbers ${grouped(from + 1)} to ${grouped(to)} of ${grouped(section.rows.length)}`,
      );
    yield start;
    for (let line = from; line < to; line += sideBySide) {
      let cells = '';
      let longest = 0;
      for (let i = line; i < line + sideBySide; i++) {
        const row = i < to ? section.rows[i] : undefined;
        if (row === undefined) {
          cells += empty;
          continue;
        }
        cells += cell(widths[0] ?? 0, runningStyle, String(i + 1), SHADED);
        for (const [c, { index }] of section.columns.entries()) {
          const text = row[index] ?? '';
          longest = Math.max(longest, text.length);
          cells += cell(widths[c + 1] ?? 0, cellStyle, text);
        }
      }
      yield `<w:tr>${rowProperties(longest)}${cells}</w:tr>`;
    }
    yield '</w:tbl>';
    yield paragraph('CsrGap', '');
  }
}

/** How much room a text wants. */
interface Width {
  /** The longest line, and the longest piece that should not be cut. */
  readonly line: number;
  readonly word: number;
}

/** What each column of the section's table wants. */
function measure(section: Section): readonly Width[] {
  return section.columns.map(({ label, index }) => {
    const bold = 1.1;
    const header = textWidthOf(label);
    let line = header.line * bold;
    let word = Math.min(header.word * bold, WIDEST_LABEL_WORD);
    for (const row of section.rows) {
      const width = textWidthOf(row[index] ?? '');
      if (width.line > line) line = width.line;
      if (width.word > word) word = width.word;
    }
    return { line: Math.min(line, WIDEST_LINE), word: Math.min(word, WIDEST_WORD) };
  });
}

function runningWidth(section: Section): number {
  return Math.max(2, String(section.rows.length).length) * DIGIT + CELL_MARGINS;
}

interface Layout {
  /** How many numbers stand in one line of the table. */
  readonly sideBySide: number;
  /** Of the running number and each column. */
  readonly widths: readonly number[];
  readonly small: boolean;
}

function layOut(section: Section, textWidth: number): Layout {
  const measured = measure(section);
  const running = runningWidth(section);
  const natural = measured.map(({ line }) => line + CELL_MARGINS);
  // A label like the running number's would hide where the next number starts.
  const mayRepeat = section.columns.every(({ label }) => label !== RUNNING);
  const fitting = mayRepeat ? Math.floor(textWidth / (running + sum(natural))) : 1;
  const sideBySide = Math.max(
    1,
    Math.min(fitting, MOST_SIDE_BY_SIDE, Math.floor(section.rows.length / FEWEST_LINES)),
  );
  const room = Math.floor(textWidth / sideBySide) - running;
  const inSize = (scale: number): { readonly widths: readonly number[]; readonly lines: number } => {
    const lines = linesNeeded(measured, scale, room);
    return { lines, widths: [running, ...filling(wanted(measured, scale, lines), room)] };
  };
  const normal = inSize(1);
  const small = normal.lines > MOST_LINES;
  return { sideBySide, small, widths: small ? inSize(SMALL).widths : normal.widths };
}

/** The widths at which no text takes more than `lines` lines, but for words that are longer. */
function wanted(columns: readonly Width[], scale: number, lines: number): readonly number[] {
  return columns.map(({ line, word }) => Math.max(word, line / lines) * scale + CELL_MARGINS);
}

/** In how few lines the longest text of a row can stand when all columns share `room`; many where not even words fit. */
function linesNeeded(columns: readonly Width[], scale: number, room: number): number {
  let lines = 1;
  while (lines < LINES_TRIED && sum(wanted(columns, scale, lines)) > room) lines += 0.25;
  return lines;
}

/** The widths made to fill `room`: what is spare is shared alike, what is missing is taken in proportion. */
function filling(widths: readonly number[], room: number): readonly number[] {
  const spare = room - sum(widths);
  return widths.map((width) =>
    Math.floor(spare >= 0 ? width + spare / widths.length : (width * room) / sum(widths)),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** About how wide a text is at 9 points. */
function textWidthOf(text: string): Width {
  let [line, word, longestLine, longestWord] = [0, 0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const wide = unit >= 0x2e80;
    const width = wide ? 185 : unit >= 0x41 && unit <= 0x5a ? 125 : unit === 0x20 ? 52 : DIGIT;
    if (unit === 0x0a || unit === 0x0d) line = 0;
    // A line may break after a space or a hyphen, and between ideographs.
    if (unit <= 0x20 || unit === 0x2d || wide) word = 0;
    line += width;
    word += width;
    if (line > longestLine) longestLine = line;
    if (word > longestWord) longestWord = word;
  }
  return { line: longestLine, word: longestWord };
}

function tableStart(widths: readonly number[]): string {
  const columns = widths.map((width) => `<w:gridCol w:w="${width}"/>`).join('');
  return (
    `<w:tbl><w:tblPr><w:tblStyle w:val="CsrTable"/><w:tblW w:w="${sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>` +
    '<w:tblLook w:val="0400" w:firstRow="0" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>' +
    `</w:tblPr><w:tblGrid>${columns}</w:tblGrid>`
  );
}

function cell(width: number, style: string, text: string, shading = ''): string {
  return `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/>${shading}</w:tcPr>${paragraph(style, text)}</w:tc>`;
}

/** A text whose first letter is Hebrew, Arabic or of their neighbours runs from the right. */
const MAYBE_RIGHT_TO_LEFT = /[\u0590-\u08ff]/;
const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;

/** One paragraph; a line break or tab in `text` stays one. */
export function paragraph(style: string, text: string): string {
  const direction = MAYBE_RIGHT_TO_LEFT.test(text) && RIGHT_TO_LEFT.test(text) ? '<w:bidi/>' : '';
  const run = text === '' ? '' : `<w:r>${runContent(text)}</w:r>`;
  return `<w:p><w:pPr><w:pStyle w:val="${style}"/>${direction}</w:pPr>${run}</w:p>`;
}

/** The content of a run that shows `text`. */
function runContent(text: string): string {
  const visible = shown(text);
  if (!/[\t\n]/.test(visible)) return `<w:t xml:space="preserve">${escapeXml(visible)}</w:t>`;
  return visible
    .split(/([\t\n])/)
    .map((piece) => {
      if (piece === '\n') return '<w:br/>';
      if (piece === '\t') return '<w:tab/>';
      return piece === '' ? '' : `<w:t xml:space="preserve">${escapeXml(piece)}</w:t>`;
    })
    .join('');
}

const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',');
