import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtInFormat, numberFormat, showNumber } from '../../src/files/number-format.ts';

function show(raw: string, code = 'General', from1904 = false): string {
  return showNumber(raw, numberFormat(code), from1904).text;
}

describe('plain numbers', () => {
  test.each([
    ['14085550101', '14085550101'],
    ['0', '0'],
    ['-12', '-12'],
    ['0012', '0012'],
    ['12.50', '12.5'],
    ['12.0', '12'],
    ['.5', '0.5'],
    ['1.1000000000000001', '1.1'],
    ['0.30000000000000004', '0.3'],
    ['4085550101.0000002', '4085550101'],
    ['1.4085550101E+10', '14085550101'],
    ['1.4085550101e10', '14085550101'],
    ['2E3', '2000'],
    ['0.00012E5', '12'],
    ['-1.5E-3', '-0.0015'],
    ['1E-7', '0.0000001'],
    ['1.2345678901234568E+17', '123456789012345680'],
    ['12345678901234567890', '12345678901234567890'],
    ['1E+20', '100000000000000000000'],
    ['n/a', 'n/a'],
    ['1E9999', '1E9999'],
    ['.', '.'],
  ])('%s is %s', (raw, text) => {
    expect(show(raw)).toBe(text);
  });

  test.each([
    ['123456789012345', false],
    ['1234567890123456', true],
    ['1E+15', true],
    ['1E+14', false],
    ['1.4085550101E+10', false],
    ['0.1234567890123456', false],
  ])('%s is doubtful: %s', (raw, doubtful) => {
    expect(showNumber(raw, numberFormat('General'), false).doubtful).toBe(doubtful);
  });

  test.each([
    '#,##0',
    '0.00',
    '0%',
    '0.00E+00',
    '$#,##0.00',
    '[$€-407]#,##0',
    '# ?/?',
    '@',
    '[h]:mm',
    '#,##0;[Red]-#,##0',
    '_-* #,##0_-',
  ])('%s neither groups nor rounds', (code) => {
    expect(show('14085550101', code)).toBe('14085550101');
  });

  test('a whole number that JavaScript holds exactly keeps its digits, however it is written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (number) => {
        expect(show(String(number))).toBe(String(number));
        expect(show(number.toExponential())).toBe(String(number));
      }),
    );
  });

  test('a decimal of up to 15 digits comes back as the same number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -999_999_999, max: 999_999_999 }),
        fc.integer({ min: 0, max: 6 }),
        (digits, places) => {
          const number = digits / 10 ** places;
          expect(Number(show(String(number)))).toBe(number);
          expect(show(String(number))).not.toMatch(/e/i);
        },
      ),
    );
  });
});

describe('zero-padding and masks', () => {
  test.each([
    ['12', '0000', '0012'],
    ['0', '0000', '0000'],
    ['123456', '0000', '123456'],
    ['1234', '00000', '01234'],
    ['12345678', '00000-0000', '01234-5678'],
    ['12345678', '00000\\-0000', '01234-5678'],
    ['12345678', '00000"-"0000', '01234-5678'],
    ['4085550101', '(###) ###-####', '(408) 555-0101'],
    ['4085550101', '[<=9999999]###\\-####;\\(###\\)\\ ###\\-####', '(408) 555-0101'],
    ['5550101', '[<=9999999]###\\-####;\\(###\\)\\ ###\\-####', '555-0101'],
    ['14085550101', '"+"0', '+14085550101'],
    ['14085550101', '\\+0', '+14085550101'],
    ['7', '000_)', '007'],
    ['7', '[Red]000', '007'],
    ['7', '[$-409]000', '007'],
    ['7', '000;-000;"none"', '007'],
    ['12', '##', '12'],
    ['1.2E1', '0000', '0012'],
    ['0012', '000000', '000012'],
  ])('%s as %s is %s', (raw, code, text) => {
    expect(show(raw, code)).toBe(text);
  });

  test.each([
    ['-12', '0000', '-12'],
    ['1.5', '0000', '1.5'],
    ['0', '0000;-0000;"none"', '0'],
    ['12', '000 "hours"', '012 hours'],
    ['5', '[>=100]"many "000;[<100]"few "000', 'few 005'],
    ['500', '[>=100]"many "000;[<100]"few "000', 'many 500'],
    ['7', '[>7]00;[<>7]000;0000', '0007'],
    ['7', '[=7]000;0', '007'],
  ])('%s as %s is %s: nothing is lost to a mask', (raw, code, text) => {
    expect(show(raw, code)).toBe(text);
  });

  test('every digit stands in the result, in order, after nothing but zeros', () => {
    const mask = fc.string({
      unit: fc.constantFrom('0', '#', '-', ' ', '(', ')'),
      minLength: 1,
      maxLength: 15,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e15 - 1 }), mask, (number, code) => {
        const digits = show(String(number), code).replace(/\D/g, '');
        expect(digits.replace(/^0+/, '')).toBe(String(number));
        const placeholders = code.replace(/[^0]/g, '').length;
        expect(digits.length).toBeGreaterThanOrEqual(placeholders);
      }),
    );
  });
});

describe('dates', () => {
  test.each([
    ['45000', 'm/d/yyyy', '2023-03-15'],
    ['45000.5', 'yyyy-mm-dd hh:mm', '2023-03-15T12:00:00'],
    ['45000.999999', 'd mmm yy', '2023-03-16'],
    ['1', 'd/m/yy', '1900-01-01'],
    ['59', 'd/m/yy', '1900-02-28'],
    ['60', 'd/m/yy', '1900-02-29'],
    ['61', 'd/m/yy', '1900-03-01'],
    ['2958465', 'yyyy', '9999-12-31'],
    ['0.75', 'h:mm AM/PM', '18:00:00'],
    ['0', 'hh:mm:ss', '00:00:00'],
    ['45000', '[$-407]d. mmmm yyyy', '2023-03-15'],
    ['45000', 'mmm', '2023-03-15'],
  ])('%s as %s is %s', (raw, code, text) => {
    expect(showNumber(raw, numberFormat(code), false)).toEqual({ text, date: true, doubtful: false });
  });

  test.each([
    ['0', '1904-01-01'],
    ['43538', '2023-03-15'],
  ])('%s counted from 1904 is %s', (raw, text) => {
    expect(show(raw, 'yyyy-mm-dd', true)).toBe(text);
  });

  test.each([
    ['14085550101', 'd/m/yyyy'],
    ['-1', 'd/m/yyyy'],
    ['0', 'd/m/yyyy'],
    ['2958466', 'd/m/yyyy'],
  ])('%s as %s is no day, and stays a number', (raw, code) => {
    expect(showNumber(raw, numberFormat(code), false)).toEqual({ text: raw, date: false, doubtful: false });
  });

  test('elapsed time is no moment', () => {
    expect(show('1.5', '[h]:mm:ss')).toBe('1.5');
    expect(show('1.5', '[Blue]h:mm')).toBe('1900-01-01T12:00:00');
  });

  test('letters in quotes make no date', () => {
    expect(show('12', '0000" days"')).toBe('0012 days');
    expect(show('12', '0000\\d')).toBe('0012d');
  });

  test.each([
    [0, 'General'],
    [1, 'General'],
    [3, 'General'],
    [11, 'General'],
    [49, 'General'],
    [999, 'General'],
  ])('built-in format %i is plain', (id, code) => {
    expect(builtInFormat(id)).toBe(code);
  });

  test.each([14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 36, 45, 47, 50, 58])(
    'built-in format %i is a date',
    (id) => {
      expect(numberFormat(builtInFormat(id)).kind).toBe('date');
    },
  );
});
