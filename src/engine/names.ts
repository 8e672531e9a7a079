/** Names as people write them: folding, nearest names, and the books of carriers and countries. */
import { distance } from 'fastest-levenshtein';
import isoCodes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };
import type { Carrier, RuleSet } from './rule.ts';

type CarrierNoise = RuleSet['carrierNoise'];

/** How many distinct texts a book remembers: inventories repeat a few dozen names over and over. */
const MEMO_LIMIT = 50_000;

const PLAIN = /^[\x20-\x7e]*$/;
const DASH = /[-\u2010-\u2015\u2212]/;
/** `L.L.C.` and `U.S.A.` are words of their own, not three letters. */
const DOTTED =
  /(?<![\p{L}\p{N}])(?:\p{L}\.){2,}\p{L}?(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])\p{L}\.\p{L}(?![\p{L}\p{N}.])/gu;

/**
 * A text without what people vary by accident: accents, compatibility forms, case, invisible characters,
 * surrounding and repeated white space. Punctuation stays.
 */
export function fold(text: string): string {
  const plain = PLAIN.test(text)
    ? text.toLowerCase()
    : // Upper case first, so that `ß` and `SS` meet.
      text
        .normalize('NFKD')
        .replace(/[\p{M}\p{Cf}]/gu, '')
        .toUpperCase()
        .toLowerCase();
  return plain.trim().replace(/\s+/g, ' ');
}

/** A text folded, with dotted abbreviations (`P.I.N.`) as the words they are. */
export function plain(text: string): string {
  const folded = fold(text);
  return folded.includes('.') ? folded.replace(DOTTED, (dotted) => dotted.replaceAll('.', '')) : folded;
}

/** The words of a text, folded; punctuation and underscores only separate. */
export function words(text: string): string[] {
  return plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Typing errors that a word of this length may hold and still be recognised. */
function allowance(length: number): number {
  return length < 3 ? 0 : length < 6 ? 1 : Math.floor(length / 3);
}

/**
 * The slips between two texts, as far as `most` of them: letters that are another, missing or too many, and once two
 * neighbours that changed places. More such pairs make another word.
 */
function slips(a: string, b: string, most: number): number {
  let fewest = distance(a, b);
  // An exchange costs two letters, so it spares one slip and no more.
  if (fewest < 2 || fewest > most + 1) return fewest;
  for (let at = 0; at + 1 < a.length; at += 1) {
    const exchanged = `${a.slice(0, at)}${a[at + 1]}${a[at]}${a.slice(at + 2)}`;
    fewest = Math.min(fewest, distance(exchanged, b) + 1);
  }
  return fewest;
}

/** How far `word` is from `name`, both folded; null where no one would call them alike. */
function farness(
  word: string,
  name: string,
  wordTokens: readonly string[],
  nameTokens: readonly string[],
): number | null {
  let best: number | null = null;
  const most = allowance(Math.max(word.length, name.length));
  const whole = slips(word, name, most);
  if (whole <= most) best = whole;
  // Word by word, so that a suffix such as `.com` or a missing `Wireless` does not hide the likeness.
  let sum = 0;
  let met = 0;
  for (const token of nameTokens) {
    if (token.length < 3) continue;
    let nearest = Number.POSITIVE_INFINITY;
    for (const other of wordTokens) {
      const allowed = allowance(Math.min(token.length, other.length));
      const apart = slips(token, other, allowed);
      if (apart <= allowed && apart < nearest) nearest = apart;
    }
    if (nearest === Number.POSITIVE_INFINITY) continue;
    met += 1;
    sum += nearest;
  }
  if (met > 0) {
    const unmatched = Math.abs(nameTokens.length - met) + Math.max(0, wordTokens.length - met);
    const byToken = sum + unmatched + 0.5;
    // One small common word among several says nothing.
    if (met * 2 >= nameTokens.length && (best === null || byToken < best)) best = byToken;
  }
  return best;
}

/**
 * The known names nearest to a word that is not one of them, best first, at most `n`; empty when none is
 * alike enough to be worth saying. Case, accents and punctuation do not count; names are compared as a
 * whole and word by word.
 */
export function nearestNames(word: string, known: readonly string[], n = 3): string[] {
  return nearestEntries(
    word,
    known.map((name) => ({ text: name, name })),
    n,
  );
}

function nearestEntries(
  word: string,
  entries: Iterable<{ text: string; name: string }>,
  n: number,
): string[] {
  const folded = fold(word);
  if (folded === '') return [];
  const tokens = words(folded);
  const best = new Map<string, number>();
  for (const { text, name } of entries) {
    const other = fold(text);
    const far = farness(folded, other, tokens, words(other));
    if (far === null) continue;
    const known = best.get(name);
    if (known === undefined || far < known) best.set(name, far);
  }
  return [...best]
    .sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, n)
    .map(([name]) => name);
}

interface Noise {
  readonly words: ReadonlySet<string>;
  readonly codes: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

const compiledNoise = new WeakMap<CarrierNoise, Noise>();

function compileNoise(noise: CarrierNoise): Noise {
  let compiled = compiledNoise.get(noise);
  if (!compiled) {
    compiled = {
      words: new Set(noise.words.map((word) => words(word).join(' '))),
      codes: new Set(Object.keys(noise.states).map(fold)),
      names: new Set(Object.values(noise.states).map((name) => words(name).join(' '))),
    };
    compiledNoise.set(noise, compiled);
  }
  return compiled;
}

/**
 * What a carrier's name comes down to when it is compared: its words in order, without those that mean
 * nothing (`ignore-words`) and without a trailing state (its code as the last word, or its name after a
 * dash). Two names are the same carrier only when these are equal as a whole.
 * A name made of nothing else keeps its words. Source: POLICY, carriers and countries (found).
 */
export function aliasKey(text: string, noise: CarrierNoise): string {
  const { words: ignored, codes, names } = compileNoise(noise);
  const folded = fold(text);
  const all = words(folded);
  let kept = all;
  const dash = lastDash(folded);
  const tail = dash < 0 ? [] : words(folded.slice(dash + 1)).filter((word) => !ignored.has(word));
  if (tail.length > 0 && names.has(tail.join(' '))) {
    kept = words(folded.slice(0, dash));
  } else {
    let end = all.length;
    while (end > 0 && ignored.has(all[end - 1] ?? '')) end -= 1;
    if (end > 0 && codes.has(all[end - 1] ?? '')) kept = all.slice(0, end - 1);
  }
  kept = kept.filter((word) => !ignored.has(word));
  return (kept.length > 0 ? kept : all).join(' ');
}

/** Whether nothing of a text tells carriers apart: only `ignore-words`, a state, or both (`Inc`, `LLC - IA`). */
export function isCarrierNoise(text: string, noise: CarrierNoise): boolean {
  const { words: ignored, codes, names } = compileNoise(noise);
  const all = words(text);
  const rest = all.filter((word) => !ignored.has(word)).join(' ');
  return all.length > 0 && (rest === '' || codes.has(rest) || names.has(rest));
}

function lastDash(text: string): number {
  for (let index = text.length - 1; index >= 0; index -= 1) if (DASH.test(text[index] ?? '')) return index;
  return -1;
}

/** A map that forgets everything once it is full: cheaper than keeping an order, and bounded. */
class Memo<Value> {
  readonly #known = new Map<string, Value>();

  get(text: string, find: (text: string) => Value): Value {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const value = find(text);
    if (this.#known.size >= MEMO_LIMIT) this.#known.clear();
    this.#known.set(text, value);
    return value;
  }
}

/** The carriers the rules know, by any name that means them. */
export class CarrierBook {
  readonly #carriers: readonly Carrier[];
  readonly #noise: CarrierNoise;
  readonly #memo = new Memo<Carrier | null>();
  #byKey: ReadonlyMap<string, Carrier | null> | null = null;

  constructor(carriers: readonly Carrier[], noise: CarrierNoise) {
    this.#carriers = carriers;
    this.#noise = noise;
  }

  /** The carrier that a cell's text names, or null where no rule knows it. Never by a part of the name. */
  carrier(text: string): Carrier | null {
    return this.#memo.get(text, this.#read);
  }

  // Made once: this is asked for every row.
  readonly #read = (text: string): Carrier | null => this.#index().get(aliasKey(text, this.#noise)) ?? null;

  /** The canonical name, or null where no rule knows the carrier. */
  canonical(text: string): string | null {
    return this.carrier(text)?.name ?? null;
  }

  /** What two cells are compared and grouped by: the canonical name, else the folded text. */
  key(text: string): string {
    return this.canonical(text) ?? fold(text);
  }

  /** Canonical names whose name or alias is nearest to a text, best first; none that says it is not this one. */
  nearest(text: string, n = 3): string[] {
    const wanted = aliasKey(text, this.#noise);
    const entries = this.#carriers
      .filter((carrier) => !carrier.not.some((other) => aliasKey(other, this.#noise) === wanted))
      .flatMap(({ name, also }) =>
        [name, ...also].map((alias) => ({ text: aliasKey(alias, this.#noise), name })),
      );
    return nearestEntries(wanted, entries, n);
  }

  /** All canonical names, in the files' order. */
  names(): string[] {
    return this.#carriers.map((carrier) => carrier.name);
  }

  #index(): ReadonlyMap<string, Carrier | null> {
    if (this.#byKey) return this.#byKey;
    const byKey = new Map<string, Carrier | null>();
    const put = (name: string, carrier: Carrier | null) => {
      const key = aliasKey(name, this.#noise);
      if (key !== '') byKey.set(key, carrier);
    };
    // Later lines win: an alias gives way to any carrier's `not`, and both to a carrier's own name.
    for (const carrier of this.#carriers) for (const alias of carrier.also) put(alias, carrier);
    for (const carrier of this.#carriers) for (const other of carrier.not) put(other, null);
    for (const carrier of this.#carriers) put(carrier.name, carrier);
    this.#byKey = byKey;
    return byKey;
  }
}

interface CountryIndex {
  readonly byName: ReadonlyMap<string, string>;
  readonly byCode: ReadonlyMap<string, string>;
  readonly names: ReadonlyMap<string, string>;
  readonly entries: readonly { readonly text: string; readonly name: string }[];
}

/** A country's name without case, accents and punctuation; `&` is `and`, `St.` is `Saint`, `the` is nothing. */
function countryKey(text: string): string {
  const found = words(text.includes('&') ? text.replaceAll('&', ' and ') : text);
  if (found.length < 2) return found[0] ?? '';
  return found
    .filter((word) => word !== 'the')
    .map((word) => (word === 'st' ? 'saint' : word))
    .join(' ');
}

/** Countries by ISO 3166 alpha-2 or alpha-3 code, English name, or an alias of the rule files. */
export class CountryBook {
  readonly #aliases: Readonly<Record<string, string>>;
  readonly #memo = new Memo<string | null>();
  #built: CountryIndex | null = null;

  /** `aliases`: name -> alpha-2 code, beside those that ISO knows. */
  constructor(aliases: Readonly<Record<string, string>>) {
    this.#aliases = aliases;
  }

  /** The alpha-2 code a text means; null for a blank, an unknown and an ambiguous name (`Congo`). */
  code(text: string): string | null {
    return this.#memo.get(text, (unread) => {
      const { byName, byCode } = this.#index();
      // A code has nothing but letters: `n/a` and `N.A.` are not Namibia.
      return byName.get(countryKey(unread)) ?? byCode.get(fold(unread)) ?? null;
    });
  }

  /** The English name of an alpha-2 code; an unknown code is its own name. */
  name(code: string): string {
    return this.#index().names.get(code.toUpperCase()) ?? code;
  }

  /** Whether a text (a code, a name or an alias) means a country. */
  known(text: string): boolean {
    return this.code(text) !== null;
  }

  /** Every alpha-2 code, in alphabetical order. */
  codes(): string[] {
    return [...this.#index().names.keys()].sort();
  }

  /** Every text that means a country: codes, English names, aliases. */
  texts(): string[] {
    const { byCode, entries } = this.#index();
    return [...[...byCode.keys()].map((code) => code.toUpperCase()), ...entries.map(({ text }) => text)];
  }

  /** English names of the countries nearest to a text, best first. */
  nearest(text: string, n = 3): string[] {
    return nearestEntries(text, this.#index().entries, n);
  }

  #index(): CountryIndex {
    if (this.#built) return this.#built;
    const byName = new Map<string, string>();
    const byCode = new Map<string, string>();
    const names = new Map<string, string>();
    const entries: { text: string; name: string }[] = [];
    const ambiguous = new Set<string>();
    const called: Readonly<Record<string, string | readonly string[]>> = english.countries;
    for (const [code, given] of Object.entries(called)) {
      const all = typeof given === 'string' ? [given] : given;
      const name = all[0] ?? code;
      names.set(code, name);
      for (const text of all) {
        entries.push({ text, name });
        const key = countryKey(text);
        const other = byName.get(key);
        if (other !== undefined && other !== code) ambiguous.add(key);
        byName.set(key, code);
      }
    }
    for (const key of ambiguous) byName.delete(key);
    for (const [alpha2, alpha3] of isoCodes as readonly (readonly string[])[]) {
      if (alpha2 === undefined || alpha3 === undefined) continue;
      if (!names.has(alpha2)) names.set(alpha2, alpha2);
      byCode.set(alpha2.toLowerCase(), alpha2);
      byCode.set(alpha3.toLowerCase(), alpha2);
    }
    // Aliases last: what the rule files say is meant.
    for (const [alias, code] of Object.entries(this.#aliases)) {
      byName.set(countryKey(alias), code.toUpperCase());
      entries.push({ text: alias, name: names.get(code.toUpperCase()) ?? code });
    }
    byName.delete('');
    this.#built = { byName, byCode, names, entries };
    return this.#built;
  }
}
