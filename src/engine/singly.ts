/**
 * Rows judged one by one, for few rows under many rules: the rows of examples. Finding cells and having them judged
 * costs more than it saves where hardly two rows are alike. A rule may be looked at as if it said something else.
 */
import type { Cell, Judge } from './cells.ts';
import { type Outcome, opHolds, type Reader } from './conditions.ts';
import { unreadableFacts, type Verdict } from './evaluate.ts';
import { ANY_CELL, type RowState } from './facts.ts';
import type { Rule, RuleTable, Test } from './rule.ts';

/** Tables with fewer rules than that are gone through from the top. */
const FEW = 12;

/** The rules of a table by what they want one fact to be. */
interface Index {
  readonly fact: string;
  readonly byKey: ReadonlyMap<string, readonly number[]>;
  /** Those that say nothing of it. */
  readonly others: readonly number[];
}

/** Tables are gone through for many groups of rows; what is known of one serves them all. */
const indexes = new WeakMap<RuleTable, Index | null>();
const places = new WeakMap<RuleTable, ReadonlyMap<string, number>>();

/** Where a rule stands in a table; -1 if elsewhere. */
function placeIn(table: RuleTable, { id }: Rule): number {
  let known = places.get(table);
  if (!known) {
    known = new Map(table.rules.map((rule, at) => [rule.id, at]));
    places.set(table, known);
  }
  return known.get(id) ?? -1;
}

/** What acts on nothing. */
const NOTHING: Cell = [];

/** Judges the rows of one table by going through its rules: all of them, or where there are many, those that an index leaves. */
export class Singly implements Judge {
  readonly table: RuleTable;
  readonly judged = 0;
  private readonly reader: Reader;
  private readonly cells = new Map<string, Cell>();
  private swapped: { readonly at: number; readonly as: Rule } | null = null;

  constructor(table: RuleTable, reader: Reader) {
    this.table = table;
    this.reader = reader;
  }

  begin(): void {}

  /** Looks at a rule as if it were another one, or at all as they are. */
  swap(rule: Rule | null): void {
    const at = rule === null ? -1 : this.placeOf(rule);
    this.swapped = rule === null || at < 0 ? null : { at, as: rule };
  }

  /** Where a rule stands in the table; -1 if elsewhere. */
  placeOf(rule: Rule): number {
    return placeIn(this.table, rule);
  }

  find(row: RowState): Cell {
    const isFirst = this.table.match === 'first';
    let key = '';
    let verdicts: Verdict[] | null = null;
    for (const at of this.candidates(row)) {
      const rule = at === this.swapped?.at ? this.swapped.as : (this.table.rules[at] as Rule);
      const verdict = this.verdict(rule, row);
      if (verdict === null) continue;
      verdicts ??= [];
      verdicts.push(verdict);
      key += verdict.unreadable.length === 0 ? `${at} ` : `${at}? ${verdict.unreadable.join('?')} `;
      if (isFirst) break;
    }
    if (verdicts === null) return NOTHING;
    if (this.swapped) return verdicts;
    // Paths of rows are told by their cells: alike rows share one.
    const known = this.cells.get(key);
    if (known) return known;
    this.cells.set(key, verdicts);
    return verdicts;
  }

  async learn(row: RowState): Promise<Cell> {
    return this.find(row);
  }

  /** What a rule, of this table or not, makes of a row; null where it does not hold. */
  verdict(rule: Rule, row: RowState): Verdict | null {
    let outcome = this.allHold(rule.when, row);
    if (outcome === false) return null;
    if (rule.whenAny.length > 0) {
      let any: Outcome = false;
      for (const block of rule.whenAny) {
        const one = this.allHold(block, row);
        if (one === true) any = true;
        else if (one === 'unreadable' && any === false) any = one;
      }
      if (any === false) return null;
      if (any === 'unreadable') outcome = any;
    }
    if (outcome === true) return { rule, unreadable: [] };
    return { rule, unreadable: unreadableFacts(rule, row, this.reader) };
  }

  private allHold(tests: readonly Test[], row: RowState): Outcome {
    let outcome: Outcome = true;
    for (const test of tests) {
      const one = this.holds(test, row);
      if (one === false) return false;
      if (one === 'unreadable') outcome = one;
    }
    return outcome;
  }

  private holds(test: Test, row: RowState): Outcome {
    if (test.fact === ANY_CELL) return this.reader.holds(test, row);
    const { reader } = this;
    return opHolds(test.op, reader.readKnown(test.fact, row), (other) => reader.readKnown(other, row));
  }

  /** The rules that may hold for a row, in their order. */
  private candidates(row: RowState): Iterable<number> {
    const index = this.index();
    if (index === null) return this.table.rules.keys();
    const named = index.byKey.get(this.reader.readKnown(index.fact, row).key) ?? [];
    // A rule looked at as another one may want something else of the fact.
    const swapped = this.swapped === null ? [] : [this.swapped.at];
    return [...new Set([...named, ...index.others, ...swapped])].sort((a, b) => a - b);
  }

  private index(): Index | null {
    let index = indexes.get(this.table);
    if (index === undefined) {
      index = indexOf(this.table);
      indexes.set(this.table, index);
    }
    return index;
  }
}

/** An index by the fact of which most rules say what it must be; null where it would not help. */
function indexOf({ rules }: RuleTable): Index | null {
  if (rules.length < FEW) return null;
  const wanted = (rule: Rule, fact: string) =>
    rule.when.flatMap(({ fact: one, op }) => (one === fact && op.kind === 'equals' ? [op.keys] : []))[0];
  const votes = new Map<string, number>();
  for (const { when } of rules)
    for (const { fact, op } of when)
      if (op.kind === 'equals' && fact !== ANY_CELL) votes.set(fact, (votes.get(fact) ?? 0) + 1);
  const [most] = [...votes].sort((a, b) => b[1] - a[1]);
  if (!most || most[1] * 2 < rules.length) return null;
  const [fact] = most;
  const byKey = new Map<string, number[]>();
  const others: number[] = [];
  for (const [at, rule] of rules.entries()) {
    const keys = wanted(rule, fact);
    if (keys === undefined) others.push(at);
    for (const key of new Set(keys)) {
      const list = byKey.get(key);
      if (list) list.push(at);
      else byKey.set(key, [at]);
    }
  }
  return { fact, byKey, others };
}
