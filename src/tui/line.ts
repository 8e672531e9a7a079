/** One line of input, edited by graphemes. Every operation returns a new line. */
import { clip, graphemes, visible, widthOf } from './text.ts';

interface Step {
  readonly text: string;
  readonly caret: number;
}

export interface InputLine extends Step {
  /** Earlier states, newest last; typing in a row is one of them, a paste always is. */
  readonly past: readonly Step[];
  readonly future: readonly Step[];
  /** Whether the next typed character belongs to the step that is being typed. */
  readonly typing: boolean;
}

/** Longer input is nobody's address; the rest of a paste is cut. */
const LONGEST_INPUT = 20_000;

export function inputLine(text = ''): InputLine {
  return { text, caret: text.length, past: [], future: [], typing: false };
}

function change(line: InputLine, text: string, caret: number, typing = false): InputLine {
  if (text === line.text) return { ...line, caret, typing: false };
  const past = typing && line.typing ? line.past : [...line.past, { text: line.text, caret: line.caret }];
  return { text, caret, past, future: [], typing };
}

/** Puts text at the caret. `typed` characters in a row are one step of undo. */
export function insert(line: InputLine, addition: string, typed: boolean): InputLine {
  const added = addition.slice(0, Math.max(0, LONGEST_INPUT - line.text.length));
  const text = line.text.slice(0, line.caret) + added + line.text.slice(line.caret);
  return change(line, text, line.caret + added.length, typed);
}

/** Pasted lines as one: `Street 5`, `10115 Berlin` become `Street 5, 10115 Berlin`. */
export function joinLines(pasted: string, join = ', '): string {
  return pasted
    .split(/[\r\n\u2028\u2029]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .reduce(
      (whole, part) =>
        whole === '' ? part : /[,;:]$/.test(whole) ? `${whole} ${part}` : whole + join + part,
      '',
    )
    .replaceAll('\t', ' ');
}

function before(line: InputLine): number {
  return line.caret - (graphemes(line.text.slice(0, line.caret)).at(-1)?.length ?? 0);
}

function after(line: InputLine): number {
  return line.caret + (graphemes(line.text.slice(line.caret))[0]?.length ?? 0);
}

function wordBefore(line: InputLine): number {
  return line.text.slice(0, line.caret).replace(/[^\s]*\s*$/u, '').length;
}

function wordAfter(line: InputLine): number {
  return line.caret + (/^\s*[^\s]*/u.exec(line.text.slice(line.caret))?.[0].length ?? 0);
}

/** The line after an editing key, or null where the key edits nothing. */
export function edit(line: InputLine, key: string): InputLine | null {
  const { text, caret } = line;
  switch (key) {
    case 'left':
      return { ...line, caret: before(line), typing: false };
    case 'right':
      return { ...line, caret: after(line), typing: false };
    case 'home':
    case 'ctrl-a':
      return { ...line, caret: 0, typing: false };
    case 'end':
    case 'ctrl-e':
      return { ...line, caret: text.length, typing: false };
    case 'ctrl-left':
      return { ...line, caret: wordBefore(line), typing: false };
    case 'ctrl-right':
      return { ...line, caret: wordAfter(line), typing: false };
    case 'backspace':
      return change(line, text.slice(0, before(line)) + text.slice(caret), before(line));
    case 'delete':
    case 'ctrl-d':
      return change(line, text.slice(0, caret) + text.slice(after(line)), caret);
    case 'ctrl-w':
      return change(line, text.slice(0, wordBefore(line)) + text.slice(caret), wordBefore(line));
    case 'ctrl-u':
      return change(line, text.slice(caret), 0);
    case 'ctrl-k':
      return change(line, text.slice(0, caret), caret);
    case 'ctrl-z': {
      const last = line.past.at(-1);
      if (!last) return line;
      return {
        ...last,
        past: line.past.slice(0, -1),
        future: [...line.future, { text, caret }],
        typing: false,
      };
    }
    case 'ctrl-y': {
      const next = line.future.at(-1);
      if (!next) return line;
      return {
        ...next,
        past: [...line.past, { text, caret }],
        future: line.future.slice(0, -1),
        typing: false,
      };
    }
    default:
      return null;
  }
}

/** Another text in place of the whole line, as one step. */
export function replaceWith(line: InputLine, text: string): InputLine {
  return change(line, text, text.length);
}

/** The part of the line that fits `width` cells with the caret in it, and the caret's cell within that part. */
export function windowOf(line: InputLine, width: number): { readonly text: string; readonly caret: number } {
  const left = visible(line.text.slice(0, line.caret));
  const right = visible(line.text.slice(line.caret));
  const room = Math.max(1, width - 1);
  if (widthOf(left) <= room) return { text: left + clip(right, width - widthOf(left)), caret: widthOf(left) };
  const kept: string[] = [];
  let cells = 1;
  for (const grapheme of graphemes(left).reverse()) {
    if (cells + widthOf(grapheme) > room) break;
    cells += widthOf(grapheme);
    kept.unshift(grapheme);
  }
  return { text: `\u2026${kept.join('')}${clip(right, width - cells)}`, caret: cells };
}
