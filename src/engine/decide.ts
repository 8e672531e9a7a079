/** The pipeline: stages in order over all rows, until every answer that counts has been counted. */
import { type Cell, Cells, type Judge } from './cells.ts';
import { comparedFacts, Reader } from './conditions.ts';
import type { Answer, Change, Decision, Flag, RowInput, Task } from './decision.ts';
import { testsOf } from './evaluate.ts';
import { ANY_CELL, type Books, type Context, Facts, isBlank, normalise, type RowState } from './facts.ts';
import { CarrierBook, CountryBook } from './names.ts';
import { compareNumbers } from './number.ts';
import {
  type Action,
  type Answerable,
  BY_CARRIER,
  type LookUp,
  type Rule,
  type RuleSet,
  type RuleTable,
  STAGES,
  type Stage,
  type Test,
} from './rule.ts';
import { Singly } from './singly.ts';
import type { Table } from './table.ts';

/** What an answer to a `refer` without `for` is filed under: the lead's words. */
export const DECISION = 'decision';

export const OUTSIDE_BATCH = 'not in the batch';

export function makeBooks(rules: RuleSet): Books {
  return {
    carriers: new CarrierBook(rules.carriers, rules.carrierNoise),
    countries: new CountryBook(rules.countryAliases),
    values: rules.layouts.values,
  };
}

/** The look-ups by what they are for. */
class LookUpBook {
  private readonly byPair = new Map<string, LookUp>();
  private readonly order: ReadonlyMap<LookUp, number>;

  constructor(lookUps: readonly LookUp[]) {
    this.order = new Map(lookUps.map((lookUp, at) => [lookUp, at]));
    for (const lookUp of lookUps) {
      const pair = pairOf(lookUp.country, lookUp.carrier);
      if (!this.byPair.has(pair)) this.byPair.set(pair, lookUp);
    }
  }

  /**
   * The row for a country and a carrier: country and carrier, then country, then carrier, then any.
   * @param swap a look-up, and what is to be there in its place
   */
  choose(country: string | null, carrier: string | null, swap: LookUpSwap | null): LookUp | null {
    for (const one of new Set([country, null])) {
      for (const other of new Set([carrier, null])) {
        const found = this.byPair.get(pairOf(one, other)) ?? null;
        if (swap === null) {
          if (found) return found;
          continue;
        }
        const standing = found === swap.lookUp ? null : found;
        const isHere = swap.as.country === one && swap.as.carrier === other;
        if (isHere && (!standing || this.placeOf(swap.lookUp) < this.placeOf(standing))) return swap.as;
        if (standing) return standing;
      }
    }
    return null;
  }

  private placeOf(lookUp: LookUp): number {
    return this.order.get(lookUp) ?? 0;
  }
}

function pairOf(country: string | null, carrier: string | null): string {
  // No country's code has a tab in it, so the first one parts the two; this is asked for many rows.
  return `${country ?? ''}\t${carrier ?? ''}`;
}

interface LookUpSwap {
  readonly lookUp: LookUp;
  readonly as: LookUp;
}

/** A row on its way through the stages. */
interface Draft extends RowState {
  readonly input: RowInput | null;
  /** Answered facts and edited cells: laid under the rules, and out of their reach. */
  overlay: Map<string, string> | null;
  /** Facts among the overlay that came from an answered `ask`, with what was asked. */
  readonly asked: readonly { task: Task; answer: Answer }[];
  changes: readonly Change[];
  raised: readonly Task[];
  /** Of `asked`, what rests on something that has changed. */
  stale: Draft['asked'];
  flags: readonly Flag[];
  /** The cells the row fell into, table by table, where rules acted. */
  path: Path;
  stopped: boolean;
  excluded: { reason: string; rule: string | null } | null;
}

/** A cell to be written once all rules of the stage have read. */
interface Write {
  readonly field: string;
  readonly to: string;
  readonly rule: string;
}

/**
 * `together`: the rows of one file. `alone`: each as if it were the only one of its file. `singly`: alone, and judged
 * one by one, so that a rule can be looked at as if it said something else.
 */
export type Manner = 'together' | 'alone' | 'singly';

/** A rule or a look-up of a rule set, as if it said something else. */
export type Swap = { readonly rule: Rule } | LookUpSwap;

/** A row as it came to a table, and the rules that acted there. */
interface Meeting {
  readonly judge: Singly;
  readonly stage: Stage;
  readonly row: RowState;
  readonly cell: Cell;
}

/** Told of every table that a row meets, before its rules act. */
export type Visit = (stage: Stage, table: RuleTable, row: RowState, cell: Cell) => void;

/**
 * Decides the rows of one table. Holds what it has decided; `redecide` does again only the rows that an
 * input touches, and those whose group or file-wide count changed with them.
 */
export class Evaluator {
  readonly facts: Facts;
  readonly reader: Reader;
  readonly books: Books;
  readonly rules: RuleSet;
  readonly table: Table;
  private readonly context: Context;
  private readonly cells = new Map<Stage, Judge[]>();
  private readonly lookUps: LookUpBook;
  private lookUpSwap: LookUpSwap | null = null;
  private readonly aggregates = new Map<Stage, Aggregate[]>();
  /** Stages that a row may go through at one stretch: a new leg begins where a rule reads other rows. */
  private readonly legs: Stage[][] = [];
  private readonly blankLengths = new Set<number>();
  private readonly nearest: Nearest;
  private readonly messages = new Map<string, string[]>();
  private readonly cellTests = new Map<Rule, readonly Test[]>();
  private readonly aboutField = new Map<Rule, string | null>();
  private readonly lastFlag = new Map<string, readonly [Flag]>();
  private readonly lastChange = new Map<string, readonly [Change]>();
  private readonly tableOf: ReadonlyMap<string, RuleTable>;
  private readonly drafts: Draft[];
  /** Of rows judged `singly`, by file what each table found. */
  private readonly meetings: Map<string, Meeting>[] = [];
  private notesMeetings: boolean;
  private readonly noCells = newPath(null, null);
  /** A row as the file has it, of which nobody has said anything: to ask what is the same in all of them. */
  private readonly plain: RowState;
  private stage: Stage = 'correct';

  constructor(
    rules: RuleSet,
    table: Table,
    context: Context,
    books: Books = makeBooks(rules),
    manner: Manner = 'together',
  ) {
    this.rules = rules;
    this.notesMeetings = manner === 'singly';
    this.lookUps = new LookUpBook(rules.lookUps);
    this.table = table;
    this.context = context;
    this.books = books;
    this.nearest = nearestIn(books);
    this.facts = new Facts(rules, books, table, context);
    this.reader = new Reader(this.facts);
    this.plain = this.facts.start(0);
    this.facts.aggregates = {
      read: (name, index) => {
        const found = this.aggregates.get(this.stage)?.find((one) => one.name === name);
        return (manner === 'together' ? found?.read(index) : found?.readAlone(index)) ?? '';
      },
    };
    for (const correction of rules.corrections) {
      for (const word of correction.blankCells) {
        this.blankLengths.add(word.length);
      }
    }
    const { byStage, tableOf } = staged(rules);
    this.tableOf = tableOf;
    for (const stage of STAGES) {
      const tables = byStage.get(stage) ?? [];
      this.cells.set(
        stage,
        tables.map((one) =>
          manner === 'singly' ? new Singly(one, this.reader) : new Cells(one, this.facts, this.reader),
        ),
      );
      this.aggregates.set(stage, this.aggregatesOf(tables));
    }
    for (const stage of STAGES) {
      const leg = this.legs.at(-1);
      if (!leg || stage === 'checks' || this.aggregates.get(stage)?.length !== 0) this.legs.push([stage]);
      else leg.push(stage);
    }
    this.drafts = new Array(table.rows.length);
  }

  /** Decides every row. `inputs` holds what people have said, by row index. */
  async decideAll(inputs: ReadonlyMap<number, RowInput> = new Map()): Promise<void> {
    await this.settle(inputs, null, null);
  }

  /**
   * Decides rows again.
   * @returns the indexes of all rows that were decided again, with those that their groups brought along
   */
  async redecide(
    inputs: ReadonlyMap<number, RowInput>,
    rows: Iterable<number>,
  ): Promise<ReadonlySet<number>> {
    const touched = new Set<number>();
    await this.settle(inputs, rows, touched);
    return touched;
  }

  /**
   * Whether a rule could have a say in a row that it does not have now, or lose the one it has, if it said something
   * else: where not, the row is decided the same. Only for rows that are judged `singly`.
   */
  couldDiffer(index: number, rule: Rule, as: Rule): boolean {
    const meeting = this.meetingWith(index, rule);
    if (!meeting) return false;
    const { judge, row, cell, stage } = meeting;
    const now = cell.find((one) => one.rule.id === rule.id) ?? null;
    const [first] = cell;
    if (judge.table.match === 'first' && first && judge.placeOf(first.rule) < judge.placeOf(rule))
      return false;
    this.stage = stage;
    const then = judge.verdict(asksOnce(as), row);
    return now === null || then === null ? now !== then : now.unreadable.join() !== then.unreadable.join();
  }

  /**
   * Does something while a rule or a look-up says something else, such as to decide a row again; what is decided of that
   * row stays as it was. Only for rows that are judged `singly`, and have been decided.
   */
  async lookingAt<Found>(index: number, swap: Swap, look: () => Promise<Found>): Promise<Found> {
    const draft = this.draft(index);
    const judges = [...this.cells.values()].flat().filter((one) => one instanceof Singly);
    const put = (rule: Rule | null) => {
      for (const one of judges) one.swap(rule);
    };
    if ('rule' in swap) put(asksOnce(swap.rule));
    else this.lookUpSwap = swap;
    this.notesMeetings = false;
    try {
      return await look();
    } finally {
      put(null);
      this.lookUpSwap = null;
      this.notesMeetings = true;
      this.drafts[index] = draft;
    }
  }

  /** The key of what a fact said to a rule when a row came to its table; blank where it did not come there. */
  keyAt(index: number, rule: Rule, fact: string): string {
    const meeting = this.meetingWith(index, rule);
    if (!meeting) return '';
    this.stage = meeting.stage;
    return this.reader.readKnown(fact, meeting.row).key;
  }

  private meetingWith(index: number, { id }: Rule): Meeting | undefined {
    return this.meetings[index]?.get(this.tableOf.get(id)?.file ?? '');
  }

  /** How many times json-rules-engine has judged: once a distinct cell. */
  get judged(): number {
    let count = 0;
    for (const cells of this.cells.values()) for (const one of cells) count += one.judged;
    return count;
  }

  /** The text a field has after all decisions, answers and edits. */
  value(index: number, field: string): string {
    const slot = this.facts.slot(field);
    return slot < 0 ? '' : this.facts.text(this.draft(index), slot);
  }

  status(index: number): Decision['status'] {
    const draft = this.draft(index);
    if (this.excludedOf(draft)) return 'excluded';
    return draft.raised.some((task) => !this.closes(draft, task, this.answerTo(draft, task)))
      ? 'unresolved'
      : 'ready';
  }

  /** A row's final texts by slot. */
  values(index: number): readonly string[] {
    return this.draft(index).values;
  }

  /** The same as they go out: a field that only goes in, as it came in. */
  delivered(index: number): readonly string[] {
    return this.facts.allDelivered(this.draft(index));
  }

  /** The flags of a row; none for a row outside the batch. */
  flags(index: number): readonly Flag[] {
    return this.context.batch && !this.context.batch.has(index) ? [] : this.draft(index).flags;
  }

  /** Whether the row has, or had, something to find out. */
  hasTasks(index: number): boolean {
    const draft = this.draft(index);
    return draft.raised.length > 0 || draft.asked.length > 0;
  }

  /** What has been answered of a task so far, by field. */
  givenTo(index: number, task: Task): Answer['values'] {
    return this.answerTo(this.draft(index), task)?.values ?? {};
  }

  /** Whether any cell would be delivered with another text than it came in with. */
  isChanged(index: number): boolean {
    const row = this.draft(index);
    if (!row.owned) return false;
    return this.facts.cellSlots.some(
      (slot) => this.facts.delivered(row, slot) !== this.facts.original(index, slot),
    );
  }

  decision(index: number): Decision {
    const draft = this.draft(index);
    const excluded = this.excludedOf(draft);
    const outside = excluded?.reason === OUTSIDE_BATCH && excluded.rule === null;
    const tasks: Task[] = [];
    const answered = [...draft.asked];
    for (const task of draft.raised) {
      const answer = this.answerTo(draft, task);
      if (!answer || !this.closes(draft, task, answer)) tasks.push(task);
      else if (!answered.some((one) => one.task.key === task.key)) answered.push({ task, answer });
    }
    return {
      index,
      status: excluded ? 'excluded' : tasks.length > 0 ? 'unresolved' : 'ready',
      changes: draft.changes,
      tasks: excluded ? [] : tasks,
      answered,
      flags: outside ? [] : draft.flags,
      excluded,
      acted: actedOn(draft.path),
      values: draft.values,
    };
  }

  /** Takes a decided row through its stages once more, telling `visit` what it meets. */
  async replay(index: number, visit: Visit): Promise<void> {
    const { input, overlay, asked } = this.draft(index);
    const draft = this.begin(index, input, overlay, asked);
    for (const stage of STAGES) await this.runStage(stage, [draft], visit);
  }

  private draft(index: number): Draft {
    const draft = this.drafts[index];
    if (!draft) throw new Error(`row ${index} has not been decided`);
    return draft;
  }

  private excludedOf(draft: Draft): Decision['excluded'] {
    if (this.context.batch && !this.context.batch.has(draft.index))
      return { reason: OUTSIDE_BATCH, rule: null };
    const byAgent = draft.input?.excluded;
    return byAgent != null ? { reason: byAgent, rule: null } : draft.excluded;
  }

  private begin(
    index: number,
    input: RowInput | null,
    overlay: Map<string, string> | null,
    asked: Draft['asked'],
  ): Draft {
    const draft: Draft = {
      index,
      values: this.facts.cells(index),
      owned: false,
      surplus: this.facts.surplus(index),
      byHand: input?.edits ?? null,
      none: null,
      told: null,
      numberText: null,
      numberCountry: '',
      number: null,
      e164: null,
      input,
      overlay,
      asked,
      changes: NOTHING,
      raised: NOTHING,
      stale: NOTHING,
      flags: NOTHING,
      path: this.noCells,
      stopped: false,
      excluded: null,
    };
    if (overlay) {
      const answered = new Set(asked.flatMap(({ task }) => task.for.map((item) => item.field)));
      this.facts.lay(draft, overlay, answered);
      this.noteOverlay(draft, overlay);
    }
    return draft;
  }

  /** What a person wrote shows as a change, as what a rule wrote does. */
  private noteOverlay(draft: Draft, overlay: ReadonlyMap<string, string>): void {
    for (const [field, to] of overlay) {
      const slot = this.facts.slot(field);
      if (slot < 0) continue;
      let from = this.facts.original(draft.index, slot);
      const by = draft.asked.find((one) => one.task.for.some((item) => item.field === field));
      const nothing = by && this.facts.isInputOnly(field) && this.facts.blankWords.get(from.toLowerCase());
      if (nothing) {
        // The cell goes out corrected, whatever the fact is.
        draft.changes = join(draft.changes, this.change(field, from, '', nothing, 'rule'));
        from = '';
      }
      if (from !== to)
        draft.changes = join(draft.changes, [
          { field, from, to, rule: by?.task.rule ?? '', by: by ? 'answer' : 'edit' },
        ]);
    }
  }

  private async settle(
    inputs: ReadonlyMap<number, RowInput>,
    rows: Iterable<number> | null,
    touched: Set<number> | null,
  ): Promise<void> {
    const restart = (index: number): Draft => {
      const input = inputs.get(index) ?? null;
      const edits = input ? Object.entries(input.edits) : NOTHING;
      return this.begin(index, input, edits.length > 0 ? new Map(edits) : null, NOTHING);
    };
    // Plain loops over rows, here and below: an iterator's results would be garbage, as much as the rows themselves.
    let drafts: Draft[];
    if (rows === null) {
      drafts = new Array(this.table.rows.length);
      for (let index = 0; index < drafts.length; index++) drafts[index] = restart(index);
    } else drafts = Array.from(rows, restart);
    // Questions that unask each other would go on for ever.
    for (let pass = 0; drafts.length > 0 && pass < MOST_PASSES; pass++) {
      const moved = new Set<number>();
      for (const stages of this.legs) {
        const [first] = stages as [Stage];
        this.stage = first;
        if (first === 'checks') for (const draft of drafts) if (draft.input) this.layAnswers(draft, 0);
        for (const aggregate of this.aggregates.get(first) ?? []) {
          for (const index of aggregate.update(drafts, (draft) => this.excludedOf(draft) !== null)) {
            moved.add(index);
          }
        }
        for (let from = 0; from < drafts.length; from += BATCH) {
          const batch = drafts.slice(from, from + BATCH);
          for (const stage of stages) await this.runStage(stage, batch, null);
        }
      }
      const again: Draft[] = [];
      for (let at = 0; at < drafts.length; at++) {
        const draft = drafts[at] as Draft;
        const { index } = draft;
        this.drafts[index] = draft;
        touched?.add(index);
        // A row of this very pass was decided with the new counts already.
        moved.delete(index);
        const next = draft.input && this.takeAskedFacts(draft);
        if (next) again.push(next);
      }
      for (const index of moved) again.push(restart(index));
      drafts = again;
    }
  }

  /** The row with the answers to its open questions among its facts, or null where nothing new is known. */
  private takeAskedFacts(draft: Draft): Draft | null {
    const stale = new Set(draft.stale);
    const asked = draft.asked.filter((one) => !stale.has(one));
    const overlay = new Map(draft.overlay);
    for (const { task } of stale) {
      const fact = factOf(task);
      const edited = draft.input?.edits[fact];
      if (edited === undefined) overlay.delete(fact);
      else overlay.set(fact, edited);
    }
    let news = stale.size > 0;
    for (const task of draft.raised) {
      if (task.kind !== 'ask' || task.scope !== 'row') continue;
      const answer = this.answerTo(draft, task);
      const text = answer?.values[factOf(task)];
      if (!answer || text === undefined || asked.some((one) => factOf(one.task) === factOf(task))) continue;
      overlay.set(factOf(task), text);
      asked.push({ task, answer });
      news = true;
    }
    return news ? this.begin(draft.index, draft.input, overlay.size > 0 ? overlay : null, asked) : null;
  }

  /** What people have said to a task, with the same facts under it; later words win. */
  private answerTo(draft: Draft, task: Task): Answer | null {
    // A fact that was corrected by hand since then is asked for anew, if the rules still ask for it.
    if (task.kind === 'ask' && draft.input?.edited?.has(task.for[0]?.field ?? '')) return null;
    let found: Answer | undefined;
    for (const answer of draft.input?.answers ?? []) {
      if (answer.task !== task.key || answer.restsOn !== task.restsOn) continue;
      const earlier: Answer['values'] = found?.values ?? {};
      found = { ...answer, values: { ...earlier, ...answer.values } };
    }
    return found ?? null;
  }

  /**
   * Whether an answer closes its task. Where the answer says nothing of a cell of a look-up, the cell keeps
   * what the rules have made of it: what a port case lacks falls back to that. A blank counts only where a
   * rule other than the look-up's own has emptied the cell.
   */
  private closes(draft: Draft, task: Task, answer: Answer | null): boolean {
    if (!answer) return false;
    if (task.for.length === 0) return answer.values[DECISION] !== undefined;
    return task.for.every(({ field }) => {
      if (answer.values[field] !== undefined) return true;
      const slot = this.facts.slot(field);
      if (task.kind !== 'look-up' || slot < 0) return false;
      return !isBlank(this.facts.text(draft, slot)) || clearsBeside(draft, task.rule, field);
    });
  }

  /** Lays answered cells over the result of the rules; `from` is the first raised task to look at. */
  private layAnswers(draft: Draft, from: number): void {
    for (let at = from; at < draft.raised.length; at++) {
      const task = draft.raised[at] as Task;
      if (task.kind === 'ask') continue;
      const answer = this.answerTo(draft, task);
      if (!answer) continue;
      for (const { field } of task.for) {
        const text = answer.values[field];
        const isLast = draft.input?.edited?.has(field) !== true;
        if (text !== undefined && isLast) this.write(draft, field, text, task.rule, 'answer');
      }
    }
  }

  private write(draft: Draft, field: string, to: string, rule: string, by: Change['by']): void {
    // What a person has said outranks the rules.
    if (by === 'rule' && draft.overlay?.has(field)) return;
    const slot = this.facts.slot(field);
    if (slot < 0) throw new Error(`no slot for ${field}`);
    const from = this.facts.text(draft, slot);
    if (from === to) return;
    this.facts.put(draft, slot, to);
    draft.changes = join(draft.changes, this.change(field, from, to, rule, by));
  }

  /** A change, listed alone; the last one of its rule where that says the same: most cells of a column are changed alike. */
  private change(field: string, from: string, to: string, rule: string, by: Change['by']): readonly [Change] {
    const alone = this.lastChange.get(rule);
    const last = alone?.[0];
    if (alone && last?.field === field && last.from === from && last.to === to && last.by === by)
      return alone;
    const made = [{ field, from, to, rule, by }] as const;
    this.lastChange.set(rule, made);
    return made;
  }

  private async runStage(stage: Stage, drafts: readonly Draft[], visit: Visit | null): Promise<void> {
    this.stage = stage;
    const tables = this.cells.get(stage) ?? [];
    if (drafts.length === 0 || (tables.length === 0 && stage !== 'correct')) return;
    for (const cells of tables) cells.begin(this.plain);
    for (let at = this.actOn(stage, tables, drafts, 0, visit); at < drafts.length; ) {
      for (const cells of tables) await cells.learn(drafts[at] as Draft);
      at = this.actOn(stage, tables, drafts, at, visit);
    }
  }

  /**
   * Takes rows through a stage, from the one at `from` on, as long as their cells are known.
   * @returns the first row with a cell that is not, or the number of rows
   */
  private actOn(
    stage: Stage,
    tables: readonly Judge[],
    drafts: readonly Draft[],
    from: number,
    visit: Visit | null,
  ): number {
    const found: Cell[] = new Array(tables.length);
    const checks = stage === 'checks';
    for (let index = from; index < drafts.length; index++) {
      const draft = drafts[index] as Draft;
      if (draft.excluded || (draft.stopped && !checks)) continue;
      if (visit && checks) this.layAnswers(draft, 0);
      for (let at = 0; at < tables.length; at++) {
        const cell = (tables[at] as Judge).find(draft);
        if (cell === null) return index;
        found[at] = cell;
      }
      if (visit)
        for (const [at, cells] of tables.entries()) visit(stage, cells.table, draft, found[at] as Cell);
      if (this.notesMeetings) this.noteMeetings(stage, tables, draft, found);
      const raised = draft.raised.length;
      if (draft.asked.length > 0) this.noteStale(stage, draft);
      this.act(stage, draft, found);
      if (checks && draft.input) this.layAnswers(draft, raised);
    }
    return drafts.length;
  }

  private noteMeetings(stage: Stage, tables: readonly Judge[], draft: Draft, found: readonly Cell[]): void {
    let row: RowState | null = null;
    for (let at = 0; at < tables.length; at++) {
      const judge = tables[at] as Judge;
      // Only rows judged singly are asked what would be if.
      if (!(judge instanceof Singly)) return;
      row ??= this.facts.snapshot(draft);
      const met = this.meetings[draft.index] ?? new Map<string, Meeting>();
      this.meetings[draft.index] = met.set(judge.table.file, { judge, stage, row, cell: found[at] as Cell });
    }
  }

  /** Notes answered questions that rest on something else now: the row is decided again without them. */
  private noteStale(stage: Stage, draft: Draft): void {
    for (const one of draft.asked) {
      if (this.tableOf.get(one.task.rule)?.stage !== stage) continue;
      const ground = JSON.parse(one.task.restsOn) as [fact: string, text: string][];
      if (ground.some(([fact, text]) => this.reader.text(fact, draft) !== text))
        draft.stale = join(draft.stale, [one]);
    }
  }

  /** Acts on one row for one stage: all reads see the stage's starting values, then all writes happen. */
  private act(stage: Stage, draft: Draft, cells: readonly Cell[]): void {
    // Plain loops: this runs for every row and stage, and iterators would be garbage.
    let writes: Write[] | null = null;
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at] as Cell;
      if (cell.length === 0) continue;
      draft.path = follow(draft.path, cell);
      for (let verdict = 0; verdict < cell.length; verdict++) {
        const { rule, unreadable } = cell[verdict] as Cell[number];
        if (unreadable.length > 0) {
          for (const fact of unreadable) this.ask(draft, rule, fact, [], null);
          continue;
        }
        const { then: actions } = rule;
        for (let action = 0; action < actions.length; action++) {
          const one = actions[action] as Action;
          if (one.do === 'keep') continue;
          writes ??= [];
          this.perform(one, rule, draft, writes);
        }
      }
    }
    if (stage === 'correct') this.blankCells(draft);
    if (writes === null) return;
    for (let at = 0; at < writes.length; at++) {
      const { field, to, rule } = writes[at] as Write;
      this.write(draft, field, to, rule, 'rule');
    }
  }

  private blankCells(draft: Draft): void {
    // Writing gives the row another list; what is read here is what stood there before.
    const { values } = draft;
    for (let slot = 0; slot < values.length && slot < this.facts.columnCount; slot++) {
      const text = values[slot] as string;
      if (!this.blankLengths.has(text.length)) continue;
      const rule = this.facts.blankWords.get(text.toLowerCase());
      if (rule !== undefined) this.write(draft, this.facts.slots[slot] as string, '', rule, 'rule');
    }
  }

  private perform(action: Action, rule: Rule, draft: Draft, writes: Write[]): void {
    const row: RowState = draft;
    switch (action.do) {
      case 'clear':
        for (let at = 0; at < action.fields.length; at++)
          writes.push({ field: action.fields[at] as string, to: '', rule: rule.id });
        break;
      case 'set':
        for (let at = 0; at < action.values.length; at++) {
          const [field, text] = action.values[at] as (typeof action.values)[number];
          writes.push({ field, to: text, rule: rule.id });
        }
        break;
      case 'copy':
        for (const [field, fact] of action.pairs) {
          const text = this.reader.text(fact, row);
          if (text.trim() !== '' || this.facts.confirmedNone(fact, row))
            writes.push({ field: field, to: text, rule: rule.id });
          else this.ask(draft, rule, this.askable(fact) ? fact : field, [], null, [fact]);
        }
        break;
      case 'lowest':
        for (const [field, fact] of action.pairs) {
          const text = this.facts.aggregates.read(lowestName(fact, action.per), row.index);
          if (text !== '') writes.push({ field: field, to: text, rule: rule.id });
          else if (!draft.overlay?.has(field)) {
            const source = this.reader.text(action.per, row).trim() === '' ? action.per : fact;
            // An answer that leaves it open, such as "there is none", is not asked for again.
            const wasAsked = draft.asked.some((one) => factOf(one.task) === source);
            this.ask(draft, rule, wasAsked ? field : source, [], null, [action.per]);
          }
        }
        break;
      case 'look-up':
        this.lookUp(draft, rule, action);
        break;
      case 'ask':
        this.ask(draft, rule, action.fact, action.choices, action.suggest, [], action.procedure);
        break;
      case 'offer': {
        const suggestion: Record<string, string> = {};
        for (const [field, fact] of action.pairs) {
          const text = this.reader.text(fact, row);
          if (text.trim() !== '') suggestion[field] = text;
        }
        const fields = action.pairs.map(([field]) => this.answerable(field));
        this.raise(
          draft,
          rule,
          { kind: 'offer', for: fields, suggestion, procedure: action.procedure },
          action.pairs.map(([, fact]) => fact),
        );
        break;
      }
      case 'refer':
        this.raise(draft, rule, {
          kind: 'refer',
          for: action.for,
          refer: action.to,
          procedure: action.procedure,
        });
        break;
      case 'exclude':
        draft.excluded = { reason: this.render(action.reason, row), rule: rule.id };
        break;
      case 'flag':
        this.flag(draft, rule, action);
        break;
      case 'keep':
        break;
      case 'stop':
        draft.stopped = true;
        break;
    }
  }

  private askable(fact: string): boolean {
    return fact.startsWith('customer.') || this.facts.slot(fact) >= 0;
  }

  private ask(
    draft: Draft,
    rule: Rule,
    fact: string,
    choices: readonly string[],
    suggest: string | null,
    restsOn: readonly string[] = [],
    procedure: string | null = null,
  ): void {
    if (draft.raised.some((task) => task.kind === 'ask' && task.for[0]?.field === fact)) return;
    const suggested = suggest === null ? '' : this.reader.text(suggest, draft);
    const question = fact.startsWith('customer.')
      ? this.rules.intake.questions.find((one) => one.id === fact.slice('customer.'.length))
      : undefined;
    const item = question
      ? { field: fact, label: question.question, extra: false, pattern: null, format: null }
      : this.answerable(fact);
    this.raise(
      draft,
      rule,
      {
        kind: 'ask',
        for: [item],
        procedure,
        choices: choices.length > 0 ? choices : (question?.choices.map((one) => one.value) ?? []),
        suggestion: suggested.trim() === '' ? {} : { [fact]: suggested },
        scope: fact.startsWith('customer.') ? 'file' : 'row',
      },
      restsOn.filter((one) => one !== fact),
      fact,
    );
  }

  private lookUp(draft: Draft, rule: Rule, action: Extract<Action, { do: 'look-up' }>): void {
    const row: RowState = draft;
    if (action.procedure !== BY_CARRIER) {
      this.raise(draft, rule, { kind: 'look-up', for: action.for, procedure: action.procedure });
      return;
    }
    const country = this.books.countries.code(this.reader.text('country', row));
    const carrier = this.books.carriers.canonical(this.reader.text('carrier', row));
    const chosen = this.lookUps.choose(country, carrier, this.lookUpSwap);
    const fields = chosen && chosen.for.length > 0 ? chosen.for : action.for;
    this.raise(
      draft,
      rule,
      {
        kind: chosen === null || chosen.refer !== null ? 'refer' : 'look-up',
        for: fields,
        procedure: chosen?.procedure ?? null,
        steps: chosen && chosen.how.length > 0 ? chosen.how : null,
        refer: chosen === null ? 'lead' : chosen.refer,
        lookUp: chosen,
      },
      ['country', 'carrier'],
    );
  }

  private answerable(field: string): Answerable {
    const def = this.rules.layouts.fields.get(field);
    return { field, label: def?.label ?? field, extra: false, pattern: null, format: null };
  }

  private raise(
    draft: Draft,
    rule: Rule,
    what: Pick<Task, 'kind' | 'for'> &
      Partial<Pick<Task, 'procedure' | 'refer' | 'choices' | 'suggestion' | 'scope'>> & {
        steps?: readonly string[] | null;
        lookUp?: LookUp | null;
      },
    alsoRestsOn: readonly string[] = [],
    asked: string | null = null,
  ): void {
    const procedure = what.procedure ?? null;
    const { stage } = this;
    // As its stage began.
    const row = this.facts.snapshot(draft);
    const made: Omit<Task, 'restsOn'> = {
      key: [rule.id, what.kind, what.for.map((item) => item.field).join('+')].join(' '),
      kind: what.kind,
      rule: rule.id,
      basis: what.lookUp?.basis ?? rule.basis,
      why: rule.why,
      for: what.for,
      procedure,
      steps: what.steps ?? (procedure === null ? [] : (this.rules.procedures.get(procedure)?.steps ?? [])),
      refer: what.refer ?? null,
      lookUp: what.lookUp?.id ?? null,
      scope: what.scope ?? 'row',
      choices: what.choices ?? [],
      suggestion: what.suggestion ?? {},
    };
    const ground = () => this.readGround(rule, alsoRestsOn, asked, row, stage);
    draft.raised = join(draft.raised, [new RaisedTask(made, ground)]);
  }

  /** The facts that a task rests on with their texts, as the row stood when its stage began. */
  private readGround(
    rule: Rule,
    also: readonly string[],
    asked: string | null,
    row: RowState,
    stage: Stage,
  ): string {
    const now = this.stage;
    this.stage = stage;
    const read: [fact: string, text: string][] = [];
    for (const fact of this.groundOf(rule, also, row)) {
      if (fact === asked || fact === ANY_CELL || fact.startsWith('none.')) continue;
      read.push([fact, this.reader.text(fact, row)]);
    }
    this.stage = now;
    return JSON.stringify(read);
  }

  /**
   * The facts that a task of a rule rests on: those it tests, those that its action reads, and in a `first` table
   * what kept each rule above from deciding.
   */
  private groundOf(rule: Rule, also: readonly string[], row: RowState): Set<string> {
    const ground = new Set([...testsOf(rule).flatMap(factsOf), ...also]);
    const table = this.tableOf.get(rule.id);
    if (table?.match !== 'first') return ground;
    const fails = (tests: readonly Test[]) => tests.find((test) => this.reader.holds(test, row) !== true);
    for (const above of table.rules) {
      if (above.id === rule.id) break;
      const failed = fails(above.when);
      const tests = failed ? [failed] : above.whenAny.flatMap((block) => fails(block) ?? []);
      for (const fact of tests.flatMap(factsOf)) ground.add(fact);
    }
    return ground;
  }

  private flag(draft: Draft, rule: Rule, action: Extract<Action, { do: 'flag' }>): void {
    const row: RowState = draft;
    const cellTests = this.cellTestsOf(rule);
    if (cellTests.length === 0) {
      const field = action.field ?? this.testedField(rule);
      this.mark(draft, rule, action, field, this.render(action.message, row));
      return;
    }
    for (const [at, slot] of this.facts.cellSlots.entries()) {
      const text = this.facts.delivered(row, slot);
      if (!this.facts.hasCell(at, text)) continue;
      if (cellTests.some((test) => this.reader.holdsOfCell(test, text))) {
        const field = this.facts.slots[slot] as string;
        const message = this.render(action.message, row, { cell: this.columnName(slot), value: text });
        this.mark(draft, rule, action, field, message);
      }
    }
    for (const text of row.surplus) {
      if (cellTests.some((test) => this.reader.holdsOfCell(test, text))) {
        const message = this.render(action.message, row, { cell: 'past the last column', value: text });
        this.mark(draft, rule, action, null, message);
      }
    }
  }

  private cellTestsOf(rule: Rule): readonly Test[] {
    let tests = this.cellTests.get(rule);
    if (!tests) {
      tests = [...rule.when, ...rule.whenAny.flat()].filter((test) => test.fact === ANY_CELL);
      this.cellTests.set(rule, tests);
    }
    return tests;
  }

  /** Adds a flag, the last one of its rule where that says the same. */
  private mark(
    draft: Draft,
    rule: Rule,
    { severity }: Extract<Action, { do: 'flag' }>,
    field: string | null,
    message: string,
  ): void {
    let alone = this.lastFlag.get(rule.id);
    if (alone?.[0].message !== message || alone[0].field !== field) {
      alone = [{ rule: rule.id, severity, field, message }];
      this.lastFlag.set(rule.id, alone);
    }
    draft.flags = join(draft.flags, alone);
  }

  /** A column as the agent knows it: its header, else the field's label. */
  columnName(slot: number): string {
    const field = this.facts.slots[slot] as string;
    return this.table.columns[slot]?.header ?? this.rules.layouts.fields.get(field)?.label ?? field;
  }

  /** What a flag is about where its rule does not say: the last of the row's own fields that it tests. */
  private testedField(rule: Rule): string | null {
    let field = this.aboutField.get(rule);
    if (field === undefined) {
      field = rule.when.map((test) => test.fact).findLast((fact) => this.facts.slot(fact) >= 0) ?? null;
      this.aboutField.set(rule, field);
    }
    return field;
  }

  /** A rule's text with `{fact}` and `{nearest carrier}` filled in; `extra` goes before facts. */
  private render(message: string, row: RowState, extra: Readonly<Record<string, string>> = {}): string {
    let parts = this.messages.get(message);
    if (!parts) {
      // Odd parts are what stood in braces.
      parts = message.split(/\{([^{}]+)\}/g);
      this.messages.set(message, parts);
    }
    let text = parts[0] as string;
    for (let at = 1; at < parts.length; at += 2) {
      text += this.filled(parts[at] as string, row, extra) + (parts[at + 1] as string);
    }
    return text;
  }

  private filled(name: string, row: RowState, extra: Readonly<Record<string, string>>): string {
    const own = extra[name];
    if (own !== undefined) return own;
    if (name === 'nearest carrier') return this.nearestNames('carrier', this.reader.text('carrier', row));
    if (name === 'nearest country') return this.nearestNames('country', this.reader.text('country', row));
    return this.reader.text(name, row);
  }

  private nearestNames(list: 'carrier' | 'country', text: string): string {
    let said = this.nearest[list].get(text);
    if (said === undefined) {
      const names =
        list === 'carrier' ? this.books.carriers.nearest(text) : this.books.countries.nearest(text);
      said = names.length > 0 ? names.join(', ') : 'none';
      this.nearest[list].set(text, said);
    }
    return said;
  }

  private aggregatesOf(tables: readonly RuleTable[]): Aggregate[] {
    const found = new Map<string, Aggregate>();
    const size = this.table.rows.length;
    const keyOf = (field: string) => {
      const type = this.facts.type(field);
      return (text: string) => normalise(type, text, this.books);
    };
    for (const { kind, name, fact, per } of tables.flatMap(aggregated)) {
      if (kind === 'duplicate') found.set(name, new Duplicates(size, (row) => this.facts.rowKey(row)));
      else if (kind === 'distinct')
        found.set(name, new Distinct(name, size, this.facts.reader(fact), keyOf(fact)));
      else {
        const [group, number] = [this.facts.reader(per), this.facts.reader(fact)];
        found.set(name, new Lowest(name, size, group, keyOf(per), number, this.facts.homeCountry));
      }
    }
    return [...found.values()];
  }
}

/** A value over many rows that a table reads. */
interface Aggregated {
  readonly kind: 'duplicate' | 'distinct' | 'lowest';
  readonly name: string;
  readonly fact: string;
  readonly per: string;
}

const aggregatedIn = new WeakMap<RuleTable, readonly Aggregated[]>();

function aggregated(table: RuleTable): readonly Aggregated[] {
  let found = aggregatedIn.get(table);
  if (!found) {
    const tested = new Set(table.rules.flatMap(testsOf).map(({ fact }) => fact));
    found = [
      ...[...tested].flatMap((fact): Aggregated[] => {
        if (fact === 'row.duplicate') return [{ kind: 'duplicate', name: 'duplicate', fact, per: '' }];
        const field = /^file\.distinct\.(.+)$/.exec(fact)?.[1];
        return field === undefined
          ? []
          : [{ kind: 'distinct', name: `distinct.${field}`, fact: field, per: '' }];
      }),
      ...table.rules.flatMap(({ then }) =>
        then.flatMap((action): Aggregated[] =>
          action.do !== 'lowest'
            ? []
            : action.pairs.map(([, fact]) => {
                const { per } = action;
                return { kind: 'lowest', name: lowestName(fact, per), fact, per };
              }),
        ),
      ),
    ];
    aggregatedIn.set(table, found);
  }
  return found;
}

interface Staged {
  readonly byStage: ReadonlyMap<Stage, readonly RuleTable[]>;
  /** By a rule's id. */
  readonly tableOf: ReadonlyMap<string, RuleTable>;
}

const stagedOf = new WeakMap<RuleSet, Staged>();

/** The tables of a rule set as they are evaluated. */
function staged(rules: RuleSet): Staged {
  let found = stagedOf.get(rules);
  if (!found) {
    const tables = rules.tables.map(askOnce);
    const byStage = new Map(STAGES.map((stage) => [stage, tables.filter((one) => one.stage === stage)]));
    const tableOf = new Map(tables.flatMap((one) => one.rules.map(({ id }) => [id, one] as const)));
    found = { byStage, tableOf };
    stagedOf.set(rules, found);
  }
  return found;
}

/** A task as a rule raised it. Few are answered of those that are raised: what one rests on is read when somebody asks. */
class RaisedTask implements Task {
  readonly key: string;
  readonly kind: Task['kind'];
  readonly rule: string;
  readonly basis: Task['basis'];
  readonly why: string;
  readonly for: Task['for'];
  readonly procedure: string | null;
  readonly steps: readonly string[];
  readonly refer: string | null;
  readonly lookUp: string | null;
  readonly scope: Task['scope'];
  readonly choices: readonly string[];
  readonly suggestion: Task['suggestion'];
  #ground: string | (() => string);

  constructor(made: Omit<Task, 'restsOn'>, ground: () => string) {
    this.key = made.key;
    this.kind = made.kind;
    this.rule = made.rule;
    this.basis = made.basis;
    this.why = made.why;
    this.for = made.for;
    this.procedure = made.procedure;
    this.steps = made.steps;
    this.refer = made.refer;
    this.lookUp = made.lookUp;
    this.scope = made.scope;
    this.choices = made.choices;
    this.suggestion = made.suggestion;
    this.#ground = ground;
  }

  get restsOn(): string {
    if (typeof this.#ground !== 'string') this.#ground = this.#ground();
    return this.#ground;
  }
}

/** The nearest names of texts that were looked for, a list each. */
type Nearest = Readonly<Record<'carrier' | 'country', Map<string, string>>>;

const nearest = new WeakMap<Books, Nearest>();

/** The nearest names that were looked for in some books. */
function nearestIn(books: Books): Nearest {
  const known = nearest.get(books) ?? { carrier: new Map(), country: new Map() };
  nearest.set(books, known);
  return known;
}

// More rounds of answers opening questions than any row has.
const MOST_PASSES = 200;

// As many rows as stay in the processor's caches while they go through the stages.
const BATCH = 1000;

/** Most rows have few changes and no tasks: a list is made when there is something to put in it. */
const NOTHING: readonly never[] = [];

/**
 * A list with one more item. Lists here hold one or two: a copy takes less than the room that `push` makes ahead, and
 * rows may share the list in which an item stands alone.
 */
function join<Item>(list: readonly Item[], alone: readonly [Item]): readonly Item[] {
  if (list.length === 0) return alone;
  return list.length === 1 ? [list[0] as Item, alone[0]] : [...list, alone[0]];
}

/** The cells a row fell into, one after another. Rows of the same cells share one path. */
interface Path {
  readonly before: Path | null;
  readonly cell: Cell | null;
  readonly next: Map<Cell, Path>;
  /** The rules that acted on the way; null until somebody asks. */
  acted: readonly Rule[] | null;
}

function newPath(before: Path | null, cell: Cell | null): Path {
  return { before, cell, next: new Map(), acted: null };
}

function follow(path: Path, cell: Cell): Path {
  let next = path.next.get(cell);
  if (!next) {
    next = newPath(path, cell);
    path.next.set(cell, next);
  }
  return next;
}

function cellsOf(path: Path): Cell[] {
  const cells: Cell[] = [];
  for (let at: Path | null = path; at?.cell; at = at.before) cells.unshift(at.cell);
  return cells;
}

function actedOn(path: Path): readonly Rule[] {
  path.acted ??= cellsOf(path).flatMap((cell) =>
    cell.filter((verdict) => verdict.unreadable.length === 0).map((verdict) => verdict.rule),
  );
  return path.acted;
}

/** The fact that an `ask` asks for. */
function factOf(task: Task): string {
  return task.for[0]?.field ?? '';
}

function lowestName(fact: string, per: string): string {
  return `lowest.${fact}.${per}`;
}

/** Whether another rule than `rule` has emptied a cell. */
function clearsBeside(draft: Draft, rule: string, field: string): boolean {
  const acted = cellsOf(draft.path).flatMap((cell) => cell.map((verdict) => verdict.rule));
  return acted.some(
    ({ id, then }) =>
      id !== rule && then.some((action) => action.do === 'clear' && action.fields.includes(field)),
  );
}

/** The facts that a test reads. */
function factsOf(test: Test): string[] {
  return [test.fact, ...comparedFacts(test.op)];
}

/** A question whose answer is "there is none" is not asked again: the table goes on below its rule. */
export function askOnce(table: RuleTable): RuleTable {
  let asked = askedOnce.get(table);
  if (!asked) {
    asked = { ...table, rules: table.rules.map(asksOnce) };
    askedOnce.set(table, asked);
  }
  return asked;
}

/** A table is read anew for each group of rows. */
const askedOnce = new WeakMap<RuleTable, RuleTable>();

/** A rule as it is judged: one that asks for a fact has, beside its tests, the condition that nobody has said that there is none. */
export function asksOnce(rule: Rule): Rule {
  const once: Test[] = [];
  for (const action of rule.then) {
    if (action.do !== 'ask') continue;
    once.push({
      fact: `none.${action.fact}`,
      op: { kind: 'blank' },
      place: rule.place,
      written: `${action.fact}: not confirmed blank`,
    });
  }
  return once.length === 0 ? rule : { ...rule, when: [...rule.when, ...once] };
}

/** A value that rests on many rows: each row contributes a text, and reads what the contributions make. */
abstract class Aggregate {
  readonly name: string;
  /** What each row contributes, as it stands in its cells; null for a row that has not been seen or does not count. */
  protected readonly contributions: (string | null)[];
  private counted = false;
  protected stale = false;

  constructor(name: string, size: number) {
    this.name = name;
    this.contributions = new Array<string | null>(size).fill(null);
  }

  /** Takes rows' contributions. Returns the rows, theirs or others', that read something else now. */
  update(drafts: readonly Draft[], leftOut: (draft: Draft) => boolean): readonly number[] {
    for (let at = 0; at < drafts.length; at++) {
      const draft = drafts[at] as Draft;
      const text = this.contribution(draft, leftOut(draft));
      if (this.contributions[draft.index] === text) continue;
      this.contributions[draft.index] = text;
      this.stale = true;
    }
    // What nobody has read yet is counted when somebody does.
    return this.counted && this.stale ? this.count() : NOTHING;
  }

  read(index: number): string {
    if (!this.counted || this.stale) this.count();
    return this.result(index);
  }

  /** What a row would read if it were the only one. */
  abstract readAlone(index: number): string;

  private count(): readonly number[] {
    this.counted = true;
    this.stale = false;
    return this.recount();
  }

  protected abstract contribution(row: RowState, leftOut: boolean): string | null;
  /** Counts all contributions. Returns the rows that read something else than before. */
  protected abstract recount(): readonly number[];
  protected abstract result(index: number): string;
}

/** Whether a row's number stands in another row too. */
class Duplicates extends Aggregate {
  private doubled = new Set<string>();
  private readonly key: (row: RowState) => string;

  constructor(size: number, key: (row: RowState) => string) {
    super('duplicate', size);
    this.key = key;
  }

  protected contribution(row: RowState, leftOut: boolean): string | null {
    return leftOut ? null : this.key(row) || null;
  }

  protected recount(): readonly number[] {
    const before = this.doubled;
    const seen = new Set<string>();
    this.doubled = new Set();
    const { contributions } = this;
    for (let index = 0; index < contributions.length; index++) {
      const key = contributions[index] as string | null;
      if (key === null) continue;
      // One look-up for the many that stand there once: the set grows, or it was there already.
      const { size } = seen;
      if (seen.add(key).size === size) this.doubled.add(key);
    }
    const moved: number[] = [];
    if (before.size + this.doubled.size === 0) return moved;
    for (let index = 0; index < contributions.length; index++) {
      const key = contributions[index] as string | null;
      if (key !== null && before.has(key) !== this.doubled.has(key)) moved.push(index);
    }
    return moved;
  }

  protected result(index: number): string {
    const key = this.contributions[index] ?? null;
    return key === null ? '' : this.doubled.has(key) ? 'yes' : 'no';
  }

  readAlone(index: number): string {
    return (this.contributions[index] ?? null) === null ? '' : 'no';
  }
}

/** How many values a column has over the file. */
class Distinct extends Aggregate {
  private size = 0;
  private readonly text: (row: RowState) => string;
  private readonly key: (text: string) => string;

  constructor(name: string, size: number, text: (row: RowState) => string, key: (text: string) => string) {
    super(name, size);
    this.text = text;
    this.key = key;
  }

  protected contribution(row: RowState, leftOut: boolean): string | null {
    return leftOut ? null : this.text(row);
  }

  protected recount(): readonly number[] {
    const before = this.size;
    const texts = new Set<string>();
    let last: string | null = null;
    for (let index = 0; index < this.contributions.length; index++) {
      const text = this.contributions[index] as string | null;
      // Columns repeat themselves from row to row.
      if (text === null || text === last) continue;
      last = text;
      if (!isBlank(text)) texts.add(text);
    }
    this.size = new Set([...texts].map(this.key)).size;
    return before === this.size ? NOTHING : [...this.contributions.keys()];
  }

  protected result(): string {
    return String(this.size);
  }

  readAlone(index: number): string {
    return isBlank(this.contributions[index] ?? '') ? '0' : '1';
  }
}

/** The lowest number of a group, over the whole file, also outside the batch. */
class Lowest extends Aggregate {
  private lowest = new Map<string, string>();
  private readonly group: (row: RowState) => string;
  private readonly number: (row: RowState) => string;
  private readonly key: (text: string) => string;
  private readonly home: string | undefined;
  private readonly groups: string[] = [];
  private readonly numbers: string[] = [];

  constructor(
    name: string,
    size: number,
    group: (row: RowState) => string,
    key: (text: string) => string,
    number: (row: RowState) => string,
    home: string | undefined,
  ) {
    super(name, size);
    this.group = group;
    this.key = key;
    this.number = number;
    this.home = home;
  }

  protected contribution(row: RowState): string | null {
    const number = this.number(row);
    if (this.numbers[row.index] !== number) {
      this.numbers[row.index] = number;
      this.stale = true;
    }
    return this.group(row);
  }

  protected recount(): readonly number[] {
    const before = this.lowest;
    this.lowest = new Map();
    const keys = new Map<string, string>();
    const moved: number[] = [];
    for (let index = 0; index < this.contributions.length; index++) {
      const text = this.contributions[index] ?? '';
      const number = this.numbers[index] ?? '';
      let group = keys.get(text);
      if (group === undefined) {
        group = isBlank(text) ? '' : this.key(text);
        keys.set(text, group);
      }
      this.groups[index] = group;
      if (group === '' || isBlank(number)) continue;
      const least = this.lowest.get(group);
      if (least === undefined || compareNumbers(number, least, this.home) < 0) this.lowest.set(group, number);
    }
    for (let index = 0; index < this.groups.length; index++) {
      const group = this.groups[index] as string;
      if (group !== '' && before.get(group) !== this.lowest.get(group)) moved.push(index);
    }
    return moved;
  }

  protected result(index: number): string {
    const group = this.groups[index] ?? '';
    return group === '' ? '' : (this.lowest.get(group) ?? '');
  }

  readAlone(index: number): string {
    const text = this.contributions[index] ?? '';
    const number = this.numbers[index] ?? '';
    return isBlank(text) || isBlank(number) || this.key(text) === '' ? '' : number;
  }
}
