/** A document of the user's whose placeholders are filled. */

import { nearestWords } from '../../engine/load-yaml.ts';
import { CsrError, type Problem } from '../../engine/problem.ts';
import type { Report } from '../report.ts';
import { escapeXml, withSectionStyles } from './parts.ts';
import type { Section } from './sections.ts';
import { sectionsXml } from './tables.ts';
import { notWord, openWord, SEVERAL, shown } from './text.ts';

/** What goes into a document of its own. */
export type Split = 'none' | 'carrier' | 'section';

/** A part of a .docx: its name, and its bytes or the pieces of its text. */
export type Part = readonly [name: string, content: Uint8Array | Iterable<string>];

export interface Template {
  /** How far the template's placeholders make the record come apart. */
  readonly split: Split;
  /** The parts of its package, with a marker where a placeholder stood. */
  readonly parts: Readonly<Record<string, Uint8Array>>;
  /** What stands in word/document.xml before the sections, and after them. */
  readonly around: readonly [before: string, after: string];
  /** The marker of each placeholder. */
  readonly markers: ReadonlyMap<string, string>;
  readonly textWidth: number;
}

const SECTIONS = 'sections';
/** Placeholders that are the same in every document of a delivery, but for the count. */
const SAME_EVERYWHERE: readonly string[] = ['customer', 'company', 'count', SECTIONS];
const DOCUMENT = 'word/document.xml';
const STYLES = 'word/styles.xml';
/** Word's own default: Letter with margins of an inch. */
const DEFAULT_TEXT_WIDTH = 9360;

/**
 * Opens a template and finds its placeholders, also where Word has split one over runs.
 * @param name the template's file, for messages
 * @throws CsrError `not-a-word-document`, `unknown-placeholder`, or `missing-placeholder` where the template could not
 *   carry all the information.
 */
export async function openTemplate(name: string, bytes: Uint8Array, report: Report): Promise<Template> {
  // The library unpacks whatever it is given: the sizes are judged first.
  openWord(name, bytes, () => true);
  // Only a template needs the library, and it is large.
  const { patchDetector, patchDocument, PatchType, TextRun } = await import('docx');
  const damaged = (): never => {
    throw new CsrError(notWord(name, 'is damaged, or no .docx at all'));
  };
  const trimPlaceholders = true;
  const keys = [...new Set(await patchDetector({ data: bytes, trimPlaceholders }).catch(damaged))];
  const known = [...SAME_EVERYWHERE, ...valuesOf(report, []).keys()];
  const wrong = (code: string, message: string, help?: string): CsrError =>
    new CsrError({
      code,
      severity: 'error',
      message,
      help: help ?? `a template may ask for ${list(known)}`,
    } satisfies Problem);
  const unknown = keys.filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw wrong(
      'unknown-placeholder',
      `\`${name}\` asks for ${list(unknown)}, which no record has`,
      didYouMean(unknown, known),
    );
  if (!keys.includes(SECTIONS))
    throw wrong(
      'missing-placeholder',
      `\`${name}\` has no \`{{sections}}\`, so it could not hold all the information`,
    );

  // Private-use letters that no text of the user's holds; values are put in their place later, so that a value with
  // braces is no placeholder.
  const markers = new Map(keys.map((key, i) => [key, `\ue0c5${i}\ue0c6`]));
  const patches = Object.fromEntries(
    [...markers].map(([key, marker]) => [
      key,
      { type: PatchType.PARAGRAPH, children: [new TextRun(marker)] },
    ]),
  );
  const patched = await patchDocument({
    data: bytes,
    outputType: 'uint8array',
    patches,
    trimPlaceholders,
  }).catch(damaged);
  const unfilled = await patchDetector({ data: patched, trimPlaceholders });
  if (unfilled.length > 0)
    throw wrong(
      'unknown-placeholder',
      `\`${name}\` asks for ${list(unfilled)} where no text can be filled in`,
    );
  const parts = openWord(name, patched, () => true);
  const document = new TextDecoder().decode(parts[DOCUMENT]);
  const around = splitAt(document, markers.get(SECTIONS) ?? '');
  if (around === null)
    throw wrong(
      'missing-placeholder',
      `\`{{sections}}\` must stand once in \`${name}\`, alone in a paragraph outside tables, text boxes, headers and footers`,
    );
  const others = keys.filter((key) => !SAME_EVERYWHERE.includes(key));
  const split =
    others.length === 0 ? 'none' : others.every((key) => key === 'carrier') ? 'carrier' : 'section';
  return { split, parts, around, markers, textWidth: textWidthOf(document) };
}

/** The template's parts with its placeholders filled for these sections. */
export function* fillTemplate(
  template: Template,
  report: Report,
  sections: readonly Section[],
  company: string | null,
): Generator<Part, void, undefined> {
  const values = new Map([
    ['customer', report.customer],
    ['company', report.company || report.customer],
    ['count', String(sections.reduce((count, section) => count + section.rows.length, 0))],
    ...valuesOf(report, sections),
  ]);
  const fill = (xml: string): string =>
    [...template.markers].reduce(
      (filled, [key, marker]) => filled.replaceAll(marker, () => inText(values.get(key) ?? '')),
      xml,
    );
  for (const [name, bytes] of Object.entries(template.parts)) {
    const text = new TextDecoder().decode(bytes);
    if (name === DOCUMENT) {
      const [before, after] = template.around;
      yield [name, join(fill(before), sectionsXml(sections, company, template.textWidth), fill(after))];
    } else if (name === STYLES) yield [name, [withSectionStyles(text)]];
    else yield [name, text.includes('\ue0c5') ? [fill(text)] : bytes];
  }
}

function* join(before: string, middle: Iterable<string>, after: string): Generator<string, void, undefined> {
  yield before;
  yield* middle;
  yield after;
}

/** What each placeholder stands for: a field's name or a header's text, and the value that all rows share. */
function valuesOf(report: Report, sections: readonly Section[]): ReadonlyMap<string, string> {
  const shared = (texts: readonly string[]): string => {
    const distinct = new Set(texts);
    return distinct.size > 1 ? SEVERAL : ([...distinct][0] ?? '');
  };
  const rows = sections.flatMap((section) => section.rows);
  const column = (index: number): string => shared(rows.map((row) => row[index] ?? ''));
  const values = new Map<string, string>();
  for (const [index, { header, field }] of report.columns.entries())
    for (const key of [field, header.trim()])
      if (/^[^{}]+$/.test(key) && !values.has(key)) values.set(key, column(index));
  const at = (field: string): number => report.columns.findIndex((candidate) => candidate.field === field);
  const [first, last] = [at('authorizedFirstName'), at('authorizedLastName')];
  if (first >= 0 && last >= 0)
    values.set('authorizedName', shared(rows.map((row) => `${row[first] ?? ''} ${row[last] ?? ''}`.trim())));
  values.set('carrier', shared(sections.map((section) => section.carrier)));
  for (const key of SAME_EVERYWHERE) values.delete(key);
  return values;
}

/** The document before and after the paragraph that holds nothing but the marker; null where there is no such one. */
function splitAt(document: string, marker: string): readonly [string, string] | null {
  const at = document.indexOf(marker);
  if (at < 0 || at !== document.lastIndexOf(marker)) return null;
  const inside = (element: string): boolean => {
    const before = document.slice(0, at);
    const opened = before.split(new RegExp(`<w:${element}[ >]`)).length;
    return opened > before.split(`</w:${element}>`).length;
  };
  if (inside('tbl') || inside('txbxContent')) return null;
  const start = Math.max(document.lastIndexOf('<w:p>', at), document.lastIndexOf('<w:p ', at));
  const end = document.indexOf('</w:p>', at) + '</w:p>'.length;
  const paragraph = document.slice(start, end);
  if (paragraph.replace(/<[^>]*>/g, '').trim() !== marker) return null;
  // A paragraph that ends a part of the document with a page of its own must go on doing so.
  const kept = paragraph.includes('<w:sectPr') ? paragraph.replace(marker, '') : '';
  return [document.slice(0, start), kept + document.slice(end)];
}

function textWidthOf(document: string): number {
  const read = (element: string, attribute: string): number =>
    Number([...document.matchAll(new RegExp(`<w:${element} [^>]*w:${attribute}="(\\d+)"`, 'g'))].at(-1)?.[1]);
  const width = read('pgSz', 'w') - read('pgMar', 'left') - read('pgMar', 'right');
  return width > 0 ? width : DEFAULT_TEXT_WIDTH;
}

/** A text inside a text element. */
function inText(text: string): string {
  return escapeXml(shown(text)).replace(
    /[\n\t]/g,
    (character) => `</w:t>${character === '\n' ? '<w:br/>' : '<w:tab/>'}<w:t xml:space="preserve">`,
  );
}

/** The nearest known placeholder, where each unknown one has one. */
function didYouMean(unknown: readonly string[], known: readonly string[]): string | undefined {
  const near = unknown.map((key) => nearestWords(key, known)[0]);
  const found = near.filter((key): key is string => key !== undefined);
  return found.length === unknown.length ? `did you mean ${list(found)}?` : undefined;
}

const list = (keys: readonly string[]): string => keys.map((key) => `\`{{${key}}}\``).join(', ');
