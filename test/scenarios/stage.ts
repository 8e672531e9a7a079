/** A folder of its own for each scenario: documents written into it, commands run in it, what came of them compared. */
import {
  appendFileSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parse } from 'csv-parse/sync';
import { strFromU8, unzipSync } from 'fflate';
import { expect } from 'vitest';
import { type Lock, takeLock } from '../../src/files/lock.ts';
import { textRow, workbook } from '../files/workbook.ts';
import { decisionLines } from './decides.ts';
import type { Hosts, Outcome } from './hosts.ts';
import { type Block, type Scenario, tableOf, withEscapes, words } from './scenario.ts';
import { playSession } from './session.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

/** Where the shared samples of the scenarios lie. */
const SAMPLES = join(ROOT, 'test', 'scenarios', 'samples');

/** Runs a scenario. @throws where something did not come as it says */
export async function play(scenario: Scenario, hosts: Hosts): Promise<void> {
  const stage = new Stage(hosts);
  try {
    for (const block of scenario.blocks) await stage.step(block);
    stage.end();
  } finally {
    stage.leave();
  }
}

/** What stands for any text and for any number in expected JSON. */
const ANYTHING = new Map<unknown, unknown>([
  ['…', expect.any(String)],
  ['#', expect.any(Number)],
]);

class Stage {
  readonly #hosts: Hosts;
  readonly #locks: Lock[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'csr-scenario-'));
  #outcome: Outcome | null = null;
  #statusSaid = true;
  #before = new Map<string, string>();
  #after = new Map<string, string>();
  #runLine = 0;
  #debug = false;

  constructor(hosts: Hosts) {
    this.#hosts = hosts;
  }

  leave(): void {
    for (const lock of this.#locks) lock.release();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async step(block: Block): Promise<void> {
    const { kind, rest, body, line } = block;
    const at = `line ${line}`;
    switch (kind) {
      case 'file':
        return this.#write(rest, body);
      case 'workbook':
        return this.#put(rest, workbookOf(body));
      case 'link': {
        const [name = '', to = ''] = rest.split('->').map((one) => one.trim());
        return symlinkSync(to, join(this.#folder, name));
      }
      case 'copy': {
        const [name = '', from = ''] = rest.split('<-').map((one) => one.trim());
        mkdirSync(dirname(this.#path(name)), { recursive: true });
        return copyFileSync(
          from.startsWith('out:') ? this.#path(from.slice(4)) : join(SAMPLES, from),
          this.#path(name),
        );
      }
      case 'delete':
        return rmSync(this.#path(rest), { recursive: true });
      case 'folder':
        return void mkdirSync(this.#path(rest), { recursive: true });
      case 'damage':
        return this.#damage(rest);
      case 'lock':
        return void this.#locks.push(takeLock(join(this.#path(rest), 'lock'), rest));
      case 'session':
        return playSession(this.#folder, words(rest), body);
      case 'run':
        this.#endOfRun();
        return this.#run(rest, line);
      case 'status':
        this.#statusSaid = true;
        return expect(this.#said.status, `status, ${at}\n${this.#streams()}`).toBe(Number(rest));
      case 'stdout':
      case 'stderr':
        return this.#stream(kind, rest, body, at);
      case 'json':
        return this.#json(rest, body, at);
      case 'decides':
        return this.#decides(rest, body, at);
      case 'cells':
        return this.#cells(rest, body, at);
      case 'header':
        return expect(this.#records(rest)[0]?.join(' | '), at).toBe(tableOf(body)[0]?.join(' | '));
      case 'content': {
        const [name, ...how] = rest.split(' ');
        if (how[0] === 'has') {
          for (const part of body.split('\n').filter((one) => one !== ''))
            expect(this.#bytes(name as string).toString(), at).toContain(part);
          return;
        }
        return expect(this.#bytes(name as string).toString('latin1'), at).toBe(
          encoded(body, how).toString('latin1'),
        );
      }
      case 'word':
        return this.#word(rest, body, at);
      case 'new':
        return expect(this.#fresh(), `new files, ${at}\n${this.#streams()}`).toEqual(
          body
            .split('\n')
            .filter((one) => one !== '')
            .sort(),
        );
      case 'mode':
        for (const name of body.split('\n').filter((one) => one !== ''))
          expect((statSync(this.#path(name)).mode & 0o777).toString(8), `${name}, ${at}`).toBe(rest);
        return;
      default:
        throw new Error(`${at}: no scenario knows \`--- ${kind}\``);
    }
  }

  /** What holds after every command: a status that was expected, inputs as they were, nothing written on status 2. */
  end(): void {
    this.#endOfRun();
  }

  #endOfRun(): void {
    if (this.#outcome === null) return;
    if (!this.#statusSaid)
      expect(this.#outcome.status, `status, line ${this.#runLine}\n${this.#streams()}`).toBe(0);
    if (!this.#debug)
      expect(this.#outcome.stderr.toString(), 'a stack trace').not.toMatch(/\n\s+at .+:\d+:\d+/);
  }

  get #said(): Outcome {
    if (this.#outcome === null) throw new Error('nothing has been run yet');
    return this.#outcome;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #streams(): string {
    return this.#outcome === null ? '' : `stdout:\n${this.#outcome.stdout}\nstderr:\n${this.#outcome.stderr}`;
  }

  #put(name: string, bytes: Buffer): void {
    mkdirSync(dirname(this.#path(name)), { recursive: true });
    writeFileSync(this.#path(name), bytes);
  }

  #write(rest: string, body: string): void {
    const [name = '', ...how] = rest.split(' ');
    this.#put(name, encoded(body, how));
  }

  /** `FOLDER tail` leaves the journal's last line half written; `FOLDER middle` changes a byte of its first. */
  #damage(what: string): void {
    const [folder = '', where] = what.split(' ');
    const path = this.#path(join(folder, 'journal.jsonl'));
    const bytes = readFileSync(path);
    if (where === 'tail') appendFileSync(path, bytes.subarray(0, 40));
    else {
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    }
  }

  async #run(line: string, at: number): Promise<void> {
    const [before = '', from] = line.split(' < ');
    const all = words(before);
    const start = all.indexOf('csr');
    if (start < 0) throw new Error(`line ${at}: scenarios run \`csr\``);
    const env = Object.fromEntries(all.slice(0, start).map((one) => one.split('=') as [string, string]));
    const input = from === undefined ? Buffer.alloc(0) : readFileSync(this.#path(from.trim()));
    this.#before = this.#listing();
    this.#runLine = at;
    this.#debug = all.includes('--debug');
    this.#statusSaid = false;
    this.#outcome = await this.#hosts.run({
      argv: all.slice(start + 1),
      folder: this.#folder,
      env,
      input,
    });
    this.#after = this.#listing();
    if (this.#outcome.status === 2)
      expect(this.#after, `something was written, line ${at}\n${this.#streams()}`).toEqual(this.#before);
    else {
      for (const [name, bytes] of this.#before) {
        if (name.includes('.session') || all.includes('--force')) continue;
        if (
          /^csr rules (add\b|test\b.* --write\b)/.test(all.slice(start).join(' ')) &&
          name.endsWith('.yaml')
        )
          continue;
        expect(this.#after.get(name), `${name} was changed, line ${at}`).toBe(bytes);
      }
    }
    expect(
      [...this.#after.keys()].filter((name) => name.endsWith('.tmp')),
      `left over, line ${at}`,
    ).toEqual([]);
  }

  /** Every file with its bytes. */
  #listing(): Map<string, string> {
    const found = new Map<string, string>();
    for (const entry of readdirSync(this.#folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = relative(this.#folder, path);
      const kind = lstatSync(path);
      found.set(
        name,
        kind.isFile() ? readFileSync(path, 'latin1') : kind.isSymbolicLink() ? 'link' : 'folder',
      );
    }
    return found;
  }

  #fresh(): string[] {
    return [...this.#after]
      .filter(([name, bytes]) => bytes !== 'folder' && !this.#before.has(name))
      .map(([name]) => name)
      .sort();
  }

  #stream(name: 'stdout' | 'stderr', how: string, body: string, at: string): void {
    const text = this.#said[name].toString();
    const said = `${name}, ${at}`;
    if (how === 'has') {
      for (const line of body.split('\n')) if (line.trim() !== '') expect(text, said).toContain(line.trim());
    } else if (how === 'lacks') {
      for (const line of body.split('\n'))
        if (line.trim() !== '') expect(text, said).not.toContain(line.trim());
    } else if (how.startsWith('lines')) {
      expect(text.split('\n').length - 1, `${said}:\n${text}`).toBeLessThanOrEqual(
        Number(how.slice('lines at most'.length)),
      );
    } else if (how === 'escapes') {
      expect(text, said).toBe(withEscapes(body.replaceAll('\n', '')));
    } else expect(text, said).toBe(body);
  }

  #bytes(name: string): Buffer {
    return name === 'stdout' ? this.#said.stdout : readFileSync(this.#path(name));
  }

  #text(name: string): string {
    const bytes = this.#bytes(name);
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le').slice(1);
    return bytes.toString().replace(/^\ufeff/, '');
  }

  #parsed(name: string): unknown {
    return JSON.parse(this.#text(name === '' ? 'stdout' : name));
  }

  #json(name: string, body: string, at: string): void {
    const [file = '', exactly] = name.startsWith('exactly') ? ['', 'exactly'] : name.split(' ');
    const found = this.#parsed(file);
    const wanted: unknown = JSON.parse(body, (_, value) => ANYTHING.get(value) ?? value);
    if (exactly === 'exactly') expect(found, at).toEqual(wanted);
    else expect(found, at).toMatchObject(wanted as object);
  }

  #decides(name: string, body: string, at: string): void {
    const rows = decisionLines(this.#parsed(name));
    let row = '';
    let listed: string[] = [];
    for (const line of body.split('\n').map((one) => one.trim())) {
      if (line === '') continue;
      const head = /^row (\d+) (\S.*)$/.exec(line);
      if (head) {
        row = head[1] as string;
        listed = [];
        const found = rows.get(row);
        expect(found?.status ?? 'not listed', `row ${row}, ${at}:\n${found?.lines.join('\n')}`).toBe(head[2]);
        continue;
      }
      const lines = rows.get(row)?.lines ?? [];
      const all = `row ${row}, ${at}, has:\n${lines.join('\n')}\n`;
      if (line === 'only')
        expect(
          lines.filter((one) => !listed.some((wanted) => one.includes(wanted))),
          all,
        ).toEqual([]);
      else if (line.startsWith('no '))
        expect(
          lines.filter((one) => one.includes(line.slice(3))),
          all,
        ).toEqual([]);
      else {
        expect(
          lines.some((one) => one.includes(line)),
          `${all}and not: ${line}`,
        ).toBe(true);
        listed.push(line);
      }
    }
  }

  #records(name: string): string[][] {
    const text = this.#text(name).replace(/^sep=.\r?\n/, '');
    const delimiter =
      [',', ';', '\t', '|'].find((one) => (text.split(/[\r\n]/)[0] ?? '').includes(one)) ?? ',';
    return parse(text, { delimiter, record_delimiter: ['\r\n', '\n', '\r'], relax_column_count: true });
  }

  #cells(name: string, body: string, at: string): void {
    const [header = [], ...rows] = this.#records(name === '' ? 'stdout' : name);
    const [names = [], ...wanted] = tableOf(body);
    const columns = names.map((one) => {
      const column = header.indexOf(one);
      if (column < 0) throw new Error(`${at}: no column \`${one}\` in ${header.join(' | ')}`);
      return column;
    });
    const found = rows.map((row) => columns.map((column) => (row[column] ?? '').trim()));
    const show = (list: string[][]) => list.map((row) => row.join(' | '));
    expect(show(found), at).toEqual(show(wanted.map((row) => names.map((_, column) => row[column] ?? ''))));
  }

  #word(rest: string, body: string, at: string): void {
    const [name = '', how = 'has'] = rest.split(' ');
    const xml = strFromU8(unzipSync(this.#bytes(name))['word/document.xml'] as Uint8Array);
    const text = xml
      .replace(/<\/w:(p|tc)>/g, '\n')
      .replace(/<[^>]+>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&apos;', "'")
      .replaceAll('&amp;', '&');
    for (const line of body.split('\n').map((one) => one.trim())) {
      if (line === '') continue;
      if (how === 'lacks') expect(text, at).not.toContain(line);
      else expect(text, at).toContain(line);
    }
  }
}

/** A document's text as bytes, by the words after its name: an encoding, `bom`, `crlf`, `cr`, `escapes`, `no-newline`. */
function encoded(body: string, how: readonly string[]): Buffer {
  let text = body;
  if (how.includes('escapes')) text = withEscapes(text.replaceAll('\n', ''));
  if (how.includes('no-newline')) text = text.replace(/\n$/, '');
  if (how.includes('crlf')) text = text.replaceAll('\n', '\r\n');
  if (how.includes('cr')) text = text.replaceAll('\n', '\r');
  if (how.includes('tabs')) text = text.replaceAll('→', '\t');
  if (how.includes('bom')) text = `\ufeff${text}`;
  if (how.includes('utf-16le')) return Buffer.from(text, 'utf16le');
  if (how.includes('utf-16be')) return Buffer.from(text, 'utf16le').swap16();
  if (how.includes('latin1')) return Buffer.from(text, 'latin1');
  return Buffer.from(text);
}

/** Rows of `|` cells: a text, `=12` for a number, `=12 as 0000` for one shown in a format; nothing for no cell. */
function workbookOf(body: string): Buffer {
  const formats: string[] = [];
  const rows = body.split('\n').map((line, at) => {
    if (line === '') return '';
    const cells = line.split('|').map((one) => one.trim());
    if (!cells.some((cell) => /^=-?\d/.test(cell))) return textRow(at + 1, cells);
    const parts = cells.map((cell) => {
      const number = /^=(-?[\d.E+]+)(?: as (.+))?$/.exec(cell);
      if (!number) return /<c.*<\/c>/.exec(textRow(1, [cell]))?.[0] ?? '';
      const [, value, format] = number;
      if (format !== undefined && !formats.includes(format)) formats.push(format);
      return `<c${format === undefined ? '' : ` s="${formats.indexOf(format) + 1}"`}><v>${value}</v></c>`;
    });
    return `<row r="${at + 1}">${parts.join('')}</row>`;
  });
  return workbook(rows.join(''), { formats });
}
