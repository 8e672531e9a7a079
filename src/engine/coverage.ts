/** What examples notice of an entry: whether it acts, and whether one of its conditions is changed. */
import type { Decision } from './decision.ts';
import { decides, type RejectionFacts, rejectionFacts } from './escalate.ts';
import { actsIn, comesOut, fieldsOf, GivenRows } from './examples.ts';
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
import type { Escalation, Example, LookUp, Rule, RuleSet, RuleTable } from './rule.ts';

/** What examples notice of an entry. */
export interface Coverage {
  readonly entry: Entry;
  /** How many stand under it. */
  readonly examples: number;
  /** Whether one of them says what must come of the entry. */
  readonly isExpected: boolean;
  /** Whether such a one comes out as it says. */
  readonly isShown: boolean;
  /** Of rules and look-ups, those of them that come out as they say, and in which the entry acts. */
  readonly acting: readonly Example[];
  readonly conditions: readonly ConditionCoverage[];
}

interface ConditionCoverage {
  readonly condition: Condition;
  /** Mutants with which all examples come out the same. */
  readonly unnoticed: readonly Mutant[];
}

/** Everything that has conditions and examples, in the order of the rule set. */
export function entriesOf(rules: RuleSet): Entry[] {
  return [...rules.tables.flatMap((table) => table.rules), ...rules.lookUps, ...rules.escalations];
}

/** A place to decide rows in that examples give, and rows like them. */
export function trialOf(rules: RuleSet, books?: Books): GivenRows {
  const owners = [...rules.tables.flatMap((table) => table.rules), ...rules.lookUps];
  const tested = owners.flatMap((owner) => conditionsOf(owner).map(({ fact }) => [fact, ''] as const));
  const rows = owners.flatMap(({ examples }) => examples.map(({ given }) => given));
  return new GivenRows(rules, fieldsOf([...rows, Object.fromEntries(tested)]), 'singly', books);
}

/**
 * What the examples beside some entries notice of them. An entry is changed for all examples that stand under it, and
 * for those under others that it would take the row from. Examples that fail as it is notice nothing; nor do those of
 * entries that are not asked about, for what is laid over others may take their rows, and nothing fails.
 */
export async function coverageOf(entries: readonly Entry[], trial: GivenRows): Promise<Coverage[]> {
  const owners = entries.filter((entry): entry is Rule | LookUp => !isEscalation(entry));
  await trial.decide(owners.flatMap(({ examples }) => examples.map(({ given }) => given)));
  const passing = new Map<Entry, readonly Passing[]>();
  for (const owner of owners) passing.set(owner, await passingOf(owner, trial));
  const rows = new Rows(passing, trial);
  const rejections = new Rejections(entries.filter(isEscalation), trial);
  const found: Coverage[] = [];
  for (const entry of entries)
    found.push(isEscalation(entry) ? rejections.coverageOf(entry) : await rows.coverageOf(entry));
  return found;
}

/** An example that comes out as it says. */
interface Passing {
  readonly example: Example;
  /** Whether the entry that it stands under acts in it. */
  readonly acts: boolean;
}

async function passingOf(owner: Rule | LookUp, trial: GivenRows): Promise<Passing[]> {
  const decided = await trial.decide(owner.examples.map(({ given }) => given));
  return owner.examples.flatMap((example, at): Passing[] => {
    const decision = decided[at] as Decision;
    const passes = comesOut(owner, example, decision, trial.evaluatorOf(example.given));
    return passes ? [{ example, acts: actsIn(owner, decision) }] : [];
  });
}

/** An example in which a rule of a `first` table decides. */
interface Decided {
  readonly at: number;
  readonly rule: Rule;
  readonly example: Example;
}

/** Rules and look-ups, and the rows of their examples. */
class Rows {
  private readonly trial: GivenRows;
  private readonly passing: ReadonlyMap<Entry, readonly Passing[]>;
  private readonly tables = new Map<Rule, RuleTable>();
  private readonly decided = new Map<RuleTable, readonly Decided[]>();
  /** Examples in which a look-up is the one, by how much it names. */
  private readonly named: readonly { readonly lookUp: LookUp; readonly example: Example }[][] = [
    [],
    [],
    [],
    [],
  ];
  private readonly byKey = new Map<RuleTable, Map<string, ReadonlyMap<string, readonly Decided[]>>>();

  constructor(passing: ReadonlyMap<Entry, readonly Passing[]>, trial: GivenRows) {
    this.passing = passing;
    this.trial = trial;
    for (const table of trial.rules.tables) for (const rule of table.rules) this.tables.set(rule, table);
    for (const [lookUp, examples] of passing) {
      if (isRule(lookUp) || isEscalation(lookUp)) continue;
      for (const { example, acts } of examples)
        if (acts) this.named[namedBy(lookUp)]?.push({ lookUp, example });
    }
  }

  async coverageOf(entry: Rule | LookUp): Promise<Coverage> {
    const passing = this.passing.get(entry) ?? [];
    const acting = passing.flatMap(({ example, acts }) => (acts ? [example] : []));
    const conditions: ConditionCoverage[] = [];
    for (const condition of conditionsOf(entry)) {
      const unnoticed: Mutant[] = [];
      for (const mutant of condition.mutants)
        if (
          !(await this.isNoticed(entry, mutant, passing)) &&
          !(await this.isNoticedElsewhere(entry, mutant))
        )
          unnoticed.push(mutant);
      conditions.push({ condition, unnoticed });
    }
    const isExpected = entry.examples.some(({ expect }) => expect !== null);
    const isShown = acting.some(({ expect }) => expect !== null);
    return { entry, examples: entry.examples.length, isExpected, isShown, acting, conditions };
  }

  /** Whether an example that stands under the entry itself comes out otherwise. */
  private async isNoticed(
    entry: Rule | LookUp,
    mutant: Mutant,
    passing: readonly Passing[],
  ): Promise<boolean> {
    const { trial } = this;
    const { change, always } = mutant;
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
      if (!comesOut(entry, example, decision, trial.evaluatorOf(example.given))) return true;
    }
    return false;
  }

  /** Whether an example of an entry that comes after it comes out otherwise: its row is taken from it. */
  private async isNoticedElsewhere(entry: Rule | LookUp, mutant: Mutant): Promise<boolean> {
    const swap = swapFor(mutant);
    if (!swap) return false;
    const { trial } = this;
    if (isRule(entry)) {
      const table = this.tables.get(entry);
      if (table?.match !== 'first' || !('rule' in swap)) return false;
      const at = table.rules.indexOf(entry);
      // Such an example wants its rule to act, and of a `first` table only one does.
      return this.near(table, swap.rule).some(
        (one) => one.at > at && trial.couldDiffer(one.example.given, entry, swap.rule),
      );
    }
    for (const { lookUp, example } of this.named.slice(0, namedBy(entry)).flat()) {
      const decision = await trial.decideAs(example.given, swap);
      if (!comesOut(lookUp, example, decision, trial.evaluatorOf(example.given))) return true;
    }
    return false;
  }

  /** Examples of a table's rules in which a further rule may hold: it may want a fact to be something. */
  private near(table: RuleTable, { when }: Rule): readonly Decided[] {
    for (const { fact, op } of when) {
      if (op.kind !== 'equals' || fact === ANY_CELL) continue;
      const index = this.index(table, fact);
      const found = op.keys.flatMap((key) => index.get(key) ?? []);
      return op.keys.length === 1 ? found : [...new Set(found)];
    }
    return this.decidedIn(table);
  }

  private index(table: RuleTable, fact: string): ReadonlyMap<string, readonly Decided[]> {
    let byFact = this.byKey.get(table);
    if (!byFact) {
      byFact = new Map();
      this.byKey.set(table, byFact);
    }
    let index = byFact.get(fact);
    if (!index) {
      const made = new Map<string, Decided[]>();
      for (const one of this.decidedIn(table)) {
        const key = this.trial.keyAt(one.example.given, one.rule, fact);
        const list = made.get(key);
        if (list) list.push(one);
        else made.set(key, [one]);
      }
      index = made;
      byFact.set(fact, index);
    }
    return index;
  }

  private decidedIn(table: RuleTable): readonly Decided[] {
    let found = this.decided.get(table);
    if (!found) {
      found = table.rules.flatMap((rule, at) =>
        (this.passing.get(rule) ?? []).flatMap(({ example, acts }) =>
          acts && example.expect ? [{ at, rule, example }] : [],
        ),
      );
      this.decided.set(table, found);
    }
    return found;
  }
}

/** How much a look-up names: what names more comes first. */
function namedBy({ country, carrier }: LookUp): number {
  return (country === null ? 0 : 2) + (carrier === null ? 0 : 1);
}

/** What a rule flags may rest on which cells fit. */
function readsCells(rule: Rule): boolean {
  return [...rule.when, ...rule.whenAny.flat()].some(({ fact }) => fact === ANY_CELL);
}

interface RejectionRow {
  readonly entry: Escalation;
  readonly facts: RejectionFacts;
  readonly expect: boolean;
}

/** Escalations, and the rejections of their examples. */
class Rejections {
  private readonly rules: RuleSet;
  private readonly books: Books;
  /** Those that come out as they say. */
  private readonly passing: readonly RejectionRow[];

  constructor(entries: readonly Escalation[], { rules, books }: GivenRows) {
    this.rules = rules;
    this.books = books;
    this.passing = entries.flatMap((entry) =>
      entry.examples.flatMap(({ text, carrier, expect }) => {
        const row = { entry, facts: rejectionFacts(text, carrier, rules, books), expect };
        return this.passes(row, rules) ? [row] : [];
      }),
    );
  }

  private passes({ entry, facts, expect }: RejectionRow, { escalations }: RuleSet): boolean {
    return (decides(escalations, facts, this.books)?.id === entry.id) === expect;
  }

  coverageOf(entry: Escalation): Coverage {
    const own = this.passing.filter((row) => row.entry === entry);
    const isShown = own.some(({ expect }) => expect);
    const isNoticed = ({ change, as }: Mutant): boolean => {
      if (change === 'negated') return isShown;
      if (!as || !isEscalation(as)) return false;
      const changed = withEscalation(this.rules, entry, as);
      return this.passing.some((row) => !this.passes(row, changed));
    };
    const conditions = conditionsOf(entry).map((condition): ConditionCoverage => {
      const unnoticed = condition.mutants.filter((mutant) => !isNoticed(mutant));
      return { condition, unnoticed };
    });
    const isExpected = entry.examples.some(({ expect }) => expect);
    return { entry, examples: entry.examples.length, isExpected, isShown, acting: [], conditions };
  }
}

/** The rules with another escalation in the place of one. */
export function withEscalation(rules: RuleSet, entry: Escalation, as: Escalation): RuleSet {
  return { ...rules, escalations: rules.escalations.map((one) => (one === entry ? as : one)) };
}
