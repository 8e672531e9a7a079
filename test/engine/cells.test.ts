import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cells } from '../../src/engine/cells.ts';
import { Reader } from '../../src/engine/conditions.ts';
import { judge } from '../../src/engine/evaluate.ts';
import { Facts } from '../../src/engine/facts.ts';
import type { Rule, RuleTable } from '../../src/engine/rule.ts';
import { Singly } from '../../src/engine/singly.ts';
import { books, context, randomTable, rowTexts, rules, tables } from './random-rules.ts';

/** What people may have said: of fields that the file has and lacks, and that there is none. */
const said3: readonly (readonly [string, string])[][] = [
  [['status', 'assigned']],
  [['origin', '']],
  [
    ['status', ''],
    ['pin', '8x82125'],
  ],
  [['company', 'Acme']],
];

const said = (verdicts: readonly { rule: Rule; unreadable: readonly string[] }[]) =>
  verdicts.map(({ rule, unreadable }) => [rule.id, ...unreadable].join(' '));

test('a row of a cell, or judged by itself, gets the verdicts that json-rules-engine gives it alone', async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.array(rowTexts, { minLength: 1, maxLength: 12 }), async (ruleTable, rows) => {
      const facts = new Facts(rules, books, randomTable(rows), context());
      const reader = new Reader(facts);
      const cells = new Cells(ruleTable, facts, reader);
      const singly = new Singly(ruleTable, reader);
      for (const index of rows.keys()) {
        const row = facts.start(index);
        // Every third row has a word of a person over it: it must not go the way of the plain ones.
        if (index % 3 === 2)
          facts.lay(row, new Map(said3[index % said3.length]), new Set(['origin', 'status']));
        if (index % 2 === 0) cells.begin(facts.start(0));
        const cell = cells.find(row) ?? (await cells.learn(row));
        const alone = await judge(ruleTable.rules, row, reader);
        expect(said(cell)).toEqual(said(ruleTable.match === 'first' ? alone.slice(0, 1) : alone));
        expect(said(singly.find(row))).toEqual(said(cell));
        // Found again without judging.
        expect(cells.find(row)).toBe(cell);
      }
      expect(cells.judged).toBeLessThanOrEqual(rows.length);
    }),
    { numRuns: 400 },
  );
});

test('many rows of few classes are judged once a cell', async () => {
  const rows = Array.from({ length: 5000 }, (_, at) => [
    at % 2 ? 'US' : 'DE',
    at % 3 ? 'Lumen' : 'Nobody',
    at % 5 ? '' : `${at} Elm St`,
    '',
    '',
    `+1408${String(5550000 + at)}`,
  ]);
  const facts = new Facts(rules, books, randomTable(rows), {
    customer: new Map(),
    references: new Map(),
    batch: null,
  });
  const reader = new Reader(facts);
  const matrix = rules.tables.find((one) => one.file.endsWith('address-matrix.yaml')) as RuleTable;
  const cells = new Cells(matrix, facts, reader);
  for (const index of rows.keys()) {
    const row = facts.start(index);
    if (!cells.find(row)) await cells.learn(row);
  }
  expect(cells.judged).toBeLessThan(20);
});

test('among many rules, those that may hold are found by what they want a fact to be', () => {
  const matrix = rules.tables.find((one) => one.file.endsWith('address-matrix.yaml')) as RuleTable;
  const [plain] = matrix.rules.slice(-1) as [Rule];
  const wants = (fact: string, key: string) => ({
    fact,
    op: { kind: 'equals', keys: [key], written: [key] } as const,
    place: plain.place,
    written: key,
  });
  const list = ['US', 'GB', 'DE'].flatMap((country) =>
    ['Lumen', 'Inteliquent', 'Bandwidth', 'Verizon', 'Sinch', ''].map((carrier): Rule => {
      const when = [
        wants('country', country),
        ...(carrier === '' ? [] : [wants('carrier', books.carriers.key(carrier))]),
      ];
      return { ...plain, id: `${country}-${carrier}`, when };
    }),
  );
  const table: RuleTable = { ...matrix, match: 'all', rules: [{ ...plain, id: 'any', when: [] }, ...list] };
  const facts = new Facts(rules, books, randomTable([['uk', 'Level 3', '', '', '', '']]), context());
  const singly = new Singly(table, new Reader(facts));
  const ids = () => singly.find(facts.start(0)).map(({ rule }) => rule.id);
  expect(ids()).toEqual(['any', 'GB-Lumen', 'GB-']);
  // As if it named no country: it holds though the index does not know.
  singly.swap({ ...(list[0] as Rule), when: (list[0] as Rule).when.slice(1) });
  expect(ids()).toEqual(['any', 'US-Lumen', 'GB-Lumen', 'GB-']);
  singly.swap(null);
  expect(ids()).toEqual(['any', 'GB-Lumen', 'GB-']);
});
