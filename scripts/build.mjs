import { chmod, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const entry = join(root, 'src', 'cli.ts');
const outdir = join(root, 'dist');

if (!(await stat(entry).catch(() => null))) {
  process.stderr.write('build: src/cli.ts is missing, so there is nothing to bundle\n');
  process.exit(1);
}

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

// A chunk of an earlier build would be published beside the new ones.
await rm(outdir, { recursive: true, force: true });

await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli.ts' },
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  minify: true,
  // Names are shown by `--debug`.
  keepNames: false,
  legalComments: 'linked',
  chunkNames: 'chunk-[hash]',
  // Bundled CommonJS packages call `require` for Node's own modules, and an ES module has none.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  define: {
    // Without it React's development build runs.
    'process.env.NODE_ENV': '"production"',
    // Ink's devtools are then dead code.
    'process.env.DEV': '"false"',
    __CSR_VERSION__: JSON.stringify(version),
  },
  external: ['react-devtools-core'],
  logLevel: 'warning',
});
