/** Reads the kinds of rule files beside `kind: rules`: each function takes one file and returns what it says. */
import {
  CARRIER,
  CASE,
  CASE_FIELD,
  CATEGORY,
  CHOICE,
  CODE,
  COLUMN,
  CORRECTION,
  DOCUMENT,
  ESCALATION,
  ESCALATION_EXAMPLE,
  ESCALATION_EXPECT,
  ESCALATION_GIVEN,
  FIELD,
  LAYOUT,
  LOOK_UP,
  OUTPUT_COLUMN,
  PARAGRAPH,
  PROCEDURE,
  QUESTION,
  QUESTION_WORDS,
  SECTION,
  TEXT_WORDS,
} from './grammar.ts';
import { readAnswerables, readExamples, readId, readProvenance } from './load-rules.ts';
import {
  CANONICAL_FIELDS,
  checkField,
  checkProcedure,
  FIELD_TYPES,
  isPlainName,
  knownCarrier,
  knownCountry,
  type Vocabulary,
} from './load-words.ts';
import {
  describe,
  type Findings,
  isNothing,
  Keys,
  type MapNode,
  mapOf,
  type TextNode,
  textOf,
  textsOf,
} from './load-yaml.ts';
import { CountryBook } from './names.ts';
import type { Place } from './problem.ts';
import {
  BY_CARRIER,
  type Carrier,
  type CaseTemplate,
  type Category,
  type Correction,
  type Delivery,
  type Escalation,
  type EscalationExample,
  type FactType,
  type FieldDef,
  type Layout,
  type LayoutColumn,
  type LookUp,
  type Paragraph,
  type PartKind,
  type Procedure,
  type Provenance,
  type Question,
  type SourceDocument,
  type SourceSection,
} from './rule.ts';

/** A map of word -> text, in the file's order. */
function readTextMap(keys: Keys, key: string): { name: string; place: Place; text: string }[] {
  return (keys.block(key)?.entries ?? []).map(({ key: name, place, value }) => ({
    name,
    place,
    text: textOf(value, `\`${name}\``, keys.findings) ?? '',
  }));
}

// kind: corrections

export function readCorrections(file: Keys): Correction[] {
  return file.blocks('corrections').map((block) => {
    const keys = itemKeys(block, file.findings);
    keys.check(CORRECTION);
    const id = readId(keys);
    return {
      ...readProvenance(keys),
      id,
      title: keys.textOrNull('title') ?? id,
      blankCells: keys.lines('blank-cells').map((text) => text.trim()),
      place: block.place,
    };
  });
}

/** Where an item comes from, as far as it says so. */
function readPartialProvenance(keys: Keys): Partial<Provenance> {
  const { why, source, basis, ...dated } = readProvenance(keys);
  return {
    ...dated,
    ...(keys.has('why') ? { why } : {}),
    ...(keys.has('source') ? { source } : {}),
    ...(keys.has('basis') ? { basis } : {}),
  };
}

/** The keys of an item, its findings said to be of the rule it names. */
function itemKeys(block: MapNode, findings: Findings): Keys {
  const id = block.entries.find((entry) => entry.key === 'id')?.value;
  return new Keys(block, id?.kind === 'text' && id.text !== '' ? findings.of(id.text) : findings);
}

// kind: procedures

export function readProcedures(file: Keys): Procedure[] {
  return file.blocks('procedures').map((block) => {
    const keys = new Keys(block, file.findings);
    keys.check(PROCEDURE);
    const id = readId(keys);
    if (id === BY_CARRIER) {
      keys.findings.bad(
        keys.valuePlace('id'),
        `\`${BY_CARRIER}\` is reserved`,
        id,
        'another id',
        'it stands for "as the look-ups say"',
      );
    }
    return {
      ...readPartialProvenance(keys),
      id,
      title: keys.text('title'),
      where: keys.text('where'),
      steps: keys.lines('steps'),
      yields: keys.text('yields'),
      place: block.place,
    };
  });
}

// kind: carriers

export interface CarrierFile {
  /** Every name as written, with the one before it in its list. */
  readonly names: readonly { readonly node: TextNode; readonly before: string | null }[];
  readonly carriers: readonly Carrier[];
  readonly ignoreWords: readonly string[];
  readonly states: readonly (readonly [code: string, name: string])[];
}

export function readCarriers(file: Keys): CarrierFile {
  const names: { node: TextNode; before: string | null }[] = [];
  const namesOf = (nodes: readonly TextNode[]): string[] => {
    for (const [at, node] of nodes.entries())
      names.push({ node, before: nodes[at - 1]?.text.trim() ?? null });
    return nodes.map((node) => node.text.trim());
  };
  const carriers = file.blocks('carriers').map((block): Carrier => {
    const keys = new Keys(block, file.findings);
    keys.check(CARRIER);
    const name = keys.one('name');
    return {
      ...readPartialProvenance(keys),
      name: name === null ? '' : (namesOf([name])[0] ?? ''),
      also: namesOf(keys.texts('also')),
      not: namesOf(keys.texts('not')),
      pin: keys.textOrNull('pin'),
      place: block.place,
    };
  });
  return {
    names,
    carriers,
    ignoreWords: file.lines('ignore-words').map((text) => text.trim()),
    states: readTextMap(file, 'states').map(({ name, text }) => [name, text]),
  };
}

/** The look-ups of a carriers file, once carriers, countries, fields and procedures are known. */
export function readLookUps(file: Keys, words: Vocabulary): LookUp[] {
  return file.blocks('look-ups').flatMap((block): LookUp[] => {
    const keys = itemKeys(block, file.findings);
    keys.check(LOOK_UP);
    let understood = true;
    const named = <Name>(key: string, know: (node: TextNode) => Name | null): Name | null => {
      if (keys.get(key)?.value.kind === 'list') {
        understood = false;
        keys.findings.bad(
          keys.valuePlace(key),
          `a look-up is for one ${key}`,
          'a list',
          `one ${key}, or \`any\``,
          'write one look-up for each',
        );
        return null;
      }
      const node = keys.one(key);
      if (node?.text.trim() === 'any') return null;
      const name = node && know(node);
      if (name === null) understood = false;
      return name;
    };
    const country = named('country', (node) => knownCountry(node, words.books, keys.findings));
    const carrier = named('carrier', (node) => knownCarrier(node, words.books, keys.findings));
    const procedure = keys.textOrNull('procedure');
    if (procedure !== null) checkProcedure(procedure, keys.valuePlace('procedure'), words, keys.findings);
    const lookUp: LookUp = {
      ...readProvenance(keys),
      id: readId(keys) || lookUpId(country, carrier),
      country,
      carrier,
      how: keys.lines('how'),
      procedure: procedure ?? DEFAULT_PROCEDURE,
      refer: keys.textOrNull('refer'),
      for: readAnswerables(keys.get('for'), words, keys.findings),
      examples: readExamples(keys, words),
      place: block.place,
    };
    // For whom it is nobody knows, so nothing can be said of it beside others.
    return understood ? [lookUp] : [];
  });
}

/** Where (country, carrier) rows without steps of their own send people. RULES section 2. */
const DEFAULT_PROCEDURE = 'carrier-records';

function lookUpId(country: string | null, carrier: string | null): string {
  const slug = (text: string) =>
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '');
  return `look-up-${slug(country ?? 'any')}-${slug(carrier ?? 'any')}`;
}

// kind: escalations

/** Categories; `known` are the ids of all, which each may displace. */
export function readCategories(file: Keys, known: readonly string[], words: Vocabulary): Category[] {
  return file.blocks('categories').map((block) => {
    const keys = new Keys(block, file.findings);
    keys.check(CATEGORY);
    const id = readId(keys);
    return {
      ...readPartialProvenance(keys),
      id,
      title: keys.textOrNull('title') ?? id,
      words: keys.lines('words').map((text) => text.trim()),
      phrases: keys.lines('phrases').map((text) => text.trim()),
      codes: readCodes(keys, words),
      not: keys.lines('not').map((text) => text.trim()),
      over: categoryNames(keys.texts('over'), known, keys.findings),
      hint: keys.textOrNull('hint'),
      place: block.place,
    };
  });
}

/** Names of categories, those that do not exist reported. */
function categoryNames(nodes: readonly TextNode[], known: readonly string[], findings: Findings): string[] {
  return nodes.map((node) => {
    const id = node.text.trim();
    if (!known.includes(id)) findings.unknown('bad-value', node.place, 'category', id, known);
    return id;
  });
}

/** The names under a key; none for `any`. */
function namesUnlessAny(keys: Keys, key: string): TextNode[] {
  return keys.texts(key).filter((node) => node.text.trim() !== 'any');
}

function readCodes(keys: Keys, words: Vocabulary): Category['codes'] {
  const value = keys.get('codes')?.value;
  if (!value || isNothing(value)) return [];
  const found: { code: string; carrier: string | null }[] = [];
  for (const item of value.kind === 'list' ? value.items : [value]) {
    if (item.kind === 'map') {
      const code = new Keys(item, keys.findings).check(CODE);
      const carrier = code.one('carrier');
      const name = carrier ? knownCarrier(carrier, words.books, keys.findings) : null;
      if (name !== null) found.push({ code: code.text('code'), carrier: name });
    } else {
      const text = textOf(item, 'a code', keys.findings);
      if (text !== null && text !== '') found.push({ code: text, carrier: null });
    }
  }
  return found;
}

/** Escalations, once all categories are known. */
export function readEscalations(file: Keys, categories: readonly string[], words: Vocabulary): Escalation[] {
  return file.blocks('escalations').map((block) => {
    const keys = itemKeys(block, file.findings);
    keys.check(ESCALATION);
    const id = readId(keys);
    const procedure = keys.textOrNull('procedure');
    if (procedure !== null) checkProcedure(procedure, keys.valuePlace('procedure'), words, keys.findings);
    const named = categoryNames(namesUnlessAny(keys, 'category'), categories, keys.findings);
    const give = keys.block('give');
    const given: Record<string, string> = Object.create(null);
    for (const entry of give?.entries ?? []) {
      const text = textOf(entry.value, `\`${entry.key}\``, keys.findings);
      if (checkField(entry.key, entry.place, words, keys.findings) && text !== null) given[entry.key] = text;
    }
    const carriers = namesUnlessAny(keys, 'carrier').map(
      (node) => knownCarrier(node, words.books, keys.findings) ?? node.text.trim(),
    );
    const said = {
      id,
      resolution: keys.text('resolution'),
      give: give ? given : null,
      refer: keys.textOrNull('refer'),
    };
    return {
      ...readProvenance(keys),
      ...said,
      procedure,
      carriers: [...new Set(carriers)],
      categories: named,
      examples: readEscalationExamples(keys, said),
      place: block.place,
    };
  });
}

/** Whether each thing that an example expects is what the escalation says: checked here, for it never varies. */
function checkExpected(
  block: MapNode,
  said: Pick<Escalation, 'id' | 'resolution' | 'refer' | 'give'>,
  findings: Findings,
): void {
  const expected = new Keys(block, findings).check(ESCALATION_EXPECT);
  const compare = (name: string, place: Place, found: string, wanted: string) => {
    if (found !== wanted)
      findings.bad(place, `\`${said.id}\` has another \`${name}\``, found, wanted || 'nothing');
  };
  if (expected.has('rule')) compare('id', expected.valuePlace('rule'), expected.text('rule'), said.id);
  if (expected.has('resolution'))
    compare('resolution', expected.valuePlace('resolution'), expected.text('resolution'), said.resolution);
  if (expected.has('refer'))
    compare('refer', expected.valuePlace('refer'), expected.text('refer'), said.refer ?? '');
  for (const entry of expected.block('give')?.entries ?? []) {
    compare(
      entry.key,
      entry.value.place,
      textOf(entry.value, `\`${entry.key}\``, findings) ?? '',
      said.give?.[entry.key] ?? '',
    );
  }
}

function readEscalationExamples(
  keys: Keys,
  said: Pick<Escalation, 'id' | 'resolution' | 'refer' | 'give'>,
): EscalationExample[] {
  return keys.blocks('examples').flatMap((block): EscalationExample[] => {
    const example = new Keys(block, keys.findings).check(ESCALATION_EXAMPLE);
    const wanted = example.has('expect');
    const expected = example.block(wanted ? 'expect' : 'expect-not');
    if (expected) checkExpected(expected, said, keys.findings);
    const givenBlock = example.block('given');
    if (!givenBlock) return [];
    const given = new Keys(givenBlock, keys.findings).check(ESCALATION_GIVEN);
    return [
      { carrier: given.text('carrier'), text: given.text('text'), expect: wanted, place: example.place },
    ];
  });
}

// kind: layouts

export interface LayoutFile {
  readonly values: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  /** `type` is as written; it is resolved when all value lists are known. */
  readonly fields: readonly {
    readonly def: Omit<FieldDef, 'inputOnly'>;
    /** null where nothing is said. */
    readonly inputOnly: boolean | null;
    readonly typeName: string;
    readonly place: Place;
  }[];
  readonly countries: readonly (readonly [alias: string, code: string])[];
}

/** Values, fields and country aliases; the layouts themselves need all fields first. */
export function readLayoutFile(file: Keys): LayoutFile {
  const { findings } = file;
  const values = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const entry of file.block('values')?.entries ?? []) {
    const block = mapOf(entry.value, `\`${entry.key}\``, findings);
    if (!block) continue;
    const list = new Map<string, readonly string[]>();
    for (const { key, value } of block.entries) {
      list.set(
        key,
        isNothing(value) ? [] : textsOf(value, `\`${key}\``, findings).map((node) => node.text.trim()),
      );
    }
    values.set(entry.key, list);
  }
  const fields = (file.block('fields')?.entries ?? []).flatMap((entry) => {
    if (!isPlainName(entry.key)) {
      findings.bad(
        entry.place,
        `\`${entry.key}\` cannot name a field`,
        entry.key,
        'a word of letters and digits',
      );
      return [];
    }
    const block = mapOf(entry.value, `\`${entry.key}\``, findings);
    if (!block) return [];
    const keys = new Keys(block, findings).check(FIELD);
    const type = keys.textOrNull('type');
    const def: Omit<FieldDef, 'inputOnly'> = {
      name: entry.key,
      label: keys.textOrNull('label') ?? entry.key,
      type: 'text',
      headers: keys.lines('headers').map((text) => text.trim()),
    };
    return [
      {
        def,
        inputOnly: keys.yesNo('input-only'),
        typeName: type ?? '',
        place: type === null ? entry.place : keys.valuePlace('type'),
      },
    ];
  });
  const iso = new CountryBook({});
  const countries: [string, string][] = [];
  for (const { name, place, text } of readTextMap(file, 'countries')) {
    const code = iso.code(text);
    if (code !== null) countries.push([name, code]);
    else {
      findings.report('unknown-country', place, `unknown country \`${text}\``, {
        found: text || 'nothing',
        wanted: 'an ISO code or an English name',
      });
    }
  }
  return { values, fields, countries };
}

/** The fields of the record: those declared, and the canonical ones that nobody declared. */
export function resolveFields(
  declared: LayoutFile['fields'],
  lists: LayoutFile['values'],
  findings: Findings,
): Map<string, FieldDef> {
  const fields = new Map<string, FieldDef>();
  for (const { def, inputOnly, typeName, place } of declared) {
    const earlier = fields.get(def.name);
    const plain = FIELD_TYPES.find((type) => type === typeName);
    let type: FactType = plain ?? { values: typeName };
    if (typeName === '') type = earlier?.type ?? canonicalType(def.name, lists);
    else if (!plain && !lists.has(typeName)) {
      findings.unknown('bad-value', place, 'type of a field', typeName, [...FIELD_TYPES, ...lists.keys()]);
    }
    const headers = [...new Set([...(earlier?.headers ?? [def.name]), ...def.headers])];
    const label = def.label === def.name ? (earlier?.label ?? def.label) : def.label;
    fields.set(def.name, {
      name: def.name,
      label,
      type,
      headers,
      inputOnly: inputOnly ?? earlier?.inputOnly ?? false,
    });
  }
  for (const name of Object.keys(CANONICAL_FIELDS)) {
    if (!fields.has(name))
      fields.set(name, {
        name,
        label: name,
        type: canonicalType(name, lists),
        headers: [name],
        inputOnly: false,
      });
  }
  return fields;
}

function canonicalType(name: string, lists: LayoutFile['values']): FactType {
  const type = Object.hasOwn(CANONICAL_FIELDS, name) ? CANONICAL_FIELDS[name] : undefined;
  if (typeof type === 'object') return lists.has(type.values) ? type : 'text';
  return type ?? 'text';
}

export function readLayouts(file: Keys, words: Vocabulary): Layout[] {
  const { findings } = file;
  return file.blocks('layouts').map((block) => {
    const keys = new Keys(block, findings);
    keys.check(LAYOUT);
    const id = readId(keys);
    const fieldNames = (key: string) =>
      keys
        .texts(key)
        .map((node) => ({ ...node, text: node.text.trim() }))
        .filter((node) => checkField(node.text, node.place, words, findings))
        .map((node) => node.text);
    const columns = (keys.block('columns')?.entries ?? []).flatMap((entry): LayoutColumn[] => {
      const known = checkField(entry.key, entry.place, words, findings);
      const column = mapOf(entry.value, `\`${entry.key}\``, findings);
      if (!known || !column) return [];
      const columnKeys = new Keys(column, findings).check(COLUMN);
      const letter = columnKeys.textOrNull('letter');
      if (letter !== null && !/^[A-Z]{1,3}$/.test(letter)) {
        findings.bad(
          columnKeys.valuePlace('letter'),
          `\`${letter}\` is no column letter`,
          letter,
          'a capital letter such as `D`',
        );
      }
      return [{ field: entry.key, letter, headers: columnKeys.lines('headers').map((text) => text.trim()) }];
    });
    const country = keys.one('default-country');
    const delivers = keys.texts('delivers').flatMap((node) => {
      const word = node.text.trim();
      if (word === 'csv' || word === 'docx') return [word] as const;
      findings.unknown('bad-value', node.place, 'kind of delivery', word, ['csv', 'docx']);
      return [];
    });
    return {
      ...readPartialProvenance(keys),
      id,
      title: keys.textOrNull('title') ?? id,
      allOf: fieldNames('all-of'),
      noneOf: fieldNames('none-of'),
      columns,
      output: readOutput(keys, words),
      delivers: delivers.length > 0 ? delivers : ['csv'],
      defaultCountry: country ? knownCountry(country, words.books, findings) : null,
      place: block.place,
    };
  });
}

function readOutput(keys: Keys, words: Vocabulary): Layout['output'] {
  const value = keys.get('output')?.value;
  if (!value || (value.kind === 'text' && value.text.trim() === 'same')) return null;
  if (value.kind !== 'list') {
    keys.findings.bad(
      value.place,
      '`output` is a list of columns',
      describe(value),
      '`same`, or `- { field, header }` items',
    );
    return null;
  }
  return keys.blocks('output').flatMap((block) => {
    const column = new Keys(block, keys.findings).check(OUTPUT_COLUMN);
    const field = column.text('field');
    if (field === '' || !checkField(field, column.valuePlace('field'), words, keys.findings)) return [];
    return [{ field, header: column.text('header') }];
  });
}

// kind: intake

export function readQuestions(file: Keys): Question[] {
  const { findings } = file;
  return file.blocks('questions').map((block) => {
    const keys = new Keys(block, findings);
    keys.check(QUESTION);
    const id = keys.text('id');
    if (id !== '' && !isPlainName(id)) {
      findings.bad(keys.valuePlace('id'), `\`${id}\` cannot name a fact`, id, 'a word of letters and digits');
    }
    const type = keys.oneOf('type', QUESTION_WORDS) ?? 'text';
    const choices = readChoices(keys);
    if (type === 'choice' && choices.length === 0) {
      findings.report('missing-field', keys.place, 'a choice has no `choices`', {
        wanted: '`choices:` with a value and a label each',
      });
    }
    if (type !== 'choice' && keys.has('choices')) {
      findings.bad(
        keys.placeOf('choices'),
        `\`choices\` of a question of type \`${type}\``,
        '`choices`',
        '`type: choice`',
      );
    }
    const mustBe = keys.textOrNull('must-be');
    const answers =
      type === 'choice' ? choices.map(({ value }) => value) : type === 'yes-no' ? ['yes', 'no'] : null;
    if (mustBe !== null && answers && !answers.includes(mustBe)) {
      findings.unknown('bad-value', keys.valuePlace('must-be'), 'answer', mustBe, answers);
    }
    return {
      ...readPartialProvenance(keys),
      id,
      question: keys.text('question'),
      help: keys.textOrNull('help'),
      type,
      choices,
      blocks: keys.yesNo('blocks') ?? true,
      mustBe,
      otherwise: keys.textOrNull('otherwise'),
      notAnswers: keys.lines('not-answers'),
      place: block.place,
    };
  });
}

function readChoices(keys: Keys): { value: string; label: string }[] {
  const value = keys.get('choices')?.value;
  if (!value || isNothing(value)) return [];
  return (value.kind === 'list' ? value.items : [value]).flatMap((item) => {
    if (item.kind === 'map') {
      const choice = new Keys(item, keys.findings).check(CHOICE);
      return [{ value: choice.text('value'), label: choice.textOrNull('label') ?? choice.text('value') }];
    }
    const text = textOf(item, 'a choice', keys.findings);
    return text ? [{ value: text, label: text }] : [];
  });
}

/** What a file says of the case; keys it leaves out are left out. */
export function readCase(file: Keys): Partial<CaseTemplate> {
  const block = file.block('case');
  if (!block) return {};
  const keys = new Keys(block, file.findings).check(CASE);
  readProvenance(keys);
  return {
    ...(keys.has('fields')
      ? {
          fields: keys.blocks('fields').map((field) => {
            const one = new Keys(field, file.findings).check(CASE_FIELD);
            return {
              label: one.text('label'),
              text: one.text('text'),
              choices: one.lines('choices').map((text) => text.trim()),
            };
          }),
        }
      : {}),
    ...(keys.has('eligibility') ? { eligibility: keys.text('eligibility') } : {}),
    ...(keys.has('unverified') ? { unverified: keys.text('unverified') } : {}),
    ...(keys.has('notices') ? { notices: keys.lines('notices') } : {}),
    ...(keys.has('after-saving') ? { afterSaving: keys.lines('after-saving') } : {}),
  };
}

// kind: delivery

/** What a file says of the delivery; keys it leaves out are left out. */
export function readDelivery(file: Keys): Partial<Delivery> {
  for (const key of ['file-name', 'partial-file-name', 'word-file-name']) {
    const name = file.text(key);
    if (/[/\\\p{Cc}]/u.test(name)) {
      file.findings.bad(
        file.valuePlace(key),
        `\`${key}\` is a name without a folder`,
        name,
        'a file name such as `{customer}.csv`',
      );
    }
  }
  return {
    ...(file.has('file-name') ? { fileName: file.text('file-name') } : {}),
    ...(file.has('partial-file-name') ? { partialFileName: file.text('partial-file-name') } : {}),
    ...(file.has('word-file-name') ? { wordFileName: file.text('word-file-name') } : {}),
    ...(file.has('template') ? { template: file.text('template') } : {}),
    ...(file.has('hand-over') ? { handOver: file.lines('hand-over') } : {}),
    ...(file.has('partial-hand-over') ? { partialHandOver: file.lines('partial-hand-over') } : {}),
    ...(file.has('word-notice') ? { wordNotice: file.text('word-notice') } : {}),
    ...(file.has('resolved-note') ? { resolvedNote: file.text('resolved-note') } : {}),
  };
}

// kind: sources

const PARTS: readonly (readonly [key: string, as: PartKind])[] = [
  ['rules', 'rule'],
  ['carriers', 'carrier'],
  ['procedures', 'procedure'],
  ['questions', 'question'],
  ['layouts', 'layout'],
  ['texts', 'text'],
];

export function readDocuments(file: Keys): SourceDocument[] {
  return file.blocks('documents').map((block) => {
    const keys = new Keys(block, file.findings);
    keys.check(DOCUMENT);
    const sections = keys.blocks('sections').map((section) => readSection(section, file.findings));
    const first = new Map<string, SourceSection>();
    for (const section of sections) {
      const before = first.get(section.title);
      if (!before) first.set(section.title, section);
      else
        file.findings.report('duplicate-id', section.place, `the section \`${section.title}\` stands twice`, {
          found: section.title,
          wanted: 'each section once',
          related: [{ rule: null, message: 'first here', place: before.place }],
        });
    }
    return {
      id: readId(keys),
      title: keys.text('title'),
      about: keys.textOrNull('about'),
      sections,
      place: block.place,
    };
  });
}

function readSection(block: MapNode, findings: Findings): SourceSection {
  const keys = new Keys(block, findings).check(SECTION);
  return {
    title: keys.text('title'),
    paragraphs: keys.blocks('paragraphs').map((paragraph) => readParagraph(paragraph, findings)),
    place: block.place,
  };
}

function readParagraph(block: MapNode, findings: Findings): Paragraph {
  const keys = new Keys(block, findings).check(PARAGRAPH);
  for (const { text, place } of keys.texts('texts')) {
    const known = Object.keys(TEXT_WORDS);
    if (!known.includes(text.trim())) findings.unknown('bad-value', place, 'text', text.trim(), known);
  }
  return {
    says: keys.text('says'),
    carriedOut: PARTS.flatMap(([key, as]) => keys.lines(key).map((name) => ({ as, name: name.trim() }))),
    noRule: keys.textOrNull('no-rule'),
    place: block.place,
  };
}
