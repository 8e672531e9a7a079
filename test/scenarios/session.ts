/** A session as an agent would leave it: deeds in short, recorded through the desk that the review works at. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SessionDesk } from '../../src/commands/desk.ts';
import { openGrid, openRules, openTable } from '../../src/commands/open.ts';
import type { InputOptions } from '../../src/commands/options.ts';
import { entryOf, validateAnswer } from '../../src/review/answers.ts';
import type { Deed } from '../../src/review/event.ts';
import { readCustomer } from '../../src/review/intake.ts';

/**
 * Plays the lines of `body` against `FILE [--customer-file F] [--extend DIR]` in `folder`, each one deed: `answer ROWS
 * field=text, …`, `edit ROWS field=text`, `exclude ROWS reason`, `include ROWS`, `note ROWS text`, `undo`, `redo`.
 */
export async function playSession(
  folder: string,
  [file = '', ...args]: readonly string[],
  body: string,
): Promise<void> {
  const option = (name: string) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : join(folder, args[at + 1] as string);
  };
  const path = join(folder, file);
  const extend = option('--extend');
  const customerFile = option('--customer-file');
  const options: InputOptions = extend === undefined ? {} : { extend };
  const rules = await openRules(options);
  const table = openTable(await openGrid(path), rules, options);
  const place = { out: join(folder, 'delivered'), inputs: [path], template: null };
  const desk = await SessionDesk.open({ ...table, name: file }, rules, options, `${path}.session`, place);
  try {
    if (customerFile !== undefined) {
      const facts = readCustomer(customerFile, readFileSync(customerFile, 'utf8'), rules.intake);
      await desk.record({ type: 'intake', facts });
    }
    for (const line of body.split('\n').filter((one) => one !== ''))
      for (const deed of deeds(desk, line)) await desk.record(deed);
  } finally {
    desk.close();
  }
}

function deeds({ review }: SessionDesk, line: string): Deed[] {
  const [, kind = '', places = '', rest = ''] = /^(\w+) ?([\d,]*) ?(.*)$/.exec(line) ?? [];
  const rows = [...review.table.rows.keys()].filter((index) =>
    places.split(',').includes(String(review.place(index))),
  );
  const [field = '', ...value] = rest.split('=');
  const text = value.join('=');
  switch (kind) {
    case 'answer': {
      const entries = rows.map((row) => {
        const task = review
          .decision(row)
          .tasks.find((one) => one.for.some((item) => item.field === field) || field === 'decision');
        if (!task) throw new Error(`no open task asks for ${field} of row ${review.place(row)}`);
        const item = task.for.find((one) => one.field === field);
        if (!item) return entryOf(row, task, { [field]: text });
        const answer = validateAnswer(review, task, item, text);
        if ('problem' in answer) throw new Error(answer.problem);
        return entryOf(row, task, { [field]: answer.text });
      });
      return [{ type: 'answer', via: 'typed', entries }];
    }
    case 'edit':
      return [{ type: 'edit', rows, field, text }];
    case 'exclude':
      return [{ type: 'exclude', rows, reason: rest }];
    case 'include':
      return [{ type: 'include', rows }];
    case 'note':
      return [{ type: 'note', rows, text: rest }];
    case 'undo':
    case 'redo':
      return [{ type: kind }];
    default:
      throw new Error(`no session knows \`${line}\``);
  }
}
