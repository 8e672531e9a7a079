/** `csr rules add`: an entry asked for, shown with what it changes, and written where the team keeps its own. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { analyse } from '../../engine/analysis/check.ts';
import { type Comparison, compare } from '../../engine/analysis/diff.ts';
import { type Evaluator, makeBooks } from '../../engine/decide.ts';
import type { ListKey } from '../../engine/edit-rules.ts';
import { escalate } from '../../engine/escalate.ts';
import { type ExampleFailure, runExample } from '../../engine/examples.ts';
import type { Kind } from '../../engine/grammar.ts';
import { loadRules } from '../../engine/load.ts';
import { CsrError, type Problem, showPlace } from '../../engine/problem.ts';
import type { RuleSet } from '../../engine/rule.ts';
import { lostExamples, parting, rowChanges } from '../../engine/what-changes.ts';
import {
  builtInFolder,
  builtInRules,
  isCheckout,
  markOf,
  readRuleFolder,
  readRuleFolderOrNone,
  schemaLine,
} from '../../files/read-rules.ts';
import { readSmallText } from '../../files/read-text.ts';
import { writeAll } from '../../files/write-file.ts';
import { type Compiled, Draft, type Ground } from '../../review/draft.ts';
import { type LeftProposal, readProposal } from '../../review/proposal.ts';
import type { Review } from '../../review/review.ts';
import { fileNamed, homeIn, homeOf, homeOfTable, kindOf } from '../../review/rule-home.ts';
import { dayOf, openGrid, readRuleSources, reviewUnder } from '../open.ts';
import { addRuleOptions, addTableOptions, type InputOptions, type RuleOptions } from '../options.ts';
import { askCarrier, askEscalation, askLookUp, askRule, type World } from './add-questions.ts';
import { differenceLines } from './diff-format.ts';
import { counted, WARN_DAYS } from './folder.ts';
import { Interview, Lines, type Options } from './interview.ts';

interface AddOptions extends InputOptions {
  readonly into?: string;
  readonly from?: string;
  readonly on?: string;
  readonly yes?: boolean;
}

type Entry = 'carrier' | 'look-up' | 'escalation' | 'rule';

interface EntryKind {
  readonly list: ListKey;
  readonly kind: Kind;
  /** The file that is made where the folder has none of the kind. */
  readonly file: string;
  readonly ask: (ask: Interview, draft: Draft, world: World, proposal: LeftProposal | null) => Promise<void>;
}

const ENTRIES: Readonly<Record<Entry, EntryKind>> = {
  carrier: { list: 'carriers', kind: 'carriers', file: 'carriers.yaml', ask: askCarrier },
  'look-up': { list: 'look-ups', kind: 'carriers', file: 'carriers.yaml', ask: askLookUp },
  escalation: { list: 'escalations', kind: 'escalations', file: 'escalations.yaml', ask: askEscalation },
  rule: { list: 'rules', kind: 'rules', file: 'rules.yaml', ask: askRule },
};

const SYNTAX = `
Nothing is asked that an option answers; the other questions are read from standard input, a line each. Where it ends
with something missing, nothing is written, and the status is 2.

  --when 'country=US' --when 'carrier=not [A, B]' --when 'phoneNumber=starts-with +1808'
  --then 'clear: address' --then 'refer: manager' --then 'for: address'
  --example 'country: DE, carrier: Colt -> look-up: carrier-records, for: address'
  --example 'country: FR, carrier: Colt -> not look-up: carrier-records'
`;

function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

export function addAdd(rules: Command): void {
  const add = rules
    .command('add')
    .description('add an entry: asked for, shown with what it changes, written');
  const entry = (name: Entry, description: string) =>
    addTableOptions(addRuleOptions(add.command(name)))
      .description(description)
      .option('--into <file>', 'the file of the folder to put it into, which may be new')
      .option('--on <file>', 'show what changes in this file of rows');
  const from = (command: Command) =>
    command
      .option('--why <text>', 'the reason')
      .option('--document <text>', 'the document that says so')
      .option('--section <text>', 'the section of it')
      .option('--basis <word>', 'stated, found, ours or reconstructed')
      .option('--owner <text>', 'who answers for it')
      .option('--review-by <date>', 'the day by which to look at it again')
      .option('--yes', 'write without asking once more');
  const withExamples = (command: Command) =>
    command
      .option('--example <text>', '`given -> expected` (repeatable)', several)
      .addHelpText('after', SYNTAX);
  const run = (name: Entry) => (options: AddOptions) => addEntry(name, options);

  from(
    entry('carrier', 'a carrier, or other names and a PIN of one that is known')
      .option('--name <text>', 'its name, as files show it')
      .option('--also <text>', 'another name of it (repeatable)', several)
      .option('--not <text>', 'a name that looks like it and is somebody else (repeatable)', several)
      .option('--pin <text>', 'its PIN, to the letter')
      .option('--replace-pin', 'even if it has another'),
  ).action(run('carrier'));

  withExamples(
    from(
      entry('look-up', 'how something is found, by country and carrier')
        .option('--from <file>', 'the proposal that an agent left')
        .option('--country <name>', 'a code, an English name, or any')
        .option('--carrier <name>', 'a known carrier, or any')
        .option('--add-carrier', 'add the carrier too, if it is not known')
        .option('--how <step>', 'a step (repeatable)', several)
        .option('--refer <whom>', 'whom to ask instead')
        .option('--procedure <id>', 'the procedure that has the steps')
        .option('--for <fields>', 'what the answer fills (repeatable)', several)
        .option('--id <id>', 'a name for reports; made of country and carrier without it'),
    ),
  ).action(run('look-up'));

  withExamples(
    from(
      entry('escalation', 'what to do about a rejection')
        .option('--carrier <name>', 'the carrier that rejects, or any (repeatable)', several)
        .option('--add-carrier', 'add the carrier too, if it is not known')
        .option('--category <id>', 'what the rejection is about, or any (repeatable)', several)
        .option('--id <id>', 'a name for reports')
        .option('--resolution <text>', 'what to do')
        .option('--give <field=text>', 'what the customer is given (repeatable)', several)
        .option('--refer <whom>', 'whom to ask')
        .option('--procedure <id>', 'the procedure that has the steps'),
    ),
  ).action(run('escalation'));

  withExamples(
    from(
      entry('rule', 'a rule of a table')
        .option('--before <rule>', 'the rule to go before; its table is the one that is meant')
        .option('--stage <stage>', 'for a table of your own: when it is asked')
        .option('--match <word>', 'for a table of your own: first or all')
        .option('--id <id>', 'a name for reports')
        .option('--title <text>', 'the rule in a few words')
        .option('--when <fact=test>', 'a condition (repeatable)', several)
        .option('--when-any <conditions>', 'a block of which one must hold (repeatable)', several)
        .option('--then <action>', 'an action (repeatable)', several),
    ),
  ).action(run('rule'));
}

/** A file of rows, decided by the old rules and by the new ones. */
interface Rows {
  readonly before: Evaluator;
  readonly after: Evaluator;
  readonly review: Review;
}

/** An entry of which everything has been said, and what it goes into. */
interface Drafted {
  readonly draft: Draft;
  readonly ground: Ground;
  readonly folder: Folder;
  readonly world: World;
}

/** The folder that takes the entry. */
interface Folder {
  /** As the command line names it; null for the built-in rules. */
  readonly named: string | null;
  readonly over: boolean;
  readonly path: string;
}

/** What a process answers with that Ctrl+C has ended. */
const INTERRUPTED = 130;

async function addEntry(name: Entry, options: AddOptions): Promise<void> {
  const lines = new Lines();
  try {
    await new Adding(name, options, lines).run();
  } catch (error) {
    if (!lines.interrupted) throw error;
    lines.say('\nNothing was written.');
    process.exitCode = INTERRUPTED;
  } finally {
    lines.close();
  }
}

class Adding {
  private readonly name: Entry;
  private readonly kind: EntryKind;
  private readonly options: AddOptions;
  private readonly lines: Lines;
  private loaded: { readonly path: string; readonly ground: Ground; readonly rules: RuleSet } | null = null;

  constructor(name: Entry, options: AddOptions, lines: Lines) {
    this.name = name;
    this.kind = ENTRIES[name];
    this.options = options;
    this.lines = lines;
  }

  private get command(): string {
    return `csr rules add ${this.name}`;
  }

  async run(): Promise<void> {
    const { options } = this;
    const proposal =
      options.from === undefined ? null : readProposal(options.from, await readSmallText(options.from));
    // Whether all is said that must be is seen without asking; only if it is not, what may be said is asked too.
    let ask = this.interview(null);
    let drafted = await this.draft(ask, proposal);
    if (ask.refused.length === 0 && ask.missing.length > 0) {
      ask = this.interview(this.lines);
      drafted = await this.draft(ask, proposal);
    }
    ask.settle(this.command);
    try {
      if (await this.finish(drafted, ask.notices)) return;
      this.say('Nothing was written.');
      process.exitCode = 1;
    } catch (error) {
      if (error instanceof CsrError) this.sayAgain(ask);
      throw error;
    }
    this.sayAgain(ask);
  }

  /**
   * Shows what there is, and writes it if somebody says so.
   * @returns whether it was written
   * @throws CsrError for what is wrong with it; nothing is written then
   */
  private async finish(
    { draft, ground, folder, world }: Drafted,
    notices: readonly string[],
  ): Promise<boolean> {
    const compiled = draft.compile();
    const { rules } = compiled;
    if (!rules || compiled.problems.length > 0) throw new CsrError(compiled.problems);
    const found = await newFindings(world.rules, rules, isOver(ground, compiled));
    if (found.length > 0) throw new CsrError(found);
    const rows = await this.rows(world.rules, rules);
    // Of rejections, no row of a record is decided.
    const comparison = draft.list === 'escalations' ? null : await compare(world.rules, rules);
    // Laid over others, rules take rows from those below; what else is laid over them only says more.
    const mayTake = !ground.over || draft.list === 'rules';
    const lost = mayTake ? await lostExamples(world.rules, rules) : [];
    const broken = lost.filter((failure) => !isOvertaken(failure, ground, compiled));
    if (broken.length > 0) throw new CsrError(broken.map(brokenExample));
    this.show(draft, compiled, ground);
    await this.showChanges(draft, world, rules, lost, comparison, rows);
    for (const notice of notices) this.say(`\n${notice}`);
    if (!(await this.confirm())) return false;
    await this.write(draft, folder, compiled);
    await this.farewell(folder, compiled);
    return true;
  }

  /** What was typed is not to be typed again. */
  private sayAgain(ask: Interview): void {
    const words = ask.asOptions()?.map(quoted).join(' ');
    if (words !== undefined)
      this.say(`\nWhat you said, to be changed and run again:\n  ${this.command} ${words}`);
  }

  private say(text: string): void {
    if (this.options.quiet !== true) this.lines.say(text);
  }

  private interview(lines: Lines | null): Interview {
    return new Interview(this.options as unknown as Options, lines);
  }

  /** Everything that is asked before anything is shown. */
  private async draft(ask: Interview, proposal: LeftProposal | null): Promise<Drafted> {
    const folder = await this.folder(ask);
    const { ground, rules } = await this.ground(folder);
    const { sources, extend } = ground;
    const world = { rules, books: makeBooks(rules) };
    const { list, kind, file } = this.kind;
    const there = ground.over ? extend : sources;
    const home = kind === 'rules' ? homeOfTable(file, 'checks', 'all') : homeOf(there, kind, list, file);
    const draft = new Draft(list, ground, home);
    const { into } = this.options;
    if (into !== undefined && kind !== 'rules') {
      const named = fileNamed(into);
      if ('problems' in named) throw new CsrError(named.problems);
      const source = there.find((one) => one.name === named.value);
      const holds = source === undefined ? kind : kindOf(source);
      if (holds !== kind) throw usage(`\`${into}\` holds ${holds ?? 'something else'}, not ${kind}`);
      draft.moveTo(homeIn(named.value, kind));
    }
    await this.kind.ask(ask, draft, world, proposal);
    return { draft, ground, folder, world };
  }

  /** What the options name, or what is said instead. */
  private async folder(ask: Interview): Promise<Folder> {
    const { rules, extend } = this.options;
    if (extend !== undefined) return { named: extend, over: true, path: extend };
    if (rules !== undefined) return { named: rules, over: false, path: rules };
    const builtIn = 'built-in';
    const own = isCheckout()
      ? ` \`${builtIn}\` writes into ${builtInFolder()}, the rules of csr itself, for those who work on csr.`
      : '';
    const answer = await ask.text(
      {
        option: 'extend',
        asks: `Which folder takes it? One of your own, laid over the built-in rules with --extend, so that an update leaves it alone.${own}`,
        suggests: 'team-rules',
        needed: true,
      },
      () => [],
    );
    if (answer === builtIn && isCheckout()) return { named: null, over: false, path: builtInFolder() };
    return { named: answer, over: true, path: answer ?? '' };
  }

  /** The rules as they are; the same for both times of asking, where the folder is the same. */
  private async ground(folder: Folder): Promise<{ ground: Ground; rules: RuleSet }> {
    if (this.loaded?.path === folder.path) return this.loaded;
    const { named, over, path } = folder;
    const { options } = this;
    const sources = await (options.rules === undefined ? builtInRules() : readRuleFolder(options.rules));
    const extend = over && path !== '' ? await readRuleFolderOrNone(path) : [];
    const asOf = dayOf(options);
    const { rules, problems } = loadRules(sources, { digest: '', extend, asOf, warnDays: WARN_DAYS });
    if (!rules) throw new CsrError(problems.filter(({ severity }) => severity === 'error'));
    const ground: Ground = {
      sources,
      extend,
      asOf,
      warnDays: WARN_DAYS,
      over,
      problems,
      modeline: schemaLine(path).line,
      pathOf: (name) => (named === null && !over ? `rules/${name}` : join(path, name)),
    };
    this.loaded = { path, ground, rules };
    return this.loaded;
  }

  /** A file of rows under the old rules and the new ones. */
  private async rows(before: RuleSet, after: RuleSet): Promise<Rows | null> {
    const { on } = this.options;
    if (on === undefined) return null;
    if (on === '-') throw usage('`--on -`: questions are answered on standard input');
    const grid = await openGrid(on);
    const { review: old } = await reviewUnder(before, grid, this.options);
    const { review } = await reviewUnder(after, grid, this.options);
    return { before: old.evaluator, after: review.evaluator, review };
  }

  private show(draft: Draft, { files }: Compiled, ground: Ground): void {
    for (const [name, text] of files) {
      const before = draft.folder.find((source) => source.name === name)?.text ?? null;
      this.say(`\n${ground.pathOf(name)}${before === null ? ', a new file' : ''}`);
      for (const line of changedLines(before ?? '', text)) this.say(line);
    }
  }

  private async showChanges(
    draft: Draft,
    world: World,
    rules: RuleSet,
    lost: readonly ExampleFailure[],
    comparison: Comparison | null,
    rows: Rows | null,
  ): Promise<void> {
    this.say('\nWhat changes');
    const own =
      draft.list === 'carriers' ? namesNow(draft, world, rules) : await examplesNow(draft, world, rules);
    for (const line of own) this.say(`  ${line}`);
    for (const { rule, place, came } of lost)
      this.say(`  ${showPlace(place)}: an example of ${rule} is decided by the rules laid over it: ${came}`);
    if (comparison) for (const line of overAllRows(comparison)) this.say(`  ${line}`);
    if (rows === null) return;
    const { review } = rows;
    const changes = rowChanges(rows.before, rows.after);
    const count = changes.reduce((sum, change) => sum + change.rows.length, 0);
    const all = counted(review.table.rows.length, 'row');
    this.say(`  ${this.options.on}: ${count} of ${all} decided differently`);
    for (const change of changes) {
      this.say(`  ${review.rowList(change.rows)}`);
      for (const line of change.before) this.say(`    before: ${line}`);
      for (const line of change.after) this.say(`    after:  ${line}`);
    }
  }

  /** @throws CsrError where nobody is there to say */
  private async confirm(): Promise<boolean> {
    if (this.options.yes) return true;
    this.lines.say('\nWrite it? Enter: yes');
    for (;;) {
      const line = (await this.lines.next([]))?.trim();
      if (line === undefined)
        throw usage(
          'nothing was written, for nobody has said so',
          'say `--yes` to write without being asked',
        );
      if (line === '' || /^y(es)?$/i.test(line)) return true;
      if (/^no?$/i.test(line)) return false;
      this.lines.say('Say yes or no.');
    }
  }

  /** @throws CsrError where it cannot be written, or somebody has changed the files meanwhile; nothing has changed then */
  private async write(draft: Draft, folder: Folder, { files }: Compiled): Promise<void> {
    const now = await readRuleFolderOrNone(folder.path);
    for (const name of files.keys()) {
      const [was, is] = [draft.folder, now].map((list) => list.find((source) => source.name === name)?.text);
      if (was === is) continue;
      throw new CsrError({
        code: 'changed-meanwhile',
        severity: 'error',
        message: `somebody has changed \`${join(folder.path, name)}\` meanwhile`,
        help: 'run the command again',
      });
    }
    const outputs = [...files].map(([name, text]) => {
      const path = join(folder.path, name);
      return { path, data: `${markOf(path)}${text}` };
    });
    writeAll(outputs, { force: true, keepMode: true, makeFolder: true });
  }

  /** What is on the disk now, loaded once more; where the entry is, and what to do next. */
  private async farewell(folder: Folder, { path, line, files }: Compiled): Promise<void> {
    const { rules, asOf } = this.options;
    const chosen = folder.over ? { rules, extend: folder.path } : { rules: folder.named ?? undefined };
    const { sources, extend, digest, asOf: day } = await readRuleSources({ ...chosen, asOf } as RuleOptions);
    const loaded = loadRules(sources, { digest, extend, asOf: day });
    this.say(`\nAdded: ${path}:${line}`);
    if (loaded.rules)
      this.say(
        `${counted(loaded.rules.count, 'rule')} in ${counted(sources.length + extend.length, 'file')}`,
      );
    const dir = rules === undefined ? '' : ` ${quoted(rules)}`;
    const over = folder.over ? ` --extend ${quoted(folder.path)}` : '';
    const next = [`csr rules check${dir}${over}`, `csr rules test${dir}${over}`];
    if (files.size > 0 && !schemaLine(folder.path).isThere)
      next.push(`csr rules schema${dir}${over} -o ${quoted(join(folder.path, 'rules.schema.json'))}`);
    this.say(`Next:\n${next.map((one) => `  ${one}`).join('\n')}`);
  }
}

function usage(message: string, help?: string): CsrError {
  return new CsrError({ code: 'usage', severity: 'error', message, ...(help === undefined ? {} : { help }) });
}

/** What the entry makes unreachable, undecided or contradictory. */
async function newFindings(
  before: RuleSet,
  after: RuleSet,
  isOver: (file: string) => boolean,
): Promise<Problem[]> {
  const said = ({ code, message }: Problem) => `${code} ${message}`;
  const now = await analyse(after, undefined, undefined, isOver);
  const known = new Set(now.length === 0 ? [] : (await analyse(before)).map(said));
  return now.filter((problem) => !known.has(said(problem)));
}

/** Tells the files that are laid over others. */
function isOver(ground: Ground, { files }: Compiled): (file: string) => boolean {
  const own = new Set([...ground.extend.map(({ path }) => path), ...[...files.keys()].map(ground.pathOf)]);
  return (file) => ground.over && own.has(file);
}

/** A rule laid over others takes rows from them: their examples for those rows hold no more, and need not. */
function isOvertaken({ place, by }: ExampleFailure, ground: Ground, compiled: Compiled): boolean {
  const isOwn = isOver(ground, compiled);
  return !isOwn(place.file) && by.some(isOwn);
}

function brokenExample({ rule, place, came, wanted }: ExampleFailure): Problem {
  const message = `an example of \`${rule}\` would hold no more`;
  return { code: 'example-fails', severity: 'error', message, place, rule, found: came, wanted };
}

/** As many differences as are read before an entry is written; `csr rules diff` shows all. */
const MOST_SHOWN = 3;

/** Which rows of any file are decided differently by the entry. */
function overAllRows({ differences, unproved }: Comparison): string[] {
  const open = unproved.length === 0 ? '' : `; of ${counted(unproved.length, 'case')} it is not known`;
  if (differences.length === 0) return [`over all rows: no difference${open}`];
  const more = differences.length - MOST_SHOWN;
  return [
    `over all rows: ${counted(differences.length, 'difference')}${open}`,
    ...differences.slice(0, MOST_SHOWN).flatMap((one) => differenceLines(one).map((line) => `  ${line}`)),
    ...(more > 0 ? [`  and ${more} more, which \`csr rules diff\` shows once it is written`] : []),
  ];
}

/** What the names of a carrier mean now, and what they meant. */
function namesNow(draft: Draft, { books }: World, rules: RuleSet): string[] {
  const { carriers } = makeBooks(rules);
  const lists = ['name', 'also', 'not'].flatMap((key) => draft.get(key) ?? []);
  const names = lists.filter((name) => typeof name === 'string');
  const lines = [...new Set(names)].flatMap((name) => {
    const [was, is] = [books.carriers.canonical(name), carriers.canonical(name)];
    if (was === is) return [];
    return [`\`${name}\` is ${is ?? 'no carrier'}; before: ${was ?? 'no carrier'}`];
  });
  const name = String(draft.get('name') ?? '');
  const [had, has] = [books.carriers, carriers].map((book) => book.carrier(name)?.pin ?? null);
  if (has !== had) lines.push(`the PIN of ${carriers.canonical(name)} is ${has}; before: ${had ?? 'none'}`);
  return lines;
}

/** What becomes of the entry's own examples. */
async function examplesNow(draft: Draft, { rules: before, books }: World, rules: RuleSet): Promise<string[]> {
  const owner = draft.ownerIn(rules);
  if (!owner) return [];
  const lines: string[] = [];
  const tell = (given: object, was: readonly string[], is: readonly string[]) => {
    const row = Object.entries(given).flatMap(([fact, text]) => (text === '' ? [] : [`${fact}: ${text}`]));
    lines.push(`example ${row.join(', ')}`);
    if (was.length + is.length === 0) lines.push('  is decided as before');
    lines.push(...was.map((line) => `  before: ${line}`), ...is.map((line) => `  after:  ${line}`));
  };
  if ('resolution' in owner) {
    for (const { carrier, text } of owner.examples.filter((one) => one.expect)) {
      const [was, is] = [before, rules].map(
        (set) => escalate(text, carrier || null, set, books).escalation.id,
      );
      tell({ carrier, text }, [was ?? ''], [is ?? '']);
    }
    return lines;
  }
  for (const example of owner.examples.filter((one) => one.expect)) {
    const [was, is] = [await runExample(before, owner, example), await runExample(rules, owner, example)];
    const { before: old, after } = parting(was.decision, is.decision);
    tell(example.given, old, after);
  }
  return lines;
}

/** The lines of a text that another one lacks (`+`) or has besides (`-`), with their numbers. */
export function changedLines(before: string, after: string): string[] {
  if (before === '') return changedLines('\0', after).filter((line) => !line.startsWith('-'));
  const [old, now] = [before, after].map((text) => text.replace(/\r?\n$/, '').split(/\r?\n/)) as [
    string[],
    string[],
  ];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const [gone, come] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  // The longest run of lines that both have, from each pair of lines on.
  const common = Array.from({ length: gone.length + 1 }, () => new Array<number>(come.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = gone.length - 1; i >= 0; i--)
    for (let j = come.length - 1; j >= 0; j--)
      (common[i] as number[])[j] =
        gone[i] === come[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const width = String(now.length).length;
  const lines: string[] = [];
  for (let i = 0, j = 0; i < gone.length || j < come.length; ) {
    if (i < gone.length && j < come.length && gone[i] === come[j]) {
      i++;
      j++;
    } else if (i < gone.length && (j === come.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`- ${' '.repeat(width)} | ${gone[i]}`);
      i++;
    } else {
      lines.push(`+ ${String(start + j + 1).padStart(width)} | ${come[j]}`);
      j++;
    }
  }
  return lines;
}

/** A word of a command line as a shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
