/**
 * The analysis without any thought: every row there is, of a few texts a fact, decided by the real engine,
 * with everything that people may have said of it. What no row shows is not there.
 */

import { decided, type Witness } from '../../../src/engine/analysis/witness.ts';
import { Evaluator, makeBooks } from '../../../src/engine/decide.ts';
import type { Answer, Decision } from '../../../src/engine/decision.ts';
import type { Rule, RuleSet, RuleTable, Stage } from '../../../src/engine/rule.ts';
import { sameOutcome } from '../../../src/engine/what-changes.ts';
import { tableOf } from '../../table-of.ts';

export interface Seen {
  /** Rules that acted. */
  readonly acted: Set<string>;
  /** `first` tables that left a row undecided of which nobody had said anything. */
  readonly undecided: Set<string>;
  /** `field first-rule second-rule`. */
  readonly clashes: Set<string>;
}

/** What a cell of the file may hold, and what somebody may write over it (null: nobody does). */
export interface Texts {
  readonly cells: Readonly<Record<string, readonly string[]>>;
  readonly edits: Readonly<Record<string, readonly (string | null)[]>>;
  readonly customers: readonly Readonly<Record<string, string>>[];
  readonly systems: readonly string[];
}

interface Row {
  readonly cells: readonly string[];
  readonly edits: Readonly<Record<string, string>>;
}

/** All choices of one item from each list. */
function product<Item>(lists: readonly (readonly Item[])[]): Item[][] {
  return lists.reduce<Item[][]>(
    (all, list) => all.flatMap((one) => list.map((item) => [...one, item])),
    [[]],
  );
}

export async function everyRow(rules: RuleSet, texts: Texts): Promise<Seen> {
  const seen: Seen = { acted: new Set(), undecided: new Set(), clashes: new Set() };
  const fields = Object.keys(texts.cells);
  const rows = rowsOf(texts);
  for (const system of texts.systems) {
    for (const customer of texts.customers) {
      await look(rules, fields, rows, system, customer, seen);
    }
  }
  return seen;
}

function rowsOf(texts: Texts): Row[] {
  const edited = Object.keys(texts.edits);
  return product(Object.values(texts.cells)).flatMap((cells) =>
    product(Object.values(texts.edits)).map((written): Row => {
      const edits: Record<string, string> = {};
      for (const [at, text] of written.entries()) if (text !== null) edits[edited[at] as string] = text;
      return { cells, edits };
    }),
  );
}

/** Notes what the engine makes of one row more. */
export async function alsoRow(rules: RuleSet, witness: Witness, seen: Seen): Promise<void> {
  const { evaluator, input } = await decided(rules, makeBooks(rules), witness);
  const isSilent = Object.entries(witness).every(
    ([fact, text]) => text !== '(none)' && !/^(edited|answered)\./.test(fact),
  );
  await note(evaluator, 0, { cells: [], edits: input.edits }, isSilent, seen);
}

async function look(
  rules: RuleSet,
  fields: readonly string[],
  rows: readonly Row[],
  system: string,
  customer: Readonly<Record<string, string>>,
  seen: Seen,
): Promise<void> {
  const table = tableOf(fields, cellsOf(rows), system);
  const context = { customer: new Map(Object.entries(customer)), references: new Map(), batch: null };
  const evaluator = new Evaluator(rules, table, context, makeBooks(rules));
  const saysNone = Object.values(customer).some((text) => text.trim() === '');
  const answers = new Map<number, Answer[]>();
  await evaluator.decideAll(inputsOf(rows, answers));
  for (const [index, row] of rows.entries()) {
    const silent = Object.keys(row.edits).length === 0 && !saysNone;
    await note(evaluator, index, row, silent, seen);
  }
  // Whoever is asked may say that there is none, until nothing new is asked.
  for (let round = 0; round < 4; round++) {
    const touched: number[] = [];
    for (const index of rows.keys()) {
      if (answerNone(evaluator.decision(index), index, answers)) touched.push(index);
    }
    if (touched.length === 0) break;
    await evaluator.redecide(inputsOf(rows, answers), touched);
    for (const index of touched) await note(evaluator, index, rows[index] as Row, false, seen);
  }
}

function factsAnswered({ answered }: Decision): string {
  const facts = answered.flatMap(({ task }) => (task.kind === 'ask' ? [task.for[0]?.field] : []));
  return [...new Set(facts)].sort().join();
}

function isAskedAgain({ tasks }: Decision, given: readonly Answer[] = []): boolean {
  const asked = tasks.filter(({ kind }) => kind === 'ask').map((task) => task.for[0]?.field ?? '');
  return asked.some((field) => given.some(({ values }) => Object.hasOwn(values, field)));
}

/** The decisions about rows of which nobody has said anything. */
export async function decideRows(rules: RuleSet, rows: readonly Parted['cells'][]): Promise<Decision[]> {
  const fields = Object.keys(rows[0] ?? {});
  const plain = rows.map((cells) => ({ cells: fields.map((field) => cells[field] ?? ''), edits: {} }));
  const context = { customer: new Map(), references: new Map(), batch: null };
  const evaluator = new Evaluator(rules, tableOf(fields, cellsOf(plain), 'one'), context, makeBooks(rules));
  await evaluator.decideAll(new Map());
  return rows.map((_, index) => evaluator.decision(index));
}

/** Answers the open questions of a row with "there is none". Whether there were any that had not been. */
function answerNone(decision: Decision, index: number, answers: Map<number, Answer[]>): boolean {
  const given = answers.get(index) ?? [];
  const open = decision.tasks
    .filter((task) => task.kind === 'ask' && task.scope === 'row')
    .filter((task) => !given.some((one) => one.task === task.key && one.restsOn === task.restsOn));
  if (open.length === 0) return false;
  const none = open.map((task) => ({
    task: task.key,
    restsOn: task.restsOn,
    values: { [task.for[0]?.field ?? '']: '' },
  }));
  answers.set(index, [...given, ...none]);
  return true;
}

const cellsOf = (rows: readonly Row[]) => rows.map(({ cells }) => cells);

function inputsOf(rows: readonly Row[], answers: ReadonlyMap<number, readonly Answer[]>) {
  return new Map(
    rows.flatMap(({ edits }, index) => {
      const given = answers.get(index) ?? [];
      return Object.keys(edits).length + given.length === 0
        ? []
        : [[index, { answers: given, edits, excluded: null }] as const];
    }),
  );
}

interface Deed {
  readonly rule: string;
  readonly kind: string;
  readonly text: string;
}

/** Notes what a row shows. */
async function note(
  evaluator: Evaluator,
  index: number,
  { edits }: Row,
  silent: boolean,
  seen: Seen,
): Promise<void> {
  const standing = new Map<string, Deed[]>();
  let now: Stage | null = null;
  let here: [string, Deed][] = [];
  const close = () => {
    settle(here, standing, seen);
    here = [];
  };
  await evaluator.replay(index, (stage, table: RuleTable, row, cell) => {
    if (stage !== now) close();
    now = stage;
    if (table.match === 'first' && cell.length === 0 && silent) seen.undecided.add(table.file);
    for (const { rule, unreadable } of cell) {
      if (unreadable.length > 0) continue;
      seen.acted.add(rule.id);
      for (const [field, kind, text] of deedsOf(rule, evaluator, row)) {
        if (!(field in edits) && !row.none?.has(field)) here.push([field, { rule: rule.id, kind, text }]);
      }
    }
  });
  close();
}

function settle(here: readonly [string, Deed][], standing: Map<string, Deed[]>, seen: Seen): void {
  const clash = (field: string, a: Deed, b: Deed) => {
    if (a.rule !== b.rule && a.text !== b.text) seen.clashes.add(`${field} ${a.rule} ${b.rule}`);
  };
  for (const [at, [field, second]] of here.entries()) {
    for (const [other, first] of here.slice(0, at)) {
      if (other !== field || (first.kind === 'keep' && second.kind === 'keep')) continue;
      if (first.kind === 'clear' && second.kind !== 'keep') continue;
      clash(field, first, second);
    }
    if (second.kind === 'keep') continue;
    for (const first of standing.get(field) ?? []) if (first.kind !== 'clear') clash(field, first, second);
  }
  for (const [field, deed] of here) {
    const before = standing.get(field) ?? [];
    standing.set(field, deed.kind === 'keep' ? [...before, deed] : [deed]);
  }
}

function deedsOf(
  rule: Rule,
  { reader, facts }: Evaluator,
  row: Parameters<Evaluator['reader']['text']>[1],
): [field: string, kind: string, text: string][] {
  return rule.then.flatMap((action): [string, string, string][] => {
    switch (action.do) {
      case 'keep':
        return action.fields.map((field) => [field, 'keep', reader.text(field, row)]);
      case 'clear':
        return action.fields.map((field) => [field, 'clear', '']);
      case 'set':
        return action.values.map(([field, text]) => [field, 'set', text]);
      case 'copy':
        return action.pairs.flatMap(([field, fact]): [string, string, string][] => {
          const text = reader.text(fact, row);
          return text.trim() !== '' || facts.confirmedNone(fact, row) ? [[field, 'copy', text]] : [];
        });
      default:
        return [];
    }
  });
}

/** A row that two rule sets decide differently, with what each says of it. */
export interface Parted {
  readonly cells: Readonly<Record<string, string>>;
  readonly edits: Readonly<Record<string, string>>;
  readonly customer: Readonly<Record<string, string>>;
  /** Whether anybody has answered anything by then. */
  readonly answered: boolean;
  readonly decisions: readonly [Decision, Decision];
}

/** Every row that two rule sets decide differently, people having said what they like. */
export async function everyParting(before: RuleSet, after: RuleSet, texts: Texts): Promise<Parted[]> {
  const found: Parted[] = [];
  const fields = Object.keys(texts.cells);
  const rows = rowsOf(texts);
  for (const system of texts.systems) {
    for (const customer of texts.customers) {
      const context = { customer: new Map(Object.entries(customer)), references: new Map(), batch: null };
      const sides = [before, after].map((rules) => ({
        evaluator: new Evaluator(rules, tableOf(fields, cellsOf(rows), system), context, makeBooks(rules)),
        answers: new Map<number, Answer[]>(),
      }));
      let left = [...rows.keys()];
      for (let round = 0; round < 4 && left.length > 0; round++) {
        for (const { evaluator, answers } of sides) {
          if (round === 0) await evaluator.decideAll(inputsOf(rows, answers));
          else await evaluator.redecide(inputsOf(rows, answers), left);
        }
        const again: number[] = [];
        for (const index of left) {
          const [old, now] = sides.map(({ evaluator }) => evaluator.decision(index)) as [Decision, Decision];
          const { cells, edits } = rows[index] as Row;
          // An answer that counts no more rested on what another answer has changed: that is no other decision.
          const counted = sides.map(({ evaluator }) => factsAnswered(evaluator.decision(index)));
          if (
            counted[0] !== counted[1] ||
            sides.some(({ evaluator, answers }) =>
              isAskedAgain(evaluator.decision(index), answers.get(index)),
            )
          )
            continue;
          if (!sameOutcome(old, now)) {
            const named = Object.fromEntries(fields.map((field, at) => [field, cells[at] as string]));
            found.push({ cells: named, edits, customer, answered: round > 0, decisions: [old, now] });
            continue;
          }
          // Each side's question has a name of its own.
          const asked = sides.map(({ answers }, side) => answerNone(side === 0 ? old : now, index, answers));
          if (asked.includes(true)) again.push(index);
        }
        left = again;
      }
    }
  }
  return found;
}
