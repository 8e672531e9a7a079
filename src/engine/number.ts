/** Phone numbers: what libphonenumber's `max` metadata says of one, and how two are compared. */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/max/metadata';

type NumberType = 'local' | 'mobile' | 'toll-free' | 'premium' | 'voip' | 'other';

export interface NumberFacts {
  /** ISO alpha-2; null where the number belongs to no country, or it cannot be told which. */
  readonly country: string | null;
  readonly type: NumberType | null;
  readonly valid: boolean;
  /** `+` and digits; null where the text cannot be read as a number at all. */
  readonly e164: string | null;
}

const NOTHING: NumberFacts = { country: null, type: null, valid: false, e164: null };

/** The library's names for types; a number that may be fixed or mobile is local, as in the US. */
const TYPES: Readonly<Record<string, NumberType>> = {
  FIXED_LINE: 'local',
  FIXED_LINE_OR_MOBILE: 'local',
  MOBILE: 'mobile',
  TOLL_FREE: 'toll-free',
  PREMIUM_RATE: 'premium',
  VOIP: 'voip',
};

const DIGITS = /^\+?[0-9]{7,20}$/;
/** Digits with punctuation that the library reads as those digits and nothing else (no extension). */
const PUNCTUATED = /^\+?[0-9 ().\-/]{7,40}$/;

/**
 * What a text is as a phone number. The whole text must be the number (an extension may follow), so
 * scientific notation is none. `defaultCountry` (ISO alpha-2) is where a number without `+` is dialled.
 * Always what the library says with its `max` metadata. Source: POLICY, checks before export (stated).
 */
export function numberFacts(text: string, defaultCountry?: string): NumberFacts {
  let plain = text;
  if (!DIGITS.test(plain)) {
    plain = readable(plain);
    if (PUNCTUATED.test(plain)) plain = plain.replace(/[^0-9+]/g, '');
  }
  const home = defaultCountry !== undefined && isCountry(defaultCountry) ? defaultCountry : null;
  return (DIGITS.test(plain) ? quickly(plain, home) : null) ?? byLibrary(plain, home);
}

/** Without what a copied cell carries along: invisible characters, unusual spaces, `tel:`. */
function readable(text: string): string {
  return text
    .replace(/\p{Cf}/gu, '')
    .replace(/\s/g, ' ')
    .trim()
    .replace(/^tel:/i, '');
}

function isCountry(code: string): code is CountryCode {
  return isSupportedCountry(code as CountryCode, metadata);
}

/** What the library has said: some texts come up over and over, such as those of examples. */
const said = new Map<string, NumberFacts>();
const MOST_SAID = 5_000;

function byLibrary(text: string, home: CountryCode | null): NumberFacts {
  const key = `${home ?? ''} ${text}`;
  let facts = said.get(key);
  if (!facts) {
    facts = asked(text, home);
    if (said.size >= MOST_SAID) said.clear();
    said.set(key, facts);
  }
  return facts;
}

function asked(text: string, home: CountryCode | null): NumberFacts {
  const options = home === null ? { extract: false } : { extract: false, defaultCountry: home };
  const number = parsePhoneNumberFromString(text, options, metadata);
  if (!number) return NOTHING;
  const type = number.getType();
  return {
    country: number.country ?? null,
    type: type === undefined ? null : (TYPES[type] ?? 'other'),
    valid: number.isValid(),
    e164: number.number,
  };
}

// The library compiles its patterns anew for every number (about 11 us each). What follows asks the same
// questions of the same metadata with compiled patterns, for texts of plain digits from which the library
// would strip no national prefix; any other text goes to the library. A test holds the two together.

/** A type of number in the library's metadata, version 4; 0 where the country has none. */
type RawType = readonly [pattern: string, lengths?: readonly number[]] | 0 | undefined;

interface Plan {
  readonly callingCode: string;
  readonly idd: RegExp;
  readonly national: RegExp;
  readonly lengths: readonly number[];
  /** What the library takes for a national prefix; null where there is none. */
  readonly prefix: RegExp | null;
  readonly prefixText: string;
  readonly leading: RegExp | null;
  /** In the library's order of judging: fixed line first. */
  readonly types: readonly {
    readonly type: NumberType;
    readonly lengths: readonly number[];
    readonly pattern: RegExp;
  }[];
}

interface CallingCode {
  /** The main country's plan, or the non-geographic one. */
  readonly plan: Plan;
  /** In the library's order; empty where the code belongs to no country. */
  readonly countries: readonly { readonly code: string; readonly plan: Plan }[];
}

/** Where the metadata keeps a type's pattern, in the order in which the library asks. */
const TYPE_ORDER: readonly (readonly [index: number, type: NumberType])[] = [
  [0, 'local'],
  [1, 'mobile'],
  [3, 'premium'],
  [2, 'toll-free'],
  [9, 'other'],
  [8, 'voip'],
  [4, 'other'],
  [7, 'other'],
  [6, 'other'],
  [5, 'other'],
];

const plans = new Map<readonly unknown[], Plan>();
const callingCodes = new Map<string, CallingCode | null>();

function entirely(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

function planOf(raw: readonly unknown[]): Plan {
  const known = plans.get(raw);
  if (known) return known;
  const prefix = (raw[7] || raw[5] || '') as string;
  const lengths = raw[3] as readonly number[];
  const types = raw[11] as readonly RawType[];
  const plan: Plan = {
    callingCode: raw[0] as string,
    idd: new RegExp(`^(?:${raw[1] as string})`),
    national: entirely(raw[2] as string),
    lengths,
    prefix: prefix === '' ? null : new RegExp(`^(?:${prefix})`),
    prefixText: prefix,
    leading: raw[10] ? new RegExp(`^(?:${raw[10] as string})`) : null,
    types: TYPE_ORDER.flatMap(([index, type]) => {
      const given = types[index] || null;
      // Without a pattern of its own, a type is never told from the others.
      return given?.[0] ? [{ type, lengths: given[1] || lengths, pattern: entirely(given[0]) }] : [];
    }),
  };
  plans.set(raw, plan);
  return plan;
}

/** How the numbers of a country are made up; null where the library knows no such country. */
export function numberingPlan(country: string): {
  readonly callingCode: string;
  /** What the digits after it begin with, where countries share one; null where that does not tell. */
  readonly leading: string | null;
  /** An expression that the digits after the calling code fit, a type each. */
  readonly types: readonly { readonly type: NumberType; readonly pattern: string }[];
} | null {
  const raw: readonly unknown[] | undefined = isCountry(country) ? metadata.countries[country] : undefined;
  if (!raw) return null;
  const types = raw[11] as readonly RawType[];
  return {
    callingCode: raw[0] as string,
    leading: (raw[10] || null) as string | null,
    types: TYPE_ORDER.flatMap(([index, type]) => {
      const given = types[index] || null;
      return given?.[0] ? [{ type, pattern: given[0] }] : [];
    }),
  };
}

function callingCode(code: string): CallingCode | null {
  const known = callingCodes.get(code);
  if (known !== undefined) return known;
  const codes = metadata.country_calling_codes[code] ?? [];
  const countries = codes.flatMap((country) => {
    const raw = metadata.countries[country];
    return raw ? [{ code: country, plan: planOf(raw) }] : [];
  });
  const raw = metadata.nonGeographic[code];
  const plan = countries[0]?.plan ?? (raw ? planOf(raw) : null);
  const found = plan === null ? null : { plan, countries };
  callingCodes.set(code, found);
  return found;
}

function typeOf(national: string, plan: Plan): NumberType | null {
  if (!plan.national.test(national)) return null;
  // Plain loops, here and below: this runs for every row, and an iterator's results would be garbage.
  for (let at = 0; at < plan.types.length; at++) {
    const { type, lengths, pattern } = plan.types[at] as Plan['types'][number];
    if (lengths.includes(national.length) && pattern.test(national)) return type;
  }
  return null;
}

/** The country among those that share a calling code, as the library finds it. */
function countryOf(national: string, { countries }: CallingCode): { code: string; plan: Plan } | null {
  const only = countries[0];
  if (only && countries.length === 1) return only;
  for (let at = 0; at < countries.length; at++) {
    const country = countries[at] as CallingCode['countries'][number];
    const { leading } = country.plan;
    if (leading ? leading.test(national) : typeOf(national, country.plan) !== null) return country;
  }
  return null;
}

/** Facts of a text of digits with or without `+`; null where only the library can say. */
function quickly(text: string, home: CountryCode | null): NumberFacts | null {
  if (metadata.version !== 4) return null;
  if (text.startsWith('+')) {
    for (let end = 2; end <= 4; end += 1) {
      const found = callingCode(text.slice(1, end));
      if (found) return nationally(text.slice(end), found, null, text);
    }
    return null;
  }
  const raw = home === null ? undefined : metadata.countries[home];
  if (home === null || !raw) return null;
  const plan = planOf(raw);
  const found = callingCode(plan.callingCode);
  if (!found || plan.idd.test(text)) return null;
  if (!text.startsWith(plan.callingCode)) return nationally(text, found, { code: home, plan });
  // `1` is both calling code and national prefix in North America: without it, the number is the same.
  if (plan.prefixText !== plan.callingCode || plan.national.test(text)) return null;
  const national = text.slice(plan.callingCode.length);
  if (!plan.national.test(national)) return null;
  const country = countryOf(national, found);
  if (!(country?.plan ?? plan).lengths.includes(national.length)) return null;
  return nationally(national, found, { code: home, plan });
}

/**
 * `home`: the country whose plan a number without calling code was dialled in; `international`: the whole number, where
 * it was written so.
 */
function nationally(
  national: string,
  code: CallingCode,
  home: { readonly code: string; readonly plan: Plan } | null,
  international: string | null = null,
): NumberFacts | null {
  const selected = home?.plan ?? code.plan;
  const prefix = selected.prefix?.exec(national);
  if ((prefix && prefix[0] !== '') || national.length < 2 || national.length > 17) return null;
  const country = countryOf(national, code) ?? home;
  const plan = country?.plan ?? selected;
  // Without patterns for types the library judges otherwise.
  if (plan.types.length === 0) return null;
  const type = typeOf(national, plan);
  return {
    country: country?.code ?? null,
    type,
    valid: type !== null,
    e164: international ?? `+${selected.callingCode}${national}`,
  };
}

/**
 * What files are joined by: E.164 where the text can be read as a number, else its digits, else the text
 * trimmed and in lower case. A number without `+` is read as dialled in `defaultCountry`, and, where it is
 * no valid number there, as one that has lost its `+`.
 */
export function numberKey(text: string, defaultCountry?: string): string {
  const facts = numberFacts(text, defaultCountry);
  if (facts.valid && facts.e164 !== null) return facts.e164;
  const plain = readable(text);
  if (PUNCTUATED.test(plain)) {
    const digits = plain.replace(/[^0-9]/g, '');
    // Ten digits or fewer are more likely a national number than another country's.
    if (!plain.startsWith('+') && digits.length > 10) {
      const international = numberFacts(`+${digits}`);
      if (international.valid && international.e164 !== null) return international.e164;
    }
    return facts.e164 ?? (plain.startsWith('+') ? `+${digits}` : digits);
  }
  return facts.e164 ?? plain.toLowerCase();
}

/** Whether two texts are one number; a blank is the same as nothing. */
export function sameNumber(a: string, b: string, defaultCountry?: string): boolean {
  const key = numberKey(a, defaultCountry);
  return key !== '' && key === numberKey(b, defaultCountry);
}

/**
 * Order of numbers, for `sort`: by how many digits, then by the digits, calling code included; texts that
 * are no numbers come last. Source: POLICY, billing telephone number (stated: the lowest in numeric order).
 */
export function compareNumbers(a: string, b: string, defaultCountry?: string): number {
  const left = orderOf(a, defaultCountry);
  const right = orderOf(b, defaultCountry);
  if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

function orderOf(text: string, defaultCountry?: string): string | null {
  const digits = /^\+?([0-9]+)$/.exec(numberKey(text, defaultCountry))?.[1];
  return digits === undefined ? null : digits.replace(/^0+(?=[0-9])/, '');
}
