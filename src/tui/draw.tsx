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

/** So many pieces are kept at least, and twice as many at most: dozens of screens. */
const MOST_PIECES = 2048;

/**
 * Starts Ink on a stream that keeps what Ink writes. Ink serialises all it is given, cell by cell, in every
 * frame; so it is given the pieces that it has not rendered of late, and what came of the others is kept.
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
  let width = 0;
  // Pieces as Ink has rendered them: those asked for of late, and those before them. The older ones go all at once.
  let late = new Map<string, string>();
  let before = new Map<string, string>();
  const known = (piece: string): string | undefined => {
    let text = late.get(piece);
    if (text !== undefined) return text;
    text = before.get(piece);
    if (text !== undefined) late.set(piece, text);
    return text;
  };
  return {
    show(lines, columns) {
      if (columns !== width) {
        late = new Map();
        before = new Map();
      } else if (late.size > MOST_PIECES) {
        before = late;
        late = new Map();
      }
      width = columns;
      const fresh: string[] = [];
      for (const line of lines) {
        for (const piece of line) {
          if (known(piece) !== undefined) continue;
          late.set(piece, '');
          fresh.push(piece);
        }
      }
      if (fresh.length > 0) instance.rerender(<Screen lines={fresh} columns={columns} />);
      for (const [at, piece] of fresh.entries()) late.set(piece, written[at] ?? '');
      return lines.map((line) => line.map((piece) => late.get(piece)).join(''));
    },
    close() {
      if (closed) return;
      closed = true;
      instance.unmount();
      instance.cleanup();
    },
  };
}
