import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadRules } from '../../src/engine/load.ts';
import { CsrError, type Problem, showProblem } from '../../src/engine/problem.ts';
import {
  builtInRules,
  markOf,
  packageRoot,
  readRuleFolder,
  readRuleFolderOrNone,
  rulesDigest,
  schemaLine,
} from '../../src/files/read-rules.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csr-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, body: string | Buffer): void {
  writeFileSync(join(folder, name), body);
}

async function problemOf(work: Promise<unknown>): Promise<Problem | undefined> {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof CsrError) return outcome.problems[0];
  throw outcome instanceof Error ? outcome : new Error('nothing was thrown');
}

describe('a folder of rules', () => {
  test('is its YAML files, sorted by name', async () => {
    for (const name of ['b.yaml', 'a.yml', 'C.yaml', 'é.yaml']) file(name, `kind: ${name}\n`);
    for (const name of ['notes.md', '.#b.yaml', 'b.yaml~', 'yaml']) file(name, 'kind: no\n');
    mkdirSync(join(folder, 'more'));
    expect(await readRuleFolder(folder)).toEqual(
      ['C.yaml', 'a.yml', 'b.yaml', 'é.yaml'].map((name) => ({
        name,
        path: join(folder, name),
        text: `kind: ${name}\n`,
      })),
    );
  });

  test('texts are as written, but for a byte order mark', async () => {
    file('a.yaml', '\ufeffkind: rules\r\ntitle: "Zürich"\r\n');
    expect((await readRuleFolder(folder))[0]?.text).toBe('kind: rules\r\ntitle: "Zürich"\r\n');
  });

  test('that is not there, is a file, or holds no rules is an error', async () => {
    expect(await problemOf(readRuleFolder(join(folder, 'no')))).toMatchObject({ code: 'missing-file' });
    file('a.txt', '');
    expect(await problemOf(readRuleFolder(join(folder, 'a.txt')))).toMatchObject({ code: 'missing-file' });
    expect(await problemOf(readRuleFolder(folder))).toMatchObject({
      code: 'no-rules',
      message: `\`${folder}\` holds no rule files`,
    });
  });

  test('a file that is no UTF-8 is told with the place, and hides no other', async () => {
    file('a.yaml', Buffer.from('kind: rules\ntitle: Stra\xdfe\n', 'latin1'));
    file('b.yaml', 'kind: nothing\n');
    const texts = await readRuleFolder(folder);
    expect(texts[0]?.notUtf8).toEqual({ line: 2, column: 12 });
    const { problems } = loadRules(texts, { digest: 'd' });
    expect(problems.map(showProblem)).toEqual([
      expect.stringMatching(
        /a\.yaml:2:12: error \[yaml-syntax\] the file is not valid UTF-8\n {2}2 \| title: Stra/,
      ),
      expect.stringMatching(/b\.yaml:1:7: error \[bad-value\]/),
    ]);
  });

  test('a folder in a file’s place, or a file beyond all reason, is an error', async () => {
    mkdirSync(join(folder, 'a.yaml'));
    expect(await problemOf(readRuleFolder(folder))).toMatchObject({ code: 'is-a-folder' });
    rmSync(join(folder, 'a.yaml'), { recursive: true });
    file('a.yaml', Buffer.alloc(10_000_001, 'x'));
    expect(await problemOf(readRuleFolder(folder))).toMatchObject({ code: 'too-large' });
  });
});

describe('the rules that csr ships', () => {
  test('are found from the program, and named without its place', async () => {
    const shipped = await builtInRules();
    const names = readdirSync(join(packageRoot(), 'rules')).filter((name) => name.endsWith('.yaml'));
    expect(shipped.map(({ name }) => name)).toEqual(names.sort());
    expect(shipped.map(({ path }) => path)).toEqual(names.map((name) => `rules/${name}`));
    expect(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).name).toBe('csr');
  });
});

describe('the digest', () => {
  const texts = [
    { name: 'a.yaml', path: 'x/a.yaml', text: 'kind: rules\n' },
    { name: 'b.yaml', path: 'x/b.yaml', text: 'kind: carriers\n' },
  ];

  test('is the same wherever the folder lies', () => {
    expect(rulesDigest(texts)).toMatch(/^[0-9a-f]{64}$/);
    expect(rulesDigest(texts.map((text) => ({ ...text, path: `elsewhere/${text.name}` })))).toBe(
      rulesDigest(texts),
    );
  });

  test.each([
    ['a text', texts.with(0, { name: 'a.yaml', path: '', text: 'kind: rules \n' })],
    ['a name', texts.with(0, { name: 'A.yaml', path: '', text: 'kind: rules\n' })],
    ['the border of name and text', texts.with(0, { name: 'a.yamlk', path: '', text: 'ind: rules\n' })],
    ['the order', texts.toReversed()],
    ['a file more', [...texts, { name: 'c.yaml', path: '', text: '' }]],
  ])('changes with %s', (_, changed) => {
    expect(rulesDigest(changed)).not.toBe(rulesDigest(texts));
  });
});

describe('a folder that is to be written into', () => {
  test('may be missing or empty, and no file of it may be unreadable', async () => {
    expect(await readRuleFolderOrNone(join(folder, 'no'))).toEqual([]);
    expect(await readRuleFolderOrNone(folder)).toEqual([]);
    file('a.yaml', 'kind: rules\n');
    expect(await readRuleFolderOrNone(folder)).toHaveLength(1);
    expect(await problemOf(readRuleFolderOrNone(join(folder, 'a.yaml')))).toMatchObject({
      code: 'missing-file',
    });
  });

  test('has its byte order marks told, which texts do not show', () => {
    file('a.yaml', '\ufeffkind: rules\n');
    file('b.yaml', 'kind: rules\n');
    expect(['a.yaml', 'b.yaml', 'c.yaml'].map((name) => markOf(join(folder, name)))).toEqual([
      '\ufeff',
      '',
      '',
    ]);
  });

  test('names the schema that is there, beside its files or in the checkout that it lies in', () => {
    const beside = '# yaml-language-server: $schema=rules.schema.json';
    expect(schemaLine(folder)).toEqual({ line: beside, isThere: false });
    file('rules.schema.json', '{}');
    expect(schemaLine(folder)).toEqual({ line: beside, isThere: true });
    expect(schemaLine(join(packageRoot(), 'team', 'rules'))).toEqual({
      line: '# yaml-language-server: $schema=../../schema/rules.schema.json',
      isThere: true,
    });
  });
});
