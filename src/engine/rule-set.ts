/**
 * A rule set as a whole: what of it holds on a day, and the form in which JSON can hold it, so that files which have not
 * changed need not be compiled again.
 */
import { Pattern } from './pattern.ts';
import type { Provenance, RuleSet } from './rule.ts';

/** What of a rule set holds on a day, `YYYY-MM-DD`: rules whose `from` or `until` leave it out are not there. All, where no day is given. */
export function rulesOn(rules: RuleSet, asOf: string | undefined): RuleSet {
  const now = <Item extends Provenance>(items: readonly Item[]) =>
    items.filter((item) => takesPart(item, asOf));
  const tables = rules.tables.map((table) => ({ ...table, rules: now(table.rules) }));
  const corrections = now(rules.corrections);
  const lookUps = now(rules.lookUps);
  const escalations = now(rules.escalations);
  const count =
    tables.reduce((sum, table) => sum + table.rules.length, 0) +
    corrections.length +
    lookUps.length +
    escalations.length;
  return { ...rules, tables, corrections, lookUps, escalations, count };
}

/** Whether a rule holds on a day: `from` and `until` are both within. Without a day, it does. */
export function takesPart(item: Pick<Provenance, 'from' | 'until'>, asOf: string | undefined): boolean {
  if (asOf === undefined) return true;
  return (item.from === null || item.from <= asOf) && (item.until === null || asOf <= item.until);
}

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
