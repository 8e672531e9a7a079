import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/engine/load.ts';
import { type Problem, showPlace, showProblem } from '../../src/engine/problem.ts';
import { file, marked } from './load-marks.ts';

const GOOD = `kind: carriers
carriers:
  - name: Acme
    also: [A, B]
    why: Text.
    source: { document: d, section: s }
    basis: found
  - name: Other
    why: Two.
`;

/** Everything said of the file with `from` replaced by `to`; `▸` stands where each finding must point. */
function said(from: string, to: string): readonly Problem[] {
  expect(GOOD).toContain(from);
  const { text, places } = marked(GOOD.replace(from, () => to));
  const { problems } = loadRules([file('carriers.yaml', text)], { digest: 'd' });
  expect(problems.map(({ code, place }) => `${code} ${place ? showPlace(place) : ''}`)).toEqual(
    places.map((place) => `yaml-syntax rules/carriers.yaml:${place}`),
  );
  return problems;
}

const JARGON = /mapping|implicit|compact|scalar|token|flow|sequence|indicator|escape|block coll/i;

describe('a slip in the YAML is said once, where it is, without the words of a parser', () => {
  it('loads without one', () => {
    expect(loadRules([file('carriers.yaml', GOOD)], { digest: 'd' }).problems).toEqual([]);
  });

  it.each([
    ['why: Text.', 'why: ▸Our lead: checked them.', 'a text with `: ` in it needs quotes'],
    ['- name: Acme', '- name: ▸Acme: Inc', 'a text with `: ` in it needs quotes'],
    ['    why: Text.', '   ▸why: Text.', "the line's indent does not fit the lines above it"],
    ['    also:', '   ▸also:', "the line's indent does not fit the lines above it"],
    ['    why: Text.', '     ▸why: Text.', "the line's indent does not fit the lines above it"],
    ['    why: Text.', '▸why: Text.', "the line's indent does not fit the lines above it"],
    ['  - name: Other', '   ▸- name: Other', "the line's indent does not fit the lines above it"],
    ['  - name: Other', ' ▸- name: Other', "the line's indent does not fit the lines above it"],
    ['why: Text.', 'why: Text.\n      ▸more: words', "the line's indent does not fit the lines above it"],
    ['    why: Text.', '▸\twhy: Text.', 'a tab cannot indent a line'],
    ['    why: Text.', '  ▸\twhy: Text.', 'a tab cannot indent a line'],
    ['  - name: Other', '▸\t- name: Other', 'a tab cannot indent a line'],
    ['[A, B]', '▸[A, B', 'a `[` opens here and does not close'],
    ['{ document: d, section: s }', '▸{ document: d, section: s', 'a `{` opens here and does not close'],
    ['{ document: d, section: s }', '▸{ document: d,\nsection: s }', 'a `{` opens here and does not close'],
    ['[A, B]', '▸[A, B}', 'a `[` opens here and does not close'],
    ['[A, B]', '[A, B]▸]', 'a `]` closes here and nothing is open'],
    ['why: Text.', '▸why Text.', 'a key without a colon'],
    ['why: Text.', '▸why:Text.', 'a colon needs a space after it'],
    ['- name: Acme', '- ▸name:Acme', 'a colon needs a space after it'],
    ['- name: Acme', '▸-name: Acme', 'a dash needs a space after it'],
    ['- name: Other', '▸-name: Other', 'a dash needs a space after it'],
    ['why: Text.', 'why: ▸- Text', 'a list begins on the line below its key'],
    ['why: Text.', 'why: "Text" ▸and more', 'the text goes on after its closing `"`'],
    ['why: Text.', "why: 'Our lead'▸s word'", "the text goes on after its closing `'`"],
    ['why: Text.', 'why: ▸"Text', 'a quote opens here and never closes'],
    ['why: Text.\n', 'why: ▸"Text.\n    owner: "me\n', 'a quote opens here and never closes'],
    ['why: Text.', 'why: ▸"Text\n      and "more" text', 'a quote opens here and does not close on its line'],
    ['why: Text.', 'why: {customer} ▸said', 'the text goes on after its closing `}`'],
    ['why: Text.', 'why: ▸@x', 'a text that begins with `@` needs quotes'],
    ['why: Text.', 'why: ▸`x`', 'a text that begins with a backtick needs quotes'],
    ['why: Text.', 'why: "a ▸\\d b"', '`\\d` means nothing in double quotes'],
    ['[A, B]', '["A" ▸"B"]', 'a comma is missing before this, or quotes around a text'],
    ['section: s', 'section: ▸a: b', 'a comma is missing before this, or quotes around a text'],
    ['[A, B]', '[A,▸, B]', 'a comma with nothing before it'],
    ['why: Text.', 'why: | ▸x', 'behind a `|` or `>` the text begins on the next line'],
    ['why: Text.', 'why: "Text"▸#c', 'a `#` needs a space before it'],
  ])('%j as %j', (from, to, message) => {
    const problems = said(from, to);
    expect(problems.map((problem) => problem.message)).toEqual([message]);
    for (const problem of problems) {
      expect(`${problem.message} ${problem.wanted ?? ''} ${problem.help ?? ''}`).not.toMatch(JARGON);
      expect(problem.wanted ?? problem.help).toBeDefined();
    }
  });

  it('quotes the text as it should stand', () => {
    expect(said('why: Text.', 'why: ▸Our lead: checked them.')[0]).toMatchObject({
      found: 'Our lead: checked them.',
      wanted: '"Our lead: checked them."',
    });
    expect(said('why: Text.', 'why: ▸Our lead\'s: "yes"')[0]?.wanted).toBe("'Our lead''s: \"yes\"'");
  });

  it('says which indents would fit', () => {
    expect(said('    why: Text.', '   ▸why: Text.')[0]).toMatchObject({
      found: '3 spaces before it',
      wanted: '4 or 0 spaces',
    });
    expect(said('  - name: Other', ' ▸- name: Other')[0]).toMatchObject({
      found: '1 space before it',
      wanted: '2 spaces',
    });
  });

  it('shows a tab as an arrow, the caret below it', () => {
    const [problem] = said('    why: Text.', '  ▸\twhy: Text.');
    expect(problem && showProblem(problem).split('\n').slice(1, 3)).toEqual([
      '  5 |   →why: Text.',
      '    |   ^',
    ]);
  });

  it('says a file full of tabs once, and how many lines there are', () => {
    const [problem] = said('    why: Text.\n    source', '▸\twhy: Text.\n\tsource');
    expect(problem?.help).toContain('1 more line begins with one');
  });

  it('says each of several slips that do not hide one another', () => {
    said('also: [A, B]\n    why: Text.', 'also: ▸A: B\n    why: ▸Our lead: checked them.');
  });

  it('keeps the words of the parser where it has none of its own', () => {
    const { problems } = loadRules([file('carriers.yaml', '%YAML 1.2\nkind: carriers\n')], { digest: 'd' });
    expect(problems.map(({ code }) => code)).toContain('yaml-syntax');
    expect(problems.find(({ code }) => code === 'yaml-syntax')?.help).toContain('check the indentation');
  });
});
