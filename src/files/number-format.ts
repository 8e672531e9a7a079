/**
 * A workbook's numbers as the text a person sees, save that no digit is ever lost to rounding, grouping or scientific
 * notation: an account number and a phone number are numbers to a spreadsheet, and texts to us.
 */

/** One section of a format that does nothing but place digits: `00000-0000`. */
interface Mask {
  /** `[<=9999999]` */
  readonly condition: { readonly operator: string; readonly operand: number } | null;
  /** null: a section that does more than place digits. */
  readonly tokens: readonly MaskToken[] | null;
}

type MaskToken = { readonly digit: '0' | '#' | '?' } | { readonly literal: string };

export type NumberFormat =
  | { readonly kind: 'plain' }
  | { readonly kind: 'date'; readonly timeOnly: boolean }
  | { readonly kind: 'mask'; readonly sections: readonly Mask[] };

export interface ShownNumber {
  readonly text: string;
  readonly date: boolean;
  /** More than 15 digits: the spreadsheet may have replaced the last ones by zeros before the file was saved. */
  readonly doubtful: boolean;
}

const PLAIN: NumberFormat = { kind: 'plain' };
const SIGNIFICANT_DIGITS = 15;
const SECONDS_PER_DAY = 86_400;
const LAST_DAY = 2_958_465;

/** The formats that a workbook uses without spelling them out, where they are not plain numbers (ECMA-376, 18.8.30). */
const BUILT_IN_DATES: Readonly<Record<number, string>> = {
  14: 'm/d/yyyy',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'm/d/yyyy h:mm',
  45: 'mm:ss',
  47: 'mm:ss.0',
};

/** The code of a format that the workbook's styles do not spell out; `General` where it is a plain number. */
export function builtInFormat(id: number): string {
  // East Asian editions have their own dates under these.
  if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return 'yyyy/m/d';
  return BUILT_IN_DATES[id] ?? 'General';
}

/** Quoted, escaped and padding characters, and what stands in brackets. */
const DECORATION = /"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g;

/** Compiles a format code such as `00000-0000` or `d mmm yyyy`. */
export function numberFormat(code: string): NumberFormat {
  // Elapsed time (`[h]:mm`) is no moment, so its number stays a number.
  if (/\[[hms]+\]/i.test(code)) return PLAIN;
  const bare = code.replace(DECORATION, '').split(';')[0] ?? '';
  if (/general/i.test(bare)) return PLAIN;
  if (/[dmyhs]/i.test(bare)) return { kind: 'date', timeOnly: !/[dy]/i.test(bare) && /[hs]/i.test(bare) };
  const sections = splitSections(code).slice(0, 3).map(readMask);
  return sections.some(({ tokens }) => tokens !== null) ? { kind: 'mask', sections } : PLAIN;
}

function splitSections(code: string): string[] {
  const sections = [''];
  for (const [piece] of code.matchAll(/"[^"]*"|\\.|\[[^\]]*\]|[\s\S]/g)) {
    if (piece === ';') sections.push('');
    else sections[sections.length - 1] += piece;
  }
  return sections;
}

function readMask(section: string): Mask {
  const tokens: MaskToken[] = [];
  let condition: Mask['condition'] = null;
  let pure = true;
  for (const [piece] of section.matchAll(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|[\s\S]/g)) {
    const compared = /^\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]$/.exec(piece);
    if (compared) condition = { operator: compared[1] ?? '', operand: Number(compared[2]) };
    else if (piece === '0' || piece === '#' || piece === '?') tokens.push({ digit: piece });
    else if (piece.length > 1 && piece.startsWith('"')) tokens.push({ literal: piece.slice(1, -1) });
    else if (piece.length > 1 && piece.startsWith('\\')) tokens.push({ literal: piece.slice(1) });
    else if (/^[-+() :!^&'~{}=]$/.test(piece)) tokens.push({ literal: piece });
    // Colours, languages and padding show nothing; a currency, a decimal point or a percentage is more than digits.
    else if (!/^(?:\[(?:\$-[^\]]*|[a-z]+ ?\d*)\]|[_*].)$/i.test(piece)) pure = false;
  }
  return { condition, tokens: pure && tokens.some((token) => 'digit' in token) ? tokens : null };
}

function holds({ operator, operand }: NonNullable<Mask['condition']>, value: number): boolean {
  if (operator === '<=') return value <= operand;
  if (operator === '>=') return value >= operand;
  if (operator === '<') return value < operand;
  if (operator === '>') return value > operand;
  if (operator === '<>') return value !== operand;
  return value === operand;
}

/** The section that shows a whole number from 0 up. */
function chooseMask(sections: readonly Mask[], value: number): Mask | undefined {
  if (sections.some(({ condition }) => condition !== null))
    return sections.find(({ condition }) => condition === null || holds(condition, value));
  return value === 0 && sections.length === 3 ? sections[2] : sections[0];
}

/** Puts digits into a mask from the right; those that find no place stand at the first one. */
function applyMask(tokens: readonly MaskToken[], digits: string): string {
  const first = tokens.findIndex((token) => 'digit' in token);
  let left = digits.length;
  let shown = '';
  for (let index = tokens.length - 1; index >= 0; index -= 1) {
    const token = tokens[index];
    if (!token) continue;
    if ('literal' in token) {
      shown = token.literal + shown;
      continue;
    }
    const from = index === first ? 0 : Math.max(0, left - 1);
    if (left > 0) shown = digits.slice(from, left) + shown;
    else if (token.digit !== '#') shown = (token.digit === '0' ? '0' : ' ') + shown;
    left = from;
  }
  return shown;
}

/** A decimal without exponent: `4.15E+3` is `4150`. Null where the text is no number, or an absurd one. */
function expand(raw: string): { negative: boolean; whole: string; fraction: string } | null {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?$/.exec(raw);
  if (!match) return null;
  const [, sign, before = '', after = '', exponent = '0'] = match;
  if (before === '' && after === '') return null;
  const shift = Number(exponent);
  const digits = before + after;
  const point = before.length + shift;
  const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const fraction = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  return {
    negative: sign === '-',
    whole: shift === 0 ? whole : whole.replace(/^0+(?=\d)/, ''),
    fraction: fraction.replace(/0+$/, ''),
  };
}

function significant(digits: string): number {
  return digits.replace(/^0+/, '').length;
}

function isoDate(serial: number, timeOnly: boolean, from1904: boolean): string | null {
  let day = Math.floor(serial);
  let seconds = Math.round((serial - day) * SECONDS_PER_DAY);
  if (seconds === SECONDS_PER_DAY) {
    day += 1;
    seconds = 0;
  }
  if (day < 0 || day > LAST_DAY) return null;
  const time = new Date(seconds * 1000).toISOString().slice(11, 19);
  if (day === 0 && !from1904) return seconds > 0 || timeOnly ? time : null;
  if (day === 0 && timeOnly) return time;
  // The 1900 calendar has a 29 February that never was, kept for the sake of an older spreadsheet.
  if (day === 60 && !from1904) return seconds > 0 ? `1900-02-29T${time}` : '1900-02-29';
  const epoch = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, day < 60 ? 31 : 30);
  const date = new Date(epoch + day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
  return seconds > 0 ? `${date}T${time}` : date;
}

/**
 * A number cell as text: whole numbers digit by digit, zero-padded where the format pads (`0012`), dates as ISO 8601.
 *
 * @param raw the number as the file has it, perhaps in scientific notation
 * @param from1904 whether the workbook counts days from 1904
 */
export function showNumber(raw: string, format: NumberFormat, from1904: boolean): ShownNumber {
  const exact = expand(raw);
  if (!exact) return { text: raw, date: false, doubtful: false };
  if (format.kind === 'date') {
    const date = isoDate(Number(raw), format.timeOnly, from1904);
    if (date !== null) return { text: date, date: true, doubtful: false };
  }
  let { whole, fraction } = exact;
  // Binary fractions are stored with noise (1.1000000000000001) that no spreadsheet shows.
  if (fraction !== '' && significant(whole + fraction) > SIGNIFICANT_DIGITS) {
    const rounded = expand(Number(`${whole}.${fraction}`).toPrecision(SIGNIFICANT_DIGITS));
    if (rounded) ({ whole, fraction } = rounded);
  }
  const doubtful = significant(whole) > SIGNIFICANT_DIGITS;
  if (format.kind === 'mask' && fraction === '' && !exact.negative) {
    const mask = chooseMask(format.sections, Number(whole));
    if (mask?.tokens)
      return { text: applyMask(mask.tokens, whole.replace(/^0+(?=\d)/, '')), date: false, doubtful };
  }
  const text = (exact.negative ? '-' : '') + whole + (fraction === '' ? '' : `.${fraction}`);
  return { text, date: false, doubtful };
}
