/** `csr rules check`: everything that is wrong in rule files, each finding with its place. */
import { type Command, Option } from 'commander';
import { analyse } from '../../engine/analysis/check.ts';
import { CODES, isCode } from '../../engine/codes.ts';
import { loadRules } from '../../engine/load.ts';
import { excerptsOf, nearestWords } from '../../engine/load-yaml.ts';
import { CsrError, type Problem } from '../../engine/problem.ts';
import { checkPage } from '../../files/read-page.ts';
import { writeWhole } from '../../files/write-file.ts';
import { type RuleSources, readRuleSources, ruleFolders } from '../open.ts';
import { print, say, sayProblems } from '../output.ts';
import { type Findings, readOn, summary } from './findings.ts';
import { addDocumentCommand, type OutputOptions, WARN_DAYS, withFolder } from './folder.ts';
import { FORMATS, type Format } from './format.ts';
import { watch } from './watch.ts';

interface CheckOptions extends OutputOptions {
  readonly format?: Format;
  readonly json?: boolean;
  readonly warnDays: number;
  readonly explain?: string;
  readonly watch?: boolean;
}

const HELP = `
Findings as text go to standard error. The status is 1 as soon as anything is found, be it an error or a warning.
What a code means, with an example and how to mend it: csr rules check --explain CODE
`;

export function addCheck(rules: Command): void {
  addDocumentCommand(rules, 'check')
    .description('everything that is wrong in rule files, each finding with its place')
    .addOption(
      new Option('--format <format>', 'how findings are written (default: text)').choices(
        Object.keys(FORMATS),
      ),
    )
    .option('--json', 'the same as --format json')
    .option(
      '--warn-days <days>',
      'say a date when it is no more than so many days off',
      wholeNumber,
      WARN_DAYS,
    )
    .option('--watch', 'check again whenever a file changes, until Ctrl+C')
    .option('--explain <code>', 'the page on a code: what it means and how to mend it')
    .addHelpText('after', HELP)
    .action(check);
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw usage(`\`${text}\` is no number of days`, 'a whole number such as 30');
}

function usage(message: string, wanted: string): CsrError {
  return new CsrError({ code: 'usage', severity: 'error', message, wanted });
}

async function check(dir: string | undefined, options: CheckOptions): Promise<void> {
  if (options.explain !== undefined) {
    print(await explain(options.explain));
    return;
  }
  const format = formatOf(options);
  const chosen = withFolder(dir, options);
  if (options.watch === true) {
    if (format !== 'text' || options.output !== undefined)
      throw usage('`--watch` with a format for machines, or a file', '`--watch` alone, or one check');
    const read = () => readRuleSources(chosen);
    const folders = ruleFolders(chosen);
    const isDirty = await watch({ folders, read, examine: (sources) => examine(sources, options) });
    if (isDirty) process.exitCode = 1;
    return;
  }
  const sources = await readRuleSources(chosen);
  const found = await examine(sources, options);
  const text = FORMATS[format](await withPages(found, format));
  if (options.output !== undefined && options.output !== '-') {
    const notOver = found.files;
    writeWhole(options.output, text, { force: options.force === true, notOver });
    say(`${summary(found)}; written to ${options.output}`);
  } else if (format !== 'text') print(text);
  else if (found.problems.length === 0) print(text);
  else {
    sayProblems(found.problems);
    say(summary(found));
    say(readOn(found));
  }
  if (found.problems.length > 0) process.exitCode = 1;
}

function formatOf({ format, json }: CheckOptions): Format {
  if (json !== true) return format ?? 'text';
  if (format !== undefined && format !== 'json')
    throw usage(`\`--json\` and \`--format ${format}\` at once`, 'one of the two');
  return 'json';
}

/** What is wrong in rule files: what they say, and where that is well, what it comes to. */
async function examine(
  sources: RuleSources,
  { warnDays }: Pick<CheckOptions, 'warnDays'>,
): Promise<Findings> {
  const { extend, digest, asOf } = sources;
  const { rules, problems } = loadRules(sources.sources, { digest, extend, asOf, warnDays });
  const all = [...sources.sources, ...extend];
  const files = all.map(({ path }) => path);
  // What is laid over others takes rows from their examples: those are looked at where they stand alone.
  const over = new Set(extend.map(({ path }) => path));
  const isOver = (file: string) => over.has(file);
  const isMeasured = (file: string) => over.size === 0 || over.has(file);
  const found = rules
    ? inOrder([...problems, ...(await analyse(rules, excerptsOf(all), isMeasured, isOver))], files)
    : problems;
  return { problems: found, files, rules: rules?.count ?? null, pages: new Map() };
}

function inOrder(problems: readonly Problem[], files: readonly string[]): Problem[] {
  const order = new Map(files.map((file, at) => [file, at]));
  const at = ({ place }: Problem) => order.get(place?.file ?? '') ?? files.length;
  return [...problems].sort(
    (a, b) =>
      at(a) - at(b) ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
}

/** Findings with the pages that a format shows. */
async function withPages(findings: Findings, format: Format): Promise<Findings> {
  if (format !== 'sarif') return findings;
  const codes = [...new Set(findings.problems.map(({ code }) => code))].filter(isCode);
  const pages = await Promise.all(codes.map(async (code) => [code, await checkPage(code)] as const));
  return { ...findings, pages: new Map(pages) };
}

/** The page on a code. @throws CsrError that names the nearest code, where there is none */
async function explain(code: string): Promise<string> {
  if (isCode(code)) return (await checkPage(code)).text;
  const known = Object.keys(CODES);
  const near = nearestWords(code, known);
  throw new CsrError({
    code: 'usage',
    severity: 'error',
    message: `no check has the code \`${code}\``,
    found: code,
    wanted: (near.length > 0 ? near : known).map((one) => `\`${one}\``).join(' or '),
    ...(near[0] !== undefined && { help: `did you mean \`${near[0]}\`?` }),
  });
}
