/** The pages for users and builders: what they show is what the program says, and what they name is there. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Hosts, install } from './scenarios/hosts.ts';
import { words } from './scenarios/scenario.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const GUIDES = ['docs', 'docs/checks'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`),
);
const PAGES = [...readdirSync(ROOT).filter((name) => name.endsWith('.md')), ...GUIDES];

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A fenced block: its language, its lines, the line before it that says something, and where it begins and ends. */
interface Fence {
  readonly language: string;
  readonly body: readonly string[];
  readonly introducedBy: string;
  /** Indices of the lines of its fences. */
  readonly from: number;
  readonly to: number;
}

function fencesOf(lines: readonly string[]): Fence[] {
  const fences: Fence[] = [];
  for (let from = 0; from < lines.length; from++) {
    const opening = /^```(\w*)$/.exec(lines[from] as string);
    if (!opening) continue;
    const to = lines.indexOf('```', from + 1);
    const introducedBy = lines.slice(0, from).findLast((line) => line !== '') ?? '';
    fences.push({ language: opening[1] as string, body: lines.slice(from + 1, to), introducedBy, from, to });
    from = to;
  }
  return fences;
}

/** `$ command` lines of a console block, each with the output shown below it. */
function commandsOf(body: readonly string[]): { command: string; shown: string[] }[] {
  const commands: { command: string; shown: string[] }[] = [];
  for (const line of body)
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), shown: [] });
    else commands.at(-1)?.shown.push(line);
  return commands;
}

let hosts: Hosts;
let installed: string;

beforeAll(async () => {
  installed = await install();
  hosts = new Hosts(installed, 2);
});

afterAll(() => {
  hosts.end();
  rmSync(installed, { recursive: true, force: true });
});

function shell(command: string, folder: string, input: Buffer): Buffer {
  return execFileSync('bash', ['-c', command], { cwd: folder, input });
}

/** What a terminal shows when a line of a page is typed in a folder. Of pipelines, csr may stand at the head only. */
async function typed(command: string, folder: string): Promise<string> {
  if (!command.startsWith('./bin/csr ')) return shell(command, folder, Buffer.alloc(0)).toString();
  const [, line = '', joined, pipe] = /^\.\/bin\/csr (.*?)( 2>&1)?(?: \| (.*))?$/.exec(command) ?? [];
  const outcome = await hosts.run({ argv: words(line), folder, env: {}, input: Buffer.alloc(0) });
  if (pipe === undefined) return outcome.both.toString();
  if (joined !== undefined) return shell(pipe, folder, outcome.both).toString();
  return outcome.stderr.toString() + shell(pipe, folder, outcome.stdout).toString();
}

/** The packages that a program of a reader's own may import. */
function installInto(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'csr'));
  const engine = 'json-rules-engine';
  symlinkSync(join(ROOT, 'node_modules', engine), join(folder, 'node_modules', engine));
}

/**
 * A page as it would be if its commands were typed now, in a folder with the shipped example.
 * A file that the page shows (by `cat`, or under a line that ends in its name) is put in place first, as a reader would.
 */
async function replayed(page: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'csr-docs-'));
  const put = (name: string, lines: readonly string[]) => {
    const path = join(folder, name);
    if (existsSync(path)) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  };
  try {
    cpSync(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true });
    installInto(folder);
    const lines = read(page).split('\n');
    const out: string[] = [];
    let done = 0;
    for (const { language, body, introducedBy, from, to } of fencesOf(lines)) {
      out.push(...lines.slice(done, from + 1));
      done = to;
      const named = /`([\w./-]+)`:$/.exec(introducedBy)?.[1];
      if (language !== 'console') {
        if (named !== undefined) put(named, body);
        out.push(...body);
        continue;
      }
      for (const { command, shown } of commandsOf(body)) {
        const name = /^cat ([\w./-]+)$/.exec(command)?.[1];
        if (name !== undefined) put(name, shown);
        const said = await typed(command, folder);
        out.push(`$ ${command}`, ...(said === '' ? [] : said.replace(/\n$/, '').split('\n')));
      }
    }
    return [...out, ...lines.slice(done)].join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.concurrent('what the pages show is what the program says (run with -u to write it)', () => {
  // Pages without commands are held to the program by tests of their own.
  for (const page of ['README.md', ...GUIDES].filter((page) => /^```console$/m.test(read(page))))
    test(page, async ({ expect }) => {
      await expect(await replayed(page)).toMatchFileSnapshot(join(ROOT, page));
    });
});

test('what a page shows of a shipped file stands in that file', () => {
  const excerpts = GUIDES.flatMap((page) =>
    fencesOf(read(page).split('\n')).flatMap(({ body, introducedBy }) => {
      const from = /\[(examples\/[\w.]+)\]\(\S+\):$/.exec(introducedBy)?.[1];
      return from === undefined ? [] : [{ from, body }];
    }),
  );
  expect(excerpts.length).toBeGreaterThan(0);
  for (const { from, body } of excerpts)
    expect(read(from).split('\n'), from).toEqual(expect.arrayContaining([...body]));
});

/** What GitHub makes of a heading for links. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** A page without its fenced blocks. */
function prose(page: string): string {
  return read(page).replace(/^```[\s\S]*?^```$/gm, '');
}

test.each(PAGES)('links of %s lead somewhere', (page) => {
  // In code, brackets are no links.
  const dead = [
    ...prose(page)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ]
    .map(([, target]) => target as string)
    .filter((target) => {
      if (/^https:/.test(target)) return false;
      const [path = '', heading] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(ROOT, file))) return true;
      if (heading === undefined) return false;
      const headings = [...prose(file).matchAll(/^#+ (.*)$/gm)].map(([, text]) => anchor(text as string));
      const named = [...prose(file).matchAll(/<a id="([^"]*)">/g)].map(([, id]) => id as string);
      return ![...headings, ...named].includes(decodeURIComponent(heading));
    });
  expect(dead).toEqual([]);
});

test('ARCHITECTURE.md has a line for every file of src, and for no other', () => {
  const tree = fencesOf(read('ARCHITECTURE.md').split('\n')).find(({ body }) =>
    body.some((line) => line.startsWith('src/')),
  );
  const named: string[] = [];
  let folder = '';
  for (const line of tree?.body ?? []) {
    const [, indent = '', name = ''] = /^( *)(\S+)/.exec(line) ?? [];
    if (indent === '') folder = name.endsWith('/') ? name : '';
    const path = indent === '' ? name : `${folder}${name}`;
    if (path.startsWith('src/') && !path.endsWith('/')) named.push(path);
  }
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
  expect(named.sort()).toEqual(files.sort());
});
