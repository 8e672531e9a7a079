/** Fields to fill in: whom an answer is for, what becomes of it, and what is asked before much is touched. */
import { isNone, NONE, type Task } from '../engine/decision.ts';
import { escalate } from '../engine/escalate.ts';
import { CsrError } from '../engine/problem.ts';
import type { Question } from '../engine/rule.ts';
import { answerDeed, choicesOf, entryOf, NumberIndex, validateAnswer } from '../review/answers.ts';
import type { Deed } from '../review/event.ts';
import { hintsFor, validateQuestion } from '../review/intake.ts';
import { earlierAnswers, nearTexts } from '../review/queue.ts';
import type { Review } from '../review/review.ts';
import { blankOffer } from './keys.ts';
import { inputLine, replaceWith } from './line.ts';
import { firstOpenQuestion } from './moving.ts';
import { escalationPage, pastePage } from './pages.ts';
import { type Pasted, readPaste } from './paste.ts';
import {
  type Confirm,
  currentList,
  type Effect,
  type Field,
  type Form,
  type Purpose,
  popLayer,
  positionOf,
  pushLayer,
  runsOf,
  type Scope,
  type Step,
  type Suggestion,
  saying,
  step,
  topLayer,
  type View,
  visibleRows,
  type World,
  withDraft,
  withLayer,
  withoutDraft,
} from './view.ts';
import { asked, type List, type Worklist } from './worklist.ts';

const MOST_EARLIER = 5;
/** Texts of a pasted table that its question names. */
const MOST_TEXTS = 3;

interface Targets {
  readonly scope: Scope;
  readonly rows: readonly number[];
  /** How many of them the filter, or another list, hides. */
  readonly hidden: number;
  /** How many have an answer already. */
  readonly answered: number;
  /** How many of those meant ask for something else. */
  readonly left: number;
}

/** The rows that a scope means for a purpose. */
function targetsOf(view: View, world: World, purpose: Purpose, scope: Scope): Targets {
  const work = world.work as Worklist;
  const list = currentList(view, world);
  const meant =
    scope === 'row'
      ? view.row === null
        ? []
        : [view.row]
      : scope === 'selection'
        ? [...view.marks].sort((a, b) => a - b)
        : purpose.type === 'answer'
          ? (list?.group?.open ?? [])
          : (list?.rows ?? []);
  // The rows of a group ask for this by what the group is; others may ask for something else.
  const task = purpose.type === 'answer' && scope !== 'group' ? purpose.task : null;
  const rows = task ? meant.filter((row) => work.taskLike(row, task) !== null) : meant;
  const shown = visibleRows(view, world);
  let answered = 0;
  if (task) for (const row of rows) if (work.isAnswered(row, work.taskLike(row, task) as Task)) answered++;
  return {
    scope,
    rows,
    hidden: scope === 'row' ? 0 : hiddenAmong(rows, shown),
    answered,
    left: meant.length - rows.length,
  };
}

function hiddenAmong(rows: readonly number[], shown: readonly number[]): number {
  return rows === shown ? 0 : rows.filter((row) => shown[positionOf(shown, row)] !== row).length;
}

function scopesOf(view: View, world: World, purpose: Purpose): Form['scopes'] {
  return (['row', 'selection', 'group'] as const).flatMap((scope) => {
    const { rows, hidden } = targetsOf(view, world, purpose, scope);
    return rows.length > 0 ? [{ scope, rows: rows.length, hidden }] : [];
  });
}

function field(key: string, label: string, text = '', extra: Partial<Field> = {}): Field {
  const line = inputLine(text);
  return { key, label, line, choices: [], suggestions: [], join: ', ', given: text, ...extra };
}

function openForm(
  view: View,
  world: World,
  purpose: Purpose,
  title: string,
  fields: readonly Field[],
  scope: Scope | null,
  { at = 0, drafted = true }: { readonly at?: number; readonly drafted?: boolean } = {},
): View {
  const scopes = scope === null ? [] : scopesOf(view, world, purpose);
  const taken = scopes.find((one) => one.scope === scope) ?? scopes[0];
  const key = drafted ? draftKey(view, purpose, taken?.scope ?? null) : null;
  const kept = key === null ? undefined : view.drafts.get(key);
  const draft = kept && fields.every((one, at) => one.given === kept.given[at]) ? kept.texts : null;
  const opened = pushLayer(view, {
    kind: 'form',
    purpose,
    title,
    fields: fields.map((one, at) => ({ ...one, line: inputLine(draft?.[at] ?? one.line.text) })),
    at,
    scope: taken?.scope ?? null,
    scopes,
    problem: null,
    draft: key,
  });
  return draft ? saying(opened, 'typed before, and not saved yet') : opened;
}

/** What a draft is kept under: a text meant for one row must not turn up at another. */
function draftKey(view: View, purpose: Purpose, scope: Scope | null): string | null {
  const where =
    scope === 'selection'
      ? `marked ${JSON.stringify(runsOf(view.marks))}`
      : scope === 'group'
        ? view.list
        : `row ${view.row}`;
  switch (purpose.type) {
    case 'filter':
      return null;
    case 'intake':
      return `intake ${purpose.question.id}`;
    case 'batch':
      return 'batch';
    case 'paste':
      return `paste ${view.list}`;
    case 'propose':
      return `propose ${purpose.country} ${purpose.carrier}`;
    case 'answer': {
      const { rule, for: items, scope: whom } = purpose.task;
      const name = `answer ${rule} ${items.map((item) => item.field).join('+')}`;
      return whom === 'file' ? name : `${name} for ${where}`;
    }
    case 'correct':
      return `correct ${purpose.field} of ${where}`;
    default:
      return `${purpose.type} ${where}`;
  }
}

/** Opens the form for the task of the row under the cursor. `none` fills in "there is none". */
export function openAnswer(view: View, world: World, scope: Scope, none = false): Step {
  const { review } = world.work as Worklist;
  const list = currentList(view, world);
  const row = view.row ?? list?.group?.open[0];
  if (row === undefined) return step(saying(view, 'there is no row here', 'bad'));
  const waiting = list?.group?.open[0];
  const task = (world.work as Worklist).taskIn(
    list,
    scope === 'group' && waiting !== undefined ? waiting : row,
  );
  if (!task) return step(saying(view, 'nothing is asked of this row', 'bad'));
  const purpose: Purpose = { type: 'answer', task };
  const given = scope === 'row' ? review.evaluator.givenTo(row, task) : {};
  const fields = asked(task).map((item) => {
    const choices = choicesOf(review, task, item);
    const offered = task.suggestion[item.field];
    const before = given[item.field];
    const text = before ?? (task.kind === 'offer' ? (offered ?? '') : '');
    const suggestions: Suggestion[] = choices.map((choice) => ({ text: choice, from: '' }));
    if (offered !== undefined && !choices.includes(offered))
      suggestions.push({ text: offered, from: 'offered' });
    if (choices.length === 0) {
      for (const { text: earlier, count } of earlierAnswers(review, item.field, row).slice(0, MOST_EARLIER)) {
        if (earlier !== offered) suggestions.push({ text: earlier, from: counted(count) });
      }
    }
    return field(item.field, item.label, before === '' ? NONE : text, { choices, suggestions });
  });
  const open = (one: Field) => given[one.key] === undefined;
  // What is answered already needs no second look; where all is, the first field is as good as any.
  const at = Math.max(0, fields.findIndex(open));
  // One answer serves the whole file: there is nobody to choose.
  const whom = task.scope === 'file' ? null : scope;
  if (!none) return step(openForm(view, world, purpose, 'ANSWER', fields, whom, { at }));
  const all = !fields.some(open);
  const filled = fields.map((one) => (all || open(one) ? { ...one, line: inputLine(NONE) } : one));
  return step(openForm(view, world, purpose, 'ANSWER', filled, whom, { at, drafted: false }));
}

/** Opens the form for a cell's text; the flagged cell in a list of flags. */
export function openCorrect(view: View, world: World, name: string, scope: Scope): Step {
  const { review } = world.work as Worklist;
  const { evaluator } = review;
  const slot = evaluator.facts.slot(name);
  const list = currentList(view, world);
  const row = view.row ?? list?.rows[0];
  const text = row === undefined ? '' : evaluator.value(row, name);
  const suggestions =
    row === undefined ? [] : cellTexts(review, name, row).filter((one) => one.text !== text);
  const cell = field(name, evaluator.columnName(slot), text, { suggestions });
  return step(openForm(view, world, { type: 'correct', field: name }, 'CORRECT', [cell], scope));
}

/** Texts that may well belong into a cell: what the rules would take from the row itself, what other rows have, what came in. */
function cellTexts(review: Review, name: string, row: number): Suggestion[] {
  const { evaluator, rules } = review;
  const { facts } = evaluator;
  const taken = rules.tables
    .flatMap((table) => table.rules.flatMap((rule) => rule.then))
    .flatMap((action) => (action.do === 'copy' || action.do === 'offer' ? action.pairs : []))
    .filter(([field, fact]) => field === name && facts.slot(fact) >= 0)
    .map(([, fact]) => ({
      text: evaluator.value(row, fact),
      from: `the row's ${evaluator.columnName(facts.slot(fact))}`,
    }));
  const near = nearTexts(review, name, evaluator.value(row, name)).slice(0, MOST_EARLIER);
  const texts = [
    ...taken,
    ...near.map(({ text, count }) => ({ text, from: counted(count) })),
    ...earlierAnswers(review, name, row)
      .slice(0, MOST_EARLIER)
      .map(({ text, count }) => ({ text, from: counted(count) })),
    { text: facts.original(row, facts.slot(name)), from: 'as it came in' },
  ];
  const first = new Map(texts.toReversed().map((one) => [one.text, one]));
  return texts.filter((one) => one.text.trim() !== '' && first.get(one.text) === one);
}

function counted(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}

export function openExclude(view: View, world: World, task: Task | null): Step {
  const { state } = (world.work as Worklist).review;
  const counts = new Map<string, number>();
  for (const { excluded } of state.inputs.values()) {
    if (excluded !== null) counts.set(excluded, (counts.get(excluded) ?? 0) + 1);
  }
  const suggestions = [...counts].map(([text, count]) => ({ text, from: counted(count) }));
  // Whoever is asked for a decision, and for no cell, may well take the row over.
  if (task?.kind === 'refer' && task.for.length === 0 && task.refer !== null)
    suggestions.unshift({ text: `handed to ${task.refer}`, from: '' });
  const reason = field('reason', 'Reason', '', { suggestions });
  return step(openForm(view, world, { type: 'exclude' }, 'EXCLUDE', [reason], defaultScope(view)));
}

export function openNote(view: View, world: World): Step {
  return step(openForm(view, world, { type: 'note' }, 'NOTE', [field('note', 'Note')], defaultScope(view)));
}

export function openEscalate(view: View, world: World, task: Task | null): Step {
  const known = [...new Set([task?.refer ?? '', 'manager', 'lead'])].filter((name) => name !== '');
  const { escalated } = (world.work as Worklist).review.state;
  const notes = [...new Set([...escalated.values()].map((one) => one.note))].toReversed();
  const to = field('to', 'To', known[0] ?? '', { suggestions: known.map((text) => ({ text, from: '' })) });
  const opened = openForm(
    view,
    world,
    { type: 'escalate' },
    'ESCALATE',
    [to, field('note', 'Note', '', { suggestions: notes.map((text) => ({ text, from: 'before' })) })],
    defaultScope(view),
  );
  return step({
    ...opened,
    layers: opened.layers.map((layer) => (layer.kind === 'form' ? { ...layer, at: 1 } : layer)),
  });
}

export function openRejection(view: View, world: World): Step {
  const carrier = view.row === null ? '' : (world.work?.review.evaluator.value(view.row, 'carrier') ?? '');
  const fields = [
    field('text', 'Their words', '', { join: ' ' }),
    field('carrier', 'Losing carrier', carrier),
  ];
  return step(openForm(view, world, { type: 'rejection' }, 'LOOK A REJECTION UP', fields, null));
}

export function openPropose(view: View, world: World): Step {
  const { review } = world.work as Worklist;
  const list = currentList(view, world);
  const read = (name: string) => (view.row === null ? '' : review.evaluator.value(view.row, name));
  const country = list?.group?.country ?? read('country');
  const carrier = list?.group?.carrier ?? read('carrier');
  const how = field('how', 'How you found it', '', { join: '; ' });
  return step(
    openForm(
      view,
      world,
      { type: 'propose', country, carrier },
      `PROPOSE A LOOK-UP for ${country}, ${carrier}`,
      [how],
      null,
    ),
  );
}

export function openPaste(view: View, world: World, task: Task): Step {
  const labels = asked(task).map((item) => item.label);
  const line = field('table', 'Paste here');
  return step(
    openForm(
      view,
      world,
      { type: 'paste', task },
      `PASTE A TABLE: number, ${labels.join(', ')}`,
      [line],
      null,
    ),
  );
}

export function openQuestion(view: View, world: World, question: Question): Step {
  const { review } = world.work as Worklist;
  const answer = review.state.customer.get(question.id);
  const choices = question.type === 'yes-no' ? ['yes', 'no'] : question.choices.map((choice) => choice.value);
  const suggestions = [...choices.map((text) => ({ text, from: '' })), ...hintsFor(review, question)];
  const text = answer === '' ? NONE : (answer ?? '');
  const line = field(question.id, 'Answer', text, { choices, suggestions });
  return step(openForm(view, world, { type: 'intake', question }, question.question, [line], null));
}

/** On to the next question without an answer, or out of the intake where all have one. */
export function nextQuestion(view: View, world: World): Step {
  const { questions } = world.opening.rules.intake;
  const customer = world.desk?.review.state.customer;
  const further = questions.findIndex((one, at) => at > view.question && !customer?.has(one.id));
  const said = view.say?.text;
  if (further >= 0) {
    const { view: opened } = openQuestion(
      { ...view, question: further },
      world,
      questions[further] as Question,
    );
    return step(said === undefined || opened.say !== null ? opened : saying(opened, said, 'good'));
  }
  const prefix = said === undefined ? '' : `${said}; `;
  const left = questions.filter((one) => !customer?.has(one.id)).length;
  if (left === 0) return step(saying({ ...view, screen: 'work' }, `${prefix}the intake is complete`, 'good'));
  const question = firstOpenQuestion(world, 0) ?? view.question;
  return step(saying({ ...view, question }, `${prefix}${left} left open`, 'good', 'continue'));
}

export function openBatch(view: View, world: World): Step {
  return step(
    openForm(view, world, { type: 'batch' }, 'NUMBERS OF THE BATCH', [field('numbers', 'Numbers')], null),
  );
}

export function openFilter(view: View, world: World): Step {
  const opened = openForm(
    view,
    world,
    { type: 'filter', before: view.filter },
    'FILTER',
    [field('filter', 'Words', view.filter)],
    null,
  );
  return step(opened);
}

function defaultScope(view: View): Scope {
  return view.marks.size > 0 ? 'selection' : 'row';
}

/** Enter in a form: to the next field, or what the form is for. */
export function submit(view: View, world: World, form: Form): Step {
  if (form.at < form.fields.length - 1)
    return step(withLayer(view, { ...form, at: form.at + 1, problem: null }));
  const { purpose } = form;
  switch (purpose.type) {
    case 'filter':
      return step(popLayer(view));
    case 'answer':
      return submitAnswer(view, world, form, purpose.task);
    case 'correct': {
      const targets = targetsOf(view, world, purpose, form.scope ?? 'row');
      const text = form.fields[0]?.line.text ?? '';
      const deed: Deed = { type: 'edit', rows: targets.rows, field: purpose.field, text };
      return propose(view, {
        deed,
        targets,
        question: `Write \`${text}\` into ${form.fields[0]?.label} for`,
        done: `corrected ${form.fields[0]?.label} of`,
        draft: form.draft,
        advance: currentList(view, world)?.kind === 'flags',
      });
    }
    case 'exclude':
    case 'note': {
      const text = form.fields[0]?.line.text.trim() ?? '';
      if (text === '')
        return refuse(
          view,
          form,
          purpose.type === 'exclude' ? 'a reason is needed: it stands in the hand-over' : 'the note is blank',
        );
      const targets = targetsOf(view, world, purpose, form.scope ?? 'row');
      const deed: Deed =
        purpose.type === 'exclude'
          ? { type: 'exclude', rows: targets.rows, reason: text }
          : { type: 'note', rows: targets.rows, text };
      const what = purpose.type === 'exclude' ? 'Exclude' : 'Leave this note on';
      return propose(view, {
        deed,
        targets,
        question: what,
        done: purpose.type === 'exclude' ? 'excluded' : 'noted on',
        draft: form.draft,
        advance: purpose.type === 'exclude' ? 'stay' : false,
      });
    }
    case 'escalate': {
      const [to = '', note = ''] = form.fields.map((one) => one.line.text.trim());
      if (to === '') return refuse(view, { ...form, at: 0 }, 'to whom?');
      if (note === '') return refuse(view, form, 'a note is needed: what have you tried, what do you need');
      const targets = targetsOf(view, world, purpose, form.scope ?? 'row');
      return propose(view, {
        deed: { type: 'escalate', rows: targets.rows, to, note },
        targets,
        question: `Escalate to ${to}:`,
        done: `escalated to ${to}:`,
        draft: form.draft,
        advance: true,
      });
    }
    case 'intake': {
      const [only] = form.fields;
      const written = only?.line.text ?? '';
      const { mustBe } = purpose.question;
      const open = only?.given === '' || (mustBe !== null && only?.given !== mustBe);
      // Nothing new: the question stays open, or the answer stands as it was.
      if (written === only?.given) return open ? nextQuestion(leaveForm(view), world) : step(leaveForm(view));
      const text = completed(written, only?.choices ?? []);
      if (text.trim() === '')
        return refuse(view, form, `nothing is written; ${NONE} says that there is none`);
      if (isNone(text)) return recordIntake(view, purpose.question, '', open);
      const validated = validateQuestion(purpose.question, text);
      return 'problem' in validated
        ? refuse(view, form, validated.problem)
        : recordIntake(view, purpose.question, validated.text, open);
    }
    case 'batch':
      return submitBatch(view, world, form, form.fields[0]?.line.text ?? '');
    case 'paste':
      return refuse(view, form, 'copy two or more columns in the sheet, numbers first, and paste them here');
    case 'rejection': {
      const [text = '', carrier = ''] = form.fields.map((one) => one.line.text.trim());
      if (text === '') return refuse(view, { ...form, at: 0 }, 'paste the words of the rejection');
      const { rules, evaluator } = (world.work as Worklist).review;
      try {
        return step(
          pushLayer(
            { ...popLayer(view), drafts: withoutDraft(view.drafts, form.draft) },
            escalationPage(escalate(text, carrier, rules, evaluator.books), text, carrier),
          ),
        );
      } catch (error) {
        if (!(error instanceof CsrError)) throw error;
        return refuse(view, form, error.message);
      }
    }
    case 'propose': {
      const how = (form.fields[0]?.line.text ?? '')
        .split(/;\s*/)
        .filter((part) => part.trim() !== '')
        .join('\n');
      if (how === '') return refuse(view, form, 'write the steps; a semicolon parts them');
      return step(view, { type: 'propose', country: purpose.country, carrier: purpose.carrier, how });
    }
  }
}

/** A choice by its beginning, where only one begins so. */
function completed(text: string, choices: readonly string[]): string {
  const begun = text.trim().toLowerCase();
  const fitting = begun === '' ? [] : choices.filter((choice) => choice.toLowerCase().startsWith(begun));
  return fitting.length === 1 ? (fitting[0] as string) : text;
}

/** Records an answer of the intake; null takes it back. An answer that forbids delivery says what to do instead. */
export function recordIntake(view: View, question: Question, text: string | null, further = false): Step {
  const deed: Deed = { type: 'intake', facts: { [question.id]: text } };
  const bad = text !== null && text !== '' && question.mustBe !== null && text !== question.mustBe;
  const say =
    text === null
      ? `open again: ${question.question}`
      : bad
        ? `saved: ${text}. ${question.otherwise ?? `It must be ${question.mustBe}`}`
        : `saved: ${question.question} ${text === '' ? NONE : text}`;
  const after = {
    say,
    tone: bad ? ('bad' as const) : ('good' as const),
    close: true,
    // The words under the question must stay in sight.
    advance: further && !bad,
    draft: `intake ${question.id}`,
  };
  // A fact about the customer touches every row.
  return step({ ...view, busy: 'saving' }, { type: 'record', deeds: [deed], after });
}

function refuse(view: View, form: Form, problem: string): Step {
  return step(withLayer(view, { ...form, problem }));
}

function submitAnswer(view: View, world: World, form: Form, task: Task): Step {
  const { review } = world.work as Worklist;
  const work = world.work as Worklist;
  const values: Record<string, string> = {};
  const open: string[] = [];
  for (const [at, item] of asked(task).entries()) {
    const text = form.fields[at]?.line.text ?? '';
    if (text.trim() === '') {
      open.push(item.label);
      continue;
    }
    const validated = validateAnswer(review, task, item, text);
    if ('problem' in validated) return refuse(view, { ...form, at }, validated.problem);
    values[item.field] = validated.text;
  }
  if (Object.keys(values).length === 0)
    return refuse(view, form, `nothing is written; ${NONE} confirms that there is none`);
  const purpose: Purpose = { type: 'answer', task };
  const targets = targetsOf(view, world, purpose, form.scope ?? 'row');
  const [deed] = answerDeed(
    targets.rows.map((row) => ({ row, task: work.taskLike(row, task) as Task })),
    values,
    'typed',
  );
  if (!deed) return refuse(view, form, 'no row asks for this any more');
  const words = Object.entries(values).map(
    ([name, text]) => `${labelOf(task, name)} ${text === '' ? NONE : `\`${text}\``}`,
  );
  const more = open.length > 0 ? [`still missing: ${open.join(', ')}`] : [];
  if (task.scope === 'file') {
    return step(view, {
      type: 'record',
      deeds: [deed],
      after: {
        say: ['saved for the whole file', ...more].join('; '),
        close: true,
        advance: true,
        draft: form.draft,
      },
    });
  }
  return propose(view, {
    deed,
    targets,
    question: `Save ${words.join(', ')} for`,
    done: 'answered',
    draft: form.draft,
    advance: true,
    more,
  });
}

function labelOf(task: Task, name: string): string {
  return asked(task).find((item) => item.field === name)?.label ?? name;
}

/** A deed to be done for some rows, in the words of its question and of its report. */
interface Proposal {
  readonly deed: Deed;
  readonly targets: Targets;
  /** Before the count: `Exclude`. */
  readonly question: string;
  /** Before the count: `excluded`. */
  readonly done: string;
  readonly draft: string | null;
  /** Whether the cursor goes on to the next open row, or stays among these. */
  readonly advance: boolean | 'stay';
  readonly more?: readonly string[];
}

/** A deed at once for the one row that is seen; otherwise only after a question that says how many. */
function propose(view: View, { deed, targets, question, done, draft, advance, more = [] }: Proposal): Step {
  const count = targets.rows.length;
  if (count === 0) return step(saying(view, 'no row is meant', 'bad'));
  const alone = count === 1 && targets.hidden === 0;
  const say = [
    'saved: ',
    done,
    count === 1 ? ' 1 row' : ` ${count} rows`,
    ...more.map((one) => `; ${one}`),
  ].join('');
  const effect: Effect = {
    type: 'record',
    deeds: [deed],
    after: { say, close: true, advance, draft, unmark: targets.scope === 'selection' },
  };
  if (alone) return step(view, effect);
  return step(
    pushLayer(view, {
      kind: 'confirm',
      question: `${question} ${rowCount(targets)}?`,
      details: [...detailsOf(targets), ...more],
      effect,
    }),
  );
}

/** `41 rows (5 hidden)` */
function rowCount(targets: Targets): string {
  const count = targets.rows.length;
  return `${count} ${count === 1 ? 'row' : 'rows'}${targets.hidden > 0 ? ` (${targets.hidden} hidden)` : ''}`;
}

function detailsOf(targets: Targets): string[] {
  const details: string[] = [];
  if (targets.hidden > 0)
    details.push(`${targets.hidden} of them are not in sight: in other groups, or hidden by the filter`);
  if (targets.answered > 0)
    details.push(`${targets.answered} of them answered already: the new answer replaces the old one`);
  if (targets.left > 0) details.push(`${targets.left} marked rows ask for something else and are left alone`);
  return details;
}

/** Takes offers as they stand, each row its own. */
export function acceptOffers(view: View, world: World, scope: Scope): Step {
  const work = world.work as Worklist;
  const list = currentList(view, world);
  const task =
    scope === 'group' ? list?.group?.sample : view.row === null ? null : work.taskIn(list, view.row);
  if (!task) return step(saying(view, 'nothing is offered here', 'bad'));
  const purpose: Purpose = { type: 'answer', task };
  const all = targetsOf(view, world, purpose, scope);
  const offered = all.rows.flatMap((row) => {
    const own = work.taskLike(row, task) as Task;
    return own.for.length > 0 && own.for.every((item) => own.suggestion[item.field] !== undefined)
      ? [{ row, task: own }]
      : [];
  });
  const [first] = offered;
  if (!first) {
    const blank = work.blankOffers(task);
    return step(
      blank.length === 0
        ? saying(view, 'nothing is offered for all that is asked; Enter answers', 'bad')
        : saying(view, blankOffer(blank), 'bad', 'intake'),
    );
  }
  const deed: Deed =
    first.task.scope === 'file'
      ? (answerDeed([first], first.task.suggestion, 'offer')[0] as Deed)
      : {
          type: 'answer',
          via: 'offer',
          entries: offered.map((one) => entryOf(one.row, one.task, one.task.suggestion)),
        };
  const rows = new Set(offered.map((one) => one.row));
  const targets: Targets = {
    scope,
    rows: [...rows],
    hidden: scope === 'row' ? 0 : hiddenAmong([...rows], visibleRows(view, world)),
    answered: all.answered,
    left: all.left + all.rows.length - rows.size,
  };
  const samples = new Set(
    offered.map((one) => one.task.for.map((item) => one.task.suggestion[item.field]).join(', ')),
  );
  const what = samples.size === 1 ? `\`${[...samples][0]}\`` : `${samples.size} different offers`;
  return propose(view, {
    deed,
    targets,
    question: `Accept ${what} for`,
    done: 'accepted the offer for',
    draft: null,
    advance: true,
  });
}

/** Vouches for flagged cells. */
export function acknowledge(view: View, world: World, scope: Scope): Step {
  const work = world.work as Worklist;
  const list: List | null = currentList(view, world);
  const targets = targetsOf(view, world, { type: 'correct', field: '' }, scope);
  const flags = targets.rows.flatMap((row) =>
    work.openFlags(row, list?.flag?.rule ?? null).map((flag) => work.review.flagEntry(row, flag)),
  );
  if (flags.length === 0) return step(saying(view, 'no error flag stands open here', 'bad'));
  const rows = [...new Set(flags.map((flag) => flag.row))];
  const effect: Effect = {
    type: 'record',
    deeds: [{ type: 'acknowledge', flags }],
    after: {
      say: `saved: acknowledged ${flags.length} ${flags.length === 1 ? 'flag' : 'flags'}`,
      close: true,
      advance: true,
      draft: null,
      unmark: scope === 'selection',
    },
  };
  if (rows.length === 1 && scope === 'row') return step(view, effect);
  const question: Confirm = {
    kind: 'confirm',
    question: `Vouch for ${flags.length} flagged cells of ${rowCount({ ...targets, rows })} as they are?`,
    details: [...new Set(flags.map((flag) => flag.message))].slice(0, 3),
    effect,
  };
  return step(pushLayer(view, question));
}

/** Brings back rows that a person has excluded. */
export function include(view: View, world: World): Step {
  const review = (world.work as Worklist).review;
  const scope = defaultScope(view);
  const targets = targetsOf(view, world, { type: 'exclude' }, scope);
  const rows = targets.rows.filter((row) => review.state.inputs.get(row)?.excluded != null);
  if (rows.length === 0) return step(saying(view, 'none of these rows was excluded by hand', 'bad'));
  return propose(view, {
    deed: { type: 'include', rows },
    targets: { ...targets, rows },
    question: 'Bring back',
    done: 'brought back',
    draft: null,
    advance: false,
  });
}

function submitBatch(view: View, world: World, form: Form, text: string): Step {
  const { review } = world.work as Worklist;
  const numbers = text
    .split(/[,;\n\t]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const index = new NumberIndex(review.table, review.evaluator.books, review.rules);
  const missing = numbers.filter((number) => index.find(number).length === 0);
  if (numbers.length === 0)
    return refuse(view, form, 'type or paste the numbers, with commas or line breaks between them');
  if (missing.length > 0)
    return refuse(
      view,
      form,
      `not in the file: ${missing.slice(0, 4).join(', ')}${missing.length > 4 ? ` and ${missing.length - 4} more` : ''}`,
    );
  const rows = [...new Set(numbers.flatMap((number) => index.find(number)))].sort((a, b) => a - b);
  const effect: Effect = {
    type: 'record',
    deeds: [{ type: 'batch', rows, via: 'typed' }],
    after: { say: `saved: a batch of ${rows.length} rows`, close: true, advance: false, draft: 'batch' },
  };
  const out = review.table.rows.length - rows.length;
  return step(
    pushLayer(view, {
      kind: 'confirm',
      question: `Deliver only ${rows.length} rows?`,
      details: [`${out} rows stay out of the delivery`],
      effect,
    }),
  );
}

/** What is pasted whole into a form: a batch's numbers, or a table; each line answers its rows, or nothing is done and every fault is listed. */
export function takePaste(view: View, world: World, form: Form, pasted: string): Step {
  if (form.purpose.type === 'batch') return submitBatch(view, world, form, pasted);
  if (form.purpose.type !== 'paste') return step(view);
  const { task } = form.purpose;
  const read = readPaste(pasted, task, world.work as Worklist);
  if (read.faults.length > 0) return step(pushLayer(popLayer(view), pastePage(read)));
  if (read.entries.length === 0)
    return refuse(view, form, 'there is no line with a number and an answer in what was pasted');
  const rows = [...new Set(read.entries.map((entry) => entry.row))];
  const targets: Targets = {
    scope: 'group',
    rows,
    hidden: hiddenAmong(rows, visibleRows(view, world)),
    answered: read.answered,
    left: 0,
  };
  const effect: Effect = {
    type: 'record',
    deeds: [{ type: 'answer', via: 'paste', entries: read.entries }],
    after: {
      say: `saved: answered ${rowCount(targets)} from the table`,
      close: true,
      advance: true,
      draft: null,
    },
  };
  const question = `Save ${read.lines} pasted lines for ${rowCount(targets)}?`;
  const details = [...textsOf(read.entries, task), ...detailsOf(targets)];
  return step(pushLayer(view, { kind: 'confirm', question, details, effect }));
}

/** What a table would write, a line a field: `Origin: ported 76, claimed 46`. */
function textsOf(entries: Pasted['entries'], task: Task): string[] {
  return asked(task).flatMap((item) => {
    const counts = new Map<string, number>();
    for (const { values } of entries) {
      const text = values[item.field];
      if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    if (counts.size === 0) return [];
    const most = [...counts].sort((a, b) => b[1] - a[1]);
    const shown = most
      .slice(0, MOST_TEXTS)
      .map(([text, count]) => `${text === '' ? NONE : text}: ${counted(count)}`);
    const others = most.length - shown.length;
    return [`${item.label}  ${shown.join('; ')}${others > 0 ? `; and ${others} more texts` : ''}`];
  });
}

/**
 * A paste where nothing is being typed: a table answers the group that is open, a column of numbers marks their rows.
 * Null where it is neither.
 */
export function takeLoosePaste(view: View, world: World, pasted: string): Step | null {
  const work = world.work as Worklist;
  const task = currentList(view, world)?.group?.sample;
  if (pasted.includes('\t')) {
    if (!task) return null;
    const { view: opened } = openPaste(view, world, task);
    return takePaste(opened, world, topLayer(opened) as Form, pasted);
  }
  const { review } = work;
  const index = new NumberIndex(review.table, review.evaluator.books, review.rules);
  const numbers = pasted.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const found = numbers.flatMap((number) => index.find(number));
  if (found.length === 0) return null;
  const missing = numbers.filter((number) => index.find(number).length === 0);
  const marks = new Set([...view.marks, ...found]);
  const [first] = found;
  const shown = visibleRows(view, world);
  const at = first === undefined ? -1 : positionOf(shown, first);
  const row = shown[at] === first && first !== undefined ? first : view.row;
  const lost =
    missing.length > 0
      ? `; not in the file: ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}`
      : '';
  return step(
    saying(
      { ...view, marks, row, pane: 'rows' },
      `marked ${counted(new Set(found).size)}${lost}`,
      missing.length > 0 ? 'bad' : 'good',
    ),
  );
}

/** The form with another scope, in turn. */
export function nextScope(view: View, form: Form): View {
  if (form.scope === null || form.scopes.length < 2) return view;
  const at = (form.scopes.findIndex((one) => one.scope === form.scope) + 1) % form.scopes.length;
  return withLayer(view, { ...form, scope: form.scopes[at]?.scope ?? null });
}

/** The field with another of its suggestions. */
export function nextSuggestion(view: View, form: Form, by: 1 | -1): View {
  const current = form.fields[form.at] as Field;
  if (current.suggestions.length === 0) return view;
  const at = current.suggestions.findIndex((one) => one.text === current.line.text);
  const next =
    at < 0
      ? by === 1
        ? 0
        : current.suggestions.length - 1
      : (at + by + current.suggestions.length) % current.suggestions.length;
  const text = current.suggestions[next]?.text ?? '';
  return withLayer(view, withField(form, { ...current, line: replaceWith(current.line, text) }));
}

/** The form with its current field changed. */
export function withField(form: Form, changed: Field): Form {
  return { ...form, fields: form.fields.map((one, at) => (at === form.at ? changed : one)), problem: null };
}

/** Leaves a form; what was typed is there again when it is opened the next time. */
export function leaveForm(view: View): View {
  const form = topLayer(view);
  if (form?.kind !== 'form') return popLayer(view);
  if (form.purpose.type === 'filter') return { ...popLayer(view), filter: form.purpose.before };
  return { ...popLayer(view), drafts: withDraft(view.drafts, form) };
}
