/** What is delivered. One Report feeds CSV, Word and hand-over, so they cannot disagree. */
import type { Format } from '../engine/table.ts';

/** An output column. Extra fields that were answered come last, under their label. */
export interface ReportColumn {
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
export interface BulkOffer {
  readonly place: number;
  readonly phoneNumber: string;
  readonly field: string;
  readonly to: string;
}

export interface ExcludedRow {
  readonly place: number;
  readonly phoneNumber: string;
  readonly reason: string;
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
  /** Whether unresolved rows are in it. */
  readonly partial: boolean;
  readonly excluded: readonly ExcludedRow[];
  readonly overwritten: readonly OverwrittenCell[];
  readonly bulkOffers: readonly BulkOffer[];
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

/** A lone half of a surrogate pair is no character: no encoding but the one it came from could hold it. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** `text` as every delivered file writes it: lone surrogates become U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd');
}
