/** `csr rules diff` over git revisions, in a repository as a lead has it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

let repository: string;

function git(...args: string[]): void {
  const who = ['-c', 'user.name=A Lead', '-c', 'user.email=lead@example.org'];
  execFileSync('git', [...who, ...args], { cwd: repository, env, stdio: 'pipe' });
}

function diff(args: readonly string[], folder = '', more: NodeJS.ProcessEnv = {}) {
  const command = [join(ROOT, 'bin/csr'), 'rules', 'diff', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: join(repository, folder),
    env: { ...env, ...more },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function flagOf(country: string): string {
  return `kind: rules
title: What our team looks at
stage: checks
match: all
rules:
  - id: desk
    title: The desk
    when: { country: ${country} }
    then: { flag: Ask the desk. }
    why: The desk keeps a list.
    source: { document: notes }
    basis: ours
    examples:
      - given: { country: PT }
        expect: { flag: desk }
`;
}

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'csr-diff-'));
  git('init', '--quiet', '--initial-branch', 'main');
  cpSync(join(ROOT, 'rules'), join(repository, 'rules'), { recursive: true });
  mkdirSync(join(repository, 'deep/team'), { recursive: true });
  mkdirSync(join(repository, 'empty'));
  mkdirSync(join(repository, 'linked'));
  writeFileSync(join(repository, 'deep/team/desk.yaml'), flagOf('PT'));
  writeFileSync(join(repository, 'deep/team/.desk.yaml.swp.yaml'), 'kind: nonsense\n');
  writeFileSync(join(repository, 'deep/team/notes.txt'), 'no rules\n');
  writeFileSync(join(repository, 'empty/notes.txt'), 'no rules\n');
  symlinkSync('../deep/team/desk.yaml', join(repository, 'linked/desk.yaml'));
  git('add', '--all');
  git('commit', '--quiet', '--message', 'one: first');
  writeFileSync(join(repository, 'deep/team/desk.yaml'), flagOf('[PT, ES]'));
});

afterAll(() => rmSync(repository, { recursive: true, force: true }));

describe('a revision and a folder', () => {
  it('compares whole rules with what the working tree has', () => {
    expect(diff(['main:rules', 'rules'])).toEqual({
      status: 0,
      stdout: 'no difference: main:rules and rules decide every row alike\n',
      stderr: '',
    });
  });

  it('compares what is laid over the built-in rules, with the places of both', () => {
    const { status, stdout } = diff(['main:deep/team', 'deep/team', '--over', 'built-in', '--json']);
    const { differences } = JSON.parse(stdout);
    expect(status).toBe(1);
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({
      region: { country: 'ES' },
      old: { rule: null, place: null },
      new: { rule: 'desk', place: 'deep/team/desk.yaml:6' },
      witness: { country: 'ES' },
      rows: [],
    });
    const back = JSON.parse(diff(['deep/team', 'HEAD:deep/team/', '--over', 'built-in', '--json']).stdout);
    expect(back.differences[0]).toMatchObject({
      old: { place: 'deep/team/desk.yaml:6' },
      new: { rule: null },
    });
  });

  it('finds the folder from the top of the repository and from where one stands', () => {
    const team = ['--over', 'built-in', '--expect', 'country=ES'];
    expect(diff(['main:deep/team', 'team', ...team], 'deep').status).toBe(0);
    expect(diff(['main:team', 'team', ...team], 'deep').status).toBe(0);
    expect(diff(['main:./team', 'team', ...team], 'deep').status).toBe(0);
    expect(diff(['main:../deep/team', 'team', ...team], 'deep').status).toBe(0);
    expect(diff(['HEAD^{/one: f}:team', 'team', ...team], 'deep').status).toBe(0);
  });

  it('takes a folder on the disk that is called so for what it is', () => {
    cpSync(join(repository, 'rules'), join(repository, 'main:mine'), { recursive: true });
    expect(diff(['main:mine', 'main:rules']).status).toBe(0);
  });
});

describe('what is no revision and folder', () => {
  const refused: readonly [string, RegExp][] = [
    ['nope:rules', /\[unknown-revision\] the repository knows no revision `nope`/],
    ['main:nope', /\[missing-folder\] `main` has no folder `nope`/],
    ['main:rules/pin.yaml', /\[missing-folder\] `rules\/pin\.yaml` is a file in `main`, not a folder/],
    ['main:empty', /\[no-rules\] `main:empty` holds no rule files/],
    ['main:', /\[no-rules\] `main:` holds no rule files/],
    ['main:linked', /\[bad-name\] `main:linked\/desk\.yaml` is a link/],
    [':rules', /\[unknown-revision\] `:rules` names no revision before its colon/],
    ['C:\\rules', /\[missing-file\] `C:\\rules` cannot be read: it does not exist/],
    [
      'nowhere',
      /\[missing-file\] `nowhere` cannot be read: it does not exist\n {2}help: name a folder, one in a git revision, such as `nowhere:rules`/,
    ],
  ];
  for (const [name, message] of refused) {
    it(`is said of \`${name}\``, () => {
      const { status, stdout, stderr } = diff([name, 'rules']);
      expect(stderr).toMatch(message);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    });
  }

  it('is said of broken rules in a revision, with their place there', () => {
    const text = readFileSync(join(repository, 'rules/pin.yaml'), 'utf8');
    writeFileSync(join(repository, 'rules/pin.yaml'), text.replace('country: US', 'contry: US'));
    git('checkout', '--quiet', '-b', 'broken');
    git('commit', '--quiet', '--all', '--message', 'two');
    writeFileSync(join(repository, 'rules/pin.yaml'), text);
    const { status, stderr } = diff(['main:rules', 'broken:rules']);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^broken:rules\/pin\.yaml:\d+:\d+: error \[unknown-fact\] unknown fact `contry`\n {2}\d+ \| /,
    );
  });

  it('is said where there is no repository, and where there is no git', () => {
    const outside = { GIT_CEILING_DIRECTORIES: join(repository, '..'), GIT_DIR: join(repository, 'none') };
    expect(diff(['main:rules', 'rules'], '', outside).stderr).toMatch(
      /\[no-repository\] `main:rules` names a git/,
    );
    expect(diff(['main:rules', 'rules'], '', { PATH: '/nowhere' }).stderr).toMatch(
      /\[no-git\] git cannot be run: it is not installed/,
    );
  });
});
