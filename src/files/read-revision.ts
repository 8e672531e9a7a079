/** Rule files as a revision of a git repository has them, read through git. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { RuleText } from '../engine/load-yaml.ts';
import { CsrError } from '../engine/problem.ts';
import { builtInRules, isRuleFile, noRuleFiles, readRuleFolder, ruleText } from './read-rules.ts';
import { systemCode } from './system-error.ts';

/** The rules that csr ships, as a name for them. */
export const BUILT_IN = 'built-in';

/**
 * The rule files that a name means: those of a folder, of a folder in a git revision (`REV:DIR`), or, as `built-in`,
 * those that csr ships. What is on the disk goes before what else the name may mean.
 * @throws CsrError where there are none, or they cannot be read
 */
export async function readRulesNamed(name: string): Promise<readonly RuleText[]> {
  if (name === BUILT_IN && !existsSync(name)) return builtInRules();
  const revision = asRevision(name);
  if (revision) return readRevision(revision);
  try {
    return await readRuleFolder(name);
  } catch (error) {
    if (!(error instanceof CsrError) || error.problems[0]?.code !== 'missing-file') throw error;
    const such = /^[\w-]+$/.test(name) ? `\`${name}:rules\`` : '`main:rules`';
    const help = `name a folder, one in a git revision, such as ${such}, or \`${BUILT_IN}\``;
    throw new CsrError({ ...error.problems[0], help });
  }
}

/** A folder in a revision, as it is written: `main:rules`. */
interface Revision {
  readonly revision: string;
  readonly folder: string;
}

/** More bytes than all rule files of a folder have. */
const MOST_BYTES = 256 * 1024 * 1024;
const LINK = '120000';

/**
 * What a name that is no folder on this disk says of a revision: `REV:DIR`.
 * @returns null for a name without a colon, for one that is on the disk, and for a drive's letter (`C:\rules`)
 */
function asRevision(name: string): Revision | null {
  if (existsSync(name) || /^[A-Za-z]:[\\/]/.test(name)) return null;
  // A revision may hold a colon in braces: `HEAD^{/fix: a comma}`.
  const [, revision, folder] = /^((?:[^:{]|\{[^}]*\})*):(.*)$/s.exec(name) ?? [];
  return revision === undefined || folder === undefined ? null : { revision, folder };
}

/**
 * The rule files of a folder in a revision of the repository that the current folder is in.
 * @param folder from the repository's top, or else from the current folder
 * @returns each with its path as findings name it: `REV:DIR/name`
 * @throws CsrError where there is no git, no repository, no such revision or no such folder in it
 */
function readRevision({ revision, folder }: Revision): RuleText[] {
  const name = `${revision}:${folder}`;
  if (revision === '' || revision.startsWith('-'))
    throw failed('unknown-revision', `\`${name}\` names no revision before its colon`, {
      wanted: 'a revision and a folder in it, such as `main:rules`',
    });
  const repository = git(['rev-parse', '--git-dir']);
  if (repository.status !== 0)
    throw failed('no-repository', `\`${name}\` names a git revision, and this folder is in no repository`, {
      ...(repository.said === '' ? {} : { found: `git says: ${repository.said}` }),
      help: 'run the command inside the repository, or name a folder that is on the disk',
    });
  if (git(['rev-parse', '--verify', '--quiet', `${revision}^{tree}`]).status !== 0)
    throw failed('unknown-revision', `the repository knows no revision \`${revision}\``, {
      found: name,
      help: '`git branch --all` and `git log` name revisions; one of another repository is fetched first',
    });
  const shown = folder.replace(/\/+$/, '');
  const [tree, type] = treeOf(revision, shown);
  if (tree === null || type !== 'tree')
    throw failed(
      'missing-folder',
      tree === null
        ? `\`${revision}\` has no folder \`${shown}\``
        : `\`${shown}\` is a file in \`${revision}\`, not a folder`,
      { found: name, help: "name the folder as it is called there, from the repository's top" },
    );
  const entries = git(['ls-tree', '--full-tree', '-z', tree])
    .output.toString()
    .split('\0')
    .flatMap((line) => {
      const [, mode = '', kind, object = '', file = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(line) ?? [];
      return kind === 'blob' && isRuleFile(file) ? [{ mode, object, file }] : [];
    })
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  const paths = entries.map(({ file }) => `${revision}:${shown === '' ? '' : `${shown}/`}${file}`);
  const link = entries.findIndex(({ mode }) => mode === LINK);
  if (link >= 0)
    throw failed('bad-name', `\`${paths[link]}\` is a link, and links are not followed in a revision`, {
      help: 'name the folder in which the file itself lies',
    });
  if (entries.length === 0) throw noRuleFiles(name);
  return blobs(entries.map(({ object }) => object)).map((bytes, at) =>
    ruleText(entries[at]?.file ?? '', paths[at] ?? '', bytes),
  );
}

/** A path in a revision, from the top or from here: its object and what that is. */
function treeOf(revision: string, folder: string): readonly [object: string | null, type: string] {
  const isRelative = /^\.\.?(\/|$)/.test(folder);
  // git takes no bare `.` for the folder that one is in.
  const ways = folder === '' ? [''] : isRelative ? [folder === '.' ? './' : folder] : [folder, `./${folder}`];
  for (const way of ways) {
    const found = git(['rev-parse', '--verify', '--quiet', `${revision}:${way}`]);
    if (found.status !== 0) continue;
    const object = found.output.toString().trim();
    return [object, git(['cat-file', '-t', object]).output.toString().trim()];
  }
  return [null, ''];
}

/** The bytes of objects, in their order. */
function blobs(objects: readonly string[]): Buffer[] {
  const { output, status, said } = git(['cat-file', '--batch'], objects.map((one) => `${one}\n`).join(''));
  const found: Buffer[] = [];
  for (let at = 0; found.length < objects.length; ) {
    const end = output.indexOf(10, at);
    const [, size] = /^\w+ blob (\d+)$/.exec(output.subarray(at, Math.max(at, end)).toString()) ?? [];
    if (status !== 0 || end < 0 || size === undefined)
      throw failed('no-repository', `git could not read the revision: ${said || 'an object is missing'}`, {
        help: 'a shallow copy of a repository lacks old revisions: `git fetch --unshallow`',
      });
    found.push(output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return found;
}

function git(args: readonly string[], input = ''): { status: number | null; output: Buffer; said: string } {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    input,
    maxBuffer: MOST_BYTES,
    windowsHide: true,
  });
  if (error)
    throw failed(
      'no-git',
      `git cannot be run: ${systemCode(error) === 'ENOENT' ? 'it is not installed' : error.message}`,
      {
        help: 'install git, or name folders that are on the disk',
      },
    );
  return { status, output: stdout, said: stderr.toString().split('\n')[0] ?? '' };
}

function failed(
  code: string,
  message: string,
  more: { readonly found?: string; readonly wanted?: string; readonly help?: string },
): CsrError {
  return new CsrError({ code, severity: 'error', message, ...more });
}
