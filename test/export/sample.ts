import type { CsvFormat } from '../../src/engine/table.ts';
import type { Report } from '../../src/export/report.ts';

export const CSV: CsvFormat = {
  kind: 'csv',
  delimiter: ',',
  newline: '\r\n',
  bom: false,
  encoding: 'utf-8',
  sepLine: null,
  finalNewline: true,
};

export const FIELDS = [
  'phoneNumber',
  'country',
  'carrier',
  'accountNumber',
  'authorizedFirstName',
  'authorizedLastName',
  'billingTelephoneNumber',
  'address',
  'pin',
];

/** A report with these rows under these headers; the fields are named as the headers unless given. */
export function reportOf(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  more: Partial<Report> & { readonly fields?: readonly string[] } = {},
): Report {
  const { fields = headers, ...rest } = more;
  const surplus = new Map<number, readonly string[]>();
  for (const [i, row] of rows.entries())
    if (row.length > headers.length) surplus.set(i + 2, row.slice(headers.length));
  return {
    customer: 'Acme Widgets',
    company: 'Acme Widgets, Inc.',
    layout: 'csr-tool',
    format: CSV,
    columns: headers.map((header, i) => ({ header, field: fields[i] ?? `column:${i + 1}` })),
    rows: rows.map((row, i) => ({ place: i + 2, cells: headers.map((_, c) => row[c] ?? '') })),
    surplus,
    preamble: [],
    formulaHeads: [],
    partial: false,
    excluded: [],
    outsideBatch: 0,
    overwritten: [],
    bulkOffers: [],
    unresolved: [],
    flags: [],
    ...rest,
  };
}
