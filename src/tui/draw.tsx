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
  /** Renders lines; returns the frame, line by line. */
  show(lines: readonly string[], columns: number): readonly string[];
  close(): void;
}

/** Starts Ink on a stream that keeps its last frame. */
export function startRenderer(
  stdin: NodeJS.ReadStream,
  size: () => { columns: number; rows: number },
): Renderer {
  let last: readonly string[] = [];
  const stream = {
    get columns() {
      return size().columns;
    },
    get rows() {
      return size().rows;
    },
    write(frame: string) {
      last = frame.split('\n');
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
  return {
    show(lines, columns) {
      instance.rerender(<Screen lines={lines} columns={columns} />);
      return last;
    },
    close() {
      if (closed) return;
      closed = true;
      instance.unmount();
      instance.cleanup();
    },
  };
}
