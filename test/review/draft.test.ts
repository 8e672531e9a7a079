import { describe, expect, test } from 'vitest';
import { makeBooks } from '../../src/engine/decide.ts';
import type { ListKey, Yaml } from '../../src/engine/edit-rules.ts';
import { loadRules, type RuleText } from '../../src/engine/load.ts';
import { Draft, type Ground } from '../../src/review/draft.ts';
import {
  fileNamed,
  type Home,
  homeIn,
  homeOf,
  homeOfRule,
  homeOfTable,
  standingCarrier,
  tableNamed,
} from '../../src/review/rule-home.ts';
import { builtInTexts } from '../built-in.ts';

function ground(extend: readonly RuleText[] = [], over = true): Ground {
  const sources = builtInTexts();
  const { problems } = loadRules(sources, { digest: '', extend, asOf: '2026-01-01' });
  const pathOf = (name: string) => `team/${name}`;
  return { sources, extend, asOf: '2026-01-01', warnDays: 30, over, modeline: '# first', pathOf, problems };
}

function file(name: string, text: string): RuleText {
  return { name, path: `team/${name}`, text };
}

function draft(list: ListKey, home: Home, where = ground()): Draft {
  return new Draft(list, where, home);
}

const CARRIERS = homeIn('c.yaml', 'carriers');

function messages(problems: readonly { message: string }[]): string[] {
  return problems.map(({ message }) => message);
}

const SOURCE: Yaml = new Map([['document', 'notes']]);

describe('an entry in the making', () => {
  test('is judged key by key, in the words of the check, and what is refused is not taken', () => {
    const one = draft('look-ups', CARRIERS);
    expect(messages(one.put('country', 'Germny'))).toEqual(['unknown country `Germny`']);
    expect(one.get('country')).toBeUndefined();
    expect(one.put('country', 'DE')).toEqual([]);
    const [problem] = one.put('carrier', 'Inteliqent');
    expect(problem).toMatchObject({ code: 'unknown-carrier', help: 'did you mean `Inteliquent`?' });
    // Nobody can look at a line that is not there.
    expect(problem).not.toHaveProperty('place');
    expect(one.put('carrier', 'Inteliquent')).toEqual([]);
    expect(messages(one.put('for', 'adress'))).toEqual(['unknown field `adress`']);
    expect(messages(one.put('review-by', '2026-02-30'))).toEqual(['`2026-02-30` is no date']);
    expect(messages(one.put('review-by', '2026-01-15'))).toHaveLength(1);
    expect(one.put('review-by', '2027-01-15')).toEqual([]);
  });

  test('is not blamed for what will still be said', () => {
    const lookUp = draft('look-ups', CARRIERS);
    // There is a look-up for all countries and carriers, so this one conflicts until its carrier is said.
    expect(lookUp.put('country', 'any')).toEqual([]);
    expect(messages(lookUp.put('carrier', 'any'))).toEqual(['two look-ups for country any and carrier any']);
    expect(lookUp.put('carrier', 'Lumen')).toEqual([]);

    const table = tableNamed(loadRules(builtInTexts(), { digest: '' }).rules as never, 'pin');
    if (!table) throw new Error('no table');
    const where = ground();
    const rule = draft('rules', homeOfRule([], where.sources, { table, before: null }), where);
    expect(rule.put('id', 'ours')).toEqual([]);
    expect(messages(rule.put('when', new Map()))).toEqual([
      '`ours` always holds, so no rule after it is ever tried',
    ]);
    expect(rule.put('when', new Map([['country', 'US']]))).toEqual([]);
    const half = new Map([['look-up', 'crm-port-order']]);
    expect(rule.put('then', half, true)).toEqual([]);
    expect(messages(rule.put('then', half))).toEqual(['`look-up` does not say what it is for']);
  });

  test('brings along a carrier that it names, in the same file, from the same source', () => {
    const one = draft('look-ups', CARRIERS);
    one.bring('Colt');
    const said: Record<string, Yaml> = { country: 'DE', carrier: 'Colt', how: ['x'], for: 'address' };
    for (const [key, value] of Object.entries({ ...said, why: 'w', source: SOURCE, basis: 'found' }))
      expect(one.put(key, value)).toEqual([]);
    one.put('examples', [
      new Map<string, Yaml>([
        [
          'given',
          new Map([
            ['country', 'DE'],
            ['carrier', 'Colt'],
          ]),
        ],
        ['expect', new Map([['for', 'address']])],
      ]),
    ]);
    const { files, problems, rules, line } = one.compile();
    expect(problems).toEqual([]);
    expect(files.get('c.yaml')).toBe(`# first
kind: carriers
carriers:
  - name: Colt
    why: w
    source: { document: notes }
    basis: found

look-ups:
  - country: DE
    carrier: Colt
    how:
      - x
    for: address
    why: w
    source: { document: notes }
    basis: found
    examples:
      - given: { country: DE, carrier: Colt }
        expect: { for: address }
`);
    expect(line).toBe(10);
    expect(rules && one.ownerIn(rules)).toMatchObject({ id: 'look-up-de-colt' });
  });

  test('says what is wrong elsewhere because of it, but not what was wrong before', () => {
    const where = ground([
      file('d.yaml', 'kind: carriers\ncarriers:\n  - { name: A, nmae: B, basis: ours }\n'),
    ]);
    expect(where.problems).toHaveLength(1);
    const one = new Draft('carriers', where, CARRIERS);
    expect(one.put('name', 'C')).toEqual([]);
    const [problem] = one.put('also', ['Bandwidth.com']);
    expect(problem?.message).toBe('`Bandwidth.com` means both `Bandwidth` and `C`');
  });
});

describe('the file that takes an entry', () => {
  const look = file('l.yaml', 'kind: carriers\nlook-ups: []\n');
  const names = file('n.yaml', 'kind: carriers\ncarriers: []\n');
  const rules = loadRules(builtInTexts(), { digest: '' }).rules;
  if (!rules) throw new Error('no rules');
  const pin = tableNamed(rules, 'pin');
  const checks = tableNamed(rules, 'checks.yaml');
  if (!pin || !checks) throw new Error('no table');
  const ruleNamed = (id: string) => pin.rules.find((rule) => rule.id === id) ?? null;

  test('is the one that has the list, then one of the kind, then a new one', () => {
    expect(homeOf([look, names], 'carriers', 'carriers', 'c.yaml').name).toBe('n.yaml');
    expect(homeOf([look], 'carriers', 'carriers', 'c.yaml').name).toBe('l.yaml');
    expect(homeOf([], 'carriers', 'carriers', 'c.yaml').name).toBe('c.yaml');
    const taken = file('c.yaml', 'kind: procedures\nprocedures: []\n');
    expect(homeOf([taken], 'carriers', 'carriers', 'c.yaml').name).toBe('c-2.yaml');
  });

  test('is one that extends the table before the same rule, else a new one', () => {
    const below = builtInTexts();
    const spot = (id: string | null, ...folder: RuleText[]) =>
      homeOfRule(folder, below, { table: pin, before: id === null ? null : ruleNamed(id) });
    expect(spot(null)).toMatchObject({ name: 'pin.yaml', before: null });
    expect(Object.fromEntries(spot(null).head)).toEqual({ kind: 'rules', extends: 'pin.yaml' });
    expect(Object.fromEntries(spot('no-pin').head)).toEqual({
      kind: 'rules',
      extends: 'pin.yaml',
      before: 'no-pin',
    });
    const first = file('pin.yaml', 'kind: rules\nextends: pin\nrules: []\n');
    expect(spot(null, first).name).toBe('pin.yaml');
    expect(spot('no-pin', first).name).toBe('pin-before-no-pin.yaml');
    const other = file('late.yaml', 'kind: rules\nextends: pin.yaml\nbefore: no-pin\nrules: []\n');
    expect(spot('no-pin', first, other).name).toBe('late.yaml');
  });

  test('is the file of the rule that it goes before, where that is in the folder', () => {
    const texts = builtInTexts();
    const before = ruleNamed('pin-carrier');
    expect(homeOfRule(texts, [], { table: pin, before })).toMatchObject({
      name: 'pin.yaml',
      before: before?.place.line,
    });
    expect(homeOfRule(texts, [], { table: pin, before: null }).before).toBe(pin.rules[0]?.place.line);
    // Where all act, it goes to the end.
    expect(homeOfRule(texts, [], { table: checks, before: null })).toMatchObject({
      name: 'checks.yaml',
      before: null,
    });
  });

  test('is the entry of the carrier itself, by any of its names, where it has one there', () => {
    const { carriers } = makeBooks(rules);
    const ours = file('n.yaml', 'kind: carriers\ncarriers:\n  - name: A\n  - name: LEVEL 3, LLC\n');
    expect(standingCarrier([look, ours], 'lumen', carriers)).toEqual({ file: 'n.yaml', line: 4 });
    expect(standingCarrier([look, ours], 'Bandwidth', carriers)).toBeNull();
    expect(standingCarrier([look, ours], 'Nobody', carriers)).toBeNull();
  });

  test('has a plain name', () => {
    expect(fileNamed('team')).toEqual({ value: 'team.yaml' });
    expect(fileNamed('team.YML')).toEqual({ value: 'team.YML' });
    for (const bad of ['../team', 'a/b.yaml', '.hidden', '', 'a\nb', '\\a'])
      expect(fileNamed(bad)).toHaveProperty('problems');
  });

  test('a table of its own says when it is asked', () => {
    const one = draft('rules', homeIn('x.yaml', 'rules'));
    expect(messages(one.moveTo(homeOfTable('t.yaml', 'chekcs', 'all')))).toEqual([
      'unknown value of `stage` `chekcs`',
    ]);
    expect(one.moveTo(homeOfTable('t.yaml', 'checks', 'all'))).toEqual([]);
    one.put('id', 'a');
    expect(one.compile().files.get('t.yaml')).toContain(
      'kind: rules\nstage: checks\nmatch: all\nrules:\n  - id: a\n',
    );
  });
});
