/**
 * The terminal: taken over on `enter`, given back on `leave` whatever happens, written to line by line.
 *
 * Ink renders frames to text; this writes them. Ink's own writer moves the cursor relatively, so one stray
 * line or a resize garbles the screen, and it clears screen and scrollback when a frame outgrows the window.
 * Here every changed line is written at its absolute place, inside one synchronized update.
 */
import type { ReadStream, WriteStream } from 'node:tty';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?2004h\u001b[2J';
const LEAVE = '\u001b[?2026l\u001b[?2004l\u001b[?25h\u001b[0m\u001b[?1049l';
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';

/** A whole line. It is erased first: erasing after a full line would take its last cell away. */
function whole(line: string): string {
  return `\u001b[K${line}`;
}

interface Cell {
  readonly char: string;
  readonly style: string;
}

// What every terminal shows in one cell. Where another character stands, no column can be counted on.
const ONE_CELL = /^[\x20-\x7e\u00a1-\u024f\u2026\u2190-\u2193\u2400-\u2426\u2502\u27e8\u27e9]$/;
const ESC = '\u001b';
const PIECES = new RegExp(`${ESC}\\[([\\d;]*)m|.`, 'gsu');
/** Cells between two changes that cost no more than a move of the cursor. */
const NEAR = 6;

/** A line as cells, or null where the columns of its characters cannot be counted on. */
function cellsOf(line: string): Cell[] | null {
  const cells: Cell[] = [];
  let style = '';
  for (const [piece, codes] of line.matchAll(PIECES)) {
    if (codes !== undefined) style = styleAfter(style, codes);
    else if (ONE_CELL.test(piece)) cells.push({ char: piece, style });
    else return null;
  }
  return cells;
}

/** Codes that end styles, with the codes that they end. */
const ENDS: Readonly<Record<string, RegExp>> = { 22: /^[12]$/, 27: /^7$/, 39: /^[39]\d$/ };

/** A style is the codes that hold, `1;36`, in the order in which they began. */
function styleAfter(style: string, codes: string): string {
  let held = style === '' ? [] : style.split(';');
  for (const code of codes.split(';')) {
    const ends = ENDS[code];
    if (code === '' || code === '0') held = [];
    else if (ends) held = held.filter((one) => !ends.test(one));
    else held.push(code);
  }
  return held.join(';');
}

/** What turns one line into another, from its first column. */
function change(before: string, after: string): string {
  const old = cellsOf(before);
  const now = cellsOf(after);
  if (old === null || now === null) return whole(after);
  let text = '';
  let style = '';
  let column = 0;
  const differs = (at: number) => old[at]?.char !== now[at]?.char || old[at]?.style !== now[at]?.style;
  for (let at = 0; at < now.length; at++) {
    if (!differs(at)) continue;
    // A few equal cells are cheaper to write again than to jump over.
    const from = column > 0 && at - column <= NEAR ? column : at;
    if (from !== column) text += `\u001b[${from + 1}G`;
    for (let cell = from; cell <= at; cell++) {
      const { char, style: own } = now[cell] as Cell;
      if (own !== style) text += `${style === '' ? '' : '\u001b[0m'}${own === '' ? '' : `\u001b[${own}m`}`;
      style = own;
      text += char;
    }
    column = at + 1;
  }
  if (style !== '') text += '\u001b[0m';
  if (old.length > now.length) text += `${column === now.length ? '' : `\u001b[${now.length + 1}G`}\u001b[K`;
  return text;
}

export interface Caret {
  readonly x: number;
  readonly y: number;
}

export class Terminal {
  private readonly stdin: ReadStream;
  private readonly stdout: WriteStream;
  private entered = false;
  private lines: readonly string[] = [];
  private caret: Caret | null = null;

  constructor(stdin: ReadStream, stdout: WriteStream) {
    this.stdin = stdin;
    this.stdout = stdout;
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.stdout.columns || 80, rows: this.stdout.rows || 24 };
  }

  /** Raw keys, the alternate screen, pastes marked as such. */
  enter(): void {
    if (this.entered) return;
    this.entered = true;
    this.stdin.setRawMode(true);
    this.stdin.setEncoding('utf8');
    this.stdin.resume();
    this.write(ENTER);
    this.forget();
  }

  /** Everything back as it was; may be called twice, and while the process dies. */
  leave(): void {
    if (!this.entered) return;
    this.entered = false;
    this.write(LEAVE);
    try {
      this.stdin.setRawMode(false);
    } catch {
      // The terminal is gone: there is nothing left to restore.
    }
    this.stdin.pause();
  }

  /** Shows lines, writing only those that differ; `caret` is where text is typed, null hides the cursor. */
  draw(lines: readonly string[], caret: Caret | null): void {
    if (!this.entered) return;
    let text = '';
    for (let at = 0; at < Math.max(lines.length, this.lines.length); at++) {
      const line = lines[at] ?? '';
      const before = this.lines[at];
      if (line !== before)
        text += `\u001b[${at + 1};1H${before === undefined ? whole(line) : change(before, line)}`;
    }
    const moved = caret?.x !== this.caret?.x || caret?.y !== this.caret?.y;
    if (text === '' && !moved) return;
    const cursor =
      caret === null ? (this.caret === null ? '' : HIDE) : `\u001b[${caret.y + 1};${caret.x + 1}H${SHOW}`;
    this.lines = lines;
    this.caret = caret;
    this.write(`${BEGIN}${text === '' ? '' : HIDE}${text}${cursor}${END}`);
  }

  /** Has the next `draw` write every line: after a resize, or when something else wrote to the terminal. */
  forget(): void {
    this.lines = [];
    this.caret = null;
  }

  /** Sends a text to the terminal's clipboard (OSC 52). */
  copy(text: string): void {
    this.write(`\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`);
  }

  private write(text: string): void {
    try {
      this.stdout.write(text);
    } catch {
      // A terminal that hung up says so by its signal.
    }
  }
}
