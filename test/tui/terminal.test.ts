import type { ReadStream, WriteStream } from 'node:tty';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Terminal } from '../../src/tui/terminal.ts';
import { widthOf } from '../../src/tui/text.ts';
import { Grid } from './grid.ts';

function terminal(): { grid: Grid; terminal: Terminal } {
  const grid = new Grid();
  return { grid, terminal: terminalOn(grid) };
}

function terminalOn(grid: Grid): Terminal {
  const terminal = new Terminal(grid as unknown as ReadStream, grid as unknown as WriteStream);
  terminal.widthOf = widthOf;
  return terminal;
}

test('what was taken over is given back, once', () => {
  const { grid, terminal: one } = terminal();
  one.enter();
  expect([...grid.modes].sort()).toEqual(['?1049', '?2004']);
  expect(grid.raw).toBe(true);
  one.leave();
  expect([...grid.modes].sort()).toEqual(['?25', '?7']);
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
  expect(grid.written).toBe('\u001b[2;9Ha');
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

test('where terminals disagree on a width, what follows is put where it belongs', () => {
  const { grid, terminal: one } = terminal();
  one.enter();
  grid.written = '';
  one.draw(['\u{1f44d}\u{1f3fd} x \u001b[1m\u6771\u001b[22m\u001b[7m|\u001b[27m 1\ufe0f\u20e3.'], null);
  expect(grid.written).toContain(
    '\u{1f44d}\u{1f3fd}\u001b[3G x \u001b[1m\u6771\u001b[22m\u001b[7m\u001b[8G|\u001b[27m 1\ufe0f\u20e3\u001b[12G.',
  );
});

test('lines that moved by one are moved by the terminal', () => {
  const { grid, terminal: one } = terminal();
  one.enter();
  const rows = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot'];
  const frame = (from: number) => ['head', ...rows.slice(from, from + 4), 'foot'];
  one.draw(frame(0), null);
  grid.written = '';
  one.draw(frame(1), null);
  expect(grid.text).toEqual(frame(1));
  expect(grid.written).toBe('\u001b[2H\u001b[M\u001b[5H\u001b[L\u001b[5;1Hecho');
  grid.written = '';
  one.draw(frame(0), null);
  expect(grid.text).toEqual(frame(0));
  expect(grid.written).toContain('\u001b[5H\u001b[M\u001b[2H\u001b[L');
  expect(grid.written).not.toContain('bravo');
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

/** Six lines with a stretch of a longer list among them, here and there. */
const scrolling = fc.array(styled, { minLength: 12, maxLength: 12 }).chain((list) =>
  fc.array(
    fc
      .record({ top: fc.nat(8), head: styled, foot: styled })
      .map(({ top, head, foot }) => [head, ...list.slice(top, top + 4), foot]),
    { minLength: 2, maxLength: 6 },
  ),
);
const unlike = fc.array(fc.array(styled, { minLength: 2, maxLength: 6 }), { minLength: 2, maxLength: 6 });

test('the screen is the same whether it was changed or drawn anew', async () => {
  await fc.assert(
    fc.property(fc.oneof(unlike, scrolling), (frames) => {
      const { grid, terminal: one } = terminal();
      one.enter();
      for (const lines of frames) one.draw(lines, null);
      const fresh = terminal();
      fresh.terminal.enter();
      fresh.terminal.draw(frames.at(-1) as string[], null);
      expect(grid.text).toEqual(fresh.grid.text);
      expect(grid.styles).toEqual(fresh.grid.styles);
    }),
  );
});

test('so it is in any window, whatever a new size left standing, and the cursor is where text is typed', async () => {
  const frame = fc
    .record({ rows: fc.integer({ min: 1, max: 7 }), lines: fc.oneof(unlike, scrolling), x: fc.nat(39) })
    .map(({ rows, lines, x }) => ({ rows, lines: (lines[0] ?? []).slice(0, rows), x }));
  await fc.assert(
    fc.property(fc.array(frame, { minLength: 2, maxLength: 6 }), (frames) => {
      const { grid, terminal: one } = terminal();
      one.enter();
      for (const { rows, lines, x } of frames) {
        const whole = [...lines, ...new Array<string>(rows - lines.length).fill('')];
        if (rows !== grid.rows) {
          grid.resize(40, rows);
          for (let y = 0; y < rows; y++)
            grid.write(`\u001b[${y + 1}Hwhat stood here before, in another place`);
          one.forget();
        }
        const y = x % rows;
        one.draw(whole, { x, y });
        expect(grid.cursor).toEqual({ x, y });
        const fresh = new Grid(40, rows);
        const other = terminalOn(fresh);
        other.enter();
        other.draw(whole, null);
        expect(grid.text).toEqual(fresh.text);
        expect(grid.styles).toEqual(fresh.styles);
      }
    }),
  );
});
