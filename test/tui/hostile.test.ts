/** Whatever a file, a person or the disk says: a terminal is told nothing but by us. */
import { expect, test } from 'vitest';
import { CsrError } from '../../src/engine/problem.ts';
import type { Grid } from '../../src/engine/table.ts';
import { frameOf } from '../../src/tui/frame.ts';
import { Agent, gridOf, memoryOpening, SAMPLE } from './agent.ts';

/** A terminal would obey, reorder or hide each of these; C1 is among them, a tag character and half a pair. */
const HOSTILE =
  'E\u001b[2J\u001b]0;t\u0007\u009b31m\u202e\u2066\u200b\u200d\ufeff\u00ad\u2028\u0000\u{e0041}\ud800v';

/** What is on a screen that must not be there. */
function obeyed(agent: Agent): string[] {
  return frameOf(agent.view, agent.world)
    .lines.flat()
    .flatMap((one) => one.text.match(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu) ?? []);
}

/** The sample with a hostile column, and two hostile rows: one with a good number, one that is asked about and flagged. */
function hostileGrid(header?: readonly string[]): Grid {
  const grid = gridOf(SAMPLE, `folder/8x8_${HOSTILE}_CSR.csv`);
  const [first = [], ...rest] = grid.records;
  const row = (number: string) => [number, ...new Array(first.length).fill(HOSTILE)];
  const twoLines = row('+14085550199').with(7, `${HOSTILE}\n${HOSTILE}`);
  return {
    ...grid,
    records: [
      header ?? [...first, HOSTILE],
      ...rest,
      twoLines,
      row(HOSTILE).with(1, 'DE').with(3, `=${HOSTILE}`),
    ],
    places: [...grid.places, grid.places.length + 1, grid.places.length + 2],
  };
}

const SIZES: readonly (readonly [number, number])[] = [
  [60, 16],
  [80, 24],
  [120, 40],
  [220, 60],
];

test.each(SIZES)(
  'at %ix%i nothing that is read, typed or told reaches the terminal as it is',
  async (...size) => {
    const opening = memoryOpening(hostileGrid());
    const { open } = opening;
    opening.open = async (choice, keep) => {
      const desk = await open.call(opening, choice, keep);
      const ragged = { code: 'ragged', severity: 'warning', message: HOSTILE, help: HOSTILE } as const;
      const preview = () => `would write ${HOSTILE}`;
      return Object.assign(desk, { session: `${HOSTILE}.session`, notices: [ragged], preview });
    };
    const agent = await Agent.at(opening, size, 'beginning');
    const seen: string[] = [];
    const look = (name: string) => {
      expect(obeyed(agent), name).toEqual([]);
      seen.push(agent.screen);
    };
    /** Keys, then what is pasted, then keys again; then back to where it began. */
    const visit = async (name: string, keys: string, pasted: string | null = null, further = '') => {
      await agent.sends(keys);
      if (pasted !== null) await agent.pastes(pasted);
      look(`${name}, before`);
      await agent.sends(further);
      look(`${name}, after`);
      for (let depth = 0; agent.view.layers.length > 0 && depth < 5; depth++) await agent.sends('\u001b');
    };
    look('notices');
    await agent.sends('\u001b');
    expect(agent.view.screen).toBe('intake');
    await visit('customer name', 'g\r', HOSTILE, '\r');
    await visit('customer name again', 'g\r', null, '\u0001');
    await agent.sends('\t');
    await agent.goesTo((list) => list.kind === 'all');
    for (const last of ['Gk', 'G']) {
      await visit('row', last);
      await visit('choice of a cell', `${last}c`, null, 'k');
      await visit('hostile header', `${last}c${'\u001b[B'.repeat(9)}\r`, HOSTILE, '\r');
      await visit('filter', `${last}/`, HOSTILE, '\r');
      await agent.sends('\u001b\u001b');
      await visit('note', `${last}m`, HOSTILE, '\r');
      await visit('escalation', `${last}e`, HOSTILE, '\u001b[Z\u0015x\r\r');
      await visit('escalation to', `${last}e\u001b[Z`, HOSTILE, '\r\r');
      await visit('confirmation', `${last} km`, HOSTILE, '\r');
      await visit('correction', `-${last}ccarrier\r`, HOSTILE, '\r');
      await visit('rejection', `${last}l`, HOSTILE, '\r\r');
      await visit('palette', `${last}:`, HOSTILE, '\r');
      await visit('explanation', `${last}x`, null, '\u001b[6~');
      await visit('proposal', `${last}P`, HOSTILE);
      await visit('answer', `${last}i`, HOSTILE, '\r');
      await visit('copy', `${last}y`);
      await visit('copies', `${last} ky`, null, '-');
      await visit('detail', `${last}\t`, null, 'G\t\t');
    }
    await visit('batch', 'GB', HOSTILE, '\r');
    await visit('delivery', 'GX', null, 'cw\r');
    await visit('help', 'G?', null, 'G');
    for (const list of agent.world.work?.lists() ?? []) {
      // A flag may be gone with the cell that was corrected.
      if (!agent.world.work?.list(list.id)) continue;
      await agent.goesTo((one) => one.id === list.id);
      await visit(list.title, '');
      await visit(list.title, '\u001b[Z', null, '\t');
      await visit(`acknowledge ${list.title}`, 'K');
      await visit(`answer ${list.title}`, 'A', HOSTILE, '\r');
      await visit(`offers of ${list.title}`, 'O');
      await visit(`steps of ${list.title}`, '1');
      await visit(`answer of a row of ${list.title}`, 'i', null, '\u001b[B');
      await visit(`none of ${list.title}`, 'b');
    }
    await agent.goesTo((list) => list.group?.country === 'DE');
    await visit('pasted table', 'p', `+14085550199\t${HOSTILE}\nx${HOSTILE}\ty`);
    await visit('first answer', 'i', HOSTILE, '\r');
    await visit('earlier answer', 'i', null, '\u001b[B');
    await visit('exclusion', '-d', HOSTILE, '\r');
    await agent.goesTo((list) => list.kind === 'excluded');
    await visit('excluded row', 'x');
    agent.desk.record = async () => {
      throw new CsrError({ code: 'no-space', severity: 'error', message: `${HOSTILE}: full`, help: HOSTILE });
    };
    await visit('failed write', 'm', 'x', '\r');
    agent.review.blockers = () => [];
    agent.desk.deliver = async () => ({
      files: [`${HOSTILE}.csv`],
      handOver: HOSTILE,
      notices: [{ code: 'x', severity: 'warning', message: HOSTILE }],
    });
    await visit('hand-over', 'X', null, '\r');
    const done = [...new Set(agent.deeds.map((deed) => deed.type))].sort();
    expect(done).toEqual(['answer', 'edit', 'escalate', 'exclude', 'intake', 'note', 'tick']);
    // The marks stand where the characters were: this test saw them.
    for (const mark of ['\u241b', '\u27e8009B\u27e9', '\u27e8202E\u27e9'])
      expect(seen.join()).toContain(mark);
  },
);

test('nor do headers that no layout explains, and what stands under them', async () => {
  const header = ['Rufnummer', ...Array.from({ length: 9 }, (_, at) => `${HOSTILE}${at}`)];
  const grid = hostileGrid(header);
  const agent = await Agent.at(
    memoryOpening({ ...grid, records: [header, ...grid.records.slice(-2)] }),
    [120, 40],
  );
  expect(agent.view.screen).toBe('mapping');
  for (const keys of ['', 'gj\r', 'rufnummer\r', '\r', '\u001b[B\u001b[B', '\r', 'k', 's', '\t']) {
    await agent.sends(keys);
    expect(obeyed(agent), JSON.stringify(keys)).toEqual([]);
  }
  expect(agent.screen).toContain('\u27e8202E\u27e9');
});
