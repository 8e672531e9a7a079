/** How the screen is divided, from its size, what lies over it, and how much there is to show. */
import { visible, wrap } from './text.ts';
import { type Confirm, type Field, type Form, type Style, topLayer, type View } from './view.ts';

export const LEAST = { columns: 60, rows: 16 } as const;
const WIDE = 100;
/** The most fields of a form shown at once. */
const MOST_FIELDS = 4;
const MOST_SUGGESTIONS = 3;
/** The most lines of a question. */
const MOST_QUESTION = 8;
/** A list shorter than this still has these lines, so that the screen jumps less from group to group. */
const LEAST_TABLE = 4;
/** Header, its second line, message, footer. */
const FRAME = 4;

export interface Geometry {
  /** Groups, rows and detail side by side. */
  readonly wide: boolean;
  /** Lines between the header and the block of a form or question. */
  readonly body: number;
  /** Lines of a form or question. */
  readonly block: number;
  /** Lines of a list of rows, without its head. */
  readonly table: number;
  readonly detail: number;
  readonly listsWidth: number;
  readonly rowsWidth: number;
  readonly detailWidth: number;
}

/** Wide enough for row, number, status and the beginning of an address. */
const LEAST_ROWS = 45;
const LEAST_LISTS = 20;
const MOST_LISTS = 48;

/**
 * `count` is how many rows there are to show: what a short list leaves goes to the detail. `names` is how wide the
 * groups would be in full: they get what the rows can spare.
 */
export function geometryOf(view: View, count: number, names = MOST_LISTS): Geometry {
  const { columns, rows } = view.size;
  const block = blockHeight(view);
  const body = Math.max(1, rows - FRAME - block);
  const wide = isWide(view);
  const least = Math.max(3, Math.min(14, Math.floor(body / 2)));
  const table = wide
    ? body - 1
    : Math.max(1, Math.min(view.pane === 'lists' ? body : Math.max(LEAST_TABLE, count), body - least - 1));
  const detailWidth = wide ? Math.min(64, Math.floor(columns * 0.27)) : columns;
  const spare = columns - 6 - detailWidth - LEAST_ROWS;
  const listsWidth = wide ? Math.max(LEAST_LISTS, Math.min(spare, names, MOST_LISTS)) : columns;
  return {
    wide,
    body,
    block,
    table,
    detail: wide ? body : Math.max(0, body - table - 1),
    listsWidth,
    rowsWidth: wide ? columns - listsWidth - detailWidth - 6 : columns,
    detailWidth,
  };
}

export function isTooSmall({ size }: View): boolean {
  return size.columns < LEAST.columns || size.rows < LEAST.rows;
}

/** Whether groups, rows and detail stand side by side. */
export function isWide({ size }: View): boolean {
  return size.columns >= WIDE;
}

/** Lines of a page: all but header, title, message and footer. */
export function pageHeight({ size }: View): number {
  return Math.max(1, size.rows - 4);
}

function blockHeight(view: View): number {
  const layer = topLayer(view);
  if (layer?.kind === 'form') return formHeight(layer);
  if (layer?.kind === 'confirm') return 1 + confirmLines(layer, view.size.columns).length;
  return 0;
}

/** What a question says, wrapped: it must be read whole before it is answered. */
export function confirmLines(
  { question, details }: Confirm,
  columns: number,
): readonly { readonly text: string; readonly style: Style }[] {
  const lines = wrap(visible(question), columns - 2).map((text) => ({ text, style: 'title' as const }));
  const further = details.flatMap((detail) =>
    wrap(visible(detail), columns - 6).map((text, at) => ({
      text: `${at === 0 ? '  ' : '    '}${text}`,
      style: 'warn' as const,
    })),
  );
  return [...lines, ...further].slice(0, MOST_QUESTION);
}

function formHeight(form: Form): number {
  const field = form.fields[form.at] as Field;
  return (
    1 +
    Math.min(MOST_FIELDS, form.fields.length) +
    hintLines(field) +
    (form.scope === null ? 0 : 1) +
    (form.problem === null ? 0 : 1)
  );
}

/** Lines for a field's choices or suggestions. */
export function hintLines(field: Field): number {
  return field.choices.length > 0 ? 1 : Math.min(MOST_SUGGESTIONS, field.suggestions.length);
}

/** The fields of a form that are shown: a window around the one that is typed in. */
export function shownFields(form: Form): { readonly from: number; readonly fields: readonly Field[] } {
  const from = Math.max(0, Math.min(form.at - 1, form.fields.length - MOST_FIELDS));
  return { from, fields: form.fields.slice(from, from + MOST_FIELDS) };
}

/** What a list does not show: how many lines are below, or that there are some above. */
export function beyond(top: number, shown: number, count: number): string {
  const below = count - top - shown;
  return below > 0 ? `${below} more \u2193` : top > 0 ? '\u2191' : '';
}

/** The first line to show of `count` so that `at` is among `height` lines, moved no further than needed. */
export function scrolled(top: number, at: number, height: number, count: number): number {
  const needed = at < top ? at : at >= top + height ? at - height + 1 : top;
  return Math.max(0, Math.min(needed, count - height));
}
