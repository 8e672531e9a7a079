/** The lists and the rows of one of them, as lines. */

import { beyond, scrolled } from './geometry.ts';
import { clip, pad, visible, widthOf } from './text.ts';
import { type Line, span } from './theme.ts';
import { currentList, type Style, topLayer, type View, visibleRows, type World } from './view.ts';
import { ALL_ROWS, type List, type Worklist } from './worklist.ts';

/** The lists, one a line: sign, count, name. */
export function listLines(view: View, world: World, width: number, height: number): Line[] {
  const lists = world.work?.lists() ?? [];
  const at = Math.max(
    0,
    lists.findIndex((list) => list.id === view.list),
  );
  const top = scrolled(Math.max(0, at - Math.floor((height - 1) / 2)), at, height - 1, lists.length);
  const focused = view.pane === 'lists';
  const counts = countsWidth(lists);
  const more = beyond(top, height - 1, lists.length);
  // A sign beside the colour says which pane has the keys.
  const head = `${focused ? '>' : ' '}GROUPS${more === '' ? '' : '   '}`;
  const lines: Line[] = [
    [span(head, focused ? 'head' : 'dim'), span(pad(more, Math.max(0, width - widthOf(head))), 'warn')],
  ];
  for (const list of lists.slice(top, top + height - 1)) {
    const here = list.id === view.list;
    const [glyph, tone] = listGlyph(list);
    const count = countOf(list).padStart(counts);
    const text = pad(visible(labelOf(list, world.work as Worklist)), width - counts - SIGNS);
    if (here && focused) lines.push([span(`>${glyph}${count}  ${text}`, 'cursor')]);
    else
      lines.push([
        span(here ? '>' : ' ', 'title'),
        span(glyph, tone),
        span(`${count}  `, list.open > 0 ? tone : 'dim'),
        span(text, here ? 'title' : list.open > 0 ? 'plain' : 'dim'),
      ]);
  }
  return lines;
}

/** Cursor, glyph, and what stands between count and name. */
const SIGNS = 4;

function countOf(list: List): string {
  return String(list.open > 0 && list.kind !== 'all' ? list.open : list.rows.length);
}

function countsWidth(lists: readonly List[]): number {
  return 1 + Math.max(0, ...lists.map((list) => countOf(list).length));
}

const needed = new WeakMap<readonly List[], number>();

/** How wide the lists would be with all of their names. */
export function listsWidthOf({ work }: World): number {
  const lists = work?.lists() ?? [];
  let width = needed.get(lists);
  if (width === undefined) {
    width =
      countsWidth(lists) +
      SIGNS +
      Math.max(0, ...lists.map((list) => widthOf(visible(labelOf(list, work as Worklist)))));
    needed.set(lists, width);
  }
  return width;
}

function listGlyph(list: List): [string, Style] {
  if (list.kind === 'flags')
    return list.flag?.severity === 'error'
      ? list.open > 0
        ? ['#', 'bad']
        : ['+', 'good']
      : list.flag?.severity === 'warning'
        ? ['!', 'warn']
        : ['i', 'dim'];
  if (list.kind === 'excluded') return ['x', 'dim'];
  if (list.kind === 'all') return [' ', 'plain'];
  if (list.open === 0) return ['+', 'good'];
  return [{ 'look-up': '!', ask: '?', offer: '~', refer: '^' }[list.group?.kind ?? 'ask'], 'open'];
}

/** A list's name with what tells it apart in front: `DE Colt: Carrier records`. Its glyph says what kind it is. */
function labelOf(list: List, work: Worklist): string {
  const { group } = list;
  if (!group) return list.title;
  const { sample } = group;
  const fields = sample.for.map((item) => item.label).join(', ');
  const procedure =
    sample.procedure === null ? undefined : work.review.rules.procedures.get(sample.procedure);
  const what =
    sample.kind === 'refer'
      ? (sample.refer ?? 'lead')
      : sample.kind === 'look-up'
        ? // Where the carrier's own records are looked in, the carrier says so already.
          ((sample.lookUp === null ? procedure?.title : undefined) ?? fields)
        : fields;
  const where = sample.scope === 'file' ? [] : [group.country, group.carrier].filter((text) => text !== '');
  return where.length === 0 ? what : `${where.join(' ')}: ${what}`;
}

interface ColumnWidths {
  readonly place: number;
  readonly number: number;
  readonly country: number;
  readonly carrier: number;
  readonly status: number;
  readonly answer: number;
}

/** As long as most numbers are: the columns must not move from page to page. */
const LEAST_NUMBER = 13;
const MOST_NUMBER = 16;
/** What an address needs to be told from another one. */
const LEAST_ANSWER = 6;

/** The address goes before country and carrier: a group's name says those. */
function columnsFor(width: number, places: number, number: number): ColumnWidths {
  const place = Math.max(4, places);
  const status = 12;
  const fixed = 3 + place + 2 + number + 1 + status;
  let left = width - fixed;
  let country = 0;
  let carrier = 0;
  let answer = 0;
  if (left > LEAST_ANSWER) {
    answer = Math.min(12, left - 1);
    left -= answer + 1;
  }
  if (left >= 3) {
    country = 2;
    left -= 3;
  }
  if (left >= 9) {
    carrier = Math.min(20, Math.max(8, Math.floor((left - 1) * 0.55)));
    left -= carrier + 1;
  }
  return { place, number, country, carrier, status, answer: answer + (answer > 0 ? left : 0) };
}

/** The rows of the list that is open, under their heads. */
export function rowLines(view: View, world: World, width: number, height: number): Line[] {
  const work = world.work as Worklist;
  const { review } = work;
  const list = currentList(view, world);
  const rows = visibleRows(view, world);
  const last = review.table.rows.at(-1)?.place ?? 0;
  const page = rows.slice(view.top, view.top + height);
  const longest = Math.max(LEAST_NUMBER, ...page.map((row) => widthOf(visible(review.phoneNumber(row)))));
  const widths = columnsFor(width, String(last).length, Math.min(MOST_NUMBER, longest));
  const field = shownField(list, work);
  const title =
    field === null ? 'address' : review.evaluator.columnName(review.evaluator.facts.slot(field)) || field;
  const cells = (
    place: string,
    number: string,
    country: string,
    carrier: string,
    status: string,
    answer: string,
  ) => {
    const parts = [place.padStart(widths.place), ' ', pad(number, widths.number)];
    if (widths.country > 0) parts.push(pad(country, widths.country));
    if (widths.carrier > 0) parts.push(pad(carrier, widths.carrier));
    return {
      before: parts.join(' ').replace(/^(\s*\S*)\s{3}/, '$1  '),
      status: pad(status, widths.status),
      answer: widths.answer > 0 ? clip(answer, widths.answer) : '',
    };
  };
  const head = cells('row', 'number', 'cc', 'carrier', 'status', visible(title).toLowerCase());
  const headText = `${view.pane === 'rows' ? '>' : ' '}  ${head.before} ${head.status} ${head.answer}`;
  const lines: Line[] = [[span(pad(headText, width), view.pane === 'rows' ? 'head' : 'dim')]];
  if (rows.length === 0) {
    lines.push([]);
    for (const text of emptyText(view, work)) lines.push([span(`   ${text}`, 'dim')]);
  }
  const from =
    view.anchor === null || view.row === null
      ? null
      : [Math.min(view.anchor, view.row), Math.max(view.anchor, view.row)];
  for (const row of page) {
    const { glyph, word, tone } = work.standingIn(list, row);
    const read = (name: string) => visible(review.evaluator.value(row, name));
    const answer = field === null ? read('address') : read(field);
    const own = cells(
      String(review.place(row)),
      read('phoneNumber'),
      read('country'),
      read('carrier'),
      `${glyph} ${word}`,
      answer === '' ? '-' : answer,
    );
    const cursor = row === view.row;
    const inRange = from !== null && row >= (from[0] as number) && row <= (from[1] as number);
    const mark = view.marks.has(row) ? '*' : inRange ? ':' : ' ';
    if (cursor && view.pane === 'rows' && topLayer(view) === null) {
      lines.push([span(pad(`>${mark} ${own.before} ${own.status} ${own.answer}`, width), 'cursor')]);
      continue;
    }
    const tones: Readonly<Record<typeof tone, Style>> = {
      open: 'open',
      good: 'good',
      bad: 'bad',
      dim: 'dim',
    };
    lines.push([
      span(cursor ? '>' : ' ', 'title'),
      span(mark, 'mark'),
      span(` ${own.before} `, cursor ? 'title' : tone === 'dim' ? 'dim' : 'plain'),
      span(own.status, tones[tone]),
      span(` ${own.answer}`, cursor ? 'title' : tone === 'dim' ? 'dim' : 'plain'),
    ]);
  }
  return lines;
}

/** The field that a list is about, for the last column. */
function shownField(list: List | null, work: Worklist): string | null {
  if (list?.flag) {
    const [row] = list.rows;
    const flags = row === undefined ? [] : work.review.evaluator.flags(row);
    return flags.find((flag) => flag.rule === list.flag?.rule)?.field ?? null;
  }
  const field = list?.group?.sample.for.find((item) => !item.field.startsWith('customer.'))?.field ?? null;
  return field;
}

/** Why a list shows no row: it may well be that others have what the filter looks for. */
export function emptyText(view: View, work: Worklist): readonly string[] {
  if (view.filter === '') return ['no rows here'];
  const count = work.visible(ALL_ROWS, view.filter).length;
  const away = 'Esc takes the filter away';
  if (count === 0 || view.list === ALL_ROWS) return ['no row has these words', away];
  return [`none in this group, ${count} in all rows`, 'Shift+Tab, G shows all rows', away];
}
