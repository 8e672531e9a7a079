/** YAML texts as trees that know where they stand, and the one way to report what is wrong in them. */
import { Composer, type CST, isAlias, isMap, isScalar, isSeq, Parser } from 'yaml';
import type { Code } from './codes.ts';
import type { Block } from './grammar.ts';
import { type Openings, slips } from './load-syntax.ts';
import { nearestNames } from './names.ts';
import { type Place, type Problem, type Related, type Severity, showPlace } from './problem.ts';

/** A rule file as read: `name` is its file name, `path` how it is shown to people. */
export interface RuleText {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /** Where its bytes are no text, if anywhere. */
  readonly notUtf8?: Pick<Place, 'line' | 'column'>;
  /** What the text parses to, where that is known already: parsing is most of what loading costs. */
  readonly tree?: Node;
}

export interface TextNode {
  readonly kind: 'text';
  readonly text: string;
  /** Written without quotes, on one line. */
  readonly plain: boolean;
  /** As it stands in the file where that is one line, else quoted. */
  readonly written: string;
  readonly place: Place;
}

interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly place: Place;
}

export interface Entry {
  readonly key: string;
  readonly place: Place;
  readonly value: Node;
}

export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
  readonly place: Place;
}

export type Node = TextNode | ListNode | MapNode;

/** The codes that loading can give: those that each file, or the words in it, show. */
export type LoadCode = Exclude<Code, 'unreachable' | 'gap' | 'untested' | 'mutant-survives'>;

/** The day as of which dates are judged, and how many days before a date it is said. */
export interface Calendar {
  readonly asOf: string;
  readonly warnDays: number;
}

interface Details {
  readonly found?: string;
  readonly wanted?: string;
  readonly help?: string;
  readonly severity?: Severity;
  readonly related?: readonly Related[];
}

interface UnknownDetails {
  /** Where the caller knows better than spelling what is near. */
  readonly nearest?: readonly string[];
  /** Said after the word. */
  readonly where?: string;
  /** The help where nothing is near. */
  readonly otherwise?: string;
}

/** Deeper nesting than any rule needs would only exhaust the stack. */
const DEEPEST = 40;
/** More characters than this in one file is not written by a person. */
const LARGEST = 4_000_000;
const LONG_LINE = 1_000;
const LONG_WORDS = 300;
/** As many choices as still help to read. */
const FEW = 14;
/** Room for ` and 1234 more`. */
const MORE = 20;

/** What a file says may be long and may hold anything; a message is one line. */
export function clip(text: string): string {
  const line = printable(text.replace(/\s+/g, ' '));
  return line.length > LONG_WORDS ? `${line.slice(0, LONG_WORDS)}…` : line;
}

/** A line as it may be printed, a tab as an arrow of the same width: control and direction characters would move the caret or the terminal. */
function printable(line: string): string {
  return line.replace(/\t/g, '→').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\u{fffd}');
}

/** A word that is none of the known ones, and what it should have been a name of. */
export interface UnknownWord {
  readonly what: string;
  readonly word: string;
}

/** A source line as a finding shows it; none where it would fill the screen. */
function excerptOf(line: string | undefined): string | undefined {
  return line === undefined || line.length > LONG_LINE ? undefined : printable(line);
}

/** Shows the lines of rule files, for findings that are made after they were read. */
export function excerptsOf(sources: readonly RuleText[]): (place: Place) => string | undefined {
  const lines = new Map<string, readonly string[]>();
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  return ({ file, line }) => {
    let known = lines.get(file);
    if (!known) {
      known = (texts.get(file) ?? '').split(/\r\n|\r|\n/);
      lines.set(file, known);
    }
    return excerptOf(known[line - 1]);
  };
}

/** Collects what is wrong, with the source line of each place. */
export class Findings {
  readonly problems: Problem[];
  /** Of each problem with an unknown word, that word. */
  readonly unknowns: Map<Problem, UnknownWord>;
  readonly rule: string | null;
  /** By what dates are judged; null where nobody asked. */
  readonly calendar: Calendar | null;
  private readonly lines: Map<string, readonly string[]>;
  private readonly aliases: Set<string>;

  constructor(calendar: Calendar | null = null, from?: Findings, rule?: string | null) {
    this.calendar = calendar;
    this.problems = from ? from.problems : [];
    this.unknowns = from ? from.unknowns : new Map();
    this.lines = from ? from.lines : new Map();
    this.aliases = from ? from.aliases : new Set();
    this.rule = rule ?? from?.rule ?? null;
  }

  /** The same findings, each said to be of one rule. */
  of(rule: string | null): Findings {
    return new Findings(this.calendar, this, rule);
  }

  remember(path: string, lines: readonly string[]): void {
    this.lines.set(path, lines);
  }

  /** Says nothing more about a place where an alias stands: what it would have meant is not known. */
  mute(place: Place): void {
    this.aliases.add(showPlace(place));
  }

  /** @returns the problem, or null where nothing is to be said of this place */
  report(code: LoadCode, place: Place, message: string, details: Details = {}): Problem | null {
    if (this.aliases.has(showPlace(place)) && code !== 'forbidden-yaml') return null;
    const { severity = 'error', found, wanted, ...rest } = details;
    const excerpt = excerptOf(this.lines.get(place.file)?.[place.line - 1]);
    const problem: Problem = {
      code,
      severity,
      message: clip(message),
      place,
      ...(excerpt === undefined ? {} : { excerpt }),
      ...(found === undefined ? {} : { found: clip(found) }),
      ...(wanted === undefined ? {} : { wanted: clip(wanted) }),
      ...rest,
      ...(this.rule === null ? {} : { rule: this.rule }),
    };
    this.problems.push(problem);
    return problem;
  }

  /** A word that is none of the known ones: says the nearest, or all of them where they are few. */
  unknown(
    code: LoadCode,
    place: Place,
    what: string,
    word: string,
    known: readonly string[],
    { nearest, where = '', otherwise }: UnknownDetails = {},
  ): void {
    const near = nearest ?? nearestWords(word, known);
    const wanted = choices(near.length > 0 ? near : known);
    const problem = this.report(code, place, `unknown ${what} \`${word}\`${where}`, {
      found: word,
      ...(wanted === '' ? {} : { wanted }),
      ...(near[0] !== undefined
        ? { help: `did you mean \`${near[0]}\`?` }
        : otherwise === undefined
          ? {}
          : { help: otherwise }),
    });
    if (problem) this.unknowns.set(problem, { what, word });
  }

  /** Reports `bad-value`: what stands there, what should. */
  bad(place: Place, message: string, found: string, wanted: string, help?: string): void {
    this.report('bad-value', place, message, { found, wanted, ...(help === undefined ? {} : { help }) });
  }
}

/** Words to choose from, as many as help to read; says how many are left off. */
function choices(words: readonly string[]): string {
  let shown = '';
  for (const [index, word] of words.entries()) {
    const next = `${shown}${index === 0 ? '' : ' or '}\`${word}\``;
    const rest = words.length - index;
    if (index > 0 && (index >= FEW || clip(next).length > LONG_WORDS - MORE))
      return `${shown} and ${rest} more`;
    shown = next;
  }
  return shown;
}

/** The known words nearest to `word`, letters in another order included. */
export function nearestWords(word: string, known: readonly string[]): string[] {
  if (word.length > LONG_WORDS) return [];
  const near = nearestNames(word, known);
  if (near.length > 0) return near;
  const letters = (text: string) => [...text.toLowerCase()].sort().join('');
  return known.filter((name) => letters(name) === letters(word));
}

/** One line in flow style, for messages and explanations. */
export function showNode(node: Node): string {
  switch (node.kind) {
    case 'text':
      return node.written;
    case 'list':
      return `[${node.items.map(showNode).join(', ')}]`;
    default:
      return node.entries.length === 0
        ? '{}'
        : `{ ${node.entries.map((entry) => `${entry.key}: ${showNode(entry.value)}`).join(', ')} }`;
  }
}

/** What a node is, for a message. */
export function describe(node: Node): string {
  if (node.kind === 'text') return node.text === '' ? 'nothing' : node.written;
  return node.kind === 'list' ? 'a list' : 'a block of keys';
}

/**
 * The tree of one file, or null where it cannot be read as one YAML document. Scalars are text exactly
 * as written (failsafe). Anchors, aliases, tags, directives, merge keys and further documents are
 * reported and never followed.
 */
export function parseSource(source: RuleText, findings: Findings): Node | null {
  const text = source.text.startsWith('\u{feff}') ? source.text.slice(1) : source.text;
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  findings.remember(
    source.path,
    text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)),
  );
  if (source.notUtf8) {
    findings.report('yaml-syntax', { file: source.path, ...source.notUtf8 }, 'the file is not valid UTF-8', {
      wanted: 'UTF-8',
      help: 'save it again with the encoding UTF-8',
    });
    return null;
  }
  if (source.tree) return source.tree;
  const placeOf = (offset: number): Place => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: source.path, line: low + 1, column: offset - (starts[low] as number) + 1 };
  };
  if (text.length > LARGEST) {
    findings.report('yaml-syntax', placeOf(0), `the file is longer than ${LARGEST} characters`);
    return null;
  }

  const tokens = [...new Parser().parse(text)];
  const refused = inspect(tokens);
  for (const { offset, what } of refused.found) {
    findings.report('forbidden-yaml', placeOf(offset), `${what} are not part of the rule language`, {
      found: text.slice(offset, offset + 40).split(/[\s,\]}]/)[0] ?? '',
      help: 'write the value out where it is used; a text that begins with this sign needs quotes',
    });
  }
  if (refused.tooDeep !== null) {
    findings.report('yaml-syntax', placeOf(refused.tooDeep), `nested deeper than ${DEEPEST} levels`);
    return null;
  }

  const composer = new Composer({
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents = [...composer.compose(tokens, true, text.length)];
  const second = documents[1];
  if (second) {
    findings.report('forbidden-yaml', placeOf(second.range[0]), 'one file holds one document', {
      found: 'a second document',
      help: 'move it to a file of its own',
    });
  }
  const document = documents[0];
  if (!document) return null;
  const excused = new Set(refused.found.map(({ offset }) => offset));
  const errors = documents
    .flatMap((one) => one.errors)
    .filter(
      (error) =>
        !(refused.found.length > 0 && (excused.has(error.pos[0]) || /alias|anchor|tag/i.test(error.message))),
    );
  // An open quote swallows the rest of the file: what follows it says nothing, and some of it goes unsaid.
  const { openQuote } = refused;
  const before = errors.filter((error) => openQuote === null || error.pos[0] < openQuote);
  for (const { offset, message, ...details } of slips(text, before, refused)) {
    findings.report('yaml-syntax', placeOf(offset), message, details);
  }
  if (openQuote !== null) {
    findings.report('yaml-syntax', placeOf(openQuote), 'a quote opens here and never closes', {
      wanted: `\`${text[openQuote]}\` at the end of the text`,
    });
  }
  if (errors.length > 0 || openQuote !== null) return null;

  const convert = (node: unknown, otherwise: number): Node => {
    const range = (node as { range?: readonly number[] | null } | null)?.range;
    const from = range?.[0] ?? otherwise;
    const place = placeOf(from);
    if (isMap(node)) {
      const entries: Entry[] = [];
      const first = new Map<string, Place>();
      for (const pair of node.items) {
        if (!isScalar(pair.key)) {
          findings.bad(place, 'a key is one word', 'a list or a block as a key', 'a word before the colon');
          continue;
        }
        const key = String(pair.key.value ?? '');
        const at = placeOf(pair.key.range?.[0] ?? from);
        if (key === '<<' && pair.key.type === 'PLAIN') {
          findings.report('forbidden-yaml', at, 'merge keys are not part of the rule language', {
            found: '<<',
            help: 'write the keys out where they are used',
          });
          continue;
        }
        const before = first.get(key);
        if (before) {
          findings.report('duplicate-key', at, `\`${key}\` stands twice`, {
            found: `\`${key}\` again`,
            wanted: 'each key once',
            related: [{ rule: null, message: 'first here', place: before }],
          });
          continue;
        }
        first.set(key, at);
        entries.push({ key, place: at, value: convert(pair.value, pair.key.range?.[1] ?? from) });
      }
      return { kind: 'map', entries, place };
    }
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => convert(item, from)), place };
    const raw = text.slice(range?.[0] ?? 0, range?.[1] ?? 0);
    if (isAlias(node)) {
      findings.mute(place);
      return { kind: 'text', text: raw, plain: true, written: raw, place };
    }
    if (!isScalar(node)) return { kind: 'text', text: '', plain: true, written: '', place };
    const value = String(node.value ?? '');
    const block = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
    return {
      kind: 'text',
      text: value,
      plain: node.type === 'PLAIN',
      written: block || raw.includes('\n') ? JSON.stringify(value.trim()) : raw,
      place,
    };
  };
  return convert(document.contents, 0);
}

const FORBIDDEN: Readonly<Partial<Record<CST.Token['type'], string>>> = {
  anchor: 'anchors',
  alias: 'aliases',
  tag: 'tags',
  directive: 'directives',
};

/** Tokens that the language leaves out, where the nesting gets too deep, and what opens and does not close. */
function inspect(tokens: readonly CST.Token[]): Inspection {
  const found: { offset: number; what: string }[] = [];
  let tooDeep: number | null = null;
  let openQuote: number | null = null;
  const brackets: number[] = [];
  const quotes: { from: number; to: number }[] = [];
  const quote = (token: CST.FlowScalar, escaper: string): void => {
    if (!closes(token.source, escaper)) openQuote ??= token.offset;
    else if (token.source.includes('\n'))
      quotes.push({ from: token.offset, to: token.offset + token.source.length });
  };
  const visitAll = (list: readonly CST.Token[] | undefined, depth: number): void => {
    if (list) for (const token of list) visit(token, depth);
  };
  const visit = (token: CST.Token | null | undefined, depth: number): void => {
    if (!token) return;
    const what = FORBIDDEN[token.type];
    if (what !== undefined) found.push({ offset: token.offset, what });
    switch (token.type) {
      case 'document':
        visitAll(token.start, depth);
        visit(token.value, depth);
        break;
      case 'block-map':
      case 'block-seq':
      case 'flow-collection':
        // The recursion ends here, whatever the file says.
        if (token.type === 'flow-collection' && !isClosed(token)) brackets.push(token.start.offset);
        if (depth >= DEEPEST) tooDeep ??= token.offset;
        else {
          for (const item of token.items) {
            visitAll(item.start, depth);
            visit(item.key, depth + 1);
            visitAll(item.sep, depth);
            visit(item.value, depth + 1);
          }
        }
        break;
      case 'block-scalar':
        visitAll(token.props, depth);
        break;
      case 'double-quoted-scalar':
        quote(token, '\\');
        break;
      case 'single-quoted-scalar':
        quote(token, "'");
        break;
      default:
    }
  };
  visitAll(tokens, 0);
  found.sort((a, b) => a.offset - b.offset);
  return { found, tooDeep, openQuote, brackets, quotes };
}

function isClosed({ start, end }: CST.FlowCollection): boolean {
  const wanted = start.type === 'flow-seq-start' ? 'flow-seq-end' : 'flow-map-end';
  return end.some((token) => token.type === wanted);
}

/** Whether a quoted text ends with its quote, and not with one that `escaper` makes a part of it. */
function closes(source: string, escaper: string): boolean {
  const last = source.length - 1;
  if (last < 1 || source[last] !== source[0]) return false;
  let at = last - 1;
  while (at > 0 && source[at] === escaper) at -= 1;
  return (last - 1 - at) % 2 === 0;
}

interface Inspection extends Openings {
  readonly found: readonly { readonly offset: number; readonly what: string }[];
  readonly tooDeep: number | null;
  /** Where a quote opens that runs to the end of the file. */
  readonly openQuote: number | null;
}

/** A block of keys that is read key by key; says which are unknown, missing or of the wrong shape. */
export class Keys {
  readonly node: MapNode;
  readonly findings: Findings;
  private readonly byKey: ReadonlyMap<string, Entry>;

  constructor(node: MapNode, findings: Findings) {
    this.node = node;
    this.findings = findings;
    this.byKey = new Map(node.entries.map((entry) => [entry.key, entry]));
  }

  get place(): Place {
    return this.node.place;
  }

  get(key: string): Entry | null {
    return this.byKey.get(key) ?? null;
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  placeOf(key: string): Place {
    return this.byKey.get(key)?.place ?? this.place;
  }

  /** The value's own place, for words that are wrong in themselves. */
  valuePlace(key: string): Place {
    return this.byKey.get(key)?.value.place ?? this.place;
  }

  /** Reports keys that the block does not have, those that it needs and lacks, and those that stand alone. */
  check({ what, keys, some }: Block): this {
    const known = Object.keys(keys);
    const misspelt = new Set<string>();
    for (const entry of this.node.entries) {
      if (!Object.hasOwn(keys, entry.key)) {
        // `{ section: One, two }` makes a key of `two`.
        const cut = isEmpty(entry.value) && entry.key.includes(' ');
        this.findings.unknown('unknown-key', entry.place, 'key', entry.key, known, {
          where: ` in ${what}`,
          ...(cut ? { otherwise: 'put a text that holds a comma in quotes' } : {}),
        });
        for (const key of nearestWords(entry.key, known)) misspelt.add(key);
      }
    }
    const missing = (key: string) => !this.has(key) && !misspelt.has(key);
    for (const [key, { form, needed, filled, unless, beside }] of Object.entries(keys)) {
      const entry = this.get(key);
      // A key that is there under a slip of the pen is one fault, not two.
      if (needed && missing(key) && (unless === undefined || missing(unless))) {
        this.findings.report('missing-field', this.place, `${what} has no \`${key}\``, {
          wanted: `\`${key}:\``,
        });
      }
      if (needed && filled && entry && (form.is === 'block' ? isEmpty : isNothing)(entry.value)) {
        this.findings.report('missing-field', entry.place, `\`${key}\` of ${what} is empty`, {
          wanted: `a value for \`${key}\``,
        });
      }
      if (beside && this.has(key) && beside.every(missing)) {
        const heads = beside.map((head) => `\`${head}\``).join(' or ');
        this.findings.bad(
          this.placeOf(key),
          `\`${key}\` stands alone`,
          `\`${key}\` without ${heads}`,
          `${heads} beside it`,
        );
      }
    }
    if (some) {
      const wanted = some.of.map((key) => `\`${key}:\``).join(' or ');
      if (some.of.every(missing)) this.findings.report('missing-field', this.place, some.message, { wanted });
      const found = some.of.filter((key) => this.has(key));
      if (some.one && found.length > 1)
        this.findings.bad(this.place, some.message, found.map((key) => `\`${key}\``).join(' and '), wanted);
    }
    return this;
  }

  /** The text of a key; empty where it is missing or no text (which is reported). */
  text(key: string): string {
    const entry = this.byKey.get(key);
    return entry ? (textOf(entry.value, `\`${key}\``, this.findings) ?? '') : '';
  }

  /** The one text of a key with its place; null where it is missing, blank, or no text (which is reported). */
  one(key: string): TextNode | null {
    const value = this.byKey.get(key)?.value;
    if (!value || this.text(key) === '') return null;
    return value as TextNode;
  }

  textOrNull(key: string): string | null {
    const text = this.text(key);
    return text === '' ? null : text;
  }

  /** One text or a list of texts, with their places; blanks are reported. */
  texts(key: string): TextNode[] {
    const entry = this.byKey.get(key);
    return entry && !isNothing(entry.value) ? textsOf(entry.value, `\`${key}\``, this.findings) : [];
  }

  /** The texts of a list of sentences or words. */
  lines(key: string): string[] {
    return this.texts(key).map((node) => node.text);
  }

  /** The items of a list of blocks. */
  blocks(key: string): MapNode[] {
    const entry = this.byKey.get(key);
    if (!entry || isUnwritten(entry.value)) return [];
    const { value } = entry;
    if (value.kind !== 'list') {
      this.findings.bad(
        value.place,
        `\`${key}\` is a list`,
        describe(value),
        'a list, each item after a `-`',
      );
      return [];
    }
    const found: MapNode[] = [];
    for (const item of value.items) {
      if (item.kind === 'map') found.push(item);
      else
        this.findings.bad(
          item.place,
          `each item of \`${key}\` is a block of keys`,
          describe(item),
          '`key: value` lines',
        );
    }
    return found;
  }

  /** The block under a key; null where there is none. */
  block(key: string): MapNode | null {
    const entry = this.byKey.get(key);
    if (!entry || isUnwritten(entry.value)) return null;
    if (entry.value.kind === 'map' && isEmpty(entry.value)) return null;
    return mapOf(entry.value, `\`${key}\``, this.findings);
  }

  /** One of a few words, which are the keys of `words`; null where it is missing or another (which is reported). */
  oneOf<Word extends string>(key: string, words: Readonly<Record<Word, unknown>>): Word | null {
    const text = this.textOrNull(key);
    if (text === null) return null;
    if (Object.hasOwn(words, text)) return text as Word;
    this.findings.unknown('bad-value', this.valuePlace(key), `value of \`${key}\``, text, Object.keys(words));
    return null;
  }

  yesNo(key: string): boolean | null {
    const word = this.oneOf(key, YES_NO);
    return word === null ? null : YES_NO[word];
  }

  /** An ISO date that exists; null where it is missing or wrong (which is reported). */
  date(key: string): string | null {
    const text = this.textOrNull(key);
    if (text === null || isDate(text)) return text;
    this.findings.report('bad-date', this.valuePlace(key), `\`${text}\` is no date`, {
      found: text,
      wanted: 'a day of the calendar as year-month-day, such as 2027-06-30',
    });
    return null;
  }
}

const YES_NO = { yes: true, no: false, true: true, false: false } as const;

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

export function isEmpty(node: Node): boolean {
  return isNothing(node) || (node.kind === 'map' && node.entries.length === 0);
}

/** A blank text, or a list without items. */
export function isNothing(node: Node): boolean {
  return node.kind === 'text' ? node.text.trim() === '' : node.kind === 'list' && node.items.length === 0;
}

/** Whether nothing stands after the colon, not even quotes. */
function isUnwritten(node: Node): boolean {
  return node.kind === 'text' && node.plain && node.text === '';
}

/** A block of keys; an empty value counts as one without keys. */
export function mapOf(node: Node, what: string, findings: Findings): MapNode | null {
  if (node.kind === 'map') return node;
  if (node.kind === 'text' && isUnwritten(node)) return { kind: 'map', entries: [], place: node.place };
  findings.bad(node.place, `${what} is a block of keys`, describe(node), '`key: value` lines');
  return null;
}

export function textOf(node: Node, what: string, findings: Findings): string | null {
  if (node.kind === 'text') return node.text.trim();
  findings.bad(node.place, `${what} is one text`, describe(node), 'a text');
  return null;
}

export function textsOf(node: Node, what: string, findings: Findings): TextNode[] {
  const items = node.kind === 'list' ? node.items : [node];
  const found: TextNode[] = [];
  for (const item of items) {
    if (item.kind !== 'text')
      findings.bad(item.place, `${what} is a text or a list of texts`, describe(item), 'a text');
    else if (item.text.trim() === '') findings.bad(item.place, `${what} is empty`, 'nothing', 'a text');
    else found.push(item);
  }
  return found;
}
