import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/engine/analysis/check.ts';
import { runExamples } from '../../src/engine/examples.ts';
import { showProblem } from '../../src/engine/problem.ts';
import { builtIn } from '../built-in.ts';

const PAGE = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');

/** The page's blocks that are whole files to be laid over the built-in rules; others are parts of one, or lack examples. */
const FILES = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)]
  .filter(({ index }) => !/With `\S+`:\n\n$/.test(PAGE.slice(0, index)))
  .map(([, text = '']) => text)
  .filter((text) => /^kind:/m.test(text));

describe('the files that the page on rules shows', () => {
  it('are one for each kind of thing that leads add', () => {
    const kinds = FILES.map((text) => /^kind: (\w+)/m.exec(text)?.[1]).sort();
    expect(kinds.join(' ')).toBe('carriers carriers carriers escalations rules rules rules sources');
  });

  it.each(FILES.map((text) => [text]))(
    'load over the built-in rules, do what their examples say, and have an example for each condition: block %#',
    async (text) => {
      const rules = builtIn({ 'page.yaml': text });
      const { passed, failures } = await runExamples(rules);
      expect(passed).toBeGreaterThan(50);
      expect(failures.filter(({ place }) => place.file === 'page.yaml')).toEqual([]);
      const isOver = (file: string) => file === 'page.yaml';
      const found = await analyse(rules, undefined, isOver, isOver);
      expect(found.map(showProblem)).toEqual([]);
    },
  );

  it.each(['address-matrix.yaml', 'address-matrix'])('extend a table by its name: %s', (name) => {
    const text = FILES.find((one) => one.includes('extends: address-matrix.yaml')) ?? '';
    const rules = builtIn({ 'page.yaml': text.replace('address-matrix.yaml', name) });
    const table = rules.tables.find(({ file }) => file === 'address-matrix.yaml');
    const ids = table?.rules.map(({ id }) => id) ?? [];
    expect(ids.indexOf('german-address')).toBe(ids.indexOf('non-us-default-address') - 1);
    expect(ids).toContain('german-address');
  });
});
