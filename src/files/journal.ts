/** A session's journal: one JSON line an event, durable before it is acknowledged, never rewritten. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { CsrError, type Problem } from '../engine/problem.ts';
import { type Lock, takeLock } from './lock.ts';
import { systemCode, systemError } from './system-error.ts';
import { syncFolder, writeFully } from './write-file.ts';

const JOURNAL = 'journal.jsonl';
const LOCK = 'lock';
const LF = 0x0a;

/** An open journal. Its process alone may append to it, until it is closed. */
export interface Journal<E extends object> {
  /** What it held when it was opened, oldest first. */
  readonly events: readonly E[];
  /** A torn last line that was cut off. */
  readonly notices: readonly Problem[];
  /**
   * Writes an event; when it returns, the event is on the disk.
   *
   * @throws CsrError when it cannot be written; the journal then is as it was before
   */
  append(event: E): void;
  /** Closes the journal and gives its lock back. */
  close(): void;
}

/** `{"seq":1,"event":{…},"sum":"…"}`: the sum is over everything before its own key. */
function showLine(seq: number, event: object): string {
  const body = `{"seq":${seq},"event":${JSON.stringify(event)}`;
  return `${body},"sum":"${sumOf(body)}"}\n`;
}

function sumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16);
}

/** The event of a line, or what is wrong with the line. */
function readLine(line: string): { seq: unknown; event: object } | string {
  const parts = /^(.*),"sum":"([0-9a-f]{16})"\}$/s.exec(line);
  if (!parts) return 'it is no line of a journal';
  const [, body = '', sum] = parts;
  if (sumOf(body) !== sum) return 'its checksum does not match';
  // What the checksum vouches for is what we wrote.
  const { seq, event } = JSON.parse(`${body}}`);
  return { seq, event };
}

/**
 * Whether a bad line begins with a good one: then the line end between two is damaged, and nothing is torn. Zeros are
 * no line: a file system may leave them where it had no time to write.
 */
function holdsWholeLine(text: string): boolean {
  const first = /^.*?,"sum":"[0-9a-f]{16}"\}/s.exec(text)?.[0] ?? text;
  return /[^\0]/.test(text.slice(first.length)) && typeof readLine(first) !== 'string';
}

/** What every journal begins with. */
const FIRST = '{"seq":1,"event":{';

/** Whether a text may be what is left of a journal's first line: else something else was written over it. */
function mayBegin(text: string): boolean {
  return FIRST.startsWith(text.slice(0, FIRST.length).replace(/\0+$/, ''));
}

interface Contents<E> {
  readonly events: E[];
  /** How many bytes the good lines take. */
  readonly length: number;
  readonly torn: boolean;
}

/**
 * A line is durable before its event is acknowledged, so a last line that is torn was never acknowledged: it is left
 * out. Anything else that is wrong is damage.
 */
function readLines<E>(bytes: Buffer, file: string): Contents<E> {
  const events: E[] = [];
  let start = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(LF, start);
    const end = found < 0 ? bytes.length : found;
    const text = bytes.toString('utf8', start, end);
    const line = found < 0 ? 'it has no line end' : readLine(text);
    const number = events.length + 1;
    if (typeof line === 'string') {
      const isOurs = number > 1 || mayBegin(text);
      if (end < bytes.length - 1 || holdsWholeLine(text) || !isOurs) throw damaged(file, number, line);
      return { events, length: start, torn: true };
    }
    if (line.seq !== number)
      throw damaged(file, number, `it bears the number ${line.seq}, so lines are missing`);
    events.push(line.event as E);
    start = end + 1;
  }
  return { events, length: start, torn: false };
}

function damaged(file: string, line: number, what: string): CsrError {
  return new CsrError({
    code: 'damaged-journal',
    severity: 'error',
    message: `line ${line} of the session's journal is damaged: ${what}`,
    place: { file, line, column: 1 },
    help: `restore \`${file}\` from a backup, or move \`${dirname(file)}\` away to begin anew`,
  });
}

/** Makes the session's folder where it is missing; others must not read what customers told. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
    syncFolder(dirname(folder));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw systemError(error, folder, 'written');
  }
}

class OpenJournal<E extends object> implements Journal<E> {
  readonly events: readonly E[];
  readonly notices: readonly Problem[];
  private readonly file: string;
  private readonly lock: Lock;
  private descriptor: number | null;
  /** The number of good lines, and the bytes they take. */
  private count: number;
  private length: number;

  constructor(file: string, descriptor: number, lock: Lock) {
    const { events, length, torn } = readLines<E>(readFileSync(descriptor), file);
    const rest = fstatSync(descriptor).size - length;
    if (torn) {
      ftruncateSync(descriptor, length);
      fdatasyncSync(descriptor);
    }
    this.events = events;
    this.notices = torn ? [tornNotice(file, events.length + 1, rest)] : [];
    this.file = file;
    this.lock = lock;
    this.descriptor = descriptor;
    this.count = events.length;
    this.length = length;
  }

  append(event: E): void {
    const { descriptor } = this;
    if (descriptor === null) throw new Error('the journal is closed');
    const line = Buffer.from(showLine(this.count + 1, event));
    try {
      // What an earlier failure could not cut off would stand before this line.
      if (fstatSync(descriptor).size !== this.length) ftruncateSync(descriptor, this.length);
      writeFully(descriptor, line, this.length);
      fdatasyncSync(descriptor);
    } catch (error) {
      this.cutBack(descriptor);
      throw systemError(error, this.file, 'written');
    }
    this.count += 1;
    this.length += line.length;
  }

  close(): void {
    if (this.descriptor === null) return;
    closeSync(this.descriptor);
    this.descriptor = null;
    this.lock.release();
  }

  private cutBack(descriptor: number): void {
    try {
      ftruncateSync(descriptor, this.length);
      fdatasyncSync(descriptor);
    } catch {
      // The next append, or the next opening, cuts it off.
    }
  }
}

function tornNotice(file: string, line: number, bytes: number): Problem {
  return {
    code: 'torn-journal',
    severity: 'warning',
    message: `the last entry of the session's journal was cut short when csr or the system stopped; its ${bytes} bytes were removed`,
    place: { file, line, column: 1 },
    help: 'look whether your last answer is there',
  };
}

/**
 * Opens a session's journal for appending; makes the folder (mode 0700) and the journal (0600) where they are missing,
 * takes the session's lock, and cuts off a torn last line.
 *
 * @param folder the session's folder, `FILE.session`
 * @throws CsrError when another process has the session, a line is damaged, or the disk refuses
 */
export function openJournal<E extends object>(folder: string): Journal<E> {
  makeFolder(folder);
  const file = join(folder, JOURNAL);
  const lock = takeLock(join(folder, LOCK), folder);
  let descriptor: number | null = null;
  try {
    // A link in the journal's place could lead anywhere.
    const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
    descriptor = openSync(file, flags, 0o600);
    syncFolder(folder);
    return new OpenJournal<E>(file, descriptor, lock);
  } catch (error) {
    if (descriptor !== null) closeSync(descriptor);
    lock.release();
    throw systemError(error, file, 'opened');
  }
}

/**
 * What a session's journal holds, read without its lock, so also while another process appends to it.
 *
 * @param folder the session's folder, `FILE.session`
 * @returns the events, oldest first, without a torn last line; null where there is no journal
 * @throws CsrError when a line is damaged or the journal cannot be read
 */
export function readJournal<E extends object>(folder: string): readonly E[] | null {
  const file = join(folder, JOURNAL);
  try {
    return readLines<E>(readFileSync(file), file).events;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw systemError(error, file, 'read');
  }
}
