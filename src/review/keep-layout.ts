/** A mapping of columns, kept as layout YAML so that the next such file is understood by itself. */
import { stringify } from 'yaml';
import type { Table } from '../engine/table.ts';

/**
 * Header texts that mean fields, for a folder given as `--extend`.
 * @param fields the fields that were mapped by hand; a column that has no header text cannot be kept
 */
export function layoutYaml(fields: Iterable<string>, table: Table): string {
  const kept: [string, { headers: string[] }][] = [];
  for (const field of fields) {
    // A column may have been named by its letter: the next file has it under the same header, not in the same place.
    const header = table.columns.find((column) => column.field === field)?.header.trim() ?? '';
    if (header !== '') kept.push([field, { headers: [header] }]);
  }
  return stringify(
    { kind: 'layouts', title: `Headers met in a ${table.layout} file`, fields: Object.fromEntries(kept) },
    { lineWidth: 0 },
  );
}
