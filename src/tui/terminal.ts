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
      if (line === this.lines[at]) continue;
      // The line is erased first: erasing after a full line would take its last cell away.
      text += `\u001b[${at + 1};1H\u001b[K${line}`;
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
