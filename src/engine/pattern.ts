/** Regular expressions that run in linear time, whatever the text. */
import { RE2JS } from 're2js';

/** Longer patterns are nobody's intention and only cost memory. */
const LONGEST = 1000;
/** The most steps a native match may take where it starts at one place only. */
const STEPS_ONCE = 16_384;
/** The most steps for each character of the text, where it starts anywhere or repeats without bound. */
const STEPS_EACH = 256;

/** Why a pattern is refused; `index` is where in the pattern (from 0), if that is known. */
export class PatternError extends Error {
  readonly index: number | null;

  constructor(reason: string, index: number | null) {
    super(reason);
    this.name = 'PatternError';
    this.index = index;
  }
}

/** A compiled pattern of RE2's syntax, found anywhere in a text unless it says `^` and `$`. */
export class Pattern {
  readonly source: string;
  readonly #matcher: { test(text: string): boolean };
  /** By ASCII code: whether a matching text may begin so. Null where that cannot be told. */
  readonly #starts: Uint8Array | null;

  static readonly #compiled = new Map<string, Pattern>();

  /** The pattern of a source, compiled once: the same one often stands in several rules, and compiling is dear. */
  static of(source: string): Pattern {
    let pattern = Pattern.#compiled.get(source);
    if (!pattern) {
      pattern = new Pattern(source);
      Pattern.#compiled.set(source, pattern);
    }
    return pattern;
  }

  /** Throws `PatternError` where the pattern is malformed or needs more than linear time. */
  constructor(source: string) {
    this.source = source;
    const native = source.length > LONGEST ? null : nativeSource(source);
    // V8 is several times faster on the simple patterns for which it is as safe and means the same, and compiles sooner.
    this.#matcher = native === null ? compileLinear(source) : new RegExp(native, 'u');
    const start = startOf(source);
    this.#starts =
      start && Uint8Array.from({ length: 128 }, (_, code) => (start.test(String.fromCharCode(code)) ? 1 : 0));
  }

  /** Whether the pattern is found in the text. */
  test(text: string): boolean {
    const starts = this.#starts;
    // Most cells fail by their first character: that is cheaper to ask than the pattern.
    if (starts !== null && text !== '' && starts[text.charCodeAt(0)] === 0) return false;
    return this.#matcher.test(text);
  }

  /** By ASCII code: whether a matching text may begin so; null where that cannot be told. */
  get starts(): Uint8Array | null {
    return this.#starts;
  }

  /** Whether the platform's own expressions judge it (else RE2's). */
  get native(): boolean {
    return this.#matcher instanceof RegExp;
  }
}

function compileLinear(source: string): RE2JS {
  if (source.length > LONGEST) throw new PatternError(`longer than ${LONGEST} characters`, null);
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const { error: reason, input } = error as { error?: unknown; input?: unknown };
    const at = typeof input === 'string' && input !== '' ? source.lastIndexOf(input) : -1;
    throw new PatternError(explain(source, String(reason ?? 'it cannot be read'), at), at < 0 ? null : at);
  }
}

/** RE2's reason, in the words of somebody who knows the other syntaxes where that is what went wrong. */
function explain(source: string, reason: string, at: number): string {
  const rest = at < 0 ? source : source.slice(at);
  if (/^\(\?<?[=!]/.test(rest)) return 'looking ahead or behind is not possible in linear time';
  if (/^\\[1-9]/.test(rest)) return 'a reference back to a group is not possible in linear time';
  if (/^\(\?>/.test(rest) || /^[*+?}]\+/.test(rest))
    return 'atomic groups and possessive repeats are not part of the syntax';
  return reason;
}

/**
 * The same pattern for the platform's RegExp (flag `u`), or null where it is not provably linear and
 * equal in meaning. Taken: ASCII literals, classes, `.`, `\d \w \s`, anchors at the two ends, repeats of
 * one character. One unbounded repeat needs `^`, for else every start would walk the whole text.
 */
function nativeSource(source: string): string | null {
  let at = 0;
  let out = '';
  let unbounded = 0;
  let ways = 1;
  let length = 0;
  const anchored = source.startsWith('^');
  if (anchored) {
    out = '^';
    at = 1;
  }
  while (at < source.length) {
    if (source[at] === '$' && at === source.length - 1) return accepted() ? `${out}$` : null;
    const atom = readAtom(source, at);
    if (atom === null) return null;
    at = atom.end;
    const repeat = readRepeat(source, at);
    if (repeat === null) return null;
    at = repeat.end;
    if (repeat.max === null) unbounded += 1;
    else ways *= repeat.max - repeat.min + 1;
    length += repeat.max ?? repeat.min;
    out += atom.out + repeat.out;
  }
  return accepted() ? out : null;

  function accepted(): boolean {
    const steps = ways * Math.max(1, length);
    if (!anchored) return unbounded === 0 && steps <= STEPS_EACH;
    return unbounded === 0 ? steps <= STEPS_ONCE : unbounded === 1 && steps <= STEPS_EACH;
  }
}

/**
 * An expression that every text must fit which a pattern anchored by `^` can match, judged by its first
 * character; null where the pattern is not plain enough to tell. Characters outside ASCII are let through.
 */
function startOf(source: string): RegExp | null {
  const fold = source.startsWith('(?i)');
  const body = fold ? source.slice(4) : source;
  if (!body.startsWith('^') || hasTopLevelChoice(body)) return null;
  let members = '';
  for (let at = 1; at < body.length; ) {
    const atom = readStart(body, at);
    if (atom === null) return null;
    const repeat = readRepeat(body, atom.end);
    if (repeat === null) return null;
    members += atom.members;
    if (repeat.min > 0) return new RegExp(`^[^\\x00-\\x7f]|^[${members}]`, fold ? 'iu' : 'u');
    at = repeat.end;
  }
  return null;
}

/** The ASCII characters that one atom takes, as members of a class. */
function readStart(source: string, at: number): { members: string; end: number } | null {
  if (source[at] !== '[') {
    const atom = source[at] === '.' ? null : readAtom(source, at);
    return atom === null ? null : { members: atom.out.replace(/^\[(.*)\]$/, '$1'), end: atom.end };
  }
  let members = '';
  for (let next = at + 1; next < source.length; ) {
    const char = source[next] as string;
    if (char === ']' && next > at + 1) return { members, end: next + 1 };
    if (char > '~') {
      // Let through anyway; a range from or to such a character is not plain.
      if (source[next + 1] === '-' && source[next + 2] !== ']') return null;
      next += 1;
    } else if (/^\\[tnrf]/.test(source.slice(next, next + 2))) {
      if (source[next + 2] === '-' && source[next + 3] !== ']') return null;
      members += source.slice(next, next + 2);
      next += 2;
    } else if (source.startsWith('\\pZ', next)) {
      members += ' ';
      next += 3;
    } else {
      const one = readMember(source, next);
      if (one === null) return null;
      next = one.end;
      if (source[next] === '-' && source[next + 1] !== ']') {
        const last = one.set ? null : readMember(source, next + 1);
        if (last === null || last.set || last.char < one.char) return null;
        members += `${literal(one.char)}-${literal(last.char)}`;
        next = last.end;
      } else {
        members += one.set ?? literal(one.char);
      }
    }
  }
  return null;
}

function hasTopLevelChoice(source: string): boolean {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') at += 1;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') inClass = true;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === '|' && depth === 0) return true;
  }
  return false;
}

/** RE2's own classes, spelled out where the platform means more by them. */
const CLASSES: Readonly<Record<string, string>> = {
  d: '0-9',
  w: '0-9A-Za-z_',
  s: '\\t\\n\\f\\r ',
};

function readAtom(source: string, at: number): { out: string; end: number } | null {
  const char = source[at] as string;
  if (char === '.') return { out: '[^\\n]', end: at + 1 };
  if (char === '[') return readClass(source, at);
  if (char === '\\') {
    const next = source[at + 1] ?? '';
    const known = Object.hasOwn(CLASSES, next) ? CLASSES[next] : undefined;
    if (known !== undefined) return { out: `[${known}]`, end: at + 2 };
    return isPunctuation(next) ? { out: literal(next), end: at + 2 } : null;
  }
  if ('^$*+?{}()|]'.includes(char) || !isPrintable(char)) return null;
  return { out: literal(char), end: at + 1 };
}

function readClass(source: string, start: number): { out: string; end: number } | null {
  let at = start + 1;
  let out = '[';
  if (source[at] === '^') {
    out += '^';
    at += 1;
  }
  const first = at;
  for (;;) {
    const char = source[at];
    if (char === undefined) return null;
    if (char === ']') return at === first ? null : { out: `${out}]`, end: at + 1 };
    const one = readMember(source, at);
    if (one === null) return null;
    at = one.end;
    if (source[at] === '-' && source[at + 1] !== ']') {
      const last = one.set ? null : readMember(source, at + 1);
      if (last === null || last.set || last.char < one.char) return null;
      out += `${literal(one.char)}-${literal(last.char)}`;
      at = last.end;
    } else {
      out += one.set ?? literal(one.char);
    }
  }
}

function readMember(source: string, at: number): { char: string; set: string | null; end: number } | null {
  const char = source[at] ?? '';
  if (char === '\\') {
    const next = source[at + 1] ?? '';
    const known = Object.hasOwn(CLASSES, next) ? CLASSES[next] : undefined;
    if (known !== undefined) return { char: '', set: known, end: at + 2 };
    const control = Object.hasOwn(CONTROLS, next) ? CONTROLS[next] : undefined;
    if (control !== undefined) return { char: control, set: null, end: at + 2 };
    return isPunctuation(next) ? { char: next, set: null, end: at + 2 } : null;
  }
  if (isPlainForeign(char)) return { char, set: null, end: at + 1 };
  // `[` may open a POSIX class, `-` a range: neither is simple.
  if (char === '[' || char === '-' || char === '^' || !isPrintable(char)) {
    return char === '-' && source[at + 1] === ']' ? { char, set: null, end: at + 1 } : null;
  }
  return { char, set: null, end: at + 1 };
}

function readRepeat(
  source: string,
  at: number,
): { out: string; min: number; max: number | null; end: number } | null {
  const once = { out: '', min: 1, max: 1, end: at };
  const char = source[at];
  let found: { out: string; min: number; max: number | null; end: number } = once;
  if (char === '?') found = { out: '?', min: 0, max: 1, end: at + 1 };
  else if (char === '*') found = { out: '*', min: 0, max: null, end: at + 1 };
  else if (char === '+') found = { out: '+', min: 1, max: null, end: at + 1 };
  else if (char === '{') {
    const [whole, from, comma, to] = /^\{(\d{1,3})(,?)(\d{0,3})\}/.exec(source.slice(at, at + 10)) ?? [];
    if (whole === undefined || from === undefined) return null;
    if (comma === '' && to !== '') return null;
    const min = Number(from);
    const max = comma === '' ? min : to === '' ? null : Number(to);
    if (max !== null && max < min) return null;
    found = { out: max === null ? `{${min},}` : `{${min},${max}}`, min, max, end: at + whole.length };
  }
  // A repeat of a repeat, a lazy or a possessive one: left to RE2.
  if (found !== once && '?*+{'.includes(source[found.end] ?? ' ')) return null;
  return found;
}

const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** A character outside ASCII that is one unit of text and no half of a pair. */
function isPlainForeign(char: string): boolean {
  return char >= '\u00a0' && !(char >= '\ud800' && char <= '\udfff');
}

function isPrintable(char: string): boolean {
  return char >= ' ' && char <= '~';
}

function isPunctuation(char: string): boolean {
  return char !== '' && isPrintable(char) && !/[0-9A-Za-z ]/.test(char);
}

/** A character that stands for itself, inside a class and outside. */
function literal(char: string): string {
  return /[0-9A-Za-z ]/.test(char) ? char : `\\u{${char.charCodeAt(0).toString(16)}}`;
}
