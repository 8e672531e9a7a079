import { render } from 'ink-testing-library';
import { expect, test } from 'vitest';
import { skeleton } from '../../src/tui/curtain.ts';
import { Screen, startRenderer } from '../../src/tui/draw.tsx';
import { frameOf } from '../../src/tui/frame.ts';
import { widthOf } from '../../src/tui/text.ts';
import { lineWidth, paint } from '../../src/tui/theme.ts';
import { Agent, manyRows, memoryOpening, SAMPLE } from './agent.ts';

const SIZES: readonly (readonly [number, number])[] = [
  [60, 16],
  [80, 24],
  [99, 30],
  [100, 24],
  [120, 40],
  [220, 60],
];

/** Keys that bring every kind of thing onto the screen, each on its own. */
const VISITS: Readonly<Record<string, string>> = {
  rows: '',
  groups: '\u001b[Z',
  detail: '\t',
  form: 'A',
  'form with choices': 'i',
  confirm: 'A1\r',
  pick: 'c',
  palette: ':',
  help: '?',
  explanation: 'x',
  delivery: 'X',
  rejection: 'lPIN invalid\r\r',
  intake: 'I',
  'choice of the intake': 'Igjj\r',
  escalate: 'e',
  'marks and a filter': '  /lumen\r',
};

test.each(SIZES)('at %ix%i every screen has its lines, none too wide', async (columns, rows) => {
  for (const [name, keys] of Object.entries(VISITS)) {
    const agent = await Agent.at(memoryOpening(), [columns, rows]);
    await agent.sends(keys);
    const { lines, caret } = frameOf(agent.view, agent.world);
    expect(lines, name).toHaveLength(rows);
    for (const line of lines) expect(lineWidth(line), name).toBeLessThanOrEqual(columns);
    if (caret) {
      expect(caret.x, name).toBeLessThan(columns);
      expect(caret.y, name).toBeLessThan(rows);
    }
  }
});

test('Ink shows the lines as they are, empty ones too', () => {
  const { lastFrame, unmount } = render(<Screen lines={['one', '', 'three']} columns={20} />);
  expect(lastFrame()).toBe('one\n\nthree');
  unmount();
});

test.each([
  [80, 24],
  [120, 40],
])('at %ix%i a frame through Ink is the frame, whatever came before it', async (columns, rows) => {
  const agent = await Agent.at(memoryOpening(), [columns, rows]);
  const renderer = startRenderer(process.stdin, () => ({ columns, rows }));
  for (const keys of ['', 'j', 'j', ']', 'i', 'x', '\u001b', ':', '\u001b', 'k', 'G']) {
    await agent.sends(keys);
    const { lines } = frameOf(agent.view, agent.world);
    const shown = renderer.show(
      lines.map((line) => paint(line, false)),
      columns,
    );
    expect(shown).toEqual(lines.map((line) => paint(line, false).join('').trimEnd()));
  }
  renderer.close();
});

test('what Ink has rendered is kept for a while only, and is the same when it is rendered anew', () => {
  const renderer = startRenderer(process.stdin, () => ({ columns: 20, rows: 24 }));
  const screens = Array.from({ length: 8 }, (_, at) =>
    Array.from({ length: 700 }, (_, line) => ['title', `${at} ${line}`]),
  );
  for (const lines of [...screens, ...screens.toReversed()])
    expect(renderer.show(lines, 20)).toEqual(lines.map((pieces) => pieces.join('')));
  renderer.close();
});

test('under 60x16 the window is too small, and only leaving works', async () => {
  const agent = await Agent.at();
  agent.resizes(40, 10);
  expect(agent.screen).toContain('window too small');
  await agent.sends('iBerlin\r');
  expect(agent.deeds).toEqual([]);
  for (const [columns, rows] of [
    [59, 16],
    [60, 15],
    [1, 1],
  ] as const) {
    agent.resizes(columns, rows);
    expect(agent.screen).toContain('window too small'.slice(0, columns - 1));
    expect(agent.screen).not.toContain('group');
  }
  agent.resizes(60, 16);
  expect(agent.screen).toContain('group 1/');
  agent.resizes(40, 10);
  await agent.sends('q');
  expect(agent.quit).toBe(true);
});

test('what was being typed is there after any change of size', async () => {
  const agent = await Agent.at(memoryOpening(), [120, 40]);
  await agent.sends('iport');
  for (const [columns, rows] of [
    [80, 24],
    [40, 10],
    [120, 40],
  ] as const)
    agent.resizes(columns, rows);
  await agent.sends('ed');
  expect(agent.screen).toContain('Origin> ported');
});

test('at 100 columns groups, rows and detail stand side by side', async () => {
  const agent = await Agent.at(memoryOpening(), [120, 40]);
  const heads = agent.screen.split('\n')[2] ?? '';
  expect(heads).toMatch(/GROUPS.*│.*number.*status.*│.*WHY row/);
  const narrow = await Agent.at(memoryOpening(), [99, 24]);
  expect(narrow.screen).not.toContain('│');
});

test('a wide window shares its columns: names of groups at 120, an address at 100 still', async () => {
  const wide = await Agent.at(memoryOpening(), [120, 40]);
  for (const name of ['US Lumen: Origin', 'FR Orange: Address, RIO', 'GB Gamma: '])
    expect(wide.screen).toContain(name);
  const wider = await Agent.at(memoryOpening(), [160, 40]);
  expect(wider.screen).toMatch(/GB Gamma: Customer Support-UK +\u2502/);
  for (const columns of [100, 110, 120, 160]) {
    const agent = await Agent.at(memoryOpening(), [columns, 24]);
    await agent.goesTo((list) => list.kind === 'all');
    await agent.sends('g');
    expect(agent.screen, `${columns}`).toMatch(/row +number .*status +address/);
    expect(agent.screen, `${columns}`).toMatch(/= ready +1 Elm S/);
    expect(agent.screen, `${columns}`).toContain('+442075550115');
  }
});

test.each(SIZES)(
  'at %ix%i wide characters and emoji move no column, where they are cut neither',
  async (columns, rows) => {
    const wide = [
      '\u6771\u4eac\u90fd',
      '\u{1f468}\u200d\u{1f469}\u200d\u{1f466}',
      '\u{1f1e9}\u{1f1ea}',
      '\u2764\ufe0f',
      'e\u0301',
      '\u{1f44d}\u{1f3fd}',
    ];
    // One more narrow character a row: every cut falls on each half of a wide one.
    const cell = (at: number) => `${'x'.repeat(at % 9)}${(wide[at % wide.length] as string).repeat(12)}`;
    const text = Array.from(
      { length: 18 },
      (_, at) =>
        `${at % 3 === 0 ? '' : '+49305550'}${at % 3 === 0 ? cell(at) : 10 + at},DE,${cell(at)},1,${cell(at)},Lee,,"${cell(at)}",`,
    );
    const agent = await Agent.at(memoryOpening([SAMPLE.split('\n')[0], ...text].join('\n')), [columns, rows]);
    await agent.goesTo((list) => list.kind === 'all');
    for (const keys of [
      'g',
      '\u001b[Z',
      '\t*',
      'G',
      `/${cell(1)}\r`,
      '\u001b',
      `c${'\u001b[B'.repeat(4)}\r`,
      '\u001b',
      'x',
    ]) {
      await agent.sends(keys);
      const { lines, caret } = frameOf(agent.view, agent.world);
      const texts = lines.map((line) => line.map((one) => one.text).join(''));
      for (const line of texts) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      if (caret) expect(caret.x).toBeLessThan(columns);
      for (const what of [/\u2502/, /\u2502(?=[^\u2502]*$)/, /[\^!] (refer|look up|escalated) /]) {
        const places = texts.flatMap((line) => {
          const at = line.search(what);
          return at < 0 ? [] : [widthOf(line.slice(0, at))];
        });
        if (keys !== 'x')
          expect(new Set(places).size, `${what} after ${JSON.stringify(keys)}`).toBeLessThanOrEqual(1);
      }
    }
  },
);

test('a row shows its status as sign and word, without colour', async () => {
  const agent = await Agent.at();
  await agent.goesTo((list) => list.kind === 'all');
  for (const status of ['= ready', '? ask', '^ refer', '! look up', '# error flag'])
    expect(agent.screen).toContain(status);
  const painted = frameOf(agent.view, agent.world)
    .lines.map((line) => paint(line, false))
    .join('');
  expect(painted).not.toContain('\u001b');
});

test('a list that is longer than the screen moves no further than it must', async () => {
  const agent = await Agent.at(memoryOpening(manyRows(300)));
  await agent.goesTo((list) => list.kind === 'all');
  await agent.sends('gj'.replace('j', 'j'.repeat(200)));
  expect(agent.row).toBe(202);
  await agent.sends('\u001b[B'.repeat(50));
  expect(agent.row).toBe(252);
  const { top } = agent.view;
  await agent.sends('k');
  expect(agent.view.top).toBe(top);
  await agent.sends('G');
  expect(agent.row).toBe(301);
  await agent.sends('\u001b[5~');
  expect(agent.row).toBeLessThan(301);
});

test('the skeleton fills the window before anything is known', () => {
  const lines = skeleton(80, 24);
  expect(lines).toHaveLength(24);
  expect(lines.join('')).toContain('opening');
  for (const line of skeleton(9, 2)) expect(line.length).toBeLessThanOrEqual(9);
});
