/** The command, built once, and processes that run it. */
import { type ChildProcess, fork } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HOST = fileURLToPath(new URL('host.mjs', import.meta.url));

export interface Run {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: Buffer;
}

export interface Outcome {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Both streams as a terminal shows them, in the order of writing. */
  readonly both: Buffer;
}

interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly both: string;
  readonly fault: string | null;
}

/**
 * An installation of its own, so that another run, of other sources perhaps, cannot change it meanwhile.
 * @returns its folder, for the caller to remove
 */
export async function install(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'csr-installed-'));
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  for (const shipped of ['rules', 'docs'])
    cpSync(join(ROOT, shipped), join(folder, shipped), { recursive: true });
  await build({
    entryPoints: [join(ROOT, 'src', 'cli.ts')],
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    external: ['react-devtools-core'],
    logLevel: 'warning',
  });
  return folder;
}

/** One process, one command at a time. */
class Host {
  readonly #child: ChildProcess;

  constructor(cli: string) {
    const env = { ...process.env };
    // Colour and terminals are what scenarios say they are.
    for (const name of ['NO_COLOR', 'FORCE_COLOR', 'CI']) delete env[name];
    this.#child = fork(HOST, [JSON.stringify({ cli: pathToFileURL(cli).href })], {
      env: { ...env, TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
  }

  run({ argv, folder, env, input }: Run): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`csr ended its process with status ${code}`));
      this.#child.once('exit', ended);
      this.#child.once('message', (answer: Answer) => {
        this.#child.off('exit', ended);
        if (answer.fault !== null) reject(new Error(`csr let an error through: ${answer.fault}`));
        else
          resolve({
            status: answer.status,
            stdout: Buffer.from(answer.stdout, 'base64'),
            stderr: Buffer.from(answer.stderr, 'base64'),
            both: Buffer.from(answer.both, 'base64'),
          });
      });
      this.#child.send({ id: 0, argv, folder, env, input: input.toString('base64') });
    });
  }

  end(): void {
    this.#child.removeAllListeners();
    this.#child.kill();
  }
}

/** Some hosts; who asks gets the first that is free. */
export class Hosts {
  readonly #free: Host[] = [];
  readonly #all: Host[] = [];
  readonly #waiting: ((host: Host) => void)[] = [];

  /** @param installed the folder that `install` made */
  constructor(installed: string, count: number) {
    for (let at = 0; at < count; at++) {
      const host = new Host(join(installed, 'dist', 'cli.js'));
      this.#all.push(host);
      this.#free.push(host);
    }
  }

  async run(run: Run): Promise<Outcome> {
    const host = this.#free.pop() ?? (await new Promise<Host>((resolve) => this.#waiting.push(resolve)));
    try {
      return await host.run(run);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(host);
      else this.#free.push(host);
    }
  }

  end(): void {
    for (const host of this.#all) host.end();
  }
}
