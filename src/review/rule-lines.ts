/** Conditions, actions and examples as a lead types them, on one line each. */
import { type Block, readYaml, showYaml, type Yaml } from '../engine/edit-rules.ts';
import { OPERATORS } from '../engine/grammar.ts';
import type { Problem } from '../engine/problem.ts';
import type { ExampleBlock } from '../engine/propose-examples.ts';

/** What a line says, or what is wrong with it. */
export type Said<Value> = { readonly value: Value } | { readonly problems: readonly Problem[] };

function bad(message: string, found: string, wanted: string, help?: string): { problems: Problem[] } {
  return {
    problems: [
      {
        code: 'bad-value',
        severity: 'error',
        message,
        found,
        wanted,
        ...(help === undefined ? {} : { help }),
      },
    ],
  };
}

/** `name = value` or `name: value`. */
function halves(text: string): readonly [name: string, rest: string] | null {
  const [, name, rest] = /^\s*([A-Za-z][\w.-]*)\s*(?:=|:(?=\s|$))\s*(.*?)\s*$/.exec(text) ?? [];
  return name === undefined || rest === undefined ? null : [name, rest];
}

/** Braces, brackets and quotes are YAML; anything else is the text itself. */
export function readValue(text: string): Said<Yaml> {
  return /^[{["']/.test(text) ? readYaml(text) : { value: text };
}

/**
 * A condition: `country = US`, `country: [US, CA]`, `country != US`, and an operator before its value, as in
 * `phoneNumber = starts-with +1808` and `country = not [US, CA]`.
 */
export function readCondition(text: string): Said<readonly [fact: string, test: Yaml]> {
  const unequal = /^\s*([A-Za-z][\w.-]*)\s*!=\s*(.*?)\s*$/.exec(text);
  const [fact, rest] = unequal ? [unequal[1] as string, `not ${unequal[2]}`] : (halves(text) ?? []);
  if (fact === undefined || rest === undefined || rest === '')
    return bad('a condition is a fact and what it must be', text, '`country = US`');
  const test = readTest(rest);
  return 'problems' in test ? test : { value: [fact, test.value] };
}

function readTest(text: string): Said<Yaml> {
  const [, word, rest] = /^([a-z-]+):?\s+(.+)$/.exec(text) ?? [];
  if (word === undefined || rest === undefined || !Object.hasOwn(OPERATORS.keys, word))
    return readValue(text);
  const inner = word === 'not' ? readTest(rest) : readValue(rest);
  return 'problems' in inner ? inner : { value: new Map([[word, inner.value]]) };
}

/** Names of fields may follow each other with commas; no field has a comma in its name. */
const FIELD_LISTS = new Set(['clear', 'keep', 'for']);

/** An action: `clear: address`, `set: { pin: 1234 }`, `for = address, pin`. */
export function readAction(text: string): Said<readonly [key: string, value: Yaml]> {
  const [key, rest] = halves(text) ?? [];
  if (key === undefined || rest === undefined || rest === '')
    return bad('an action is a word and what it is about', text, '`clear: address`');
  if (FIELD_LISTS.has(key) && !/^[{["']/.test(rest)) return { value: [key, oneOrMany(namesIn(rest))] };
  const value = readValue(rest);
  return 'problems' in value ? value : { value: [key, value.value] };
}

/** `field = text`, of which there may be several. */
export function readPair(text: string): Said<readonly [name: string, value: string]> {
  const [name, rest] = halves(text) ?? [];
  const value = rest === undefined ? null : readValue(rest);
  if (name === undefined || value === null || rest === '')
    return bad('this names a field and its text', text, '`pin = 1234`');
  if ('problems' in value) return value;
  return typeof value.value === 'string'
    ? { value: [name, value.value] }
    : bad(`\`${name}\` is one text`, rest ?? '', 'a text');
}

/** Names with commas between them. */
export function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** One text as it is, several as a list. */
export function oneOrMany<Item extends Yaml>(items: readonly Item[]): Yaml {
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : items;
}

/** An example: `given -> expected`, or `given -> not expected`. */
export function readExample(text: string): Said<ExampleBlock> {
  const arrows = [...text.matchAll(/\s->\s+(not\s+)?/g)];
  const halves = arrows.map((arrow) => {
    const [given, expected] = [text.slice(0, arrow.index), text.slice(arrow.index + arrow[0].length)].map(
      readPairs,
    ) as [Said<Block>, Said<Block>];
    return { given, expected, holds: arrow[1] === undefined };
  });
  for (const { given, expected, holds } of halves) {
    // An arrow may stand in a text, too.
    if ('value' in given && 'value' in expected)
      return { value: { given: given.value, expected: expected.value, holds } };
  }
  for (const { given, expected } of halves) {
    if ('problems' in given) return given;
    if ('problems' in expected) return expected;
  }
  return bad(
    'an example is a row and what comes of it',
    text,
    '`country: DE, carrier: Colt -> look-up: carrier-records, for: address`',
    'write `-> not …` for what must not come',
  );
}

/** Keys and values on one line, with braces or without. */
function readPairs(text: string): Said<Block> {
  const trimmed = text.trim();
  const read = readYaml(trimmed.startsWith('{') ? trimmed : `{ ${trimmed} }`);
  if ('problems' in read) {
    // Of what is wrong, as far as it can be told, without the braces that nobody typed.
    const bare = readYaml(trimmed);
    return 'problems' in bare ? bare : read;
  }
  const { value } = read;
  if (!(value instanceof Map)) return bad('this is no row', text, '`country: DE, carrier: Colt`');
  const pairs = new Map<string, Yaml>();
  for (const [key, item] of value as Block) {
    // `country=DE` is to YAML a word of its own.
    const [, name, rest] = item === '' ? (/^([\w.-]+)\s*=\s*(.*)$/.exec(key) ?? []) : [];
    if (name !== undefined && rest !== undefined) pairs.set(name, rest);
    else pairs.set(key, item);
  }
  return { value: pairs };
}

/** An example as it would be typed. */
export function showExample({ given, expected, holds }: ExampleBlock): string {
  const bare = (block: Block) => showYaml(block).replace(/^\{ ?| ?\}$/g, '');
  return `${bare(given)} -> ${holds ? '' : 'not '}${bare(expected)}`;
}
