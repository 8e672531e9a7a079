/** Regions as people read them: fact by fact, each with what it must be, as a rule would say it. */
import { comparedFacts } from '../conditions.ts';
import { NONE } from '../decision.ts';
import { isKnown, normalise } from '../facts.ts';
import type { FactType, Op } from '../rule.ts';
import type { Region } from './region.ts';
import type { Condition, Literal, Point, Space, Variable } from './space.ts';
import {
  complement,
  count,
  has,
  meet,
  members,
  narrowest,
  spell,
  type Texts,
  TRUE,
  UNREADABLE,
} from './texts.ts';
import { isCell, type World } from './world.ts';

/** Some rows: fact -> what it must be (`PT`, `[PT, ES]`, `blank`, `{ not: US }`). */
export type Described = Readonly<Record<string, string>>;

/** More boxes than that are left as they are: nobody reads them all. */
const MOST_BOXES = 2000;
/** Texts that are named one by one where no test says which they are. */
const MOST_TEXTS = 3;

/** One way to say some of a variable's texts. */
interface Saying {
  readonly texts: Texts;
  readonly fact: string;
  readonly says: string;
  /** What is said shortest is said first. */
  readonly cost: number;
}

/** Joins regions that differ in one fact only, and says each. */
export class Describer {
  private readonly space: Space;
  private readonly points: readonly [Point, Point];
  private readonly point: Point;
  private readonly literals: readonly Literal[];
  private readonly sayings = new Map<Variable, readonly Saying[]>();
  private readonly said = new Map<string, readonly Saying[] | null>();

  /**
   * @param points where the regions are, as the old rules read it and the new ones
   * @param conditions those by which the regions were told apart
   */
  constructor(space: Space, points: readonly [Point, Point], conditions: readonly Condition[]) {
    this.space = space;
    this.points = points;
    this.point = points[1];
    this.literals = [...new Set(conditions.flatMap(({ all, any }) => [...all, ...any.flat(2)]))];
  }

  /** Regions, as few as say the same. */
  join(regions: readonly Region[]): Region[] {
    let boxes = regions.slice(0, MOST_BOXES).map((region) => this.plain(region));
    for (let before = -1; before !== boxes.length; ) {
      before = boxes.length;
      const variables = new Set(boxes.flatMap((box) => [...box.variables]));
      for (const variable of variables) boxes = this.joinBy(variable, boxes);
    }
    return [...boxes, ...regions.slice(MOST_BOXES)];
  }

  /** What all regions have in common. */
  hull(regions: readonly Region[]): Region | null {
    const [first, ...rest] = regions;
    if (!first) return null;
    let hull = first;
    for (const region of rest) {
      for (const variable of hull.variables) {
        const texts = union(hull.texts(variable), region.texts(variable));
        hull = hull.put(variable, this.sayable(variable, texts) ? texts : variable.domain);
      }
      for (const atom of hull.said.keys())
        if (region.said.get(atom) !== hull.said.get(atom)) hull = hull.without(atom);
    }
    return this.plain(hull);
  }

  describe(region: Region): Described {
    const lines = new Map<string, string[]>();
    const put = (fact: string, says: string) => {
      const list = lines.get(fact);
      if (!list) lines.set(fact, [says]);
      else if (!list.includes(says)) list.push(says);
    };
    for (const variable of region.variables) {
      const texts = region.texts(variable);
      if (isAll(variable, texts) || variable.kind === 'none') continue;
      const sayings = this.say(variable, texts);
      if (sayings) for (const { fact, says } of sayings) put(fact, says);
      else put(nameOf(variable, this.point, this.space), this.samples(variable, texts));
    }
    for (const variable of region.variables) {
      // That nobody has said that there is none goes without saying.
      const isSaid = variable.kind === 'none' && !isAll(variable, region.texts(variable));
      if (isSaid && !has(region.texts(variable), variable.pool.number('') ?? -1))
        lines.set(variable.fact, [NONE]);
    }
    // What the two sides read differently is said with its time.
    const times = new Map<string, number>();
    const tests = [...region.said].flatMap(([atom, verdict]) => {
      const test = this.space.testOf(atom);
      if (!test) return [];
      const says = this.written(test.fact, test.op);
      // A comparison with a blank is false, negated or not.
      const isTwo = comparedFacts(test.op).length > 0;
      const fails = isTwo ? negated(says, false) + OR_EITHER : negated(says, true);
      const means = verdict === TRUE ? says : verdict === UNREADABLE ? NO_NUMBER : fails;
      const bare = `${test.fact} ${says}`;
      times.set(bare, (times.get(bare) ?? 0) + 1);
      return [{ ...test, means, bare, holds: verdict === TRUE }];
    });
    // A test that holds holds of a text, but for the one that there is none.
    const holding = tests.filter(({ op, holds }) => holds && isOfText(op));
    const present = new Set(holding.flatMap(({ fact, op }) => [fact, ...comparedFacts(op)]));
    for (const { fact, op, means, bare, world } of tests) {
      const compared = comparedFacts(op);
      const alike = tests.filter((one) => one.bare === bare);
      const isThere = [fact, ...compared].every((one) => present.has(one) || this.isPresent(one, region));
      const bared = means.endsWith(OR_EITHER)
        ? means.slice(0, -OR_EITHER.length)
        : means.replace(/^blank or /, '');
      const says = isThere ? bared : means;
      const isTwice = (times.get(bare) ?? 0) > 1 && alike.some((one) => one.means !== means);
      put(fact, isTwice ? `${says} ${this.time(world)}` : says);
    }
    return Object.fromEntries([...lines].map(([fact, says]) => [fact, together(says)]));
  }

  private isPresent(fact: string, region: Region): boolean {
    const { variable, holds } = this.space.opLiteral(fact, { kind: 'blank' }, this.point);
    return variable !== null && count(meet(region.texts(variable), holds), variable.pool.texts.length) === 0;
  }

  private time(world: World): string {
    return world === this.points[0].world ? 'before' : 'now';
  }

  /** A region without what says nothing. */
  private plain(region: Region): Region {
    let plain = region;
    for (const variable of region.variables)
      if (isAll(variable, region.texts(variable))) plain = plain.free(variable);
    return plain;
  }

  private joinBy(variable: Variable, boxes: readonly Region[]): Region[] {
    const groups = new Map<string, Region[]>();
    for (const box of boxes) {
      const others = [...box.variables].filter((one) => one !== variable).sort((a, b) => a.id - b.id);
      const sets = others.map((one) => `${one.id}=${spell(box.texts(one))}`);
      const said = [...box.said].map(([atom, verdict]) => `${atom.id}:${verdict}`).sort();
      const key = [...sets, ...said].join();
      const group = groups.get(key);
      if (group) group.push(box);
      else groups.set(key, [box]);
    }
    return [...groups.values()].flatMap((group): Region[] => {
      const [first] = group;
      if (!first || group.length === 1) return group;
      const texts = group.map((box) => box.texts(variable)).reduce(union);
      if (isAll(variable, texts)) return [first.free(variable)];
      return this.sayable(variable, texts) ? [first.put(variable, texts)] : group;
    });
  }

  private sayable(variable: Variable, texts: Texts): boolean {
    return isAll(variable, texts) || this.say(variable, texts) !== null;
  }

  /** The fewest sayings that together say exactly these texts; null where none do. */
  private say(variable: Variable, wanted: Texts): readonly Saying[] | null {
    const size = variable.pool.texts.length;
    const texts = meet(wanted, variable.domain);
    const key = `${variable.id} ${spell(texts)}`;
    let said = this.said.get(key);
    if (said === undefined) {
      said = this.find(variable, texts, size);
      this.said.set(key, said);
    }
    return said;
  }

  private find(variable: Variable, texts: Texts, size: number): readonly Saying[] | null {
    const all = this.sayingsOf(variable);
    const within = (a: Texts, b: Texts) => count(meet(meet(a, variable.domain), complement(b)), size) === 0;
    const same = (a: Texts) => within(a, texts) && within(texts, a);
    const whole = all.filter((one) => same(one.texts)).sort((a, b) => a.cost - b.cost)[0];
    if (whole) return [whole];
    const listed = this.list(all, texts, within, same);
    if (listed) return [listed];
    const around = all.filter((one) => within(texts, one.texts)).sort((a, b) => b.cost - a.cost);
    if (!same(around.reduce((rest, one) => meet(rest, one.texts), variable.domain))) return null;
    let kept = around;
    for (const one of around) {
      const fewer = kept.filter((other) => other !== one);
      if (same(fewer.reduce((rest, other) => meet(rest, other.texts), variable.domain))) kept = fewer;
    }
    return kept.reverse();
  }

  /** Names one after another: all that it may be, or all that it may not. */
  private list(
    all: readonly Saying[],
    texts: Texts,
    within: (a: Texts, b: Texts) => boolean,
    same: (a: Texts) => boolean,
  ): Saying | null {
    const names = all.filter(({ cost }) => cost === NAME);
    const blank = all.find(({ says }) => says === 'blank');
    for (const fact of new Set(names.map((one) => one.fact))) {
      const own = names.filter((one) => one.fact === fact);
      const none: Texts = { but: false, ids: [] };
      const listed = (list: readonly Saying[]) => list.map((one) => one.says).join(', ');
      const inside = own.filter((one) => within(one.texts, texts));
      const sum = inside.map((one) => one.texts).reduce(union, none);
      if (inside.length > 1 && same(sum)) return { texts, fact, says: `[${listed(inside)}]`, cost: NAME };
      if (blank && inside.length > 0 && same(union(sum, blank.texts)))
        return {
          texts,
          fact,
          says: `blank or ${inside.length > 1 ? `[${listed(inside)}]` : listed(inside)}`,
          cost: NAME,
        };
      const outside = own.filter((one) => within(one.texts, complement(texts)));
      if (outside.length < 2) continue;
      const rest = complement(outside.map((one) => one.texts).reduce(union, none));
      if (same(rest)) return { texts, fact, says: `blank or { not: [${listed(outside)}] }`, cost: NAME };
      if (blank && same(meet(rest, complement(blank.texts))))
        return { texts, fact, says: `{ not: [${listed(outside)}] }`, cost: NAME };
    }
    return null;
  }

  /** All that tests say of a variable, one by one. */
  private sayingsOf(variable: Variable): readonly Saying[] {
    let sayings = this.sayings.get(variable);
    if (!sayings) {
      sayings = this.gather(variable);
      this.sayings.set(variable, sayings);
    }
    return sayings;
  }

  private gather(variable: Variable): Saying[] {
    const found: (Saying & { readonly world: World | null })[] = [];
    let from: World | null = null;
    const add = (fact: string, says: string, all: Texts, cost: number) => {
      const texts = narrowest(meet(all, variable.domain), variable.pool.texts.length);
      if (count(texts, variable.pool.texts.length) === 0) return;
      const isSame = (one: Saying) =>
        one.fact === fact && one.says === says && spell(one.texts) === spell(texts);
      if (!found.some(isSame)) found.push({ fact, says, texts, cost, world: from });
    };
    const own = nameOf(variable, this.point, this.space);
    const facts = new Set<string>([own]);
    const addTest = (
      fact: string,
      op: Op,
      { holds, unreadable }: Pick<Literal, 'holds' | 'unreadable'>,
      world: World,
    ) => {
      facts.add(fact);
      from = world;
      const blank = this.blankOf(fact, variable);
      const says = this.written(fact, op);
      add(fact, says, holds, op.kind === 'equals' && op.keys.length === 1 ? NAME : TEST);
      const fails = complement(union(holds, unreadable));
      if (blank) {
        add(fact, negated(says, false), meet(fails, complement(blank)), NOT);
        add(fact, negated(says, true), fails, OR);
      }
      if (unreadable.but || unreadable.ids.length > 0) add(fact, NO_NUMBER, unreadable, TEST);
    };
    for (const literal of this.literals) {
      if (literal.variable !== variable) continue;
      const test = this.space.testOf(literal.atom);
      if (!test) continue;
      const { fact, op, world } = test;
      addTest(fact, op, literal, world);
      for (const one of namesIn(op)) {
        const single = this.space.opLiteral(fact, one, this.pointOf(world));
        if (single.variable === variable) addTest(fact, one, single, world);
      }
    }
    for (const [fact, key, world] of this.namesNow(own, variable)) {
      const op: Op = { kind: 'equals', keys: [key], written: [key] };
      const single = this.space.opLiteral(fact, op, this.pointOf(world));
      if (single.variable === variable) addTest(fact, op, single, world);
    }
    from = null;
    for (const fact of facts) {
      const blank = this.blankOf(fact, variable);
      if (!blank) continue;
      add(fact, 'blank', blank, BLANK);
      add(fact, 'present', complement(blank), BLANK);
      // To write nothing over spaces is to write.
      const nothing = variable.pool.number('');
      if (nothing === undefined || fact !== own) continue;
      const empty: Texts = { but: false, ids: [nothing] };
      add(fact, 'empty', empty, LATER);
      add(fact, 'spaces', meet(blank, complement(empty)), LATER);
      add(fact, 'present or spaces', complement(empty), LATER);
    }
    // Of what both sides say in the same words and mean otherwise, it is told when.
    return found.map((one) => {
      const isTwice = found.some(
        (other) => other !== one && other.fact === one.fact && other.says === one.says,
      );
      return isTwice && one.world
        ? { ...one, says: `${one.says} ${this.time(one.world)}`, cost: one.cost + LATER }
        : one;
    });
  }

  private pointOf(world: World): Point {
    return world === this.points[0].world ? this.points[0] : this.points[1];
  }

  /** Names that the two sides read differently, as the new rules call them, then as the old ones do. */
  private namesNow(fact: string, { pool }: Variable): [fact: string, key: string, world: World][] {
    const [old, now] = [this.points[0].world, this.points[1].world];
    const type = now.type(fact);
    const aspect = type === 'carrier' ? 'carriers' : type === 'country' ? 'countries' : type;
    if (typeof aspect === 'string' && aspect !== 'carriers' && aspect !== 'countries') return [];
    if (old.aspect(aspect) === now.aspect(aspect)) return [];
    return pool.texts.flatMap((text): [string, string, World][] => {
      const keys = [now, old].map((world) => normalise(type, text, world.books));
      const known = [now, old].map((world) => isKnown(type, text, world.books) === true);
      if (text.trim() === '' || (keys[0] === keys[1] && known[0] === known[1])) return [];
      return [now, old].flatMap((world, at) => (known[at] ? [[fact, keys[at] as string, world]] : []));
    });
  }

  private blankOf(fact: string, variable: Variable): Texts | null {
    const literal = this.space.opLiteral(fact, { kind: 'blank' }, this.point);
    return literal.variable === variable ? literal.holds : null;
  }

  /** A test as a rule says it. */
  private written(fact: string, op: Op): string {
    return writtenOp(op, this.point.world.type(fact));
  }

  private samples(variable: Variable, texts: Texts): string {
    const size = variable.pool.texts.length;
    const found = [...members(meet(texts, variable.domain), size)].map((id) => variable.pool.texts[id] ?? '');
    // Case and space are no other text to those who read this.
    const byFold = new Map(found.reverse().map((text) => [text.trim().toLowerCase(), text.trim()]));
    const all = [...byFold.values()].reverse().map((text) => (text === '' ? 'blank' : scalar(text)));
    const shown = all.slice(0, MOST_TEXTS).join(', ');
    return all.length > MOST_TEXTS ? `such as ${shown}` : all.length > 1 ? `[${shown}]` : shown;
  }
}

const OR_BLANK = 'blank or ';
const OR_EITHER = ' or either blank';

/** Several sayings of one fact, all of which must be so. */
function together(says: readonly string[]): string {
  if (says.length < 2) return says.join('');
  return says
    .map((one) => (one.startsWith(OR_BLANK) || one.endsWith(OR_EITHER) ? `(${one})` : one))
    .join(' and ');
}

/** What is said in one word is said first; what needs an `or`, last. */
const BLANK = 0;
const NAME = 1;
const TEST = 2;
const NOT = 3;
const OR = 4;
const LATER = 10;

const NO_NUMBER = 'no number';

function union(a: Texts, b: Texts): Texts {
  return complement(meet(complement(a), complement(b)));
}

function isAll(variable: Variable, texts: Texts): boolean {
  const size = variable.pool.texts.length;
  return count(meet(variable.domain, complement(texts)), size) === 0;
}

/** A variable by the fact that reads it. */
function nameOf({ kind, fact }: Variable, point: Point, space: Space): string {
  if (kind === 'none') return `none.${fact}`;
  if (kind !== 'cell' || !isCell(fact)) return fact;
  const term = point.field(fact);
  const now = term.kind === 'corrected' ? term.of : term;
  return now.key === space.of(space.variable('cell', fact)).key ? fact : `original.${fact}`;
}

/** Whether a test holds of a text only, and of no blank. */
function isOfText(op: Op): boolean {
  if (op.kind === 'not') return op.ops.length !== 1 || op.ops[0]?.kind !== 'present';
  return op.kind !== 'any' && op.kind !== 'blank';
}

/** The single names in a test that lists several. */
function namesIn(op: Op): Op[] {
  if (op.kind === 'not') return op.ops.flatMap((one) => [one, ...namesIn(one)]);
  if (op.kind !== 'equals' || op.keys.length < 2) return [];
  return op.keys.map((key, at) => ({ kind: 'equals', keys: [key], written: [op.written[at] ?? key] }));
}

function negated(says: string, orBlank: boolean): string {
  if (says === 'blank') return 'present';
  if (says === 'present') return 'blank';
  const inner = /^\{ not: (.*) \}$/.exec(says)?.[1];
  if (inner !== undefined) return orBlank ? OR_BLANK + inner : inner;
  const not = `{ not: ${says} }`;
  return orBlank ? OR_BLANK + not : not;
}

function writtenOp(op: Op, type: FactType): string {
  const list = (texts: readonly string[]) => {
    const all = texts.map(scalar);
    return all.length === 1 ? (all[0] ?? '') : `[${all.join(', ')}]`;
  };
  switch (op.kind) {
    case 'equals':
      // Names that have many spellings are said by the one that all of them mean.
      return list(
        type === 'carrier' || type === 'country' || typeof type === 'object' ? op.keys : op.written,
      );
    case 'exactly':
      return `{ exactly: ${list(op.texts)} }`;
    case 'starts-with':
      return `{ starts-with: ${list(op.prefixes)} }`;
    case 'matches':
      return `{ matches: ${JSON.stringify(op.pattern.source)} }`;
    case 'same-as':
    case 'identical-to':
      return `{ ${op.kind}: ${op.fact} }`;
    case 'number': {
      const bounds = [
        ...(op.min === null ? [] : [`${op.minOpen ? 'above' : 'at-least'}: ${op.min}`]),
        ...(op.max === null ? [] : [`${op.maxOpen ? 'below' : 'at-most'}: ${op.max}`]),
      ];
      return `{ ${bounds.join(', ')} }`;
    }
    case 'not': {
      const inner = op.ops.map((one) => writtenOp(one, type));
      if (inner.length === 1) return negated(inner[0] ?? '', false);
      return `{ not: { ${inner.map((one) => one.replace(/^\{ | \}$/g, '')).join(', ')} } }`;
    }
    case 'all-of':
      return `{ ${op.ops.map((one) => writtenOp(one, type).replace(/^\{ | \}$/g, '')).join(', ')} }`;
    default:
      return op.kind;
  }
}

/** A text as it stands in a list of a rule. */
function scalar(text: string): string {
  return /^[^\s,[\]{}"'#&*!|>%@`:-]([^,[\]{}"#:]*[^\s,[\]{}"#:])?$/.test(text) ? text : JSON.stringify(text);
}
