/** What is asked for an entry of each kind, and put into its draft. */
import { showYaml, type Yaml } from '../../engine/edit-rules.ts';
import { escalate } from '../../engine/escalate.ts';
import { decisionLines, runExample } from '../../engine/examples.ts';
import type { Books } from '../../engine/facts.ts';
import { BASIS_WORDS, MATCH_WORDS, STAGE_WORDS } from '../../engine/grammar.ts';
import { nearestWords } from '../../engine/load-yaml.ts';
import { type Problem, showPlace } from '../../engine/problem.ts';
import {
  type ExampleBlock,
  exampleYaml,
  proposeCounterExamples,
  proposeExample,
  proposeRejections,
} from '../../engine/propose-examples.ts';
import type { Escalation, LookUp, Rule, RuleSet, RuleTable } from '../../engine/rule.ts';
import type { Draft } from '../../review/draft.ts';
import type { LeftProposal } from '../../review/proposal.ts';
import { fileNamed, homeOfRule, homeOfTable, standingCarrier, tableNamed } from '../../review/rule-home.ts';
import {
  namesIn,
  oneOrMany,
  readAction,
  readCondition,
  readExample,
  readPair,
  readValue,
  showExample,
} from '../../review/rule-lines.ts';
import type { Interview, Question } from './interview.ts';

/** The rules as they are before the entry. */
export interface World {
  readonly rules: RuleSet;
  readonly books: Books;
}

type Problems = readonly Problem[];

function refusal(code: string, message: string, details: Partial<Problem> = {}): Problems {
  return [{ code, severity: 'error', message, ...details }];
}

/** A word for ids: small letters, digits and dashes. */
function slug(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Words, each with what it means. */
function glossary(words: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(words).map((word) => word.length));
  return Object.entries(words)
    .map(([word, says]) => `\n  ${word.padEnd(width)}  ${says}`)
    .join('');
}

/** Asks for a text behind a key. */
async function askText(
  ask: Interview,
  draft: Draft,
  question: Question & { readonly key?: string },
): Promise<string | null> {
  return ask.text(question, (text) => draft.put(question.key ?? question.option, text));
}

/** Takes an option that is never asked for. */
async function takeOption(ask: Interview, draft: Draft, option: string): Promise<void> {
  if (ask.option(option) !== undefined) await askText(ask, draft, { option, asks: '', needed: false });
}

/** What an entry says of where it comes from, as far as somebody has said it. */
type Origin = Pick<LeftProposal, 'why' | 'document' | 'section' | 'basis'>;

async function askSource(
  ask: Interview,
  draft: Draft,
  { rules }: World,
  said: Origin | null = null,
): Promise<void> {
  await askText(ask, draft, {
    option: 'why',
    asks: 'Why? The reason, for the agent who meets it.',
    suggests: said?.why ?? null,
    needed: true,
  });
  const document = await ask.text(
    {
      option: 'document',
      asks: 'Which document says so? An article, a policy, a note of the team.',
      offers: rules.documents.map(({ id }) => id),
      suggests: said?.document ?? null,
      needed: true,
    },
    (text) => draft.put('source', new Map([['document', text]])),
  );
  if (document !== null) {
    const sections = rules.documents.find(({ id }) => id === document)?.sections ?? [];
    await ask.text(
      {
        option: 'section',
        asks: 'Which section of it?',
        offers: sections.map(({ title }) => title),
        suggests: said?.section ?? null,
        needed: false,
      },
      (section) => draft.put('source', new Map(Object.entries({ document, section }))),
    );
  }
  await askText(ask, draft, {
    option: 'basis',
    asks: 'How sure is it?',
    choices: glossary(BASIS_WORDS),
    suggests: said?.basis ?? null,
    needed: true,
  });
  await takeOption(ask, draft, 'owner');
  await takeOption(ask, draft, 'review-by');
}

// Examples

/** What must be so for examples to be tried: everything else has been said. */
async function askExamples(
  ask: Interview,
  draft: Draft,
  trial: Trial,
  left: readonly ExampleBlock[] = [],
): Promise<void> {
  const given = ask.option('example');
  if (ask.isLacking) {
    if (given === undefined && left.length === 0) ask.missing.push('example');
    return;
  }
  const examples: ExampleBlock[] = [];
  const take = async (text: string): Promise<Problems> => {
    const read = trial.read(text);
    return 'problems' in read ? read.problems : takeExample(ask, draft, trial, examples, read.value);
  };
  for (const block of left) {
    const problems = await takeExample(ask, draft, trial, examples, block);
    // An agent's example may hold no more; then a lead gives one.
    ask.sayProblems(problems);
  }
  if (Array.isArray(given)) {
    for (const text of given.map(String)) ask.refused.push(...(await take(text)));
  } else if (!examples.some(({ holds }) => holds)) {
    const suggested = await trial.propose(draft);
    await ask.text(
      {
        option: 'example',
        asks: trial.asks,
        suggests: suggested === null ? null : trial.show(suggested),
        needed: true,
      },
      take,
    );
  }
  if (ask.isLacking) return;
  const counters = await trial.counter(draft, examples);
  if (counters.length === 0) return;
  const shown = counters.map((block) => `\n  ${trial.show(block)}`).join('');
  if (!ask.asks) {
    ask.notices.push(
      `not tested yet: an example in which only one condition fails. These would hold, each as another --example:${shown}`,
    );
  } else if (
    await ask.yes(
      { asks: 'Nothing would notice if one of its conditions were lost. Add these?', choices: shown },
      true,
    )
  ) {
    draft.put('examples', [...examples, ...counters].map(exampleYaml));
  }
}

/** Puts an example into the entry, if it holds. */
async function takeExample(
  ask: Interview,
  draft: Draft,
  trial: Trial,
  examples: ExampleBlock[],
  block: ExampleBlock,
): Promise<Problems> {
  const problems = draft.put('examples', [...examples, block].map(exampleYaml));
  if (problems.length > 0) return problems;
  const { came, wanted } = await trial.run(draft);
  if (wanted !== null) {
    draft.put('examples', examples.length === 0 ? null : examples.map(exampleYaml));
    return refusal('example-fails', `the example does not hold: ${trial.show(block)}`, {
      found: came,
      wanted,
    });
  }
  examples.push(block);
  ask.say(`  It holds: ${came}`);
  return [];
}

/** How examples of one kind of entry are asked for, tried and found. */
interface Trial {
  readonly asks: string;
  readonly read: (text: string) => ReturnType<typeof readExample>;
  readonly show: (block: ExampleBlock) => string;
  /** Tries the last example of the draft: what came, and what was wanted if that is something else. */
  readonly run: (draft: Draft) => Promise<{ came: string; wanted: string | null }>;
  readonly propose: (draft: Draft) => Promise<ExampleBlock | null>;
  readonly counter: (draft: Draft, examples: readonly ExampleBlock[]) => Promise<ExampleBlock[]>;
}

/** The rules with the entry in them; it has an example that says nothing where it has none yet. */
function compiled<Owner extends Rule | LookUp | Escalation>(
  draft: Draft,
  nothing: ExampleBlock,
): { rules: RuleSet; owner: Owner } | null {
  const had = draft.get('examples') ?? null;
  if (had === null) draft.put('examples', [exampleYaml(nothing)]);
  const { rules } = draft.compile();
  const owner = rules && draft.ownerIn(rules);
  if (had === null) draft.put('examples', null);
  return rules && owner ? { rules, owner: owner as Owner } : null;
}

const NOTHING: ExampleBlock = { given: new Map(), expected: new Map(), holds: true };

const ROWS: Trial = {
  asks: 'An example: a row for which it acts, and what comes of it, as `given -> expected`.',
  read: readExample,
  show: showExample,
  run: async (draft) => {
    const found = compiled<Rule | LookUp>(draft, NOTHING);
    const example = found?.owner.examples.at(-1);
    if (!found || !example) return { came: 'nothing', wanted: 'an entry that can be loaded' };
    const { decision, failure } = await runExample(found.rules, found.owner, example);
    const all = decisionLines(decision);
    const own = all.filter((line) => line.includes(found.owner.id));
    const told = failure !== null ? all : own.length > 0 ? own : ['it does not act'];
    return { came: told.join('; '), wanted: failure?.wanted ?? null };
  },
  propose: async (draft) => {
    const found = compiled<Rule | LookUp>(draft, NOTHING);
    return found && proposeExample(found.rules, found.owner);
  },
  counter: async (draft, examples) => {
    const found = compiled<Rule | LookUp>(draft, NOTHING);
    return found ? proposeCounterExamples(found.rules, found.owner, examples) : [];
  },
};

function rejections({ books }: World, id: () => string, carrier: () => string | null): Trial {
  const isOwn = (name: Yaml | undefined) => (name ?? null) === carrier();
  const nothing = (): ExampleBlock => ({
    given: new Map([['text', '-']]),
    expected: new Map([['rule', id()]]),
    holds: true,
  });
  return {
    asks: 'An example: the words of a rejection for which it is found.',
    // A rejection may hold any sign, so it is taken as it is; only `->` tells that more is said.
    read: (text) => {
      if (/\s->\s/.test(text)) return readExample(text);
      const not = /^not:\s+/.exec(text)?.[0] ?? '';
      const own = carrier();
      return {
        value: {
          given: new Map([
            ...(own === null ? [] : [['carrier', own] as const]),
            ['text', text.slice(not.length)],
          ]),
          expected: new Map([['rule', id()]]),
          holds: not === '',
        },
      };
    },
    show: (block) =>
      isOwn(block.given.get('carrier'))
        ? `${block.holds ? '' : 'not: '}${String(block.given.get('text'))}`
        : showExample(block),
    run: async (draft) => {
      const found = compiled<Escalation>(draft, nothing());
      const example = found?.owner.examples.at(-1);
      if (!found || !example) return { came: 'nothing', wanted: 'an entry that can be loaded' };
      const answer = escalate(example.text, example.carrier || null, found.rules, books);
      const came = `${answer.escalation.id}; recognised: ${answer.categories.join(', ') || 'nothing'}`;
      const holds = (answer.escalation.id === found.owner.id) === example.expect;
      return { came, wanted: holds ? null : `${example.expect ? '' : 'not '}${found.owner.id}` };
    },
    propose: async (draft) => {
      const found = compiled<Escalation>(draft, nothing());
      return found ? (proposeRejections(found.rules, found.owner)[0] ?? null) : null;
    },
    counter: async (draft, examples) => {
      const found = compiled<Escalation>(draft, nothing());
      if (!found || examples.some(({ holds }) => !holds)) return [];
      return proposeRejections(found.rules, found.owner).filter(({ holds }) => !holds);
    },
  };
}

// Carriers

/** The carrier's own entry, or what it gains where it has one. */
export async function askCarrier(ask: Interview, draft: Draft, world: World): Promise<void> {
  const { rules, books } = world;
  const { carriers } = books;
  let known: string | null = null;
  const name = await ask.text(
    {
      option: 'name',
      asks: 'What is the carrier called? The name as files show it; one that is known gains what you add.',
      offers: carriers.names(),
      needed: true,
    },
    async (text) => {
      known = carriers.canonical(text);
      if (known !== null) {
        const standing = standingCarrier(draft.folder, text, carriers);
        if (standing) draft.moveTo({ ...draft.home, name: standing.file, standing: standing.line });
        return draft.put('name', known);
      }
      const near = carriers.nearest(text).map((one) => `\`${one}\``);
      const isNew =
        near.length === 0 ||
        !ask.asks ||
        (await ask.yes(
          {
            asks: `\`${text}\` is no carrier that the rules know. Nearest: ${near.join(', ')}. Is it a new one?`,
          },
          false,
        ));
      if (near.length > 0 && !ask.asks)
        ask.notices.push(`\`${text}\` is new; nearest known: ${near.join(', ')}`);
      return isNew
        ? draft.put('name', text)
        : refusal('unknown-carrier', `\`${text}\` is no carrier that the rules know`, {
            found: text,
            wanted: near.join(' or '),
            help: 'name the carrier that it is; another spelling of it is asked for next',
          });
    },
  );
  const carrier = rules.carriers.find((one) => one.name === known);
  if (carrier && name !== null) ask.say(`  ${carrier.name} is known, ${showPlace(carrier.place)}.`);
  const names = async (option: 'also' | 'not', asks: string) => {
    await ask.list({ option, asks: `${asks} One a line; an empty line ends.`, needed: false }, (texts) => {
      const already =
        option === 'also' && known !== null && texts.find((text) => carriers.canonical(text) === known);
      if (typeof already === 'string')
        return refusal('nothing-new', `\`${already}\` means \`${known}\` already`, { found: already });
      return draft.put(option, texts);
    });
  };
  await names('also', 'What else is it called?');
  await names('not', 'Which names look like it and are somebody else?');
  await ask.text(
    {
      option: 'pin',
      asks: 'Does it ask for a PIN, the same for every number? To the letter.',
      needed: false,
    },
    async (text) => {
      const has = carrier?.pin ?? null;
      if (carrier && has === text)
        return refusal('nothing-new', `\`${carrier.name}\` has the PIN \`${text}\` already`, { found: text });
      if (carrier && has !== null) {
        const asks = `\`${carrier.name}\` has the PIN \`${has}\` already. Replace it by \`${text}\`?`;
        if (!(await ask.yes({ option: 'replace-pin', asks }, false)))
          return refusal('conflict', `\`${carrier.name}\` has the PIN \`${has}\` already`, {
            found: text,
            related: [{ rule: null, message: 'it stands here', place: carrier.place }],
            help: 'to put another in its place, say `--replace-pin`',
          });
      }
      return draft.put('pin', text);
    },
  );
  if (carrier && !ask.isLacking && !['also', 'not', 'pin'].some((key) => draft.get(key) !== undefined)) {
    ask.refused.push(
      ...refusal('nothing-new', `\`${carrier.name}\` is known, and nothing is added to it`, {
        wanted: '`--also`, `--not` or `--pin`',
      }),
    );
  }
  if (draft.isStanding)
    ask.notices.push(`why, source and basis of \`${carrier?.name ?? ''}\` stay as they are`);
  else await askSource(ask, draft, world);
}

/** A known carrier's own name, `any`, or one that is added along. */
async function putCarrier(
  ask: Interview,
  draft: Draft,
  { books }: World,
  text: string,
  put: (name: string) => Problems,
): Promise<Problems> {
  const problems = put(books.carriers.canonical(text) ?? text);
  if (!problems.some(({ code }) => code === 'unknown-carrier')) return problems;
  const near = books.carriers.nearest(text).map((one) => `\`${one}\``);
  const asks = `\`${text}\` is no carrier that the rules know${near.length > 0 ? `; nearest: ${near.join(', ')}` : ''}. Add it as a new one?`;
  if (!(await ask.yes({ option: 'add-carrier', asks }, false))) {
    const along = '`--add-carrier` adds it along with the entry';
    return problems.map((problem) => (near.length > 0 ? problem : { ...problem, help: along }));
  }
  draft.bring(text);
  const others = put(text);
  if (others.length > 0) draft.bring(text, false);
  return others;
}

// Look-ups

export async function askLookUp(
  ask: Interview,
  draft: Draft,
  world: World,
  proposal: LeftProposal | null,
): Promise<void> {
  const { books, rules } = world;
  const putCountry = (text: string) =>
    draft.put('country', text === 'any' ? text : (books.countries.code(text) ?? text));
  const putName = (name: string) => draft.put('carrier', name);
  if (proposal && ask.option('country') === undefined) ask.refused.push(...putCountry(proposal.country));
  else {
    await ask.text(
      {
        option: 'country',
        asks: 'For which country? A code or an English name; `any` for every country.',
        needed: true,
      },
      putCountry,
    );
  }
  if (proposal && ask.option('carrier') === undefined) {
    const { carrier } = proposal;
    if (books.carriers.canonical(carrier) === null && proposal.isNewCarrier) draft.bring(carrier);
    ask.refused.push(...(await putCarrier(ask, draft, world, carrier, putName)));
  } else {
    await ask.text(
      {
        option: 'carrier',
        asks: 'For which carrier? `any` for every carrier of the country.',
        offers: books.carriers.names(),
        needed: true,
      },
      (text) => putCarrier(ask, draft, world, text, putName),
    );
  }
  await takeOption(ask, draft, 'id');
  await askHow(ask, draft, proposal, rules);
  await askFields(ask, draft, world, proposal);
  await askSource(ask, draft, world, proposal);
  await askExamples(ask, draft, ROWS, proposal?.examples);
}

/** Steps, or the procedure that has them, or whom to ask. */
async function askHow(
  ask: Interview,
  draft: Draft,
  proposal: LeftProposal | null,
  rules: RuleSet,
): Promise<void> {
  for (const option of ['procedure', 'refer']) await takeOption(ask, draft, option);
  const isSaid = () => ['how', 'procedure', 'refer'].some((key) => draft.get(key) !== undefined);
  if (proposal && proposal.how.length > 0 && ask.option('how') === undefined)
    ask.refused.push(...draft.put('how', proposal.how));
  else if (ask.asks || ask.option('how') !== undefined) {
    if (!isSaid() || ask.option('how') !== undefined) {
      await ask.list(
        {
          option: 'how',
          asks: 'How is it found? A step a line; an empty line ends. None: somebody is asked.',
          needed: false,
        },
        (texts) => draft.put('how', texts),
      );
    }
  }
  if (isSaid() || ask.refused.length > 0) return;
  await askText(ask, draft, {
    option: 'refer',
    asks: 'Who is asked? `manager`, `lead` or a queue.',
    offers: referred(rules),
    needed: true,
  });
}

/** Whom rules refer rows to. */
function referred({ tables, lookUps }: RuleSet): string[] {
  const actions = tables.flatMap((table) => table.rules).flatMap(({ then }) => then);
  const named = actions.flatMap((action) => (action.do === 'refer' ? [action.to] : []));
  return [...new Set([...named, ...lookUps.flatMap(({ refer }) => refer ?? [])])];
}

/** The fields that the answer fills; a new one is asked for what people read and what fits. */
async function askFields(
  ask: Interview,
  draft: Draft,
  { rules }: World,
  proposal: LeftProposal | null,
): Promise<void> {
  if (proposal?.for && ask.option('for') === undefined) {
    const fills = proposal.for;
    ask.refused.push(...draft.put('for', Array.isArray(fills) ? oneOrMany(fills) : fills));
    return;
  }
  const own = [...rules.layouts.fields.keys()];
  const columns = new Map(rules.lookUps.flatMap((one) => one.for).map((item) => [item.field, item]));
  const read = async (text: string): Promise<Problems> => {
    const list = text.startsWith('[') || text.startsWith('{') ? readValue(text) : { value: namesIn(text) };
    if ('problems' in list) return list.problems;
    const items: Yaml[] = [];
    for (const item of Array.isArray(list.value) ? list.value : [list.value]) {
      const isNew = typeof item === 'string' && !own.includes(item) && !columns.has(item);
      const judge = (column: Yaml) => draft.put('for', [...items, column]);
      items.push(isNew && ask.asks ? await newColumn(ask, item, judge) : item);
    }
    return draft.put('for', oneOrMany(items));
  };
  const given = ask.option('for');
  if (Array.isArray(given)) {
    const items = given.map(String).flatMap((text) => (/^[[{]/.test(text.trim()) ? [text] : namesIn(text)));
    ask.refused.push(...(await read(items.length === 1 ? (items[0] as string) : `[${items.join(', ')}]`)));
    return;
  }
  await ask.text(
    {
      option: 'for',
      asks: 'Which fields does the answer fill? Names, with commas; a new one becomes a column at the end.',
      offers: [...own, ...columns.keys()],
      suggests: own.includes('address') ? 'address' : null,
      needed: draft.get('refer') === undefined,
    },
    read,
  );
  ask.remember('for', showYaml(draft.get('for') ?? ''));
}

/** A column of its own, if it is meant to be one; else the name as it is, for the loader to refuse. */
async function newColumn(ask: Interview, field: string, judge: (column: Yaml) => Problems): Promise<Yaml> {
  const asks = `\`${field}\` is no field of the record. Is it a new column?`;
  if (!(await ask.yes({ asks }, false))) return field;
  const column = new Map<string, Yaml>([['field', field]]);
  const more = (key: string, question: string) =>
    ask.text({ option: '', asks: question, needed: false }, (text) => {
      column.set(key, text);
      const problems = judge(new Map(column));
      if (problems.length > 0) column.delete(key);
      return problems;
    });
  await more('label', 'What does the agent read? It heads the column too.');
  const pattern = await more('pattern', 'Which regular expression fits its text, such as ^[0-9]{12}$?');
  if (pattern !== null) await more('format', 'What fits, in words for the agent?');
  return column;
}

// Escalations

export async function askEscalation(ask: Interview, draft: Draft, world: World): Promise<void> {
  const { rules, books } = world;
  const unlessAny = (texts: readonly string[]) => (texts.includes('any') ? ['any'] : texts);
  const carriers = await ask.list(
    {
      option: 'carrier',
      asks: 'Which carrier rejects? `any`, or names, one a line; an empty line ends.',
      offers: books.carriers.names(),
      needed: true,
    },
    async (texts) => {
      const names = unlessAny(texts).map((text) => books.carriers.canonical(text) ?? text);
      const last = texts.at(-1) ?? '';
      return putCarrier(ask, draft, world, last, (name) =>
        draft.put('carrier', oneOrMany([...names.slice(0, -1), texts.includes('any') ? 'any' : name])),
      );
    },
  );
  const categories = await ask.list(
    {
      option: 'category',
      asks: 'What is the rejection about? `any`, or categories, one a line; an empty line ends.',
      offers: rules.categories.map(({ id }) => id),
      needed: true,
    },
    (texts) => draft.put('category', oneOrMany(unlessAny(texts))),
  );
  const [carrier = ''] = carriers;
  await askText(ask, draft, {
    option: 'id',
    asks: 'What is it called in reports? Small letters, digits and dashes.',
    suggests: slug([carrier, categories[0] ?? ''].filter((word) => word !== 'any').join(' ')) || null,
    needed: true,
  });
  await askText(ask, draft, {
    option: 'resolution',
    asks: 'What is to be done? A sentence for the agent.',
    needed: true,
  });
  await ask.list(
    {
      option: 'give',
      asks: 'What is the customer given? `pin = 1234`, one a line; an empty line ends.',
      needed: false,
    },
    (texts) => {
      const pairs = new Map<string, Yaml>();
      for (const text of texts) {
        const pair = readPair(text);
        if ('problems' in pair) return pair.problems;
        pairs.set(...pair.value);
      }
      return draft.put('give', pairs);
    },
  );
  await askText(ask, draft, {
    option: 'refer',
    asks: 'Who is asked? `manager`, `lead` or a queue.',
    offers: referred(rules),
    needed: false,
  });
  await askText(ask, draft, {
    option: 'procedure',
    asks: 'Which procedure has the steps for it?',
    offers: [...rules.procedures.keys()],
    needed: false,
  });
  await askSource(ask, draft, world);
  const named =
    carriers.length > 0 && !carriers.includes('any') ? (books.carriers.canonical(carrier) ?? carrier) : null;
  const trial = rejections(
    world,
    () => String(draft.get('id') ?? ''),
    () => named,
  );
  await askExamples(ask, draft, trial);
}

// Rules

const A_TABLE_OF_ONES_OWN = 'new';

export async function askRule(ask: Interview, draft: Draft, world: World): Promise<void> {
  const { rules } = world;
  await askTable(ask, draft, rules);
  const title = await askText(ask, draft, {
    option: 'title',
    asks: 'The rule in a few words:',
    needed: true,
  });
  await askText(ask, draft, {
    option: 'id',
    asks: 'What is it called in reports? Small letters, digits and dashes.',
    suggests: title === null ? null : slug(title) || null,
    needed: true,
  });
  await ask.list(
    {
      option: 'when',
      asks: 'When does it hold? A condition a line, all must hold: `country = US`, `address = blank`,\n`carrier != [A, B]`, `phoneNumber = starts-with +1808`. An empty line ends.',
      offers: factsOf(rules),
      needed: false,
    },
    (texts) => putConditions(draft, texts),
    (texts) => (texts.length === 0 ? draft.put('when', new Map()) : []),
  );
  if (draft.get('when') === undefined && ask.option('when') === undefined)
    ask.refused.push(...draft.put('when', new Map()));
  await takeBlocks(ask, draft);
  await ask.list(
    {
      option: 'then',
      asks: 'What is done then? An action a line: `clear: address`, `look-up: by-carrier`, `for: address`,\n`flag: text`, `severity: warning`, `set: { pin: 1234 }`. An empty line ends.',
      needed: true,
    },
    (texts) => putActions(draft, texts, true),
    (texts) => putActions(draft, texts, false),
  );
  await askSource(ask, draft, world);
  await askExamples(ask, draft, ROWS);
}

/** Facts that rules ask for already, and the fields of the record. */
function factsOf(rules: RuleSet): string[] {
  const tests = rules.tables
    .flatMap((table) => table.rules)
    .flatMap(({ when, whenAny }) => [...when, ...whenAny.flat()]);
  return [...new Set([...rules.layouts.fields.keys(), ...tests.map(({ fact }) => fact)])];
}

function describeTable({ title, stage, match }: RuleTable): string {
  return `${title} (${stage}, ${match})`;
}

/** The table, and the rule to go before; what neither option nor answer says is the table's first. */
async function askTable(ask: Interview, draft: Draft, rules: RuleSet): Promise<void> {
  const before = ask.option('before');
  const byRule =
    typeof before === 'string'
      ? rules.tables.find((table) => table.rules.some(({ id }) => id === before))
      : undefined;
  const stage = ask.option('stage');
  if (typeof before === 'string' && !byRule) {
    const [near] = nearestWords(
      before,
      rules.tables.flatMap((table) => table.rules.map(({ id }) => id)),
    );
    ask.refused.push(
      ...refusal('bad-value', `no table has a rule \`${before}\``, {
        found: before,
        ...(near === undefined ? {} : { help: `did you mean \`${near}\`?` }),
      }),
    );
    return;
  }
  if (ask.option('into') === undefined && (byRule || stage !== undefined)) {
    if (byRule) await askBefore(ask, draft, rules, byRule);
    else await askOwnTable(ask, draft, null);
    return;
  }
  let table: RuleTable | null = null;
  let file: string | null = null;
  const into = await ask.text(
    {
      option: 'into',
      asks: `Which table is it for? \`${A_TABLE_OF_ONES_OWN}\` for one of your own.`,
      choices: glossary(Object.fromEntries(rules.tables.map((one) => [one.file, describeTable(one)]))),
      needed: true,
    },
    (text) => {
      table = tableNamed(rules, text);
      if (table || text === A_TABLE_OF_ONES_OWN) return [];
      if (stage !== undefined) {
        const named = fileNamed(text);
        if ('problems' in named) return named.problems;
        file = named.value;
        return [];
      }
      const [near] = nearestWords(
        text,
        rules.tables.map(({ file }) => file),
      );
      return refusal('bad-value', `unknown table \`${text}\``, {
        found: text,
        help:
          near === undefined ? 'for a table of your own, say its `--stage` too' : `did you mean \`${near}\`?`,
      });
    },
  );
  if (table) await askBefore(ask, draft, rules, table);
  else if (into !== null) await askOwnTable(ask, draft, file);
}

async function askBefore(ask: Interview, draft: Draft, rules: RuleSet, table: RuleTable): Promise<void> {
  const spot = (id: string | null) => {
    const before = table.rules.find((rule) => rule.id === id) ?? null;
    draft.moveTo(homeOfRule(draft.folder, draft.below, { table, before }));
  };
  spot(null);
  // Where all rules act, their order says nothing.
  if (table.match !== 'first' && ask.option('before') === undefined) return;
  await ask.text(
    {
      option: 'before',
      asks: 'The first rule that holds decides. Before which one?',
      choices: glossary(Object.fromEntries(table.rules.map(({ id, title }) => [id, title]))),
      suggests: table.rules[0]?.id ?? null,
      needed: false,
    },
    (id) => {
      if (!table.rules.some((rule) => rule.id === id)) {
        const elsewhere = rules.tables.find((one) => one.rules.some((rule) => rule.id === id));
        const [near] = nearestWords(
          id,
          table.rules.map((rule) => rule.id),
        );
        const help = elsewhere ? `it stands in \`${elsewhere.file}\`` : `did you mean \`${near}\`?`;
        return refusal('bad-value', `\`${table.file}\` has no rule \`${id}\``, {
          found: id,
          ...(elsewhere || near !== undefined ? { help } : {}),
        });
      }
      spot(id === table.rules[0]?.id ? null : id);
      return [];
    },
  );
}

async function askOwnTable(ask: Interview, draft: Draft, name: string | null): Promise<void> {
  let match = 'all';
  const stage = await ask.text(
    {
      option: 'stage',
      asks: 'When is the table asked?',
      choices: glossary(STAGE_WORDS),
      suggests: 'checks',
      needed: true,
    },
    (text) => draft.moveTo(homeOfTable(name ?? `our-${text}.yaml`, text, match)),
  );
  if (stage === null) return;
  await ask.text(
    {
      option: 'match',
      asks: 'Do all rules of the table act, or the first that holds?',
      choices: glossary(MATCH_WORDS),
      suggests: match,
      needed: false,
    },
    (text) => {
      match = text;
      return draft.moveTo(homeOfTable(name ?? `our-${stage}.yaml`, stage, text));
    },
  );
}

function conditions(texts: readonly string[]): { value: Map<string, Yaml> } | { problems: Problems } {
  const tests = new Map<string, Yaml>();
  for (const text of texts) {
    const read = readCondition(text);
    if ('problems' in read) return read;
    const [fact, test] = read.value;
    if (tests.has(fact)) {
      return {
        problems: refusal('duplicate-key', `\`${fact}\` stands twice`, {
          found: text,
          help: `several tests of one fact stand in braces: \`${fact} = { at-least: 1, at-most: 60 }\``,
        }),
      };
    }
    tests.set(fact, test);
  }
  return { value: tests };
}

function putConditions(draft: Draft, texts: readonly string[]): Problems {
  const read = conditions(texts);
  return 'problems' in read ? read.problems : draft.put('when', read.value);
}

/** `--when-any`, a block each: conditions with commas between them. */
async function takeBlocks(ask: Interview, draft: Draft): Promise<void> {
  if (ask.option('when-any') === undefined) return;
  await ask.list({ option: 'when-any', asks: '', needed: false }, (texts) => {
    const blocks: Yaml[] = [];
    for (const text of texts) {
      const read = readValue(text.trim().startsWith('{') ? text.trim() : `{ ${text} }`);
      if ('problems' in read) return read.problems;
      blocks.push(read.value);
    }
    return draft.put('when-any', blocks);
  });
}

function putActions(draft: Draft, texts: readonly string[], unfinished: boolean): Problems {
  const actions = new Map<string, Yaml>();
  for (const text of texts) {
    const read = readAction(text);
    if ('problems' in read) return read.problems;
    const [key, value] = read.value;
    if (actions.has(key)) return refusal('duplicate-key', `\`${key}\` stands twice`, { found: text });
    actions.set(key, value);
  }
  return draft.put('then', actions, unfinished);
}
