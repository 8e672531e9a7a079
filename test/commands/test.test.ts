/** `csr rules test`, as far as what it prints does not tell. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { addTest } from '../../src/commands/rules/test.ts';
import { readRuleFolder } from '../../src/files/read-rules.ts';

vi.mock('../../src/files/read-rules.ts', async (original) => {
  const real = await original<typeof import('../../src/files/read-rules.ts')>();
  return { ...real, readRuleFolder: vi.fn(real.readRuleFolder) };
});

const folder = mkdtempSync(join(tmpdir(), 'csr-test-'));

afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

test('a folder is read once: what is measured is what was run', async () => {
  const rule = `kind: rules
title: T
stage: checks
match: all
rules:
  - { id: de, title: t, when: { country: DE }, then: { flag: de }, why: w, source: { document: d }, basis: ours, examples: [{ given: { country: DE }, expect: { flag: de } }, { given: { country: AT }, expect-not: { flag: de } }] }
`;
  writeFileSync(join(folder, 'team.yaml'), rule);
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command();
  addTest(program);
  await program.parseAsync(['test', '--extend', folder, '--coverage'], { from: 'user' });
  expect(printed.mock.calls.join('')).toContain('1 of 1 condition covered');
  expect(vi.mocked(readRuleFolder).mock.calls).toEqual([[folder]]);
});
