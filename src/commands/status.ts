/** `csr status`: where the session of a file stands. */
import type { Command } from 'commander';
import { CsrError, type Problem } from '../engine/problem.ts';
import { taskGroups } from '../review/queue.ts';
import { Review } from '../review/review.ts';
import { applyAnswersInMemory, choiceOf, readSession, sessionFolder } from './desk.ts';
import {
  addInputOptions,
  groundDeeds,
  type InputOptions,
  type Opened,
  onlyOneStdin,
  openGrid,
  openReview,
  openRules,
  openTable,
  sayNotices,
  stamp,
} from './options.ts';
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

/**
 * A file as its session left it, read without taking the session's lock; without a session, as the rules
 * alone decide it. Nothing is written.
 */
export async function openAsLeft(
  file: string,
  options: InputOptions,
): Promise<Opened & { readonly hasSession: boolean }> {
  const folder = file === '-' && options.session === undefined ? null : sessionFolder(file, options);
  const events = folder === null ? null : await readSession(folder);
  if (events === null || events.length === 0)
    return { ...(await openReview(file, options)), hasSession: false };
  onlyOneStdin(file, options);
  const rules = await openRules(options);
  const choice = choiceOf(events);
  const table = openTable(await openGrid(file), rules, {
    ...options,
    ...(options.layout === undefined && choice ? { layout: choice.layout } : {}),
    map: options.map && Object.keys(options.map).length > 0 ? options.map : (choice?.map ?? {}),
  });
  const notices: Problem[] = [...table.notices];
  const start = events.find((event) => event.type === 'start');
  if (start && start.input.sha256 !== table.sha256) {
    throw new CsrError({
      code: 'input-changed',
      severity: 'error',
      message: `${table.name} is not the file that its session was begun on`,
      help: 'put the first file back, or move its session folder away to begin anew',
    });
  }
  const ground = await groundDeeds(table, rules, options);
  notices.push(...ground.notices);
  const review = await Review.open(rules, table, [...events, ...ground.deeds.map(stamp)]);
  notices.push(...(await applyAnswersInMemory(review, options)));
  return { rules, table, review, notices, hasSession: true };
}

async function run(file: string, options: StatusOptions): Promise<void> {
  const { review, notices, hasSession } = await openAsLeft(file, options);
  if (!hasSession) {
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
    const { delivered, last, done, undone } = review.state;
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
    print(showStatus(review));
  }
  sayNotices(notices, options);
  if (blockers.length > 0) process.exitCode = 1;
}

function showStatus(review: Review): string {
  const { rows, ready, unresolved, excluded, changed, flagged } = review.summary();
  const { last, delivered, done } = review.state;
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
