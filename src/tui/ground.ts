/** What comes before the rows, as lines: columns to explain, questions of the intake. */
import { NONE } from '../engine/decision.ts';
import { beyond, scrolled } from './geometry.ts';
import { columnOf, mappingFields, samplesOf } from './mapping.ts';
import { clip, pad, visible, widthOf, wrap } from './text.ts';
import { type Line, span } from './theme.ts';
import type { Mapping, Style, View, World } from './view.ts';

/** The most lines for what is missing. */
const MOST_PROBLEMS = 6;

/** The columns of a file that no layout explains. */
export function mappingPage(view: View, world: World, height: number): Line[] {
  const mapping = view.mapping as Mapping;
  const { columns } = view.size;
  const fields = mappingFields(world);
  const lines: Line[] = wrap(
    'The columns of this file fit no layout that the rules know. Say which is which: Enter chooses, Tab goes on.',
    columns - 2,
  ).map((text) => [span(` ${text}`)]);
  lines.push([]);
  const label = Math.max(16, ...fields.map((field) => widthOf(field.label))) + 1;
  const column = 24;
  // A layout a line: each is another way to read the file.
  const problems = mapping.problems.flatMap(({ message, wanted }) =>
    [message, ...(wanted?.split(/; (?=[\w-]+ \()/) ?? [])].flatMap((text, at) =>
      wrap(visible(at === 0 ? text : `  ${text}`), columns - 4),
    ),
  );
  const keepLine = `${mapping.keep ? '[x]' : '[ ]'} keep these columns as a layout for the next file (s)`;
  const room = height - lines.length - 3 - Math.min(MOST_PROBLEMS, Math.max(1, problems.length));
  const top = scrolled(0, mapping.at, room, fields.length + 1);
  const more = beyond(top, room, fields.length + 1);
  lines.push([
    span(`   ${pad('field', label)} ${pad('column', column)} what stands in it`, 'head'),
    span(more === '' ? '' : `   ${more}`, 'warn'),
  ]);
  const all: [string, string, string][] = [
    ['Layout', mapping.choice.layout ?? '(find it by the columns)', ''],
    ...fields.map((field): [string, string, string] => {
      const at = columnOf(mapping, field.name);
      return [
        field.label,
        at < 0 ? '-' : (mapping.header[at] ?? ''),
        at < 0 ? '' : samplesOf(mapping, world.opening.grid, at).join(' | '),
      ];
    }),
  ];
  for (const [at, [name, chosen, samples]] of all.entries()) {
    if (at < top || at >= top + room) continue;
    const here = at === mapping.at;
    const text = pad(
      `${here ? '>' : ' '}  ${pad(visible(name), label)} ${pad(visible(chosen), column)} ${visible(samples)}`,
      columns,
    );
    lines.push([span(text, here ? 'cursor' : chosen === '-' ? 'dim' : 'plain')]);
  }
  lines.push([], [span(` ${keepLine}`)]);
  if (problems.length === 0) lines.push([span('  + this is enough to read the file', 'good')]);
  for (const problem of problems.slice(0, MOST_PROBLEMS)) lines.push([span(`  ${problem}`, 'bad')]);
  return lines;
}

/** What is said above the questions, and the line below it. */
const INTAKE_HEAD = 2;

/** The questions asked once for the customer. */
export function intakePage(view: View, world: World, height: number): Line[] {
  const { questions } = world.opening.rules.intake;
  const customer = world.desk?.review.state.customer ?? new Map<string, string>();
  const open = new Set(world.desk?.review.openQuestions().map((one) => one.question.id));
  const { columns } = view.size;
  const current = questions[view.question];
  const below: Line[] = [[]];
  if (current) {
    for (const text of wrap(visible(current.question), columns - 2)) below.push([span(` ${text}`, 'title')]);
    for (const text of current.help === null ? [] : wrap(visible(current.help), columns - 4))
      below.push([span(`   ${text}`, 'dim')]);
    const width = Math.max(0, ...current.choices.map((one) => widthOf(one.value)));
    for (const { value, label } of current.choices)
      below.push([span(`   ${pad(value, width)}`, 'key'), span(`  ${visible(label)}`, 'dim')]);
    if (current.mustBe !== null && customer.has(current.id) && customer.get(current.id) !== current.mustBe) {
      for (const text of wrap(visible(current.otherwise ?? `must be ${current.mustBe}`), columns - 4))
        below.push([span(`   ${text}`, 'bad')]);
    }
  }
  const room = Math.max(1, height - INTAKE_HEAD - below.length);
  const top = scrolled(0, view.question, room, questions.length);
  const more = beyond(top, room, questions.length);
  const intro = ' Asked once. What you skip stays open, and delivery waits for it.';
  const lines: Line[] = [[span(clip(intro, columns))], more === '' ? [] : [span(` ${more}`, 'warn')]];
  const width = Math.max(20, Math.floor((columns - 8) * 0.55));
  for (const [at, question] of questions.entries()) {
    if (at < top || at >= top + room) continue;
    const answer = customer.get(question.id);
    const here = at === view.question;
    const [glyph, style]: [string, Style] =
      answer !== undefined && !open.has(question.id)
        ? ['+', 'good']
        : answer !== undefined
          ? ['!', 'bad']
          : open.has(question.id)
            ? ['?', 'open']
            : [' ', 'dim'];
    const shown =
      answer === undefined
        ? question.blocks
          ? 'open'
          : 'open, may stay so'
        : answer === ''
          ? NONE
          : visible(answer);
    const text = `${pad(visible(question.question), width)}  ${clip(shown, Math.max(4, columns - width - 8))}`;
    lines.push(
      here
        ? [span(pad(`> ${glyph} ${text}`, columns), 'cursor')]
        : [span('  '), span(`${glyph} `, style), span(text, answer === undefined ? 'dim' : 'plain')],
    );
  }
  return [...lines, ...below];
}
