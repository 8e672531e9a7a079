/** What the subcommands on rule files share: the folder they name, and how they count. */
import type { Command } from 'commander';
import { addRuleOptions, type RuleOptions } from '../options.ts';

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

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
