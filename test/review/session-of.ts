/** Reviews without a screen: a table from CSV text, deeds given in short, a journal on disk where one is wanted. */

import type { Task } from '../../src/engine/decision.ts';
import { recognise } from '../../src/engine/layout.ts';
import type { RuleSet } from '../../src/engine/rule.ts';
import type { Table } from '../../src/engine/table.ts';
import { readCsv } from '../../src/files/read-csv.ts';
import { entryOf, validateAnswer } from '../../src/review/answers.ts';
import type { Deed, Event } from '../../src/review/event.ts';
import { Review } from '../../src/review/review.ts';
import { builtIn } from '../built-in.ts';

export const HEADER =
  'phoneNumber,country,carrier,accountNumber,authorizedFirstName,authorizedLastName,billingTelephoneNumber,address,pin';

export const CUSTOMER: Readonly<Record<string, string>> = {
  name: 'Acme Widgets',
  company: 'Acme Widgets, Inc.',
  customerId: '1',
  accountKind: 'migrated',
  administratorFirstName: 'Ana',
  administratorLastName: "O'Neil",
  contactFirstName: 'Zoë',
  contactLastName: 'Nullman',
  billingAddress: '1 Elm St, San Jose, CA 95112',
  verification: 'Support verified Ana by call-back',
  requesterHasPhoneNumbersRole: 'yes',
  scope: 'all',
  activeWithin60Days: 'yes',
};

let builtInRules: RuleSet | null = null;

export function rulesOf(extra: Readonly<Record<string, string>> | null = null): RuleSet {
  if (extra) return builtIn(extra);
  builtInRules ??= builtIn();
  return builtInRules;
}

export function tableOf(text: string, rules: RuleSet = rulesOf(), name = 'CSR.csv'): Table {
  return recognise(readCsv(Buffer.from(text), name, 'sha'), rules.layouts, { layout: null, map: new Map() });
}

let clock = 0;

/** An event at a time of its own. */
export function eventOf(deed: Deed): Event {
  clock += 1;
  return { ...deed, at: new Date(Date.UTC(2026, 0, 1, 0, 0, clock)).toISOString(), who: 'agent' };
}

export function startOf(table: Table): Event {
  return eventOf({
    type: 'start',
    input: { name: table.name, sha256: table.sha256, rows: table.rows.length },
    layout: table.layout,
    map: {},
    rules: 'test',
  });
}

/** A review of a text, its intake answered unless said otherwise. */
export async function reviewOf(
  text: string,
  {
    customer = CUSTOMER,
    rules = rulesOf(),
  }: { customer?: Readonly<Record<string, string>>; rules?: RuleSet } = {},
): Promise<Review> {
  const table = tableOf(text, rules);
  return Review.open(rules, table, [startOf(table), eventOf({ type: 'intake', facts: customer })]);
}

/** The index of the row of a number. */
export function rowOf(review: Review, number: string): number {
  const at = review.table.columns.findIndex((column) => column.field === 'phoneNumber');
  return review.table.rows.findIndex((row) => row.cells[at] === number);
}

/** The open task of a row that asks for a field; `decision` for a lead's word. */
export function openTask(review: Review, row: number, field: string): Task {
  const task = review
    .decision(row)
    .tasks.find((one) =>
      field === 'decision' ? one.for.length === 0 : one.for.some((item) => item.field === field),
    );
  if (!task) throw new Error(`nothing asks for ${field} of row ${review.place(row)}`);
  return task;
}

/** The deed of answering fields of a row, as it would be written by an agent. */
export function answering(review: Review, number: string, fields: Readonly<Record<string, string>>): Deed {
  const row = rowOf(review, number);
  const task = openTask(review, row, Object.keys(fields)[0] as string);
  const values: Record<string, string> = {};
  for (const [field, text] of Object.entries(fields)) {
    const item = task.for.find((one) => one.field === field);
    const answer = item ? validateAnswer(review, task, item, text) : { text };
    if ('problem' in answer) throw new Error(answer.problem);
    values[field] = answer.text;
  }
  return { type: 'answer', via: 'typed', entries: [entryOf(row, task, values)] };
}

/** Everything a review says of its rows, for comparing two of them. */
export function decisionsOf(review: Review): unknown {
  return [...review.table.rows.keys()].map((index) => {
    const { acted, values, ...decision } = review.decision(index);
    const { facts } = review.evaluator;
    return {
      ...decision,
      restsOn: [...decision.tasks, ...decision.answered.map(({ task }) => task)].map((task) => task.restsOn),
      acted: acted.map((rule) => rule.id),
      values: Object.fromEntries(facts.slots.map((slot, at) => [`${at} ${slot}`, values[at] ?? ''])),
      counted: review.status(index),
    };
  });
}
