/** What people did, as data. A session is the fold over its events; undo is an event too. */

/** A row's answer to one of its tasks; `row` is an index into the table. */
export interface AnswerEntry {
  readonly row: number;
  readonly task: string;
  readonly restsOn: string;
  readonly values: Readonly<Record<string, string>>;
}

/** A flag as it was seen when somebody vouched for it: another value is another flag. */
export interface FlagEntry {
  readonly row: number;
  readonly rule: string;
  readonly field: string | null;
  readonly message: string;
  /** The flagged cell's text; absent where the flag is about the whole row. */
  readonly text?: string;
}

export type Deed =
  /** The session's ground: which file, read how, under which rules. Always the first event. */
  | {
      readonly type: 'start';
      readonly input: { readonly name: string; readonly sha256: string; readonly rows: number };
      readonly layout: string;
      readonly map: Readonly<Record<string, string>>;
      readonly rules: string;
    }
  /** The session went on under other rules. */
  | { readonly type: 'rules'; readonly rules: string }
  /** A file joined by number; only rows that the table has. */
  | {
      readonly type: 'reference';
      readonly name: string;
      readonly fields: readonly string[];
      readonly rows: Readonly<Record<string, Readonly<Record<string, string>>>>;
    }
  /** The rows asked for; null for all. Typed on the screen it is a decision, else part of the ground. */
  | { readonly type: 'batch'; readonly rows: readonly number[] | null; readonly via?: 'typed' }
  /** Customer facts without prefix; a blank text is "confirmed none", null takes the answer back. */
  | { readonly type: 'intake'; readonly facts: Readonly<Record<string, string | null>> }
  | {
      readonly type: 'answer';
      readonly entries: readonly AnswerEntry[];
      readonly via: 'typed' | 'offer' | 'paste' | 'file';
      readonly note?: string;
    }
  | { readonly type: 'edit'; readonly rows: readonly number[]; readonly field: string; readonly text: string }
  | { readonly type: 'exclude'; readonly rows: readonly number[]; readonly reason: string }
  | { readonly type: 'include'; readonly rows: readonly number[] }
  | { readonly type: 'note'; readonly rows: readonly number[]; readonly text: string }
  | {
      readonly type: 'escalate';
      readonly rows: readonly number[];
      readonly to: string;
      readonly note: string;
    }
  | { readonly type: 'acknowledge'; readonly flags: readonly FlagEntry[] }
  | { readonly type: 'tick'; readonly group: string; readonly step: number; readonly done: boolean }
  | {
      readonly type: 'proposal';
      readonly country: string;
      readonly carrier: string;
      readonly how: string;
      readonly file: string;
    }
  | { readonly type: 'deliver'; readonly files: readonly string[]; readonly partial: boolean }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' };

/** A deed with when (ISO 8601, UTC) and by whom. */
export type Event = Deed & { readonly at: string; readonly who: string };

/** Deeds that undo reaches; the rest is the session's ground or its record. */
export function isUndoable(deed: Deed): boolean {
  if (deed.type === 'batch') return deed.via === 'typed';
  return !['start', 'rules', 'reference', 'deliver', 'proposal', 'undo', 'redo'].includes(deed.type);
}

/** The rows a deed touches, or null for all of them. */
export function rowsOf(deed: Deed): readonly number[] | null {
  switch (deed.type) {
    case 'answer':
      return deed.entries.map((entry) => entry.row);
    case 'edit':
    case 'exclude':
    case 'include':
      return deed.rows;
    case 'intake':
    case 'reference':
    case 'batch':
    case 'rules':
    case 'start':
      return null;
    default:
      return [];
  }
}
