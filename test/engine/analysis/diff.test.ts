import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Comparison, compare } from '../../../src/engine/analysis/diff.ts';
import { decided } from '../../../src/engine/analysis/witness.ts';
import { makeBooks } from '../../../src/engine/decide.ts';
import type { Decision } from '../../../src/engine/decision.ts';
import { decisionLines } from '../../../src/engine/examples.ts';
import type { RuleSet } from '../../../src/engine/rule.ts';
import { sameOutcome } from '../../../src/engine/what-changes.ts';
import { everyParting, type Parted, type Texts } from './every-row.ts';
import { kinds, load, MORE, rule, staged, then, type Written, type WrittenTable } from './random-tables.ts';

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
  const put = (rules: readonly Written[], place: number, ...ones: Written[]) => rules.toSpliced(place, 1, ...ones);
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
      return whole.whenAny.length > 0 ? rules : put(rules, place, { ...whole, whenAny: [one.when, { a: 'any' }] }, whole);
    }),
    fc.constant<Change>((tables) => [...tables].reverse()),
  );
}

/** Whether a difference is about a row: what it says of each side had a part in the row. */
function isAbout({ old, new: now }: Comparison['differences'][number], { decisions }: Parted): boolean {
  const acts = (id: string | null, { acted, tasks, answered }: Decision) =>
    id === null ||
    acted.some((one) => one.id === id) ||
    [...tasks, ...answered.map(({ task }) => task)].some((task) => task.rule === id);
  return acts(old.rule, decisions[0]) && acts(now.rule, decisions[1]);
}

async function sayOf(rules: RuleSet, witness: Readonly<Record<string, string>>): Promise<Decision> {
  return (await decided(rules, makeBooks(rules), witness)).evaluator.decision(0);
}

const spent = { compare: 0, brute: 0 };
const counts = { same: 0, different: 0, unproved: 0 };

async function hold(before: readonly WrittenTable[], after: readonly WrittenTable[], texts: Texts): Promise<void> {
  const [old, now] = [load(before), load(after)];
  const t0 = performance.now();
  const comparison = await compare(old, now);
  const t1 = performance.now();
  const shown = comparison.differences.map(({ old: was, new: is, regions, witness }) => ({
    regions,
    witness,
    was: [was.rule, ...decisionLines(was.decision)],
    is: [is.rule, ...decisionLines(is.decision)],
  }));
  const written = [before, after].map((tables) =>
    tables.map(({ stage, match, rules }) => [`${stage} ${match}`, ...rules.map((one) => JSON.stringify(one))]),
  );
  const left = comparison.unproved.map(({ region, rules }) => [region, rules.map((one) => one?.id)]);
  const about = JSON.stringify([...written, shown, left], null, 1);
  const { differences, unproved } = comparison;
  for (const one of differences) {
    const [was, is] = [await sayOf(old, one.witness), await sayOf(now, one.witness)];
    expect(sameOutcome(was, is), about).toBe(false);
    expect(sameOutcome(was, one.old.decision), about).toBe(true);
    expect(sameOutcome(is, one.new.decision), about).toBe(true);
  }
  const parted = await everyParting(old, now, texts);
  spent.compare += t1 - t0;
  spent.brute += performance.now() - t1;
  if (t1 - t0 > 1000 && process.env.SHOW) console.log(t1 - t0, JSON.stringify(written, null, 1));
  counts[differences.length > 0 ? 'different' : unproved.length > 0 ? 'unproved' : 'same']++;
  if (unproved.length > 0 && process.env.SHOW) console.log(JSON.stringify([...written, left], null, 1));
  if (unproved.length > 0) return;
  for (const row of parted)
    expect(
      differences.some((one) => isAbout(one, row)),
      JSON.stringify([row.cells, row.edits, row.customer, ...row.decisions.map(decisionLines)], null, 1) + about,
    ).toBe(true);
}

describe('one table before and after, every row of it', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(name, { timeout: 120_000 * MORE }, async () => {
      const rules = rule(kind, then);
      const table = fc.record({
        stage: fc.constantFrom('address', 'correct'),
        match: fc.constantFrom('first', 'first', 'all'),
        rules: fc.array(rules, { minLength: 1, maxLength: 5 }),
      });
      await fc.assert(
        fc.asyncProperty(table, changes(rules), (one, change) => hold([one], change([one]), kind.texts)),
        { numRuns: 60 * MORE },
      );
      console.log(name, counts, spent);
    });
  }
});

test('stages after one another, before and after', { timeout: 300_000 * MORE }, async () => {
  const rules = rule(staged, then);
  const table = fc.record({
    stage: fc.constantFrom('correct', 'scope', 'facts', 'address', 'checks'),
    match: fc.constantFrom('first', 'all'),
    rules: fc.array(rules, { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(table, { minLength: 1, maxLength: 3 }), changes(rules), (tables, change) =>
      hold(tables, change(tables), staged.texts),
    ),
    { numRuns: 60 * MORE },
  );
  console.log(counts, spent);
});
