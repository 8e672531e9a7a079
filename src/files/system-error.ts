/** What a failed system call means to the person who started the command. */
import { CsrError } from '../engine/problem.ts';

export type Doing = 'read' | 'written' | 'opened' | 'locked' | 'deleted';

interface Meaning {
  readonly code: string;
  readonly reason: string;
  readonly help?: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: { code: 'missing-file', reason: 'it does not exist', help: 'check the name and the folder' },
  ENOTDIR: {
    code: 'missing-file',
    reason: 'a part of its path is a file, not a folder',
    help: 'check the path',
  },
  EISDIR: { code: 'is-a-folder', reason: 'it is a folder', help: 'name a file' },
  EACCES: {
    code: 'no-permission',
    reason: 'permission denied',
    help: 'check who owns the file and its folder',
  },
  EPERM: {
    code: 'no-permission',
    reason: 'the system does not permit it',
    help: 'check who owns the file and its folder',
  },
  EROFS: { code: 'read-only', reason: 'the file system is read-only', help: 'choose another folder' },
  ENOSPC: { code: 'disk-full', reason: 'the disk is full', help: 'free some space, then try again' },
  EDQUOT: {
    code: 'disk-full',
    reason: 'your disk quota is used up',
    help: 'free some space, then try again',
  },
  EFBIG: { code: 'disk-full', reason: 'the file would be larger than the system allows' },
  ENAMETOOLONG: { code: 'bad-name', reason: 'its name is too long', help: 'choose a shorter name' },
  ELOOP: { code: 'bad-name', reason: 'it is a symbolic link that must not be followed' },
  EIO: { code: 'disk-error', reason: 'the disk reports an error', help: 'copy the file to another disk' },
  EMFILE: { code: 'system-error', reason: 'too many files are open' },
};

const WRITTEN_WHERE_NO_FOLDER_IS: Meaning = {
  code: 'missing-folder',
  reason: 'its folder does not exist',
  help: 'create the folder, or choose another',
};

/** The code of a failed system call (`ENOENT`), or null for any other error. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return 'syscall' in error || 'errno' in error ? error.code : null;
}

/**
 * The error of a system call as one the user can act on.
 *
 * @param path the file as the user knows it; `-` is a standard stream
 * @param doing what was tried with it
 * @returns the CsrError to throw; an error that no system call made comes back as it is, for it is a defect of ours
 */
export function systemError(error: unknown, path: string, doing: Doing): Error {
  const code = systemCode(error);
  if (code === null) return error instanceof Error ? error : new Error(String(error));
  const created = doing === 'written' || doing === 'locked';
  const meaning = code === 'ENOENT' && created ? WRITTEN_WHERE_NO_FOLDER_IS : MEANINGS[code];
  return new CsrError({
    code: meaning?.code ?? 'system-error',
    severity: 'error',
    message: `${path === '-' ? (doing === 'written' ? 'standard output' : 'standard input') : `\`${path}\``} cannot be ${doing}: ${meaning?.reason ?? `the system says ${code}`}`,
    ...(meaning?.help === undefined ? {} : { help: meaning.help }),
  });
}
