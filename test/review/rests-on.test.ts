import { expect, test } from 'vitest';
import { answering, eventOf, HEADER, reviewOf, rowOf, rulesOf } from './session-of.ts';

const ONE = `${HEADER}\n+14085550101,US,Lumen,1,Ana,O'Neil,+14085550101,,`;
const KINDLESS = { name: 'Acme', customerId: '1', accountKind: 'legacy-crm' };

/** Two questions, the second resting on the first one's fact. */
const ASKS = {
  'asks.yaml': `kind: rules
title: Questions
stage: facts
match: all
rules:
  - id: ask-category
    title: Category
    when: { company: blank, category: blank }
    then: { ask: category }
    why: w
    source: { document: d }
    basis: ours
    examples: [{ given: { country: US }, expect: { ask: category } }]
  - id: ask-company
    title: Company
    when: { status: blank, company: blank }
    then: { ask: company }
    why: w
    source: { document: d }
    basis: ours
    examples: [{ given: { country: US }, expect: { ask: company } }]
`,
};

test('an answer to the last rule of a table falls with what kept the rules above from deciding', async () => {
  const review = await reviewOf(ONE, { customer: KINDLESS });
  await review.apply(eventOf(answering(review, '+14085550101', { origin: 'ported' })));
  await review.apply(eventOf(answering(review, '+14085550101', { address: '9 Oak St, Reno, NV 89501' })));
  expect(review.status(0)).toBe('ready');
  await review.apply(eventOf({ type: 'intake', facts: { accountKind: 'migrated' } }));
  expect(review.status(0)).toBe('unresolved');
  expect(review.decision(0).tasks.map((task) => task.procedure)).toEqual(['crm-port-order']);
});

test('an answered question is open again where the fact it rested on was answered otherwise', async () => {
  const review = await reviewOf(ONE, { rules: rulesOf(ASKS) });
  const row = rowOf(review, '+14085550101');
  await review.apply(eventOf(answering(review, '+14085550101', { category: 'local' })));
  expect(review.evaluator.value(row, 'category')).toBe('local');
  await review.apply(eventOf(answering(review, '+14085550101', { company: 'Acme' })));
  // The question about the category is asked of rows without a company only.
  expect(review.evaluator.value(row, 'category')).toBe('');
});
