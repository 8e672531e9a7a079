/** Where the agent is: cursor, lists, panes, marks, and how each comes from the last. */
import { rowsOf } from '../review/event.ts';
import { undoTarget } from '../review/session.ts';
import { geometryOf, pageHeight, scrolled } from './geometry.ts';
import { mappingCount } from './mapping.ts';
import { problemsPage, wrapLines } from './pages.ts';
import {
  atPlace,
  currentList,
  listLength,
  popLayer,
  positionOf,
  saying,
  topLayer,
  type View,
  visibleRows,
  type World,
  withLayer,
} from './view.ts';
import { ALL_ROWS, isOfFlags, type List, type Worklist } from './worklist.ts';

const PANES: readonly View['pane'][] = ['lists', 'rows', 'detail'];

/** The view with the next pane, or the one before, at the keys. */
export function nextPane(view: View, by: 1 | -1): View {
  return {
    ...view,
    pane: PANES[(PANES.indexOf(view.pane) + by + PANES.length) % PANES.length] as View['pane'],
  };
}

/** How far a page key goes. */
export function pageSize(view: View, world: World): number {
  const layer = topLayer(view);
  if (layer) return Math.max(1, view.size.rows - 5);
  const { detail, table } = geometryOf(view, listLength(view, world));
  return Math.max(1, (view.pane === 'detail' ? detail : table) - 1);
}

function clamp(at: number, count: number): number {
  return Math.max(0, Math.min(at, count - 1));
}

/** One line further, or many, in whatever has the keys. */
export function moved(view: View, world: World, by: number): View {
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

/** The intake, at the first question without an answer. */
export function toIntake(view: View, world: World): View {
  return { ...view, screen: 'intake', question: firstOpenQuestion(world, 0) ?? 0 };
}

/** The view with a list, at its first open row. */
export function shown(view: View, world: World, id: string | null): View {
  const next: View = { ...view, list: id, top: 0, anchor: null, detailTop: 0 };
  const list = currentList(next, world);
  const rows = visibleRows(next, world);
  const open = list ? world.work?.nextOpen(list, rows, 0, 1) : null;
  return { ...next, row: open ?? rows[0] ?? null };
}

/** The next list, or the one before. */
export function toList(view: View, world: World, by: 1 | -1): View {
  const lists = world.work?.lists() ?? [];
  if (lists.length === 0) return view;
  const at = lists.findIndex((list) => list.id === view.list);
  return shown(view, world, lists[(at + by + lists.length) % lists.length]?.id ?? null);
}

/** The next row that waits, here or in the next list that has one. */
export function toOpen(view: View, world: World, by: 1 | -1): View {
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
export function broughtTo(view: View, world: World, row: number): View {
  const work = world.work as Worklist;
  const has = (rows: readonly number[]) => rows[positionOf(rows, row)] === row;
  if (has(visibleRows(view, world))) return { ...view, row, detailTop: 0 };
  const list = work.lists().find((one) => one.kind === 'tasks' && has(one.rows) && work.isOpen(one, row));
  return list ? { ...shown({ ...view, filter: '' }, world, list.id), row } : view;
}

/** One step back: what was begun last, first. */
export function back(view: View): View {
  if (topLayer(view)?.kind === 'page') return popLayer(view);
  if (view.screen === 'intake') return { ...view, screen: 'work' };
  if (view.anchor !== null) return { ...view, anchor: null };
  if (view.pane !== 'rows') return { ...view, pane: 'rows' };
  if (view.filter !== '') return { ...view, filter: '' };
  if (view.marks.size > 0) return { ...view, marks: new Set() };
  return saying(view, 'there is nothing to step back from', 'plain', 'quit');
}

/** The row marked, or its mark taken away, and on to the next. */
export function marked(view: View, world: World): View {
  if (view.row === null) return view;
  if (view.anchor !== null) return ranged(view, world);
  const marks = new Set(view.marks);
  if (!marks.delete(view.row)) marks.add(view.row);
  return moved({ ...view, marks, pane: 'rows' }, world, 1);
}

/** A range begun, or marked to here. */
export function ranged(view: View, world: World): View {
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

/** The first question without an answer, from one on; null where all have one. */
export function firstOpenQuestion(world: World, from: number): number | null {
  const { questions } = world.opening.rules.intake;
  const customer = world.desk?.review.state.customer;
  for (let offset = 0; offset < questions.length; offset++) {
    const at = (from + offset) % questions.length;
    if (!customer?.has(questions[at]?.id ?? '')) return at;
  }
  return null;
}

/**
 * The first sight of a review: the place where an earlier one was left; for a new one the intake, unless a customer file
 * has answered all that must be known.
 */
export function opened(view: View, world: World): View {
  const { desk, work } = world;
  if (!desk || !work) return view;
  const first = work.lists().find((list) => list.open > 0 && list.kind !== 'all') ?? work.list(ALL_ROWS);
  const atFirst = shown({ ...view, layers: [], pane: 'rows' }, world, first?.id ?? null);
  const open = desk.review.openQuestions().length;
  const blank = firstOpenQuestion(world, 0);
  const begun = desk.review.state.customer.size > 0;
  const fresh = !desk.resumed && blank !== null && (!begun || open > 0);
  const rest = !desk.resumed && !fresh && blank !== null;
  const greeting = desk.resumed
    ? `the session goes on${open > 0 ? `; the intake has ${open} open questions` : ''}`
    : `session kept in ${desk.session}${rest ? '; what the intake leaves open may stay so' : ''}`;
  const notes = desk.notices.length > 0 ? problemsPage('BEFORE YOU BEGIN', desk.notices) : null;
  const at = {
    ...atFirst,
    screen: fresh ? ('intake' as const) : ('work' as const),
    question: blank ?? 0,
  };
  const said = saying(
    desk.resumed ? resumed(at, world) : at,
    greeting,
    'plain',
    rest || (desk.resumed && open > 0) ? 'intake' : null,
  );
  return notes ? { ...said, layers: [notes] } : said;
}

/** Where an earlier session was left, else after the rows that it decided last. */
function resumed(view: View, world: World): View {
  if (world.desk?.bookmark != null)
    return atPlace(view, world.desk.bookmark, world.desk.review.table.rows.length);
  const last = world.desk ? undoTarget(world.desk.review.state) : null;
  const row = last ? rowsOf(last)?.at(-1) : undefined;
  const list = world.work
    ?.lists()
    .find(
      (one) =>
        one.kind === 'tasks' &&
        one.open > 0 &&
        row !== undefined &&
        one.rows[positionOf(one.rows, row)] === row,
    );
  return list && row !== undefined ? advanced({ ...view, list: list.id, row }, world) : view;
}

/** On to the next row that waits, in this list or after it. */
export function advanced(view: View, world: World): View {
  const work = world.work as Worklist;
  const list = currentList(view, world);
  const rows = visibleRows(view, world);
  const say = view.say?.text ?? '';
  // Who answers what was escalated has had the word of those who were asked.
  const { row: done } = view;
  const word = done !== null && work.review.state.escalated.has(done) && !(list && work.isOpen(list, done));
  if (list?.kind === 'all' || list?.kind === 'excluded') return view;
  if (list) {
    const at = view.row === null ? 0 : positionOf(rows, view.row);
    const row = waiting(work, list, [...rows.slice(at), ...rows.slice(0, at)], word);
    if (row !== null) return { ...view, row, detailTop: 0 };
    const hidden = list.rows.filter((one) => waits(work, list, one, word)).length;
    if (hidden > 0)
      return saying(
        view,
        `${say}; the filter hides ${hidden} that still ${hidden === 1 ? 'waits' : 'wait'}`,
        'good',
        'back',
      );
  }
  return onward(
    view,
    world,
    `${say}; ${list && list.open > 0 ? 'the rest is escalated' : 'group done'}`,
    word,
  );
}

/** Whether a row of a list waits for this agent: what is escalated waits for somebody else, until their `word` is there. */
function waits(work: Worklist, list: List, row: number, word: boolean): boolean {
  return work.isOpen(list, row) && (word || !work.review.state.escalated.has(row));
}

function waiting(work: Worklist, list: List, rows: readonly number[], word: boolean): number | null {
  return list.open === 0 ? null : (rows.find((row) => waits(work, list, row, word)) ?? null);
}

/** On from a list that is done: to what the row under the cursor is asked for now, else to the next list that waits. */
function onward(view: View, world: World, say: string, word = false): View {
  const work = world.work as Worklist;
  const { row } = view;
  const lists = work.lists().filter((one) => one.kind === 'tasks' || one.kind === 'flags');
  const from = view.listAt + (work.list(view.list) ? 1 : 0);
  const round = [...lists.slice(from), ...lists.slice(0, from)];
  const kind = isOfFlags(view.list) ? 'flags' : 'tasks';
  const next =
    (row === null ? undefined : lists.find((one) => one.kind === 'tasks' && waits(work, one, row, word))) ??
    // Tasks first, before flags: an answer may raise one, or take one away.
    [...round.filter((one) => one.kind === kind), ...round].find(
      (one) => waiting(work, one, one.rows, word) !== null,
    );
  if (next) {
    const went = shown({ ...view, filter: '' }, world, next.id);
    const at = row !== null && waits(work, next, row, word) ? row : waiting(work, next, next.rows, word);
    return saying({ ...went, row: at }, `${say}, on to the next`, 'good');
  }
  const escalated = lists.reduce((sum, one) => sum + one.open, 0);
  return saying(
    view,
    escalated > 0 ? `${say}; what is still open is escalated` : `${say}; nothing is open any more`,
    'good',
    'deliver',
  );
}

/** On to the row that follows in the list, open or not. A list that is empty now gives way to the next. */
export function stayed(view: View, world: World): View {
  const rows = visibleRows(view, world);
  if (!currentList(view, world)) return onward(view, world, `${view.say?.text ?? ''}; the group is empty`);
  if (view.row === null || rows.length === 0) return view;
  const here = positionOf(rows, view.row);
  const next = rows[here] === view.row ? here + 1 : here;
  return { ...view, row: rows[clamp(next, rows.length)] as number, detailTop: 0 };
}

/** Puts the cursor back on a row that is there, and the row on the screen. */
export function settled(view: View, world: World): View {
  const { work } = world;
  if (!work || view.screen === 'opening' || view.screen === 'mapping') return view;
  let next = view;
  const lists = work.lists();
  let listAt = lists.findIndex((list) => list.id === view.list);
  if (listAt < 0) {
    const last = Math.min(view.listAt, lists.length - 1);
    const open = (list: List) => list.open > 0 && list.kind !== 'all';
    const near = lists.slice(last).find(open) ?? lists.find(open) ?? lists.at(-1);
    next = shown(next, world, near?.id ?? null);
    listAt = lists.findIndex((list) => list.id === next.list);
  }
  if (listAt !== next.listAt) next = { ...next, listAt };
  const rows = visibleRows(next, world);
  const at = next.row === null ? 0 : Math.min(positionOf(rows, next.row), Math.max(0, rows.length - 1));
  const row = rows[at] ?? null;
  const top = scrolled(next.top, at, geometryOf(next, listLength(next, world)).table, rows.length);
  return row === next.row && top === next.top ? next : { ...next, row, top };
}
