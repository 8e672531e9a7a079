import { expect } from 'vitest';
import { loadRules, type RuleText } from '../../src/engine/load.ts';
import { showPlace, showProblem } from '../../src/engine/problem.ts';
import type { RuleSet } from '../../src/engine/rule.ts';
import { refusals, validatorOf } from './schema-validator.ts';

export function file(name: string, text: string): RuleText {
  return { name, path: `rules/${name}`, text };
}

/** `▸` stands before each fault; it is taken out, and where it stood is `line:column`. */
export function marked(text: string): { text: string; places: string[] } {
  const places: string[] = [];
  let clean = '';
  for (const char of text) {
    if (char !== '▸') {
      clean += char;
      continue;
    }
    const lines = clean.split('\n');
    places.push(`${lines.length}:${(lines.at(-1) ?? '').length + 1}`);
  }
  return { text: clean, places };
}

/** The rules of files in which nothing is wrong: neither to the loader nor to an editor with their schema. */
export function clean(files: readonly RuleText[], extend: readonly RuleText[] = []): RuleSet {
  const { rules, problems } = loadRules(files, { digest: 'abc', extend });
  expect(problems.map(showProblem)).toEqual([]);
  if (!rules) throw new Error('no rules');
  const validate = validatorOf(rules);
  for (const { path, text } of [...files, ...extend])
    expect(refusals(validate, text).map((refusal) => `${path}${refusal}`)).toEqual([]);
  return rules;
}

/** Every problem as `code file:line:column`. */
export function faults(files: readonly RuleText[], extend: readonly RuleText[] = []): string[] {
  const { rules, problems } = loadRules(files, { digest: 'abc', extend });
  const broken = problems.some((problem) => problem.severity === 'error');
  expect(rules === null).toBe(broken);
  return problems.map((problem) => `${problem.code} ${problem.place ? showPlace(problem.place) : ''}`);
}

/**
 * Loads `good` with `from` replaced by `to`, beside `others`. The one problem must be `code`, where `▸`
 * stands in `to` (or in `good`, for what is said of something further up).
 */
export function expectFault(
  code: string,
  good: RuleText,
  from: string,
  to: string,
  others: readonly RuleText[] = [],
): void {
  expect(good.text).toContain(from);
  const { text, places } = marked(good.text.replace(from, () => to));
  expect(faults([...others, { ...good, text }])).toEqual(
    places.map((place) => `${code} ${good.path}:${place}`),
  );
}
