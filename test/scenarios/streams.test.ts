/** What becomes of a command whose output goes nowhere. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

test.skipIf(!existsSync('/dev/full'))(
  'a full disk behind standard output is said, with status 2',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'csr-streams-'));
    const full = openSync('/dev/full', 'w');
    try {
      const file = join(folder, 'CSR.csv');
      writeFileSync(file, 'phoneNumber,country,carrier,address\n+14085550101,US,Lumen,\n');
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', CLI, 'apply', file, '--layout', 'csr-tool', '-o', '-'],
        { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
      );
      expect(stderr).toContain('error [disk-full] standard output cannot be written: the disk is full');
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(status).toBe(2);
    } finally {
      closeSync(full);
      rmSync(folder, { recursive: true, force: true });
    }
  },
  30_000,
);
