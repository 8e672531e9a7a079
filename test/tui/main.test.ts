import type { ReadStream, WriteStream } from 'node:tty';
import { expect, test, vi } from 'vitest';
import { CsrError } from '../../src/engine/problem.ts';
import type { Opening } from '../../src/review/desk.ts';
import { runReview } from '../../src/tui/main.tsx';
import { placeText } from '../../src/tui/view.ts';
import { Agent, memoryOpening } from './agent.ts';
import { Grid } from './grid.ts';

const EVENTS = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGXFSZ',
  'SIGCONT',
  'uncaughtException',
  'unhandledRejection',
  'exit',
] as const;

function start(opening: Opening | Promise<Opening>) {
  const grid = new Grid(80, 24);
  const stream = grid as unknown as ReadStream & WriteStream;
  const listeners = EVENTS.map((event) => process.listenerCount(event));
  const ended = runReview(opening, { color: false, stdin: stream, stdout: stream });
  ended.catch(() => {});
  return {
    grid,
    ended,
    types: (bytes: string) => grid.emit('data', bytes),
    shows: (text: string) =>
      vi.waitFor(() => expect(grid.text.join('\n')).toContain(text), { timeout: 20_000, interval: 1 }),
    isRestored() {
      expect(grid.modes.has('?1049')).toBe(false);
      expect(grid.modes.has('?2004')).toBe(false);
      expect(grid.modes.has('?25')).toBe(true);
      expect(grid.raw).toBe(false);
      expect(grid.reading).toBe(false);
      expect(EVENTS.map((event) => process.listenerCount(event))).toEqual(listeners);
    },
  };
}

test('something is on the screen before the file is read, and keys typed ahead are not lost', async () => {
  let give: (opening: Opening) => void = () => {};
  const review = start(new Promise((resolve) => (give = resolve)));
  expect(review.grid.text.join('\n')).toContain('opening');
  // Another size, and a stop that ended, leave it there.
  review.grid.resize(100, 30);
  review.grid.emit('resize');
  expect(review.grid.text.join('\n')).toContain('opening');
  expect(review.grid.text[29]).toBe(' Ctrl+C quit');
  process.emit('SIGCONT');
  expect(review.grid.text.join('\n')).toContain('opening');
  review.types('\tA1\r\r');
  give(memoryOpening());
  await review.shows('saved: answered 3 rows');
  review.types('q');
  expect(await review.ended).toBe(1);
  review.isRestored();
});

test('"saved" is said after the journal has it, not before', async () => {
  const opening = memoryOpening();
  const { open } = opening;
  let write: () => void = () => {};
  opening.open = async (choice, keep) => {
    const desk = await open.call(opening, choice, keep);
    const { record } = desk;
    desk.record = async (deed) => {
      await new Promise<void>((resolve) => (write = resolve));
      return record.call(desk, deed);
    };
    return desk;
  };
  const review = start(opening);
  await review.shows('intake');
  review.types('\tA1\r\r');
  await review.shows('saving ...');
  expect(review.grid.text.join('\n')).not.toContain('saved');
  write();
  await review.shows('saved: answered 3 rows');
  review.types('q');
  await review.ended;
});

test('a session that cannot be opened leaves the terminal as it was', async () => {
  const opening = memoryOpening();
  opening.open = async () => {
    throw new CsrError({ code: 'session-in-use', severity: 'error', message: 'another process has it' });
  };
  const review = start(opening);
  await expect(review.ended).rejects.toThrow('another process has it');
  review.isRestored();
});

test('so does a fault of our own', async () => {
  const opening = memoryOpening();
  const { open } = opening;
  opening.open = async (choice, keep) => {
    const desk = await open.call(opening, choice, keep);
    desk.preview = () => {
      throw new TypeError('a fault');
    };
    return desk;
  };
  const review = start(opening);
  await review.shows('intake');
  review.types('X');
  await expect(review.ended).rejects.toThrow('a fault');
  review.isRestored();
});

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGQUIT', 131],
] as const)('%s ends it with %i', async (signal, status) => {
  const review = start(memoryOpening());
  await review.shows('intake');
  process.emit(signal);
  expect(await review.ended).toBe(status);
  review.isRestored();
});

test('a terminal that is gone ends it', async () => {
  const review = start(memoryOpening());
  await review.shows('intake');
  review.grid.emit('end');
  expect(await review.ended).toBe(129);
  review.isRestored();
});

test('Esc steps back once nothing follows it, and a split arrow key is no Esc', async () => {
  const review = start(memoryOpening());
  await review.shows('intake');
  review.types('\u001b');
  review.types('[B');
  await review.shows('> ? What is the customer ID?');
  review.types('\u001b');
  await review.shows('group 1/');
  review.types('q');
  await review.ended;
});

test('where the screen was is kept, and found again', async () => {
  const opening = memoryOpening();
  const { open } = opening;
  let bookmark: string | null = null;
  const journal: never[] = [];
  const withBookmark = (one: typeof opening) => {
    one.open = async (choice, keep) => {
      const desk = await open.call(one, choice, keep);
      const keepBookmark = async (text: string) => {
        bookmark = text;
      };
      return Object.assign(desk, { bookmark, keepBookmark });
    };
    return one;
  };
  const first = start(withBookmark(opening));
  await first.shows('intake');
  first.types('\t]');
  await first.shows('+4930555010');
  first.types('j1');
  await first.shows('saved: step 1 done');
  first.types('q');
  await first.ended;
  expect(bookmark).toContain('DE');

  journal.push(...((opening.desk?.journal ?? []) as never[]));
  const second = start(withBookmark(memoryOpening(undefined, journal)));
  await second.shows('WHY row 7');
  second.types('q');
  await second.ended;
});

test('the frame that the same key makes next is ready before it is pressed, and no deed is missing in it', async () => {
  const opening = memoryOpening();
  const { open } = opening;
  let place = '';
  opening.open = async (choice, keep) => {
    const keepBookmark = async (text: string) => {
      place = text;
    };
    return Object.assign(await open.call(opening, choice, keep), { keepBookmark });
  };
  const review = start(opening);
  await review.shows('intake');
  const agent = await Agent.at(memoryOpening(), [80, 24], 'beginning');
  const frame = () => agent.screen.split('\n');
  /** Presses a key and leaves the screen alone until the place is kept: what is made ahead is made then. */
  const rests = async (key: string) => {
    review.types(key);
    await agent.sends(key);
    await vi.waitFor(() => expect(place).toBe(placeText(agent.view)), { timeout: 20_000, interval: 1 });
    expect(review.grid.text).toEqual(frame());
  };
  await rests('\t');
  await rests(']');
  const read = vi.spyOn((opening.desk as NonNullable<typeof opening.desk>).review, 'phoneNumber');
  await rests('j');
  for (const key of ['j', 'k']) {
    read.mockClear();
    review.types(key);
    await agent.sends(key);
    expect(review.grid.text).toEqual(frame());
    expect(read.mock.calls.length > 0).toBe(key === 'k');
  }
  await rests('g');
  await rests('j');
  review.types('1');
  await agent.sends('1');
  await review.shows('saved: step 1 done');
  await rests('k');
  expect(review.grid.text.join('\n')).toContain('1 [x]');
  review.types('q');
  await review.ended;
});

test('a new size is drawn whole, without clearing', async () => {
  const review = start(memoryOpening());
  await review.shows('intake');
  review.types('\t');
  await review.shows('group 1/');
  review.grid.resize(120, 40);
  review.grid.written = '';
  review.grid.emit('resize');
  await review.shows('GROUPS');
  expect(review.grid.written).not.toContain('J');
  review.types('q');
  await review.ended;
  review.isRestored();
});
