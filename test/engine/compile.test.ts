import fc from 'fast-check';
import { Engine } from 'json-rules-engine';
import { describe, expect, it } from 'vitest';
import { showJson } from '../../src/commands/rules/folder.ts';
import { type CompiledRules, type CompiledTable, compileRules } from '../../src/engine/compile.ts';
import { Reader } from '../../src/engine/conditions.ts';
import { Evaluator } from '../../src/engine/decide.ts';
import { judge } from '../../src/engine/evaluate.ts';
import { Facts, type RowState } from '../../src/engine/facts.ts';
import { addOperators, readerOf } from '../../src/engine/host.ts';
import type { RuleSet, RuleTable } from '../../src/engine/rule.ts';
import { builtIn } from '../built-in.ts';
import { books, context, randomTable, rowTexts, rules, tables } from './random-rules.ts';

/** The document as a host has it: nothing but what JSON keeps. */
function asRead(set: RuleSet): CompiledRules {
  return JSON.parse(JSON.stringify(compileRules(set)));
}

type Texts = (fact: string) => string | readonly string[];

/** What a host's own engine says of a row: the rules that hold or are open, in the order of their events. */
async function hosted(document: CompiledRules, table: CompiledTable, textOf: Texts): Promise<string[]> {
  const engine = new Engine(table.rules as never, { allowUndefinedFacts: true });
  addOperators(engine);
  const read = readerOf(document);
  for (const fact of Object.keys(document.facts)) engine.addFact(fact, () => read(fact, textOf(fact)));
  const { events } = await engine.run();
  const said = new Map<string, string>();
  for (const { type, params } of events) {
    const rule = String(params?.rule);
    // A rule that holds is in no doubt.
    if (!said.has(rule)) said.set(rule, `${rule} ${type}`);
  }
  return [...said.values()];
}

function texts(reader: Reader, row: RowState): Texts {
  return (fact) => (fact === 'any-cell' ? reader.cells(row).map(({ text }) => text) : reader.text(fact, row));
}

async function judged(table: RuleTable, row: RowState, reader: Reader): Promise<string[]> {
  const verdicts = await judge(table.rules, row, reader);
  return verdicts.map(({ rule, unreadable }) => `${rule.id} ${unreadable.length > 0 ? 'doubts' : 'decides'}`);
}

/** Every condition of a rule, however deep. */
function conditions(node: unknown): { fact: string; operator: string; value: unknown }[] {
  if (node === null || typeof node !== 'object') return [];
  if ('operator' in node && 'fact' in node)
    return [node as { fact: string; operator: string; value: unknown }];
  return Object.values(node).flatMap(conditions);
}

const tablesOf = ({ stages, lookUps }: CompiledRules) => [...stages.flatMap((one) => one.tables), lookUps];

describe('the compiled document', () => {
  const document = asRead(rules);

  it('is the same for the same rules, to the letter, and has lost nothing as JSON', () => {
    expect(showJson(compileRules(builtIn()))).toBe(showJson(compileRules(rules)));
    expect(compileRules(rules)).toEqual(document);
  });

  it('has every rule and look-up, in the tables of its stages', () => {
    const ids = rules.tables.flatMap((table) => table.rules.map((rule) => rule.id));
    const decided = document.stages.flatMap(({ tables }) => tables.flatMap((table) => table.rules));
    expect(decided.filter(({ event }) => event.type === 'decides').map(({ name }) => name)).toEqual(ids);
    expect(document.lookUps.rules).toHaveLength(rules.lookUps.length);
    expect(document.corrections.flatMap(({ cells }) => cells)).toContain('null');
    expect(document.stages.map(({ stage }) => stage)).toEqual([
      'scope',
      'facts',
      'address',
      'fields',
      'checks',
    ]);
  });

  it('loads into an engine that knows nothing of ours, and lists the operators it must be taught', () => {
    const named = new Set(document.operators.map(({ name }) => name));
    for (const table of tablesOf(document)) {
      new Engine(table.rules as never, { allowUndefinedFacts: true });
      for (const { operator, fact } of conditions(table.rules)) {
        expect(named).toContain(operator);
        expect(Object.keys(document.facts)).toContain(fact);
      }
    }
    const taught: string[] = [];
    addOperators({ addOperator: (name: unknown) => void taught.push(String(name)) });
    expect(taught.sort()).toEqual([...named].sort());
  });

  it('says what a rule does, why, and where it stands', () => {
    const rule = document.stages
      .flatMap(({ tables }) => tables.flatMap((table) => table.rules))
      .find(({ name }) => name === 'us-blank-ported-lumen-migrated');
    expect(rule?.event.params).toMatchObject({
      actions: [{ do: 'look-up', procedure: 'crm-port-order', for: [{ field: 'address', pattern: null }] }],
      basis: 'stated',
      place: expect.stringMatching(/^rules\/address-matrix\.yaml:\d+$/),
    });
    const rio = document.lookUps.rules.find(({ event }) => JSON.stringify(event).includes('"rio"'));
    expect(JSON.stringify(rio?.event.params)).toContain('"pattern":"^');
  });

  it('leaves a rule out that does not hold on the day', () => {
    const dated = (until: string) => ({
      'dated.yaml': `kind: rules
title: Dated
stage: checks
match: all
rules:
  - id: dated
    title: Dated
    when: { country: US }
    then: { flag: x }
    why: w
    source: { document: d }
    basis: ours
    until: ${until}
    examples: [{ given: { country: US }, expect: { flag: dated } }]
`,
    });
    const names = (set: RuleSet) => JSON.stringify(compileRules(set)).includes('"dated"');
    expect(names(builtIn(dated('2025-12-31'), '2026-01-01'))).toBe(false);
    expect(names(builtIn(dated('2026-12-31'), '2026-01-01'))).toBe(true);
  });
});

describe('a host that judges by the document', () => {
  it('comes to the verdicts of csr, on random rules and rows', async () => {
    let doubts = 0;
    let held = 0;
    await fc.assert(
      fc.asyncProperty(tables, fc.array(rowTexts, { minLength: 1, maxLength: 6 }), async (table, rows) => {
        const document = asRead({ ...rules, tables: [table] });
        const [compiled] = document.stages[0]?.tables ?? [];
        const facts = new Facts(rules, books, randomTable(rows), context());
        const reader = new Reader(facts);
        for (const index of rows.keys()) {
          const row = facts.start(index);
          const wanted = await judged(table, row, reader);
          expect(await hosted(document, compiled as CompiledTable, texts(reader, row))).toEqual(wanted);
          held += wanted.length;
          doubts += wanted.filter((one) => one.endsWith('doubts')).length;
        }
      }),
      { numRuns: 300 },
    );
    expect(held).toBeGreaterThan(500);
    expect(doubts).toBeGreaterThan(20);
  });

  it('comes to the verdicts of csr, on the built-in rules', async () => {
    const document = asRead(rules);
    const held = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(rowTexts, { minLength: 4, maxLength: 4 }), async (rows) => {
        const facts = new Facts(rules, books, randomTable(rows), context());
        const reader = new Reader(facts);
        for (const index of rows.keys()) {
          const row = facts.start(index);
          for (const table of rules.tables) {
            const stage = document.stages.find((one) => one.stage === table.stage);
            const compiled = stage?.tables.find(({ file }) => file === table.file) as CompiledTable;
            const wanted = await judged(table, row, reader);
            expect(await hosted(document, compiled, texts(reader, row))).toEqual(wanted);
            for (const one of wanted) held.add(one);
          }
        }
      }),
      { numRuns: 25 },
    );
    expect(held.size).toBeGreaterThan(15);
  });

  it('finds the look-up that csr finds, for every country and carrier that any names, and for others', async () => {
    const document = asRead(rules);
    const named = (key: 'country' | 'carrier') => [
      ...new Set(['', 'Nobody', ...rules.lookUps.map((lookUp) => lookUp[key] ?? 'US')]),
    ];
    // One rule that sends every row to the look-ups.
    const [table] = builtIn({
      'all.yaml': `kind: rules
title: All
stage: address
match: all
rules:
  - id: all
    title: All
    then: { look-up: by-carrier, for: address }
    why: w
    source: { document: d }
    basis: ours
    examples: [{ given: { country: US }, expect: { status: unresolved } }]
`,
    }).tables.filter(({ file }) => file === 'all.yaml') as [RuleTable];
    const pairs = named('country').flatMap((country) =>
      named('carrier').map((carrier) => [country, carrier]),
    );
    const rows = pairs.map(([country = '', carrier = '']) => [country, carrier, '', '', '', '+14085550101']);
    const evaluator = new Evaluator({ ...rules, tables: [table] }, randomTable(rows), context(), books);
    await evaluator.decideAll();
    const found = new Set<string | null>();
    for (const [index, [country = '', carrier = '']] of pairs.entries()) {
      const texts: Texts = (fact) => (fact === 'country' ? country : fact === 'carrier' ? carrier : '');
      const [first = ''] = await hosted(document, document.lookUps, texts);
      const wanted = evaluator.decision(index).tasks[0]?.lookUp ?? null;
      expect([country, carrier, first.split(' ')[0]]).toEqual([country, carrier, wanted]);
      found.add(wanted);
    }
    expect(found.size).toBe(rules.lookUps.length);
  });
});
