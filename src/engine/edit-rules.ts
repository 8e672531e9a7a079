/** Entries put into the text of a rule file, in the file's own style: text in, text out, every other byte as it was. */
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  Scalar,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { Findings, type Node, parseSource } from './load-yaml.ts';
import { CsrError, type Problem } from './problem.ts';

/** What stands behind a key: a text, a list, or a block of keys in their order. */
export type Yaml = string | readonly Yaml[] | Block;
export type Block = ReadonlyMap<string, Yaml>;

/** The lists that entries are put into. */
export type ListKey = 'carriers' | 'look-ups' | 'escalations' | 'rules';

/** A file's new text, and the line on which what was added begins. */
export interface Edited {
  readonly text: string;
  readonly line: number;
}

/** A value as somebody types it, YAML on one line: what it says, or what is wrong with it. */
export function readYaml(text: string): { readonly value: Yaml } | { readonly problems: readonly Problem[] } {
  const findings = new Findings();
  const tree = parseSource({ name: '', path: '', text }, findings);
  const { problems } = findings;
  return tree && problems.length === 0 ? { value: fromNode(tree) } : { problems };
}

/** A tree of the loader as a value, without places. */
export function fromNode(node: Node): Yaml {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'list') return node.items.map(fromNode);
  return new Map(node.entries.map(({ key, value }) => [key, fromNode(value)]));
}

/** A value as it would stand on one line. */
export function showYaml(value: Yaml): string {
  return line(value, styleOf('', null));
}

// Style

interface Style {
  readonly newline: string;
  /** Spaces by which a block stands deeper than its key. */
  readonly step: number;
  /** Spaces by which the dashes of a list do. */
  readonly listStep: number;
  readonly singleQuotes: boolean;
  /** `{ a: b }` rather than `{a: b}`. */
  readonly padded: boolean;
  /** By key, whether a block or a list behind it stands on one line. */
  readonly inLine: ReadonlyMap<string, boolean>;
}

/** What stands line by line where the file does not say otherwise. */
const LINE_BY_LINE = new Set(['when', 'then', 'how', 'examples', 'when-any']);

/** A list on one line is no longer than that. */
const WIDTH = 100;

/** What most of a few things are; `otherwise` where there are none or as many. */
function most(votes: readonly boolean[], otherwise: boolean): boolean {
  const yes = votes.filter(Boolean).length;
  return yes * 2 === votes.length ? otherwise : yes * 2 > votes.length;
}

function styleOf(text: string, entries: YAMLSeq | null): Style {
  const votes = new Map<string, boolean[]>();
  const steps: number[] = [];
  const listSteps: number[] = [];
  const visit = (node: unknown): void => {
    if (isSeq(node)) for (const item of node.items) visit(item);
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      visit(value);
      if (!isScalar(key) || !isCollection(value)) continue;
      const name = String(key.value);
      votes.set(name, [...(votes.get(name) ?? []), value.flow === true]);
      if (value.flow) continue;
      const apart = columnOf(text, startOf(value)) - columnOf(text, startOf(key));
      (isSeq(value) ? listSteps : steps).push(apart);
    }
  };
  visit(entries);
  const quotes = text.match(/(?<=[:[{,-] )["']/g) ?? [];
  const braces = text.match(/(?<=[:-] )\{ ?(?!\})/g) ?? [];
  return {
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    step: steps[0] ?? 2,
    listStep: listSteps[0] ?? 2,
    singleQuotes: most(
      quotes.map((quote) => quote === "'"),
      false,
    ),
    padded: most(
      braces.map((brace) => brace === '{ '),
      true,
    ),
    inLine: new Map([...votes].map(([key, said]) => [key, most(said, !LINE_BY_LINE.has(key))])),
  };
}

function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value);
}

function isText(value: Yaml): value is string {
  return typeof value === 'string';
}

/** Scalars that have been written: keys and names come up over and over. */
const written = new Map<string, string>();
const MOST_WRITTEN = 5_000;

/** A text as a scalar that this loader, and any other of YAML 1.2, reads as that text. */
function scalar(text: string, style: Style, inLine: boolean): string {
  const key = `${inLine ? 1 : 0}${style.singleQuotes ? 1 : 0}${text}`;
  let known = written.get(key);
  if (known === undefined) {
    known = scalarOf(text, style, inLine);
    if (written.size >= MOST_WRITTEN) written.clear();
    written.set(key, known);
  }
  return known;
}

function scalarOf(text: string, style: Style, inLine: boolean): string {
  const node = new Scalar(text);
  // Control characters and spaces of any kind at the ends; what would end a document; what means more as a key.
  if (/\p{Cc}|^\s|\s$|^(---|\.\.\.)|^<<$/u.test(text)) node.type = 'QUOTE_DOUBLE';
  const options = {
    lineWidth: 0,
    defaultStringType: 'PLAIN',
    blockQuote: false,
    singleQuote: style.singleQuotes,
    flowCollectionPadding: false,
  } as const;
  // In a list on one line a comma and a bracket need quotes too.
  if (!inLine) return stringify(node, options).trimEnd();
  return stringify([node], { ...options, collectionStyle: 'flow' })
    .trimEnd()
    .slice(1, -1);
}

/** A value on one line. */
function line(value: Yaml, style: Style): string {
  if (isText(value)) return scalar(value, style, true);
  if (isList(value)) return `[${value.map((item) => line(item, style)).join(', ')}]`;
  const pad = style.padded && value.size > 0 ? ' ' : '';
  const pairs = [...value].map(([key, item]) => `${scalar(key, style, true)}: ${line(item, style)}`);
  return `{${pad}${pairs.join(', ')}${pad}}`;
}

/** The lines of a block of keys. */
function blockLines(block: Block, style: Style): string[] {
  return [...block].flatMap(([key, value]) => {
    const name = scalar(key, style, false);
    if (isText(value)) return [`${name}: ${scalar(value, style, false)}`];
    if (isInLine(key, value, style)) return [`${name}: ${line(value, style)}`];
    return isList(value)
      ? [`${name}:`, ...indented(listLines(value, style), style.listStep)]
      : [`${name}:`, ...indented(blockLines(value, style), style.step)];
  });
}

function listLines(list: readonly Yaml[], style: Style): string[] {
  return list.flatMap((item) => {
    if (isText(item)) return [`- ${scalar(item, style, false)}`];
    // An example has two halves; whatever else stands in a list is small.
    const isExample = !isList(item) && item.has('given');
    return isExample ? dashed(blockLines(item, style), 2) : [`- ${line(item, style)}`];
  });
}

function isInLine(key: string, value: readonly Yaml[] | Block, style: Style): boolean {
  if (isList(value) && value.some((item) => !isText(item)))
    return style.inLine.get(key) === true && key === 'examples';
  const usual = style.inLine.get(key) ?? !LINE_BY_LINE.has(key);
  if (!isList(value)) return usual || value.size === 0;
  return usual && key.length + line(value, style).length <= WIDTH;
}

function indented(lines: readonly string[], by: number): string[] {
  return lines.map((one) => `${' '.repeat(by)}${one}`);
}

/** Lines as an item of a list: a dash before the first, the others below its text. */
function dashed(lines: readonly string[], width: number): string[] {
  return lines.map((one, at) => `${at === 0 ? '-'.padEnd(width) : ' '.repeat(width)}${one}`);
}

// Places in a text

function startOf(node: { range?: readonly number[] | null | undefined }): number {
  return node.range?.[0] ?? 0;
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Where the line ends in which a value ends, its line break included. */
function lineEnd(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const next = text.indexOf('\n', offset);
  return next < 0 ? text.length : next + 1;
}

function lineNumber(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Where what a node says ends; remarks and blank lines after it do not count. */
function contentEnd(node: unknown): number | null {
  if (isCollection(node) && !node.flow) {
    const last = node.items.at(-1) as unknown;
    const parts = isMap(node) ? [(last as Pair | undefined)?.value, (last as Pair | undefined)?.key] : [last];
    for (const part of parts) {
      const end = contentEnd(part);
      if (end !== null) return end;
    }
    return null;
  }
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  // Nothing after a colon has a place, but one that may lie below remarks.
  if (!range || range[0] === range[1]) return null;
  return range[1] ?? null;
}

/** The dash before an item. */
function dashBefore(text: string, item: unknown): number {
  return text.lastIndexOf('-', startOf(item as Scalar) - 1);
}

function splice(text: string, from: number, to: number, by: string): string {
  return `${text.slice(0, from)}${by}${text.slice(to)}`;
}

/** Puts lines in before `offset`, which is the start of a line or the end of the text. */
function withLines(text: string, offset: number, lines: readonly string[], newline: string): string {
  const unended = offset > 0 && text[offset - 1] !== '\n';
  const block = lines.join(newline);
  return splice(text, offset, offset, unended ? `${newline}${block}` : `${block}${newline}`);
}

interface Opened {
  readonly document: Document;
  readonly top: YAMLMap;
  readonly pair: Pair | null;
  /** null where the list is not there, or nothing stands in it. */
  readonly list: YAMLSeq | null;
  readonly style: Style;
}

/** @throws CsrError for a file that is no block of keys */
function open(text: string, key: ListKey): Opened {
  const document = parseDocument(text, { schema: 'failsafe', keepSourceTokens: true });
  const top = document.contents as unknown;
  if (!isMap(top) || top.flow) {
    throw new CsrError({
      code: 'cannot-edit',
      severity: 'error',
      message: 'the file is written on one line, in braces',
      help: 'write its keys line by line, or name another file with --into',
    });
  }
  const pair = top.items.find((one) => isScalar(one.key) && one.key.value === key) ?? null;
  const list = isSeq(pair?.value) ? pair.value : null;
  return { document: document as unknown as Document, top, pair, list, style: styleOf(text, list) };
}

// Adding

/** A rule file that holds one entry. `head` is what stands above it: `kind`, and for a table what it is. */
export function newRuleFile(modeline: string, head: Block, key: ListKey, entry: Block): Edited {
  const style = styleOf('', null);
  const above = [modeline, ...blockLines(head, style), `${key}:`];
  const lines = [...above, ...indented(dashed(blockLines(entry, style), 2), 2)];
  return { text: `${lines.join('\n')}\n`, line: above.length + 1 };
}

/**
 * Puts an entry into a list of a rule file that can be read.
 * @param before the line of the entry that it goes before; without it, it goes to the end
 * @throws CsrError for a file that is no block of keys
 */
export function withEntry(text: string, key: ListKey, entry: Block, before?: number): Edited {
  const { pair, list, style } = open(text, key);
  const lines = blockLines(entry, style);
  if (!pair) {
    const at = text.length;
    const added = ['', `${key}:`, ...indented(dashed(lines, 2), style.listStep)];
    const skip = text.endsWith('\n') || text === '' ? 0 : 1;
    return {
      text: withLines(text, at, added, style.newline),
      line: lineNumber(text, at) + 2 + skip,
    };
  }
  if (!list || list.items.length === 0) {
    const emptied = list ? withoutEmptyList(text, list) : text;
    const at = lineEnd(emptied, (pair.key as Scalar).range?.[1] ?? 0);
    return {
      text: withLines(emptied, at, indented(dashed(lines, 2), style.listStep), style.newline),
      line: lineNumber(emptied, startOf(pair.key as Scalar)) + 1,
    };
  }
  if (list.flow) return intoLine(text, list, line(entry, style));
  return intoLines(text, list, entry, style, before);
}

/** `[]` behind a key taken away, so that a list can begin on the line below. */
function withoutEmptyList(text: string, list: YAMLSeq): string {
  const [from = 0, to = from] = list.range ?? [];
  return splice(text, text[from - 1] === ' ' ? from - 1 : from, to, '');
}

/** After the last item of a list in brackets; on a line of its own where that item is. */
function intoLine(text: string, list: YAMLSeq, written: string): Edited {
  const last = list.items.at(-1) as Scalar;
  const from = startOf(last);
  const end = last.range?.[1] ?? from;
  const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0;
  const before = text.slice(lineStart(text, from), from);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = /^\s+$/.test(before) ? `${newline}${before}` : ' ';
  const added = comma > 0 ? `${gap}${written},` : `,${gap}${written}`;
  const at = end + comma;
  return { text: splice(text, at, at, added), line: lineNumber(text, at) + (gap === ' ' ? 0 : 1) };
}

function intoLines(
  text: string,
  list: YAMLSeq,
  entry: Block,
  style: Style,
  before?: number,
  apartElse?: boolean,
): Edited {
  const { items } = list;
  const dashes = items.map((item) => dashBefore(text, item));
  const column = columnOf(text, dashes[0] ?? 0);
  const width = Math.max(2, startOf(items.at(-1) as Scalar) - (dashes.at(-1) ?? 0));
  const onOneLine = items.every((item) => isMap(item) && item.flow === true);
  const lines = indented(
    onOneLine ? dashed([line(entry, style)], width) : dashed(blockLines(entry, style), width),
    column,
  );
  // Blank lines stand where they stood between the others.
  const apart = most(
    dashes.slice(1).map((dash) => /\n[ \t]*\r?\n$/.test(text.slice(0, aboveItem(text, dash)))),
    apartElse ?? !onOneLine,
  );
  const found =
    before === undefined
      ? -1
      : items.findIndex((item) => lineNumber(text, startOf(item as Scalar)) === before);
  if (found >= 0) {
    const at = aboveItem(text, dashes[found] ?? 0);
    return {
      text: withLines(text, at, [...lines, ...(apart ? [''] : [])], style.newline),
      line: lineNumber(text, at),
    };
  }
  const at = belowItem(text, items.at(-1), column);
  const unended = text[at - 1] !== '\n' ? 1 : 0;
  return {
    text: withLines(text, at, [...(apart ? [''] : []), ...lines], style.newline),
    line: lineNumber(text, at) + unended + (apart ? 1 : 0),
  };
}

/** The start of the first line that belongs to an item: remarks right above its dash are about it. */
function aboveItem(text: string, dash: number): number {
  let at = lineStart(text, dash);
  while (at > 0) {
    const above = lineStart(text, at - 1);
    if (!/^[ \t]*#/.test(text.slice(above, at))) break;
    at = above;
  }
  return at;
}

/** The end of the last line that belongs to an item: remarks below it that stand deeper than its dash are about it. */
function belowItem(text: string, item: unknown, column: number): number {
  let at = lineEnd(text, contentEnd(item) ?? startOf(item as Scalar));
  for (;;) {
    const remark = /^([ \t]*)#[^\n]*(\n|$)/.exec(text.slice(at));
    if (!remark || (remark[1] as string).length <= column) return at;
    at += remark[0].length;
  }
}

// Entries that are there already

/** An entry of a file, told by the line on which its first key stands. */
interface Standing {
  readonly map: YAMLMap;
  readonly style: Style;
}

function standing(text: string, key: ListKey, at: number): Standing {
  const { list, style } = open(text, key);
  const map = list?.items.find((item) => lineNumber(text, startOf(item as Scalar)) === at);
  if (!isMap(map)) throw new Error(`no entry of \`${key}\` begins on line ${at}`);
  return { map, style };
}

function pairOf(map: YAMLMap, name: string): Pair | null {
  return map.items.find((one) => isScalar(one.key) && one.key.value === name) ?? null;
}

/**
 * Adds texts to a list of an entry, or gives it that list.
 * @param at the line on which the entry begins
 * @param after the keys that stand before this one, where the entry lacks it
 * @throws CsrError for a file that is no block of keys
 */
export function withTexts(
  text: string,
  key: ListKey,
  at: number,
  name: string,
  texts: readonly string[],
  after: readonly string[],
): Edited {
  const { map, style } = standing(text, key, at);
  const pair = pairOf(map, name);
  const value = pair?.value;
  if (!pair) return withKey(text, map, name, texts, after, style);
  if (isSeq(value) && value.items.length > 0) {
    let edited: Edited = { text, line: at };
    for (const one of texts) {
      const list = pairOf(standing(edited.text, key, at).map, name)?.value as YAMLSeq;
      edited = value.flow
        ? intoLine(edited.text, list, scalar(one, style, true))
        : belowTexts(edited.text, list, one, style);
    }
    return edited;
  }
  // One text, or nothing: it becomes a list on its line.
  const before = isScalar(value) && String(value.value ?? '') !== '' ? [String(value.value)] : [];
  return replaced(text, pair, line([...before, ...texts], style));
}

/**
 * Adds an example below those of an entry. Arguments as those of `withTexts`.
 * @throws CsrError for a file that is no block of keys, or an entry without a list of examples
 */
export function withExample(text: string, key: ListKey, at: number, example: Block): Edited {
  const { map, style } = standing(text, key, at);
  const list = pairOf(map, 'examples')?.value;
  if (!isSeq(list) || list.items.length === 0) {
    throw new CsrError({
      code: 'cannot-edit',
      severity: 'error',
      message: `the entry on line ${at} has no list of examples`,
      help: 'write its first example by hand',
    });
  }
  return list.flow
    ? intoLine(text, list, line(example, style))
    : intoLines(text, list, example, style, undefined, false);
}

function belowTexts(text: string, list: YAMLSeq, written: string, style: Style): Edited {
  const last = list.items.at(-1);
  const dash = dashBefore(text, last);
  const at = belowItem(text, last, columnOf(text, dash));
  const indent = text.slice(lineStart(text, dash), dash);
  return {
    text: withLines(text, at, [`${indent}- ${scalar(written, style, false)}`], style.newline),
    line: lineNumber(text, at),
  };
}

/** Gives an entry a text behind a key, in place of the one that stands there. Arguments as those of `withTexts`. */
export function withText(
  text: string,
  key: ListKey,
  at: number,
  name: string,
  value: string,
  after: readonly string[],
): Edited {
  const { map, style } = standing(text, key, at);
  const pair = pairOf(map, name);
  return pair
    ? replaced(text, pair, scalar(value, style, map.flow === true))
    : withKey(text, map, name, value, after, style);
}

/** Another value behind a key; a remark after it stays. */
function replaced(text: string, pair: Pair, written: string): Edited {
  const key = pair.key as Scalar;
  const value = pair.value as Scalar | YAMLSeq | null;
  const [from = 0, to = from] = value?.range ?? [];
  const nothing = from === to;
  const colon = text.indexOf(':', key.range?.[1] ?? 0) + 1;
  return {
    text: nothing ? splice(text, colon, colon, ` ${written}`) : splice(text, from, to, written),
    line: lineNumber(text, startOf(key)),
  };
}

function withKey(
  text: string,
  map: YAMLMap,
  name: string,
  value: string | readonly string[],
  after: readonly string[],
  style: Style,
): Edited {
  const before = map.items.findLast((one) => isScalar(one.key) && after.includes(String(one.key.value)));
  const neighbour = (before ?? map.items[0]) as Pair;
  const end = contentEnd(neighbour.value) ?? contentEnd(neighbour.key) ?? 0;
  if (map.flow) {
    const written = `, ${line(name, style)}: ${line(value, style)}`;
    return { text: splice(text, end, end, written), line: lineNumber(text, end) };
  }
  const at = lineEnd(text, end);
  const lines = indented(blockLines(new Map([[name, value]]), style), columnOf(text, startOf(map)));
  return { text: withLines(text, at, lines, style.newline), line: lineNumber(text, at) };
}
