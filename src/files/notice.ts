/** Notices about what was read: one a kind, however many rows it concerns. */
import type { Problem, Severity } from '../engine/problem.ts';

/** A notice names so many places and counts the rest. */
const NAMED = 5;

/** How many of something there are, and the first of them. */
export class Tally {
  count = 0;
  readonly first: { readonly row: number; readonly shown: string }[] = [];

  add(row: number, shown: string): void {
    this.count += 1;
    if (this.first.length < NAMED) this.first.push({ row, shown });
  }
}

/** `1 row` / `12,000 rows` */
function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `4` / `4, 9 and 12` / `4, 9, 12, 15, 20 and 7 more` */
export function listed(items: readonly string[], count = items.length): string {
  const named = items.slice(0, NAMED);
  const rest = count - named.length;
  if (rest > 0) return `${named.join(', ')} and ${rest.toLocaleString('en')} more`;
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
}

/**
 * A tally as a notice at its first place: `<count> <noun>s <what>: <places>`.
 *
 * @returns nothing where the tally is empty
 */
export function tallyNotice(
  file: string,
  tally: Tally,
  kind: { code: string; severity: Severity; noun: string; what: string; help?: string },
): Problem[] {
  const [first] = tally.first;
  if (!first) return [];
  const places = listed(
    tally.first.map(({ shown }) => shown),
    tally.count,
  );
  return [
    {
      code: kind.code,
      severity: kind.severity,
      message: `${counted(tally.count, kind.noun)} ${kind.what}: ${places}`,
      place: { file, line: first.row, column: 1 },
      ...(kind.help === undefined ? {} : { help: kind.help }),
    },
  ];
}

/** The rows between the first and the last that hold nothing: the gaps in `places`. */
export function blankRowsNotice(file: string, places: readonly number[]): Problem[] {
  const blanks = new Tally();
  let expected = 1;
  for (const place of places) {
    for (; expected < place && blanks.first.length < NAMED; expected += 1)
      blanks.add(expected, String(expected));
    expected = place + 1;
  }
  blanks.count = (places.at(-1) ?? 0) - places.length;
  return tallyNotice(file, blanks, {
    code: 'blank-row',
    severity: 'info',
    noun: 'row',
    what: 'blank, left out',
  });
}
