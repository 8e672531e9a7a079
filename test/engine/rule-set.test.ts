import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/engine/load.ts';
import { Pattern } from '../../src/engine/pattern.ts';
import type { RuleSet } from '../../src/engine/rule.ts';
import { restoreRules, rulesOn, storeRules } from '../../src/engine/rule-set.ts';
import { builtIn, builtInTexts } from '../built-in.ts';

const again = (rules: RuleSet) => restoreRules(JSON.parse(JSON.stringify(storeRules(rules))));

/** Every object of a value, with what it is made of. */
function kindsIn(value: unknown, found: string[] = []): string[] {
  if (value === null || typeof value !== 'object') return found;
  const prototype = Object.getPrototypeOf(value);
  found.push(prototype === null ? 'record' : prototype.constructor.name);
  if (value instanceof Map) for (const [key, inner] of value) kindsIn([key, inner], found);
  else if (!(value instanceof Pattern)) for (const inner of Object.values(value)) kindsIn(inner, found);
  return found;
}

describe('a stored rule set', () => {
  it('comes back as it was, with its maps, records and patterns', () => {
    const rules = builtIn();
    const restored = again(rules);
    expect(restored).toEqual(rules);
    expect(kindsIn(restored)).toEqual(kindsIn(rules));
    expect(new Set(kindsIn(rules))).toEqual(new Set(['Object', 'Array', 'Map', 'Pattern', 'record']));
    expect(storeRules(restored)).toEqual(storeRules(rules));
  });

  it('takes no word of a rule file for its own', () => {
    const odd = `kind: rules
title: Odd
stage: fields
match: all
rules:
  - id: odd
    title: Odd
    when: { address: "$map" }
    then: { set: { pin: "__proto__" } }
    why: Words are words.
    source: { document: notes, section: "$pattern" }
    basis: found
    examples:
      - given: { address: "$map", authorizedFirstName: "$record" }
        expect: { set: { pin: "__proto__" } }
`;
    const rules = builtIn({ 'odd.yaml': odd });
    expect(JSON.stringify(storeRules(rules))).toContain('"$map"');
    expect(again(rules)).toEqual(rules);
  });

  it('keeps rules of any date, of which those of a day are taken later', () => {
    const dated = builtInTexts().map((file) =>
      file.name === 'account-number.yaml'
        ? {
            ...file,
            text: file.text.replace(/^ {4}basis: stated$/m, '    basis: stated\n    until: 2026-12-31'),
          }
        : file,
    );
    const load = (asOf?: string) => loadRules(dated, { digest: '', ...(asOf && { asOf }) }).rules as RuleSet;
    const restored = again(load());
    for (const day of ['2026-12-31', '2027-01-01']) expect(rulesOn(restored, day)).toEqual(load(day));
    expect(rulesOn(restored, '2027-01-01').count).toBe(rulesOn(restored, '2026-12-31').count - 1);
  });
});
