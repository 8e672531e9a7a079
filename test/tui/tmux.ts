/** A real terminal to drive the command in: tmux, on a server of its own. Waits are polls, never sleeps. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** How long a state may take to come (ms). Tests that drive a terminal need a longer timeout than this. */
export const PATIENCE = 30_000;

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

export interface Start {
  readonly size?: readonly [columns: number, rows: number];
  readonly env?: Readonly<Record<string, string>>;
  /** A file that gets everything the command writes, from the first byte. */
  readonly record?: string;
}

export class Tmux {
  private readonly socket = `csr-test-${randomUUID()}`;
  private readonly record: string | null;
  private closed = false;

  /** Starts a shell command in a window of the given size. */
  constructor(command: string, { size: [columns, rows] = [80, 24], env = {}, record }: Start = {}) {
    this.record = record ?? null;
    const set = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
    const size = ['-x', String(columns), '-y', String(rows)];
    this.run('-f', '/dev/null', 'new-session', '-d', ...size, `env ${set.join(' ')} sh`);
    this.run('set-option', '-g', 'remain-on-exit', 'on');
    this.run('set-option', '-g', 'set-clipboard', 'on');
    if (record !== undefined) this.run('pipe-pane', '-O', `cat > '${record}'`);
    this.types(`clear; ${command}; echo "left with $?"`);
    this.sends('\r');
  }

  /** The screen as text. */
  screen(...options: string[]): string {
    return this.run('capture-pane', '-p', ...options);
  }

  /** Waits until the screen shows something. */
  shows(what: string | RegExp, options: readonly string[] = []): Promise<string> {
    const fits = (screen: string) => (typeof what === 'string' ? screen.includes(what) : what.test(screen));
    return this.whole(fits, `the screen to show ${what}`, options);
  }

  /** Sends bytes and waits until the screen is another one. */
  async changes(bytes: string): Promise<string> {
    const before = this.screen();
    this.sends(bytes);
    return this.whole((screen) => screen !== before, 'another screen');
  }

  /** The screen once it fits and two looks at it agree: the first may have met half a frame. */
  private whole(
    fits: (screen: string) => boolean,
    what: string,
    options: readonly string[] = [],
  ): Promise<string> {
    let last: string | null = null;
    return this.until(() => {
      const screen = this.screen(...options);
      const found = fits(screen) && screen === last ? screen : null;
      last = screen;
      return found;
    }, what);
  }

  /** Waits until what tmux knows of the terminal has a value. */
  hasSet(name: string, value: string): Promise<true> {
    return this.until(() => (this.knows(name) === value ? true : null), `${name} to be ${value}`);
  }

  /** Everything written since the start, once it has a text: the record comes after the screen. */
  wrote(what: string): Promise<string> {
    return this.until(() => {
      const written = this.written();
      return written.includes(what) ? written : null;
    }, `the record to have ${what}`);
  }

  async until<T>(read: () => T | null, what: string): Promise<T> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const found = read();
      if (found !== null) return found;
      if (Date.now() > end)
        throw new Error(
          `waited in vain for ${what}; the screen is\n${this.closed ? 'closed' : this.screen()}`,
        );
      // A breath by the clock of the terminal, so that looking does not starve what is looked at.
      if (!this.closed) this.run('run-shell', '-d', '0.01', 'true');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Text as if typed, in one write. */
  types(text: string): void {
    this.run('send-keys', '-l', '--', text);
  }

  /** Bytes, in one write. */
  sends(bytes: string): void {
    this.run('send-keys', '-H', ...hex(bytes));
  }

  /** Bytes in two writes, some milliseconds apart by the clock of the terminal. */
  sendsApart(first: string, milliseconds: number, second: string): void {
    const pause = ['run-shell', '-d', String(milliseconds / 1000), 'true'];
    this.run('send-keys', '-H', ...hex(first), ';', ...pause, ';', 'send-keys', '-H', ...hex(second));
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

  /** What was copied last, as the terminal has it. */
  clipboard(): string {
    return spawnSync('tmux', ['-L', this.socket, 'show-buffer'], { encoding: 'utf8' }).stdout;
  }

  /** The cell in which a text begins on a line of the screen, as the terminal counts cells. */
  column(text: string, line: number): number {
    this.run('copy-mode');
    for (const command of ['top-line', 'start-of-line']) this.run('send-keys', '-X', command);
    if (line > 0) this.run('send-keys', '-X', '-N', String(line), 'cursor-down');
    this.run('send-keys', '-X', 'start-of-line');
    this.run('send-keys', '-X', 'search-forward-text', text);
    const [x, y] = this.knows('copy_cursor_x},#{copy_cursor_y').split(',').map(Number);
    this.run('send-keys', '-X', 'cancel');
    return y === line ? (x as number) : -1;
  }

  /** What the command has written since its start; for a terminal with a `record`. */
  written(): string {
    return this.record !== null && existsSync(this.record) ? readFileSync(this.record, 'utf8') : '';
  }

  /** The process id of the command under the shell. */
  child(): number {
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', this.knows('pane_pid')], {
      encoding: 'utf8',
    });
    return Number(stdout.trim().split('\n').at(-1));
  }

  /** Closes the window, as a person does; the server goes with its last one. */
  close(): void {
    this.closed = true;
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

function hex(bytes: string): string[] {
  return Buffer.from(bytes, 'utf8').toString('hex').match(/../g) as string[];
}
