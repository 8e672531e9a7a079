/** The words that rules may use: facts, fields, and the names that rule files give to things. */
import { ANY_CELL, type Books, factType } from './facts.ts';
import { type Findings, nearestWords, type TextNode } from './load-yaml.ts';
import type { Place } from './problem.ts';
import type { FactType, FieldDef, Question } from './rule.ts';

/** Fields of the customer record that exist whatever the layouts say, and how they compare. */
export const CANONICAL_FIELDS: Readonly<Record<string, FactType>> = {
  phoneNumber: 'phone',
  country: 'country',
  carrier: 'carrier',
  accountNumber: 'text',
  origin: { values: 'origin' },
  status: { values: 'status' },
  category: { values: 'category' },
  authorizedFirstName: 'text',
  authorizedLastName: 'text',
  billingTelephoneNumber: 'phone',
  address: 'text',
  pin: 'text',
  company: 'text',
  daysSinceActive: 'number',
};

/** How the values of a field can compare, beside the lists of values. */
export const FIELD_TYPES = ['text', 'carrier', 'country', 'phone', 'yes-no', 'number'] as const;

/** Customer facts that exist whatever the intake asks. */
const CUSTOMER_FACTS: Readonly<Record<string, string>> = {
  name: 'The customer’s name.',
  company: 'The company’s name on the account.',
  customerId: 'The customer’s id on the account.',
  accountKind: 'What kind of account it is.',
  administratorFirstName: 'The account administrator’s first name.',
  administratorLastName: 'The account administrator’s last name.',
  contactFirstName: 'The first name of the contact on the case.',
  contactLastName: 'The last name of the contact on the case.',
  billingAddress: 'The billing address of the account.',
  verification: 'Who verified the customer, and how.',
  requesterHasPhoneNumbersRole: 'Whether the requester may take numbers away.',
  scope: 'Whether all numbers are asked for, or a batch.',
  activeWithin60Days: 'Whether all numbers were active of late.',
  reason: 'Why the customer needs the record.',
};

const DERIVED_FACTS: Readonly<Record<string, string>> = {
  'carrier.pin': 'The PIN of the row’s carrier, from the carriers file.',
  'number.country': 'The country that the phone number itself says.',
  'number.type': 'What kind of number it is.',
  'number.valid': 'Whether the phone number can be one: `yes` or `no`.',
  system: 'The file’s layout.',
  'row.duplicate': '`yes` if the number stands in another row too.',
  [ANY_CELL]: 'Every cell of the row: the test holds where one cell makes it hold.',
};

/** What `number.type` can be. */
const NUMBER_TYPES = ['local', 'mobile', 'toll-free', 'premium', 'voip', 'other'];

/** Every word that the rules of a folder may use. */
export interface Vocabulary {
  readonly fields: ReadonlyMap<string, FieldDef>;
  /** Named extra fields that look-ups ask for: field -> label. */
  readonly extras: ReadonlyMap<string, string>;
  readonly questions: ReadonlyMap<string, Question>;
  /** Layout ids; empty where no layouts were read, and then none is checked. */
  readonly systems: readonly string[];
  readonly procedures: ReadonlySet<string>;
  readonly books: Books;
}

export function isField(name: string, words: Vocabulary): boolean {
  return words.fields.has(name) || words.extras.has(name);
}

function isFact(name: string, words: Vocabulary): boolean {
  if (isField(name, words) || Object.hasOwn(DERIVED_FACTS, name)) return true;
  const [head = '', ...rest] = name.split('.');
  const tail = rest.join('.');
  if (head === 'customer') return Object.hasOwn(CUSTOMER_FACTS, tail) || words.questions.has(tail);
  if (head === 'original') return isField(tail, words);
  if (head === 'file') return rest[0] === 'distinct' && isField(rest.slice(1).join('.'), words);
  if (head === 'reference') {
    const [reference = '', ...column] = rest;
    return (
      /^[A-Za-z0-9_-]+$/.test(reference) && (column.join('.') === 'found' || isField(column.join('.'), words))
    );
  }
  return false;
}

/** The facts that need no other name in theirs, each with what it is. */
export function facts(words: Vocabulary): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, label } of words.fields.values()) found.set(name, label);
  for (const [name, label] of words.extras) found.set(name, label);
  for (const [name, says] of Object.entries(DERIVED_FACTS)) found.set(name, says);
  for (const [name, says] of Object.entries(CUSTOMER_FACTS)) found.set(`customer.${name}`, says);
  for (const { id, question } of words.questions.values()) found.set(`customer.${id}`, question);
  return found;
}

function factNames(words: Vocabulary): string[] {
  return [...facts(words).keys()];
}

/** How the values of a fact compare. */
export function typeOfFact(fact: string, words: Vocabulary): FactType {
  const question = questionOf(fact, words);
  return question?.type === 'yes-no' ? 'yes-no' : factType(fact, words.fields);
}

/** All values that a fact can have; null where it can have others. */
export function valuesOfFact(fact: string, words: Vocabulary): readonly string[] | null {
  if (typeOfFact(fact, words) === 'yes-no') return ['yes', 'no'];
  if (fact === 'number.type') return NUMBER_TYPES;
  if (fact === 'system') return words.systems.length > 0 ? words.systems : null;
  const question = questionOf(fact, words);
  return question?.type === 'choice' ? question.choices.map(({ value }) => value) : null;
}

function questionOf(fact: string, words: Vocabulary): Question | undefined {
  return fact.startsWith('customer.') ? words.questions.get(fact.slice('customer.'.length)) : undefined;
}

/** Facts that `word` may have meant. */
function nearestFacts(word: string, words: Vocabulary): string[] {
  const fields = [...words.fields.keys(), ...words.extras.keys()];
  const [head = '', second = ''] = word.split('.');
  const dotted =
    head === 'reference'
      ? [...fields, 'found'].map((field) => `reference.${second}.${field}`)
      : head === 'file'
        ? fields.map((field) => `file.distinct.${field}`)
        : fields.map((field) => `original.${field}`);
  const all = factNames(words);
  return nearestWords(word, word.includes('.') ? [...all, ...dotted] : all);
}

/** Reports a fact that does not exist; true where it does. */
export function checkFact(name: string, place: Place, words: Vocabulary, findings: Findings): boolean {
  if (isFact(name, words)) return true;
  findings.unknown('unknown-fact', place, 'fact', name, factNames(words), {
    nearest: nearestFacts(name, words),
  });
  return false;
}

/** Reports a name that is no cell of the record; true where it is one. */
export function checkField(name: string, place: Place, words: Vocabulary, findings: Findings): boolean {
  if (isField(name, words)) return true;
  if (isFact(name, words)) {
    findings.bad(
      place,
      `\`${name}\` is not a cell of the record`,
      name,
      'a field of the row',
      'only a row’s own fields can be written',
    );
    return false;
  }
  const fields = [...words.fields.keys(), ...words.extras.keys()];
  findings.unknown('unknown-fact', place, 'field', name, fields, { nearest: nearestWords(name, fields) });
  return false;
}

/** A carrier's canonical name, or null with a finding. */
export function knownCarrier(node: TextNode, books: Books, findings: Findings): string | null {
  const text = node.text.trim();
  const name = books.carriers.canonical(text);
  if (name === null) {
    findings.unknown('unknown-carrier', node.place, 'carrier', text, books.carriers.names(), {
      nearest: books.carriers.nearest(text),
      otherwise: 'add it under `carriers:` first',
    });
  }
  return name;
}

/** A country's ISO code, or null with a finding. */
export function knownCountry(node: TextNode, books: Books, findings: Findings): string | null {
  const text = node.text.trim();
  const code = books.countries.code(text);
  if (code === null) {
    findings.unknown('unknown-country', node.place, 'country', text, [], {
      nearest: books.countries.nearest(text),
    });
  }
  return code;
}

/** Reports a procedure that does not exist. */
export function checkProcedure(id: string, place: Place, words: Vocabulary, findings: Findings): void {
  if (!words.procedures.has(id))
    findings.unknown('unknown-procedure', place, 'procedure', id, [...words.procedures]);
}

/** Whether a name may be a field or a fact of its own. */
export function isPlainName(name: string): boolean {
  // `constructor` and its like exist on every object; a cell of that name would be misread somewhere.
  return (
    /^[A-Za-z][A-Za-z0-9_-]*$/.test(name) &&
    !(name in Object.prototype) &&
    name !== ANY_CELL &&
    name !== 'system'
  );
}
