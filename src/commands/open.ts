/** What the shared options name, opened: rules, a table, a review. */
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { makeBooks } from '../engine/decide.ts';
import { matchAnyHeaders, recognise } from '../engine/layout.ts';
import type { RuleText } from '../engine/load-yaml.ts';
import { CsrError, type Problem } from '../engine/problem.ts';
import type { RuleSet } from '../engine/rule.ts';
import { rulesOn } from '../engine/rule-set.ts';
import type { Grid, Table } from '../engine/table.ts';
import {
  builtInFolder,
  builtInRuleSet,
  builtInRules,
  readRuleFolder,
  ruleFilesIn,
  rulesDigest,
} from '../files/read-rules.ts';
import { readGrid } from '../files/read-table.ts';
import { readSmallText } from '../files/read-text.ts';
import type { Output } from '../files/write-file.ts';
import { applyAnswers, checkAnswers, joinReference, NumberIndex } from '../review/answers.ts';
import type { Deed, Event } from '../review/event.ts';
import { Review } from '../review/review.ts';
import { type InputOptions, onlyOneStdin, type RuleOptions } from './options.ts';
import { readStdin, sayProblems } from './output.ts';

export interface RuleSources {
  readonly sources: readonly RuleText[];
  readonly extend: readonly RuleText[];
  readonly digest: string;
  readonly asOf: string;
}

/** The rule files that the options name. @throws CsrError where a folder cannot be read */
export async function readRuleSources(options: RuleOptions): Promise<RuleSources> {
  const sources = await (options.rules === undefined ? builtInRules() : readRuleFolder(options.rules));
  const extend = options.extend === undefined ? [] : await readRuleFolder(options.extend);
  const own = new Set(extend.map(({ path }) => path));
  // A folder of the name `rules`, as the built-in files are shown, may hold files of their names.
  const apart = (source: RuleText): RuleText =>
    options.rules === undefined && own.has(source.path)
      ? { ...source, path: join(builtInFolder(), source.name) }
      : source;
  return {
    sources: sources.map(apart),
    extend,
    digest: rulesDigest([...sources, ...extend]),
    asOf: dayOf(options),
  };
}

/** The day as of which dates in rules are judged. */
export function dayOf({ asOf }: RuleOptions): string {
  return asOf ?? new Date().toISOString().slice(0, 10);
}

/** The folders in which the rule files lie. */
export function ruleFolders({ rules, extend }: RuleOptions): string[] {
  return [rules ?? builtInFolder(), ...(extend === undefined ? [] : [extend])];
}

/**
 * The compiled rules.
 * @param ofAnyDate those too that do not hold today
 * @param read their files, where these have been read already: so both are the same
 * @throws CsrError with every problem of every file
 */
export async function openRules(
  options: RuleOptions,
  ofAnyDate = false,
  read?: RuleSources,
): Promise<RuleSet> {
  if (options.rules === undefined && options.extend === undefined) {
    const built = await builtInRuleSet();
    if (built) return rulesOn(built, ofAnyDate ? undefined : dayOf(options));
  }
  // The loader, and all of YAML, are read for those whose rules are not compiled yet.
  const [{ loadRules }, { sources, extend, digest, asOf }] = await Promise.all([
    import('../engine/load.ts'),
    read ?? readRuleSources(options),
  ]);
  const { rules, problems } = loadRules(sources, { digest, extend, ...(ofAnyDate ? {} : { asOf }) });
  if (!rules) throw new CsrError(problems.filter((problem) => problem.severity === 'error'));
  return rules;
}

export async function openGrid(file: string): Promise<Grid> {
  return readGrid(file, readStdin);
}

export function openTable(grid: Grid, rules: RuleSet, options: InputOptions): Table {
  return recognise(grid, rules.layouts, {
    layout: options.layout ?? null,
    map: new Map(Object.entries(options.map ?? {})),
  });
}

function who(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a uid that has no name.
    return process.env.USER ?? 'unknown';
  }
}

export function stamp(deed: Deed): Event {
  return { ...deed, at: new Date().toISOString(), who: who() };
}

export function startOf(table: Table, rules: RuleSet, map: Readonly<Record<string, string>>): Deed {
  return {
    type: 'start',
    input: { name: table.name, sha256: table.sha256, rows: table.rows.length },
    layout: table.layout,
    map,
    rules: rules.digest,
  };
}

/**
 * The deeds that the options amount to: references joined, the batch, the intake's answers. They come
 * before anything an agent does. @throws CsrError where a file cannot be read or fits nothing
 */
export async function groundDeeds(
  table: Table,
  rules: RuleSet,
  options: InputOptions,
): Promise<{ deeds: Deed[]; notices: Problem[] }> {
  const deeds: Deed[] = [];
  const notices: Problem[] = [];
  const books = makeBooks(rules);
  const references = Object.entries(options.reference ?? {});
  const index =
    references.length > 0 || options.numbers !== undefined ? new NumberIndex(table, books, rules) : null;
  const read = referencesRead(rules);
  for (const [name, file] of references) {
    if (name === '') {
      throw new CsrError({
        code: 'usage',
        severity: 'error',
        message: `\`--reference ${file}\` is not of the form NAME=FILE`,
        ...(read.length > 0 ? { wanted: `a name that rules read: ${read.join(', ')}` } : {}),
      });
    }
    if (!read.includes(name)) {
      notices.push({
        code: 'unknown-reference',
        severity: 'warning',
        message: `no rule reads a reference named \`${name}\``,
        wanted: read.join(', '),
      });
    }
    const joined = joinReference(name, await openGrid(file), rules, books, index as NumberIndex);
    deeds.push(joined.deed);
    notices.push(...joined.notices);
  }
  const facts: Record<string, string> = {};
  if (options.numbers !== undefined) {
    const batch = await readBatch(options.numbers, table, rules, index as NumberIndex);
    deeds.push({ type: 'batch', rows: batch.rows });
    notices.push(...batch.notices);
  }
  if (options.customerFile !== undefined) {
    const text = await readSmallText(options.customerFile, readStdin);
    const { readCustomer } = await import('../review/intake.ts');
    Object.assign(facts, readCustomer(options.customerFile, text, rules.intake));
  }
  if (options.customer !== undefined) facts.name = options.customer;
  // What the customer wants contradicts what is delivered.
  if (options.numbers !== undefined && facts.scope === 'all') {
    notices.push({
      code: 'batch-of-all',
      severity: 'warning',
      message: `the customer file says \`scope: all\`, and --numbers names a part of the file: only that is delivered`,
      help: 'say `scope: batch`, or leave `--numbers` out',
    });
  }
  if (options.numbers !== undefined && facts.scope === undefined) facts.scope = 'batch';
  if (Object.keys(facts).length > 0) deeds.push({ type: 'intake', facts });
  return { deeds, notices };
}

/** The names of references that rules read facts of. */
function referencesRead(rules: RuleSet): string[] {
  const facts = rules.tables
    .flatMap((table) => table.rules)
    .flatMap((rule) => [...rule.when, ...rule.whenAny.flat()].map((test) => test.fact));
  const names = facts.flatMap((fact) => /^reference\.([^.]+)\./.exec(fact)?.[1] ?? []);
  return [...new Set(names)].sort();
}

// A list is told from a file's name by having nothing but numbers in it.
const NUMBER_LIST = /^[+(\d][\d\s+().,;-]*$/;

/**
 * Numbers as written, from a list, a file of them or `-` for standard input. Of a table with a number column
 * only that column counts; of any other file, whatever has digits.
 */
export async function readNumberList(given: string, rules: RuleSet): Promise<string[]> {
  const cells = NUMBER_LIST.test(given.trim()) ? [given] : numberCells(await openNumbers(given), rules);
  return cells
    .flatMap((cell) => cell.split(/[,;\t\r\n]/))
    .map((one) => one.trim().replace(/^["']|["']$/g, ''))
    .filter((one) => /\d/.test(one));
}

/** A file of numbers. @throws CsrError that names what is no number, where a list was meant */
async function openNumbers(given: string): Promise<Grid> {
  try {
    return await openGrid(given);
  } catch (error) {
    const parts = given.split(/[,;]/).map((one) => one.trim());
    const bad = parts.filter((one) => one !== '' && !NUMBER_LIST.test(one));
    const isList = bad.length < parts.length || /^[+(]/.test(given.trim());
    if (!(error instanceof CsrError) || error.problems[0]?.code !== 'missing-file' || !isList) throw error;
    throw new CsrError({
      code: 'bad-number',
      severity: 'error',
      message: `${some(bad.map((one) => `\`${one}\``))} in \`--numbers\` ${bad.length === 1 ? 'is no phone number' : 'are no phone numbers'}`,
      help: 'give numbers with commas between them, or the name of a file that is there',
    });
  }
}

function numberCells({ records }: Grid, rules: RuleSet): string[] {
  for (const [at, record] of records.entries()) {
    const columns = matchAnyHeaders(record, rules.layouts);
    const column = columns.findIndex(({ field }) => field === 'phoneNumber');
    if (column >= 0) return records.slice(at + 1).map((row) => row[column] ?? '');
  }
  return records.flat();
}

async function readBatch(
  given: string,
  table: Table,
  rules: RuleSet,
  index: NumberIndex,
): Promise<{ rows: number[]; notices: Problem[] }> {
  const written = await readNumberList(given, rules);
  const notices: Problem[] = [];
  const rows = new Set<number>();
  const seen = new Map<string, string>();
  const unknown: string[] = [];
  const twice: string[] = [];
  for (const one of written) {
    const key = index.key(one);
    if (seen.has(key)) twice.push(one);
    seen.set(key, one);
    const found = index.find(one);
    if (found.length === 0) unknown.push(one);
    for (const row of found) rows.add(row);
  }
  if (rows.size === 0) {
    throw new CsrError({
      code: 'unknown-number',
      severity: 'error',
      message:
        written.length === 1
          ? `the number given with --numbers is not in ${table.name}`
          : `none of the ${written.length} numbers given with --numbers is in ${table.name}`,
      found: written.slice(0, 5).join(', '),
      help: 'write them as in the file, or with + and the country code',
    });
  }
  const warn = (code: string, message: string) => notices.push({ code, severity: 'warning', message });
  if (unknown.length > 0)
    warn(
      'unknown-number',
      `${unknown.length} of the batch ${unknown.length === 1 ? 'is' : 'are'} not in ${table.name}: ${some(unknown)}`,
    );
  if (twice.length > 0)
    warn(
      'duplicate-number',
      `${twice.length} of the batch ${twice.length === 1 ? 'is' : 'are'} given more than once: ${some(twice)}`,
    );
  return { rows: [...rows].sort((a, b) => a - b), notices };
}

function some(list: readonly string[]): string {
  return list.slice(0, 10).join(', ') + (list.length > 10 ? ` and ${list.length - 10} more` : '');
}

export interface Opened {
  readonly rules: RuleSet;
  readonly table: Table;
  readonly review: Review;
  readonly notices: readonly Problem[];
}

/**
 * A review without a session: the file under the rules, with what the options say, nothing written.
 * @throws CsrError where anything named cannot be read
 */
export async function openReview(file: string, options: InputOptions): Promise<Opened> {
  onlyOneStdin(file, options);
  const [rules, grid] = await Promise.all([openRules(options), openGrid(file)]);
  return reviewUnder(rules, grid, options);
}

/** The same for a file that is open already, under rules that are. */
export async function reviewUnder(rules: RuleSet, grid: Grid, options: InputOptions): Promise<Opened> {
  const table = openTable(grid, rules, options);
  const { deeds, notices } = await groundDeeds(table, rules, options);
  const events = [startOf(table, rules, options.map ?? {}), ...deeds].map(stamp);
  const review = await Review.open(rules, table, events);
  const fromAnswers = await takeAnswers(review, options, async (deed) => {
    await review.apply(stamp(deed));
  });
  return { rules, table, review, notices: [...table.notices, ...notices, ...fromAnswers] };
}

/** The file of `--answers`, if given. @throws CsrError where it cannot be read, or has no number column */
export async function openAnswers(options: InputOptions, rules: RuleSet): Promise<Grid | null> {
  if (options.answers === undefined) return null;
  const grid = await openGrid(options.answers);
  checkAnswers(grid, rules);
  return grid;
}

/** Applies `--answers`, if given. */
export async function takeAnswers(
  review: Review,
  options: InputOptions,
  record: (deed: Deed) => Promise<void>,
): Promise<readonly Problem[]> {
  const grid = await openAnswers(options, review.rules);
  return grid === null ? [] : applyAnswers(review, grid, record);
}

/** The customer's name: said at intake; blank where nobody has said it. */
export function customerName(review: Review): string {
  return review.state.customer.get('name')?.trim() ?? '';
}

/** Notices on standard error, unless `--quiet`. */
export function sayNotices(notices: readonly Problem[], options: { readonly quiet?: boolean }): void {
  if (options.quiet !== true && notices.length > 0) sayProblems(notices);
}

/** The paths that a delivery must not touch. */
export function inputsOf(file: string, options: InputOptions): string[] {
  const named = [
    file,
    options.answers,
    options.customerFile,
    options.numbers,
    ...Object.values(options.reference ?? {}),
  ];
  const files = named.filter((one): one is string => one !== undefined && one !== '-');
  return [...files, ...ruleFolders(options).flatMap(ruleFilesIn)].map((one) => resolve(one));
}

/** The mapping of columns as a file, where `--save-layout` names one. @throws CsrError where nothing was mapped */
export async function keptLayout(table: Table, options: InputOptions): Promise<Output[]> {
  if (options.saveLayout === undefined) return [];
  const fields = Object.keys(options.map ?? {});
  if (fields.length > 0) {
    const { layoutYaml } = await import('../review/keep-layout.ts');
    return [{ path: options.saveLayout, data: layoutYaml(fields, table) }];
  }
  throw new CsrError({
    code: 'usage',
    severity: 'error',
    message: '`--save-layout` keeps what `--map` says, and there is no `--map`',
  });
}
