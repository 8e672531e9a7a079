/** `csr rules test --suggest`: the examples that are missing, to be pasted below their rules, or put there. */
import { type Measured, measure } from '../../engine/analysis/measure.ts';
import { type ListKey, showYaml, withExample } from '../../engine/edit-rules.ts';
import { loadRules, type RuleText } from '../../engine/load.ts';
import { type Entry, isEscalation, isRule } from '../../engine/mutants.ts';
import { CsrError, showPlace } from '../../engine/problem.ts';
import { exampleYaml } from '../../engine/propose-examples.ts';
import { markOf } from '../../files/read-rules.ts';
import { writeAll } from '../../files/write-file.ts';
import type { RuleSources } from '../open.ts';
import { say } from '../output.ts';
import { keyOf, type Missing, missingIn } from './coverage.ts';
import { counted } from './folder.ts';

/** A missing example in its file: the lines as they would stand there, and the first line's number. */
interface Placed {
  readonly missing: Missing;
  readonly line: number;
  readonly lines: readonly string[];
}

/** The examples that are missing as YAML, each with the place that it goes to; then those that belong elsewhere. */
export function showSuggestions(measured: readonly Measured[], files: readonly RuleText[]): string {
  const shown = (one: Missing, where: string) => {
    const { file } = one.under.place;
    const placed = placedIn(one, files.find(({ path }) => path === file)?.text ?? '');
    return `${file}:${placed.line}: ${where} ${one.under.id}; notices ${one.notices}\n${placed.lines.join('\n')}\n`;
  };
  const texts = [
    ...missingIn(measured).map((one) => shown(one, 'below the examples of')),
    ...missingIn(measured, 'elsewhere').map((one) =>
      shown(one, 'belongs into this file, below the examples of'),
    ),
  ];
  return texts.length === 0 ? `${NONE_MISSING}\n` : texts.join('\n');
}

const NONE_MISSING = 'no example is missing that could be written';

function placedIn(missing: Missing, text: string): Placed {
  const { under, example } = missing;
  const block = exampleYaml(example);
  const { text: edited, line } = withExample(text, listOf(under), under.place.line, block);
  const [before, after] = [text, edited].map((one) => one.split(/\r?\n/));
  const added = (after?.length ?? 0) - (before?.length ?? 0);
  // In a list on one line it goes between others: it is shown by itself.
  const lines = added > 0 ? (after ?? []).slice(line - 1, line - 1 + added) : [`- ${showYaml(block)}`];
  return { missing, line, lines };
}

function listOf(entry: Entry): ListKey {
  return isRule(entry) ? 'rules' : isEscalation(entry) ? 'escalations' : 'look-ups';
}

/** Rule files, and what is missing in them. */
interface Round {
  readonly from: RuleSources;
  readonly measured: readonly Measured[];
}

/** An example that shows an entry at work may show what others of it lack; then the next round has these. */
const MOST_ROUNDS = 4;

/**
 * Puts the examples that are missing into their files; every other byte stays as it is.
 * @param measured what the files lack now
 * @param isMeasured told of a file's path
 * @returns what is missing still
 * @throws CsrError where a file cannot be edited, read afterwards or written; nothing has changed then
 */
export async function writeSuggestions(
  from: RuleSources,
  measured: readonly Measured[],
  isMeasured: (file: string) => boolean,
): Promise<readonly Measured[]> {
  let now: Round = { from, measured };
  const counts = new Map<string, number>();
  const added = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const missing = missingIn(now.measured).filter((one) => !added.has(keyOf(one)));
    if (missing.length === 0) break;
    for (const one of missing) added.add(keyOf(one));
    for (const { under } of missing) counts.set(under.place.file, (counts.get(under.place.file) ?? 0) + 1);
    now = await withSuggestions(now.from, missing, isMeasured);
  }
  const files = writable(now.from).filter(({ path }) => counts.has(path));
  writeAll(
    files.map(({ path, text }) => ({ path, data: `${markOf(path)}${text}` })),
    { force: true, keepMode: true },
  );
  for (const [path, count] of counts) say(`${path}: ${counted(count, 'example')} added`);
  if (counts.size === 0) say(NONE_MISSING);
  for (const { under, example } of missingIn(now.measured, 'elsewhere'))
    say(
      `${showPlace(under.place)}: not written, for it belongs into this file, below the examples of ${under.id}: ${showYaml(exampleYaml(example))}`,
    );
  return now.measured;
}

/** The files of the folder that is measured: nothing else is written to. */
function writable({ sources, extend }: RuleSources): readonly RuleText[] {
  return extend.length > 0 ? extend : sources;
}

async function withSuggestions(
  from: RuleSources,
  missing: readonly Missing[],
  isMeasured: (file: string) => boolean,
): Promise<Round> {
  const texts = new Map(writable(from).map(({ path, text }) => [path, text]));
  // From the last one up, so that places above stay what they are.
  for (const { under, example } of [...missing].sort((a, b) => b.under.place.line - a.under.place.line)) {
    const { file, line } = under.place;
    texts.set(file, withExample(texts.get(file) ?? '', listOf(under), line, exampleYaml(example)).text);
  }
  const changed = (list: readonly RuleText[]) =>
    list.map((source) => {
      const text = texts.get(source.path) ?? source.text;
      return text === source.text ? source : { name: source.name, path: source.path, text };
    });
  const next = { ...from, sources: changed(from.sources), extend: changed(from.extend) };
  const { digest, asOf } = from;
  const { rules, problems } = loadRules(next.sources, { digest, extend: next.extend, asOf });
  if (!rules) throw new CsrError(problems);
  return { from: next, measured: await measure(rules, isMeasured) };
}
