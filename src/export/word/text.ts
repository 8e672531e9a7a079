/** What the writer of the Word file and its reader agree on: how a text of the CSV stands there, and how columns are called. */
import { unzipSync } from 'fflate';
import { CsrError, type Problem } from '../../engine/problem.ts';
import { wellFormed } from '../report.ts';

/** Heads the column of running numbers in a table of numbers: the one mark that tells it from a section's head. */
export const RUNNING = '#';

/** The label of the line in a section's head that says whose numbers these are, where the CSV does not. */
export const COMPANY = 'Company';

/** The heading of numbers without an address. */
export const NO_ADDRESS = 'No address';

/** What a template's placeholder becomes where the rows of the document differ. */
export const SEVERAL = 'several, see below';

/** Characters that XML, and so Word, cannot hold; tab and line breaks have elements of their own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A line break is one line break in Word, whatever it was made of. */
const LINE_BREAK = /\r\n?/g;

/**
 * A text as Word shows it: the same, but for line breaks (all become `\n`), characters that XML cannot hold (`[U+0001]`)
 * and lone surrogates (U+FFFD).
 */
export function shown(text: string): string {
  return wellFormed(text)
    .replace(LINE_BREAK, '\n')
    .replace(UNWRITABLE, (character) => `[${codePoint(character)}]`);
}

const LONGEST_TITLE = 300;

/** A text as a heading: one line, and not a page of it; the whole text stands in the section itself. */
export function titleOf(text: string): string {
  const line = shown(text).replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE)}…` : line;
}

/** The characters of `text` that Word shows as a mark: `U+0001`, each once. */
export function unwritable(text: string): readonly string[] {
  const found = wellFormed(text).match(UNWRITABLE) ?? [];
  const lone = wellFormed(text) === text ? [] : ['half a surrogate pair'];
  return [...new Set([...found.map(codePoint), ...lone])];
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * What the columns are called in Word: their header texts, and `(column 10)` where there is none.
 * @param width how many columns the widest row has, over-long ones included.
 */
export function labelsOf(header: readonly string[], width: number): readonly string[] {
  return Array.from({ length: Math.max(width, header.length) }, (_, i) => {
    const text = shown(header[i] ?? '');
    return text.trim() === '' ? `(column ${i + 1})` : text;
  });
}

/** More than any record needs, and little enough to hold in memory. */
const MOST_BYTES = 400 * 1024 * 1024;
const MOST_PARTS = 5000;

/**
 * Opens a .docx.
 * @param wanted which parts to unpack.
 * @returns the parts' bytes by name.
 * @throws CsrError `not-a-word-document` where it is no zip, or unpacks to more than it should.
 */
export function openWord(
  name: string,
  bytes: Uint8Array,
  wanted: (part: string) => boolean,
): Readonly<Record<string, Uint8Array>> {
  let size = 0;
  let parts = 0;
  let tooLarge = false;
  const filter = (file: { readonly name: string; readonly originalSize: number }): boolean => {
    parts += 1;
    if (!wanted(file.name)) return false;
    size += file.originalSize;
    tooLarge ||= size > MOST_BYTES || parts > MOST_PARTS;
    return !tooLarge;
  };
  let opened: Record<string, Uint8Array>;
  try {
    opened = unzipSync(bytes, { filter });
  } catch {
    throw new CsrError(notWord(name, 'is damaged, or no .docx at all'));
  }
  if (tooLarge) throw new CsrError(notWord(name, 'unpacks to more than a record can be'));
  return opened;
}

export function notWord(name: string, what: string): Problem {
  return {
    code: 'not-a-word-document',
    severity: 'error',
    message: `\`${name}\` ${what}`,
    help: 'open it in Word and save it as .docx',
  };
}
