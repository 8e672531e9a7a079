/** The reducer: what a key makes of the view, and what is to be done outside. Changes nothing itself. */
import { type Deed, type Event, rowsOf } from '../review/event.ts';
import { groupIdOf } from '../review/queue.ts';
import { redoTarget, undoTarget } from '../review/session.ts';
import * as forms from './forms.ts';
import { geometryOf, scrolled } from './geometry.ts';
import type { Input } from './input.ts';
import { type ActionId, COMMANDS, type Command, commandFor, keyName, keyNames, type Place } from './keys.ts';
import { edit, inputLine, insert, joinLines, replaceWith } from './line.ts';
import { chooseColumn, chooseLayout, mapField, mappingCount, mappingFields, tryMapping } from './mapping.ts';
import { deliveredPage, explanationPage, helpPage, problemsPage, textLines, wrapLines } from './pages.ts';
import { graphemes } from './text.ts';
import {
  currentList,
  type Delivery,
  type Effect,
  type Field,
  type Form,
  type Outcome,
  type Page,
  type Pick,
  type PickItem,
  placeOf,
  popLayer,
  positionOf,
  pushLayer,
  type Scope,
  type Step,
  saying,
  situationOf,
  step,
  topLayer,
  type View,
  visibleRows,
  type World,
  withLayer,
} from './view.ts';
import { ALL_ROWS, type Worklist } from './worklist.ts';

/** Takes one key or paste. */
export function press(view: View, input: Input, world: World): Step {
  const quiet = view.say === null ? view : { ...view, say: null };
  const { view: next, effects } =
    input.type === 'paste' ? paste(quiet, input.text, world) : pressKey(quiet, input.key, world);
  return { view: settled(next, world), effects };
}

/** Carries a command out as if its key had been pressed; says why where it is disabled. */
export function act(view: View, command: Command, key: string, world: World): Step {
  const quiet = view.say === null ? view : { ...view, say: null };
  const { view: next, effects } = tryCommand(quiet, command, key, world);
  return { view: settled(next, world), effects };
}

/** Takes what came of an effect. */
export function settle(view: View, outcome: Outcome, world: World): Step {
  const { view: next, effects } = take({ ...view, busy: null }, outcome, world);
  return { view: settled(next, world), effects };
}

/** Takes a new size of the window. */
export function resize(view: View, columns: number, rows: number, world: World): View {
  return settled({ ...view, size: { columns, rows } }, world);
}

function pressKey(view: View, key: string, world: World): Step {
  const place = placeOf(view);
  if (geometryOf(view).tooSmall && key !== 'ctrl-c')
    return key === 'q' ? step(view, { type: 'quit' }) : step(view);
  if (view.screen === 'opening')
    return key === 'q' || key === 'ctrl-c' ? step(view, { type: 'quit' }) : step(view);
  const layer = topLayer(view);
  const command = commandFor(place, key);
  if (command) return tryCommand(view, command, key, world);
  if (layer?.kind === 'form') return type(view, layer, key);
  if (layer?.kind === 'pick') return narrow(view, layer, key);
  return step(saying(view, `${keyName(key)} does nothing here; ? shows the keys`, 'bad'));
}

function tryCommand(view: View, command: Command, key: string, world: World): Step {
  const why = command.disabled?.(situationOf(view, world)) ?? null;
  return why === null
    ? perform(command.action, key, view, world)
    : step(saying(view, `${keyName(key)}: ${why}`, 'bad'));
}

/** Typing into the current field. */
function type(view: View, form: Form, key: string): Step {
  const field = form.fields[form.at] as Field;
  const digit = /^[1-9]$/.test(key) && field.line.text === '' ? field.choices[Number(key) - 1] : undefined;
  const char = key === 'space' ? ' ' : graphemes(key).length === 1 ? key : null;
  const line =
    digit !== undefined
      ? replaceWith(field.line, digit)
      : (edit(field.line, key) ?? (char === null ? null : insert(field.line, char, true)));
  return line === null ? step(view) : step(typed(view, forms.withField(form, { ...field, line })));
}

/** A form that was typed in; a filter works while it is typed. */
function typed(view: View, form: Form): View {
  const next = withLayer(view, form);
  return form.purpose.type === 'filter' ? { ...next, filter: form.fields[0]?.line.text ?? '' } : next;
}

function narrow(view: View, pick: Pick, key: string): Step {
  const char = key === 'space' ? ' ' : graphemes(key).length === 1 ? key : null;
  const line = edit(pick.line, key) ?? (char === null ? null : insert(pick.line, char, true));
  return line === null ? step(view) : step(withLayer(view, { ...pick, line, at: 0 }));
}

function paste(view: View, text: string, world: World): Step {
  const layer = topLayer(view);
  if (layer?.kind === 'pick')
    return step(withLayer(view, { ...layer, line: insert(layer.line, joinLines(text), false), at: 0 }));
  if (layer?.kind !== 'form')
    return step(saying(view, 'pasted text was not used: Enter answers with it, p takes a table', 'bad'));
  if (layer.purpose.type === 'paste' || layer.purpose.type === 'batch')
    return forms.takePaste(view, world, layer, text);
  const field = layer.fields[layer.at] as Field;
  const line = insert(field.line, joinLines(text, field.join), false);
  return step(typed(view, forms.withField(layer, { ...field, line })));
}

/** The items of a pick that its line lets through. */
export function pickItems(pick: Pick): readonly PickItem[] {
  const words = pick.line.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return pick.items;
  const fits = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const byLabel = pick.items.filter((item) => fits(item.label));
  return [
    ...byLabel,
    ...pick.items.filter((item) => !byLabel.includes(item) && fits(`${item.label} ${item.hint}`)),
  ];
}

function perform(action: ActionId, key: string, view: View, world: World): Step {
  const situation = situationOf(view, world);
  const scope: Scope = view.marks.size > 0 ? 'selection' : 'row';
  switch (action) {
    case 'down':
      return step(moved(view, world, 1));
    case 'up':
      return step(moved(view, world, -1));
    case 'page-down':
      return step(moved(view, world, pageSize(view)));
    case 'page-up':
      return step(moved(view, world, -pageSize(view)));
    case 'first':
      return step(moved(view, world, Number.NEGATIVE_INFINITY));
    case 'last':
      return step(moved(view, world, Number.POSITIVE_INFINITY));
    case 'next-open':
      return step(toOpen(view, world, 1));
    case 'previous-open':
      return step(toOpen(view, world, -1));
    case 'next-list':
      return step(toList(view, world, 1));
    case 'previous-list':
      return step(toList(view, world, -1));
    case 'next-pane':
      return step({ ...view, pane: PANES[(PANES.indexOf(view.pane) + 1) % PANES.length] as View['pane'] });
    case 'previous-pane':
      return step({
        ...view,
        pane: PANES[(PANES.indexOf(view.pane) + PANES.length - 1) % PANES.length] as View['pane'],
      });
    case 'enter-list':
      return step({ ...view, pane: 'rows' });
    case 'back':
      return step(back(view));
    case 'mark':
      return step(marked(view, world));
    case 'range':
      return step(ranged(view, world));
    case 'mark-all':
      return step({ ...view, marks: new Set([...view.marks, ...visibleRows(view, world)]), anchor: null });
    case 'mark-none':
      return step({ ...view, marks: new Set<number>(), anchor: null });
    case 'filter':
      return forms.openFilter({ ...view, pane: view.pane === 'lists' ? 'rows' : view.pane }, world);
    case 'answer':
      return situation.list?.kind === 'flags'
        ? correctFlagged(view, world, 'row')
        : forms.openAnswer(view, world, 'row');
    case 'answer-group':
      return situation.list?.kind === 'flags'
        ? correctFlagged(view, world, 'group')
        : forms.openAnswer(view, world, 'group');
    case 'answer-selection':
      return situation.list?.kind === 'flags'
        ? correctFlagged(view, world, 'selection')
        : forms.openAnswer(view, world, 'selection');
    case 'offer':
      return forms.acceptOffers(view, world, scope);
    case 'offer-group':
      return forms.acceptOffers(view, world, 'group');
    case 'none':
      return forms.openAnswer(view, world, scope, true);
    case 'paste':
      return situation.list?.group ? forms.openPaste(view, world, situation.list.group.sample) : step(view);
    case 'tick':
      return tick(view, world, Number(key));
    case 'correct':
      return pickCell(view, world);
    case 'acknowledge':
      return forms.acknowledge(view, world, scope);
    case 'acknowledge-group':
      return forms.acknowledge(view, world, 'group');
    case 'exclude':
      return forms.openExclude(view, world);
    case 'include':
      return forms.include(view, world);
    case 'note':
      return forms.openNote(view, world);
    case 'escalate':
      return forms.openEscalate(view, world, situation.task);
    case 'rejection':
      return forms.openRejection(view, world);
    case 'propose':
      return forms.openPropose(view, world);
    case 'batch':
      return forms.openBatch(view, world);
    case 'explain':
      return view.row === null
        ? step(view)
        : step({ ...view, busy: 'explaining' }, { type: 'explain', row: view.row });
    case 'copy':
      return copy(view, world);
    case 'undo':
      return turn(view, 'undo', world.desk ? undoTarget(world.desk.review.state) : null);
    case 'redo':
      return turn(view, 'redo', world.desk ? redoTarget(world.desk.review.state) : null);
    case 'intake':
      return step(toIntake(view, world));
    case 'deliver':
      return step(openDelivery(view, world));
    case 'palette':
      return step(openPalette(view, world));
    case 'help':
      return step(pushLayer(view, helpPage(placeOf(view), situation)));
    case 'repaint':
      return step(view, { type: 'repaint' });
    case 'quit':
      return step(view, { type: 'quit' });
    case 'choose':
      return view.screen === 'mapping' ? chooseColumn(view, world) : chooseAnswer(view, world);
    case 'unmap':
      return takeBack(view, world);
    case 'keep-layout':
      return step(view.mapping ? { ...view, mapping: { ...view.mapping, keep: !view.mapping.keep } } : view);
    case 'continue':
      return view.screen === 'mapping' ? tryMapping(view, world) : step({ ...view, screen: 'work' });
    default:
      return performInLayer(action, view, world);
  }
}

function performInLayer(action: ActionId, view: View, world: World): Step {
  const layer = topLayer(view);
  switch (layer?.kind) {
    case 'form':
      switch (action) {
        case 'submit':
          return forms.submit(view, world, layer);
        case 'scope':
          return step(forms.nextScope(view, layer));
        case 'previous-field':
          return step(withLayer(view, { ...layer, at: Math.max(0, layer.at - 1) }));
        case 'suggestion-down':
          return step(forms.nextSuggestion(view, layer, 1));
        case 'suggestion-up':
          return step(forms.nextSuggestion(view, layer, -1));
        case 'editor':
          return step(view, { type: 'edit', text: layer.fields[layer.at]?.line.text ?? '' });
        default:
          return step(forms.leaveForm(view));
      }
    case 'pick': {
      const items = pickItems(layer);
      if (action === 'submit') return picked(view, layer, items[layer.at] ?? null, world);
      if (action === 'cancel' || items.length === 0) return step(action === 'cancel' ? popLayer(view) : view);
      const by = action === 'suggestion-down' ? 1 : -1;
      return step(withLayer(view, { ...layer, at: (layer.at + by + items.length) % items.length }));
    }
    case 'confirm':
      return action === 'confirm'
        ? step({ ...view, busy: 'saving' }, layer.effect)
        : step(saying(popLayer(view), 'nothing was changed'));
    case 'deliver':
      return performInDelivery(action, view, layer, world);
    default:
      return step(view);
  }
}

const PANES: readonly View['pane'][] = ['lists', 'rows', 'detail'];

function pageSize(view: View): number {
  const layer = topLayer(view);
  if (layer) return Math.max(1, view.size.rows - 5);
  return Math.max(1, view.pane === 'detail' ? geometryOf(view).detail - 1 : geometryOf(view).table - 1);
}

function clamp(at: number, count: number): number {
  return Math.max(0, Math.min(at, count - 1));
}

/** One line further, or many, in whatever has the keys. */
function moved(view: View, world: World, by: number): View {
  const layer = topLayer(view);
  if (layer?.kind === 'page' || layer?.kind === 'deliver') {
    const count = wrapLines(layer.lines, view.size.columns - 2).length;
    const height = pageHeight(view);
    return withLayer(view, { ...layer, top: Math.max(0, Math.min(layer.top + by, count - height)) });
  }
  if (view.screen === 'mapping' && view.mapping) {
    return { ...view, mapping: { ...view.mapping, at: clamp(view.mapping.at + by, mappingCount(world)) } };
  }
  if (view.screen === 'intake') {
    return { ...view, question: clamp(view.question + by, world.opening.rules.intake.questions.length) };
  }
  if (view.pane === 'detail') return { ...view, detailTop: Math.max(0, Math.min(view.detailTop + by, 200)) };
  if (view.pane === 'lists') {
    const lists = world.work?.lists() ?? [];
    const at = lists.findIndex((list) => list.id === view.list);
    return shown(view, world, lists[clamp(at + by, lists.length)]?.id ?? null);
  }
  const rows = visibleRows(view, world);
  if (rows.length === 0) return view;
  const at = view.row === null ? 0 : positionOf(rows, view.row);
  return { ...view, row: rows[clamp(at + by, rows.length)] as number, detailTop: 0 };
}

/** Lines of a page: all but header, title, message and footer. */
export function pageHeight(view: View): number {
  return Math.max(1, view.size.rows - 4);
}

/** The view with a list, at its first open row. */
function shown(view: View, world: World, id: string | null): View {
  const next: View = { ...view, list: id, top: 0, anchor: null, detailTop: 0 };
  const list = currentList(next, world);
  const rows = visibleRows(next, world);
  const open = list ? world.work?.nextOpen(list, rows, 0, 1) : null;
  return { ...next, row: open ?? rows[0] ?? null };
}

function toList(view: View, world: World, by: 1 | -1): View {
  const lists = world.work?.lists() ?? [];
  if (lists.length === 0) return view;
  const at = lists.findIndex((list) => list.id === view.list);
  return shown(view, world, lists[(at + by + lists.length) % lists.length]?.id ?? null);
}

/** The next row that waits, here or in the next list that has one. */
function toOpen(view: View, world: World, by: 1 | -1): View {
  const work = world.work as Worklist;
  const list = currentList(view, world);
  const rows = visibleRows(view, world);
  const at = view.row === null ? 0 : positionOf(rows, view.row);
  const here = list ? work.nextOpen(list, rows, at + by, by) : null;
  if (here !== null)
    return { ...view, row: here, detailTop: 0, pane: view.pane === 'lists' ? 'rows' : view.pane };
  const lists = work.lists().filter((one) => one.kind !== 'all');
  const from = lists.findIndex((one) => one.id === view.list);
  for (let distance = 1; distance <= lists.length; distance++) {
    const candidate = lists[(((from + by * distance) % lists.length) + lists.length) % lists.length];
    if (!candidate || candidate.open === 0) continue;
    if (candidate.id === view.list) {
      const first = work.nextOpen(candidate, rows, by === 1 ? 0 : rows.length - 1, by);
      return first === null || first === view.row
        ? saying(view, 'no other row waits here')
        : { ...view, row: first, detailTop: 0 };
    }
    const next = shown({ ...view, filter: '', pane: 'rows' }, world, candidate.id);
    if (by === 1) return next;
    const last = work.nextOpen(candidate, candidate.rows, candidate.rows.length - 1, -1);
    return { ...next, row: last ?? next.row };
  }
  return saying(view, 'nothing is open any more', 'good', 'deliver');
}

/** The view with a row under the cursor: in the list that is open if it is there, else in one that asks for it. */
function broughtTo(view: View, world: World, row: number): View {
  const work = world.work as Worklist;
  const has = (rows: readonly number[]) => rows[positionOf(rows, row)] === row;
  if (has(visibleRows(view, world))) return { ...view, row, detailTop: 0 };
  const list = work.lists().find((one) => one.kind === 'tasks' && has(one.rows) && work.isOpen(one, row));
  return list ? { ...shown({ ...view, filter: '' }, world, list.id), row } : view;
}

function back(view: View): View {
  if (topLayer(view)?.kind === 'page') return popLayer(view);
  if (view.screen === 'intake') return { ...view, screen: 'work' };
  if (view.anchor !== null) return { ...view, anchor: null };
  if (view.pane !== 'rows') return { ...view, pane: 'rows' };
  if (view.filter !== '') return { ...view, filter: '' };
  if (view.marks.size > 0) return { ...view, marks: new Set() };
  return saying(view, 'there is nothing to step back from', 'plain', 'quit');
}

function marked(view: View, world: World): View {
  if (view.row === null) return view;
  if (view.anchor !== null) return ranged(view, world);
  const marks = new Set(view.marks);
  if (!marks.delete(view.row)) marks.add(view.row);
  return moved({ ...view, marks, pane: 'rows' }, world, 1);
}

function ranged(view: View, world: World): View {
  if (view.row === null) return view;
  if (view.anchor === null)
    return saying(
      { ...view, anchor: view.row },
      'range begun: move, then v or Space marks it; Esc forgets it',
    );
  const rows = visibleRows(view, world);
  const ends = [positionOf(rows, view.anchor), positionOf(rows, view.row)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return { ...view, anchor: null, marks: new Set([...view.marks, ...rows.slice(ends[0], ends[1] + 1)]) };
}

/** Enter in a list of flags corrects the cell that is flagged. */
function correctFlagged(view: View, world: World, scope: Scope): Step {
  const work = world.work as Worklist;
  const list = currentList(view, world);
  const row = view.row ?? list?.rows[0];
  if (row === undefined) return step(view);
  const flags = work.review.evaluator.flags(row).filter((flag) => flag.rule === list?.flag?.rule);
  const flag = work.openFlags(row, list?.flag?.rule ?? null)[0] ?? flags[0];
  return flag?.field ? forms.openCorrect(view, world, flag.field, scope) : pickCell(view, world);
}

function pickCell(view: View, world: World): Step {
  const { evaluator } = (world.work as Worklist).review;
  const row = view.row;
  const items = evaluator.facts.cellSlots.map((slot): PickItem => {
    const name = evaluator.facts.slots[slot] as string;
    return {
      id: name,
      label: evaluator.columnName(slot),
      hint: row === null ? '' : evaluator.value(row, name),
      disabled: null,
    };
  });
  return step(
    pushLayer(view, {
      kind: 'pick',
      purpose: { type: 'cell' },
      title: 'CORRECT which cell?',
      items,
      line: inputLine(),
      at: 0,
    }),
  );
}

function tick(view: View, world: World, number: number): Step {
  const work = world.work as Worklist;
  const row = view.row as number;
  const list = currentList(view, world);
  const task = work.taskIn(list, row);
  if (!task || number > task.steps.length) return step(saying(view, `there is no step ${number}`, 'bad'));
  const group = list?.group?.id ?? groupIdOf(work.review, row, task);
  const done = !(work.review.state.ticks.get(group)?.has(number) ?? false);
  const after = {
    say: `saved: step ${number} ${done ? 'done' : 'open again'}`,
    close: false,
    advance: false,
    draft: null,
  };
  return step(view, { type: 'record', deeds: [{ type: 'tick', group, step: number, done }], after });
}

function copy(view: View, world: World): Step {
  const layer = topLayer(view);
  if (layer?.kind === 'page') {
    return step(view, {
      type: 'copy',
      text: layer.copy ?? layer.lines.map((one) => one.text).join('\n'),
      what: 'the page',
    });
  }
  const review = world.work?.review;
  const rows =
    view.marks.size > 0 ? [...view.marks].sort((a, b) => a - b) : view.row === null ? [] : [view.row];
  if (!review || rows.length === 0) return step(saying(view, 'there is no row here', 'bad'));
  const text = rows.map((row) => review.phoneNumber(row)).join('\n');
  return step(view, { type: 'copy', text, what: rows.length === 1 ? text : `${rows.length} numbers` });
}

function turn(view: View, type: 'undo' | 'redo', target: Event | null): Step {
  if (!target) return step(saying(view, `nothing is left to ${type}`, 'bad'));
  const after = {
    say: `${type === 'undo' ? 'undone' : 'done again'}: ${described(target)}`,
    close: false,
    advance: false,
    draft: null,
    row: rowsOf(target)?.[0],
  };
  return step({ ...view, busy: 'saving' }, { type: 'record', deeds: [{ type }], after });
}

/** A deed in a few words. */
export function described(deed: Deed): string {
  const rows = (count: number) => (count === 1 ? '1 row' : `${count} rows`);
  switch (deed.type) {
    case 'answer':
      return `answer for ${rows(deed.entries.length)}`;
    case 'intake':
      return `intake ${Object.keys(deed.facts).join(', ')}`;
    case 'edit':
      return `correction of ${rows(deed.rows.length)}`;
    case 'exclude':
    case 'include':
    case 'note':
    case 'escalate':
      return `${deed.type} ${rows(deed.rows.length)}`;
    case 'acknowledge':
      return `${deed.flags.length} acknowledged`;
    case 'tick':
      return `step ${deed.step} ${deed.done ? 'ticked' : 'unticked'}`;
    default:
      return deed.type;
  }
}

// --- intake

function toIntake(view: View, world: World): View {
  return { ...view, screen: 'intake', question: firstOpenQuestion(world, 0) ?? 0 };
}

function firstOpenQuestion(world: World, from: number): number | null {
  const { questions } = world.opening.rules.intake;
  const customer = world.desk?.review.state.customer;
  for (let offset = 0; offset < questions.length; offset++) {
    const at = (from + offset) % questions.length;
    if (!customer?.has(questions[at]?.id ?? '')) return at;
  }
  return null;
}

function chooseAnswer(view: View, world: World): Step {
  const question = world.opening.rules.intake.questions[view.question];
  if (!question) return step(view);
  const answer = world.desk?.review.state.customer.get(question.id) ?? '';
  const choices =
    question.type === 'yes-no' ? ['yes', 'no'].map((value) => ({ value, label: '' })) : question.choices;
  if (question.type === 'yes-no' || question.type === 'choice') {
    const items = choices.map(
      ({ value, label }): PickItem => ({
        id: value,
        label: value,
        hint: label === value ? '' : label,
        disabled: null,
      }),
    );
    const at = Math.max(
      0,
      items.findIndex((item) => item.id === answer),
    );
    return step(
      pushLayer(view, {
        kind: 'pick',
        purpose: { type: 'question', question },
        title: question.question,
        items,
        line: inputLine(),
        at,
      }),
    );
  }
  const text = view.drafts.get(`intake ${question.id}`)?.[0] ?? answer;
  const field: Field = {
    key: question.id,
    label: 'Answer',
    line: inputLine(text),
    choices: [],
    suggestions: [],
    join: ', ',
  };
  return step(
    pushLayer(view, {
      kind: 'form',
      purpose: { type: 'intake', question },
      title: question.question,
      fields: [field],
      at: 0,
      scope: null,
      scopes: [],
      problem: null,
    }),
  );
}

function takeBack(view: View, world: World): Step {
  if (view.screen === 'mapping') {
    const field = mappingFields(world)[(view.mapping?.at ?? 0) - 1];
    return step(field ? mapField(view, field.name, null) : chooseLayout(view, ''));
  }
  const question = world.opening.rules.intake.questions[view.question];
  if (!question || !world.desk?.review.state.customer.has(question.id))
    return step(saying(view, 'there is no answer to take back', 'bad'));
  return forms.recordIntake(view, question.id, null);
}

// --- picking

function picked(view: View, pick: Pick, item: PickItem | null, world: World): Step {
  if (!item) return step(saying(view, 'nothing fits what you typed', 'bad'));
  if (item.disabled !== null) return step(saying(view, item.disabled, 'bad'));
  const below = popLayer(view);
  switch (pick.purpose.type) {
    case 'palette': {
      const command = COMMANDS.find(
        (one) => one.action === item.id && one.places.includes((pick.purpose as { place: Place }).place),
      );
      return command ? perform(command.action, command.keys[0] ?? '', below, world) : step(below);
    }
    case 'cell':
      return forms.openCorrect(below, world, item.id, view.marks.size > 0 ? 'selection' : 'row');
    case 'column':
      return step(moved(mapField(below, pick.purpose.field, item.id), world, 1));
    case 'layout':
      return step(moved(chooseLayout(below, item.id), world, 1));
    case 'question':
      return forms.recordIntake(view, pick.purpose.question.id, item.id);
  }
}

function openPalette(view: View, world: World): View {
  const situation = situationOf(view, world);
  const place = placeOf(view);
  const fits = (command: Command) =>
    command.places.includes(place) && command.action !== 'palette' && command.action !== 'tick';
  const items = COMMANDS.filter(fits).map(
    (command): PickItem => ({
      id: command.action,
      label: `${command.action.replaceAll('-', ' ').padEnd(18)} ${keyNames(command)}`,
      hint: command.help,
      disabled: command.disabled?.(situation) ?? null,
    }),
  );
  return pushLayer(view, {
    kind: 'pick',
    purpose: { type: 'palette', place },
    title: 'COMMANDS',
    items,
    line: inputLine(),
    at: 0,
  });
}

// --- delivery

function openDelivery(view: View, world: World): View {
  const review = (world.work as Worklist).review;
  const layout = review.rules.layouts.layouts.find((one) => one.id === review.table.layout);
  const delivers = layout?.delivers ?? ['csv'];
  const request = {
    csv: delivers.includes('csv'),
    docx: delivers.includes('docx'),
    perCarrier: false,
    partial: false,
    force: false,
  };
  return pushLayer(view, deliveryOf(request, world));
}

function deliveryOf(request: Delivery['request'], world: World): Delivery {
  const desk = world.desk as NonNullable<World['desk']>;
  const blocked = desk.review.blockers(request.partial).length > 0;
  return { kind: 'deliver', request, lines: textLines(desk.preview(request)), blocked, top: 0 };
}

const TOGGLES: Partial<Record<ActionId, keyof Delivery['request']>> = {
  'toggle-csv': 'csv',
  'toggle-word': 'docx',
  'toggle-per-carrier': 'perCarrier',
  'toggle-partial': 'partial',
  'toggle-force': 'force',
};

function performInDelivery(action: ActionId, view: View, layer: Delivery, world: World): Step {
  const toggled = TOGGLES[action];
  if (toggled !== undefined) {
    const request = { ...layer.request, [toggled]: !layer.request[toggled] };
    return step(withLayer(view, { ...deliveryOf(request, world), top: layer.top }));
  }
  if (action !== 'write') return step(popLayer(view));
  if (!layer.request.csv && !layer.request.docx)
    return step(saying(view, 'nothing to write: c is for CSV, w for Word', 'bad'));
  if (layer.blocked)
    return step(
      saying(view, 'delivery is blocked, the summary says by what; Esc goes back to the rows', 'bad'),
    );
  return step({ ...view, busy: 'writing' }, { type: 'deliver', request: layer.request });
}

// --- what came of effects

function take(view: View, outcome: Outcome, world: World): Step {
  switch (outcome.type) {
    case 'opened':
      return step(opened(view, world));
    case 'recorded': {
      const { after } = outcome;
      const drafts = new Map(view.drafts);
      if (after.draft !== null) drafts.delete(after.draft);
      const next = saying({ ...view, drafts, layers: after.close ? [] : view.layers }, after.say, 'good');
      if (after.row !== undefined) return step(broughtTo(next, world, after.row));
      return step(after.advance ? advanced(next, world) : next);
    }
    case 'delivered':
      return step(saying({ ...view, layers: [deliveredPage(outcome.delivered)] }, 'delivered', 'good'));
    case 'proposed':
      return step(saying({ ...view, layers: [] }, `saved: proposal ${outcome.path}`, 'good'));
    case 'explained': {
      const review = world.work?.review;
      return step(review ? pushLayer(view, explanationPage(outcome.explanation, review)) : view);
    }
    case 'copied':
      return step(saying(view, `sent to the clipboard: ${outcome.what}`, 'good'));
    case 'edited': {
      const form = topLayer(view);
      if (outcome.text === null || form?.kind !== 'form') return step(view);
      const field = form.fields[form.at] as Field;
      const text = joinLines(outcome.text, field.join);
      return step(withLayer(view, forms.withField(form, { ...field, line: replaceWith(field.line, text) })));
    }
    case 'failed': {
      const [problem] = outcome.problems;
      // What was typed stays on the screen; only the question above it goes.
      const below = topLayer(view)?.kind === 'confirm' ? popLayer(view) : view;
      const say = `not saved: ${problem?.message ?? 'unknown'}${problem?.help === undefined ? '' : ` (${problem.help})`}`;
      const next = saying(below, say, 'bad');
      const page: Page | null =
        outcome.problems.length > 1 ? problemsPage('NOT DONE', outcome.problems) : null;
      return step(page ? { ...pushLayer(next, page), say: next.say } : next);
    }
  }
}

function opened(view: View, world: World): View {
  const { desk, work } = world;
  if (!desk || !work) return view;
  const lists = work.lists();
  const first =
    lists.find((list) => list.open > 0 && list.kind !== 'all') ?? lists.find((list) => list.id === ALL_ROWS);
  const next = shown({ ...view, layers: [], pane: 'rows' }, world, first?.id ?? null);
  const open = desk.review.openQuestions().length;
  const fresh =
    !desk.resumed && desk.review.rules.intake.questions.length > 0 && firstOpenQuestion(world, 0) !== null;
  const greeting = desk.resumed
    ? `the session goes on${open > 0 ? `; the intake has ${open} open questions` : ''}`
    : `session kept in ${desk.session}`;
  const notes = desk.notices.length > 0 ? problemsPage('BEFORE YOU BEGIN', desk.notices) : null;
  const said = saying(
    { ...next, screen: fresh ? 'intake' : 'work', question: firstOpenQuestion(world, 0) ?? 0 },
    greeting,
    'plain',
    desk.resumed && open > 0 ? 'intake' : null,
  );
  return notes ? { ...said, layers: [notes] } : said;
}

/** On to the next that waits: a question in the intake, else a row of the list. */
function advanced(view: View, world: World): View {
  if (view.screen === 'intake') {
    const at = firstOpenQuestion(world, view.question);
    return at === null
      ? saying(view, `${view.say?.text ?? ''}; that was all`, 'good', 'continue')
      : { ...view, question: at };
  }
  const work = world.work as Worklist;
  const list = currentList(view, world);
  const rows = visibleRows(view, world);
  const say = view.say?.text ?? '';
  if (!list) return view;
  if (list.kind === 'all' || list.kind === 'excluded') return view;
  const at = view.row === null ? 0 : positionOf(rows, view.row);
  const row = work.nextOpen(list, rows, at, 1) ?? work.nextOpen(list, rows, 0, 1);
  if (row !== null) return { ...view, row, detailTop: 0 };
  if (list.open > 0) return saying(view, `${say}; the filter hides ${list.open} open rows`, 'good');
  return work.lists().some((one) => one.kind !== 'all' && one.open > 0)
    ? saying(view, `${say}; group done`, 'good', 'next-open')
    : saying(view, `${say}; nothing is open any more`, 'good', 'deliver');
}

/** Puts the cursor back on a row that is there, and the row on the screen. */
function settled(view: View, world: World): View {
  const { work } = world;
  if (!work || view.screen === 'opening' || view.screen === 'mapping') return view;
  let next = view;
  if (!work.list(next.list)) {
    const lists = work.lists();
    const first = lists.find((list) => list.open > 0) ?? lists.at(-1);
    next = shown(next, world, first?.id ?? null);
  }
  const rows = visibleRows(next, world);
  const at = next.row === null ? 0 : Math.min(positionOf(rows, next.row), Math.max(0, rows.length - 1));
  const row = rows[at] ?? null;
  const top = scrolled(next.top, at, geometryOf(next).table, rows.length);
  return row === next.row && top === next.top ? next : { ...next, row, top };
}

export type { Effect };
