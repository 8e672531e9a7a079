// The review screen beside VisiData and less: the same file, the same keys, a real terminal of 120x40, in one run.
//   node bench/screen.mjs [rows] [keys]
// Needs util-linux's script; VisiData (vd) and less are left out where they are not installed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCsr } from './make-csr.mjs';

const rows = Number(process.argv[2] ?? 100_000);
const keys = Number(process.argv[3] ?? 200);
const COLUMNS = 120;
const LINES = 40;
/** A frame is whole when nothing has come for so long, in milliseconds. */
const QUIET = 60;

const here = fileURLToPath(new URL('.', import.meta.url));
const csr = join(here, '..', 'bin', 'csr');
const folder = mkdtempSync(join(tmpdir(), 'csr-bench-'));
const input = join(folder, '8x8_Bench_CSR.csv');
writeFileSync(input, makeCsr(rows));
writeFileSync(
  join(folder, 'customer.yaml'),
  'name: Bench\naccountKind: x-series\nbillingAddress: 1 Main St\nscope: all\nactiveWithin60Days: yes\n',
);

/** A program on a terminal of its own: what it writes, and when. */
class Screen {
  #child;
  #chunks = [];
  #woken = () => {};
  started = performance.now();

  constructor(command) {
    const inside = `stty cols ${COLUMNS} rows ${LINES}; exec ${command}`;
    this.#child = spawn('script', ['-qfec', inside, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', CI: '' },
    });
    this.#child.stdout.on('data', (bytes) => {
      this.#chunks.push({ at: performance.now(), bytes });
      this.#woken();
    });
  }

  /** Everything written so far. */
  get text() {
    return Buffer.concat(this.#chunks.map(({ bytes }) => bytes)).toString('utf8');
  }

  /** Waits until `done(text)`; milliseconds since the program was started. */
  async until(done, what) {
    const deadline = performance.now() + 60_000;
    while (!done(this.text)) {
      if (performance.now() > deadline) throw new Error(`waited a minute for ${what}`);
      await this.#something(500);
    }
    return this.#chunks.at(-1).at - this.started;
  }

  /** Waits until nothing has come for a while. */
  async settle(quiet = QUIET) {
    while (await this.#something(quiet)) {}
  }

  /** Presses a key: milliseconds to the last byte of what it drew, and how many bytes that were. */
  async press(key) {
    const from = this.#chunks.length;
    const start = performance.now();
    this.#child.stdin.write(key);
    await this.#something(2000);
    await this.settle();
    const drawn = this.#chunks.slice(from);
    const text = Buffer.concat(drawn.map(({ bytes }) => bytes));
    return { ms: (drawn.at(-1)?.at ?? Number.NaN) - start, bytes: text.length, text: text.toString('utf8') };
  }

  write(text) {
    this.#child.stdin.write(text);
  }

  /** Memory of the program itself, in MB: now, and at most. */
  memory() {
    const [shell] = readFileSync(`/proc/${this.#child.pid}/task/${this.#child.pid}/children`, 'utf8').split(
      ' ',
    );
    const status = readFileSync(`/proc/${shell}/status`, 'utf8');
    const mb = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
    return { now: mb('VmRSS'), most: mb('VmHWM') };
  }

  async end(keys) {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.write(keys);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
  }

  /** Whether something comes within so many milliseconds. */
  #something(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#woken = () => {};
        resolve(false);
      }, ms);
      this.#woken = () => {
        clearTimeout(timer);
        this.#woken = () => {};
        resolve(true);
      };
    });
  }
}

function quantile(list, share) {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Scrolls line by line at the bottom edge. */
async function scroll(screen) {
  screen.write('j'.repeat(LINES + 10));
  await screen.settle(300);
  const frames = [];
  for (let key = 0; key < keys; key++) frames.push(await screen.press('j'));
  return {
    median: quantile(
      frames.map(({ ms }) => ms),
      0.5,
    ),
    p99: quantile(
      frames.map(({ ms }) => ms),
      0.99,
    ),
    bytes: quantile(
      frames.map(({ bytes }) => bytes),
      0.5,
    ),
    mostBytes: Math.max(...frames.map(({ bytes }) => bytes)),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for a sequence that clears the screen.
    cleared: frames.some(({ text }) => /\u001b\[[23]J/.test(text)),
  };
}

const has = (program) => spawnSync('which', [program]).status === 0;
const ms = (value) => `${value.toFixed(1)} ms`;
const verdicts = [];
function hold(what, value, limit, unit = '') {
  verdicts.push(value <= limit);
  console.log(
    `  ${value <= limit ? 'holds' : 'FAILS'}  ${what}: ${value.toFixed(2)}${unit} (at most ${limit}${unit})`,
  );
}

console.log(
  `${rows} rows, ${(statSync(input).size / 1e6).toFixed(1)} MB; ${COLUMNS}x${LINES}; ${keys} keys; Node ${process.version}`,
);
try {
  const skeletons = [];
  const empty = [];
  for (let run = 0; run < 7; run++) {
    const node = new Screen(`${process.execPath} -e 'console.log("up")'`);
    empty.push(await node.until((text) => text.includes('up'), 'node'));
    await node.end('');
    const own = new Screen(`${csr} review ${input} --session ${join(folder, `session-${run}`)}`);
    skeletons.push(await own.until((text) => text.includes('csr review'), 'the skeleton'));
    await own.end('\u0003');
  }
  const review = new Screen(`${csr} review ${input} --customer-file ${join(folder, 'customer.yaml')}`);
  const table = await review.until((text) => text.includes('unresolved'), 'the table');
  await review.settle(500);
  // The intake closes, and the list before the first is that of all rows.
  review.write('\u001b');
  await review.settle(300);
  review.write('[');
  await review.settle(300);
  const ours = await scroll(review);
  const filter = [];
  for (let round = 0; round < 5; round++) {
    await review.press('/');
    for (const key of 'colt 4930') filter.push((await review.press(key)).ms);
    await review.press('\u001b');
    await review.press('\u001b');
  }
  const memory = review.memory();
  await review.end('q');

  console.log(
    `skeleton ${ms(quantile(skeletons, 0.5))}   node -e 0 ${ms(quantile(empty, 0.5))}   table ${ms(table)}`,
  );
  const line = (name, { median, p99, bytes, mostBytes }) =>
    console.log(
      `${name.padEnd(10)} key to frame: median ${ms(median)}, p99 ${ms(p99)}; ${bytes} bytes a key (most ${mostBytes})`,
    );
  line('csr review', ours);
  let peer = null;
  if (has('vd')) {
    const vd = new Screen(`vd -f csv ${input}`);
    await vd.until((text) => text.includes('phoneNumber'), 'VisiData');
    await vd.settle(3000);
    peer = await scroll(vd);
    await vd.end('gq');
    line('VisiData', peer);
  }
  if (has('less')) {
    const less = new Screen(`less -S ${input}`);
    await less.settle(500);
    line('less', await scroll(less));
    await less.end('q');
  }
  console.log(
    `filter     key to frame: median ${ms(quantile(filter, 0.5))}, p99 ${ms(quantile(filter, 0.99))}`,
  );
  console.log(`memory     ${memory.now.toFixed(0)} MB, at most ${memory.most.toFixed(0)} MB`);
  if (peer) {
    hold('key to frame against VisiData, median', ours.median / peer.median, 0.5);
    hold('key to frame against VisiData, p99', ours.p99 / peer.p99, 0.5);
  }
  hold('bytes a key', ours.bytes, 600);
  hold('full clears after the first frame', ours.cleared ? 1 : 0, 0);
  hold('skeleton against node -e 0', quantile(skeletons, 0.5) / quantile(empty, 0.5), 2);
  hold('filter key to frame, median', quantile(filter, 0.5), 20, ' ms');
  hold('memory', memory.most, 250, ' MB');
  process.exitCode = verdicts.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
