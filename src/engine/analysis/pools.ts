/**
 * The texts that stand for all texts of a fact. For every operator but `matches`, whatever a cell may hold,
 * one of them makes all tests come out alike: each constant under its names, each prefix alone and longer,
 * each bound with what lies on both sides, a blank, and texts that no rule names. Facts that are compared
 * or copied share a pool, with enough texts that nobody names for all of them to differ.
 */
import { testsOf } from '../evaluate.ts';
import { isKnown, normalise } from '../facts.ts';
import { fold, words } from '../names.ts';
import { numberingPlan } from '../number.ts';
import type { FactType, Op, Test } from '../rule.ts';
import { patternTexts } from './pattern-texts.ts';
import { isCell, leaves, type World, writingsOf } from './world.ts';

/** Texts by number. */
export class Pool {
  readonly texts: readonly string[];
  private readonly numbers: ReadonlyMap<string, number>;

  constructor(texts: Iterable<string>) {
    this.texts = [...new Set(texts)];
    this.numbers = new Map(this.texts.map((text, number) => [text, number]));
  }

  number(text: string): number | undefined {
    return this.numbers.get(text);
  }
}

/** What rules do with the facts of one pool. */
interface Use {
  readonly facts: Set<string>;
  readonly ops: Set<Op>;
  readonly constants: Set<string>;
  /** Whether two of the facts are compared, or one copied to another. */
  linked: boolean;
  /** Whether a rule keeps what stands there: to the letter. */
  kept: boolean;
}

/** More facts than that are never all different at once. */
const MOST_DIFFERENT = 8;
/** Of each kind of number that tells rules apart, so many. */
const NUMBERS_EACH = 2;
const LONGEST_NUMBER = 15;
const MOST_SPACES = 3;

export class Pools {
  private readonly worlds: readonly World[];
  private readonly parents = new Map<string, string>();
  private readonly uses = new Map<string, Use>();
  private readonly pools = new Map<Use, Pool>();
  private readonly readsNumbers: boolean;
  private readonly readsPins: boolean;
  /** The types of numbers that rules tell from others. */
  private readonly typesNamed = new Set<string>();

  /** @param also tests that are asked beside those of the rules */
  constructor(worlds: readonly World[], also: readonly Pick<Test, 'fact' | 'op'>[] = []) {
    this.worlds = worlds;
    const links: (readonly [string, string])[] = [];
    const ops: (readonly [string, Op])[] = [];
    const constants: (readonly [string, string])[] = [];
    const kept: string[] = [];
    const seen = new Set<string>();
    for (const world of worlds) {
      const { tables, rules } = world;
      const own = tables.flatMap((table) => table.rules);
      for (const { fact, op } of [...own.flatMap(testsOf), ...also]) {
        for (const leaf of leaves(op)) {
          ops.push([fact, leaf]);
          // A number without its code is one of the country that the row names.
          if (fact === 'number.country' && leaf.kind === 'equals')
            for (const key of leaf.keys) constants.push(['country', key]);
          if (fact === 'number.type')
            for (const type of leaf.kind === 'equals' ? leaf.keys : NUMBER_TYPES) this.typesNamed.add(type);
          if (pooled(fact) === 'phoneNumber')
            for (const code of countriesOf(leaf, world))
              constants.push(['number.country', code], ['country', code]);
          if (leaf.kind === 'same-as' || leaf.kind === 'identical-to') links.push([fact, leaf.fact]);
        }
      }
      for (const rule of own) {
        for (const { field, kind, from } of writingsOf(rule)) {
          // Between rule sets, what is written counts against what stands there: to the letter too.
          if (kind === 'keep' || worlds.length > 1) kept.push(field);
          if (kind === 'set') constants.push([field, from]);
          else if (kind === 'copy' || kind === 'lowest') links.push([field, from]);
        }
      }
      for (const { country, carrier } of rules.lookUps) {
        if (country !== null) constants.push(['country', country]);
        if (carrier !== null) constants.push(['carrier', carrier]);
      }
    }
    for (const [fact, other] of links) {
      for (const one of [fact, other]) seen.add(one);
      if (fact === 'number.type' || other === 'number.type')
        for (const type of NUMBER_TYPES) this.typesNamed.add(type);
      this.parents.set(this.root(pooled(fact)), this.root(pooled(other)));
    }
    const use = (fact: string): Use => {
      seen.add(fact);
      const root = this.root(pooled(fact));
      let found = this.uses.get(root);
      if (!found) {
        found = { facts: new Set(), ops: new Set(), constants: new Set(), linked: false, kept: false };
        this.uses.set(root, found);
      }
      found.facts.add(pooled(fact));
      return found;
    };
    for (const [fact, other] of links) for (const one of [fact, other]) use(one).linked = true;
    for (const fact of kept) use(fact).kept = true;
    for (const [fact, op] of ops) use(fact).ops.add(op);
    for (const [fact, text] of constants) use(fact).constants.add(text);
    this.readsNumbers = [...seen].some((fact) => fact.startsWith('number.'));
    this.readsPins = seen.has('carrier.pin');
  }

  /** The texts for a fact. */
  of(fact: string): Pool {
    const use = this.uses.get(this.root(pooled(fact))) ?? {
      facts: new Set([pooled(fact)]),
      ops: new Set(),
      constants: new Set(),
      linked: false,
      kept: false,
    };
    let pool = this.pools.get(use);
    if (!pool) {
      pool = new Pool(this.gather(use));
      this.pools.set(use, pool);
      // A fact that nobody uses has a pool of its own too.
      this.uses.set(this.root(pooled(fact)), use);
    }
    return pool;
  }

  private root(fact: string): string {
    let root = fact;
    for (let up = this.parents.get(root); up !== undefined && up !== root; up = this.parents.get(root))
      root = up;
    return root;
  }

  private gather(use: Use): Set<string> {
    const many = use.linked ? Math.min(MOST_DIFFERENT, 2 * use.facts.size) : 2;
    const gathering = new Gathering(use, many, this.worlds);
    for (const fact of use.facts) {
      for (const world of this.worlds) {
        const type = world.type(fact);
        if (fact === 'carrier.pin') for (const { pin } of world.rules.carriers) gathering.add(pin ?? '');
        else if (fact === 'number.country') gathering.addCountries(world);
        else if (fact === 'number.type') gathering.addAll(NUMBER_TYPES);
        else if (type === 'carrier') gathering.addCarriers(world, this.readsPins);
        else if (type === 'country') gathering.addCountries(world);
        else if (typeof type === 'object') gathering.addValues(world, type);
        else if (type === 'yes-no') gathering.addAll(gathering.careful ? YES_NO_WORDS : ['yes', 'no']);
        else if (fact.startsWith('file.distinct.')) gathering.addAll(['0', '1', '2', '3']);
        if (this.worlds.length > 1) gathering.addAll(this.readDifferently(type));
        if (this.worlds.length > 1 && use.kept) gathering.addLast([' ']);
        if (isCell(fact)) gathering.addLast(world.blankWords);
        for (const text of world.allowed(fact) ?? []) gathering.add(text);
        if (fact === 'phoneNumber' && this.readsNumbers)
          gathering.addNumbers(world, this.countries(world), this.typesNamed);
      }
    }
    return gathering.finish();
  }

  /** Names that mean one thing in one world and another in another. */
  private readDifferently(type: FactType): string[] {
    const aspect = type === 'carrier' ? 'pins' : type === 'country' ? 'countries' : type;
    if (typeof aspect === 'string' && aspect !== 'pins' && aspect !== 'countries') return [];
    if (new Set(this.worlds.map((world) => world.aspect(aspect))).size === 1) return [];
    const names = this.worlds.flatMap(({ rules }): string[] => {
      if (typeof type === 'object')
        return [...(rules.layouts.values.get(type.values) ?? [])].flatMap(([name, texts]) => [
          name,
          ...texts,
        ]);
      if (type === 'country') return Object.keys(rules.countryAliases);
      const carriers = rules.carriers.flatMap(({ name, also, not }) => [name, ...also, ...not]);
      const noise = [...rules.carrierNoise.words, ...Object.keys(rules.carrierNoise.states)];
      const noisy = rules.carriers.flatMap(({ name }) =>
        noise.flatMap((one) => [`${name} ${one}`, `${one} ${name}`]),
      );
      return [...carriers, ...(this.sameNoise() ? [] : noisy)];
    });
    const meaning = (world: World, text: string) => {
      const key = normalise(type, text, world.books);
      const carrier = type === 'carrier' ? world.books.carriers.carrier(text) : null;
      return JSON.stringify([key, carrier?.name, carrier?.pin, isKnown(type, text, world.books)]);
    };
    return [...new Set(names)].filter(
      (text) => new Set(this.worlds.map((world) => meaning(world, text))).size > 1,
    );
  }

  private sameNoise(): boolean {
    return new Set(this.worlds.map(({ rules }) => JSON.stringify(rules.carrierNoise))).size === 1;
  }

  /** The countries that numbers must be found for: those that rules tell apart, and others. */
  private countries(world: World): string[] {
    const named = ['country', 'number.country'].flatMap((fact) => this.of(fact).texts);
    return [...new Set(named.flatMap((text) => world.books.countries.code(text) ?? []))];
  }
}

/** The countries of numbers that a test on numbers names, by what they begin with or as a whole. */
function countriesOf(op: Op, world: World): string[] {
  if (op.kind === 'equals') return op.keys.flatMap((key) => world.number(key, '', undefined).country ?? []);
  if (op.kind !== 'starts-with') return [];
  const prefixes = op.prefixes.filter((prefix) => /^\+[0-9]+$/.test(prefix));
  if (prefixes.length === 0) return [];
  return world.books.countries.codes().filter((code) => {
    const calling = `+${numberingPlan(code)?.callingCode}`;
    return prefixes.some((prefix) => prefix.startsWith(calling) || calling.startsWith(prefix));
  });
}

const NUMBER_TYPES = ['local', 'mobile', 'toll-free', 'premium', 'voip', 'other'];
const YES_NO_WORDS = ['yes', 'no', 'y', 'n', 'true', 'false'];

/** `original.address` holds what `address` may hold. */
function pooled(fact: string): string {
  return fact.startsWith('original.') ? fact.slice('original.'.length) : fact;
}

/** Collects the texts of one pool: what is plain to read first, the blank last. */
class Gathering {
  /** Whether some operator looks at more than what a text means: then each meaning needs several texts. */
  readonly careful: boolean;
  private readonly many: number;
  private readonly prefixes: readonly string[];
  private readonly bounds: readonly number[];
  private readonly sources: readonly string[];
  private readonly facts: ReadonlySet<string>;
  private readonly linked: boolean;
  private readonly named = new Set<string>();
  private readonly others = new Set<string>();
  private readonly last = new Set<string>();
  /** Of the others, those that are many. */
  private readonly samples = new Set<string>();

  constructor({ facts, ops, constants, linked, kept }: Use, many: number, worlds: readonly World[]) {
    this.facts = facts;
    this.linked = linked;
    this.many = many;
    const all = [...ops];
    this.careful =
      linked ||
      kept ||
      all.some(({ kind }) => /^(exactly|identical-to|starts-with|matches|number)$/.test(kind));
    this.prefixes = [
      ...new Set(all.flatMap((op) => (op.kind === 'starts-with' ? op.prefixes : [])).filter(Boolean)),
    ];
    const bounds = all.flatMap((op) => (op.kind === 'number' ? [op.min, op.max] : []));
    this.bounds = [...new Set(bounds.filter((bound) => bound !== null))].sort((a, b) => a - b);
    this.sources = all.flatMap((op) => (op.kind === 'matches' ? [op.pattern.source] : []));
    for (const op of all) {
      if (op.kind === 'equals') for (const text of this.byType(op, worlds)) this.add(text);
      if (op.kind === 'exactly') for (const text of op.texts) this.add(text);
    }
    for (const text of constants) this.add(text);
  }

  add(text: string): void {
    if (text.trim() !== '') this.named.add(text);
  }

  /** Texts that stand for others only where nothing else does. */
  addLast(texts: Iterable<string>): void {
    for (const text of texts) this.last.add(text);
  }

  addAll(texts: Iterable<string>): void {
    for (const text of texts) this.add(text);
  }

  /** What an equality names: the key where that is a name of its own, else as it is written. */
  private byType(op: Extract<Op, { kind: 'equals' }>, worlds: readonly World[]): readonly string[] {
    const types = [...this.facts].flatMap((fact) => worlds.map((world) => world.type(fact)));
    const isName = (type: FactType) =>
      type === 'carrier' || type === 'country' || type === 'yes-no' || typeof type === 'object';
    return types.some(isName) ? [...op.keys, ...(this.careful ? op.written : [])] : op.written;
  }

  addCarriers(world: World, readsPins: boolean): void {
    const { carriers } = world.books;
    const named = new Set([...this.named].flatMap((text) => carriers.canonical(text) ?? []));
    const free = world.rules.carriers.filter(({ name }) => !named.has(name));
    // Each PIN makes its carrier another case.
    const others = readsPins ? free.filter(({ pin }) => pin !== null) : [];
    const plain = free.filter((carrier) => !others.includes(carrier)).slice(0, this.many);
    for (const { name } of [...others, ...plain]) this.others.add(name);
    this.addUnknown('Some Other Carrier', (text) => carriers.canonical(text) === null);
    if (!this.careful) return;
    const aliases = world.rules.carriers.flatMap(({ name, also, not }) => [name, ...also, ...not]);
    this.addCompletions(aliases, (text) => carriers.canonical(text));
  }

  addCountries(world: World): void {
    const { countries } = world.books;
    const named = new Set([...this.named].flatMap((text) => countries.code(text) ?? []));
    // Countries with numbers of their own make better rows than islands without.
    const free = countries.codes().filter((code) => !named.has(code) && numberingPlan(code) !== null);
    for (const code of free.slice(0, this.many)) this.others.add(code);
    this.addUnknown('Nowhere', (text) => countries.code(text) === null);
    if (this.careful) this.addCompletions(countries.texts(), (text) => countries.code(text));
  }

  addValues(world: World, type: { readonly values: string }): void {
    for (const [name, texts] of world.rules.layouts.values.get(type.values) ?? []) {
      this.add(name);
      if (this.careful) this.addAll(texts);
    }
  }

  /**
   * Names that begin as a prefix says, also where punctuation or a word without meaning stands before; of those
   * that no rule names, a few for all that begin alike.
   */
  private addCompletions(names: readonly string[], meaning: (text: string) => string | null): void {
    const named = new Set([...this.named].flatMap((text) => meaning(text) ?? []));
    const seen = new Map<string, number>();
    const folded = this.prefixes.map((prefix) => prefix.toLowerCase());
    const offer = (text: string) => {
      const meant = meaning(text);
      const start = text.trimStart().toLowerCase();
      const key = JSON.stringify([
        meant === null ? '' : named.has(meant) ? meant : '?',
        folded.map((prefix) => start.startsWith(prefix)),
      ]);
      const before = seen.get(key) ?? 0;
      if (before >= this.many) return;
      seen.set(key, before + 1);
      this.others.add(text);
    };
    for (const name of names) {
      const own = words(name);
      // Names are compared by their words: behind a sign they begin otherwise and mean the same.
      if (this.prefixes.length > 0) for (const sign of SIGNS) offer(sign + name);
      for (const prefix of this.prefixes) {
        const begun = words(prefix);
        const last = begun.at(-1);
        const next = own[begun.length - 1];
        if (fold(name).startsWith(prefix.toLowerCase())) offer(name);
        else if (last === undefined) offer(prefix + name);
        else if (next?.startsWith(last) && begun.slice(0, -1).every((word, at) => word === own[at]))
          offer([prefix + next.slice(last.length), ...own.slice(begun.length)].join(' '));
        else if (meaning(`${prefix} ${name}`) === meaning(name)) offer(`${prefix} ${name}`);
      }
    }
  }

  private addUnknown(stem: string, isUnknown: (text: string) => boolean): void {
    for (let at = 1, found = 0; found < this.many && at < 1000; at++) {
      const text = at === 1 ? stem : `${stem} ${at}`;
      if (!isUnknown(text)) continue;
      this.others.add(text);
      found++;
    }
  }

  /** Real phone numbers, of every kind that a rule can tell from another. `types` are those that rules name. */
  addNumbers(world: World, countries: readonly string[], types: ReadonlySet<string>): void {
    const seen = new Map<string, number>();
    const tried = new Set<string>();
    /** Whether the text is of a kind of which there were not enough. */
    const offer = (text: string, home = ''): boolean => {
      const attempt = `${home} ${text}`;
      if (tried.has(attempt)) return false;
      tried.add(attempt);
      const { country, type, valid } = world.number(text, home, undefined);
      const starts = this.prefixes.map((prefix) => text.startsWith(prefix));
      const kind = type === null || types.has(type) ? type : '';
      const key = JSON.stringify([country, kind, valid, home, starts]);
      const before = seen.get(key) ?? 0;
      if (before >= NUMBERS_EACH) return false;
      seen.set(key, before + 1);
      this.others.add(text);
      if (seen.size > this.many) this.samples.add(text);
      return true;
    };
    const numeric = this.prefixes.filter((prefix) => /^\+[0-9]+$/.test(prefix));
    const begun = (text: string) =>
      numeric.some((prefix) => prefix.startsWith(text) || text.startsWith(prefix));
    const wanted = new Set(countries);
    for (const code of world.books.countries.codes()) {
      const plan = numberingPlan(code);
      if (!plan || !(wanted.has(code) || begun(`+${plan.callingCode}`))) continue;
      const named = plan.types.filter(({ type }) => types.has(type));
      const other = plan.types.find(({ type }) => !types.has(type));
      for (const { pattern } of other ? [...named, other] : named) {
        let found = 0;
        for (const digits of patternTexts(pattern)) {
          const whole = `+${plan.callingCode}${digits}`;
          // Only among those that begin like a prefix may a later one be of a new kind.
          if (found < NUMBERS_EACH ? !(wanted.has(code) || begun(whole)) : !begun(whole)) continue;
          offer(whole);
          found++;
          // Without the calling code it is read by the country that the row names.
          if (wanted.has(code) && found === 1 && this.prefixes.length > 0) offer(digits, code);
        }
      }
      if (wanted.has(code))
        for (const text of [`+${plan.callingCode}5`, `+${plan.callingCode}55555`]) offer(text);
      if (wanted.has(code)) for (const text of ['55555', '12']) offer(text, code);
      // What only begins like one of the country's is its number too, and no valid one.
      if (plan.leading)
        for (const digits of patternTexts(plan.leading)) offer(`+${plan.callingCode}${digits}0`);
    }
    for (const prefix of numeric) {
      for (const digit of ['2', '5', '0', '9', '20', '55']) {
        for (let length = prefix.length + 1; length <= LONGEST_NUMBER + 1; length++)
          offer(prefix + digit.repeat(LONGEST_NUMBER).slice(0, length - prefix.length));
      }
    }
    for (const text of ['+99', 'not a number']) offer(text);
  }

  finish(): Set<string> {
    const types = this.facts.has('system') ? ['another layout'] : ['something', 'something else'];
    for (let at = 0; at < this.many; at++) this.others.add(types[at] ?? `something else ${at}`);
    const begun = this.prefixes.flatMap((prefix) => {
      const longer = Array.from({ length: this.linked ? this.many : 1 }, (_, at) => `${prefix}${FILL[at]}`);
      return [prefix, ...longer, ...this.numbersFrom(prefix)];
    });
    const texts = [...this.named, ...begun, ...this.numbers()];
    const others = [...this.others];
    for (const source of this.sources) others.push(...patternTexts(source));
    const all = new Set([...texts, ...others]);
    // A text that no rule names needs another that means the same only where facts are compared.
    const varied = this.linked ? [...texts, ...others.filter((text) => !this.samples.has(text))] : texts;
    if (this.careful) for (const text of varied) for (const one of this.variants(text)) all.add(one);
    if (this.bounds.length > 0) all.add('n/a');
    all.add('');
    for (const text of this.last) all.add(text);
    return all;
  }

  /** Other texts that mean the same: for `exactly`, `identical-to` and prefixes. */
  private variants(text: string): string[] {
    const spaces = Array.from(
      { length: this.linked ? Math.min(MOST_SPACES, this.facts.size) : 1 },
      (_, at) => `${text}${' '.repeat(at + 1)}`,
    );
    const upper = text.toUpperCase();
    const found = [...spaces, upper === text ? text.toLowerCase() : upper, text.normalize('NFD')];
    // A space within a number leaves it the same, and takes it away from every prefix beyond.
    if (/^\+[0-9]+$/.test(text)) {
      const cuts = this.prefixes.filter((prefix) => text.startsWith(prefix)).map((prefix) => prefix.length);
      for (const cut of cuts) if (cut > 1) found.push(`${text.slice(0, cut - 1)} ${text.slice(cut - 1)}`);
      if (cuts.length > 0) found.push(`tel:${text}`);
    }
    return found;
  }

  /** Each bound, and numbers before, between and after: as whole numbers where there are any. */
  private numbers(): string[] {
    const found: string[] = [];
    const low = this.bounds[0];
    if (low === undefined) return found;
    const spread = (from: number, to: number) => {
      const middle = Math.floor((from + to) / 2);
      found.push(String(middle > from && middle < to ? middle : (from + to) / 2));
      if (!this.careful) return;
      for (let at = 1; at <= this.many; at++) found.push(String(from + ((to - from) * at) / (this.many + 2)));
    };
    if (low > 0) spread(0, low);
    for (const [at, bound] of this.bounds.entries()) {
      found.push(String(bound), `+${bound}`, Number.isInteger(bound) ? `${bound}.0` : `${bound}0`);
      spread(bound, this.bounds[at + 1] ?? bound + 2 * (1 + Math.abs(bound)));
    }
    spread(low - 2 * (1 + Math.abs(low)), low);
    return found.filter((text) => /^[+-]*\d+(\.\d+)?$/.test(text)).map((text) => text.replace(/^\+-/, '-'));
  }

  /** Numbers that begin with a prefix of digits, in each range that a bound tells apart. */
  private numbersFrom(prefix: string): string[] {
    if (this.bounds.length === 0 || !/^[+-]?\d+(\.\d*)?$/.test(prefix)) return [];
    const texts: string[] = [prefix, `${prefix}0`, `${prefix}.5`, `${prefix}.0`];
    for (const bound of this.bounds) {
      for (const near of [bound, bound - 0.5, bound + 0.5, bound - 1, bound + 1]) {
        const text = String(near);
        texts.push(text, `+${text}`, `${text}.0`);
        // Zeros in front leave a number what it is.
        if (/^[+-]?0*$/.test(prefix) && near >= 0) texts.push(`${prefix}${text}`);
      }
    }
    for (let zeros = 1; zeros <= 8; zeros++) {
      texts.push(prefix + '0'.repeat(zeros), prefix + '9'.repeat(zeros), prefix + '5'.repeat(zeros));
    }
    return texts.filter((text) => text.startsWith(prefix));
  }
}

const SIGNS = ['(', '"'];
const FILL = ['x', 'yz', 'zz', 'xx', 'yy', 'zy', 'xy', 'yx'];
