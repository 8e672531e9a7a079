import { describe, expect, test } from 'vitest';
import { showYaml, type Yaml } from '../../src/engine/edit-rules.ts';
import { exampleYaml } from '../../src/engine/propose-examples.ts';
import {
  readAction,
  readCondition,
  readExample,
  readPair,
  showExample,
} from '../../src/review/rule-lines.ts';

/** What a line says, as YAML on one line; or the message of what is wrong. */
function said(read: { value: unknown } | { problems: readonly { message: string }[] }): string {
  if ('problems' in read) return `! ${read.problems[0]?.message}`;
  return showYaml(read.value as Yaml);
}

describe('a condition', () => {
  test.each([
    ['country = US', '[country, US]'],
    ['country: US', '[country, US]'],
    ['country=US', '[country, US]'],
    ['  reference.cases.found =  yes ', '[reference.cases.found, yes]'],
    ['carrier = ONVOY, LLC - IA', '[carrier, "ONVOY, LLC - IA"]'],
    ['country = [US, CA]', '[country, [US, CA]]'],
    ['country != US', '[country, { not: US }]'],
    ['country != [US, CA]', '[country, { not: [US, CA] }]'],
    ['country = not US', '[country, { not: US }]'],
    ['country = { not: US }', '[country, { not: US }]'],
    ['phoneNumber = starts-with +1808', '[phoneNumber, { starts-with: "+1808" }]'],
    [
      'phoneNumber = not starts-with [+1808, +1907]',
      '[phoneNumber, { not: { starts-with: ["+1808", "+1907"] } }]',
    ],
    ['daysSinceActive = between [10, 20]', '[daysSinceActive, { between: ["10", "20"] }]'],
    ['address = same-as original.address', '[address, { same-as: original.address }]'],
    ['address = blank', '[address, blank]'],
    ['pin = "blank"', '[pin, blank]'],
    ['address = not far from here', '[address, { not: far from here }]'],
    ['address = near the station', '[address, near the station]'],
  ])('%s', (line, wanted) => {
    expect(said(readCondition(line))).toBe(wanted);
  });

  test.each(['', 'country', '= US', 'country =', 'country =   '])('`%s` is none', (line) => {
    expect(said(readCondition(line))).toBe('! a condition is a fact and what it must be');
  });

  test('YAML that does not close is said in the words of the check', () => {
    expect(said(readCondition('country = [US, CA'))).toBe('! a `[` opens here and does not close');
  });
});

describe('an action', () => {
  test.each([
    ['clear: address', '[clear, address]'],
    ['clear = address, pin', '[clear, [address, pin]]'],
    ['for: [address, { field: rio, label: RIO code }]', '[for, [address, { field: rio, label: RIO code }]]'],
    ['set: { pin: 1234 }', '[set, { pin: "1234" }]'],
    ['flag = Ask: is {pin} right, or not?', '[flag, "Ask: is {pin} right, or not?"]'],
    ['exclude: No, never', '[exclude, "No, never"]'],
  ])('%s', (line, wanted) => {
    expect(said(readAction(line))).toBe(wanted);
  });

  test('a word alone is none', () => {
    expect(said(readAction('clear'))).toBe('! an action is a word and what it is about');
  });
});

test('a pair is a field and one text', () => {
  expect(said(readPair('pin = 0042'))).toBe('[pin, "0042"]');
  expect(said(readPair('pin: "a, b"'))).toBe('[pin, "a, b"]');
  expect(said(readPair('pin = [a]'))).toBe('! `pin` is one text');
  expect(said(readPair('pin'))).toBe('! this names a field and its text');
});

describe('an example', () => {
  function read(text: string): string {
    const example = readExample(text);
    return 'problems' in example ? said(example) : showYaml(exampleYaml(example.value));
  }

  test.each([
    [
      'country: DE, carrier: Colt -> look-up: x, for: address',
      '{ given: { country: DE, carrier: Colt }, expect: { look-up: x, for: address } }',
    ],
    [
      'country=DE, carrier=Colt -> not for=address',
      '{ given: { country: DE, carrier: Colt }, expect-not: { for: address } }',
    ],
    [
      '{ country: DE } -> { set: { pin: 0042 } }',
      '{ given: { country: DE }, expect: { set: { pin: "0042" } } }',
    ],
    [
      'country: DE, address: "Reno -> NV" -> clear: address',
      '{ given: { country: DE, address: Reno -> NV }, expect: { clear: address } }',
    ],
  ])('%s', (text, wanted) => {
    expect(read(text)).toBe(wanted);
  });

  test('what is shown can be typed', () => {
    const text = 'country: DE, address: "1 Elm St, Reno" -> not clear: [address, pin]';
    const example = readExample(text);
    expect('value' in example && showExample(example.value)).toBe(text);
  });

  test('what is no YAML is said', () => {
    expect(read('country: [DE -> clear: address')).toBe('! a `[` opens here and does not close');
    expect(read('country: DE -> clear: ]')).toMatch(/^! /);
  });

  test('without an arrow it is none', () => {
    expect(read('country: DE')).toBe('! an example is a row and what comes of it');
  });
});
