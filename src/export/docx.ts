/**
 * The Report as Word: by carrier, then by address.
 *
 * The tables are written as text, not built as objects of the docx library: that costs 10,000 rows a few megabytes
 * instead of several hundred. The library reads and patches templates.
 */
import { Zip, ZipDeflate } from 'fflate';
import type { Problem } from '../engine/problem.ts';
import { cellsOf, deliveredName, namePart, type Report, type WordFile } from './report.ts';
import { around, type Frame, framingParts, page } from './word/parts.ts';
import { type Section, sectionsOf } from './word/sections.ts';
import { naturalWidth, paragraph, sectionsXml } from './word/tables.ts';
import { fillTemplate, openTemplate, type Part, type Split } from './word/template.ts';
import { COMPANY, shown, unwritable } from './word/text.ts';

export interface WordOptions {
  /** The document's name, with `{customer}`; several documents get a suffix before `.docx`. */
  readonly fileName: string;
  /** One document a carrier. */
  readonly perCarrier?: boolean;
  /** A .docx of the user's whose placeholders are filled. */
  readonly template?: { readonly name: string; readonly bytes: Uint8Array };
  /** The name under which a carrier's numbers stand together; the text itself where the carrier is unknown. */
  readonly canonicalCarrier: (text: string) => string;
}

export interface WordDelivery {
  readonly files: readonly WordFile[];
  /** `replaced-character`: a cell holds what Word cannot. */
  readonly notices: readonly Problem[];
}

/**
 * Writes the Report as Word, every column of the CSV in it under the CSV's header text: what the numbers of one carrier
 * at one address share stands in a head (label and value), what differs in a table of numbers below it, which is split
 * at 400 lines. Texts are exact, but for what `shown` (word/text.ts) says; a blank cell is an empty one. The same Report
 * gives the same bytes.
 *
 * A template must have `{{sections}}` alone in a paragraph: it receives all the information. It may also ask for
 * `{{customer}}`, `{{company}}`, `{{count}}`, `{{authorizedName}}` and every field or header text of the CSV. A template
 * that asks for the carrier gives one document a carrier; one that asks for any other field, one document a section.
 * What differs even within a document is filled in as `several, see below`.
 * @returns one document, or several, and notices.
 * @throws CsrError `unknown-placeholder`, `missing-placeholder` or `not-a-word-document` for a template.
 */
export async function writeDocx(report: Report, options: WordOptions): Promise<WordDelivery> {
  const sections = sectionsOf(report, options.canonicalCarrier);
  const template =
    options.template === undefined
      ? null
      : await openTemplate(options.template.name, options.template.bytes, report);
  const split =
    template === null || template.split === 'none'
      ? options.perCarrier
        ? 'carrier'
        : 'none'
      : template.split;
  const saysCompany = report.columns.some(
    ({ field, header }) => field === 'company' || shown(header) === COMPANY,
  );
  const company = saysCompany ? null : ownerOf(report) || null;
  const name = deliveredName(options.fileName, report.customer);
  const taken = new Set<string>();
  const files = divide(sections, split).map((part) => ({
    name: split === 'none' ? name : suffixed(name, part, split, taken),
    bytes: zipped(
      template === null
        ? defaultDocument(report, part, company)
        : fillTemplate(template, report, part, company),
    ),
  }));
  return { files, notices: replacedCells(report) };
}

/** The sections of each document. An empty report is still one document. */
function divide(sections: readonly Section[], split: Split): readonly (readonly Section[])[] {
  if (split === 'none' || sections.length === 0) return [sections];
  if (split === 'section') return sections.map((section) => [section]);
  const carriers = [...new Set(sections.map((section) => section.carrier))];
  return carriers.map((carrier) => sections.filter((section) => section.carrier === carrier));
}

/** `name` with what tells this document from the delivery's others before its extension. */
function suffixed(name: string, sections: readonly Section[], split: Split, taken: Set<string>): string {
  const [first] = sections;
  const carrier = namePart(first?.carrier ?? '', 'no-carrier');
  const address = namePart((first?.address ?? '').slice(0, 60), 'no-address');
  const suffix = split === 'carrier' ? carrier : `${carrier}_${address}`;
  const [, stem = name, extension = ''] = /^(.*?)(\.docx)?$/is.exec(name) ?? [];
  let found = `${stem}_${suffix}${extension}`;
  // Some file systems take names for the same that differ in case only.
  for (let n = 2; taken.has(found.toLowerCase()); n++) found = `${stem}_${suffix}_${n}${extension}`;
  taken.add(found.toLowerCase());
  return found;
}

/** Whose record it is; blank where nobody has said it. */
function ownerOf(report: Report): string {
  return report.company.trim() || report.customer.trim();
}

const TITLE = 'Customer Service Record';

function* defaultDocument(
  report: Report,
  sections: readonly Section[],
  company: string | null,
): Generator<Part, void, undefined> {
  const title = [TITLE, ownerOf(report)].filter((text) => text !== '').map(shown);
  const upright = page(false);
  const frame: Frame = {
    page: naturalWidth(sections) > upright.textWidth ? page(true) : upright,
    title: title.join(', '),
    footer: title.toReversed().join(' · '),
  };
  for (const [name, xml] of framingParts(frame)) yield [name, [xml]];
  yield ['word/document.xml', content(report, sections, company, frame)];
}

function* content(
  report: Report,
  sections: readonly Section[],
  company: string | null,
  frame: Frame,
): Generator<string, void, undefined> {
  const [before, after] = around(frame);
  yield before;
  yield paragraph('Title', TITLE);
  if (ownerOf(report) !== '') yield paragraph('Subtitle', ownerOf(report));
  const numbers = sections.reduce((count, section) => count + section.rows.length, 0);
  const carriers = new Set(sections.map((section) => section.carrier)).size;
  yield paragraph(
    'CsrLine',
    `${counted(numbers, 'number')}, ${counted(carriers, 'carrier')}, ${counted(sections.length, 'section')}`,
  );
  if (report.partial) yield paragraph('CsrLine', 'Partial: some of what follows is still being looked up.');
  yield* sectionsXml(sections, company, frame.page.textWidth);
  yield after;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** Pieces of about this many characters are packed at once. */
const PIECE = 1 << 16;

/** Packs the parts as they come, so that a large record is never held whole as text. */
function zipped(parts: Iterable<Part>): Uint8Array {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  });
  // Zip knows local time only: the same time of day everywhere is the same bytes.
  const mtime = new Date(2000, 0, 1, 12);
  const encoder = new TextEncoder();
  for (const [name, part] of parts) {
    const file = new ZipDeflate(name, { level: 6 });
    file.mtime = mtime;
    zip.add(file);
    if (part instanceof Uint8Array) file.push(part, true);
    else {
      let piece = '';
      for (const text of part) {
        piece += text;
        if (piece.length < PIECE) continue;
        file.push(encoder.encode(piece));
        piece = '';
      }
      file.push(encoder.encode(piece), true);
    }
  }
  zip.end();
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function replacedCells(report: Report): readonly Problem[] {
  return report.rows.flatMap((row) =>
    cellsOf(report, row).flatMap((text, index): readonly Problem[] => {
      const characters = unwritable(text);
      if (characters.length === 0) return [];
      const column = report.columns[index]?.header ?? `column ${index + 1}`;
      return [
        {
          code: 'replaced-character',
          severity: 'warning',
          message: `row ${row.place}, column \`${shown(column)}\` holds ${characters.join(', ')}, which Word cannot: a mark stands for it`,
          help: 'type the cell again without it',
        },
      ];
    }),
  );
}
