/** Whatever is pressed, in whatever order and window: the screen holds together, and undo takes all of it back. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Review } from '../../src/review/review.ts';
import { frameOf } from '../../src/tui/frame.ts';
import { lineWidth } from '../../src/tui/theme.ts';
import { placeText } from '../../src/tui/view.ts';
import { Agent, memoryOpening, SAMPLE } from './agent.ts';

/** What a review has come to, by all that a deed can touch. */
function meaning(review: Review): unknown {
  const { state, table, evaluator } = review;
  const rows = [...table.rows.keys()].map((row) => [
    review.status(row),
    evaluator.facts.cellSlots.map((slot) => evaluator.value(row, evaluator.facts.slots[slot] as string)),
    review.decision(row).tasks.map((task) => task.key),
    review.decision(row).answered.map(({ task }) => task.key),
    state.notes.get(row) ?? [],
    state.escalated.get(row)?.note ?? null,
    evaluator.flags(row).map((flag) => [flag.rule, review.isAcknowledged(row, flag)]),
  ]);
  const ticks = [...state.ticks].map(([group, steps]) => [group, [...steps].sort()]);
  return {
    rows,
    customer: [...state.customer].sort(),
    batch: state.batch && [...state.batch],
    ticks: ticks.filter(([, steps]) => (steps as number[]).length > 0).sort(),
  };
}

const PLACES: Readonly<Record<string, (agent: Agent) => Promise<void>>> = {
  origin: (agent) => agent.goesTo((list) => list.group?.kind === 'ask'),
  germany: (agent) => agent.goesTo((list) => list.group?.country === 'DE'),
  offers: (agent) => agent.goesTo((list) => list.group?.kind === 'offer'),
  flags: (agent) => agent.goesTo((list) => list.flag?.severity === 'error'),
  excluded: async (agent) => {
    await agent.goesTo((list) => list.group?.country === 'DE');
    await agent.sends('dnot theirs\r');
    await agent.goesTo((list) => list.kind === 'excluded');
  },
};

/** Every kind of decision: where it is made, its keys, what is pasted. */
const DECISIONS: readonly (readonly [name: string, place: string, keys: string, pasted?: string])[] = [
  ['an answer for a row', 'germany', 'iHauptstr. 5\r'],
  ['an answer for a group', 'origin', 'A1\r\r'],
  ['an answer for marked rows', 'germany', '*SHauptstr. 5\r\r'],
  ['that there is none', 'germany', 'b\r'],
  ['an offer', 'offers', 'Igj\r0012345\r\to'],
  ['a pasted table', 'germany', 'p', '+4930555010\tHauptstr. 5\n+4930555011\tNebenstr. 6'],
  ['a step', 'germany', '1'],
  ['a correction', 'germany', 'cfirst\r\u0015Kim\r'],
  ['a correction of marked rows', 'germany', '*cfirst\r\u0015Kim\r\r'],
  ['an acknowledgement', 'flags', 'a'],
  ['all acknowledgements', 'flags', 'Ky'],
  ['an exclusion', 'germany', 'dnot theirs\r'],
  ['an inclusion', 'excluded', 'D'],
  ['a note', 'germany', 'mcalled\r'],
  ['an escalation', 'germany', 'eno access\r'],
  ['an answer of the intake', 'germany', 'Ig\rAcme\r'],
  ['an answer of the intake taken back', 'germany', 'Ig\rAcme\rg\u007f'],
  ['a batch', 'germany', 'B', '+4930555010'],
];

test.each(DECISIONS.map(([name, place, keys, pasted = '']) => [name, place, keys, pasted] as const))(
  'undo takes %s back and redo does it again, each over a restart',
  async (name, place, keys, pasted) => {
    const first = await Agent.at();
    await (PLACES[place] as (agent: Agent) => Promise<void>)(first);
    const before = meaning(first.review);
    const count = first.deeds.length;
    await first.sends(keys);
    if (pasted !== '') {
      await first.pastes(pasted);
      await first.sends('\r');
    }
    const done = first.deeds.length - count;
    expect(done, name).toBeGreaterThan(0);
    const after = meaning(first.review);
    expect(after).not.toEqual(before);
    const restarted = (agent: Agent) => Agent.at(memoryOpening(SAMPLE, agent.desk.journal));
    const second = await restarted(first);
    expect(meaning(second.review)).toEqual(after);
    await second.sends('u'.repeat(done));
    expect(meaning(second.review)).toEqual(before);
    const third = await restarted(second);
    expect(meaning(third.review)).toEqual(before);
    await third.sends('U'.repeat(done));
    expect(meaning(third.review)).toEqual(after);
  },
);

const CHARS = [...'jkgGnN[]v*-/iASoObpacdDmelPxyuUIBX:?q123456789wst fr \t\r'].filter((key) => key !== 'q');
const press = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...CHARS) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '\u001b',
      '\r',
      '\u001b[A',
      '\u001b[B',
      '\u001b[5~',
      '\u001b[6~',
      '\u001b[Z',
      '\u007f',
      '\u0015',
      '\u001a',
      '\u0019',
      '\u000f',
      '\u000c',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('Hauptstr. 5', '東京', '+14155550100', '01P123456ABC', '(none)', '👨‍👩‍👧‍👦'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '\u001b[200~a\nb\u001b[201~',
      '\u001b[200~+4930555010\tx\n+4930555011\ty\u001b[201~',
      '\u001b[<0;1;1M',
      '\u001b[I',
    ),
  },
);
const size = fc.constantFrom([80, 24], [120, 40], [60, 16], [59, 16], [100, 20], [1, 1]) as fc.Arbitrary<
  [number, number]
>;

test('any keys in any window: every frame fits, every deed is undone by as many u', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 20, arbitrary: press }, { weight: 1, arbitrary: size }), { maxLength: 80 }),
      async (inputs) => {
        const agent = await Agent.at();
        const before = meaning(agent.review);
        for (const input of inputs) {
          if (typeof input === 'string') await agent.sends(input);
          else agent.resizes(...input);
          const { columns, rows } = agent.view.size;
          const { lines, caret } = frameOf(agent.view, agent.world);
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(columns);
          if (caret && columns >= 60) expect([caret.x < columns, caret.y < rows]).toEqual([true, true]);
        }
        // Whatever lies over the rows is left; what was decided is decided.
        agent.resizes(80, 24);
        const rest = await Agent.at(
          memoryOpening(SAMPLE, agent.desk.journal),
          [80, 24],
          'beginning',
          placeText(agent.view),
        );
        expect(meaning(rest.review)).toEqual(meaning(agent.review));
        expect(frameOf(rest.view, rest.world).lines).toHaveLength(24);
        const undone = await Agent.at(memoryOpening(SAMPLE, agent.desk.journal));
        for (let count = undone.review.state.done.length; count > 0; count--) await undone.sends('u');
        expect(meaning(undone.review)).toEqual(before);
      },
    ),
    { numRuns: 40 },
  );
});
