/** A table of rows as if a file had been read, for tests that need none. */
import type { Table } from '../src/engine/table.ts';

export function tableOf(
  fields: readonly string[],
  rows: readonly (readonly string[])[],
  layout = 'csr-tool',
): Table {
  return {
    name: 'test.csv',
    sha256: '',
    format: {
      kind: 'csv',
      delimiter: ',',
      newline: '\n',
      bom: false,
      encoding: 'utf-8',
      sepLine: null,
      finalNewline: true,
    },
    layout,
    columns: fields.map((field) => ({ header: field, field })),
    rows: rows.map((cells, at) => ({ place: at + 2, cells })),
    preamble: [],
    notices: [],
  };
}
