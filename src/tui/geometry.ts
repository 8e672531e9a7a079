/** How the screen is divided, from its size and what lies over it. */
import { type Field, type Form, topLayer, type View } from './view.ts';

export const LEAST = { columns: 60, rows: 16 } as const;
const WIDE = 100;
/** The most fields of a form shown at once. */
const MOST_FIELDS = 4;
const MOST_SUGGESTIONS = 3;
/** Header, its second line, message, footer. */
const FRAME = 4;

export interface Geometry {
  readonly tooSmall: boolean;
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

export function geometryOf(view: View): Geometry {
  const { columns, rows } = view.size;
  const block = blockHeight(view);
  const body = Math.max(1, rows - FRAME - block);
  const wide = columns >= WIDE;
  const detail = wide ? body : Math.max(3, Math.min(14, Math.floor(body / 2)));
  const listsWidth = wide ? Math.min(32, Math.floor(columns * 0.21)) : columns;
  const detailWidth = wide ? Math.min(64, Math.floor(columns * 0.3)) : columns;
  return {
    tooSmall: columns < LEAST.columns || rows < LEAST.rows,
    wide,
    body,
    block,
    table: Math.max(1, (wide ? body : body - detail) - 1),
    detail,
    listsWidth,
    rowsWidth: wide ? columns - listsWidth - detailWidth - 6 : columns,
    detailWidth,
  };
}

function blockHeight(view: View): number {
  const layer = topLayer(view);
  if (layer?.kind === 'form') return formHeight(layer);
  if (layer?.kind === 'confirm') return 2 + layer.details.length;
  return 0;
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

/** The first line to show of `count` so that `at` is among `height` lines, moved no further than needed. */
export function scrolled(top: number, at: number, height: number, count: number): number {
  const needed = at < top ? at : at >= top + height ? at - height + 1 : top;
  return Math.max(0, Math.min(needed, count - height));
}
