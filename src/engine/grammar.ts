/** The keys of every block of a rule file and what each says: the loader checks by them, editors show them. */
import { type BASES, BY_CARRIER, type STAGES } from './rule.ts';

/** Names that rule files give to things, and other files use. */
export type Names =
  | 'field'
  | 'fact'
  /** What a person can be asked for: a field, or a fact about the customer. */
  | 'asked'
  | 'carrier'
  | 'country'
  | 'procedure'
  | 'category'
  | 'table'
  | 'rule'
  | 'field-type';

/** The shape of what stands behind a key. */
export type Form =
  | {
      readonly is: 'text';
      readonly like?: 'id' | 'word' | 'pattern' | 'letter' | 'file-name';
      readonly called?: string;
    }
  | { readonly is: 'date' }
  | { readonly is: 'yes-no' }
  | { readonly is: 'yes' }
  | { readonly is: 'number' }
  /** Two numbers, the lower first. */
  | { readonly is: 'range' }
  /** One of a few words: word -> what it means. */
  | { readonly is: 'words'; readonly of: Readonly<Record<string, string>>; readonly called?: string }
  /** A name of this kind, or one of the words beside it. */
  | { readonly is: 'name'; readonly of: Names; readonly or?: Readonly<Record<string, string>> }
  | { readonly is: 'list'; readonly of: Form }
  /** One, or a list of them. A form that many keys have is `called` something in the schema. */
  | { readonly is: 'some'; readonly of: Form; readonly called?: string }
  | { readonly is: 'either'; readonly of: readonly Form[] }
  | { readonly is: 'block'; readonly of: Block }
  /** A block whose keys are names of the user's own or fields, with the value of each; `per` may stand among them. */
  | {
      readonly is: 'pairs';
      readonly key: 'field' | 'word' | 'text';
      readonly value: Form;
      readonly per?: Form;
      readonly called?: string;
    }
  /** Conditions, a line a fact. */
  | { readonly is: 'tests'; readonly filled?: boolean }
  /** What a single fact is tested for: a value, a list of values, or operators. */
  | { readonly is: 'test' }
  /** The facts of an example. */
  | { readonly is: 'given' }
  | { readonly is: 'anything' };

export interface Key {
  readonly form: Form;
  /** A sentence or two, for somebody who writes this key for the first time. */
  readonly says: string;
  readonly needed: boolean;
  /** Whether something must stand behind it, if it is there. */
  readonly filled: boolean;
  /** Not needed where this other key stands. */
  readonly unless?: string;
  /** One of these keys must stand beside it: it only says more about them. */
  readonly beside?: readonly string[];
}

/** A block of keys. `what` is how messages name it. */
export interface Block<Name extends string = string> {
  readonly what: string;
  readonly keys: Readonly<Record<Name, Key>>;
  /** Some of these keys must stand in it, or `one` of them only; `message` says what is wrong otherwise. */
  readonly some?: { readonly of: readonly Name[]; readonly one?: boolean; readonly message: string };
}

function block<Name extends string>(
  what: string,
  keys: Record<Name, Key>,
  some?: Block<NoInfer<Name>>['some'],
): Block<Name> {
  return some === undefined ? { what, keys } : { what, keys, some };
}

/** A key that must be there. */
const must = (form: Form, says: string): Key => ({ form, says, needed: true, filled: true });
/** A key that may be left out or empty. */
const may = (form: Form, says: string): Key => ({ form, says, needed: false, filled: false });
/** A key that may be left out, but says something where it stands. */
const act = (form: Form, says: string): Key => ({ form, says, needed: false, filled: true });
const beside = (heads: readonly string[], form: Form, says: string): Key => ({
  ...may(form, says),
  beside: heads,
});
const unless = (other: string, form: Form, says: string): Key => ({ ...must(form, says), unless: other });

const text: Form = { is: 'text', called: 'text' };
const texts: Form = { is: 'some', of: text, called: 'texts' };
const id: Form = { is: 'text', like: 'id' };
const word: Form = { is: 'text', like: 'word' };
const yesNo: Form = { is: 'yes-no' };
const date: Form = { is: 'date' };
const number: Form = { is: 'number' };
const fields: Form = { is: 'some', of: { is: 'name', of: 'field' }, called: 'fields' };
const procedure: Form = { is: 'name', of: 'procedure' };
const fact: Form = { is: 'name', of: 'fact' };
const blocks = (of: Block): Form => ({ is: 'list', of: { is: 'block', of } });
const textByField: Form = { is: 'pairs', key: 'field', value: text, called: 'text-by-field' };
const factByField: Form = { is: 'pairs', key: 'field', value: fact, called: 'fact-by-field' };
const pairs = (key: 'field' | 'word' | 'text', value: Form): Form => ({ is: 'pairs', key, value });

// Where a rule comes from

export const SOURCE = block('a source', {
  document: must(text, 'The document that says so: an article, a policy, a note of the team.'),
  section: may(text, 'The section or heading in the document.'),
});

export const BASIS_WORDS: Readonly<Record<(typeof BASES)[number], string>> = {
  stated: 'The porting-out article says so.',
  found: 'Another public source says so.',
  ours: 'Nobody said so; an agent would want it. It may not write an address.',
  reconstructed:
    'The article had it, it is lost, and we filled the hole. It may not `set`, `copy` or `lowest`: a person confirms.',
};

const WHY = 'The reason, for the agent who meets it.';
const FROM_WHERE = {
  source: 'Where it comes from: `{ document, section }`.',
  basis: 'How sure it is.',
};

const source = (need: typeof must): { source: Key; basis: Key } => ({
  source: need({ is: 'block', of: SOURCE }, FROM_WHERE.source),
  basis: need({ is: 'words', of: BASIS_WORDS, called: 'basis' }, FROM_WHERE.basis),
});

const OWNED = {
  owner: may(text, 'Who answers for it.'),
  'review-by': may(date, 'The day by which to look at it again, such as 2027-06-30.'),
};

const DATED = {
  ...OWNED,
  from: may(date, 'The first day on which it holds, such as 2026-07-01. Before it, it takes no part.'),
  until: may(date, 'The last day on which it holds. After it, it takes no part.'),
};

const unread = may({ is: 'anything' }, 'Kept for people; not run.');

// Conditions

export const RESERVED = {
  blank: 'Nothing stands there, or only spaces.',
  present: 'Something stands there.',
  known: 'Something stands there, and it is in the list (carriers, countries).',
  unknown: 'Something stands there, and it is not in the list (carriers, countries).',
  any: 'Whatever stands there; it only helps the reader.',
} as const;

export const OPERATORS = block('a test', {
  equals: act(
    texts,
    'Equal to this text or one of these, spaces around it and case apart. For a text that would be a reserved word, such as `{ equals: "blank" }`.',
  ),
  not: act({ is: 'test' }, 'Something stands there, and what is written here does not hold.'),
  exactly: act(texts, 'Equal to the letter: nothing trimmed, `X` is not `x`. A list is one of them.'),
  'starts-with': act(texts, 'The text begins so. A list is one of these beginnings.'),
  matches: act(
    { is: 'text', like: 'pattern' },
    'The regular expression is found in the text: `"^[0-9]{4,10}$"`. RE2’s syntax, without look-around.',
  ),
  'same-as': act(fact, 'Equal to another fact. Where one of the two is blank, it does not hold.'),
  'identical-to': act(
    fact,
    'Equal to another fact to the letter. Where one of the two is blank, it does not hold.',
  ),
  'at-most': act(number, 'A number that is not above this one.'),
  'at-least': act(number, 'A number that is not below this one.'),
  below: act(number, 'A number below this one.'),
  above: act(number, 'A number above this one.'),
  between: act({ is: 'range' }, 'A number from the first to the second: `[10, 20]`. Both count.'),
});

// Actions

export const ANSWERABLE = block('a field to fill', {
  field: must(word, 'The name of the field. One that the record does not have becomes a column at the end.'),
  label: may(text, 'What the agent reads, and the header of the added column.'),
  pattern: may({ is: 'text', like: 'pattern' }, 'A regular expression that the answer must fit.'),
  format: beside(['pattern'], text, 'What fits the pattern, in words for the agent.'),
});

const answerables: Form = {
  is: 'some',
  called: 'for',
  of: {
    is: 'either',
    of: [
      { is: 'name', of: 'field' },
      { is: 'block', of: ANSWERABLE },
    ],
  },
};

export const SEVERITY_WORDS = {
  info: 'Good to know.',
  warning: 'Worth a look. What a flag is where nothing is said.',
  error: 'Damage: it stops the delivery until it is corrected or acknowledged.',
} as const;

const byCarrier = { [BY_CARRIER]: 'As the look-ups say for the row’s country and carrier.' };

const ASKS = ['ask', 'offer', 'refer'];

export const THEN = block('`then`', {
  keep: act(fields, 'Decides that nothing changes in this cell.'),
  clear: act(fields, 'Empties the cell, or several.'),
  set: act(textByField, 'Writes a constant: `{ company: Acme }`.'),
  copy: act(
    factByField,
    'Writes another fact: `{ billingTelephoneNumber: phoneNumber }`. Where that is blank, the agent is asked for it.',
  ),
  lowest: act(
    { is: 'pairs', key: 'field', value: fact, per: fact },
    'Writes the lowest number over the file’s rows of one group: `{ billingTelephoneNumber: phoneNumber }` with `per: carrier`.',
  ),
  per: beside(['lowest'], fact, 'What the group has in common: `carrier`.'),
  'look-up': act(
    { is: 'name', of: 'procedure', or: byCarrier },
    'Gives the agent a task with the steps of this procedure, or those that the look-ups say (`by-carrier`).',
  ),
  for: {
    ...beside(['look-up', 'refer'], answerables, 'The field that the answer fills, or several.'),
    filled: true,
  },
  ask: act(
    { is: 'name', of: 'asked' },
    'Asks for a fact; then the row is decided again with the answer in place.',
  ),
  choices: beside(['ask'], texts, 'The answers to choose from.'),
  suggest: beside(['ask'], fact, 'A fact that holds a likely answer.'),
  offer: act(
    factByField,
    'Suggests what stands in a fact, to be confirmed or replaced: `{ address: customer.billingAddress }`.',
  ),
  refer: act(
    text,
    'Hands the row to `manager`, `lead` or a queue. With `for`, their answer fills the field.',
  ),
  procedure: beside(ASKS, procedure, 'The procedure whose steps stand beside the question.'),
  exclude: act(text, 'Leaves the row out of the delivery, for this reason.'),
  flag: act(
    text,
    'Says something. `{pin}`, `{original.pin}` or any other fact is filled in; so are `{nearest carrier}` and `{nearest country}`.',
  ),
  severity: beside(['flag'], { is: 'words', of: SEVERITY_WORDS }, 'How much the flag weighs.'),
  about: beside(['flag'], { is: 'name', of: 'field' }, 'The cell that the flag is about.'),
  stop: act({ is: 'yes' }, '`true`: later stages, but for the checks, leave the row alone.'),
});

// Examples

export const STATUS_WORDS = {
  ready: 'Nothing is left to do.',
  unresolved: 'A task is open.',
  excluded: 'It leaves the delivery.',
} as const;

export const EXPECT = block('an expectation', {
  set: may(textByField, 'What stands in the cell afterwards, whichever action wrote it.'),
  clear: may(fields, 'The cell that is emptied.'),
  'look-up': may(
    { is: 'some', of: { is: 'name', of: 'procedure', or: byCarrier } },
    'The procedure of a task.',
  ),
  for: may(answerables, 'The fields that a task fills.'),
  ask: may({ is: 'some', of: { is: 'name', of: 'asked' } }, 'The fact that is asked for.'),
  offer: may(
    { is: 'either', of: [fields, textByField] },
    'The field that something is suggested for; with a text, what is suggested.',
  ),
  refer: may(texts, 'Whom the row is handed to.'),
  exclude: may(text, 'Words of the reason, or `yes`.'),
  flag: may(texts, 'A rule’s id, or words of the message.'),
  keep: may(fields, 'The cell of which is decided that nothing changes.'),
  status: may({ is: 'words', of: STATUS_WORDS }, 'What the row is in the end.'),
});

export const EXAMPLE = block(
  'an example',
  {
    given: {
      ...must({ is: 'given' }, 'The row: facts and their values. All others are blank.'),
      filled: false,
    },
    expect: may({ is: 'block', of: EXPECT }, 'What must come of it. The rule must have acted, too.'),
    'expect-not': may({ is: 'block', of: EXPECT }, 'What must not come of it.'),
  },
  { of: ['expect', 'expect-not'], message: 'an example expects nothing' },
);

const examples = must(
  blocks(EXAMPLE),
  'Small rows and what must come of them: one `expect` for each way into it, and for each condition an `expect-not` in which only that condition fails.',
);

// kind: rules

export const RULE = block('a rule', {
  id: must(id, 'A name for reports, in letters, digits and dashes. Nothing else in the files may have it.'),
  title: must(text, 'The rule in a few words.'),
  when: may({ is: 'tests' }, 'The conditions, one line a fact. All must hold.'),
  'when-any': act(
    { is: 'list', of: { is: 'tests', filled: true } },
    'Blocks of conditions; at least one block must hold, beside `when`.',
  ),
  // biome-ignore lint/suspicious/noThenProperty: the language's own word; it holds a key and is never awaited
  then: must({ is: 'block', of: THEN }, 'What is done.'),
  why: must(text, WHY),
  ...source(must),
  ...DATED,
  examples: examples,
});

export const STAGE_WORDS: Readonly<Record<(typeof STAGES)[number], string>> = {
  correct: 'Cells that mean nothing become blank.',
  scope: 'Does the row belong here?',
  facts: 'What is known from other files.',
  address: 'Where the address comes from.',
  fields: 'PIN, BTN, name, account number, company.',
  checks: 'The last look, with the answers in place.',
};

export const MATCH_WORDS = {
  first: 'The first rule that holds decides, and the rest are not tried.',
  all: 'Every rule that holds acts.',
} as const;

// kind: corrections

export const CORRECTION = block('a correction', {
  id: must(id, 'A name for reports.'),
  title: may(text, 'The correction in a few words.'),
  'blank-cells': must(
    texts,
    'Texts that mean nothing. A cell that is one of them as a whole, in any case, becomes blank.',
  ),
  why: must(text, WHY),
  ...source(must),
  ...DATED,
  examples: unread,
});

// kind: procedures

export const PROCEDURE = block('a procedure', {
  id: must(id, 'The name by which rules and look-ups call it.'),
  title: must(text, 'What the agent reads above the steps.'),
  steps: must(texts, 'What the agent does, step by step.'),
  where: may(text, 'The system or portal where the steps are walked.'),
  yields: may(text, 'What the agent comes back with.'),
  why: may(text, WHY),
  ...source(may),
  // No dates: rules go on naming it.
  ...OWNED,
  examples: unread,
});

// kind: carriers

export const CARRIER = block('a carrier', {
  name: must(
    text,
    'The name by which rules call it, as files show it. A name with a comma in it needs quotes.',
  ),
  also: may(texts, 'Other names of it. Company form and a trailing state do not count.'),
  not: may(texts, 'Names that look alike and are somebody else. They beat every `also`.'),
  pin: may(text, 'Its PIN: the fact `carrier.pin`. Rules say where it applies.'),
  why: may(text, WHY),
  ...source(may),
  // No dates: a name does not stop being a carrier's name.
  ...OWNED,
  examples: unread,
});

export const LOOK_UP = block(
  'a look-up',
  {
    country: must(
      { is: 'name', of: 'country', or: { any: 'Every country.' } },
      'The country it is for, or `any`.',
    ),
    carrier: must(
      { is: 'name', of: 'carrier', or: { any: 'Every carrier.' } },
      'The carrier it is for, or `any`.',
    ),
    how: may(texts, 'What the agent does, step by step.'),
    procedure: may(procedure, 'The procedure whose steps are walked where `how` is empty.'),
    refer: may(text, 'Whom to ask instead: `manager`, `lead` or a queue.'),
    for: unless('refer', answerables, 'The field that the answer fills, or several.'),
    id: may(id, 'A name for reports; made of country and carrier where nothing is said.'),
    why: may(text, WHY),
    ...source(must),
    ...DATED,
    examples: examples,
  },
  { of: ['how', 'procedure', 'refer'], message: 'a look-up says neither how nor whom to ask' },
);

// kind: escalations

export const CODE = block('a code', {
  code: must(text, 'The code as the rejection shows it.'),
  carrier: must({ is: 'name', of: 'carrier' }, 'The carrier whose code it is.'),
});

export const CATEGORY = block('a category', {
  id: must(id, 'The name by which escalations call it.'),
  title: may(text, 'What the agent reads.'),
  words: may(texts, 'Whole words that count beside a word of rejection.'),
  phrases: may(texts, 'Whole phrases that count alone.'),
  codes: may(
    { is: 'some', of: { is: 'either', of: [text, { is: 'block', of: CODE }] } },
    'Codes that count alone. `{ code, carrier }` is one carrier’s.',
  ),
  not: may(texts, 'Phrases that cancel the category.'),
  over: may({ is: 'some', of: { is: 'name', of: 'category' } }, 'Categories that it displaces.'),
  hint: may(text, 'What may help; it is no policy.'),
  why: may(text, WHY),
  ...source(may),
  // No dates: escalations go on naming it.
  ...OWNED,
});

export const ESCALATION_EXPECT = block('an expectation of an escalation', {
  rule: may(text, 'The id of the escalation that is found.'),
  resolution: may(text, 'Its resolution.'),
  refer: may(text, 'Whom it refers to.'),
  give: may(pairs('text', text), 'What it gives.'),
});

export const ESCALATION_GIVEN = block('`given` of an escalation', {
  text: must(text, 'What the rejection says.'),
  carrier: may(text, 'The carrier that rejected.'),
});

export const ESCALATION_EXAMPLE = block(
  'an example of an escalation',
  {
    given: must({ is: 'block', of: ESCALATION_GIVEN }, 'The rejection: `{ carrier, text }`.'),
    expect: may({ is: 'block', of: ESCALATION_EXPECT }, 'What must be found for it.'),
    'expect-not': may({ is: 'block', of: ESCALATION_EXPECT }, 'What must not be found for it.'),
  },
  { of: ['expect', 'expect-not'], one: true, message: 'an example expects one thing' },
);

export const ESCALATION = block('an escalation', {
  id: must(id, 'A name for reports.'),
  carrier: must(
    { is: 'some', of: { is: 'name', of: 'carrier', or: { any: 'Every carrier.' } } },
    'The carrier that rejects, a list of them, or `any`.',
  ),
  category: must(
    { is: 'some', of: { is: 'name', of: 'category', or: { any: 'Every rejection.' } } },
    'The category of the rejection, a list of them, or `any`.',
  ),
  resolution: must(text, 'What to do, for the agent.'),
  give: may(textByField, 'What the customer is given, by field.'),
  refer: may(text, 'Whom to ask: `manager`, `lead` or a queue.'),
  procedure: may(procedure, 'The procedure whose steps carry the resolution out.'),
  why: may(text, WHY),
  ...source(must),
  ...DATED,
  examples: must(blocks(ESCALATION_EXAMPLE), 'Rejections, and whether this escalation is found for them.'),
});

// kind: layouts

export const FIELD = block('a field', {
  label: may(text, 'What people read.'),
  type: may({ is: 'name', of: 'field-type' }, 'How its values compare: a type, or a list of `values`.'),
  headers: may(texts, 'Headers under which it stands. Case, spaces, underscores and dashes do not count.'),
  'input-only': may(
    yesNo,
    'Whether it only goes in: what rules and answers make of it is a fact and never delivered; a column of the file goes out as it came in.',
  ),
});

export const COLUMN = block('a column', {
  letter: may(
    { is: 'text', like: 'letter' },
    'The column’s letter, such as `D`. The field must stand there, or under one of the headers.',
  ),
  headers: may(texts, 'Headers that mean this field in this layout only.'),
});

export const OUTPUT_COLUMN = block('a column of the output', {
  field: must({ is: 'name', of: 'field' }, 'The field that stands in it.'),
  header: must(text, 'Its header, to the letter.'),
});

export const LAYOUT = block('a layout', {
  id: must(id, 'The name by which `--layout` and the fact `system` call it.'),
  title: may(text, 'What people read.'),
  'all-of': may(fields, 'Fields that must be found by their headers.'),
  'none-of': may(fields, 'Fields that must not be found.'),
  columns: may(
    pairs('field', { is: 'block', of: COLUMN }),
    'Headers and letters of this layout only, by field.',
  ),
  output: may(
    {
      is: 'either',
      of: [{ is: 'words', of: { same: 'The file’s own columns.' } }, blocks(OUTPUT_COLUMN)],
    },
    '`same`, or the columns of the delivered file, in order.',
  ),
  delivers: may(
    { is: 'some', of: { is: 'words', of: { csv: 'A CSV file.', docx: 'A Word document.' } } },
    'What goes out unless the agent says otherwise.',
  ),
  'default-country': may(
    { is: 'name', of: 'country' },
    'The country of numbers that are written without one.',
  ),
  why: may(text, WHY),
  ...source(may),
});

// kind: intake

export const QUESTION_WORDS = {
  text: 'A short answer.',
  choice: 'One of `choices`.',
  'yes-no': 'Yes or no.',
  sentence: 'A whole sentence.',
} as const;

export const CHOICE = block('a choice', {
  value: must(text, 'What the fact then is.'),
  label: may(text, 'What the agent reads.'),
});

export const QUESTION = block('a question', {
  id: must(word, 'It becomes the fact `customer.<id>`.'),
  question: must(text, 'What is asked.'),
  type: must({ is: 'words', of: QUESTION_WORDS }, 'What the answer looks like.'),
  help: may(text, 'What stands below the question.'),
  choices: may(
    { is: 'some', of: { is: 'either', of: [text, { is: 'block', of: CHOICE }] } },
    'The answers to choose from, for `type: choice`.',
  ),
  blocks: may(yesNo, 'Whether the delivery waits for an answer; it does where nothing is said.'),
  'must-be': may(text, 'The only answer with which the delivery goes on.'),
  otherwise: may(text, 'What to say where the answer is another.'),
  'not-answers': may(
    { is: 'some', of: text },
    'Texts that are no answer, such as `no` where a name is asked for.',
  ),
  why: may(text, WHY),
  ...source(may),
});

export const CASE_FIELD = block('a field of the case', {
  label: must(text, 'The name of the field in the case.'),
  text: may(
    text,
    'What stands in it; `{numbers}`, `{count}`, `{reason}`, `{verification}` and `{customer}` are filled in.',
  ),
  choices: may(texts, 'The values that the field offers.'),
});

export const CASE = block('the case', {
  fields: may(blocks(CASE_FIELD), 'The fields of the case, in order.'),
  eligibility: may(text, 'Which numbers can be ported out at all.'),
  unverified: may(text, 'What is said where no verification is noted.'),
  notices: may(texts, 'What the support agent must know.'),
  'after-saving': may(texts, 'What to do once the case is saved.'),
  why: may(text, WHY),
  ...source(may),
});

// kind: sources

export const TEXT_WORDS = {
  case: 'The case that a support agent opens, in the intake.',
  delivery: 'File names and the hand-over.',
} as const;

export const PARAGRAPH = block('a paragraph', {
  says: must(text, 'What the paragraph rules, in words of your own.'),
  rules: may(texts, 'Rules, corrections, look-ups and escalations that carry it out, by their ids.'),
  carriers: may(texts, 'Carriers in whose names or PINs it stands.'),
  procedures: may(texts, 'Procedures whose steps carry it out, by their ids.'),
  questions: may(texts, 'Questions of the intake that carry it out, by their ids.'),
  layouts: may(texts, 'Layouts that carry it out, by their ids.'),
  texts: may({ is: 'some', of: { is: 'words', of: TEXT_WORDS } }, 'Texts that carry it out.'),
  'no-rule': may(text, 'Why it needs no rule; or why what its rules leave out needs none.'),
});

export const SECTION = block('a section', {
  title: must(text, 'Its heading, as the rules name it in `source`.'),
  paragraphs: may(blocks(PARAGRAPH), 'What it rules, paragraph by paragraph.'),
});

export const DOCUMENT = block('a document', {
  id: must(id, 'The name by which rules call it in `source`.'),
  title: must(text, 'Its title.'),
  about: may(text, 'What kind of document it is, and where it is to be found.'),
  sections: may(blocks(SECTION), 'Its sections, in their order.'),
});

// Whole files

export const KIND_WORDS = {
  rules: 'A table of rules.',
  corrections: 'Cells that mean nothing.',
  carriers: 'Carriers by all their names, their PINs; look-ups by country and carrier.',
  escalations: 'What to do about a rejection.',
  procedures: 'The steps of look-ups.',
  layouts: 'What files look like, and what is delivered.',
  intake: 'What is asked once; the support agent’s case.',
  delivery: 'File names and the hand-over.',
  sources: 'The documents that rules come from, and what carries each paragraph out.',
} as const;

export type Kind = keyof typeof KIND_WORDS;

const HEAD = {
  kind: must(
    { is: 'words', of: KIND_WORDS, called: 'kind' },
    'What the file holds. One file holds one kind of thing.',
  ),
  title: may(text, 'What the file is about, in a few words.'),
};

const fileName: Form = { is: 'text', like: 'file-name' };

/** The keys of one file of each kind. */
export const FILES: Readonly<Record<Kind, Block>> = {
  rules: block('a table', {
    ...HEAD,
    stage: unless(
      'extends',
      { is: 'words', of: STAGE_WORDS },
      'When the table is asked. A stage sees cells as earlier stages left them.',
    ),
    match: unless(
      'extends',
      { is: 'words', of: MATCH_WORDS },
      'Whether the first rule that holds decides, or all do.',
    ),
    extends: may(
      { is: 'name', of: 'table' },
      'The table that these rules are put into, in a folder laid over the others with `--extend`.',
    ),
    before: beside(['extends'], { is: 'name', of: 'rule' }, 'The rule to go before; else the table’s first.'),
    rules: must(blocks(RULE), 'The rules. Their order matters where the first that holds decides.'),
  }),
  corrections: block('a file of corrections', {
    ...HEAD,
    corrections: may(blocks(CORRECTION), 'Texts that become blank cells.'),
  }),
  carriers: block('a file of carriers', {
    ...HEAD,
    'ignore-words': may(texts, 'Words that do not count when names are compared: `LLC`, `Inc`.'),
    states: may(pairs('text', text), 'States that may trail a carrier’s name: their codes and names.'),
    carriers: may(blocks(CARRIER), 'Carriers by all their names.'),
    'look-ups': may(
      blocks(LOOK_UP),
      'How to find what the record lacks, by country and carrier. The most specific one wins.',
    ),
  }),
  escalations: block('a file of escalations', {
    ...HEAD,
    'rejection-words': may(texts, 'Words beside which a category’s `words` count: `invalid`, `mismatch`.'),
    categories: may(blocks(CATEGORY), 'What a rejection can be about.'),
    escalations: may(blocks(ESCALATION), 'What to do about it, by carrier and category.'),
  }),
  procedures: block('a file of procedures', {
    ...HEAD,
    procedures: may(blocks(PROCEDURE), 'Steps that rules and look-ups call by id.'),
  }),
  layouts: block('a file of layouts', {
    ...HEAD,
    values: may(
      pairs('text', pairs('text', texts)),
      'Texts that mean the same, by list and by the name that rules use.',
    ),
    countries: may(
      pairs('text', { is: 'name', of: 'country' }),
      'Names of countries beside ISO’s own, and what each means.',
    ),
    fields: may(pairs('word', { is: 'block', of: FIELD }), 'The fields of the record.'),
    layouts: may(blocks(LAYOUT), 'What files look like. The first that fits is taken.'),
  }),
  intake: block('a file of the intake', {
    ...HEAD,
    questions: may(blocks(QUESTION), 'What is asked once, before the work begins.'),
    case: may({ is: 'block', of: CASE }, 'The case that a support agent opens.'),
  }),
  delivery: block('a file of the delivery', {
    ...HEAD,
    'file-name': may(fileName, 'The name of the CSV file; `{customer}` is filled in.'),
    'partial-file-name': may(fileName, 'Its name while some rows stay open.'),
    'word-file-name': may(fileName, 'The name of the Word document.'),
    template: may(text, 'The template that the agent sends the files with.'),
    'hand-over': may(
      texts,
      'What is said with the files, a line each; `{files}`, `{customer}` and `{numbers}` are filled in.',
    ),
    'partial-hand-over': may(texts, 'What is said instead while some rows stay open.'),
    'word-notice': may(text, 'What is said where the customer gets a Word document.'),
    'resolved-note': may(text, 'The note with which the case is resolved.'),
  }),
  sources: block('a file of sources', {
    ...HEAD,
    documents: may(blocks(DOCUMENT), 'The documents that rules name in `source`.'),
  }),
};
