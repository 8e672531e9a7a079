/** Options that several commands share. What they name is opened in open.ts, which takes longer to load. */
import type { Command } from 'commander';
import { CsrError } from '../engine/problem.ts';

export interface RuleOptions {
  readonly rules?: string;
  readonly extend?: string;
  readonly asOf?: string;
}

export interface InputOptions extends RuleOptions {
  readonly session?: string;
  readonly customer?: string;
  readonly customerFile?: string;
  readonly layout?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly saveLayout?: string;
  readonly numbers?: string;
  readonly answers?: string;
  readonly reference?: Readonly<Record<string, string>>;
  readonly quiet?: boolean;
}

export function addRuleOptions(command: Command): Command {
  return addExtendOptions(command.option('--rules <dir>', 'use these rules in place of the built-in ones'));
}

/** What is laid over rules, wherever those come from. */
export function addExtendOptions(command: Command): Command {
  return command
    .option('--extend <dir>', 'lay this folder of rules over them')
    .option('--as-of <date>', 'judge dates in rules as of this day (YYYY-MM-DD)', isoDate);
}

/** What a file of rows means, and what is known beside it. */
export function addTableOptions(command: Command): Command {
  return command
    .option('--customer <name>', "the customer's name; wins over the customer file's")
    .option('--customer-file <file>', "the intake's answers as YAML")
    .option('--layout <id>', 'the layout, where it cannot be told from the header')
    .option('--map <field=header>', 'read FIELD from the column headed HEADER (repeatable)', mapping)
    .option(
      '--reference <name=file>',
      'join a file by number, such as inventory=FILE (repeatable)',
      referenceName,
    );
}

export function addInputOptions(command: Command): Command {
  return addTableOptions(
    addRuleOptions(command).option(
      '--session <dir>',
      'the session folder (default: FILE.session beside the file)',
    ),
  )
    .option('--save-layout <file>', 'keep the mapping as layout YAML, for --extend')
    .option('--numbers <list>', 'the batch: a file, a comma-separated list, or - for standard input')
    .option('--answers <file>', 'answers by phone number, as CSV');
}

type Pairs = Readonly<Record<string, string>>;

function pairOf(text: string): Pairs | null {
  const at = text.indexOf('=');
  return at <= 0 || at === text.length - 1 ? null : { [text.slice(0, at).trim()]: text.slice(at + 1) };
}

function mapping(text: string, before: Pairs | undefined): Pairs {
  const pair = pairOf(text);
  if (pair !== null) return { ...before, ...pair };
  throw new CsrError({
    code: 'usage',
    severity: 'error',
    message: `\`--map ${text}\` is not of the form FIELD=HEADER`,
  });
}

/** A file without a name is kept under a blank one: which names there are, the rules must say. */
function referenceName(text: string, before: Pairs | undefined): Pairs {
  const pair = pairOf(text) ?? { '': text };
  const [name = ''] = Object.keys(pair);
  if (before !== undefined && name !== '' && Object.hasOwn(before, name)) {
    throw new CsrError({
      code: 'usage',
      severity: 'error',
      message: `\`--reference ${name}=…\` is given twice: \`${before[name]}\` and \`${pair[name]}\``,
      help: 'put both lists into one file',
    });
  }
  return { ...before, ...pair };
}

function isoDate(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(text) ||
    Number.isNaN(date.getTime()) ||
    !date.toISOString().startsWith(text)
  ) {
    throw new CsrError({
      code: 'bad-date',
      severity: 'error',
      message: `\`${text}\` is not a date of the form YYYY-MM-DD`,
    });
  }
  return text;
}

/** Standard input can be read once. @throws CsrError `usage` */
export function onlyOneStdin(file: string, options: InputOptions): void {
  const named = [
    file,
    options.numbers,
    options.answers,
    options.customerFile,
    ...Object.values(options.reference ?? {}),
  ];
  if (named.filter((one) => one === '-').length > 1) {
    throw new CsrError({
      code: 'usage',
      severity: 'error',
      message: 'only one input can be `-`, standard input',
    });
  }
}
