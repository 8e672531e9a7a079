/** A terminal in memory, to see what the review makes of one. */
import { EventEmitter } from 'node:events';

const ESC = '\u001b';
const PIECES = new RegExp(`${ESC}\\[([\\d;?]*)([A-Za-z])|.`, 'gsu');

/** As much of a terminal as the review uses: a grid of cells, a cursor, modes. */
export class Grid extends EventEmitter {
  columns: number;
  rows: number;
  isTTY = true;
  written = '';
  readonly modes = new Set<string>();
  cells: { char: string; style: string }[][] = [];
  private x = 0;
  private y = 0;
  private style = '';
  raw = false;

  constructor(columns = 40, rows = 6) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.clear();
  }

  write(text: string): boolean {
    this.written += text;
    for (const [piece, parameters, final] of text.matchAll(PIECES)) {
      if (final === undefined) this.put(piece);
      else this.obey(parameters ?? '', final);
    }
    return true;
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.clear();
  }

  setRawMode(on: boolean): void {
    this.raw = on;
  }

  /** Whether input is read. */
  reading = false;

  setEncoding(): void {}
  resume(): void {
    this.reading = true;
  }
  pause(): void {
    this.reading = false;
  }

  get cursor(): { x: number; y: number } {
    return { x: this.x, y: this.y };
  }

  get text(): string[] {
    return this.cells.map((line) =>
      line
        .map((cell) => cell.char)
        .join('')
        .trimEnd(),
    );
  }

  get styles(): string[][] {
    return this.cells.map((line) =>
      // A blank looks the same in every style but inverse.
      line.map((cell) => (cell.char === ' ' && !cell.style.includes('<7>') ? '' : cell.style)),
    );
  }

  private clear(): void {
    this.cells = Array.from({ length: this.rows }, () => this.blankLine());
  }

  private blankLine(): Grid['cells'][number] {
    return Array.from({ length: this.columns }, () => ({ char: ' ', style: '' }));
  }

  private put(char: string): void {
    const line = this.cells[this.y];
    if (line && this.x < this.columns) line[this.x] = { char, style: this.style };
    this.x = Math.min(this.x + 1, this.columns);
  }

  private obey(parameters: string, final: string): void {
    const [first = 1, second = 1] = parameters.split(';').map((one) => Number(one) || 1);
    if (final === 'H') [this.y, this.x] = [first - 1, second - 1];
    else if (final === 'G') this.x = first - 1;
    else if (final === 'K')
      for (let x = Math.min(this.x, this.columns - 1); x < this.columns; x++)
        (this.cells[this.y] as Grid['cells'][number])[x] = { char: ' ', style: '' };
    else if (final === 'J') this.clear();
    else if (final === 'M') {
      this.cells.splice(this.y, 1);
      this.cells.push(this.blankLine());
    } else if (final === 'L') {
      this.cells.splice(this.y, 0, this.blankLine());
      this.cells.pop();
    } else if (final === 'm')
      for (const code of parameters.split(';'))
        this.style =
          code === '0' || code === ''
            ? ''
            : (ENDS[code] ?? ((style: string) => `${style}<${code}>`))(this.style);
    else if (final === 'h') this.modes.add(parameters);
    else if (final === 'l') this.modes.delete(parameters);
  }
}

const ENDS: Readonly<Record<string, (style: string) => string>> = {
  22: (style) => style.replace(/<[12]>/g, ''),
  27: (style) => style.replace('<7>', ''),
  39: (style) => style.replace(/<3\d>/g, ''),
};
