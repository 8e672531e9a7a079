import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { escalate } from '../../src/engine/escalate.ts';
import { loadRules } from '../../src/engine/load.ts';
import { CarrierBook } from '../../src/engine/names.ts';
import { showProblem } from '../../src/engine/problem.ts';

/** The product's own rules against what gaining carriers really write. */
const folder = fileURLToPath(new URL('../../rules/', import.meta.url));
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, path: `rules/${name}`, text: readFileSync(folder + name, 'utf8') }));
const { rules, problems } = loadRules(sources, { digest: '' });
if (rules === null) throw new Error(problems.map(showProblem).join('\n'));
const books = { carriers: new CarrierBook(rules.carriers, rules.carrierNoise) };
const samples: readonly { carrier: string; text: string; categories: string }[] = parse(
  readFileSync(new URL('../fixtures/rejections.csv', import.meta.url)),
  { columns: true },
);
const ask = (text: string, carrier: string | null) => escalate(text, carrier, rules, books);
const wanted = (categories: string) => (categories === 'none' ? [] : categories.split(';')).sort();

describe('every sample shows its categories and no other', () => {
  test('there are samples', () => expect(samples.length).toBeGreaterThanOrEqual(40));

  test.each(samples)('$carrier: $text', ({ carrier, text, categories }) => {
    expect(ask(text, carrier === '' ? null : carrier).categories.sort()).toEqual(wanted(categories));
  });

  test.each(samples)(
    'also in another case, wrapped in other words: $text',
    ({ carrier, text, categories }) => {
      const pasted = `Hello team,\n\n${text.toUpperCase()}\n\nNumbers: 408-555-7512, (408) 555-7513, +1 408 555 7519.\nKind regards`;
      expect(ask(pasted, carrier === '' ? null : carrier).categories.sort()).toEqual(wanted(categories));
    },
  );
});

describe('the table of the policy', () => {
  test('decides by carrier, and everything else goes to a manager or lead', () => {
    for (const { carrier, text, categories } of samples) {
      const { escalation } = ask(text, carrier === '' ? null : carrier);
      expect(escalation.basis, text).toBe('stated');
      if (carrier === 'Bandwidth' && categories === 'pin') expect(escalation.refer, text).toBeNull();
      else expect(escalation.refer, text).toBe('manager');
    }
  });

  test.each(['Inteliquent', 'ONVOY, LLC - IA', 'NEUTRAL TANDEM-NEW JERSEY, LLC'])(
    '%s: the PIN is given',
    (carrier) => {
      expect(ask('Invalid PIN', carrier).escalation.give).toEqual({ pin: '8x82125' });
      expect(ask('Order rejected', carrier).escalation.give).toEqual({ pin: '8x82125' });
    },
  );

  test('only a rejected PIN sends to the portal', () => {
    const pin = ask('PIN Invalid', 'Bandwidth').escalation;
    const address = ask('Invalid address', 'BANDWIDTH.COM CLEC, LLC - TX').escalation;
    expect(address.id).not.toBe(pin.id);
    expect(address.refer).toBe('manager');
    expect(ask('PIN Invalid', 'Verizon Wireless').escalation.refer).toBe('manager');
    expect(ask('PIN Invalid', 'Verizon').escalation.refer).toBeNull();
  });
});

describe('text that is no rejection of the kind', () => {
  test.each([
    'Numbers 408-555-7512 and 408 555 7513 are being shipped',
    'The shipping opinion was rejected',
    'Order 7513-22 is incorrect',
    'Thank you, all is well',
  ])('%s', (text) => expect(ask(text, null).categories).toEqual([]));
});
