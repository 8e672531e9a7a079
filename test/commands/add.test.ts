import { expect, test } from 'vitest';
import { changedLines } from '../../src/commands/rules/add.ts';

test('lines that are put in, taken away and changed, with their numbers', () => {
  expect(changedLines('a\nb\nc\n', 'a\nx\nb\ny\nc\n')).toEqual(['+ 2 | x', '+ 4 | y']);
  expect(changedLines('a\nb\nc\n', 'a\nB\nc\n')).toEqual(['-   | b', '+ 2 | B']);
  expect(changedLines('a\n', 'a\n')).toEqual([]);
  expect(changedLines('', 'a\n\nb\n')).toEqual(['+ 1 | a', '+ 2 | ', '+ 3 | b']);
  expect(changedLines('a\r\nb', 'a\r\nb\r\nc')).toEqual(['+ 3 | c']);
  const long = Array.from({ length: 12 }, (_, at) => `${at}`);
  expect(
    changedLines(`${long.join('\n')}\n`, `${[...long.slice(0, 8), 'x', ...long.slice(9)].join('\n')}\n`),
  ).toEqual(['-    | 8', '+  9 | x']);
});
