import { describe, expect, test } from 'vitest';
import { escalate } from '../../src/engine/escalate.ts';
import { CarrierBook } from '../../src/engine/names.ts';
import { CsrError } from '../../src/engine/problem.ts';
import type { Carrier, Category, Escalation, RuleSet } from '../../src/engine/rule.ts';

const place = { file: 'escalations.yaml', line: 1, column: 1 };
const carriers: Carrier[] = [
  { name: 'Inteliquent', also: ['Onvoy LLC', 'Neutral Tandem'], not: ['Onvoy Spectrum'], pin: null, place },
  { name: 'Bandwidth', also: ['Bandwidth.com'], not: [], pin: null, place },
  { name: 'Verizon', also: [], not: ['Verizon Wireless'], pin: null, place },
  { name: 'Lumen', also: ['Level 3'], not: [], pin: null, place },
];
const carrierNoise = { words: ['LLC', 'CLEC'], states: { IA: 'Iowa', TX: 'Texas' } };

function category(id: string, given: Partial<Category>): Category {
  return { id, title: id, words: [], phrases: [], codes: [], not: [], over: [], hint: null, place, ...given };
}

function row(id: string, given: Partial<Escalation> = {}): Escalation {
  return {
    id,
    carriers: [],
    categories: [],
    resolution: `do ${id}`,
    give: null,
    refer: null,
    procedure: null,
    examples: [],
    why: 'because',
    source: { document: 'test', section: null },
    basis: 'stated',
    owner: null,
    reviewBy: null,
    from: null,
    until: null,
    place,
    ...given,
  };
}

const categories = [
  category('pin', {
    words: ['pin', 'passcode'],
    phrases: ['pin needed'],
    codes: [
      { code: '7512', carrier: 'Bandwidth' },
      { code: '7513', carrier: 'Bandwidth' },
      { code: 'LNP154J', carrier: 'Lumen' },
    ],
    not: ['conference pin', 'shipping label'],
    hint: 'A PIN has four to ten digits.',
  }),
  category('account', { words: ['account number'] }),
  category('zip', { words: ['zip'], over: ['address'] }),
  category('address', {
    words: ['address'],
    codes: [{ code: '8D', carrier: null }],
    hint: 'Compare with the record.',
  }),
  category('inactive', { phrases: ['does not exist', 'not active'] }),
];
const table = [
  row('anything-else', { refer: 'manager' }),
  row('bandwidth-pin', { carriers: ['Bandwidth'], categories: ['pin'] }),
  row('inteliquent', { carriers: ['Inteliquent'], give: { pin: '0000' } }),
  row('verizon', { carriers: ['Verizon'] }),
];

function rulesWith(given: Partial<RuleSet> = {}): RuleSet {
  const rules: Partial<RuleSet> = {
    carriers,
    carrierNoise,
    categories,
    rejectionWords: ['invalid', 'mismatch', 'rejected', 'missing', 'required', 'incorrect', 'does not match'],
    escalations: table,
    ...given,
  };
  return rules as RuleSet;
}

const books = { carriers: new CarrierBook(carriers, carrierNoise) };
const ask = (text: string, carrier: string | null = null, rules = rulesWith()) =>
  escalate(text, carrier, rules, books);
const seen = (text: string, carrier: string | null = null) => ask(text, carrier).categories;

describe('categories by word', () => {
  test.each([
    ['Invalid PIN', ['pin']],
    ['PASSCODE_PIN_INVALID', ['pin']],
    ['Rejected for PIN/Passcode. Please provide the correct one.', ['pin']],
    ['the account number and/or PIN provided have been rejected.', ['pin', 'account']],
    ['P.I.N. invalid', ['pin']],
    ['The PIN, the account number and the address are incorrect', ['pin', 'account', 'address']],
    ['PIN doesn\u2019t match', ['pin']],
    ['Rejected for acct. PIN', ['pin']],
    ['Incorrect account #: 12345', ['account']],
    ['ACCOUNT# MISMATCH', ['account']],
    ['Rejected for:\nPIN', ['pin']],
    ['The order was rejected because the\npin was wrong', ['pin']],
    ['Invalid ZIP, in the address', ['zip']],
  ])('%j', (text, found) => expect(seen(text)).toEqual(found));

  test.each([
    'We use PIN 1234 for this',
    'Rejected: it is being shipped, shipping opinion, pinned, spin',
    'The PIN is fine. The order was rejected.',
    'The order was rejected!\n\nPIN: 1234',
    'Invalid request; the PIN was accepted',
    'The PIN was accepted, but the request is invalid',
    'Rejected: bad date.\nPIN on file: 1234',
    'A PIN is not required',
    'The PIN has not been rejected',
    'account invalid',
    '',
    '   ',
    '...',
  ])('nothing in %j', (text) => expect(seen(text)).toEqual([]));

  test('a phrase is enough alone, whatever its punctuation, but ends with its sentence', () => {
    expect(seen('rejected for "PIN: NEEDED"')).toEqual(['pin']);
    expect(seen('LINE_NOT_ACTIVE')).toEqual(['inactive']);
    expect(seen("The number doesn't exist")).toEqual(['inactive']);
    expect(seen('We have the PIN. Needed: patience')).toEqual([]);
    expect(seen('not actively used')).toEqual([]);
  });

  test('a phrase that cancels takes away the mention it holds, or else the category', () => {
    expect(seen('Conference-PIN is invalid')).toEqual([]);
    expect(seen('The conference PIN is invalid. The passcode is invalid.')).toEqual(['pin']);
    expect(seen('Invalid conference pin, invalid pin')).toEqual(['pin']);
    expect(seen('7513 shipping label: PIN invalid. Invalid address', 'Bandwidth')).toEqual(['address']);
  });

  test('a category displaces those it is over, never each other both', () => {
    expect(seen('8D zip invalid')).toEqual(['zip']);
    const mutual = [
      category('a', { words: ['a1'], over: ['b'] }),
      category('b', { words: ['b1'], over: ['a'] }),
    ];
    const rules = rulesWith({ categories: mutual });
    expect(ask('a1 b1 invalid', null, rules).categories).toEqual(['a']);
  });

  test('says by what it was recognised, as the rule file writes it', () => {
    expect(ask('LNP154J: passcode invalid, PIN needed').matched).toEqual([
      { category: 'pin', by: 'code', what: 'LNP154J' },
      { category: 'pin', by: 'phrase', what: 'pin needed' },
      { category: 'pin', by: 'word', what: 'pin' },
      { category: 'pin', by: 'word', what: 'passcode' },
    ]);
  });
});

describe('categories by code', () => {
  test.each([
    '7513',
    '7513 PIN',
    '7512: gone',
    '(7513)',
    'Codes 7512, 7518.',
    'Error 7513.',
    '7513-PIN',
    '7513/7518',
    'lnp154j.',
    'LNP154J',
    '[7513] 408-555-0101',
    '7513 408-555-0101',
    '7513 4085550101 was refused',
    '4085550101 7513',
    '(408) 555-0101 7513',
    '+1 408 555 0101 7513',
    '+33 1 42 68 53 00 7513',
    '#7513',
    'Error #7513',
  ])('%s', (text) => expect(seen(text)).toEqual(['pin']));

  test.each([
    'Your request 7513-22 was received and is being shipped for review',
    '22-7513',
    'ORD-7513',
    '7513.22',
    '75131',
    '07513',
    'A7513',
    'LNP154JX',
    'LNP154J-2',
    '408-555-7513',
    '(408) 555 7513',
    '408 555 7513',
    '408.555.7513',
    '1 408 555 7513',
    '+1 408 555 7513',
    '555-7513',
    '+44 20 7512 7513',
    '020 7512 7513',
    '44 20 7512 7513',
    '+4975137512',
    '+49 7513 751275',
    '0049 7513 751275',
    'call 408-555-0101 ext. 7513',
    'call 408-555-0101 x7513',
    'a fee of $7513',
    '7513%',
    'numbers 408 555 7512, 408 555 7513 and (415) 555-7512',
  ])('no code in %s', (text) => expect(seen(text)).toEqual([]));

  test('a code that is tied to a carrier counts for it, or where none is given', () => {
    expect(seen('7513')).toEqual(['pin']);
    expect(seen('7513', '')).toEqual(['pin']);
    expect(seen('7513', 'BANDWIDTH.COM CLEC, LLC - TX')).toEqual(['pin']);
    expect(seen('7513', 'Lumen')).toEqual([]);
    expect(seen('7513', 'Somebody')).toEqual([]);
    expect(seen('LNP154J', 'LEVEL 3 LLC')).toEqual(['pin']);
    expect(seen('8d', 'Verizon')).toEqual(['address']);
  });
});

test('a long paste is read in time that grows with its length', () => {
  const numbers = Array.from({ length: 5_000 }, (_, index) => `408 555 ${7000 + (index % 1000)}`).join(' ');
  // If any step were quadratic, it would take minutes, more than any test has.
  expect(seen(numbers)).toEqual([]);
  expect(seen('pin '.repeat(20_000))).toEqual([]);
  expect(seen(`${'\n'.repeat(50_000)}${'a. b '.repeat(20_000)}Invalid PIN`)).toEqual(['pin']);
});

describe('the row that decides', () => {
  test.each([
    ['PIN Invalid', 'Bandwidth', 'bandwidth-pin'],
    ['PIN Invalid', 'BANDWIDTH.COM CLEC, LLC - TX', 'bandwidth-pin'],
    ['Address invalid', 'Bandwidth', 'anything-else'],
    ['PIN and address invalid', 'Bandwidth', 'bandwidth-pin'],
    ['Address invalid', 'ONVOY, LLC - IA', 'inteliquent'],
    ['', 'Inteliquent', 'inteliquent'],
    ['PIN invalid', 'Onvoy Spectrum', 'anything-else'],
    ['PIN invalid', 'Verizon Wireless', 'anything-else'],
    ['PIN invalid', 'Verizon', 'verizon'],
    ['PIN invalid', null, 'anything-else'],
    ['PIN invalid at Bandwidth', null, 'anything-else'],
    ['PIN invalid', 'Somebody', 'anything-else'],
  ])('%j of %s: %s', (text, carrier, id) => expect(ask(text, carrier).escalation.id).toBe(id));

  test('the more specific comes first, whatever the order of the file', () => {
    const rows = [
      row('any'),
      row('category', { categories: ['pin'] }),
      row('carrier', { carriers: ['Bandwidth'] }),
      row('both', { carriers: ['Bandwidth'], categories: ['pin'] }),
      row('both-later', { carriers: ['Bandwidth'], categories: ['pin'] }),
    ];
    const decide = (text: string, carrier: string, list: Escalation[]) =>
      ask(text, carrier, rulesWith({ escalations: list })).escalation.id;
    expect(decide('PIN invalid', 'Bandwidth', rows)).toBe('both');
    expect(decide('hello', 'Bandwidth', rows)).toBe('carrier');
    expect(decide('PIN invalid', 'Lumen', rows)).toBe('category');
    expect(decide('hello', 'Lumen', rows)).toBe('any');
    expect(decide('PIN invalid', 'Bandwidth', rows.toReversed())).toBe('both-later');
  });

  test('a row of ours is a hint beside policy, and decides only where policy says nothing but anything else', () => {
    const rows = [
      row('anything-else'),
      row('inteliquent', { carriers: ['Inteliquent'] }),
      row('ours', { carriers: ['Inteliquent', 'Lumen'], categories: ['pin'], basis: 'ours' }),
    ];
    const rules = rulesWith({ escalations: rows });
    const policy = ask('PIN invalid', 'Inteliquent', rules);
    expect(policy.escalation.id).toBe('inteliquent');
    expect(policy.hints).toContain('do ours');
    const ours = ask('PIN invalid', 'Lumen', rules);
    expect(ours.escalation.id).toBe('ours');
    expect(ours.hints).toContain('do anything-else');
  });

  test('no row that holds is an error that says what to add', () => {
    expect(() => ask('x', 'Lumen', rulesWith({ escalations: table.slice(1) }))).toThrow(CsrError);
  });
});

describe('hints', () => {
  test('come with the categories recognised, and not otherwise', () => {
    expect(ask('PIN invalid', 'Bandwidth').hints).toEqual(['A PIN has four to ten digits.']);
    expect(ask('zip invalid', 'Bandwidth').hints).toEqual([]);
    expect(ask('hello', 'Bandwidth').hints).toEqual([]);
  });

  test('offer the carrier that the text names, by whole name, where none is given', () => {
    const names = (text: string) => ask(text).hints.filter((hint) => hint.includes('names'));
    expect(names('Rejected by BANDWIDTH.COM CLEC, LLC')).toEqual([
      'The text names Bandwidth: if the numbers are theirs, give it as the carrier.',
    ]);
    expect(names('Onvoy, or Level 3, refused')).toHaveLength(2);
    expect(names('Verizon Wireless refused')).toEqual([]);
    expect(names('the bandwidths of level 30')).toEqual([]);
    expect(ask('Bandwidth refused', 'Lumen').hints).toEqual([]);
  });

  test('offer the carrier whose code stands in the text', () => {
    expect(ask('7513').hints).toContain(
      '`7513` is a code of Bandwidth: if the numbers are theirs, give it as the carrier.',
    );
  });

  test('name the nearest carriers to one that no rule knows', () => {
    expect(ask('PIN invalid', 'Bandwith').nearestCarriers).toEqual(['Bandwidth']);
    expect(ask('PIN invalid', 'Bandwidth').nearestCarriers).toEqual([]);
    expect(ask('PIN invalid').nearestCarriers).toEqual([]);
  });
});
