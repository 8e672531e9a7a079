/** The pages on findings: each wrong example gives the page's code and no other, each right one gives none. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CODES } from '../src/engine/codes.ts';
import { Hosts, install } from './scenarios/hosts.ts';
import { words } from './scenarios/scenario.ts';

const FOLDER = new URL('../docs/checks/', import.meta.url);

function read(code: string): string {
  return readFileSync(new URL(`${code}.md`, FOLDER), 'utf8');
}

/** The files that a page shows, by name. */
function filesOf(page: string): [name: string, text: string][] {
  return [...page.matchAll(/^`([\w./-]+)`:\n\n```yaml\n(.*?)^```$/gms)].map(([, name = '', text = '']) => [
    name,
    text,
  ]);
}

let installed: string;
let hosts: Hosts;

beforeAll(async () => {
  installed = await install();
  hosts = new Hosts(installed, 2);
});

afterAll(() => {
  hosts.end();
  rmSync(installed, { recursive: true, force: true });
});

function csr(folder: string, ...argv: string[]) {
  return hosts.run({ argv, folder, env: {}, input: Buffer.alloc(0) });
}

test('every code has its page, and every page its code', () => {
  const pages = readdirSync(FOLDER).map((name) => name.replace(/\.md$/, ''));
  expect(pages.sort()).toEqual(Object.keys(CODES).sort());
});

test('the guide names every code, and every format', () => {
  const guide = readFileSync(new URL('../checks.md', FOLDER), 'utf8');
  for (const code of Object.keys(CODES)) expect(guide).toContain(`[${code}](checks/${code}.md)`);
});

describe.concurrent('the page on', () => {
  for (const code of Object.keys(CODES)) {
    test(code, async ({ expect }) => {
      const page = read(code);
      const parts = [...page.matchAll(/^##? (.*)$/gm)].map(([, heading]) => heading);
      expect(parts).toEqual([code, 'Wrong', 'Right', 'How to mend it']);
      expect(page.split('\n').length, 'lines').toBeLessThan(160);

      const folder = mkdtempSync(join(tmpdir(), 'csr-page-'));
      try {
        for (const [name, text] of filesOf(page)) {
          mkdirSync(dirname(join(folder, name)), { recursive: true });
          writeFileSync(join(folder, name), text);
        }
        const line = /^\$ \.\/bin\/csr (rules check wrong.*)$/m.exec(page)?.[1] ?? '';
        const codesIn = async (which: string) => {
          const { stdout, status } = await csr(folder, ...words(line.replace('wrong', which)), '--json');
          const { findings } = JSON.parse(stdout.toString()) as { findings: { code: string }[] };
          return { status, codes: [...new Set(findings.map((finding) => finding.code))] };
        };
        expect(await codesIn('right')).toEqual({ status: 0, codes: [] });
        expect(await codesIn('wrong')).toEqual({ status: 1, codes: [code] });

        const explained = await csr(folder, 'rules', 'check', '--explain', code);
        expect(explained).toMatchObject({ status: 0, stdout: Buffer.from(page) });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
