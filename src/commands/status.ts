/** `csr status`: where the session of a file stands. */
import type { Command } from 'commander';
import { CsrError } from '../engine/problem.ts';
import type { Event } from '../review/event.ts';
import { taskGroups } from '../review/queue.ts';
import type { Review } from '../review/review.ts';
import { openAsLeft } from './desk.ts';
import { sayNotices } from './open.ts';
import { addInputOptions, type InputOptions } from './options.ts';
import { print, printJson } from './output.ts';

interface StatusOptions extends InputOptions {
  readonly json?: boolean;
}

export function addStatus(program: Command): void {
  addInputOptions(program.command('status'))
    .description("where FILE's session stands")
    .argument('<file>', 'the file whose session is meant')
    .option('--json', 'as JSON')
    .option('--quiet', 'say only what went wrong')
    .action(run);
}

async function run(file: string, options: StatusOptions): Promise<void> {
  const { review, notices, left } = await openAsLeft(file, options);
  if (left === null) {
    throw new CsrError({
      code: 'no-session',
      severity: 'error',
      message: `${file} has no session yet`,
      help: `begin one with \`csr review ${file}\``,
    });
  }
  const summary = review.summary();
  const blockers = review.blockers(false);
  if (options.json) {
    const { delivered, done, undone } = review.state;
    const last = left.at(-1);
    printJson({
      summary,
      groups: taskGroups(review).map(({ id, title, kind, rule, open, answered }) => ({
        id,
        title,
        kind,
        rule,
        open: open.map((index) => review.place(index)),
        answered: answered.length,
      })),
      intakeOpen: review.openQuestions().map(({ question }) => question.id),
      blockers: blockers.map(({ code, message }) => ({ code, message })),
      last: last ? { at: last.at, who: last.who, type: last.type } : null,
      undo: done.length,
      redo: undone.length,
      delivered: delivered ? { at: delivered.at, files: delivered.files, partial: delivered.partial } : null,
    });
  } else {
    print(showStatus(review, left.at(-1)));
  }
  sayNotices(notices, options);
  if (blockers.length > 0) process.exitCode = 1;
}

function showStatus(review: Review, last: Event | undefined): string {
  const { rows, ready, unresolved, excluded, changed, flagged } = review.summary();
  const { delivered, done } = review.state;
  const lines = [
    `${review.table.name}: ${rows === 1 ? '1 row' : `${rows} rows`}, ${ready} ready, ${unresolved} unresolved, ${excluded} excluded; ${changed} changed, ${flagged} flagged`,
  ];
  if (last)
    lines.push(
      `last change ${last.at.slice(0, 16).replace('T', ' ')} UTC by ${last.who}; ${done.length === 1 ? '1 step' : `${done.length} steps`} can be undone`,
    );
  for (const group of taskGroups(review)) {
    lines.push(
      `  ${group.open.length > 0 ? 'open' : 'done'}  ${group.title}: ${group.open.length} open, ${group.answered.length} answered`,
    );
  }
  for (const { question, answer } of review.openQuestions()) {
    lines.push(
      `  intake  ${question.id}: ${answer === null ? 'no answer yet' : `\`${answer}\` — ${question.otherwise ?? ''}`}`,
    );
  }
  const flags = review.blockingFlags();
  if (flags.length > 0)
    lines.push(
      `  flags  ${flags.length === 1 ? '1 error' : `${flags.length} errors`} to correct or vouch for`,
    );
  lines.push(
    delivered
      ? `delivered ${delivered.at.slice(0, 16).replace('T', ' ')} UTC: ${delivered.files.join(', ')}${delivered.partial ? ' (partial)' : ''}`
      : 'not delivered yet',
  );
  return `${lines.join('\n')}\n`;
}
