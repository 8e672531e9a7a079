/** What the examples beside an entry notice: whether it acts, and whether one of its conditions is changed. */
import type { Decision } from './decision.ts';
import { decides, type RejectionFacts, rejectionFacts } from './escalate.ts';
import { fieldsOf, GivenRows, judge } from './examples.ts';
import { ANY_CELL, type Books } from './facts.ts';
import {
  type Condition,
  conditionsOf,
  type Entry,
  isEscalation,
  isRule,
  type Mutant,
  swapFor,
} from './mutants.ts';
import type { Escalation, Example, LookUp, Rule, RuleSet } from './rule.ts';

/** What the examples of an entry notice of it. */
export interface Coverage {
  readonly entry: Entry;
  readonly examples: number;
  /** Whether one of them says what must come of the entry. */
  readonly isExpected: boolean;
  /** Whether such a one comes out as it says. */
  readonly isShown: boolean;
  /** Rows of examples that come out as they say, and in which the entry acts. */
  readonly acting: readonly Example[];
  readonly conditions: readonly ConditionCoverage[];
}

export interface ConditionCoverage {
  readonly condition: Condition;
  /** Mutants that all examples come out the same with. */
  readonly unnoticed: readonly Mutant[];
}

/** Everything that has conditions and examples, in the order of the rule set. */
export function entriesOf(rules: RuleSet): Entry[] {
  return [...rules.tables.flatMap((table) => table.rules), ...rules.lookUps, ...rules.escalations];
}

/** All rows that examples give. */
export function rowsOf(rules: RuleSet): Readonly<Record<string, string>>[] {
  const owners = [...rules.tables.flatMap((table) => table.rules), ...rules.lookUps];
  return owners.flatMap(({ examples }) => examples.map(({ given }) => given));
}

/** A place to decide rows in that examples give, and rows like them. */
export function trialOf(rules: RuleSet, books?: Books): GivenRows {
  const tested = rules.tables.flatMap((table) => table.rules).flatMap(conditionsOf);
  const cells = tested.flatMap(({ fact }) => (fact.includes('.') ? [] : [fact]));
  const rows = [
    ...rowsOf(rules),
    Object.fromEntries([...cells, 'country', 'carrier'].map((fact) => [fact, ''])),
  ];
  return new GivenRows(rules, fieldsOf(rows), 'singly', books);
}

/** What the examples beside some entries notice of them. Examples that fail as it is notice nothing. */
export async function coverageOf(entries: readonly Entry[], trial: GivenRows): Promise<Coverage[]> {
  const found: Coverage[] = [];
  const owners = entries.filter((entry): entry is Rule | LookUp => !isEscalation(entry));
  await trial.decide(owners.flatMap(({ examples }) => examples.map(({ given }) => given)));
  for (const entry of entries)
    found.push(isEscalation(entry) ? coverageOfRejections(entry, trial) : await coverageOfRows(entry, trial));
  return found;
}

async function coverageOfRows(entry: Rule | LookUp, trial: GivenRows): Promise<Coverage> {
  const passing: { example: Example; acts: boolean }[] = [];
  for (const example of entry.examples) {
    const [decision] = await trial.decide([example.given]);
    if (!decision || judge(entry, example, decision, trial.evaluatorOf(example.given))) continue;
    passing.push({ example, acts: actsIn(entry, decision) });
  }
  const acting = passing.flatMap(({ example, acts }) => (acts ? [example] : []));
  const conditions: ConditionCoverage[] = [];
  for (const condition of conditionsOf(entry)) {
    const unnoticed: Mutant[] = [];
    for (const mutant of condition.mutants)
      if (!(await isNoticed(mutant, passing, trial))) unnoticed.push(mutant);
    conditions.push({ condition, unnoticed });
  }
  const isExpected = entry.examples.some(({ expect }) => expect !== null);
  const isShown = acting.some(({ expect }) => expect !== null);
  return { entry, examples: entry.examples.length, isExpected, isShown, acting, conditions };
}

/** Whether an entry had a part in a decision. */
export function actsIn(entry: Rule | LookUp, { acted, tasks }: Decision): boolean {
  return isRule(entry)
    ? acted.some(({ id }) => id === entry.id)
    : tasks.some(({ lookUp }) => lookUp === entry.id);
}

async function isNoticed(
  mutant: Mutant,
  passing: readonly { readonly example: Example; readonly acts: boolean }[],
  trial: GivenRows,
): Promise<boolean> {
  const { entry, change, always } = mutant;
  if (isEscalation(entry)) return false;
  // What is so wherever the entry acts cannot be turned round without its acting nowhere that it did.
  if (change === 'negated' && always && passing.some(({ example, acts }) => acts && example.expect))
    return true;
  const swap = swapFor(mutant);
  if (!swap) return false;
  for (const { example, acts } of passing) {
    if (isRule(entry) && 'rule' in swap && !readsCells(entry)) {
      // A rule with fewer conditions still acts where it did.
      if (acts && change === 'dropped') continue;
      if (!trial.couldDiffer(example.given, entry, swap.rule)) continue;
    }
    const decision = await trial.decideAs(example.given, swap);
    if (judge(entry, example, decision, trial.evaluatorOf(example.given))) return true;
  }
  return false;
}

/** What a rule flags may rest on which cells fit. */
function readsCells(rule: Rule): boolean {
  return [...rule.when, ...rule.whenAny.flat()].some(({ fact }) => fact === ANY_CELL);
}

function coverageOfRejections(entry: Escalation, { rules, books }: GivenRows): Coverage {
  const passing = entry.examples.flatMap(({ text, carrier, expect }) => {
    const facts = rejectionFacts(text, carrier, rules, books);
    return isFound(entry, rules, facts, books) === expect ? [{ facts, expect }] : [];
  });
  const isNoticed = ({ change, as }: Mutant): boolean => {
    if (change === 'negated') return passing.some(({ expect }) => expect);
    if (!as || !isEscalation(as)) return false;
    const changed = withEscalation(rules, entry, as);
    return passing.some(({ facts, expect }) => isFound(entry, changed, facts, books) !== expect);
  };
  const conditions = conditionsOf(entry).map((condition): ConditionCoverage => {
    const unnoticed = condition.mutants.filter((mutant) => !isNoticed(mutant));
    return { condition, unnoticed };
  });
  const isExpected = entry.examples.some(({ expect }) => expect);
  const isShown = passing.some(({ expect }) => expect);
  return { entry, examples: entry.examples.length, isExpected, isShown, acting: [], conditions };
}

function isFound({ id }: Escalation, { escalations }: RuleSet, facts: RejectionFacts, books: Books): boolean {
  return decides(escalations, facts, books)?.id === id;
}

/** The rules with another escalation in the place of one. */
export function withEscalation(rules: RuleSet, entry: Escalation, as: Escalation): RuleSet {
  return { ...rules, escalations: rules.escalations.map((one) => (one === entry ? as : one)) };
}
