import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const outdir = join(root, 'dist');

// Only the review draws, so no other command may wait for these to load; nor may the review's first screen.
const LAZY = ['ink', 'react', 'react-reconciler', 'yoga-layout', 'string-width'];

function fail(message) {
  process.stderr.write(`build: ${message}\n`);
  process.exit(1);
}

function packageOf(input) {
  const [, path] = input.match(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//) ?? [];
  return path;
}

/** The chunks that are loaded before any command has run, and before the review shows anything. */
function startUpChunks(outputs) {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { path, kind, external } of outputs[file].imports)
      if (kind === 'import-statement' && !external) visit(path);
  };
  visit('dist/cli.js');
  for (const [file, { entryPoint }] of Object.entries(outputs))
    if (entryPoint === 'src/commands/review.ts') visit(file);
  return [...seen];
}

async function licenceTexts(inputs) {
  const folders = new Set();
  for (const input of Object.keys(inputs)) {
    const folder = input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0];
    if (folder) folders.add(folder);
  }
  const texts = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(root, folder))).sort().find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? (await readFile(join(root, folder, file), 'utf8')).trim() : '';
    texts.set(`${name} ${version}`, `${name} ${version} (${license})\n\n${text}\n`);
  }
  return [...texts.keys()].sort().map((key) => texts.get(key));
}

if (!(await stat(join(root, 'src/cli.ts')).catch(() => null)))
  fail('src/cli.ts is missing, so there is nothing to bundle');

/** Tells one make of the bundle from another: what it is made of. */
async function makeOf(folder) {
  const hash = createHash('sha256').update(await readFile(join(root, 'package-lock.json')));
  const names = (await readdir(join(root, folder), { recursive: true })).sort();
  for (const name of names) {
    if (/\.tsx?$/.test(name)) hash.update(name).update(await readFile(join(root, folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

const make = await makeOf('src');

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  metafile: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // Names stay, so that a stack trace under `--debug` can be read; start-up measures the same.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'external',
  chunkNames: 'chunk-[hash]',
  // Bundled CommonJS packages call `require` for Node's own modules, and an ES module has none.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  define: {
    // Without it React's development build runs.
    'process.env.NODE_ENV': '"production"',
    // Ink then drops its devtools, which import a package that is not installed.
    'process.env.DEV': '"false"',
    'process.env.CSR_MAKE': JSON.stringify(make),
  },
  external: ['react-devtools-core'],
  logLevel: 'warning',
}).catch(() => fail('failed; the errors are above'));

const early = startUpChunks(metafile.outputs).flatMap((file) => Object.keys(metafile.outputs[file].inputs));
const eager = LAZY.filter((name) => early.some((input) => packageOf(input) === name));
if (eager.length > 0)
  fail(`${eager.join(', ')} would load at start-up; reach src/tui by \`await import()\` only`);

// The bundle carries these packages, and their licences ask for their text to go with them.
const licences = (await licenceTexts(metafile.inputs)).join(`\n${'-'.repeat(72)}\n\n`);

/**
 * The shipped rules as the bundle's own loader reads them: the trees of their files, by the digest of the text, and the
 * rule set they compile into, if nothing is wrong in them.
 */
async function shippedRules() {
  const { outputFiles: loader } = await build({
    absWorkingDir: root,
    stdin: {
      contents: `export { Findings, parseSource } from './src/engine/load-yaml.ts';
        export { loadRules } from './src/engine/load.ts';
        export { storeRules } from './src/engine/rule-set.ts';
        export { rulesDigest } from './src/files/read-rules.ts';`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    // The package's CommonJS parts ask for Node's own modules.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(process.cwd()+'/');" },
  });
  const { Findings, parseSource, loadRules, rulesDigest, storeRules } = await import(
    `data:text/javascript;base64,${Buffer.from(loader[0].contents).toString('base64')}`
  );
  const trees = {};
  const sources = [];
  for (const name of (await readdir(join(root, 'rules')).catch(() => [])).sort()) {
    if (!name.endsWith('.yaml')) continue;
    const text = await readFile(join(root, 'rules', name), 'utf8');
    const source = { name, path: `rules/${name}`, text };
    const findings = new Findings();
    const tree = parseSource(source, findings);
    // A file with a fault is parsed when it is loaded, so that the fault is said there.
    if (tree && findings.problems.length === 0) trees[createHash('sha256').update(text).digest('hex')] = tree;
    sources.push(source);
  }
  const { rules } = loadRules(sources, { digest: rulesDigest(sources) });
  return {
    'rule-trees.json': JSON.stringify({ make, made: trees }),
    ...(rules && { 'rules.json': JSON.stringify({ make, made: storeRules(rules) }) }),
  };
}

/** What other programs need to judge by compiled rules, in one file; json-rules-engine they have themselves. */
async function hostModule() {
  const { outputFiles: built } = await build({
    absWorkingDir: root,
    entryPoints: ['src/engine/host.ts'],
    bundle: true,
    write: false,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'esm',
    target: 'node20.19',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // The engine is the host's; what of it the module names is for our own judging, which is not in it.
    plugins: [
      {
        name: 'no-engine',
        setup(module) {
          module.onResolve({ filter: /^json-rules-engine$/ }, () => ({ path: 'none', namespace: 'none' }));
          module.onLoad({ filter: /./, namespace: 'none' }, () => ({
            contents: 'export const Engine = null;',
          }));
        },
      },
    ],
    logLevel: 'warning',
  });
  return built[0].contents;
}

// A command that runs during a build finds the old bundle or the new one: the entry changes last, in one step.
const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
const entry = files.get('cli.js');
files.delete('cli.js');
files.set('THIRD-PARTY-LICENSES.txt', licences);
for (const [name, contents] of Object.entries(await shippedRules())) files.set(name, contents);
files.set('host.js', await hostModule());
files.set('cli.js', entry);
await mkdir(outdir, { recursive: true });
for (const [name, contents] of files) {
  const temporary = join(outdir, `.${name}.${process.pid}`);
  await writeFile(temporary, contents);
  await rename(temporary, join(outdir, name));
}
// A chunk left from an earlier build would be published beside the new ones.
for (const name of await readdir(outdir))
  if (!files.has(name) && !name.startsWith('.')) await rm(join(outdir, name), { force: true });
