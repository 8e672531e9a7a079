/** A mapping of columns, kept as layout YAML so that the next such file is understood by itself. */
import { stringify } from 'yaml';

/** Header texts that mean fields, for a folder given as `--extend`. */
export function layoutYaml(map: ReadonlyMap<string, string>, layout: string): string {
  const fields = Object.fromEntries([...map].map(([field, header]) => [field, { headers: [header] }]));
  return stringify({ kind: 'layouts', title: `Headers met in a ${layout} file`, fields }, { lineWidth: 0 });
}
