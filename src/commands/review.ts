/** `csr review`: the screen that takes an agent through what is left, or the same as plain lines. */
import type { Command } from 'commander';
import { recognise } from '../engine/layout.ts';
import { CsrError, type Problem } from '../engine/problem.ts';
import type { Grid } from '../engine/table.ts';
import { editText } from '../files/scratch.ts';
import { type Output, writeAll } from '../files/write-file.ts';
import { applyAnswers } from '../review/answers.ts';
import type { Desk, Opening } from '../review/desk.ts';
import {
  defaultOut,
  inputsOf,
  keptLayout,
  layoutChoice,
  openTemplate,
  readSession,
  SessionDesk,
  sessionFolder,
} from './desk.ts';
import { openAnswers, openGrid, openRules } from './open.ts';
import { addInputOptions, type InputOptions, onlyOneStdin } from './options.ts';
import { isColored } from './output.ts';

interface ReviewOptions extends InputOptions {
  readonly plain?: boolean;
  readonly out?: string;
  readonly template?: string;
}

export function addReview(program: Command): void {
  addInputOptions(program.command('review'))
    .description('go through what is left of FILE, on a screen, and deliver it')
    .argument('<file>', 'CSV or XLSX')
    .option('--plain', 'line by line, without a screen: for screen readers, small terminals and scripts')
    .option('--out <dir>', 'where to deliver to (default: delivered/ beside FILE)')
    .option('--template <docx>', 'fill the placeholders of this Word document')
    .action(run);
}

async function run(file: string, options: ReviewOptions): Promise<void> {
  if (!options.plain && (process.stdin.isTTY !== true || process.stdout.isTTY !== true)) {
    const what = process.stdin.isTTY !== true ? 'standard input' : 'standard output';
    throw new CsrError({
      code: 'no-terminal',
      severity: 'error',
      message: `the review needs a terminal, and ${what} is none`,
      help: '`csr review --plain` works line by line without one; `csr apply` and `csr export` need none',
    });
  }
  if (file === '-') {
    throw new CsrError({
      code: 'usage',
      severity: 'error',
      message: 'the review needs a file: standard input is where you type',
    });
  }
  onlyOneStdin('-', options);
  const session = sessionFolder(file, options);
  let opened: SessionDesk | null = null;
  const open = async (): Promise<Opening> => {
    const rules = await openRules(options);
    const grid: Grid = await openGrid(file);
    const place = {
      out: options.out ?? defaultOut(file),
      inputs: inputsOf(file, options),
      template: await openTemplate(options.template),
    };
    return {
      grid,
      rules,
      choice: layoutChoice(options, await readSession(session)),
      recognise: (choice) => recognise(grid, rules.layouts, choice),
      open: async (choice, keepLayout): Promise<Desk> => {
        const table = recognise(grid, rules.layouts, choice);
        const given = { ...options, map: Object.fromEntries(choice.map) };
        const kept = keptLayout(
          table,
          keepLayout && choice.map.size > 0
            ? { ...given, saveLayout: options.saveLayout ?? `${file}.layout.yaml` }
            : given,
        );
        // Before the session is begun: answers that cannot be read must not leave one behind.
        const answers = await openAnswers(options, rules);
        const desk = await SessionDesk.open(table, rules, given, session, place);
        opened = desk;
        desk.notices.push(...kept.map((layout) => keep(layout, place.inputs)));
        if (answers !== null) {
          const unused = await applyAnswers(desk.review, answers, async (deed) => {
            await desk.record(deed);
          });
          desk.notices.push(...unused);
        }
        return desk;
      },
    };
  };
  try {
    if (options.plain) {
      const { runPlain } = await import('../tui/plain.ts');
      process.exitCode = await runPlain(await open(), { input: process.stdin, output: process.stdout });
    } else {
      const { runReview } = await import('../tui/main.tsx');
      // The screen stands before the file is read.
      process.exitCode = await runReview(open(), {
        color: isColored(),
        edit: async (text) => editText(text),
      });
    }
  } finally {
    (opened as SessionDesk | null)?.close();
  }
}

/** Writes the mapping of columns, and says where; that it could not be written must not end the session. */
function keep(layout: Output, inputs: readonly string[]): Problem {
  try {
    writeAll([layout], { force: false, notOver: inputs });
  } catch (error) {
    const problem = error instanceof CsrError ? error.problems[0] : undefined;
    if (problem === undefined) throw error;
    return {
      ...problem,
      severity: 'warning',
      message: `the mapping of columns was not kept: ${problem.message}`,
      help: 'name another file with `--save-layout`',
    };
  }
  return {
    code: 'layout-kept',
    severity: 'info',
    message: `the mapping of columns is kept in \`${layout.path}\``,
    help: 'move it into the folder that you give as `--extend`: the next such file is then understood by itself',
  };
}
