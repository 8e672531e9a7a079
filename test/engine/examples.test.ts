import { expect, test } from 'vitest';
import { makeBooks } from '../../src/engine/decide.ts';
import {
  decideGiven,
  fieldsOf,
  GivenRows,
  runExample,
  runExamples,
  tellable,
} from '../../src/engine/examples.ts';
import { showPlace } from '../../src/engine/problem.ts';
import { builtIn } from '../built-in.ts';

test('every example beside the built-in rules holds', async () => {
  const { passed, failures } = await runExamples(builtIn());
  const said = failures.map(
    ({ rule, place, wanted, came }) => `${showPlace(place)} ${rule}: wanted ${wanted}; came ${came}`,
  );
  expect(said).toEqual([]);
  expect(passed).toBeGreaterThan(100);
});

test('rows of examples come to the same alone, together, and judged singly', async () => {
  const rules = builtIn();
  const books = makeBooks(rules);
  const owners = [...rules.tables.flatMap((table) => table.rules), ...rules.lookUps];
  const all = owners.flatMap((owner) => owner.examples.map((example) => ({ owner, example })));
  // Counts and duplicates of the file are those of the row alone.
  const counted = [
    { phoneNumber: '+14085550101', country: 'US', carrier: 'Lumen' },
    { phoneNumber: '+14085550101', country: 'US', carrier: 'Bandwidth', company: 'Acme' },
    { phoneNumber: '+14085550100', country: 'US', carrier: 'Lumen', company: 'Other' },
  ].map((given) => ({
    owner: owners[0] as (typeof owners)[number],
    example: { given, expect: null, expectNot: { set: {} }, place: { file: '', line: 1, column: 1 } },
  }));
  const rows = [...all, ...counted];
  const givens = rows.map(({ example }) => example.given);
  const together = new GivenRows(rules, fieldsOf(givens), 'alone', books);
  const singly = new GivenRows(rules, fieldsOf(givens), 'singly', books);
  // Fields that nobody has named beforehand are columns as well.
  const unnamed = new GivenRows(rules, ['country'], 'singly', books);
  await together.decide(givens);
  await unnamed.decide(givens);
  await singly.decide(givens);
  for (const { owner, example } of rows) {
    const { decision } = await runExample(rules, owner, example, books);
    const ids = decision.acted.map(({ id }) => id);
    const texts = new Set(decision.values.filter((text) => text !== ''));
    for (const other of [together, singly, unnamed]) {
      const [one] = await other.decide([example.given]);
      if (!one) throw new Error('not decided');
      expect(one.acted.map(({ id }) => id)).toEqual(ids);
      expect(new Set(one.values.filter((text) => text !== ''))).toEqual(texts);
      expect(tellable({ ...one, values: [] }, [])).toBe(tellable({ ...decision, values: [] }, []));
    }
  }
});

test('that there is none is said in any case, as in an answers file', async () => {
  const rules = builtIn({
    'ours.yaml': `kind: rules
stage: facts
match: all
rules:
  - { id: ask-pin, title: t, when: { pin: blank }, then: { ask: pin }, why: w, source: { document: d }, basis: stated, examples: [{ given: {}, expect: { ask: pin } }, { given: { pin: "1" }, expect-not: { ask: pin } }] }
`,
  });
  for (const said of ['(none)', '(None)', ' (NONE) ']) {
    for (const given of [{ pin: said }, { pin: '1', 'edited.pin': said }]) {
      const { evaluator, decision } = await decideGiven(rules, given);
      expect(decision.answered.map(({ answer }) => answer.values)).toContainEqual({ pin: '' });
      expect(decision.values[evaluator.facts.slot('pin')] ?? '').toBe('');
    }
  }
});
