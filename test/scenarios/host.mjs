// Runs `csr` again and again in one process, as a process of its own would run it: starting Node and compiling the
// bundle for each of some hundred scenarios would take most of their time.
import { Readable } from 'node:stream';

const { cli } = JSON.parse(process.argv[2]);
const own = { ...process.env };
// The command adds a listener each time that it starts.
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);

let runs = 0;

/** Takes what is written to a stream, and into `both` what a terminal would show; gives the stream back when called. */
function capture(stream, both) {
  const { write } = stream;
  const chunks = [];
  stream.write = (chunk, encoding, callback) => {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    both.push(bytes);
    const done = typeof encoding === 'function' ? encoding : callback;
    done?.();
    return true;
  };
  return () => {
    stream.write = write;
    return Buffer.concat(chunks).toString('base64');
  };
}

async function run({ argv, folder, env, input }) {
  process.chdir(folder);
  for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
  Object.assign(process.env, own, env);
  process.argv = [process.execPath, 'csr', ...argv];
  process.exitCode = undefined;
  const stdin = Readable.from(input === '' ? [] : [Buffer.from(input, 'base64')]);
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  const both = [];
  const stdout = capture(process.stdout, both);
  const stderr = capture(process.stderr, both);
  let fault = null;
  try {
    // The bundle's entry runs the command and waits for its end; the query makes it a module not yet loaded.
    await import(`${cli}?${++runs}`);
  } catch (error) {
    fault = String(error?.stack ?? error);
  }
  return {
    status: process.exitCode ?? 0,
    stdout: stdout(),
    stderr: stderr(),
    both: Buffer.concat(both).toString('base64'),
    fault,
  };
}

process.on('message', async (request) => {
  process.send({ id: request.id, ...(await run(request)) });
});
