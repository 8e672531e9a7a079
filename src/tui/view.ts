/** What the screen shows beside the review itself: cursor, marks, filter, what is being typed. Never journaled. */

import type { Task } from '../engine/decision.ts';
import type { Explanation } from '../engine/explain.ts';
import type { LayoutChoice } from '../engine/layout.ts';
import type { Problem } from '../engine/problem.ts';
import type { Question } from '../engine/rule.ts';
import type { Delivered, DeliveryRequest, Desk, Opening } from '../review/desk.ts';
import type { Deed } from '../review/event.ts';
import type { ActionId, Place, Situation } from './keys.ts';
import type { InputLine } from './line.ts';
import type { List, Worklist } from './worklist.ts';

/** What a step reads and never changes. */
export interface World {
  readonly opening: Opening;
  readonly desk: Desk | null;
  readonly work: Worklist | null;
  /** Whether a program for long texts can be started. */
  readonly editor: boolean;
}

/** Whom a deed is for. */
export type Scope = 'row' | 'selection' | 'group';

export interface Field {
  readonly key: string;
  readonly label: string;
  readonly line: InputLine;
  /** The only texts that are right, where there is a choice. */
  readonly choices: readonly string[];
  /** Texts to take over: offers, earlier answers. */
  readonly suggestions: readonly Suggestion[];
  /** What stands between pasted lines. */
  readonly join: string;
  /** What stood in it before anything was typed. */
  readonly given: string;
}

export interface Suggestion {
  readonly text: string;
  /** Where it comes from: `offered`, `12 rows`. */
  readonly from: string;
}

export type Purpose =
  | { readonly type: 'answer'; readonly task: Task }
  | { readonly type: 'correct'; readonly field: string }
  | { readonly type: 'exclude' }
  | { readonly type: 'note' }
  | { readonly type: 'escalate' }
  | { readonly type: 'intake'; readonly question: Question }
  | { readonly type: 'batch' }
  | { readonly type: 'paste'; readonly task: Task }
  | { readonly type: 'rejection' }
  | { readonly type: 'propose'; readonly country: string; readonly carrier: string }
  | { readonly type: 'filter'; readonly before: string };

export interface Form {
  readonly kind: 'form';
  readonly purpose: Purpose;
  readonly title: string;
  readonly fields: readonly Field[];
  readonly at: number;
  readonly scope: Scope | null;
  /** Every scope that means some row, with how many: counted once, for nothing moves while a form is open. */
  readonly scopes: readonly { readonly scope: Scope; readonly rows: number; readonly hidden: number }[];
  readonly problem: string | null;
  /** What a text that is left here unsaved is kept under: purpose, and the row, list or question. */
  readonly draft: string | null;
}

/** What was typed and not saved, over what stood there. Where something else stands there by now, it is stale. */
interface Draft {
  readonly given: readonly string[];
  readonly texts: readonly string[];
}

export interface Confirm {
  readonly kind: 'confirm';
  readonly question: string;
  readonly details: readonly string[];
  readonly effect: Effect;
}

export interface PickItem {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  /** Why it cannot be picked, or null. */
  readonly disabled: string | null;
}

export interface Pick {
  readonly kind: 'pick';
  readonly purpose:
    | { readonly type: 'palette'; readonly place: Place }
    | { readonly type: 'cell' }
    | { readonly type: 'column'; readonly field: string }
    | { readonly type: 'layout' };
  readonly title: string;
  readonly items: readonly PickItem[];
  readonly line: InputLine;
  readonly at: number;
}

export type Style =
  | 'plain'
  | 'title'
  | 'head'
  | 'dim'
  | 'key'
  | 'open'
  | 'good'
  | 'bad'
  | 'warn'
  | 'mark'
  | 'cursor'
  | 'input';

export interface PageLine {
  readonly text: string;
  readonly style: Style;
  /** Cells that further lines of the same text are moved in. */
  readonly indent: number;
}

export interface Page {
  readonly kind: 'page';
  readonly title: string;
  readonly lines: readonly PageLine[];
  readonly top: number;
  /** What `y` copies, if not the lines, and what that is called. */
  readonly copy: { readonly text: string; readonly what: string } | null;
}

export interface Delivery {
  readonly kind: 'deliver';
  readonly request: DeliveryRequest;
  readonly lines: readonly PageLine[];
  readonly blocked: boolean;
  readonly top: number;
}

export type Layer = Form | Confirm | Pick | Page | Delivery;

/** What is to be done outside: the journal, files, the terminal. The next key waits until it is done. */
export type Effect =
  | { readonly type: 'open'; readonly choice: LayoutChoice; readonly keepLayout: boolean }
  | { readonly type: 'record'; readonly deeds: readonly Deed[]; readonly after: After }
  | { readonly type: 'deliver'; readonly request: DeliveryRequest }
  | { readonly type: 'propose'; readonly country: string; readonly carrier: string; readonly how: string }
  | { readonly type: 'explain'; readonly row: number }
  | { readonly type: 'copy'; readonly text: string; readonly what: string }
  | { readonly type: 'edit'; readonly text: string }
  | { readonly type: 'repaint' }
  | { readonly type: 'quit' };

/** What the screen does once a deed is in the journal. */
interface After {
  readonly say: string;
  /** How it is said; `good` if not given. */
  readonly tone?: Say['tone'];
  /** Closes what lies over the screen. */
  readonly close: boolean;
  /** Goes on to the next open row, or question; `stay`: to the row that follows, while the list has one. */
  readonly advance: boolean | 'stay';
  /** A draft that has become an answer. */
  readonly draft: string | null;
  /** Takes the marks away: what they were made for is done. */
  readonly unmark?: boolean;
  /** A row to go to: the one that an undo has changed. */
  readonly row?: number | undefined;
}

export type Outcome =
  | { readonly type: 'opened' }
  | { readonly type: 'recorded'; readonly after: After }
  | { readonly type: 'delivered'; readonly delivered: Delivered }
  | { readonly type: 'proposed'; readonly path: string }
  | { readonly type: 'explained'; readonly explanation: Explanation }
  | { readonly type: 'copied'; readonly what: string }
  | { readonly type: 'edited'; readonly text: string | null }
  | { readonly type: 'failed'; readonly problems: readonly Problem[] };

export interface Say {
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad';
  /** The command that goes on from here; each screen says it in its own way. */
  readonly next: ActionId | null;
}

export interface Mapping {
  readonly at: number;
  readonly choice: LayoutChoice;
  readonly keep: boolean;
  /** The header that the choice is made from, and how many records stand above it. */
  readonly header: readonly string[];
  readonly headerAt: number;
  readonly problems: readonly Problem[];
}

export interface View {
  readonly size: { readonly columns: number; readonly rows: number };
  readonly screen: 'opening' | 'mapping' | 'intake' | 'work';
  readonly mapping: Mapping | null;
  /** The question under the cursor. */
  readonly question: number;
  readonly list: string | null;
  /** Where the list stands among all: what comes next once it is gone. */
  readonly listAt: number;
  /** The row under the cursor, by index. */
  readonly row: number | null;
  /** The first visible row of the list on the screen. */
  readonly top: number;
  readonly pane: 'lists' | 'rows' | 'detail';
  readonly detailTop: number;
  readonly marks: ReadonlySet<number>;
  /** Where a range begins. */
  readonly anchor: number | null;
  readonly filter: string;
  readonly layers: readonly Layer[];
  /** What was typed and not saved, by what it was for. */
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly say: Say | null;
  readonly busy: string | null;
}

export interface Step {
  readonly view: View;
  readonly effects: readonly Effect[];
}

export function step(view: View, ...effects: Effect[]): Step {
  return { view, effects };
}

export function firstView(columns: number, rows: number): View {
  return {
    size: { columns, rows },
    screen: 'opening',
    mapping: null,
    question: 0,
    list: null,
    listAt: 0,
    row: null,
    top: 0,
    pane: 'rows',
    detailTop: 0,
    marks: new Set(),
    anchor: null,
    filter: '',
    layers: [],
    drafts: new Map(),
    say: null,
    busy: null,
  };
}

/** Where a key is pressed now. */
export function placeOf(view: View): Place {
  const layer = view.layers.at(-1);
  if (layer) return layer.kind;
  if (view.screen === 'work') return view.pane;
  return view.screen === 'intake' ? 'intake' : 'mapping';
}

export function topLayer(view: View): Layer | null {
  return view.layers.at(-1) ?? null;
}

export function withLayer(view: View, layer: Layer): View {
  return { ...view, layers: [...view.layers.slice(0, -1), layer] };
}

export function pushLayer(view: View, layer: Layer): View {
  return { ...view, layers: [...view.layers, layer], say: null };
}

export function popLayer(view: View): View {
  return { ...view, layers: view.layers.slice(0, -1) };
}

export function saying(
  view: View,
  text: string,
  tone: Say['tone'] = 'plain',
  next: ActionId | null = null,
): View {
  return { ...view, say: { text, tone, next } };
}

/** The drafts, with what was typed into a form that is open, or without what is no draft any more. */
export function withDraft(drafts: View['drafts'], form: Form): View['drafts'] {
  if (form.draft === null) return drafts;
  const next = new Map(drafts);
  const typed = form.fields.some((one) => one.line.text !== one.given);
  if (typed) {
    next.set(form.draft, {
      given: form.fields.map((one) => one.given),
      texts: form.fields.map((one) => one.line.text),
    });
  } else next.delete(form.draft);
  return next;
}

/** The drafts without one that has become a deed. */
export function withoutDraft(drafts: View['drafts'], key: string | null): View['drafts'] {
  if (key === null || !drafts.has(key)) return drafts;
  const next = new Map(drafts);
  next.delete(key);
  return next;
}

/** Marked rows as runs of neighbours: a mark on every row is one run. */
type Runs = readonly (readonly [first: number, last: number])[];

const runsOfMarks = new WeakMap<View['marks'], Runs>();

export function runsOf(marks: View['marks']): Runs {
  const known = runsOfMarks.get(marks);
  if (known) return known;
  const runs: [number, number][] = [];
  for (const row of [...marks].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last[1] === row - 1) last[1] = row;
    else runs.push([row, row]);
  }
  runsOfMarks.set(marks, runs);
  return runs;
}

/** Where the agent is, what is marked, what was typed: text kept outside the journal, for it decides nothing. */
export function placeText(view: View): string {
  const { screen, list, row, filter, question } = view;
  const forms = view.layers.filter((layer) => layer.kind === 'form');
  const drafts = Object.fromEntries(forms.reduce(withDraft, view.drafts));
  return JSON.stringify({ screen, list, row, filter, question, marks: runsOf(view.marks), drafts });
}

/** A view at the place that `placeText` has told, in a table of `rows` rows; as it was where the text means nothing. */
export function atPlace(view: View, text: string, rows: number): View {
  let place: unknown;
  try {
    place = JSON.parse(text);
  } catch {
    return view;
  }
  if (typeof place !== 'object' || place === null) return view;
  const { screen, list, row, filter, question, marks, drafts } = place as Record<string, unknown>;
  return {
    ...view,
    screen: screen === 'intake' || screen === 'work' ? screen : view.screen,
    list: typeof list === 'string' ? list : view.list,
    row: typeof row === 'number' ? row : view.row,
    filter: typeof filter === 'string' ? filter : '',
    question: typeof question === 'number' ? question : view.question,
    marks: marksOf(marks, rows),
    drafts: draftsOf(drafts),
  };
}

function marksOf(runs: unknown, rows: number): Set<number> {
  const marks = new Set<number>();
  for (const run of Array.isArray(runs) ? runs : []) {
    const [first, last] = Array.isArray(run) ? run : [];
    if (!Number.isInteger(first) || !Number.isInteger(last)) continue;
    for (let row = Math.max(0, first); row <= last && row < rows; row++) marks.add(row);
  }
  return marks;
}

function draftsOf(kept: unknown): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  const texts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((one) => typeof one === 'string');
  for (const [key, draft] of Object.entries(typeof kept === 'object' && kept !== null ? kept : {})) {
    if (texts(draft?.given) && texts(draft?.texts))
      drafts.set(key, { given: draft.given, texts: draft.texts });
  }
  return drafts;
}

export function currentList(view: View, world: World): List | null {
  return world.work?.list(view.list) ?? null;
}

export function visibleRows(view: View, world: World): readonly number[] {
  return world.work?.visible(view.list, view.filter) ?? [];
}

/** How many rows the list has that is open, whatever a filter hides. */
export function listLength(view: View, world: World): number {
  return currentList(view, world)?.rows.length ?? 0;
}

const hiddenMarks = new WeakMap<View['marks'], { rows: readonly number[]; count: number }>();

/** How many marked rows are not among those shown. */
export function hiddenCount(marks: View['marks'], rows: readonly number[]): number {
  const known = hiddenMarks.get(marks);
  if (known?.rows === rows) return known.count;
  let count = 0;
  for (const row of marks) if (rows[positionOf(rows, row)] !== row) count++;
  hiddenMarks.set(marks, { rows, count });
  return count;
}

/** Where a row stands in rows that are in order: its place, or that of the next one. */
export function positionOf(rows: readonly number[], row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] as number) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function situationOf(view: View, world: World): Situation {
  const { desk, work } = world;
  const list = currentList(view, world);
  const row = view.row;
  const state = desk?.review.state;
  const task = work && row !== null ? work.taskIn(list, row) : null;
  return {
    list,
    row,
    task,
    blankOffers: {
      row: work && task ? work.blankOffers(task) : [],
      group: work && list?.group ? work.blankOffers(list.group.sample) : [],
    },
    openFlags: work && row !== null ? work.openFlags(row, list?.flag?.rule ?? null).length : 0,
    excluded: excludedBy(row, desk),
    marked: view.marks.size,
    blocked: isBlocked(topLayer(view)),
    filtered: view.filter !== '',
    undo: (state?.done.length ?? 0) > 0,
    redo: (state?.undone.length ?? 0) > 0,
    editor: world.editor,
    desk: desk !== null,
  };
}

function isBlocked(layer: Layer | null): boolean {
  return layer?.kind === 'deliver' && layer.blocked;
}

function excludedBy(row: number | null, desk: Desk | null): Situation['excluded'] {
  if (!desk || row === null || desk.review.status(row) !== 'excluded') return null;
  const decision = desk.review.decision(row);
  if (desk.review.isOutsideBatch(decision)) return 'batch';
  return decision.excluded?.rule == null ? 'agent' : 'rule';
}
