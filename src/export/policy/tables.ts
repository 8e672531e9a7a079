/** The tables of rules in words, stage by stage. */
import { MATCH_WORDS, STAGE_WORDS } from '../../engine/grammar.ts';
import { type RuleSet, type RuleTable, STAGES, type Test } from '../../engine/rule.ts';
import { type Block, type Cell, type DecisionRow, heading, type Line, paragraph, said } from './page.ts';
import { GROUPS, type Part } from './parts.ts';
import { ids, type Words } from './words.ts';

export const stageId = (stage: string): string => `stage-${stage}`;

export function stagesWithRules(rules: RuleSet): (typeof STAGES)[number][] {
  return STAGES.filter(
    (stage) =>
      rules.tables.some((table) => table.stage === stage) ||
      (stage === 'correct' && rules.corrections.length > 0),
  );
}

export function stagesChapter(rules: RuleSet, words: Words): Block[] {
  return [
    heading(2, 'stages', 'Row by row: the rules in their order'),
    paragraph(
      'A stage sees the cells as the stages before it left them. The tables of one stage do not see each other’s writing.',
    ),
    ...stagesWithRules(rules).flatMap((stage) => [
      heading(3, stageId(stage), `Stage ${STAGES.indexOf(stage) + 1}: ${stage}`),
      paragraph(...said(STAGE_WORDS[stage])),
      ...(stage === 'correct' ? corrections(rules, words) : []),
      ...rules.tables.filter((table) => table.stage === stage).flatMap((table) => tableBlocks(table, words)),
    ]),
  ];
}

function corrections(rules: RuleSet, words: Words): Block[] {
  if (rules.corrections.length === 0) return [];
  return [
    heading(4, 'corrections', GROUPS.corrections, true),
    {
      is: 'decisions',
      columns: ['A whole cell that says'],
      also: false,
      rows: rules.corrections.map((correction) => ({
        id: ids.rule(correction.id),
        title: correction.title,
        conditions: [correction.blankCells.map((text): Line => [{ code: text }, ', in any case'])],
        also: [],
        always: null,
        deeds: [['Empty it, in any column.']],
        why: correction.why,
        origin: words.origin(correction),
      })),
    },
  ];
}

/** Columns for more facts than these would leave no room for words. */
const MOST_COLUMNS = 5;
/** A column that fewer of the rules use is mostly empty. */
const SHARE = 0.2;

/** The facts that get a column: those that many rules ask for, in the order in which they first come up. */
function columnsOf({ rules }: RuleTable): string[] {
  const uses = new Map<string, number>();
  for (const { fact } of rules.flatMap(({ when }) => when)) uses.set(fact, (uses.get(fact) ?? 0) + 1);
  if (uses.size <= MOST_COLUMNS) return [...uses.keys()];
  const shared = [...uses].filter(([, count]) => count >= rules.length * SHARE).sort(([, a], [, b]) => b - a);
  const chosen = new Set(shared.slice(0, MOST_COLUMNS).map(([fact]) => fact));
  return [...uses.keys()].filter((fact) => chosen.has(fact));
}

const EVERY = { first: 'every other row', all: 'every row' } as const;

function tableBlocks(table: RuleTable, words: Words): Block[] {
  const facts = columnsOf(table);
  const rows = table.rules.map((rule): DecisionRow => {
    const inColumn = (fact: string): Cell =>
      rule.when.filter((test) => test.fact === fact).map((test) => words.test(test));
    const others: readonly Test[] = rule.when.filter(({ fact }) => !facts.includes(fact));
    return {
      id: ids.rule(rule.id),
      title: rule.title,
      conditions: facts.map(inColumn),
      also: [...others.map((test) => words.condition(test)), ...words.alternatives(rule.whenAny)],
      always: rule.when.length > 0 || rule.whenAny.length > 0 ? null : EVERY[table.match],
      deeds: rule.then.map((action) => words.action(action)),
      why: rule.why,
      origin: words.origin(rule),
    };
  });
  return [
    heading(4, ids.table(table.file), table.title, true),
    paragraph(`${MATCH_WORDS[table.match]} `, { code: table.file }),
    {
      is: 'decisions',
      columns: facts.map((fact) => words.fact(fact)),
      also: rows.some(({ also }) => also.length > 0),
      rows,
    },
  ];
}

/** Procedure -> what calls it. */
export function usesOf(rules: RuleSet): ReadonlyMap<string, readonly Pick<Part, 'title' | 'to'>[]> {
  const uses = new Map<string, Pick<Part, 'title' | 'to'>[]>();
  const use = (procedure: string | null, title: string, to: string) => {
    if (procedure !== null) uses.set(procedure, [...(uses.get(procedure) ?? []), { title, to }]);
  };
  for (const { id, title, then } of rules.tables.flatMap((table) => table.rules))
    for (const action of then) if ('procedure' in action) use(action.procedure, title, ids.rule(id));
  for (const { id, how, procedure } of rules.lookUps)
    if (how.length === 0) use(procedure, `${GROUPS.lookUps}, ${id}`, ids.rule(id));
  for (const { id, procedure, resolution } of rules.escalations) use(procedure, resolution, ids.rule(id));
  return uses;
}
