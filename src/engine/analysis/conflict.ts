/**
 * Two rules that write different texts to one cell of the same row: within one stage, or a later stage over
 * what an earlier one wrote. To empty a cell and then fill it is none; to write where another keeps is one.
 */
import type { Rule, RuleTable } from '../rule.ts';
import { cellsReadBy, type Deed, Pipeline, type Plan, planFor, type State } from './pipeline.ts';
import { Region } from './region.ts';
import { type Solution, Solver, TooMuch } from './solve.ts';
import {
  asEdited,
  type Condition,
  type Literal,
  type Space,
  type Start,
  textOf,
  type Variable,
} from './space.ts';
import { count, meet } from './texts.ts';
import { type World, type Writing, writingsOf } from './world.ts';

interface Clash {
  readonly field: string;
  readonly first: Deed;
  readonly second: Deed;
  /** What both write, for the row; null where it cannot be said. */
  readonly texts: readonly [string | null, string | null];
  readonly row: Solution;
}

export interface Conflict {
  readonly field: string;
  /** The rule that comes later. */
  readonly rule: Rule;
  readonly clashes: readonly Clash[];
  /** Rules of which it was not found out whether they clash. */
  readonly unknown: readonly Rule[];
}

interface Found {
  readonly clashes: Clash[];
  readonly unknown: Rule[];
  readonly tried: Set<Rule>;
  named: number;
}

/** A rule that writes a cell, where it stands. */
interface Writer {
  readonly table: RuleTable;
  readonly rule: Rule;
  readonly writing: Writing;
  readonly at: number;
}

/** As many rules as somebody reads of in one finding. */
const MOST_NAMED = 10;
/** So many are compared each with each. */
const FEW = 32;
/** More changing cells than that are not tried in all combinations of edited and not. */
const MOST_FREE = 4;

export function conflicts(space: Space, world: World): Conflict[] {
  const fields = new Map<string, Writer[]>();
  let at = 0;
  for (const table of world.tables) {
    for (const rule of table.rules) {
      at++;
      for (const writing of writingsOf(rule)) {
        const writers = fields.get(writing.field);
        if (writers) writers.push({ table, rule, writing, at });
        else fields.set(writing.field, [{ table, rule, writing, at }]);
      }
    }
  }
  const search = new Search(space, world);
  return [...fields].flatMap(([field, writers]) => search.among(field, writers));
}

class Search {
  private readonly space: Space;
  private readonly world: World;
  private readonly start: Start;
  /** Cells that some rule writes: what a test says of one may be another matter a stage later. */
  private readonly written: ReadonlySet<string>;

  constructor(space: Space, world: World) {
    this.space = space;
    this.world = world;
    this.start = asEdited(space, world);
    const rules = world.tables.flatMap((table) => table.rules);
    this.written = new Set(
      rules.flatMap(writingsOf).flatMap(({ kind, field }) => (kind === 'keep' ? [] : [field])),
    );
  }

  among(field: string, writers: readonly Writer[]): Conflict[] {
    const found = new Map<Rule, Found>();
    const isFull = ({ rule }: Writer) => (found.get(rule)?.named ?? 0) >= MOST_NAMED;
    for (const [first, second] of this.pairs(writers, isFull)) {
      let known = found.get(second.rule);
      if (!known) {
        known = { clashes: [], unknown: [], tried: new Set(), named: 0 };
        found.set(second.rule, known);
      }
      if (known.named >= MOST_NAMED || known.tried.has(first.rule)) continue;
      known.tried.add(first.rule);
      try {
        const clash = this.clash(field, first, second);
        if (!clash) continue;
        known.clashes.push(clash);
      } catch (error) {
        if (!(error instanceof TooMuch)) throw error;
        known.unknown.push(first.rule);
      }
      known.named++;
    }
    return [...found]
      .filter(([, { named }]) => named > 0)
      .map(([rule, { clashes, unknown }]) => ({ field, rule, clashes, unknown }));
  }

  /** The pairs that may meet in a row, as far as single texts tell: each in the order in which they write. */
  private *pairs(
    writers: readonly Writer[],
    isFull: (writer: Writer) => boolean,
  ): Generator<readonly [Writer, Writer]> {
    const byStage = new Map<string, Writer[]>();
    for (const writer of writers) {
      const list = byStage.get(writer.table.stage);
      if (list) list.push(writer);
      else byStage.set(writer.table.stage, [writer]);
    }
    const stages = [...byStage.values()];
    for (const [at, list] of stages.entries()) {
      yield* this.near(list, () => true, isFull);
      for (const earlier of stages.slice(0, at)) {
        const corrects = earlier[0]?.table.stage === 'correct' && this.world.blankWords.size > 0;
        yield* this.near([...earlier, ...list], ({ fact }) => !corrects && !this.written.has(fact), isFull);
      }
    }
  }

  /**
   * Pairs that name a text in common, or one of which names none: thousands of rules for a country each make few
   * such pairs.
   * @param tells whether what both say of a variable is said of the same text
   */
  private *near(
    writers: readonly Writer[],
    tells: (variable: Variable) => boolean,
    isFull: (writer: Writer) => boolean,
  ): Generator<readonly [Writer, Writer]> {
    const [one, ...more] = writers;
    if (!one || (one.table.match === 'first' && more.every(({ table }) => table === one.table))) return;
    const variable = writers.length > FEW ? this.telling(writers, tells) : null;
    if (!variable) {
      for (const [at, second] of writers.entries()) {
        for (let before = 0; before < at && !isFull(second); before++)
          yield* this.pair(writers[before] as Writer, second);
      }
      return;
    }
    const byText = new Map<number, Writer[]>();
    const open: Writer[] = [];
    for (const writer of writers) {
      const ids = this.named(writer, variable);
      if (!ids) open.push(writer);
      for (const id of ids ?? []) {
        const list = byText.get(id);
        if (list) list.push(writer);
        else byText.set(id, [writer]);
      }
    }
    const others = (other: Variable) => other !== variable && tells(other);
    for (const list of byText.values()) yield* this.near(list, others, isFull);
    yield* this.near(open, others, isFull);
    for (const first of open) {
      for (const second of writers) if (this.named(second, variable)) yield* this.pair(first, second);
    }
  }

  private *pair(a: Writer, b: Writer): Generator<readonly [Writer, Writer]> {
    const [first, second] = a.at < b.at ? [a, b] : [b, a];
    if (first.rule === second.rule) return;
    if (first.table === second.table && first.table.match === 'first') return;
    if (mayClash(first, second) && this.overlap(first, second)) yield [first, second];
  }

  /** The variable of which most of some rules name texts; null where it is too few of them. */
  private telling(writers: readonly Writer[], tells: (variable: Variable) => boolean): Variable | null {
    const counts = new Map<Variable, number>();
    for (const { rule } of writers) {
      for (const { variable, holds } of this.condition(rule).all) {
        if (variable && !holds.but && tells(variable)) counts.set(variable, (counts.get(variable) ?? 0) + 1);
      }
    }
    let best: Variable | null = null;
    for (const [variable, times] of counts) {
      if (times * 2 > writers.length && times > (best === null ? 0 : (counts.get(best) ?? 0)))
        best = variable;
    }
    return best;
  }

  /** The texts that a rule names of a variable; null where it leaves it open. */
  private named({ rule }: Writer, variable: Variable): readonly number[] | null {
    const literal = this.condition(rule).all.find((one) => one.variable === variable && !one.holds.but);
    return literal?.holds.ids ?? null;
  }

  private overlap(first: Writer, second: Writer): boolean {
    const sameStage = first.table.stage === second.table.stage;
    const corrects = first.table.stage === 'correct' && this.world.blankWords.size > 0;
    const other = this.condition(second.rule);
    return this.condition(first.rule).all.every(
      (literal) =>
        literal.variable === null ||
        (!sameStage && (corrects || this.written.has(literal.variable.fact))) ||
        other.all.every((one) => one.variable !== literal.variable || meetAt(one, literal)),
    );
  }

  private condition(rule: Rule): Condition {
    return this.space.condition(rule, this.start);
  }

  private clash(field: string, first: Writer, second: Writer): Clash | null {
    const { world, space } = this;
    const upTo = ({ table, rule }: Writer) =>
      table.match === 'first' ? table.rules.slice(0, table.rules.indexOf(rule) + 1) : [rule];
    const sameStage = first.table.stage === second.table.stage;
    const read = [...upTo(second), ...(sameStage ? upTo(first) : [])].flatMap(cellsReadBy);
    const writes = (rule: Rule) => writingsOf(rule).some((one) => one.field === field);
    const plan = planFor(
      world,
      second.table.stage,
      [...read, field],
      (rule) => rule === first.rule || writes(rule),
    );
    let unsure: Clash | null = null;
    for (const untouched of this.starts(field, plan)) {
      const start = asEdited(space, world, untouched);
      const pipeline = new Pipeline(space, new Solver(space, start), start);
      const clash = new Meeting(pipeline, plan, field, first, second).find();
      if (clash?.row.sure) return clash;
      unsure ??= clash;
    }
    return unsure;
  }

  /** Which cells people leave alone: that cell always, and of those that rules write any choice. */
  private starts(field: string, plan: Plan): Set<string>[] {
    const matter = [...plan.changed].filter((one) => one !== field);
    if (matter.length > MOST_FREE) {
      const all = new Set([field, ...matter]);
      const others = matter.map((one) => new Set([...all].filter((cell) => cell !== one)));
      return [all, ...others, new Set([field])];
    }
    const all: Set<string>[] = [];
    // As few edits as possible first: such a row is the plainest example.
    for (let mask = (1 << matter.length) - 1; mask >= 0; mask--)
      all.push(new Set([field, ...matter.filter((_, at) => (mask >> at) & 1)]));
    return all;
  }
}

/** Whether two ways of writing can disagree at all. */
function mayClash(first: Writer, second: Writer): boolean {
  const [a, b] = [first.writing, second.writing];
  if (a.kind === 'keep' && b.kind === 'keep') return false;
  if (a.kind === 'clear') return b.kind === 'keep' && first.table.stage === second.table.stage;
  if (b.kind === 'keep' && first.table.stage !== second.table.stage) return false;
  if (a.kind === 'set' && b.kind === 'set') return a.from !== b.from;
  return true;
}

function meetAt(a: Literal, b: Literal): boolean {
  const variable = a.variable as Variable;
  return count(meet(a.holds, b.holds), variable.pool.texts.length) > 0;
}

/** Looks for a row in which two rules meet. */
class Meeting {
  private readonly pipeline: Pipeline;
  private readonly plan: Plan;
  private readonly field: string;
  private readonly first: Writer;
  private readonly second: Writer;
  private found: Clash | null = null;

  constructor(pipeline: Pipeline, plan: Plan, field: string, first: Writer, second: Writer) {
    this.pipeline = pipeline;
    this.plan = plan;
    this.field = field;
    this.first = first;
    this.second = second;
  }

  find(): Clash | null {
    const { pipeline, plan, field, first, second } = this;
    const { stage } = second.table;
    const sameStage = first.table.stage === stage;
    const acting = new Map([[first.table, first.rule]]);
    pipeline.run(Region.everything, {
      plan,
      until: stage,
      watched: field,
      acting: sameStage ? new Map() : acting,
      arrive: (state) => (sameStage ? this.together(state) : this.over(state)),
    });
    return this.found;
  }

  /** Both in one stage: they read the same, and the later one has the last word. */
  private together(state: State): boolean {
    const { first, second } = this;
    const acts = (region: Region, writer: Writer, then: (state: State) => boolean) =>
      this.pipeline.act(
        [{ table: writer.table, rules: writer.table.match === 'all' ? [writer.rule] : writer.table.rules }],
        { ...state, region },
        [],
        { acting: new Map([[writer.table, writer.rule]]) },
        then,
      );
    return acts(state.region, first, ({ region }) =>
      acts(region, second, (both) =>
        this.writes(both, first, (one, part) =>
          this.writes(part, second, (two, left) => this.differ(one, two, left)),
        ),
      ),
    );
  }

  /** The second in a later stage: over what the first has left there. */
  private over(state: State): boolean {
    const { first, second } = this;
    const left = standing(state.deeds);
    const deed = left.find(({ rule }) => rule === first.rule);
    if (!deed) return false;
    return this.pipeline.act(
      [{ table: second.table, rules: second.table.match === 'all' ? [second.rule] : second.table.rules }],
      state,
      [],
      { acting: new Map([[second.table, second.rule]]) },
      (met) => this.writes(met, second, (two, part) => this.differ(deed, two, part)),
    );
  }

  /** What a writer writes to the cell, for the rows for which it does. */
  private writes(
    state: State,
    { rule, table }: Writer,
    then: (deed: Deed, state: State) => boolean,
  ): boolean {
    return this.pipeline.write(
      [rule],
      table.stage,
      { ...state, deeds: [] },
      { plan: NOTHING_BEFORE, watched: this.field },
      ({ region, deeds }) => {
        const deed = deeds.at(-1);
        return deed !== undefined && then(deed, { ...state, region });
      },
    );
  }

  private differ(one: Deed, two: Deed, { region }: State): boolean {
    const { pipeline, field } = this;
    if (one.kind === 'clear' && two.kind !== 'keep') return false;
    const { space } = pipeline;
    const lowest = [one, two].some(({ term }) => term.kind === 'lowest') && one.term !== two.term;
    // The lowest number of an account may be another row's.
    const part = lowest
      ? region
      : pipeline.assume(space.literal(space.differs(one.term, two.term), true), true, region);
    const row = part && pipeline.solver.solve(part);
    if (!row) return false;
    const choice = (variable: Variable) => row.texts.get(variable);
    const textIn = ({ term }: Deed) => (term.kind === 'lowest' ? null : (textOf(term, choice) ?? null));
    const clash = { field, first: one, second: two, texts: [textIn(one), textIn(two)] as const, row };
    if (this.found === null || row.sure) this.found = clash;
    return row.sure;
  }
}

const NOTHING_BEFORE: Plan = { stages: [], written: new Set(), changed: new Set() };

/** What of several deeds still stands in the cell: the last write, and what was kept since. */
function standing(deeds: readonly Deed[]): readonly Deed[] {
  const last = deeds.findLastIndex(({ kind }) => kind !== 'keep');
  return deeds.slice(Math.max(0, last));
}
