/** What goes out: the summary first, then the files. */
import type { ActionId } from './keys.ts';
import { textLines } from './pages.ts';
import {
  type Delivery,
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
  return withBlockers(pushLayer(view, deliveryOf(request, world)), request, world);
}

/** What stands in the way is said at once: it may be far down the summary. */
function withBlockers(view: View, request: Delivery['request'], world: World): View {
  const { review } = world.work as Worklist;
  const blockers = review.blockers(request.partial);
  const [first] = blockers;
  if (!first) return view;
  const more = blockers.length > 1 ? ` and ${blockers.length - 1} more` : '';
  const question = first.code === 'intake-open' ? review.openQuestions()[0]?.question : undefined;
  const what = question ? `the intake asks: ${question.question}` : first.message.split(':')[0];
  return saying(view, `not yet deliverable: ${what}${more}`, 'bad');
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

/** Changes what is to be written, writes it, or goes back. */
export function performInDelivery(action: ActionId, view: View, layer: Delivery, world: World): Step {
  const toggled = TOGGLES[action];
  if (toggled !== undefined) {
    const request = { ...layer.request, [toggled]: !layer.request[toggled] };
    return step(
      withBlockers(withLayer(view, { ...deliveryOf(request, world), top: layer.top }), request, world),
    );
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
