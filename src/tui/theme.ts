/** Styles as terminals take them. Colour only ever repeats what a glyph or a word says. */
import { widthOf } from './text.ts';
import type { Style } from './view.ts';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

const SGR: Readonly<Record<Style, readonly number[]>> = {
  plain: [],
  title: [1],
  head: [1, 36],
  dim: [2],
  key: [36],
  open: [33],
  good: [32],
  bad: [1, 31],
  warn: [33],
  mark: [1, 35],
  cursor: [7],
  input: [1],
};

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style };
}

export function lineWidth(line: Line): number {
  return line.reduce((cells, one) => cells + widthOf(one.text), 0);
}

/** Stands between two panes. */
export const DIVIDER: readonly Span[] = [span(' \u2502'), span(' ')];

/**
 * A line with its styles as escape sequences; without colour, the text alone. In pieces, each with the divider at its
 * end: what one pane shows does not depend on the others.
 */
export function paint(line: Line, color: boolean): string[] {
  const pieces: string[] = [];
  let painted = '';
  for (const one of line) {
    const { text, style } = one;
    const codes = color ? SGR[style] : [];
    painted +=
      codes.length === 0 || text === ''
        ? text
        : `${codes.map((code) => `\u001b[${code}m`).join('')}${text}\u001b[0m`;
    if (one !== DIVIDER[0]) continue;
    pieces.push(painted);
    painted = '';
  }
  return [...pieces, painted];
}
