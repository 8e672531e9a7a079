import { expect, test } from 'vitest';
import {
  COMMANDS,
  commandFor,
  commandsOf,
  keyName,
  keyNames,
  keysMarkdown,
  type Place,
  SECTIONS,
} from '../../src/tui/keys.ts';
import { Agent } from './agent.ts';

const PLACES: readonly Place[] = [
  'mapping',
  'intake',
  'lists',
  'rows',
  'detail',
  'form',
  'confirm',
  'pick',
  'page',
  'deliver',
];

test.each(PLACES)('in %s no key means two things', (place) => {
  const keys = commandsOf(place).flatMap((command) => command.keys);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

test.each(PLACES)('%s can be left, and by Ctrl+C at once', (place) => {
  const actions = commandsOf(place).map((command) => command.action);
  expect(actions.some((action) => ['back', 'cancel', 'quit'].includes(action))).toBe(true);
  expect(commandFor(place, 'ctrl-c')?.action).toBe('quit');
});

test('what is typed into a field is never a command', () => {
  for (const place of ['form', 'pick'] as const) {
    for (const command of commandsOf(place)) {
      for (const key of command.keys) expect([...key].length, `${key} in ${place}`).toBeGreaterThan(1);
    }
  }
});

test('every command has its words', () => {
  for (const command of COMMANDS) {
    expect(SECTIONS).toContain(command.section);
    expect(command.help).not.toMatch(/\.$/);
    expect(command.keys.length).toBeGreaterThan(0);
  }
});

test('keys are named as people read them', () => {
  expect(keyName('ctrl-o')).toBe('Ctrl+O');
  expect(keyName('ctrl-right')).toBe('Ctrl+→');
  expect(keyName('shift-tab')).toBe('Shift+Tab');
  expect(keyNames(COMMANDS.find((command) => command.action === 'tick') as never)).toBe('1-9');
});

test('docs/keys.md is what the table makes (run with -u to write it)', async () => {
  await expect(keysMarkdown()).toMatchFileSnapshot('../../docs/keys.md');
});

test('every command of the rows does something, or says why it cannot', async () => {
  for (const place of ['rows', 'lists', 'detail', 'intake'] as const) {
    for (const command of commandsOf(place)) {
      const agent = await Agent.at();
      agent.view = { ...agent.view, ...(place === 'intake' ? { screen: 'intake' } : { pane: place }) };
      const before = agent.view;
      const key = command.keys[0] as string;
      await agent.sends(BYTES[key] ?? key);
      const changed = agent.view !== before || agent.quit || agent.copied.length + agent.repaints > 0;
      expect(changed, `${command.action} in ${place}`).toBe(true);
      expect(agent.screen.split('\n')).toHaveLength(24);
    }
  }
});

const BYTES: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  'shift-tab': '\u001b[Z',
  space: ' ',
  pagedown: '\u001b[6~',
  pageup: '\u001b[5~',
  backspace: '\u007f',
  'ctrl-l': '\u000c',
  'ctrl-c': '\u0003',
};
