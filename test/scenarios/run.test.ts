import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { BUNDLE, Hosts } from './hosts.ts';
import { parseScenarios } from './scenario.ts';
import { play } from './stage.ts';

const folder = new URL('.', import.meta.url);
let hosts: Hosts;

beforeAll(async () => {
  await build({
    entryPoints: [new URL('../../src/cli.ts', import.meta.url).pathname],
    outdir: BUNDLE,
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
  hosts = new Hosts(`${BUNDLE}/cli.js`, Math.min(2, availableParallelism()));
});

afterAll(() => hosts.end());

for (const name of readdirSync(folder)
  .filter((one) => one.endsWith('.scenario'))
  .sort()) {
  describe.concurrent(name, () => {
    for (const scenario of parseScenarios(readFileSync(new URL(name, folder), 'utf8')))
      test(`${scenario.title} (line ${scenario.line})`, () => play(scenario, hosts));
  });
}
