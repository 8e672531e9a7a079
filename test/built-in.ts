/** The built-in rules, compiled, for tests of everything that stands on them. */
import { readdirSync, readFileSync } from 'node:fs';
import { loadRules } from '../src/engine/load.ts';
import { CsrError, showProblem } from '../src/engine/problem.ts';
import type { RuleSet } from '../src/engine/rule.ts';

const folder = new URL('../rules/', import.meta.url);

export function builtInTexts(): { name: string; path: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name, path: `rules/${name}`, text: readFileSync(new URL(name, folder), 'utf8') }));
}

/** The built-in rules, with `extra` files laid over them. */
export function builtIn(extra: Readonly<Record<string, string>> = {}, asOf = '2026-01-01'): RuleSet {
  const extend = Object.entries(extra).map(([name, text]) => ({ name, path: name, text }));
  const { rules, problems } = loadRules(builtInTexts(), { digest: 'test', extend, asOf });
  if (!rules) throw new CsrError(problems.map((problem) => ({ ...problem, message: showProblem(problem) })));
  return rules;
}
