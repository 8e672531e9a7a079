/** What the examples notice, as text and as JSON. */
import type { Measured, Survivor } from '../../engine/analysis/measure.ts';
import { showYaml } from '../../engine/edit-rules.ts';
import { clip } from '../../engine/load-yaml.ts';
import { CHANGED, type Entry } from '../../engine/mutants.ts';
import { type ExampleBlock, exampleYaml } from '../../engine/propose-examples.ts';
import { counted } from './folder.ts';

/** An example that is missing. */
export interface Missing {
  /** What it is to stand under. */
  readonly under: Entry;
  /** What it would notice. */
  readonly notices: string;
  readonly example: ExampleBlock;
}

/** Where an example is to stand, and what it says: the same for one that is missing for two reasons. */
export function keyOf({ under, example }: Pick<Missing, 'under' | 'example'>): string {
  return `${under.id} ${showYaml(exampleYaml(example))}`;
}

/** Whether no example is missing. */
export function isComplete(measured: readonly Measured[]): boolean {
  return measured.every(
    ({ coverage, conditions }) =>
      coverage.isExpected && conditions.every(({ survivors }) => survivors.length === 0),
  );
}

/**
 * The examples that are missing, each once.
 * @param which those to be put into the files that were measured, or those that belong into others
 */
export function missingIn(
  measured: readonly Measured[],
  which: 'survivors' | 'elsewhere' = 'survivors',
): Missing[] {
  const found = new Map<string, Missing>();
  const add = (under: Entry, notices: string, example: ExampleBlock) => {
    const key = keyOf({ under, example });
    const known = found.get(key);
    found.set(
      key,
      known ? { ...known, notices: `${known.notices}; ${notices}` } : { under, notices, example },
    );
  };
  for (const { coverage, suggestion, conditions } of measured) {
    const { entry } = coverage;
    if (suggestion && which === 'survivors') add(entry, 'that it acts', suggestion);
    if (!coverage.isExpected) continue;
    for (const one of conditions) {
      const { condition } = one;
      for (const { mutant, fate } of one[which]) {
        if (fate.kind !== 'survives' || !fate.suggestion) continue;
        const of = fate.suggestion.under === entry ? '' : ` of \`${entry.id}\``;
        const notices = `\`${clip(condition.written)}\`${of} ${CHANGED[mutant.change]}`;
        add(fate.suggestion.under, notices, fate.suggestion.example);
      }
    }
  }
  return [...found.values()];
}

/** The coverage, rule by rule and condition by condition. */
export function showCoverage(measured: readonly Measured[]): string {
  const lines: string[] = [];
  let file = '';
  let covered = 0;
  let idle = 0;
  let all = 0;
  for (const { coverage, conditions } of inOrder(measured)) {
    const { entry, examples, isExpected, isShown } = coverage;
    if (entry.place.file !== file) {
      file = entry.place.file;
      lines.push(file);
    }
    const own = conditions.filter(({ isCovered }) => isCovered).length;
    covered += own;
    all += conditions.length;
    const state = !isExpected
      ? ', none of which shows it at work'
      : isShown
        ? ''
        : ', none of which shows it at work and passes';
    const of =
      conditions.length === 0 ? 'no conditions' : `${own} of ${counted(conditions.length, 'condition')}`;
    lines.push(
      `  ${String(entry.place.line).padStart(4)}  ${entry.id}: ${of}, ${counted(examples, 'example')}${state}`,
    );
    for (const { condition, isCovered, survivors, idle: needsNone } of conditions) {
      if (needsNone) idle++;
      const note = needsNone
        ? `covered: ${NEEDS_NONE[needsNone]}`
        : isCovered
          ? 'covered'
          : notCovered(survivors);
      lines.push(`          ${clip(condition.written)}: ${note}`);
    }
  }
  const none = idle === 0 ? '' : ` (${idle} need none)`;
  lines.push(`${covered} of ${counted(all, 'condition')} covered${none}`);
  return `${lines.join('\n')}\n`;
}

/** Files in the order of the rule set, their entries from the top. */
function inOrder(measured: readonly Measured[]): Measured[] {
  const files = [...new Set(measured.map(({ coverage }) => coverage.entry.place.file))];
  const at = ({ coverage: { entry } }: Measured) => files.indexOf(entry.place.file);
  return [...measured].sort(
    (a, b) => at(a) - at(b) || a.coverage.entry.place.line - b.coverage.entry.place.line,
  );
}

const NEEDS_NONE = {
  equivalent: 'without it no row is decided otherwise',
  unsayable: 'only an answer other than `(none)` could tell that it is gone',
  elsewhere: 'its example belongs into a file that is not among these',
} as const;

function notCovered(survivors: readonly Survivor[]): string {
  if (survivors.length === 0) return 'not covered';
  const changes = survivors.map(({ mutant }) => CHANGED[mutant.change]).join(' or ');
  const unknown = survivors.every(({ fate }) => fate.kind === 'unknown');
  return `not covered: ${changes}, and no example fails${unknown ? '; whether any row tells is not proved' : ''}`;
}

/** What `--json` says under `coverage`: every entry with its conditions, and whether each is covered. */
export function coverageJson(measured: readonly Measured[]): unknown[] {
  return measured.map(({ coverage: { entry, examples }, conditions }) => ({
    rule: entry.id,
    ...entry.place,
    examples,
    conditions: conditions.map(({ condition, isCovered, idle }) => ({
      fact: condition.fact,
      covered: isCovered,
      condition: condition.written,
      line: condition.place.line,
      column: condition.place.column,
      ...(idle && { needsNone: NEEDS_NONE[idle] }),
    })),
  }));
}

/** What it says under `survivors`: the mutants that no example notices, with a row that tells where one is known. */
export function survivorsJson(measured: readonly Measured[]): unknown[] {
  return measured.flatMap(({ coverage: { entry }, conditions }) =>
    conditions.flatMap(({ condition, survivors }) =>
      survivors.map(({ mutant, fate }) => ({
        rule: entry.id,
        ...condition.place,
        fact: condition.fact,
        condition: condition.written,
        mutation: mutant.change,
        message: `no example fails when \`${condition.written}\` is ${CHANGED[mutant.change]}`,
        proved: fate.kind === 'survives',
        witness: fate.kind === 'survives' ? fate.row : null,
        suggestion: fate.kind === 'survives' && fate.suggestion ? suggestionJson(fate.suggestion) : null,
      })),
    ),
  );
}

/** What it says under `untested`: the entries that no example shows at work. */
export function untestedJson(measured: readonly Measured[]): unknown[] {
  return measured.flatMap(({ coverage: { entry, isExpected }, suggestion }) =>
    isExpected
      ? []
      : [
          {
            rule: entry.id,
            ...entry.place,
            suggestion: suggestion ? suggestionJson({ under: entry, example: suggestion }) : null,
          },
        ],
  );
}

function suggestionJson({ under, example }: Pick<Missing, 'under' | 'example'>): unknown {
  return {
    under: under.id,
    file: under.place.file,
    line: under.place.line,
    example: showYaml(exampleYaml(example)),
  };
}
