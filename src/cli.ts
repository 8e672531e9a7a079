import { Command, CommanderError } from 'commander';

const program = new Command('csr').exitOverride();

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander exits 1 on usage errors; 2 is this command's "could not do it".
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
