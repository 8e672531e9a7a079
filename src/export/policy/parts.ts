/** Everything in a rule set that can be pointed at, and how it and the documents it comes from answer each other. */
import type { Paragraph, PartKind, Provenance, Rule, RuleSet, SourceSection } from '../../engine/rule.ts';
import type { Line } from './page.ts';
import { ids, type Words } from './words.ts';

/** One thing that the rules say, as other parts of the page name it. */
export interface Part extends Partial<Provenance> {
  readonly as: PartKind;
  /** Its id, or what stands for one. */
  readonly name: string;
  readonly title: string;
  /** Its place on the page. */
  readonly to: string;
  /** The table or list that it stands in. */
  readonly group: string;
  readonly place: Rule['place'];
}

type Named = Pick<Part, 'as' | 'name' | 'title' | 'to' | 'group'>;

function part(named: Named, item: Partial<Provenance> & Pick<Rule, 'place'>): Part {
  return { ...item, ...named };
}

/** A link to a part. */
export function linked({ title, to }: Pick<Part, 'title' | 'to'>): Line {
  return [{ link: title, to }];
}

/** Groups of parts that are no tables of rules. */
export const GROUPS = {
  corrections: 'Corrections',
  lookUps: 'Look-ups by country and carrier',
  escalations: 'Escalations',
  carriers: 'Carriers',
  procedures: 'Procedures',
  questions: 'Intake',
  layouts: 'Layouts',
} as const;

/** What says where it comes from: rules, corrections, look-ups, escalations, carriers, procedures. */
export function partsOf(rules: RuleSet, words: Words): Part[] {
  const ruled = (name: string, title: string, group: string): Named => ({
    as: 'rule',
    name,
    title,
    to: ids.rule(name),
    group,
  });
  return [
    ...rules.corrections.map((item) => part(ruled(item.id, item.title, GROUPS.corrections), item)),
    ...rules.tables.flatMap((table) =>
      table.rules.map((rule) => part(ruled(rule.id, rule.title, table.title), rule)),
    ),
    ...rules.lookUps.map((item) => part(ruled(item.id, lookUpTitle(item, words), GROUPS.lookUps), item)),
    ...rules.escalations.map((item) =>
      part(ruled(item.id, escalationTitle(item, rules), GROUPS.escalations), item),
    ),
    ...rules.carriers.map((item) =>
      part(
        {
          as: 'carrier',
          name: item.name,
          title: item.name,
          to: ids.carrier(item.name),
          group: GROUPS.carriers,
        },
        item,
      ),
    ),
    ...[...rules.procedures.values()].map((item) =>
      part(
        {
          as: 'procedure',
          name: item.id,
          title: item.title,
          to: ids.procedure(item.id),
          group: GROUPS.procedures,
        },
        item,
      ),
    ),
    ...[
      ...rules.intake.questions.map((item) => part(questionPart(item), item)),
      ...rules.layouts.layouts.map((item) => part(layoutPart(item), item)),
    ]
      // Most of them need no reason.
      .filter(({ basis, source }) => basis !== undefined || source !== undefined),
  ];
}

function questionPart({ id, question }: RuleSet['intake']['questions'][number]): Named {
  return { as: 'question', name: id, title: question, to: ids.question(id), group: GROUPS.questions };
}

function layoutPart({ id, title }: RuleSet['layouts']['layouts'][number]): Named {
  return { as: 'layout', name: id, title, to: ids.layout(id), group: GROUPS.layouts };
}

function lookUpTitle({ country, carrier }: RuleSet['lookUps'][number], words: Words): string {
  return `${country === null ? 'Any country' : words.country(country)}, ${carrier ?? 'any carrier'}`;
}

function escalationTitle({ carriers, categories }: RuleSet['escalations'][number], rules: RuleSet): string {
  const about = categories.map((id) => rules.categories.find((one) => one.id === id)?.title ?? id);
  return `${carriers.join(', ') || 'Any carrier'}: ${about.join(', ') || 'any rejection'}`;
}

/** What a paragraph names: found on the page, there on other days only, or gone. */
interface Answer {
  readonly paragraph: Paragraph;
  readonly found: readonly Pick<Part, 'title' | 'to'>[];
  readonly resting: readonly string[];
  readonly gone: readonly string[];
}

interface AnsweredSection {
  readonly section: SourceSection;
  readonly answers: readonly Answer[];
}

/** A paragraph that nothing carries out, and why that is right. */
interface Bare {
  /** Its section. */
  readonly title: string;
  readonly to: string;
  readonly says: string;
  readonly noRule: string | null;
}

export interface Correspondence {
  readonly documents: readonly {
    readonly document: RuleSet['documents'][number];
    readonly sections: readonly AnsweredSection[];
  }[];
  readonly paragraphs: number;
  /** Paragraphs that nothing carries out, and of which nobody says that they need nothing. */
  readonly open: readonly Bare[];
  /** Those of which somebody says so. */
  readonly settled: readonly Bare[];
  /** What says where it comes from and stands in no paragraph of a document. */
  readonly unnamed: readonly Part[];
  /** What names a section that its document does not have. */
  readonly lost: readonly Part[];
}

export const sectionId = (document: string, at: number): string => `${ids.document(document)}-${at + 1}`;

/** The texts of the rule files that are no list of things. */
const TEXTS: Readonly<Record<string, Pick<Part, 'title' | 'to'>>> = {
  case: { title: 'The case', to: 'case' },
  delivery: { title: 'Delivery', to: 'delivery' },
};

/**
 * Which paragraphs have a rule and which rules a paragraph.
 * @param resting parts that hold on other days
 */
export function correspondenceOf(
  rules: RuleSet,
  parts: readonly Part[],
  resting: readonly Part[],
): Correspondence {
  const all = new Map<string, Pick<Part, 'title' | 'to'>>(parts.map((one) => [`${one.as} ${one.name}`, one]));
  for (const named of [...rules.intake.questions.map(questionPart), ...rules.layouts.layouts.map(layoutPart)])
    all.set(`${named.as} ${named.name}`, named);
  for (const [name, text] of Object.entries(TEXTS)) all.set(`text ${name}`, text);

  const named = new Set<string>();
  const answerOf = (paragraph: Paragraph): Answer => {
    const found: Pick<Part, 'title' | 'to'>[] = [];
    const asleep: string[] = [];
    const gone: string[] = [];
    for (const { as, name } of paragraph.carriedOut) {
      const target = all.get(`${as} ${name}`);
      const other = resting.find((one) => one.as === as && one.name === name);
      if (target) found.push(target);
      else if (other) asleep.push(other.title);
      else gone.push(name);
      named.add(`${as} ${name}`);
    }
    return { paragraph, found, resting: asleep, gone };
  };
  const documents = rules.documents.map((document) => ({
    document,
    sections: document.sections.map((section) => ({ section, answers: section.paragraphs.map(answerOf) })),
  }));
  const bare = documents.flatMap(({ document, sections }) =>
    sections.flatMap(({ section, answers }, at) =>
      answers
        .filter(({ found }) => found.length === 0)
        .map(({ paragraph: { says, noRule } }): Bare => {
          return { title: section.title, to: sectionId(document.id, at), says, noRule };
        }),
    ),
  );
  return {
    documents,
    paragraphs: documents.flatMap(({ document }) => document.sections.flatMap((one) => one.paragraphs))
      .length,
    open: bare.filter(({ noRule }) => noRule === null),
    settled: bare.filter(({ noRule }) => noRule !== null),
    unnamed: parts.filter(({ as, name }) => !named.has(`${as} ${name}`)),
    lost: parts.filter(({ source }) => {
      const document = rules.documents.find(({ id }) => id === source?.document);
      return (
        document !== undefined &&
        document.sections.length > 0 &&
        !document.sections.some(({ title }) => title === source?.section)
      );
    }),
  };
}
