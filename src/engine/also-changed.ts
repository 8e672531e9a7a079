/** What two rule sets differ in that decides no row: escalations, the intake, layouts, delivery, and words. */
import type { LookUp, Procedure, Rule, RuleSet } from './rule.ts';

/** One kind of entry, and which of it are not the same. */
export interface AlsoChanged {
  /** As a lead calls it: `escalations`. */
  readonly what: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

type Entries = readonly (readonly [name: string, says: unknown])[];

/** What is not the same beside the decisions about rows. Of what is not there in either, nothing is said. */
export function alsoChanged(before: RuleSet, after: RuleSet): AlsoChanged[] {
  return [...KINDS].flatMap(([what, entries]): AlsoChanged[] => {
    const [old, now] = [before, after].map(
      (rules) => new Map(entries(rules).map(([name, says]) => [name, text(says)])),
    );
    if (!old || !now) return [];
    const added = [...now.keys()].filter((name) => !old.has(name));
    const removed = [...old.keys()].filter((name) => !now.has(name));
    const changed = [...now.keys()].filter((name) => old.has(name) && old.get(name) !== now.get(name));
    const found =
      what === WORDS ? { what, added: [], removed: [], changed } : { what, added, removed, changed };
    return Object.values(found).every((list) => list === what || list.length === 0) ? [] : [found];
  });
}

/** Of rules: that there are others shows in what they decide. */
const WORDS = 'what is said of rules';

const KINDS: ReadonlyMap<string, (rules: RuleSet) => Entries> = new Map([
  ['escalations', ({ escalations }) => escalations.map((one) => [one.id, one])],
  ['rejection categories', ({ categories }) => categories.map((one) => [one.id, one])],
  ['words of rejection', ({ rejectionWords }) => rejectionWords.map((word) => [word, ''])],
  ['procedures', (rules) => [...rules.procedures].map(([id, one]) => [id, besideTasks(one, rules)])],
  ['questions of the intake', ({ intake }) => intake.questions.map((one) => [one.id, one])],
  ['the case', ({ intake }) => Object.entries(intake.case)],
  ['delivery', ({ delivery }) => Object.entries(delivery)],
  ['layouts', ({ layouts }) => layouts.layouts.map((one) => [one.id, one])],
  ['fields', ({ layouts }) => [...layouts.fields]],
  [WORDS, (rules) => [...rulesOf(rules), ...rules.lookUps].map((one) => [one.id, wordsOf(one)])],
]);

/** A procedure without its steps, where those are shown with the tasks of rows: there they are compared. */
function besideTasks(procedure: Procedure, rules: RuleSet): unknown {
  const named = rulesOf(rules).flatMap(({ then }) =>
    then.map((action) => 'procedure' in action && action.procedure),
  );
  const isShown = [...named, ...rules.lookUps.map((one) => one.procedure)].includes(procedure.id);
  return isShown ? { ...procedure, steps: null } : procedure;
}

function rulesOf({ tables }: RuleSet): Rule[] {
  return tables.flatMap((table) => table.rules);
}

/** What agents and leads read of a rule; what it decides is no part of it. */
function wordsOf({ why, source, basis, owner, ...more }: Rule | LookUp): unknown {
  return { why, source, basis, owner, title: 'title' in more ? more.title : null };
}

/** An entry as a text, without where it stands and what only tests it. */
function text(entry: unknown): string {
  return JSON.stringify(entry, (key, value: unknown) => {
    if (key === 'place' || key === 'examples') return undefined;
    return value instanceof Map ? [...value] : value;
  });
}
