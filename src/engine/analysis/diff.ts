/**
 * Where two rule sets decide differently. Stage by stage, what both say of the same state of a row is walked down
 * together: where the same is left to be found out on both sides, nothing can differ. What may differ is shown on
 * a row that the engine decides differently by one and by the other; nothing left is a proof, for people can write
 * any text into any cell, so every state of a row is one that rows come in.
 */
import type { Decision } from '../decision.ts';
import { ANY_CELL } from '../facts.ts';
import type { Place } from '../problem.ts';
import {
  type Correction,
  type LookUp,
  type Op,
  type Rule,
  type RuleSet,
  type RuleTable,
  STAGES,
  type Stage,
  type Test,
} from '../rule.ts';
import { sameOutcome } from '../what-changes.ts';
import { type Described, Describer } from './describe.ts';
import {
  askKey,
  doubtsOf,
  type Effect,
  effectsOf,
  lookUpKey,
  numbersAsked,
  spellEffect,
  withoutNearest,
} from './effects.ts';
import { cellsReadBy, Pipeline, planFor } from './pipeline.ts';
import { Region, verdictIn } from './region.ts';
import { type Solution, Solver, TooMuch } from './solve.ts';
import { asEdited, type Condition, type Literal, type Point, Space, type Start, type Term } from './space.ts';
import { FALSE, TRUE, UNREADABLE } from './texts.ts';
import { mayDoubt, type Rest, walk, walkTogether } from './walk.ts';
import { asGiven, decided, type Witness, witnessOf } from './witness.ts';
import { isCell, leaves, World, writingsOf } from './world.ts';

/** A rule, a look-up or a correction. */
type Ruling = Pick<Rule | LookUp | Correction, 'id' | 'place'>;

/** What one of the rule sets makes of the rows of a difference. */
export interface Side {
  /** Null where no rule of it has anything to say there. */
  readonly rule: string | null;
  readonly place: Place | null;
  /** Of the witness. */
  readonly decision: Decision;
}

export interface Difference {
  readonly stage: Stage;
  /** The rows as the stage finds them: all that is in one of the regions. */
  readonly regions: readonly Described[];
  /** What all of these have in common. */
  readonly region: Described;
  readonly old: Side;
  readonly new: Side;
  readonly witness: Witness;
  /** Whether all of it lies where a change was expected: else a row that does not. Null where nothing was. */
  readonly outside: Witness | null;
}

/** Rows of which it was not found out whether they are decided alike. */
export interface Unproved {
  readonly stage: Stage;
  readonly region: Described;
  readonly rules: readonly (Ruling | null)[];
}

export interface Comparison {
  readonly differences: readonly Difference[];
  readonly unproved: readonly Unproved[];
  /** Rules that were compared test patterns: those are taken to come out either way. */
  readonly free: boolean;
}

/** Rows tried of one pair of rules before another way is taken, and on that way. */
const MOST_TRIED = 8;
const MOST_TRIED_LATER = 64;
/** More changing cells than that are not tried in all combinations of written and not. */
const MOST_FREE = 5;
/** Regions of one difference of which it is seen whether rows arrive there. */
const MOST_FOLLOWED = 24;

/** Conditions that the changed rows are expected to meet, as one of the two sides reads them. */
export interface Expected {
  readonly tests: readonly Test[];
  readonly side: 0 | 1;
}

/** Compares two rule sets. With neither a difference nor anything unproved, they decide every row alike. */
export async function compare(
  before: RuleSet,
  after: RuleSet,
  expected: Expected | null = null,
): Promise<Comparison> {
  return new Comparing(before, after, expected).run();
}

/** The rules without the names that messages offer for unknown ones: those are no decision. */
export function comparable(rules: RuleSet): RuleSet {
  const quiet = (rule: Rule): Rule => ({
    ...rule,
    // biome-ignore lint/suspicious/noThenProperty: the model's own name for what a rule does
    then: rule.then.map((action) =>
      action.do === 'flag'
        ? { ...action, message: withoutNearest(action.message) }
        : action.do === 'exclude'
          ? { ...action, reason: withoutNearest(action.reason) }
          : action,
    ),
  });
  return { ...rules, tables: rules.tables.map((table) => ({ ...table, rules: table.rules.map(quiet) })) };
}

/** One table that has one say, or one rule of an `all` table. */
interface Unit {
  readonly side: 0 | 1;
  readonly table: RuleTable;
  readonly rules: readonly Rule[];
  /** Its place among those of its side. */
  readonly order: number;
}

/** What differs in a stage, and has to do with each other. */
interface Part {
  readonly units: readonly Unit[];
  /** What both sides have and does something to the same things: each as the old side and the new one have it. */
  readonly mates: readonly (readonly [Unit, Unit])[];
}

/** A rule that acts in a region. */
interface Acting {
  readonly unit: Unit;
  readonly rule: Rule;
  readonly doubtful: boolean;
}

interface Done extends Effect, Acting {}

/** Rows that two rulings may decide differently. */
interface Candidate {
  readonly stage: Stage;
  readonly part: Part;
  readonly rulings: readonly [Ruling | null, Ruling | null];
  readonly key: string;
  readonly pipeline: Pipeline;
  readonly points: readonly [Point, Point];
  /** How its rows are said, where their regions would take many words. */
  readonly says?: Described;
  /** By what the regions are told apart. */
  readonly conditions: Set<Condition>;
  readonly regions: Region[];
}

/** A rule set whose messages offer no names, by which decisions are compared. */
type Quiet = Pick<World, 'rules' | 'books'>;

interface Shown {
  readonly witness: Witness;
  readonly decisions: readonly [Decision, Decision];
}

/** A leaf of the walk: a region that two rulings decide. */
type Leaf = (
  rulings: Candidate['rulings'],
  key: string,
  region: Region,
  conditions: readonly Condition[],
) => void;

class Comparing {
  private readonly worlds: readonly [World, World];
  private readonly space: Space;
  private readonly expected: Expected | null;
  private readonly quiet: readonly [Quiet, Quiet];
  private readonly sameLookUps: boolean;
  private readonly candidates = new Map<string, Candidate>();
  private readonly unproved: Unproved[] = [];
  private free = false;
  private readonly slotsOf = new Map<Rule, readonly string[]>();

  constructor(before: RuleSet, after: RuleSet, expected: Expected | null) {
    this.worlds = [new World(before), new World(after)];
    this.space = new Space(this.worlds);
    this.expected = expected;
    const quiet = ({ rules, books }: World): Quiet => ({ rules: comparable(rules), books });
    this.quiet = [quiet(this.worlds[0]), quiet(this.worlds[1])];
    const lookUps = (world: World) =>
      JSON.stringify([
        world.aspect('carriers'),
        world.aspect('countries'),
        world.rules.lookUps.map((one) => [one.country, one.carrier, lookUpKey(one, world)]),
      ]);
    this.sameLookUps = lookUps(this.worlds[0]) === lookUps(this.worlds[1]);
  }

  async run(): Promise<Comparison> {
    this.corrections();
    for (const stage of STAGES) {
      for (const part of this.parts(stage)) {
        try {
          this.stage(stage, part);
        } catch (error) {
          if (!(error instanceof TooMuch)) throw error;
          this.unproved.push({ stage, region: {}, rules: part.units.flatMap(({ rules }) => rules) });
        }
      }
    }
    const differences: Difference[] = [];
    for (const candidate of this.candidates.values()) {
      const difference = await this.difference(candidate);
      if (difference) differences.push(difference);
    }
    // What a file alone shows is read first, then what a joined one does, then what takes a person's hand.
    differences.sort((a, b) => farFetched(a.witness) - farFetched(b.witness));
    return { differences, unproved: this.unproved, free: this.free };
  }

  // From candidates to differences

  private async difference(candidate: Candidate): Promise<Difference | null> {
    const { stage, rulings, points, conditions } = candidate;
    const arrived = this.arrived(candidate);
    if (arrived.size === 0) return null;
    const arriving = [...arrived.keys()];
    const describer = new Describer(this.space, points, [...conditions]);
    const joined = describer.join(arriving);
    const hull = describer.hull(joined);
    const region = candidate.says ?? (hull ? describer.describe(hull) : {});
    const shown = await this.show(candidate, [...arrived.values()]);
    if (shown === 'alike') return null;
    if (shown === 'unknown') {
      this.unproved.push({ stage, region, rules: rulings });
      return null;
    }
    const outside = this.expected === null ? null : await this.outside(candidate, arriving);
    const side = (at: 0 | 1): Side => ({
      rule: rulings[at]?.id ?? null,
      place: rulings[at]?.place ?? null,
      decision: shown.decisions[at],
    });
    return {
      stage,
      regions: candidate.says ? [candidate.says] : joined.map((one) => describer.describe(one)),
      region,
      old: side(0),
      new: side(1),
      witness: inOrder(shown.witness, region),
      outside,
    };
  }

  /** A row that the engine decides differently by the two, if there is one. */
  private async show(candidate: Candidate, regions: readonly Region[]): Promise<Shown | 'alike' | 'unknown'> {
    const { solver } = candidate.pipeline;
    // A row that shows its patterns, and one of every region, before others.
    const rows = regions.slice(0, MOST_TRIED).flatMap((region) => solver.solve(region) ?? []);
    let other: Shown | null = null;
    rows.sort((a, b) => Number(b.sure) - Number(a.sure) || spaces(a) - spaces(b));
    for (const edited of [false, true]) {
      for (const row of rows) {
        const shown = await this.apart(row, [edited]);
        if (shown && isBy(shown, candidate)) return this.plainest(shown, candidate);
        other ??= shown;
      }
    }
    if (other) return other;
    return this.otherwise(candidate);
  }

  /** A row as it stands in a file, or with what people have written by hand, if the two decide it differently. */
  private async apart(row: Solution, ways: readonly boolean[]): Promise<Shown | null> {
    for (const edited of ways) {
      const shown = await this.parted(asGiven(this.worlds[1].rules, witnessOf(row, edited)));
      if (shown) return shown;
    }
    return null;
  }

  private async parted(witness: Witness): Promise<Shown | null> {
    const [old, now] = [await decide(this.quiet[0], witness), await decide(this.quiet[1], witness)];
    if (sameOutcome(old, now)) return null;
    const decisions = [await decide(this.worlds[0], witness), await decide(this.worlds[1], witness)] as const;
    return { witness, decisions };
  }

  /** A row without what was written by hand and says what the file says, as far as that makes no difference. */
  private async plainest(shown: Shown, candidate: Candidate): Promise<Shown> {
    let plainest = shown;
    for (const [fact, text] of Object.entries(shown.witness)) {
      const { [fact]: _, ...fewer } = plainest.witness;
      if (!fact.startsWith('edited.') || fewer[fact.slice('edited.'.length)] !== text) continue;
      const other = await this.parted(fewer);
      if (other && isBy(other, candidate)) plainest = other;
    }
    return plainest;
  }

  /**
   * Rows to which earlier stages may do something before they get there: with each combination of cells that
   * people have written and that rules may write.
   */
  private async otherwise({ stage, part, key }: Candidate): Promise<Shown | 'alike' | 'unknown'> {
    const { space } = this;
    const rules = [...part.units, ...part.mates.flat()].flatMap((unit) => unit.rules);
    const written = new Set(rules.flatMap((rule) => this.slots(rule)).flatMap((slot) => fieldOf(slot) ?? []));
    let isSure = true;
    let left = MOST_TRIED_LATER;
    for (const world of this.worlds) {
      const plan = planFor(world, stage, [...written, ...rules.flatMap(cellsReadBy)]);
      // What a correction empties is as good as blank.
      const changed = [...new Set([...written, ...plan.written])];
      if (changed.length > MOST_FREE) return 'unknown';
      for (let mask = (1 << changed.length) - 1; mask >= 0; mask--) {
        const untouched = new Set(changed.filter((_, at) => (mask >> at) & 1));
        const start = asEdited(space, world, untouched);
        const along = new Pipeline(space, new Solver(space, start), start);
        const rows: Solution[] = [];
        try {
          along.run(Region.everything, {
            plan,
            until: stage,
            arrive: (state) => {
              const field = along.point(state).field;
              const points: [Point, Point] = [
                { world: this.worlds[0], field },
                { world: this.worlds[1], field },
              ];
              this.walk(part, points, along, state.region, (_, other, region) => {
                if (other !== key) return;
                const row = along.solver.solve(region);
                if (row) rows.push(row);
              });
              return rows.length >= left;
            },
          });
        } catch (error) {
          if (!(error instanceof TooMuch)) throw error;
          return 'unknown';
        }
        for (const row of rows.slice(0, left)) {
          left--;
          isSure = false;
          const shown = await this.apart(row, [false, true]);
          if (shown) return shown;
        }
        if (left <= 0) return 'unknown';
      }
    }
    return isSure ? 'alike' : 'unknown';
  }

  /** The regions in which rows arrive at all, each with a part of it that surely does. */
  private arrived({ stage, regions }: Candidate): Map<Region, Region> {
    const found = new Map<Region, Region>();
    for (const [at, region] of regions.entries()) {
      const part = at < MOST_FOLLOWED ? this.arriving(stage, region) : region;
      if (part) found.set(region, part);
    }
    return found;
  }

  /** A part of a region that comes to a stage by either rule set; all of it where that cannot be told. */
  private arriving(stage: Stage, region: Region): Region | null {
    let found: Region | null = null;
    const cells = [...region.variables].map(({ fact }) => fact).filter(isCell);
    for (const world of this.worlds) {
      const plan = planFor(world, stage, []);
      if (plan.stages.length === 0) return region;
      // A cell may have held another text when the rules that take rows out read it.
      if (planFor(world, stage, cells).written.size > 0) return region;
      const start = asEdited(this.space, world);
      const pipeline = new Pipeline(this.space, new Solver(this.space, start), start);
      const arrive = ({ region: part }: { readonly region: Region }) => {
        found = part;
        return true;
      };
      try {
        if (pipeline.run(region, { plan, until: stage, arrive })) return found;
      } catch (error) {
        if (!(error instanceof TooMuch)) throw error;
        return region;
      }
    }
    return found;
  }

  /** A row of a difference that does not meet what was expected; null where all do. */
  private async outside(candidate: Candidate, regions: readonly Region[]): Promise<Witness | null> {
    const { pipeline, points } = candidate;
    const { tests: when, side } = this.expected ?? { tests: [], side: 1 };
    const condition = this.space.condition({ when, whenAny: [] }, points[side]);
    let unsure: Witness | null = null;
    for (const region of regions) {
      const rows: Solution[] = [];
      walk(region, {
        conditions: [condition],
        solver: pipeline.solver,
        meet: ({ at, doubtful, region: part }) => {
          const row = at === 0 && !doubtful ? null : pipeline.solver.solve(part);
          if (row) rows.push(row);
          return false;
        },
      });
      for (const row of rows) {
        // Written by hand, a cell is at the stage what it is here.
        const shown = await this.apart(row, [true]);
        if (shown) return (await this.plainest(shown, candidate)).witness;
        unsure ??= asGiven(this.worlds[1].rules, witnessOf(row, false));
      }
    }
    return unsure;
  }

  // Stages

  /** What differs between the two in a stage, in parts that have nothing to do with each other. */
  private parts(stage: Stage): Part[] {
    const [old, now] = this.worlds.map((world, side) => unitsOf(world, side as 0 | 1, stage)) as [
      Unit[],
      Unit[],
    ];
    const partner = new Map<Unit, Unit>();
    const spelt = new Map([...old, ...now].map((unit) => [unit, this.spelt(unit)]));
    const left = [...now];
    for (const unit of old) {
      const same = left.findIndex((other) => spelt.get(other) === spelt.get(unit));
      if (same < 0) continue;
      const [other] = left.splice(same, 1) as [Unit];
      partner.set(unit, other);
      partner.set(other, unit);
    }
    if (
      partner.size === old.length + now.length &&
      old.every((unit) => partner.get(unit)?.order === unit.order)
    )
      return [];
    const slots = new Map(
      [...old, ...now].map((unit) => [unit, new Set(unit.rules.flatMap((rule) => this.slots(rule)))]),
    );
    this.unpair(old, now, partner, slots);
    const parts: { units: Unit[]; slots: Set<string> }[] = [];
    for (const unit of [...old, ...now]) {
      if (partner.has(unit)) continue;
      const own = slots.get(unit) as Set<string>;
      const met = parts.filter(
        (part) => [...own].some((slot) => part.slots.has(slot)) || sameTable(part.units, unit),
      );
      const rest = parts.filter((part) => !met.includes(part));
      parts.splice(0, parts.length, ...rest, {
        units: [...met.flatMap((part) => part.units), unit],
        slots: new Set([...met.flatMap((part) => [...part.slots]), ...own]),
      });
    }
    return parts.map((part): Part => {
      const units = [...part.units].sort((a, b) => a.side - b.side || a.order - b.order);
      const mates = old.flatMap((unit): [Unit, Unit][] => {
        const other = partner.get(unit);
        const shares = [...(slots.get(unit) ?? [])].some((slot) => isOrdered(slot) && part.slots.has(slot));
        return other && shares ? [[unit, other]] : [];
      });
      return { units, mates };
    });
  }

  /**
   * Of rules that do something to the same thing the order decides: what both sides have, but one before another,
   * is compared too.
   */
  private unpair(
    old: readonly Unit[],
    now: readonly Unit[],
    partner: Map<Unit, Unit>,
    slots: ReadonlyMap<Unit, ReadonlySet<string>>,
  ): void {
    const ordered = new Set([...slots.values()].flatMap((own) => [...own].filter(isOrdered)));
    for (const slot of ordered) {
      const having = (unit: Unit) => partner.has(unit) && slots.get(unit)?.has(slot) === true;
      const [before, after] = [old.filter(having), now.filter(having)];
      if (before.every((unit, at) => partner.get(unit) === after[at])) continue;
      for (const unit of [...before, ...after]) partner.delete(unit);
    }
  }

  private slots(rule: Rule): readonly string[] {
    let slots = this.slotsOf.get(rule);
    if (!slots) {
      const point = asEdited(this.space, this.worlds[0]);
      const own = effectsOf(rule, this.space, point).map(({ slot }) => slot);
      slots = [...own, ...numbersAsked(rule).map((fact) => `ask ${fact}`)];
      this.slotsOf.set(rule, slots);
    }
    return slots;
  }

  private label(rule: Rule, point: Point): string {
    return effectsOf(rule, this.space, point)
      .map(
        (effect) =>
          spellEffect(effect) + (effect.byCarrier && !this.sameLookUps ? ` ${this.sideOf(point)}` : ''),
      )
      .sort()
      .join('\n');
  }

  private sideOf({ world }: Point): 0 | 1 {
    return world === this.worlds[0] ? 0 : 1;
  }

  private spelt({ side, rules }: Unit): string {
    const start = asEdited(this.space, this.worlds[side]);
    return JSON.stringify(
      rules.map((rule) => {
        const { all, any } = this.space.condition(rule, start);
        const ids = (list: readonly Literal[]) => list.map(({ id }) => id).sort((a, b) => a - b);
        return [ids(all), any.map((blocks) => blocks.map(ids)), this.label(rule, start), doubtsOf(rule)];
      }),
    );
  }

  private stage(stage: Stage, part: Part): void {
    const { space } = this;
    const isFree = ({ op }: Test) => leaves(op).some(({ kind }) => kind === 'matches');
    const compared = [...part.units, ...part.mates.flat()].flatMap(({ rules }) => rules);
    this.free ||= compared.some(({ when, whenAny }) => [...when, ...whenAny.flat()].some(isFree));
    // Whatever a cell may hold by now, and whoever wrote it there; what cannot be is for the engine to tell.
    const start = asEdited(space, this.worlds[0]);
    const pipeline = new Pipeline(space, new Solver(space, start), start);
    const { field } = pipeline.point(pipeline.begin(Region.everything, stage));
    const points: [Point, Point] = [
      { world: this.worlds[0], field },
      { world: this.worlds[1], field },
    ];
    this.walk(part, points, pipeline, Region.everything, (rulings, key, region, conditions) =>
      this.note({ stage, part, rulings, key, pipeline, points }, region, conditions),
    );
  }

  private note(
    found: Omit<Candidate, 'conditions' | 'regions'>,
    region: Region,
    conditions: readonly Condition[],
  ): void {
    const key = `${found.stage} ${found.key}`;
    let candidate = this.candidates.get(key);
    if (!candidate) {
      candidate = { ...found, conditions: new Set(), regions: [] };
      this.candidates.set(key, candidate);
    }
    if (candidate.regions.at(-1) !== region) candidate.regions.push(region);
    for (const one of conditions) candidate.conditions.add(one);
  }

  /** Walks the rules of both sides down a region; tells of its parts in which they do different things. */
  private walk(
    part: Part,
    points: readonly [Point, Point],
    pipeline: Pipeline,
    region: Region,
    leaf: Leaf,
  ): void {
    const { space } = this;
    const { units } = part;
    const lists = units.map(({ rules, side }) => rules.map((rule) => space.condition(rule, points[side])));
    const labels = units.map(({ rules, side }) => rules.map((rule) => this.label(rule, points[side])));
    const doubts = units.map(({ rules }) => rules.map((rule) => doubtsOf(rule).join('\t')));
    const does = (list: number, rest: Rest) =>
      `${mayDoubt(rest) ? doubts[list]?.[rest.at] : ''}\r${labels[list]?.[rest.at]}`;
    const speltOf = (list: number, rest: Rest) => `${rest.spelt}\r${does(list, rest)}`;
    const ordered = units.map(({ rules }) => rules.some((rule) => this.slots(rule).some(isOrdered)));
    /** What is left of each side's lists: those in which the order matters, in their order. */
    const sides = (left: readonly (readonly Rest[])[]) => {
      const spelt: [string[], string[]] = [[], []];
      const loose: [string[], string[]] = [[], []];
      for (const [at, list] of left.entries()) {
        const own = list.map((rest) => speltOf(at, rest));
        // The end of a list is nothing where it does nothing.
        while (own.at(-1)?.endsWith('\r\r')) own.pop();
        if (own.length > 0) (ordered[at] ? spelt : loose)[(units[at] as Unit).side].push(own.join('\n\n'));
      }
      return spelt.map((side, at) => JSON.stringify([side, loose[at]?.sort()]));
    };
    walkTogether(region, {
      lists,
      solver: pipeline.solver,
      skip: (left) => {
        const [old, now] = sides(left);
        return old === now;
      },
      sides: units.map(({ side }) => side),
      does,
      meet: (leaves, met) => this.meet(part, leaves, met, pipeline, points, lists.flat(), leaf),
    });
  }

  /** Rows of which all is known: what the rules of one side do and those of the other do not. */
  private meet(
    { units, mates }: Part,
    leaves: readonly { readonly at: number; readonly doubtful: boolean }[],
    region: Region,
    pipeline: Pipeline,
    points: readonly [Point, Point],
    conditions: readonly Condition[],
    leaf: Leaf,
  ): void {
    const acting = leaves.flatMap(({ at, doubtful }, list): Acting[] => {
      const unit = units[list] as Unit;
      const rule = unit.rules[at];
      return rule ? [{ unit, rule, doubtful }] : [];
    });
    const done = (list: readonly Acting[], part: Region): [Done[], Done[]] =>
      ([0, 1] as const).map((side): Done[] =>
        list
          .filter(({ unit }) => unit.side === side)
          .sort((a, b) => a.unit.order - b.unit.order)
          .flatMap((one) => {
            const { rule, doubtful } = one;
            const own = doubtful
              ? this.unread(rule, part, points[side])
              : effectsOf(rule, this.space, points[side]);
            return own.map((effect) => ({ ...effect, ...one }));
          }),
      ) as [Done[], Done[]];
    const here = done(acting, region);
    for (const slot of new Set(here.flat().map((effect) => effect.slot))) {
      const [one, two] = here.map((list) => list.findLast((effect) => effect.slot === slot));
      // Where one side does nothing there, its rule is the one that decided the same table.
      const instead = (side: 0 | 1, other: RuleTable | undefined) =>
        acting.find(({ unit }) => unit.side === side && unit.table.file === other?.file)?.rule ?? null;
      const rulings = [
        one?.rule ?? instead(0, two?.unit.table),
        two?.rule ?? instead(1, one?.unit.table),
      ] as const;
      const doubts = rulings.map((ruling) =>
        acting.some(({ rule, doubtful }) => rule === ruling && doubtful),
      );
      const key = JSON.stringify([...rulings.map((ruling) => ruling?.id ?? null), ...doubts]);
      const told = new Set(conditions);
      const tell = (part: Region) => {
        if (pipeline.solver.possible(part)) leaf(rulings, key, part, [...told]);
      };
      const own = mates.filter(
        ([unit]) => isOrdered(slot) && unit.rules.some((rule) => this.slots(rule).includes(slot)),
      );
      this.withMates(own, region, pipeline, points[0], told, (also, part) => {
        const all = own.length === 0 ? here : done([...acting, ...also], part);
        const sides = all.map((list) => list.filter((effect) => effect.slot === slot)) as [Done[], Done[]];
        for (const { writing } of sides.flat()) {
          if (writing?.kind !== 'set') continue;
          const op: Op = { kind: 'exactly', texts: [writing.from] };
          told.add({ all: [this.space.opLiteral(writing.field, op, points[1])], any: [] });
        }
        this.tellApart(slot, sides, part, pipeline, points, tell, leaf);
      });
    }
  }

  /** Which of the rules that both sides have act in a region, part by part. */
  private withMates(
    mates: Part['mates'],
    region: Region,
    { solver }: Pipeline,
    point: Point,
    conditions: Set<Condition>,
    then: (acting: readonly Acting[], part: Region) => void,
  ): void {
    if (mates.length === 0) {
      then([], region);
      return;
    }
    const lists = mates.map(([{ rules }]) => rules.map((rule) => this.space.condition(rule, point)));
    for (const one of lists.flat()) conditions.add(one);
    walkTogether(region, {
      lists,
      solver,
      skip: () => false,
      sides: lists.map(() => 0),
      does: () => '',
      meet: (leaves, part) => {
        const acting = leaves.flatMap(({ at, doubtful }, list) =>
          (mates[list] as readonly [Unit, Unit]).flatMap((unit): Acting[] => {
            const rule = unit.rules[at];
            return rule ? [{ unit, rule, doubtful }] : [];
          }),
        );
        then(acting, part);
      },
    });
  }

  /** Tells of the parts of a region in which the two sides do different things to one thing. */
  private tellApart(
    slot: string,
    [old, now]: readonly [readonly Done[], readonly Done[]],
    region: Region,
    pipeline: Pipeline,
    points: readonly [Point, Point],
    tell: (part: Region) => void,
    leaf: Leaf,
  ): void {
    const { space } = this;
    const field = fieldOf(slot);
    if (field !== null) {
      for (const part of this.unlike(field, [old, now], region, pipeline, points)) tell(part);
      return;
    }
    const conditional = [...old, ...now].find(({ unless }) => unless !== null);
    if (slot.startsWith('ask ') && conditional?.unless) {
      // What is asked only where there is nothing to write is asked or not, part by part.
      const { unless, unit } = conditional;
      const isSame = (one: Done) => one.unless === unless && one.unit.side === unit.side;
      const without = (list: readonly Done[]) => list.filter((one) => !isSame(one));
      const surely = (list: readonly Done[]) =>
        list.map((one) => (isSame(one) ? { ...one, unless: null } : one));
      const present = space.present(space.fact(unless, points[unit.side]));
      const go = (change: typeof without, part: Region) =>
        this.tellApart(slot, [change(old), change(now)], part, pipeline, points, tell, leaf);
      pipeline.either(present, region, (holds, part) => {
        if (holds) go(without, part);
        else
          pipeline.none(unless, part, (none, rest) => {
            go(none ? without : surely, rest);
            return false;
          });
        return false;
      });
      return;
    }
    const [one, two] = [old, now].map((list) => counting(slot, list)) as [readonly Done[], readonly Done[]];
    const keys = (list: readonly Done[]) => list.map(({ key }) => key).join('\n');
    if (keys(one) !== keys(two)) {
      if (slot === 'stop') this.stopped(old.length > 0 ? old : now, region, pipeline, points, tell);
      else tell(region);
      return;
    }
    for (const [at, effect] of one.entries()) {
      if (effect.byCarrier && !this.sameLookUps)
        this.lookUps([effect.rule, two[at]?.rule ?? effect.rule], region, pipeline, points, leaf);
      for (const [index, term] of effect.shows.entries()) {
        const other = two[at]?.shows[index] as Term;
        if (term.key === other.key) continue;
        const part = pipeline.assume(space.literal(space.differs(term, other), true), true, region);
        if (part) tell(part);
      }
    }
  }

  /** Of rows that one side stops, those for which a later rule would have done something. */
  private stopped(
    stopping: readonly Acting[],
    region: Region,
    pipeline: Pipeline,
    points: readonly [Point, Point],
    tell: (part: Region) => void,
  ): void {
    const from = STAGES.indexOf(stopping[0]?.rule.stage ?? 'correct');
    const isLater = ({ stage }: RuleTable) => stage !== 'checks' && STAGES.indexOf(stage) > from;
    for (const [side, world] of this.worlds.entries()) {
      const point = points[side] as Point;
      const later = world.tables.filter(isLater).flatMap((table) => table.rules);
      const before = world.tables.filter((table) => table.stage === stopping[0]?.rule.stage);
      const writing = [...before.flatMap((table) => table.rules), ...later].flatMap(writingsOf);
      const written = new Set(writing.map((one) => one.field));
      for (const rule of later) {
        if (effectsOf(rule, this.space, point).length + numbersAsked(rule).length === 0) continue;
        // What the rule reads may have become something else until then.
        if (cellsReadBy(rule).some((cell) => written.has(cell))) tell(region);
        const told = (part: Region) => {
          tell(part);
          return false;
        };
        walk(region, {
          conditions: [this.space.condition(rule, point)],
          solver: pipeline.solver,
          meet: (leaf) => leaf.at === 0 && told(leaf.region),
        });
      }
    }
  }

  /** What a rule asks for where it cannot read numbers: all of it, as far as the region tells. */
  private unread(rule: Rule, region: Region, point: Point): Effect[] {
    const verdictOf = ({ fact, op }: Test) => verdictIn(this.space.opLiteral(fact, op, point), region);
    const blocks = rule.whenAny.map((block) => ({ block, verdicts: block.map(verdictOf) }));
    const isMet = blocks.some(({ verdicts }) => verdicts.every((one) => one === TRUE));
    const open = isMet ? [] : blocks.filter(({ verdicts }) => !verdicts.includes(FALSE));
    const isSure = open.every(({ verdicts }) => !verdicts.includes(undefined));
    const tests = [...rule.when, ...open.flatMap(({ block }) => block)];
    const facts = tests.filter((test) => verdictOf(test) === UNREADABLE).map(({ fact }) => fact);
    return [...new Set(facts)].map((fact) => ({
      slot: `ask ${fact}`,
      // Which of several blocks is in doubt, the region does not always tell.
      key: isSure ? askKey(fact, point.world) : JSON.stringify([askKey(fact, point.world), rule.id]),
      shows: [],
      writing: null,
      byCarrier: false,
      unless: null,
    }));
  }

  /** The parts of a region in which a cell comes to hold another text by the rules of one side than by the other's. */
  private unlike(
    field: string,
    effects: readonly [readonly Effect[], readonly Effect[]],
    region: Region,
    pipeline: Pipeline,
    points: readonly [Point, Point],
  ): Region[] {
    const { space } = this;
    const found: Region[] = [];
    /** What the last of some rules that writes leaves there. */
    const written = (
      side: 0 | 1,
      left: readonly Effect[],
      part: Region,
      then: (term: Term, part: Region) => void,
    ): void => {
      const writing = left.at(-1)?.writing;
      const point = points[side];
      const text = writing?.kind === 'clear' ? '' : writing?.kind === 'set' ? writing.from : null;
      if (!writing || text !== null) {
        then(text === null ? point.field(field) : space.text(text), part);
        return;
      }
      const { kind, from, per } = writing;
      const source = space.fact(from, point);
      const term = kind === 'lowest' ? space.lowest(source, space.fact(per, point)) : source;
      pipeline.either(space.present(term), part, (holds, rest) => {
        const before = (blank: Region) => written(side, left.slice(0, -1), blank, then);
        if (holds) then(term, rest);
        else if (kind === 'lowest') before(rest);
        else
          pipeline.none(from, rest, (none, blank) => {
            if (none) then(space.text(''), blank);
            else before(blank);
            return false;
          });
        return false;
      });
    };
    written(0, effects[0], region, (one, part) =>
      written(1, effects[1], part, (two, rest) => {
        if (one.key === two.key) return;
        const apart = pipeline.assume(space.literal(space.differs(one, two), true), true, rest);
        if (apart) found.push(apart);
      }),
    );
    return found;
  }

  // Look-ups and corrections

  /** Where rules look up by carrier: which look-ups the rows of a region come to. */
  private lookUps(
    senders: readonly [Rule, Rule],
    region: Region,
    pipeline: Pipeline,
    points: readonly [Point, Point],
    leaf: Leaf,
  ): void {
    const { space } = this;
    const ranked = this.worlds.map((world) => {
      const rank = ({ country, carrier }: LookUp) => (country === null ? 0 : 2) + (carrier === null ? 0 : 1);
      return [...world.rules.lookUps].sort((a, b) => rank(b) - rank(a));
    });
    const lists = ranked.map((list, side) =>
      list.map(({ country, carrier }): Condition => {
        const is = (fact: string, key: string | null): Literal[] =>
          key === null
            ? []
            : [space.opLiteral(fact, { kind: 'equals', keys: [key], written: [key] }, points[side] as Point)];
        return { all: [...is('country', country), ...is('carrier', carrier)], any: [] };
      }),
    );
    const keys = ranked.map((list, side) => list.map((one) => lookUpKey(one, this.worlds[side] as World)));
    const does = (side: number, rest: Rest) => keys[side]?.[rest.at] ?? '';
    const speltOf = (side: number, rest: Rest) => `${rest.spelt}\r${does(side, rest)}`;
    walkTogether(region, {
      lists,
      solver: pipeline.solver,
      skip: (left) => {
        const [old, now] = left.map((list, side) => list.map((rest) => speltOf(side, rest)).join('\n'));
        return old === now;
      },
      sides: [0, 1],
      does,
      meet: (leaves, part) => {
        if (!pipeline.solver.possible(part)) return;
        // Where no look-up is for the row, the rule that looks up refers it.
        const found = (side: 0 | 1): Ruling => ranked[side]?.[leaves[side]?.at ?? -1] ?? senders[side];
        const rulings = [found(0), found(1)] as const;
        const key = JSON.stringify(rulings.map(({ id }) => id));
        leaf(rulings, `look-up ${key}`, part, lists.flat());
      },
    });
  }

  /** Words that only one of the two takes for nothing. */
  private corrections(): void {
    for (const side of [0, 1] as const) {
      const [world, other] = side === 0 ? this.worlds : ([this.worlds[1], this.worlds[0]] as const);
      for (const correction of world.rules.corrections) {
        for (const word of correction.blankCells) {
          if (other.blankWords.has(word.toLowerCase())) continue;
          for (const field of world.rules.layouts.fields.keys())
            this.corrected(side, correction, word, field);
        }
      }
    }
  }

  private corrected(side: 0 | 1, correction: Correction, word: string, field: string): void {
    const { space } = this;
    const start: Start = asEdited(space, this.worlds[side], new Set([field]));
    const pipeline = new Pipeline(space, new Solver(space, start), start);
    const literal = space.opLiteral(field, { kind: 'exactly', texts: [word] }, start);
    const region = pipeline.assume(literal, true, Region.everything);
    if (!region) return;
    const points: [Point, Point] = [
      { world: this.worlds[0], field: start.field },
      { world: this.worlds[1], field: start.field },
    ];
    const rulings = side === 0 ? ([correction, null] as const) : ([null, correction] as const);
    const key = `correction ${side} ${correction.id} ${word}`;
    const part = { units: [], mates: [] };
    const says = { [ANY_CELL]: word };
    this.note({ stage: 'correct', part, rulings, key, pipeline, points, says }, region, [
      { all: [literal], any: [] },
    ]);
  }
}

function farFetched(witness: Witness): number {
  const has = (beginning: string) => Object.keys(witness).some((fact) => fact.startsWith(beginning));
  return (has('edited.') ? 2 : 0) + (has('reference.') ? 1 : 0);
}

/** How many cells of a row hold nothing but spaces: such rows are right, and hard to see. */
function spaces({ texts }: Solution): number {
  return [...texts.values()].filter((text) => text !== '' && text.trim() === '').length;
}

async function decide({ rules, books }: Quiet, witness: Witness): Promise<Decision> {
  return (await decided(rules, books, witness)).evaluator.decision(0);
}

/** Whether the rulings of a candidate have a part in what its two sides make of a row. */
function isBy({ decisions }: Shown, { rulings }: Candidate): boolean {
  const acts = ({ id }: Ruling, { acted, tasks, changes, answered }: Decision) =>
    acted.some((rule) => rule.id === id) ||
    [...tasks, ...answered.map(({ task }) => task)].some((task) => task.lookUp === id || task.rule === id) ||
    changes.some(({ rule }) => rule === id);
  return rulings.every((ruling, at) => ruling === null || acts(ruling, decisions[at] as Decision));
}

function unitsOf(world: World, side: 0 | 1, stage: Stage): Unit[] {
  return world.tables
    .filter((table) => table.stage === stage)
    .flatMap((table) =>
      (table.match === 'first' ? [table.rules] : table.rules.map((rule) => [rule])).map((rules) => ({
        table,
        rules,
      })),
    )
    .map(({ table, rules }, order) => ({ side, table, rules, order }));
}

/** Whether it matters in which order rules do something to a thing: the last one writes, the first one asks. */
function isOrdered(slot: string): boolean {
  return /^(write|ask) |^(exclude|stop)$/.test(slot);
}

/** What counts of all that is done to a thing: the first question, the last reason, one stop. */
function counting<Counted extends Effect>(slot: string, list: readonly Counted[]): readonly Counted[] {
  if (slot === 'exclude') return list.slice(-1);
  return slot === 'stop' || slot.startsWith('ask ') ? list.slice(0, 1) : list;
}

/** Whether a `first` table stands among units of the other side: it is that one that has changed. */
function sameTable(units: readonly Unit[], { table, side }: Unit): boolean {
  return table.match === 'first' && units.some((one) => one.side !== side && one.table.file === table.file);
}

/** The cell of a slot in which something is written. */
function fieldOf(slot: string): string | null {
  return slot.startsWith('write ') ? slot.slice('write '.length) : null;
}

/** A row with the facts first that its region names. */
function inOrder(witness: Witness, region: Described): Witness {
  const facts = [...Object.keys(region), ...Object.keys(witness)].filter((fact) =>
    Object.hasOwn(witness, fact),
  );
  return Object.fromEntries(facts.map((fact) => [fact, witness[fact] as string]));
}

/** Whether a difference is what parts the two decisions of a row: what its rules say of the row is not the same. */
export function partsBy({ old, new: now }: Difference, was: Decision, is: Decision): boolean {
  const said = (id: string | null, decision: Decision) => (id === null ? '' : saidBy(id, decision));
  const [before, after] = [said(old.rule, was), said(now.rule, is)];
  const acts = (id: string | null, decision: Decision) =>
    id === null || before + after !== '' || decision.acted.some((rule) => rule.id === id);
  return before !== after && acts(old.rule, was) && acts(now.rule, is);
}

/** All that a rule, a look-up or a correction says of a row. */
function saidBy(id: string, { changes, tasks, answered, flags, excluded }: Decision): string {
  const own = [...tasks, ...answered.map(({ task }) => task)].filter(
    (task) => task.rule === id || task.lookUp === id,
  );
  const said = [
    ...changes.filter(({ rule }) => rule === id).map(({ field, to }) => ['write', field, to]),
    ...own.map((task) => [
      task.kind,
      task.for.map(({ field }) => field),
      task.procedure,
      task.refer,
      task.steps,
      task.choices,
    ]),
    ...flags
      .filter(({ rule }) => rule === id)
      .map(({ severity, field, message }) => [severity, field, message]),
    ...(excluded?.rule === id ? [['exclude', excluded.reason]] : []),
  ];
  return said.length === 0 ? '' : JSON.stringify(said);
}
