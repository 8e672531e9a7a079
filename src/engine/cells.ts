/**
 * Decision cells. Every test compares one fact with constants, so a fact's values fall into a few
 * classes, and rows in the same classes get the same verdicts. A trie finds a row's cell, asking a
 * fact only while a rule that is still possible mentions it; json-rules-engine judges each cell once.
 */
import { type Axis, comparedFacts, makeAxis, type Outcome, type Reader } from './conditions.ts';
import { judge, testsOf, type Verdict } from './evaluate.ts';
import type { Facts, RowState } from './facts.ts';
import type { Rule, RuleTable, Test } from './rule.ts';

/** What all rows of a cell have in common: the rules that act on them, in order. */
export type Cell = readonly Verdict[];

/** Finds out which rules of a table act on a row. */
export interface Judge {
  readonly table: RuleTable;
  /** How many times json-rules-engine has judged. */
  readonly judged: number;
  /** Told of a plain row before rows come. */
  begin(row: RowState): void;
  /** What acts on a row, or null where that is not known: then `learn` it. */
  find(row: RowState): Cell | null;
  learn(row: RowState): Promise<Cell>;
}

interface Node {
  /** The fact to ask next; null at a cell. */
  readonly axis: Axis | null;
  /** Rules whose tests have all been answered and none was false. */
  readonly candidates: readonly Rule[];
  readonly known: ReadonlyMap<Test, Outcome>;
  readonly live: readonly Rule[];
  /** Indexed by class: classes are small numbers. */
  readonly byClass: (Node | undefined)[];
  readonly byOutcomes: Map<string, Node>;
  cell: Cell | null;
}

/** The cells of one rule table, found as rows come. */
export class Cells implements Judge {
  readonly table: RuleTable;
  private readonly facts: Facts;
  private readonly reader: Reader;
  private readonly axes = new Map<Test, Axis>();
  /** Where each test stands among those of its axis. */
  private readonly places = new Map<Test, number>();
  private readonly root: Node;
  private start: Node;
  /** How many cells json-rules-engine has judged. */
  judged = 0;

  constructor(table: RuleTable, facts: Facts, reader: Reader) {
    this.table = table;
    this.facts = facts;
    this.reader = reader;
    const groups = new Map<string, Test[]>();
    for (const test of table.rules.flatMap(testsOf)) {
      const name = [test.fact, ...comparedFacts(test.op).sort()].join(' ~ ');
      const group = groups.get(name);
      if (group) group.push(test);
      else groups.set(name, [test]);
    }
    for (const tests of groups.values()) {
      const axis = makeAxis(tests, facts, reader);
      for (const [at, test] of tests.entries()) {
        this.axes.set(test, axis);
        this.places.set(test, at);
      }
    }
    this.root = this.makeNode(table.rules, new Map());
    this.start = this.root;
  }

  /**
   * Asks what reads the same in every plain row (the layout, the customer, fields the file lacks) once,
   * ahead of the rows to come. `row` is any plain row.
   */
  begin(row: RowState): void {
    this.start = this.root;
    while (this.start.axis?.isSteady()) this.start = this.below(this.start, this.start.axis, row);
  }

  /** The cell a row falls into, or null where no row fell into it before: then `learn` it. */
  find(row: RowState): Cell | null {
    let node: Node | undefined = this.facts.isPlain(row) ? this.start : this.root;
    while (node !== undefined && node.axis !== null) node = node.byClass[node.axis.classify(row)];
    return node === undefined ? null : node.cell;
  }

  /** The cell of a row, judged now if it is new. */
  async learn(row: RowState): Promise<Cell> {
    let node = this.root;
    while (node.axis) node = this.below(node, node.axis, row);
    if (!node.cell) {
      const verdicts = await judge(node.candidates, row, this.reader);
      this.judged++;
      if (verdicts.length !== node.candidates.length) {
        throw new Error(`the cell and json-rules-engine disagree on a row of ${this.table.file}`);
      }
      node.cell = this.table.match === 'first' ? verdicts.slice(0, 1) : verdicts;
    }
    return node.cell;
  }

  private below(node: Node, axis: Axis, row: RowState): Node {
    const cls = axis.classify(row);
    let next = node.byClass[cls];
    if (!next) {
      next = this.branch(node, axis, cls);
      node.byClass[cls] = next;
    }
    return next;
  }

  /** The node below for a class. Classes that no living rule tells apart share one. */
  private branch(node: Node, axis: Axis, cls: number): Node {
    const outcomes = axis.outcomes(cls);
    // What is known of rules that have fallen is no matter any more.
    const known = new Map<Test, Outcome>();
    let signature = '';
    for (const test of new Set(node.live.flatMap(testsOf))) {
      const here = this.axes.get(test) === axis;
      const outcome = here ? outcomes[this.places.get(test) as number] : node.known.get(test);
      if (here) signature += `${String(outcome)},`;
      if (outcome !== undefined) known.set(test, outcome);
    }
    let next = node.byOutcomes.get(signature);
    if (!next) {
      next = this.makeNode(node.live, known);
      node.byOutcomes.set(signature, next);
    }
    return next;
  }

  private makeNode(rules: readonly Rule[], known: ReadonlyMap<Test, Outcome>): Node {
    const candidates: Rule[] = [];
    const live: Rule[] = [];
    const pending: Test[] = [];
    for (const rule of rules) {
      const tests = openTests(rule, known);
      if (tests === null) continue;
      live.push(rule);
      pending.push(...tests);
      if (tests.length > 0) continue;
      candidates.push(rule);
      // In a `first` table the first rule that stands decides, once all before it have fallen.
      if (this.table.match === 'first' && pending.length === 0) break;
    }
    // What is the same in all rows costs nothing to ask, and leaves fewer rules to ask the rows about.
    const next = pending.find((test) => this.axes.get(test)?.isSteady()) ?? pending[0];
    const axis = next === undefined ? null : (this.axes.get(next) as Axis);
    const cell: Cell | null = axis === null && candidates.length === 0 ? NOTHING : null;
    return { axis, candidates, known, live, byClass: [], byOutcomes: new Map(), cell };
  }
}

const NOTHING: Cell = [];

/** The tests that may still decide about a rule, in order; none where it stands; null where it has fallen. */
function openTests(rule: Rule, known: ReadonlyMap<Test, Outcome>): Test[] | null {
  const open: Test[] = [];
  for (const test of rule.when) {
    const outcome = known.get(test);
    if (outcome === false) return null;
    if (outcome === undefined) open.push(test);
  }
  if (rule.whenAny.length === 0) return open;
  let held = false;
  let possible = false;
  const asked: Test[] = [];
  for (const block of rule.whenAny) {
    const outcomes = block.map((test) => known.get(test));
    if (outcomes.includes(false)) continue;
    possible = true;
    if (outcomes.every((outcome) => outcome === true)) held = true;
    asked.push(...block.filter((_, at) => outcomes[at] === undefined));
  }
  if (!possible) return null;
  return held ? open : [...open, ...asked];
}
