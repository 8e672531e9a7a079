/** What the rules say of one row. */
import type { Severity } from './problem.ts';
import type { Answerable, Basis, Rule } from './rule.ts';

/** A written cell. `from` and `to` are texts; steps on one cell follow each other. */
export interface Change {
  readonly field: string;
  readonly from: string;
  readonly to: string;
  /** The rule that wrote it or asked for it; empty for an edit. */
  readonly rule: string;
  readonly by: 'rule' | 'answer' | 'edit';
}

type TaskKind = 'look-up' | 'ask' | 'offer' | 'refer';

/** What a person must find out. */
export interface Task {
  /** Stable within the row: rule, kind and what it asks for. */
  readonly key: string;
  readonly kind: TaskKind;
  readonly rule: string;
  readonly basis: Basis;
  readonly why: string;
  /** What is to be filled: cells and extra fields; for `ask` the one fact; empty for a `refer` without `for`. */
  readonly for: readonly Answerable[];
  readonly procedure: string | null;
  /** Steps of the look-up's own row, else of the procedure. */
  readonly steps: readonly string[];
  readonly refer: string | null;
  /** The look-up row that was chosen by (country, carrier), if one was. */
  readonly lookUp: string | null;
  /** `file`: asked once for the whole file (customer facts). */
  readonly scope: 'row' | 'file';
  readonly choices: readonly string[];
  /** Suggested values by field; an offer's value, an ask's suggestion. */
  readonly suggestion: Readonly<Record<string, string>>;
  /** The facts it rested on, as read: an answer holds only while they are the same. */
  readonly restsOn: string;
}

export interface Flag {
  readonly rule: string;
  readonly severity: Severity;
  readonly field: string | null;
  readonly message: string;
}

type Status = 'ready' | 'unresolved' | 'excluded';

/** An answer to a task, as the agent gave it: a blank value is "confirmed none". */
export interface Answer {
  readonly task: string;
  readonly restsOn: string;
  /** Field or fact -> text. For a `refer` without `for`: `decision` -> the lead's words. */
  readonly values: Readonly<Record<string, string>>;
}

/** How people write that there is none, in answers files and in examples; no matter in which case. */
export const NONE = '(none)';

/** Whether a text says that there is none. */
export function isNone(text: string): boolean {
  return text.trim().toLowerCase() === NONE;
}

/** Before a field, in a row written fact by fact: what a person wrote over its cell. */
export const EDITED = 'edited.';
/** Likewise: what was answered to a task. No example gives that. */
export const ANSWERED = 'answered.';

/** What a person has said of one row, oldest first. */
export interface RowInput {
  readonly answers: readonly Answer[];
  /** Cells corrected by hand: field -> text. */
  readonly edits: Readonly<Record<string, string>>;
  /** Fields of which an edit is the last word: it came after the answers. */
  readonly edited?: ReadonlySet<string>;
  readonly excluded: string | null;
}

export interface Decision {
  /** Index into the table's rows. */
  readonly index: number;
  readonly status: Status;
  readonly changes: readonly Change[];
  /** Open tasks. */
  readonly tasks: readonly Task[];
  /** Tasks that an answer has closed, with that answer. */
  readonly answered: readonly { readonly task: Task; readonly answer: Answer }[];
  readonly flags: readonly Flag[];
  readonly excluded: { readonly reason: string; readonly rule: string | null } | null;
  /** The rules that acted, in order. */
  readonly acted: readonly Rule[];
  /** Final texts by slot (see Evaluator.slots): cells as they would be delivered. */
  readonly values: readonly string[];
}
