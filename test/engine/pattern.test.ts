import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { Pattern, PatternError } from '../../src/engine/pattern.ts';

function refusal(source: string): PatternError {
  try {
    new Pattern(source);
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
  throw new Error(`${source} was taken`);
}

describe('a pattern', () => {
  it('is found anywhere unless it is anchored', () => {
    expect(new Pattern('[0-9]{5}').test('Springfield, IL 62701')).toBe(true);
    expect(new Pattern('^[0-9]{5}$').test('IL 62701')).toBe(false);
    expect(new Pattern('^[0-9]{4,10}$').test('0123')).toBe(true);
    expect(new Pattern('(?i)^p\\.?\\s*o\\.?\\s*box').test('P.O. Box 12')).toBe(true);
  });

  it('keeps its source', () => {
    expect(new Pattern('^a(b|c)$').source).toBe('^a(b|c)$');
  });

  it('ends where the text ends, not before a last line break', () => {
    expect(new Pattern('^[0-9]+$').test('12\n')).toBe(false);
    expect(new Pattern('^(?:[0-9]+)$').test('12\n')).toBe(false);
  });

  it.each([
    ['(?=a)b', 'looking ahead or behind', 0],
    ['a(?!b)', 'looking ahead or behind', 1],
    ['(?<=a)b', 'looking ahead or behind', 0],
    ['(a)\\1', 'reference back', 3],
    ['(?>a)', 'atomic', 0],
    ['a++', 'possessive', 1],
    ['(a', 'missing closing )', 0],
    ['ab[z-a]', 'invalid character class range', 3],
    ['a{2000}', 'invalid repeat count', 1],
    ['x)', 'unexpected )', 0],
    ['a\\', 'trailing backslash', null],
  ])('refuses %s', (source, reason, index) => {
    const error = refusal(source);
    expect(error.message).toContain(reason);
    expect(error.index).toBe(index);
  });

  it('refuses what is too long to be meant', () => {
    expect(refusal('a'.repeat(1001)).message).toContain('longer than 1000');
  });
});

describe('the platform’s own expressions', () => {
  it.each([
    '^[0-9]{4,10}$',
    '^[A-Z0-9]{12}$',
    '^\\+1\\d{10}$',
    '\\d{5}',
    '^8x\\d*$',
    '[Ee]\\+\\d\\d',
    '^.{3}$',
    '^[^ ]+$',
    '\\$\\{[a-z]\\}',
  ])('judge %s', (source) => {
    expect(new Pattern(source).native).toBe(true);
  });

  it.each([
    // Every start would walk the whole text.
    '[0-9]+$',
    // Two walks, one inside the other.
    '^a*b?a*$',
    '^(a|b)*$',
    '^(ab)$',
    'a|b',
    '(?i)abc',
    '\\bbox\\b',
    '\\S',
    'a+?',
    '[[:alpha:]]',
    '\\p{L}',
    'ä',
    // Bounded, but with too many ways.
    '[a-z]{0,40}[a-z]{0,40}x',
    '^[a-z]*[a-z]{0,40}x',
    '^[a-z]{0,200}[a-z]{0,200}$',
  ])('leave %s to RE2', (source) => {
    expect(new Pattern(source).native).toBe(false);
  });

  const character = fc.oneof(
    fc.constantFrom(...'ab019 .-_+$^/x\n\r\t\u000b\u00a0\u2028éß😀\ud83d\ude00AB'),
    fc.string({ unit: 'grapheme', maxLength: 1 }),
    // Half a pair: cells can hold anything.
    fc.constantFrom('\ud800', '\udc00'),
  );
  const text = fc.array(character, { maxLength: 12 }).map((list) => list.join(''));
  const atom = fc.oneof(
    fc.constantFrom(...'ab01 -_x/"#,:;=@&!~%<>`\''),
    fc.constantFrom('.', '\\d', '\\w', '\\s', '\\.', '\\+', '\\$', '\\^', '\\-', '\\\\', '\\[', '\\]', '\\{'),
    fc.constantFrom(
      '[0-9]',
      '[^0-9]',
      '[ab]',
      '[^\\s]',
      '[a-f0-9_]',
      '[\\d.]',
      '[.$]',
      '[a\\-z]',
      '[a-]',
      '[^\\n]',
      '[|(]',
      '[&&]',
      '[a-]',
    ),
  );
  const repeat = fc.constantFrom(
    '',
    '',
    '',
    '?',
    '*',
    '+',
    '{2}',
    '{0,2}',
    '{1,}',
    '{0}',
    '{,2}',
    '{a}',
    '??',
    '*+',
  );
  const source = fc
    .tuple(
      fc.constantFrom('', '^'),
      fc.array(
        fc.tuple(atom, repeat).map(([one, times]) => one + times),
        { maxLength: 5 },
      ),
      fc.constantFrom('', '$'),
    )
    .map(([start, middle, end]) => start + middle.join('') + end);

  it('mean what RE2 means', () => {
    let native = 0;
    let found = 0;
    fc.assert(
      fc.property(source, fc.array(text, { minLength: 1, maxLength: 8 }), (written, texts) => {
        let judge: RE2JS;
        try {
          judge = RE2JS.compile(written);
        } catch {
          expect(() => new Pattern(written)).toThrow(PatternError);
          return;
        }
        const pattern = new Pattern(written);
        if (pattern.native) native += 1;
        for (const one of texts) {
          const wanted = judge.test(one);
          if (wanted) found += 1;
          expect(pattern.test(one), `${JSON.stringify(written)} on ${JSON.stringify(one)}`).toBe(wanted);
        }
      }),
      { numRuns: 4000 },
    );
    // The property says nothing if hardly any pattern was taken or found.
    expect(native).toBeGreaterThan(1000);
    expect(found).toBeGreaterThan(2000);
  });

  it('agree with RE2 on every character of the first plane', () => {
    for (const written of ['^.$', '^\\s$', '^\\d$', '^\\w$', '^[^a]$', '^[^\\s]$']) {
      const pattern = new Pattern(written);
      const judge = RE2JS.compile(written);
      expect(pattern.native).toBe(true);
      for (let code = 0; code <= 0xffff; code++) {
        const one = String.fromCharCode(code);
        if (pattern.test(one) !== judge.test(one)) throw new Error(`${written} on U+${code.toString(16)}`);
      }
    }
  });
});

describe('a hostile pair of pattern and text', () => {
  // Each would take longer than the universe lasts with backtracking.
  it.each([
    ['^(a+)+$', false],
    ['(a|a)*c', false],
    ['(a*)*b', true],
    ['^(?:a?){25}a{25}$', false],
    ['^a*$', false],
    ['^a*[ab]{0,9}c', false],
    ['a*a*a*a*a*c', false],
  ])('%s ends', (source, found) => {
    expect(new Pattern(source).test(`${'a'.repeat(20_000)}b`)).toBe(found);
  });
});

it('asking for the first character first changes no answer', () => {
  const sources = [
    '^[=@\\t\\r＝＠＋－+-]',
    '(?i)^[\\s\\pZ"\'`´’(<\\[]*null[\\s\\pZ"\'`´’)>\\]]*$',
    '(?i)^\\s*[0-9]([.,][0-9]+)?\\s*e\\+?[0-9]{1,3}\\s*$',
    '^\\s*[1-9][0-9]{10,14}\\s*$',
    '^a*b?c(x|y)+',
    '^(a|b)c',
    '^a|b$',
    '^a*(b|c)*$',
    '(?i)^k(x|y)',
  ];
  const pieces = [
    '',
    ' ',
    'a',
    'b',
    'c',
    'x',
    'K',
    'k',
    '\u212A',
    'null',
    'NULL',
    '(',
    '"',
    '=',
    '＝',
    '-',
    '+',
    '4.4',
    'E+11',
    '12345678901',
    '\t',
    'é',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...sources),
      fc.array(fc.constantFrom(...pieces), { maxLength: 5 }),
      (source, parts) => {
        const text = parts.join('');
        expect(new Pattern(source).test(text)).toBe(RE2JS.compile(source).test(text));
      },
    ),
    { numRuns: 3000 },
  );
});
