/**
 * A page that shows a session in a terminal, played again: its blocks of keys are pressed, its screens are what the
 * terminal shows then, and its keystrokes are counted. The page is the script, so it cannot say what is not so.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tmux } from './tmux.ts';

/** A fenced block: `keys` are pressed, `screen` is the terminal, `clipboard` what it was sent, `shell` is run beside it, `count` adds up. */
interface Block {
  readonly language: string;
  readonly body: readonly string[];
}

/** A screen that stays another one for this long (ms) is another one: a page is slow only where it has drifted. */
const STILL = 8_000;

const KEYS: Readonly<Record<string, string>> = {
  Enter: '\r',
  Tab: '\t',
  'Shift+Tab': '\u001b[Z',
  Esc: '\u001b',
  Space: ' ',
  Backspace: '\u007f',
  Home: '\u001b[H',
  End: '\u001b[F',
  PgDn: '\u001b[6~',
  PgUp: '\u001b[5~',
  '\u2191': '\u001b[A',
  '\u2193': '\u001b[B',
  '\u2192': '\u001b[C',
  '\u2190': '\u001b[D',
};

/** One thing a person does: a key, a text typed, a sheet pasted. */
type Gesture =
  | { readonly kind: 'key'; readonly bytes: string }
  | { readonly kind: 'text'; readonly bytes: string }
  | { readonly kind: 'paste'; readonly name: string };

/** `A 2 Enter`, `"typed text" Enter`, `paste inventory.tsv`; what follows two spaces is a remark. */
function gesturesOf(line: string): Gesture[] {
  const [keys = ''] = line.split(/ {2,}/);
  const pasted = /^paste (\S+)$/.exec(keys)?.[1];
  if (pasted !== undefined) return [{ kind: 'paste', name: pasted }];
  return [...keys.matchAll(/"([^"]*)"|(\S+)/g)].map(([, text, key = '']): Gesture => {
    if (text !== undefined) return { kind: 'text', bytes: text };
    const control = /^Ctrl\+([A-Z])$/.exec(key)?.[1];
    const bytes = control ? String.fromCharCode(control.charCodeAt(0) - 0x40) : (KEYS[key] ?? key);
    if ([...bytes].length > 1 && bytes === key) throw new Error(`\`${key}\` is no key`);
    return { kind: 'key', bytes };
  });
}

interface Count {
  readonly title: string;
  keys: number;
  typed: number;
  pastes: number;
}

/** Lines of a page, and its fenced blocks among them. */
function partsOf(page: string): (string | Block)[] {
  const parts: (string | Block)[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(keys|screen|clipboard|shell|count)$/.exec(lines[at] as string)?.[1];
    if (language === undefined) {
      parts.push(lines[at] as string);
      continue;
    }
    const end = lines.indexOf('```', at);
    parts.push({ language, body: lines.slice(at + 1, end) });
    at = end;
  }
  return parts;
}

/** The terminal's text as a page shows it: no blanks at the ends, and one time for every clock. */
function shown(screen: string): string[] {
  const lines = screen
    .replace(/\bsaved \d\d:\d\d\b/g, 'saved 14:02')
    .split('\n')
    .map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The screen once it is the expected one, or as it stays where it is another. */
async function settled(tmux: Tmux, expected: readonly string[]): Promise<string[]> {
  let last = '';
  let since = Date.now();
  for (;;) {
    const now = shown(tmux.screen());
    const text = now.join('\n');
    if (text !== '' && text === expected.join('\n')) return now;
    if (text !== last) {
      last = text;
      since = Date.now();
    } else if (Date.now() - since > STILL) return now;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Keystrokes by heading, as a table of text. */
function table(counts: readonly Count[]): string[] {
  const sum = (of: (count: Count) => number) => counts.reduce((total, count) => total + of(count), 0);
  const all: Count = {
    title: 'All',
    keys: sum((one) => one.keys),
    typed: sum((one) => one.typed),
    pastes: sum((one) => one.pastes),
  };
  const used = counts.filter((one) => one.keys + one.typed + one.pastes > 0);
  const width = Math.max(...used.map((one) => one.title.length));
  const row = (title: string, ...cells: readonly (string | number)[]) =>
    `${title.padEnd(width)}${cells.map((cell) => String(cell).padStart(8)).join('')}`;
  return [
    row('', 'keys', 'pastes', 'letters'),
    ...[...used, all].map(({ title, keys, pastes, typed }) => row(title, keys, pastes, typed)),
  ];
}

/**
 * A page as it would be if its keys were pressed now.
 * @param folder where sheets to paste lie and where `shell` blocks run
 */
export async function replayed(page: string, tmux: Tmux, folder: string, bin: string): Promise<string> {
  const counts: Count[] = [];
  const out: string[] = [];
  for (const part of partsOf(page)) {
    if (typeof part === 'string') {
      const title = /^## (.*)$/.exec(part)?.[1];
      if (title !== undefined) counts.push({ title, keys: 0, typed: 0, pastes: 0 });
      out.push(part);
      continue;
    }
    out.push(`\`\`\`${part.language}`, ...(await play(part, tmux, counts, folder, bin)), '```');
  }
  return out.join('\n');
}

async function play(
  { language, body }: Block,
  tmux: Tmux,
  counts: readonly Count[],
  folder: string,
  bin: string,
): Promise<readonly string[]> {
  switch (language) {
    case 'screen':
      return settled(tmux, body);
    case 'clipboard':
      return shown(tmux.clipboard());
    case 'count':
      return table(counts);
    case 'shell':
      return body
        .filter((line) => line.startsWith('$ '))
        .flatMap((line) => [line, ...run(line.slice(2), folder, bin)]);
    default:
      break;
  }
  const count = counts.at(-1);
  if (!count) throw new Error('keys before the first heading');
  for (const gesture of body.flatMap(gesturesOf)) {
    if (gesture.kind === 'paste') {
      tmux.pastes(readFileSync(join(folder, gesture.name), 'utf8').trimEnd());
      count.pastes++;
    } else {
      tmux.sends(gesture.bytes);
      if (gesture.kind === 'text') count.typed += [...gesture.bytes].length;
      else count.keys++;
    }
  }
  return body;
}

/** What a command prints, whatever it ends with. */
function run(command: string, folder: string, bin: string): string[] {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1' };
  const text = execFileSync('bash', ['-c', `(${command}) 2>&1 || true`], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
