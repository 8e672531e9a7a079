/** Look-ups that are never walked: no rule sends a row to them, or more specific ones take every such row. */
import { BY_CARRIER, type LookUp, type Op, type Rule, type RuleTable } from '../rule.ts';
import { Pipeline, type Plan, planFor } from './pipeline.ts';
import { Region } from './region.ts';
import { Solver, TooMuch } from './solve.ts';
import { asEdited, type Space } from './space.ts';
import type { World } from './world.ts';

export interface IdleLookUp {
  readonly lookUp: LookUp;
  /** The rules that look up by carrier, for other rows. */
  readonly rules: readonly Rule[];
}

/** The idle look-ups; the one for any country and carrier is there for what nobody thought of. */
export function idleLookUps(space: Space, world: World): IdleLookUp[] {
  const { lookUps } = world.rules;
  const reach = new LookUpReach(space, world);
  // A folder without such a rule holds look-ups for the rules of another.
  if (reach.senders.length === 0) return [];
  return lookUps.flatMap((lookUp): IdleLookUp[] => {
    if (lookUp.country === null && lookUp.carrier === null) return [];
    try {
      if (reach.reaches(lookUp, lookUps)) return [];
      return [{ lookUp, rules: reach.senders.map(({ rule }) => rule) }];
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return [];
    }
  });
}

/** Which look-ups rows get to. */
export class LookUpReach {
  /** The rules that look up by carrier. */
  readonly senders: readonly { readonly table: RuleTable; readonly rule: Rule; readonly ending: Plan }[];
  private readonly pipeline: Pipeline;

  constructor(space: Space, world: World) {
    const start = asEdited(space, world);
    this.pipeline = new Pipeline(space, new Solver(space, start), start);
    this.senders = world.tables.flatMap((table) =>
      table.rules.filter(looksUp).map((rule) => ({ table, rule, ending: planFor(world, table.stage, []) })),
    );
  }

  /**
   * Whether a look-up is the most specific one of several for some row that a rule looks up by carrier.
   * @throws TooMuch where it takes too long
   */
  reaches(lookUp: LookUp, lookUps: readonly LookUp[]): boolean {
    const { pipeline } = this;
    const region = rowsOf(lookUp, lookUps, pipeline);
    return (
      region !== null &&
      this.senders.some(({ table, rule, ending }) => {
        const state = pipeline.begin(region, table.stage);
        const acting = new Map([[table, rule]]);
        return pipeline.act([{ table, rules: table.rules }], state, [], { acting }, (arrived) =>
          pipeline.run(arrived.region, { plan: ending, until: table.stage, arrive: () => true }),
        );
      })
    );
  }
}

function looksUp({ then: actions }: Rule): boolean {
  return actions.some((action) => action.do === 'look-up' && action.procedure === BY_CARRIER);
}

/** The rows for which a look-up is the most specific one. */
function rowsOf({ country, carrier }: LookUp, all: readonly LookUp[], pipeline: Pipeline): Region | null {
  const { space, start } = pipeline;
  const is = (
    region: Region | null,
    fact: string,
    keys: readonly string[],
    holds: boolean,
  ): Region | null => {
    if (keys.length === 0 || region === null) return region;
    const op: Op = { kind: 'equals', keys, written: keys };
    return pipeline.assume(space.opLiteral(fact, op, start), holds, region);
  };
  let region: Region | null = Region.everything;
  if (country !== null) {
    region = is(region, 'country', [country], true);
    if (carrier !== null) return is(region, 'carrier', [carrier], true);
    const moreSpecific = all.filter((one) => one.country === country).flatMap((one) => one.carrier ?? []);
    region = is(region, 'carrier', moreSpecific, false);
  } else if (carrier !== null) {
    const others = all.filter((one) => one.carrier === null || one.carrier === carrier);
    region = is(region, 'carrier', [carrier], true);
    region = is(
      region,
      'country',
      others.flatMap((one) => one.country ?? []),
      false,
    );
  }
  return region;
}
