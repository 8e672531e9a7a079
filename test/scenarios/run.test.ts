import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { Hosts } from './hosts.ts';
import { parseScenarios } from './scenario.ts';
import { play } from './stage.ts';

const folder = new URL('.', import.meta.url);
const root = new URL('../../', import.meta.url).pathname;
let hosts: Hosts;
/** An installation of its own, so that another run, of other sources perhaps, cannot change it meanwhile. */
let installed: string;

beforeAll(async () => {
  installed = mkdtempSync(join(tmpdir(), 'csr-installed-'));
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  cpSync(join(root, 'rules'), join(installed, 'rules'), { recursive: true });
  await build({
    entryPoints: [join(root, 'src', 'cli.ts')],
    outdir: join(installed, 'dist'),
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    external: ['react-devtools-core'],
    logLevel: 'warning',
  });
  hosts = new Hosts(join(installed, 'dist', 'cli.js'), Math.min(2, availableParallelism()));
});

afterAll(() => {
  hosts.end();
  rmSync(installed, { recursive: true, force: true });
});

for (const name of readdirSync(folder)
  .filter((one) => one.endsWith('.scenario'))
  .sort()) {
  describe.concurrent(name, () => {
    for (const scenario of parseScenarios(readFileSync(new URL(name, folder), 'utf8')))
      test(`${scenario.title} (line ${scenario.line})`, () => play(scenario, hosts));
  });
}
