import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/engine/load.ts';
import { clean, faults, file } from './load-marks.ts';

const GOOD = `kind: rules
title: T
stage: address
match: first
rules:
  - id: one
    title: "One"
    when:
      country: { not: [US, 'CA'] }
      phoneNumber: { starts-with: "+1" }
    when-any: [{ pin: blank }, { any-cell: { matches: "^=" } }]
    then: { set: { pin: 1 }, look-up: by-carrier, for: [address, { field: rio, label: RIO, pattern: "^[A-Z]+$" }] }
    why: >
      Because
      of this.
    source: { document: d, section: s }
    basis: stated
    until: 2027-01-01
    examples:
      - given: { country: FR }
        expect: { set: { pin: 1 } }
`;

/** Pieces that a slip or an attack puts where they do not belong. */
const PIECES = [
  '__proto__',
  'constructor',
  '&a',
  '*a',
  '<<: ',
  '!!js/function ',
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  '- ',
  '? ',
  '|',
  '>',
  '"',
  "'",
  '\n',
  '\n\n',
  '\t',
  '    ',
  '\r',
  '#',
  '%',
  '---\n',
  '...\n',
  '\u0000',
  '\u{feff}',
  '\ud800',
  'null',
  '~',
  '@',
  'true',
  '1e9',
  'when: {}',
  'kind: carriers\n',
  'x'.repeat(300),
  '{{',
  '(?=',
  '\u2028',
];

describe('a rule file from anybody', () => {
  it('never makes the loader throw, and every fault is in the file', () => {
    let loaded = 0;
    let refused = 0;
    const cut = fc.tuple(
      fc.nat(GOOD.length),
      fc.nat(4),
      fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 5 })),
    );
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) => {
        let text = GOOD;
        for (const [at, length, piece] of cuts) text = text.slice(0, at) + piece + text.slice(at + length);
        const { rules, problems } = loadRules([file('t.yaml', text)], { digest: '' });
        if (rules) loaded += 1;
        else refused += 1;
        expect(rules !== null).toBe(problems.every((problem) => problem.severity !== 'error'));
        const lines = text.replace(/^\u{feff}/u, '').split('\n');
        for (const { place, excerpt, message } of problems) {
          const line = lines[(place?.line ?? 0) - 1];
          expect(line, message).toBeDefined();
          expect(place?.column).toBeGreaterThan(0);
          expect(place?.column).toBeLessThanOrEqual((line?.length ?? 0) + 1);
          expect(excerpt?.length).toBe(line?.replace(/\r$/, '').length);
          expect(message).not.toMatch(/undefined|\[object|\.$/);
        }
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(300);
    expect(loaded).toBeGreaterThan(20);
  });

  it('never makes the loader throw, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const kind of ['rules', 'carriers', 'layouts', 'escalations', 'intake']) {
          loadRules([file('t.yaml', `kind: ${kind}\n${text}`)], { digest: '' });
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['layouts', 'values: { __proto__: { polluted: [x] } }'],
    ['layouts', 'values: { origin: { __proto__: [x], constructor: [y] } }'],
    ['layouts', 'countries: { __proto__: GB, constructor: US }'],
    ['carriers', 'states: { __proto__: Texas }'],
    ['carriers', 'carriers: [{ name: __proto__ }, { name: constructor }]'],
    ['procedures', 'procedures: [{ id: constructor, title: T, steps: [x] }]'],
  ])('changes no object but its own: %s %s', (kind, line) => {
    const rules = clean([file('t.yaml', `kind: ${kind}\n${line}\n`)]);
    expect('polluted' in {}).toBe(false);
    expect(Object.getPrototypeOf(rules.layouts.values)).toBe(Map.prototype);
    expect(Object.keys(rules.countryAliases).sort()).toEqual(
      line.startsWith('countries') ? ['__proto__', 'constructor'] : [],
    );
    expect('toString' in rules.countryAliases).toBe(false);
  });

  it('refuses a block where an example expects words', () => {
    const found = faults([
      file(
        't.yaml',
        GOOD.replace(
          'expect: { set: { pin: 1 } }',
          'expect: { set: { pin: 1 }, flag: { __proto__: { polluted: 1 } } }',
        ),
      ),
    ]);
    expect(found).toEqual(['bad-value rules/t.yaml:21:42']);
    expect('polluted' in {}).toBe(false);
  });

  it('may be as long as it likes, in one word, one quote or one line', () => {
    const long = 'x'.repeat(1_000_000);
    for (const text of [
      `${long}: 1`,
      `"${long}": 1`,
      `word-notice: "${long}`,
      `word-notice: '${long}''`,
      `file-name: /${long}`,
    ]) {
      const { problems } = loadRules([file('t.yaml', `kind: delivery\n${text}`)], { digest: '' });
      expect(problems).toHaveLength(1);
      expect(JSON.stringify(problems).length).toBeLessThan(2000);
    }
    const { problems } = loadRules([file('t.yaml', `kind: delivery\n${' '.repeat(5_000_000)}`)], {
      digest: '',
    });
    expect(problems.map(({ code }) => code)).toEqual(['yaml-syntax']);
  });

  it('is never expanded: a bomb of aliases is so many words', () => {
    const levels = Array.from({ length: 30 }, (_, at) => `a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`).slice(
      1,
    );
    const { problems } = loadRules([file('t.yaml', `kind: delivery\na0: &a0 [x]\n${levels.join('\n')}\n`)], {
      digest: '',
    });
    expect(problems.filter(({ code }) => code === 'forbidden-yaml')).toHaveLength(30 + 58);
  });
});
