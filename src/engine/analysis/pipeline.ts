/** What the stages before a table make of a region of rows: which of them arrive, and with what in their cells. */

import { comparedFacts } from '../conditions.ts';
import { testsOf } from '../evaluate.ts';
import { BY_CARRIER, type Rule, type RuleTable, STAGES, type Stage } from '../rule.ts';
import type { Region } from './region.ts';
import type { Solver } from './solve.ts';
import type { Literal, Point, Space, Start, Term } from './space.ts';
import { complement, FALSE, TRUE, those } from './texts.ts';
import { walk } from './walk.ts';
import { cellsUnder, type World, type Writing, writingsOf } from './world.ts';

/** The rules before a table that have a say in what arrives there. */
export interface Plan {
  readonly stages: readonly { readonly stage: Stage; readonly tables: readonly PlannedTable[] }[];
  /** The cells that these rules write. */
  readonly written: ReadonlySet<string>;
  /** The cells that may hold something else at the end than at the start: by rules or by corrections. */
  readonly changed: ReadonlySet<string>;
}

interface PlannedTable {
  readonly table: RuleTable;
  /** Of a `first` table all down to the last that matters; of an `all` table those that matter. */
  readonly rules: readonly Rule[];
}

/** What rules have done to the cell that is watched. */
export interface Deed {
  readonly stage: Stage;
  readonly rule: Rule;
  readonly kind: Writing['kind'];
  /** What it wrote, or what it kept. */
  readonly term: Term;
}

/** Rows on their way, all of them taken alike so far. */
export interface State {
  readonly region: Region;
  readonly fields: ReadonlyMap<string, Term>;
  readonly corrected: boolean;
  readonly stopped: boolean;
  readonly deeds: readonly Deed[];
}

/** The cells that a rule reads. */
export function cellsReadBy(rule: Rule): string[] {
  const facts = testsOf(rule).flatMap(({ fact, op }) => [fact, ...comparedFacts(op)]);
  const sources = writingsOf(rule).flatMap(({ kind, from, per }) =>
    kind === 'copy' ? [from] : kind === 'lowest' ? [from, per] : [],
  );
  return [...facts, ...sources].flatMap(cellsUnder);
}

/** The cells that a rule has people fill in; `null` where the look-ups say which. */
export function filledBy(rule: Rule, world: World): string[] {
  return rule.then.flatMap((action) => {
    if (action.do === 'offer') return action.pairs.map(([field]) => field);
    if (action.do === 'refer') return action.for.map(({ field }) => field);
    if (action.do !== 'look-up') return [];
    const chosen = action.procedure === BY_CARRIER ? world.rules.lookUps.flatMap((one) => one.for) : [];
    return [...action.for, ...chosen].map(({ field }) => field);
  });
}

/**
 * The rules of earlier stages that matter for cells at the start of a stage.
 * @param also further rules that matter, whatever they do
 */
export function planFor(
  world: World,
  stage: Stage,
  cells: Iterable<string>,
  also: (rule: Rule) => boolean = () => false,
): Plan {
  const needed = new Set(cells);
  const written = new Set<string>();
  const stages: { stage: Stage; tables: PlannedTable[] }[] = [];
  for (let at = STAGES.indexOf(stage) - 1; at >= 0; at--) {
    const before = STAGES[at] as Stage;
    const matters = (rule: Rule) =>
      also(rule) ||
      rule.then.some((action) => action.do === 'exclude' || action.do === 'stop') ||
      writingsOf(rule).some(({ kind, field }) => kind !== 'keep' && needed.has(field));
    const tables: PlannedTable[] = [];
    for (const table of world.tables) {
      if (table.stage !== before) continue;
      const last = table.rules.findLastIndex(matters);
      if (last < 0) continue;
      const rules = table.match === 'first' ? table.rules.slice(0, last + 1) : table.rules.filter(matters);
      tables.push({ table, rules });
    }
    if (tables.length === 0) continue;
    for (const rule of tables.flatMap((one) => one.rules)) {
      for (const { kind, field } of writingsOf(rule)) if (kind !== 'keep') written.add(field);
    }
    for (const cell of tables.flatMap((one) => one.rules).flatMap(cellsReadBy)) needed.add(cell);
    stages.unshift({ stage: before, tables });
  }
  const corrects = world.blankWords.size > 0 && stages[0]?.stage === 'correct';
  return { stages, written, changed: corrects ? new Set([...written, ...needed]) : written };
}

export interface Journey {
  readonly plan: Plan;
  /** The stage that the rows are wanted at. */
  readonly until: Stage;
  /** Rules that must act: one a table. */
  readonly acting?: ReadonlyMap<RuleTable, Rule>;
  /** The cell whose writers are wanted. */
  readonly watched?: string;
  /** Cells that somebody's answer fills before `checks`. */
  readonly answered?: ReadonlySet<string>;
  /** Told of rows that arrive; true ends the journey. */
  readonly arrive: (state: State) => boolean;
}

export class Pipeline {
  readonly space: Space;
  readonly solver: Solver;
  readonly start: Start;

  constructor(space: Space, solver: Solver, start: Start) {
    this.space = space;
    this.solver = solver;
    this.start = start;
  }

  /** What a cell holds for rows on their way. */
  point(state: Pick<State, 'fields' | 'corrected'>): Point {
    const { start, space } = this;
    return {
      world: start.world,
      field: (name) => {
        const written = state.fields.get(name);
        if (written) return written;
        const term = start.field(name);
        return state.corrected && !start.pinned(name) ? space.corrected(term, start.world) : term;
      },
    };
  }

  /** Rows as they come to a stage that no rule before it has a say in. */
  begin(region: Region, until: Stage): State {
    return { region, fields: new Map(), corrected: until !== 'correct', stopped: false, deeds: [] };
  }

  /** Sends rows through the stages before `until`. Returns whether `arrive` ended it. */
  run(region: Region, journey: Journey): boolean {
    return this.from(0, { ...this.begin(region, 'correct') }, journey);
  }

  private from(at: number, state: State, journey: Journey): boolean {
    const planned = journey.plan.stages[at];
    if (!planned) {
      if (state.stopped && journey.until !== 'checks') return false;
      const fields = new Map(state.fields);
      for (const field of journey.answered ?? [])
        fields.set(field, this.space.of(this.space.variable('answer', field)));
      return journey.arrive({ ...state, fields, corrected: journey.until !== 'correct' });
    }
    const { stage, tables } = planned;
    if (state.stopped && stage !== 'checks') return this.from(at + 1, state, journey);
    const here = { ...state, corrected: stage !== 'correct' };
    return this.act(tables, here, [], journey, (then, acts) => {
      const ended = acts.some((rule) => rule.then.some((action) => action.do === 'exclude'));
      if (ended) return false;
      const stopped = acts.some((rule) => rule.then.some((action) => action.do === 'stop'));
      if (stopped && journey.until !== 'checks') return false;
      return this.write(acts, stage, then, journey, (next) =>
        this.from(at + 1, { ...next, stopped: next.stopped || stopped }, journey),
      );
    });
  }

  /** Finds out which rules of some tables act, the rows parted accordingly. */
  act(
    tables: readonly PlannedTable[],
    state: State,
    acts: readonly Rule[],
    journey: Pick<Journey, 'acting'>,
    then: (state: State, acts: readonly Rule[]) => boolean,
  ): boolean {
    const [next, ...rest] = tables;
    if (!next) return then(state, acts);
    const { table, rules } = next;
    const wanted = journey.acting?.get(table);
    const point = this.point(state);
    const go = (region: Region, more: readonly Rule[]) =>
      this.act(rest, { ...state, region }, [...acts, ...more], journey, then);
    if (table.match === 'all') return this.eachRule(rules, point, state.region, [], wanted, go);
    const { solver } = this;
    if (!wanted) {
      const conditions = rules.map((rule) => this.space.condition(rule, point));
      return walk(state.region, {
        conditions,
        solver,
        meet: ({ at, doubtful, region }) => go(region, at < 0 || doubtful ? [] : [rules[at] as Rule]),
      });
    }
    const upTo = rules.slice(0, rules.indexOf(wanted) + 1);
    const conditions = upTo.map((rule) => this.space.condition(rule, point));
    return this.holding(wanted, point, state.region, (held) =>
      walk(held, {
        conditions,
        solver,
        meet: ({ at, doubtful, region }) => at === upTo.length - 1 && !doubtful && go(region, [wanted]),
      }),
    );
  }

  /** The parts of a region where a rule's conditions hold. */
  holding(rule: Rule, point: Point, region: Region, then: (region: Region) => boolean): boolean {
    return walk(region, {
      conditions: [this.space.condition(rule, point)],
      solver: this.solver,
      meet: (leaf) => leaf.at === 0 && !leaf.doubtful && then(leaf.region),
    });
  }

  private eachRule(
    rules: readonly Rule[],
    point: Point,
    region: Region,
    acts: readonly Rule[],
    wanted: Rule | undefined,
    then: (region: Region, acts: readonly Rule[]) => boolean,
  ): boolean {
    const [rule, ...rest] = rules;
    if (!rule) return then(region, acts);
    return walk(region, {
      conditions: [this.space.condition(rule, point)],
      solver: this.solver,
      meet: (leaf) => {
        const holds = leaf.at === 0 && !leaf.doubtful;
        if (rule === wanted && !holds) return false;
        return this.eachRule(rest, point, leaf.region, holds ? [...acts, rule] : acts, wanted, then);
      },
    });
  }

  /** Writes what rules of one stage write, in order; all of them read what the stage began with. */
  write(
    acts: readonly Rule[],
    stage: Stage,
    state: State,
    { plan, watched }: Pick<Journey, 'plan' | 'watched'>,
    then: (state: State) => boolean,
  ): boolean {
    const writings = acts.flatMap((rule) =>
      writingsOf(rule)
        .filter(({ field }) => field === watched || plan.written.has(field))
        .map((writing) => ({ rule, writing })),
    );
    const point = this.point(state);
    const one = (at: number, now: State): boolean => {
      const next = writings[at];
      if (!next) return then(now);
      const { rule, writing } = next;
      const { field, kind, from, per } = writing;
      if (this.start.pinned(field)) return one(at + 1, now);
      const put = (term: Term, region: Region): boolean => {
        const deeds = field === watched ? [...now.deeds, { stage, rule, kind, term }] : now.deeds;
        const fields = kind === 'keep' ? now.fields : new Map(now.fields).set(field, term);
        return one(at + 1, { ...now, region, fields, deeds });
      };
      switch (kind) {
        case 'keep':
          return put(point.field(field), now.region);
        case 'clear':
          return put(this.space.text(''), now.region);
        case 'set':
          return put(this.space.text(from), now.region);
        default: {
          const source = this.space.fact(from, point);
          const term = kind === 'lowest' ? this.space.lowest(source, this.space.fact(per, point)) : source;
          return this.either(this.space.present(term), now.region, (holds, region) => {
            if (holds) return put(term, region);
            if (kind === 'lowest') return one(at + 1, { ...now, region });
            // A blank source is asked for; only "there is none" is written.
            return this.none(from, region, (none, part) =>
              none ? put(this.space.text(''), part) : one(at + 1, { ...now, region: part }),
            );
          });
        }
      }
    };
    return one(0, state);
  }

  /** Parts a region by a literal. */
  either(literal: Literal, region: Region, then: (holds: boolean, region: Region) => boolean): boolean {
    for (const holds of [true, false]) {
      const part = this.assume(literal, holds, region);
      if (part && then(holds, part)) return true;
    }
    return false;
  }

  /** The part of a region where a literal holds, or surely does not. */
  assume(literal: Literal, holds: boolean, region: Region): Region | null {
    const { variable, atom } = literal;
    if (variable) {
      const part = region.within(variable, holds ? literal.holds : complement(literal.holds));
      return part && this.solver.possible(part) ? part : null;
    }
    const part = region.where(atom, holds === literal.wanted ? TRUE : FALSE);
    return part && this.solver.possible(part) ? part : null;
  }

  /** Parts a region where a fact is blank by whether somebody has said that there is none. */
  none(fact: string, region: Region, then: (none: boolean, region: Region) => boolean): boolean {
    const askable = cellsUnder(fact).includes(fact) || fact.startsWith('customer.');
    if (!askable || !this.start.world.canBeNone(fact)) return then(false, region);
    const variable = this.space.variable('none', fact);
    for (const none of [false, true]) {
      const part = region.within(variable, those([variable.pool.number(none ? 'yes' : '') as number]));
      if (part && this.solver.possible(part) && then(none, part)) return true;
    }
    return false;
  }
}
