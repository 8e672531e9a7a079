/** Text as cells of a terminal: how wide it is, where it is cut, and what must not reach the screen as it is. */
import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
// Terminals obey C0, C1 and DEL; bidi marks reorder a line; zero-width characters hide. None may pass unseen.
const HOSTILE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const JOINS_EMOJI = /\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*$/u;
const EMOJI = /^\p{Extended_Pictographic}/u;

/** The characters of a text as people count them. */
export function graphemes(text: string): string[] {
  if (PRINTABLE_ASCII.test(text)) return [...text];
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** A text with a mark for every character that a terminal would obey or hide: `␉` for a tab, `⟨202E⟩` for a bidi override. */
export function visible(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(HOSTILE, (char, at: number) => {
    const code = char.codePointAt(0) as number;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    // A choice between text and emoji style, and the joiner inside one emoji, are part of what is seen.
    if (code === 0xfe0e || code === 0xfe0f) return char;
    if (code === 0x200d && JOINS_EMOJI.test(text.slice(0, at)) && EMOJI.test(text.slice(at + 1))) return char;
    return `\u27e8${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
  });
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
