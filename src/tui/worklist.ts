/** What there is to work through, as lists of rows: task groups, flags, excluded rows, all rows. Read by the screen, changed by nobody but `update`. */
import { DECISION } from '../engine/decide.ts';
import type { Flag, Task } from '../engine/decision.ts';
import type { Answerable, Rule } from '../engine/rule.ts';
import { groupIdOf, type TaskGroup, TaskQueue } from '../review/queue.ts';
import type { Review } from '../review/review.ts';

export interface List {
  readonly id: string;
  readonly kind: 'tasks' | 'flags' | 'excluded' | 'all';
  readonly title: string;
  /** Rows by index, in file order. */
  readonly rows: readonly number[];
  /** How many of the rows still wait for a person. */
  readonly open: number;
  readonly group: TaskGroup | null;
  readonly flag: { readonly rule: string; readonly severity: Flag['severity'] } | null;
}

/** How a row stands: a glyph and a word, so that colour says nothing alone. */
export interface Standing {
  readonly glyph: string;
  readonly word: string;
  readonly tone: 'open' | 'good' | 'bad' | 'dim';
}

export const ALL_ROWS = 'all';
const EXCLUDED = 'excluded';

interface FlagRows {
  readonly rule: string;
  readonly severity: Flag['severity'];
  readonly rows: Set<number>;
}

const NO_ROWS: readonly number[] = [];

export class Worklist {
  readonly review: Review;
  private readonly queue: TaskQueue;
  private readonly flagged = new Map<string, FlagRows>();
  private readonly flagsOfRow = new Map<number, readonly FlagRows[]>();
  private readonly excluded = new Set<number>();
  private readonly everyRow: readonly number[];
  private readonly ruleOf = new Map<string, Rule>();
  /** Task groups keep the place in which they first came up: a list that jumps under the cursor loses people. */
  private readonly seen = new Map<string, number>();
  private made: readonly List[] | null = null;
  /** What a filter lets through, by list. */
  private filtered: { words: string; version: number; rows: Map<string, readonly number[]> } | null = null;
  private version = 0;

  constructor(review: Review) {
    this.review = review;
    this.queue = new TaskQueue(review);
    this.everyRow = [...review.table.rows.keys()];
    for (const table of review.rules.tables) for (const rule of table.rules) this.ruleOf.set(rule.id, rule);
    for (const index of this.everyRow) this.takeIn(index);
  }

  /** Takes a deed's effect in; `rows` are those decided anew. */
  update(rows: ReadonlySet<number>): void {
    this.queue.update(rows);
    for (const index of rows) this.takeIn(index);
    this.made = null;
    this.version++;
  }

  rule(id: string): Rule | undefined {
    return this.ruleOf.get(id);
  }

  /** What the rule is called that has decided something, or the list of words that mean nothing; its id where it is neither. */
  titleOf(id: string): string {
    const { corrections } = this.review.rules;
    const correction = corrections.some((one) => one.id === id) ? 'means nothing' : id;
    return this.ruleOf.get(id)?.title ?? correction;
  }

  /** Open task groups and error flags, then what is done, excluded rows, all rows. */
  lists(): readonly List[] {
    this.made ??= this.make();
    return this.made;
  }

  list(id: string | null): List | null {
    return this.lists().find((one) => one.id === id) ?? null;
  }

  /** The rows of a list that a filter lets through: all words must be found in number, country, carrier, address, status or row. */
  visible(id: string | null, filter: string): readonly number[] {
    const list = this.list(id);
    if (!list) return NO_ROWS;
    const words = filter
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) return list.rows;
    const key = words.join(' ');
    const last = this.filtered;
    if (last?.words !== key || last.version !== this.version)
      this.filtered = { words: key, version: this.version, rows: new Map() };
    const { rows: known } = this.filtered as NonNullable<typeof last>;
    let rows = known.get(list.id);
    if (!rows) {
      // A word that grows lets through no row that it did not let through before.
      const grown =
        last?.version === this.version && key.startsWith(last.words) ? last.rows.get(list.id) : undefined;
      rows = this.withWords(words, grown ?? list.rows);
      known.set(list.id, rows);
    }
    return rows;
  }

  /** Of rows, those with all words in number, country, carrier, address, status or row number. */
  private withWords(words: readonly string[], rows: readonly number[]): readonly number[] {
    const { evaluator, table } = this.review;
    const [number = -1, ...slots] = ['phoneNumber', 'country', 'carrier', 'address'].map((field) =>
      evaluator.facts.slot(field),
    );
    return words.reduce((left, word) => {
      // Most texts of a column stand in many rows.
      const known = new Map<string, boolean>();
      const mayStand = STANDINGS.some((standing) => standing.word.includes(word));
      const mayPlace = DIGITS.test(word);
      const has = (text: string) => {
        if (text === '') return false;
        let found = known.get(text);
        if (found === undefined) {
          found = lower(text).includes(word);
          known.set(text, found);
        }
        return found;
      };
      return left.filter((index) => {
        const values = evaluator.values(index);
        if (lower(values[number] ?? '').includes(word)) return true;
        // Plain loops and no text made: this runs for every row and key.
        for (let at = 0; at < slots.length; at++) if (has(values[slots[at] as number] ?? '')) return true;
        return (
          (mayStand && has(this.standing(index).word)) ||
          (mayPlace && String(table.rows[index]?.place).includes(word))
        );
      });
    }, rows);
  }

  /** Whether a row of a list still waits for a person there. */
  isOpen(list: List, index: number): boolean {
    if (list.kind === 'tasks') return this.openTaskIn(list, index) !== null;
    if (list.kind === 'flags')
      return list.flag?.severity === 'error' && this.openFlags(index, list.flag.rule).length > 0;
    return list.kind === 'all' && this.review.status(index) === 'unresolved';
  }

  /** The next row from `from` on, in steps of `by`, that waits in a list; null where none does. */
  nextOpen(list: List, visible: readonly number[], from: number, by: 1 | -1): number | null {
    if (list.open === 0) return null;
    for (let at = from; at >= 0 && at < visible.length; at += by) {
      const index = visible[at] as number;
      if (this.isOpen(list, index)) return index;
    }
    return null;
  }

  /** The task that a list asks of a row: open, or answered already. Any open one outside task lists. */
  taskIn(list: List | null, index: number): Task | null {
    const { tasks, answered } = this.review.decision(index);
    if (list?.group) {
      const open = this.openTaskIn(list, index);
      return (
        open ??
        answered.find(({ task }) => groupIdOf(this.review, index, task) === list.group?.id)?.task ??
        null
      );
    }
    return tasks[0] ?? answered.at(-1)?.task ?? null;
  }

  private openTaskIn(list: List, index: number): Task | null {
    const { tasks } = this.review.decision(index);
    return tasks.find((task) => groupIdOf(this.review, index, task) === list.group?.id) ?? null;
  }

  /** The task of a row that an answer to `like` can serve too; open ones first. */
  taskLike(index: number, like: Task): Task | null {
    const { tasks, answered } = this.review.decision(index);
    const same = (task: Task) =>
      sameShape(task, like) && task.procedure === like.procedure && task.refer === like.refer;
    return (
      tasks.find(same) ??
      tasks.find((task) => sameShape(task, like)) ??
      answered.find(({ task }) => sameShape(task, like))?.task ??
      null
    );
  }

  /** The intake's questions without an answer that would be offered for a task: `What is the billing address …?` */
  blankOffers(task: Task): readonly string[] {
    const { rules, state } = this.review;
    const facts = (this.ruleOf.get(task.rule)?.then ?? []).flatMap((action) =>
      action.do === 'offer' ? action.pairs.map(([, fact]) => fact) : [],
    );
    return rules.intake.questions
      .filter(({ id }) => facts.includes(`customer.${id}`) && (state.customer.get(id) ?? '').trim() === '')
      .map(({ question }) => question);
  }

  isAnswered(index: number, task: Task): boolean {
    return this.review.decision(index).answered.some((one) => one.task.key === task.key);
  }

  /** Flags of a row that block delivery until somebody vouches for them. */
  openFlags(index: number, rule: string | null): readonly Flag[] {
    if (this.review.status(index) === 'excluded') return [];
    return this.review.evaluator
      .flags(index)
      .filter(
        (flag) =>
          (rule === null || flag.rule === rule) &&
          flag.severity === 'error' &&
          !this.review.isAcknowledged(index, flag),
      );
  }

  standing(index: number): Standing {
    const decision = this.review.decision(index);
    if (decision.excluded) return this.review.isOutsideBatch(decision) ? OUTSIDE : EXCLUDED_ROW;
    const [task] = decision.tasks;
    if (task) return this.review.state.escalated.has(index) ? ESCALATED : standingOf(task);
    if (this.openFlags(index, null).length > 0)
      return this.review.state.escalated.has(index) ? { ...ESCALATED, tone: 'bad' } : FLAGGED;
    return decision.answered.length > 0 ? ANSWERED : READY;
  }

  /** How a row stands in a list: by what is asked of it there, done where that is. */
  standingIn(list: List | null, index: number): Standing {
    const standing = this.standing(index);
    if (list?.kind !== 'tasks' || standing.tone !== 'open') return standing;
    const task = this.openTaskIn(list, index);
    if (task === null) return ANSWERED;
    return standing === ESCALATED ? standing : standingOf(task);
  }

  private takeIn(index: number): void {
    for (const flags of this.flagsOfRow.get(index) ?? []) {
      flags.rows.delete(index);
      if (flags.rows.size === 0) this.flagged.delete(flags.rule);
    }
    this.flagsOfRow.delete(index);
    if (this.review.status(index) === 'excluded') {
      this.excluded.add(index);
      return;
    }
    this.excluded.delete(index);
    const flags = this.review.evaluator.flags(index);
    if (flags.length === 0) return;
    const into = flags.map(({ rule, severity }) => {
      let rows = this.flagged.get(rule);
      if (!rows) {
        rows = { rule, severity, rows: new Set() };
        this.flagged.set(rule, rows);
      }
      rows.rows.add(index);
      return rows;
    });
    this.flagsOfRow.set(index, into);
  }

  private make(): List[] {
    const tasks = this.queue.groups().map((group): List => {
      if (!this.seen.has(group.id)) this.seen.set(group.id, this.seen.size);
      return {
        id: `task ${group.id}`,
        kind: 'tasks',
        title: group.title,
        rows: merged(group.open, group.answered),
        open: group.open.length,
        group,
        flag: null,
      };
    });
    tasks.sort((a, b) => this.placeOf(a) - this.placeOf(b));
    const flags = [...this.flagged.values()]
      .sort(
        (a, b) =>
          SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.rows.size - a.rows.size,
      )
      .map(({ rule, severity, rows: set }): List => {
        const rows = [...set].sort((a, b) => a - b);
        const open =
          severity === 'error' ? rows.filter((index) => this.openFlags(index, rule).length > 0).length : 0;
        const title = this.ruleOf.get(rule)?.title ?? rule;
        return {
          id: `${FLAGS}${rule}`,
          kind: 'flags',
          title,
          rows,
          open,
          group: null,
          flag: { rule, severity },
        };
      });
    const plain = { open: 0, group: null, flag: null };
    const excluded = [...this.excluded].sort((a, b) => a - b);
    return [
      ...tasks,
      ...flags,
      ...(excluded.length > 0
        ? [{ ...plain, id: EXCLUDED, kind: 'excluded' as const, title: 'Excluded', rows: excluded }]
        : []),
      {
        ...plain,
        id: ALL_ROWS,
        kind: 'all',
        title: 'All rows',
        rows: this.everyRow,
        open: this.review.unresolved,
      },
    ];
  }

  private placeOf(list: List): number {
    return this.seen.get(list.group?.id ?? '') ?? 0;
  }
}

/** Whether a list, gone or not, is one of flags. */
export function isOfFlags(id: string | null): boolean {
  return id?.startsWith(FLAGS) ?? false;
}

const FLAGS = 'flag ';

const SEVERITIES: readonly Flag['severity'][] = ['error', 'warning', 'info'];

const TASK_STANDINGS: Readonly<Record<Task['kind'], Standing>> = {
  'look-up': { glyph: '!', word: 'look up', tone: 'open' },
  ask: { glyph: '?', word: 'ask', tone: 'open' },
  offer: { glyph: '~', word: 'confirm', tone: 'open' },
  refer: { glyph: '^', word: 'refer', tone: 'open' },
};

const UNFILLED: Standing = { glyph: '?', word: 'fill in', tone: 'open' };
const OUTSIDE: Standing = { glyph: 'x', word: 'not in batch', tone: 'dim' };
const EXCLUDED_ROW: Standing = { glyph: 'x', word: 'excluded', tone: 'dim' };
const ESCALATED: Standing = { glyph: '^', word: 'escalated', tone: 'open' };
const FLAGGED: Standing = { glyph: '#', word: 'error flag', tone: 'bad' };
const ANSWERED: Standing = { glyph: '+', word: 'answered', tone: 'good' };
const READY: Standing = { glyph: '=', word: 'ready', tone: 'good' };
const STANDINGS: readonly Standing[] = [
  ...Object.values(TASK_STANDINGS),
  ...[UNFILLED, OUTSIDE, EXCLUDED_ROW, ESCALATED, FLAGGED, ANSWERED, READY],
];

function standingOf(task: Task): Standing {
  // There may be nothing to offer yet.
  if (task.kind === 'offer' && Object.keys(task.suggestion).length === 0) return UNFILLED;
  return TASK_STANDINGS[task.kind];
}

const DIGITS = /^\d+$/;
const MAY_BE_LOWER = /[A-Z]|[^\0-\x7f]/;

function lower(text: string): string {
  return MAY_BE_LOWER.test(text) ? text.toLowerCase() : text;
}

/** The fields that a task asks for; the lead's word where it asks for none. */
export function asked(task: Task): readonly Answerable[] {
  return task.for.length > 0
    ? task.for
    : [{ field: DECISION, label: 'Decision of the lead', extra: false, pattern: null, format: null }];
}

/** Of what a row's task asks for, what has no answer yet. */
export function missing(work: Worklist, row: number, task: Task): readonly Answerable[] {
  const given = work.review.evaluator.givenTo(row, task);
  return asked(task).filter((item) => given[item.field] === undefined);
}

/** Whether one answer can serve both tasks. */
function sameShape(a: Task, b: Task): boolean {
  return (
    a.kind === b.kind &&
    a.scope === b.scope &&
    a.for.length === b.for.length &&
    a.for.every((item, at) => item.field === b.for[at]?.field)
  );
}

function merged(a: readonly number[], b: readonly number[]): readonly number[] {
  return b.length === 0 ? a : [...a, ...b].sort((x, y) => x - y);
}
