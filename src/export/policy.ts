/** The policy as a page that a manager reads: made of the rule set and of nothing else. */
import { extraFields } from '../engine/facts.ts';
import { BASIS_WORDS, MATCH_WORDS, STAGE_WORDS } from '../engine/grammar.ts';
import { BASES, type Provenance, type RuleSet, type RuleTable, STAGES, type Test } from '../engine/rule.ts';
import {
  carriersChapter,
  caseChapter,
  deliveryChapter,
  escalationsChapter,
  intakeChapter,
  layoutsChapter,
  lookUpsChapter,
  proceduresChapter,
} from './policy/chapters.ts';
import {
  type Block,
  bullets,
  type Cell,
  cell,
  type DecisionRow,
  heading,
  type Inline,
  type Line,
  type Page,
  paragraph,
  plainTable,
  said,
} from './policy/page.ts';
import {
  type Correspondence,
  correspondenceOf,
  GROUPS,
  type Part,
  partsOf,
  sectionId,
} from './policy/parts.ts';
import { basisMark, ids, Words, wherePlace } from './policy/words.ts';

/** A day to look at the policy from, and the rules of every day, those included that do not hold on it. */
export interface OnDay {
  readonly date: string;
  readonly ofAnyDate: RuleSet;
}

/**
 * The page of a rule set.
 * @param day where the policy is that of one day: the rules are then those that hold on it.
 */
export function policyPage(rules: RuleSet, day: OnDay | null = null): Page {
  const words = new Words(rules, extraFields(rules));
  const parts = partsOf(rules, words);
  const correspondence = correspondenceOf(rules, parts);
  const resting = day === null ? [] : restingOn(day, parts, words);
  const waiting = parts.filter(({ basis }) => basis === 'reconstructed' || basis === 'ours');
  return {
    title: 'The policy for port-out records',
    lead: [
      'Everything that csr decides, in the order in which it decides it',
      day === null ? '' : `, as it holds on ${day.date}`,
      '. Made from the rule files by ',
      { code: 'csr rules docs' },
      '; to change the policy, change those.',
    ],
    counts: [
      { count: rules.count, what: 'rules', to: 'stages' },
      { count: rules.carriers.length, what: 'carriers', to: 'carriers' },
      { count: rules.procedures.size, what: 'procedures', to: 'procedures' },
      { count: waiting.length, what: 'wait for a lead', to: 'waiting' },
    ],
    blocks: [
      ...reading(parts),
      ...waitingChapter(waiting, rules, words, day),
      ...restingChapter(resting, day),
      ...overview(rules),
      ...intakeChapter(rules, words),
      ...caseChapter(rules, words),
      ...layoutsChapter(rules, words),
      ...stages(rules, words),
      ...lookUpsChapter(rules, words),
      ...proceduresChapter(rules, words, usesOf(rules)),
      ...carriersChapter(rules, words),
      ...deliveryChapter(rules, words),
      ...escalationsChapter(rules, words),
      ...sourcesChapter(correspondence, parts),
    ],
  };
}

// How to read it

function reading(parts: readonly Part[]): Block[] {
  return [
    heading(2, 'reading', 'How to read this page'),
    paragraph(
      'Each rule says when it holds, what is done and why. Below that stands where it comes from: how sure it is, the document and section, and the line of the rule file.',
    ),
    plainTable(
      ['How sure', 'Means', 'On this page'],
      BASES.map((basis) => [
        [[basisMark(basis)]],
        [said(BASIS_WORDS[basis])],
        cell(String(parts.filter((part) => part.basis === basis).length)),
      ]),
    ),
    paragraph(
      'A blank cell matches nothing but “blank”: “filled in, but not X” does not hold for it. Names in ',
      { name: 'this type' },
      ' are filled in from the row, the intake or a file beside it.',
    ),
  ];
}

// What waits

function waitingChapter(waiting: readonly Part[], rules: RuleSet, words: Words, day: OnDay | null): Block[] {
  const reconstructed = waiting.filter(({ basis }) => basis === 'reconstructed');
  const ours = waiting.filter(({ basis }) => basis === 'ours');
  const dated = [...partsOf(rules, words)]
    .filter(({ reviewBy }) => reviewBy)
    .sort((a, b) => ((a.reviewBy ?? '') < (b.reviewBy ?? '') ? -1 : 1));
  return [
    heading(2, 'waiting', 'What waits for a lead’s word'),
    heading(3, 'waiting-reconstructed', `Reconstructed (${reconstructed.length})`),
    ...(reconstructed.length === 0
      ? [paragraph('Nothing is reconstructed.')]
      : [
          paragraph(
            'The source had it, it is lost, and the hole was filled by reasoning. None of these writes a cell: a person answers. A lead who confirms one changes its ',
            { code: 'basis' },
            ' and names the source.',
          ),
          plainTable(
            ['What', 'In', 'Why it is so'],
            reconstructed.map((part) => [
              [linked(part)],
              cell(part.group),
              [...cell(part.why ?? ''), [...words.dates(part), wherePlace(part)]],
            ]),
          ),
        ]),
    heading(3, 'waiting-ours', `Ours (${ours.length})`),
    ...(ours.length === 0
      ? [paragraph('Every rule has a source.')]
      : [
          paragraph('No source says these; an agent would want them. A lead may decide otherwise.'),
          plainTable(
            ['In', 'What'],
            groupsOf(ours).map(([group, members]) => [cell(group), members.map(linked)]),
          ),
        ]),
    ...(dated.length === 0
      ? []
      : [
          heading(3, 'waiting-review', `To be looked at again (${dated.length})`),
          plainTable(
            ['By', 'What', 'Owner', 'Where'],
            dated.map((part) => [
              [
                [
                  part.reviewBy ?? '',
                  ...(day !== null && (part.reviewBy ?? '') <= day.date
                    ? [' ', { mark: 'due', tone: 'alarm' } as const]
                    : []),
                ],
              ],
              [linked(part)],
              cell(part.owner ?? ''),
              [[wherePlace(part)]],
            ]),
          ),
        ]),
  ];
}

function linked({ title, to }: Pick<Part, 'title' | 'to'>): Line {
  return [{ link: title, to }];
}

function groupsOf(parts: readonly Part[]): [string, Part[]][] {
  const groups = new Map<string, Part[]>();
  for (const part of parts) groups.set(part.group, [...(groups.get(part.group) ?? []), part]);
  return [...groups];
}

/** What the files hold and the day leaves out. */
function restingOn(day: OnDay, parts: readonly Part[], words: Words): Part[] {
  const names = new Set(parts.map(({ as, name }) => `${as} ${name}`));
  return partsOf(day.ofAnyDate, words).filter(({ as, name }) => !names.has(`${as} ${name}`));
}

function restingChapter(resting: readonly Part[], day: OnDay | null): Block[] {
  if (day === null || resting.length === 0) return [];
  return [
    heading(2, 'resting', `What does not hold on ${day.date}`),
    plainTable(
      ['What', 'In', 'Holds', 'Where'],
      resting.map((part) => [cell(part.title), cell(part.group), cell(holds(part)), [[wherePlace(part)]]]),
    ),
  ];
}

function holds({ from, until }: Partial<Provenance>): string {
  return [...(from ? [`from ${from}`] : []), ...(until ? [`until ${until}`] : [])].join(' ');
}

// The order of things

function overview(rules: RuleSet): Block[] {
  const link = (text: string, to: string): Line => [{ link: text, to }];
  const lookUps = rules.lookUps.length > 0;
  return [
    heading(2, 'order', 'The order of things'),
    bullets(
      [
        [
          'Before the work: ',
          ...link('the intake', 'intake'),
          ' is asked once, ',
          ...link('the case', 'case'),
          ' is opened.',
        ],
        ['The file is recognised by its ', ...link('columns', 'layouts'), '.'],
        ...stagesWithRules(rules).map(
          (stage): Line => [
            ...link(`Stage ${STAGES.indexOf(stage) + 1}, ${stage}`, stageId(stage)),
            `: ${lowerFirst(STAGE_WORDS[stage])}`,
          ],
        ),
        [
          'What no rule can know a person finds out, by ',
          ...(lookUps ? [...link('look-ups', ids.lookUps), ' and '] : []),
          ...link('procedures', 'procedures'),
          '; with the answers in place the row is decided again.',
        ],
        ['The record ', ...link('goes out', 'delivery'), '.'],
        [
          'If the gaining carrier is refused all the same, there are ',
          ...link('escalations', 'escalations'),
          '.',
        ],
      ],
      true,
    ),
  ];
}

function lowerFirst(text: string): string {
  // An abbreviation stays as it is.
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

const stageId = (stage: string): string => `stage-${stage}`;

function stagesWithRules(rules: RuleSet): (typeof STAGES)[number][] {
  return STAGES.filter(
    (stage) =>
      rules.tables.some((table) => table.stage === stage) ||
      (stage === 'correct' && rules.corrections.length > 0),
  );
}

// Stages

function stages(rules: RuleSet, words: Words): Block[] {
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
    heading(4, `table-${table.file}`, table.title, true),
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
function usesOf(rules: RuleSet): ReadonlyMap<string, readonly Pick<Part, 'title' | 'to'>[]> {
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

// Sources

function sourcesChapter(
  { documents, paragraphs, open, settled, unnamed, lost }: Correspondence,
  parts: readonly Part[],
): Block[] {
  const known = new Set(documents.map(({ document }) => document.id));
  const unknown = [
    ...new Set(parts.flatMap(({ source }) => (source?.document ? [source.document] : []))),
  ].filter((id) => !known.has(id));
  const gone = documents
    .flatMap(({ sections }) => sections.flatMap(({ answers }) => answers))
    .filter((answer) => answer.gone.length > 0);
  const from = (id: string) => parts.filter(({ source }) => source?.document === id);
  return [
    heading(2, 'sources', 'Where it all comes from'),
    {
      is: 'table',
      columns: ['Document', 'What it is', 'Comes from it'],
      rows: [
        ...documents.map(({ document }) => ({
          id: ids.document(document.id),
          cells: [
            [[{ strong: document.title }], [{ code: document.id }]],
            cell(document.about ?? ''),
            cell(String(from(document.id).length)),
          ],
        })),
        ...unknown.map((id) => ({
          id: null,
          cells: [[[{ code: id }]], cell('Not described.'), cell(String(from(id).length))],
        })),
      ],
    },
    heading(3, 'open-paragraphs', `Paragraphs without a rule (${open.length + settled.length})`),
    ...(paragraphs === 0
      ? [paragraph('No document is described paragraph by paragraph.')]
      : [
          paragraph(
            `Of ${paragraphs} paragraphs, ${paragraphs - open.length - settled.length} are carried out by something on this page, ${settled.length} need no rule, and `,
            { strong: open.length === 0 ? 'none is left over' : `${open.length} are left over` },
            '.',
          ),
          ...(open.length + settled.length === 0
            ? []
            : [
                plainTable(
                  ['Section', 'What it rules', 'Why there is no rule'],
                  [...open, ...settled].map(({ title, to, says, noRule }) => [
                    [linked({ title, to })],
                    cell(says),
                    noRule === null ? [[{ mark: 'no rule', tone: 'alarm' }]] : cell(noRule),
                  ]),
                ),
              ]),
        ]),
    ...(gone.length === 0
      ? []
      : [
          heading(3, 'gone', 'Named by a paragraph, and gone'),
          bullets(
            gone.map((answer) => [
              ...answer.gone
                .map((name): Inline => ({ code: name }))
                .flatMap((one, at) => (at === 0 ? [one] : [', ', one])),
              ': ',
              answer.paragraph.says,
              ' ',
              wherePlace(answer.paragraph),
            ]),
          ),
        ]),
    ...(lost.length === 0
      ? []
      : [
          heading(3, 'lost', 'Rules that name a section which their document does not have'),
          bullets(
            lost.map((part) => [
              { link: part.title, to: part.to },
              `: ${part.source?.section ?? 'no section'} `,
              wherePlace(part),
            ]),
          ),
        ]),
    heading(3, 'unnamed', `Rules without a paragraph (${unnamed.length})`),
    ...(unnamed.length === 0
      ? [paragraph('None: every rule stands in a paragraph.')]
      : [
          paragraph('What no paragraph of a document below asks for, by where it says that it comes from.'),
          plainTable(
            ['Comes from', 'What'],
            bySource(unnamed, documents).map(([source, members]) => [cell(source), members.map(unnamedLine)]),
          ),
        ]),
    ...documents.flatMap(({ document, sections }) =>
      sections.length === 0
        ? []
        : [
            heading(3, `${ids.document(document.id)}-text`, `${document.title}: paragraph by paragraph`),
            paragraph('In the order of the document, in words of our own.'),
            ...sections.flatMap(({ section, answers }, at): Block[] => [
              heading(4, sectionId(document.id, at), section.title),
              plainTable(
                ['What it rules', 'Carried out by'],
                answers.map(({ paragraph: { says, noRule }, found }) => [
                  cell(says),
                  [
                    ...found.map(linked),
                    ...(noRule === null
                      ? []
                      : [[{ mark: 'no rule needed', tone: 'plain' } as const, ` ${noRule}`]]),
                    ...(found.length === 0 && noRule === null
                      ? [[{ mark: 'no rule', tone: 'alarm' } as const]]
                      : []),
                  ],
                ]),
              ),
            ]),
          ],
    ),
  ];
}

function unnamedLine(part: Part): Line {
  return [
    { link: part.title, to: part.to },
    ` · ${part.group}`,
    ...(part.basis ? [' ', basisMark(part.basis)] : []),
  ];
}

/** By document and section, in the order in which the parts stand on the page. */
function bySource(parts: readonly Part[], documents: Correspondence['documents']): [string, Part[]][] {
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const { document = '', section = null } = part.source ?? {};
    const title = documents.find((one) => one.document.id === document)?.document.title ?? document;
    const key = title === '' ? 'No source' : [title, ...(section === null ? [] : [section])].join(', ');
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return [...groups];
}
