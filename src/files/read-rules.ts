/** Rule files as texts: the folder that csr ships, and the folders of leads. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RuleText } from '../engine/load-yaml.ts';
import { CsrError } from '../engine/problem.ts';
import type { RuleSet } from '../engine/rule.ts';
import { restoreRules } from '../engine/rule-set.ts';
import { systemError } from './system-error.ts';

const PACKAGE = 'csr';
const RULES = 'rules';
/** The largest rule file that makes sense, and ten times that. */
const MAX_BYTES = 10_000_000;

function isPackageRoot(folder: string): boolean {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest) || !existsSync(join(folder, RULES))) return false;
  return JSON.parse(readFileSync(manifest, 'utf8')).name === PACKAGE;
}

/** The folder that csr is installed in: what ships beside the program (rules, schema, examples) is found from it. */
export function packageRoot(): string {
  // The bundle lies in dist/ and this file in src/files/, so it is looked for and not counted.
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isPackageRoot(folder)) {
    const above = dirname(folder);
    if (above === folder)
      throw new CsrError({
        code: 'missing-rules',
        severity: 'error',
        message: 'the rules that csr ships are missing',
        help: 'install csr again, or name a folder with --rules',
      });
    folder = above;
  }
  return folder;
}

/** The text of a file, and the first place where its bytes are no UTF-8. */
function decode(bytes: Buffer): Pick<RuleText, 'text' | 'notUtf8'> {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    const before = text.slice(0, text.indexOf('\ufffd'));
    return {
      text,
      notUtf8: { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') },
    };
  }
}

/** Whether a file of a folder is a rule file. Editors keep half-written copies under names that begin with a dot. */
export function isRuleFile(name: string): boolean {
  return /\.ya?ml$/i.test(name) && !name.startsWith('.');
}

/** What is wrong with a folder that holds no rule files. */
export function noRuleFiles(shown: string): CsrError {
  return new CsrError({
    code: 'no-rules',
    severity: 'error',
    message: `\`${shown}\` holds no rule files`,
    help: 'name a folder with .yaml files',
  });
}

/** A rule file of its bytes. @throws CsrError where it is too large for one */
export function ruleText(name: string, path: string, bytes: Buffer): RuleText {
  if (bytes.length > MAX_BYTES)
    throw new CsrError({
      code: 'too-large',
      severity: 'error',
      message: `\`${path}\` is larger than 10 MB`,
    });
  return { name, path, ...decode(bytes) };
}

async function readFolder(folder: string, shown: string): Promise<RuleText[]> {
  let entries: string[];
  try {
    entries = await readdir(folder);
  } catch (error) {
    throw systemError(error, shown, 'read');
  }
  const names = entries.filter(isRuleFile).sort();
  if (names.length === 0) throw noRuleFiles(shown);
  const texts: RuleText[] = [];
  for (const name of names) {
    const path = join(shown, name);
    let bytes: Buffer;
    try {
      bytes = await readFile(join(folder, name));
    } catch (error) {
      throw systemError(error, path, 'read');
    }
    texts.push(ruleText(name, path, bytes));
  }
  return texts;
}

/** The paths of a folder's rule files; none where it cannot be read. */
export function ruleFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(isRuleFile)
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/**
 * The rule files of a folder (`*.yaml`, `*.yml`), sorted by name. Folders in it are not looked into.
 *
 * @returns each with its path as findings name it: the folder as given, then the name
 * @throws CsrError when the folder or a file cannot be read, or there is none
 */
export async function readRuleFolder(folder: string): Promise<RuleText[]> {
  return readFolder(folder, folder);
}

/** The same for a folder that is to be written into: it need not be there yet, or may still be empty. */
export async function readRuleFolderOrNone(folder: string): Promise<RuleText[]> {
  const isThere = existsSync(folder);
  try {
    return isThere ? await readRuleFolder(folder) : [];
  } catch (error) {
    if (error instanceof CsrError && error.problems.every(({ code }) => code === 'no-rules')) return [];
    throw error;
  }
}

/** Where the rule files lie that csr ships. */
export function builtInFolder(): string {
  return join(packageRoot(), RULES);
}

const BYTE_ORDER_MARK = '\ufeff';

/** What a rule file begins with that its text does not say: a byte order mark, or nothing. */
export function markOf(path: string): string {
  const isMarked = existsSync(path) && readFileSync(path, 'utf8').startsWith(BYTE_ORDER_MARK);
  return isMarked ? BYTE_ORDER_MARK : '';
}

/** Whether csr runs from its own sources, whose rules may be worked on; an installed one is replaced by an update. */
export function isCheckout(): boolean {
  return existsSync(join(packageRoot(), 'src'));
}

const SCHEMA = 'rules.schema.json';

/**
 * The first line of a new file in a folder: it names the schema by which editors check it.
 * @returns the line, and whether that schema is there
 */
export function schemaLine(folder: string): { readonly line: string; readonly isThere: boolean } {
  const lineOf = (path: string) => `# yaml-language-server: $schema=${path}`;
  if (existsSync(join(folder, SCHEMA))) return { line: lineOf(SCHEMA), isThere: true };
  const shipped = join(packageRoot(), 'schema', SCHEMA);
  const path = relative(resolve(folder), shipped);
  const isNear = !relative(packageRoot(), resolve(folder)).startsWith('..') && existsSync(shipped);
  return isNear
    ? { line: lineOf(path.split(sep).join('/')), isThere: true }
    : { line: lineOf(SCHEMA), isThere: false };
}

/** The rule files that csr ships; findings name them `rules/…`, wherever csr is installed. */
export async function builtInRules(): Promise<RuleText[]> {
  const root = packageRoot();
  const [texts, trees] = await Promise.all([readFolder(join(root, RULES), RULES), readTrees(root)]);
  return texts.map((source) => {
    const tree = trees[textDigest(source.text)];
    return tree === undefined ? source : { ...source, tree };
  });
}

/**
 * The rules that csr ships, of any date, as the build has compiled them.
 * @returns null where there is no such thing, or a rule file has changed since: then they are to be loaded
 */
export async function builtInRuleSet(): Promise<RuleSet | null> {
  const root = packageRoot();
  const [texts, stored] = await Promise.all([
    readFolder(join(root, RULES), RULES),
    readBuilt(root, 'rules.json'),
  ]);
  if (stored === null) return null;
  const rules = restoreRules(stored);
  return rules.digest === rulesDigest(texts) ? rules : null;
}

/** What the build has parsed of the shipped rules, by their text's digest: a text changed since is parsed anew. */
async function readTrees(root: string): Promise<Readonly<Record<string, RuleText['tree']>>> {
  return ((await readBuilt(root, 'rule-trees.json')) ?? {}) as Readonly<Record<string, RuleText['tree']>>;
}

/**
 * What the build has made of the rules for this bundle. Null beside another one, where a build has just put it in the
 * place of the old, and where it is damaged: what it is made of is there.
 */
async function readBuilt(root: string, name: string): Promise<unknown> {
  const dist = join(root, 'dist');
  if (dirname(fileURLToPath(import.meta.url)) !== dist) return null;
  try {
    const { make, made } = JSON.parse(await readFile(join(dist, name), 'utf8'));
    return make === process.env.CSR_MAKE ? made : null;
  } catch {
    return null;
  }
}

function textDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The sha256 of rule files, in hex: over the name and the text of each, in their order. Two sets of files have the
 * same digest only if they say the same to the letter.
 */
export function rulesDigest(texts: readonly RuleText[]): string {
  const hash = createHash('sha256');
  for (const { name, text } of texts) {
    // Lengths keep apart what names and texts would run together.
    const bytes = Buffer.from(text);
    hash.update(`${Buffer.byteLength(name)} ${bytes.length}\n${name}`).update(bytes);
  }
  return hash.digest('hex');
}
