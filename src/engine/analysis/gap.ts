/** Rows that a `first` table leaves undecided, of those that the stages before it send there. */
import type { RuleTable } from '../rule.ts';
import { cellsReadBy, Pipeline, planFor } from './pipeline.ts';
import { Region } from './region.ts';
import { type Solution, Solver, TooMuch } from './solve.ts';
import { asEdited, asFiled, type Point, type Space } from './space.ts';
import { walk } from './walk.ts';
import type { World } from './world.ts';

export interface Gap {
  readonly table: RuleTable;
  /** A row as a file may have it, and nobody has said anything of, that no rule decides. */
  readonly row: Solution | null;
  /** Looking took too long: it is not known whether there is a gap. */
  readonly unknown: boolean;
}

export function gaps(space: Space, world: World): Gap[] {
  return world.tables
    .filter((table) => table.match === 'first')
    .flatMap((table): Gap[] => {
      try {
        const row = gapIn(space, world, table);
        return row ? [{ table, row, unknown: false }] : [];
      } catch (error) {
        if (!(error instanceof TooMuch)) throw error;
        return [{ table, row: null, unknown: true }];
      }
    });
}

function gapIn(space: Space, world: World, table: RuleTable): Solution | null {
  const start = asFiled(space, world);
  const solver = new Solver(space, start);
  const pipeline = new Pipeline(space, solver, start);
  const plan = planFor(world, table.stage, table.rules.flatMap(cellsReadBy));
  let found: Solution | null = null;
  const undecided = (region: Region, point: Point, once: boolean): boolean =>
    walk(region, {
      conditions: table.rules.map((rule) => space.condition(rule, point)),
      solver,
      ...(once && { once: { beside: new Set() } }),
      skip: (_, settled) => settled,
      meet: ({ at, region: left }) => {
        if (at >= 0) return false;
        const solution = solver.solve(left);
        // A row that shows its patterns is better than one that takes them as free.
        if (solution && (found === null || solution.sure)) found = solution;
        return found?.sure ?? false;
      },
    });
  if (plan.stages.length === 0) {
    undecided(Region.everything, pipeline.point(pipeline.begin(Region.everything, table.stage)), true);
    return found;
  }
  // Most tables decide whatever may come: then it is no matter what does.
  if (!leavesAnything(space, world, table)) return null;
  pipeline.run(Region.everything, {
    plan,
    until: table.stage,
    arrive: (state) => undecided(state.region, pipeline.point(state), false),
  });
  return found;
}

/** Whether a table leaves any row undecided, be there such rows or not: rules may have written any text. */
function leavesAnything(space: Space, world: World, table: RuleTable): boolean {
  const start = { ...asEdited(space, world), answered: false };
  const solver = new Solver(space, start);
  return walk(Region.everything, {
    conditions: table.rules.map((rule) => space.condition(rule, start)),
    solver,
    once: { beside: new Set() },
    skip: (_, settled) => settled,
    meet: ({ at, region }) => at < 0 && solver.possible(region),
  });
}
