/** What there is to say of one row, as lines. */
import { type Decision, type Flag, NONE, type Task } from '../engine/decision.ts';
import { beyond, isWide } from './geometry.ts';
import { wrapLines } from './pages.ts';
import { clip, pad, visible, widthOf } from './text.ts';
import { type Line, span } from './theme.ts';
import { currentList, type PageLine, type Style, type View, type World } from './view.ts';
import { asked, type List, missing, type Worklist } from './worklist.ts';

interface Detail {
  readonly title: string;
  /** The deciding rule's name, or blank. */
  readonly heading: string;
  /** The deciding rule's `file:line`, or blank. */
  readonly place: string;
  readonly lines: readonly PageLine[];
}

/** The row under the cursor: why it is as it is, what to do, what was read. */
export function detailPane(view: View, world: World, work: Worklist, width: number, height: number): Line[] {
  const { title, heading, place, lines } = detailOf(view, world, work);
  const wide = isWide(view);
  const margin = wide ? '' : ' ';
  const full = wide && heading !== '' ? withHeading(lines, heading) : lines;
  const all = wrapLines(full, Math.max(10, width - 2 * margin.length));
  const body: Line[] = all.map((one) => [span(`${margin}${one.text}`, one.style)]);
  const room = height - 1;
  // Who reads on in the pane starts at its top.
  const from = view.pane === 'detail' || view.detailTop > 0 ? view.detailTop : followed(all, room);
  const top = Math.max(0, Math.min(from, body.length - room));
  const hint = beyond(top, room, body.length);
  const more = hint === '' ? '' : ` ${hint} `;
  const style: Style = view.pane === 'detail' ? 'head' : 'title';
  const left = width - widthOf(more) - 1;
  const sign = view.pane === 'detail' ? '> ' : '';
  if (wide)
    return [[span(pad(`${sign}${title}`, left), style), span(more, 'warn')], ...body.slice(top, top + room)];
  const text = clip(headOf(`${sign}${title}`, heading, place, left), left);
  const head: Line = [
    span(text, style),
    span('-'.repeat(Math.max(0, left - widthOf(text))), 'dim'),
    span(more, 'warn'),
  ];
  return [head, ...body.slice(top, top + room)];
}

const headed = new WeakMap<readonly PageLine[], readonly PageLine[]>();

/** A name in full is worth a line of its own in a narrow pane. */
function withHeading(lines: readonly PageLine[], heading: string): readonly PageLine[] {
  let made = headed.get(lines);
  if (!made) {
    made = [{ text: heading, style: 'title', indent: 0 }, ...lines];
    headed.set(lines, made);
  }
  return made;
}

/** One line over the detail; of a long one it is the rule's name that is cut, not where the rule stands. */
function headOf(title: string, heading: string, place: string, width: number): string {
  const joined = (name: string, where: string) =>
    `-- ${[title, name, where].filter((part) => part !== '').join(' \u00b7 ')} `;
  if (widthOf(joined(heading, place)) <= width) return joined(heading, place);
  const file = place.split('/').at(-1) ?? '';
  const room = width - widthOf(joined('', file)) - 3;
  return joined(clip(heading, Math.max(0, room)), file);
}

/** Where a pane that is too short begins: at the top, until a step is ticked that leaves the next one out of sight. */
function followed(lines: readonly PageLine[], room: number): number {
  const next = lines.findIndex((one) => one.text.startsWith(NEXT_STEP, 1));
  const ticked = lines.some((one) => one.text.startsWith(DONE_STEP, 1));
  return ticked && next >= 0 ? Math.max(0, next + Math.ceil(room / 2) - room) : 0;
}

const NEXT_STEP = ' [>] ';
const DONE_STEP = ' [x] ';

const NO_DETAIL: Detail = { title: '', heading: '', place: '', lines: [] };
const details = new WeakMap<Worklist, { key: string; made: Detail }>();

/** What there is to say of the row under the cursor, kept while nothing of it changes: wrapping is the dear part. */
function detailOf(view: View, world: World, work: Worklist): Detail {
  if (view.row === null) return NO_DETAIL;
  const key = `${view.row} ${view.list} ${work.review.log.length}`;
  const known = details.get(work);
  if (known?.key === key) return known.made;
  const made = describeRow(view.row, currentList(view, world), work);
  details.set(work, { key, made });
  return made;
}

/** Everything there is to say of a row of a list: what is asked first, where it comes from last. */
export function describeRow(row: number, list: List | null, work: Worklist): Detail {
  const { review } = work;
  const { evaluator } = review;
  const decision = review.decision(row);
  const lines: PageLine[] = [];
  const say = (text: string, style: Style = 'plain', indent = 2) =>
    lines.push({ text: visible(text), style, indent });
  const task = list?.kind === 'flags' ? null : work.taskIn(list, row);
  let title = `${list?.kind === 'flags' ? 'FLAGS ' : ''}row ${review.place(row)}`;
  if (decision.excluded) {
    const by = decision.excluded.rule === null ? '' : ` (${work.titleOf(decision.excluded.rule)})`;
    say(`x excluded: ${decision.excluded.reason}${by}`, 'warn');
  }
  const escalated = review.state.escalated.get(row);
  if (escalated) say(`^ escalated to ${escalated.to}: ${escalated.note}`, 'warn', 4);
  let heading = '';
  let place = '';
  if (task) {
    const rule = work.rule(task.rule);
    title = `WHY row ${review.place(row)}`;
    heading = visible(work.titleOf(task.rule));
    if (rule) place = `${rule.place.file}:${rule.place.line}`;
    const given = evaluator.givenTo(row, task);
    for (const [name, text] of Object.entries(given))
      say(`+ answered ${fieldLabel(task, name)}: ${text === '' ? NONE : text}`, 'good', 4);
    const lacking = missing(work, row, task);
    if (lacking.length > 0)
      say(
        `${Object.keys(given).length > 0 ? '! still missing' : '? asked'}: ${lacking.map((item) => item.label).join(', ')}${task.choices.length > 0 ? ` (${task.choices.join(', ')})` : ''}`,
        'open',
        4,
      );
    if (task.kind === 'refer')
      say(
        `^ for: ${task.refer ?? 'manager or lead'}${task.for.length === 0 ? '; record their decision, or exclude the row' : ''}`,
        'open',
      );
    for (const [name, text] of Object.entries(task.suggestion))
      say(`~ offered ${fieldLabel(task, name)}: ${text}`, 'key', 4);
    const blank = Object.keys(task.suggestion).length === 0 ? work.blankOffers(task) : [];
    if (blank.length > 0) say(`~ no offer: the intake has no answer to: ${blank.join(' ')}`, 'warn', 4);
    say(task.why, 'plain', 0);
    if (task.basis === 'reconstructed') say('reconstructed: a lead should confirm this rule', 'warn');
    steps(task, list, work, say);
  }
  for (const flag of evaluator.flags(row)) {
    const acknowledged = review.isAcknowledged(row, flag);
    say(flagText(flag, acknowledged), flagStyle(flag, acknowledged), 2);
  }
  for (const { field, from, to, by } of changesOf(decision, work)) {
    const name = evaluator.columnName(evaluator.facts.slot(field));
    say(`${name}: ${from || '(blank)'} \u2192 ${to || '(blank)'}  ${by.join(', ')}`, 'dim', 2);
  }
  for (const note of review.state.notes.get(row) ?? []) say(`note: ${note}`, 'plain', 6);
  if (task) {
    const facts = factsRead(task, work);
    if (facts !== '') say(`read: ${facts}`, 'dim', 6);
    const lookUp = review.rules.lookUps.find((one) => one.id === task.lookUp);
    if (place !== '') say(`rule ${task.rule}`, 'dim', 5);
    if (place !== '') say(`at ${place}`, 'dim', 3);
    if (lookUp) say(`look-up at ${lookUp.place.file}:${lookUp.place.line}`, 'dim', 3);
  }
  if (lines.length === 0) say('nothing changed, nothing asked', 'dim');
  return { title, heading, place, lines };
}

/** What became of each cell, other than by an answer: from what it came in with to what it is now, and by what. */
function changesOf(
  { changes }: Decision,
  work: Worklist,
): { field: string; from: string; to: string; by: string[] }[] {
  const made = new Map<string, { field: string; from: string; to: string; by: string[] }>();
  for (const { field, from, to, by, rule } of changes) {
    if (by === 'answer') continue;
    const name = by === 'edit' ? 'corrected by hand' : work.titleOf(rule);
    const before = made.get(field);
    made.set(field, { field, from: before?.from ?? from, to, by: [...(before?.by ?? []), name] });
  }
  return [...made.values()];
}

function steps(
  task: Task,
  list: List | null,
  work: Worklist,
  say: (text: string, style?: Style, indent?: number) => void,
): void {
  if (task.steps.length === 0) return;
  const procedure = task.procedure === null ? undefined : work.review.rules.procedures.get(task.procedure);
  const ticked = work.review.state.ticks.get(list?.group?.id ?? '') ?? new Set<number>();
  const next = task.steps.findIndex((_, at) => !ticked.has(at + 1));
  const count = task.steps.filter((_, at) => ticked.has(at + 1)).length;
  say(
    `STEPS ${procedure?.title ?? ''}${procedure && procedure.where !== '' ? ` (${procedure.where})` : ''}  ${count}/${task.steps.length}`,
    'head',
  );
  for (const [at, text] of task.steps.entries()) {
    const box = at === next ? NEXT_STEP : ticked.has(at + 1) ? DONE_STEP : ' [ ] ';
    say(`${at + 1}${box}${text}`, ticked.has(at + 1) ? 'dim' : at === next ? 'title' : 'plain', 6);
  }
}

function fieldLabel(task: Task, name: string): string {
  return asked(task).find((item) => item.field === name)?.label ?? name;
}

/** The facts that a task rests on, in the words of headers and of the intake. */
function factsRead(task: Task, work: Worklist): string {
  const facts = JSON.parse(task.restsOn) as [string, string][];
  return facts
    .map(([fact, text]) => `${factName(fact, work)} ${text === '' ? '(blank)' : `\`${text}\``}`)
    .join(', ');
}

function factName(fact: string, { review }: Worklist): string {
  const { layouts } = review.rules;
  const label = (field: string) => layouts.fields.get(field)?.label.toLowerCase() ?? spaced(field);
  const [kind = '', ...rest] = fact.split('.');
  switch (rest.length === 0 ? '' : kind) {
    case '':
      return fact === 'system' ? 'layout' : label(fact);
    case 'customer':
      return `${spaced(rest.join(' '))} (intake)`;
    case 'original':
      return `${label(rest.join('.'))} as it came in`;
    case 'reference':
      return `${label(rest.slice(1).join('.'))} (${rest[0]})`;
    default:
      return spaced(rest.length > 1 ? rest.join(' ') : `${kind}'s ${rest[0]}`);
  }
}

/** `accountKind` as words. */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (one) => ` ${one.toLowerCase()}`).trim();
}

function flagText(flag: Flag, acknowledged: boolean): string {
  const glyph = flag.severity === 'error' ? '#' : flag.severity === 'warning' ? '!' : 'i';
  return `${glyph} ${flag.severity}${acknowledged ? ', acknowledged' : ''}: ${flag.message}`;
}

function flagStyle(flag: Flag, acknowledged: boolean): Style {
  if (acknowledged) return 'dim';
  return flag.severity === 'error' ? 'bad' : flag.severity === 'warning' ? 'warn' : 'dim';
}
