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
  const senders = world.tables.flatMap((table) =>
    table.rules.filter(looksUp).map((rule) => ({ table, rule })),
  );
  // A folder without such a rule holds look-ups for the rules of another.
  if (senders.length === 0) return [];
  const start = asEdited(space, world);
  const pipeline = new Pipeline(space, new Solver(space, start), start);
  const reaches = (region: Region, { table, rule }: { table: RuleTable; rule: Rule }): boolean => {
    const state = pipeline.begin(region, table.stage);
    const ending = planFor(world, table.stage, []);
    const acting = new Map([[table, rule]]);
    return pipeline.act([{ table, rules: table.rules }], state, [], { acting }, (arrived) =>
      pipeline.run(arrived.region, { plan: ending, until: table.stage, arrive: () => true }),
    );
  };
  return lookUps.flatMap((lookUp): IdleLookUp[] => {
    if (lookUp.country === null && lookUp.carrier === null) return [];
    try {
      const region = rowsOf(lookUp, lookUps, pipeline);
      if (region && senders.some((sender) => reaches(region, sender))) return [];
      return [{ lookUp, rules: senders.map(({ rule }) => rule) }];
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return [];
    }
  });
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
