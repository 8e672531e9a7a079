/** Which file of a folder of rules takes a new entry, and where in it. */
import type { Block, ListKey, Yaml } from '../engine/edit-rules.ts';
import type { Kind } from '../engine/grammar.ts';
import type { RuleText } from '../engine/load.ts';
import { Findings, type MapNode, type Node, parseSource } from '../engine/load-yaml.ts';
import type { CarrierBook } from '../engine/names.ts';
import type { Problem } from '../engine/problem.ts';
import type { Rule, RuleSet, RuleTable } from '../engine/rule.ts';

/** The file that takes an entry; it is made where none of that name is there. */
export interface Home {
  readonly name: string;
  /** What a new file says above its list. */
  readonly head: Block;
  /** The line of the entry that the new one goes before; null for the end of the list. */
  readonly before: number | null;
  /** The line of an entry that gains something, in place of a new one. */
  readonly standing: number | null;
}

/**
 * The file for an entry of a list whose order says nothing: the one that has that list, or could have it.
 * @param wanted the name of a new file where none of that kind is there
 */
export function homeOf(folder: readonly RuleText[], kind: Kind, list: ListKey, wanted: string): Home {
  const ofKind = folder.filter((source) => kindOf(source) === kind);
  const there = ofKind.find((source) => valueAt(treeOf(source), list) !== null) ?? ofKind[0];
  return homeIn(there?.name ?? freeName(folder, [wanted]), kind);
}

/** What a file holds; null where it does not say. */
export function kindOf(source: RuleText): string | null {
  return textAt(treeOf(source), 'kind');
}

/** The same in the file that somebody names. */
export function homeIn(name: string, kind: Kind): Home {
  return { name, head: new Map([['kind', kind]]), before: null, standing: null };
}

/** The entry of a carrier in a folder, by any of its names; null where it has none there. */
export function standingCarrier(
  folder: readonly RuleText[],
  name: string,
  carriers: CarrierBook,
): { readonly file: string; readonly line: number } | null {
  const canonical = carriers.canonical(name);
  for (const source of folder) {
    const list = valueAt(treeOf(source), 'carriers');
    for (const item of list?.kind === 'list' ? list.items : []) {
      const own = item.kind === 'map' ? textAt(item, 'name') : null;
      if (own !== null && canonical !== null && carriers.canonical(own) === canonical)
        return { file: source.name, line: item.place.line };
    }
  }
  return null;
}

/** A place among the rules of a table. */
export interface Spot {
  readonly table: RuleTable;
  /** null: before the table's first where the order counts, else after its last. */
  readonly before: Rule | null;
}

/** The file for a rule of a table that stands in `folder`, or that is extended from it. */
export function homeOfRule(
  folder: readonly RuleText[],
  below: readonly RuleText[],
  { table, before }: Spot,
): Home {
  const anchor = before ?? (table.match === 'first' ? (table.rules[0] ?? null) : null);
  const file = folder.find(({ path }) => path === anchor?.place.file);
  if (file) return { name: file.name, head: new Map(), before: anchor?.place.line ?? null, standing: null };
  const own = folder.find((source) => isTable(source) && bare(source.name) === bare(table.file));
  const isBelow = below.some(({ name, path }) => path === table.file || name === table.file);
  if (own && !isBelow) return { name: own.name, head: new Map(), before: null, standing: null };
  const id = before?.id ?? null;
  const extension = folder.find((source) => {
    const tree = treeOf(source);
    const extended = textAt(tree, 'extends');
    return extended !== null && bare(extended) === bare(table.file) && textAt(tree, 'before') === id;
  });
  const head = new Map<string, Yaml>([
    ['kind', 'rules'],
    ['extends', table.file],
    ...(id === null ? [] : [['before', id] as const]),
  ]);
  const names = [table.file, `${bare(table.file)}-before-${id ?? 'all'}.yaml`];
  const name = extension?.name ?? freeName(folder, names);
  return { name, head, before: null, standing: null };
}

/** A table of its own, in a new file. */
export function homeOfTable(name: string, stage: string, match: string): Home {
  const head = new Map([
    ['kind', 'rules'],
    ['stage', stage],
    ['match', match],
  ]);
  return { name, head, before: null, standing: null };
}

/** The table of a file name, with its ending or without. */
export function tableNamed(rules: RuleSet, name: string): RuleTable | null {
  return rules.tables.find(({ file }) => bare(file) === bare(name)) ?? null;
}

/** The name of a rule file as somebody gives it: its ending may be left out, and its folder is known. */
export function fileNamed(
  text: string,
): { readonly value: string } | { readonly problems: readonly Problem[] } {
  const name = /\.ya?ml$/i.test(text) ? text : `${text}.yaml`;
  if (/^[^./\\\p{Cc}][^/\\\p{Cc}]*$/u.test(name)) return { value: name };
  const help = 'the folder is that of --extend or --rules';
  const message = `\`${text}\` is no name of a rule file`;
  return {
    problems: [{ code: 'usage', severity: 'error', message, wanted: 'a name such as `team.yaml`', help }],
  };
}

function freeName(folder: readonly RuleText[], names: readonly string[]): string {
  const taken = new Set(folder.map(({ name }) => name));
  const [first = '', ...rest] = names;
  const free = [first, ...rest].find((name) => !taken.has(name));
  if (free !== undefined) return free;
  let count = 2;
  while (taken.has(`${bare(first)}-${count}.yaml`)) count++;
  return `${bare(first)}-${count}.yaml`;
}

function bare(name: string): string {
  return name.replace(/\.ya?ml$/, '');
}

function isTable(source: RuleText): boolean {
  return kindOf(source) === 'rules' && textAt(treeOf(source), 'extends') === null;
}

function treeOf(source: RuleText): MapNode | null {
  const tree = parseSource(source, new Findings());
  return tree?.kind === 'map' ? tree : null;
}

function valueAt(tree: MapNode | null, key: string): Node | null {
  return tree?.entries.find((entry) => entry.key === key)?.value ?? null;
}

function textAt(tree: MapNode | null, key: string): string | null {
  const value = valueAt(tree, key);
  return value?.kind === 'text' && value.text.trim() !== '' ? value.text.trim() : null;
}
