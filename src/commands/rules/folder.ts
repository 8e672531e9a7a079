/** What the subcommands on rule files share: the folder they name, the document they make of it, how they count. */
import type { Command } from 'commander';
import { ruleFilesIn } from '../../files/read-rules.ts';
import { writeWhole } from '../../files/write-file.ts';
import { ruleFolders } from '../open.ts';
import { addRuleOptions, type RuleOptions } from '../options.ts';
import { print } from '../output.ts';

/** A subcommand that takes a folder of rules as its argument. */
export function addFolderCommand(rules: Command, name: string): Command {
  return addRuleOptions(rules.command(name)).argument(
    '[dir]',
    'the folder of rules (default: the built-in ones)',
  );
}

export function withFolder<Options extends RuleOptions>(dir: string | undefined, options: Options): Options {
  return dir === undefined ? options : { ...options, rules: dir };
}

/** A date that is no more than so many days off is said. */
export const WARN_DAYS = 30;

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export interface OutputOptions extends RuleOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** A subcommand that makes a document of a folder of rules. */
export function addDocumentCommand(rules: Command, name: string): Command {
  return addFolderCommand(rules, name)
    .option('-o, --output <file>', 'where to (default: standard output)')
    .option('--force', 'replace the file if it is there already');
}

/**
 * Puts a document where the options say.
 * @param folders whose rule files it was made of, and must not be written over, beside those that the options name
 * @throws CsrError where it cannot be written
 */
export function putDocument(text: string, options: OutputOptions, folders: readonly string[] = []): void {
  const { output = '-', force = false } = options;
  const notOver = [...ruleFolders(options), ...folders].flatMap(ruleFilesIn);
  if (output === '-') print(text);
  else writeWhole(output, text, { force, notOver });
}

const WIDTH = 110;

/** JSON for people and for diffs: what is short stands on one line. */
export function showJson(value: unknown): string {
  return `${jsonLines(value, '', '')}\n`;
}

function jsonLines(value: unknown, name: string, indent: string): string {
  const line = `${indent}${name}${jsonLine(value)}`;
  if (value === null || typeof value !== 'object' || line.length <= WIDTH) return line;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => jsonLines(item, '', inner))
    : pairsOf(value).map(([key, item]) => jsonLines(item, `${JSON.stringify(key)}: `, inner));
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${indent}${name}${open}\n${items.join(',\n')}\n${indent}${close}`;
}

function jsonLine(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonLine).join(', ')}]`;
  const pairs = pairsOf(value).map(([key, item]) => `${JSON.stringify(key)}: ${jsonLine(item)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function pairsOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}
