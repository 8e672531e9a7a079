/** What goes out: what stands in the way and the summary first, then the files. */
import { type ActionId, COMMANDS, keyNames } from './keys.ts';
import { shown, toIntake } from './moving.ts';
import { textLines } from './pages.ts';
import { visible } from './text.ts';
import {
  type Delivery,
  type PageLine,
  popLayer,
  pushLayer,
  type Step,
  saying,
  step,
  type View,
  type World,
  withLayer,
} from './view.ts';
import type { Worklist } from './worklist.ts';

/** Opens the delivery as the layout would have it. */
export function openDelivery(view: View, world: World): View {
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
  return withObstacles(pushLayer(view, deliveryOf(request, world)), request, world);
}

/** One thing that stands in the way: in words, and where it is done. */
interface Obstacle {
  readonly lines: readonly PageLine[];
  readonly short: string;
  /** The list to work through, or null for the intake. */
  readonly list: string | null;
}

/** What stands in the way, as an agent works it off: groups, questions, lists of flags; no rows, no options, no ids. */
function obstaclesOf(request: Delivery['request'], world: World): readonly Obstacle[] {
  const work = world.work as Worklist;
  return work.review.blockers(request.partial).map((problem): Obstacle => {
    // Behind a colon the message lists rows; here a list of them is a key away.
    const [short = ''] = problem.message.split(': ');
    switch (problem.code) {
      case 'unresolved': {
        const groups = work.lists().filter((list) => list.kind === 'tasks' && list.open > 0);
        const width = String(groups[0]?.open ?? 0).length;
        const lines = groups.map((list) => said(`${String(list.open).padStart(width)}  ${list.title}`, 4));
        return { lines: [said(`${short}:`), ...lines], short, list: groups[0]?.id ?? null };
      }
      case 'error-flag': {
        const list = work.lists().find((one) => one.flag?.rule === problem.rule);
        const flagged = `${short.replace(/ \(.*/, '')}: ${list?.title ?? ''}`;
        return { lines: [said(flagged)], short: flagged, list: list?.id ?? null };
      }
      case 'batch-open': {
        const pasted = `${problem.message}; ${keyOf('batch')} takes it`;
        return { lines: [said(pasted)], short: pasted, list: null };
      }
      default:
        return { lines: [said(problem.message)], short: problem.message, list: null };
    }
  });
}

function said(text: string, indent = 2): PageLine {
  return { text: `${' '.repeat(indent)}${visible(text)}`, style: 'open', indent: indent + 2 };
}

function keyOf(action: ActionId): string {
  const command = COMMANDS.find((one) => one.action === action);
  return command ? keyNames(command) : '';
}

/** What stands in the way is said at once: it may be far up a summary that was scrolled. */
function withObstacles(view: View, request: Delivery['request'], world: World): View {
  const [first, ...more] = obstaclesOf(request, world);
  if (!first) return view;
  const further = more.length > 0 ? ` and ${more.length} more` : '';
  return saying(view, `not yet deliverable: ${first.short}${further}`, 'bad', 'next-open');
}

function deliveryOf(request: Delivery['request'], world: World): Delivery {
  const desk = world.desk as NonNullable<World['desk']>;
  const obstacles = obstaclesOf(request, world);
  const hindered: PageLine[] =
    obstacles.length === 0
      ? []
      : [
          { text: 'Not yet deliverable:', style: 'bad', indent: 2 },
          ...obstacles.flatMap(({ lines }) => lines),
          { text: '', style: 'plain', indent: 0 },
        ];
  const lines = [...hindered, ...textLines(desk.preview(request))];
  return { kind: 'deliver', request, lines, blocked: obstacles.length > 0, top: 0 };
}

const TOGGLES: Partial<Record<ActionId, keyof Delivery['request']>> = {
  'toggle-csv': 'csv',
  'toggle-word': 'docx',
  'toggle-per-carrier': 'perCarrier',
  'toggle-partial': 'partial',
  'toggle-force': 'force',
};

/** Changes what is to be written, writes it, goes to what stands in the way, or back. */
export function performInDelivery(action: ActionId, view: View, layer: Delivery, world: World): Step {
  const toggled = TOGGLES[action];
  if (toggled !== undefined) {
    const request = { ...layer.request, [toggled]: !layer.request[toggled] };
    return step(
      withObstacles(withLayer(view, { ...deliveryOf(request, world), top: layer.top }), request, world),
    );
  }
  if (action === 'next-open') return step(toObstacle(popLayer(view), layer.request, world));
  if (action !== 'write') return step(popLayer(view));
  if (!layer.request.csv && !layer.request.docx)
    return step(
      saying(
        view,
        `nothing to write: ${keyOf('toggle-csv')} is for CSV, ${keyOf('toggle-word')} for Word`,
        'bad',
      ),
    );
  return step({ ...view, busy: 'writing' }, { type: 'deliver', request: layer.request });
}

/** Where the first thing in the way is done. */
function toObstacle(view: View, request: Delivery['request'], world: World): View {
  const [first] = obstaclesOf(request, world);
  if (!first) return view;
  if (first.list === null) return toIntake(view, world);
  return shown({ ...view, screen: 'work', pane: 'rows', filter: '' }, world, first.list);
}
