/** A page as blocks that know no markup: what is said of the policy, before it is Markdown or HTML. */

/** How a mark stands out; its word says the same. */
export type Tone = 'plain' | 'good' | 'news' | 'care' | 'alarm';

export type Inline =
  | string
  | { readonly code: string }
  /** A line of a file. */
  | { readonly place: string }
  | { readonly strong: string }
  /** The name of something that is filled in. */
  | { readonly name: string }
  /** `to` is the id of something on this page. */
  | { readonly link: string; readonly to: string }
  | { readonly mark: string; readonly tone: Tone };

export type Line = readonly Inline[];
/** Lines below each other. */
export type Cell = readonly Line[];

export interface Heading {
  readonly is: 'heading';
  readonly level: 2 | 3 | 4;
  readonly id: string;
  readonly text: string;
  /** Whether it stands in the table of contents. */
  readonly listed: boolean;
}

interface Row {
  /** By which links find it. */
  readonly id: string | null;
  readonly cells: readonly Cell[];
}

/** One rule of a decision table. */
export interface DecisionRow {
  readonly id: string;
  readonly title: string;
  /** One cell a condition column; empty where the rule does not ask. */
  readonly conditions: readonly Cell[];
  /** Conditions without a column. */
  readonly also: Cell;
  /** Said in place of all conditions, where there are none. */
  readonly always: string | null;
  readonly deeds: Cell;
  readonly why: string;
  readonly origin: Line;
}

export type Block =
  | Heading
  | { readonly is: 'text'; readonly line: Line }
  | { readonly is: 'list'; readonly ordered: boolean; readonly items: readonly Line[] }
  | { readonly is: 'terms'; readonly rows: readonly (readonly [term: string, cell: Cell])[] }
  | { readonly is: 'table'; readonly columns: readonly string[]; readonly rows: readonly Row[] }
  | {
      readonly is: 'decisions';
      readonly columns: readonly string[];
      /** Whether a column for other conditions is needed. */
      readonly also: boolean;
      readonly rows: readonly DecisionRow[];
    };

export interface Page {
  readonly title: string;
  readonly lead: Line;
  /** A few counts: what, how many, and where on the page. */
  readonly counts: readonly { readonly count: number; readonly what: string; readonly to: string }[];
  readonly blocks: readonly Block[];
}

export const heading = (level: Heading['level'], id: string, text: string, listed = level < 4): Heading => ({
  is: 'heading',
  level,
  id,
  text,
  listed,
});

export const paragraph = (...line: Inline[]): Block => ({ is: 'text', line });

export const bullets = (items: readonly Line[], ordered = false): Block => ({ is: 'list', ordered, items });

/** A table whose rows are no targets of links. */
export const plainTable = (columns: readonly string[], rows: readonly (readonly Cell[])[]): Block => ({
  is: 'table',
  columns,
  rows: rows.map((cells) => ({ id: null, cells })),
});

/** A cell of one line; none where nothing is said. */
export const cell = (...line: Inline[]): Cell => (line.every((part) => part === '') ? [] : [line]);

/** Parts with words between them: `a, b or c`. */
export function joined(parts: readonly Line[], last: string): Line {
  return parts.flatMap((part, at) => [
    ...(at === 0 ? [] : [at === parts.length - 1 ? ` ${last} ` : ', ']),
    ...part,
  ]);
}

/** Text in which code stands between backticks, as the grammar's own sentences have it. */
export function said(text: string): Line {
  return text
    .split(/`([^`]+)`/)
    .map((part, at): Inline => (at % 2 === 1 ? { code: part } : part))
    .filter((part) => part !== '');
}

/** The heads of the columns of conditions: at least one, for what holds without any. */
export function conditionHeads(columns: readonly string[], also: boolean): readonly string[] {
  if (columns.length === 0) return ['When'];
  return also ? [...columns, 'And'] : columns;
}

/** The name by which reports call the rule of a row. */
export function nameOf({ id }: Pick<DecisionRow, 'id'>): string {
  return id.replace(/^rule-/, '');
}

/** A text on one line, with a mark for what would hide or move other text, or cannot be written at all. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/gu, '\u{fffd}');
}
