/** Rules that no row can reach, whatever people say of it, and the rules that keep every row from them. */
import { testsOf } from '../evaluate.ts';
import type { Rule, RuleTable, Test } from '../rule.ts';
import { cellsReadBy, filledBy, Pipeline, type Plan, planFor } from './pipeline.ts';
import { Region } from './region.ts';
import { type Solution, Solver, TooMuch } from './solve.ts';
import { asEdited, type Condition, type Point, type Space, type Variable } from './space.ts';
import { walk } from './walk.ts';
import { ends, type World } from './world.ts';

export interface Unreachable {
  readonly rule: Rule;
  readonly table: RuleTable;
  /** The rules that together take every row; empty where no row meets the rule's own conditions. */
  readonly by: readonly Rule[];
  /** Tests that exclude each other, where that is why. */
  readonly against: readonly Test[];
  /** A row that meets the rule's conditions and goes another way. */
  readonly row: Solution | null;
  /** Looking for a row took too long: it is not known whether there is one. */
  readonly unknown: boolean;
}

/** More covers than that are named as they are, without looking for fewer. */
const FEW = 24;
/** More changing cells than that are not tried in all combinations of edited and not. */
const MOST_FREE = 5;

/** Which rules of a table rows reach. */
export class Reach {
  private readonly space: Space;
  private readonly world: World;
  private readonly table: RuleTable;
  private readonly answered: boolean;
  private readonly pipeline: Pipeline;
  private readonly point: Point;
  /** Earlier rules that end a row's way. */
  private readonly ending: Plan;
  private readonly unknown = new Set<Rule>();
  private found: ReadonlyMap<Rule, Region> | null = null;
  private readonly otherRows = new Map<Rule, Solution | null>();

  /** @param answered whether somebody may have answered a task with more than that there is none */
  constructor(space: Space, world: World, table: RuleTable, answered = true) {
    this.space = space;
    this.world = world;
    this.table = table;
    this.answered = answered;
    const start = asEdited(space, world);
    this.pipeline = new Pipeline(space, new Solver(space, start), start);
    this.point = start;
    this.ending = planFor(world, table.stage, []);
  }

  private condition(rule: Rule): Condition {
    return this.space.condition(rule, this.point);
  }

  /** The rules that no row reaches. */
  unreachable(): Unreachable[] {
    const reached = this.reached();
    return this.table.rules.filter((rule) => !reached.has(rule)).flatMap((rule) => this.explain(rule) ?? []);
  }

  /** A row that reaches a rule, people having written what they like over it; null where none is known. */
  rowFor(rule: Rule): Solution | null {
    const region = this.reached().get(rule);
    if (region) return this.pipeline.solver.solve(region);
    return this.rowOf(rule) ? this.otherwise(rule) : null;
  }

  private reached(): ReadonlyMap<Rule, Region> {
    if (!this.found) {
      try {
        this.found = this.table.match === 'all' ? this.reachedSingly() : this.reachedAtOnce();
      } catch (error) {
        if (!(error instanceof TooMuch)) throw error;
        this.found = this.reachedSingly();
      }
    }
    return this.found;
  }

  private reachedAtOnce(): Map<Rule, Region> {
    const { rules } = this.table;
    const reached = new Map<Rule, Region>();
    walk(Region.everything, {
      conditions: rules.map((rule) => this.condition(rule)),
      solver: this.pipeline.solver,
      once: { beside: this.readByEnding() },
      skip: (at) => at.every((one) => reached.has(rules[one] as Rule)),
      meet: ({ at, doubtful, region }) => {
        const rule = rules[at];
        if (!rule || doubtful || reached.has(rule)) return false;
        const arrived = this.arrived(region);
        if (arrived) reached.set(rule, arrived);
        return reached.size === rules.length;
      },
    });
    return reached;
  }

  /** Rule by rule: in an `all` table, or where the table is too much as a whole. */
  private reachedSingly(): Map<Rule, Region> {
    const reached = new Map<Rule, Region>();
    for (const rule of this.table.rules) {
      try {
        this.each(rule, (region) => {
          reached.set(rule, region);
          return true;
        });
      } catch (error) {
        if (!(error instanceof TooMuch)) throw error;
        this.unknown.add(rule);
      }
    }
    return reached;
  }

  /**
   * Tells of the regions of rows that reach a rule, one after another, until `told` says that it is enough.
   * @returns whether it did
   * @throws TooMuch where it takes too long
   */
  each(rule: Rule, told: (region: Region) => boolean): boolean {
    const { pipeline, table } = this;
    const state = pipeline.begin(Region.everything, table.stage);
    const rules = table.match === 'all' ? [rule] : table.rules;
    return pipeline.act([{ table, rules }], state, [], { acting: new Map([[table, rule]]) }, ({ region }) => {
      const arrived = this.arrived(region);
      return arrived !== null && told(arrived);
    });
  }

  /**
   * A row that reaches a rule in another way than `each` tells of: where earlier stages take rows out, what rules write
   * may bring it there. Null where there is none.
   * @throws TooMuch where it takes too long
   */
  otherwise(rule: Rule): Solution | null {
    let row = this.otherRows.get(rule);
    if (row === undefined) {
      row = this.reachedOtherwise(rule);
      this.otherRows.set(rule, row);
    }
    return row;
  }

  /** Whether no earlier rule ends the way of any row. */
  get isOpen(): boolean {
    return this.ending.stages.length === 0;
  }

  /** A row of a region of which `each` has told. */
  rowIn(region: Region): Solution | null {
    return this.pipeline.solver.solve(region);
  }

  /** Parts a region by the rule that comes first in a list of them; -1 where none does. */
  parted(
    region: Region,
    rules: readonly Rule[],
    told: (at: number, doubtful: boolean, region: Region) => boolean,
  ): boolean {
    const { solver } = this.pipeline;
    return walk(region, {
      conditions: rules.map((rule) => this.condition(rule)),
      solver,
      meet: ({ at, doubtful, region: part }) => solver.possible(part) && told(at, doubtful, part),
    });
  }

  /** The part of a region that no earlier rule takes out; null where there is none. */
  arrived(region: Region): Region | null {
    const { pipeline, ending, table } = this;
    if (!pipeline.solver.possible(region)) return null;
    if (ending.stages.length === 0) return region;
    let arrived: Region | null = null;
    pipeline.run(region, {
      plan: ending,
      until: table.stage,
      arrive: (state) => {
        arrived = state.region;
        return true;
      },
    });
    return arrived;
  }

  private readByEnding(): ReadonlySet<Variable> {
    const found = new Set<Variable>();
    for (const { tables } of this.ending.stages) {
      for (const rule of tables.flatMap((one) => one.rules)) {
        const { all, any } = this.condition(rule);
        for (const { atom } of [...all, ...any.flat(2)]) for (const one of atom.variables) found.add(one);
      }
    }
    return found;
  }

  private explain(rule: Rule): Unreachable | null {
    const { table } = this;
    const found = { rule, table, by: [], against: [], row: null, unknown: false };
    if (this.unknown.has(rule)) return { ...found, unknown: true };
    const row = this.rowOf(rule);
    if (!row) return { ...found, against: this.contradiction(rule) };
    try {
      if (this.otherwise(rule)) return null;
      return { ...found, row, by: this.covers(rule) };
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return { ...found, unknown: true };
    }
  }

  /** A row that meets a rule's conditions. */
  private rowOf(rule: Pick<Rule, 'when' | 'whenAny'>): Solution | null {
    let row: Solution | null = null;
    walk(Region.everything, {
      conditions: [this.space.condition(rule, this.point)],
      solver: this.pipeline.solver,
      meet: (leaf) => {
        if (leaf.at !== 0 || leaf.doubtful) return false;
        const solution = this.pipeline.solver.solve(leaf.region);
        if (solution && (!row || solution.sure)) row = solution;
        return row?.sure ?? false;
      },
    });
    return row;
  }

  /** As few of a rule's tests as no row meets together. */
  private contradiction(rule: Rule): Test[] {
    const fails = (tests: readonly Test[]) =>
      this.rowOf({
        when: rule.when.filter((test) => tests.includes(test)),
        whenAny: rule.whenAny.map((block) => block.filter((test) => tests.includes(test))),
      }) === null;
    let tests = [...testsOf(rule)];
    for (const test of [...tests]) {
      const fewer = tests.filter((one) => one !== test);
      if (fails(fewer)) tests = fewer;
    }
    return tests;
  }

  /**
   * A row that gets there and of which some cells are left to the rules: where earlier stages take rows out, a
   * cell may come to hold what the rule wants only after that.
   */
  private reachedOtherwise(rule: Rule): Solution | null {
    const { table, world, space } = this;
    if (this.ending.stages.length === 0) return null;
    const above = table.match === 'first' ? table.rules.slice(0, table.rules.indexOf(rule) + 1) : [rule];
    const cells = above.flatMap(cellsReadBy);
    const fills =
      table.stage === 'checks' && this.answered
        ? (one: Rule) => filledBy(one, world).some((cell) => cells.includes(cell))
        : () => false;
    const plan = planFor(world, table.stage, cells, fills);
    const changed = [...plan.changed];
    const fillers = plan.stages.flatMap(({ tables }) =>
      tables.flatMap((one) => one.rules.filter(fills).map((filler) => ({ table: one.table, filler }))),
    );
    if (changed.length === 0 && fillers.length === 0) return null;
    if (changed.length > MOST_FREE) throw new TooMuch();
    for (let mask = 0; mask < 1 << changed.length; mask++) {
      const untouched = new Set(changed.filter((_, at) => (mask >> at) & 1));
      const start = asEdited(space, world, untouched);
      const pipeline = new Pipeline(space, new Solver(space, start), start);
      const here = { acting: new Map([[table, rule]]) };
      const arrive = (acting: ReadonlyMap<RuleTable, Rule>, answered: ReadonlySet<string>) => {
        let row: Solution | null = null;
        const rules = table.match === 'all' ? [rule] : table.rules;
        pipeline.run(Region.everything, {
          plan,
          until: table.stage,
          acting,
          answered,
          arrive: (state) =>
            pipeline.act([{ table, rules }], state, [], here, ({ region }) => {
              row = pipeline.solver.solve(region);
              return row !== null;
            }),
        });
        return row;
      };
      const row = mask > 0 ? arrive(new Map(), new Set()) : null;
      if (row) return row;
      for (const { table: other, filler } of fillers) {
        const answered = arrive(new Map([[other, filler]]), new Set(filledBy(filler, world)));
        if (answered) return answered;
      }
    }
    return null;
  }

  /** The rules that take the rows of a rule: as few as do it together, where there are not too many to try. */
  private covers(rule: Rule): Rule[] {
    const { rules, match } = this.table;
    const above = match === 'first' ? rules.slice(0, rules.indexOf(rule)) : [];
    const before = this.ending.stages.flatMap(({ tables }) => tables.flatMap((one) => one.rules));
    const endings = before.filter((one) => ends(one, this.table.stage === 'checks' ? 'checks' : 'others'));
    const found = new Set<Rule>();
    const candidates = [...above, ...endings];
    this.takers(rule, candidates, (at) => {
      if (at >= 0) found.add(candidates[at] as Rule);
      return false;
    });
    let by = candidates.filter((one) => found.has(one));
    if (by.length > FEW) return by;
    // What comes last covers what the others leave: they are tried without each, the last one first.
    for (const one of [...by].reverse()) {
      const fewer = by.filter((other) => other !== one);
      if (!this.takers(rule, fewer, (at) => at < 0)) by = fewer;
    }
    return by;
  }

  /** Tells which of `others` comes first for the rows of a rule; -1 for rows that none of them takes. */
  private takers(rule: Rule, others: readonly Rule[], told: (at: number) => boolean): boolean {
    const { solver } = this.pipeline;
    const conditions = others.map((one) => this.condition(one));
    return this.pipeline.holding(rule, this.point, Region.everything, (region) =>
      walk(region, {
        conditions,
        solver,
        once: { beside: new Set() },
        meet: ({ at, region: part }) => solver.possible(part) && told(at),
      }),
    );
  }
}
