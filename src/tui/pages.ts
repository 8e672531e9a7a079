/** Texts that fill the screen: help, explanations, resolutions, what was delivered. */
import type { EscalationAnswer } from '../engine/escalate.ts';
import type { Explanation, RuleTrace, TestTrace } from '../engine/explain.ts';
import { type Problem, showProblem } from '../engine/problem.ts';
import type { Delivered } from '../review/desk.ts';
import { commandsOf, keyNames, type Place, SECTIONS, type Situation } from './keys.ts';
import type { Pasted } from './paste.ts';
import { visible, wrap } from './text.ts';
import type { Page, PageLine, Style } from './view.ts';
import type { Worklist } from './worklist.ts';

function line(text = '', style: Style = 'plain', indent = 0): PageLine {
  return { text: text === '' ? '' : visible(text), style, indent };
}

function page(title: string, lines: readonly PageLine[], copy: Page['copy'] = null): Page {
  return { kind: 'page', title, lines, top: 0, copy };
}

const wrapped = new WeakMap<readonly PageLine[], { width: number; lines: readonly PageLine[] }>();

/** A page's lines, each in as many as the width needs. */
export function wrapLines(lines: readonly PageLine[], width: number): readonly PageLine[] {
  const known = wrapped.get(lines);
  if (known?.width === width) return known.lines;
  const made = lines.flatMap((one) => {
    const [first = '', ...rest] = wrap(one.text, width);
    if (rest.length === 0) return [{ ...one, text: first }];
    const further = wrap(one.text.slice(first.length).trimStart(), Math.max(10, width - one.indent));
    return [
      { ...one, text: first },
      ...further.map((text) => ({ ...one, text: ' '.repeat(one.indent) + text })),
    ];
  });
  wrapped.set(lines, { width, lines: made });
  return made;
}

/** All keys of a place; those that can do nothing now say why. */
export function helpPage(place: Place, situation: Situation): Page {
  const commands = commandsOf(place);
  const lines: PageLine[] = [];
  for (const section of SECTIONS) {
    const own = commands.filter((command) => command.section === section);
    if (own.length === 0) continue;
    if (lines.length > 0) lines.push(line());
    lines.push(line(section, 'head'));
    for (const command of own) {
      const why = command.disabled?.(situation) ?? null;
      const keys = keyNames(command).padEnd(14);
      lines.push(
        line(
          `  ${keys} ${command.help}${why === null ? '' : ` (not now: ${why})`}`,
          why === null ? 'plain' : 'dim',
          17,
        ),
      );
    }
  }
  lines.push(line(), line('Signs', 'head'));
  for (const [sign, what] of SIGNS) lines.push(line(`  ${sign.padEnd(14)} ${what}`, 'plain', 17));
  return page('KEYS', lines);
}

const SIGNS: readonly (readonly [string, string])[] = [
  ['! look up', 'find the answer in a portal or a record; the steps say how'],
  ['? ask', 'a fact is missing; once answered, the row is decided again'],
  ['~ confirm', 'an answer is offered; o accepts it'],
  ['^ refer', 'for the manager, the lead or a queue'],
  ['# error flag', 'blocks delivery until corrected or acknowledged'],
  ['+ answered', 'nothing is open any more'],
  ['= ready', 'nothing was to be found out'],
  ['x excluded', 'stays out of the delivery'],
];

/** Why a row is as it is: every rule it met. */
export function explanationPage(explanation: Explanation, work: Worklist): Page {
  const { decision } = explanation;
  const { review } = work;
  const lines: PageLine[] = [
    line(`status: ${decision.status}${decision.excluded ? `, ${decision.excluded.reason}` : ''}`, 'head'),
  ];
  if (decision.changes.length > 0) lines.push(line(), line('CHANGES', 'head'));
  for (const change of decision.changes) {
    const name = review.evaluator.columnName(review.evaluator.facts.slot(change.field));
    const by =
      change.by === 'rule'
        ? work.titleOf(change.rule)
        : change.by === 'edit'
          ? 'corrected by hand'
          : `answered: ${work.titleOf(change.rule)}`;
    lines.push(line(`  ${name}: ${quoted(change.from)} \u2192 ${quoted(change.to)}  ${by}`, 'plain', 4));
  }
  const notes = review.state.notes.get(decision.index) ?? [];
  const escalated = review.state.escalated.get(decision.index);
  if (notes.length > 0 || escalated) lines.push(line(), line('NOTES', 'head'));
  for (const note of notes) lines.push(line(`  ${note}`, 'plain', 4));
  if (escalated)
    lines.push(
      line(
        `  escalated to ${escalated.to}: ${escalated.note} (${escalated.who}, ${escalated.at.slice(0, 16)})`,
        'plain',
        4,
      ),
    );
  lines.push(line(), line('RULES THAT ACTED', 'head'));
  const traces = explanation.tables.flatMap((table) => table.rules);
  const acted = traces.filter((trace) => trace.acted);
  if (acted.length === 0) lines.push(line('  none', 'dim'));
  for (const trace of acted) lines.push(...ruleLines(trace));
  lines.push(line(), line('RULES THAT DID NOT', 'head'));
  for (const table of explanation.tables) {
    const others = table.rules.filter((trace) => !trace.acted);
    if (others.length === 0) continue;
    lines.push(
      line(
        `  ${table.table.file} (${table.stage}, ${table.table.match === 'first' ? 'first that holds' : 'all that hold'})`,
        'dim',
      ),
    );
    for (const trace of others) {
      const why = !trace.asked
        ? 'not asked: an earlier rule had decided'
        : trace.failed
          ? `${trace.failed.written} failed: it read ${read(trace.failed)}`
          : 'did not act';
      lines.push(line(`    ${trace.rule.title} (${trace.rule.id}): ${why}`, 'plain', 6));
    }
  }
  return page(`WHY row ${review.place(decision.index)} ${review.phoneNumber(decision.index)}`, lines);
}

function ruleLines(trace: RuleTrace): PageLine[] {
  const { rule } = trace;
  const lines = [
    line(`  ${rule.title}`, 'key', 4),
    line(`    ${rule.why}`, 'plain', 4),
    line(`    ${rule.id}  ${rule.place.file}:${rule.place.line}  (${rule.basis})`, 'dim', 4),
  ];
  for (const test of trace.tests) lines.push(testLine(test));
  for (const [at, block] of trace.anyOf.entries()) {
    lines.push(line(`      ${at === 0 ? 'any of' : 'or'}`, 'dim'));
    lines.push(...block.map(testLine));
  }
  return lines;
}

function testLine(test: TestTrace): PageLine {
  const held = test.outcome === true;
  return line(`      ${held ? '+' : '-'} ${test.written}   read ${read(test)}`, held ? 'good' : 'dim', 8);
}

function read(test: TestTrace): string {
  const others = test.compared.map(({ fact, value }) => `, ${fact} ${quoted(value)}`).join('');
  return `${quoted(test.value)}${others}${test.outcome === 'unreadable' ? ', which cannot be read' : ''}`;
}

function quoted(text: string): string {
  return text === '' ? '(blank)' : `\`${text}\``;
}

/** What to do about a rejection. */
export function escalationPage(answer: EscalationAnswer, text: string, carrier: string): Page {
  const { escalation } = answer;
  const lines = [
    line(`their words: ${text}`, 'dim', 2),
    line(`carrier: ${carrier === '' ? 'not given' : carrier}`, 'dim'),
    line(`recognised: ${answer.categories.length > 0 ? answer.categories.join(', ') : 'nothing'}`, 'dim', 2),
    line(),
    line(escalation.resolution, 'title', 0),
  ];
  for (const [name, value] of Object.entries(escalation.give ?? {}))
    lines.push(line(`  ${name}: ${value}`, 'good'));
  if (escalation.refer !== null) lines.push(line(`  refer to: ${escalation.refer}`, 'warn'));
  lines.push(line(`  ${escalation.why}`, 'plain', 2));
  lines.push(
    line(
      `  ${escalation.id}  ${escalation.place.file}:${escalation.place.line}  (${escalation.basis})`,
      'dim',
    ),
  );
  if (answer.nearestCarriers.length > 0) {
    lines.push(
      line(),
      line(
        `\`${carrier}\` is no carrier that the rules know; nearest: ${answer.nearestCarriers.join(', ')}`,
        'warn',
        2,
      ),
    );
  }
  if (answer.hints.length > 0)
    lines.push(
      line(),
      line('HINTS, not policy', 'head'),
      ...answer.hints.map((hint) => line(`  ${hint}`, 'plain', 4)),
    );
  const give = Object.values(escalation.give ?? {}).join(' ');
  return page(
    'REJECTION',
    lines,
    give === '' ? { text: escalation.resolution, what: 'what to do' } : { text: give, what: give },
  );
}

/** What of a pasted table could not be used. */
export function pastePage(read: Pasted): Page {
  const lines = [
    line(
      `Nothing was saved: ${read.faults.length} of the pasted lines cannot be used. Mend them in the sheet, copy and paste again.`,
      'bad',
      0,
    ),
    line(),
  ];
  for (const { line: at, text, why } of read.faults)
    lines.push(line(`line ${at}: ${why}`, 'plain', 2), line(`    ${text}`, 'dim', 4));
  return page('PASTED TABLE', lines);
}

/** What was written, and the text to hand over. */
export function deliveredPage(delivered: Delivered): Page {
  const lines = [line('Written:', 'good'), ...delivered.files.map((file) => line(`  ${file}`, 'plain', 2))];
  for (const problem of delivered.notices) lines.push(line(`  note: ${problem.message}`, 'warn', 4));
  lines.push(line(), line('HAND-OVER, y copies it', 'head'));
  lines.push(...delivered.handOver.split('\n').map((text) => line(text)));
  return page('DELIVERED', lines, { text: delivered.handOver, what: 'the hand-over text' });
}

/** What went wrong, as the command line would say it. */
export function problemsPage(title: string, problems: readonly Problem[]): Page {
  return page(
    title,
    problems.flatMap((problem) =>
      showProblem(problem)
        .split('\n')
        .map((text) => line(text, 'plain', 4)),
    ),
  );
}

/** Plain lines of a text. */
export function textLines(text: string): PageLine[] {
  return text
    .split('\n')
    .map((one) => line(one, 'plain', Math.min(20, one.length - one.trimStart().length + 2)));
}
