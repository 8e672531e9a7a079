import { expect, test } from 'vitest';
import { CsrError } from '../../src/engine/problem.ts';
import { type Pick, placeText } from '../../src/tui/view.ts';
import { Agent, gridOf, memoryOpening, SAMPLE } from './agent.ts';

const ASK = (list: { group: { kind: string; country: string } | null }) =>
  list.group?.kind === 'ask' && list.group.country === 'US';
const DE = (list: { group: { country: string } | null }) => list.group?.country === 'DE';
const FR = (list: { group: { country: string } | null }) => list.group?.country === 'FR';
const GB = (list: { group: { country: string } | null }) => list.group?.country === 'GB';
const FLAGS = (list: { flag: { severity: string } | null }) => list.flag?.severity === 'error';

test('a group is answered with one key, its answer and two Enters', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('AHauptstr. 5, 10115 Berlin\r');
  expect(agent.view.layers.at(-1)).toMatchObject({
    kind: 'confirm',
    question: 'Save Address `Hauptstr. 5, 10115 Berlin` for 2 rows?',
  });
  expect(agent.deeds).toEqual([]);
  await agent.sends('\r');
  expect(agent.deeds).toMatchObject([{ type: 'answer', via: 'typed', entries: [{ row: 4 }, { row: 5 }] }]);
  expect(agent.review.evaluator.value(5, 'address')).toBe('Hauptstr. 5, 10115 Berlin');
  expect(agent.said).toContain('group done');
  expect(agent.view.layers).toEqual([]);
});

test('one row is saved at once, and the cursor goes on to the next open row', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  const [first] = [agent.row];
  await agent.sends('iHauptstr. 5\r');
  expect(agent.deeds).toHaveLength(1);
  expect(agent.row).toBe(first + 1);
});

test('whole sessions may come in one write', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('i東京都 Straße 5\rkj\u007fiBerlin\r');
  expect(agent.review.evaluator.value(4, 'address')).toBe('東京都 Straße 5');
  expect(agent.review.evaluator.value(5, 'address')).toBe('Berlin');
});

test('a choice is taken by its number, and an answered fact decides its rows again', async () => {
  const agent = await Agent.at();
  await agent.goesTo(ASK);
  const { list } = agent.view;
  const before = agent.world.work?.lists().length;
  await agent.sends('A1\r\r');
  expect(agent.deeds).toMatchObject([
    { type: 'answer', entries: [{ values: { origin: 'ported' } }, {}, {}] },
  ]);
  expect(agent.world.work?.list(list)?.open).toBe(0);
  expect(agent.world.work?.lists().length).toBeGreaterThan(before as number);
  // The same row, where it is asked for what the answer has opened.
  expect(agent.said).toBe('saved: answered 3 rows; group done, on to the next');
  expect([agent.view.list === list, agent.row]).toEqual([false, 3]);
  expect(agent.screen).toContain('Ask: What kind of account is it?  3 open');
});

test('a wrong choice is refused where it is typed', async () => {
  const agent = await Agent.at();
  await agent.goesTo(ASK);
  await agent.sends('istolen\r');
  expect(agent.view.layers.at(-1)).toMatchObject({
    kind: 'form',
    problem: expect.stringContaining('`stolen`'),
  });
  expect(agent.deeds).toEqual([]);
});

test('a task with several fields is filled field by field; a blank one stays open', async () => {
  const agent = await Agent.at();
  await agent.goesTo(FR);
  await agent.sends('iRue 1, Paris\r');
  expect(agent.view.layers.at(-1)).toMatchObject({ kind: 'form', at: 1 });
  await agent.sends('nope\r');
  expect(agent.view.layers.at(-1)).toMatchObject({
    kind: 'form',
    problem: expect.stringMatching(/12 capital letters or digits, not `nope`/),
  });
  await agent.sends('\u0015\r');
  expect(agent.said).toMatch(/^saved: answered 1 row; still missing: \S/);
  expect(agent.screen).toContain('+ answered Address: Rue 1, Paris');
  expect(agent.screen).toMatch(/! still missing: (?!Address)/);
  expect(agent.review.status(6)).toBe('unresolved');
  await agent.sends('i');
  expect(agent.view.layers.at(-1)).toMatchObject({ kind: 'form', at: 1 });
  await agent.sends('01P123456ABC\r');
  expect(agent.review.status(6)).toBe('ready');
  expect(agent.review.evaluator.value(6, 'address')).toBe('Rue 1, Paris');
});

test('"there is none" goes into the fields that are open', async () => {
  const agent = await Agent.at();
  await agent.goesTo(FR);
  await agent.sends('iRue 1, Paris\r\r');
  await agent.sends('b');
  expect(agent.screen).toContain('> Rue 1, Paris');
  await agent.sends('\r');
  expect(agent.deeds.at(-1)).toMatchObject({ entries: [{ values: { address: 'Rue 1, Paris', rio: '' } }] });
});

test('"there is none" is an answer', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('b');
  expect(agent.screen).toContain('Address> (none)');
  await agent.sends('\r');
  expect(agent.deeds).toMatchObject([{ type: 'answer', entries: [{ values: { address: '' } }] }]);
  expect(agent.review.status(4)).toBe('ready');
});

test('blank is no answer', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('i\r');
  expect(agent.deeds).toEqual([]);
  expect(agent.view.layers.at(-1)).toMatchObject({
    kind: 'form',
    problem: expect.stringContaining('(none)'),
  });
});

test('a hand-over without a field records the decision of the lead', async () => {
  const agent = await Agent.at();
  await agent.goesTo(GB);
  expect(agent.screen).toMatch(/Customer Support-UK/);
  await agent.sends('iDeliver it, says Kim\r');
  expect(agent.deeds).toMatchObject([
    { type: 'answer', entries: [{ values: { decision: 'Deliver it, says Kim' } }] },
  ]);
  expect(agent.review.status(7)).toBe('ready');
});

test('a customer file that answers all that must be known leads to the rows, one that does not to the intake', async () => {
  const facts = {
    name: 'Acme',
    customerId: '0012345',
    accountKind: 'x-series',
    scope: 'all',
    verification: 'by call-back',
    requesterHasPhoneNumbersRole: 'yes',
    activeWithin60Days: 'yes',
  };
  const at = (given: Record<string, string>) => {
    const opening = memoryOpening();
    const { open } = opening;
    opening.open = async (choice, keep) => {
      const desk = await open.call(opening, choice, keep);
      await desk.record({ type: 'intake', facts: given });
      return desk;
    };
    return Agent.at(opening, [200, 24], 'beginning');
  };
  const all = await at(facts);
  expect(all.view.screen).toBe('work');
  expect(all.screen).toContain('what the intake leaves open may stay so   I intake');
  await all.sends('I');
  expect(all.view).toMatchObject({ screen: 'intake', question: 7 });
  const part = await at({ ...facts, verification: '' });
  expect(part.view.screen).toBe('intake');
  const refused = await at({ ...facts, activeWithin60Days: 'no' });
  expect(refused.view.screen).toBe('intake');
});

test('offers are accepted for a row, and for a group after a question', async () => {
  const text = [
    SAMPLE.split('\n')[0],
    ...[1, 2, 3].map(
      (n) => `+1408555012${n},US,Bandwidth,,Ana,Lee,+1408555012${n},"1 Elm St, San Jose, CA 95131",`,
    ),
  ].join('\n');
  const agent = await Agent.at(memoryOpening(text), [80, 24], 'beginning');
  await agent.sends('j\r0012345\r\t');
  await agent.goesTo((list) => list.group?.kind === 'offer');
  await agent.sends('o');
  expect(agent.deeds.at(-1)).toMatchObject({
    type: 'answer',
    via: 'offer',
    entries: [{ values: { accountNumber: '0012345' } }],
  });
  await agent.sends('O');
  expect(agent.view.layers.at(-1)).toMatchObject({
    kind: 'confirm',
    question: 'Accept `0012345` for 2 rows?',
  });
  await agent.sends('y');
  expect(agent.deeds.at(-1)).toMatchObject({ type: 'answer', via: 'offer', entries: [{}, {}] });
  expect(agent.review.evaluator.value(2, 'accountNumber')).toBe('0012345');
  // The group is done: there is nobody left to accept for.
  await agent.goesTo((list) => list.group?.kind === 'offer');
  expect(agent.screen.split('\n').at(-1)).not.toContain('O accept group');
  await agent.sends('O');
  expect(agent.said).toBe('O: the group is done');
});

test('a selection says how many the filter hides, and no changes nothing', async () => {
  const agent = await Agent.at();
  await agent.goesTo(ASK);
  await agent.sends('   ');
  expect(agent.view.marks.size).toBe(3);
  await agent.sends('/0105\r');
  expect(agent.screen).toContain('SELECTED 3 (2 hidden)');
  await agent.sends('S1\r');
  expect(agent.view.layers.at(-1)).toMatchObject({
    kind: 'confirm',
    question: 'Save Origin `ported` for 3 rows (2 hidden)?',
  });
  await agent.sends('n');
  expect(agent.deeds).toEqual([]);
  expect(agent.view.layers.at(-1)).toMatchObject({ kind: 'form' });
  await agent.sends('\u001b');
  expect(agent.view.marks.size).toBe(3);
});

test('what a selection was made for is done: its marks go', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('  Ssame for both\r\r');
  expect(agent.deeds).toMatchObject([{ type: 'answer', entries: [{}, {}] }]);
  expect(agent.view.marks.size).toBe(0);
});

test('a selection over several groups answers those that ask for the same, and says whom it leaves alone', async () => {
  const agent = await Agent.at();
  await agent.sends(']'.repeat(30));
  await agent.goesTo((list) => list.kind === 'all');
  await agent.sends('/de\r*');
  await agent.sends('\u001b/gamma\r*\u001b');
  await agent.goesTo(DE);
  await agent.sends('SBerlin\r');
  expect(agent.view.layers.at(-1)).toMatchObject({
    kind: 'confirm',
    question: 'Save Address `Berlin` for 2 rows?',
    details: [expect.stringContaining('1 marked')],
  });
});

test('a range is marked from one v to the next', async () => {
  const agent = await Agent.at();
  await agent.goesTo(ASK);
  await agent.sends('gvjj');
  expect(agent.screen).toContain('RANGE');
  await agent.sends('v');
  expect(agent.view.marks.size).toBe(3);
  await agent.sends('-');
  expect(agent.view.marks.size).toBe(0);
});

test('what was typed and left is there again', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('iHauptstr\u001b');
  expect(agent.view.layers).toEqual([]);
  await agent.sends('i');
  expect(agent.screen).toContain('Address> Hauptstr');
  expect(agent.said).toBe('typed before, and not saved yet');
  await agent.sends('. 5\ri');
  expect(agent.screen).toMatch(/Address>$/m);
  expect(agent.said).toBe('');
});

test('what was typed for a row, a group or marked rows turns up nowhere else', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('iof the first\u001b');
  await agent.sends('ji');
  expect(agent.screen).toMatch(/Address>$/m);
  await agent.sends('of the second\u001b');
  await agent.sends('A');
  expect(agent.screen).toMatch(/Address>$/m);
  await agent.sends('of the group\u001b');
  await agent.sends('g S');
  expect(agent.screen).toMatch(/Address>$/m);
  await agent.sends('of the marked\u001b');
  for (const [keys, text] of [
    ['gi', 'of the first'],
    ['ji', 'of the second'],
    ['A', 'of the group'],
    ['S', 'of the marked'],
  ] as const) {
    await agent.sends(keys);
    expect(agent.screen).toContain(`Address> ${text}`);
    await agent.sends('\u001b');
  }
  await agent.sends('j S');
  expect(agent.screen).toMatch(/Address>$/m);
});

test('a note, an escalation, a correction, a rejection and an exclusion are drafts of their row too', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  for (const key of ['m', 'e', 'd', 'l', 'cfirst\r']) {
    await agent.sends(`g${key}half a thought\u001b`);
    await agent.sends(`j${key}`);
    expect(agent.screen, key).not.toContain('half a thought');
    await agent.sends(`\u001bg${key}`);
    expect(agent.screen, key).toContain('half a thought');
    await agent.sends('\u001b');
  }
});

test('a form that was only looked at leaves no draft, and a draft over another answer is stale', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('iold\rgi');
  expect(agent.screen).toContain('Address> old');
  await agent.sends('\u001bgihalf\u001b');
  await agent.sends('g  SFor all\r\r');
  await agent.goesTo(DE);
  await agent.sends('gi');
  expect(agent.screen).toContain('Address> For all');
  expect(agent.said).toBe('');
});

test('a proposal that was made is no draft any more', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('Popen the portal\u001bP');
  expect(agent.screen).toContain('> open the portal');
  await agent.sends('\rP');
  expect(agent.screen).not.toContain('> open the portal');
});

test('filter, marks and what was typed are there after a restart', async () => {
  const agent = await Agent.at();
  await agent.goesTo(ASK);
  await agent.sends('   /0105\r');
  await agent.sends('ipor');
  const { journal } = agent.desk;
  const bookmark = placeText(agent.view);
  const again = await Agent.at(memoryOpening(SAMPLE, journal), [120, 40], 'beginning', bookmark);
  expect(again.screen).toContain('FILTER 0105 (1 rows)');
  expect(again.screen).toContain('SELECTED 3 (2 hidden)');
  expect(again.row).toBe(agent.row);
  await again.sends('i');
  expect(again.screen).toContain('Origin> por');
  await again.sends('ted\r');
  expect(again.deeds).toMatchObject([{ entries: [{ row: 2, values: { origin: 'ported' } }] }]);
});

test.each([
  '',
  'null',
  '[]',
  '{"marks":[[0,99],[-3,1],["a"],7],"drafts":{"x":3},"row":"a","list":7}',
  '{"drafts":7',
])('a bookmark that says nothing does no harm: %s', async (bookmark) => {
  const agent = await Agent.at();
  await agent.sends('1');
  const again = await Agent.at(memoryOpening(SAMPLE, agent.desk.journal), [80, 24], 'rows', bookmark);
  expect([...again.view.marks].every((row) => row >= 0 && row < 10)).toBe(true);
  expect(again.screen).toContain('group 1/');
});

test('an answer given before is offered again', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('iHauptstr. 5\ri');
  expect(agent.screen).toContain('Hauptstr. 5  1 row');
  await agent.sends('\u001b[B\r');
  expect(agent.review.evaluator.value(5, 'address')).toBe('Hauptstr. 5');
});

test('answers of the same country are offered again, by the rows that have them', async () => {
  const header = SAMPLE.split('\n')[0];
  const row = (number: string, country: string) =>
    `${number},${country},Colt,0012345,Ana,Lee,${number},"1 Elm St, San Jose, CA 95131",`;
  const rows = [
    row('+4930555010', 'DE'),
    row('+4930555011', 'Germany'),
    row('+4930555012', 'DE'),
    row('+31205550123', 'NL'),
  ];
  const agent = await Agent.at(memoryOpening([header, ...rows].join('\n')));
  await agent.goesTo(DE);
  await agent.sends('gia slip\r');
  await agent.sends('gi\u0015Hauptstr. 5\r');
  await agent.sends('gi\u0015Hauptstr. 5\r');
  await agent.sends('gji');
  expect(agent.screen).toContain('Hauptstr. 5  1 row');
  expect(agent.screen).not.toContain('a slip');
  await agent.sends('\u001b');
  await agent.goesTo((list) => list.group?.country === 'NL');
  await agent.sends('i');
  expect(agent.screen).not.toContain('Hauptstr. 5');
});

test('where the intake could make an offer, that is said with its question and key', async () => {
  const text = [
    SAMPLE.split('\n')[0],
    '+14085550121,US,Bandwidth,,Ana,Lee,+14085550121,"1 Elm St, San Jose, CA 95131",',
  ].join('\n');
  const agent = await Agent.at(memoryOpening(text), [200, 24]);
  await agent.goesTo((list) => list.group?.kind === 'offer');
  for (const key of ['O', 'o']) {
    await agent.sends(key);
    expect(agent.said).toContain('the intake (I) has no answer to: What is the customer ID?');
  }
  await agent.sends('Igj\r0012345\r\tO');
  expect(agent.deeds.at(-1)).toMatchObject({ entries: [{ values: { accountNumber: '0012345' } }] });
});

test('a failed journal keeps the answer on the screen and says so', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  agent.desk.full = true;
  await agent.sends('AHauptstr. 5\r\r');
  expect(agent.said).toBe('not saved: the disk is full');
  expect(agent.screen).toContain('Address> Hauptstr. 5');
  expect(agent.review.status(4)).toBe('unresolved');
  agent.desk.full = false;
  await agent.sends('\r\r');
  expect(agent.said).toContain('saved');
  expect(agent.review.status(4)).toBe('ready');
});

test('undo and redo reach over a restart, and go to the row they change', async () => {
  const opening = memoryOpening();
  const agent = await Agent.at(opening);
  await agent.goesTo(DE);
  await agent.sends('AHauptstr. 5\r\r');
  const answered = agent.review.evaluator.value(4, 'address');
  const again = await Agent.at(memoryOpening(SAMPLE, agent.desk.journal));
  expect(again.review.evaluator.value(4, 'address')).toBe(answered);
  await again.sends('u');
  expect(again.said).toBe('undone: answer for 2 rows');
  expect(again.review.status(4)).toBe('unresolved');
  expect(again.row).toBe(6);
  await again.sends('U');
  expect(again.review.evaluator.value(4, 'address')).toBe(answered);
  await again.sends('U');
  expect(again.said).toContain('nothing is left to redo');
});

test('steps are ticked for the group', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('1');
  expect(agent.deeds).toMatchObject([{ type: 'tick', step: 1, done: true }]);
  expect(agent.screen).toContain('1 [x]');
  expect(agent.screen).toContain('2 [>]');
  await agent.sends('1');
  expect(agent.deeds.at(-1)).toMatchObject({ type: 'tick', step: 1, done: false });
  await agent.sends('9');
  expect(agent.said).toContain('no step 9');
});

test('rows are excluded with a reason, and brought back', async () => {
  const agent = await Agent.at();
  await agent.goesTo(GB);
  await agent.sends('d\r');
  expect(agent.screen).toContain('a reason is needed');
  await agent.sends('the UK team has it\r');
  expect(agent.review.status(7)).toBe('excluded');
  await agent.goesTo((list) => list.kind === 'excluded');
  expect(agent.screen).toContain('excluded: the UK team has it');
  await agent.sends('D');
  expect(agent.review.status(7)).toBe('unresolved');
});

test('after an exclusion the cursor stays among the rows; an empty group gives way to the next', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  const { list } = agent.view;
  const lists = agent.world.work?.lists().map((one) => one.id) ?? [];
  await agent.sends('Ahere\r\r');
  await agent.goesTo(DE);
  await agent.sends('gdnot theirs\r');
  expect([agent.view.list, agent.row]).toEqual([list, 7]);
  await agent.sends('dnot theirs\r');
  expect(agent.view.list).toBe(lists[lists.indexOf(list as string) + 1]);
  expect(agent.said).toBe('saved: excluded 1 row; the group is empty, on to the next');
  await agent.goesTo((one) => one.kind === 'all');
  await agent.sends('gdnot theirs\r');
  expect([agent.view.list, agent.row]).toEqual(['all', 3]);
});

test('notes and escalations stand with the row', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('mcalled them twice\r');
  expect(agent.deeds.at(-1)).toMatchObject({ type: 'note', rows: [4], text: 'called them twice' });
  await agent.sends('eno portal access\r');
  expect(agent.deeds.at(-1)).toMatchObject({
    type: 'escalate',
    rows: [4],
    to: 'manager',
    note: 'no portal access',
  });
  await agent.sends('g');
  expect(agent.screen).toContain('escalated');
});

test('an escalation stands with a row that only has a flag, and the filter finds it', async () => {
  const agent = await Agent.at();
  await agent.goesTo(FLAGS);
  await agent.sends('/escalated\r');
  expect(agent.view.row).toBe(null);
  await agent.sends('\u001beask the customer for it\r');
  // It waits for somebody else now: the agent goes on.
  expect(agent.said).toBe('saved: escalated to manager: 1 row; the rest is escalated, on to the next');
  await agent.goesTo(FLAGS);
  expect(agent.screen).toMatch(/^>.* \^ escalated/m);
  expect(agent.screen).toContain('^ escalated to manager: ask the customer for it');
  await agent.sends('/escalated\r');
  expect(agent.row).toBe(10);
  await agent.sends('u');
  expect(agent.screen).toContain('no row has these words');
});

test('a rejection is looked up in the words of the gaining carrier', async () => {
  const agent = await Agent.at();
  await agent.sends('l');
  await agent.pastes('Order rejected:\nPIN invalid');
  await agent.sends('\r\u0015Inteliquent\r');
  expect(agent.screen).toContain('Order rejected: PIN invalid');
  expect(agent.screen).toContain('8x82125');
  expect(agent.screen).toMatch(/escalations\.yaml:\d+/);
});

test('where no look-up is listed, the agent proposes one', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('POpen the portal; search the number\r');
  expect(agent.desk.proposals).toEqual([
    { country: 'DE', carrier: 'Colt', how: 'Open the portal\nsearch the number' },
  ]);
  expect(agent.said).toContain('proposal-1.yaml');
});

test('an error flag is corrected at its cell', async () => {
  const agent = await Agent.at();
  await agent.goesTo(FLAGS);
  await agent.sends('i');
  expect(agent.screen).toContain('4.41555E+11');
  await agent.sends('\u0015+14155550100\r');
  expect(agent.deeds).toMatchObject([{ type: 'edit', rows: [8], text: '+14155550100' }]);
});

test('error flags are acknowledged for a row, or all of a list', async () => {
  const agent = await Agent.at();
  await agent.goesTo(FLAGS);
  const { list } = agent.view;
  await agent.sends('a');
  expect(agent.deeds).toMatchObject([{ type: 'acknowledge', flags: [{ row: 8 }] }]);
  await agent.sends('u');
  await agent.goesTo(FLAGS);
  await agent.sends('K');
  expect(agent.view.layers.at(-1)).toMatchObject({ kind: 'confirm' });
  await agent.sends('y');
  expect(agent.world.work?.list(list)?.open).toBe(0);
});

test('any cell can be corrected', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('cfirst\r');
  expect(agent.screen).toContain('authorizedFirstName> Ana');
  await agent.sends('\u0015Zoë\r');
  expect(agent.deeds).toMatchObject([{ type: 'edit', rows: [4], field: 'authorizedFirstName', text: 'Zoë' }]);
});

test('the explanation shows the rules, what they read, and where others parted', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('x');
  expect(agent.screen).toContain('WHY row 6 +4930555010');
  const page = agent.view.layers.at(-1);
  const text = page?.kind === 'page' ? page.lines.map((line) => line.text).join('\n') : '';
  expect(text).toMatch(/rules\/address-matrix\.yaml:\d+/);
  expect(text).toMatch(/\+ country: .* read `DE`/);
  expect(text).toMatch(/failed: it read/);
  await agent.sends('q');
  expect(agent.view.layers).toEqual([]);
});

test('a filter works while it is typed, and Esc forgets it', async () => {
  const agent = await Agent.at();
  await agent.goesTo((list) => list.kind === 'all');
  await agent.sends('/de co');
  expect(agent.screen).toContain('FILTER de co (2 rows)');
  await agent.sends('\u001b');
  expect(agent.view.filter).toBe('');
  await agent.sends('/orange\r');
  expect(agent.row).toBe(8);
  await agent.sends('\u001b');
  expect(agent.view.filter).toBe('');
});

test('a filter that finds nothing in the group says how many rows have it, and shows them', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('/orange');
  expect(agent.screen).toContain('none in this group, 1 in all rows');
  expect(agent.screen).toContain('Shift+Tab, G shows all rows');
  await agent.sends('\r\u001b[ZG\t');
  expect(agent.view.list).toBe('all');
  expect(agent.row).toBe(8);
  await agent.sends('/nowhere\r');
  expect(agent.screen).toContain('no row has these words');
});

test('the palette finds commands by name, and says what is disabled and why', async () => {
  const agent = await Agent.at();
  await agent.sends(':include');
  expect(agent.screen).toContain('(the row is not excluded)');
  await agent.sends('\r');
  expect(agent.said).toBe('the row is not excluded');
  await agent.sends('\u0015help\r');
  expect(agent.view.layers.at(-1)).toMatchObject({ kind: 'page', title: 'KEYS' });
});

test('the palette names first what is done to rows, then the groups, and what moves last', async () => {
  const agent = await Agent.at();
  await agent.sends(':');
  const { items } = agent.view.layers.at(-1) as Pick;
  const at = (start: string) => items.findIndex((item) => item.label.startsWith(start));
  expect(at('answer')).toBeLessThan(at('go to: '));
  expect(at('go to: All rows')).toBeLessThan(at('down '));
  expect(at('quit')).toBeLessThan(at('down '));
});

test('numbers are copied', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('y');
  await agent.sends('*y');
  expect(agent.copied).toEqual(['+4930555010', '+4930555010\n+4930555011']);
});

test('a pasted table answers its rows, or is refused with every fault', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('p');
  await agent.pastes('Number\tAddress\n+49 30 555010\tHauptstr. 5\n0049 30 999\tNowhere\n');
  expect(agent.deeds).toEqual([]);
  expect(agent.screen).toContain('Nothing was saved');
  expect(agent.screen).toContain('line 3: `0049 30 999` is not in the file');
  await agent.sends('qp');
  await agent.pastes('+49 30 555010\t"Hauptstr. 5\nBerlin"\n+49 30 555011\tNebenstr. 6');
  expect(agent.view.layers.at(-1)).toMatchObject({
    kind: 'confirm',
    question: 'Save 2 pasted lines for 2 rows?',
  });
  await agent.sends('y');
  expect(agent.review.evaluator.value(4, 'address')).toBe('Hauptstr. 5, Berlin');
  expect(agent.review.evaluator.value(5, 'address')).toBe('Nebenstr. 6');
  await agent.sends('u');
  expect(agent.review.status(4)).toBe('unresolved');
});

test('pasting where nothing is typed does nothing but say so', async () => {
  const agent = await Agent.at();
  await agent.pastes('q\rAjjj');
  expect(agent.quit).toBe(false);
  expect(agent.said).toContain('not used');
});

test('a pasted address is one line, one step of undo, and no Enter', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('i');
  await agent.pastes('Hauptstr. 5\n10115 Berlin\n');
  expect(agent.screen).toContain('Address> Hauptstr. 5, 10115 Berlin');
  expect(agent.deeds).toEqual([]);
  await agent.sends('\u001a');
  expect(agent.screen).toMatch(/Address>$/m);
});

test('a long text can be written in $EDITOR', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  agent.edited = 'Hauptstr. 5\n10115 Berlin\n';
  await agent.sends('i\u000f');
  expect(agent.screen).toContain('Address> Hauptstr. 5, 10115 Berlin');
});

test('the intake comes first, can be skipped, and stays editable', async () => {
  const agent = await Agent.at(memoryOpening(), [80, 24], 'beginning');
  expect(agent.screen).toContain('intake');
  await agent.sends('\rAcme Inc\r');
  expect(agent.deeds).toMatchObject([{ type: 'intake', facts: { name: 'Acme Inc' } }]);
  await agent.sends('\t');
  expect(agent.view.screen).toBe('work');
  await agent.sends('Ig\r\u0015Acme Ltd\r');
  expect(agent.deeds.at(-1)).toMatchObject({ type: 'intake', facts: { name: 'Acme Ltd' } });
  await agent.sends('g\u007f');
  expect(agent.deeds.at(-1)).toMatchObject({ type: 'intake', facts: { name: null } });
});

test('the intake speaks in its questions, and an answer that forbids delivery says what to do at once', async () => {
  const agent = await Agent.at(memoryOpening(), [80, 24], 'beginning');
  await agent.sends('\rAcme Inc\r');
  expect(agent.said).toBe("saved: What is the customer's name? Acme Inc");
  // The next question is asked at once.
  expect(agent.screen).toContain('-- What is the customer ID? ');
  await agent.sends('\u001bg\u007f');
  expect(agent.said).toBe("open again: What is the customer's name?");
  await agent.sends('u');
  expect(agent.said).toBe("undone: What is the customer's name?");
  const question = agent.review.rules.intake.questions[5];
  await agent.sends('gjjjjj\rno\r');
  expect(agent.said).toBe(`saved: no. ${question?.otherwise}`);
  expect(agent.view.say?.tone).toBe('bad');
  expect(agent.screen.replace(/\s+/g, ' ')).toContain(question?.otherwise ?? '?');
  expect(agent.view.layers).toEqual([]);
  await agent.sends('\r\u0015y\r');
  expect(agent.deeds.at(-1)).toMatchObject({ facts: { requesterHasPhoneNumbersRole: 'yes' } });
  expect(agent.view.question).toBe(6);
});

test('what the delivery would overwrite is said with the key that replaces it', async () => {
  const agent = await Agent.at();
  let path = 'a.csv';
  agent.desk.deliver = async () => {
    const help = 'use --force to replace it';
    throw new CsrError({ code: 'file-exists', severity: 'error', message: `${path} exists already`, help });
  };
  const blockers = agent.review.blockers;
  agent.review.blockers = () => [];
  await agent.sends('X\r');
  expect(agent.said).toBe('not saved: a.csv exists already');
  expect(agent.screen).toContain('exists already   f replace');
  path = `${'folder/'.repeat(12)}a.csv`;
  await agent.sends('\r');
  agent.review.blockers = blockers;
  expect(agent.screen).toMatch(/folder.* {3}f replace$/m);
});

test('an answer that forbids delivery says why', async () => {
  const agent = await Agent.at(memoryOpening(), [80, 24], 'beginning');
  await agent.sends('jjjjj\rno\r');
  await agent.sends('gjjjjj');
  const question = agent.review.rules.intake.questions[5];
  expect(agent.screen).toContain((question?.otherwise ?? '?').slice(0, 40));
});

test('a batch is pasted; the other rows stay out', async () => {
  const agent = await Agent.at();
  await agent.sends('B');
  await agent.pastes('+14085550101\n+1 408 555 0104\n');
  expect(agent.view.layers.at(-1)).toMatchObject({ kind: 'confirm', question: 'Deliver only 2 rows?' });
  await agent.sends('y');
  expect(agent.deeds).toMatchObject([{ type: 'batch', rows: [0, 1] }]);
  expect(agent.review.status(4)).toBe('excluded');
  await agent.sends('u');
  expect(agent.said).toBe('undone: the batch of 2 rows');
  expect(agent.review.status(4)).toBe('unresolved');
  await agent.sends('U');
  expect(agent.review.status(4)).toBe('excluded');
});

test('delivery shows first what it would write, refuses while something blocks, and hands the text over', async () => {
  const agent = await Agent.at(memoryOpening(), [80, 40]);
  await agent.sends('X');
  expect(agent.said).toMatch(/^not yet deliverable: 8 of 10 rows are unresolved and \d+ more$/);
  expect(agent.screen).toMatch(
    /Not yet deliverable:\n {3}8 of 10 rows are unresolved:\n {5}3 {2}Ask: Origin, US, Lumen/,
  );
  expect(agent.screen).toContain('{"csv":true,"docx":false');
  await agent.sends('w');
  expect(agent.screen).toContain('"docx":true');
  await agent.sends('\r');
  expect(agent.desk.delivered).toEqual([]);
  expect(agent.said).toContain('something stands in the way');
  await agent.sends('n');
  expect(agent.screen).toContain('Ask: Origin, US, Lumen  3 open');
  // Without its rows, what is left is the intake.
  await agent.sends('Xpn');
  expect(agent.screen).toContain('Asked once.');
  await agent.sends('\t');

  const text = SAMPLE.split('\n').slice(0, 2).join('\n');
  const clean = await Agent.at(memoryOpening(text), [80, 24], 'beginning');
  for (const question of clean.review.rules.intake.questions) {
    const answer = question.mustBe ?? question.choices[0]?.value ?? 'x';
    await clean.desk.record({ type: 'intake', facts: { [question.id]: answer } });
  }
  await clean.sends('\tX\r');
  expect(clean.desk.delivered).toMatchObject([{ csv: true }]);
  expect(clean.screen).toContain('Attach the file.');
  await clean.sends('y');
  expect(clean.copied).toEqual(['Attach the file.']);
});

test('unknown columns are mapped by hand and kept', async () => {
  const text = ['Rufnummer,Land,Netz,Anschrift', '+4930555010,DE,Colt,x'].join('\n');
  const opening = memoryOpening(text);
  let kept: unknown = null;
  const { open } = opening;
  opening.open = async (choice, keepLayout) => {
    kept = keepLayout;
    return open.call(opening, choice, keepLayout);
  };
  const agent = await Agent.at(opening);
  expect(agent.view.screen).toBe('mapping');
  await agent.sends('\t');
  expect(agent.view.screen).toBe('mapping');
  expect(agent.said).not.toBe('');
  await agent.sends('\rcsr-tool\r');
  const names = [...opening.rules.layouts.fields.keys()];
  for (const [field, header] of [
    ['phoneNumber', 'Rufnummer'],
    ['country', 'Land'],
    ['carrier', 'Netz'],
    ['address', 'Anschrift'],
  ] as const) {
    await agent.sends(`g${'j'.repeat(names.indexOf(field) + 1)}\r${header}\r`);
  }
  expect(agent.screen).toContain('+4930555010');
  expect(agent.screen).toContain('+ this is enough to read the file');
  await agent.sends(`g${'j'.repeat(names.indexOf('phoneNumber') + 1)}\u007f`);
  expect(agent.screen).not.toContain('this is enough');
  await agent.sends('\rrufnummer\r');
  await agent.sends('s\t');
  expect(kept).toBe(true);
  expect(agent.view.screen).toBe('intake');
  expect(agent.review.evaluator.value(0, 'carrier')).toBe('Colt');
});

test('q leaves, and so does Ctrl+C from inside a field', async () => {
  const agent = await Agent.at();
  await agent.sends('q');
  expect(agent.quit).toBe(true);
  const other = await Agent.at();
  await other.sends('i\u0003');
  expect(other.quit).toBe(true);
});

test('rows that are escalated wait for somebody else: the cursor passes them by', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('eask the lead\r');
  expect(agent.row).toBe(7);
  await agent.sends('iNebenstr. 6\r');
  expect(agent.said).toBe('saved: answered 1 row; the rest is escalated, on to the next');
  await agent.goesTo(DE);
  expect(agent.screen).toContain('1 open, 1 done');
});

test('what a filter hides still waits, and the key that shows it is said', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('/555010\r*SHauptstr. 5\r');
  expect(agent.said).toBe('saved: answered 1 row; the filter hides 1 that still waits');
  expect(agent.screen).toContain('still waits   Esc back');
});

test('a list of flags that is corrected gives way to the next that waits', async () => {
  const agent = await Agent.at();
  await agent.goesTo(FLAGS);
  const { list } = agent.view;
  await agent.sends('\r\u0015+14155550100\r');
  expect(agent.world.work?.list(list)).toBe(null);
  expect(agent.said).toBe('saved: corrected phoneNumber of 1 row; group done, on to the next');
  const now = agent.world.work?.list(agent.view.list);
  expect([now?.kind, now?.flag?.severity, now?.open]).toEqual(['flags', 'error', 1]);
});

test('the intake asks on from question to question; an empty Enter skips, Tab goes to the rows', async () => {
  const opening = memoryOpening(gridOf(SAMPLE, '8x8_Acme_Holding_CSR.csv'));
  const agent = await Agent.at(opening, [100, 40], 'beginning');
  await agent.sends('\r');
  expect(agent.screen).toContain("Acme Holding  the file's name");
  await agent.sends('\u001b[B\r');
  expect(agent.screen).toContain('-- What is the customer ID? ');
  // Nine of ten rows have the same account number, which the rules fill from this answer.
  expect(agent.screen).toContain('0012345  9 rows');
  await agent.sends('\u001b[B\r\ra\r');
  expect(agent.deeds.map((deed) => deed.type === 'intake' && deed.facts)).toEqual([
    { name: 'Acme Holding' },
    { customerId: '0012345' },
    { scope: 'all' },
  ]);
  expect(agent.screen).toContain('-- Who verified the customer, and how? ');
  await agent.sends('half\t');
  expect(agent.view.screen).toBe('work');
  await agent.sends('I\r3\r');
  expect(agent.deeds.at(-1)).toEqual({ type: 'intake', facts: { accountKind: 'express' } });
  expect(agent.screen).toContain('Answer> half');
  await agent.sends('\u0015Kim did\ry\ry\r');
  // To the end without an answer, and the first that was skipped is under the cursor.
  await agent.sends('\r'.repeat(7));
  expect(agent.view.layers).toEqual([]);
  expect(agent.said).toBe('7 left open');
  expect(agent.view.question).toBe(7);
});

test('an answer of the intake that is changed later leaves the cursor where it is', async () => {
  const agent = await Agent.at(memoryOpening(), [80, 24], 'beginning');
  for (const question of agent.review.rules.intake.questions.slice(1)) {
    const answer = question.mustBe ?? question.choices[0]?.value ?? 'x';
    await agent.desk.record({ type: 'intake', facts: { [question.id]: answer } });
  }
  await agent.sends('j\r9\r');
  expect(agent.deeds.at(-1)).toEqual({ type: 'intake', facts: { customerId: 'x9' } });
  expect([agent.view.screen, agent.view.question, agent.view.layers]).toEqual(['intake', 1, []]);
  await agent.sends('g\rAcme\r');
  expect(agent.said).toBe("saved: What is the customer's name? Acme; the intake is complete");
  expect(agent.view.screen).toBe('work');
});

test('a pasted table needs no key before it; the question says what it would write', async () => {
  const agent = await Agent.at();
  await agent.goesTo(ASK);
  await agent.pastes('number\torigin\n+14085550104\tPORTING\n+14085550105\tPORTING\n+14085550106\tCLAIMED');
  expect(agent.view.layers.at(-1)).toMatchObject({
    kind: 'confirm',
    question: 'Save 3 pasted lines for 3 rows?',
    details: ['Origin  ported: 2 rows; claimed: 1 row'],
  });
  await agent.sends('\r');
  expect(agent.deeds).toMatchObject([{ type: 'answer', via: 'paste', entries: [{}, {}, {}] }]);
  await agent.goesTo(FLAGS);
  await agent.pastes('+14085550104\tported');
  expect(agent.said).toContain('not used');
});

test('a pasted column of numbers marks their rows', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.pastes('+49 30 555011\n+4930555010\n+15550000000\n');
  expect(agent.said).toBe('marked 2 rows; not in the file: +15550000000');
  expect([...agent.view.marks].sort()).toEqual([4, 5]);
  expect(agent.row).toBe(7);
  await agent.sends('SHauptstr. 5\r');
  expect(agent.view.layers.at(-1)).toMatchObject({ question: 'Save Address `Hauptstr. 5` for 2 rows?' });
});

test('a group is found by a word of its name', async () => {
  const agent = await Agent.at();
  await agent.sends(':gamma\r');
  expect(agent.screen).toContain('Refer to Customer Support-UK, GB, Gamma  1 open');
  // Who is asked for a decision is the first guess at a reason.
  await agent.sends('d\u001b[B\r');
  expect(agent.deeds).toMatchObject([{ type: 'exclude', reason: 'handed to Customer Support-UK' }]);
  await agent.sends(':de, colt\rd\u001b[B');
  expect(agent.screen).toContain('Reason> handed to Customer Support-UK');
});

test('a correction offers what the row itself has, what other rows have by answer, and what came in', async () => {
  const agent = await Agent.at();
  await agent.sends(':billing telephone number in\r');
  await agent.sends('i');
  expect(agent.screen).toContain('billingTelephoneNumber> 4.41555E+11');
  await agent.sends('\u0015+1415\r\u001b[A');
  await agent.sends('c');
  expect(agent.screen).toMatch(/CORRECT which cell/);
  await agent.sends('billing\r');
  expect(agent.screen).toContain("4.41555E+11  the row's phoneNumber");
});

test('what is asked once for the file is asked for no scope', async () => {
  const agent = await Agent.at();
  await agent.goesTo(ASK);
  await agent.sends('A1\r\r');
  await agent.sends('A');
  expect(agent.screen).toContain('ANSWER once for the whole file');
  expect(agent.screen).not.toMatch(/^ for {2}/m);
  await agent.sends('2\r');
  expect(agent.deeds.at(-1)).toEqual({ type: 'intake', facts: { accountKind: 'migrated' } });
  expect(agent.row).toBe(3);
  expect(agent.screen).toContain('Port order in the Legacy CRM, US, Lumen  3 open');
});

test('with the word of those who were asked, the escalated rows are gone through like others', async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  const { list } = agent.view;
  await agent.sends('eask the lead\t\r\r');
  expect(agent.view.list).not.toBe(list);
  await agent.goesTo(FR);
  await agent.sends('e\u001b[B\r');
  expect(agent.deeds.at(-1)).toMatchObject({ type: 'escalate', rows: [6], note: 'ask the lead' });
  await agent.goesTo(DE);
  await agent.sends('gi1 Here St\r');
  expect([agent.view.list, agent.row]).toEqual([list, 7]);
  await agent.sends('i1 Here St\r');
  expect(agent.said).toBe('saved: answered 1 row; group done, on to the next');
});

test('a correction offers what the file has elsewhere and is the same but for a slip', async () => {
  const right = '88 Beacon St, Boston, MA 02108';
  const rows = ['88 Beacon St, Boston, MA 2108', right, right, '90 Other St, Boston, MA 02109'].map(
    (address, at) => `+1617555010${at},US,Inteliquent,0012345,Ana,Lee,+1617555010${at},"${address}",8x82125`,
  );
  const agent = await Agent.at(memoryOpening([SAMPLE.split('\n')[0], ...rows].join('\n')));
  await agent.goesTo(FLAGS);
  await agent.sends('i');
  expect(agent.screen).toContain(`\u2193 ${right}  2 rows`);
  expect(agent.screen).not.toContain('90 Other St');
  await agent.sends('\u001b[B\r');
  expect(agent.deeds).toMatchObject([{ type: 'edit', rows: [0], text: right }]);
});

test('a pane that is too short follows the steps that are ticked', async () => {
  const agent = await Agent.at(memoryOpening(), [80, 18]);
  await agent.goesTo(ASK);
  await agent.sends('A1\r\rA2\r');
  expect(agent.screen).toMatch(/-- WHY row 3 \u00b7 Ported Lumen.*\u2026 \u00b7 address-matrix\.yaml:\d+ /);
  expect(agent.screen).toContain('? asked: Address');
  expect(agent.screen).not.toContain('5 [ ] ');
  await agent.sends('1234');
  expect(agent.screen).toContain('5 [>] Open its LOA');
  expect(agent.screen).not.toContain('? asked: Address');
  // Who reads on in the pane starts at its top.
  await agent.sends('\t');
  expect(agent.screen).toContain('? asked: Address');
});

test('a key for rows, pressed on the groups, says how to get to the rows', async () => {
  const agent = await Agent.at();
  await agent.sends('\u001b[Z');
  expect(agent.view.pane).toBe('lists');
  await agent.sends('b');
  expect(agent.said).toBe('b (none) works on rows; Enter goes to them');
  await agent.sends('Q');
  expect(agent.said).toBe('Q does nothing here; ? shows the keys');
});

test("whom an answer is for is said without a number that could be the row's or the group's", async () => {
  const agent = await Agent.at();
  await agent.goesTo(DE);
  await agent.sends('i');
  expect(agent.screen).toContain('[this row]  group of 2 ');
});

test('lists that go on below the window say how many lines', async () => {
  const agent = await Agent.at(undefined, [60, 16]);
  await agent.sends('I');
  expect(agent.screen).toMatch(/^ \d+ more \u2193$/m);
  await agent.sends('G');
  expect(agent.screen).toMatch(/^ \u2191$/m);
  await agent.sends('\t\u001b[Zg');
  expect(agent.view.pane).toBe('lists');
  expect(agent.screen).toMatch(/^>GROUPS {3}\d+ more \u2193/m);
});
