/** Where the policy comes from: documents, their paragraphs and the rules, each beside the other. */
import { type Block, bullets, cell, heading, type Inline, type Line, paragraph, plainTable } from './page.ts';
import { type Correspondence, linked, type Part, sectionId } from './parts.ts';
import { basisMark, ids, wherePlace } from './words.ts';

export function sourcesChapter(
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
                answers.map(({ paragraph: { says, noRule }, found, resting }) => [
                  cell(says),
                  [
                    ...found.map(linked),
                    ...resting.map(
                      (title): Line => [`${title} `, { mark: 'not on this day', tone: 'plain' }],
                    ),
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
