/** What is delivered. One Report feeds CSV, Word and hand-over, so they cannot disagree. */
import { addedFields } from '../engine/facts.ts';
import type { Severity } from '../engine/problem.ts';
import type { Format } from '../engine/table.ts';
import type { Review } from '../review/review.ts';

/** An output column. Extra fields that were answered come last, under their label. */
interface ReportColumn {
  readonly header: string;
  readonly field: string;
}

export interface ReportRow {
  /** The spreadsheet's row number in the input. */
  readonly place: number;
  /** One text per output column. */
  readonly cells: readonly string[];
}

/** A cell whose text somebody replaced: `from` and `to` are texts, `by` is a rule's id or who did it. */
export interface OverwrittenCell {
  readonly place: number;
  readonly phoneNumber: string;
  readonly field: string;
  readonly from: string;
  readonly to: string;
  readonly by: string;
}

/** A suggested answer that was accepted for many rows at once, and so seen for few of them. */
interface BulkOffer {
  readonly place: number;
  readonly phoneNumber: string;
  readonly field: string;
  readonly to: string;
}

interface ExcludedRow {
  readonly place: number;
  readonly phoneNumber: string;
  readonly reason: string;
}

interface UnresolvedRow {
  readonly place: number;
  readonly phoneNumber: string;
  /** What is missing, in words. */
  readonly missing: string;
}

interface FlagNote {
  readonly severity: Severity;
  /** Whether somebody vouches for the cells as they are. */
  readonly vouched: boolean;
  readonly message: string;
  readonly rows: readonly { readonly place: number; readonly phoneNumber: string }[];
}

export interface Report {
  /** The customer's name as the agent knows it, and the company's where it differs. */
  readonly customer: string;
  readonly company: string;
  /** The layout's id. */
  readonly layout: string;
  readonly format: Format;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
  /** Cells of over-long rows past the input's columns, by place; written after the columns. */
  readonly surplus: ReadonlyMap<number, readonly string[]>;
  /** Records above the header. */
  readonly preamble: readonly (readonly string[])[];
  /** Texts of the header, or above it, that a spreadsheet would run: as they came in. They go out as text. */
  readonly formulaHeads: readonly string[];
  /** Whether unresolved rows are in it. */
  readonly partial: boolean;
  /** Rows left out by somebody's decision. */
  readonly excluded: readonly ExcludedRow[];
  /** How many rows the customer did not ask for. */
  readonly outsideBatch: number;
  readonly overwritten: readonly OverwrittenCell[];
  readonly bulkOffers: readonly BulkOffer[];
  /** Rows that go out with something still to be found out. */
  readonly unresolved: readonly UnresolvedRow[];
  /** What the checks say of the rows that go out, errors first; identical flags are one. */
  readonly flags: readonly FlagNote[];
}

/** A file to deliver or to read back: its name without a folder, and its bytes. */
export interface WordFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A row's texts in the order of the output: one per column, then its surplus. */
export function cellsOf(report: Report, row: ReportRow): readonly string[] {
  const surplus = report.surplus.get(row.place);
  return surplus === undefined ? row.cells : [...row.cells, ...surplus];
}

/**
 * A text as part of a file's name.
 * @returns `text` with white space as `_`, reduced to `[A-Za-z0-9._-]`, without leading dots and of 100 characters
 *   at most; `otherwise` where nothing is left.
 */
export function namePart(text: string, otherwise: string): string {
  const reduced = text
    .trim()
    .replace(/\s+/g, '_')
    .replace(/[^A-Za-z0-9._-]/g, '')
    .replace(/^\.+/, '')
    .slice(0, 100);
  return reduced === '' ? otherwise : reduced;
}

/** The name of a delivered file: `pattern` (of `kind: delivery`) with `{customer}` filled in. */
export function deliveredName(pattern: string, customer: string): string {
  return pattern.replaceAll('{customer}', () => namePart(customer, 'customer'));
}

/** `text` as every delivered file writes it: lone surrogates become U+FFFD. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}

export interface ReportOptions {
  /** The customer's name; blank where nobody has said it. */
  readonly customer: string;
  /** Whether a cell that a spreadsheet would run is written as text, with a leading apostrophe. */
  readonly guardFormulas: boolean;
}

// What spreadsheets take for the start of a formula, full-width forms included.
const FORMULA = /^[=@\t\r\uff1d\uff20]/;
const SIGNED = /^[+\-\uff0b\uff0d]/;
const INTERNATIONAL = /^\+\d{7,15}$/;

/** Whether a spreadsheet would run a cell as a formula. A number in international form is not one. */
function isFormula(text: string): boolean {
  return FORMULA.test(text) || (SIGNED.test(text) && !INTERNATIONAL.test(text));
}

/** What a review would deliver now: the rows that are not excluded, in the columns of the table's layout. */
export function buildReport(review: Review, options: ReportOptions): Report {
  const { table, rules, evaluator } = review;
  const layout = rules.layouts.layouts.find((one) => one.id === table.layout);
  const included: number[] = [];
  for (let index = 0; index < table.rows.length; index++) {
    if (review.status(index) !== 'excluded') included.push(index);
  }
  const own = layout?.output ?? table.columns.map(({ header, field }) => ({ header, field }));
  const addable = [...addedFields(rules, table.layout)].filter(([field]) =>
    own.every((column) => column.field !== field),
  );
  const filled = filledSlots(
    review,
    included,
    addable.map(([field]) => evaluator.facts.slot(field)),
  );
  const added = addable.filter(([field]) => filled.has(evaluator.facts.slot(field)));
  const guard = (text: string) => (options.guardFormulas && isFormula(text) ? `'${text}` : text);
  const named = [...own, ...added.map(([field, header]) => ({ header, field }))];
  const columns = named.map(({ header, field }) => ({ header: guard(header), field }));
  const preamble = layout?.output == null ? table.preamble : [];
  const heads = [...preamble.flat(), ...named.map(({ header }) => header)];
  // A header may stand twice: such columns are read by their place, not by their field.
  const slots = columns.map(({ field }, at) =>
    layout?.output == null && at < own.length ? at : evaluator.facts.slot(field),
  );
  const surplus = new Map<number, readonly string[]>();
  // Rows that go out column for column as they are need no list of their own.
  const asTheyAre = !options.guardFormulas && slots.every((slot, at) => slot === at);
  const rows = included.map((index): ReportRow => {
    const values = evaluator.delivered(index);
    const place = review.place(index);
    const cells =
      asTheyAre && values.length === slots.length ? values : slots.map((slot) => guard(values[slot] ?? ''));
    const row = table.rows[index];
    if (layout?.output == null && row && row.cells.length > table.columns.length) {
      surplus.set(place, row.cells.slice(table.columns.length).map(guard));
    }
    return { place, cells };
  });
  let writtenOver: WrittenOver | null = null;
  const excluded: ExcludedRow[] = [];
  let outsideBatch = 0;
  for (let index = 0; included.length < table.rows.length && index < table.rows.length; index++) {
    if (review.status(index) !== 'excluded') continue;
    const decision = review.decision(index);
    if (review.isOutsideBatch(decision)) outsideBatch++;
    else
      excluded.push({
        place: review.place(index),
        phoneNumber: review.phoneNumber(index),
        reason: decision.excluded?.reason ?? '',
      });
  }
  return {
    customer: options.customer,
    company: review.state.customer.get('company')?.trim() || options.customer,
    layout: table.layout,
    format: table.format,
    columns,
    rows,
    surplus,
    preamble: preamble.map((record) => record.map(guard)),
    formulaHeads: heads.filter((text) => guard(text) !== text),
    partial: included.some((index) => review.status(index) === 'unresolved'),
    excluded,
    outsideBatch,
    // Listed when somebody asks: a run without a screen shows neither.
    get overwritten() {
      writtenOver ??= writtenOverIn(review, included, columns, slots);
      return writtenOver.overwritten;
    },
    get bulkOffers() {
      writtenOver ??= writtenOverIn(review, included, columns, slots);
      return writtenOver.bulkOffers;
    },
    get unresolved() {
      return unresolvedIn(review, included);
    },
    get flags() {
      return flagsIn(review, included);
    },
  };
}

/** Of some slots, those in which any of the rows has something. */
function filledSlots(
  { evaluator }: Review,
  rows: readonly number[],
  slots: readonly number[],
): ReadonlySet<number> {
  const filled = new Set<number>();
  const first = Math.min(...slots);
  for (let at = 0; at < rows.length; at++) {
    const values = evaluator.values(rows[at] as number);
    // A row has no slots past the file's own columns until something is written there.
    if (values.length <= first) continue;
    for (const slot of slots) if ((values[slot] ?? '') !== '') filled.add(slot);
  }
  return filled;
}

function unresolvedIn(review: Review, included: readonly number[]): UnresolvedRow[] {
  return included
    .filter((index) => review.status(index) === 'unresolved')
    .map((index) => ({
      place: review.place(index),
      phoneNumber: review.phoneNumber(index),
      missing: review.missing(index),
    }));
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

function flagsIn(review: Review, included: readonly number[]): FlagNote[] {
  const notes = new Map<string, FlagNote & { readonly rows: FlagNote['rows'][number][] }>();
  for (const index of included) {
    for (const flag of review.evaluator.flags(index)) {
      const { severity, message } = flag;
      const vouched = review.isAcknowledged(index, flag);
      const row = { place: review.place(index), phoneNumber: review.phoneNumber(index) };
      const key = `${severity} ${vouched} ${message}`;
      const known = notes.get(key);
      if (known) known.rows.push(row);
      else notes.set(key, { severity, vouched, message, rows: [row] });
    }
  }
  return [...notes.values()].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

type WrittenOver = Pick<Report, 'overwritten' | 'bulkOffers'>;

function writtenOverIn(
  review: Review,
  included: readonly number[],
  columns: readonly ReportColumn[],
  slots: readonly number[],
): WrittenOver {
  const { evaluator } = review;
  const overwritten: OverwrittenCell[] = [];
  const bulkOffers: BulkOffer[] = [];
  for (const index of included) {
    const values = evaluator.delivered(index);
    const at = { place: review.place(index), phoneNumber: review.phoneNumber(index) };
    let by: ReadonlyMap<string, string> | null = null;
    for (const [column, slot] of slots.entries()) {
      const { header: field, field: name } = columns[column] as ReportColumn;
      const from = evaluator.facts.original(index, slot);
      const to = values[slot] ?? '';
      if (from.trim() !== '' && from !== to) {
        by ??= new Map(
          review.decision(index).changes.map((change) => [change.field, change.rule || change.by]),
        );
        overwritten.push({ ...at, field, from, to, by: by.get(name) ?? '' });
      }
      if (review.state.bulkOffers.has(`${index} ${name}`)) bulkOffers.push({ ...at, field, to });
    }
  }
  return { overwritten, bulkOffers };
}
