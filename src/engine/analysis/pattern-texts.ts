/**
 * A few texts that a pattern matches, so that a finding about patterns can show a real row. Reads the
 * plain part of RE2's syntax; what it does not know makes no text, and whoever uses a text tries it first.
 */

type Piece =
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'choice'; readonly ways: readonly (readonly Piece[])[] }
  | { readonly kind: 'repeat'; readonly piece: Piece; readonly min: number; readonly max: number | null };

/** More would only be more of the same. */
const MOST = 60;
const LONGEST_REPEAT = 24;

const CLASSES: Readonly<Record<string, readonly string[]>> = {
  d: ['5', '0', '2'],
  D: ['x', ' '],
  w: ['a', '7', '_'],
  W: ['-', ' '],
  s: [' '],
  S: ['x', '5'],
  t: ['\t'],
  n: ['\n'],
  r: ['\r'],
  f: ['\f'],
  b: [''],
  A: [''],
  z: [''],
};

class Unknown extends Error {}

/** Texts built along a pattern, the plainest first; none where the pattern is beyond this reader. */
export function patternTexts(source: string): readonly string[] {
  const reader = new PatternReader(source);
  try {
    const pieces = reader.choice();
    return reader.done ? [...new Set(ways(pieces))] : [];
  } catch (error) {
    if (error instanceof Unknown) return [];
    throw error;
  }
}

function ways(piece: Piece): string[] {
  switch (piece.kind) {
    case 'texts':
      return [...piece.texts];
    case 'choice':
      return piece.ways.flatMap(inOrder).slice(0, MOST);
    case 'repeat': {
      const one = ways(piece.piece);
      const most = Math.min(piece.max ?? piece.min + 1, piece.min + 1, LONGEST_REPEAT);
      const found: string[] = [];
      for (let times = Math.min(piece.min, LONGEST_REPEAT); times <= most; times++) {
        for (const text of times === 0 ? [''] : one) found.push(text.repeat(times));
      }
      return found.slice(0, MOST);
    }
  }
}

/** The pieces one after another: the first way of each, then each other way with the first of all else. */
function inOrder(pieces: readonly Piece[]): string[] {
  const parts = pieces.map(ways);
  if (parts.some((part) => part.length === 0)) return [];
  const first = parts.map((part) => part[0] as string);
  const found = [first.join('')];
  for (const [at, part] of parts.entries()) {
    for (const text of part.slice(1)) {
      if (found.length >= MOST) return found;
      found.push([...first.slice(0, at), text, ...first.slice(at + 1)].join(''));
    }
  }
  return found;
}

class PatternReader {
  private readonly source: string;
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  get done(): boolean {
    return this.at >= this.source.length;
  }

  choice(): Piece {
    const all: Piece[][] = [[]];
    while (!this.done && this.source[this.at] !== ')') {
      if (this.source[this.at] === '|') {
        this.at++;
        all.push([]);
      } else {
        all.at(-1)?.push(this.repeated());
      }
    }
    return { kind: 'choice', ways: all };
  }

  private repeated(): Piece {
    const piece = this.piece();
    const [whole, min, max] = this.repeat();
    if (whole === 0) return piece;
    this.at += whole;
    if (this.source[this.at] === '?') this.at++;
    return { kind: 'repeat', piece, min, max };
  }

  private repeat(): [length: number, min: number, max: number | null] {
    const char = this.source[this.at];
    if (char === '*') return [1, 0, null];
    if (char === '+') return [1, 1, null];
    if (char === '?') return [1, 0, 1];
    const counted = /^\{(\d+)(,?)(\d*)\}/.exec(this.source.slice(this.at, this.at + 20));
    if (!counted) return [0, 1, 1];
    const min = Number(counted[1]);
    const max = counted[2] === '' ? min : counted[3] === '' ? null : Number(counted[3]);
    return [counted[0].length, min, max];
  }

  private piece(): Piece {
    const char = this.source[this.at++] as string;
    if (char === '(') return this.group();
    if (char === '[') return { kind: 'texts', texts: this.members() };
    if (char === '.') return { kind: 'texts', texts: ['x', '5'] };
    if (char === '^' || char === '$') return { kind: 'texts', texts: [''] };
    if (char === '\\') return { kind: 'texts', texts: this.escaped() };
    if ('*+?{'.includes(char)) throw new Unknown();
    return { kind: 'texts', texts: [char] };
  }

  private group(): Piece {
    const head = /^\?(?:P?<[A-Za-z_]\w*>|[a-zA-Z-]*(:)?)/.exec(this.source.slice(this.at, this.at + 80));
    if (head) {
      this.at += head[0].length;
      // `(?i)` alone changes what follows; no text of ours minds.
      if (!head[0].includes('<') && head[1] === undefined && this.source[this.at] === ')') {
        this.at++;
        return { kind: 'texts', texts: [''] };
      }
    }
    const inner = this.choice();
    if (this.source[this.at] !== ')') throw new Unknown();
    this.at++;
    return inner;
  }

  private escaped(): readonly string[] {
    const char = this.source[this.at++];
    if (char === undefined) throw new Unknown();
    const known = Object.hasOwn(CLASSES, char) ? CLASSES[char] : undefined;
    if (known) return known;
    if (/[A-Za-z0-9]/.test(char)) throw new Unknown();
    return [char];
  }

  private members(): readonly string[] {
    const start = this.at;
    const negated = this.source[this.at] === '^';
    if (negated) this.at++;
    const found: string[] = [];
    const first = this.at;
    while (this.source[this.at] !== ']' || this.at === first) {
      const char = this.source[this.at++];
      if (char === undefined) throw new Unknown();
      if (char === '\\') {
        if (this.source[this.at] === 'p') {
          this.at += this.source[this.at + 1] === '{' ? this.source.indexOf('}', this.at) - this.at + 1 : 2;
        } else found.push(...this.escaped());
      } else if (char === '[' && this.source[this.at] === ':') {
        throw new Unknown();
      } else {
        found.push(char);
        if (this.source[this.at] === '-' && this.source[this.at + 1] !== ']') {
          this.at++;
          const last = this.source[this.at++];
          found.push(...(last === '\\' ? this.escaped() : [last ?? '']));
        }
      }
    }
    this.at++;
    if (!negated) return found.slice(0, 12);
    // Judged by the class itself, where the platform can read it.
    try {
      const test = new RegExp(this.source.slice(start - 1, this.at), 'u');
      return ['x', '5', ' ', '-', '@', 'é'].filter((one) => test.test(one));
    } catch {
      throw new Unknown();
    }
  }
}
