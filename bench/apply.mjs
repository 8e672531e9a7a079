// Side by side with peers in the same run: whole processes, in turn, medians and ratios.
//   node bench/apply.mjs [rows] [runs]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCsr } from './make-csr.mjs';

const rows = Number(process.argv[2] ?? 100_000);
const runs = Number(process.argv[3] ?? 7);
const here = fileURLToPath(new URL('.', import.meta.url));
const csr = join(here, '..', 'bin', 'csr');
const folder = mkdtempSync(join(tmpdir(), 'csr-bench-'));
const input = join(folder, '8x8_Bench_CSR.csv');
writeFileSync(input, makeCsr(rows));

/** Wall milliseconds and peak memory (MB) of a whole process. */
function once(command, args, expected) {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  if (!expected.includes(status))
    throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A against B, in turn, after one warm-up of each. */
function pair(name, limit, a, b) {
  a(0);
  b(0);
  const times = { a: [], b: [] };
  for (let run = 1; run <= runs; run++) {
    times.a.push(a(run));
    times.b.push(b(run));
  }
  const ratios = times.a.map((ms, at) => ms / times.b[at]);
  const show = (list) =>
    `${median(list).toFixed(0)} ms (${Math.min(...list).toFixed(0)}-${Math.max(...list).toFixed(0)})`;
  console.log(`${name}`);
  console.log(
    `  ours ${show(times.a)}   peer ${show(times.b)}   ratio, pair by pair: median ${median(ratios).toFixed(2)} (at most ${limit})`,
  );
  return median(ratios) <= limit;
}

console.log(
  `${rows} rows, ${(statSync(input).size / 1e6).toFixed(1)} MB; ${runs} runs each, in turn; Node ${process.version}`,
);
try {
  const results = [
    pair(
      'csr apply against csv-parse -> csv-stringify',
      1.5,
      // Rows without an address are left unresolved: status 1.
      (run) => once(csr, ['apply', input, '-o', join(folder, `ours-${run}.csv`), '--quiet'], [0, 1]),
      (run) =>
        once(process.execPath, [join(here, 'pass-through.mjs'), input, join(folder, `peer-${run}.csv`)], [0]),
    ),
    pair(
      'csr --version against node -e 0',
      1.3,
      () => once(csr, ['--version'], [0]),
      () => once(process.execPath, ['-e', '0'], [0]),
    ),
  ];
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
