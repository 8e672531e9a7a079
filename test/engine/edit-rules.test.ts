import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  type Block,
  fromNode,
  type ListKey,
  newRuleFile,
  readYaml,
  showYaml,
  withEntry,
  withExample,
  withText,
  withTexts,
  type Yaml,
} from '../../src/engine/edit-rules.ts';
import { Findings, parseSource } from '../../src/engine/load-yaml.ts';

/** What a text says, as plain data; YAML that the loader would refuse is an error. */
function read(text: string): unknown {
  const findings = new Findings();
  const tree = parseSource({ name: 'f.yaml', path: 'f.yaml', text }, findings);
  if (!tree || findings.problems.length > 0) throw new Error(JSON.stringify(findings.problems));
  return plain(fromNode(tree));
}

function plain(value: Yaml): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(plain);
  return { pairs: [...(value as Block)].map(([key, item]) => [key, plain(item)]) };
}

function entriesOf(text: string, key: string): unknown[] {
  const { pairs } = read(text) as { pairs: [string, unknown[]][] };
  return pairs.find(([name]) => name === key)?.[1] ?? [];
}

function block(pairs: Readonly<Record<string, Yaml>>): Block {
  return new Map(Object.entries(pairs));
}

const ENTRY = block({
  name: 'Colt',
  also: ['Colt Technology', 'COLT, Inc'],
  why: 'Met in inventories.',
  source: block({ document: 'notes', section: 'A, B' }),
  basis: 'found',
});

/** The lines of a text with their ends, so that a changed line break is a changed line. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** That one text is another with whole lines put in; they are returned. */
function addedLines(before: string, after: string): string[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && old[start] === now[start]) start++;
  const end = old.length - start;
  expect(now.slice(now.length - end), 'the lines below').toEqual(old.slice(start));
  return now.slice(start, now.length - end);
}

describe('an entry put into a file', () => {
  const folder = new URL('../../rules/', import.meta.url);
  const lists: ListKey[] = ['carriers', 'look-ups', 'escalations', 'rules'];
  const cases = readdirSync(folder).flatMap((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    return lists.flatMap((list) => (new RegExp(`^${list}:`, 'm').test(text) ? [{ name, text, list }] : []));
  });

  test.each(cases)(
    'leaves every line of $name as it was, at the start of $list, in it, and at its end',
    ({ text, list }) => {
      const before = entriesOf(text, list);
      const findings = new Findings();
      const tree = parseSource({ name: 'f', path: 'f', text }, findings);
      const node = tree?.kind === 'map' ? tree.entries.find(({ key }) => key === list)?.value : undefined;
      const starts = node?.kind === 'list' ? node.items.map(({ place }) => place.line) : [];
      expect(starts.length).toBeGreaterThan(0);
      const places = [...starts.entries()].filter(([at]) => at % 6 === 0 || at === starts.length - 1);
      for (const [at, line] of [...places, [starts.length, undefined] as const]) {
        const edited = withEntry(text, list, ENTRY, line);
        const added = addedLines(text, edited.text);
        expect(linesOf(edited.text)[edited.line - 1]).toMatch(/^ *- name: Colt\n$/);
        expect(added.join('')).toContain('also: [Colt Technology, "COLT, Inc"]');
        expect(added.join('')).toContain('source: { document: notes, section: "A, B" }');
        const after = entriesOf(edited.text, list);
        expect(after[at]).toEqual(plain(ENTRY));
        expect(after.toSpliced(at, 1)).toEqual(before);
      }
    },
  );

  function put(
    text: string,
    before?: number,
    list: ListKey = 'carriers',
    entry = block({ name: 'B' }),
  ): string {
    const edited = withEntry(text, list, entry, before);
    expect(linesOf(edited.text)[edited.line - 1]).toContain('name: B');
    return edited.text;
  }

  it('keeps blank lines where they stand between the others, and none where they do not', () => {
    expect(put('carriers:\n  - name: A\n  - name: C\n')).toBe(
      'carriers:\n  - name: A\n  - name: C\n  - name: B\n',
    );
    expect(put('carriers:\n  - name: A\n\n  - name: C\n')).toBe(
      'carriers:\n  - name: A\n\n  - name: C\n\n  - name: B\n',
    );
    expect(put('carriers:\n  - name: A\n  - name: C\n', 3)).toBe(
      'carriers:\n  - name: A\n  - name: B\n  - name: C\n',
    );
  });

  it('stands before the remarks of the entry that it goes before', () => {
    expect(
      put('carriers:\n  # of all\n\n  # of A\n  - name: A\n\n  # of C\n  # and more\n  - name: C\n', 9),
    ).toBe(
      'carriers:\n  # of all\n\n  # of A\n  - name: A\n\n  - name: B\n\n  # of C\n  # and more\n  - name: C\n',
    );
    expect(put('carriers:\n  # of A\n  - name: A\n', 3)).toBe(
      'carriers:\n  - name: B\n\n  # of A\n  - name: A\n',
    );
  });

  it('stands after the remarks of the entry that it follows, and before those of what comes next', () => {
    expect(put('carriers:\n  - name: A # a\n    # more of A\n\n# of look-ups\nlook-ups: []\n')).toBe(
      'carriers:\n  - name: A # a\n    # more of A\n\n  - name: B\n\n# of look-ups\nlook-ups: []\n',
    );
  });

  it('takes the indent, the quotes, the braces and the line ends of the file', () => {
    const wide =
      "carriers:\n-   name: 'A, Inc'\n    source: {document: 'x, y'}\n-   name: 'C, Inc'\n    source: {document: 'z, y'}\n";
    const entry = block({ name: 'B, LLC', source: block({ document: 'a, b' }) });
    expect(withEntry(wide, 'carriers', entry).text).toBe(
      `${wide}-   name: B, LLC\n    source: {document: 'a, b'}\n`,
    );
    expect(put('carriers:\r\n  - name: A\r\n')).toBe('carriers:\r\n  - name: A\r\n\r\n  - name: B\r\n');
    const rules =
      'rules:\n    - id: a\n      when:\n          country: DE\n      examples:\n      - given: {}\n        expect: {}\n';
    const rule = block({
      name: 'B',
      when: block({ country: block({ not: ['DE', 'FR'] }) }),
      examples: [block({ given: block({}), expect: block({ flag: 'x' }) })],
    });
    expect(withEntry(rules, 'rules', rule).text).toBe(
      `${rules}\n    - name: B\n      when:\n          country: {not: [DE, FR]}\n      examples:\n      - given: {}\n        expect: {flag: x}\n`
        .replaceAll('{not: [DE, FR]}', '{ not: [DE, FR] }')
        .replaceAll('{flag: x}', '{ flag: x }'),
    );
  });

  it('is written on one line where the others are', () => {
    expect(put('carriers:\n  - { name: A, pin: "1" }\n')).toBe(
      'carriers:\n  - { name: A, pin: "1" }\n  - { name: B }\n',
    );
    expect(put('carriers: [{ name: A }]\n')).toBe('carriers: [{ name: A }, { name: B }]\n');
    expect(put('carriers: [{ name: A }, ]\n')).toBe('carriers: [{ name: A }, { name: B }, ]\n');
    expect(put('carriers: [\n  { name: A },\n  { name: C }\n]\n')).toBe(
      'carriers: [\n  { name: A },\n  { name: C },\n  { name: B }\n]\n',
    );
  });

  it('begins a list that is empty or not there', () => {
    expect(put('kind: carriers\ncarriers: [] # none yet\nstates: {}\n')).toBe(
      'kind: carriers\ncarriers: # none yet\n  - name: B\nstates: {}\n',
    );
    expect(put('kind: carriers\ncarriers:\nstates: {}\n')).toBe(
      'kind: carriers\ncarriers:\n  - name: B\nstates: {}\n',
    );
    expect(put('kind: carriers\nlook-ups:\n  - country: any\n')).toBe(
      'kind: carriers\nlook-ups:\n  - country: any\n\ncarriers:\n  - name: B\n',
    );
  });

  it('needs no line end at the end of the file, and gives it none', () => {
    expect(put('carriers:\n  - name: A')).toBe('carriers:\n  - name: A\n\n  - name: B');
    expect(put('kind: carriers')).toBe('kind: carriers\n\ncarriers:\n  - name: B');
  });

  it('comes after texts that run over several lines', () => {
    const folded = 'carriers:\n  - name: A\n    why: >\n      one\n\n      two\n\n# end\n';
    expect(put(folded)).toBe(
      'carriers:\n  - name: A\n    why: >\n      one\n\n      two\n\n  - name: B\n\n# end\n',
    );
    const quoted = 'carriers:\n  - name: A\n    why: "one\n      two"\n';
    expect(put(quoted)).toBe(`${quoted}\n  - name: B\n`);
  });

  it('is refused by a file that is all on one line', () => {
    expect(() => withEntry('{ kind: carriers, carriers: [] }\n', 'carriers', ENTRY)).toThrow('in braces');
  });
});

describe('an entry that gains something', () => {
  const AFTER = ['name'];
  const also = (text: string, at: number, ...names: string[]) =>
    withTexts(text, 'carriers', at, 'also', names, AFTER).text;

  it('has its list go on in the way it is written', () => {
    expect(also('carriers:\n  - name: A\n    also: [x, y] # two\n', 2, 'z, Inc', 'w')).toBe(
      'carriers:\n  - name: A\n    also: [x, y, "z, Inc", w] # two\n',
    );
    expect(
      also('carriers:\n  - name: A\n    also:\n      - x\n      # of x\n    pin: "1"\n', 2, 'z, Inc'),
    ).toBe(
      'carriers:\n  - name: A\n    also:\n      - x\n      # of x\n      - z, Inc\n    pin: "1"\n'.replace(
        '      # of x\n      - z, Inc\n',
        '      - z, Inc\n      # of x\n',
      ),
    );
    expect(also('carriers:\n  - { name: A, also: [x], pin: "1" }\n', 2, 'z')).toBe(
      'carriers:\n  - { name: A, also: [x, z], pin: "1" }\n',
    );
  });

  it('makes a list of one text, of an empty list, and of nothing', () => {
    expect(also('carriers:\n  - name: A\n    also: x, y # one\n', 2, 'z')).toBe(
      'carriers:\n  - name: A\n    also: ["x, y", z] # one\n',
    );
    expect(also('carriers:\n  - name: A\n    also: []\n', 2, 'z')).toBe(
      'carriers:\n  - name: A\n    also: [z]\n',
    );
    expect(also('carriers:\n  - name: A\n    also:\n    pin: "1"\n', 2, 'z')).toBe(
      'carriers:\n  - name: A\n    also: [z]\n    pin: "1"\n',
    );
  });

  it('gets a list that it lacks, below what stands before it', () => {
    expect(also('carriers:\n  - name: A # a\n    why: w\n', 2, 'z')).toBe(
      'carriers:\n  - name: A # a\n    also: [z]\n    why: w\n',
    );
    expect(also('carriers:\n  - { name: A, why: w }\n', 2, 'z')).toBe(
      'carriers:\n  - { name: A, also: [z], why: w }\n',
    );
    expect(also('carriers:\n  - why: w\n    name: A', 2, 'z')).toBe(
      'carriers:\n  - why: w\n    name: A\n    also: [z]',
    );
  });

  it('gets a text, or another in the place of its own', () => {
    const pin = (text: string, value: string) =>
      withText(text, 'carriers', 2, 'pin', value, ['name', 'also', 'not']).text;
    expect(pin('carriers:\n  - name: A\n    also: [x]\n    why: w\n', '0042')).toBe(
      'carriers:\n  - name: A\n    also: [x]\n    pin: "0042"\n    why: w\n',
    );
    expect(pin('carriers:\n  - name: A\n    pin: 8x1 # theirs\n    why: w\n', '9x1')).toBe(
      'carriers:\n  - name: A\n    pin: 9x1 # theirs\n    why: w\n',
    );
    expect(pin('carriers:\n  - { name: A, pin: "1" }\n', 'a, b')).toBe(
      'carriers:\n  - { name: A, pin: "a, b" }\n',
    );
  });
});

describe('what is written is what was meant', () => {
  const text = fc.oneof(
    fc.string({ minLength: 1, unit: 'grapheme' }),
    fc.constantFrom(
      'no',
      'null',
      '~',
      'true',
      '0042',
      '8e82125',
      '+14085550101',
      '2027-06-30',
      '1_000',
      '0x1f',
    ),
    fc.constantFrom(
      'a: b',
      'a #b',
      '- x',
      '? x',
      '[x',
      '{x',
      '*x',
      '&x',
      '!x',
      '%x',
      '@x',
      '`x',
      '"x',
      "'x'",
      ' x ',
      'x\ty',
      'a\nb',
      '---',
      'x:',
      '#x',
      '^\\d{2}$',
      '',
      '=',
      '<<',
    ),
  );
  const { value } = fc.letrec<{ value: Yaml }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      text,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(text, tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    ),
  }));
  const entry = fc
    .array(fc.tuple(text, value), { minLength: 1, maxLength: 5 })
    .map((pairs): Block => new Map([['name', 'B'], ...pairs.filter(([key]) => key !== 'name')]));

  test('in an entry, in files of several styles', () => {
    const styles = [
      null,
      'kind: carriers\ncarriers:\n  - name: A\n    source: { document: x }\n',
      "kind: carriers\ncarriers:\n-   name: 'A'\n    source: {document: 'x, y'}\n",
      'kind: carriers\ncarriers:\n  - { name: A }\n',
      'kind: carriers\r\ncarriers: [{ name: A }]\r\n',
      'kind: carriers\ncarriers: []',
    ];
    fc.assert(
      fc.property(entry, fc.constantFrom(...styles), (written, style) => {
        const { text: result } =
          style === null
            ? newRuleFile('# first', block({ kind: 'carriers' }), 'carriers', written)
            : withEntry(style, 'carriers', written);
        expect(entriesOf(result, 'carriers').at(-1)).toEqual(plain(written));
      }),
      { numRuns: 400 },
    );
  });

  test('on one line', () => {
    fc.assert(
      fc.property(value, (written) => {
        const shown = showYaml(written);
        expect(shown).not.toContain('\n');
        const back = readYaml(shown);
        expect('value' in back && plain(back.value)).toEqual(plain(written));
      }),
      { numRuns: 400 },
    );
  });
});

describe('an example below those of an entry', () => {
  const example = new Map([
    [
      'given',
      new Map([
        ['country', 'FR'],
        ['pin', '0042'],
      ]),
    ],
    ['expect-not', new Map([['flag', 'ours']])],
  ]);
  const above = 'kind: rules\nrules:\n';

  test.each([
    [
      'in lines, with a remark about the last one',
      `${above}  - id: ours\n    examples:\n      # First.\n      - given: { country: DE }\n        expect: { flag: ours }\n        # Why so.\n  - id: next\n`,
      `${above}  - id: ours\n    examples:\n      # First.\n      - given: { country: DE }\n        expect: { flag: ours }\n        # Why so.\n      - given: { country: FR, pin: "0042" }\n        expect-not: { flag: ours }\n  - id: next\n`,
      9,
    ],
    [
      'apart by blank lines, where the others are',
      `${above}  - id: ours\n    examples:\n    - given: { country: DE }\n      expect: { flag: ours }\n\n    - given: { country: AT }\n      expect-not: { flag: ours }\n`,
      `${above}  - id: ours\n    examples:\n    - given: { country: DE }\n      expect: { flag: ours }\n\n    - given: { country: AT }\n      expect-not: { flag: ours }\n\n    - given: { country: FR, pin: "0042" }\n      expect-not: { flag: ours }\n`,
      11,
    ],
    [
      'each on a line of its own',
      `${above}  - id: ours\n    examples:\n      - {given: {country: DE}, expect: {flag: ours}}\n`,
      `${above}  - id: ours\n    examples:\n      - {given: {country: DE}, expect: {flag: ours}}\n      - {given: {country: FR, pin: "0042"}, expect-not: {flag: ours}}\n`,
      6,
    ],
    [
      'in a list on one line, of a rule on one line',
      `${above}  - { id: ours, examples: [ { given: { country: DE }, expect: { flag: ours } } ] }\n`,
      `${above}  - { id: ours, examples: [ { given: { country: DE }, expect: { flag: ours } }, { given: { country: FR, pin: "0042" }, expect-not: { flag: ours } } ] }\n`,
      3,
    ],
    [
      'in a file that ends without a line break, in lines of Windows',
      `${above}  - id: ours\n    examples:\n      - given: { country: DE }\n        expect: { flag: ours }`.replaceAll(
        '\n',
        '\r\n',
      ),
      `${above}  - id: ours\n    examples:\n      - given: { country: DE }\n        expect: { flag: ours }\n      - given: { country: FR, pin: "0042" }\n        expect-not: { flag: ours }`.replaceAll(
        '\n',
        '\r\n',
      ),
      7,
    ],
  ])('%s', (_, text, wanted, line) => {
    expect(withExample(text, 'rules', 3, example)).toEqual({ text: wanted, line });
  });

  test('is refused where there is no list', () => {
    expect(() => withExample(`${above}  - id: ours\n    title: t\n`, 'rules', 3, example)).toThrow(
      'the entry on line 3 has no list of examples',
    );
  });
});
