import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/engine/analysis/check.ts';
import { conflicts } from '../../../src/engine/analysis/conflict.ts';
import { gaps } from '../../../src/engine/analysis/gap.ts';
import { Space } from '../../../src/engine/analysis/space.ts';
import { Reach } from '../../../src/engine/analysis/unreachable.ts';
import { witnessOf } from '../../../src/engine/analysis/witness.ts';
import { World } from '../../../src/engine/analysis/world.ts';
import { alsoRow, everyRow, type Texts } from './every-row.ts';
import { actions, flag, kinds, load, MORE, rule, staged, type WrittenTable } from './random-tables.ts';

async function compare(tables: readonly WrittenTable[], texts: Texts): Promise<void> {
  const rules = load(tables);
  const world = new World(rules);
  const space = new Space([world]);
  const reaches = world.tables.map((table) => new Reach(space, world, table));
  const unreached = reaches.flatMap((reach) => reach.unreachable());
  const holes = gaps(space, world);
  const clashes = conflicts(space, world);
  const seen = await everyRow(rules, texts);
  // What the analysis says there is, it shows: the engine is asked about those rows too.
  const shown = [
    ...world.tables.flatMap((table, at) => table.rules.map((rule) => reaches[at]?.rowFor(rule))),
    ...holes.map(({ row }) => row),
    ...clashes.flatMap((one) => one.clashes.map(({ row }) => row)),
  ];
  for (const row of shown) {
    if (!row) continue;
    await alsoRow(rules, witnessOf(row, false), seen);
    await alsoRow(rules, witnessOf(row, true), seen);
  }
  const all = rules.tables.flatMap((table) => table.rules.map(({ id }) => id));
  const about = JSON.stringify(tables, null, 1);
  expect(
    unreached.filter((one) => one.unknown),
    about,
  ).toEqual([]);
  expect(new Set(unreached.map((one) => one.rule.id)), about).toEqual(
    new Set(all.filter((id) => !seen.acted.has(id))),
  );
  expect(new Set(holes.map(({ table }) => table.file)), about).toEqual(seen.undecided);
  // And none is lost on the way to people.
  const problems = await analyse(rules);
  const said = (code: string) => problems.filter((problem) => problem.code === code);
  expect(
    said('unreachable').map(({ rule }) => rule),
    about,
  ).toEqual(expect.arrayContaining(unreached.map((one) => one.rule.id)));
  expect(new Set(said('gap').map(({ place }) => place?.file)), about).toEqual(seen.undecided);
  expect(
    said('conflict').flatMap(({ related }) => related ?? []),
    about,
  ).toHaveLength(seen.clashes.size);
  const pairs = clashes.flatMap((one) =>
    one.clashes.map(({ first }) => `${one.field} ${first.rule.id} ${one.rule.id}`),
  );
  expect(new Set(pairs), about).toEqual(seen.clashes);
}

describe('one table, every row of it', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(name, { timeout: 120_000 * MORE }, async () => {
      const table = fc.record({
        stage: fc.constantFrom('address', 'correct'),
        match: fc.constantFrom('first', 'first', 'all'),
        rules: fc.array(rule(kind, flag), { minLength: 1, maxLength: 5 }),
      });
      await fc.assert(
        fc.asyncProperty(table, (one) => compare([one], kind.texts)),
        { numRuns: 100 * MORE },
      );
    });
  }
});

test('stages after one another, every row of them', { timeout: 300_000 * MORE }, async () => {
  const table = fc.record({
    stage: fc.constantFrom('correct', 'scope', 'facts', 'address', 'checks'),
    match: fc.constantFrom('first', 'all'),
    rules: fc.array(rule(staged, actions), { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(table, { minLength: 2, maxLength: 3 }), (tables) =>
      compare(tables, staged.texts),
    ),
    { numRuns: 60 * MORE },
  );
});
