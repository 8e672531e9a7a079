/** The screen as lines of text, from the view and the review. No terminal here, and no React. */
import { pickItems } from './act.ts';
import { detailPane } from './detail.ts';
import {
  confirmLines,
  type Geometry,
  geometryOf,
  hintLines,
  isTooSmall,
  LEAST,
  pageHeight,
  scrolled,
  shownFields,
} from './geometry.ts';
import { intakePage, mappingPage } from './ground.ts';
import { COMMANDS, commandsOf, keyName, keyNames, type Place } from './keys.ts';
import { windowOf } from './line.ts';
import { wrapLines } from './pages.ts';
import { listLines, listsWidthOf, rowLines } from './table.ts';
import { clip, pad, visible, widthOf } from './text.ts';
import { DIVIDER, type Line, lineWidth, type Span, span } from './theme.ts';
import {
  type Confirm,
  currentList,
  type Delivery,
  type Field,
  type Form,
  hiddenCount,
  type Layer,
  listLength,
  type Page,
  type Pick,
  placeOf,
  type Style,
  situationOf,
  topLayer,
  type View,
  visibleRows,
  type World,
} from './view.ts';
import type { List, Worklist } from './worklist.ts';

export interface Frame {
  readonly lines: readonly Line[];
  /** Where the terminal's own cursor stands while something is typed; from 0. */
  readonly caret: { readonly x: number; readonly y: number } | null;
}

/** What is on the screen: exactly as many lines as it has rows. */
export function frameOf(view: View, world: World): Frame {
  const { columns, rows } = view.size;
  if (isTooSmall(view)) return tooSmall(columns, rows);
  const geometry = geometryOf(view, listLength(view, world), listsWidthOf(world));
  const layer = topLayer(view);
  const lines: Line[] = [];
  let caret: Frame['caret'] = null;
  if (layer?.kind === 'page' || layer?.kind === 'deliver') {
    lines.push(header(view, world), ...textPage(layer, view));
  } else if (layer?.kind === 'pick') {
    const { lines: own, caret: at } = pickPage(layer, view);
    lines.push(header(view, world), ...own);
    caret = { x: at.x, y: at.y + 1 };
  } else {
    if (view.screen === 'mapping')
      lines.push(header(view, world), [], ...mappingPage(view, world, geometry.body));
    else if (view.screen === 'intake')
      lines.push(header(view, world), [], ...intakePage(view, world, geometry.body));
    else lines.push(header(view, world), subHeader(view, world), ...workPage(view, world, geometry));
    padTo(lines, rows - 2 - geometry.block);
    if (layer?.kind === 'form') {
      const block = formBlock(layer, view, world);
      caret = block.caret === null ? null : { x: block.caret.x, y: block.caret.y + lines.length };
      lines.push(...block.lines);
    } else if (layer?.kind === 'confirm') lines.push(...confirmBlock(layer, columns));
  }
  padTo(lines, rows - 2);
  lines.push(messageLine(view), footer(view, world));
  return { lines: lines.map((line) => clipLine(line, columns)), caret };
}

function padTo(lines: Line[], count: number): void {
  lines.length = Math.min(lines.length, count);
  while (lines.length < count) lines.push([]);
}

function clipLine(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line;
  const clipped: Span[] = [];
  let left = width;
  for (const one of line) {
    const text = clip(one.text, left);
    clipped.push({ ...one, text });
    left -= widthOf(text);
    if (left <= 0) break;
  }
  return clipped;
}

function tooSmall(columns: number, rows: number): Frame {
  const lines: Line[] = [
    [span(clip('window too small', columns), 'title')],
    [span(clip(`${columns}x${rows}, needs ${LEAST.columns}x${LEAST.rows}`, columns))],
    [span(clip('q quits; nothing is lost', columns), 'dim')],
  ];
  padTo(lines, rows);
  return { lines, caret: null };
}

// --- header and footer

function header(view: View, world: World): Line {
  const name = visible(world.opening.grid.name.split(/[/\\]/).at(-1) ?? '');
  const review = world.desk?.review;
  const spans: Span[] = [];
  if (review && world.work) {
    const lists = world.work.lists().filter((list) => list.kind === 'tasks');
    const at = lists.findIndex((list) => list.id === view.list);
    if (view.screen === 'work' && at >= 0) spans.push(span(`   group ${at + 1}/${lists.length}`));
    if (view.screen === 'intake') spans.push(span('   intake'));
    const { unresolved } = review;
    spans.push(
      span(`   unresolved ${unresolved} of ${review.table.rows.length}`, unresolved > 0 ? 'open' : 'good'),
    );
  } else {
    spans.push(span('   columns'));
  }
  const saved = savedAt(world);
  const right = view.busy !== null ? `${view.busy} ...` : saved === null ? '' : `saved ${saved}`;
  if (right !== '') spans.push(span(`   ${right}`, view.busy !== null ? 'warn' : 'good'));
  const room = view.size.columns - 1 - lineWidth(spans);
  return [span(` ${clip(name, Math.max(8, room))}`, 'title'), ...spans];
}

function savedAt(world: World): string | null {
  const last = world.desk?.review.log.at(-1);
  if (!last || last.type === 'start') return null;
  const at = new Date(last.at);
  return Number.isNaN(at.getTime())
    ? null
    : `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
}

/** The list that is open, and what the filter and the marks make of it. */
function subHeader(view: View, world: World): Line {
  const list = currentList(view, world);
  const right: Span[] = [];
  const rows = visibleRows(view, world);
  if (view.filter !== '') right.push(span(`FILTER ${visible(view.filter)} (${rows.length} rows)`, 'key'));
  if (view.anchor !== null) right.push(span(`${right.length > 0 ? '  ' : ''}RANGE`, 'mark'));
  if (view.marks.size > 0) {
    const hidden = hiddenCount(view.marks, rows);
    right.push(
      span(
        `${right.length > 0 ? '  ' : ''}SELECTED ${view.marks.size}${hidden > 0 ? ` (${hidden} hidden)` : ''}`,
        'mark',
      ),
    );
  }
  const left = list ? ` ${visible(list.title)}  ${countsOf(list)}` : ' no rows';
  const room = view.size.columns - 1 - lineWidth(right);
  return [span(pad(left, Math.max(0, room - 1)), 'head'), span(' '), ...right];
}

function countsOf(list: List): string {
  const rows = list.rows.length;
  if (list.kind === 'tasks')
    return list.open === 0
      ? `done (${rows})`
      : rows > list.open
        ? `${list.open} open, ${rows - list.open} done`
        : `${list.open} open`;
  if (list.kind === 'flags')
    return list.open > 0 ? `${list.open} to correct or acknowledge` : `${rows} flagged`;
  return rows === 1 ? '1 row' : `${rows} rows`;
}

/** What was said last; the key that goes on from there is not what a long text may cut. */
function messageLine(view: View): Line {
  const { say } = view;
  if (!say) return [];
  const style: Style = say.tone === 'bad' ? 'bad' : say.tone === 'good' ? 'good' : 'plain';
  const next = COMMANDS.find((command) => command.action === say.next);
  const further: Line = next
    ? [span('   '), span(keyName(next.keys[0] as string), 'key'), span(` ${next.label}`, 'dim')]
    : [];
  const text = clip(` ${visible(say.text)}`, view.size.columns - lineWidth(further));
  return [span(text, style), ...further];
}

/** What each place shows in its footer, in order; what is disabled now gives way. */
const FOOTERS: Readonly<Record<Place, readonly string[]>> = {
  rows: [
    'answer',
    'answer-group',
    'answer-selection',
    'offer',
    'offer-group',
    'acknowledge',
    'acknowledge-group',
    'include',
    'escalate',
    'undo',
    'filter',
    'deliver',
    'tick',
    'mark',
    'exclude',
    'next-open',
    'help',
    'quit',
  ],
  detail: ['answer', 'answer-group', 'tick', 'explain', 'propose', 'previous-pane', 'undo', 'help', 'quit'],
  lists: [
    'enter-list',
    'down',
    'next-pane',
    'answer-group',
    'offer-group',
    'acknowledge-group',
    'intake',
    'deliver',
    'help',
    'quit',
  ],
  intake: ['choose', 'unmap', 'continue', 'deliver', 'undo', 'help', 'quit'],
  mapping: ['choose', 'unmap', 'keep-layout', 'continue', 'help', 'quit'],
  form: ['submit', 'scope', 'suggestion-down', 'editor', 'cancel'],
  confirm: ['confirm', 'cancel'],
  pick: ['submit', 'suggestion-down', 'cancel'],
  page: ['back', 'down', 'page-down', 'copy'],
  deliver: [
    'write',
    'next-open',
    'toggle-csv',
    'toggle-word',
    'toggle-per-carrier',
    'toggle-partial',
    'toggle-force',
    'help',
    'cancel',
  ],
};

function footer(view: View, world: World): Line {
  const place = placeOf(view);
  const situation = situationOf(view, world);
  const commands = commandsOf(place);
  const layer = topLayer(view);
  const spans: Span[] = [];
  let left = view.size.columns - 1;
  const last = FOOTERS[place].at(-1);
  for (const action of FOOTERS[place]) {
    const command = commands.find((one) => one.action === action);
    if (!command || (command.disabled?.(situation) ?? null) !== null) continue;
    if (layer?.kind === 'form' && !usable(layer, action)) continue;
    const key = command.keys.length > 3 ? keyNames(command) : keyName(command.keys[0] as string);
    const label =
      action === 'submit'
        ? submitLabel(layer)
        : action === 'scope' && layer?.kind === 'form' && layer.purpose.type === 'intake'
          ? 'to the rows'
          : situation.list?.kind === 'flags'
            ? (command.flagLabel ?? command.label)
            : command.label;
    const cells = widthOf(key) + widthOf(label) + 3;
    // Help and quit stay, whatever else must go.
    const reserve =
      action === last || action === 'help'
        ? 0
        : place === 'rows' || place === 'lists' || place === 'detail'
          ? 17
          : 0;
    if (cells > left - reserve) continue;
    left -= cells;
    spans.push(span(` ${key}`, 'key'), span(` ${label} `, 'dim'));
  }
  return spans;
}

/** What Enter does: it saves only from a form's last field. */
function submitLabel(layer: Layer | null): string {
  if (layer?.kind === 'pick') return 'choose';
  if (layer?.kind === 'form' && layer.purpose.type === 'filter') return 'keep';
  return layer?.kind === 'form' && layer.at < layer.fields.length - 1 ? 'next' : 'save';
}

function usable(form: Form, action: string): boolean {
  if (action === 'editor') return form.purpose.type !== 'filter';
  if (action === 'scope') return form.scopes.length > 1 || form.purpose.type === 'intake';
  if (action === 'suggestion-down') return (form.fields[form.at]?.suggestions.length ?? 0) > 0;
  return true;
}

// --- the rows and what is asked of them

function workPage(view: View, world: World, geometry: Geometry): Line[] {
  const work = world.work as Worklist;
  if (geometry.wide) {
    const lists = listLines(view, world, geometry.listsWidth, geometry.body);
    const rows = rowLines(view, world, geometry.rowsWidth, geometry.table);
    const detail = detailPane(view, world, work, geometry.detailWidth, geometry.detail);
    return Array.from({ length: geometry.body }, (_, at) => [
      ...padded(lists[at] ?? [], geometry.listsWidth),
      ...DIVIDER,
      ...padded(rows[at] ?? [], geometry.rowsWidth),
      ...DIVIDER,
      ...(detail[at] ?? []),
    ]);
  }
  const height = geometry.table + 1;
  const upper =
    view.pane === 'lists'
      ? listLines(view, world, geometry.listsWidth, height)
      : rowLines(view, world, geometry.rowsWidth, geometry.table);
  padTo(upper, height);
  return [...upper, ...detailPane(view, world, work, geometry.detailWidth, geometry.detail)];
}

function padded(line: Line, width: number): Line {
  const clipped = clipLine(line, width);
  const cells = lineWidth(clipped);
  return cells < width ? [...clipped, span(' '.repeat(width - cells))] : clipped;
}

// --- what lies over the screen

function textPage(page: Page | Delivery, view: View): Line[] {
  const { columns } = view.size;
  const height = pageHeight(view);
  const wrapped = wrapLines(page.lines, columns - 2);
  const top = Math.max(0, Math.min(page.top, wrapped.length - height));
  const below = wrapped.length - top - height;
  const title = page.kind === 'page' ? page.title : 'DELIVER';
  const lines: Line[] = [];
  const more = span(below > 0 ? `   ${below} more \u2193` : '', 'warn');
  if (page.kind === 'deliver')
    lines.push([...clipLine(deliveryHead(page), columns - widthOf(more.text)), more]);
  else lines.push([span(` ${visible(title)}`, 'head'), more]);
  for (const one of wrapped.slice(top, top + height)) lines.push([span(` ${one.text}`, one.style)]);
  return lines;
}

function deliveryHead(page: Delivery): Line {
  const { request } = page;
  const box = (key: string, on: boolean, label: string): Span[] => [
    span(` [${on ? 'x' : ' '}] `, on ? 'good' : 'dim'),
    span(key, 'key'),
    span(` ${label}`),
  ];
  return [
    span(' DELIVER ', page.blocked ? 'bad' : 'head'),
    ...box('c', request.csv, 'CSV'),
    ...box('w', request.docx, 'Word'),
    ...box('s', request.perCarrier, 'split'),
    ...box('p', request.partial, 'partial'),
    ...box('f', request.force, 'replace'),
  ];
}

function pickPage(pick: Pick, view: View): { lines: Line[]; caret: { x: number; y: number } } {
  const { columns, rows } = view.size;
  const items = pickItems(pick);
  const height = rows - 6;
  const top = scrolled(0, pick.at, height, items.length);
  const label = Math.min(
    Math.floor(columns / 2),
    Math.max(8, ...pick.items.map((item) => widthOf(visible(item.label)))),
  );
  const { text, caret } = windowOf(pick.line, columns - 5);
  const lines: Line[] = [
    [span(` ${visible(pick.title)}`, 'head')],
    [span(' > ', 'key'), span(text, 'input')],
    [],
  ];
  if (items.length === 0) lines.push([span('   nothing fits', 'dim')]);
  for (const [at, item] of items.entries()) {
    if (at < top || at >= top + height) continue;
    const hint = item.disabled === null ? item.hint : `(${item.disabled})`;
    const line = `${at === pick.at ? '>' : ' '} ${pad(visible(item.label), label)}  ${visible(hint)}`;
    lines.push([
      span(pad(` ${line}`, columns), at === pick.at ? 'cursor' : item.disabled === null ? 'plain' : 'dim'),
    ]);
  }
  return { lines, caret: { x: 3 + caret, y: 1 } };
}

function formBlock(form: Form, view: View, world: World): Frame {
  const { columns } = view.size;
  const lines: Line[] = [ruleLine(formTitle(form, view, world), columns)];
  let caret: Frame['caret'] = null;
  const { from, fields } = shownFields(form);
  const label = Math.min(
    Math.floor(columns / 3),
    Math.max(...form.fields.map((field) => widthOf(visible(field.label)))),
  );
  for (const [at, field] of fields.entries()) {
    const here = from + at === form.at;
    const name = ` ${pad(visible(field.label), label)}> `;
    const room = columns - widthOf(name) - 1;
    const shown = windowOf(field.line, room);
    if (here) caret = { x: widthOf(name) + shown.caret, y: lines.length };
    lines.push([
      span(name, here ? 'key' : 'dim'),
      span(here ? shown.text : clip(visible(field.line.text), room), here ? 'input' : 'dim'),
    ]);
  }
  lines.push(...hints(form.fields[form.at] as Field, columns));
  if (form.scope !== null) lines.push(scopeLine(form, view, world));
  if (form.problem !== null) lines.push([span(` ${visible(form.problem)}`, 'bad')]);
  return { lines, caret };
}

function formTitle(form: Form, view: View, world: World): string {
  const { purpose } = form;
  if (purpose.type === 'answer') {
    const { task } = purpose;
    const review = world.work?.review;
    const where =
      form.scope === 'row' && review && view.row !== null
        ? ` for row ${review.place(view.row)} ${visible(review.phoneNumber(view.row))}`
        : '';
    return `${form.title}${task.scope === 'file' ? ' once for the whole file' : where}`;
  }
  return form.title;
}

function ruleLine(title: string, columns: number): Line {
  const text = clip(`-- ${visible(title)} `, columns - 2);
  return [span(text, 'head'), span('-'.repeat(Math.max(0, columns - 1 - widthOf(text))), 'dim')];
}

function hints(field: Field, columns: number): Line[] {
  if (field.choices.length > 0) {
    const spans: Span[] = [span(' ')];
    for (const [at, choice] of field.choices.entries()) {
      const chosen = field.line.text === choice;
      spans.push(span(` ${at + 1}`, 'key'), span(` ${visible(choice)} `, chosen ? 'cursor' : 'plain'));
    }
    return [clipLine(spans, columns)];
  }
  const count = hintLines(field);
  const at = field.suggestions.findIndex((one) => one.text === field.line.text);
  const top = scrolled(0, Math.max(0, at), count, field.suggestions.length);
  return field.suggestions.slice(top, top + count).map((one, offset): Line => {
    const here = top + offset === at;
    const text = clip(visible(one.text), columns - 8 - widthOf(one.from));
    return [
      span(here ? '   > ' : top + offset === 0 && at < 0 ? '   \u2193 ' : '     ', 'key'),
      span(text, here ? 'title' : 'plain'),
      span(one.from === '' ? '' : `  ${one.from}`, 'dim'),
    ];
  });
}

function scopeLine(form: Form, view: View, world: World): Line {
  const spans: Span[] = [span(' for  ', 'dim')];
  for (const { scope, rows, hidden } of form.scopes) {
    const name = scope === 'group' && currentList(view, world)?.kind !== 'tasks' ? 'list' : scope;
    // After a group's or a row's name a bare number would be read as its own.
    const count = `${name}${scope === 'selection' ? '' : ' of'} ${rows}${hidden > 0 ? ` (${hidden} hidden)` : ''}`;
    const text = scope === 'row' ? 'this row' : count;
    spans.push(form.scope === scope ? span(`[${text}]`, 'title') : span(` ${text} `, 'dim'), span(' '));
  }
  if (form.scopes.length > 1) spans.push(span('  Tab', 'key'), span(' changes', 'dim'));
  return spans;
}

function confirmBlock(confirm: Confirm, columns: number): Line[] {
  return [
    ruleLine('SURE?', columns),
    ...confirmLines(confirm, columns).map(({ text, style }): Line => [span(` ${text}`, style)]),
  ];
}
