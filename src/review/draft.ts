/** An entry in the making: put into its file key by key, and judged at each by the loader, with all other files. */
import {
  type Block,
  type Edited,
  type ListKey,
  newRuleFile,
  withEntry,
  withText,
  withTexts,
  type Yaml,
} from '../engine/edit-rules.ts';
import { CARRIER, ESCALATION, LOOK_UP, RULE } from '../engine/grammar.ts';
import { loadRules, type RuleText } from '../engine/load.ts';
import type { Problem } from '../engine/problem.ts';
import type { Escalation, LookUp, Rule, RuleSet } from '../engine/rule.ts';
import { type Home, homeOf } from './rule-home.ts';

/** The rule files as they are, and which folder of them takes the entry. */
export interface Ground {
  readonly sources: readonly RuleText[];
  readonly extend: readonly RuleText[];
  readonly asOf: string;
  /** How near a date may be before it is said. */
  readonly warnDays: number;
  /** Whether the entry goes into the folder laid over the others. */
  readonly over: boolean;
  /** The first line of a file that is made. */
  readonly modeline: string;
  /** How findings name a file of the folder that takes the entry. */
  readonly pathOf: (name: string) => string;
  /** What is wrong in the files as they are. */
  readonly problems: readonly Problem[];
}

/** What the files are with the entry in them. */
export interface Compiled {
  /** null while something is wrong or lacking. */
  readonly rules: RuleSet | null;
  /** What is wrong, and was not without the entry. */
  readonly problems: readonly Problem[];
  /** The files of the folder that differ: name -> text. */
  readonly files: ReadonlyMap<string, string>;
  /** Where the entry begins. */
  readonly path: string;
  readonly line: number;
}

/** A new carrier that is added along with an entry that names it. */
const CARRIER_HOME = 'carriers.yaml';

/** The keys of an entry in the order in which they are written. */
const ORDER: Readonly<Record<ListKey, readonly string[]>> = {
  carriers: inOrder(CARRIER.keys),
  'look-ups': inOrder(LOOK_UP.keys),
  escalations: inOrder(ESCALATION.keys),
  rules: inOrder(RULE.keys),
};

function inOrder(keys: object): string[] {
  const all = Object.keys(keys);
  // The grammar has a look-up's id among what is seldom given; where it is, it stands first as elsewhere.
  return all.includes('id') ? ['id', ...all.filter((key) => key !== 'id')] : all;
}

export class Draft {
  readonly list: ListKey;
  /** Carriers that are added along with the entry, by name. */
  private carriers: readonly string[] = [];
  private at: Home;
  private readonly entry = new Map<string, Yaml>();
  /** Keys that will still be given: what their lack makes wrong is not wrong yet. */
  private readonly open: Set<string>;
  private readonly ground: Ground;
  private readonly known: ReadonlySet<string>;

  private compiled: Compiled | null = null;

  constructor(list: ListKey, ground: Ground, home: Home) {
    this.list = list;
    this.ground = ground;
    this.at = home;
    this.open = new Set(ORDER[list]);
    this.known = new Set(ground.problems.map(said));
  }

  get(key: string): Yaml | undefined {
    return this.entry.get(key);
  }

  /** Whether the entry is one that is there already, and gains something. */
  get isStanding(): boolean {
    return this.home.standing !== null;
  }

  /** The files of the folder that takes the entry. */
  get folder(): readonly RuleText[] {
    return this.ground.over ? this.ground.extend : this.ground.sources;
  }

  /** The files that the folder is laid over. */
  get below(): readonly RuleText[] {
    return this.ground.over ? this.ground.sources : [];
  }

  get home(): Home {
    return this.at;
  }

  /** Moves the entry to another file. @returns what is wrong with it there; then it stays where it was */
  moveTo(home: Home): readonly Problem[] {
    const before = this.at;
    const set = (to: Home) => {
      this.compiled = null;
      this.at = to;
    };
    set(home);
    const problems = this.faults(true);
    if (problems.length > 0) set(before);
    return problems;
  }

  /**
   * Gives the entry a key, or with null leaves it without.
   * @param unfinished whether more of the value will come, so that nothing lacks in it yet
   * @returns what `csr rules check` would say against it; then the entry is as it was
   */
  put(key: string, value: Yaml | null, unfinished = false): readonly Problem[] {
    const before = this.entry.get(key) ?? null;
    const wasOpen = this.open.delete(key);
    this.set(key, value);
    const problems = this.faults(unfinished);
    if (problems.length > 0) {
      this.set(key, before);
      if (wasOpen) this.open.add(key);
    }
    return problems;
  }

  /** Adds a carrier along with the entry, or takes it away. */
  bring(name: string, isWanted = true): void {
    this.compiled = null;
    this.carriers = isWanted ? [...this.carriers, name] : this.carriers.filter((one) => one !== name);
  }

  private set(key: string, value: Yaml | null): void {
    this.compiled = null;
    if (value === null) this.entry.delete(key);
    else this.entry.set(key, value);
  }

  /** What is wrong with what has been given so far. */
  private faults(unfinished: boolean): readonly Problem[] {
    const { problems, path, line } = this.compile();
    const wrong = problems.filter(({ code, place }) => {
      if (code === 'missing-field') return !unfinished && (place?.file !== path || place.line !== line);
      if (code === 'empty-when') return !this.open.has('when');
      // A look-up for a country is one for its every carrier until the carrier is said.
      if (code === 'conflict' || code === 'duplicate-id')
        return this.list !== 'look-ups' || !(this.open.has('country') || this.open.has('carrier'));
      return true;
    });
    return wrong.map((problem) => withoutPlace(problem, path));
  }

  /** The files with the entry in them, loaded together with all others. */
  compile(): Compiled {
    this.compiled ??= this.load();
    return this.compiled;
  }

  private load(): Compiled {
    const { sources, extend, asOf, warnDays, over, pathOf } = this.ground;
    const { folder } = this;
    const texts = new Map(folder.map(({ name, text }) => [name, text]));
    for (const name of this.carriers)
      this.write(texts, 'carriers', this.carrierHome(), this.carrierBlock(name));
    const { line } = this.write(texts, this.list, this.home, this.block());
    const before = new Map(folder.map((source) => [source.name, source]));
    const files = new Map([...texts].filter(([name, text]) => before.get(name)?.text !== text));
    const edited = [...texts].map(([name, text]): RuleText => {
      const source = before.get(name);
      // A text that is as it was may bring its tree along.
      return source && source.text === text ? source : { name, path: source?.path ?? pathOf(name), text };
    });
    const { rules, problems } = loadRules(over ? sources : edited, {
      digest: '',
      extend: over ? edited : extend,
      asOf,
      warnDays,
    });
    return {
      rules,
      problems: problems.filter((problem) => !this.known.has(said(problem))),
      files,
      path: before.get(this.home.name)?.path ?? pathOf(this.home.name),
      line,
    };
  }

  /** The rule, look-up or escalation that the entry has become; null for a carrier. */
  ownerIn(rules: RuleSet): Rule | LookUp | Escalation | null {
    const { path, line } = this.compile();
    const all = [...rules.tables.flatMap((table) => table.rules), ...rules.lookUps, ...rules.escalations];
    return all.find(({ place }) => place.file === path && place.line === line) ?? null;
  }

  private block(): Block {
    return new Map(
      ORDER[this.list].flatMap((key): [string, Yaml][] => {
        const value = this.entry.get(key);
        return value === undefined ? [] : [[key, value]];
      }),
    );
  }

  /** A carrier that is only named: it comes from where the entry comes from. */
  private carrierBlock(name: string): Block {
    const from = ['why', 'source', 'basis'].flatMap((key): [string, Yaml][] => {
      const value = this.entry.get(key);
      return value === undefined ? [] : [[key, value]];
    });
    return new Map<string, Yaml>([['name', name], ...from]);
  }

  private carrierHome(): Home {
    return this.list === 'look-ups' ? this.home : homeOf(this.folder, 'carriers', 'carriers', CARRIER_HOME);
  }

  /** Writes an entry into one of the texts, or a new one. */
  private write(texts: Map<string, string>, list: ListKey, home: Home, block: Block): Edited {
    const text = texts.get(home.name);
    let edited: Edited;
    if (text === undefined) edited = newRuleFile(this.ground.modeline, home.head, list, block);
    else if (home.standing !== null && list === this.list) edited = gained(text, list, home.standing, block);
    else edited = withEntry(text, list, block, home.before ?? undefined);
    texts.set(home.name, edited.text);
    return edited;
  }
}

/** An entry of a carrier with what it gains; whatever else it says of itself stays. */
function gained(text: string, list: ListKey, line: number, block: Block): Edited {
  let edited: Edited = { text, line };
  const names = ['name'];
  for (const key of ['also', 'not', 'pin']) {
    const value = block.get(key);
    if (typeof value === 'string' && key === 'pin')
      edited = withText(edited.text, list, line, key, value, names);
    else if (value !== undefined) edited = withTexts(edited.text, list, line, key, textsOf(value), names);
    names.push(key);
  }
  return { text: edited.text, line };
}

function textsOf(value: Yaml): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

/** A problem by what it says: where it stands moves with what is put in above it. */
function said({ code, message, place }: Problem): string {
  return JSON.stringify([code, message, place?.file ?? null]);
}

/** Nobody can look at a line that is not written yet. */
function withoutPlace({ place, excerpt, ...problem }: Problem, path: string): Problem {
  return place === undefined || place.file === path
    ? problem
    : { ...problem, place, ...(excerpt === undefined ? {} : { excerpt }) };
}
