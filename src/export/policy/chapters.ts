/** What the policy says beside its tables of rules, a chapter each. */
import type { Layout, Provenance, Rule, RuleSet } from '../../engine/rule.ts';
import {
  type Block,
  bullets,
  type Cell,
  cell,
  heading,
  type Inline,
  joined,
  type Line,
  paragraph,
  plainTable,
} from './page.ts';
import { GROUPS, type Part } from './parts.ts';
import { ids, type Words } from './words.ts';

const nothing = (text: string): Block[] => [paragraph(text)];

function listed(texts: readonly string[]): string {
  return texts.join(', ');
}

/** Why something is so and where it comes from, for the last column of a table. */
function reasons(item: Partial<Provenance> & Pick<Rule, 'place'>, words: Words): Cell {
  return [...cell(item.why ?? ''), words.origin(item)];
}

// Before the work

export function intakeChapter({ intake }: RuleSet, words: Words): Block[] {
  return [
    heading(2, 'intake', 'Before the work: the intake'),
    ...(intake.questions.length === 0
      ? nothing('Nothing is asked.')
      : [
          paragraph('Asked once for each file; the answers are kept with the session.'),
          {
            is: 'table' as const,
            columns: ['Question', 'Answer', 'Delivery waits'],
            rows: intake.questions.map((question) => ({
              id: ids.question(question.id),
              cells: [
                [[{ strong: question.question }], ...cell(question.help ?? ''), ...reasons(question, words)],
                words.answerOf(question),
                [
                  [question.blocks ? 'yes' : 'no'],
                  ...(question.mustBe === null ? [] : [[`until it is “${question.mustBe}”`]]),
                  ...cell(question.otherwise ?? ''),
                ],
              ],
            })),
          },
        ]),
  ];
}

export function caseChapter({ intake }: RuleSet, words: Words): Block[] {
  const { fields, eligibility, unverified, notices, afterSaving } = intake.case;
  return [
    heading(2, 'case', 'The support agent’s case'),
    ...(fields.length === 0
      ? nothing('No case is written down.')
      : [
          plainTable(
            ['Field', 'Value', 'Or'],
            fields.map(({ label, text, choices }) => [
              cell(label),
              text.split('\n').map((line) => words.message(line)),
              choices.filter((choice) => choice !== text).map((choice) => [choice]),
            ]),
          ),
        ]),
    {
      is: 'terms',
      rows: [
        ['Which numbers can leave', cell(eligibility)] as const,
        ['Where no verification is noted', cell(unverified)] as const,
      ].filter(([, text]) => text.length > 0),
    },
    ...(notices.length === 0
      ? []
      : [
          paragraph('The customer hears, and the agent keeps in mind:'),
          bullets(notices.map((text) => [text])),
        ]),
    ...(afterSaving.length === 0
      ? []
      : [
          paragraph('Once the case is saved:'),
          bullets(
            afterSaving.map((text) => [text]),
            true,
          ),
        ]),
  ];
}

// Files

export function layoutsChapter({ layouts, countryAliases }: RuleSet, words: Words): Block[] {
  const values = [...layouts.values].flatMap(([list, entries]) =>
    [...entries].map(([value, texts]): Cell[] => [cell(words.field(list)), cell(value), cell(listed(texts))]),
  );
  const aliases = Object.entries(countryAliases);
  return [
    heading(2, 'layouts', 'The file and its columns'),
    paragraph(
      'The first layout that fits is taken. Headers are compared without regard to case, spaces, underscores and dashes.',
    ),
    ...layouts.layouts.flatMap((layout) => layoutBlocks(layout, words)),
    heading(3, 'fields', 'Headers that are understood'),
    plainTable(
      ['Field', 'Headers', 'Compared as'],
      [...layouts.fields.values()].map(({ name, label, type, headers, inputOnly }) => [
        [[{ strong: label }], [{ code: name }]],
        cell(listed(headers)),
        cell(
          (typeof type === 'string' ? type : `one of the ${type.values} values`) +
            (inputOnly ? '; what is found out of it is never delivered' : ''),
        ),
      ]),
    ),
    ...(values.length === 0
      ? []
      : [
          heading(3, 'values', 'Texts that mean the same'),
          plainTable(['In', 'Means', 'Written in files as'], values),
        ]),
    ...(aliases.length === 0
      ? []
      : [
          heading(3, 'countries', 'Names of countries'),
          paragraph(
            'Beside ISO codes and English names: ',
            ...joined(
              aliases.map(([alias, code]) => [`${alias} is ${words.country(code)}`]),
              'and',
            ),
            '.',
          ),
        ]),
  ];
}

function layoutBlocks(layout: Layout, words: Words): Block[] {
  const { id, title, allOf, noneOf, columns, output, delivers, defaultCountry } = layout;
  const named = (fields: readonly string[]): Line =>
    joined(
      fields.map((field) => [{ strong: words.field(field) }]),
      'and',
    );
  const own = columns.map(
    ({ field, letter, headers }): Line => [
      { strong: words.field(field) },
      ': ',
      [
        ...(letter === null ? [] : [`column ${letter}`]),
        ...(headers.length === 0 ? [] : [`headed ${listed(headers)}`]),
      ].join(', or '),
    ],
  );
  return [
    heading(3, ids.layout(id), title),
    {
      is: 'terms',
      rows: [
        ['It has', allOf.length === 0 ? [] : [named(allOf)]] as const,
        ['It has not', noneOf.length === 0 ? [] : [named(noneOf)]] as const,
        ['Its own headers', own] as const,
        [
          'Numbers without a country',
          defaultCountry === null ? [] : cell(`are of ${words.country(defaultCountry)}`),
        ] as const,
        [
          'What goes out',
          output === null
            ? cell('the same columns in the same order, corrected')
            : cell(`these columns and no others: ${listed(output.map(({ header }) => header))}`),
        ] as const,
        ['As', cell(delivers.map((kind) => DELIVERS[kind]).join(' and '))] as const,
        ['Where', reasons(layout, words)] as const,
      ].filter(([, text]) => text.length > 0),
    },
  ];
}

const DELIVERS = { csv: 'a CSV file', docx: 'a Word document' } as const;

// Finding what is missing

export function lookUpsChapter({ lookUps }: RuleSet, words: Words): Block[] {
  return [
    heading(2, ids.lookUps, GROUPS.lookUps),
    ...(lookUps.length === 0
      ? nothing('None is listed.')
      : [
          paragraph('The most specific row wins: country and carrier, then country, then carrier, then any.'),
          {
            is: 'table' as const,
            columns: ['Country', 'Carrier', 'How to find it', 'Fills', 'Why'],
            rows: [...lookUps].sort(bySpecificity).map((lookUp) => ({
              id: ids.rule(lookUp.id),
              cells: [
                cell(
                  lookUp.country === null ? 'any' : `${words.country(lookUp.country)} (${lookUp.country})`,
                ),
                lookUp.carrier === null
                  ? cell('any')
                  : [[{ link: lookUp.carrier, to: ids.carrier(lookUp.carrier) }]],
                howTo(lookUp, words),
                lookUp.for.map((one) => words.answerable(one)),
                reasons(lookUp, words),
              ],
            })),
          },
        ]),
  ];
}

type LookUp = RuleSet['lookUps'][number];

function bySpecificity(a: LookUp, b: LookUp): number {
  const weight = ({ country, carrier }: LookUp) => (country === null ? 0 : 2) + (carrier === null ? 0 : 1);
  return weight(b) - weight(a);
}

function howTo({ how, procedure, refer }: LookUp, words: Words): Cell {
  return [
    ...how.map((step, at): Line => [`${at + 1}. ${step}`]),
    ...(refer === null ? [] : [['Hand to ', { strong: refer }, '.'] satisfies Line]),
    ...(how.length === 0 ? [['Steps: ', ...words.procedureLine(procedure), '.'] satisfies Line] : []),
  ];
}

/** @param uses procedure -> what calls it */
export function proceduresChapter(
  { procedures }: RuleSet,
  words: Words,
  uses: ReadonlyMap<string, readonly Pick<Part, 'title' | 'to'>[]>,
): Block[] {
  return [
    heading(2, 'procedures', 'Procedures, step by step'),
    ...(procedures.size === 0 ? nothing('None is written down.') : []),
    ...[...procedures.values()].flatMap((procedure): Block[] => [
      heading(3, ids.procedure(procedure.id), procedure.title),
      bullets(
        procedure.steps.map((step) => [step]),
        true,
      ),
      {
        is: 'terms',
        rows: [
          ['Where', cell(procedure.where)] as const,
          ['Yields', cell(procedure.yields)] as const,
          ['Why', cell(procedure.why ?? '')] as const,
          ['For', forWhat(uses.get(procedure.id) ?? [])] as const,
          ['Source', [words.origin(procedure)]] as const,
        ].filter(([, text]) => text.length > 0),
      },
    ]),
  ];
}

function forWhat(uses: readonly Pick<Part, 'title' | 'to'>[]): Cell {
  if (uses.length === 0) return [];
  const parts = uses.map(({ title, to }, at): Inline[] => [
    ...(at === 0 ? [] : [' · ']),
    { link: title, to },
  ]);
  return [parts.flat()];
}

export function carriersChapter({ carriers, carrierNoise }: RuleSet, words: Words): Block[] {
  const states = Object.keys(carrierNoise.states).length;
  return [
    heading(2, 'carriers', GROUPS.carriers),
    ...(carriers.length === 0
      ? nothing('None is listed.')
      : [
          paragraph(
            'A name is compared as a whole. Case and punctuation do not count',
            carrierNoise.words.length > 0 ? `, nor do ${listed(carrierNoise.words)}` : '',
            states > 0 ? `, nor a trailing state (${states} of them)` : '',
            '. What stands in a file is never rewritten.',
          ),
          {
            is: 'table' as const,
            columns: ['Carrier', 'Also called', 'Looks alike, is another', 'PIN', 'Why'],
            rows: carriers.map((carrier) => ({
              id: ids.carrier(carrier.name),
              cells: [
                [[{ strong: carrier.name }]],
                carrier.also.map((name): Line => [name]),
                carrier.not.map((name): Line => [name]),
                carrier.pin === null ? [] : [[{ code: carrier.pin }]],
                reasons(carrier, words),
              ],
            })),
          },
        ]),
  ];
}

// After it

export function deliveryChapter({ delivery }: RuleSet, words: Words): Block[] {
  const lines = (texts: readonly string[]) =>
    bullets(
      texts.map((text) => words.message(text)),
      true,
    );
  return [
    heading(2, 'delivery', 'Delivery'),
    {
      is: 'terms',
      rows: [
        ['CSV file', fileName(delivery.fileName)] as const,
        ['While rows are open', fileName(delivery.partialFileName)] as const,
        ['Word document', fileName(delivery.wordFileName)] as const,
        ['Template', cell(delivery.template)] as const,
        ['Said with a Word document', cell(delivery.wordNotice)] as const,
        ['Note of the resolved case', cell(delivery.resolvedNote)] as const,
      ].filter(([, text]) => text.length > 0),
    },
    ...(delivery.handOver.length === 0 ? [] : [paragraph('The hand-over:'), lines(delivery.handOver)]),
    ...(delivery.partialHandOver.length === 0
      ? []
      : [paragraph('The hand-over while rows are open:'), lines(delivery.partialHandOver)]),
  ];
}

function fileName(name: string): Cell {
  return name === '' ? [] : [[{ code: name }]];
}

export function escalationsChapter(rules: RuleSet, words: Words): Block[] {
  const { escalations, categories, rejectionWords } = rules;
  return [
    heading(2, 'escalations', 'When a port is rejected: escalations'),
    ...(escalations.length === 0
      ? nothing('None is listed.')
      : [
          paragraph('The most specific row wins.'),
          {
            is: 'table' as const,
            columns: ['Carrier', 'Rejection', 'What to do', 'The customer gets', 'Why'],
            rows: escalations.map((one) => ({
              id: ids.rule(one.id),
              cells: [
                one.carriers.length === 0
                  ? cell('any')
                  : one.carriers.map((name): Line => [{ link: name, to: ids.carrier(name) }]),
                one.categories.length === 0
                  ? cell('any')
                  : one.categories.map(
                      (id): Line => [
                        {
                          link: categories.find((category) => category.id === id)?.title ?? id,
                          to: ids.category(id),
                        },
                      ],
                    ),
                [
                  [one.resolution],
                  ...(one.refer === null ? [] : [['Goes to ', { strong: one.refer }, '.'] satisfies Line]),
                  ...(one.procedure === null
                    ? []
                    : [['Steps: ', ...words.procedureLine(one.procedure), '.'] satisfies Line]),
                ],
                Object.entries(one.give ?? {}).map(
                  ([field, text]): Line => [`${words.field(field)} `, { code: text }],
                ),
                reasons(one, words),
              ],
            })),
          },
        ]),
    ...(categories.length === 0
      ? []
      : [
          heading(3, 'categories', 'What a rejection is about'),
          paragraph(
            'Recognising the category is a hint, not policy. A word counts beside a word of rejection; a phrase or a code counts alone. A code is one carrier’s own where a carrier stands with it.',
          ),
          {
            is: 'table' as const,
            columns: ['Category', 'Words', 'Phrases', 'Codes', 'Not', 'Hint'],
            rows: categories.map((category) => ({
              id: ids.category(category.id),
              cells: [
                [
                  [{ strong: category.title }],
                  [{ code: category.id }],
                  ...(category.over.length === 0
                    ? []
                    : [
                        [
                          'wins over ',
                          listed(
                            category.over.map((id) => categories.find((one) => one.id === id)?.title ?? id),
                          ),
                        ],
                      ]),
                ],
                cell(listed(category.words)),
                cell(listed(category.phrases)),
                category.codes.map(
                  ({ code, carrier }): Line => [{ code }, carrier === null ? '' : ` ${carrier}`],
                ),
                cell(listed(category.not)),
                [...cell(category.hint ?? ''), ...reasons(category, words)],
              ],
            })),
          },
          paragraph({ strong: 'Words of rejection: ' }, `${listed(rejectionWords)}.`),
        ]),
  ];
}
