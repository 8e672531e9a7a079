/** A lock file, so that one process at a time works at a session. */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { CsrError } from '../engine/problem.ts';
import { systemCode, systemError } from './system-error.ts';
import { linkNew, writeFully } from './write-file.ts';

export interface Lock {
  /** Gives the lock back; once is enough, twice does no harm. */
  release(): void;
}

interface Holder {
  /** Tells this lock from every other one there ever was. */
  readonly id: string;
  readonly pid: number;
  /** When the process began, as the system counts it: process numbers are used again. Null where it does not say. */
  readonly started: string | null;
  readonly host: string;
  readonly since: string;
}

/** What the system knows of a running process: null where it knows nothing of processes. */
function processStart(pid: number): { started: string | null; ended: boolean } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const [state = ''] = fields;
    return { started: `${boot} ${fields[19]}`, ended: state === 'Z' || state === 'X' };
  } catch {
    return { started: null, ended: false };
  }
}

/** Whether the holder may still be at work; of another host nobody can tell, so it is. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // Any other answer means that the process is there, but not ours.
    if (systemCode(error) === 'ESRCH') return false;
  }
  const { started, ended } = processStart(holder.pid);
  if (ended) return false;
  return started === null || holder.started === null || started === holder.started;
}

/** Who holds the lock; null when nobody does any more, `unknown` when the file says nothing we understand. */
function readHolder(path: string): Holder | 'unknown' | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const holder: Partial<Holder> | null = JSON.parse(text);
    const { id, pid, started = null, host, since } = holder ?? {};
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return 'unknown';
    if (typeof host !== 'string' || typeof since !== 'string') return 'unknown';
    if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id)) return 'unknown';
    return { id, pid, started: typeof started === 'string' ? started : null, host, since };
  } catch {
    return 'unknown';
  }
}

function idOf(holder: Holder | 'unknown' | null): string | null {
  return holder === null || holder === 'unknown' ? null : holder.id;
}

function inUse(path: string, what: string, holder: Holder | 'unknown'): CsrError {
  const problem = { code: 'in-use', severity: 'error' } as const;
  if (holder === 'unknown')
    return new CsrError({
      ...problem,
      message: `\`${what}\` is locked, and the lock does not say by whom`,
      help: `if no csr is at work there, delete \`${path}\``,
    });
  const here = holder.host === hostname();
  const since = holder.since.slice(0, 19).replace('T', ' ');
  return new CsrError({
    ...problem,
    message: `\`${what}\` is in use by process ${holder.pid}${here ? '' : ` on \`${holder.host}\``} since ${since} UTC`,
    help: here
      ? `finish there first, or end it with \`kill ${holder.pid}\``
      : `finish there first; if that process is gone, delete \`${path}\``,
  });
}

/** Puts our lock file at `path`, whole, and only if nothing is there. */
function create(path: string, me: Holder): boolean {
  const text = Buffer.from(`${JSON.stringify(me)}\n`);
  const whole = `${path}.${me.id}.new`;
  try {
    writeFileSync(whole, text, { mode: 0o600, flag: 'wx' });
    if (linkNew(whole, path)) return true;
    // Without hard links others may for a moment find it empty, which they take for a lock of somebody unknown.
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      writeFully(descriptor, text, 0);
      return true;
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(whole, { force: true });
  }
}

/**
 * Takes the lock, also from a holder that is no more. To take it over one needs a second lock, named after the stale
 * one's id: so one process alone replaces it, and only while it is still the one that was found stale.
 */
function take(path: string, me: Holder, what: string): void {
  while (!create(path, me)) {
    const holder = readHolder(path);
    if (holder === null) continue;
    if (holder === 'unknown' || isAlive(holder)) throw inUse(path, what, holder);
    const guard = `${path}.${holder.id}`;
    take(guard, me, what);
    try {
      if (idOf(readHolder(path)) === holder.id) {
        // The guard is a lock file with our name in it: it becomes the lock itself.
        renameSync(guard, path);
        return;
      }
    } catch (error) {
      rmSync(guard, { force: true });
      throw error;
    }
    rmSync(guard);
  }
}

/**
 * Takes a lock for this process. A lock whose process has ended is taken over; of many that try, one succeeds.
 *
 * @param path the lock file
 * @param what what it locks, as the user knows it
 * @throws CsrError when another process, or this one, holds it: who, since when, and what to do
 */
export function takeLock(path: string, what: string): Lock {
  const me: Holder = {
    id: randomBytes(8).toString('hex'),
    pid: process.pid,
    started: processStart(process.pid).started,
    host: hostname(),
    since: new Date().toISOString(),
  };
  try {
    take(path, me, what);
  } catch (error) {
    throw systemError(error, what, 'locked');
  }
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      // Somebody who deleted our lock by hand may have taken it since.
      if (idOf(readHolder(path)) === me.id) rmSync(path, { force: true });
    },
  };
}
