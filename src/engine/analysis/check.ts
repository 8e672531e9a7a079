/** What no reading of single rules shows: rules that no row reaches, rows that nobody decides, rules that disagree. */
import { showYaml } from '../edit-rules.ts';
import { testsOf } from '../evaluate.ts';
import { clip } from '../load-yaml.ts';
import { CHANGED } from '../mutants.ts';
import type { Place, Problem, Related } from '../problem.ts';
import { type ExampleBlock, exampleYaml } from '../propose-examples.ts';
import type { Rule, RuleSet } from '../rule.ts';
import { type Conflict, conflicts } from './conflict.ts';
import { type Gap, gaps } from './gap.ts';
import { type IdleLookUp, idleLookUps } from './look-up.ts';
import { type Measured, measure } from './measure.ts';
import type { Deed } from './pipeline.ts';
import { Space } from './space.ts';
import { Reach, type Unreachable } from './unreachable.ts';
import { Engine, restrictedTo, type Shown, type Witness, witnessOf } from './witness.ts';
import { World } from './world.ts';

/**
 * The semantic findings of RULES.md section 5 for rules in which the loader found nothing wrong:
 * `unreachable`, `gap` and `conflict`, each with a row for which it happens, and `untested` and `mutant-survives`, each
 * with an example that is missing. The engine has decided that row before it is shown, unless there are more findings than anybody reads.
 * @param isMeasured told of a file's path: whether it is to be found out what its examples notice
 * @param isOver told of a file's path: whether it is laid over others, and so may confirm what they have reconstructed
 */
export async function analyse(
  rules: RuleSet,
  excerpt: (place: Place) => string | undefined = () => undefined,
  isMeasured: (file: string) => boolean = () => false,
  isOver: (file: string) => boolean = () => false,
): Promise<Problem[]> {
  const world = new World(rules);
  const space = new Space([world]);
  const engine = new Engine(world);
  const found: Problem[] = [];
  for (const table of world.tables) {
    for (const one of new Reach(space, world, table).unreachable())
      if (!isConfirmed(one, isOver)) found.push(...(await sayUnreachable(one, engine)));
  }
  for (const idle of idleLookUps(space, world)) found.push(sayIdle(idle, engine));
  for (const gap of gaps(space, world)) found.push(...(await sayGap(gap, engine)));
  for (const conflict of conflicts(space, world)) found.push(...(await sayConflict(conflict, engine)));
  for (const one of await measure(rules, isMeasured, world, space)) found.push(...sayUnnoticed(one));
  return found.map((problem) => {
    const line = problem.place && excerpt(problem.place);
    return line === undefined ? problem : { ...problem, excerpt: line };
  });
}

/** Whether a reconstructed rule has only given way to what is laid over it, by those who know. */
function isConfirmed({ rule, by }: Unreachable, isOver: (file: string) => boolean): boolean {
  if (rule.basis !== 'reconstructed' || isOver(rule.place.file) || by.length === 0) return false;
  return by.every(({ place, basis }) => isOver(place.file) && basis !== 'reconstructed');
}

const FREE =
  'no text was found that fits all the patterns: `matches` is taken to come out either way, so look whether there is such a one';
const TOO_MUCH = 'too many conditions hang together to tell';

function named(rules: readonly Rule[]): string {
  const names = rules.map(({ id }) => `\`${id}\``);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

/** A row in one line: `country=US, address=blank`. */
function inShort(row: Readonly<Record<string, string>>): string {
  return Object.entries(row)
    .map(([fact, text]) => `${fact}=${text.trim() === '' ? 'blank' : clip(text)}`)
    .join(', ');
}

async function sayUnreachable(found: Unreachable, engine: Engine): Promise<Problem[]> {
  const { rule, table, by, against, row, unknown } = found;
  const problem = { code: 'unreachable', severity: 'error', place: rule.place, rule: rule.id } as const;
  if (unknown) {
    const message = `whether any row reaches \`${rule.id}\` is not known: ${TOO_MUCH}`;
    return [{ ...problem, severity: 'info', message }];
  }
  if (!row) {
    return [
      {
        ...problem,
        place: against[0]?.place ?? rule.place,
        message: `no row can reach \`${rule.id}\`: its own conditions exclude each other`,
        found: against.map(({ written }) => `\`${written}\``).join(', '),
        wanted: 'conditions that one row can meet',
        related: [{ rule: rule.id, message: `\`${rule.id}\` begins here`, place: rule.place }],
      },
    ];
  }
  const witness = witnessOf(row, false);
  for (const one of [witness, witnessOf(row, true)]) {
    const met = await engine.meet(one);
    if (met?.some(({ acted }) => acted.some(({ id }) => id === rule.id))) return [];
  }
  const takesOut = (one: Rule) => one.stage !== table.stage;
  return [
    {
      ...problem,
      message: `no row can reach \`${rule.id}\`: ${named(by)} ${by.length > 1 ? 'together take' : 'takes'} every row that it would`,
      help: by.every(takesOut)
        ? 'delete it, or narrow the rules that take the rows'
        : 'move it up, narrow the rules above it, or delete it',
      related: by.map((one): Related => {
        const does = takesOut(one) ? 'ends the way of such rows' : 'decides such rows first';
        return { rule: one.id, message: `\`${one.id}\` ${does}`, place: one.place };
      }),
      witness: engine.inOrder(restrictedTo(witness, rule), rule),
    },
  ];
}

function sayIdle({ lookUp, rules }: IdleLookUp, engine: Engine): Problem {
  const { id, place, country, carrier } = lookUp;
  const row = { ...(country !== null && { country }), ...(carrier !== null && { carrier }) };
  return {
    code: 'unreachable',
    severity: 'error',
    place,
    rule: id,
    message: `no row can get to the look-up \`${id}\`: no rule looks up by carrier where it would be the one for the row`,
    help: 'widen a rule with `look-up: by-carrier`, or delete the look-up',
    related: rules.map((rule) => ({
      rule: rule.id,
      message: `\`${rule.id}\` looks up by carrier, for other rows`,
      place: rule.place,
    })),
    witness: engine.inOrder(row, null),
  };
}

async function sayGap({ table, row, unknown }: Gap, engine: Engine): Promise<Problem[]> {
  const last = table.rules.at(-1);
  const place = last?.place ?? { file: table.file, line: 1, column: 1 };
  const problem = { code: 'gap', severity: 'error', place } as const;
  if (unknown || !row) {
    const message = `whether \`${table.file}\` decides every row is not known: ${TOO_MUCH}`;
    return [{ ...problem, severity: 'info', message }];
  }
  const shown = await engine.show(row, [], (met) => met.some((one) => one.table === table && one.undecided));
  if (!shown && row.sure) return [];
  const witness = engine.inOrder(shown?.witness ?? witnessOf(row, false), null);
  const such = Object.keys(witness).length === 0 ? 'a row' : `a row with \`${inShort(witness)}\``;
  return [
    {
      ...problem,
      severity: shown ? 'error' : 'warning',
      message: `no rule of \`${table.file}\` decides ${such}`,
      wanted: 'a decision for every row, since the table says `match: first`',
      help: shown
        ? 'add a rule for such rows, or a last one with `when: {}` that keeps the cell or refers the row to somebody'
        : FREE,
      witness,
    },
  ];
}

function sayUnnoticed({ coverage, suggestion, conditions }: Measured): Problem[] {
  const { entry, isExpected } = coverage;
  const { id } = entry;
  if (!isExpected) {
    return [
      {
        code: 'untested',
        severity: 'warning',
        place: entry.place,
        rule: id,
        message: `no example shows \`${id}\` at work`,
        wanted: 'an example with `expect`',
        help: suggestion
          ? `add to its examples: ${showExample(suggestion)}`
          : 'add a row for which it acts, and what comes of it',
        ...(suggestion && { witness: rowOf(suggestion) }),
      },
    ];
  }
  return conditions.flatMap(({ condition, survivors }): Problem[] => {
    const [first] = survivors;
    if (!first) return [];
    const changes = survivors.map(({ mutant }) => CHANGED[mutant.change]).join(' or ');
    const problem = {
      code: 'mutant-survives',
      place: condition.place,
      rule: id,
      message: `no example of \`${id}\` notices when \`${clip(condition.written)}\` is ${changes}`,
      wanted: 'an example that fails then',
    } as const;
    const { fate } = survivors.find((one) => one.fate.kind === 'survives') ?? first;
    if (fate.kind === 'unknown')
      return [
        {
          ...problem,
          severity: 'info',
          help: 'no row was found that tells; that there is none is not proved',
        },
      ];
    const where =
      fate.suggestion && fate.suggestion.under.id !== id
        ? `the examples of \`${fate.suggestion.under.id}\``
        : 'its examples';
    const help = fate.suggestion && `add to ${where}: ${showExample(fate.suggestion.example)}`;
    return [{ ...problem, severity: 'warning', witness: fate.row, ...(help && { help }) }];
  });
}

/** An example on one line, as it may be pasted. */
function showExample(example: ExampleBlock): string {
  return `- ${showYaml(exampleYaml(example))}`;
}

function rowOf({ given }: ExampleBlock): Witness {
  return Object.fromEntries([...given].map(([fact, text]) => [fact, String(text)]));
}

/** One side of a conflict and the other, for a row. */
interface Disagreement {
  readonly first: Deed;
  readonly second: Deed;
  readonly texts: readonly [string | null, string | null];
  readonly witness: Witness;
  readonly isConfirmed: boolean;
}

async function sayConflict({ field, rule, clashes, unknown }: Conflict, engine: Engine): Promise<Problem[]> {
  const said: Disagreement[] = [];
  for (const { first, second, texts, row } of clashes) {
    const textsIn = (met: Shown['met']) => {
      const deeds = (met ?? []).flatMap((one) => one.deeds).filter((one) => one.field === field);
      return [first, second].map((side) => deeds.findLast((one) => one.rule === side.rule.id)?.text);
    };
    const tested = [first, second].flatMap((side) => testsOf(side.rule).map(({ fact }) => fact));
    const shown = await engine.show(row, tested, (met) => {
      const [one, two] = textsIn(met);
      return one !== undefined && two !== undefined && (one === null || two === null || one !== two);
    });
    if (!shown && row.sure) continue;
    const [one = texts[0], two = texts[1]] = textsIn(shown?.met ?? null);
    const witness = engine.inOrder(shown?.witness ?? witnessOf(row, false), rule);
    said.push({ first, second, texts: [one, two], witness, isConfirmed: shown !== null });
  }
  const problem = { code: 'conflict', severity: 'error', place: rule.place, rule: rule.id } as const;
  const problems: Problem[] = unknown.map((other) => ({
    ...problem,
    severity: 'info',
    message: `whether \`${other.id}\` and \`${rule.id}\` write different values to \`${field}\` is not known: ${TOO_MUCH}`,
    related: [{ rule: other.id, message: `\`${other.id}\` is here`, place: other.place }],
  }));
  const [foremost] = said;
  if (!foremost) return problems;
  const { second, witness, isConfirmed } = foremost;
  problems.unshift({
    ...problem,
    severity: isConfirmed ? 'error' : 'warning',
    message: about(
      field,
      said.map((one) => one.first),
      second,
    ),
    found: `${deed(foremost, 0)}, ${deed(foremost, 1)}`,
    wanted: 'one rule that decides a cell of a row',
    help: isConfirmed ? 'narrow one of them, or put them into one table with `match: first`' : FREE,
    related: said.map((one) => ({
      rule: one.first.rule.id,
      message: one === foremost ? deed(one, 0) : `${deed(one, 0)} for \`${inShort(one.witness)}\``,
      place: one.first.rule.place,
    })),
    witness,
  });
  return problems;
}

/** What is wrong between some deeds and a later one. */
function about(field: string, earlier: readonly Deed[], later: Deed): string {
  const others = named(earlier.map(({ rule }) => rule));
  const [s, are] = earlier.length > 1 ? ['', 'keep'] : ['s', 'keeps'];
  const one = `\`${later.rule.id}\``;
  const kept = earlier.every(({ kind }) => kind === 'keep');
  if (earlier.every(({ stage }) => stage !== later.stage))
    return `${one} writes over what ${others} ${kept ? 'kept' : 'wrote'} in \`${field}\``;
  if (later.kind === 'keep') return `${others} write${s} \`${field}\` of a row for which ${one} keeps it`;
  if (kept) return `${one} writes \`${field}\` of a row for which ${others} ${are} it`;
  return `${named([...earlier, later].map(({ rule }) => rule))} write different values to \`${field}\` of the same row`;
}

/** What one side does: `a` writes `1`. */
function deed({ first, second, texts }: Disagreement, side: 0 | 1): string {
  const { rule, kind } = side === 0 ? first : second;
  const text = texts[side];
  const value =
    text === null ? 'the lowest number of the account' : text.trim() === '' ? 'a blank' : `\`${clip(text)}\``;
  if (kind === 'clear') return `\`${rule.id}\` empties it`;
  return `\`${rule.id}\` ${kind === 'keep' ? 'keeps' : 'writes'} ${value}`;
}
