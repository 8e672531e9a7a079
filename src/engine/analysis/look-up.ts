/** Look-ups that are never walked: no rule sends a row to them, or more specific ones take every such row. */
import { BY_CARRIER, type LookUp, type Op, type Rule, type RuleTable } from '../rule.ts';
import { Pipeline, planFor } from './pipeline.ts';
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
  const senders = sendersIn(world);
  // A folder without such a rule holds look-ups for the rules of another.
  if (senders.length === 0) return [];
  return lookUps.flatMap((lookUp): IdleLookUp[] => {
    if (lookUp.country === null && lookUp.carrier === null) return [];
    try {
      if (canBeReached(space, world, lookUp, lookUps)) return [];
      return [{ lookUp, rules: senders.map(({ rule }) => rule) }];
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return [];
    }
  });
}

/**
 * Whether a look-up is the most specific one of several for some row that a rule looks up by carrier.
 * @throws TooMuch where it takes too long
 */
export function canBeReached(
  space: Space,
  world: World,
  lookUp: LookUp,
  lookUps: readonly LookUp[],
): boolean {
  const start = asEdited(space, world);
  const pipeline = new Pipeline(space, new Solver(space, start), start);
  const region = rowsOf(lookUp, lookUps, pipeline);
  return (
    region !== null &&
    sendersIn(world).some(({ table, rule }) => {
      const state = pipeline.begin(region, table.stage);
      const ending = planFor(world, table.stage, []);
      const acting = new Map([[table, rule]]);
      return pipeline.act([{ table, rules: table.rules }], state, [], { acting }, (arrived) =>
        pipeline.run(arrived.region, { plan: ending, until: table.stage, arrive: () => true }),
      );
    })
  );
}

/** The rules that look up by carrier. */
function sendersIn(world: World): { readonly table: RuleTable; readonly rule: Rule }[] {
  return world.tables.flatMap((table) => table.rules.filter(looksUp).map((rule) => ({ table, rule })));
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
    const moreSpecific = all.filter((one) => one.country === country).flatMap((one) => one.carrier ?? []);
    region = is(region, 'country', [country], true);
    region =
      carrier === null ? is(region, 'carrier', moreSpecific, false) : is(region, 'carrier', [carrier], true);
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
