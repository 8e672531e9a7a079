/** What stands on the screen before anything is loaded. Nothing that takes time to load may be imported here. */
import type { ReadStream, WriteStream } from 'node:tty';
import { Terminal } from './terminal.ts';

/** What a process answers with when a signal ends it. */
export const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

type Signal = keyof typeof SIGNALS;

/**
 * Takes the terminal over and shows that something is coming. Until `lift`, a signal gives it back and ends the
 * process; keys wait where they are until somebody reads them.
 */
export function raise(stdin: ReadStream, stdout: WriteStream): Terminal {
  const terminal = new Terminal(stdin, stdout);
  const listeners = Object.entries(SIGNALS).map(([signal, status]) => {
    const listener = () => {
      terminal.leave();
      endAtOnce(signalOf(status));
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  const leave = () => terminal.leave();
  process.on('exit', leave);
  // Not before somebody listens: a signal in between would leave the terminal taken over.
  terminal.enter();
  const { columns, rows } = terminal.size;
  terminal.draw(skeleton(columns, rows), null);
  lifts.set(terminal, () => {
    process.off('exit', leave);
    for (const off of listeners) off();
  });
  return terminal;
}

/** The signal that an exit status speaks of; that of Ctrl+C for any other status. */
export function signalOf(status: unknown): Signal {
  const [signal] = Object.entries(SIGNALS).find(([, one]) => one === status) ?? ['SIGINT'];
  return signal as Signal;
}

/** Ends the process as a signal would. An orderly exit waits for a file that is being opened, and a pipe may never be. */
export function endAtOnce(signal: Signal): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

const lifts = new WeakMap<Terminal, () => void>();

/** Leaves signals to whoever listens now. */
export function lift(terminal: Terminal): void {
  lifts.get(terminal)?.();
  lifts.delete(terminal);
}

/** What is shown before anything is known. */
export function skeleton(columns: number, rows: number): string[] {
  const lines = [' csr review', '', ' opening ...'];
  while (lines.length < rows - 1) lines.push('');
  return [...lines, ' Ctrl+C quit'].slice(0, rows).map((line) => line.slice(0, columns));
}
