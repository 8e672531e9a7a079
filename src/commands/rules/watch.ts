/** `csr rules check --watch`: the findings again whenever a file changes. */

import type { RuleText } from '../../engine/load.ts';
import { Findings as Faults, parseSource } from '../../engine/load-yaml.ts';
import { CsrError } from '../../engine/problem.ts';
import { watchFolders } from '../../files/watch-folder.ts';
import type { RuleSources } from '../open.ts';
import { say, sayProblems } from '../output.ts';
import { type Findings, summary } from './findings.ts';

export interface Watch {
  readonly folders: readonly string[];
  /** The rule files as they are now. @throws CsrError where a folder cannot be read */
  readonly read: () => Promise<RuleSources>;
  readonly examine: (sources: RuleSources) => Promise<Findings>;
}

/**
 * Checks now and after every change, until the user ends it. What was said before stays on the screen.
 * @returns whether the last check found anything
 * @throws CsrError where nothing can be read to begin with
 */
export async function watch({ folders, read, examine }: Watch): Promise<boolean> {
  const parser = new Parser();
  let texts: readonly RuleText[] | null = null;
  let found = false;
  let failed = '';
  const check = async () => {
    const sources = await read();
    const now = [...sources.sources, ...sources.extend];
    const changes = texts === null ? '' : changesIn(texts, now);
    if (texts !== null && changes === '' && failed === '') return;
    texts = now;
    failed = '';
    const findings = await examine(parser.parsed(sources));
    found = findings.problems.length > 0;
    say(`${clock(new Date())}  ${changes === '' ? '' : `${changes}: `}${summary(findings)}`);
    sayProblems(findings.problems);
  };
  const recheck = async () => {
    try {
      await check();
    } catch (error) {
      // A folder that is being replaced is away for a moment.
      if (!(error instanceof CsrError)) throw error;
      if (failed !== error.message) {
        say(clock(new Date()));
        sayProblems(error.problems);
      }
      failed = error.message;
      found = true;
    }
  };
  // From the first word on, the end is a clean one.
  const ended = new Promise<unknown>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
  });
  await check();
  let stop = () => {};
  try {
    await new Promise<unknown>((resolve, reject) => {
      let again = false;
      let isBusy = false;
      const changed = async () => {
        again = true;
        // One check at a time, and one more after it for all that came meanwhile.
        if (isBusy) return;
        isBusy = true;
        while (again) {
          again = false;
          await recheck();
        }
        isBusy = false;
      };
      stop = watchFolders(folders, () => void changed().catch(reject));
      ended.then(resolve, reject);
      // For what came between the first check and the first event.
      changed().catch(reject);
    });
  } finally {
    stop();
  }
  return found;
}

/** `2026-11-23 16:12:05`, as the clock on the wall shows it. */
function clock(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** More names than that say nothing. */
const FEW = 3;

/** What became of files, in a few words; empty where they say the same. */
function changesIn(before: readonly RuleText[], now: readonly RuleText[]): string {
  const texts = new Map(before.map(({ path, text }) => [path, text]));
  const paths = new Set(now.map(({ path }) => path));
  const changes = [
    ...now.flatMap(({ path, name, text }) =>
      !texts.has(path) ? [`${name} is new`] : texts.get(path) === text ? [] : [`${name} changed`],
    ),
    ...before.flatMap(({ path, name }) => (paths.has(path) ? [] : [`${name} is gone`])),
  ];
  return changes.length > FEW ? `${changes.length} files changed` : changes.join(', ');
}

/** Parses what has changed only: that is most of what a check costs. */
class Parser {
  #known = new Map<string, RuleText>();

  parsed(sources: RuleSources): RuleSources {
    const known = new Map<string, RuleText>();
    const parse = (source: RuleText): RuleText => {
      const before = this.#known.get(source.path);
      const now = before?.text === source.text && before.tree ? before : withTree(source);
      known.set(source.path, now);
      return now;
    };
    const { sources: own, extend } = sources;
    const parsed = { ...sources, sources: own.map(parse), extend: extend.map(parse) };
    this.#known = known;
    return parsed;
  }
}

/** A file with its tree, where nothing is wrong with it: faults are said when the file is loaded. */
function withTree(source: RuleText): RuleText {
  if (source.tree) return source;
  const faults = new Faults();
  const tree = parseSource(source, faults);
  return tree && faults.problems.length === 0 ? { ...source, tree } : source;
}
