/** Scenarios as texts: documents, a command, and what must come of it, in one readable file. README.md has the form. */

/** A part of a scenario: what a `--- ` line says, and the lines under it. */
export interface Block {
  /** The first word: `file`, `run`, `status`, … */
  readonly kind: string;
  /** What follows it on the line. */
  readonly rest: string;
  /** The lines under it, each with its end; blank ones at the end are only there to be looked at. */
  readonly body: string;
  /** Where the block begins in its file, from 1. */
  readonly line: number;
}

export interface Scenario {
  readonly title: string;
  readonly line: number;
  readonly blocks: readonly Block[];
}

/** The scenarios of a file. Blocks above the first one belong to each of them. */
export function parseScenarios(text: string): Scenario[] {
  const shared: Block[] = [];
  const scenarios: { title: string; line: number; blocks: Block[] }[] = [];
  let lines: string[] = [];
  let open: { kind: string; rest: string; line: number } | null = null;
  const close = () => {
    if (open) {
      while (lines.at(-1) === '') lines.pop();
      const body = lines.map((line) => `${line}\n`).join('');
      (scenarios.at(-1)?.blocks ?? shared).push({ ...open, body });
    }
    open = null;
    lines = [];
  };
  for (const [at, line] of text.split('\n').entries()) {
    const title = /^=== (.+)$/.exec(line)?.[1];
    const block = /^--- (\S+) ?(.*)$/.exec(line);
    if (title !== undefined) {
      close();
      scenarios.push({ title, line: at + 1, blocks: [...shared] });
    } else if (block) {
      close();
      open = { kind: block[1] as string, rest: (block[2] as string).trim(), line: at + 1 };
    } else lines.push(line);
  }
  close();
  return scenarios;
}

/** A command line in words: quotes hold words together, `\` stands for nothing special. */
export function words(line: string): string[] {
  return [...line.matchAll(/((?:[^\s'"]|'[^']*'|"[^"]*")+)/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}

/** A `|` table in trimmed cells; lines without a `|` are tables of one column. */
export function tableOf(body: string): string[][] {
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

/** `\r \n \t \0 \\ \xE9 \u20ac` in a text, as the characters they stand for. */
export function withEscapes(text: string): string {
  const named: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '0': '\0', '\\': '\\' };
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g,
    (_, byte?: string, unit?: string, one?: string) =>
      byte !== undefined || unit !== undefined
        ? String.fromCharCode(Number.parseInt((byte ?? unit) as string, 16))
        : (named[one as string] ?? (one as string)),
  );
}
