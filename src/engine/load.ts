/** Rule files, read and joined into one model; or everything that is wrong in them, with its place. */
import type { Books } from './facts.ts';
import { FILES, KIND_WORDS, type Kind, MATCH_WORDS, STAGE_WORDS } from './grammar.ts';
import {
  type CarrierFile,
  type LayoutFile,
  readCarriers,
  readCase,
  readCategories,
  readCorrections,
  readDelivery,
  readDocuments,
  readEscalations,
  readLayoutFile,
  readLayouts,
  readLookUps,
  readProcedures,
  readQuestions,
  resolveFields,
} from './load-kinds.ts';
import { extraNames, type ReadRule, readRule } from './load-rules.ts';
import type { Vocabulary } from './load-words.ts';
import {
  describe,
  Findings,
  Keys,
  type Node,
  parseSource,
  type RuleText,
  type UnknownWord,
} from './load-yaml.ts';
import { aliasKey, CarrierBook, CountryBook, isCarrierNoise, words } from './names.ts';
import type { Place, Problem } from './problem.ts';
import {
  type Carrier,
  type CaseTemplate,
  type Category,
  type Delivery,
  type Escalation,
  type LookUp,
  type Provenance,
  type RuleSet,
  type RuleTable,
  type SourceDocument,
  STAGES,
  type Stage,
} from './rule.ts';
import { rulesOn, takesPart } from './rule-set.ts';

export type { RuleText } from './load-yaml.ts';

export interface LoadOptions {
  /** sha256 of the files' names and bytes; passed through. */
  readonly digest: string;
  /** Files laid over the others (`--extend`). */
  readonly extend?: readonly RuleText[];
  /** ISO date; rules outside their `from`/`until` do not take part. Without it, all do. */
  readonly asOf?: string;
  /** Beside `asOf`: dates that have passed are findings, and those that are no more than so many days off. */
  readonly warnDays?: number;
}

export interface Loaded {
  /** null as soon as one problem is an error. */
  readonly rules: RuleSet | null;
  /** Everything that is wrong, in the order of the files. */
  readonly problems: readonly Problem[];
}

/** One file, its kind known. Layer 0 is the rules' own folder, 1 the folder laid over it. */
interface RuleFile {
  readonly source: RuleText;
  readonly layer: 0 | 1;
  readonly kind: Kind;
  readonly keys: Keys;
}

interface Layered<Item> {
  readonly item: Item;
  readonly layer: 0 | 1;
}

/**
 * Compiles rule files into one model, after RULES.md. In: the files' texts. Out: the model, or null with
 * every syntax and schema problem of all files. Never throws for what a file says, never runs any of it.
 */
export function loadRules(sources: readonly RuleText[], options: LoadOptions): Loaded {
  const { asOf, warnDays } = options;
  const findings = new Findings(asOf === undefined || warnDays === undefined ? null : { asOf, warnDays });
  const layers: [readonly RuleText[], 0 | 1][] = [
    [sources, 0],
    [options.extend ?? [], 1],
  ];
  const ordered = layers.flatMap(([list, layer]) =>
    [...list].sort((a, b) => compare(a.name, b.name)).map((source) => ({ source, layer })),
  );
  const files = ordered.flatMap(({ source, layer }) => readFile(source, layer, findings) ?? []);
  const unread = new Set(ordered.map(({ source }) => source));
  for (const file of files) unread.delete(file.source);
  const rules = compile(
    files,
    ordered.map(({ source }) => source.path),
    options,
    findings,
  );
  const order = new Map(ordered.map(({ source }, index) => [source.path, index]));
  const at = (problem: Problem) => order.get(problem.place?.file ?? '') ?? 0;
  const follows = followingFrom([...unread]);
  const problems = findings.problems
    .filter((problem) => !follows(findings.unknowns.get(problem)))
    .sort(
      (a, b) =>
        at(a) - at(b) ||
        (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
        (a.place?.column ?? 0) - (b.place?.column ?? 0),
    );
  const isSound = problems.every((problem) => problem.severity !== 'error');
  return { rules: isSound ? rulesOn(rules, asOf) : null, problems };
}

/** What a file would have made known, as the findings about unknown words call it. */
const MADE_KNOWN: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  layouts: ['fact', 'field', 'country', 'type of a field', 'value of `system`'],
  intake: ['fact'],
  carriers: ['carrier', 'fact', 'field'],
  procedures: ['procedure'],
  escalations: ['category'],
  rules: ['rule', 'table', 'fact', 'field'],
};

/**
 * Tells the unknown words that only follow from files that could not be read. Such a file cannot be
 * understood, but its words can be seen: what it does not even mention is unknown all the same.
 */
function followingFrom(unread: readonly RuleText[]): (unknown: UnknownWord | undefined) => boolean {
  const spaced = (text: string) => ` ${words(text).join(' ')} `;
  const files = unread.map(({ name, text }) => ({
    kind: (/^kind:[ \t]*([a-z]+)/m.exec(text)?.[1] ?? '') as Kind,
    mentioned: spaced(`${name} ${text}`),
  }));
  return (unknown) => {
    if (unknown === undefined) return false;
    const { what, word } = unknown;
    // The last part of `customer.accountKind` is what a file calls it.
    const called = what === 'fact' ? word.slice(word.lastIndexOf('.') + 1) : word;
    return files.some(({ kind, mentioned }) => {
      if (!MADE_KNOWN[kind]?.includes(what)) return false;
      // A carrier may be written with more words, or fewer, than there.
      if (what === 'carrier') return mentioned.includes(` ${words(called)[0]} `);
      // Rules and look-ups declare the extra fields that they ask for.
      const declared = (what === 'fact' || what === 'field') && (kind === 'rules' || kind === 'carriers');
      return mentioned.includes(spaced(declared ? `field ${called}` : called));
    });
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readFile(source: RuleText, layer: 0 | 1, findings: Findings): RuleFile | null {
  const tree = parseSource(source, findings);
  if (!tree) return null;
  if (tree.kind !== 'map') {
    const empty = tree.kind === 'text' && tree.text === '';
    findings.bad(
      tree.place,
      empty ? 'the file is empty' : 'a rule file is a block of keys',
      describe(tree),
      '`kind:` and what belongs to it',
    );
    return null;
  }
  const keys = new Keys(tree, findings);
  if (!keys.has('kind')) {
    findings.report('missing-field', tree.place, 'the file does not say what it holds', {
      wanted: `\`kind:\` with one of ${Object.keys(KIND_WORDS).join(', ')}`,
    });
    return null;
  }
  const kind = keys.oneOf('kind', KIND_WORDS);
  if (kind === null) {
    if (keys.text('kind') === '')
      findings.report('missing-field', keys.placeOf('kind'), '`kind` is empty', {
        wanted: Object.keys(KIND_WORDS).join(', '),
      });
    return null;
  }
  keys.check(FILES[kind]);
  // That of a table is read with the table.
  if (kind !== 'rules') keys.text('title');
  return { source, layer, kind, keys };
}

function compile(
  files: readonly RuleFile[],
  paths: readonly string[],
  options: LoadOptions,
  findings: Findings,
): RuleSet {
  const of = (kind: Kind) => files.filter((file) => file.kind === kind);
  const each = <Item>(kind: Kind, read: (file: RuleFile) => readonly Item[]): Layered<Item>[] =>
    of(kind).flatMap((file) => read(file).map((item) => ({ item, layer: file.layer })));

  // Words first: every later kind names fields, values, countries, carriers and procedures.
  const layoutFiles = of('layouts').map((file) => readLayoutFile(file.keys));
  const values = joinValues(layoutFiles);
  const fields = resolveFields(
    layoutFiles.flatMap((file) => file.fields),
    values,
    findings,
  );
  const countryAliases = record(layoutFiles.flatMap((file) => file.countries));
  const questions = joinBy(
    each('intake', (file) => readQuestions(file.keys)),
    (question) => question.id,
    'question',
    findings,
  );
  const procedures = joinBy(
    each('procedures', (file) => readProcedures(file.keys)),
    (procedure) => procedure.id,
    'procedure',
    findings,
  );
  const carrierFiles = of('carriers').map((file) => ({ file: readCarriers(file.keys), layer: file.layer }));
  const carrierNoise = {
    words: carrierFiles.flatMap(({ file }) => file.ignoreWords),
    states: record(carrierFiles.flatMap(({ file }) => file.states)),
  };
  const carriers = joinCarriers(carrierFiles, carrierNoise, findings);
  const books: Books = {
    carriers: new CarrierBook(carriers, carrierNoise),
    countries: new CountryBook(countryAliases),
    values,
  };
  const words: Vocabulary = {
    fields,
    extras: extraFieldNames(files, fields),
    questions: new Map(questions.map((question) => [question.id, question])),
    systems: of('layouts').flatMap((file) => itemIds(file.keys, 'layouts')),
    procedures: new Set(procedures.map((procedure) => procedure.id)),
    books,
  };

  const layouts = joinBy(
    each('layouts', (file) => readLayouts(file.keys, words)),
    (layout) => layout.id,
    'layout',
    findings,
  );
  const readLayered = each('carriers', (file) => readLookUps(file.keys, words));
  const confirmed = confirmedBelow(readLayered);
  const allLookUps = readLayered.map(({ item }) => item);
  const ownLookUps = allLookUps.filter((lookUp) => !confirmed.has(lookUp));
  checkLookUps(ownLookUps, findings);
  // What is confirmed from a day on is in force until then.
  const lookUps = allLookUps.filter(
    (lookUp) => !confirmed.get(lookUp)?.some((above) => takesPart(above, options.asOf)),
  );
  const categoryIds = of('escalations').flatMap((file) => itemIds(file.keys, 'categories'));
  const categories = joinBy(
    each('escalations', (file) => readCategories(file.keys, categoryIds, words)),
    (category) => category.id,
    'category',
    findings,
    joinCategory,
  );
  const layeredEscalations = each('escalations', (file) => readEscalations(file.keys, categoryIds, words));
  checkEscalations(layeredEscalations, findings);
  const escalations = bySpecificity(layeredEscalations);
  const documents = joinBy(
    each('sources', (file) => readDocuments(file.keys)),
    (document) => document.id,
    'document',
    findings,
    joinDocument,
  );
  const corrections = each('corrections', (file) => readCorrections(file.keys)).map(({ item }) => item);
  const { tables, all } = readTables(of('rules'), words, findings);
  checkIds([...all.map(({ rule }) => rule), ...corrections, ...ownLookUps, ...escalations], findings);
  return {
    digest: options.digest,
    files: paths,
    tables,
    carriers,
    carrierNoise,
    corrections,
    lookUps,
    escalations,
    categories,
    rejectionWords: of('escalations').flatMap((file) =>
      file.keys.lines('rejection-words').map((word) => word.trim()),
    ),
    procedures: new Map(procedures.map((procedure) => [procedure.id, procedure])),
    countryAliases,
    layouts: { fields, values, layouts },
    intake: { questions, case: joinCase(of('intake').map((file) => readCase(file.keys))) },
    delivery: Object.assign({}, NO_DELIVERY, ...of('delivery').map((file) => readDelivery(file.keys))),
    documents,
    // Counted when it is known which of them hold.
    count: 0,
  };
}

/** A record without prototype, so that a word such as `constructor` is only ever what a file says it is. */
function record(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = Object.create(null);
  for (const [key, value] of pairs) found[key] = value;
  return found;
}

/** Items of one id: an error within a layer; the folder laid over joins or replaces what lies below. */
function joinBy<Item extends { readonly place: Place }>(
  items: readonly Layered<Item>[],
  idOf: (item: Item) => string,
  what: string,
  findings: Findings,
  join: (below: Item, above: Item) => Item = (_, above) => above,
): Item[] {
  const joined = new Map<string, Layered<Item>>();
  for (const { item, layer } of items) {
    const id = idOf(item);
    if (id === '') continue;
    const before = joined.get(id);
    if (!before) joined.set(id, { item, layer });
    else if (before.layer === layer) reportTwice(id, what, item.place, before.item.place, findings);
    else joined.set(id, { item: join(before.item, item), layer });
  }
  return [...joined.values()].map(({ item }) => item);
}

function reportTwice(id: string, what: string, place: Place, before: Place, findings: Findings): void {
  findings.report('duplicate-id', place, `the ${what} \`${id}\` stands twice`, {
    found: id,
    wanted: 'an id of its own',
    related: [{ rule: id, message: 'first here', place: before }],
  });
}

/** Rules, corrections, look-ups and escalations share one set of ids: reports name them by id alone. */
function checkIds(
  items: readonly { readonly id: string; readonly place: Place }[],
  findings: Findings,
): void {
  const first = new Map<string, { id: string; place: Place }>();
  for (const item of items) {
    if (item.id === '') continue;
    const before = first.get(item.id);
    if (!before) first.set(item.id, item);
    else if (
      !findings.problems.some((problem) => problem.code === 'conflict' && problem.place === item.place)
    ) {
      reportTwice(item.id, 'id', item.place, before.place, findings.of(item.id));
    }
  }
}

// Layouts, words and names

function joinValues(files: readonly LayoutFile[]): Map<string, ReadonlyMap<string, readonly string[]>> {
  const joined = new Map<string, Map<string, readonly string[]>>();
  for (const file of files) {
    for (const [list, entries] of file.values) {
      const known = joined.get(list) ?? new Map<string, readonly string[]>();
      for (const [value, texts] of entries)
        known.set(value, [...new Set([...(known.get(value) ?? []), ...texts])]);
      joined.set(list, known);
    }
  }
  return joined;
}

/** The ids of a list's items, before the items themselves can be read. */
function itemIds(keys: Keys, key: string): string[] {
  const value = keys.get(key)?.value;
  if (value?.kind !== 'list') return [];
  return value.items.flatMap((item) => {
    const id = item.kind === 'map' ? item.entries.find((entry) => entry.key === 'id')?.value : undefined;
    return id?.kind === 'text' ? [id.text.trim()] : [];
  });
}

/** The extra fields that rules and look-ups ask for, so that any rule may name them. */
function extraFieldNames(
  files: readonly RuleFile[],
  fields: ReadonlyMap<string, unknown>,
): Map<string, string> {
  const found = new Map<string, string>();
  const child = (node: Node | undefined, key: string): Node | undefined =>
    node?.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
  const items = (node: Node | undefined): readonly Node[] => (node?.kind === 'list' ? node.items : []);
  for (const { keys } of files) {
    const asked = [
      ...items(child(keys.node, 'look-ups')).map((item) => child(item, 'for')),
      ...items(child(keys.node, 'rules')).map((item) => child(child(item, 'then'), 'for')),
    ];
    for (const [field, label] of asked.flatMap(extraNames)) {
      if (!fields.has(field) && !found.has(field)) found.set(field, label);
    }
  }
  return found;
}

function joinCarriers(
  files: readonly { readonly file: CarrierFile; readonly layer: 0 | 1 }[],
  noise: RuleSet['carrierNoise'],
  findings: Findings,
): Carrier[] {
  const keyOf = (name: string) => aliasKey(name, noise);
  const joined = new Map<string, Layered<Carrier>>();
  for (const { file, layer } of files) {
    checkNames(file, noise, findings);
    for (const carrier of file.carriers) {
      if (carrier.name === '') continue;
      const key = keyOf(carrier.name);
      const own = new Map(carrier.not.map((name) => [keyOf(name), name]));
      for (const alias of [carrier.name, ...carrier.also]) {
        if (!own.has(keyOf(alias))) continue;
        findings.report('conflict', carrier.place, `\`${alias}\` is both \`${carrier.name}\` and \`not\``, {
          found: alias,
          help: 'leave it out of one of the two lists',
        });
      }
      const before = joined.get(key);
      if (!before) joined.set(key, { item: carrier, layer });
      else if (before.layer === layer) {
        reportTwice(carrier.name, 'carrier', carrier.place, before.item.place, findings);
      } else {
        const { item } = before;
        joined.set(key, {
          layer,
          item: {
            ...item,
            also: [...new Set([...item.also, ...carrier.also])],
            not: [...new Set([...item.not, ...carrier.not])],
            pin: carrier.pin ?? item.pin,
          },
        });
      }
    }
  }
  const carriers = [...joined.values()].map(({ item }) => item);
  checkAliases(carriers, keyOf, findings);
  return carriers;
}

/** A name such as `Inc` would mean every carrier of that form; most often it is what a comma cut off. */
function checkNames(file: CarrierFile, noise: RuleSet['carrierNoise'], findings: Findings): void {
  for (const { node, before } of file.names) {
    const text = node.text.trim();
    if (!isCarrierNoise(text, noise)) continue;
    findings.bad(
      node.place,
      `\`${text}\` alone names no carrier`,
      text,
      'a name of which something is left without `ignore-words` and a state',
      before === null
        ? 'write the whole name'
        : `a name with a comma in it needs quotes: \`"${before}, ${text}"\``,
    );
  }
}

/** Two carriers by one name: whichever came last would win, silently. */
function checkAliases(
  carriers: readonly Carrier[],
  keyOf: (name: string) => string,
  findings: Findings,
): void {
  const denied = new Set(carriers.flatMap((carrier) => carrier.not.map(keyOf)));
  const owner = new Map<string, Carrier>();
  for (const carrier of carriers) owner.set(keyOf(carrier.name), carrier);
  for (const carrier of carriers) {
    for (const alias of carrier.also) {
      const key = keyOf(alias);
      const other = owner.get(key);
      if (!other) owner.set(key, carrier);
      else if (other !== carrier && !denied.has(key)) {
        findings.report(
          'conflict',
          carrier.place,
          `\`${alias}\` means both \`${other.name}\` and \`${carrier.name}\``,
          {
            found: alias,
            help: `take it out of one, or list it under \`not\` of the carrier it is not`,
            related: [{ rule: null, message: `\`${other.name}\` is here`, place: other.place }],
          },
        );
      }
    }
  }
}

// Look-ups and escalations

const pairOf = ({ country, carrier }: LookUp) => JSON.stringify([country, carrier]);

/** Reconstructed look-ups, each with those of the folder laid over that confirm it: for the same rows, from a better source. */
function confirmedBelow(lookUps: readonly Layered<LookUp>[]): ReadonlyMap<LookUp, readonly LookUp[]> {
  const above = lookUps.filter(({ item, layer }) => layer === 1 && item.basis !== 'reconstructed');
  return new Map(
    lookUps.flatMap(({ item, layer }): [LookUp, LookUp[]][] => {
      if (layer !== 0 || item.basis !== 'reconstructed') return [];
      const same = above.map((one) => one.item).filter((one) => pairOf(one) === pairOf(item));
      return same.length > 0 ? [[item, same]] : [];
    }),
  );
}

/** Two look-ups for the same country and carrier would leave it to chance which is walked. */
function checkLookUps(lookUps: readonly LookUp[], findings: Findings): void {
  const seen = new Map<string, LookUp[]>();
  for (const lookUp of lookUps) {
    const key = pairOf(lookUp);
    const others = seen.get(key) ?? [];
    const other = others.find((one) => overlap(one, lookUp));
    if (other) {
      findings
        .of(lookUp.id)
        .report(
          'conflict',
          lookUp.place,
          `two look-ups for country ${lookUp.country ?? 'any'} and carrier ${lookUp.carrier ?? 'any'}`,
          {
            found: `\`${lookUp.id}\` and \`${other.id}\``,
            wanted: 'one look-up for each country and carrier',
            related: [{ rule: other.id, message: 'the other is here', place: other.place }],
          },
        );
    }
    seen.set(key, [...others, lookUp]);
  }
}

/** Of two escalations for the same carrier and category in one folder only the files' order would tell which decides. */
function checkEscalations(escalations: readonly Layered<Escalation>[], findings: Findings): void {
  const shared = (a: readonly string[], b: readonly string[]): readonly string[] =>
    a.length === 0 && b.length === 0 ? ['any'] : a.filter((name) => b.includes(name));
  for (const [at, { item, layer }] of escalations.entries()) {
    for (const { item: other } of escalations.slice(0, at).filter((one) => one.layer === layer)) {
      const [carrier] = shared(item.carriers, other.carriers);
      const [category] = shared(item.categories, other.categories);
      if (carrier === undefined || category === undefined || !overlap(other, item)) continue;
      findings
        .of(item.id)
        .report('conflict', item.place, `two escalations for carrier ${carrier} and category ${category}`, {
          found: `\`${item.id}\` and \`${other.id}\``,
          wanted: 'one escalation for each carrier and category',
          related: [{ rule: other.id, message: 'the other is here', place: other.place }],
        });
      break;
    }
  }
}

function overlap(a: Provenance, b: Provenance): boolean {
  const before = (until: string | null, from: string | null) =>
    until !== null && from !== null && until < from;
  return !before(a.until, b.from) && !before(b.until, a.from);
}

/** The more specific first, what lies above before what lies below, else the files' order. RULES, `--extend`. */
function bySpecificity(escalations: readonly Layered<Escalation>[]): Escalation[] {
  const weight = ({ carriers, categories }: Escalation) =>
    (carriers.length > 0 ? 2 : 0) + (categories.length > 0 ? 1 : 0);
  return [...escalations]
    .sort((a, b) => weight(b.item) - weight(a.item) || b.layer - a.layer)
    .map(({ item }) => item);
}

function joinCategory(below: Category, above: Category): Category {
  const both = (key: 'words' | 'phrases' | 'not' | 'over') => [...new Set([...below[key], ...above[key]])];
  return {
    ...below,
    title: above.title === above.id ? below.title : above.title,
    words: both('words'),
    phrases: both('phrases'),
    codes: [...below.codes, ...above.codes],
    not: both('not'),
    over: both('over'),
    hint: above.hint ?? below.hint,
  };
}

/** A team's own words on a document join those below: sections of one title hold the paragraphs of both. */
function joinDocument(below: SourceDocument, above: SourceDocument): SourceDocument {
  const more = new Map(above.sections.map((section) => [section.title, section.paragraphs]));
  const known = new Set(below.sections.map(({ title }) => title));
  return {
    ...below,
    title: above.title,
    about: above.about ?? below.about,
    sections: [
      ...below.sections.map((section) => ({
        ...section,
        paragraphs: [...section.paragraphs, ...(more.get(section.title) ?? [])],
      })),
      ...above.sections.filter(({ title }) => !known.has(title)),
    ],
  };
}

// Tables

interface TableHead {
  readonly file: RuleFile;
  readonly title: string;
  readonly stage: Stage;
  readonly match: 'first' | 'all';
}

interface Extension {
  readonly file: RuleFile;
  readonly target: TableHead;
}

/** The tables in order, with the rules of extensions in place; and every rule as read. */
function readTables(
  files: readonly RuleFile[],
  words: Vocabulary,
  findings: Findings,
): { tables: RuleTable[]; all: ReadRule[] } {
  const heads = files.filter((file) => !file.keys.has('extends')).map(readHead);
  const extensions = files
    .filter((file) => file.keys.has('extends'))
    .flatMap((file) => readExtension(file, heads, findings) ?? []);
  const all: ReadRule[] = [];
  const read = (file: RuleFile, stage: Stage): ReadRule[] => {
    const rules = file.keys.blocks('rules').map((block) => readRule(block, stage, words, findings));
    all.push(...rules);
    return rules;
  };
  // Rules that go into no table may still have faults of their own.
  const placed = new Set(extensions.map(({ file }) => file));
  for (const file of files) if (file.keys.has('extends') && !placed.has(file)) read(file, 'checks');
  const names = new Set<string>();
  const tables = heads.map((head): RuleTable => {
    const own = read(head.file, head.stage);
    const joined = [...own];
    for (const { file } of extensions.filter(({ target }) => target === head)) {
      const before = beforeRule(file, own, findings);
      // What a later file puts in goes after what an earlier one put in the same place.
      const anchor = before ?? own[0];
      const at = anchor === undefined ? joined.length : joined.indexOf(anchor);
      joined.splice(at, 0, ...read(file, head.stage));
    }
    if (head.match === 'first') checkConditions(joined, findings);
    const { name, path } = head.file.source;
    const file = names.has(name) ? path : name;
    names.add(file);
    return {
      file,
      title: head.title,
      stage: head.stage,
      match: head.match,
      rules: joined.map(({ rule }) => rule),
    };
  });
  const order = new Map(tables.map((table, index) => [table, heads[index]?.file.source.name ?? '']));
  tables.sort(
    (a, b) =>
      STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) || compare(order.get(a) ?? '', order.get(b) ?? ''),
  );
  return { tables, all };
}

function readHead(file: RuleFile): TableHead {
  const { keys, source } = file;
  return {
    file,
    title: keys.textOrNull('title') ?? source.name,
    stage: keys.oneOf('stage', STAGE_WORDS) ?? 'checks',
    match: keys.oneOf('match', MATCH_WORDS) ?? 'all',
  };
}

function readExtension(file: RuleFile, heads: readonly TableHead[], findings: Findings): Extension | null {
  const { keys } = file;
  const wanted = keys.text('extends');
  const bare = (name: string) => name.replace(/\.ya?ml$/, '');
  // The folder below comes first in the list, so a table of the same name there is the one that is meant.
  const target = heads.find((head) => bare(head.file.source.name) === bare(wanted));
  if (!target) {
    const names = heads.map((head) => head.file.source.name);
    findings.unknown('bad-value', keys.valuePlace('extends'), 'table', wanted, names);
    return null;
  }
  for (const key of ['stage', 'match'] as const) {
    const said = key === 'stage' ? keys.oneOf('stage', STAGE_WORDS) : keys.oneOf('match', MATCH_WORDS);
    if (said !== null && said !== target[key]) {
      findings.bad(
        keys.valuePlace(key),
        `\`${key}\` is not that of the table it extends`,
        said,
        `\`${target[key]}\`, or no \`${key}\` at all`,
      );
    }
  }
  return { file, target };
}

/** The rule that an extension's rules go before; null for the table's first. */
function beforeRule(file: RuleFile, own: readonly ReadRule[], findings: Findings): ReadRule | null {
  const id = file.keys.textOrNull('before');
  if (id === null) return null;
  const found = own.find(({ rule }) => rule.id === id);
  if (!found)
    findings.unknown(
      'bad-value',
      file.keys.valuePlace('before'),
      'rule',
      id,
      own.map(({ rule }) => rule.id),
    );
  return found ?? null;
}

/** In a `first` table a rule without conditions hides every rule after it. */
function checkConditions(rules: readonly ReadRule[], findings: Findings): void {
  for (const { rule, unconditional } of rules.slice(0, -1)) {
    if (unconditional === null) continue;
    findings
      .of(rule.id)
      .report('empty-when', unconditional, `\`${rule.id}\` always holds, so no rule after it is ever tried`, {
        found: 'an empty `when`',
        wanted: 'at least one condition',
        help: 'only the last rule of a `first` table may go without',
      });
  }
}

// Intake and delivery

const NO_CASE: CaseTemplate = { fields: [], eligibility: '', unverified: '', notices: [], afterSaving: [] };

function joinCase(cases: readonly Partial<CaseTemplate>[]): CaseTemplate {
  const fields = new Map(cases.flatMap((one) => one.fields ?? []).map((field) => [field.label, field]));
  return { ...Object.assign({}, NO_CASE, ...cases), fields: [...fields.values()] };
}

/** For folders without a delivery file: names that say only what they must. */
const NO_DELIVERY: Delivery = {
  fileName: '{customer}_CSR.csv',
  partialFileName: '{customer}_CSR.partial.csv',
  wordFileName: '{customer}_CSR.docx',
  template: '',
  handOver: [],
  partialHandOver: [],
  wordNotice: '',
  resolvedNote: '',
};
