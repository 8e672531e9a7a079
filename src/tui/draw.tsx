/** The one place where Ink and React are: lines in, a frame of text out. */
import { Box, render, Text } from 'ink';
import { memo } from 'react';

const Row = memo(function Row({ text }: { readonly text: string }) {
  // An empty text takes no line at all.
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>;
});

export function Screen({ lines, columns }: { readonly lines: readonly string[]; readonly columns: number }) {
  return (
    <Box flexDirection="column" width={columns}>
      {lines.map((text, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place on the screen.
        <Row key={at} text={text} />
      ))}
    </Box>
  );
}

export interface Renderer {
  /** Renders a screen: each line in the pieces that its panes show. Returns the lines as they are to be written. */
  show(lines: readonly (readonly string[])[], columns: number): readonly string[];
  close(): void;
}

/**
 * Starts Ink on a stream that keeps what Ink writes. Ink serialises all it is given, cell by cell, in every
 * frame; so it is given the pieces that the last frame did not have, and the others are kept.
 */
export function startRenderer(
  stdin: NodeJS.ReadStream,
  size: () => { columns: number; rows: number },
): Renderer {
  let written: readonly string[] = [];
  const stream = {
    get columns() {
      return size().columns;
    },
    get rows() {
      return size().rows;
    },
    write(frame: string) {
      written = frame.split('\n');
      return true;
    },
    on: () => stream,
    off: () => stream,
  };
  const instance = render(<Screen lines={[]} columns={size().columns} />, {
    stdout: stream as unknown as NodeJS.WriteStream,
    stdin,
    // Whole frames, at once, and no cursor movement: writing them is the terminal's business.
    debug: true,
    // Ink would show nothing where CI is set; whether there is a terminal was decided before.
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  let closed = false;
  let known = new Map<string, string>();
  let width = 0;
  return {
    show(lines, columns) {
      if (columns !== width) known = new Map();
      width = columns;
      const pieces = new Set(lines.flat());
      const fresh = [...pieces].filter((piece) => !known.has(piece));
      if (fresh.length > 0) instance.rerender(<Screen lines={fresh} columns={columns} />);
      const next = new Map<string, string>();
      for (const [at, piece] of fresh.entries()) next.set(piece, written[at] ?? '');
      for (const piece of pieces) next.set(piece, next.get(piece) ?? known.get(piece) ?? '');
      known = next;
      return lines.map((line) => line.map((piece) => next.get(piece)).join(''));
    },
    close() {
      if (closed) return;
      closed = true;
      instance.unmount();
      instance.cleanup();
    },
  };
}
