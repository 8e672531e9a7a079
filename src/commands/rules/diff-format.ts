/** What two rule sets decide differently, as text, as Markdown for a pull request, and as JSON. */
import type { AlsoChanged } from '../../engine/also-changed.ts';
import type { Comparison, Difference, Side, Unproved } from '../../engine/analysis/diff.ts';
import type { Decision } from '../../engine/decision.ts';
import type { Place } from '../../engine/problem.ts';
import { parting, type RowChange } from '../../engine/what-changes.ts';
import { counted } from './folder.ts';

export interface Changes {
  /** The two sides as they were named. */
  readonly old: string;
  readonly new: string;
  readonly comparison: Comparison;
  readonly also: readonly AlsoChanged[];
  /** What `--expect` says; null where nothing is expected. */
  readonly expected: readonly string[] | null;
  readonly on: OnFile | null;
}

/** A file of rows under both sides. */
export interface OnFile {
  readonly file: string;
  /** How many rows it has. */
  readonly all: number;
  /** The rows that are decided differently, and the cells in which it shows. */
  readonly rows: readonly {
    readonly row: number;
    readonly phoneNumber: string;
    readonly cells: readonly { readonly field: string; readonly old: string; readonly new: string }[];
  }[];
  /** The same rows, those that part alike together. */
  readonly changes: readonly (Pick<RowChange, 'before' | 'after'> & { readonly rows: string })[];
  /** Those of a difference. */
  readonly of: (difference: Difference) => { readonly rows: readonly number[]; readonly listed: string };
}

export const DIFF_FORMATS = { text, markdown, json } as const satisfies Readonly<
  Record<string, (changes: Changes) => string>
>;

export type DiffFormat = keyof typeof DIFF_FORMATS;

/** Regions of one difference that are told apart; of more, how many there are. */
const MOST_REGIONS = 4;

type Facts = Readonly<Record<string, string>>;

// Text

function text(changes: Changes): string {
  const { comparison, on } = changes;
  const blocks = [
    ...comparison.differences.map((one) => difference(one, changes)),
    ...comparison.unproved.map(unproved),
    ...(on ? [onFile(on)] : []),
    ...(changes.also.length > 0 ? [also(changes.also)] : []),
  ];
  return [...blocks, [...verdict(changes), ...notes(changes)]]
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** A difference: its rows, what was made of them and what is, and one of them. */
export function differenceLines(one: Difference): string[] {
  const [first = 'every row', ...others] = regionsOf(one);
  return [
    first,
    ...others.map((region) => `or ${region}`),
    ...labelled('before:', outcome(one, 'old')),
    ...labelled('now:', outcome(one, 'new')),
    `  for example ${facts(one.witness)}`,
  ];
}

function difference(one: Difference, { expected, on }: Changes): string[] {
  const rows = on?.of(one);
  return [
    ...differenceLines(one),
    ...(expected !== null && one.outside !== null
      ? [`  not as expected, for example ${facts(one.outside)}`]
      : []),
    ...(rows && rows.rows.length > 0
      ? [`  ${counted(rows.rows.length, 'row')} of ${on?.file}: ${rows.listed}`]
      : []),
  ];
}

function labelled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `  ${(at === 0 ? label : '').padEnd(7)} ${line}`);
}

/** The regions in words; of many, what they have in common. */
function regionsOf({ region, regions }: Difference): string[] {
  if (regions.length <= MOST_REGIONS) return regions.map(facts);
  const common = Object.keys(region).length === 0 ? '' : `${facts(region)}, `;
  return [`${common}in ${regions.length} cases, such as`, ...regions.slice(0, MOST_REGIONS).map(facts)];
}

/** A row or a region in one line. */
function facts(of: Facts): string {
  const all = Object.entries(of).map(([fact, says]) => `${fact}: ${says.trim() === '' ? 'blank' : says}`);
  return all.length === 0 ? 'every row' : all.join(', ');
}

/** What is said of the witness on one side only, a line each, and by which rule. */
function outcome(one: Difference, side: 'old' | 'new'): string[] {
  return [...saidOn(one, side), byWhom(one, side)];
}

function byWhom(one: Difference, side: 'old' | 'new'): string {
  const { rule, place } = one[side];
  return rule === null ? 'by no rule' : `by ${rule} (${shown(place)})`;
}

/** The lines of a decision that the other side's has not; the rule that is named anyhow is left out of them. */
function saidOn(one: Difference, side: 'old' | 'new'): string[] {
  const { before, after } = parting(one.old.decision, one.new.decision);
  const { rule } = one[side];
  const lines = (side === 'old' ? before : after).map((line) =>
    rule === null
      ? line
      : line
          .replace(` by ${rule} (`, ' (')
          .replace(new RegExp(` by ${rule}$`), '')
          .replace(` (${rule})`, ''),
  );
  return lines.length === 0 ? ['nothing'] : lines;
}

function shown(place: Place | null): string {
  return place === null ? '' : `${place.file}:${place.line}`;
}

function unproved({ region, rules }: Unproved): string[] {
  const named = [...new Set(rules.flatMap((rule) => (rule ? [`${rule.id} (${shown(rule.place)})`] : [])))];
  const more = named.length > MOST_REGIONS ? ` and ${named.length - MOST_REGIONS} more` : '';
  return [
    `not known: ${facts(region)}`,
    '  no row was found that is decided differently, and no proof that there is none:',
    `  ${named.slice(0, MOST_REGIONS).join(', ')}${more}`,
  ];
}

function onFile({ file, all, rows, changes }: OnFile): string[] {
  return [
    onFileInShort({ file, all, rows }),
    ...changes.flatMap(({ rows: listed, before, after }) => [
      `  ${listed}`,
      ...before.map((line) => `    before: ${line}`),
      ...after.map((line) => `    now:    ${line}`),
    ]),
  ];
}

function onFileInShort({ file, all, rows }: Pick<OnFile, 'file' | 'all' | 'rows'>): string {
  const cells = rows.reduce((sum, row) => sum + row.cells.length, 0);
  const inCells = cells === 0 ? '' : `, with another text in ${counted(cells, 'cell')}`;
  return `${file}: ${rows.length} of ${counted(all, 'row')} decided differently${inCells}`;
}

function also(list: readonly AlsoChanged[]): string[] {
  return ['also changed, not compared row by row:', ...list.map((one) => `  ${one.what}: ${entries(one)}`)];
}

function entries({ added, removed, changed }: AlsoChanged): string {
  const kinds = [
    ['added', added],
    ['removed', removed],
    ['changed', changed],
  ] as const;
  return kinds
    .flatMap(([word, names]) => (names.length === 0 ? [] : [`${word} ${names.join(', ')}`]))
    .join('; ');
}

function verdict({ old, new: now, comparison, expected }: Changes): string[] {
  const { differences, unproved: unknown } = comparison;
  const open = unknown.length === 0 ? '' : `; of ${counted(unknown.length, 'case')} it is not known`;
  if (differences.length === 0)
    return [
      unknown.length === 0
        ? `no difference: ${old} and ${now} decide every row alike`
        : `no difference was found between ${old} and ${now}${open}: that they decide every row alike is not proved`,
    ];
  const found = `${counted(differences.length, 'difference')} between ${old} and ${now}${open}`;
  if (expected === null) return [found];
  const outside = differences.filter((one) => one.outside !== null);
  const where = `\`${expected.join(' ')}\``;
  return outside.length === 0
    ? [`${found}; all as expected: ${where}`]
    : [`${found}; ${outside.length} not as expected: ${where}`];
}

function notes({ comparison }: Changes): string[] {
  return comparison.free ? ['`matches` is taken to come out either way; all else is exact'] : [];
}

// Markdown

function markdown(changes: Changes): string {
  const { comparison, on, also: others } = changes;
  const { differences } = comparison;
  const parts = [
    `### Rules: ${differences.length === 0 ? 'no difference' : counted(differences.length, 'difference')}`,
    ...verdict(changes).map(escaped),
    ...(differences.length === 0 ? [] : [table(changes)]),
    ...comparison.unproved.map((one) =>
      unproved(one)
        .map((line) => escaped(line.trim()))
        .join('  \n'),
    ),
    ...(on ? [escaped(onFileInShort(on))] : []),
    ...(others.length > 0
      ? [
          `Also changed, not compared row by row:\n\n${others.map((one) => `- ${escaped(`${one.what}: ${entries(one)}`)}`).join('\n')}`,
        ]
      : []),
    ...notes(changes),
  ];
  return `${parts.join('\n\n')}\n`;
}

function table(changes: Changes): string {
  const { comparison, on, expected } = changes;
  const heads = [
    'Rows',
    'Before',
    'Now',
    'For example',
    ...(on ? ['In the file'] : []),
    ...(expected ? ['Expected'] : []),
  ];
  const rows = comparison.differences.map((one) => [
    regionsOf(one).map(escaped).join('<br>or '),
    cell(one, 'old'),
    cell(one, 'new'),
    escaped(facts(one.witness)),
    ...(on ? [escaped(on.of(one).listed)] : []),
    ...(expected ? [one.outside === null ? 'yes' : `**no**: ${escaped(facts(one.outside))}`] : []),
  ]);
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cell(one: Difference, side: 'old' | 'new'): string {
  return outcome(one, side).map(escaped).join('<br>');
}

/** Words that are to stand as they are, in a cell of a table too. */
function escaped(words: string): string {
  return words.replace(/[\\`*_[\]<>|~]/g, (sign) => `\\${sign}`).replace(/\r\n?|\n/g, ' ');
}

// JSON

function json({ comparison, also: others, expected, on }: Changes): string {
  const { differences, unproved: unknown, free } = comparison;
  const value = {
    equal: differences.length + unknown.length === 0,
    differences: differences.map((one) => ({
      region: one.region,
      regions: one.regions,
      old: side(one.old),
      new: side(one.new),
      witness: one.witness,
      rows: on?.of(one).rows ?? [],
      ...(expected === null ? {} : { expected: one.outside === null, unexpected: one.outside }),
    })),
    unproved: unknown.map(({ region, rules }) => ({
      region,
      rules: rules.flatMap((rule) => (rule ? [{ rule: rule.id, place: shown(rule.place) }] : [])),
    })),
    matchesIsFree: free,
    alsoChanged: others,
    ...(on ? { on: { file: on.file, rows: on.all, different: on.rows } } : {}),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function side({ rule, place, decision }: Side): object {
  return { rule, place: place === null ? null : shown(place), decision: decided(decision) };
}

/** A decision as the run report says it. */
function decided({ status, changes, tasks, flags, excluded }: Decision): object {
  return {
    status,
    changes: changes.map(({ field, from, to, rule }) => ({ field, from, to, rule })),
    tasks: tasks.map((task) => ({
      kind: task.kind,
      for: task.for.map(({ field }) => field),
      procedure: task.procedure,
      refer: task.refer,
      rule: task.rule,
      lookUp: task.lookUp,
      steps: task.steps,
      choices: task.choices,
      suggestion: task.suggestion,
    })),
    flags,
    ...(excluded ? { excluded } : {}),
  };
}
