/** JSON Schema (draft 7) for rule files: what the grammar accepts, with the names that a rule set knows. */
import isoCodes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import { makeBooks } from './decide.ts';
import { extraFields } from './facts.ts';
import {
  type Block,
  FILES,
  type Form,
  type Key,
  KIND_WORDS,
  type Kind,
  type Names,
  OPERATORS,
  QUESTION,
  RESERVED,
  RULE,
  THEN,
} from './grammar.ts';
import { FIELD_TYPES, facts, typeOfFact, type Vocabulary, valuesOfFact } from './load-words.ts';
import { CountryBook } from './names.ts';
import { BY_CARRIER, type RuleSet } from './rule.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = { readonly [key: string]: Json };

/**
 * The schema of the rule files that may stand beside these rules: editors complete, explain and check by it.
 *
 * It refuses nothing that the loader accepts, but for two spellings that YAML editors read as something else: a
 * word of the language in quotes with spaces around it, and `null` or `~` without quotes where a text is needed.
 */
export function ruleSchema(rules: RuleSet): Schema {
  return new Writer(rules).schema();
}

/** What may stand behind a key, apart by what YAML makes of it. */
interface Shape {
  readonly scalar?: Schema;
  readonly array?: Schema;
  readonly object?: Schema;
}

/** YAML editors read `0123` and `true` as a number and a boolean; to the rules they are texts. */
const SCALARS = ['string', 'number', 'boolean'];
/** Said of what is none, and not of all: `8e82125` is read as a number beyond all numbers, which has no type at all. */
const SCALAR = condition({ type: ['array', 'object', 'null'] }, { type: SCALARS });
const SCALAR_OR_NULL = condition({ type: ['array', 'object'] }, { type: [...SCALARS, 'null'] });
const TEXT: Schema = { ...SCALAR, pattern: '\\S' };
/** In a list `null` is the word, for nothing else could be meant. */
const TEXT_IN_LIST: Schema = { ...SCALAR_OR_NULL, pattern: '\\S' };
const NUMBER: Schema = { type: ['number', 'string'], pattern: '^\\s*[+-]?[0-9]+(\\.[0-9]+)?\\s*$' };
const NULL: Schema = { type: 'null' };
const OBJECT: Schema = { type: ['object', 'null'] };
/** Names that would be misread as something else somewhere (`isPlainName`). */
const NO_WORDS = [...Object.getOwnPropertyNames(Object.prototype), 'any-cell', 'system'];
const PLAIN_WORD = `(?!(${NO_WORDS.join('|')})$)[A-Za-z][A-Za-z0-9_-]*`;

class Writer {
  readonly #rules: RuleSet;
  readonly #words: Vocabulary;
  /** Field -> what people call it. */
  readonly #fields: ReadonlyMap<string, string>;
  readonly #facts: ReadonlyMap<string, string>;
  readonly #definitions: Record<string, Schema> = {};
  readonly #blocks = new Map<string, Block>();

  constructor(rules: RuleSet) {
    this.#rules = rules;
    this.#words = {
      fields: rules.layouts.fields,
      extras: extraFields(rules),
      questions: new Map(rules.intake.questions.map((question) => [question.id, question])),
      systems: rules.layouts.layouts.map(({ id }) => id),
      procedures: new Set(rules.procedures.keys()),
      books: makeBooks(rules),
    };
    const declared = [...rules.layouts.fields.values()].map(({ name, label }) => [name, label] as const);
    this.#fields = new Map([...declared, ...this.#words.extras]);
    this.#facts = this.#allFacts();
  }

  schema(): Schema {
    const kinds = Object.keys(KIND_WORDS) as Kind[];
    const files = kinds.map((kind) => condition(keyIs('kind', kind), this.#block(FILES[kind], kind)));
    return {
      $schema: 'http://json-schema.org/draft-07/schema#',
      description: 'A file of rules for Customer Service Records. One file holds one kind of thing.',
      type: 'object',
      required: ['kind'],
      properties: { kind: this.#key(FILES.rules.keys.kind as Key) },
      allOf: files,
      definitions: Object.fromEntries(Object.entries(this.#definitions).sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  /** Every fact with what it is; those of joined files as far as the rules read them. */
  #allFacts(): Map<string, string> {
    const all = facts(this.#words);
    for (const [name, label] of this.#fields) {
      all.set(`original.${name}`, `${label}, as it came in.`);
      all.set(`file.distinct.${name}`, `${label}: how many different values the column has.`);
    }
    const tests = this.#rules.tables.flatMap(({ rules }) =>
      rules.flatMap(({ when, whenAny }) => [...when, ...whenAny.flat()]),
    );
    for (const { fact } of tests) {
      const [, file, field = ''] = /^reference\.([^.]+)\.(.+)$/.exec(fact) ?? [];
      if (file === undefined) continue;
      const label = this.#fields.get(field);
      const says = label === undefined ? 'Whether the row stands in' : `${label} of the row in`;
      all.set(fact, `${says} the file given with \`--reference ${file}=FILE\`.`);
    }
    return all;
  }

  /** A reference to a definition, which is made once. */
  #define(name: string, make: () => Schema): Schema {
    if (!Object.hasOwn(this.#definitions, name)) {
      // Its name is taken while it is made, for what holds itself.
      this.#definitions[name] = {};
      this.#definitions[name] = make();
    }
    return { $ref: `#/definitions/${name}` };
  }

  #block(block: Block, name = nameOf(block)): Schema {
    if ((this.#blocks.get(name) ?? block) !== block) throw new Error(`two blocks are called ${name}`);
    this.#blocks.set(name, block);
    return this.#define(name, () => {
      const keys = Object.entries(block.keys);
      const needed = keys.filter(([, key]) => key.needed && key.unless === undefined);
      const beside = keys.flatMap(([name, { beside }]): [string, Json][] =>
        beside ? [[name, someOf(beside)]] : [],
      );
      const more = keys.flatMap(([name, { unless }]) =>
        unless === undefined ? [] : [someOf([unless, name])],
      );
      if (block.some) more.push(someOf(block.some.of, block.some.one));
      more.push(...(MORE.get(block) ?? []));
      return {
        ...OBJECT,
        properties: Object.fromEntries(keys.map(([name, key]) => [name, this.#key(key)])),
        ...(needed.length > 0 ? { required: needed.map(([name]) => name) } : {}),
        ...(beside.length > 0 ? { dependencies: Object.fromEntries(beside) } : {}),
        additionalProperties: false,
        ...(more.length > 0 ? { allOf: more } : {}),
      };
    });
  }

  #key({ form, says, filled }: Key): Schema {
    return this.#described(says, this.#form(form, filled));
  }

  /** A schema with what its key says. Editors show the first description that they come by: not that of a word in it. */
  #described(description: string, schema: Schema): Schema {
    const { $ref } = schema;
    if ($ref === undefined) {
      const { allOf = [], ...rest } = schema;
      return 'anyOf' in schema
        ? { description, allOf: [{ description }, ...(allOf as Json[])], ...rest }
        : { description, ...schema };
    }
    const target = this.#definitions[String($ref).replace('#/definitions/', '')];
    return { description, allOf: target && 'anyOf' in target ? [{ description }, schema] : [schema] };
  }

  #form(form: Form, filled: boolean): Schema {
    const made = () => compose(this.#shape(form, filled), filled);
    return 'called' in form ? this.#define(`${form.called}${filled ? '' : '-if-any'}`, made) : made();
  }

  #shape(form: Form, filled: boolean): Shape {
    switch (form.is) {
      case 'text':
        return { scalar: textLike(form.like, filled) };
      case 'date':
        return {
          scalar: {
            type: filled ? 'string' : ['string', 'null'],
            pattern: '^\\s*[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\\s*$',
          },
        };
      case 'yes-no':
        return { scalar: { enum: ['yes', 'no', 'true', 'false', true, false, ...(filled ? [] : [null])] } };
      case 'yes':
        return { scalar: { enum: [true, 'true', 'yes'] } };
      case 'number':
        return { scalar: NUMBER };
      case 'range':
        return { array: { type: 'array', items: NUMBER, minItems: 2, maxItems: 2 } };
      case 'words':
        return { scalar: optional({ anyOf: eachOf(Object.entries(form.of)) }, filled) };
      case 'name':
        return { scalar: optional(this.#name(form.of, form.or ?? {}), filled) };
      case 'list':
        return { array: list(this.#form(form.of, true), filled) };
      case 'some': {
        const one = this.#shape(form.of, true);
        const item = form.of.is === 'text' ? { scalar: TEXT_IN_LIST } : one;
        return { ...this.#shape(form.of, filled), array: list(compose(item, true), filled) };
      }
      case 'either':
        return Object.assign({}, ...form.of.map((one) => this.#shape(one, filled)));
      case 'block':
        return { object: this.#block(form.of) };
      case 'pairs':
        return { object: this.#pairs(form, filled) };
      case 'tests':
        return { object: this.#tests(form.filled === true) };
      case 'test':
        return this.#testShape('pin', true);
      case 'given':
        return { object: this.#given() };
      case 'anything':
        return { scalar: {}, array: {}, object: {} };
    }
  }

  #pairs({ key, value, per }: Extract<Form, { is: 'pairs' }>, filled: boolean): Schema {
    const values = this.#form(value, filled);
    const atLeast = filled ? { minProperties: 1 } : {};
    if (key === 'text') return { ...OBJECT, additionalProperties: values, ...atLeast };
    if (key === 'word')
      return {
        ...OBJECT,
        patternProperties: { [`^${PLAIN_WORD}$`]: values },
        additionalProperties: false,
        ...atLeast,
      };
    const fields = [...this.#fields].map(([name, label]): [string, Schema] => [
      name,
      this.#described(label, values),
    ]);
    const properties = Object.fromEntries(fields);
    if (per) properties.per = this.#described((THEN.keys.per as Key).says, this.#form(per, true));
    return { ...OBJECT, properties, additionalProperties: false, ...atLeast };
  }

  /** A name of one kind, or one of the words beside it. */
  #name(of: Names, or: Readonly<Record<string, string>>): Schema {
    const { tables, procedures, categories, layouts } = this.#rules;
    const words = Object.entries(or);
    switch (of) {
      case 'field':
        return this.#define('field-name', () => oneOf([...this.#fields]));
      case 'asked':
        return this.#define('asked', () =>
          oneOf([...this.#fields, ...[...this.#facts].filter(([fact]) => fact.startsWith('customer.'))]),
        );
      case 'fact':
        // Patterns, because editors take long over many alternatives that do not fit.
        return this.#define('fact-name', () => ({
          type: 'string',
          anyOf: [
            { pattern: `^(${[...this.#facts.keys()].map(literally).join('|')})$` },
            { pattern: this.#referencePattern(this.#columns()) },
            ...eachOf([...this.#facts]),
          ],
        }));
      case 'carrier':
      case 'country':
        return words.length > 0 ? { anyOf: [this.#open(of), ...eachOf(words)] } : this.#open(of);
      case 'procedure':
      case 'category': {
        const names = of === 'procedure' ? [...procedures.values()] : categories;
        const name = [of, 'name', ...words.map(([word]) => `or-${word}`)].join('-');
        return this.#define(name, () =>
          oneOf([...words, ...names.map(({ id, title }) => [id, title] as const)]),
        );
      }
      case 'table':
        return oneOf(
          tables.flatMap(({ file, title }) => [
            [file, title],
            [file.replace(/\.ya?ml$/, ''), title],
          ]),
        );
      case 'rule':
        return oneOf(tables.flatMap(({ rules }) => rules.map(({ id, title }) => [id, title] as const)));
      case 'field-type':
        return oneOf([...FIELD_TYPES, ...layouts.values.keys()].map((type) => [type, null]));
    }
  }

  /** Names to complete from, where any text may stand: a carrier and a country have many spellings. */
  #open(of: 'carrier' | 'country'): Schema {
    const names = (): Word[] =>
      of === 'country' ? countries(this.#rules) : this.#rules.carriers.map(({ name }) => [name, null]);
    return this.#define(`${of}-name`, () => ({ anyOf: [TEXT, ...eachOf(names())] }));
  }

  /** A pattern of the facts of joined files, those that have a line of their own left out. */
  #referencePattern(fields: readonly string[]): string {
    const own = [...this.#facts.keys()].filter((fact) => fact.startsWith('reference.'));
    const others = own.length > 0 ? `(?!(${own.map(literally).join('|')})$)` : '';
    return `^${others}reference\\.[A-Za-z0-9_-]+\\.(${fields.map(literally).join('|')})$`;
  }

  /** What can be asked of a row of a joined file. */
  #columns(): string[] {
    return ['found', ...this.#fields.keys()];
  }

  // Conditions

  #tests(filled: boolean): Schema {
    const tests = this.#define('tests', () => ({
      ...OBJECT,
      properties: Object.fromEntries(
        [...this.#facts].map(([fact, says]) => [fact, { description: says, allOf: [this.#test(fact)] }]),
      ),
      patternProperties: Object.fromEntries(this.#referenceTests()),
      additionalProperties: false,
    }));
    return filled ? { allOf: [tests, { minProperties: 1 }] } : tests;
  }

  /** Facts of joined files that no rule reads yet: a pattern of names for each way to test them. */
  #referenceTests(): [string, Schema][] {
    const alike = new Map<string, string[]>();
    for (const field of this.#columns()) {
      const kind = this.#kindOf(`reference.any.${field}`);
      alike.set(kind, [...(alike.get(kind) ?? []), field]);
    }
    return [...alike.values()].map((fields) => [
      this.#referencePattern(fields),
      this.#test(`reference.any.${fields[0]}`),
    ]);
  }

  /** Facts of one kind are tested alike. */
  #kindOf(fact: string): string {
    const type = typeOfFact(fact, this.#words);
    if (type === 'yes-no') return type;
    if (valuesOfFact(fact, this.#words) !== null) return fact;
    if (typeof type === 'object') return `${type.values}-list`;
    return type === 'carrier' || type === 'country' ? type : 'text';
  }

  #test(fact: string): Schema {
    return this.#define(`test-${this.#kindOf(fact)}`, () => compose(this.#testShape(fact, false), true));
  }

  #testShape(fact: string, negated: boolean): Shape {
    const kind = this.#kindOf(fact);
    const listed = kind === 'carrier' || kind === 'country';
    const { any, known, unknown, ...always } = RESERVED;
    const reserved = { ...always, ...(negated ? {} : { any }), ...(listed ? { known, unknown } : {}) };
    const refused = Object.keys(RESERVED).filter((word) => !Object.hasOwn(reserved, word));
    const value = this.#value(fact);
    return {
      scalar: {
        anyOf: [...value, ...eachOf(Object.entries(reserved))],
        ...(refused.length > 0 ? condition({ enum: refused }, { enum: Object.keys(reserved) }) : {}),
      },
      array: list({ allOf: [{ not: { enum: Object.keys(RESERVED) } }], anyOf: value }, true),
      object: this.#define(`operators-${kind}`, () => this.#operators(fact)),
    };
  }

  #operators(fact: string): Schema {
    const kind = this.#kindOf(fact);
    const numbers = kind !== 'carrier' && kind !== 'country' && kind !== 'yes-no';
    const properties: Record<string, Schema> = {};
    for (const [operator, { form, says }] of Object.entries(OPERATORS.keys)) {
      if (!numbers && (form.is === 'number' || form.is === 'range')) continue;
      if (operator === 'equals') {
        const value: Schema = { anyOf: this.#value(fact) };
        properties[operator] = this.#described(
          says,
          compose({ scalar: value, array: list(value, true) }, true),
        );
      } else if (form.is === 'test') {
        properties[operator] = this.#described(says, compose(this.#testShape(fact, true), true));
      } else
        properties[operator] = this.#define(operator, () => this.#described(says, this.#form(form, true)));
    }
    return { type: 'object', properties, additionalProperties: false, minProperties: 1 };
  }

  /** The values that a fact can be compared with. */
  #value(fact: string): readonly Schema[] {
    const type = typeOfFact(fact, this.#words);
    if (type === 'carrier' || type === 'country') return [this.#open(type)];
    const values = valuesOfFact(fact, this.#words);
    if (values !== null) {
      // `y`, `TRUE` and their like are read as well.
      const spelt = type === 'yes-no' ? ['yes', 'y', 'true', 'no', 'n', 'false'] : values;
      const known = type === 'yes-no' ? [...values, true, false] : values.flatMap(spellings);
      return [
        ...eachOf(known.map((one) => [one, null])),
        { type: 'string', pattern: `^\\s*(${spelt.map(anyCase).join('|')})\\s*$` },
      ];
    }
    if (typeof type === 'object') {
      const listed = [...(this.#rules.layouts.values.get(type.values)?.keys() ?? [])];
      return [TEXT, ...eachOf(listed.map((one) => [one, null]))];
    }
    return [TEXT];
  }

  #given(): Schema {
    return this.#define('given', () => {
      const text = this.#form({ is: 'text', called: 'text' }, false);
      const edited = [...this.#fields].map(([name, label]) => [
        `edited.${name}`,
        `${label}, as a person wrote it over the cell.`,
      ]);
      return {
        ...OBJECT,
        properties: Object.fromEntries(
          [...this.#facts, ...edited].map(([fact, says]) => [fact, this.#described(says as string, text)]),
        ),
        patternProperties: { [this.#referencePattern(this.#columns())]: text },
        additionalProperties: false,
      };
    });
  }
}

/** What the keys of a block demand of each other, beyond what the grammar says. */
const MORE: ReadonlyMap<Block, readonly Schema[]> = new Map<Block, readonly Schema[]>([
  [
    RULE,
    [
      condition(keyIs('basis', 'reconstructed'), inThen({ set: false, copy: false, lowest: false })),
      condition(
        keyIs('basis', 'ours'),
        inThen(
          Object.fromEntries(
            ['set', 'copy', 'lowest'].map((key) => [key, { ...OBJECT, ...properties({ address: false }) }]),
          ),
        ),
      ),
    ],
  ],
  [
    THEN,
    [
      condition(
        { required: ['look-up'], ...properties({ 'look-up': { not: { const: BY_CARRIER } } }) },
        { required: ['for'] },
      ),
      condition(
        { required: ['lowest'] },
        { anyOf: [{ required: ['per'] }, properties({ lowest: { required: ['per'] } })] },
      ),
    ],
  ],
  [QUESTION, [condition(keyIs('type', 'choice'), { required: ['choices'] }, properties({ choices: false }))]],
]);

/** `then` where `test` holds, else `otherwise`. */
function condition(test: Schema, then: Schema, otherwise?: Schema): Schema {
  return { if: test, then, ...(otherwise === undefined ? {} : { else: otherwise }) };
}

function properties(of: Readonly<Record<string, Json>>): Schema {
  return { properties: of };
}

/** Of the keys of what a rule does. */
function inThen(of: Readonly<Record<string, Json>>): Schema {
  return properties(Object.fromEntries([['then', { ...OBJECT, ...properties(of) }]]));
}

function keyIs(key: string, value: string): Schema {
  return { required: [key], ...properties({ [key]: { const: value } }) };
}

/** `a rule` -> `rule`, `an example of an escalation` -> `example-of-an-escalation`. */
function nameOf({ what }: Block): string {
  return what
    .replace(/^an? |^the /, '')
    .replace(/[^A-Za-z]+/g, ' ')
    .trim()
    .replaceAll(' ', '-');
}

/** At least one of these keys, or exactly one. */
function someOf(keys: readonly string[], one = false): Schema {
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) return { required: [only] };
  return { [one ? 'oneOf' : 'anyOf']: keys.map((key) => ({ required: [key] })) };
}

/** A word, or what a YAML editor makes of it, with what it means. */
type Word = readonly [word: Json, says: string | null];

/** Each word with what it means, for completion and hover. */
function eachOf(words: readonly Word[]): Schema[] {
  return words.map(([word, description]) =>
    description === null ? { const: word } : { const: word, description },
  );
}

function oneOf(names: readonly Word[]): Schema {
  const unique = new Map(names.flatMap(([word, says]) => spellings(String(word)).map((one) => [one, says])));
  return unique.size > 0 ? { anyOf: eachOf([...unique]) } : { not: {} };
}

/** A word, and what a YAML editor makes of it where that is something else. */
function spellings(word: string): Json[] {
  if (/^[-+]?[0-9]+(\.[0-9]+)?$/.test(word)) return [word, Number(word)];
  return /^(true|false)$/i.test(word) ? [word, word.toLowerCase() === 'true'] : [word];
}

function optional(schema: Schema, filled: boolean): Schema {
  return filled ? schema : { anyOf: [schema, NULL] };
}

function list(items: Schema, filled: boolean): Schema {
  return filled ? { type: 'array', items, minItems: 1 } : { type: ['array', 'null'], items };
}

function textLike(like: Extract<Form, { is: 'text' }>['like'], filled: boolean): Schema {
  const patterns = { id: '[A-Za-z0-9][A-Za-z0-9._-]*', word: PLAIN_WORD, letter: '[A-Z]{1,3}' };
  const type = filled ? SCALAR : SCALAR_OR_NULL;
  if (like === 'file-name') return { ...type, pattern: '^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]*$' };
  if (like === undefined || like === 'pattern') return filled ? TEXT : type;
  // No number is a name, but an id may be one.
  const types = ['string', 'boolean', ...(filled ? [] : ['null'])];
  return {
    ...(like === 'id' ? type : { type: types }),
    pattern: `^\\s*${filled ? patterns[like] : `(${patterns[like]})?`}\\s*$`,
  };
}

/** One schema of what may stand there as a text, a list or a block: told apart first, so that faults are exact. */
function compose({ scalar, array, object }: Shape, filled: boolean): Schema {
  const narrowed =
    object && ('$ref' in object ? { type: 'object', allOf: [object] } : { ...object, type: 'object' });
  const block = filled ? narrowed : object;
  const told: readonly [type: string, schema: Schema | undefined][] = [
    ['array', array],
    ['object', block],
  ];
  let composed = scalar;
  let several = false;
  for (const [type, schema] of told) {
    if (!schema) continue;
    several = composed !== undefined;
    composed = composed ? condition({ type }, schema, composed) : schema;
  }
  if (!several) return composed ?? {};
  // Editors do not look behind `if` for what they could offer: this says it again, and refuses nothing.
  const offers = [scalar, block].flatMap((schema) => (schema && schema !== TEXT ? [schema] : []));
  return offers.length > 0 ? { ...composed, anyOf: [{}, ...offers] } : (composed as Schema);
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function anyCase(text: string): string {
  return [...text]
    .map((char) => {
      const [lower, upper] = [char.toLowerCase(), char.toUpperCase()];
      return lower === upper ? literally(char) : `[${upper}${lower}]`;
    })
    .join('');
}

/** Countries by ISO code and by the names that the rules give them. */
function countries({ countryAliases }: RuleSet): Word[] {
  const book = new CountryBook(countryAliases);
  const codes = (isoCodes as readonly (readonly string[])[]).flatMap(([code]) => code ?? []).sort();
  return [
    ...codes.map((code) => [code, book.name(code)] as const),
    ...Object.entries(countryAliases).map(([alias, code]) => [alias, book.name(code)] as const),
  ];
}
