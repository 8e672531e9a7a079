// An agent who answers, and says after each answer that it was acknowledged; then waits to be killed.
import { writeSync } from 'node:fs';
import { SessionDesk } from '../../src/commands/desk.ts';
import { openGrid, openRules, openTable } from '../../src/commands/open.ts';
import { answering } from './session-of.ts';

const [, , path = '', answers = '[]'] = process.argv;

const rules = await openRules({});
const table = openTable(await openGrid(path), rules, {});
const desk = await SessionDesk.open(table, rules, { customerFile: `${path}.yaml` }, `${path}.session`, {
  out: `${path}.out`,
  inputs: [path],
  template: null,
});
for (const [number, fields] of JSON.parse(answers) as [string, Record<string, string>][]) {
  await desk.record(answering(desk.review, number, fields));
  writeSync(1, `acknowledged ${number}\n`);
}
setInterval(() => {}, 1000);
