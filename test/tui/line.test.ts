import { expect, test } from 'vitest';
import {
  edit,
  type InputLine,
  inputLine,
  insert,
  joinLines,
  replaceWith,
  windowOf,
} from '../../src/tui/line.ts';
import { widthOf } from '../../src/tui/text.ts';

const FAMILY = '👨‍👩‍👧‍👦';

function keys(line: InputLine, ...names: string[]): InputLine {
  return names.reduce((now, name) => edit(now, name) ?? insert(now, name, true), line);
}

test('one Backspace takes one character as people count them', () => {
  expect(keys(inputLine(`a${FAMILY}`), 'backspace').text).toBe('a');
  expect(keys(inputLine('e\u0301'), 'backspace').text).toBe('');
  expect(keys(inputLine('🇩🇪🇫🇷'), 'backspace').text).toBe('🇩🇪');
});

test('the caret moves by characters too', () => {
  const line = keys(inputLine(`x${FAMILY}y`), 'left', 'left', 'delete');
  expect(line.text).toBe('xy');
  expect(line.caret).toBe(1);
});

test('words, ends and kills', () => {
  expect(keys(inputLine('1 Elm St'), 'ctrl-w').text).toBe('1 Elm ');
  expect(keys(inputLine('1 Elm St'), 'ctrl-left', 'ctrl-k').text).toBe('1 Elm ');
  expect(keys(inputLine('1 Elm St'), 'home', 'ctrl-right', 'ctrl-u').text).toBe(' Elm St');
  expect(keys(inputLine('abc'), 'home', 'X').text).toBe('Xabc');
});

test('typing in a row is one step of undo, a paste is one of its own', () => {
  const typed = keys(inputLine(), 'a', 'b', 'c');
  const pasted = insert(typed, 'one, two', false);
  const more = keys(pasted, 'd');
  expect(more.text).toBe('abcone, twod');
  const once = keys(more, 'ctrl-z');
  expect(once.text).toBe('abcone, two');
  const twice = keys(once, 'ctrl-z');
  expect(twice.text).toBe('abc');
  expect(keys(twice, 'ctrl-z').text).toBe('');
  expect(keys(twice, 'ctrl-y').text).toBe('abcone, two');
});

test('a text taken over can be taken back', () => {
  expect(keys(replaceWith(keys(inputLine(), 'x'), 'offered'), 'ctrl-z').text).toBe('x');
});

test('pasted lines become one', () => {
  expect(joinLines('Hauptstraße 5\r\n10115 Berlin\n')).toBe('Hauptstraße 5, 10115 Berlin');
  expect(joinLines('Hauptstraße 5,\n\n10115 Berlin')).toBe('Hauptstraße 5, 10115 Berlin');
  expect(joinLines('the order\nwas rejected', ' ')).toBe('the order was rejected');
});

test('a long line shows the part around its caret, in the width there is', () => {
  const long = inputLine('0123456789'.repeat(10));
  const shown = windowOf(long, 20);
  expect(widthOf(shown.text)).toBeLessThanOrEqual(20);
  expect(shown.text.endsWith('9')).toBe(true);
  expect(shown.text.startsWith('…')).toBe(true);
  expect(shown.caret).toBe(widthOf(shown.text));
  const home = windowOf(keys(long, 'home'), 20);
  expect(home.caret).toBe(0);
  expect(home.text.endsWith('…')).toBe(true);
});

test('wide characters are counted by their cells', () => {
  const shown = windowOf(inputLine('東京都千代田区'), 9);
  expect(widthOf(shown.text)).toBeLessThanOrEqual(9);
  expect(shown.caret).toBeLessThanOrEqual(8);
});

test('what is typed shows its hostile characters', () => {
  expect(windowOf(inputLine('a\u202eb'), 40)).toEqual({ text: 'a⟨202E⟩b', caret: 8 });
});
