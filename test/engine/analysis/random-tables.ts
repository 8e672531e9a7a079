/** Small rule sets at random, and the few texts by which all of their rows are told apart. */
import fc from 'fast-check';
import { loadRules, type RuleText } from '../../../src/engine/load.ts';
import { showProblem } from '../../../src/engine/problem.ts';
import type { RuleSet } from '../../../src/engine/rule.ts';
import type { Texts } from './every-row.ts';

export type { RuleText } from '../../../src/engine/load.ts';

// MORE=20 tries twenty times as many rule sets.
export const MORE = Number(process.env.MORE ?? 1);

const words: RuleText[] = [
  {
    name: 'layouts.yaml',
    path: 'layouts.yaml',
    text: `kind: layouts
title: Columns
values:
  origin: { ported: [PORTING, PORTED], claimed: [CLAIMED] }
fields:
  phoneNumber: { label: Phone number, type: phone }
  country: { label: Country, type: country }
  carrier: { label: Carrier, type: carrier }
  origin: { label: Origin, type: origin }
  a: { label: A, type: text }
  b: { label: B, type: text }
layouts:
  - { id: one, title: One, all-of: [phoneNumber], output: same, delivers: [csv] }
  - { id: two, title: Two, all-of: [phoneNumber], output: same, delivers: [csv] }
countries: { UK: GB, USA: US }
`,
  },
  {
    name: 'carriers.yaml',
    path: 'carriers.yaml',
    text: `kind: carriers
title: Carriers
ignore-words: [LLC]
carriers:
  - { name: Northern, also: [North Tel], why: w, source: { document: d, section: s }, basis: ours }
  - { name: Southern, pin: "7", why: w, source: { document: d, section: s }, basis: ours }
`,
  },
  {
    name: 'corrections.yaml',
    path: 'corrections.yaml',
    text: `kind: corrections
title: Nothing
corrections:
  - { id: nulls, title: Null, blank-cells: [null], why: w, source: { document: d, section: s }, basis: ours }
`,
  },
];

type Value = string | { readonly [key: string]: Value } | readonly Value[];
type Conditions = Readonly<Record<string, Value>>;

export interface Written {
  readonly when: Conditions;
  readonly whenAny: readonly Conditions[];
  readonly then: Readonly<Record<string, Value>>;
}

export interface WrittenTable {
  readonly stage: string;
  readonly match: string;
  readonly rules: readonly Written[];
}

/** The tables with their words: carriers, look-ups and what means nothing. Files of the same name take the others' place. */
export function load(tables: readonly WrittenTable[], more: readonly RuleText[] = []): RuleSet {
  const source = { document: 'd', section: 's' };
  const files = tables.map(({ stage, match, rules }, at) => {
    const name = `t${at}.yaml`;
    const list = rules.map(({ when, whenAny, then }, index) => ({
      id: `t${at}r${index}`,
      title: 't',
      when,
      ...(whenAny.length > 0 && { 'when-any': whenAny }),
      then,
      why: 'w',
      source,
      basis: 'stated',
      examples: [{ given: { a: 'x' }, expect: { keep: 'a' } }],
    }));
    return {
      name,
      path: name,
      text: JSON.stringify({ kind: 'rules', title: 't', stage, match, rules: list }),
    };
  });
  const { rules, problems } = loadRules(
    [...words.filter(({ name }) => !more.some((one) => one.name === name)), ...more, ...files],
    { digest: '' },
  );
  if (!rules) throw new Error(problems.map(showProblem).join('\n'));
  return rules;
}

const TEXT_TESTS: readonly Value[] = [
  'blank',
  'present',
  'x',
  ['x', '1'],
  { not: 'x' },
  { not: ['x', '12'] },
  { exactly: 'x' },
  { exactly: ['X', '12'] },
  { 'starts-with': 'x' },
  { 'starts-with': ['1', 'X'] },
  { not: { 'starts-with': '1' } },
  { not: { 'starts-with': 'x', exactly: 'xy' } },
  { 'starts-with': 'x', not: 'x' },
  { 'at-most': '5' },
  { above: '5' },
  { between: ['5', '60'] },
  { not: { below: '60' } },
];

const texts = (fact: string, other: string): fc.Arbitrary<[string, Value]> =>
  fc
    .oneof(
      { weight: 6, arbitrary: fc.constantFrom(...TEXT_TESTS) },
      { weight: 1, arbitrary: fc.constantFrom<Value>({ 'same-as': other }, { not: { 'same-as': other } }) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Value>({ 'identical-to': other }, { not: { 'identical-to': other } }),
      },
    )
    .map((value) => [fact, value]);

const countries = fc
  .constantFrom<Value>(
    'US',
    ['US', 'GB'],
    { not: 'US' },
    'known',
    'unknown',
    'blank',
    'present',
    {
      'starts-with': 'U',
    },
    { not: { 'starts-with': 'United', exactly: 'US' } },
  )
  .map((value): [string, Value] => ['country', value]);

const carriers = fc.oneof(
  fc
    .constantFrom<Value>('Northern', 'Southern', { not: 'Northern' }, 'known', 'unknown', 'blank', {
      'starts-with': 'north',
    })
    .map((value): [string, Value] => ['carrier', value]),
  fc
    .constantFrom<Value>('blank', '7', 'present', { not: { 'same-as': 'a' } })
    .map((value): [string, Value] => ['carrier.pin', value]),
);

const numbers = fc.constantFrom<[string, Value]>(
  ['number.country', 'US'],
  ['number.country', { not: 'US' }],
  ['number.type', 'toll-free'],
  ['number.valid', 'yes'],
  ['number.valid', 'no'],
  ['number.country', { 'same-as': 'country' }],
  ['country', { not: { 'same-as': 'number.country' } }],
  ['phoneNumber', { 'starts-with': '+1800' }],
  ['phoneNumber', { not: { 'starts-with': '+' } }],
  ['phoneNumber', 'blank'],
);

/** What the rows of one kind of test may differ in. */
export interface Kind {
  readonly tests: fc.Arbitrary<[string, Value]>;
  readonly texts: Texts;
  readonly writes: readonly string[];
}

const A_TEXTS = [
  '',
  'x',
  'X',
  'x ',
  'xy',
  'xz',
  '1',
  '12',
  '5',
  '60',
  '70',
  '15',
  'n/a',
  'q',
  'Q',
  '7',
  '5.0',
  '1e',
  '1.0',
];
const COUNTRY_TEXTS = [
  '',
  'US',
  'usa',
  'United States',
  'GB',
  'UK',
  'United Kingdom',
  'DE',
  'UA',
  'Nowhere',
  'Uh',
  'Unitedx',
];
const CARRIER_TEXTS = [
  '',
  'Northern',
  'north tel',
  'LLC northern',
  'Southern',
  'southern llc',
  'Nobody',
  'northx',
];
const PHONE_TEXTS = [
  '',
  '+14085550101',
  '+18005550109',
  '+1800',
  '+18335550109',
  '+442075550115',
  '+448005555555',
  '+800',
  '4085550101',
  '8005550109',
  '2075550115',
  'x',
  '+1408',
  '+18001',
  '02075550115',
  '+14165550114',
  '8335550109',
  '18005550109',
  '+4930555010',
];
const none = { edits: {}, customers: [{}], systems: ['one'] };

export const kinds: Readonly<Record<string, Kind>> = {
  'two texts': {
    tests: fc.oneof(texts('a', 'b'), texts('b', 'a')),
    texts: { ...none, cells: { a: A_TEXTS, b: A_TEXTS } },
    writes: [],
  },
  'text and country': {
    tests: fc.oneof(texts('a', 'country'), countries),
    texts: {
      ...none,
      cells: { a: [...A_TEXTS, 'US', 'us ', 'gb'], country: [...COUNTRY_TEXTS, 'x', 'X', '1', '12'] },
    },
    writes: [],
  },
  'country and carrier': {
    tests: fc.oneof(countries, carriers),
    texts: { ...none, cells: { country: COUNTRY_TEXTS, carrier: CARRIER_TEXTS, a: ['', '7', '7 ', 'x'] } },
    writes: [],
  },
  numbers: {
    tests: fc.oneof({ weight: 3, arbitrary: numbers }, { weight: 1, arbitrary: countries }),
    texts: { ...none, cells: { phoneNumber: PHONE_TEXTS, country: COUNTRY_TEXTS } },
    writes: [],
  },
};

const block = (kind: Kind, min: number, max: number) =>
  fc.array(kind.tests, { minLength: min, maxLength: max }).map((list) => Object.fromEntries(list));

export const rule = (kind: Kind, thens: fc.Arbitrary<Written['then']>): fc.Arbitrary<Written> =>
  fc.record({
    when: block(kind, 1, 3),
    whenAny: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      fc.array(block(kind, 1, 2), { minLength: 1, maxLength: 3 }),
    ),
    // biome-ignore lint/suspicious/noThenProperty: the rule language's own word
    then: thens,
  });

export const flag = fc.constant<Written['then']>({ flag: 'x' });

// Tables one after another, with what people write and say between them.

const FEW_TEXTS = ['', 'x', 'X', '1', 'null', 'q'];
const FEW_EDITS = [null, '', 'x', '1', 'r'];
const FEW_TESTS: readonly Value[] = [
  'blank',
  'present',
  'x',
  '1',
  { not: 'x' },
  { exactly: 'X' },
  { 'at-most': '5' },
];

const fewTests = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom(...FEW_TESTS)),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('original.a', 'original.b'), fc.constantFrom(...FEW_TESTS)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<[string, Value]>(
      ['a', { 'same-as': 'b' }],
      ['a', { not: { 'same-as': 'original.a' } }],
      ['b', { 'identical-to': 'original.b' }],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<[string, Value]>(
      ['customer.company', 'blank'],
      ['customer.company', 'present'],
    ),
  },
);

export const actions = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Written['then']>({ keep: 'a' }, { keep: 'b' }) },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Written['then']>(
      { set: { a: 'x' } },
      { set: { a: '1' } },
      { set: { b: 'x' } },
      { set: { a: 'z', b: 'y' } },
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom<Written['then']>({ clear: 'a' }, { clear: ['a', 'b'] }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Written['then']>(
      { copy: { a: 'b' } },
      { copy: { b: 'a' } },
      { copy: { b: 'original.b' } },
      { copy: { a: 'customer.company' } },
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom<Written['then']>({ ask: 'a' }, { ask: 'b' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Written['then']>({ exclude: 'gone' }, { stop: 'true', flag: 'x' }),
  },
  { weight: 2, arbitrary: fc.constant<Written['then']>({ flag: 'x' }) },
);

export const staged: Kind = {
  tests: fewTests as fc.Arbitrary<[string, Value]>,
  texts: {
    cells: { a: FEW_TEXTS, b: FEW_TEXTS },
    edits: { a: FEW_EDITS, b: FEW_EDITS },
    customers: [{}, { company: 'q' }, { company: '' }],
    systems: ['one'],
  },
  writes: [],
};

const FROM = `why: w
    source: { document: d, section: s }
    basis: ours
`;

/** Carriers by this and other names, look-ups, and words that mean nothing. */
export const otherWords: fc.Arbitrary<RuleText[]> = fc
  .record({
    northern: fc.constantFrom('[North Tel]', '[North Tel, Nobody]', '[Northx]', '[]'),
    southern: fc.constantFrom('"7"', '"x"', '8'),
    western: fc.boolean(),
    noise: fc.constantFrom('[LLC]', '[LLC, Tel]'),
    blank: fc.constantFrom('[null]', '[null, x]', '[nobody, "7"]'),
    lookUps: fc.uniqueArray(
      fc.record({
        where: fc.constantFrom('US Northern', 'US any', 'GB any', 'any Southern', 'any any'),
        how: fc.constantFrom('how: [Look.]', 'how: [Ask.]', 'refer: manager'),
      }),
      { selector: ({ where }) => where, maxLength: 4 },
    ),
  })
  .map(({ northern, southern, western, noise, blank, lookUps }) => {
    const carriers = [
      `{ name: Northern, also: ${northern}`,
      `{ name: Southern, pin: ${southern}`,
      ...(western && !northern.includes('Nobody') ? ['{ name: Nobody'] : []),
    ].map((one) => `  - ${one}, why: w, source: { document: d, section: s }, basis: ours }\n`);
    const rows = lookUps.map(({ where, how }) => {
      const [country, carrier] = where.split(' ');
      const example = `examples:\n      - given: { country: US }\n        expect: { status: ready }\n`;
      return `  - country: ${country}\n    carrier: ${carrier}\n    ${how}\n    for: a\n    ${FROM}    ${example}`;
    });
    const file = (name: string, text: string): RuleText => ({ name, path: name, text });
    return [
      file(
        'carriers.yaml',
        `kind: carriers\ntitle: Carriers\nignore-words: ${noise}\ncarriers:\n${carriers.join('')}${rows.length > 0 ? `look-ups:\n${rows.join('')}` : ''}`,
      ),
      file(
        'corrections.yaml',
        `kind: corrections\ntitle: Nothing\ncorrections:\n  - { id: nulls, title: Null, blank-cells: ${blank}, why: w, source: { document: d, section: s }, basis: ours }\n`,
      ),
      file(
        'procedures.yaml',
        'kind: procedures\ntitle: Steps\nprocedures:\n  - { id: carrier-records, title: Records, where: there, steps: [Look there.], yields: it }\n',
      ),
    ];
  });
