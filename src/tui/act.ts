/** The reducer: what a key makes of the view, and what is to be done outside. Changes nothing itself. */
import { type Deed, type Event, rowsOf } from '../review/event.ts';
import { groupIdOf } from '../review/queue.ts';
import { redoTarget, undoTarget } from '../review/session.ts';
import { openDelivery, performInDelivery } from './delivery.ts';
import * as forms from './forms.ts';
import { isTooSmall } from './geometry.ts';
import type { Input } from './input.ts';
import { type ActionId, COMMANDS, type Command, commandFor, keyName, keyNames, type Place } from './keys.ts';
import { edit, inputLine, insert, joinLines, replaceWith } from './line.ts';
import { chooseColumn, chooseLayout, mapField, mappingFields, tryMapping } from './mapping.ts';
import {
  advanced,
  back,
  broughtTo,
  marked,
  moved,
  nextPane,
  opened,
  pageSize,
  ranged,
  settled,
  shown,
  stayed,
  toIntake,
  toList,
  toOpen,
} from './moving.ts';
import { deliveredPage, explanationPage, helpPage, problemsPage } from './pages.ts';
import { graphemes } from './text.ts';
import {
  currentList,
  type Field,
  type Form,
  type Outcome,
  type Page,
  type Pick,
  type PickItem,
  placeOf,
  popLayer,
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
  withoutDraft,
} from './view.ts';
import type { Worklist } from './worklist.ts';

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
  if (isTooSmall(view) && key !== 'ctrl-c') return key === 'q' ? step(view, { type: 'quit' }) : step(view);
  const layer = topLayer(view);
  const command = commandFor(place, key);
  if (command) return tryCommand(view, command, key, world);
  if (layer?.kind === 'form') return type(view, layer, key);
  if (layer?.kind === 'pick') return narrow(view, layer, key);
  return step(saying(view, idle(key, place), 'bad'));
}

/** Why a key does nothing: a command for rows, pressed on the groups, is one step away. */
function idle(key: string, place: Place): string {
  const forRows = place === 'lists' ? commandFor('rows', key) : null;
  const toRows = COMMANDS.find(({ action }) => action === 'enter-list');
  return forRows && toRows
    ? `${keyName(key)} (${forRows.label}) works on rows; ${keyName(toRows.keys[0] as string)} goes to them`
    : `${keyName(key)} does nothing here; ? shows the keys`;
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
  if (layer?.kind !== 'form') {
    const taken = layer === null && view.screen === 'work' ? forms.takeLoosePaste(view, world, text) : null;
    const why =
      'pasted text was not used: a table answers a group of tasks, a column of numbers marks their rows';
    return taken ?? step(saying(view, why, 'bad'));
  }
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
      return step(moved(view, world, pageSize(view, world)));
    case 'page-up':
      return step(moved(view, world, -pageSize(view, world)));
    case 'first':
      return step(moved(view, world, Number.NEGATIVE_INFINITY));
    case 'last':
      return step(moved(view, world, Number.POSITIVE_INFINITY));
    case 'next-open':
      return topLayer(view) === null ? step(toOpen(view, world, 1)) : performInLayer(action, view, world);
    case 'previous-open':
      return step(toOpen(view, world, -1));
    case 'next-list':
      return step(toList(view, world, 1));
    case 'previous-list':
      return step(toList(view, world, -1));
    case 'next-pane':
      return step(nextPane(view, 1));
    case 'previous-pane':
      return step(nextPane(view, -1));
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
      return forms.openExclude(view, world, situation.task);
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
      return turn(view, world, 'undo', world.desk ? undoTarget(world.desk.review.state) : null);
    case 'redo':
      return turn(view, world, 'redo', world.desk ? redoTarget(world.desk.review.state) : null);
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
          return layer.purpose.type === 'intake'
            ? step({ ...forms.leaveForm(view), screen: 'work' })
            : step(forms.nextScope(view, layer));
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
    const whole = { text: layer.lines.map((one) => one.text).join('\n'), what: 'the page' };
    return step(view, { type: 'copy', ...(layer.copy ?? whole) });
  }
  const review = world.work?.review;
  const rows =
    view.marks.size > 0 ? [...view.marks].sort((a, b) => a - b) : view.row === null ? [] : [view.row];
  if (!review || rows.length === 0) return step(saying(view, 'there is no row here', 'bad'));
  const text = rows.map((row) => review.phoneNumber(row)).join('\n');
  return step(view, { type: 'copy', text, what: rows.length === 1 ? text : `${rows.length} numbers` });
}

function turn(view: View, world: World, type: 'undo' | 'redo', target: Event | null): Step {
  if (!target) return step(saying(view, `nothing is left to ${type}`, 'bad'));
  const after = {
    say: `${type === 'undo' ? 'undone' : 'done again'}: ${described(target, world)}`,
    close: false,
    advance: false,
    draft: null,
    row: rowsOf(target)?.[0],
  };
  return step({ ...view, busy: 'saving' }, { type: 'record', deeds: [{ type }], after });
}

/** A deed in a few words. */
function described(deed: Deed, world: World): string {
  const rows = (count: number) => (count === 1 ? '1 row' : `${count} rows`);
  switch (deed.type) {
    case 'answer':
      return `answer for ${rows(deed.entries.length)}`;
    case 'intake':
      return Object.keys(deed.facts)
        .map((id) => world.opening.rules.intake.questions.find((one) => one.id === id)?.question ?? id)
        .join(' ');
    case 'edit':
      return `correction of ${rows(deed.rows.length)}`;
    case 'exclude':
    case 'include':
    case 'note':
    case 'escalate':
      return `${deed.type} ${rows(deed.rows.length)}`;
    case 'acknowledge':
      return `${deed.flags.length} acknowledged`;
    case 'batch':
      return `the batch of ${rows(deed.rows?.length ?? 0)}`;
    case 'tick':
      return `step ${deed.step} ${deed.done ? 'ticked' : 'unticked'}`;
    default:
      return deed.type;
  }
}

// --- intake

function chooseAnswer(view: View, world: World): Step {
  const question = world.opening.rules.intake.questions[view.question];
  if (!question) return step(view);
  return forms.openQuestion(view, world, question);
}

function takeBack(view: View, world: World): Step {
  if (view.screen === 'mapping') {
    const field = mappingFields(world)[(view.mapping?.at ?? 0) - 1];
    return step(field ? mapField(view, world, field.name, null) : chooseLayout(view, world, ''));
  }
  const question = world.opening.rules.intake.questions[view.question];
  if (!question || !world.desk?.review.state.customer.has(question.id))
    return step(saying(view, 'there is no answer to take back', 'bad'));
  return forms.recordIntake(view, question, null);
}

// --- picking

function picked(view: View, pick: Pick, item: PickItem | null, world: World): Step {
  if (!item) return step(saying(view, 'nothing fits what you typed', 'bad'));
  if (item.disabled !== null) return step(saying(view, item.disabled, 'bad'));
  const below = popLayer(view);
  switch (pick.purpose.type) {
    case 'palette': {
      if (world.work?.list(item.id)) return step({ ...shown(below, world, item.id), pane: 'rows' });
      const command = COMMANDS.find(
        (one) => one.action === item.id && one.places.includes((pick.purpose as { place: Place }).place),
      );
      return command ? perform(command.action, command.keys[0] ?? '', below, world) : step(below);
    }
    case 'cell':
      return forms.openCorrect(below, world, item.id, view.marks.size > 0 ? 'selection' : 'row');
    case 'column':
      return step(moved(mapField(below, world, pick.purpose.field, item.id), world, 1));
    case 'layout':
      return step(moved(chooseLayout(below, world, item.id), world, 1));
  }
}

function openPalette(view: View, world: World): View {
  const situation = situationOf(view, world);
  const place = placeOf(view);
  const fits = (command: Command) =>
    command.places.includes(place) && command.action !== 'palette' && command.action !== 'tick';
  const item = (command: Command): PickItem => ({
    id: command.action,
    label: `${command.action.replaceAll('-', ' ').padEnd(18)} ${keyNames(command)}`,
    hint: command.help,
    disabled: command.disabled?.(situation) ?? null,
  });
  const commands = COMMANDS.filter(fits);
  const moves = commands.filter((command) => command.section === 'Move');
  const others = commands.filter((command) => command.section !== 'Move');
  // Where there are dozens of groups, a word of its name is the shortest way to one.
  const lists = view.screen === 'work' ? (world.work?.lists() ?? []) : [];
  const groups = lists.map(
    (list): PickItem => ({
      id: list.id,
      label: `go to: ${list.title}`,
      hint: list.open > 0 ? `${list.open} open` : `${list.rows.length}`,
      disabled: null,
    }),
  );
  return pushLayer(view, {
    kind: 'pick',
    purpose: { type: 'palette', place },
    title: 'COMMANDS AND GROUPS',
    // Nobody looks for the command that moves a line down.
    items: [...others.map(item), ...groups, ...moves.map(item)],
    line: inputLine(),
    at: 0,
  });
}

// --- what came of effects

function take(view: View, outcome: Outcome, world: World): Step {
  switch (outcome.type) {
    case 'opened':
      return step(opened(view, world));
    case 'recorded': {
      const { after } = outcome;
      const drafts = withoutDraft(view.drafts, after.draft);
      const marks = after.unmark === true ? new Set<number>() : view.marks;
      const next = saying(
        { ...view, drafts, marks, layers: after.close ? [] : view.layers },
        after.say,
        after.tone ?? 'good',
      );
      if (after.row !== undefined) return step(broughtTo(next, world, after.row));
      if (after.advance !== false && next.screen === 'intake') return forms.nextQuestion(next, world);
      if (after.advance === 'stay') return step(stayed(next, world));
      return step(after.advance ? advanced(next, world) : next);
    }
    case 'delivered':
      return step(saying({ ...view, layers: [deliveredPage(outcome.delivered)] }, 'delivered', 'good'));
    case 'proposed': {
      const form = topLayer(view);
      const drafts = withoutDraft(view.drafts, form?.kind === 'form' ? form.draft : null);
      return step(saying({ ...view, layers: [], drafts }, `saved: proposal ${outcome.path}`, 'good'));
    }
    case 'explained':
      return step(world.work ? pushLayer(view, explanationPage(outcome.explanation, world.work)) : view);
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
      // Options of the command line are of no use here; the delivery has a key for this one.
      const there = problem?.code === 'file-exists' && topLayer(below)?.kind === 'deliver';
      const help = there || problem?.help === undefined ? '' : ` (${problem.help})`;
      const say = `not saved: ${problem?.message ?? 'unknown'}${help}`;
      const next = saying(below, say, 'bad', there ? 'toggle-force' : null);
      const page: Page | null =
        outcome.problems.length > 1 ? problemsPage('NOT DONE', outcome.problems) : null;
      return step(page ? { ...pushLayer(next, page), say: next.say } : next);
    }
  }
}
