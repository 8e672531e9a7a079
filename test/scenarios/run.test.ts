import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { Hosts, install } from './hosts.ts';
import { parseScenarios } from './scenario.ts';
import { play } from './stage.ts';

const folder = new URL('.', import.meta.url);
let hosts: Hosts;
let installed: string;

beforeAll(async () => {
  installed = await install();
  hosts = new Hosts(installed, Math.min(2, availableParallelism()));
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
