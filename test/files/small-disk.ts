/** A real disk that is soon full, where the system lets the tests have one. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: 'pipe' });
}

export interface SmallDisk {
  readonly folder: string;
  remount(option: 'ro' | 'rw'): void;
  remove(): void;
}

/** Mounts a disk of `kilobytes`, or says why it cannot: mounting needs privileges that a test run rarely has. */
export function mountSmallDisk(kilobytes: number): SmallDisk | string {
  const folder = mkdtempSync(join(tmpdir(), 'csr-disk-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder);
  } catch {
    rmdirSync(folder);
    return 'this system does not let the tests mount a small disk';
  }
  return {
    folder,
    remount: (option) => {
      run('mount', '-o', `remount,${option}`, folder);
    },
    remove: () => {
      run('umount', folder);
      rmdirSync(folder);
    },
  };
}
