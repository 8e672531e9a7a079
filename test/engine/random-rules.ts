/** Random rules and rows over the built-in fields, carriers and countries. */
import fc from 'fast-check';
import { makeBooks } from '../../src/engine/decide.ts';
import { normalise } from '../../src/engine/facts.ts';
import { Pattern } from '../../src/engine/pattern.ts';
import type { Op, Rule, RuleTable, Test } from '../../src/engine/rule.ts';
import type { Table } from '../../src/engine/table.ts';
import { builtIn } from '../built-in.ts';
import { tableOf } from '../table-of.ts';

export const rules = builtIn();
export const books = makeBooks(rules);
const place = { file: 'test.yaml', line: 1, column: 1 };

const FIELDS = ['country', 'carrier', 'address', 'pin', 'origin', 'phoneNumber'] as const;
type Field = (typeof FIELDS)[number];
const TEXTS: Readonly<Record<Field, readonly string[]>> = {
  country: ['', 'US', 'us', 'GB', 'UK', 'Germany', 'XX'],
  carrier: ['', 'Lumen', 'LEVEL 3 COMMUNICATIONS, LLC - NY', 'Inteliquent', 'Onvoy Spectrum', 'Nobody'],
  address: ['', ' ', '1 Elm St', '1 elm st', 'PO Box 7', '=1+1'],
  pin: ['', '8x82125', '8X82125', '0042', '12', 'n/a', '1 Elm St'],
  origin: ['', 'PORTED', 'PORTING', 'claimed', 'other'],
  phoneNumber: ['', '+14085550101', '+18005550109', '+4930555010', '+442075550115', '4.41555E+11', '=1+1'],
};

function equals(fact: Field, written: readonly string[]): Op {
  const type = rules.layouts.fields.get(fact)?.type ?? 'text';
  return { kind: 'equals', written, keys: written.map((text) => normalise(type, text, books)) };
}

const text = (field: Field) => fc.constantFrom(...TEXTS[field]);
const named = (field: Field) => fc.constantFrom(...TEXTS[field].filter((one) => one.trim() !== ''));

const leaf = (fact: Field): fc.Arbitrary<Op> =>
  fc.oneof(
    fc.constantFrom<Op>(
      { kind: 'blank' },
      { kind: 'present' },
      { kind: 'any' },
      { kind: 'known' },
      { kind: 'unknown' },
    ),
    fc.array(named(fact), { minLength: 1, maxLength: 3 }).map((list) => equals(fact, list)),
    fc.array(named(fact), { minLength: 1, maxLength: 2 }).map((texts): Op => ({ kind: 'exactly', texts })),
    fc
      .constantFrom('+1', '+1800', '1', 'po')
      .map((prefix): Op => ({ kind: 'starts-with', prefixes: [prefix] })),
    fc
      .constantFrom('^[0-9]+$', 'Elm', '^=')
      .map((source): Op => ({ kind: 'matches', pattern: new Pattern(source) })),
    fc.constantFrom(...FIELDS, 'original.pin').map((fact2): Op => ({ kind: 'same-as', fact: fact2 })),
    fc.constantFrom(...FIELDS).map((fact2): Op => ({ kind: 'identical-to', fact: fact2 })),
    fc
      .tuple(fc.integer({ min: 0, max: 50 }), fc.boolean())
      .map(([min, minOpen]): Op => ({ kind: 'number', min, minOpen, max: null, maxOpen: false })),
  );

const op = (fact: Field): fc.Arbitrary<Op> =>
  fc.oneof(
    leaf(fact),
    fc.array(leaf(fact), { minLength: 1, maxLength: 2 }).map((ops): Op => ({ kind: 'not', ops })),
  );

const fieldTest: fc.Arbitrary<Test> = fc
  .constantFrom(...FIELDS)
  .chain((fact) => op(fact).map((one) => ({ fact, op: one, place, written: fact })));

const cellTest: fc.Arbitrary<Test> = fc
  .oneof(
    fc
      .constantFrom('^=', '[0-9]{4}', '^PO')
      .map((source): Op => ({ kind: 'matches', pattern: new Pattern(source) })),
    fc.constantFrom<Op>(
      { kind: 'blank' },
      { kind: 'not', ops: [{ kind: 'present' }] },
      { kind: 'not', ops: [{ kind: 'starts-with', prefixes: ['1'] }] },
      { kind: 'equals', keys: ['us'], written: ['US'] },
    ),
  )
  .map((one) => ({ fact: 'any-cell', op: one, place, written: one.kind }));

// Facts that are the same in all rows, or that the file lacks: the trie asks them once for all plain rows.
const steadyTest: fc.Arbitrary<Test> = fc
  .constantFrom(
    'system',
    'customer.accountKind',
    'customer.company',
    'reference.inventory.origin',
    'reference.cases.found',
    'status',
    'company',
    'none.origin',
    'original.company',
    'original.pin',
  )
  .chain((fact) =>
    fc
      .constantFrom<Op>(
        { kind: 'blank' },
        { kind: 'present' },
        { kind: 'equals', keys: ['migrated', 'csr-tool', 'assigned', 'ported', 'acme', 'yes'], written: [] },
        { kind: 'same-as', fact: 'customer.company' },
        { kind: 'not', ops: [{ kind: 'same-as', fact: 'pin' }] },
      )
      .map((one) => ({ fact, op: one, place, written: fact })),
  );

export function context() {
  return {
    customer: new Map([
      ['accountKind', 'migrated'],
      ['company', 'Acme'],
    ]),
    references: new Map([
      ['inventory', { fields: ['origin'], rows: new Map([['+14085550101', { origin: 'PORTING' }]]) }],
    ]),
    batch: null,
  };
}

const anyTest = fc.oneof(
  { weight: 5, arbitrary: steadyTest },
  { weight: 8, arbitrary: fieldTest },
  { weight: 1, arbitrary: cellTest },
);

export const tables: fc.Arbitrary<RuleTable> = fc
  .tuple(
    fc.constantFrom<'first' | 'all'>('first', 'all'),
    fc.array(
      fc.tuple(
        fc.array(anyTest, { maxLength: 3 }),
        fc.array(fc.array(anyTest, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
      ),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([match, list]) => ({
    file: 'test.yaml',
    title: 'test',
    stage: 'address',
    match,
    rules: list.map(
      ([when, whenAny], at): Rule => ({
        id: `rule-${at}`,
        title: '',
        stage: 'address',
        when,
        whenAny,
        // biome-ignore lint/suspicious/noThenProperty: the model's own name for what a rule does
        then: [{ do: 'keep', fields: ['address'] }],
        examples: [],
        place,
        why: '',
        source: { document: '', section: null },
        basis: 'ours',
        owner: null,
        reviewBy: null,
        from: null,
        until: null,
      }),
    ),
  }));

export const rowTexts = fc.tuple(...FIELDS.map((field) => text(field)));

export function randomTable(rows: readonly (readonly string[])[]): Table {
  return tableOf(FIELDS, rows);
}
