/** Regions of rows: for each variable a set of texts, and what has been found out about texts together. */
import type { Atom, Literal, Variable } from './space.ts';
import { complement, count, FALSE, meet, type Texts, TRUE, UNREADABLE, type Verdict } from './texts.ts';

/** Some rows: those whose texts lie in the sets and of which everything that was said is true. */
export class Region {
  static readonly everything = new Region(new Map(), new Map());
  private readonly sets: ReadonlyMap<Variable, Texts>;
  /** What is known of tests that no set of texts can express. */
  readonly said: ReadonlyMap<Atom, Verdict>;

  private constructor(sets: ReadonlyMap<Variable, Texts>, said: ReadonlyMap<Atom, Verdict>) {
    this.sets = sets;
    this.said = said;
  }

  /** The variables of which something is known. */
  get variables(): Iterable<Variable> {
    return this.sets.keys();
  }

  constrains(variable: Variable): boolean {
    return this.sets.has(variable);
  }

  texts(variable: Variable): Texts {
    return this.sets.get(variable) ?? variable.domain;
  }

  /** The part of the region where a variable is one of `texts`; null where there is none. */
  within(variable: Variable, texts: Texts): Region | null {
    const left = meet(this.texts(variable), texts);
    return count(left, variable.pool.texts.length) === 0 ? null : this.put(variable, left);
  }

  /** The region with another set for a variable. */
  put(variable: Variable, texts: Texts): Region {
    return new Region(new Map(this.sets).set(variable, texts), this.said);
  }

  /** The region with nothing known of a variable. */
  free(variable: Variable): Region {
    const sets = new Map(this.sets);
    sets.delete(variable);
    return new Region(sets, this.said);
  }

  /** The region with nothing known of a test. */
  without(atom: Atom): Region {
    const said = new Map(this.said);
    said.delete(atom);
    return new Region(this.sets, said);
  }

  /** The part of the region where a test comes out as said; null where it is known to come out otherwise. */
  where(atom: Atom, verdict: Verdict): Region | null {
    const known = this.said.get(atom);
    if (known !== undefined) return known === verdict ? this : null;
    return new Region(this.sets, new Map(this.said).set(atom, verdict));
  }
}

/** What a literal says of a region: undefined where it holds in a part of it only. */
export function verdictIn(literal: Literal, region: Region): Verdict | undefined {
  const { atom, variable, wanted } = literal;
  if (!variable) {
    const known = region.said.get(atom);
    if (known === undefined || known === UNREADABLE) return known;
    return (known === TRUE) === wanted ? TRUE : FALSE;
  }
  const { length } = variable.pool.texts;
  const here = region.texts(variable);
  if (count(meet(here, literal.unreadable), length) > 0) {
    return count(meet(here, complement(literal.unreadable)), length) === 0 ? UNREADABLE : undefined;
  }
  const inside = count(meet(here, literal.holds), length);
  return inside === 0 ? FALSE : inside === count(here, length) ? TRUE : undefined;
}
