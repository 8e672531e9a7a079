import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { clip, pad, visible, widthOf, wrap } from '../../src/tui/text.ts';

test.each([
  ['a\tb', 'a␉b'],
  ['a\u001b[2Jb', 'a␛[2Jb'],
  ['\u007f', '␡'],
  ['\u009b31m', '⟨009B⟩31m'],
  ['\u202eevil', '⟨202E⟩evil'],
  ['zero\u200bwidth', 'zero⟨200B⟩width'],
  ['\ufeffbom', '⟨FEFF⟩bom'],
  ['line\nbreak\r', 'line␊break␍'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('what belongs to a character is left alone', () => {
  for (const text of ['Zoë', '東京', 'שלום', '👨‍👩‍👧‍👦', '❤️', 'e\u0301']) expect(visible(text)).toBe(text);
});

test('nothing that a terminal obeys or hides comes through', async () => {
  await fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visible(text)).not.toMatch(
        /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/u,
      );
    }),
  );
});

test('clipped and padded texts keep to their width', async () => {
  await fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (raw, width) => {
      const text = visible(raw);
      expect(widthOf(clip(text, width))).toBeLessThanOrEqual(width);
      expect(widthOf(pad(text, width))).toBe(width);
      for (const line of wrap(text, Math.max(2, width)))
        expect(widthOf(line)).toBeLessThanOrEqual(Math.max(2, width));
    }),
  );
});

test('text is wrapped between words', () => {
  expect(wrap('the carrier has the real one', 12)).toEqual(['the carrier', 'has the real', 'one']);
  expect(wrap('Donaudampfschiff', 8)).toEqual(['Donaudam', 'pfschiff']);
  expect(wrap('', 8)).toEqual(['']);
});
