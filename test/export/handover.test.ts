import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/engine/rule.ts';
import { handOver, summary } from '../../src/export/handover.ts';
import { FIELDS, reportOf } from './sample.ts';

const delivery: Delivery = {
  fileName: '{customer}.csv',
  partialFileName: '{customer}.partial.csv',
  wordFileName: '{customer}.docx',
  template: 'RECORD',
  partialHandOver: [],
  handOver: ['Hello {customer}, your {numbers} numbers. {unknown}'],
  wordNotice: 'The Word file says the same.',
  resolvedNote: 'record sent',
};

const row = (i: number): string[] => FIELDS.map((field) => `${field} ${i}`);

const report = reportOf(FIELDS, [row(1), row(2)], {
  excluded: [{ place: 9, phoneNumber: '+442075550115', reason: 'another queue' }],
  overwritten: [2, 3, 4, 5, 6].map((place) => ({
    place,
    phoneNumber: `+1408555010${place}`,
    field: 'pin',
    from: '8X82125',
    to: place === 6 ? '' : '8x82125',
    by: 'pin-constant',
  })),
  bulkOffers: [
    { place: 2, phoneNumber: '+14085550102', field: 'address', to: '1 Elm St\nSan Jose \u001b[31m' },
  ],
});

const LISTS = `Left out: 1 row
  row 9  +442075550115  another queue

Overwritten: 5 cells
  pin: \`8X82125\` → \`8x82125\` (pin-constant)  +14085550102 (row 2), +14085550103 (row 3), +14085550104 (row 4) and 1 more
  pin: \`8X82125\` → (blank) (pin-constant)  +14085550106 (row 6)

Offers accepted in bulk: 1 cell
  address: \`1 Elm St / San Jose [U+001B][31m\`  +14085550102 (row 2)
`;

describe('handOver', () => {
  it('says what the rules say, and nothing that only the agent should see', () => {
    expect(
      handOver(report, delivery, ['Acme.csv', 'Acme.docx']),
    ).toBe(`Hello Acme Widgets, your 2 numbers. {unknown}

The Word file says the same.

Template: RECORD
Files: Acme.csv, Acme.docx
Resolved note: record sent
`);
  });

  it('says nothing twice, and nothing of Word where none was made', () => {
    const lines = ['Use {template}, attach {files}, resolve with "{resolved-note}"'];
    expect(handOver(reportOf(FIELDS, [row(1)]), { ...delivery, handOver: lines }, ['Acme.csv'])).toBe(
      'Use RECORD, attach Acme.csv, resolve with "record sent"\n',
    );
  });
});

describe('a partial delivery', () => {
  it('is handed over in other words: the case goes on', () => {
    const partial = reportOf(FIELDS, [row(1)], { partial: true });
    const text = handOver(partial, { ...delivery, partialHandOver: ['More follows.'] }, ['Acme.partial.csv']);
    expect(text).toBe('More follows.\n\nTemplate: RECORD\nFiles: Acme.partial.csv\n');
  });

  it('names every row that is open, with what it lacks, and every kind of flag', () => {
    const rows = [{ place: 4, phoneNumber: '+14085550104' }];
    const partial = reportOf(FIELDS, [row(1)], {
      partial: true,
      unresolved: [{ place: 4, phoneNumber: '+14085550104', missing: 'Address' }],
      flags: [
        { severity: 'error', vouched: true, message: 'as it is', rows },
        { severity: 'warning', vouched: false, message: 'odd', rows },
      ],
    });
    const text = summary(partial, { csv: true, docx: false, perCarrier: false, partial: true, force: false });
    expect(text).toContain('Unresolved: 1 row\n  row 4  +14085550104  lacks Address\n');
    expect(text).toContain(
      'Flags: 2 kinds\n  error, vouched for: as it is  +14085550104 (row 4)\n  warning odd  +14085550104 (row 4)\n',
    );
  });
});

describe('summary', () => {
  const request = { csv: true, docx: true, perCarrier: false, partial: true, force: false };

  it('lists every excluded row', () => {
    const excluded = Array.from({ length: 30 }, (_, i) => ({
      place: i + 2,
      phoneNumber: `+1${i}`,
      reason: 'no',
    }));
    const text = summary(reportOf(FIELDS, [], { excluded }), request);
    expect(text.match(/^ {2}row \d+ /gm)).toHaveLength(30);
  });

  it('counts what would be written, and lists the same', () => {
    expect(summary(report, request)).toBe(`2 numbers in 9 columns as CSV and Word\n\n${LISTS}`);
  });

  it('says what is partial, and what is outside the batch', () => {
    const partial = reportOf(FIELDS, [row(1)], { partial: true, outsideBatch: 7 });
    expect(summary(partial, { ...request, csv: false, perCarrier: true })).toBe(
      '1 number in 9 columns as Word, one document a carrier\nPartial: some of these rows are unresolved\n7 rows outside the batch\n',
    );
  });
});
