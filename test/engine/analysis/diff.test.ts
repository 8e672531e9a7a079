import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Comparison, compare } from '../../../src/engine/analysis/diff.ts';
import type { Decision } from '../../../src/engine/decision.ts';
import { readYaml, type Yaml } from '../../../src/engine/edit-rules.ts';
import { decideGiven, decisionLines } from '../../../src/engine/examples.ts';
import { type Problem, showProblem } from '../../../src/engine/problem.ts';
import type { RuleSet } from '../../../src/engine/rule.ts';
import { sameOutcome } from '../../../src/engine/what-changes.ts';
import { decideRows, everyParting, type Parted, type Texts } from './every-row.ts';
import {
  actions,
  kinds,
  load,
  MORE,
  otherWords,
  type RuleText,
  rule,
  staged,
  type Written,
  type WrittenTable,
} from './random-tables.ts';

/** One change of rules, or none that matters. */
type Change = (tables: readonly WrittenTable[]) => readonly WrittenTable[];

function changes(other: fc.Arbitrary<Written>): fc.Arbitrary<Change> {
  const at = fc.nat(1000);
  const within = (change: (rules: readonly Written[], place: number, one: Written) => readonly Written[]) =>
    fc.tuple(at, at, other).map(
      ([table, place, one]): Change =>
        (tables) =>
          tables.map((old, index) =>
            index === table % tables.length
              ? { ...old, rules: change(old.rules, place % old.rules.length, one) }
              : old,
          ),
    );
  const put = (rules: readonly Written[], place: number, ...ones: Written[]) =>
    rules.toSpliced(place, 1, ...ones);
  const own = (rules: readonly Written[], place: number) => rules[place] as Written;
  return fc.oneof(
    within((rules, place, one) => rules.toSpliced(place, 0, one)),
    within((rules, place, one) => put(rules, place, one)),
    within((rules, place) => (rules.length > 1 ? put(rules, place) : rules)),
    within((rules, place) => {
      const first = own(rules, place);
      const second = rules[place + 1];
      return second ? rules.toSpliced(place, 2, second, first) : rules;
    }),
    within((rules, place, one) => put(rules, place, { ...own(rules, place), when: one.when })),
    // biome-ignore lint/suspicious/noThenProperty: the rule language's own word
    within((rules, place, one) => put(rules, place, { ...own(rules, place), then: one.then })),
    // What is the same in other words: a rule twice, a rule in two parts.
    within((rules, place) => put(rules, place, own(rules, place), own(rules, place))),
    within((rules, place, one) => {
      const whole = own(rules, place);
      return whole.whenAny.length > 0
        ? rules
        : put(rules, place, { ...whole, whenAny: [one.when, { a: 'any' }] }, whole);
    }),
    fc.constant<Change>((tables) => [...tables].reverse()),
  );
}

/** Whether a difference is about a row: what it says of each side had a part in the row. */
function isAbout({ old, new: now }: Comparison['differences'][number], { decisions }: Parted): boolean {
  const acts = (id: string | null, { acted, changes, tasks, answered, excluded }: Decision) =>
    id === null ||
    // A question about a row that is excluded is not asked.
    excluded !== null ||
    acted.some((one) => one.id === id) ||
    changes.some((change) => change.rule === id) ||
    // A question that another rule asks too is asked once, in that rule's name.
    [...tasks, ...answered.map(({ task }) => task)].some(
      (task) => task.rule === id || task.lookUp === id || task.kind === 'ask',
    );
  return acts(old.rule, decisions[0]) && acts(now.rule, decisions[1]);
}

async function sayOf(rules: RuleSet, witness: Readonly<Record<string, string>>): Promise<Decision> {
  return (await decideGiven(rules, witness)).decision;
}

/** What a region says of each fact, part by part: all parts must be so. */
function clausesOf(region: Readonly<Record<string, string>>): [fact: string, says: string][] {
  return Object.entries(region).flatMap(([fact, says]) => {
    const parts = says.split(/ and (?![^({]*[)}])/).map((part) => part.replace(/^\((.*)\)$/, '$1'));
    return parts.map((part): [string, string] => [fact, part]);
  });
}

// biome-ignore lint/suspicious/noThenProperty: the rule language's own word
const FLAGS = { then: { flag: 'x' } };

/** What no rule can ask for. */
const BESIDE: Readonly<Record<string, (text: string) => boolean>> = {
  'no number': (text) => !/^[+-]?\d+(\.\d+)?$/.test(text.trim()),
  '(none)': () => false,
  empty: (text) => text === '',
  spaces: (text) => text !== '' && text.trim() === '',
  'present or spaces': (text) => text !== '',
};

/** Which rows lie in a region that is said of a difference: what it says is read as a rule's conditions. */
async function insides(
  regions: readonly Readonly<Record<string, string>>[],
  rows: readonly Parted['cells'][],
) {
  const clauses = [...new Set(regions.flatMap(clausesOf).map((clause) => JSON.stringify(clause)))];
  const rules = clauses.map((clause): Written => {
    const [fact, says] = JSON.parse(clause) as [string, string];
    const test = (text: string) => {
      const read = readYaml(text);
      if ('problems' in read) throw new Error(`${clause}: ${showProblem(read.problems[0] as Problem)}`);
      return { [fact]: plain(read.value) as never };
    };
    if (Object.hasOwn(BESIDE, says) || says.startsWith('such as'))
      return { when: { a: 'any' }, whenAny: [], ...FLAGS };
    const either = /^(.*: ([\w.]+) .*) or either blank$/.exec(says);
    if (either) {
      const [, means = '', other = ''] = either;
      const blocks = [{ [fact]: 'blank' }, { [other]: 'blank' }, test(means)];
      return { when: { [fact]: 'any' }, whenAny: blocks, ...FLAGS };
    }
    const or = /^blank or (.*)$/.exec(says)?.[1];
    return or === undefined
      ? { when: test(says), whenAny: [], ...FLAGS }
      : { when: { [fact]: 'any' }, whenAny: [{ [fact]: 'blank' }, test(or)], ...FLAGS };
  });
  if (rules.length === 0) return rows.map(() => true);
  const decisions = await decideRows(load([{ stage: 'address', match: 'all', rules }]), rows);
  return decisions.map(({ acted }, index) => {
    const met = new Set(acted.map(({ id }) => clauses[Number(id.replace('t0r', ''))]));
    const isMet = ([fact, says]: [string, string]) =>
      BESIDE[says]?.(rows[index]?.[fact] ?? '') ?? met.has(JSON.stringify([fact, says]));
    return regions.some((region) => clausesOf(region).every(isMet));
  });
}

function plain(value: Yaml): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(
    [...(value as ReadonlyMap<string, Yaml>)].map(([key, item]) => [key, plain(item)]),
  );
}

/** How many pairs came out how: what is not proved must stay rare, or nothing is. */
const counts = { same: 0, different: 0, unproved: 0 };

afterAll(() => {
  const all = counts.same + counts.different + counts.unproved;
  if (all === 0) return;
  expect(counts.unproved / all).toBeLessThan(0.1);
  expect(counts.same / all).toBeGreaterThan(0.2);
});

async function hold(
  before: readonly WrittenTable[],
  after: readonly WrittenTable[],
  texts: Texts,
  words: readonly [readonly RuleText[], readonly RuleText[]] = [[], []],
): Promise<void> {
  const [old, now] = [load(before, words[0]), load(after, words[1])];
  const comparison = await compare(old, now);
  const shown = comparison.differences.map(({ old: was, new: is, regions, witness }) => ({
    regions,
    witness,
    was: [was.rule, ...decisionLines(was.decision)],
    is: [is.rule, ...decisionLines(is.decision)],
  }));
  const written = [before, after].map((tables) =>
    tables.map(({ stage, match, rules }) => [
      `${stage} ${match}`,
      ...rules.map((one) => JSON.stringify(one)),
    ]),
  );
  const left = comparison.unproved.map(({ region, rules }) => [region, rules.map((one) => one?.id)]);
  const about = `${words
    .flat()
    .map(({ text }) => text)
    .join('')}${JSON.stringify([...written, shown, left], null, 1)}`;
  const { differences, unproved } = comparison;
  for (const one of differences) {
    const [was, is] = [await sayOf(old, one.witness), await sayOf(now, one.witness)];
    expect(sameOutcome(was, is), about).toBe(false);
    expect(sameOutcome(was, one.old.decision), about).toBe(true);
    expect(sameOutcome(is, one.new.decision), about).toBe(true);
  }
  const parted = await everyParting(old, now, texts);
  counts[unproved.length > 0 ? 'unproved' : differences.length > 0 ? 'different' : 'same']++;
  if (unproved.length > 0) return;
  if (texts.customers.length === 1 && words.flat().length === 0) {
    // Nothing comes before the one table: its rows are those of the file.
    const rows = parted.filter(({ answered }) => !answered).map(({ cells }) => cells);
    const regions = differences.flatMap((one) => one.regions);
    const inside = rows.length === 0 ? [] : await insides(regions, rows);
    const outside = rows.filter((_, at) => !inside[at]);
    expect(outside, about).toEqual([]);
  }
  for (const row of parted)
    expect(
      differences.some((one) => isAbout(one, row)),
      JSON.stringify([row.cells, row.edits, row.customer, ...row.decisions.map(decisionLines)], null, 1) +
        about,
    ).toBe(true);
}

/** What is said to be as expected is, and what is shown not to be is not. */
async function expectOnly(
  before: readonly WrittenTable[],
  after: readonly WrittenTable[],
  texts: Texts,
  when: Written['when'],
): Promise<void> {
  const [old, now] = [load(before), load(after)];
  const asked = load([{ stage: 'address', match: 'all', rules: [{ when, whenAny: [], ...FLAGS }] }]);
  const meets = ({ acted }: Decision) => acted.length > 0;
  const tests = asked.tables[0]?.rules[0]?.when ?? [];
  const { differences, unproved } = await compare(old, now, { tests, side: 1 });
  const about = JSON.stringify({ before, after, when, differences }, null, 1);
  for (const { outside } of differences) {
    if (outside === null) continue;
    expect(sameOutcome(await sayOf(old, outside), await sayOf(now, outside)), about).toBe(false);
    expect(meets(await sayOf(asked, outside)), about).toBe(false);
  }
  if (unproved.length > 0 || differences.some(({ outside }) => outside !== null)) return;
  const rows = (await everyParting(old, now, texts)).filter(({ answered }) => !answered);
  const decisions =
    rows.length === 0
      ? []
      : await decideRows(
          asked,
          rows.map(({ cells }) => cells),
        );
  expect(decisions.every(meets), about).toBe(true);
}

test('only what is expected, and what is not', { timeout: 120_000 * MORE }, async () => {
  const kind = kinds['text and country'] as (typeof kinds)[string];
  const rules = rule(kind, actions);
  const table = fc.record({
    stage: fc.constant('address'),
    match: fc.constantFrom('first', 'all'),
    rules: fc.array(rules, { minLength: 1, maxLength: 3 }),
  });
  const one = fc.tuple(table, changes(rules), rules);
  await fc.assert(
    fc.asyncProperty(one, ([before, change, { when }]) =>
      expectOnly([before], change([before]), kind.texts, when),
    ),
    { numRuns: 30 * MORE },
  );
  // The change itself is expected: a rule above the others, for its own rows.
  await fc.assert(
    fc.asyncProperty(table, rules, (before, { when }) =>
      expectOnly(
        [before],
        [{ ...before, rules: [{ when, whenAny: [], ...FLAGS }, ...before.rules] }],
        kind.texts,
        when,
      ),
    ),
    { numRuns: 20 * MORE },
  );
});

describe('one table before and after, every row of it', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(name, { timeout: 120_000 * MORE }, async () => {
      const rules = rule(kind, actions);
      const table = fc.record({
        stage: fc.constantFrom('address', 'correct'),
        match: fc.constantFrom('first', 'first', 'all'),
        rules: fc.array(rules, { minLength: 1, maxLength: 5 }),
      });
      await fc.assert(
        fc.asyncProperty(table, changes(rules), (one, change) => hold([one], change([one]), kind.texts)),
        { numRuns: 20 * MORE },
      );
    });
  }
});

test('other names, look-ups and words that mean nothing', { timeout: 120_000 * MORE }, async () => {
  const kind = kinds['country and carrier'] as (typeof kinds)[string];
  const acts = fc.oneof(fc.constant<Written['then']>({ 'look-up': 'by-carrier', for: 'a' }), actions);
  const table = fc.record({
    stage: fc.constantFrom('address', 'correct'),
    match: fc.constantFrom('first', 'all'),
    rules: fc.array(rule(kind, acts), { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(table, { minLength: 1, maxLength: 2 }),
      otherWords,
      otherWords,
      (tables, old, now) => hold(tables, tables, kind.texts, [old, now]),
    ),
    { numRuns: 20 * MORE },
  );
});

test('stages after one another, before and after', { timeout: 300_000 * MORE }, async () => {
  const rules = rule(staged, actions);
  const table = fc.record({
    stage: fc.constantFrom('correct', 'scope', 'facts', 'address', 'checks'),
    match: fc.constantFrom('first', 'all'),
    rules: fc.array(rules, { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(table, { minLength: 1, maxLength: 3 }), changes(rules), (tables, change) =>
      hold(tables, change(tables), staged.texts),
    ),
    { numRuns: 20 * MORE },
  );
});
