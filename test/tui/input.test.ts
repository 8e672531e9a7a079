import { expect, test } from 'vitest';
import { Decoder, ESCAPE_WAIT, type Input, PASTE_WAIT } from '../../src/tui/input.ts';

const keys = (inputs: readonly Input[]) =>
  inputs.map((input) => (input.type === 'key' ? input.key : `paste:${input.text}`));

function decode(...chunks: string[]): string[] {
  const decoder = new Decoder();
  return keys([...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.flush()]);
}

test('a burst is as many keys as it has characters, Enter among them', () => {
  expect(decode('jjj\r')).toEqual(['j', 'j', 'j', 'enter']);
  expect(decode('\u007f\u007f\u007f')).toEqual(['backspace', 'backspace', 'backspace']);
});

test('arrow keys in one write are all seen', () => {
  expect(decode('\u001b[B'.repeat(50))).toEqual(new Array(50).fill('down'));
});

test('an escape sequence may come in pieces', () => {
  expect(decode('\u001b', '[B')).toEqual(['down']);
  expect(decode('\u001b[', '6~')).toEqual(['pagedown']);
  expect(decode('\u001bO', 'A')).toEqual(['up']);
});

test('Esc alone is Esc once nothing more comes', () => {
  const decoder = new Decoder();
  expect(decoder.push('\u001b')).toEqual([]);
  expect(decoder.wait).toBe(ESCAPE_WAIT);
  expect(keys(decoder.flush())).toEqual(['escape']);
  expect(decoder.wait).toBeNull();
});

test('Esc and a key in one write are both', () => {
  expect(decode('\u001bj')).toEqual(['escape', 'j']);
  expect(decode('\u001b\u001b')).toEqual(['escape', 'escape']);
  expect(decode('\u001b[')).toEqual(['escape', '[']);
  expect(decode('\u001b]')).toEqual(['escape', ']']);
});

test('a bracketed paste is one thing, whatever stands in it and wherever it is cut', () => {
  expect(decode('i\u001b[200~a\nb\tjjj\r\u001b[201~x')).toEqual(['i', 'paste:a\nb\tjjj\r', 'x']);
  const whole = '\u001b[200~line one\nline two\u001b[201~';
  for (let cut = 1; cut < whole.length; cut++) {
    expect(decode(whole.slice(0, cut), whole.slice(cut))).toEqual(['paste:line one\nline two']);
  }
});

test('an unfinished paste is handed on after its own, longer wait', () => {
  const decoder = new Decoder();
  expect(decoder.push('\u001b[200~half')).toEqual([]);
  expect(decoder.wait).toBe(PASTE_WAIT);
  expect(keys(decoder.flush())).toEqual(['paste:half']);
});

test('text beyond ASCII comes one code point at a time, and none is lost', () => {
  expect(decode('東京ä👍')).toEqual(['東', '京', 'ä', '👍']);
});

test('modifiers, control keys and their names', () => {
  expect(decode('\u001b[1;5C\u001b[1;5D\u001b[Z\u0001\u0003\u000f \t')).toEqual([
    'ctrl-right',
    'ctrl-left',
    'shift-tab',
    'ctrl-a',
    'ctrl-c',
    'ctrl-o',
    'space',
    'tab',
  ]);
});

test('the keypad sends Enter too', () => {
  expect(decode('\u001bOMj')).toEqual(['enter', 'j']);
});

test('a mouse report of old is no Enter, whatever it says', () => {
  expect(decode('a\u001b[M !!b')).toEqual(['a', 'b']);
  expect(decode('a\u001b[M', '\r\u001b', 'jb')).toEqual(['a', 'b']);
});

test('Esc and O and more in one write are all seen', () => {
  expect(decode('\u001bOj')).toEqual(['escape', 'O', 'j']);
});

test('mouse reports, focus events and replies of the terminal are no keys', () => {
  expect(
    decode('a\u001b[<0;10;10Mb\u001b[Ic\u001b[?62;c\u001b]11;rgb:0/0/0\u0007d\u001bP1$r\u001b\\e'),
  ).toEqual(['a', 'b', 'c', 'd', 'e']);
});
