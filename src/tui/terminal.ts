/**
 * The terminal: taken over on `enter`, given back on `leave` whatever happens, written to line by line.
 *
 * Ink renders frames to text; this writes them. Ink's own writer moves the cursor relatively, so one stray
 * line or a resize garbles the screen, and it clears screen and scrollback when a frame outgrows the window.
 * Here every changed cell is written at its absolute place, inside one synchronized update, and lines that moved
 * by one are moved by the terminal where that takes fewer bytes.
 */
import type { ReadStream, WriteStream } from 'node:tty';

// Lines do not wrap: a character wider than we think must not spill into the next one.
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?2004h\u001b[?7l\u001b[2J';
const LEAVE = '\u001b[?2026l\u001b[?7h\u001b[?2004l\u001b[?25h\u001b[0m\u001b[?1049l';
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
/** What a terminal takes in at once: no need to tell it where a frame begins and ends. */
const SMALL = 1024;
const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';

/** A line as a terminal holds it: a style and a character in each cell; null where its columns cannot be counted on. */
type Cells = Int32Array | null;

/** Styles by number: the codes that hold, `1;36`, in the order in which they began. */
const styles: string[] = [''];
const styleNumbers = new Map([['', 0]]);
const BLANK = 0x20;
const ESC = 0x1b;

/** What every terminal shows in one cell. */
function isOneCell(code: number): boolean {
  return (
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa1 && code <= 0x24f) ||
    code === 0x2026 ||
    (code >= 0x2190 && code <= 0x2193) ||
    (code >= 0x2400 && code <= 0x2426) ||
    code === 0x2502 ||
    code === 0x27e8 ||
    code === 0x27e9
  );
}

function cellsOf(line: string): Cells {
  const cells = new Int32Array(line.length);
  let count = 0;
  let style = 0;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === ESC) {
      const end = line.indexOf('m', at);
      if (end < 0) return null;
      style = styleAfter(style, line.slice(at + 2, end));
      at = end;
    } else if (code === BLANK && !seen[style]) cells[count++] = BLANK;
    else if (isOneCell(code)) cells[count++] = (style << 16) | code;
    else return null;
  }
  return cells.subarray(0, count);
}

/** Whether a blank of each style looks otherwise than a plain one. */
const seen: boolean[] = [false];

/** Codes that end styles, with the codes that they end. */
const ENDS: Readonly<Record<string, RegExp>> = { 22: /^[12]$/, 27: /^7$/, 39: /^[39]\d$/ };
const after = new Map<string, number>();

function styleAfter(style: number, codes: string): number {
  const key = `${style} ${codes}`;
  let next = after.get(key);
  if (next === undefined) {
    let held = style === 0 ? [] : (styles[style] as string).split(';');
    for (const code of codes.split(';')) {
      const ends = ENDS[code];
      if (code === '' || code === '0') held = [];
      else if (ends) held = held.filter((one) => !ends.test(one));
      else held.push(code);
    }
    const name = held.join(';');
    next = styleNumbers.get(name);
    if (next === undefined) {
      next = styles.push(name) - 1;
      seen.push(held.some((one) => one === '4' || one === '7'));
      styleNumbers.set(name, next);
    }
    after.set(key, next);
  }
  return next;
}

/** Cells that cost no more than a move of the cursor. */
const NEAR = 5;

/** A line on the screen. */
interface Shown {
  readonly text: string;
  readonly cells: Cells;
  /** What is written to show all of it. */
  readonly whole: string;
}

const EMPTY: Shown = { text: '', cells: new Int32Array(0), whole: '' };

/** How many cells a text takes. */
type Width = (text: string) => number;

/** A line with the cursor put right after each stretch of characters that terminals give other widths than we do. */
function placed(line: string, widthOf: Width): string {
  let text = '';
  let shown = '';
  let sure = true;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === ESC) {
      const end = line.indexOf('m', at);
      text += line.slice(at, end + 1);
      at = end;
      continue;
    }
    const oneCell = isOneCell(code);
    if (oneCell && !sure) text += `\u001b[${widthOf(shown) + 1}G`;
    sure = oneCell;
    text += line[at];
    shown += line[at];
  }
  return text;
}

/** What makes line `y`, which shows `old`, show `now`: from any place, in the plain style, and back to it. */
function change(y: number, old: Shown | undefined, now: Shown): string {
  if (old?.text === now.text) return '';
  const before = old?.cells ?? null;
  const { cells } = now;
  // It is erased first: erasing after a full line would take its last cell away.
  if (before === null || cells === null) return `\u001b[${y + 1}H\u001b[K${now.whole}`;
  let text = '';
  let style = 0;
  let column = -1;
  const move = (to: number) => {
    text += column < 0 ? `\u001b[${y + 1};${to + 1}H` : `\u001b[${to + 1}G`;
    column = to;
  };
  const put = (at: number) => {
    const cell = cells[at] as number;
    if (cell >> 16 !== style && (cell !== BLANK || seen[style])) {
      const codes = styles[cell >> 16] as string;
      text += codes === '' ? '\u001b[m' : `\u001b[${style === 0 ? '' : '0;'}${codes}m`;
      style = cell >> 16;
    }
    text += String.fromCharCode(cell & 0xffff);
  };
  /** Whether what lies between two changes is cheaper to write again than to jump over. */
  const isNear = (from: number, to: number) => {
    if (to - from > NEAR) return false;
    for (let at = from; at < to; at++) {
      const cell = cells[at] as number;
      if (cell >> 16 !== style && (cell !== BLANK || seen[style])) return false;
    }
    return true;
  };
  for (let at = 0; at < cells.length; at++) {
    if (cells[at] === (at < before.length ? before[at] : BLANK)) continue;
    if (column < 0 || !isNear(column, at)) move(at);
    for (; column <= at; column++) put(column);
  }
  if (style !== 0) text += '\u001b[m';
  let blank = cells.length;
  while (blank < before.length && before[blank] === BLANK) blank++;
  if (blank < before.length) {
    if (column !== cells.length) move(cells.length);
    text += '\u001b[K';
  }
  return text;
}

/** Fewer changed lines than these are not worth a look. */
const LEAST_SCROLL = 4;
/** Taking a line out at one place and putting one in at another. */
const SCROLL_COST = 16;

/**
 * What turns one screen into another where the terminal moves that stretch of lines by one, up or down, which saves
 * most; null where none does. `stay` is the change line by line where nothing is moved.
 */
function scrolled(
  old: readonly Shown[],
  now: readonly Shown[],
  stay: readonly string[],
  by: 1 | -1,
): string | null {
  const count = now.length;
  if (count !== old.length || stay.filter((text) => text !== '').length < LEAST_SCROLL) return null;
  const moved = now.map((line, y) => change(y, old[y + by] ?? EMPTY, line));
  // The stretch that saves most ends at some line, and begins where what was saved before turned into a loss.
  let from = 0;
  let to = -1;
  let most = SCROLL_COST;
  let first = 0;
  let saved = 0;
  for (let last = 0; last < count; last++) {
    if (saved < 0) {
      first = last;
      saved = 0;
    }
    saved += (stay[last] as string).length - (moved[last] as string).length;
    if (saved <= most) continue;
    most = saved;
    from = first;
    to = last;
  }
  if (to < 0) return null;
  // The line that comes in at the edge is blank.
  const edge = by === 1 ? to : from;
  moved[edge] = change(edge, EMPTY, now[edge] as Shown);
  const [out, into] = by === 1 ? [from, to] : [to, from];
  const region = `\u001b[${out + 1}H\u001b[M\u001b[${into + 1}H\u001b[L`;
  const text = region + stay.map((one, y) => (y < from || y > to ? one : moved[y])).join('');
  return text.length < stay.join('').length ? text : null;
}

export interface Caret {
  readonly x: number;
  readonly y: number;
}

export class Terminal {
  /** Told by whoever shows more than letters: what knows widths takes longer to load than the first screen may. */
  widthOf: Width = (text) => text.length;
  private readonly stdin: ReadStream;
  private readonly stdout: WriteStream;
  private entered = false;
  private shown: readonly Shown[] = [];
  private caret: Caret | null = null;
  /** Whether the cursor is shown. */
  private visible = false;

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
    // What is typed before anybody listens waits in the terminal.
    if (this.stdin.listenerCount('data') > 0) this.stdin.resume();
    this.write(ENTER);
    this.visible = false;
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

  /** Shows lines, writing only what differs; `caret` is where text is typed, null hides the cursor. */
  draw(lines: readonly string[], caret: Caret | null): void {
    if (!this.entered) return;
    const { shown } = this;
    const next = lines.map((text, y): Shown => {
      const old = shown[y];
      if (old?.text === text) return old;
      const cells = cellsOf(text);
      return { text, cells, whole: cells === null ? placed(text, this.widthOf) : text };
    });
    const stay: string[] = [];
    for (let y = 0; y < Math.max(next.length, shown.length); y++)
      stay.push(change(y, shown[y], next[y] ?? EMPTY));
    const text = scrolled(shown, next, stay, 1) ?? scrolled(shown, next, stay, -1) ?? stay.join('');
    if (text === '' && caret?.x === this.caret?.x && caret?.y === this.caret?.y) return;
    const hide = this.visible ? HIDE : '';
    const show = caret === null ? '' : `\u001b[${caret.y + 1};${caret.x + 1}H${SHOW}`;
    this.shown = next;
    this.caret = caret;
    this.visible = caret !== null;
    const update = `${hide}${text}${show}`;
    this.write(update.length < SMALL ? update : `${BEGIN}${update}${END}`);
  }

  /** Has the next `draw` write every line: after a resize, or when something else wrote to the terminal. */
  forget(): void {
    this.shown = [];
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
