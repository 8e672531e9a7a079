import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  aliasKey,
  CarrierBook,
  CountryBook,
  fold,
  nearestNames,
  plain,
  words,
} from '../../src/engine/names.ts';
import type { Carrier } from '../../src/engine/rule.ts';

const noise = {
  words: ['LLC', 'INC', 'LP', 'CORP', 'CLEC'],
  states: {
    CA: 'California',
    CO: 'Colorado',
    IA: 'Iowa',
    IN: 'Indiana',
    NJ: 'New Jersey',
    NY: 'New York',
    TX: 'Texas',
  },
};

function carrier(name: string, also: string[] = [], not: string[] = []): Carrier {
  return { name, also, not, pin: null, place: { file: 'carriers.yaml', line: 1, column: 1 } };
}

const book = new CarrierBook(
  [
    carrier('Inteliquent', ['Intelliquent', 'Onvoy LLC', 'Neutral Tandem'], ['Onvoy Spectrum']),
    carrier('Bandwidth', ['Bandwidth.com']),
    carrier('Lumen', ['Level 3', 'Level 3 Communications', 'CenturyLink', 'CenturyLink Communications']),
    carrier('Verizon', ['MCImetro Access Transmission Services'], ['Verizon Wireless']),
  ],
  noise,
);

describe('fold', () => {
  test.each([
    ['  Côte  d’Ivoire ', 'cote d’ivoire'],
    ['STRASSE', 'strasse'],
    ['Straße', 'strasse'],
    ['ＰＩＮ\u200b', 'pin'],
    ['a\u00a0\tb\nc', 'a b c'],
    ['', ''],
  ])('%j is %j', (text, folded) => expect(fold(text)).toBe(folded));

  test('folding twice is folding once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(fold(fold(text))).toBe(fold(text));
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  test('words are separated by punctuation and underscores; dotted letters are one word', () => {
    expect(words('PASSCODE_PIN/Zip-Code, (L.L.C.) U.S. x.y.z')).toEqual([
      'passcode',
      'pin',
      'zip',
      'code',
      'llc',
      'us',
      'xyz',
    ]);
    expect(plain('P.I.N. invalid. A')).toBe('pin invalid. a');
  });
});

describe('nearestNames', () => {
  const facts = ['phoneNumber', 'carrier', 'country', 'customer.accountKind', 'pin'];
  test.each([
    ['phonenumbr', ['phoneNumber']],
    ['customer.acountKind', ['customer.accountKind']],
    ['Carier', ['carrier']],
    ['pim', ['pin']],
    ['pni', ['pin']],
    ['carreir', ['carrier']],
    ['quite another thing', []],
    ['x', []],
    ['', []],
  ])('%s', (word, near) => expect(nearestNames(word, facts)).toEqual(near));

  test('looks word by word, so that a suffix does not hide the likeness', () => {
    expect(nearestNames('Bandwith.com', ['Lumen', 'Bandwidth'])).toEqual(['Bandwidth']);
    expect(nearestNames('look up', ['look-up', 'ask'])).toEqual(['look-up']);
  });

  test('two neighbours that changed places are one slip, once', () => {
    expect(nearestNames('Lumne', ['Lumen', 'Verizon'])).toEqual(['Lumen']);
    expect(nearestNames('Lumne.com', ['Lumen'])).toEqual(['Lumen']);
    // Letters that lie apart are two slips, and a second pair is two more: another word.
    expect(nearestNames('Lnmeu', ['Lumen'])).toEqual([]);
    expect(nearestNames('ulmne', ['Lumen'])).toEqual([]);
    expect(nearestNames('oclros', ['colors'])).toEqual([]);
    expect(nearestNames('on', ['no'])).toEqual([]);
  });

  test('the best comes first, and no more than asked for', () => {
    expect(nearestNames('colour', ['color', 'colors', 'colour', 'collar'], 2)).toEqual(['colour', 'color']);
  });
});

describe('CarrierBook', () => {
  test.each([
    ['Inteliquent', 'Inteliquent'],
    ['intelliquent, inc.', 'Inteliquent'],
    ['ONVOY, LLC - IA', 'Inteliquent'],
    ['Onvoy', 'Inteliquent'],
    ['Onvoy L.L.C.', 'Inteliquent'],
    ['BANDWIDTH.COM CLEC, LLC - TX', 'Bandwidth'],
    ['LEVEL 3 COMMUNICATIONS, LLC - NY', 'Lumen'],
    ['LEVEL 3 COMMUNICATIONS, LLC NY', 'Lumen'],
    ['CENTURYLINK COMMUNICATIONS LLC', 'Lumen'],
    ['NEUTRAL TANDEM-NEW JERSEY, LLC', 'Inteliquent'],
    ['NEUTRAL TANDEM, LLC \u2013 New Jersey', 'Inteliquent'],
    ['NEUTRAL TANDEM-INDIANA LLC', 'Inteliquent'],
    ['NEUTRAL TANDEM - NJ, LLC', 'Inteliquent'],
    ['MCIMETRO ACCESS TRANSMISSION SERVICES LLC', 'Verizon'],
  ])('%s is %s', (text, name) => {
    expect(book.canonical(text)).toBe(name);
    expect(book.key(text)).toBe(name);
    expect(book.carrier(text)?.name).toBe(name);
  });

  test.each([
    'Onvoy Spectrum',
    'ONVOY SPECTRUM, LLC - IA',
    'Verizon Wireless',
    'IDT',
    'Bandwidth Holdings',
    'Level',
    'Level 30',
    'Neutral Tandem New Jersey',
    'Neutral',
    'LLC',
    'LLC - IA',
    'NJ',
    '- New Jersey',
    '',
    ' ',
  ])('%j is nobody the rules know', (text) => {
    expect(book.canonical(text)).toBeNull();
    expect(book.carrier(text)).toBeNull();
    expect(book.key(text)).toBe(fold(text));
  });

  test('a name of nothing but noise and a state keeps its words', () => {
    for (const text of ['LLC', 'IA', 'LLC - IA', 'CLEC LLC', '- Texas', 'INC-NEW YORK']) {
      expect(aliasKey(text, noise)).toBe(words(text).join(' '));
    }
    expect(aliasKey('', noise)).toBe('');
  });

  test('a state goes once, at the end only', () => {
    expect(aliasKey('IA Networks TX', noise)).toBe('ia networks');
    expect(aliasKey('Networks IA TX', noise)).toBe('networks ia');
    expect(aliasKey('New York Networks', noise)).toBe('new york networks');
  });

  test('`not` beats an alias of any carrier, but not the name of the carrier it is', () => {
    const other = [
      carrier('A', ['X Net', 'Y Net']),
      carrier('B', [], ['X Net', 'C Wireless']),
      carrier('C Wireless'),
    ];
    const strict = new CarrierBook(other, noise);
    expect(strict.canonical('X NET, LLC')).toBeNull();
    expect(strict.canonical('Y Net')).toBe('A');
    expect(strict.canonical('C Wireless LLC')).toBe('C Wireless');
  });

  test('names the nearest, by name or alias, but never one that says it is another', () => {
    expect(book.nearest('Bandwith.com')).toEqual(['Bandwidth']);
    expect(book.nearest('Centurylnk')).toEqual(['Lumen']);
    expect(book.nearest('Verizon Wireless')).toEqual([]);
    expect(book.nearest('Somebody Else')).toEqual([]);
    expect(book.names()).toEqual(['Inteliquent', 'Bandwidth', 'Lumen', 'Verizon']);
  });

  test('no part of a name and no longer name is the carrier', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Bandwidth', 'Inteliquent', 'Verizon'),
        fc.stringMatching(/^[a-z]{3,8}$/),
        (name, other) => {
          fc.pre(!['com', 'llc', 'inc', 'corp', 'clec'].includes(other));
          expect(book.canonical(`${name} ${other}`)).toBeNull();
          expect(book.canonical(`${other} ${name}`)).toBeNull();
          expect(book.canonical(name + other)).toBeNull();
          expect(book.canonical(name.slice(0, -1))).toBeNull();
        },
      ),
      { seed: 1 },
    );
  });

  test('forgets when it is full, and answers the same', () => {
    for (let index = 0; index < 50_001; index += 1) book.carrier(`Nobody ${index}`);
    expect(book.canonical('ONVOY, LLC - IA')).toBe('Inteliquent');
    expect(book.canonical('Nobody 7')).toBeNull();
  });
});

describe('CountryBook', () => {
  const countries = new CountryBook({ UK: 'GB', England: 'GB' });
  test.each([
    ['US', 'US'],
    ['us ', 'US'],
    ['USA', 'US'],
    ['U.S.', 'US'],
    ['U.S.A.', 'US'],
    ['United States', 'US'],
    ['united states of america', 'US'],
    ['The United States', 'US'],
    ['UK', 'GB'],
    ['U.K.', 'GB'],
    ['England', 'GB'],
    ['United Kingdom', 'GB'],
    ['Great Britain', 'GB'],
    ['GBR', 'GB'],
    ['DEU', 'DE'],
    ['germany', 'DE'],
    ['CÔTE D’IVOIRE', 'CI'],
    ['Cote d Ivoire', 'CI'],
    ['Turkey', 'TR'],
    ['turkiye', 'TR'],
    ['Trinidad & Tobago', 'TT'],
    ['St. Lucia', 'LC'],
    ['Bahamas', 'BS'],
    ['The Bahamas', 'BS'],
    ['Korea, Republic of', 'KR'],
  ])('%s is %s', (text, code) => {
    expect(countries.code(text)).toBe(code);
    expect(countries.known(text)).toBe(true);
  });

  test.each(['', ' ', 'XX', '840', '1', 'Congo', 'Germ', 'United', 'USAF', 'n/a', 'N.A.', 'n a', 'na.'])(
    '%j is no country',
    (text) => {
      expect(countries.code(text)).toBeNull();
      expect(countries.known(text)).toBe(false);
    },
  );

  test('names and nearest names', () => {
    expect(countries.name('GB')).toBe('United Kingdom');
    expect(countries.name('ZZ')).toBe('ZZ');
    expect(countries.nearest('Germny')).toEqual(['Germany']);
    expect(countries.nearest('Enggland')).toEqual(['United Kingdom']);
    expect(countries.nearest('Congo')).toEqual(['Democratic Republic of the Congo', 'Republic of the Congo']);
    expect(countries.nearest('')).toEqual([]);
  });

  test('aliases come from the rule files alone', () => {
    expect(new CountryBook({}).code('England')).toBeNull();
    expect(new CountryBook({ Congo: 'CD' }).code('congo')).toBe('CD');
  });
});
