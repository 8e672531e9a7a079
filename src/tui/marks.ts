/** Characters that a terminal would obey or hide, as marks: no text of a file or a person may go there without. */

export const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
// Terminals obey C0, C1 and DEL; bidi marks reorder a line; zero-width characters hide. None may pass unseen.
const HOSTILE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const JOINS_EMOJI = /\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*$/u;
const EMOJI = /^\p{Extended_Pictographic}/u;

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
