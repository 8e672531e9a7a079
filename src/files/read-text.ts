/** Bytes from a file or from standard input, and the text they stand for. */
import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { CsrError, type Problem } from '../engine/problem.ts';
import type { Encoding } from '../engine/table.ts';
import { systemError } from './system-error.ts';

/** Where `-` reads from: all of standard input. */
export type Stdin = () => Promise<Uint8Array>;

/** Larger files could not be held as one string. */
const MAX_FILE_BYTES = 512_000_000;

/** Answers, references and rejections are written by people. */
const MAX_SMALL_BYTES = 16_000_000;

/** A file's text, and how its bytes stood for it. */
export interface Decoded {
  readonly text: string;
  readonly encoding: Encoding;
  readonly bom: boolean;
  /** Neither a byte order mark nor valid UTF-8 says so: it is our best guess. */
  readonly guessed: boolean;
}

function fault(code: string, message: string, help?: string): CsrError {
  const problem: Problem = { code, severity: 'error', message, ...(help === undefined ? {} : { help }) };
  return new CsrError(problem);
}

/** How a message names an input: `-` is what the user typed, but not what it is. */
export function inputName(path: string): string {
  return path === '-' ? 'standard input' : `\`${path}\``;
}

function tooLarge(path: string, limit: number): CsrError {
  const megabytes = Math.floor(limit / 1_000_000);
  return fault(
    'too-large',
    `${inputName(path)} is larger than ${megabytes} MB`,
    'split it into smaller files',
  );
}

async function collect(chunks: AsyncIterable<Uint8Array>, path: string, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw tooLarge(path, limit);
    parts.push(chunk);
  }
  return Buffer.concat(parts, size);
}

async function readOpened(handle: FileHandle, path: string, limit: number): Promise<Buffer> {
  const stats = await handle.stat();
  if (stats.isDirectory()) throw fault('is-a-folder', `\`${path}\` is a folder`, 'name a file in it');
  if (stats.isFile() && stats.size > limit) throw tooLarge(path, limit);
  // A pipe (`<(…)`, /dev/stdin) has no size to go by, so it is counted as it comes.
  if (stats.isFile()) return handle.readFile();
  return collect(handle.createReadStream({ autoClose: false }), path, limit);
}

/**
 * Every byte of a file.
 *
 * @param path a file, a pipe, or `-` for standard input
 * @param stdin what `-` reads; the process's own standard input unless given
 * @throws CsrError when it is missing, a folder, unreadable, empty, or larger than `limit` bytes
 */
export async function readBytes(path: string, stdin?: Stdin, limit = MAX_FILE_BYTES): Promise<Buffer> {
  let bytes: Buffer;
  if (path === '-') {
    const given = stdin ? await stdin() : await collect(process.stdin, path, limit);
    bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  } else {
    let handle: FileHandle | null = null;
    try {
      handle = await open(path, 'r');
      bytes = await readOpened(handle, path, limit);
    } catch (error) {
      throw systemError(error, path, 'read');
    } finally {
      await handle?.close();
    }
  }
  if (bytes.length > limit) throw tooLarge(path, limit);
  if (bytes.length === 0) throw emptyInput(path);
  return bytes;
}

/** The error for a file that holds nothing but white space. */
export function emptyInput(path: string): CsrError {
  return fault('empty-file', `${inputName(path)} is empty`, 'check that it was saved or downloaded whole');
}

/** What Windows-1252 puts where ISO 8859-1 has control characters; Node's own decoder gets these wrong in some releases. */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

function decodeWindows1252(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252.charAt(character.charCodeAt(0) - 0x80));
}

/** UTF-16 without a byte order mark gives itself away: every other byte of the header's Latin text is zero. */
function guessUtf16(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  const sample = Math.min(bytes.length, 1024) & ~1;
  if (sample === 0 || bytes.length % 2 === 1) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < sample; at += 2) {
    if (bytes[at] === 0) even += 1;
    if (bytes[at + 1] === 0) odd += 1;
  }
  if (even === 0 && odd >= sample / 4) return 'utf-16le';
  if (odd === 0 && even >= sample / 4) return 'utf-16be';
  return null;
}

/** Text has tabs and line ends, and the odd stray control character; a picture or a program has them everywhere. */
function looksBinary(bytes: Buffer): boolean {
  if (bytes.includes(0)) return true;
  const sample = Math.min(bytes.length, 65_536);
  let controls = 0;
  for (let at = 0; at < sample; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) controls += 1;
  }
  return controls > sample / 100;
}

function decodeUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be', path: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw fault(
      'bad-encoding',
      `${inputName(path)} is not valid ${encoding.toUpperCase()}`,
      'save it again as CSV UTF-8',
    );
  }
}

function decodeBytes(bytes: Buffer, path: string): Decoded {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    if (isUtf8(bytes))
      return { text: bytes.toString('utf8', 3), encoding: 'utf-8', bom: true, guessed: false };
    throw fault(
      'bad-encoding',
      `${inputName(path)} is marked as UTF-8 but is not valid UTF-8`,
      'save it again as CSV UTF-8',
    );
  }
  // The decoder takes the byte order mark off.
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: decodeUtf16(bytes, 'utf-16le', path), encoding: 'utf-16le', bom: true, guessed: false };
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { text: decodeUtf16(bytes, 'utf-16be', path), encoding: 'utf-16be', bom: true, guessed: false };
  const utf16 = guessUtf16(bytes);
  if (utf16) return { text: decodeUtf16(bytes, utf16, path), encoding: utf16, bom: false, guessed: true };
  if (looksBinary(bytes))
    throw fault(
      'not-text',
      `${inputName(path)} is not a text file`,
      'csr reads CSV, and Excel workbooks (.xlsx)',
    );
  if (isUtf8(bytes)) return { text: bytes.toString('utf8'), encoding: 'utf-8', bom: false, guessed: false };
  return { text: decodeWindows1252(bytes), encoding: 'windows-1252', bom: false, guessed: true };
}

/**
 * Bytes as text: UTF-8, UTF-16 (with or without a byte order mark), else Windows-1252.
 *
 * @param path the input's name, for messages
 * @returns the text without byte order mark, and how it was encoded
 * @throws CsrError when the bytes are no text, contradict their byte order mark, or hold only white space
 */
export function decodeText(bytes: Buffer, path: string): Decoded {
  const decoded = decodeBytes(bytes, path);
  if (!/\S/.test(decoded.text)) throw emptyInput(path);
  // UTF-16 lets NULs through that `looksBinary` has not seen.
  if (decoded.text.includes('\0')) throw fault('not-text', `${inputName(path)} is not a text file`);
  return decoded;
}

/**
 * The text of a small file that a person wrote: a customer file, a rejection.
 *
 * @param path a file, or `-` for standard input
 * @param stdin what `-` reads; the process's own standard input unless given
 * @throws CsrError when it cannot be read, is no text, is empty, or is larger than 16 MB
 */
export async function readSmallText(path: string, stdin?: Stdin): Promise<string> {
  return decodeText(await readBytes(path, stdin, MAX_SMALL_BYTES), path).text;
}
