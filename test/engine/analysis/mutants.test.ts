/** What is said of mutants, held against all examples run, and all rows decided. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measure } from '../../../src/engine/analysis/measure.ts';
import { decided } from '../../../src/engine/analysis/witness.ts';
import { coverageOf, entriesOf, trialOf } from '../../../src/engine/coverage.ts';
import { Evaluator, makeBooks } from '../../../src/engine/decide.ts';
import type { Decision } from '../../../src/engine/decision.ts';
import {
  decideGiven,
  type ExampleFailure,
  runExample,
  runExamples,
  tellable,
} from '../../../src/engine/examples.ts';
import { conditionsOf, isRule, type Mutant, swapFor } from '../../../src/engine/mutants.ts';
import { exampleOf } from '../../../src/engine/propose-examples.ts';
import type { Example, Rule, RuleSet } from '../../../src/engine/rule.ts';
import { tableOf } from '../../table-of.ts';
import type { Texts } from './every-row.ts';
import {
  actions,
  kinds,
  load,
  MORE,
  rule,
  staged,
  type Written,
  type WrittenTable,
} from './random-tables.ts';

/** The rules with another one in the place of one, by its id. */
function withRule(rules: RuleSet, as: Rule): RuleSet {
  const tables = rules.tables.map((table) => ({
    ...table,
    rules: table.rules.map((one) => (one.id === as.id ? as : one)),
  }));
  return { ...rules, tables };
}

/** The rules with examples that come out as they say: one for each of some rows, under each rule. */
async function withExamples(rules: RuleSet, rows: readonly Example['given'][]): Promise<RuleSet> {
  const books = makeBooks(rules);
  let all = rules;
  for (const own of rules.tables.flatMap((table) => table.rules)) {
    const examples: Example[] = [];
    for (const given of rows) {
      for (const wish of wishesOf(own)) {
        const expect = { given, expect: wish, expectNot: null, place: own.place };
        const expectNot = { given, expect: null, expectNot: wish, place: own.place };
        for (const example of [expect, expectNot])
          if ((await runExample(rules, own, example, books)).failure === null) examples.push(example);
      }
    }
    all = withRule(all, { ...own, examples });
  }
  return all;
}

/** What may be said of a rule in an example. */
function wishesOf({ id, then: actions }: Rule): Record<string, unknown>[] {
  return actions.flatMap((action): Record<string, unknown>[] => {
    if (action.do === 'flag') return [{ flag: id }];
    if (action.do === 'keep' || action.do === 'clear') return [{ [action.do]: [...action.fields] }];
    if (action.do === 'set') return [{ set: Object.fromEntries(action.values) }];
    if (action.do === 'ask') return [{ ask: action.fact }];
    if (action.do === 'exclude') return [{ exclude: 'yes' }];
    return [];
  });
}

function failuresOf({ failures }: { failures: readonly ExampleFailure[] }): string[] {
  return failures.map(({ rule: id, given, wanted }) => JSON.stringify([id, given, wanted]));
}

/** What every row of some texts comes to, as far as an example can tell. */
async function everyDecision(rules: RuleSet, { cells, edits, customers, systems }: Texts): Promise<string[]> {
  const fields = Object.keys(cells);
  const product = <Item>(lists: readonly (readonly Item[])[]) =>
    lists.reduce<Item[][]>((all, list) => all.flatMap((one) => list.map((item) => [...one, item])), [[]]);
  const rows = product(Object.values(cells)).flatMap((texts) =>
    product(Object.values(edits)).map((written) => ({ texts, written })),
  );
  const said: string[] = [];
  for (const system of systems) {
    for (const customer of customers) {
      const table = tableOf(
        fields,
        rows.map(({ texts }) => texts),
        system,
      );
      const context = { customer: new Map(Object.entries(customer)), references: new Map(), batch: null };
      const evaluator = new Evaluator(rules, table, context);
      const inputs = rows.map(({ written }, at) => {
        const own = Object.keys(edits).flatMap((field, index) => {
          const text = written[index];
          return text === null || text === undefined ? [] : [[field, text] as const];
        });
        return [at, { answers: [], edits: Object.fromEntries(own), excluded: null }] as const;
      });
      await evaluator.decideAll(new Map(inputs));
      for (const at of rows.keys()) said.push(tellable(evaluator.decision(at), evaluator.facts.slots));
    }
  }
  return said;
}

const counts = { noticed: 0, equivalent: 0, unsayable: 0, survives: 0, unknown: 0 };

async function compare(tables: readonly WrittenTable[], texts: Texts, rows: readonly Example['given'][]) {
  const rules = await withExamples(load(tables), rows);
  const about = JSON.stringify(tables);
  const before = failuresOf(await runExamples(rules));
  expect(before, about).toEqual([]);
  const books = makeBooks(rules);
  const original = await everyDecision(rules, texts);
  const mutated = (mutant: Mutant) => {
    if (!mutant.as || !isRule(mutant.as)) throw new Error('no rule');
    return withRule(rules, mutant.as);
  };
  for (const { entry, conditions, isShown } of await coverageOf(entriesOf(rules), trialOf(rules))) {
    if (!isShown) continue;
    for (const { condition, unnoticed } of conditions) {
      for (const mutant of condition.mutants) {
        const failing = failuresOf(await runExamples(mutated(mutant)));
        const isNoticed = !unnoticed.includes(mutant);
        const say = `${about} ${entry.id} ${condition.written} ${mutant.change}`;
        if (isNoticed) {
          counts.noticed++;
          expect(failing, say).not.toEqual([]);
        } else {
          const own = failing.filter((one) => one.startsWith(JSON.stringify([entry.id]).slice(0, -1)));
          expect(own, say).toEqual([]);
        }
      }
    }
  }
  for (const { coverage, conditions } of await measure(rules)) {
    if (!coverage.isShown) continue;
    const unnoticed = new Map(coverage.conditions.map((one) => [one.condition, one.unnoticed]));
    for (const { condition, survivors } of conditions) {
      const left = new Map(survivors.map(({ mutant, fate }) => [mutant, fate]));
      for (const mutant of unnoticed.get(condition) ?? []) {
        const say = `${about} ${coverage.entry.id} ${condition.written} ${mutant.change}`;
        const fate = left.get(mutant);
        const changed = mutated(mutant);
        if (!fate) {
          counts.equivalent++;
          expect(await everyDecision(changed, texts), say).toEqual(original);
          continue;
        }
        counts[fate.kind]++;
        if (fate.kind !== 'survives') continue;
        if (fate.suggestion) {
          const { under, example } = fate.suggestion;
          const owner = changed.tables.flatMap((one) => one.rules).find(({ id }) => id === under.id);
          if (!owner || !isRule(under)) throw new Error('no rule');
          const read = exampleOf(example, under);
          expect((await runExample(rules, under, read, books)).failure, say).toBeNull();
          expect((await runExample(changed, owner, read, books)).failure, say).not.toBeNull();
        } else {
          const [was, is] = [await decided(rules, books, fate.row), await decided(changed, books, fate.row)];
          const told = [was, is].map(({ evaluator }) =>
            tellable(evaluator.decision(0), evaluator.facts.slots),
          );
          expect(told[0], say).not.toBe(told[1]);
        }
      }
    }
  }
}

const few = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Written['then']>({ flag: 'x' }) },
  { weight: 1, arbitrary: fc.constantFrom<Written['then']>({ keep: 'a' }, { clear: 'a' }) },
);

/** Some rows of some texts. */
const rowsOf = ({ cells }: Texts) =>
  fc.array(
    fc.record(
      Object.fromEntries(Object.entries(cells).map(([field, texts]) => [field, fc.constantFrom(...texts)])),
    ),
    { minLength: 3, maxLength: 10 },
  );

describe('mutants of one table: what is noticed, equivalent, or told by an example', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(name, { timeout: 120_000 * MORE }, async () => {
      const table = fc.record({
        stage: fc.constantFrom('address', 'correct'),
        match: fc.constantFrom('first', 'first', 'all'),
        rules: fc.array(rule(kind, few), { minLength: 1, maxLength: 3 }),
      });
      await fc.assert(
        fc.asyncProperty(table, rowsOf(kind.texts), (one, rows) => compare([one], kind.texts, rows)),
        { numRuns: 12 * MORE },
      );
    });
  }
});

test('mutants of tables one after another', { timeout: 120_000 * MORE }, async () => {
  const table = fc.record({
    stage: fc.constantFrom('correct', 'scope', 'facts', 'address', 'checks'),
    match: fc.constantFrom('first', 'all'),
    rules: fc.array(rule(staged, actions), { minLength: 1, maxLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(table, { minLength: 2, maxLength: 2 }), rowsOf(staged.texts), (tables, rows) =>
      compare(tables, staged.texts, rows),
    ),
    { numRuns: 15 * MORE },
  );
});

/** Of so many rules an index by what most of them want leaves few to be gone through. */
const many = (wanted: string) =>
  fc.record({
    stage: fc.constantFrom('address', 'checks'),
    match: fc.constantFrom('first', 'all', 'all'),
    rules: fc.array(
      fc
        .record({ one: rule(staged, actions), text: fc.constantFrom('x', '1', null, 'x') })
        .map(({ one, text }) => (text === null ? one : { ...one, when: { ...one.when, [wanted]: text } })),
      { minLength: 12, maxLength: 14 },
    ),
  });

test('a row looked at as if a rule were its mutant is decided as by the rules with the mutant', {
  timeout: 120_000 * MORE,
}, async () => {
  const few = fc.record({
    stage: fc.constantFrom('correct', 'facts', 'address', 'checks'),
    match: fc.constantFrom('first', 'all'),
    rules: fc.array(rule(staged, actions), { minLength: 1, maxLength: 3 }),
  });
  const row = fc.record({
    a: fc.constantFrom('', 'x', '1', 'q', '(none)'),
    b: fc.constantFrom('', 'x', '1', '(none)'),
  });
  const tables = fc.oneof(
    fc.array(few, { minLength: 2, maxLength: 3 }),
    many('a').map((one) => [one]),
  );
  await fc.assert(
    fc.asyncProperty(tables, fc.array(row, { minLength: 2, maxLength: 3 }), async (written, rows) => {
      const rules = load(written);
      const books = makeBooks(rules);
      const trial = trialOf(rules, books);
      // Columns stand in another order where a row is alone.
      const saidOf = (decision: Decision | undefined, { facts }: Evaluator) => ({
        acted: decision?.acted.map(({ id }) => id),
        texts: ['a', 'b'].map((field) => decision?.values[facts.slot(field)] ?? ''),
        told: decision && tellable({ ...decision, values: [] }, []),
      });
      const said = async (all: RuleSet, given: Example['given']) => {
        const { evaluator, decision } = await decideGiven(all, given, books);
        return saidOf(decision, evaluator);
      };
      for (const entry of entriesOf(rules)) {
        for (const mutant of conditionsOf(entry).flatMap(({ mutants }) => mutants)) {
          const swap = swapFor(mutant);
          if (!swap || !mutant.as || !isRule(mutant.as)) continue;
          for (const given of rows) {
            const say = `${JSON.stringify(written)} ${JSON.stringify(given)} ${entry.id} ${mutant.change}`;
            const is = await trial.decideAs(given, swap);
            const evaluator = trial.evaluatorOf(given);
            expect(saidOf(is, evaluator), say).toEqual(await said(withRule(rules, mutant.as), given));
            const [was] = await trial.decide([given]);
            expect(saidOf(was, evaluator), say).toEqual(await said(rules, given));
          }
        }
      }
    }),
    { numRuns: 12 * MORE },
  );
});

test('all of it comes up', () => {
  expect(Math.min(counts.noticed, counts.equivalent, counts.survives)).toBeGreaterThan(0);
});
