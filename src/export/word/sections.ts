/** The Report as a person reads it on paper: by carrier, then by address. */
import { cellsOf, type Report } from '../report.ts';
import { labelsOf, RUNNING } from './text.ts';

/** The numbers that one carrier has at one address. */
export interface Section {
  /** The carrier's canonical name and the address; blank where the rows have none. */
  readonly carrier: string;
  readonly address: string;
  /** What its rows share, by label, in the order of the CSV. */
  readonly head: readonly (readonly [label: string, text: string])[];
  /** The columns of its table of numbers: the number's own first, then in the order of the CSV. */
  readonly columns: readonly { readonly label: string; readonly index: number }[];
  /** Its rows in the order of the file: every cell, in the order of the CSV. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * The report's rows by (carrier, address), sorted by both, blanks last.
 * @param canonicalCarrier the name under which a carrier's numbers stand together.
 */
export function sectionsOf(report: Report, canonicalCarrier: (text: string) => string): readonly Section[] {
  const at = (field: string): number => report.columns.findIndex((column) => column.field === field);
  const [carrier, address, number] = [at('carrier'), at('address'), Math.max(0, at('phoneNumber'))];
  const rows = report.rows.map((row) => cellsOf(report, row));
  const width = rows.reduce((most, row) => Math.max(most, row.length), report.columns.length);
  const labels = labelsOf(
    report.columns.map((column) => column.header),
    width,
  );
  const carriers = new Map<string, string>();
  const named = (text: string): string => {
    const name = carriers.get(text) ?? canonicalCarrier(text).trim();
    carriers.set(text, name);
    return name;
  };
  const sections: Section[] = [];
  for (const [name, ofCarrier] of sorted(groupBy(rows, (row) => named(row[carrier] ?? ''))))
    for (const [place, ofAddress] of sorted(groupBy(ofCarrier, (row) => row[address] ?? '')))
      sections.push({
        carrier: name,
        address: place,
        rows: ofAddress,
        ...divide(ofAddress, labels, report.columns.length, number),
      });
  return sections;
}

/** Which columns stand in the head, and which in the table. */
function divide(
  rows: readonly (readonly string[])[],
  labels: readonly string[],
  columns: number,
  number: number,
): Pick<Section, 'head' | 'columns'> {
  const first = rows[0] ?? [];
  const differs = (index: number): boolean => rows.some((row) => (row[index] ?? '') !== (first[index] ?? ''));
  // A surplus that none of these rows has is no column of theirs.
  const isTheirs = (index: number): boolean =>
    index < columns ||
    rows.some((row) => (row[index] ?? '') !== '') ||
    labels.indexOf(labels[index] ?? '') !== labels.lastIndexOf(labels[index] ?? '');
  const theirs = labels.map((label, index) => ({ label, index })).filter(({ index }) => isTheirs(index));
  // Columns of one label stand together, or nobody could tell which is which; and a head that starts with the running
  // number's label would look like a table.
  const inTable = new Set(
    theirs
      .filter(({ label, index }) => index === number || label === RUNNING || differs(index))
      .map(({ label }) => label),
  );
  const table = theirs.filter(({ label }) => inTable.has(label));
  const isNumber = ({ label }: { readonly label: string }): boolean => label === labels[number];
  return {
    head: theirs
      .filter(({ label }) => !inTable.has(label))
      .map(({ label, index }) => [label, first[index] ?? ''] as const),
    columns: [...table.filter(isNumber), ...table.filter((column) => !isNumber(column))],
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** By name without regard to case, blanks last; the same on every machine. */
function sorted<T>(groups: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  const rank = (key: string): string => `${key.trim() === '' ? 1 : 0}${key.toLowerCase()}`;
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...groups].sort(([a], [b]) => compare(rank(a), rank(b)) || compare(a, b));
}
