/** `csr rules check --watch` as a process of its own: what it says after each change, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
/** By its place: the command runs in a folder that knows no packages. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

function rule(id: string, when = '{ country: DE }'): string {
  return `kind: rules
title: T
stage: checks
match: all
rules:
  - id: ${id}
    title: t
    when: ${when}
    then: { flag: x }
    why: w
    source: { document: d }
    basis: ours
    examples:
      - { given: { country: DE }, expect: { flag: ${id} } }
      - { given: { country: FR }, expect-not: { flag: ${id} } }
`;
}

let folder: string;
let running: Running | null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csr-watch-'));
  mkdirSync(join(folder, 'team'));
  put('team/one.yaml', rule('one'));
  running = null;
});

afterEach(() => {
  running?.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

class Running {
  readonly child: ChildProcess;
  #said = '';
  #read = 0;
  #heard: () => void = () => {};
  readonly ended: Promise<number | null>;

  constructor(...argv: string[]) {
    this.child = spawn(process.execPath, ['--import', TSX, CLI, 'rules', 'check', ...argv], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString();
        this.#heard();
      });
    this.ended = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)));
    // Nobody waits for what a process that has ended might say.
    void this.ended.then(() => this.#heard());
  }

  /** What it says from where the last call ended, up to and with `wanted`. */
  async says(wanted: RegExp): Promise<string> {
    for (;;) {
      const found = wanted.exec(this.#said.slice(this.#read));
      if (found) {
        const said = this.#said.slice(this.#read, this.#read + found.index + found[0].length);
        this.#read += said.length;
        return said.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/gm, 'DATE');
      }
      if (this.child.exitCode !== null) throw new Error(`it ended, and said only: ${this.#said}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }
}

function watch(...argv: string[]): Running {
  running = new Running(...argv, '--watch');
  return running;
}

test('says what is wrong again after every change, however a file is saved', async () => {
  const it = watch('team');
  expect(await it.says(/findings\n/)).toBe('DATE  1 rule in 1 file: no findings\n');

  put('team/one.yaml', rule('one', '{ contry: DE }'));
  expect(await it.says(/help.*\n/)).toMatch(
    /^DATE {2}one\.yaml changed: 1 finding in 1 file\nteam\/one\.yaml:8:13: error \[unknown-fact\].*\n/,
  );

  // As editors do that write a new file and put it in the old one's place.
  put('team/.one.yaml.tmp', rule('one'));
  renameSync(join(folder, 'team/.one.yaml.tmp'), join(folder, 'team/one.yaml'));
  expect(await it.says(/no findings\n/)).toBe('DATE  one.yaml changed: 1 rule in 1 file: no findings\n');

  put('team/two.yaml', rule('one'));
  expect(await it.says(/first here\n/)).toMatch(
    /^DATE {2}two\.yaml is new: 1 finding in 2 files\n.*duplicate-id/,
  );
  rmSync(join(folder, 'team/two.yaml'));
  expect(await it.says(/no findings\n/)).toBe('DATE  two.yaml is gone: 1 rule in 1 file: no findings\n');

  // What is saved without a change, and what is no rule file, is not worth a word.
  put('team/one.yaml', rule('one'));
  put('team/notes.txt', 'x');
  put('team/three.yaml', rule('three'));
  expect(await it.says(/no findings\n/)).toBe('DATE  three.yaml is new: 2 rules in 2 files: no findings\n');

  it.child.kill('SIGINT');
  expect(await it.ended).toBe(0);
});

test('outlives its folder, and takes up the one that comes in its place', async () => {
  const it = watch('team');
  await it.says(/no findings\n/);
  renameSync(join(folder, 'team'), join(folder, 'away'));
  expect(await it.says(/help.*\n/)).toMatch(/^DATE\nerror \[missing-file\] `team` cannot be read/);
  put('away/one.yaml', rule('one', '{ contry: DE }'));
  cpSync(join(folder, 'away'), join(folder, 'team'), { recursive: true });
  await it.says(/one\.yaml changed: 1 finding in 1 file\n/);
  await it.says(/help.*\n/);
  // The folder that is there now is watched as the first was.
  put('team/one.yaml', rule('one'));
  await it.says(/one\.yaml changed: 1 rule in 1 file: no findings\n/);
});

test('sees what changes behind a link, and in both folders', async () => {
  mkdirSync(join(folder, 'elsewhere'));
  put('elsewhere/two.yaml', rule('two'));
  symlinkSync(join(folder, 'elsewhere/two.yaml'), join(folder, 'team/two.yaml'));
  mkdirSync(join(folder, 'over'));
  put('over/three.yaml', rule('three'));
  const it = watch('team', '--extend', 'over');
  await it.says(/3 rules in 3 files: no findings\n/);
  put('over/three.yaml', rule('two'));
  await it.says(/three\.yaml changed: 1 finding in 3 files\n/);
  put('elsewhere/two.yaml', rule('four'));
  await it.says(/two\.yaml changed: 3 rules in 3 files: no findings\n/);
});

test('ends with the status of its last check, and at once where there is nothing to watch', async () => {
  put('team/one.yaml', rule('one', '{ contry: DE }'));
  const it = watch('team');
  await it.says(/help.*\n/);
  it.child.kill('SIGTERM');
  expect(await it.ended).toBe(1);
  const nothing = watch('nowhere');
  await nothing.says(/`nowhere` cannot be read/);
  expect(await nothing.ended).toBe(2);
});
