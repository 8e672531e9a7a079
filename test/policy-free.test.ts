import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Op, RuleSet, Test } from '../src/engine/rule.ts';
import { builtIn } from './built-in.ts';

const root = new URL('..', import.meta.url);

function sources(): { path: string; text: string }[] {
  return readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path: `src/${path}`, text: readFileSync(new URL(`src/${path}`, root), 'utf8') }));
}

/** Everything that the rules call a carrier, and every PIN of one. */
function carrierWords(rules: RuleSet): string[] {
  return rules.carriers.flatMap(({ name, also, not, pin }) => [
    name,
    ...also,
    ...not,
    ...(pin === null ? [] : [pin]),
  ]);
}

function tests(rules: RuleSet): Test[] {
  return rules.tables
    .flatMap((table) => table.rules)
    .flatMap((rule) => [...rule.when, ...rule.whenAny.flat()]);
}

function keysOf(op: Op): readonly string[] {
  if (op.kind === 'equals') return op.keys;
  if (op.kind === 'starts-with') return op.prefixes;
  return op.kind === 'not' || op.kind === 'all-of' ? op.ops.flatMap(keysOf) : [];
}

/** Countries, prefixes and queues that some rule makes an exception of. */
function exceptions(rules: RuleSet): string[] {
  const countries = tests(rules).filter(
    ({ fact }) => fact === 'country' || fact === 'phoneNumber' || fact === 'number.country',
  );
  const referred = rules.tables
    .flatMap((table) => table.rules)
    .flatMap((rule) => rule.then.flatMap((action) => (action.do === 'refer' ? [action.to] : [])));
  return [
    ...countries.flatMap(({ op }) => keysOf(op)),
    ...rules.lookUps.flatMap(({ country }) => (country === null ? [] : [country])),
    ...Object.keys(rules.countryAliases),
    // `manager` and `lead` are people of every rule set; a named queue is this one's.
    ...referred.filter((to) => to !== 'manager' && to !== 'lead'),
  ];
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '[\\s-]*');
}

/** Lines in which one of the words stands as a word of its own, in any case. */
function linesWithWord(text: string, words: readonly string[]): string[] {
  const pattern = new RegExp(`(?<![\\p{L}\\d])(?:${words.map(literal).join('|')})(?![\\p{L}\\d])`, 'iu');
  return text.split('\n').filter((line) => pattern.test(line));
}

/** Lines of code in which one of the words is all of a quoted text: in a comment it is an example. */
function linesWithLiteral(text: string, words: readonly string[]): string[] {
  const pattern = new RegExp(`(['"\`])(?:${words.map(literal).join('|')})\\1`, 'u');
  return text.split('\n').filter((line) => pattern.test(line) && !/^\s*(\*|\/[*/])/.test(line));
}

/** Names of rules or files that are words of the rule language, or of a message, as well. */
const LANGUAGE = new Set([
  // An example's row is the CSR tool's, and a row that no look-up knows is worked by this procedure: RULES says so.
  'csr-tool',
  'carrier-records',
  // A value of `number.type`.
  'toll-free',
  // The code of a notice on `--numbers`.
  'duplicate-number',
  // What a message shows as a well-written id.
  'us-blank-claimed',
]);

describe('no porting policy in src', () => {
  const rules = builtIn();
  const files = sources();

  test('no carrier and no PIN', () => {
    const words = carrierWords(rules);
    expect(words).toEqual(expect.arrayContaining(['Inteliquent', 'Neutral Tandem', 'Lumen', '8x82125']));
    const found = files.flatMap(({ path, text }) =>
      linesWithWord(text, words).map((line) => `${path}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  test('no country, prefix or queue that a rule makes an exception of', () => {
    const words = exceptions(rules);
    expect(words).toEqual(expect.arrayContaining(['US', 'GB', 'FR', 'UK', '+1800', 'Customer Support-UK']));
    const found = files.flatMap(({ path, text }) =>
      linesWithLiteral(text, words).map((line) => `${path}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  test('no rule, procedure, layout or category by its name', () => {
    const ids = [
      ...rules.tables.flatMap((table) => table.rules.map((rule) => rule.id)),
      ...rules.procedures.keys(),
      ...rules.categories.map(({ id }) => id),
      ...rules.layouts.layouts.map(({ id }) => id),
    ].filter((id) => id.includes('-') && !LANGUAGE.has(id));
    expect(ids).toEqual(
      expect.arrayContaining(['uk-number', 'crm-port-order', 'number-inventory', 'authorized-name']),
    );
    const found = files.flatMap(({ path, text }) =>
      linesWithLiteral(text, ids).map((line) => `${path}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  test('the search finds what it looks for where it does stand', () => {
    const carriers = carrierWords(rules);
    expect(linesWithWord('// as LEVEL-3 does', carriers)).toHaveLength(1);
    expect(linesWithWord("const pin = '8X82125';", carriers)).toHaveLength(1);
    expect(linesWithWord('const bandwidths = 1;', carriers)).toHaveLength(0);
    expect(linesWithLiteral("if (country === 'US') return;", exceptions(rules))).toHaveLength(1);
    expect(linesWithLiteral('/** As in the US. */', exceptions(rules))).toHaveLength(0);
  });
});
