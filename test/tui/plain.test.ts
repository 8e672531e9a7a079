import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { runPlain } from '../../src/tui/plain.ts';
import { memoryOpening, SAMPLE } from './agent.ts';

async function interview(
  lines: readonly string[],
  opening = memoryOpening(),
): Promise<{ said: string; status: number; opening: typeof opening }> {
  const input = new PassThrough();
  const output = new PassThrough();
  let said = '';
  output.on('data', (chunk) => {
    said += chunk;
  });
  input.end(lines.map((line) => `${line}\n`).join(''));
  const status = await runPlain(opening, { input, output });
  return { said, status, opening };
}

const deeds = (opening: ReturnType<typeof memoryOpening>) => opening.desk?.journal.slice(1) ?? [];

test('an answer is a line; the next row is asked', async () => {
  const { said, status, opening } = await interview([':continue', '1', 'claimed']);
  expect(deeds(opening)).toMatchObject([
    { type: 'answer', entries: [{ row: 1, values: { origin: 'ported' } }] },
    { type: 'answer', entries: [{ row: 2, values: { origin: 'claimed' } }] },
  ]);
  expect(said).toContain('Row 3: +14085550104');
  expect(said).toMatch(/8 of 10 rows unresolved/);
  expect(status).toBe(1);
});

test('nothing moves a cursor', async () => {
  const { said } = await interview([
    ':continue',
    ':help',
    ':groups',
    ':rows',
    ':why',
    ':explain',
    ':deliver',
    ':cancel',
  ]);
  expect(said).not.toContain('\u001b');
});

test('the intake is asked first; empty lines skip', async () => {
  const { said, opening } = await interview(['Acme', '', '2', 'nonsense', ':continue']);
  expect(deeds(opening)).toMatchObject([
    { type: 'intake', facts: { name: 'Acme' } },
    { type: 'intake', facts: { accountKind: 'migrated' } },
  ]);
  expect(said).toContain('nothing fits');
});

test('a question mark asks for help, wherever it is written, and is no answer', async () => {
  const { said, opening } = await interview(['?', ':continue', '?', ':answer', '?', ':cancel', ':note', '?']);
  expect(deeds(opening)).toEqual([]);
  expect(said.match(/Write the answer and press Enter/g)).toHaveLength(4);
});

test('the intake says what the file has of an answer, until there is one', async () => {
  const { said, opening } = await interview(['Acme Ltd', '0012345', ':continue', ':intake']);
  expect(deeds(opening)).toHaveLength(2);
  expect(said.match(/Acme \(the file's name\)/g)).toHaveLength(1);
});

test('a choice is taken by its number, value or label, never by a part of one', async () => {
  const upTo = Array.from({ length: 7 }, () => '');
  const part = await interview([...upTo, 'que', 'e', '']);
  expect(deeds(part.opening)).toEqual([]);
  expect(part.said).toContain('nothing fits `que`');
  for (const answer of ['3', 'Requested', 'the customer asked for a CSR']) {
    const { opening } = await interview([...upTo, answer]);
    expect(deeds(opening)).toMatchObject([{ type: 'intake', facts: { reason: 'requested' } }]);
  }
  const yes = await interview([...upTo.slice(0, 5), 'y']);
  expect(deeds(yes.opening)).toMatchObject([{ facts: { requesterHasPhoneNumbersRole: 'yes' } }]);
});

test('q leaves from a question, a field and a row, and answers nothing', async () => {
  for (const lines of [['', '', '', '', '', '', ''], [], [':continue'], [':continue', ':answer']]) {
    const { said, opening } = await interview([...lines, 'q', 'x', '1']);
    expect(deeds(opening)).toEqual([]);
    expect(said.trimEnd()).toMatch(/The session is kept in .*$/);
  }
});

test('groups are answered after a question; no changes nothing', async () => {
  const no = await interview([':continue', ':answer-group ported', 'no', ':cancel', ':quit']);
  expect(no.said).toContain('Save Origin `ported` for 3 rows?');
  expect(deeds(no.opening)).toEqual([]);
  const yes = await interview([':continue', ':answer-group ported', 'yes']);
  expect(deeds(yes.opening)).toMatchObject([{ type: 'answer', entries: [{}, {}, {}] }]);
});

test('fields are asked one after the other, and refused where they are wrong', async () => {
  const { said, opening } = await interview([
    ':continue',
    ':group 99',
    ':group 3',
    ':row 8',
    'Rue 1, Paris',
    'nope',
    '01P123456ABC',
  ]);
  expect(said).toContain('there is no such group');
  expect(said).toContain('RIO code is 12 capital letters or digits, not `nope`');
  expect(deeds(opening)).toMatchObject([
    { type: 'answer', entries: [{ values: { address: 'Rue 1, Paris', rio: '01P123456ABC' } }] },
  ]);
});

test('every deed of the screen is there by name', async () => {
  const { said, opening } = await interview([
    ':continue',
    ':group 2',
    ':note called them',
    ':escalate no access',
    ':exclude not theirs',
    ':undo',
    ':redo',
    ':undo',
    ':tick 1',
    ':none',
    '',
    ':propose open the portal; search',
    ':rejection PIN invalid',
    'Inteliquent',
    ':intake',
    ':continue',
  ]);
  expect(deeds(opening).map((deed) => deed.type)).toEqual([
    'note',
    'escalate',
    'exclude',
    'undo',
    'redo',
    'undo',
    'tick',
    'answer',
  ]);
  expect(opening.desk?.proposals).toHaveLength(1);
  expect(said).toContain('8x82125');
});

test('a filter that finds nothing in the group is carried on in all rows', async () => {
  const { said } = await interview([':continue', ':group 2', ':filter orange', ':group 99']);
  const number = said.match(/none in this group, 1 in all rows; :group (\d+) goes/)?.[1] ?? '?';
  const further = await interview([':continue', ':group 2', ':filter orange', `:group ${number}`]);
  expect(further.said).toContain('Row 8: +33155501012');
});

test('an answer that forbids delivery says what to do, and the next question follows', async () => {
  const { said, opening } = await interview(['', '', '', '', '', 'no', 'yes']);
  const question = opening.rules.intake.questions[5];
  expect(said).toContain(`saved: no. ${question?.otherwise}`);
  expect(deeds(opening)).toMatchObject([
    { facts: { requesterHasPhoneNumbersRole: 'no' } },
    { facts: { activeWithin60Days: 'yes' } },
  ]);
});

test('a field that was skipped is named, and asked alone the next time', async () => {
  const { said, opening } = await interview([
    ':continue',
    ':group 3',
    ':row 8',
    'Rue 1, Paris',
    '',
    '01P123456ABC',
  ]);
  const [, label = '?'] = said.match(/^saved: answered 1 row; still missing: (.*)$/m) ?? [];
  expect(said).toContain(`look up. ${label}?`);
  expect(deeds(opening).at(-1)).toMatchObject({ entries: [{ values: { rio: '01P123456ABC' } }] });
});

test('an answer may begin with a colon', async () => {
  const { opening } = await interview([':continue', ':group 2', '::c/o Kim']);
  expect(deeds(opening)).toMatchObject([{ type: 'answer', entries: [{ values: { address: ':c/o Kim' } }] }]);
});

test('a review without open rows is delivered, and its status is 0', async () => {
  const opening = memoryOpening(SAMPLE.split('\n').slice(0, 2).join('\n'));
  const answers = opening.rules.intake.questions.map(
    (question) => question.mustBe ?? question.choices[0]?.value ?? 'x',
  );
  const { said, status } = await interview(
    [...answers, ':continue', ':deliver', ':toggle-word', 'write'],
    opening,
  );
  expect(opening.desk?.delivered).toMatchObject([{ csv: true, docx: true }]);
  expect(said).toContain('Attach the file.');
  expect(status).toBe(0);
});

test('unknown columns are asked for one by one', async () => {
  const opening = memoryOpening(['Rufnummer,Land,Netz', '+4930555010,DE,Colt'].join('\n'));
  const fields = [...opening.rules.layouts.fields.keys()];
  const columns: Readonly<Record<string, string>> = {
    phoneNumber: 'Rufnummer',
    country: 'Land',
    carrier: 'Netz',
  };
  const { said } = await interview(
    ['csr-tool', ...fields.map((field) => columns[field] ?? ''), ':continue', ':continue'],
    opening,
  );
  expect(said).toContain('Phone number is Rufnummer, which holds +4930555010.');
  expect(opening.desk?.review.evaluator.value(0, 'carrier')).toBe('Colt');
});

test('a group that is done gives way to what its rows are asked next: each line answers what was asked last', async () => {
  const { opening, said } = await interview([
    ':continue',
    ':answer-group 1',
    'yes',
    'migrated',
    '1 Elm St, Reno, NV 89501',
  ]);
  expect(deeds(opening)).toMatchObject([
    { type: 'answer', entries: [{ row: 1 }, { row: 2 }, { row: 3 }] },
    { type: 'intake', facts: { accountKind: 'migrated' } },
    { type: 'answer', entries: [{ row: 1, values: { address: '1 Elm St, Reno, NV 89501' } }] },
  ]);
  expect(said).toContain('Port order in the Legacy CRM, US, Lumen: 3 open of 3.');
});

test('a line more than there are questions goes over no answer', async () => {
  const { opening, said } = await interview([
    ':continue',
    ':group 2',
    'Hauptstr. 5',
    ':row 6',
    'not this',
    ':answer Nebenstr. 6',
  ]);
  expect(said).toContain('nothing is asked of this row any more; :answer');
  expect(deeds(opening)).toMatchObject([
    { type: 'answer', entries: [{ row: 4, values: { address: 'Hauptstr. 5' } }] },
    { type: 'answer', entries: [{ row: 4, values: { address: 'Nebenstr. 6' } }] },
  ]);
});
