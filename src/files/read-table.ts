/** A file of rows as a grid, whatever it is called and however it is written. */
import { createHash } from 'node:crypto';
import { CsrError } from '../engine/problem.ts';
import type { Grid } from '../engine/table.ts';
import { readCsv } from './read-csv.ts';
import { inputName, readBytes, type Stdin } from './read-text.ts';

const ZIP = Buffer.from('PK\x03\x04', 'latin1');
const EMPTY_ZIP = Buffer.from('PK\x05\x06', 'latin1');
/** Compound files: Excel before 2007, and newer workbooks under a password. */
const COMPOUND = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le');

/** Web pages and reports that are offered as spreadsheets; each begins with what is never a header. */
const NOT_TABLES: readonly (readonly [start: RegExp, what: string])[] = [
  [/^%PDF-/, 'a PDF document'],
  [/^\{\\rtf/, 'a Rich Text document'],
  [/^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|table|style|meta)\b/i, 'a web page'],
  [/^(?:\xef\xbb\xbf)?\s*<\?xml\b/i, 'an XML document'],
];

function startsWith(bytes: Buffer, signature: Buffer): boolean {
  return bytes.subarray(0, signature.length).equals(signature);
}

function refuseOthers(bytes: Buffer, name: string): void {
  const help = 'open it in Excel and save it as .xlsx or as CSV UTF-8';
  const refuse = (code: string, what: string, how = help) =>
    new CsrError({ code, severity: 'error', message: `${inputName(name)} is ${what}`, help: how });
  if (startsWith(bytes, COMPOUND))
    throw bytes.includes(ENCRYPTED_PACKAGE)
      ? refuse('encrypted', 'protected by a password', 'save it without a password')
      : refuse('not-a-table', 'in a format of Excel before 2007 (.xls)');
  const start = bytes.toString('latin1', 0, 512);
  const known = NOT_TABLES.find(([pattern]) => pattern.test(start));
  if (known) throw refuse('not-a-table', `${known[1]}, not a table`);
}

/**
 * Reads CSV or an Excel workbook; the bytes decide which, not the name.
 *
 * @param path a file, a pipe, or `-` for standard input
 * @param stdin what `-` reads; the process's own standard input unless given
 * @param options `sheet`: the name of a workbook's sheet, in place of the first visible one
 * @returns every record that holds anything, each with its spreadsheet row number, and what is to be said of them
 * @throws CsrError when the file is missing, a folder, unreadable, empty, too large, neither CSV nor XLSX, or damaged
 */
export async function readGrid(path: string, stdin?: Stdin, options: { sheet?: string } = {}): Promise<Grid> {
  const bytes = await readBytes(path, stdin);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (startsWith(bytes, ZIP) || startsWith(bytes, EMPTY_ZIP)) {
    // Loaded only for workbooks, for most files are CSV and every start-up counts.
    const { readXlsx } = await import('./read-xlsx.ts');
    return readXlsx(bytes, path, sha256, options.sheet);
  }
  refuseOthers(bytes, path);
  return readCsv(bytes, path, sha256);
}
