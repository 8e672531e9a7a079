// From a save to what `csr rules check --watch` says of it, on a copy of the built-in rules, and the CPU time that it costs.
//   node bench/watch.mjs [saves]
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIMIT = 300;
/** Saves before it is counted: the first checks run code that is not yet compiled. */
const WARM_UP = 3;

const saves = Number(process.argv[2] ?? 30);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'csr-bench-'));
cpSync(join(root, 'rules'), folder, { recursive: true });

const csr = spawn(join(root, 'bin', 'csr'), ['rules', 'check', folder, '--watch'], {
  stdio: ['ignore', 'ignore', 'pipe'],
});
let said = '';
let heard = () => {};
csr.stderr.on('data', (chunk) => {
  said += chunk;
  heard();
});
csr.once('exit', () => heard());

async function says(wanted) {
  while (!wanted.test(said)) {
    if (csr.exitCode !== null) throw new Error(`csr ended with ${csr.exitCode}: ${said}`);
    await new Promise((resolve) => {
      heard = resolve;
    });
  }
  said = '';
}

/** Milliseconds of CPU that the process has used so far; null where the system does not say. */
function cpu() {
  try {
    const fields = readFileSync(`/proc/${csr.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

function show(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(
    `  save to finding: median ${median.toFixed(0)} ms (${sorted[0].toFixed(0)}-${sorted.at(-1).toFixed(0)}), at most ${LIMIT}`,
  );
  return median;
}

try {
  await says(/file/);
  const files = readdirSync(folder).sort();
  const times = [];
  let before = null;
  for (let save = -WARM_UP; save < saves; save++) {
    if (save === 0) before = cpu();
    const path = join(folder, files[(save + WARM_UP) % files.length]);
    const text = readFileSync(path, 'utf8');
    const start = process.hrtime.bigint();
    writeFileSync(path, `${text}# looked at\n`);
    await says(/changed: .*\n/);
    if (save >= 0) times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const after = cpu();
  console.log(`csr rules check --watch, ${files.length} files, ${saves} saves, Node ${process.version}`);
  const median = show(times);
  if (before !== null && after !== null)
    console.log(`  CPU of a check: ${((after - before) / saves).toFixed(0)} ms`);
  process.exitCode = median <= LIMIT ? 0 : 1;
} finally {
  csr.kill();
  rmSync(folder, { recursive: true, force: true });
}
