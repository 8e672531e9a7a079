import { expect, test } from 'vitest';
import { validateAnswer } from '../../src/review/answers.ts';
import { HEADER, openTask, reviewOf, rowOf } from './session-of.ts';

test('an answer that does not fit is refused in words, or with the pattern where there are none', async () => {
  const review = await reviewOf(`${HEADER}\n+33175550106,FR,Orange,,Ana,Lee,,"2125 Onel Dr",\n`);
  const row = rowOf(review, '+33175550106');
  const task = openTask(review, row, 'rio');
  const item = task.for.find(({ field }) => field === 'rio');
  if (!item) throw new Error('no field');
  expect(validateAnswer(review, task, item, '01P123456ABC')).toEqual({ text: '01P123456ABC' });
  expect(validateAnswer(review, task, item, 'abc')).toEqual({
    problem: 'RIO code is 12 capital letters or digits, not `abc`',
  });
  expect(validateAnswer(review, task, { ...item, format: null }, 'abc')).toEqual({
    problem: 'RIO code must match ^[A-Z0-9]{12}$, and `abc` does not',
  });
});
