/** Sets of a pool's texts: kept as those texts or as all but those, so that one name of 5,000 costs one number. */

/** Texts of one pool by number, in ascending order: those, or all but those. */
export interface Texts {
  readonly but: boolean;
  readonly ids: readonly number[];
}

export const ALL: Texts = { but: true, ids: [] };

/** What a test says of a row: false, true, or that a number in it cannot be read. */
export type Verdict = 0 | 1 | 2;
export const FALSE: Verdict = 0;
export const TRUE: Verdict = 1;
export const UNREADABLE: Verdict = 2;

export function those(ids: Iterable<number>): Texts {
  return { but: false, ids: [...new Set(ids)].sort((a, b) => a - b) };
}

export function complement(texts: Texts): Texts {
  return { but: !texts.but, ids: texts.ids };
}

export function meet(a: Texts, b: Texts): Texts {
  if (a.but && b.but) return { but: true, ids: merge(a.ids, b.ids) };
  if (a.but) return { but: false, ids: b.ids.filter((id) => !contains(a.ids, id)) };
  if (b.but) return { but: false, ids: a.ids.filter((id) => !contains(b.ids, id)) };
  const [few, many] = a.ids.length <= b.ids.length ? [a.ids, b.ids] : [b.ids, a.ids];
  return { but: false, ids: few.filter((id) => contains(many, id)) };
}

export function has(texts: Texts, id: number): boolean {
  return contains(texts.ids, id) !== texts.but;
}

/** How many texts of a pool of `size` are in the set. */
export function count(texts: Texts, size: number): number {
  return texts.but ? size - texts.ids.length : texts.ids.length;
}

export function* members(texts: Texts, size: number): Generator<number> {
  if (!texts.but) {
    yield* texts.ids;
    return;
  }
  let at = 0;
  for (let id = 0; id < size; id++) {
    if (texts.ids[at] === id) at++;
    else yield id;
  }
}

/** A set by whichever way is shorter: the same set is kept in the same way. */
export function narrowest(texts: Texts, size: number): Texts {
  const isBut = count(texts, size) * 2 > size;
  if (isBut === texts.but) return texts;
  const inside = new Set(texts.ids);
  return { but: isBut, ids: Array.from({ length: size }, (_, id) => id).filter((id) => !inside.has(id)) };
}

/** A set as a short text, for keys. */
export function spell(texts: Texts): string {
  return (texts.but ? '!' : '') + texts.ids.join('.');
}

function contains(ids: readonly number[], wanted: number): boolean {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const id = ids[middle] as number;
    if (id === wanted) return true;
    if (id < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

function merge(a: readonly number[], b: readonly number[]): number[] {
  const merged: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = a[i] ?? Number.POSITIVE_INFINITY;
    const y = b[j] ?? Number.POSITIVE_INFINITY;
    merged.push(Math.min(x, y));
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return merged;
}
