/**
 * What becomes of a mutant that no example notices: a row that tells it from its entry, and the example that would notice
 * it; or the proof that there is no such row.
 */
import { withEscalation } from '../coverage.ts';
import { asksOnce, type Swap } from '../decide.ts';
import { ANSWERED, type Decision, EDITED } from '../decision.ts';
import { decides, type RejectionFacts } from '../escalate.ts';
import { canDoubt } from '../evaluate.ts';
import { actsIn, type GivenRows, judgeRejection, tellable } from '../examples.ts';
import { conditionsOf, type Entry, isEscalation, isRule, type Mutant, swapFor } from '../mutants.ts';
import {
  type ExampleBlock,
  exampleOf,
  expectedOf,
  Proposer,
  type Row,
  rejectionsOf,
} from '../propose-examples.ts';
import type { Escalation, Example, LookUp, Rule, RuleSet, RuleTable } from '../rule.ts';
import { LookUpReach } from './look-up.ts';
import { Region } from './region.ts';
import { type Solution, TooMuch } from './solve.ts';
import type { Space } from './space.ts';
import { Reach } from './unreachable.ts';
import { decided, restrictedTo, witnessOf } from './witness.ts';
import { type World, writingsOf } from './world.ts';

export type Fate =
  /** Every row is decided the same. */
  | { readonly kind: 'equivalent' }
  /** Every row is that an example can give; only what people answer tells, other than that there is none. */
  | { readonly kind: 'unsayable' }
  | {
      readonly kind: 'survives';
      /** A row that is decided otherwise. */
      readonly row: Row;
      /** An example that would fail, and what it is to stand under; null where no example can say it. */
      readonly suggestion: {
        readonly under: Rule | LookUp | Escalation;
        readonly example: ExampleBlock;
      } | null;
    }
  /** Neither a row was found nor that there is none. */
  | { readonly kind: 'unknown' };

/** As many rows are asked about before it is said that it is not known. */
const MOST_ROWS = 12;
const FEW_ROWS = 5;
const MOST_BASES = 3;

/** Looks into mutants of one rule set. */
export class Survivors {
  private readonly space: Space;
  private readonly world: World;
  private readonly trial: GivenRows;
  private readonly rules: RuleSet;
  private readonly proposer: Proposer;
  private readonly lookUps: LookUpReach;
  private readonly isMeasured: (file: string) => boolean;

  /** @param isMeasured told of a file's path: whether an example may be put there */
  constructor(
    space: Space,
    world: World,
    trial: GivenRows,
    isMeasured: (file: string) => boolean = () => true,
  ) {
    this.space = space;
    this.world = world;
    this.trial = trial;
    this.rules = trial.rules;
    this.proposer = new Proposer(trial);
    this.lookUps = new LookUpReach(space, world);
    this.isMeasured = isMeasured;
  }

  /** How much is found by a fate: a row, an example, an example that may be put where it belongs. */
  private worth(fate: Fate | null): 0 | 1 | 2 | 3 {
    if (fate?.kind !== 'survives') return 0;
    if (!fate.suggestion) return 1;
    return this.isMeasured(fate.suggestion.under.place.file) ? 3 : 2;
  }

  private better<Found extends Fate>(one: Found | null, other: Found | null): Found | null {
    return this.worth(other) > this.worth(one) ? other : one;
  }

  /**
   * What becomes of a mutant.
   * @param acting examples in which its entry acts, and that come out as they say
   */
  async fateOf(mutant: Mutant, acting: readonly Example[]): Promise<Fate> {
    const { entry } = mutant;
    try {
      if (isEscalation(entry)) return this.ofEscalation(entry, mutant);
      const swap = swapFor(mutant);
      // The contrary of what is always so is noticed by any example in which the entry acts.
      if (!swap) return { kind: 'unknown' };
      // Most are told by the first rows that come to mind; before the others it is asked whether there is one.
      let found: Fate | null = await this.nearby(entry, mutant, swap, acting, FEW_ROWS);
      if (found && this.worth(found) === 3) return found;
      const fate = isRule(entry)
        ? await this.anywhere(entry, mutant, swap, acting)
        : this.isIdle(mutant)
          ? ({ kind: 'equivalent' } as const)
          : null;
      if (fate && fate.kind !== 'unknown' && fate.kind !== 'survives') return fate;
      found = this.better(found, fate);
      if (this.worth(found) < 3)
        found = this.better(found, await this.nearby(entry, mutant, swap, acting, MOST_ROWS));
      return found ?? { kind: 'unknown' };
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return { kind: 'unknown' };
    }
  }

  /** An example that shows an entry at work; null where none is found. */
  async actingExample(entry: Entry): Promise<ExampleBlock | null> {
    if (!isEscalation(entry)) return this.proposer.holding(entry);
    const [first] = rejectionsOf(this.rules, entry, this.trial.books);
    return first?.holds ? first : null;
  }

  /** Beside rows in which the entry acts: those in which the condition fails and nothing else is another. */
  private async nearby(
    entry: Rule | LookUp,
    mutant: Mutant,
    swap: Swap,
    acting: readonly Example[],
    most: number,
  ): Promise<Extract<Fate, { kind: 'survives' }> | null> {
    const condition = conditionsOf(entry).find(({ mutants }) => mutants.includes(mutant));
    if (!condition || !mutant.always) return null;
    let found: Extract<Fate, { kind: 'survives' }> | null = null;
    let left = most;
    for (const { given } of acting.slice(0, MOST_BASES)) {
      for (const row of this.proposer.failing(entry, condition, given)) {
        if (left-- === 0) return found;
        found = this.better(found, await this.told(entry, swap, row, acting));
        if (this.worth(found) === 3) return found;
      }
    }
    return found;
  }

  /** What a row tells of a mutant; null where it is decided the same. */
  private async told(
    entry: Rule | LookUp,
    swap: Swap,
    row: Row,
    acting: readonly Example[],
  ): Promise<Extract<Fate, { kind: 'survives' }> | null> {
    const { trial, proposer } = this;
    const [was] = await trial.decide([row]);
    const is = await trial.decideAs(row, swap);
    if (!was || this.isSame(row, was, is)) return null;
    const given = new Map(Object.entries(row));
    const holds = actsIn(entry, was);
    const wishes = [
      ...(holds ? [] : acting.flatMap(({ expect }) => (expect ? [blockOf(expect)] : []))),
      expectedOf(entry, row),
    ];
    for (const expected of wishes) {
      if (expected.size === 0) continue;
      const example = { given, expected, holds };
      const read = exampleOf(example, entry);
      if ((await proposer.fails(entry, read, null)) || !(await proposer.fails(entry, read, swap))) continue;
      return { kind: 'survives', row, suggestion: { under: entry, example } };
    }
    return { kind: 'survives', row, suggestion: await this.beside(entry, swap, row, was) };
  }

  /** Where only what another rule did not do can tell: an example beside that one. */
  private async beside(
    entry: Rule | LookUp,
    swap: Swap,
    row: Row,
    { acted }: Decision,
  ): Promise<Extract<Fate, { kind: 'survives' }>['suggestion']> {
    if (!isRule(entry)) return null;
    const { proposer } = this;
    const table = this.rules.tables.find(({ rules }) => rules.includes(entry));
    const other = table?.rules.find(({ id }) => id !== entry.id && acted.some((one) => one.id === id));
    if (!other) return null;
    const example = { given: new Map(Object.entries(row)), expected: expectedOf(other, row), holds: true };
    const read = exampleOf(example, other);
    const notices = !(await proposer.fails(other, read, null)) && (await proposer.fails(other, read, swap));
    return notices ? { under: other, example } : null;
  }

  private isSame(row: Row, was: Decision, is: Decision): boolean {
    const { facts } = this.trial.evaluatorOf(row);
    return tellable(was, facts.slots) === tellable(is, facts.slots);
  }

  /** Among all rows there are, by what the conditions say: the first that tells, or that none does. */
  private async anywhere(
    entry: Rule,
    mutant: Mutant,
    swap: Swap,
    acting: readonly Example[],
  ): Promise<Fate | null> {
    const table = this.world.tables.find(({ rules }) => rules.some(({ id }) => id === entry.id));
    const rule = table?.rules.find(({ id }) => id === entry.id);
    if (!table || !rule || !('rule' in swap)) return null;
    const changed = asksOnce(swap.rule);
    const orders =
      mutant.change === 'dropped'
        ? [[rule, changed]]
        : [
            [rule, changed],
            [changed, rule],
          ];
    const parted = (answered: boolean) =>
      orders.map(([before, after]) => this.partedRows(table, rule, before as Rule, after as Rule, answered));
    const isProved = (parts: ReturnType<typeof parted>) =>
      parts.every(({ rows, isAll }) => isAll && rows.length === 0);
    if (isProved(parted(true))) return { kind: 'equivalent' };
    const sayable = parted(false);
    if (isProved(sayable)) return { kind: 'unsayable' };
    const rows = sayable.flatMap((one) => one.rows);
    let found: Fate | null = null;
    for (const solution of rows) {
      found = this.better(found, await this.toldBySolution(entry, mutant, swap, solution, acting));
      if (this.worth(found) === 3) return found;
    }
    return found ?? { kind: 'unknown' };
  }

  /** Rows that reach `after` and not `before`, one for each rule below that decides such rows now. */
  private partedRows(table: RuleTable, rule: Rule, before: Rule, after: Rule, answered: boolean) {
    const at = table.rules.indexOf(rule);
    const isFirst = table.match === 'first';
    const [above, below] = isFirst ? [table.rules.slice(0, at), table.rules.slice(at + 1)] : [[], []];
    const reach = new Reach(
      this.space,
      this.world,
      {
        ...table,
        match: 'first',
        rules: [...above, before, after],
      },
      answered,
    );
    const rows: Solution[] = [];
    let isAll = true;
    const note = (region: Region, by: Rule | null): boolean => {
      if (by && doesSame(by, rule)) return false;
      const solution = reach.rowIn(region);
      if (solution) rows.push(solution);
      else isAll = false;
      return rows.length >= MOST_ROWS;
    };
    const decided = (region: Region): boolean =>
      isFirst
        ? reach.parted(region, below, (next, doubtful, part) => {
            if (doubtful) isAll = false;
            return note(part, doubtful ? null : (below[next] ?? null));
          })
        : note(region, null);
    if (!canDoubt(before) && !canDoubt(after)) reach.each(after, decided);
    else {
      // A number that cannot be read is asked for: that is neither what the rule does, nor what others do.
      const own = above.length;
      if (!reach.isOpen) isAll = false;
      reach.parted(Region.everything, [...above, before, after], (next, doubtful, part) => {
        if (next < own || (next === own && !doubtful)) return false;
        const arrived = reach.arrived(part);
        if (arrived === null) return false;
        return doubtful ? note(arrived, null) : decided(arrived);
      });
    }
    if (rows.length > 0) return { rows, isAll };
    const other = reach.otherwise(after);
    if (other) rows.push(other);
    return { rows, isAll };
  }

  /** What a row that the conditions tell of comes to, written as an example where that is possible. */
  private async toldBySolution(
    entry: Rule,
    mutant: Mutant,
    swap: Swap,
    solution: Solution,
    acting: readonly Example[],
  ): Promise<Fate | null> {
    for (const edited of [false, true]) {
      const witness = witnessOf(solution, edited);
      if (!isExampleRow(witness)) {
        const told = await this.toldByAnswers(mutant, witness);
        if (told) return told;
        continue;
      }
      const base = acting[0]?.given ?? {};
      const own = restrictedTo(witness, entry);
      for (const row of [{ ...base, ...own }, witness, ...this.proposer.varied(witness, writtenBy(entry))]) {
        const fate = await this.told(entry, swap, withoutBlanks(row), acting);
        if (!fate) continue;
        return this.least(entry, swap, fate, acting, Object.keys(own));
      }
    }
    return null;
  }

  /** The same with as few facts as it takes. */
  private async least(
    entry: Rule,
    swap: Swap,
    fate: Extract<Fate, { kind: 'survives' }>,
    acting: readonly Example[],
    tested: readonly string[],
  ): Promise<Extract<Fate, { kind: 'survives' }>> {
    let least = fate;
    for (const fact of Object.keys(fate.row)) {
      if (tested.includes(fact)) continue;
      const { [fact]: _, ...fewer } = least.row;
      const told = await this.told(entry, swap, fewer, acting);
      if (told && this.worth(told) === this.worth(least)) least = told;
    }
    return least;
  }

  /** A row with an answer in it that no example can give: decided by both rule sets. */
  private async toldByAnswers(mutant: Mutant, witness: Row): Promise<Fate | null> {
    const { world, rules } = this;
    const { entry, as } = mutant;
    const tables = rules.tables.map((table) => ({
      ...table,
      rules: table.rules.map((rule) => (rule === entry && as && isRule(as) ? as : rule)),
    }));
    const [was, is] = [
      await decided(rules, world.books, witness),
      await decided({ ...rules, tables }, world.books, witness),
    ];
    const told = [was, is].map(({ evaluator }) => tellable(evaluator.decision(0), evaluator.facts.slots));
    return told[0] === told[1] ? null : { kind: 'survives', row: witness, suggestion: null };
  }

  /** Whether a look-up with fewer conditions is the one for no row that it is not the one for already. */
  private isIdle({ as }: Mutant): boolean {
    if (as === null || isRule(as) || isEscalation(as)) return false;
    return !this.lookUps.reaches(as, [...this.rules.lookUps, as]);
  }

  private ofEscalation(entry: Escalation, { change, as }: Mutant): Fate {
    const { rules, trial } = this;
    if (change === 'negated' || !as || !isEscalation(as)) return { kind: 'unknown' };
    const changed = withEscalation(rules, entry, as);
    for (const block of rejectionsOf(rules, entry, trial.books)) {
      const { carrier = '', text = '' } = Object.fromEntries(block.given) as Row;
      const read = { carrier, text, expect: block.holds, place: entry.place };
      if (
        judgeRejection(entry, read, rules, trial.books) ||
        !judgeRejection(entry, read, changed, trial.books)
      )
        continue;
      return { kind: 'survives', row: { carrier, text }, suggestion: { under: entry, example: block } };
    }
    // More categories at once only bring more rows that may come first.
    const carriers = [null, ...trial.books.carriers.names()];
    const categories = [[], ...rules.categories.map(({ id }) => [id])];
    const differs = ({ carrier, categories }: RejectionFacts) =>
      decides(rules.escalations, { carrier, categories }, trial.books)?.id !==
      decides(changed.escalations, { carrier, categories }, trial.books)?.id;
    const isOther = carriers.some((carrier) =>
      categories.some((one) => differs({ carrier, categories: one })),
    );
    return { kind: isOther ? 'unknown' : 'equivalent' };
  }
}

/** Whether two rules make the same of a row, as far as an example can tell. A flag names its rule. */
function doesSame(one: Rule, other: Rule): boolean {
  const flags = one.then.some((action) => action.do === 'flag');
  return !flags && JSON.stringify(one.then) === JSON.stringify(other.then);
}

/** The cells that a rule writes: where it writes what stands there, nothing shows. */
function writtenBy(rule: Rule): string[] {
  return writingsOf(rule).map(({ field }) => field);
}

/** Whether an example can give a row: no answer is in it but that there is none. */
function isExampleRow(witness: Row): boolean {
  return !Object.keys(witness).some((fact) => fact.startsWith(ANSWERED));
}

function withoutBlanks(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([fact, text]) => text !== '' || fact.startsWith(EDITED)),
  );
}

function blockOf(value: Readonly<Record<string, unknown>>): ExampleBlock['given'] {
  return new Map(Object.entries(value).map(([key, item]) => [key, yamlOf(item)]));
}

function yamlOf(value: unknown): string | readonly string[] | ExampleBlock['given'] {
  if (Array.isArray(value)) return value.map(String);
  return value !== null && typeof value === 'object'
    ? blockOf(value as Record<string, unknown>)
    : String(value);
}
