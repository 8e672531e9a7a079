/** `csr review`'s screen: keys in, deeds to the desk, frames out. */
import type { ReadStream, WriteStream } from 'node:tty';
import type { Opening } from '../review/desk.ts';
import { press, resize, settle } from './act.ts';
import { lift, raise, SIGNALS, skeleton } from './curtain.ts';
import type { Renderer } from './draw.tsx';
import { carryOut, type Host, seated, statusOf } from './effects.ts';
import { type Frame, frameOf } from './frame.ts';
import { Decoder, type Input } from './input.ts';
import { mappingFor } from './mapping.ts';
import type { Terminal } from './terminal.ts';
import { visible, widthOf } from './text.ts';
import { paint } from './theme.ts';
import { type Effect, firstView, placeText, type Step, step, type View, type World } from './view.ts';

export interface ReviewOptions {
  /** A terminal taken over already, with something on it; else one is made of the streams. */
  readonly terminal?: Terminal;
  readonly color: boolean;
  /** Lets the user write a text in a program of their own; null where they left it without saving. */
  readonly edit?: (text: string) => Promise<string | null>;
  readonly stdin?: ReadStream;
  readonly stdout?: WriteStream;
}

/**
 * Takes an agent through a review on the terminal. Both streams must be terminals: the caller has checked it.
 * @returns 0 where no row is left unresolved, 1 where some are, 128 and the signal's number where one ended it
 * @throws CsrError where the file or its session cannot be opened; the terminal is restored before
 */
export async function runReview(
  opening: Opening | Promise<Opening>,
  options: ReviewOptions,
): Promise<number> {
  const run = new Run(options);
  let status: number;
  try {
    status = await run.start(opening);
  } finally {
    await run.stop();
  }
  run.farewell();
  return status;
}

/** How long a frame is left to reach the screen before anything else is done, in milliseconds. */
const PAUSE = 5;

/** A frame as it is to be written. */
interface Rendered {
  readonly lines: readonly string[];
  readonly caret: Frame['caret'];
}

class Run {
  private readonly options: ReviewOptions;
  private readonly terminal: Terminal;
  private readonly stdin: ReadStream;
  private readonly stdout: WriteStream;
  private readonly decoder = new Decoder();
  private readonly waiting: Input[] = [];
  private renderer: Renderer | null = null;
  private world: World | null = null;
  private view: View;
  private pumping = false;
  private timer: NodeJS.Timeout | undefined;
  private late: NodeJS.Immediate | undefined;
  private pause: NodeJS.Timeout | undefined;
  /** The key that moved last, and nothing else: whoever moves on presses it again. */
  private moving: string | null = null;
  /** What that key makes of the view, and the frame of it: ready before it is pressed. */
  private ahead: { readonly from: View; readonly view: View; readonly frame: Rendered } | null = null;
  private place = '';
  /** The place on its way to the disk; one at a time. */
  private keeping: Promise<void> | null = null;
  private finish: (status: number) => void = () => {};
  private fail: (error: unknown) => void = () => {};
  private readonly ended: Promise<number>;
  private readonly listeners: [
    target: NodeJS.EventEmitter,
    event: string,
    listener: (...args: never[]) => void,
  ][] = [];

  constructor(options: ReviewOptions) {
    this.options = options;
    this.stdin = options.stdin ?? process.stdin;
    this.stdout = options.stdout ?? process.stdout;
    this.terminal = options.terminal ?? raise(this.stdin, this.stdout);
    this.terminal.widthOf = widthOf;
    const { columns, rows } = this.terminal.size;
    this.view = firstView(columns, rows);
    this.ended = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    // Whoever waits hears of it; until then it must not count as unhandled.
    this.ended.catch(() => {});
  }

  async start(opening: Opening | Promise<Opening>): Promise<number> {
    this.listen();
    lift(this.terminal);
    await Promise.race([this.open(opening), this.ended]);
    return this.ended;
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    clearImmediate(this.late);
    clearTimeout(this.pause);
    for (const [target, event, listener] of this.listeners)
      target.off(event, listener as (...args: unknown[]) => void);
    this.renderer?.close();
    // A deed that ends after this has nothing to show.
    this.renderer = null;
    this.terminal.leave();
    this.keepPlace();
    while (this.keeping) await this.keeping;
  }

  /** What stays in the window once the screen is gone. */
  farewell(): void {
    const desk = this.world?.desk;
    if (!desk) return;
    const { unresolved, table } = desk.review;
    const left =
      unresolved === 0
        ? `all ${table.rows.length} rows resolved`
        : `${unresolved} of ${table.rows.length} rows unresolved`;
    this.stdout.write(`${left}; the session is kept in ${visible(desk.session)}\n`);
  }

  private async open(given: Opening | Promise<Opening>): Promise<void> {
    const [opening, { startRenderer }] = await Promise.all([given, import('./draw.tsx')]);
    this.renderer = startRenderer(this.stdin, () => this.terminal.size);
    this.world = { opening, desk: null, work: null, editor: this.options.edit !== undefined };
    const mapping = mappingFor(opening);
    if (mapping !== null) {
      this.view = { ...this.view, screen: 'mapping', mapping };
      this.show();
      await this.pump();
      return;
    }
    this.world = seated(this.world, await opening.open(opening.choice, false));
    this.view = settle(this.view, { type: 'opened' }, this.world).view;
    this.show();
    await this.pump();
  }

  private listen(): void {
    const on = (target: NodeJS.EventEmitter, event: string, listener: (...args: never[]) => void) => {
      target.on(event, listener as (...args: unknown[]) => void);
      this.listeners.push([target, event, listener]);
    };
    on(this.stdin, 'data', (chunk: string | Buffer) => this.take(String(chunk)));
    on(this.stdin, 'end', () => this.finish(SIGNALS.SIGHUP));
    on(this.stdin, 'error', () => this.finish(SIGNALS.SIGHUP));
    on(this.stdout, 'error', () => this.finish(SIGNALS.SIGHUP));
    on(this.stdout, 'resize', () => this.resized());
    for (const [signal, status] of Object.entries(SIGNALS)) on(process, signal, () => this.finish(status));
    // A file that may not grow is an error of its write; left to Ink, this signal would end the process.
    on(process, 'SIGXFSZ', () => {});
    on(process, 'SIGCONT', () => {
      this.terminal.leave();
      this.terminal.enter();
      this.show();
    });
    on(process, 'uncaughtException', (error: Error) => this.fail(error));
    on(process, 'unhandledRejection', (error: unknown) => this.fail(error));
    on(process, 'exit', () => this.terminal.leave());
  }

  private resized(): void {
    const { columns, rows } = this.terminal.size;
    this.view = this.world
      ? resize(this.view, columns, rows, this.world)
      : { ...this.view, size: { columns, rows } };
    this.terminal.forget();
    this.show();
  }

  private take(chunk: string): void {
    clearTimeout(this.timer);
    clearImmediate(this.late);
    clearTimeout(this.pause);
    this.waiting.push(...this.decoder.push(chunk));
    const { wait } = this.decoder;
    if (wait !== null) {
      // After a stall the rest may be there already, unread: what the terminal has is read first.
      this.timer = setTimeout(() => {
        this.late = setImmediate(() => {
          this.waiting.push(...this.decoder.flush());
          void this.pump();
        });
      }, wait);
    }
    void this.pump();
  }

  /** Takes the waiting keys one after the other; a key that has something done waits for it. */
  private async pump(): Promise<void> {
    // Keys typed ahead wait for the rows; only leaving is possible already.
    if (!this.world || this.view.screen === 'opening') {
      if (this.waiting.some((input) => input.type === 'key' && input.key === 'ctrl-c')) this.finish(1);
      return;
    }
    if (this.pumping) return;
    this.pumping = true;
    try {
      for (let input = this.waiting.shift(); input; input = this.waiting.shift()) {
        const { view, effects } = this.pressed(input, this.world);
        this.moving = isMove(input, this.view, view, effects) ? input.key : null;
        this.view = view;
        for (const effect of effects) {
          if (effect.type === 'quit') {
            this.finish(statusOf(this.world));
            return;
          }
          if (this.view.busy !== null) this.show();
          await this.perform(effect);
        }
      }
      this.show();
    } catch (error) {
      this.fail(error);
    } finally {
      this.pumping = false;
    }
  }

  private pressed(input: Input, world: World): Step {
    const { ahead } = this;
    const isAhead = ahead?.from === this.view && input.type === 'key' && input.key === this.moving;
    return isAhead ? step(ahead.view) : press(this.view, input, world);
  }

  private async perform(effect: Effect): Promise<void> {
    this.ahead = null;
    const { world, outcome } = await carryOut(effect, this.world as World, this.host);
    this.world = world;
    if (outcome === null) return;
    const { view, effects } = settle(this.view, outcome, world);
    this.view = view;
    for (const next of effects) await this.perform(next);
  }

  private readonly host: Host = {
    copy: (text) => this.terminal.copy(text),
    edit: async (text) => {
      this.terminal.leave();
      try {
        return (await this.options.edit?.(text)) ?? null;
      } finally {
        this.terminal.enter();
      }
    },
    repaint: () => this.terminal.forget(),
  };

  private show(): void {
    const { screen, size } = this.view;
    if (!this.renderer || !this.world || screen === 'opening') {
      this.terminal.draw(skeleton(size.columns, size.rows), null);
      return;
    }
    const { lines, caret } = this.ahead?.view === this.view ? this.ahead.frame : this.rendered(this.view);
    this.terminal.draw(lines, caret);
    this.ahead = null;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      this.lookAhead();
      this.keepPlace();
    }, PAUSE);
  }

  private rendered(view: View): Rendered {
    const { lines, caret } = frameOf(view, this.world as World);
    const painted = lines.map((line) => paint(line, this.options.color));
    return { lines: (this.renderer as Renderer).show(painted, view.size.columns), caret };
  }

  /** Makes the frame that the same key would show next. */
  private lookAhead(): void {
    if (!this.world || this.moving === null || this.pumping) return;
    const { view, effects } = press(this.view, { type: 'key', key: this.moving }, this.world);
    if (effects.length === 0) this.ahead = { from: this.view, view, frame: this.rendered(view) };
  }

  /** Where the screen is, kept while the next key is awaited; what comes meanwhile goes with the next write. */
  private keepPlace(): void {
    const desk = this.world?.desk;
    if (!desk?.keepBookmark || this.keeping) return;
    const place = placeText(this.view);
    if (place === this.place) return;
    this.place = place;
    this.keeping = desk.keepBookmark(place).finally(() => {
      this.keeping = null;
      this.keepPlace();
    });
  }
}

/** Whether a key did nothing but go to another row. What is typed is seldom typed twice. */
function isMove(
  input: Input,
  from: View,
  to: View,
  effects: readonly Effect[],
): input is Input & { key: string } {
  return input.type === 'key' && effects.length === 0 && to.layers.length === 0 && to.row !== from.row;
}
