import { expect, test } from 'vitest';
import { runExamples } from '../../src/engine/examples.ts';
import { showPlace } from '../../src/engine/problem.ts';
import { builtIn } from '../built-in.ts';

test('every example beside the built-in rules holds', async () => {
  const { passed, failures } = await runExamples(builtIn());
  const said = failures.map(
    ({ rule, place, wanted, came }) => `${showPlace(place)} ${rule}: wanted ${wanted}; came ${came}`,
  );
  expect(said).toEqual([]);
  expect(passed).toBeGreaterThan(100);
});
