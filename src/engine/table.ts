/** Rows read from a file, each with its place, and what its columns mean. */
import type { Problem } from './problem.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** How the input was written, so that the output can be written the same way. */
export interface CsvFormat {
  readonly kind: 'csv';
  readonly delimiter: ',' | ';' | '\t' | '|';
  /** The line ending most lines have. */
  readonly newline: '\r\n' | '\n' | '\r';
  readonly bom: boolean;
  readonly encoding: Encoding;
  /** A leading `sep=;` line, kept as it was. */
  readonly sepLine: string | null;
  /** Whether the last record ended with a line ending. */
  readonly finalNewline: boolean;
}

interface XlsxFormat {
  readonly kind: 'xlsx';
  readonly sheet: string;
}

export type Format = CsvFormat | XlsxFormat;

/** A file as a grid of text, before anyone knows what its columns mean. Nothing of the file is left out. */
export interface Grid {
  /** The file's name as the user gave it; `-` for standard input. */
  readonly name: string;
  readonly sha256: string;
  readonly format: Format;
  /** Every record, the header and anything above it included; ragged as found. */
  readonly records: readonly (readonly string[])[];
  /** The spreadsheet's row number of each record (from 1). */
  readonly places: readonly number[];
  /** Ragged rows, quote fall-backs, a guessed encoding: said, never silently mended. `place` carries file and row as line. */
  readonly notices: readonly Problem[];
}

/** One column of the input. */
export interface Column {
  /** The header's text as it stands in the file. */
  readonly header: string;
  /** The canonical field, or `column:<n>` (n from 1) for a column that no rule knows. */
  readonly field: string;
}

export interface Row {
  /** The spreadsheet's row number (header = 1 where nothing stands above it). */
  readonly place: number;
  /** One text a column; a short row is filled with blanks, a long row keeps its surplus past the columns. */
  readonly cells: readonly string[];
}

/** A grid whose columns are understood. */
export interface Table {
  readonly name: string;
  readonly sha256: string;
  readonly format: Format;
  /** The id of the layout in rules/layouts.yaml. */
  readonly layout: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Records above the header, kept for an output of the same shape. */
  readonly preamble: readonly (readonly string[])[];
  readonly notices: readonly Problem[];
}
