/** Text as cells of a terminal: how wide it is, where it is cut. */
import stringWidth from 'string-width';
import { PRINTABLE_ASCII } from './marks.ts';

export { visible } from './marks.ts';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The characters of a text as people count them. */
export function graphemes(text: string): string[] {
  if (PRINTABLE_ASCII.test(text)) return [...text];
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

const widths = new Map<string, number>();
const MOST_WIDTHS = 4096;

/** How many cells a visible text takes. */
export function widthOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = widths.get(text);
  if (width === undefined) {
    width = stringWidth(text);
    if (widths.size >= MOST_WIDTHS) widths.clear();
    widths.set(text, width);
  }
  return width;
}

/** A visible text in at most `width` cells; `…` stands where something was cut off. */
export function clip(text: string, width: number): string {
  if (width <= 0) return '';
  if (PRINTABLE_ASCII.test(text)) return text.length <= width ? text : `${text.slice(0, width - 1)}\u2026`;
  if (widthOf(text) <= width) return text;
  let taken = '';
  let cells = 0;
  for (const grapheme of graphemes(text)) {
    cells += widthOf(grapheme);
    if (cells > width - 1) break;
    taken += grapheme;
  }
  return `${taken}\u2026`;
}

/** A visible text in exactly `width` cells. */
export function pad(text: string, width: number): string {
  const clipped = clip(text, width);
  return clipped + ' '.repeat(Math.max(0, width - widthOf(clipped)));
}

/** A visible text in lines of at most `width` cells, broken between words where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  if (width <= 0) return lines;
  for (const paragraph of text.split('\n')) {
    let line = '';
    let cells = 0;
    for (const word of paragraph.split(/(?<= )/)) {
      const bare = word.trimEnd();
      if (cells + widthOf(bare) > width && line.trimEnd() !== '') {
        lines.push(line.trimEnd());
        line = '';
        cells = 0;
      }
      if (widthOf(bare) <= width) {
        line += word;
        cells += widthOf(word);
        continue;
      }
      for (const one of graphemes(word)) {
        const grapheme = clip(one, width);
        const step = widthOf(grapheme);
        if (cells + step > width) {
          lines.push(line);
          line = '';
          cells = 0;
        }
        line += grapheme;
        cells += step;
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}
