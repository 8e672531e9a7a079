/** Finds a row in a region, or that there is none: tests on several texts at once are tried out on texts. */
import type { Region } from './region.ts';
import type { Atom, Law, Space, Start, Variable } from './space.ts';
import { count, FALSE, members, spell, TRUE, type Verdict } from './texts.ts';

/** One row of a region. */
export interface Solution {
  readonly texts: ReadonlyMap<Variable, string>;
  /** What another column holds, where some cell of the row must fit; else null. */
  readonly other: string | null;
  /** Whether its patterns were tried too, and came out as said; else they are taken as free. */
  readonly sure: boolean;
}

/** Thrown where an answer would take longer than anybody waits. */
export class TooMuch extends Error {}

const MOST_TRIES = 1_000_000;

const BLANK_OR_NOT: Pick<Atom, 'profile'> = { profile: (_, text) => String(text.trim() === '') };

interface Part {
  readonly variables: readonly Variable[];
  readonly said: readonly (readonly [Atom, Verdict])[];
  readonly laws: readonly Law[];
}

type Found = ReadonlyMap<Variable, string> | null;

export class Solver {
  private readonly start: Start;
  private readonly space: Space;
  private readonly lawsOf = new Map<Variable, readonly Law[]>();
  private readonly known = new Map<string, Found>();

  constructor(space: Space, start: Start) {
    this.space = space;
    this.start = start;
  }

  /** The laws that bind a variable. */
  laws(variable: Variable): readonly Law[] {
    let laws = this.lawsOf.get(variable);
    if (!laws) {
      laws = this.space.laws(variable, this.start);
      this.lawsOf.set(variable, laws);
    }
    return laws;
  }

  /** Whether texts of a region hang together, so that one of them says something of another. */
  binds(region: Region): boolean {
    if (region.said.size > 0) return true;
    for (const variable of region.variables) if (this.laws(variable).length > 0) return true;
    return false;
  }

  /** Whether some row lies in the region, patterns taken as free. */
  possible(region: Region): boolean {
    return this.parts(region).every((part) => this.settle(part, region, false) !== null);
  }

  /** A row of the region, one that shows its patterns if there is such a one; null where there is no row. */
  solve(region: Region): Solution | null {
    const parts = this.parts(region);
    for (const sure of [true, false]) {
      const found = parts.map((part) => this.settle(part, region, sure));
      if (found.some((one) => one === null)) continue;
      const texts = new Map(found.flatMap((one) => [...(one as ReadonlyMap<Variable, string>)]));
      return { texts, other: otherCell(region), sure };
    }
    return null;
  }

  /** What hangs together: texts that a test or a law reads at once. */
  private parts(region: Region): Part[] {
    const variables = new Set<Variable>(region.variables);
    for (const atom of region.said.keys())
      for (const one of atom.variables) if (!atom.cells) variables.add(one);
    const laws = new Set<Law>();
    // The set grows while it is walked: a law may bring in a variable with laws of its own.
    for (const variable of variables) {
      for (const law of this.laws(variable)) {
        laws.add(law);
        for (const one of law.variables) variables.add(one);
      }
    }
    const groups = new Map<Variable, Variable>();
    const root = (one: Variable): Variable => {
      let at = one;
      for (let up = groups.get(at); up !== undefined && up !== at; up = groups.get(at)) at = up;
      return at;
    };
    const bind = (bound: readonly Variable[]) => {
      for (const one of bound.slice(1)) groups.set(root(one), root(bound[0] as Variable));
    };
    for (const atom of region.said.keys()) if (!atom.cells) bind(atom.variables);
    for (const law of laws) bind(law.variables);
    const parts = new Map<Variable, { variables: Variable[]; said: [Atom, Verdict][]; laws: Law[] }>();
    const partOf = (one: Variable) => {
      const key = root(one);
      let part = parts.get(key);
      if (!part) {
        part = { variables: [], said: [], laws: [] };
        parts.set(key, part);
      }
      return part;
    };
    for (const variable of variables) partOf(variable).variables.push(variable);
    for (const law of laws) partOf(law.variables[0] as Variable).laws.push(law);
    for (const [atom, verdict] of region.said) {
      const [first] = atom.variables;
      // A cell that nobody asks for may hold what it likes, and another column too.
      if (atom.cells) {
        if (verdict === FALSE) for (const part of parts.values()) part.said.push([atom, verdict]);
        else parts.set({ id: -atom.id } as Variable, { variables: [], said: [[atom, verdict]], laws: [] });
      } else if (first) partOf(first).said.push([atom, verdict]);
      else parts.set({ id: -atom.id } as Variable, { variables: [], said: [[atom, verdict]], laws: [] });
    }
    return [...parts.values()];
  }

  private settle(part: Part, region: Region, sure: boolean): Found {
    const [only, ...more] = part.variables;
    if (part.said.length === 0 && part.laws.length === 0) {
      if (!only || more.length > 0) return new Map();
      for (const id of members(region.texts(only), only.pool.texts.length))
        return new Map([[only, only.pool.texts[id] as string]]);
      return null;
    }
    const key = [
      sure ? 1 : 0,
      ...part.variables.map((one) => `${one.id}:${spell(region.texts(one))}`),
      ...part.said.map(([atom, verdict]) => `${atom.id}=${verdict}`),
    ].join();
    let found = this.known.get(key);
    if (found === undefined) {
      found = this.search(part, region, sure);
      this.known.set(key, found);
    }
    return found;
  }

  private search(part: Part, region: Region, sure: boolean): Found {
    const size = (one: Variable) => count(region.texts(one), one.pool.texts.length);
    // A number with its country code needs no country to be read: it comes first.
    const order = inReach(
      [...part.variables].sort(
        (a, b) =>
          Number(b.fact === 'phoneNumber') - Number(a.fact === 'phoneNumber') ||
          size(a) - size(b) ||
          a.id - b.id,
      ),
      part,
    );
    const chosen = new Map<Variable, string>();
    const choice = (one: Variable) => chosen.get(one);
    let tries = 0;
    const fits = (): boolean => {
      if (++tries > MOST_TRIES) throw new TooMuch();
      for (const [atom, verdict] of part.said) if (!agrees(atom, verdict, choice, sure)) return false;
      for (const law of part.laws) if (law.holds(choice) === false) return false;
      return true;
    };
    const candidates = order.map((one) => this.candidates(one, part, region, sure));
    const readers = [...part.said.map(([atom]) => atom), ...part.laws];
    const bound = order.map((one, at) => {
      const together = readers.filter(({ variables }) => variables.includes(one));
      return order.flatMap((other, before) =>
        before < at && together.some(({ variables }) => variables.includes(other)) ? [before] : [],
      );
    });
    /** Places what follows. Where nothing fits, which of the earlier choices had a part in that; null where all fit. */
    const place = (at: number): Set<number> | null => {
      const variable = order[at];
      if (!variable) return null;
      const blame = new Set(bound[at]);
      for (const text of candidates[at] as readonly string[]) {
        chosen.set(variable, text);
        if (!fits()) continue;
        const failed = place(at + 1);
        if (failed === null) return null;
        // What failed further on has nothing to do with this choice: another one would not help.
        if (!failed.has(at)) {
          chosen.delete(variable);
          return failed;
        }
        for (const one of failed) if (one < at) blame.add(one);
      }
      chosen.delete(variable);
      return blame;
    };
    return fits() && place(0) === null ? new Map(chosen) : null;
  }

  /** One text for all that are alike to everything that is said. */
  private candidates(variable: Variable, { said, laws }: Part, region: Region, sure: boolean): string[] {
    const readers: Pick<Atom, 'profile'>[] = [];
    for (const [atom] of said) {
      if (!atom.variables.includes(variable)) continue;
      readers.push(atom.free && !sure ? BLANK_OR_NOT : atom);
    }
    for (const law of laws) if (law.variables.includes(variable)) readers.push(law);
    const classes = readers.map((reader) => this.space.alike(reader, variable));
    const seen = new Map<string, string>();
    for (const id of members(region.texts(variable), variable.pool.texts.length)) {
      let key = '';
      for (const one of classes) key += `${one[id]} `;
      if (!seen.has(key)) seen.set(key, variable.pool.texts[id] as string);
    }
    return [...seen.values()];
  }
}

/** A text of one more column by which all is so that is said of any cell. */
function otherCell({ said }: Region): string | null {
  const cells = [...said].filter(([atom]) => atom.cells);
  const wanted = cells.filter(([, verdict]) => verdict === TRUE).map(([atom]) => atom);
  const unwanted = new Set(
    cells.filter(([, verdict]) => verdict === FALSE).flatMap(([atom]) => atom.fitting),
  );
  const fits = (text: string) => !unwanted.has(text) && wanted.every(({ fitting }) => fitting.includes(text));
  return wanted[0]?.fitting.find(fits) ?? wanted[0]?.fitting.find((text) => !unwanted.has(text)) ?? null;
}

/** So few are tried in whatever order. */
const FEW = 6;

/** Of many variables, those that a test reads together one after another: a text that fits nothing is seen at once. */
function inReach(variables: readonly Variable[], { said }: Part): readonly Variable[] {
  if (variables.length <= FEW) return variables;
  const order: Variable[] = [];
  const left = new Set(variables);
  const bound = new Set<Variable>();
  for (let next = variables[0]; next !== undefined; ) {
    order.push(next);
    left.delete(next);
    const now = next;
    for (const [atom] of said)
      if (!atom.cells && atom.variables.includes(now)) for (const one of atom.variables) bound.add(one);
    next = [...left].find((one) => bound.has(one)) ?? [...left][0];
  }
  return order;
}

/** Whether a choice, as far as it goes, lets an atom come out as said. */
function agrees(
  atom: Atom,
  verdict: Verdict,
  choice: (variable: Variable) => string | undefined,
  sure: boolean,
): boolean {
  if (atom.free && !sure) return verdict !== TRUE || atom.blank === null || atom.blank(choice) !== true;
  if (atom.cells) return verdict === TRUE ? atom.fitting.length > 0 : atom.judge(choice) !== true;
  const outcome = atom.judge(choice);
  if (outcome === undefined) return true;
  return outcome === 'unreadable' ? verdict === 2 : outcome === (verdict === TRUE);
}
