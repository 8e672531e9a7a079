/** `csr`: one command, its subcommands loaded when asked for. */
import { Command } from 'commander';
import pkg from '../package.json' with { type: 'json' };
import { fail, setColor, watchStreams } from './commands/output.ts';

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
    .description(
      'corrects Customer Service Records by rules that leads write, and takes agents through the rest',
    )
    .version(pkg.version)
    .option('--color', 'colour on')
    .option('--no-color', 'colour off')
    .option('--debug', 'with a stack trace where something went wrong');
  program.exitOverride().showHelpAfterError('(see `csr --help`)');
  const named = argv.slice(2).find((word) => !word.startsWith('-'));
  const wanted = named !== undefined && Object.hasOwn(LOADERS, named) ? [named] : Object.keys(LOADERS);
  for (const name of wanted) (await (LOADERS[name] as () => Promise<(program: Command) => void>)())(program);
  for (const command of everyCommand(program)) inherit(command);
  program.hook('preAction', (_, action) => {
    setColor(action.optsWithGlobals().color);
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
  command
    .option('--color', 'colour on')
    .option('--no-color', 'colour off')
    .option('--debug', 'with a stack trace');
  if (!command.options.some((option) => option.long === '--quiet'))
    command.option('--quiet', 'say only what went wrong');
}

watchStreams();

await main(process.argv).catch(fail);
