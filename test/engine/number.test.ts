import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import parse, { type CountryCode, getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/max/metadata';
import { describe, expect, test } from 'vitest';
import {
  compareNumbers,
  type NumberFacts,
  numberFacts,
  numberKey,
  sameNumber,
} from '../../src/engine/number.ts';

const TYPES: Readonly<Record<string, string>> = {
  FIXED_LINE: 'local',
  FIXED_LINE_OR_MOBILE: 'local',
  MOBILE: 'mobile',
  TOLL_FREE: 'toll-free',
  PREMIUM_RATE: 'premium',
  VOIP: 'voip',
};

/** The library itself, asked the plain way. */
function library(text: string, defaultCountry?: CountryCode): NumberFacts {
  const number = parse(text, defaultCountry ? { defaultCountry, extract: false } : { extract: false });
  if (!number) return { country: null, type: null, valid: false, e164: null };
  const type = number.getType();
  return {
    country: number.country ?? null,
    type: type ? ((TYPES[type] ?? 'other') as NumberFacts['type']) : null,
    valid: number.isValid(),
    e164: number.number,
  };
}

const codes = [...Object.keys(metadata.country_calling_codes), ...Object.keys(metadata.nonGeographic)];
const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''));
const anyCode = fc.constantFrom(...codes);
/** A number that exists, with its last digits and perhaps one other changed: mostly valid, often nearly so. */
const realistic = fc
  .record({
    country: fc.constantFrom(...getCountries()),
    tail: digits(0, 5),
    at: fc.nat(9),
    digit: fc.integer({ min: -4, max: 9 }),
  })
  .map(({ country, tail, at, digit }) => {
    const national: string = (examples as Record<string, string>)[country] ?? '2015550123';
    const changed = national.slice(0, national.length - tail.length) + tail;
    const national2 =
      digit < 0 || at >= changed.length ? changed : changed.slice(0, at) + digit + changed.slice(at + 1);
    return { country, national: national2, text: `+${getCountryCallingCode(country)}${national2}` };
  });

describe('numberFacts', () => {
  test.each([
    ['+14085550101', 'US', 'local'],
    ['+1 (416) 555-0100', 'CA', 'local'],
    ['+18765550123', 'JM', 'mobile'],
    ['+18005550100', 'US', 'toll-free'],
    ['+19005550100', 'US', 'premium'],
    ['+442079460000', 'GB', 'local'],
    ['+447624369230', 'IM', 'mobile'],
    ['+77012345678', 'KZ', 'mobile'],
    ['+33912345678', 'FR', 'voip'],
    ['tel:+1-408-555-0101', 'US', 'local'],
    ['\u202a+1 408 555 0101\u202c', 'US', 'local'],
  ])('%s is a valid number of %s, %s', (text, country, type) => {
    expect(numberFacts(text)).toMatchObject({ country, type, valid: true });
  });

  test('reads a number without + in the country where it is dialled', () => {
    for (const text of ['4085550101', '14085550101', '(408) 555-0101', '1-408-555-0101', '408.555.0101']) {
      expect(numberFacts(text, 'US').e164).toBe('+14085550101');
      expect(numberFacts(text).e164).toBeNull();
    }
    expect(numberFacts('020 7946 0000', 'GB')).toMatchObject({ e164: '+442079460000', valid: true });
    expect(numberFacts('4085550101', 'ZZ').e164).toBeNull();
  });

  test('a number that is too short keeps its digits but is not valid', () => {
    expect(numberFacts('+1408555')).toEqual({ country: null, type: null, valid: false, e164: '+1408555' });
  });

  test.each([
    '4.41555E+11',
    '4,41555E+11',
    '1.40855501E10',
    'n/a',
    '',
    ' ',
    'null',
    'call +14085550101',
    '+0123456789',
    '+',
  ])('%s is not a number', (text) => {
    expect(numberFacts(text, 'US')).toEqual({ country: null, type: null, valid: false, e164: null });
  });

  test('a whole number may be followed by an extension', () => {
    expect(numberFacts('+1 408 555 0101 x123')).toMatchObject({ e164: '+14085550101', valid: true });
  });
});

describe('numberFacts is what the library says', () => {
  const options = { seed: 20261123 };

  test('of random digits after every calling code', () => {
    fc.assert(
      fc.property(anyCode, digits(1, 14), (code, national) => {
        const text = `+${code}${national}`;
        expect(numberFacts(text)).toEqual(library(text));
      }),
      { ...options, numRuns: 15_000 },
    );
  });

  test('of numbers that exist, and of their neighbours', () => {
    let valid = 0;
    fc.assert(
      fc.property(realistic, ({ text }) => {
        const facts = numberFacts(text);
        if (facts.valid) valid += 1;
        expect(facts).toEqual(library(text));
      }),
      { ...options, numRuns: 15_000 },
    );
    // The property says little of valid numbers unless many are.
    expect(valid).toBeGreaterThan(5_000);
  });

  test('of North American numbers, whose code 25 countries share', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('+1', '1', ''),
        digits(10, 10),
        fc.constantFrom('US', 'CA', 'JM', 'GB'),
        (lead, national, home) => {
          expect(numberFacts(lead + national, home)).toEqual(library(lead + national, home as CountryCode));
        },
      ),
      { ...options, numRuns: 8_000 },
    );
  });

  test('of numbers dialled at home, with and without calling code', () => {
    fc.assert(
      fc.property(
        realistic,
        fc.constantFrom('', '0', '1', 'code', '00', '011'),
        ({ country, national, text }, lead) => {
          const dialled = (lead === 'code' ? text.slice(1, text.length - national.length) : lead) + national;
          expect(numberFacts(dialled, country)).toEqual(library(dialled, country));
        },
      ),
      { ...options, numRuns: 8_000 },
    );
  });

  test('of lengths at the border and of national prefixes after every calling code', () => {
    for (const code of codes) {
      for (const national of [
        '',
        '0',
        '1',
        '12',
        '000000',
        '01234567',
        '0123456789',
        '18005551234',
        '8005553535',
        '1'.repeat(17),
        '9'.repeat(18),
      ]) {
        const text = `+${code}${national}`;
        expect(numberFacts(text), text).toEqual(library(text));
      }
    }
  });

  test('of every example number, written with punctuation', () => {
    for (const country of getCountries()) {
      const national: string | undefined = (examples as Record<string, string>)[country];
      if (national === undefined) continue;
      const text = `+${getCountryCallingCode(country)} (${national.slice(0, 2)}) ${national.slice(2, 5)}-${national.slice(5)}`;
      expect(numberFacts(text), text).toEqual(library(text));
    }
  });
});

describe('numberKey', () => {
  test('joins what files write of one number', () => {
    for (const text of ['+1 (408) 555-0101', '14085550101', '4085550101', '+14085550101', ' 408-555-0101 ']) {
      expect(numberKey(text, 'US')).toBe('+14085550101');
    }
  });

  test('without a country, a lost + is put back, and a national number stays its digits', () => {
    expect(numberKey('14085550101')).toBe('+14085550101');
    expect(numberKey('442079460000', 'US')).toBe('+442079460000');
    expect(numberKey('(408) 555-0101')).toBe('4085550101');
  });

  test('what cannot be read is its own folded text', () => {
    expect(numberKey(' N/A ')).toBe('n/a');
    expect(numberKey('4.41555E+11')).toBe('4.41555e+11');
    expect(numberKey('')).toBe('');
  });

  test('sameNumber compares keys, and blanks are never the same', () => {
    expect(sameNumber('+1 (408) 555-0101', '4085550101', 'US')).toBe(true);
    expect(sameNumber('+14085550101', '+14085550102')).toBe(false);
    expect(sameNumber('', ' ')).toBe(false);
  });
});

describe('compareNumbers', () => {
  test('orders by number, not by text, and puts what is no number last', () => {
    const list = [
      'n/a',
      '+442079460000',
      '+1 (408) 555-0103',
      '+14085550101',
      '14085550102',
      '4.41555E+11',
      '+3545812345',
    ];
    expect([...list].sort((a, b) => compareNumbers(a, b))).toEqual([
      '+3545812345',
      '+14085550101',
      '14085550102',
      '+1 (408) 555-0103',
      '+442079460000',
      'n/a',
      '4.41555E+11',
    ]);
  });

  test('reads national numbers in their country', () => {
    expect(compareNumbers('4085550101', '+14085550102', 'US')).toBeLessThan(0);
    expect(compareNumbers('4085550102', '+14085550101', 'US')).toBeGreaterThan(0);
    expect(compareNumbers('(408) 555-0101', '+14085550101', 'US')).toBe(0);
  });
});
