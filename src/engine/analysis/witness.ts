/** A row of a region as people can write it down, and what the rules really make of it. */
import { comparedFacts } from '../conditions.ts';
import type { Evaluator } from '../decide.ts';
import { ANSWERED, EDITED, NONE, type RowInput } from '../decision.ts';
import { testsOf } from '../evaluate.ts';
import { decideGiven, rowGiven } from '../examples.ts';
import { ANY_CELL, type Books, type RowState } from '../facts.ts';
import type { Rule, RuleSet, RuleTable } from '../rule.ts';
import type { Solution } from './solve.ts';
import { members } from './texts.ts';
import { cellsUnder, isCell, type World, writingsOf } from './world.ts';

/**
 * A row, fact by fact, as an example gives it; a blank is a blank. `edited.<field>` is written over a cell by
 * hand, `answered.<field>` is the answer to a task, and `(none)` is somebody's word that there is none.
 */
export type Witness = Readonly<Record<string, string>>;

/** What a table makes of a row. */
interface Meeting {
  readonly table: RuleTable;
  readonly acted: readonly Rule[];
  /** Whether no rule of it so much as asks for something. */
  readonly undecided: boolean;
  readonly deeds: readonly Written[];
}

/** What a rule writes to a cell, or keeps there. */
interface Written {
  readonly rule: string;
  readonly field: string;
  /** Null where it rests on other rows too. */
  readonly text: string | null;
}

/**
 * A row of a region.
 * @param edited what people may have written they have written; else it stands in the file as far as it can
 */
export function witnessOf({ texts, other }: Solution, edited: boolean): Witness {
  const cells = new Map<string, string>();
  const edits = new Map<string, string>();
  const facts = new Map<string, string>();
  const none = new Set<string>();
  for (const [{ kind, fact }, text] of texts) {
    if (kind === 'cell') cells.set(fact, text);
    else if (kind === 'edit') edits.set(fact, text);
    else if (kind === 'answer') facts.set(ANSWERED + fact, text);
    else if (kind === 'fact') facts.set(fact, text);
    else if (text === 'yes') none.add(fact);
  }
  for (const [field, text] of edits) {
    if (!cells.has(field)) cells.set(field, text);
    if (none.has(field)) continue;
    if (edited || cells.get(field) !== text) facts.set(EDITED + field, text);
  }
  for (const fact of none) {
    if (!isCell(fact)) facts.set(fact, NONE);
    // What the file says was emptied before somebody said that there is none.
    else if (!edited && (cells.get(fact) ?? '').trim() === '') cells.set(fact, NONE);
    else facts.set(EDITED + fact, NONE);
  }
  if (other !== null) facts.set(ANY_CELL, other);
  return Object.fromEntries([...cells, ...facts]);
}

/** The facts of a row that a rule rests on. */
export function restrictedTo(witness: Witness, rule: Rule): Witness {
  const read = testsOf(rule).flatMap(({ fact, op }) => [fact, ...comparedFacts(op)]);
  // A number with its prefix is the same number whatever the country says.
  const isWhole = witness.phoneNumber?.startsWith('+') === true;
  const under = (fact: string) => cellsUnder(fact).filter((cell) => !(isWhole && cell === 'country'));
  const facts = new Set(read.flatMap((fact) => [fact, ...(isCell(fact) ? [] : under(fact))]));
  const kept = Object.entries(witness).filter(([fact]) =>
    facts.has(fact.replace(/^(edited|answered)\./, '')),
  );
  return Object.fromEntries(kept);
}

/** A row as findings show it. */
export interface Shown {
  readonly witness: Witness;
  /** What the engine makes of it; null where it was not asked, for there was too much to ask. */
  readonly met: readonly Meeting[] | null;
}

/** Rows decided for findings: with so many rules times rows nobody waits for more. */
const MOST_WORK = 100_000;
const FEWEST = 40;

/** Asks the real engine about rows, as long as that takes no longer than the analysis itself. */
export class Engine {
  private readonly world: World;
  private left: number;
  private readonly order: ReadonlySet<string>;
  private readonly writes: ReadonlySet<string>;

  constructor(world: World) {
    this.world = world;
    const rules = world.tables.flatMap((table) => table.rules);
    this.left = Math.max(FEWEST, Math.ceil(MOST_WORK / (rules.length + 1)));
    this.order = new Set(rules.flatMap(testsOf).map(({ fact }) => fact));
    this.writes = new Set(
      rules.flatMap(writingsOf).flatMap(({ kind, field }) => (kind === 'keep' ? [] : [field])),
    );
  }

  /** A row with the facts first that a rule tests, then in the order in which rules name them. */
  inOrder(witness: Witness, rule: Rule | null): Witness {
    const facts = new Set([...(rule ? testsOf(rule).map(({ fact }) => fact) : []), ...this.order]);
    const given = [...facts, ...Object.keys(witness)].filter((fact) => Object.hasOwn(witness, fact));
    return Object.fromEntries(given.map((fact) => [fact, witness[fact] as string]));
  }

  /** What every table makes of a row; tables that the row does not get to are left out. Null: not asked. */
  async meet(witness: Witness): Promise<readonly Meeting[] | null> {
    if (this.left <= 0) return null;
    this.left--;
    return meetings(this.world, witness);
  }

  /**
   * The way of writing a row of a region down for which something is so, without the facts that do not matter:
   * those for which it is so with and without a text. Null where the engine says that it is not.
   * @param tested facts that stay, whether they matter or not
   */
  async show(
    row: Solution,
    tested: readonly string[],
    isSo: (met: readonly Meeting[]) => boolean,
  ): Promise<Shown | null> {
    for (const edited of [false, true]) {
      const witness = witnessOf(row, edited);
      const met = await this.meet(witness);
      if (met === null) {
        // Unasked, a row is written down so that no rule can have changed it.
        const isPlain = !Object.keys(witness).some((fact) => this.writes.has(fact));
        return { witness: isPlain ? witness : witnessOf(row, true), met: null };
      }
      if (isSo(met)) return this.least(row, { witness, met }, tested, isSo);
    }
    return null;
  }

  private async least(
    row: Solution,
    shown: Shown,
    tested: readonly string[],
    isSo: (met: readonly Meeting[]) => boolean,
  ): Promise<Shown> {
    let least = shown;
    for (const fact of Object.keys(shown.witness)) {
      const { [fact]: text = '', ...fewer } = least.witness;
      if (text === NONE || tested.includes(fact)) continue;
      const others = text.trim() === '' ? otherThanBlank(row, fact) : [''];
      let met: Shown['met'] = others.length > 0 ? await this.meet(fewer) : null;
      for (const other of others) {
        const changed = met && isSo(met) ? await this.meet({ ...fewer, [fact]: other }) : null;
        if (!changed || !isSo(changed)) met = null;
      }
      if (met && isSo(met)) least = { witness: fewer, met };
    }
    // Where nothing matters, any row is an example.
    return Object.keys(least.witness).length > 0 ? least : shown;
  }
}

/** Texts that a fact may have in place of a blank: one that rules name, if any does, and one that none does. */
function otherThanBlank({ texts }: Solution, fact: string): string[] {
  const bare = fact.replace(/^(edited|answered)\./, '');
  const variable = [...texts.keys()].find((one) => one.fact === bare && one.kind !== 'none');
  if (!variable) return [];
  const all = [...members(variable.domain, variable.pool.texts.length)].map((id) => variable.pool.texts[id]);
  const given = all.filter((text): text is string => text !== undefined && text.trim() !== '');
  return [...new Set([given[0], given.at(-1)])].filter((text) => text !== undefined);
}

/** A row decided, its questions answered as they come up. */
export async function decided(
  rules: RuleSet,
  books: Books,
  witness: Witness,
): Promise<{ evaluator: Evaluator; input: RowInput }> {
  return decideGiven(rules, asGiven(rules, witness), books);
}

/** A witness as an example gives it: it names its layout where there is no other way to tell. */
export function asGiven(rules: RuleSet, witness: Witness): Witness {
  // Of the customer, a blank is an answer; what is not known is not there.
  const isKnown = ([fact, text]: [string, string]) => !fact.startsWith('customer.') || text.trim() !== '';
  const given = Object.fromEntries(Object.entries(witness).filter(isKnown));
  // A row has one of the layouts there are.
  const layouts = rules.layouts.layouts.map(({ id }) => id);
  const isOne = layouts.includes(rowGiven(given).table.layout);
  return layouts[0] === undefined || isOne ? given : { ...given, system: layouts[0] };
}

async function meetings(world: World, witness: Witness): Promise<Meeting[]> {
  const { evaluator } = await decided(world.rules, world.books, witness);
  const met: Meeting[] = [];
  const byFile = new Map(world.tables.map((one) => [one.file, one]));
  await evaluator.replay(0, (_, { file }, row, cell) => {
    const acted = cell.filter(({ unreadable }) => unreadable.length === 0).map(({ rule }) => rule);
    const deeds = acted.flatMap((rule) => writtenBy(rule, evaluator, row));
    met.push({ table: byFile.get(file) as RuleTable, acted, undecided: cell.length === 0, deeds });
  });
  return met;
}

/** What a rule writes to a row as a stage finds it, in the order of its actions. */
function writtenBy(rule: Rule, { reader, facts }: Evaluator, row: RowState): Written[] {
  return writingsOf(rule).flatMap(({ field, kind, from }): Written[] => {
    const wrote = (text: string | null) => [{ rule: rule.id, field, text }];
    if (kind === 'lowest') return wrote(null);
    if (kind === 'set') return wrote(from);
    if (kind === 'clear') return wrote('');
    const text = reader.text(kind === 'keep' ? field : from, row);
    const isWritten = kind === 'keep' || text.trim() !== '' || facts.confirmedNone(from, row);
    return isWritten ? wrote(text) : [];
  });
}
