/** `csr review`: the screen that takes an agent through what is left, or the same as plain lines. */
import type { Command } from 'commander';
import { CsrError } from '../engine/problem.ts';
import { endAtOnce, raise, signalOf } from '../tui/curtain.ts';
import type { OpeningOptions } from './opening.ts';
import { addInputOptions, onlyOneStdin } from './options.ts';
import { isColored } from './output.ts';

interface ReviewOptions extends OpeningOptions {
  readonly plain?: boolean;
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
  const lacking = options.plain ? null : lackOfTerminal();
  if (lacking !== null) {
    throw new CsrError({
      code: 'no-terminal',
      severity: 'error',
      message: `the review needs a terminal, and ${lacking}`,
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
  if (options.plain) {
    const [{ open }, { runPlain }] = await Promise.all([import('./opening.ts'), import('../tui/plain.ts')]);
    const { opening, close } = open(file, options);
    try {
      process.exitCode = await runPlain(await opening(), { input: process.stdin, output: process.stdout });
    } finally {
      close();
    }
    return;
  }
  // Something to see before anything is loaded: that takes longer than reading a small file.
  const terminal = raise(process.stdin, process.stdout);
  try {
    const [{ open }, { runReview }] = await Promise.all([import('./opening.ts'), import('../tui/main.tsx')]);
    const { opening, close } = open(file, options);
    let wasOpen = false;
    try {
      process.exitCode = await runReview(opening(), {
        terminal,
        color: isColored(),
        edit: async (text) => (await import('../files/scratch.ts')).editText(text),
      });
    } finally {
      wasOpen = close();
    }
    // Left before there was a session: nobody waits for what is still being read.
    if (!wasOpen) {
      terminal.leave();
      endAtOnce(signalOf(process.exitCode));
    }
  } finally {
    terminal.leave();
  }
}

/** Why there can be no screen; null where there can. */
function lackOfTerminal(): string | null {
  if (process.stdin.isTTY !== true) return 'standard input is none';
  if (process.stdout.isTTY !== true) return 'standard output is none';
  // Editors and consoles say so where sequences that place text would show as text.
  return process.env.TERM === 'dumb' ? 'this one cannot place text (TERM=dumb)' : null;
}
