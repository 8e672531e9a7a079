/** Doing what the reducer asks for: the desk, the explanation, and what the terminal lends. */
import { explain } from '../engine/explain.ts';
import { CsrError, type Problem } from '../engine/problem.ts';
import type { Desk } from '../review/desk.ts';
import type { Effect, Outcome, World } from './view.ts';
import { Worklist } from './worklist.ts';

/** What a screen can do beside the review. */
export interface Host {
  copy(text: string): void;
  /** A text as the user left it in a program of their own; null where there is none, or nothing was saved. */
  edit(text: string): Promise<string | null>;
  repaint(): void;
}

/**
 * Carries an effect out. Whatever goes wrong is an outcome too: what was typed must stay on the screen.
 * @returns the world afterwards, and what there is to tell the reducer
 */
export async function carryOut(
  effect: Effect,
  world: World,
  host: Host,
): Promise<{ readonly world: World; readonly outcome: Outcome | null }> {
  try {
    if (effect.type === 'open') {
      const desk = await world.opening.open(effect.choice, effect.keepLayout);
      return { world: seated(world, desk), outcome: { type: 'opened' } };
    }
    return { world, outcome: await outcomeOf(effect, world, host) };
  } catch (error) {
    return { world, outcome: { type: 'failed', problems: problemsOf(error) } };
  }
}

/** The world with a desk to work at. */
export function seated(world: World, desk: Desk): World {
  return { ...world, desk, work: new Worklist(desk.review) };
}

async function outcomeOf(
  effect: Exclude<Effect, { type: 'open' }>,
  { desk, work }: World,
  host: Host,
): Promise<Outcome | null> {
  switch (effect.type) {
    case 'copy':
      host.copy(effect.text);
      return { type: 'copied', what: effect.what };
    case 'edit':
      return { type: 'edited', text: await host.edit(effect.text) };
    case 'repaint':
      host.repaint();
      return null;
    case 'quit':
      return null;
    default:
      break;
  }
  if (!desk || !work) return null;
  switch (effect.type) {
    case 'record':
      for (const deed of effect.deeds) work.update(await desk.record(deed));
      return { type: 'recorded', after: effect.after };
    case 'deliver':
      return { type: 'delivered', delivered: await desk.deliver(effect.request) };
    case 'propose':
      return {
        type: 'proposed',
        path: await desk.propose({ country: effect.country, carrier: effect.carrier, how: effect.how }),
      };
    case 'explain':
      return { type: 'explained', explanation: await explain(desk.review.evaluator, effect.row) };
  }
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof CsrError) return error.problems;
  const message = error instanceof Error ? error.message : String(error);
  return [{ code: 'fault', severity: 'error', message }];
}

/** The exit status of a review that is left now: 0 where no row is unresolved. */
export function statusOf(world: World | null): number {
  return world?.desk && world.desk.review.unresolved === 0 ? 0 : 1;
}
