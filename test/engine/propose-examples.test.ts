import { describe, expect, test } from 'vitest';
import { showYaml } from '../../src/engine/edit-rules.ts';
import { runExamples } from '../../src/engine/examples.ts';
import {
  type ExampleBlock,
  proposeCounterExamples,
  proposeExample,
  proposeRejections,
} from '../../src/engine/propose-examples.ts';
import type { Rule, RuleSet } from '../../src/engine/rule.ts';
import { builtIn } from '../built-in.ts';

const rules = builtIn();

function ruleOf(set: RuleSet, id: string): Rule {
  const found = set.tables.flatMap((table) => table.rules).find((rule) => rule.id === id);
  if (!found) throw new Error(`no rule ${id}`);
  return found;
}

function show({ given, expected, holds }: ExampleBlock): string {
  return `${showYaml(given)} ${holds ? 'expect' : 'expect-not'} ${showYaml(expected)}`;
}

/** A rule of a table of its own, beside the built-in ones. */
function withRule(when: string, then: string): { set: RuleSet; rule: Rule } {
  const set = builtIn({
    'ours.yaml': `kind: rules
stage: checks
match: all
rules:
  - { id: ours, title: t, when: ${when}, then: ${then}, why: w, source: { document: d }, basis: stated, examples: [{ given: {}, expect-not: { flag: ours } }] }
`,
  });
  return { set, rule: ruleOf(set, 'ours') };
}

describe('a row for which a rule acts', () => {
  test.each([
    ['{ country: DE }', '{ country: DE }'],
    ['{ country: [FR, DE], address: blank }', '{ country: FR }'],
    ['{ country: { not: US }, carrier: Level 3 }', '{ country: FR, carrier: Level 3 }'],
    [
      '{ carrier: known, phoneNumber: { starts-with: "+1808" } }',
      '{ carrier: Inteliquent, phoneNumber: "+18085550101" }',
    ],
    ['{ daysSinceActive: { above: 60, below: 62 } }', '{ daysSinceActive: "61" }'],
    ['{ pin: { exactly: 8x1 } }', '{ pin: 8x1 }'],
    ['{ address: present, company: { same-as: address } }', null],
    ['{ customer.accountKind: { not: migrated } }', null],
    ['{ number.type: toll-free, row.duplicate: yes }', '{ number.type: toll-free, row.duplicate: yes }'],
  ])('when %s', async (when, wanted) => {
    const { set, rule } = withRule(when, '{ flag: f }');
    const example = await proposeExample(set, rule);
    expect(example).not.toBeNull();
    if (wanted !== null && example) expect(show(example)).toBe(`${wanted} expect { flag: ours }`);
  });

  test.each([
    ['{ clear: pin, set: { company: A } }', '{ clear: pin, set: { company: A } }'],
    ['{ copy: { company: address } }', '{ set: { company: "1 Elm St" } }'],
    ['{ look-up: crm-port-order, for: [address, pin] }', '{ look-up: crm-port-order, for: [address, pin] }'],
    ['{ ask: portCase, choices: [yes, no] }', '{ ask: portCase }'],
    ['{ offer: { pin: address } }', '{ offer: pin }'],
    ['{ refer: lead }', '{ refer: lead }'],
    ['{ exclude: Not ours. }', '{ exclude: yes }'],
    ['{ keep: [pin, company] }', '{ keep: [pin, company] }'],
  ])('then %s', async (then, wanted) => {
    const { set, rule } = withRule('{ country: US, address: "1 Elm St" }', then);
    const example = await proposeExample(set, rule);
    expect(example && show(example)).toBe(
      `{ country: US, address: "1 Elm St" } expect ${wanted}`.replaceAll('"1 Elm St"', '1 Elm St'),
    );
  });

  test('is none for a rule that cannot act', async () => {
    const { set, rule } = withRule('{ country: { not: [US], equals: US } }', '{ flag: f }');
    expect(await proposeExample(set, rule)).toBeNull();
  });

  test('is found around the rows of its neighbours, where its own conditions are not enough', async () => {
    const rule = ruleOf(rules, 'us-blank-ported-lumen-migrated');
    const example = await proposeExample(rules, rule);
    expect(example && show(example)).toContain('expect { look-up: crm-port-order, for: address }');
  });
});

describe('rows in which one condition fails', () => {
  test('one for each condition that no example tests, and each would be noticed', async () => {
    const { set, rule } = withRule(
      '{ country: DE, carrier: Lumen, company: blank, phoneNumber: { starts-with: "+49" } }',
      '{ flag: f }',
    );
    const example = await proposeExample(set, rule);
    if (!example) throw new Error('no example');
    const counters = await proposeCounterExamples(set, rule, [example]);
    expect(counters.map(({ holds }) => holds)).toEqual([false, false, false, false]);
    for (const counter of counters) {
      const differing = ['country', 'carrier', 'company', 'phoneNumber'].filter(
        (fact) => counter.given.get(fact) !== example.given.get(fact),
      );
      expect(differing).toHaveLength(1);
    }
    expect(await proposeCounterExamples(set, rule, [example, ...counters])).toEqual([]);
    expect(await proposeCounterExamples(set, rule, [example, ...counters.slice(1)])).toEqual(
      counters.slice(0, 1),
    );
  });

  test('none for a condition that changes nothing', async () => {
    const { set, rule } = withRule('{ country: any }', '{ flag: f }');
    expect(
      await proposeCounterExamples(set, rule, [
        { given: new Map(), expected: new Map([['flag', 'ours']]), holds: true },
      ]),
    ).toEqual([]);
  });

  test('of a look-up, its country and its carrier', async () => {
    const set = builtIn({
      'ours.yaml': `kind: carriers
look-ups:
  - { country: DE, carrier: Lumen, how: x, for: address, why: w, source: { document: d }, basis: ours, examples: [{ given: {}, expect-not: { for: pin } }] }
`,
    });
    const lookUp = set.lookUps.find(({ place }) => place.file === 'ours.yaml');
    if (!lookUp) throw new Error('no look-up');
    const example = await proposeExample(set, lookUp);
    expect(example && show(example)).toBe(
      '{ country: DE, carrier: Lumen } expect { look-up: carrier-records, for: address }',
    );
    const counters = await proposeCounterExamples(set, lookUp, example ? [example] : []);
    expect(counters.map(({ given }) => [given.get('country'), given.get('carrier')])).toEqual([
      [expect.not.stringMatching(/^(DE|US)$/), 'Lumen'],
      ['DE', expect.not.stringMatching(/^Lumen$/)],
    ]);
  });
});

test('rejections for which an escalation is found, and is not', async () => {
  const text = (examples: string) => `kind: escalations
escalations:
  - { id: ours, carrier: Lumen, category: address, resolution: r, why: w, source: { document: d }, basis: stated, examples: [${examples}] }
`;
  const set = builtIn({ 'ours.yaml': text('{ given: { text: x }, expect-not: { rule: ours } }') });
  const escalation = set.escalations.find(({ id }) => id === 'ours');
  if (!escalation) throw new Error('no escalation');
  const proposed = proposeRejections(set, escalation);
  expect(proposed.map(({ holds, given }) => [holds, given.get('carrier')])).toEqual([
    [true, 'Lumen'],
    [false, 'Lumen'],
    [false, expect.not.stringMatching(/^Lumen$/)],
  ]);
  const examples = proposed.map(
    ({ given, expected, holds }) =>
      `{ given: ${showYaml(given)}, ${holds ? 'expect' : 'expect-not'}: ${showYaml(expected)} }`,
  );
  const { failures } = await runExamples(builtIn({ 'ours.yaml': text(examples.join(', ')) }));
  expect(failures).toEqual([]);
});

test('most built-in rules have a row of their own found', async () => {
  const all = rules.tables.flatMap((table) => table.rules);
  const sample = all.filter((_, at) => at % 4 === 0);
  const missed: string[] = [];
  for (const rule of sample) if (!(await proposeExample(rules, rule))) missed.push(rule.id);
  expect(missed.length / sample.length, missed.join(', ')).toBeLessThan(0.4);
});
