import { describe, expect, test } from 'vitest';
import { opHolds } from '../../src/engine/conditions.ts';
import { coverageOf, entriesOf, trialOf } from '../../src/engine/coverage.ts';
import { makeBooks } from '../../src/engine/decide.ts';
import { Reading } from '../../src/engine/facts.ts';
import { conditionsOf, contrary } from '../../src/engine/mutants.ts';
import type { RuleSet } from '../../src/engine/rule.ts';
import { builtIn } from '../built-in.ts';

const rules = builtIn();
const books = makeBooks(rules);

const TESTS = [
  'blank',
  'present',
  'known',
  'US',
  '{ not: US }',
  '{ not: [US, GB] }',
  '{ starts-with: U }',
  '{ not: { starts-with: U, matches: S } }',
  '{ not: present }',
];

function tableOf(rules: string, match = 'all'): string {
  return `kind: rules\nstage: checks\nmatch: ${match}\nrules:\n${rules}`;
}

function rule(id: string, when: string, examples: string, more = ''): string {
  return `  - { id: ${id}, title: t, when: ${when}, ${more}then: { flag: ${id} }, why: w, source: { document: d }, basis: stated, examples: [${examples}] }\n`;
}

describe('the contrary of a test', () => {
  const set = builtIn({
    'ours.yaml': tableOf(
      TESTS.map((one, at) =>
        rule(`r${at}`, `{ country: ${one} }`, '{ given: {}, expect-not: { flag: x } }'),
      ).join(''),
    ),
  });
  const ours = set.tables.find(({ file }) => file.endsWith('ours.yaml'));

  test.each(TESTS.map((one, at) => [one, at] as const))('%s', (_, at) => {
    const op = ours?.rules[at]?.when[0]?.op;
    if (!op) throw new Error('no rule');
    const isOfBlank = ['blank', 'present', '{ not: present }'].includes(TESTS[at] as string);
    for (const text of ['US', 'usa', 'GB', 'Nowhere', 'U']) {
      const reading = new Reading('country', text, books);
      const [here, there] = [op, contrary(op)].map((one) => opHolds(one, reading, () => reading));
      expect(there, text).toBe(!here);
    }
    // Missing is never a match by negation.
    const blank = new Reading('country', ' ', books);
    const [here, there] = [op, contrary(op)].map((one) => opHolds(one, blank, () => blank));
    if (isOfBlank) expect(there).toBe(!here);
    else expect([here, there]).toEqual([false, false]);
  });
});

/** What is not noticed of the entries of one file, in words. */
async function unnoticed(files: Readonly<Record<string, string>>): Promise<string[]> {
  const set: RuleSet = builtIn(files);
  const own = entriesOf(set).filter(({ place }) => place.file in files);
  const found = await coverageOf(own, trialOf(set));
  return found.flatMap(({ entry, isExpected, isShown, conditions }) => [
    ...(isExpected ? (isShown ? [] : [`${entry.id}: its examples fail`]) : [`${entry.id}: untested`]),
    ...conditions.flatMap(({ condition, unnoticed: mutants }) =>
      mutants.map(({ change }) => `${entry.id}: ${condition.written} ${change}`),
    ),
  ]);
}

describe('what examples notice', () => {
  test('each condition, where for each there is a row in which only it fails', async () => {
    const text = rule(
      'ours',
      '{ country: DE, carrier: Lumen, company: any }',
      '{ given: { country: DE, carrier: Lumen }, expect: { flag: ours } }, { given: { country: AT, carrier: Lumen }, expect-not: { flag: ours } }, { given: { country: DE, carrier: Sinch }, expect-not: { flag: ours } }',
    );
    expect(await unnoticed({ 'ours.yaml': tableOf(text) })).toEqual([]);
  });

  test('none of two that fail at once', async () => {
    const text = rule(
      'ours',
      '{ country: DE, carrier: Lumen }',
      '{ given: { country: DE, carrier: Lumen }, expect: { flag: ours } }, { given: { country: AT, carrier: Sinch }, expect-not: { flag: ours } }',
    );
    expect(await unnoticed({ 'ours.yaml': tableOf(text) })).toEqual([
      'ours: country: DE dropped',
      'ours: carrier: Lumen dropped',
    ]);
  });

  test('of a block of when-any, only what an example of that very block shows', async () => {
    const text = (examples: string) =>
      tableOf(rule('ours', '{}', examples, 'when-any: [{ country: DE, carrier: Lumen }, { pin: "1" }], '));
    const byPin =
      '{ given: { pin: "1" }, expect: { flag: ours } }, { given: { pin: "2" }, expect-not: { flag: ours } }';
    expect(await unnoticed({ 'ours.yaml': text(byPin) })).toEqual([
      'ours: country: DE dropped',
      'ours: country: DE negated',
      'ours: carrier: Lumen dropped',
      'ours: carrier: Lumen negated',
    ]);
    const byBoth = `${byPin}, { given: { country: DE, carrier: Lumen }, expect: { flag: ours } }, { given: { country: AT, carrier: Lumen }, expect-not: { flag: ours } }, { given: { country: DE, carrier: Sinch }, expect-not: { flag: ours } }`;
    expect(await unnoticed({ 'ours.yaml': text(byBoth) })).toEqual([]);
  });

  test('a rule that no example shows at work, and one whose examples fail', async () => {
    const text = `${rule('silent', '{ country: DE }', '{ given: { country: AT }, expect-not: { flag: silent } }')}${rule('wrong', '{ country: DE }', '{ given: { country: AT }, expect: { flag: wrong } }')}`;
    expect(await unnoticed({ 'ours.yaml': tableOf(text) })).toEqual([
      'silent: untested',
      'wrong: its examples fail',
      'wrong: country: DE dropped',
      'wrong: country: DE negated',
    ]);
  });

  test('that a rule of a first table takes the row of an example below it', async () => {
    const text = `${rule('upper', '{ country: DE }', '{ given: { country: DE }, expect: { flag: upper } }')}${rule('lower', '{}', '{ given: { country: AT }, expect: { flag: lower } }')}`;
    expect(await unnoticed({ 'ours.yaml': tableOf(text, 'first') })).toEqual([]);
    expect(await unnoticed({ 'ours.yaml': tableOf(text) })).toEqual(['upper: country: DE dropped']);
  });

  test('the conditions of look-ups and escalations', async () => {
    const lookUp = (examples: string) =>
      `kind: carriers\nlook-ups:\n  - { country: DE, carrier: Lumen, how: x, for: address, why: w, source: { document: d }, basis: ours, examples: [${examples}] }\n`;
    const at = (country: string, carrier: string, key: string) =>
      `{ given: { country: ${country}, carrier: ${carrier} }, ${key}: { look-up: carrier-records } }`;
    const shown = at('DE', 'Lumen', 'expect');
    expect(await unnoticed({ 'ours.yaml': lookUp(shown) })).toEqual([
      'look-up-de-lumen: country: DE dropped',
      'look-up-de-lumen: carrier: Lumen dropped',
    ]);
    const beside = `${at('AT', 'Lumen', 'expect-not')}, ${at('DE', 'Sinch', 'expect-not')}`;
    expect(await unnoticed({ 'ours.yaml': lookUp(`${shown}, ${beside}`) })).toEqual([]);

    const escalation = (examples: string) =>
      `kind: escalations\nescalations:\n  - { id: ours, carrier: Lumen, category: address, resolution: r, why: w, source: { document: d }, basis: stated, examples: [${examples}] }\n`;
    const text = (carrier: string, words: string, key: string) =>
      `{ given: { carrier: ${carrier}, text: ${words} }, ${key}: { rule: ours } }`;
    const found = text('Lumen', 'Address mismatch', 'expect');
    expect(await unnoticed({ 'ours.yaml': escalation(found) })).toEqual([
      'ours: carrier: Lumen dropped',
      'ours: category: address dropped',
    ]);
    const others = `${text('Sinch', 'Address mismatch', 'expect-not')}, ${text('Lumen', 'Invalid PIN', 'expect-not')}`;
    expect(await unnoticed({ 'ours.yaml': escalation(`${found}, ${others}`) })).toEqual([]);
  });
});

test('a condition for the reader has no mutants; that no cell fits is nothing that a rule can say', () => {
  const set = builtIn({
    'ours.yaml': tableOf(
      rule(
        'ours',
        '{ country: any, any-cell: { matches: "^=" } }',
        '{ given: {}, expect-not: { flag: ours } }',
      ),
    ),
  });
  const [ours] = entriesOf(set).filter(({ id }) => id === 'ours');
  const mutants = ours
    ? conditionsOf(ours).map((one) => one.mutants.map(({ change, as }) => [change, as !== null]))
    : [];
  expect(mutants).toEqual([
    [],
    [
      ['dropped', true],
      ['negated', false],
    ],
  ]);
});
