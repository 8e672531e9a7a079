import { describe, expect, test } from 'vitest';
import { buildReport } from '../../src/export/report.ts';
import { readCsv } from '../../src/files/read-csv.ts';
import {
  answerDeed,
  applyAnswers,
  joinReference,
  NumberIndex,
  validateAnswer,
} from '../../src/review/answers.ts';
import type { Deed } from '../../src/review/event.ts';
import { flagDeeds } from '../../src/review/flags.ts';
import { taskGroups } from '../../src/review/queue.ts';
import { Review } from '../../src/review/review.ts';
import {
  answering,
  decisionsOf,
  eventOf,
  HEADER,
  openTask,
  reviewOf,
  rowOf,
  rulesOf,
  startOf,
  tableOf,
} from './session-of.ts';

/** A row for each kind of task. */
const EVERY_KIND = [
  HEADER,
  "+14085550101,US,Lumen,1,Ana,O'Neil,+14085550101,,null",
  "+14085550102,US,Lumen,1,Ana,O'Neil,+14085550102,,null",
  '+14085550103,US,Sinch,1,Ana,O\'Neil,+14085550103,"1 Elm St, San Jose, CA 95112",null',
  "+33155501012,FR,Orange,1,Ana,O'Neil,+33155501012,default,null",
  "+4930555010,DE,Colt,1,Ana,O'Neil,+4930555010,default,null",
  "+442075550115,GB,Gamma,1,Ana,O'Neil,+442075550115,default,null",
  "+442075550116,GB,Gamma,1,Ana,O'Neil,+442075550116,default,null",
].join('\n');

async function plays(review: Review, deeds: readonly ((review: Review) => Deed)[]): Promise<void> {
  for (const deed of deeds) await review.apply(eventOf(deed(review)));
}

const ANSWERS: readonly ((review: Review) => Deed)[] = [
  (review) => answering(review, '+14085550101', { origin: 'ported' }),
  (review) => answering(review, '+14085550101', { address: '2 Oak St, Reno, NV 89501' }),
  (review) => answering(review, '+14085550102', { origin: 'CLAIMED' }),
  (review) => answering(review, '+14085550102', { address: '1 Elm St, San Jose, CA 95112' }),
  (review) => answering(review, '+14085550103', { pin: '(none)' }),
  (review) => answering(review, '+33155501012', { address: '12 rue de la Paix, Paris', rio: '01P123456ABC' }),
  (review) => answering(review, '+4930555010', { address: '(none)' }),
  (review) => answering(review, '+442075550115', { decision: 'deliver it (J. Lead)' }),
  (review) => ({ type: 'exclude', rows: [rowOf(review, '+442075550116')], reason: 'handed over' }),
];

describe('every kind of task', () => {
  test('is answered, confirmed none included, and the file can be delivered', async () => {
    const review = await reviewOf(EVERY_KIND);
    expect(review.unresolved).toBe(7);
    await plays(review, ANSWERS);
    expect(review.unresolved).toBe(0);
    expect(review.blockers(false)).toEqual([]);
    const report = buildReport(review, { customer: 'Acme', guardFormulas: true });
    expect(report.columns.at(-1)).toEqual({ header: 'RIO code', field: 'rio' });
    const addressAt = report.columns.findIndex(({ field }) => field === 'address');
    expect(report.rows.map((row) => row.cells[addressAt])).toEqual([
      '2 Oak St, Reno, NV 89501',
      '1 Elm St, San Jose, CA 95112',
      '1 Elm St, San Jose, CA 95112',
      '12 rue de la Paix, Paris',
      '',
      '',
    ]);
    expect(report.excluded).toEqual([{ place: 8, phoneNumber: '+442075550116', reason: 'handed over' }]);
  });

  test('nothing is asked twice and nothing is cleared, whatever is decided again', async () => {
    const review = await reviewOf(EVERY_KIND);
    await plays(review, ANSWERS);
    const before = decisionsOf(review);
    // A fact of the customer decides every row again.
    await review.apply(eventOf({ type: 'intake', facts: { billingAddress: '9 Other St, Reno, NV 89501' } }));
    await review.apply(
      eventOf({ type: 'intake', facts: { billingAddress: '1 Elm St, San Jose, CA 95112' } }),
    );
    expect(review.unresolved).toBe(0);
    expect(decisionsOf(review)).toEqual(before);
  });

  test('a session read again from its events is the same session', async () => {
    const review = await reviewOf(EVERY_KIND);
    await plays(review, ANSWERS);
    const again = await Review.open(review.rules, review.table, JSON.parse(JSON.stringify(review.log)));
    expect(decisionsOf(again)).toEqual(decisionsOf(review));
    expect(again.unresolved).toBe(0);
  });

  test('an answered fact opens a task, and both answers stand', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+14085550101');
    await review.apply(eventOf(answering(review, '+14085550101', { origin: 'ported' })));
    expect(review.decision(row).tasks.map(({ kind, procedure }) => [kind, procedure])).toEqual([
      ['look-up', 'crm-port-order'],
    ]);
    await review.apply(eventOf(answering(review, '+14085550101', { address: 'here' })));
    const decision = review.decision(row);
    expect(decision.tasks).toEqual([]);
    expect(decision.answered.map(({ task, answer }) => [task.kind, answer.values])).toEqual([
      ['ask', { origin: 'ported' }],
      ['look-up', { address: 'here' }],
    ]);
  });

  test('half of an answer is kept, and the other half asked for', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+33155501012');
    await review.apply(eventOf(answering(review, '+33155501012', { rio: '01P123456ABC' })));
    expect(review.status(row)).toBe('unresolved');
    expect(review.evaluator.value(row, 'rio')).toBe('01P123456ABC');
    await review.apply(eventOf(answering(review, '+33155501012', { address: 'Paris' })));
    expect(review.status(row)).toBe('ready');
    expect(review.evaluator.value(row, 'rio')).toBe('01P123456ABC');
  });
});

describe('an answer opens again only where a fact that it rested on changes', () => {
  test('another carrier opens the look-up by carrier, and the former one brings its answer back', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+4930555010');
    await review.apply(eventOf(answering(review, '+4930555010', { address: 'Hauptstr. 5' })));
    await review.apply(eventOf({ type: 'edit', rows: [row], field: 'carrier', text: 'Telekom' }));
    expect(review.status(row)).toBe('unresolved');
    expect(review.evaluator.value(row, 'address')).toBe('');
    await review.apply(eventOf({ type: 'edit', rows: [row], field: 'carrier', text: 'Colt' }));
    expect(review.status(row)).toBe('ready');
    expect(review.evaluator.value(row, 'address')).toBe('Hauptstr. 5');
  });

  test('a name, a PIN or an account number opens nothing', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+4930555010');
    await review.apply(eventOf(answering(review, '+4930555010', { address: 'Hauptstr. 5' })));
    for (const field of ['authorizedFirstName', 'pin', 'accountNumber', 'billingTelephoneNumber']) {
      await review.apply(eventOf({ type: 'edit', rows: [row], field, text: 'other' }));
    }
    expect(review.decision(row).tasks).toEqual([]);
    expect(review.evaluator.value(row, 'address')).toBe('Hauptstr. 5');
  });

  test('an account kind that changes opens the port order that it chose', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+14085550101');
    await plays(review, ANSWERS.slice(0, 2));
    await review.apply(eventOf({ type: 'intake', facts: { accountKind: 'x-series' } }));
    expect(review.decision(row).tasks.map(({ procedure }) => procedure)).toEqual(['own-port-order']);
    await review.apply(eventOf({ type: 'intake', facts: { accountKind: 'migrated' } }));
    expect(review.decision(row).tasks).toEqual([]);
    expect(review.evaluator.value(row, 'address')).toBe('2 Oak St, Reno, NV 89501');
  });

  test('the last answer to a task wins', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+4930555010');
    const task = openTask(review, row, 'address');
    for (const address of ['first', 'second']) {
      const entry = { row, task: task.key, restsOn: task.restsOn, values: { address } };
      await review.apply(eventOf({ type: 'answer', via: 'typed', entries: [entry] }));
    }
    expect(review.evaluator.value(row, 'address')).toBe('second');
  });
});

describe('customer facts', () => {
  const CLAIMED = [
    `${HEADER},origin`,
    "+14085550101,US,Lumen,1,Ana,O'Neil,+14085550101,,,PORTING",
    "+14085550102,US,Bandwidth,1,Ana,O'Neil,+14085550102,,,PORTING",
  ].join('\n');

  test('are asked once for the file: one group, one answer', async () => {
    const review = await reviewOf(CLAIMED, { customer: {} });
    const groups = taskGroups(review).filter((group) => group.kind === 'ask');
    expect(groups.map(({ open, sample }) => [open, sample.scope])).toEqual([[[0, 1], 'file']]);
    const [group] = groups;
    const tasks = group?.open.map((row) => ({ row, task: group.sample })) ?? [];
    const [deed, ...others] = answerDeed(tasks, { 'customer.accountKind': 'migrated' }, 'typed');
    expect(deed).toEqual({ type: 'intake', facts: { accountKind: 'migrated' } });
    expect(others).toEqual([]);
    await review.apply(eventOf(deed as Deed));
    expect(taskGroups(review).map(({ sample }) => sample.procedure)).toEqual([
      'crm-port-order',
      'crm-port-order',
    ]);
  });

  test('that have no value are not asked for again', async () => {
    const rules = rulesOf();
    const text = ['a,b,c,Local Number,Carrier', '1,2,3,+14085550110,Bandwidth'].join('\n');
    const review = await reviewOf(text, { customer: { accountKind: 'legacy-crm' }, rules });
    await review.apply(eventOf(answering(review, '+14085550110', { portCase: 'no' })));
    const asked = () =>
      review
        .decision(0)
        .tasks.flatMap((task) => task.for.map(({ field }) => field))
        .sort();
    expect(asked()).toEqual([
      'customer.billingAddress',
      'customer.company',
      'customer.contactFirstName',
      'customer.contactLastName',
      'customer.customerId',
    ]);
    await review.apply(eventOf({ type: 'intake', facts: { company: '', contactFirstName: '' } }));
    expect(asked()).toEqual(['customer.billingAddress', 'customer.contactLastName', 'customer.customerId']);
  });
});

describe('the lowest number of a group', () => {
  const LOCAL = [
    'a,b,c,Local Number,Carrier',
    '1,2,3,+14085550110,Bandwidth',
    '1,2,3,+14085550109,',
    '1,2,3,+14085550108,Verizon',
    '1,2,3,+14085550107,Bandwidth.com',
  ].join('\n');
  const customer = {
    accountKind: 'legacy-crm',
    customerId: '1',
    company: 'A',
    contactFirstName: 'a',
    contactLastName: 'b',
    billingAddress: 'x',
  };
  const btns = (review: Review) =>
    [...review.table.rows.keys()].map((index) =>
      review.evaluator.value(index, 'billingTelephoneNumber').slice(-2),
    );

  async function opened(): Promise<Review> {
    const review = await reviewOf(LOCAL, { customer });
    for (const index of review.table.rows.keys()) {
      const number = review.phoneNumber(index);
      await review.apply(eventOf(answering(review, number, { portCase: 'no' })));
    }
    return review;
  }

  test('moves for both groups when an answered or corrected carrier moves a row', async () => {
    const review = await opened();
    expect(btns(review)).toEqual(['07', '', '08', '07']);
    await review.apply(eventOf(answering(review, '+14085550109', { carrier: 'Verizon' })));
    expect(btns(review)).toEqual(['07', '08', '08', '07']);
    await review.apply(eventOf({ type: 'edit', rows: [3], field: 'carrier', text: 'Verizon' }));
    expect(btns(review)).toEqual(['10', '07', '07', '07']);
    await review.apply(
      eventOf({ type: 'edit', rows: [2], field: 'carrier', text: 'BANDWIDTH.COM CLEC, LLC - TX' }),
    );
    expect(btns(review)).toEqual(['08', '07', '08', '07']);
    await review.apply(eventOf({ type: 'undo' }));
    await review.apply(eventOf({ type: 'undo' }));
    await review.apply(eventOf({ type: 'undo' }));
    expect(btns(review)).toEqual(['07', '', '08', '07']);
  });

  test('says which rows were decided anew', async () => {
    const review = await opened();
    const touched = await review.apply(
      eventOf({ type: 'edit', rows: [3], field: 'carrier', text: 'Verizon' }),
    );
    expect([...touched].sort()).toEqual([0, 2, 3]);
  });

  test('counts rows outside the batch and rows that are left out', async () => {
    const review = await opened();
    await review.apply(eventOf({ type: 'batch', rows: [0] }));
    expect(btns(review)[0]).toBe('07');
    await review.apply(eventOf({ type: 'exclude', rows: [3], reason: 'x' }));
    expect(btns(review)[0]).toBe('07');
  });
});

describe('the batch', () => {
  test('leaves other rows out, asks nothing of them, and can be given up', async () => {
    const review = await reviewOf(EVERY_KIND);
    await review.apply(eventOf({ type: 'batch', rows: [2] }));
    expect(review.summary()).toMatchObject({ rows: 7, excluded: 6, unresolved: 1 });
    expect(taskGroups(review).map(({ open }) => open)).toEqual([[2]]);
    const report = buildReport(review, { customer: 'Acme', guardFormulas: true });
    expect(report.outsideBatch).toBe(6);
    expect(report.excluded).toEqual([]);
    await review.apply(eventOf({ type: 'batch', rows: null }));
    expect(review.summary()).toMatchObject({ excluded: 0, unresolved: 7 });
  });

  test('that was asked for but not given blocks the delivery', async () => {
    const review = await reviewOf([HEADER, "+14085550101,US,Lumen,1,Ana,O'Neil,+14085550101,x,"].join('\n'));
    await review.apply(eventOf({ type: 'intake', facts: { scope: 'batch' } }));
    expect(review.blockers(true).map(({ code }) => code)).toEqual(['batch-open']);
    await review.apply(eventOf({ type: 'batch', rows: [0] }));
    expect(review.blockers(true)).toEqual([]);
  });
});

describe('an answer as it will stand', () => {
  test('a value with a pattern is kept without the blanks around it; any other text as it was written', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+33155501012');
    const task = openTask(review, row, 'rio');
    const [address, rio] = ['address', 'rio'].map((name) => task.for.find(({ field }) => field === name));
    if (!address || !rio) throw new Error('the look-up asks for something else');
    expect(validateAnswer(review, task, rio, ' 01P123456ABC\t')).toEqual({ text: '01P123456ABC' });
    expect(validateAnswer(review, task, address, ' Paris ')).toEqual({ text: ' Paris ' });
  });

  test("a lead's decision is words: that there is none is no decision", async () => {
    const review = await reviewOf(EVERY_KIND);
    const answers = readCsv(Buffer.from('phoneNumber,decision\n+442075550115,(None)\n'), 'a.csv', 's');
    const notices = await applyAnswers(review, answers, async (deed) => {
      await review.apply(eventOf(deed));
    });
    expect(notices.map(({ message }) => message)).toEqual([
      'the decision needs words: who decided it, and what',
    ]);
    expect(review.status(rowOf(review, '+442075550115'))).toBe('unresolved');
  });

  test('a joined file brings in what it says of the numbers of the table, and of no others', async () => {
    const review = await reviewOf(EVERY_KIND);
    const { books } = review.evaluator;
    const grid = readCsv(
      Buffer.from('phoneNumber,origin\n4085550101,PORTED\n+14085559999,CLAIMED\n'),
      'inventory.csv',
      's',
    );
    const index = new NumberIndex(review.table, books, review.rules);
    const { deed } = joinReference('inventory', grid, review.rules, books, index);
    expect(deed.rows).toEqual({ '+14085550101': { phoneNumber: '4085550101', origin: 'PORTED' } });
  });
});

describe('answers to what is asked of the customer', () => {
  /** A rule that goes on asking, whatever it is told. */
  const RULES = rulesOf({
    'asks.yaml': `kind: rules
title: X
stage: scope
match: all
rules:
  - id: asks-on
    title: t
    when: { customer.reason: { not: rejected } }
    then: { ask: customer.reason, choices: [rejected, trouble, requested] }
    why: w
    source: { document: d, section: s }
    basis: ours
    examples:
      - given: { customer.reason: trouble }
        expect: { ask: customer.reason }
`,
  });
  const ROW = '+14085550101,US,Bandwidth,1,Ana,O\'Neil,+14085550101,"1 Elm St, Reno, NV 89501",';

  test.each([
    ['one line', 'trouble', '', 1],
    ['two lines that differ', 'trouble', '+14085550102,requested\n', 1],
    ['a line that says what is so already', 'requested', '', 0],
  ])('%s end, and are told once', async (_, reason, more, times) => {
    const text = [HEADER, ROW, ROW.replaceAll('0101', '0102')].join('\n');
    const review = await reviewOf(text, { rules: RULES, customer: { reason: 'requested' } });
    const answers = readCsv(Buffer.from(`phoneNumber,reason\n+14085550101,${reason}\n${more}`), 'a.csv', 's');
    const told: Deed[] = [];
    await applyAnswers(review, answers, async (deed) => {
      told.push(deed);
      if (told.length > 3) throw new Error('it would be told for ever');
      await review.apply(eventOf(deed));
    });
    expect(told).toHaveLength(times);
    expect(review.state.customer.get('reason')).toBe(reason);
  });
});

describe('flags', () => {
  const FORMULA = [
    HEADER,
    '+14085550101,US,Lumen,1,=1+1,O\'Neil,+14085550101,"1 Elm St, Reno, NV 89501",',
  ].join('\n');

  test('an error is vouched for as it was seen: another value is another flag', async () => {
    const review = await reviewOf(FORMULA);
    expect(review.blockers(false).map(({ code, rule }) => [code, rule])).toEqual([['error-flag', 'formula']]);
    for (const deed of flagDeeds(review, ['formula'])) await review.apply(eventOf(deed));
    expect(review.blockers(false)).toEqual([]);
    await review.apply(eventOf({ type: 'edit', rows: [0], field: 'authorizedLastName', text: '=2+2' }));
    expect(review.blockers(false)).toHaveLength(1);
    await review.apply(eventOf({ type: 'undo' }));
    await review.apply(eventOf({ type: 'undo' }));
    expect(review.blockers(false)).toHaveLength(1);
  });

  test('a message that does not say the value vouches for no other value', async () => {
    const text = [
      HEADER,
      '+14085550101,US,Bandwidth,1,Ana,O\'Neil,+14085550101,"1 Elm St, Boston, MA 2108",',
    ].join('\n');
    const review = await reviewOf(text);
    const seen = review.blockingFlags();
    expect(seen).toMatchObject([{ field: 'address', text: '1 Elm St, Boston, MA 2108' }]);
    await review.apply(eventOf({ type: 'acknowledge', flags: seen }));
    expect(review.blockingFlags()).toEqual([]);
    await review.apply(
      eventOf({ type: 'edit', rows: [0], field: 'address', text: '99 Other Rd, Newark, NJ 7102' }),
    );
    expect(review.blockingFlags().map(({ text }) => text)).toEqual(['99 Other Rd, Newark, NJ 7102']);
  });

  test('another formula in the same cell is another flag', async () => {
    const review = await reviewOf(FORMULA);
    for (const deed of flagDeeds(review, ['formula'])) await review.apply(eventOf(deed));
    await review.apply(
      eventOf({ type: 'edit', rows: [0], field: 'authorizedFirstName', text: '=HYPERLINK("http://x")' }),
    );
    expect(review.blockers(false)).toHaveLength(1);
  });

  test('of a row that is left out do not count', async () => {
    const review = await reviewOf(FORMULA);
    await review.apply(eventOf({ type: 'exclude', rows: [0], reason: 'x' }));
    expect(review.blockingFlags()).toEqual([]);
  });
});

describe('edits', () => {
  test('are under the rules like what the file said, and show as changes', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+4930555010');
    await review.apply(eventOf({ type: 'edit', rows: [row], field: 'country', text: 'US' }));
    await review.apply(
      eventOf({ type: 'edit', rows: [row], field: 'address', text: '5 Pine Rd, Reno, NV 89502' }),
    );
    expect(review.status(row)).toBe('ready');
    expect(review.decision(row).changes.filter(({ by }) => by === 'edit')).toEqual([
      { field: 'country', from: 'DE', to: 'US', rule: '', by: 'edit' },
      { field: 'address', from: 'default', to: '5 Pine Rd, Reno, NV 89502', rule: '', by: 'edit' },
    ]);
  });

  test('outrank the rules, also a rule that clears', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+4930555010');
    await review.apply(eventOf({ type: 'edit', rows: [row], field: 'address', text: 'Hauptstr. 5' }));
    expect(review.evaluator.value(row, 'address')).toBe('Hauptstr. 5');
  });

  test('an edited cell that an answer fills shows the later word', async () => {
    const review = await reviewOf(EVERY_KIND);
    const row = rowOf(review, '+4930555010');
    await review.apply(eventOf(answering(review, '+4930555010', { address: 'answered' })));
    await review.apply(eventOf({ type: 'edit', rows: [row], field: 'address', text: 'edited' }));
    expect(review.evaluator.value(row, 'address')).toBe('edited');
    expect(review.status(row)).toBe('ready');
  });
});

describe('an asked fact and its cell corrected by hand', () => {
  const NO_COUNTRY = [HEADER, "+4930555010,,Colt,1,Ana,O'Neil,+4930555010,default,"].join('\n');
  const edit = (text: string) => eventOf({ type: 'edit', rows: [0], field: 'country', text });
  const kinds = (review: Review) =>
    review.decision(0).tasks.map(({ kind, for: [item] }) => `${kind} ${item?.field}`);

  test('an answer holds after a correction that nobody understood', async () => {
    const review = await reviewOf(NO_COUNTRY);
    await review.apply(edit('Germny'));
    expect(kinds(review)).toEqual(['ask country']);
    await review.apply(eventOf(answering(review, '+4930555010', { country: 'Germany' })));
    expect(review.evaluator.value(0, 'country')).toBe('DE');
    expect(kinds(review)).toEqual(['refer address']);
  });

  test('a correction that nobody understands asks again', async () => {
    const review = await reviewOf(NO_COUNTRY);
    await review.apply(eventOf(answering(review, '+4930555010', { country: 'Germany' })));
    await review.apply(edit('Germny'));
    expect(review.evaluator.value(0, 'country')).toBe('Germny');
    expect(kinds(review)).toEqual(['ask country']);
    await review.apply(eventOf(answering(review, '+4930555010', { country: 'France' })));
    expect(review.evaluator.value(0, 'country')).toBe('FR');
    expect(kinds(review)).toEqual(['look-up address']);
  });

  test('a correction that is understood needs no answer', async () => {
    const review = await reviewOf(NO_COUNTRY);
    await review.apply(eventOf(answering(review, '+4930555010', { country: 'Germany' })));
    await review.apply(edit('FR'));
    expect(review.evaluator.value(0, 'country')).toBe('FR');
    expect(kinds(review)).toEqual(['look-up address']);
  });
});

test('offers accepted in bulk and values overwritten are listed for the delivery', async () => {
  const review = await reviewOf(
    [
      HEADER,
      '+14085550101,US,Inteliquent,,Ana,O\'Neil,+14085550101,"1 Elm St, Reno, NV 89501",',
      '+14085550102,US,Inteliquent,,Ana,O\'Neil,+14085550102,"1 Elm St, Reno, NV 89501",0042',
    ].join('\n'),
  );
  const [group] = taskGroups(review);
  const tasks = group?.open.map((row) => ({ row, task: openTask(review, row, 'accountNumber') })) ?? [];
  for (const deed of answerDeed(tasks, { accountNumber: '1' }, 'offer')) await review.apply(eventOf(deed));
  const report = buildReport(review, { customer: 'Acme', guardFormulas: true });
  expect(report.bulkOffers.map(({ place, field, to }) => [place, field, to])).toEqual([
    [2, 'accountNumber', '1'],
    [3, 'accountNumber', '1'],
  ]);
  expect(report.overwritten).toEqual([
    { place: 3, phoneNumber: '+14085550102', field: 'pin', from: '0042', to: '8x82125', by: 'pin-replaced' },
  ]);
});

test('an answers file does what the same answers by hand do', async () => {
  const byHand = await reviewOf(EVERY_KIND);
  await plays(byHand, ANSWERS);
  const byFile = await reviewOf(EVERY_KIND);
  const grid = readCsv(
    Buffer.from(
      [
        'phoneNumber,origin,address,pin,rio,decision,exclude',
        '+14085550101,ported,"2 Oak St, Reno, NV 89501",,,,',
        '+14085550102,claimed,"1 Elm St, San Jose, CA 95112",,,,',
        '+14085550103,,,(none),,,',
        '+33155501012,,"12 rue de la Paix, Paris",,01P123456ABC,,',
        '+4930555010,,(none),,,,',
        '+442075550115,,,,,deliver it (J. Lead),',
        '+442075550116,,,,,,handed over',
      ].join('\n'),
    ),
    'answers.csv',
    'sha',
  );
  const notices = await applyAnswers(byFile, grid, async (deed) => {
    await byFile.apply(eventOf(deed));
  });
  expect(notices).toEqual([]);
  expect(decisionsOf(byFile)).toEqual(decisionsOf(byHand));
});

test('a session that does not say what it is about is refused', async () => {
  const table = tableOf(EVERY_KIND);
  await expect(Review.open(rulesOf(), table, [eventOf({ type: 'undo' })])).rejects.toMatchObject({
    problems: [{ code: 'bad-session' }],
  });
  await expect(Review.open(rulesOf(), table, [startOf(table)])).resolves.toBeInstanceOf(Review);
});
