/** `csr rules diff`: where two rule sets decide differently, and which rows of a file. */
import { type Command, Option } from 'commander';
import { alsoChanged } from '../../engine/also-changed.ts';
import { comparable, compare, type Difference, type Expected, partsBy } from '../../engine/analysis/diff.ts';
import { showYaml, type Yaml } from '../../engine/edit-rules.ts';
import { loadRules, type RuleText } from '../../engine/load.ts';
import { CsrError, type Problem, showProblem } from '../../engine/problem.ts';
import type { RuleSet } from '../../engine/rule.ts';
import type { Grid } from '../../engine/table.ts';
import { rowChanges, sameOutcome } from '../../engine/what-changes.ts';
import { BUILT_IN, readRulesNamed } from '../../files/read-revision.ts';
import { builtInRules } from '../../files/read-rules.ts';
import type { Review } from '../../review/review.ts';
import { readCondition } from '../../review/rule-lines.ts';
import { dayOf, openGrid, reviewUnder, sayNotices } from '../open.ts';
import { addExtendOptions, addTableOptions, type InputOptions } from '../options.ts';
import { type Changes, DIFF_FORMATS, type DiffFormat, type OnFile } from './diff-format.ts';
import { type OutputOptions, putDocument } from './folder.ts';

interface DiffOptions extends OutputOptions, InputOptions {
  readonly over?: string;
  readonly on?: string;
  readonly expect?: readonly string[];
  readonly format?: DiffFormat;
  readonly json?: boolean;
}

const HELP = `
OLD and NEW are folders of rules, git revisions of one (\`main:rules\`), or \`built-in\`, the rules that csr ships.
Without NEW, OLD is compared with itself under the folder of --extend; without both, the built-in rules are.

  csr rules diff main:rules rules                    what a branch changes of whole rules
  csr rules diff main:team team --over built-in      what it changes of rules that are laid over the built-in ones
  csr rules diff --extend team                       what the folder team changes of the built-in rules
  csr rules diff old-rules built-in --extend team    what a newer version changes for the team
  csr rules diff main:rules rules --on FILE.csv      which rows of a file are decided differently
  csr rules diff main:rules rules --expect country=CODE,carrier=NAME

The status is 0 where no row is decided differently (with --expect: where every such row is as expected), else 1.
`;

/** Adds `csr rules diff` to `csr rules`. */
export function addDiff(rules: Command): void {
  addTableOptions(addExtendOptions(rules.command('diff')))
    .description(
      'where two rule sets decide differently: which rows, both outcomes, both rules, a row that shows it',
    )
    .argument('[old]', 'the rules as they were')
    .argument('[new]', 'the rules as they are')
    .addOption(new Option('--rules <dir>').hideHelp())
    .option('--over <rules>', 'lay OLD and NEW over these rules, such as built-in')
    .option('--on <file>', 'count and list the rows of this file that are decided differently')
    .option('--expect <condition>', 'only such rows may be decided differently (repeatable)', several)
    .addOption(
      new Option('--format <format>', 'how it is written (default: text)').choices(Object.keys(DIFF_FORMATS)),
    )
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'where to (default: standard output)')
    .option('--force', 'replace the file if it is there already')
    .addHelpText('after', HELP)
    .action(diff);
}

function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

function usage(message: string, help?: string): CsrError {
  return new CsrError({ code: 'usage', severity: 'error', message, ...(help === undefined ? {} : { help }) });
}

async function diff(old: string | undefined, now: string | undefined, options: DiffOptions): Promise<void> {
  const format = formatOf(options);
  const asOf = dayOf(options);
  const [before, after] = await sidesOf(old, now, options);
  const loaded = [before, after].map((side) => ({ side, ...load(side, asOf) }));
  const [was, is] = loaded.map(({ rules }) => rules);
  if (!was || !is) throw await broken(loaded, asOf, options);
  const expected = options.expect === undefined ? null : expectedOf(options.expect, [before, after], asOf);
  const comparison = await compare(was, is, expected);
  const on =
    options.on === undefined ? null : await decideBoth(options.on, was, is, comparison.differences, options);
  const changes: Changes = {
    old: before.shown,
    new: after.shown,
    comparison,
    also: alsoChanged(was, is),
    expected: options.expect ?? null,
    on,
  };
  const folders = [old, now, options.over].filter((name): name is string => name !== undefined);
  putDocument(DIFF_FORMATS[format](changes), options, folders);
  const { differences, unproved } = comparison;
  const surprising =
    options.expect === undefined ? differences : differences.filter((one) => one.outside !== null);
  if (surprising.length + unproved.length > 0) process.exitCode = 1;
}

function formatOf({ format, json }: DiffOptions): DiffFormat {
  if (json !== true) return format ?? 'text';
  if (format !== undefined && format !== 'json')
    throw usage(`\`--json\` and \`--format ${format}\` at once`, 'one of the two');
  return 'json';
}

// Two sides

interface SideTexts {
  /** As it is called in what is said. */
  readonly shown: string;
  readonly sources: readonly RuleText[];
  readonly extend: readonly RuleText[];
}

/** The files of both sides. @throws CsrError where one cannot be read, or it is not said which is meant */
async function sidesOf(
  old: string | undefined,
  now: string | undefined,
  options: DiffOptions,
): Promise<[SideTexts, SideTexts]> {
  const { extend, over, rules } = options;
  if (rules !== undefined)
    throw usage('`--rules` names one set of rules, and two are compared', `\`csr rules diff ${rules} NEW\``);
  if (over !== undefined && extend !== undefined)
    throw usage(
      '`--over` and `--extend` at once',
      'lay OLD and NEW over rules, or a folder over OLD and NEW',
    );
  if (over !== undefined) {
    if (old === undefined || now === undefined)
      throw usage('`--over` takes OLD and NEW', `csr rules diff OLD NEW --over ${over}`);
    const base = await readRulesNamed(over);
    // What is laid over itself is what it is.
    const side = async (name: string): Promise<SideTexts> => ({
      shown: name,
      sources: base,
      extend: name === over ? [] : await readRulesNamed(name),
    });
    return [await side(old), await side(now)];
  }
  const laid = extend === undefined ? [] : await readRulesNamed(extend);
  if (now === undefined) {
    if (extend === undefined)
      throw usage(
        old === undefined
          ? 'two sets of rules are compared, and none is named'
          : `\`${old}\` is compared with nothing`,
        'csr rules diff OLD NEW, or csr rules diff --extend DIR for what a folder changes of the built-in rules',
      );
    const shown = old ?? BUILT_IN;
    // Only a name that was typed can be that of a folder.
    const sources = old === undefined ? await builtInRules() : await readRulesNamed(old);
    return [
      { shown, sources, extend: [] },
      { shown: `${shown} --extend ${extend}`, sources, extend: laid },
    ];
  }
  const under = extend === undefined ? '' : ` --extend ${extend}`;
  const side = async (name: string): Promise<SideTexts> => ({
    shown: `${name}${under}`,
    sources: await readRulesNamed(name),
    extend: laid,
  });
  return [await side(old ?? BUILT_IN), await side(now)];
}

function load(
  { sources, extend }: SideTexts,
  asOf: string,
  more: readonly RuleText[] = [],
): { readonly rules: RuleSet | null; readonly problems: readonly Problem[] } {
  const { rules, problems } = loadRules(sources, { digest: '', extend: [...extend, ...more], asOf });
  return { rules, problems: problems.filter(({ severity }) => severity === 'error') };
}

/** What is wrong with the rules of either side, said as `rules check` says it. */
async function broken(
  loaded: readonly { readonly side: SideTexts; readonly problems: readonly Problem[] }[],
  asOf: string,
  { over }: DiffOptions,
): Promise<CsrError> {
  if (over === undefined) {
    for (const { side, problems } of loaded) {
      if (problems.length === 0 || side.extend.length > 0) continue;
      const asExtension = loadRules(await builtInRules(), { digest: '', extend: side.sources, asOf });
      if (asExtension.rules === null) continue;
      return new CsrError({
        code: 'not-whole',
        severity: 'error',
        message: `\`${side.shown}\` is no whole set of rules; laid over the built-in ones it is`,
        found: problems[0] ? (showProblem(problems[0]).split('\n')[0] ?? '') : '',
        help: 'say `--over built-in` to compare both as they are laid over the built-in rules',
      });
    }
  }
  const seen = new Set<string>();
  // What is laid over both would be said twice.
  return new CsrError(
    loaded
      .flatMap(({ problems }) => problems)
      .filter((problem) => {
        const text = showProblem(problem);
        return !seen.has(text) && seen.add(text);
      }),
  );
}

// What is expected

/** A file that no folder has: the expected rows as the conditions of a rule, read as all rules are. */
const EXPECTATION = '--expect';

/**
 * The rows that all `--expect` name, in words that either side knows.
 * @throws CsrError where neither does
 */
function expectedOf(
  texts: readonly string[],
  sides: readonly [SideTexts, SideTexts],
  asOf: string,
): Expected {
  const file = expectation(texts);
  const found = ([1, 0] as const).map((side) => ({ side, ...load(sides[side], asOf, [file]) }));
  for (const { side, rules } of found) {
    const own = rules?.tables.find((table) => table.file === file.name || table.file === file.path);
    if (own) return { tests: own.rules[0]?.when ?? [], side };
  }
  // It is said as what was typed, not as what stands in a file.
  const [{ problems: wrong }] = found as [(typeof found)[0]];
  const [{ place: _, excerpt: __, related: ___, ...problem }] = wrong as [Problem];
  throw new CsrError({ ...problem, message: `\`--expect ${texts.join(' ')}\`: ${problem.message}` });
}

/** Conditions as a file of one rule: of several texts of one fact any, of several facts all. */
function expectation(texts: readonly string[]): RuleText {
  const when = new Map<string, Yaml[]>();
  for (const text of texts.flatMap(conditionsIn)) {
    const read = readCondition(text);
    if ('problems' in read) {
      const [problem] = read.problems;
      throw new CsrError({
        ...(problem as Problem),
        code: 'usage',
        message: `\`--expect ${text}\`: ${problem?.message}`,
      });
    }
    const [fact, test] = read.value;
    when.set(fact, [...(when.get(fact) ?? []), test]);
  }
  const conditions = [...when].map(([fact, tests]): [string, Yaml] => {
    const [only] = tests;
    if (tests.length === 1 && only !== undefined) return [fact, only];
    const names = tests.flat();
    if (names.some((one) => typeof one !== 'string'))
      throw usage(`\`--expect\` names \`${fact}\` twice`, `give its values as a list: \`${fact}=[A, B]\``);
    return [fact, names];
  });
  const rule = new Map<string, Yaml>([
    ['id', 'expected-rows'],
    ['title', 'expected rows'],
    ['when', new Map(conditions)],
    ['then', new Map([['flag', 'expected']])],
    ['why', 'expected'],
    ['source', new Map([['document', EXPECTATION]])],
    ['basis', 'ours'],
    [
      'examples',
      [
        new Map([
          ['given', new Map([['status', 'x']])],
          ['expect', new Map([['status', 'ready']])],
        ]),
      ],
    ],
  ]);
  const file = new Map<string, Yaml>([
    ['kind', 'rules'],
    ['title', EXPECTATION],
    ['stage', 'checks'],
    ['match', 'all'],
    ['rules', [rule]],
  ]);
  return { name: `${EXPECTATION}.yaml`, path: EXPECTATION, text: showYaml(file) };
}

/**
 * Conditions with commas between them; a comma in brackets, or in quotes that begin a value, belongs to its condition. A
 * word alone is one more value of the fact before it: `country=PT,ES`, `country!=PT,ES`.
 */
function conditionsIn(text: string): string[] {
  const parts = text.match(/(?:\[[^\]]*\]|\{[^}]*\}|(?<=[=:\s])"[^"]*"|(?<=[=:\s])'[^']*'|[^,])+/g) ?? [text];
  const found: { readonly head: string; readonly values: string[] }[] = [];
  for (const part of parts) {
    const [, head, value = ''] = /^(\s*[A-Za-z][\w.-]*\s*(?:!=|=|:\s))(.*)$/s.exec(part) ?? [];
    const last = found.at(-1);
    if (head !== undefined) found.push({ head, values: [value] });
    else if (last) last.values.push(part);
    else found.push({ head: '', values: [part] });
  }
  return found.map(({ head, values }) => `${head}${values.length > 1 ? `[${values.join(',')}]` : values[0]}`);
}

// A file of rows

/** A file under both rule sets: the rows that they decide differently, and what differs in them. */
async function decideBoth(
  file: string,
  before: RuleSet,
  after: RuleSet,
  differences: readonly Difference[],
  options: DiffOptions,
): Promise<OnFile> {
  const grid = await openGrid(file);
  const apart = await rowsApart(grid, before, after, options);
  const { review: old } = await reviewUnder(before, grid, options);
  const { review: now, notices } = await reviewUnder(after, grid, options);
  sayNotices(notices, options);
  const changes = rowChanges(old.evaluator, now.evaluator, (index) => apart.has(index));
  const rows = changes.flatMap((change) => change.rows).sort((a, b) => a - b);
  const parted = new Map<Difference, number[]>(differences.map((one) => [one, []]));
  for (const index of rows) {
    const [was, is] = [old.decision(index), now.decision(index)];
    for (const one of differences) if (partsBy(one, was, is)) parted.get(one)?.push(index);
  }
  const fields = new Set(
    [old, now].flatMap(({ evaluator: { facts } }) => facts.cellSlots.map((slot) => facts.slots[slot] ?? '')),
  );
  /** The text that goes out of a row in the column of a field. */
  const textOf = ({ evaluator }: Review, index: number, field: string) =>
    evaluator.delivered(index)[evaluator.facts.slot(field)] ?? '';
  return {
    file,
    all: now.table.rows.length,
    rows: rows.map((index) => ({
      row: now.place(index),
      phoneNumber: now.phoneNumber(index),
      cells: [...fields].flatMap((field) => {
        const [from, to] = [textOf(old, index, field), textOf(now, index, field)];
        return from === to ? [] : [{ field, old: from, new: to }];
      }),
    })),
    changes: changes.map(({ rows: indexes, before: lost, after: gained }) => ({
      rows: now.rowList(indexes, MOST_LISTED),
      before: lost,
      after: gained,
    })),
    of: (difference) => {
      const indexes = parted.get(difference) ?? [];
      return { rows: indexes.map((index) => now.place(index)), listed: now.rowList(indexes, MOST_LISTED) };
    },
  };
}

/** The rows that are decided differently. Names that a message offers for an unknown one are no decision. */
async function rowsApart(
  grid: Grid,
  before: RuleSet,
  after: RuleSet,
  options: DiffOptions,
): Promise<ReadonlySet<number>> {
  const [was, is] = await Promise.all(
    [before, after].map(async (rules) => (await reviewUnder(comparable(rules), grid, options)).review),
  );
  const apart = new Set<number>();
  for (const index of was && is ? was.table.rows.keys() : []) {
    if (was && is && !sameOutcome(was.decision(index), is.decision(index))) apart.add(index);
  }
  return apart;
}

/** Rows that are named one by one; the others are counted. */
const MOST_LISTED = 10;
