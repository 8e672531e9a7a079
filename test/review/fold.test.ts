import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryOf } from '../../src/review/answers.ts';
import { type Deed, type Event, isUndoable } from '../../src/review/event.ts';
import { Review } from '../../src/review/review.ts';
import { applyTo, fold, SessionState } from '../../src/review/session.ts';
import { CUSTOMER, decisionsOf, eventOf, HEADER, rulesOf, startOf, tableOf } from './session-of.ts';

const TABLE = [
  HEADER,
  "+14085550101,US,Lumen,1,Ana,O'Neil,+14085550101,,null",
  "+14085550102,US,Sinch,,Ana,O'Neil,,,null",
  '+33155501012,FR,Orange,1,,,+33155501012,default,null',
  "+4930555010,,Colt,1,Ana,O'Neil,+4930555010,default,null",
  "+442075550115,GB,Gamma,1,Ana,O'Neil,+442075550115,default,null",
  '+14085550103,US,Inteliquent,2,=1+1,O\'Neil,+14085550103,"1 Elm St, Reno, NV 89501",1234',
].join('\n');

/** Rows whose BTN is the lowest of their carrier's, so that one row's carrier decides others. */
const LEGACY = [
  'a,b,c,Local Number,Carrier',
  '1,2,3,+14085550110,Bandwidth',
  '1,2,3,4085550109,',
  '1,2,3,+14085550108,Verizon',
  '1,2,3,+14085550107,Bandwidth.com',
  '1,2,3,+442075550115,',
  '1,2,3,+4930555010,Onvoy LLC',
].join('\n');

const ROWS = 6;

/** What a session's state says, without the order in which it was said. */
function saidBy(state: SessionState): unknown {
  const { done, undone, last, ...said } = state;
  return {
    ...said,
    start: said.start,
    inputs: [...said.inputs]
      .filter(
        ([, { answers, edits, excluded }]) =>
          answers.length > 0 || Object.keys(edits).length > 0 || excluded !== null,
      )
      .sort(([a], [b]) => a - b),
    done: done.length,
  };
}

const rows = fc.uniqueArray(fc.nat(ROWS - 1), { minLength: 1, maxLength: 3 });
const text = fc.constantFrom('', 'x', '1 Elm St, Reno, NV 89501', 'Germny', 'US', 'DE', '=2+2', 'Zoë');

/** Deeds that need no knowledge of what is open. */
const freeDeed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    type: fc.constant('edit' as const),
    rows,
    field: fc.constantFrom('address', 'country', 'carrier', 'pin'),
    text,
  }),
  fc.record({ type: fc.constant('exclude' as const), rows, reason: text }),
  fc.record({ type: fc.constant('include' as const), rows }),
  fc.record({ type: fc.constant('note' as const), rows, text }),
  fc.record({ type: fc.constant('escalate' as const), rows, to: text, note: text }),
  fc.record(
    { type: fc.constant('batch' as const), rows: fc.option(rows), via: fc.constant('typed' as const) },
    { requiredKeys: ['type', 'rows'] },
  ),
  fc.record({
    type: fc.constant('intake' as const),
    facts: fc.dictionary(
      fc.constantFrom('accountKind', 'billingAddress', 'customerId'),
      fc.option(fc.constantFrom('', 'migrated', 'express')),
    ),
  }),
  fc.record({
    type: fc.constant('tick' as const),
    group: fc.constantFrom('a', 'b'),
    step: fc.nat(2),
    done: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('acknowledge' as const),
    flags: fc.array(
      fc.record({
        row: fc.nat(ROWS - 1),
        rule: fc.constant('formula'),
        field: fc.constant(null),
        message: text,
      }),
      { maxLength: 2 },
    ),
  }),
  fc.record({
    type: fc.constant('answer' as const),
    via: fc.constantFrom('typed' as const, 'offer' as const),
    entries: fc.array(
      fc.record({
        row: fc.nat(ROWS - 1),
        task: fc.constantFrom('k', 'l'),
        restsOn: fc.constantFrom('[]', '[1]'),
        values: fc.dictionary(fc.constantFrom('address', 'pin'), text),
      }),
      { maxLength: 3 },
    ),
  }),
  fc.constant<Deed>({ type: 'undo' }),
  fc.constant<Deed>({ type: 'redo' }),
);

describe('the fold', () => {
  const start = startOf(tableOf(TABLE));
  const events = (deeds: readonly Deed[]): Event[] => [start, ...deeds.map(eventOf)];

  test('with an undo at its end is the fold without the last deed that undo reaches', () => {
    fc.assert(
      fc.property(fc.array(freeDeed, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), (deeds, times) => {
        const before = events(deeds);
        const { done } = fold(before);
        const undone = fold([...before, ...Array.from({ length: times }, () => eventOf({ type: 'undo' }))]);
        const taken = new Set(done.slice(Math.max(0, done.length - times)));
        expect(saidBy(undone)).toEqual(saidBy(fold(standing(before).filter((event) => !taken.has(event)))));
      }),
      { numRuns: 300 },
    );
  });

  test('with as many redos as undos is the fold without either', () => {
    fc.assert(
      fc.property(fc.array(freeDeed, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), (deeds, times) => {
        const before = events(deeds);
        const count = Math.min(times, fold(before).done.length);
        const there = Array.from({ length: count }, () => eventOf({ type: 'undo' }));
        const back = Array.from({ length: count }, () => eventOf({ type: 'redo' }));
        expect(saidBy(fold([...before, ...there, ...back]))).toEqual(saidBy(fold(before)));
      }),
      { numRuns: 300 },
    );
  });

  test('is what its events make one after the other', () => {
    fc.assert(
      fc.property(
        fc.array(
          freeDeed.filter(({ type }) => type !== 'undo' && type !== 'redo'),
          { maxLength: 20 },
        ),
        (deeds) => {
          const state = new SessionState();
          const said = events(deeds);
          for (const event of said) applyTo(state, event);
          expect(saidBy(state)).toEqual(saidBy(fold(said)));
        },
      ),
    );
  });

  test('survives being written and read', () => {
    fc.assert(
      fc.property(fc.array(freeDeed, { maxLength: 20 }), (deeds) => {
        const written = events(deeds);
        expect(saidBy(fold(JSON.parse(JSON.stringify(written))))).toEqual(saidBy(fold(written)));
      }),
    );
  });

  test('a new deed takes away what could be redone', () => {
    const note = (said: string) => eventOf({ type: 'note', rows: [0], text: said });
    const state = fold([start, note('a'), eventOf({ type: 'undo' }), note('b'), eventOf({ type: 'redo' })]);
    expect(state.notes.get(0)).toEqual(['b']);
  });
});

/** The events that count, in order, as undo and redo leave them. */
function standing(events: readonly Event[]): Event[] {
  const state = fold(events);
  const done = new Set(state.done);
  return events.filter(
    (event) => done.has(event) || (!isUndoable(event) && event.type !== 'undo' && event.type !== 'redo'),
  );
}

/** A step of an agent who looks at what is open: numbers choose among it. */
type Step =
  | { readonly do: 'answer'; readonly row: number; readonly task: number; readonly value: number }
  | { readonly do: 'deed'; readonly deed: Deed };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      row: fc.nat(ROWS - 1),
      task: fc.nat(3),
      value: fc.nat(5),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('deed' as const),
      deed: freeDeed.filter(({ type }) => type !== 'answer'),
    }),
  },
);

const VALUES: Readonly<Record<string, readonly string[]>> = {
  origin: ['ported', 'claimed'],
  country: ['US', 'DE', 'FR', 'GB'],
  rio: ['01P123456ABC', ''],
  portCase: ['yes', 'no'],
  carrier: ['Bandwidth', 'Verizon', 'Lumen'],
  decision: ['deliver it'],
};

/** The deed of a step, or null where nothing is open there. */
function deedOf(review: Review, said: Step): Deed | null {
  if (said.do === 'deed') return said.deed;
  const { tasks } = review.decision(said.row);
  const task = tasks[said.task % Math.max(1, tasks.length)];
  if (!task) return null;
  if (task.scope === 'file')
    return {
      type: 'intake',
      facts: { accountKind: ['migrated', 'express', 'x-series'][said.value % 3] as string },
    };
  const fields = task.for.length === 0 ? ['decision'] : task.for.map(({ field }) => field);
  const values: Record<string, string> = {};
  for (const [at, field] of fields.entries()) {
    const choices = VALUES[field] ?? ['', 'some text', '+14085550100'];
    // Now and then an answer leaves a field open.
    if (fields.length === 1 || (said.value + at) % 3 > 0)
      values[field] = choices[said.value % choices.length] as string;
  }
  return { type: 'answer', via: 'typed', entries: [entryOf(said.row, task, values)] };
}

describe.each([
  ['of the CSR tool', TABLE],
  ['of the Legacy CRM', LEGACY],
])('a review %s', (_, file) => {
  const table = tableOf(file);

  test('decided step by step is the review opened anew on its journal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), fc.boolean(), async (steps, known) => {
        const review = await Review.open((await opened(known)).rules, table, (await opened(known)).log);
        for (const said of steps) {
          const deed = deedOf(review, said);
          if (deed) await review.apply(eventOf(deed));
        }
        const again = await Review.open(review.rules, table, JSON.parse(JSON.stringify(review.log)));
        expect(decisionsOf(review)).toEqual(decisionsOf(again));
        expect(review.unresolved).toBe(again.unresolved);
        expect(review.summary()).toEqual(again.summary());
        expect(review.blockers(false)).toEqual(again.blockers(false));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('with its last deed undone is the review without it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), step, async (steps, last) => {
        const { rules, log } = await opened(true);
        const review = await Review.open(rules, table, log);
        for (const said of steps) {
          const deed = deedOf(review, said);
          if (deed) await review.apply(eventOf(deed));
        }
        const deed = deedOf(review, last);
        if (!deed || !isUndoable(deed)) return;
        const before = decisionsOf(review);
        await review.apply(eventOf(deed));
        await review.apply(eventOf({ type: 'undo' }));
        expect(decisionsOf(review)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('an answer closes the task it was given to, for good', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            do: fc.constant('answer' as const),
            row: fc.nat(ROWS - 1),
            task: fc.nat(3),
            value: fc.nat(5),
          }),
          { maxLength: 25 },
        ),
        async (steps) => {
          const { rules, log } = await opened(true);
          const review = await Review.open(rules, table, log);
          const closed = new Set<string>();
          for (const said of steps) {
            const { tasks } = review.decision(said.row);
            for (const { key, restsOn } of tasks)
              expect(closed).not.toContain(`${said.row} ${key} ${restsOn}`);
            const deed = deedOf(review, said);
            if (deed?.type !== 'answer') continue;
            await review.apply(eventOf(deed));
            for (const { row, task, restsOn, values } of deed.entries) {
              const asked = tasks.find(({ key }) => key === task);
              const fields = asked?.for.map(({ field }) => field) ?? [];
              if (fields.every((field) => values[field] !== undefined))
                closed.add(`${row} ${task} ${restsOn}`);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  const reviews = new Map<boolean, Promise<Review>>();
  /** A fresh review of the table, with or without its intake answered. */
  function opened(known: boolean): Promise<Review> {
    let review = reviews.get(known);
    if (!review) {
      const intake: Event[] = known ? [eventOf({ type: 'intake', facts: CUSTOMER })] : [];
      review = Review.open(rulesOf(), table, [startOf(table), ...intake]);
      reviews.set(known, review);
    }
    return review;
  }
});
