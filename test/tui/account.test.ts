/** Accounts of 2,000 numbers: noise must not train people to wave everything through. */
import { expect, test } from 'vitest';
import { Agent, cleanRows, memoryOpening } from './agent.ts';

/** An account whose intake is answered. */
async function readyAccount(text: string): Promise<Agent> {
  const agent = await Agent.at(memoryOpening(text));
  for (const question of agent.review.rules.intake.questions) {
    const answer = question.mustBe ?? question.choices[0]?.value ?? 'x';
    await agent.desk.record({ type: 'intake', facts: { [question.id]: answer } });
  }
  return agent;
}

test('the same error flag on 2,000 rows is one group, and one acknowledgement', async () => {
  const agent = await readyAccount(cleanRows(2000).replaceAll(',Ana,', ',=Ana,'));
  await agent.goesTo((list) => list.flag?.severity === 'error');
  expect(agent.world.work?.lists().filter((list) => list.flag?.severity === 'error')).toHaveLength(1);
  expect(agent.screen).toContain('2000 to correct or acknowledge');
  await agent.sends('X\r');
  expect(agent.desk.delivered).toEqual([]);
  await agent.sends('\u001bKyX\r');
  expect(agent.deeds.filter((deed) => deed.type === 'acknowledge')).toMatchObject([
    { flags: { length: 2000 } },
  ]);
  expect(agent.desk.delivered).toHaveLength(1);
});

test('warnings on every one of 2,000 rows are one group each, and block nothing', async () => {
  const agent = await readyAccount(
    cleanRows(2000).replaceAll('1 Elm St, San Jose, CA 95131', 'PO Box 7, San Jose, CA 95131'),
  );
  const warnings = agent.world.work?.lists().filter((list) => list.flag?.severity === 'warning') ?? [];
  expect(warnings.map((list) => list.rows.length)).toContain(2000);
  expect(new Set(warnings.map((list) => list.id)).size).toBe(warnings.length);
  expect(warnings.map((list) => list.open)).toEqual(warnings.map(() => 0));
  await agent.sends('X\r');
  expect(agent.deeds.filter((deed) => deed.type === 'acknowledge')).toEqual([]);
  expect(agent.desk.delivered).toHaveLength(1);
});

test('the counts of groups, of the list and of the file follow every answer', async () => {
  const agent = await Agent.at(memoryOpening(), [120, 40]);
  await agent.goesTo((list) => list.group?.country === 'DE');
  const counts = () => [
    /> *\^ +(\d+) {2}DE Colt/.exec(agent.screen)?.[1],
    /DE, Colt {2}(.*?)(?: {2}|$)/m.exec(agent.screen)?.[1],
    /unresolved \d+/.exec(agent.screen)?.[0],
  ];
  expect(counts()).toEqual(['2', '2 open', 'unresolved 8']);
  await agent.sends('iHauptstr. 5\r');
  expect(counts()).toEqual(['1', '1 open, 1 done', 'unresolved 7']);
  await agent.sends('u');
  expect(counts()).toEqual(['2', '2 open', 'unresolved 8']);
});
