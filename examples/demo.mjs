// The main job on the shipped example: with a terminal the review, without one the whole way to delivery.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples');
const out = join('demo-out');
const name = '8x8_Blue_Harbor_Coffee_CSR.csv';

process.chdir(root);
const input = join(out, 'input', name);

/** Runs csr; its status must be one of `expected`. */
function csr(args, expected = [0]) {
  console.log(`\n$ csr ${args.join(' ')}`);
  const { status, signal } = spawnSync(process.execPath, [join(root, 'bin', 'csr'), ...args], {
    stdio: 'inherit',
  });
  if (signal) process.kill(process.pid, signal);
  if (!expected.includes(status)) process.exit(status ?? 1);
  return status;
}

const customer = ['--customer-file', join('examples', 'customer.yaml')];

if (process.stdin.isTTY && process.stdout.isTTY) {
  mkdirSync(join(out, 'input'), { recursive: true });
  // The download is the same each time: a session begun earlier goes on.
  copyFileSync(join(example, name), input);
  process.exitCode = csr(['review', input, ...customer], [0, 1]) === 2 ? 2 : 0;
} else {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'input'), { recursive: true });
  copyFileSync(join(example, name), input);
  const answers = ['--answers', join('examples', 'answers.csv')];
  console.log('Customer Service Record of Blue Harbor Coffee: 18 numbers, as downloaded.');
  // What the rules do alone leaves rows for a person: status 1.
  csr(
    [
      'apply',
      input,
      '-o',
      join(out, 'corrected-by-rules.csv'),
      '--report',
      join(out, 'report.json'),
      ...customer,
    ],
    [1],
  );
  csr(['export', input, '--out', join(out, 'delivered'), '--csv', '--docx', ...customer, ...answers]);
  csr([
    'verify',
    join(out, 'delivered', '8x8_Blue_Harbor_Coffee_CSR.csv'),
    join(out, 'delivered', '8x8_Blue_Harbor_Coffee_CSR.docx'),
  ]);
  console.log(
    `\nThe result lies in ${out}/delivered; what the rules alone made of it in ${out}/corrected-by-rules.csv and ${out}/report.json.`,
  );
}
