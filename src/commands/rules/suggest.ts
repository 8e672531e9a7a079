/** `csr rules test --suggest`: the examples that are missing, to be pasted below their rules, or put there. */
import { type ListKey, showYaml, withExample } from '../../engine/edit-rules.ts';
import type { RuleText } from '../../engine/load.ts';
import { type Entry, isEscalation, isRule } from '../../engine/mutants.ts';
import { markOf } from '../../files/read-rules.ts';
import { writeAll } from '../../files/write-file.ts';
import { say } from '../output.ts';
import { exampleYaml, type Missing } from './coverage.ts';
import { counted } from './folder.ts';

/** A missing example in its file: the lines as they would stand there, and the first line's number. */
interface Placed {
  readonly missing: Missing;
  readonly line: number;
  readonly lines: readonly string[];
}

/** The examples that are missing as YAML, each with the place that it goes to. */
export function showSuggestions(missing: readonly Missing[], files: readonly RuleText[]): string {
  if (missing.length === 0) return 'no example is missing that could be written\n';
  const texts = missing.map((one) => {
    const { file } = one.under.place;
    const placed = placedIn(one, files.find(({ path }) => path === file)?.text ?? '');
    return `${file}:${placed.line}: below the examples of ${one.under.id}; notices ${one.notices}\n${placed.lines.join('\n')}\n`;
  });
  return texts.join('\n');
}

function placedIn(missing: Missing, text: string): Placed {
  const { under, example } = missing;
  const block = exampleYaml(example);
  const { text: edited, line } = withExample(text, listOf(under), under.place.line, block);
  const [before, after] = [text, edited].map((one) => one.split(/\r?\n/));
  const added = (after?.length ?? 0) - (before?.length ?? 0);
  // In a list on one line it goes between others: it is shown by itself.
  const lines = added > 0 ? (after ?? []).slice(line - 1, line - 1 + added) : [`- ${showYaml(block)}`];
  return { missing, line, lines };
}

function listOf(entry: Entry): ListKey {
  return isRule(entry) ? 'rules' : isEscalation(entry) ? 'escalations' : 'look-ups';
}

/**
 * Puts the examples that are missing into their files; every other byte stays as it is.
 * @returns whether all were
 * @throws CsrError where a file cannot be edited or written; nothing has changed then
 */
export function writeSuggestions(missing: readonly Missing[], files: readonly RuleText[]): boolean {
  const texts = new Map<string, string>();
  // From the last one up, so that places above stay what they are.
  const fromBelow = [...missing].sort((a, b) => b.under.place.line - a.under.place.line);
  for (const { under, example } of fromBelow) {
    const { file, line } = under.place;
    const text = texts.get(file) ?? files.find(({ path }) => path === file)?.text;
    if (text === undefined) throw new Error(`no file ${file}`);
    texts.set(file, withExample(text, listOf(under), line, exampleYaml(example)).text);
  }
  writeAll(
    [...texts].map(([path, text]) => ({ path, data: `${markOf(path)}${text}` })),
    { force: true, keepMode: true },
  );
  for (const path of texts.keys()) {
    const count = missing.filter(({ under }) => under.place.file === path).length;
    say(`${path}: ${counted(count, 'example')} added`);
  }
  return missing.length > 0;
}
