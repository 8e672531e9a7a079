/** The command, built once, and processes that run it. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';

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
}

interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly fault: string | null;
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

  constructor(cli: string, count: number) {
    for (let at = 0; at < count; at++) {
      const host = new Host(cli);
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
