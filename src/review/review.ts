/** A table under its rules and its people: decisions, with the session's events folded in. */
import { Evaluator, makeBooks, OUTSIDE_BATCH } from '../engine/decide.ts';
import type { Decision, Flag } from '../engine/decision.ts';
import type { Reference } from '../engine/facts.ts';
import type { Problem } from '../engine/problem.ts';
import type { Question, RuleSet } from '../engine/rule.ts';
import type { Table } from '../engine/table.ts';
import { type Event, type FlagEntry, rowsOf } from './event.ts';
import { applyTo, flagKey, fold, type SessionState } from './session.ts';

/** A question of the intake that stands in the way of delivery. */
export interface OpenQuestion {
  readonly question: Question;
  /** The answer given, where it is one that delivery may not go on with. */
  readonly answer: string | null;
}

export interface Summary {
  readonly rows: number;
  readonly changed: number;
  readonly unresolved: number;
  readonly excluded: number;
  readonly flagged: number;
  readonly ready: number;
}

/** The facts that the evaluator reads live; the review keeps them in step with the events. */
interface LiveContext {
  readonly customer: Map<string, string>;
  readonly references: Map<string, Reference>;
  batch: ReadonlySet<number> | null;
}

/** How many rows a refused delivery names for one reason: more nobody looks up one by one. */
const NAMED = 20;

export class Review {
  readonly rules: RuleSet;
  readonly table: Table;
  readonly evaluator: Evaluator;
  private readonly context: LiveContext;
  private events: Event[];
  private folded: SessionState;
  /** Unresolved rows, by index, in file order kept lazily. */
  private unresolvedCount = 0;
  private readonly statuses: Decision['status'][];

  private constructor(rules: RuleSet, table: Table, events: readonly Event[]) {
    this.rules = rules;
    this.table = table;
    this.events = [...events];
    this.folded = fold(events);
    this.context = { customer: new Map(), references: new Map(), batch: null };
    this.shareContext();
    this.evaluator = new Evaluator(rules, table, this.context, makeBooks(rules));
    this.statuses = new Array(table.rows.length);
  }

  /** Decides every row under the events so far. */
  static async open(rules: RuleSet, table: Table, events: readonly Event[] = []): Promise<Review> {
    const review = new Review(rules, table, events);
    await review.evaluator.decideAll(review.folded.inputs);
    for (let index = 0; index < table.rows.length; index++) review.count(index);
    return review;
  }

  get state(): SessionState {
    return this.folded;
  }

  get log(): readonly Event[] {
    return this.events;
  }

  /**
   * Takes an event in and decides the rows it touches again. The event must be in the journal already.
   * @returns the rows whose decision was made anew
   */
  async apply(event: Event): Promise<ReadonlySet<number>> {
    let touched: readonly number[] | null;
    if (event.type === 'undo' || event.type === 'redo') {
      const target = event.type === 'undo' ? this.folded.done.at(-1) : this.folded.undone.at(-1);
      this.events.push(event);
      if (!target) return new Set();
      touched = rowsOf(target);
      this.folded = fold(this.events);
    } else {
      this.events.push(event);
      applyTo(this.folded, event);
      touched = rowsOf(event);
    }
    this.shareContext();
    if (touched !== null && touched.length === 0) return new Set();
    const rows = touched === null ? this.table.rows.keys() : new Set(touched);
    const decided = await this.evaluator.redecide(this.folded.inputs, rows);
    for (const index of decided) this.count(index);
    return decided;
  }

  decision(index: number): Decision {
    return this.evaluator.decision(index);
  }

  status(index: number): Decision['status'] {
    return this.statuses[index] as Decision['status'];
  }

  get unresolved(): number {
    return this.unresolvedCount;
  }

  /** What has still to be found out of a row, in words. */
  missing(index: number): string {
    const labels = this.decision(index).tasks.flatMap((task) => {
      if (task.for.length === 0) return [`a decision of ${task.refer ?? 'a lead'}`];
      const given = this.evaluator.givenTo(index, task);
      return task.for.filter((item) => given[item.field] === undefined).map((item) => item.label);
    });
    return [...new Set(labels)].join(', ');
  }

  /** The phone number of a row as it would be delivered. */
  phoneNumber(index: number): string {
    return this.evaluator.value(index, 'phoneNumber');
  }

  place(index: number): number {
    return this.table.rows[index]?.place ?? 0;
  }

  /** Whether a row is outside the batch, rather than excluded by somebody's decision. */
  isOutsideBatch(decision: Decision): boolean {
    return decision.excluded?.rule === null && decision.excluded.reason === OUTSIDE_BATCH;
  }

  isAcknowledged(index: number, flag: Flag): boolean {
    return this.folded.acknowledged.has(flagKey(this.flagEntry(index, flag)));
  }

  /** A row's flag as it can be vouched for: with the text of its cell as it stands now. */
  flagEntry(index: number, { rule, field, message }: Flag): FlagEntry {
    const text = field === null ? {} : { text: this.evaluator.value(index, field) };
    return { row: index, rule, field, message, ...text };
  }

  /** Error flags of rows that would be delivered and that nobody has vouched for. */
  blockingFlags(): FlagEntry[] {
    const found: FlagEntry[] = [];
    for (const index of this.table.rows.keys()) {
      if (this.status(index) === 'excluded') continue;
      for (const flag of this.evaluator.flags(index)) {
        if (flag.severity !== 'error' || this.isAcknowledged(index, flag)) continue;
        found.push(this.flagEntry(index, flag));
      }
    }
    return found;
  }

  /** Questions of the intake that block delivery: open, or answered so that it may not go on. */
  openQuestions(): OpenQuestion[] {
    const found: OpenQuestion[] = [];
    for (const question of this.rules.intake.questions) {
      const answer = this.folded.customer.get(question.id) ?? '';
      if (answer.trim() === '') {
        if (question.blocks) found.push({ question, answer: null });
      } else if (question.mustBe !== null && answer !== question.mustBe) {
        found.push({ question, answer });
      }
    }
    return found;
  }

  /**
   * Why nothing may be delivered yet; empty where nothing stands in the way.
   * `partial` lets unresolved rows pass, and nothing else.
   */
  blockers(partial: boolean): Problem[] {
    const problems: Problem[] = [];
    if (!partial && this.unresolvedCount > 0) {
      const rows = [...this.table.rows.keys()].filter((index) => this.status(index) === 'unresolved');
      problems.push({
        code: 'unresolved',
        severity: 'error',
        message: `${rows.length} of ${this.table.rows.length} ${this.table.rows.length === 1 ? 'row' : 'rows'} ${rows.length === 1 ? 'is' : 'are'} unresolved: ${this.rowList(rows, NAMED)}`,
        help: 'answer them in `csr review`, or with `--answers`; `--partial` delivers with these cells as they are',
      });
    }
    for (const { question, answer } of this.openQuestions()) {
      problems.push({
        code: 'intake-open',
        severity: 'error',
        message:
          answer === null
            ? `the intake has no answer to: ${question.question}`
            : `the intake says \`${answer}\` to: ${question.question} ${question.otherwise ?? `It must be ${question.mustBe}`}`,
        help: `answer it in \`csr review\`, or as \`${question.id}\` in the file given as \`--customer-file\``,
      });
    }
    if (this.folded.customer.get('scope') === 'batch' && this.folded.batch === null) {
      problems.push({
        code: 'batch-open',
        severity: 'error',
        message: 'the customer wants a batch of numbers, and no list of them was given',
        help: 'give the list with `--numbers`',
      });
    }
    const byRule = new Map<string, FlagEntry[]>();
    for (const flag of this.blockingFlags()) byRule.set(flag.rule, [...(byRule.get(flag.rule) ?? []), flag]);
    for (const [rule, flags] of byRule) {
      const where = flags.map((flag) => flag.row);
      problems.push({
        code: 'error-flag',
        severity: 'error',
        rule,
        message: `${flags.length} ${flags.length === 1 ? 'cell is' : 'cells are'} flagged (${flags[0]?.message}): ${this.rowList(where, NAMED)}`,
        help: `correct them in \`csr review\`, or vouch for them with \`--acknowledge ${rule}\``,
      });
    }
    return problems;
  }

  /** Counts over all rows. `ready`, `unresolved` and `excluded` add up to `rows`. */
  summary(): Summary {
    const counts = { ready: 0, unresolved: 0, excluded: 0 };
    let changed = 0;
    let flagged = 0;
    for (const index of this.table.rows.keys()) {
      counts[this.status(index)]++;
      if (this.folded.batch && !this.folded.batch.has(index)) continue;
      if (this.evaluator.isChanged(index)) changed++;
      if (this.evaluator.flags(index).length > 0) flagged++;
    }
    return { rows: this.table.rows.length, changed, ...counts, flagged };
  }

  /** `rows 4, 9 (+14085550104), …`: rows as people find them in the sheet. */
  rowList(indexes: readonly number[], most = 5): string {
    const rows = [...new Set(indexes)];
    const shown = rows
      .slice(0, most)
      .map((index) => `row ${this.place(index)} (${this.phoneNumber(index) || 'no number'})`);
    return shown.join(', ') + (rows.length > shown.length ? ` and ${rows.length - shown.length} more` : '');
  }

  private shareContext(): void {
    this.context.customer.clear();
    for (const [fact, text] of this.folded.customer) this.context.customer.set(fact, text);
    this.context.references.clear();
    for (const [name, reference] of this.folded.references) this.context.references.set(name, reference);
    this.context.batch = this.folded.batch;
  }

  private count(index: number): void {
    const status = this.evaluator.status(index);
    if (this.statuses[index] === 'unresolved') this.unresolvedCount--;
    if (status === 'unresolved') this.unresolvedCount++;
    this.statuses[index] = status;
  }
}
