/** Files are written whole or not at all, and never over what somebody still needs. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CsrError } from '../engine/problem.ts';
import { systemCode, systemError } from './system-error.ts';

/** A file to be written. */
export interface Output {
  readonly path: string;
  readonly data: Uint8Array | string;
}

export interface WriteOptions {
  /** Whether files that exist already are replaced. */
  readonly force?: boolean;
  /** Whether a file that is replaced keeps its mode: a file that people share stays one. */
  readonly keepMode?: boolean;
  /** The inputs, which are never written over, under whatever name; `-` counts for nothing. */
  readonly notOver?: readonly string[];
  /** Whether missing folders are made; they are removed again where nothing is written. */
  readonly makeFolder?: boolean;
}

/** What a file system without hard links says to one. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** What says that a folder cannot be flushed, as on Windows, or that we may write to it but not open it. */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'EISDIR', 'EPERM', 'EACCES', 'EBADF', 'ENOTSUP', 'EOPNOTSUPP']);

/**
 * Writes all of `data` at `position`. A single write may stop short on a full disk without saying so; the next one
 * then says it.
 */
export function writeFully(descriptor: number, data: Uint8Array, position: number): void {
  let done = 0;
  while (done < data.length) {
    const written = writeSync(descriptor, data, done, data.length - done, position + done);
    if (written === 0)
      throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC', syscall: 'write' });
    done += written;
  }
}

/** Makes the entries of a folder durable, where the system can. */
export function syncFolder(folder: string): void {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(systemCode(error) ?? '')) throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** Gives a file a second name, only if nothing has that name. @returns false where the file system has no hard links */
export function linkNew(existing: string, fresh: string): boolean {
  try {
    linkSync(existing, fresh);
    return true;
  } catch (error) {
    if (NO_LINKS.has(systemCode(error) ?? '')) return false;
    throw error;
  }
}

function fault(code: string, message: string, help: string): CsrError {
  return new CsrError({ code, severity: 'error', message, help });
}

function alreadyThere(path: string): CsrError {
  return fault(
    'file-exists',
    `\`${path}\` exists already`,
    'use --force to replace it, or choose another name',
  );
}

/** A name in `folder` that nobody else uses; short, so that any name that can be written has room for it. */
function passingName(folder: string): string {
  return join(folder, `.csr-${randomBytes(8).toString('hex')}.tmp`);
}

/** One file on its way: where it lies until all are ready, and what was there before. */
interface Passage {
  readonly output: Output;
  /** The file's place, symbolic links followed. */
  readonly target: string;
  readonly temporary: string;
  readonly mode: number;
  /** The file that is replaced, kept under another name until all is done. */
  readonly former: string | null;
  placed: boolean;
}

/** Checks that a file may be written, before anything is. */
function plan(output: Output, options: WriteOptions): Passage {
  const { path } = output;
  const entry = lstatSync(path, { throwIfNoEntry: false });
  // A link to nowhere is an entry, but leads to no file.
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  for (const input of options.notOver ?? []) {
    const other = input === '-' ? undefined : statSync(input, { bigint: true, throwIfNoEntry: false });
    // Device and inode see through symbolic links, hard links and file systems that fold case.
    if (found && other && found.dev === other.dev && found.ino === other.ino)
      throw fault(
        'over-input',
        `\`${path}\` is an input, which is never written over`,
        'choose another name',
      );
  }
  if (found?.isDirectory()) throw fault('is-a-folder', `\`${path}\` is a folder`, 'name a file in it');
  if (found && !found.isFile())
    throw fault('not-a-file', `\`${path}\` is not a regular file`, 'choose another name');
  if (entry && !options.force) throw alreadyThere(path);
  const target = found ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
  const folder = dirname(target);
  return {
    output,
    target,
    temporary: passingName(folder),
    mode: found && options.keepMode ? Number(found.mode) & 0o777 : 0o600,
    former: entry ? passingName(folder) : null,
    placed: false,
  };
}

function fill({ output, temporary, mode }: Passage): void {
  const data = typeof output.data === 'string' ? Buffer.from(output.data) : output.data;
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    if (mode !== 0o600) fchmodSync(descriptor, mode);
    writeFully(descriptor, data, 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Puts the finished file in its place; where nothing was before, only if nothing has come there since. */
function place(passage: Passage): void {
  const { target, temporary, former, output } = passage;
  if (former !== null) {
    if (!linkNew(target, former)) renameSync(target, former);
    passage.placed = true;
    renameSync(temporary, target);
    return;
  }
  try {
    if (linkNew(temporary, target)) {
      passage.placed = true;
      rmSync(temporary);
      return;
    }
    // Without hard links the name is taken by an empty file first, which only we can have made.
    closeSync(openSync(target, 'wx', 0o600));
    passage.placed = true;
    renameSync(temporary, target);
  } catch (error) {
    throw systemCode(error) === 'EEXIST' ? alreadyThere(output.path) : error;
  }
}

function takeBack({ placed, former, target, temporary }: Passage): void {
  rmSync(temporary, { force: true });
  if (placed && former !== null) renameSync(former, target);
  else if (placed) rmSync(target, { force: true });
  // Renaming one name of a file to another of its names does nothing at all.
  if (former !== null) rmSync(former, { force: true });
}

/** Undoes what can be undone: what fails here must not hide why it had to be. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // The first error is the one to tell.
  }
}

/** Makes a folder and those above it. @returns the folders made, innermost first */
function makeFolders(folder: string): string[] {
  let first: string | undefined;
  try {
    first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    throw fault('not-a-folder', `\`${folder}\` is a file, not a folder`, 'name a folder');
  }
  if (first === undefined) return [];
  const made = [realpathSync(folder)];
  const outermost = realpathSync(first);
  for (let last = made[0] ?? outermost; last !== outermost; last = dirname(last)) made.push(dirname(last));
  return made;
}

/**
 * Writes files, all of them or none: each is first written beside its place and flushed, then all are renamed. Mode
 * 0600, unless a replaced file keeps its own.
 *
 * @throws CsrError when one is an input, exists already without `force`, or cannot be written; nothing has changed then
 */
export function writeAll(outputs: readonly Output[], options: WriteOptions = {}): void {
  const passages: Passage[] = [];
  const made: string[] = [];
  let current = '';
  try {
    for (const output of outputs) {
      current = output.path;
      if (options.makeFolder) made.unshift(...makeFolders(dirname(output.path)));
      const passage = plan(output, options);
      if (passages.some((other) => other.target === passage.target))
        throw fault('same-file', `\`${output.path}\` would be written twice`, 'choose two names');
      passages.push(passage);
    }
    for (const passage of passages) {
      current = passage.output.path;
      fill(passage);
    }
    for (const passage of passages) {
      current = passage.output.path;
      place(passage);
    }
    for (const folder of new Set(passages.map(({ target }) => dirname(target)))) syncFolder(folder);
    // A new folder is an entry of the one above it.
    for (const folder of made) syncFolder(dirname(folder));
  } catch (error) {
    for (const passage of passages.reverse()) attempt(() => takeBack(passage));
    for (const folder of made) attempt(() => rmdirSync(folder));
    throw systemError(error, current, 'written');
  }
  for (const { former } of passages) if (former !== null) rmSync(former, { force: true });
}

/** Writes one file, as `writeAll` does. @throws CsrError when it cannot be written; nothing has changed then */
export function writeWhole(path: string, data: Uint8Array | string, options: WriteOptions = {}): void {
  writeAll([{ path, data }], options);
}
