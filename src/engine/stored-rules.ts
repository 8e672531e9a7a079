/** A rule set as data that JSON can hold, so that files which have not changed need not be compiled again. */
import { Pattern } from './pattern.ts';
import type { RuleSet } from './rule.ts';

// What JSON has no form for stands in an object with one of these keys, which no object of a rule set has.
const MAP = '$map';
const RECORD = '$record';
const PATTERN = '$pattern';

/** @returns plain objects, lists and texts; `restoreRules` makes the rule set of them again, also from their JSON */
export function storeRules(rules: RuleSet): unknown {
  return store(rules);
}

/** @param stored what `storeRules` has returned, or its JSON as parsed */
export function restoreRules(stored: unknown): RuleSet {
  return restore(stored) as RuleSet;
}

function store(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Pattern) return { [PATTERN]: value.source };
  if (value instanceof Map) return { [MAP]: [...value].map((pair) => pair.map(store)) };
  if (Array.isArray(value)) return value.map(store);
  const pairs = Object.entries(value).map(([key, inner]) => [key, store(inner)]);
  // Words of rule files are its keys: it has no prototype whose words it could be mistaken for.
  if (Object.getPrototypeOf(value) === null) return { [RECORD]: pairs };
  return Object.fromEntries(pairs);
}

function restore(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(restore);
  const object = value as Record<string, unknown>;
  if (PATTERN in object) return Pattern.of(object[PATTERN] as string);
  if (MAP in object)
    return new Map(
      (object[MAP] as [unknown, unknown][]).map(([key, inner]) => [restore(key), restore(inner)]),
    );
  if (RECORD in object) {
    const record: Record<string, unknown> = Object.create(null);
    for (const [key, inner] of object[RECORD] as [string, unknown][]) record[key] = restore(inner);
    return record;
  }
  // In place: it was parsed for this.
  for (const key of Object.keys(object)) object[key] = restore(object[key]);
  return object;
}
