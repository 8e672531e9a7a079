/** The fold: what all events together mean. */
import type { Answer, RowInput } from '../engine/decision.ts';
import type { Reference } from '../engine/facts.ts';
import { CsrError } from '../engine/problem.ts';
import { type AnswerEntry, type Deed, type Event, type FlagEntry, isUndoable } from './event.ts';

interface Answered extends RowInput {
  answers: Answer[];
  edits: Record<string, string>;
  edited: Set<string>;
  excluded: string | null;
}

/** What a session's events add up to. */
export class SessionState {
  start: Extract<Deed, { type: 'start' }> | null = null;
  readonly customer = new Map<string, string>();
  readonly references = new Map<string, Reference>();
  batch: ReadonlySet<number> | null = null;
  readonly inputs = new Map<number, Answered>();
  readonly notes = new Map<number, string[]>();
  readonly escalated = new Map<number, { to: string; note: string; at: string; who: string }>();
  readonly acknowledged = new Set<string>();
  /** Group -> steps ticked. */
  readonly ticks = new Map<string, Set<number>>();
  /** Cells filled from an offer for several rows in one deed: `row field`. */
  readonly bulkOffers = new Set<string>();
  delivered: Extract<Event, { type: 'deliver' }> | null = null;
  /** Undoable events that stand, oldest first. */
  readonly done: Event[] = [];
  /** Events taken back, to be redone last first. */
  readonly undone: Event[] = [];
  last: Event | null = null;
}

/** What undo would take back, or null. */
export function undoTarget(state: SessionState): Event | null {
  return state.done.at(-1) ?? null;
}

/** What redo would bring again, or null. */
export function redoTarget(state: SessionState): Event | null {
  return state.undone.at(-1) ?? null;
}

/**
 * The state after all events.
 * @throws CsrError `bad-session` where the events do not begin with `start`
 */
export function fold(events: readonly Event[]): SessionState {
  const ground: Event[] = [];
  const done: Event[] = [];
  const undone: Event[] = [];
  for (const event of events) {
    if (event.type === 'undo') {
      const last = done.pop();
      if (last) undone.push(last);
    } else if (event.type === 'redo') {
      const last = undone.pop();
      if (last) done.push(last);
    } else {
      if (isUndoable(event)) {
        done.push(event);
        undone.length = 0;
      } else {
        ground.push(event);
      }
    }
  }
  const state = new SessionState();
  const order = new Map(events.map((event, at) => [event, at]));
  const standing = [...ground, ...done].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  for (const event of standing) applyTo(state, event);
  state.done.splice(0, state.done.length, ...done);
  state.undone.push(...undone);
  state.last = events.at(-1) ?? null;
  if (events.length > 0 && !state.start) {
    throw new CsrError({
      code: 'bad-session',
      severity: 'error',
      message: 'the journal does not say what it is about',
    });
  }
  return state;
}

/** Adds one event to a state. Undo and redo need the whole list: use `fold`. */
export function applyTo(state: SessionState, event: Event): void {
  switch (event.type) {
    case 'start':
      state.start = event;
      break;
    case 'reference':
      state.references.set(event.name, { fields: event.fields, rows: new Map(Object.entries(event.rows)) });
      break;
    case 'batch':
      state.batch = event.rows === null ? null : new Set(event.rows);
      break;
    case 'intake':
      for (const [fact, text] of Object.entries(event.facts)) {
        if (text === null) state.customer.delete(fact);
        else state.customer.set(fact, text);
      }
      break;
    case 'answer':
      for (const entry of event.entries) answer(state, entry);
      if (event.via === 'offer' && event.entries.length > 1) {
        for (const { row, values } of event.entries) {
          for (const field of Object.keys(values)) state.bulkOffers.add(`${row} ${field}`);
        }
      }
      break;
    case 'edit':
      for (const row of event.rows) edit(inputOf(state, row), event.field, event.text);
      break;
    case 'exclude':
      for (const row of event.rows) inputOf(state, row).excluded = event.reason;
      break;
    case 'include':
      for (const row of event.rows) inputOf(state, row).excluded = null;
      break;
    case 'note':
      for (const row of event.rows) state.notes.set(row, [...(state.notes.get(row) ?? []), event.text]);
      break;
    case 'escalate':
      for (const row of event.rows) {
        state.escalated.set(row, { to: event.to, note: event.note, at: event.at, who: event.who });
      }
      break;
    case 'acknowledge':
      for (const flag of event.flags) state.acknowledged.add(flagKey(flag));
      break;
    case 'tick': {
      const steps = state.ticks.get(event.group) ?? new Set<number>();
      if (event.done) steps.add(event.step);
      else steps.delete(event.step);
      state.ticks.set(event.group, steps);
      break;
    }
    case 'deliver':
      state.delivered = event;
      break;
    default:
      break;
  }
  state.last = event;
  if (isUndoable(event)) {
    state.done.push(event);
    state.undone.length = 0;
  }
}

/** What an acknowledgement is filed under: the flag and the text that was seen under it. */
export function flagKey(flag: FlagEntry): string {
  return JSON.stringify([flag.row, flag.rule, flag.field, flag.message, flag.text ?? null]);
}

function inputOf(state: SessionState, row: number): Answered {
  let input = state.inputs.get(row);
  if (!input) {
    const edits = Object.create(null) as Record<string, string>;
    input = { answers: [], edits, edited: new Set(), excluded: null };
    state.inputs.set(row, input);
  }
  return input;
}

/** Of what is said of one cell, by edit or by answer, the later word holds. An edit stays under the rules all the same. */
function edit(input: Answered, field: string, text: string): void {
  input.edits[field] = text;
  input.edited.add(field);
}

function answer(state: SessionState, entry: AnswerEntry): void {
  const input = inputOf(state, entry.row);
  input.answers.push({ task: entry.task, restsOn: entry.restsOn, values: entry.values });
  for (const field of Object.keys(entry.values)) input.edited.delete(field);
}
