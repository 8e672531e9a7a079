/** Findings in each format, held to what the readers of the format ask for. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { Findings } from '../../src/commands/rules/findings.ts';
import { FORMATS } from '../../src/commands/rules/format.ts';
import { CODES } from '../../src/engine/codes.ts';
import { type Problem, showProblem } from '../../src/engine/problem.ts';
import type { Page } from '../../src/files/read-page.ts';

const PAGES = new Map<string, Page>(
  readdirSync(new URL('../../docs/checks/', import.meta.url)).map((name) => {
    const url = new URL(`../../docs/checks/${name}`, import.meta.url);
    return [name.replace('.md', ''), { text: readFileSync(url, 'utf8'), url: url.href }];
  }),
);

const UNKNOWN: Problem = {
  code: 'unknown-fact',
  severity: 'error',
  message: 'unknown fact `contry`',
  place: { file: 'team/rules.yaml', line: 8, column: 13 },
  excerpt: '    when: { contry: DE }',
  found: 'contry',
  wanted: '`country`',
  help: 'did you mean `country`?',
  rule: 'german',
};
const GAP: Problem = {
  code: 'gap',
  severity: 'warning',
  message: 'no rule of this table holds for some rows',
  place: { file: 'team/desks, and more.yaml', line: 4, column: 8 },
  related: [
    { rule: 'austrian', message: 'the last rule', place: { file: 'team/rules.yaml', line: 20, column: 5 } },
  ],
  witness: { country: 'US', address: '' },
};
const DUE: Problem = { code: 'review-due', severity: 'info', message: 'a: b, 100%\r\nof it', help: 'c' };

function findings(problems: readonly Problem[], files = ['team/rules.yaml', 'team/carriers.yaml']): Findings {
  return { problems, files, rules: null, pages: PAGES };
}

describe('text', () => {
  test('is what the terminal shows', () => {
    expect(FORMATS.text(findings([UNKNOWN, GAP]))).toBe(
      [
        showProblem(UNKNOWN),
        showProblem(GAP),
        '2 findings in 2 files',
        'what a code means and how to mend it: csr rules check --explain unknown-fact',
        '',
      ].join('\n'),
    );
    expect(FORMATS.text({ ...findings([]), rules: 1 })).toBe('1 rule in 2 files: no findings\n');
  });
});

describe('json', () => {
  test('has a line a finding, with its place and those of other rules', () => {
    expect(JSON.parse(FORMATS.json(findings([UNKNOWN, GAP])))).toEqual({
      findings: [
        {
          code: 'unknown-fact',
          severity: 'error',
          message: 'unknown fact `contry`',
          file: 'team/rules.yaml',
          line: 8,
          column: 13,
          excerpt: '    when: { contry: DE }',
          found: 'contry',
          wanted: '`country`',
          help: 'did you mean `country`?',
          rule: 'german',
          related: [],
        },
        {
          code: 'gap',
          severity: 'warning',
          message: 'no rule of this table holds for some rows',
          file: 'team/desks, and more.yaml',
          line: 4,
          column: 8,
          related: [
            { rule: 'austrian', message: 'the last rule', file: 'team/rules.yaml', line: 20, column: 5 },
          ],
          witness: { country: 'US', address: '' },
        },
      ],
    });
  });
});

const schema = JSON.parse(
  readFileSync(new URL('../fixtures/sarif-2.1.0.schema.json', import.meta.url), 'utf8'),
);
const isUri = (text: string) => URL.canParse(text);
const ajv = new Ajv({
  strict: false,
  allErrors: true,
  // The schema's own pattern for languages has a bracket too many.
  unicodeRegExp: false,
  formats: {
    uri: isUri,
    // Nothing may stand in it that has to be escaped.
    'uri-reference': (text: string) =>
      /^[\w.~:/?#[\]@!$&'()*+,;=%-]*$/.test(text) && URL.canParse(text, 'https://x/'),
    'date-time': () => true,
  },
});
const isSarif = ajv.compile(schema);

function sarifOf(problems: readonly Problem[]) {
  const log = JSON.parse(FORMATS.sarif(findings(problems)));
  const valid = isSarif(log);
  expect(valid ? [] : isSarif.errors).toEqual([]);
  return log.runs[0];
}

describe('sarif', () => {
  test('is valid by the schema of SARIF 2.1.0, and says all that the text says', () => {
    const { tool, results } = sarifOf([UNKNOWN, GAP, { ...UNKNOWN, severity: 'warning' }]);
    expect(tool.driver).toMatchObject({ name: 'csr', semanticVersion: expect.stringMatching(/^\d/) });
    expect(tool.driver.rules).toMatchObject([
      {
        id: 'unknown-fact',
        shortDescription: { text: CODES['unknown-fact'] },
        help: {
          text: expect.stringMatching(
            /^A condition, .*\n\n\*\*Why it matters\.\*\* [\s\S]*\n\n- Take the nearest name/,
          ),
          markdown: expect.stringContaining('## Wrong'),
        },
        helpUri: expect.stringMatching(/^file:.*\/docs\/checks\/unknown-fact\.md$/),
        defaultConfiguration: { level: 'error' },
      },
      { id: 'gap', defaultConfiguration: { level: 'warning' } },
    ]);
    expect(tool.driver.rules[0].help.markdown).toMatch(/\]\(file:.*\/docs\/rules\.md#facts\)/);
    expect(tool.driver.rules[0].help.text).not.toContain('```');
    expect(results).toMatchObject([
      {
        ruleId: 'unknown-fact',
        ruleIndex: 0,
        level: 'error',
        message: { text: expect.stringMatching(/^unknown fact `contry`\n[\s\S]*did you mean `country`\?$/) },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'team/rules.yaml' },
              region: { startLine: 8, startColumn: 13, endColumn: 19 },
            },
          },
        ],
        properties: { rule: 'german' },
      },
      {
        ruleId: 'gap',
        ruleIndex: 1,
        level: 'warning',
        locations: [{ physicalLocation: { artifactLocation: { uri: 'team/desks%2C%20and%20more.yaml' } } }],
        relatedLocations: [
          {
            message: { text: 'the last rule' },
            physicalLocation: {
              artifactLocation: { uri: 'team/rules.yaml' },
              region: { startLine: 20, startColumn: 5 },
            },
          },
        ],
        properties: { witness: { country: 'US', address: '' } },
      },
      { ruleIndex: 0, level: 'warning' },
    ]);
  });

  test('is valid for every code, without a place, and for nothing found', () => {
    const each = Object.keys(CODES).map((code) => ({ ...UNKNOWN, code }));
    expect(sarifOf([...each, DUE]).tool.driver.rules).toHaveLength(each.length);
    expect(sarifOf([]).results).toEqual([]);
    expect(sarifOf([DUE]).results).toMatchObject([{ level: 'note' }]);
  });

  test('calls files from the folder that it runs in, and others by their whole path', () => {
    const uri = (file: string) =>
      sarifOf([{ ...UNKNOWN, place: { file, line: 1, column: 1 } }]).results[0].locations[0].physicalLocation
        .artifactLocation.uri;
    expect(uri(`${process.cwd()}/rules/a b.yaml`)).toBe('rules/a%20b.yaml');
    expect(uri('/else where/a.yaml')).toBe('file:///else%20where/a.yaml');
    expect(uri('../a.yaml')).toBe('../a.yaml');
    expect(uri('a:b#?.yaml')).toBe('a%3Ab%23%3F.yaml');
  });

  test('the fixture refuses what is no SARIF', () => {
    const log = JSON.parse(FORMATS.sarif(findings([UNKNOWN])));
    expect(isSarif({ ...log, version: '2.0.0' })).toBe(false);
    expect(isSarif({ ...log, runs: [{ ...log.runs[0], tool: {} }] })).toBe(false);
    const [result] = log.runs[0].results;
    for (const change of [
      { level: 'fatal' },
      { message: {} },
      { locations: [{ physicalLocation: { region: { startLine: 0 } } }] },
    ])
      expect(isSarif({ ...log, runs: [{ ...log.runs[0], results: [{ ...result, ...change }] }] })).toBe(
        false,
      );
  });
});

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** The tree of an XML document. @throws where it is not well-formed */
function parseXml(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = {
      name,
      attributes: attributes as Record<string, string>,
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element) element.text += text;
  });
  parser.write(xml).close();
  return root.children[0] as Element;
}

describe('junit', () => {
  test('is a test for each file, with all that is wrong in it as one failure', () => {
    const again: Problem = { ...UNKNOWN, code: 'bad-value', message: 'x' };
    const root = parseXml(FORMATS.junit(findings([UNKNOWN, again])));
    expect(root).toMatchObject({
      name: 'testsuites',
      attributes: { tests: '2', failures: '1', errors: '0' },
    });
    const [suite] = root.children;
    expect(suite).toMatchObject({ name: 'testsuite', attributes: { tests: '2', failures: '1' } });
    expect(suite?.children).toMatchObject([
      {
        name: 'testcase',
        attributes: { name: 'team/rules.yaml', classname: 'csr rules check', file: 'team/rules.yaml' },
        children: [
          {
            name: 'failure',
            attributes: { message: '2 findings: unknown-fact, bad-value', type: 'unknown-fact' },
            text: `${showProblem(UNKNOWN)}\n\n${showProblem(again)}`,
          },
        ],
      },
      { name: 'testcase', attributes: { name: 'team/carriers.yaml' }, children: [] },
    ]);
  });

  test('leaves no finding out that has no place', () => {
    const root = parseXml(FORMATS.junit(findings([DUE])));
    expect(root.attributes).toMatchObject({ tests: '3', failures: '1' });
    expect(root.children[0]?.children[2]?.children[0]?.text).toContain('100%');
  });

  test('is XML whatever stands in names and messages, and keeps what XML can hold', () => {
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
      fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        "'",
        ']]>',
        '\r',
        '\n',
        '\t',
        '\u0000',
        '\u001b',
        '\ufffe',
        '\ud800',
      ),
    );
    const hostile = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''));
    fc.assert(
      fc.property(hostile, hostile, hostile, (file, message, code) => {
        const problem = { ...UNKNOWN, code, message, place: { file, line: 1, column: 1 } };
        const [suite] = parseXml(FORMATS.junit(findings([problem], [file]))).children;
        const kept = (text: string) =>
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
          text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
        const [testcase] = suite?.children ?? [];
        expect(testcase?.attributes.name).toBe(kept(file));
        expect(testcase?.children[0]?.attributes.type).toBe(kept(code));
        expect(testcase?.children[0]?.text).toBe(kept(showProblem(problem)));
      }),
    );
  });
});

/** Commands as GitHub's runner reads them. */
function commandsIn(text: string) {
  const decoded = (data: string) =>
    data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  return text
    .split('\n')
    .filter((line) => line.startsWith('::'))
    .map((line) => {
      const [, command, properties = '', data = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
      const pairs = properties.split(',').map((pair) => {
        const [key = '', value = ''] = pair.split('=');
        return [key, decoded(value.replaceAll('%3A', ':').replaceAll('%2C', ','))];
      });
      return { command, ...Object.fromEntries(pairs), message: decoded(data) };
    });
}

describe('github', () => {
  test('is a line a finding, of its severity, at its place', () => {
    expect(commandsIn(FORMATS.github(findings([UNKNOWN, GAP, DUE])))).toEqual([
      {
        command: 'error',
        file: 'team/rules.yaml',
        line: '8',
        col: '13',
        endColumn: '19',
        title: 'unknown-fact',
        message: 'unknown fact `contry`\nfound:  contry\nwanted: `country`\nhelp: did you mean `country`?',
      },
      {
        command: 'warning',
        file: 'team/desks, and more.yaml',
        line: '4',
        col: '8',
        title: 'gap',
        message:
          'no rule of this table holds for some rows\nfor example country: US, address: (blank)\nsee team/rules.yaml:20:5: the last rule',
      },
      { command: 'notice', title: 'review-due', message: 'a: b, 100%\r\nof it\nhelp: c' },
    ]);
    expect(FORMATS.github({ ...findings([]), rules: 2 })).toBe('2 rules in 2 files: no findings\n');
  });

  test('takes nothing of a hostile name or message for a command', () => {
    const name = fc
      .array(fc.constantFrom('a', ':', ',', '=', '%', '\n', '\r', '%3A'), { minLength: 1 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(name, name, (file, message) => {
        const text = FORMATS.github(findings([{ ...GAP, message, place: { file, line: 1, column: 2 } }]));
        expect(text.split('\n')).toHaveLength(3);
        expect(text).toMatch(
          /^::warning file=[^:,\r]*,line=1,col=2,title=gap::[^\r]*\n1 finding in 2 files\n$/,
        );
      }),
    );
  });
});
