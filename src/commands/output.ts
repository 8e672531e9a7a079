/** Standard streams: the only place that knows about colour and about how problems are printed. */
import { styleText } from 'node:util';
import { CommanderError } from 'commander';
import { CsrError, type Problem, showProblem } from '../engine/problem.ts';
import { systemError } from '../files/system-error.ts';
import { visible } from '../tui/marks.ts';

let colored = false;

/** Decides colour once: the option, then NO_COLOR and FORCE_COLOR, then whether a person is reading. */
export function setColor(option: boolean | undefined): void {
  const { NO_COLOR: no, FORCE_COLOR: force } = process.env;
  if (option !== undefined) colored = option;
  else if (no !== undefined && no !== '') colored = false;
  else if (force !== undefined && force !== '') colored = force !== '0' && force !== 'false';
  else colored = process.stderr.isTTY === true && process.env.TERM !== 'dumb';
}

export function isColored(): boolean {
  return colored;
}

/** Lines to standard error; what a terminal would obey in them stands there as a mark. */
export function say(text: string): void {
  process.stderr.write(`${marked(text)}\n`);
}

function marked(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

/** Text or a file to standard output, as it is; what a terminal would obey in a text stands there as a mark. */
export function print(text: string | Uint8Array): void {
  process.stdout.write(typeof text === 'string' && process.stdout.isTTY ? marked(text) : text);
}

export function printJson(value: unknown): void {
  print(`${JSON.stringify(value, null, 2)}\n`);
}

export function sayProblems(problems: readonly Problem[]): void {
  for (const problem of problems) {
    const text = marked(showProblem(problem));
    const shown = colored ? text.replace(/\b(error|warning|info)\b(?= \[)/, (word) => paint(word)) : text;
    process.stderr.write(`${shown}\n`);
  }
}

function paint(word: string): string {
  return styleText(word === 'error' ? 'red' : word === 'warning' ? 'yellow' : 'cyan', word, {
    validateStream: false,
  });
}

/** All of standard input. */
export async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** Says why a command could not do its work, and sets the exit status: 2, or 0 where only help was asked for. */
export function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    // Commander exits 1 on usage errors.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  process.exitCode = 2;
  if (error instanceof CsrError) {
    sayProblems(error.problems);
  } else {
    say(`csr failed: ${error instanceof Error ? error.message : String(error)}`);
    say(
      '  help: this is a fault of csr itself; run the command again with `--debug` and report what it says',
    );
  }
  if (process.argv.includes('--debug') && error instanceof Error) say(String(error.stack));
}

/** Ends the command where its output goes nowhere: quietly for a reader that has seen enough, else with status 2. */
export function watchStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    fail(systemError(error, '-', 'written'));
    process.exit();
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? (process.exitCode ?? 0) : 2);
  });
}
