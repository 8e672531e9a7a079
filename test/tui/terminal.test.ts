import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Terminal } from '../../src/tui/terminal.ts';

const ESC = '\u001b';
const PIECES = new RegExp(`${ESC}\\[([\\d;?]*)([A-Za-z])|.`, 'gsu');

/** As much of a terminal as the review uses: a grid of cells, a cursor, modes. */
class Grid extends EventEmitter {
  columns = 40;
  rows = 6;
  isTTY = true;
  written = '';
  readonly modes = new Set<string>();
  cells: { char: string; style: string }[][] = [];
  private x = 0;
  private y = 0;
  private style = '';
  raw = false;

  constructor() {
    super();
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

  setRawMode(on: boolean): void {
    this.raw = on;
  }

  setEncoding(): void {}
  resume(): void {}
  pause(): void {}

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
      line.map((cell) => (cell.char === ' ' && cell.style === '' ? '' : cell.style)),
    );
  }

  private clear(): void {
    this.cells = Array.from({ length: this.rows }, () =>
      Array.from({ length: this.columns }, () => ({ char: ' ', style: '' })),
    );
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
    else if (final === 'm')
      this.style =
        parameters === '0'
          ? ''
          : (ENDS[parameters] ?? ((style: string) => `${style}<${parameters}>`))(this.style);
    else if (final === 'h') this.modes.add(parameters);
    else if (final === 'l') this.modes.delete(parameters);
  }
}

const ENDS: Readonly<Record<string, (style: string) => string>> = {
  22: (style) => style.replace(/<[12]>/g, ''),
  27: (style) => style.replace('<7>', ''),
  39: (style) => style.replace(/<3\d>/g, ''),
};

function terminal(): { grid: Grid; terminal: Terminal } {
  const grid = new Grid();
  return { grid, terminal: new Terminal(grid as unknown as ReadStream, grid as unknown as WriteStream) };
}

test('what was taken over is given back, once', () => {
  const { grid, terminal: one } = terminal();
  one.enter();
  expect([...grid.modes].sort()).toEqual(['?1049', '?2004']);
  expect(grid.raw).toBe(true);
  one.leave();
  expect([...grid.modes]).toEqual(['?25']);
  expect(grid.raw).toBe(false);
  const { written } = grid;
  one.leave();
  expect(grid.written).toBe(written);
});

test('only what differs is written, at its place', () => {
  const { grid, terminal: one } = terminal();
  one.enter();
  one.draw(['first line', 'second line', 'third line'], null);
  grid.written = '';
  one.draw(['first line', 'second lane', 'third line'], null);
  expect(grid.text.slice(0, 3)).toEqual(['first line', 'second lane', 'third line']);
  expect(grid.written).toBe('\u001b[?2026h\u001b[?25l\u001b[2;1H\u001b[9Ga\u001b[?2026l');
  grid.written = '';
  one.draw(['first line', 'second lane', 'third line'], null);
  expect(grid.written).toBe('');
});

test('the cursor shows where text is typed, and only then', () => {
  const { grid, terminal: one } = terminal();
  one.enter();
  one.draw(['a'], null);
  expect(grid.modes.has('?25')).toBe(false);
  one.draw(['a'], { x: 1, y: 0 });
  expect(grid.modes.has('?25')).toBe(true);
  one.draw(['ab'], { x: 2, y: 0 });
  expect(grid.modes.has('?25')).toBe(true);
  one.draw(['ab'], null);
  expect(grid.modes.has('?25')).toBe(false);
});

test('a forgotten screen is written whole, without clearing it', () => {
  const { grid, terminal: one } = terminal();
  one.enter();
  one.draw(['one', 'two'], null);
  grid.write('\u001b[1;1Hnoise from elsewhere');
  grid.written = '';
  one.forget();
  one.draw(['one', 'two'], null);
  expect(grid.text.slice(0, 2)).toEqual(['one', 'two']);
  expect(grid.written).not.toContain('J');
});

const styled = fc
  .array(
    fc.record({
      text: fc.string({ unit: fc.constantFrom(...'abc 12+|', 'ä', '…', '東', '👍'), maxLength: 8 }),
      open: fc.constantFrom('', '1', '2', '7', '33'),
    }),
    { maxLength: 5 },
  )
  .map((spans) =>
    spans
      .map(({ text, open }) => {
        const end = ({ 1: 22, 2: 22, 7: 27, 33: 39 } as Record<string, number>)[open];
        return end === undefined ? text : `\u001b[${open}m${text}\u001b[${end}m`;
      })
      .join('')
      .trimEnd(),
  );

test('the screen is the same whether it was changed or drawn anew', async () => {
  await fc.assert(
    fc.property(
      fc.array(fc.array(styled, { minLength: 2, maxLength: 2 }), { minLength: 2, maxLength: 6 }),
      (frames) => {
        const { grid, terminal: one } = terminal();
        one.enter();
        for (const lines of frames) one.draw(lines, null);
        const fresh = terminal();
        fresh.terminal.enter();
        fresh.terminal.draw(frames.at(-1) as string[], null);
        expect(grid.text).toEqual(fresh.grid.text);
        expect(grid.styles).toEqual(fresh.grid.styles);
      },
    ),
  );
});
