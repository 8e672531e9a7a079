/** Mutants: an entry with one of its conditions left out, or turned into its contrary. */
import type { Swap } from './decide.ts';
import { testsOf } from './evaluate.ts';
import { ANY_CELL } from './facts.ts';
import type { Place } from './problem.ts';
import type { Escalation, LookUp, Op, Rule, Test } from './rule.ts';

/** What conditions and examples stand under. */
export type Entry = Rule | LookUp | Escalation;

type Change = 'dropped' | 'negated';

/** What has become of a condition, in words. */
export const CHANGED: Readonly<Record<Change, string>> = {
  dropped: 'left out',
  negated: 'turned into its contrary',
};

/** A condition of an entry, as a lead knows it. */
export interface Condition {
  readonly fact: string;
  /** As it is written: `country: { not: US }`. */
  readonly written: string;
  readonly place: Place;
  /** What it asks of the fact. */
  readonly op: Op;
  readonly mutants: readonly Mutant[];
}

export interface Mutant {
  readonly change: Change;
  /** Of `when`: it has to hold wherever its rule acts. Else of a block of `when-any`. */
  readonly always: boolean;
  readonly entry: Entry;
  /** The entry with the condition changed. Null where it cannot be written as an entry of its kind. */
  readonly as: Entry | null;
}

/** Whether an entry is a rule, and not a row of another table. */
export function isRule(entry: Entry): entry is Rule {
  return 'then' in entry;
}

/** Whether an entry is a row of the escalations. */
export function isEscalation(entry: Entry): entry is Escalation {
  return 'resolution' in entry;
}

const known = new WeakMap<Entry, readonly Condition[]>();

/** The conditions of an entry in the order of the file. One that only helps the reader (`any`) has no mutants. */
export function conditionsOf(entry: Entry): readonly Condition[] {
  let conditions = known.get(entry);
  if (!conditions) {
    conditions = isRule(entry) ? conditionsOfRule(entry) : conditionsOfRow(entry);
    known.set(entry, conditions);
  }
  return conditions;
}

function conditionsOfRow(entry: LookUp | Escalation): Condition[] {
  const lists: readonly (readonly [fact: string, names: readonly string[], as: Entry])[] = isEscalation(entry)
    ? [
        ['carrier', entry.carriers, { ...entry, carriers: [] }],
        ['category', entry.categories, { ...entry, categories: [] }],
      ]
    : [
        ['country', namesIn(entry.country), { ...entry, country: null }],
        ['carrier', namesIn(entry.carrier), { ...entry, carrier: null }],
      ];
  return lists.flatMap(([fact, names, as]): Condition[] =>
    names.length === 0
      ? []
      : [
          {
            fact,
            written: `${fact}: ${names.length === 1 ? names[0] : `[${names.join(', ')}]`}`,
            place: entry.place,
            op: { kind: 'equals', keys: names, written: names },
            mutants: [
              { change: 'dropped', always: true, entry, as },
              { change: 'negated', always: true, entry, as: null },
            ],
          },
        ],
  );
}

function namesIn(name: string | null): readonly string[] {
  return name === null ? [] : [name];
}

function conditionsOfRule(rule: Rule): Condition[] {
  /** The rule with another test, or none, in the place of one. */
  const replaced = (test: Test, by: readonly Test[]): Rule => {
    const inList = (tests: readonly Test[]) => tests.flatMap((one) => (one === test ? by : [one]));
    return { ...rule, when: inList(rule.when), whenAny: rule.whenAny.map(inList) };
  };
  return testsOf(rule).map((test): Condition => {
    const { fact, op, written, place } = test;
    const always = rule.when.includes(test);
    const mutants: Mutant[] = [];
    if (op.kind !== 'any') {
      mutants.push({ change: 'dropped', always, entry: rule, as: replaced(test, []) });
      // That no cell fits is nothing that a rule can say.
      const as = fact === ANY_CELL ? null : replaced(test, [{ ...test, op: contrary(op) }]);
      if (always || as) mutants.push({ change: 'negated', always, entry: rule, as });
    }
    return { fact, written, place, op, mutants };
  });
}

/** What an operator does not say of a value: still nothing of a blank one, but for `blank` and `present`. */
export function contrary(op: Op): Op {
  if (op.kind === 'blank') return { kind: 'present' };
  if (op.kind === 'present') return { kind: 'blank' };
  if (op.kind !== 'not') return { kind: 'not', ops: [op] };
  const [only, ...more] = op.ops;
  return only && more.length === 0 ? only : { kind: 'all-of', ops: op.ops };
}

/** A mutant as the evaluation takes it; null for one of an escalation, or that cannot be written. */
export function swapFor({ entry, as }: Mutant): Swap | null {
  if (as === null || isEscalation(entry) || isEscalation(as)) return null;
  if (!isRule(entry)) return isRule(as) ? null : { lookUp: entry, as };
  return isRule(as) ? { rule: as } : null;
}
