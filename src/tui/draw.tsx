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
  /** Renders a screen of lines; returns them as they are to be written. */
  show(lines: readonly string[], columns: number): readonly string[];
  close(): void;
}

/**
 * Starts Ink on a stream that keeps what Ink writes. Ink serialises all it is given, cell by cell, in every
 * frame; so it is given the lines that the last frame did not have, and the others are kept.
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
  let asked: readonly string[] = [];
  let shown: readonly string[] = [];
  let width = 0;
  return {
    show(lines, columns) {
      // A list that moves by one line shows what it showed, a line further.
      const known = new Map(columns === width ? asked.map((text, at) => [text, shown[at] ?? '']) : []);
      const fresh = [...new Set(lines.filter((text) => !known.has(text)))];
      if (fresh.length > 0) instance.rerender(<Screen lines={fresh} columns={columns} />);
      for (const [at, text] of fresh.entries()) known.set(text, written[at] ?? '');
      asked = lines;
      width = columns;
      shown = lines.map((text) => known.get(text) ?? '');
      return shown;
    },
    close() {
      if (closed) return;
      closed = true;
      instance.unmount();
      instance.cleanup();
    },
  };
}
