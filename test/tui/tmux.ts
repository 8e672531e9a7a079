/** A real terminal to drive the command in: tmux, on a server of its own. Waits are polls, never sleeps. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

const PATIENCE = 20_000;

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

export class Tmux {
  private readonly socket = `csr-test-${randomUUID()}`;

  /** Starts a shell command in a window of the given size. */
  constructor(
    command: string,
    [columns, rows]: readonly [number, number] = [80, 24],
    env: Readonly<Record<string, string>> = {},
  ) {
    const set = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
    this.run(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      String(columns),
      '-y',
      String(rows),
      `env ${set.join(' ')} sh`,
    );
    this.run('set-option', '-g', 'remain-on-exit', 'on');
    this.types(`clear; ${command}; echo "left with $?"`);
    this.sends('\r');
  }

  /** The screen as text. */
  screen(...options: string[]): string {
    return this.run('capture-pane', '-p', ...options);
  }

  /** Waits until the screen shows something. */
  async shows(what: string | RegExp, options: readonly string[] = []): Promise<string> {
    const fits = (screen: string) => (typeof what === 'string' ? screen.includes(what) : what.test(screen));
    return this.until(() => {
      const screen = this.screen(...options);
      return fits(screen) ? screen : null;
    }, `the screen to show ${what}`);
  }

  /** Sends bytes and waits until the screen is another one. */
  async changes(bytes: string): Promise<string> {
    const before = this.screen();
    this.sends(bytes);
    return this.until(() => {
      const screen = this.screen();
      return screen === before ? null : screen;
    }, 'another screen');
  }

  async until<T>(read: () => T | null, what: string): Promise<T> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const found = read();
      if (found !== null) return found;
      if (Date.now() > end) throw new Error(`waited in vain for ${what}; the screen is\n${this.screen()}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Text as if typed, in one write. */
  types(text: string): void {
    this.run('send-keys', '-l', '--', text);
  }

  /** Bytes, in one write. */
  sends(bytes: string): void {
    this.run('send-keys', '-H', ...(Buffer.from(bytes, 'utf8').toString('hex').match(/../g) as string[]));
  }

  /** A paste as terminals mark it where the application has asked for that. */
  pastes(text: string): void {
    this.run('set-buffer', '--', text);
    this.run('paste-buffer', '-p', '-r');
  }

  resizes(columns: number, rows: number): void {
    this.run('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What tmux knows of the terminal: `alternate_on`, `cursor_flag`, `pane_pid`. */
  knows(name: string): string {
    return this.run('display-message', '-p', `#{${name}}`).trim();
  }

  /** Copies everything the command writes into a file. */
  records(file: string): void {
    this.run('pipe-pane', '-O', `cat > '${file}'`);
  }

  /** The process id of the command under the shell. */
  child(): number {
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', this.knows('pane_pid')], {
      encoding: 'utf8',
    });
    return Number(stdout.trim().split('\n').at(-1));
  }

  close(): void {
    spawnSync('tmux', ['-L', this.socket, 'kill-server']);
  }

  private run(...parameters: string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-L', this.socket, ...parameters], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`tmux ${parameters[0]} failed: ${stderr}`);
    return stdout;
  }
}
