/** A real disk that is soon full, where the system lets the tests have one. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  remount(option: 'ro' | 'rw'): void;
  remove(): void;
}

/** Mounts a disk of `kilobytes`, or says why it cannot: mounting needs privileges that a test run rarely has. */
export function mountSmallDisk(kilobytes: number): SmallDisk | string {
  const folder = mkdtempSync(join(tmpdir(), 'csr-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    rmdirSync(folder);
    return 'this system does not let the tests mount a small disk';
  }
  return {
    folder,
    remount: (option) => {
      execFileSync('mount', ['-o', `remount,${option}`, folder]);
    },
    remove: () => {
      execFileSync('umount', [folder]);
      rmdirSync(folder);
    },
  };
}
