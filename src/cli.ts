/** `csr`: one command, its subcommands loaded when asked for. */
import { Command, CommanderError } from 'commander';
import pkg from '../package.json' with { type: 'json' };
import { CsrError, showProblem } from './engine/problem.ts';

const LOADERS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  review: async () => (await import('./commands/review.ts')).addReview,
  apply: async () => (await import('./commands/apply.ts')).addApply,
  export: async () => (await import('./commands/export.ts')).addExport,
  status: async () => (await import('./commands/status.ts')).addStatus,
  explain: async () => (await import('./commands/explain.ts')).addExplain,
  verify: async () => (await import('./commands/verify.ts')).addVerify,
  escalate: async () => (await import('./commands/escalate.ts')).addEscalate,
  case: async () => (await import('./commands/case.ts')).addCase,
  rules: async () => (await import('./commands/rules.ts')).addRules,
};

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('csr')
    .description('corrects Customer Service Records by rules that leads write, and takes agents through the rest')
    .version(pkg.version)
    .option('--color', 'colour on')
    .option('--no-color', 'colour off')
    .option('--debug', 'with a stack trace where something went wrong');
  program.exitOverride().showHelpAfterError('(see `csr --help`)');
  const named = argv.slice(2).find((word) => !word.startsWith('-'));
  const wanted = named !== undefined && named in LOADERS ? [named] : Object.keys(LOADERS);
  for (const name of wanted) (await (LOADERS[name] as () => Promise<(program: Command) => void>)())(program);
  for (const command of everyCommand(program)) inherit(command);
  program.hook('preAction', async (_, action) => {
    const { setColor } = await import('./commands/output.ts');
    setColor(action.optsWithGlobals()['color']);
  });
  await program.parseAsync(argv as string[]);
}

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...everyCommand(one)]);
}

/** Options of the whole command are understood after the subcommand too. */
function inherit(command: Command): void {
  command.exitOverride().showHelpAfterError('(see `csr --help`)');
  if (command.commands.length > 0) return;
  command.option('--color', 'colour on').option('--no-color', 'colour off').option('--debug', 'with a stack trace');
}

function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    // Commander exits 1 on usage errors; 2 is this command's "could not do it".
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  process.exitCode = 2;
  if (error instanceof CsrError) {
    for (const problem of error.problems) process.stderr.write(`${showProblem(problem)}\n`);
  } else {
    process.stderr.write(`csr failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.stderr.write('  help: this is a fault of csr itself; run the command again with `--debug` and report what it says\n');
  }
  if (process.argv.includes('--debug') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}

// A reader that has seen enough (`| head`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}

await main(process.argv).catch(fail);
