/**
 * Bytes from a terminal as keys. Ink hands over a burst as one string and loses what follows a paste or a split
 * escape sequence, so the review decodes for itself.
 */

export type Input =
  /** A key by its name: `j`, `G`, `enter`, `shift-tab`, `ctrl-c`. Text arrives one code point at a time. */
  { readonly type: 'key'; readonly key: string } | { readonly type: 'paste'; readonly text: string };

const ESC = '\u001b';
const PASTE_START = `${ESC}[200~`;
const PASTE_END = `${ESC}[201~`;

/** How long a lone ESC may wait for the rest of its sequence, in milliseconds. */
export const ESCAPE_WAIT = 60;
/** How long an unfinished paste may stay silent before what came of it is handed on. */
export const PASTE_WAIT = 1000;

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
  ' ': 'space',
  '\u0000': 'ctrl-space',
  '\u001f': 'ctrl-_',
};

const FINALS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  Z: 'shift-tab',
};
/** After ESC O; after ESC [ it begins a mouse report. */
const KEYPAD_ENTER = 'M';

const TILDES: Readonly<Record<string, string>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};

export class Decoder {
  private pending = '';

  /** The keys that a piece of input completes. What may still grow stays behind; see `wait`. */
  push(chunk: string): Input[] {
    const text = this.pending + chunk;
    this.pending = '';
    const found: Input[] = [];
    let at = 0;
    while (at < text.length) {
      if (text.startsWith(PASTE_START, at)) {
        const end = text.indexOf(PASTE_END, at);
        if (end < 0) {
          this.pending = text.slice(at);
          return found;
        }
        found.push({ type: 'paste', text: text.slice(at + PASTE_START.length, end) });
        at = end + PASTE_END.length;
        continue;
      }
      if (text[at] === ESC) {
        const length = sequenceLength(text, at);
        if (length === null) {
          this.pending = text.slice(at);
          return found;
        }
        found.push(...escapeKeys(text.slice(at, at + length)));
        at += length;
        continue;
      }
      const char = String.fromCodePoint(text.codePointAt(at) as number);
      found.push({ type: 'key', key: charKey(char) });
      at += char.length;
    }
    return found;
  }

  /** How long to wait for more before `flush`, in milliseconds; null where nothing is left behind. */
  get wait(): number | null {
    if (this.pending === '') return null;
    return this.pending.startsWith(PASTE_START) ? PASTE_WAIT : ESCAPE_WAIT;
  }

  /** Takes what is left behind as it stands: a lone ESC is the key. */
  flush(): Input[] {
    const text = this.pending;
    this.pending = '';
    if (text === '') return [];
    if (text.startsWith(PASTE_START)) return [{ type: 'paste', text: text.slice(PASTE_START.length) }];
    const rest = text.slice(1);
    // An unfinished reply of the terminal is noise; two characters may be Esc and a key.
    if (rest.length > 1) return [];
    return [{ type: 'key', key: 'escape' }, ...(rest === '' ? [] : this.push(rest))];
  }
}

function charKey(char: string): string {
  const named = CONTROLS[char];
  if (named !== undefined) return named;
  const code = char.charCodeAt(0);
  return code < 0x20 ? `ctrl-${String.fromCharCode(code + 0x60)}` : char;
}

/** The length of the escape sequence at `at`, or null where it is unfinished. */
function sequenceLength(text: string, at: number): number | null {
  const kind = text[at + 1];
  if (kind === undefined) return null;
  if (kind === '[') {
    // A mouse report of old: three characters follow, whatever they are.
    if (text[at + 2] === 'M') return text.length >= at + 6 ? 6 : null;
    for (let end = at + 2; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code >= 0x40 && code <= 0x7e) return end - at + 1;
      // Not a sequence after all: the bracket was typed.
      if (code < 0x20 || code > 0x7e) return 1;
    }
    return null;
  }
  if (kind === 'O') {
    const final = text[at + 2];
    if (final === undefined) return null;
    return FINALS[final] === undefined && final !== KEYPAD_ENTER ? 1 : 3;
  }
  if (kind === ']' || kind === 'P' || kind === '_' || kind === '^') {
    const bell = text.indexOf('\u0007', at);
    const end = text.indexOf(`${ESC}\\`, at);
    if (bell >= 0 && (end < 0 || bell < end)) return bell - at + 1;
    return end >= 0 ? end - at + 2 : null;
  }
  return kind === '\u007f' ? 2 : 1;
}

function escapeKeys(sequence: string): Input[] {
  if (sequence === ESC) return [{ type: 'key', key: 'escape' }];
  if (sequence === `${ESC}\u007f`) return [{ type: 'key', key: 'ctrl-w' }];
  const key = sequenceKey(sequence);
  return key === null ? [] : [{ type: 'key', key }];
}

/** A known sequence's key; null for mouse reports, focus events and replies of the terminal. */
function sequenceKey(sequence: string): string | null {
  const kind = sequence[1];
  const final = sequence.at(-1) as string;
  if (kind === 'O') return final === KEYPAD_ENTER ? 'enter' : (FINALS[final] ?? null);
  if (kind !== '[') return null;
  const parameters = sequence.slice(2, -1);
  if (!/^[\d;]*$/.test(parameters)) return null;
  const [first = '', modifier = '1'] = parameters.split(';');
  const base = final === '~' ? TILDES[first] : FINALS[final];
  if (base === undefined) return null;
  const bits = Number(modifier) - 1;
  if ((bits & 4) !== 0) return `ctrl-${base}`;
  if ((bits & 1) !== 0 && (base === 'up' || base === 'down')) return `shift-${base}`;
  return base;
}
