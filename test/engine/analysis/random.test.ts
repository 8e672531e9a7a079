import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/engine/analysis/check.ts';
import { conflicts } from '../../../src/engine/analysis/conflict.ts';
import { gaps } from '../../../src/engine/analysis/gap.ts';
import { Space } from '../../../src/engine/analysis/space.ts';
import { Reach } from '../../../src/engine/analysis/unreachable.ts';
import { witnessOf } from '../../../src/engine/analysis/witness.ts';
import { World } from '../../../src/engine/analysis/world.ts';
import { loadRules, type RuleText } from '../../../src/engine/load.ts';
import { showProblem } from '../../../src/engine/problem.ts';
import type { RuleSet } from '../../../src/engine/rule.ts';
import { alsoRow, everyRow, type Texts } from './every-row.ts';

// MORE=20 tries twenty times as many rule sets.
const MORE = Number(process.env.MORE ?? 1);

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

interface Written {
  readonly when: Conditions;
  readonly whenAny: readonly Conditions[];
  readonly then: Readonly<Record<string, Value>>;
}

interface WrittenTable {
  readonly stage: string;
  readonly match: string;
  readonly rules: readonly Written[];
}

function load(tables: readonly WrittenTable[]): RuleSet {
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
  const { rules, problems } = loadRules([...words, ...files], { digest: '' });
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
interface Kind {
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

const kinds: Readonly<Record<string, Kind>> = {
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

const rule = (kind: Kind, thens: fc.Arbitrary<Written['then']>): fc.Arbitrary<Written> =>
  fc.record({
    when: block(kind, 1, 3),
    whenAny: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      fc.array(block(kind, 1, 2), { minLength: 1, maxLength: 3 }),
    ),
    // biome-ignore lint/suspicious/noThenProperty: the rule language's own word
    then: thens,
  });

async function compare(tables: readonly WrittenTable[], texts: Texts): Promise<void> {
  const rules = load(tables);
  const world = new World(rules);
  const space = new Space([world]);
  const reaches = world.tables.map((table) => new Reach(space, world, table));
  const unreached = reaches.flatMap((reach) => reach.unreachable());
  const holes = gaps(space, world);
  const clashes = conflicts(space, world);
  const seen = await everyRow(rules, texts);
  // What the analysis says there is, it shows: the engine is asked about those rows too.
  const shown = [
    ...world.tables.flatMap((table, at) => table.rules.map((rule) => reaches[at]?.rowFor(rule))),
    ...holes.map(({ row }) => row),
    ...clashes.flatMap((one) => one.clashes.map(({ row }) => row)),
  ];
  for (const row of shown) {
    if (!row) continue;
    await alsoRow(rules, witnessOf(row, false), seen);
    await alsoRow(rules, witnessOf(row, true), seen);
  }
  const all = rules.tables.flatMap((table) => table.rules.map(({ id }) => id));
  const about = JSON.stringify(tables, null, 1);
  expect(
    unreached.filter((one) => one.unknown),
    about,
  ).toEqual([]);
  expect(new Set(unreached.map((one) => one.rule.id)), about).toEqual(
    new Set(all.filter((id) => !seen.acted.has(id))),
  );
  expect(new Set(holes.map(({ table }) => table.file)), about).toEqual(seen.undecided);
  // And none is lost on the way to people.
  const problems = await analyse(rules);
  const said = (code: string) => problems.filter((problem) => problem.code === code);
  expect(
    said('unreachable').map(({ rule }) => rule),
    about,
  ).toEqual(expect.arrayContaining(unreached.map((one) => one.rule.id)));
  expect(new Set(said('gap').map(({ place }) => place?.file)), about).toEqual(seen.undecided);
  expect(
    said('conflict').flatMap(({ related }) => related ?? []),
    about,
  ).toHaveLength(seen.clashes.size);
  const pairs = clashes.flatMap((one) =>
    one.clashes.map(({ first }) => `${one.field} ${first.rule.id} ${one.rule.id}`),
  );
  expect(new Set(pairs), about).toEqual(seen.clashes);
}

const flag = fc.constant<Written['then']>({ flag: 'x' });

describe('one table, every row of it', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(name, { timeout: 120_000 * MORE }, async () => {
      const table = fc.record({
        stage: fc.constantFrom('address', 'correct'),
        match: fc.constantFrom('first', 'first', 'all'),
        rules: fc.array(rule(kind, flag), { minLength: 1, maxLength: 5 }),
      });
      await fc.assert(
        fc.asyncProperty(table, (one) => compare([one], kind.texts)),
        { numRuns: 100 * MORE },
      );
    });
  }
});

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

const then = fc.oneof(
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

const staged: Kind = {
  tests: fewTests as fc.Arbitrary<[string, Value]>,
  texts: {
    cells: { a: FEW_TEXTS, b: FEW_TEXTS },
    edits: { a: FEW_EDITS, b: FEW_EDITS },
    customers: [{}, { company: 'q' }, { company: '' }],
    systems: ['one'],
  },
  writes: [],
};

test('stages after one another, every row of them', { timeout: 300_000 * MORE }, async () => {
  const table = fc.record({
    stage: fc.constantFrom('correct', 'scope', 'facts', 'address', 'checks'),
    match: fc.constantFrom('first', 'all'),
    rules: fc.array(rule(staged, then), { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(table, { minLength: 2, maxLength: 3 }), (tables) =>
      compare(tables, staged.texts),
    ),
    { numRuns: 60 * MORE },
  );
});
