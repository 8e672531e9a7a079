/**
 * Where two rule sets decide differently. Stage by stage, what both say of the same state of a row is walked down
 * together: where the same is left to be found out on both sides, nothing can differ. What may differ is shown on
 * a row that the engine decides differently by one and by the other; nothing left is a proof, for people can write
 * any text into any cell, so every state of a row is one that rows come in.
 */
import { type Decision, EDITED } from '../decision.ts';
import { ANY_CELL } from '../facts.ts';
import type { Place } from '../problem.ts';
import { type Correction, type Rule, type RuleSet, STAGES, type Stage, type Test } from '../rule.ts';
import { sameOutcome } from '../what-changes.ts';
import { fieldOf, type Part, Parting, type Ruling } from './apart.ts';
import { type Described, Describer } from './describe.ts';
import { withoutNearest } from './effects.ts';
import { cellsReadBy, Pipeline, planFor } from './pipeline.ts';
import { Region } from './region.ts';
import { type Solution, Solver, TooMuch } from './solve.ts';
import { asEdited, type Condition, type Point, Space, type Start } from './space.ts';
import { walk } from './walk.ts';
import { asGiven, decided, type Witness, witnessOf } from './witness.ts';
import { isCell, leaves, World } from './world.ts';

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

class Comparing {
  private readonly worlds: readonly [World, World];
  private readonly space: Space;
  private readonly expected: Expected | null;
  private readonly quiet: readonly [Quiet, Quiet];
  private readonly parting: Parting;
  private readonly candidates = new Map<string, Candidate>();
  private readonly unproved: Unproved[] = [];
  private free = false;

  constructor(before: RuleSet, after: RuleSet, expected: Expected | null) {
    this.worlds = [new World(before), new World(after)];
    this.space = new Space(this.worlds, expected?.tests);
    this.expected = expected;
    const quiet = ({ rules, books }: World): Quiet => ({ rules: comparable(rules), books });
    this.quiet = [quiet(this.worlds[0]), quiet(this.worlds[1])];
    this.parting = new Parting(this.space, this.worlds);
  }

  async run(): Promise<Comparison> {
    this.corrections();
    for (const stage of STAGES) {
      for (const part of this.parting.parts(stage)) {
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
      try {
        const difference = await this.difference(candidate);
        if (difference) differences.push(difference);
      } catch (error) {
        if (!(error instanceof TooMuch)) throw error;
        this.unproved.push({ stage: candidate.stage, region: {}, rules: candidate.rulings });
      }
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
      regions: candidate.says ? [candidate.says] : distinct(joined.map((one) => describer.describe(one))),
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

  /**
   * A row without what was written by hand and says what the file says, and with a number that can be called, as far
   * as that makes no difference.
   */
  private async plainest(shown: Shown, candidate: Candidate): Promise<Shown> {
    let plainest = shown;
    const { phoneNumber, ...rest } = shown.witness;
    const isFree = ({ variables, said }: Region) =>
      [...variables, ...[...said.keys()].flatMap((atom) => atom.variables)].every(
        ({ fact }) => fact !== 'phoneNumber',
      );
    const real = this.realNumber();
    if (phoneNumber !== undefined && phoneNumber !== '' && real !== null && candidate.regions.every(isFree)) {
      const other = await this.parted({ phoneNumber: real, ...rest });
      if (other && isBy(other, candidate)) plainest = other;
    }
    for (const [fact, text] of Object.entries(shown.witness)) {
      const { [fact]: _, ...fewer } = plainest.witness;
      if (!fact.startsWith(EDITED) || fewer[fact.slice(EDITED.length)] !== text) continue;
      const other = await this.parted(fewer);
      if (other && isBy(other, candidate)) plainest = other;
    }
    return plainest;
  }

  private realNumber(): string | null {
    const { texts } = this.space.variable('cell', 'phoneNumber').pool;
    const isReal = (text: string) =>
      /^\+\d{8,15}$/.test(text) && this.worlds[1].number(text, '', undefined).valid;
    return texts.find(isReal) ?? null;
  }

  /**
   * Rows to which earlier stages may do something before they get there: with each combination of cells that
   * people have written and that rules may write.
   */
  private async otherwise({ stage, part, key }: Candidate): Promise<Shown | 'alike' | 'unknown'> {
    const { space } = this;
    const rules = [...part.units, ...part.mates.flat()].flatMap((unit) => unit.rules);
    const written = new Set(
      rules.flatMap((rule) => this.parting.slots(rule)).flatMap((slot) => fieldOf(slot) ?? []),
    );
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
              this.parting.walk(part, points, along, state.region, (_, other, region) => {
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
    this.parting.walk(part, points, pipeline, Region.everything, (rulings, key, region, conditions) =>
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

/** Regions that are said in the same words are read once. */
function distinct(regions: readonly Described[]): Described[] {
  return [...new Map(regions.map((one) => [JSON.stringify(one), one])).values()];
}

function farFetched(witness: Witness): number {
  const has = (beginning: string) => Object.keys(witness).some((fact) => fact.startsWith(beginning));
  return (has(EDITED) ? 2 : 0) + (has('reference.') ? 1 : 0);
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
