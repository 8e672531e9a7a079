/** What the shipped examples run in a team's repository, run in one: the GitHub workflow and the git hook. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const WORKFLOW = readFileSync(join(ROOT, 'examples/ci/rules.yml'), 'utf8');

const GOOD = `kind: rules
title: What our team looks at
stage: checks
match: all
rules:
  - id: our-island
    title: Island number
    when: { phoneNumber: { starts-with: "+1808" } }
    then: { flag: Ask the island desk., about: phoneNumber }
    why: The desk keeps a list.
    source: { document: notes }
    basis: ours
    examples:
      - given: { phoneNumber: "+18085550101" }
        expect: { flag: our-island }
      - given: { phoneNumber: "+14085550102" }
        expect-not: { flag: our-island }
`;
const MISSPELT = GOOD.replace('phoneNumber: { starts-with', 'phoneNmber: { starts-with');
const FAILING = GOOD.replace(
  'given: { phoneNumber: "+18085550101" }',
  'given: { phoneNumber: "+14085550101" }',
);

let packed: string;
let repository: string;

/** Nothing of this machine's configuration, and no network. */
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  npm_config_offline: 'true',
};

function run(command: string, args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: repository, env, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

function git(...args: string[]): { status: number | null; said: string } {
  return run('git', ['-c', 'user.name=A Lead', '-c', 'user.email=lead@example.org', ...args]);
}

function put(path: string, text: string): void {
  writeFileSync(join(repository, path), text);
}

beforeAll(() => {
  // The package as it is shipped, installed in a repository of rules.
  packed = mkdtempSync(join(tmpdir(), 'csr-team-'));
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', packed];
  const name = execFileSync('npm', pack, { cwd: ROOT, env, encoding: 'utf8' }).trim();
  writeFileSync(
    join(packed, 'package.json'),
    JSON.stringify({ name: 'our-rules', private: true, dependencies: { csr: `file:${name}` } }),
  );
  execFileSync('npm', ['install', '--ignore-scripts', '--silent', '--no-audit', '--no-fund'], {
    cwd: packed,
    env,
  });
  mkdirSync(join(packed, 'rules'));
});

afterAll(() => {
  rmSync(packed, { recursive: true, force: true });
});

beforeEach(() => {
  repository = packed;
  put('rules/ours.yaml', GOOD);
  rmSync(join(repository, 'rules/rules.schema.json'), { force: true });
});

describe('the GitHub workflow', () => {
  const { on, env: variables, jobs } = parse(WORKFLOW);
  const steps: { name?: string; run?: string; uses?: string; env?: object }[] = jobs.rules.steps;
  const all = steps.flatMap((step) => (step.run === undefined ? [] : [step.run]));
  /** What runs for a push, too. */
  const commands = steps.flatMap((step) => (step.run === undefined || step.env ? [] : [step.run]));

  /** Commands of the workflow, as a runner runs them. */
  function runSteps(which = commands): { command: string; status: number | null; said: string }[] {
    return which.map((command) => {
      const assigned = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
      const shell = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', command];
      return { command, ...run('env', [...assigned, ...shell]) };
    });
  }
  const failed = (runs: readonly { command: string; status: number | null }[]) =>
    runs.filter(({ status }) => status !== 0).map(({ command }) => /csr rules \w+|npm ci/.exec(command)?.[0]);
  const of = (...names: string[]) =>
    commands.filter((command) => names.some((name) => command.includes(`rules ${name}`)));

  it('runs where rules change, and may only read', () => {
    expect(on.pull_request.paths).toContain('rules/**');
    expect(parse(WORKFLOW).permissions).toEqual({ contents: 'read' });
    expect(steps.flatMap(({ uses }) => uses ?? [])).toEqual(['actions/checkout@v4', 'actions/setup-node@v4']);
  });

  it('passes good rules', () => {
    const runs = runSteps();
    expect(failed(runs), runs.map(({ said }) => said).join('\n')).toEqual([]);
    expect(runs.map(({ said }) => said).join('')).toContain('113 rules in 20 files: no findings');
  });

  it('holds a schema in the folder to its rules', () => {
    const csr = join(repository, 'node_modules/.bin/csr');
    expect(run(csr, ['rules', 'schema', '--extend', 'rules', '-o', 'rules/rules.schema.json']).status).toBe(
      0,
    );
    expect(failed(runSteps(of('schema')))).toEqual([]);
    put(
      'rules/more.yaml',
      'kind: procedures\nprocedures: [{ id: our-desk, title: Our desk, steps: [Ask.] }]\n',
    );
    expect(failed(runSteps(of('schema')))).toEqual(['csr rules schema']);
    rmSync(join(repository, 'rules/more.yaml'));
  });

  it('shows what a pull request changes, and takes no difference for a fault', () => {
    const [step] = all.filter((command) => command.includes('rules diff'));
    const summary = join(repository, 'summary.md');
    const show = () => {
      rmSync(summary, { force: true });
      put('shown.sh', step ?? '');
      const variables = ['BASE=HEAD', 'RULES=rules', `GITHUB_STEP_SUMMARY=${summary}`];
      return run('env', [...variables, 'bash', '--noprofile', '--norc', '-eo', 'pipefail', 'shown.sh']);
    };
    git('init', '--quiet');
    git('add', 'rules');
    git('commit', '--quiet', '-m', 'Our rules');
    expect(show().status).toBe(0);
    expect(readFileSync(summary, 'utf8')).toContain('### Rules: no difference');
    put('rules/ours.yaml', GOOD.replaceAll('+1808', '+1671'));
    const { status, said } = show();
    expect(status, said).toBe(0);
    expect(readFileSync(summary, 'utf8')).toMatch(
      /### Rules: 2 differences\n[\s\S]*by our-island \(rules\/ours\.yaml:6\)/,
    );
    rmSync(join(repository, '.git'), { recursive: true });
  });

  it('fails on a name that nobody knows, and says where', () => {
    put('rules/ours.yaml', MISSPELT);
    const runs = runSteps(of('check', 'test'));
    expect(failed(runs)).toEqual(['csr rules check', 'csr rules test']);
    expect(runs[0]?.said).toContain(
      '::error file=rules/ours.yaml,line=8,col=13,endColumn=23,title=unknown-fact::unknown fact `phoneNmber`',
    );
  });

  it('fails on an example that does not come out', () => {
    put('rules/ours.yaml', FAILING);
    expect(failed(runSteps(of('check', 'test')))).toEqual(['csr rules test']);
  });
});

describe('the git hook', () => {
  beforeEach(() => {
    repository = mkdtempSync(join(tmpdir(), 'csr-hook-'));
    mkdirSync(join(repository, 'rules'));
    symlinkSync(join(packed, 'node_modules'), join(repository, 'node_modules'));
    put('.gitignore', 'node_modules\n');
    put('rules/ours.yaml', GOOD);
    git('init', '--quiet');
    mkdirSync(join(repository, '.git/hooks'), { recursive: true });
    cpSync(join(ROOT, 'examples/ci/pre-commit'), join(repository, '.git/hooks/pre-commit'));
    git('add', '.');
    return () => rmSync(repository, { recursive: true, force: true });
  });

  const commits = () => git('rev-list', '--all', '--count').said.trim();

  it('lets a first commit of good rules pass', () => {
    const { status, said } = git('commit', '--quiet', '-m', 'Our rules');
    expect([status, commits()], said).toEqual([0, '1']);
  });

  it.each([
    ['a name that nobody knows', MISSPELT, 'rules/ours.yaml:8:13: error [unknown-fact]'],
    ['an example that does not come out', FAILING, 'rules/ours.yaml:14:9: our-island'],
  ])('stops a commit with %s', (_, text, says) => {
    git('commit', '--quiet', '--no-verify', '-m', 'Our rules');
    put('rules/ours.yaml', text);
    git('add', '.');
    const { status, said } = git('commit', '--quiet', '-m', 'A slip');
    expect(status).not.toBe(0);
    expect(said).toContain(says);
    expect(commits()).toBe('1');
  });

  it('looks at what is staged, not at what lies in the folder', () => {
    put('rules/ours.yaml', MISSPELT);
    expect(git('commit', '--quiet', '-m', 'What was staged is good').status).toBe(0);
    git('add', '.');
    put('rules/ours.yaml', GOOD);
    expect(git('commit', '--quiet', '-m', 'What was staged is not').status).not.toBe(0);
    expect(commits()).toBe('1');
  });

  it('leaves alone what has nothing to do with rules, and rules that are taken out', () => {
    put('rules/ours.yaml', MISSPELT);
    git('add', '.');
    git('commit', '--quiet', '--no-verify', '-m', 'A slip');
    put('notes.txt', 'x\n');
    git('add', 'notes.txt');
    expect(git('commit', '--quiet', '-m', 'Notes').status).toBe(0);
    git('rm', '--quiet', 'rules/ours.yaml');
    const { status, said } = git('commit', '--quiet', '-m', 'No rules any more');
    expect([status, commits()], said).toEqual([0, '3']);
  });
});
