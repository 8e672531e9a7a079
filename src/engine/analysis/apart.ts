/**
 * Where the rules of two sides do different things to the same state of a row, stage by stage: what both say of it is
 * walked down together, and where the same is left to be found out on both sides, nothing differs.
 */
import {
  type Correction,
  type LookUp,
  type Op,
  type Rule,
  type RuleTable,
  STAGES,
  type Stage,
  type Test,
} from '../rule.ts';
import { askKey, doubtsOf, type Effect, effectsOf, lookUpKey, numbersAsked, spellEffect } from './effects.ts';
import { cellsReadBy, type Pipeline } from './pipeline.ts';
import { type Region, verdictIn } from './region.ts';
import { asEdited, type Condition, type Literal, type Point, type Space, type Term } from './space.ts';
import { FALSE, TRUE, UNREADABLE } from './texts.ts';
import { mayDoubt, type Rest, walk, walkTogether } from './walk.ts';
import { type World, writingsOf } from './world.ts';

/** A rule, a look-up or a correction. */
export type Ruling = Pick<Rule | LookUp | Correction, 'id' | 'place'>;

/** One table that has one say, or one rule of an `all` table. */
export interface Unit {
  readonly side: 0 | 1;
  readonly table: RuleTable;
  readonly rules: readonly Rule[];
  /** Its place among those of its side. */
  readonly order: number;
}

/** What differs in a stage, and has to do with each other. */
export interface Part {
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

/** A leaf of the walk: a region that two rulings decide. */
export type Leaf = (
  rulings: readonly [Ruling | null, Ruling | null],
  key: string,
  region: Region,
  conditions: readonly Condition[],
) => void;

/** Tells what differs between two sides, and walks it. */
export class Parting {
  private readonly worlds: readonly [World, World];
  private readonly space: Space;
  private readonly sameLookUps: boolean;
  private readonly slotsOf = new Map<Rule, readonly string[]>();

  constructor(space: Space, worlds: readonly [World, World]) {
    this.worlds = worlds;
    this.space = space;
    const lookUps = (world: World) =>
      JSON.stringify([
        world.aspect('carriers'),
        world.aspect('countries'),
        world.rules.lookUps.map((one) => [one.country, one.carrier, lookUpKey(one, world)]),
      ]);
    this.sameLookUps = lookUps(worlds[0]) === lookUps(worlds[1]);
  }

  /** What differs between the two in a stage, in parts that have nothing to do with each other. */
  parts(stage: Stage): Part[] {
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
        (part) =>
          [...own].some((slot) => part.slots.has(slot)) ||
          sameTable(part.units, unit) ||
          sameRule(part.units, unit),
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

  slots(rule: Rule): readonly string[] {
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

  /** Walks the rules of both sides down a region; tells of its parts in which they do different things. */
  walk(part: Part, points: readonly [Point, Point], pipeline: Pipeline, region: Region, leaf: Leaf): void {
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
      // Where one side does nothing there, its rule is the one of that name, or the one that decided the same table.
      const instead = (side: 0 | 1, other: Acting | undefined): Rule | null => {
        const own = acting.filter(({ unit }) => unit.side === side);
        const found =
          own.find(({ rule }) => rule.id === other?.rule.id) ??
          own.find(({ unit }) => unit.table.file === other?.unit.table.file);
        return found?.rule ?? null;
      };
      const rulings = [one?.rule ?? instead(0, two), two?.rule ?? instead(1, one)] as const;
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

/** Whether a unit has a rule that goes by the name of one on the other side: what became of it is one difference. */
function sameRule(units: readonly Unit[], { side, rules }: Unit): boolean {
  const ids = new Set(rules.map(({ id }) => id));
  return units.some((other) => other.side !== side && other.rules.some(({ id }) => ids.has(id)));
}

/** Whether a `first` table stands among units of the other side: it is that one that has changed. */
function sameTable(units: readonly Unit[], { table, side }: Unit): boolean {
  return table.match === 'first' && units.some((one) => one.side !== side && one.table.file === table.file);
}

/** The cell of a slot in which something is written. */
export function fieldOf(slot: string): string | null {
  return slot.startsWith('write ') ? slot.slice('write '.length) : null;
}
