// The CPU time of `csr rules check` on many rules: countries by carriers, as rules and as look-ups, with their examples.
//   node bench/check.mjs [runs]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeRules } from './make-rules.mjs';

/** Milliseconds for the fewest. */
const LIMIT = 2000;
const COUNTS = [1000, 2000, 5000];

const runs = Number(process.argv[2] ?? 3);
const csr = fileURLToPath(new URL('../bin/csr', import.meta.url));
let failed = false;

for (const kind of ['first', 'all', 'look-ups']) {
  const times = COUNTS.map((count) => leastTime(count, kind));
  const [fewest = 0] = times;
  const words = times.map((time, at) => {
    // n·log n, from the fewest on.
    const limit = at === 0 ? LIMIT : fewest * growth(COUNTS[at]);
    const isTooMuch = time > limit;
    failed ||= isTooMuch;
    return `${COUNTS[at]}: ${time} ms (at most ${Math.round(limit)})${isTooMuch ? ' TOO MUCH' : ''}`;
  });
  console.log(`${kind.padEnd(8)}  ${words.join('  ')}`);
}
process.exitCode = failed ? 1 : 0;

function growth(count) {
  const [fewest = 1] = COUNTS;
  return (count * Math.log(count)) / (fewest * Math.log(fewest));
}

/** Milliseconds of CPU of a check, user and system: the least of some runs. */
function leastTime(count, kind) {
  const folder = mkdtempSync(join(tmpdir(), 'csr-bench-'));
  try {
    for (const { name, text } of makeRules(count, kind)) writeFileSync(join(folder, name), text);
    return Math.min(...Array.from({ length: runs }, () => cpuOf(folder)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Child processes that have ended are counted by the shell that waited for them. */
function cpuOf(folder) {
  const command = '"$0" rules check "$1" >&2; status=$?; times; exit $status';
  const { stdout, stderr, status } = spawnSync('sh', ['-c', command, csr, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.slice(-2000));
  const children = stdout.trim().split('\n').at(-1) ?? '';
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
  return Math.round(seconds.reduce((sum, one) => sum + one, 0) * 1000);
}
