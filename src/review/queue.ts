/** Open tasks in the groups an agent works them in: one look-up in one portal answers many numbers. */
import { distance } from 'fastest-levenshtein';
import type { Task } from '../engine/decision.ts';
import type { Review } from './review.ts';

export interface TaskGroup {
  /** Stable over the session: ticked steps are filed under it. */
  readonly id: string;
  /** What is to be done, where: `carrier records, DE, Colt`. */
  readonly title: string;
  readonly kind: Task['kind'];
  readonly rule: string;
  readonly country: string;
  readonly carrier: string;
  /** A task of the group, for its steps and fields. */
  readonly sample: Task;
  /** Rows (indexes, in file order) whose task of this group is open. */
  readonly open: readonly number[];
  /** Rows whose task of this group has been answered. */
  readonly answered: readonly number[];
}

interface Growing {
  readonly id: string;
  sample: Task;
  country: string;
  carrier: string;
  readonly open: Set<number>;
  readonly answered: Set<number>;
  /** The group as it was last handed out; null once it has changed. */
  made: TaskGroup | null;
}

/** Every group with a task, open or answered; groups with open tasks first, larger first. */
export function taskGroups(review: Review): TaskGroup[] {
  return new TaskQueue(review).groups();
}

/** The groups of a review, kept in step row by row: an answer in a large file must not cost a walk over it. */
export class TaskQueue {
  private readonly review: Review;
  private readonly growing = new Map<string, Growing>();
  /** The groups that each row stands in. */
  private readonly groupsOfRow = new Map<number, readonly Growing[]>();

  constructor(review: Review) {
    this.review = review;
    this.update(review.table.rows.keys());
  }

  /** Takes rows in again after they were decided anew. */
  update(rows: Iterable<number>): void {
    for (const index of rows) {
      for (const group of this.groupsOfRow.get(index) ?? []) {
        group.open.delete(index);
        group.answered.delete(index);
        group.made = null;
        if (group.open.size + group.answered.size === 0) this.growing.delete(group.id);
      }
      this.groupsOfRow.delete(index);
      if (!this.review.evaluator.hasTasks(index)) continue;
      const decision = this.review.decision(index);
      if (decision.status === 'excluded') continue;
      const open = decision.tasks.map((task) => this.add(task, index, 'open'));
      const answered = decision.answered.map(({ task }) => this.add(task, index, 'answered'));
      this.groupsOfRow.set(index, answered.length === 0 ? open : [...open, ...answered]);
    }
  }

  /** Every group with a task, open or answered; groups with open tasks first, larger first. */
  groups(): TaskGroup[] {
    return [...this.growing.values()]
      .map((group) => {
        group.made ??= this.make(group);
        return group.made;
      })
      .sort(
        (a, b) =>
          Number(b.open.length > 0) - Number(a.open.length > 0) ||
          b.open.length - a.open.length ||
          (a.id < b.id ? -1 : 1),
      );
  }

  private add(task: Task, index: number, list: 'open' | 'answered'): Growing {
    const place = placeOf(this.review, index);
    const id = groupId(task, place);
    let group = this.growing.get(id);
    if (!group) {
      group = { id, sample: task, ...place, open: new Set(), answered: new Set(), made: null };
      this.growing.set(id, group);
    }
    // What is offered may have changed since: the newest open task speaks for the group.
    if (list === 'open' || group.open.size === 0) group.sample = task;
    group[list].add(index);
    group.made = null;
    return group;
  }

  private make(group: Growing): TaskGroup {
    return {
      id: group.id,
      title: titleOf(this.review, group),
      kind: group.sample.kind,
      rule: group.sample.rule,
      country: group.country,
      carrier: group.carrier,
      sample: group.sample,
      open: inOrder(group.open),
      answered: inOrder(group.answered).filter((index) => !group.open.has(index)),
    };
  }
}

function inOrder(rows: ReadonlySet<number>): number[] {
  return [...rows].sort((a, b) => a - b);
}

/** The group that a row's task belongs to. */
export function groupIdOf(review: Review, index: number, task: Task): string {
  return groupId(task, placeOf(review, index));
}

function placeOf(review: Review, index: number): { country: string; carrier: string } {
  const { books } = review.evaluator;
  const country = review.evaluator.value(index, 'country');
  const carrier = review.evaluator.value(index, 'carrier');
  return {
    country: books.countries.code(country) ?? country.trim(),
    carrier: books.carriers.canonical(carrier) ?? carrier.trim(),
  };
}

function groupId(task: Task, { country, carrier }: { country: string; carrier: string }): string {
  const what = task.procedure ?? task.refer ?? task.for.map((item) => item.field).join('+');
  // A customer fact is one question for the whole file, wherever it turns up.
  const where = task.scope === 'file' ? [] : [country, carrier];
  return [
    task.kind,
    what,
    ...(task.kind === 'ask' || task.kind === 'offer' ? [task.for.map((item) => item.field).join('+')] : []),
    ...where,
  ].join(' · ');
}

function titleOf(review: Review, group: Pick<Growing, 'sample' | 'country' | 'carrier'>): string {
  const { sample } = group;
  const fields = sample.for.map((item) => item.label).join(', ');
  const procedure =
    sample.procedure === null
      ? null
      : (review.rules.procedures.get(sample.procedure)?.title ?? sample.procedure);
  const what =
    sample.kind === 'refer'
      ? `Refer to ${sample.refer}${fields === '' ? '' : `: ${fields}`}`
      : sample.kind === 'ask'
        ? `Ask: ${fields}`
        : sample.kind === 'offer'
          ? `Confirm: ${fields}`
          : (procedure ?? fields);
  const where = sample.scope === 'file' ? [] : [group.country, group.carrier].filter((text) => text !== '');
  return [what, ...where].join(', ');
}

/**
 * What rows of a row's country now have by answer for a field, most rows first: values to offer again. Other
 * countries' answers are none: an address of another country is wrong wherever it is taken over.
 * `count` is how many rows have it, however often they were answered.
 */
export function earlierAnswers(
  review: Review,
  field: string,
  row: number,
): { readonly text: string; readonly count: number }[] {
  const { country } = placeOf(review, row);
  const counts = new Map<string, number>();
  for (const [index, { answers }] of review.state.inputs) {
    // Of several answers for one row the last holds; what it replaced was perhaps a slip.
    const text = answers.findLast(({ values }) => values[field] !== undefined)?.values[field] ?? '';
    if (text.trim() !== '' && placeOf(review, index).country === country)
      counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
}

/** How long a text is at least, and how many characters may be otherwise, so that another is it with a slip. */
const LONG = 12;
const SLIPS = 2;

/**
 * What other rows of the file have in a column, and is a text but for a slip: of a spreadsheet's `MA 2108`, the `MA 02108`
 * of its neighbours. Most frequent first. Numbers of phones are all near each other, so there it is none.
 */
export function nearTexts(
  { table, evaluator }: Review,
  field: string,
  text: string,
): { readonly text: string; readonly count: number }[] {
  const at = table.columns.findIndex((column) => column.field === field);
  if (at < 0 || text.length < LONG || evaluator.facts.type(field) === 'phone') return [];
  const counts = new Map<string, number>();
  for (const { cells } of table.rows) {
    const other = cells[at] ?? '';
    if (Math.abs(other.length - text.length) <= SLIPS) counts.set(other, (counts.get(other) ?? 0) + 1);
  }
  return [...counts]
    .filter(([other]) => other !== text && distance(other, text) <= SLIPS)
    .map(([other, count]) => ({ text: other, count }))
    .sort((a, b) => b.count - a.count);
}
