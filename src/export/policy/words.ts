/** What rules say, in words: conditions and actions for people who read no YAML. */
import { ANY_CELL } from '../../engine/facts.ts';
import { QUESTION_WORDS } from '../../engine/grammar.ts';
import { CountryBook } from '../../engine/names.ts';
import {
  type Action,
  type Answerable,
  BY_CARRIER,
  type Op,
  type Provenance,
  type Rule,
  type RuleSet,
  type Test,
} from '../../engine/rule.ts';
import { type Cell, cell, type Inline, joined, type Line, type Tone } from './page.ts';

const BASIS_TONES: Readonly<Record<Provenance['basis'], Tone>> = {
  stated: 'good',
  found: 'news',
  ours: 'care',
  reconstructed: 'alarm',
};

const SEVERITY_TONES = { info: 'news', warning: 'care', error: 'alarm' } as const;

/** The ids of things on the page. */
export const ids = {
  rule: (id: string) => `rule-${id}`,
  procedure: (id: string) => `procedure-${id}`,
  question: (id: string) => `question-${id}`,
  layout: (id: string) => `layout-${id}`,
  category: (id: string) => `category-${id}`,
  document: (id: string) => `document-${id}`,
  carrier: (name: string) => `carrier-${name.normalize('NFKC').replace(/[^\p{L}\p{N}]+/gu, '_')}`,
  table: (file: string) => `table-${file.replace(/\s+/g, '_')}`,
  lookUps: 'look-ups',
} as const;

export function basisMark(basis: Provenance['basis']): Inline {
  return { mark: basis, tone: BASIS_TONES[basis] };
}

export function wherePlace({ place }: Pick<Rule, 'place'>): Inline {
  return { place: `${place.file}:${place.line}` };
}

/** Turns what the rule set means into words; one for a page, for it knows the names that the rules give to things. */
export class Words {
  readonly #rules: RuleSet;
  readonly #countries: CountryBook;
  readonly #labels: ReadonlyMap<string, string>;

  constructor(rules: RuleSet, extras: ReadonlyMap<string, string>) {
    this.#rules = rules;
    this.#countries = new CountryBook(rules.countryAliases);
    const declared = [...rules.layouts.fields.values()].map(({ name, label }) => [name, label] as const);
    this.#labels = new Map([...extras, ...declared]);
  }

  field(name: string): string {
    return this.#labels.get(name) ?? spaced(name);
  }

  country(code: string): string {
    return this.#countries.name(code);
  }

  /** What a fact is called. */
  fact(fact: string): string {
    const [kind = '', ...rest] = fact.split('.');
    if (rest.length === 0)
      return fact === 'system' ? 'Layout' : fact === ANY_CELL ? 'Any cell' : this.field(fact);
    const tail = rest.join('.');
    switch (kind) {
      case 'customer':
        return `${spaced(tail)} (intake)`;
      case 'original':
        return `${this.field(tail)} as it came in`;
      case 'edited':
        return `${this.field(tail)} as corrected by hand`;
      case 'reference':
        return rest[1] === 'found'
          ? `In the ${rest[0]} file`
          : `${this.field(rest.slice(1).join('.'))} in the ${rest[0]} file`;
      case 'file':
        return `${this.field(rest.slice(1).join('.'))}: different ones in the file`;
      default:
        return DERIVED[fact] ?? spaced(fact.replaceAll('.', ' '));
    }
  }

  /** A fact inside a sentence. */
  #named(fact: string): Inline {
    return { name: this.fact(fact) };
  }

  /** A value of a fact as its own list, layout or question calls it. */
  #value(fact: string, text: string): Inline {
    if (fact === 'system') {
      const layout = this.#rules.layouts.layouts.find(({ id }) => id === text);
      if (layout) return { link: layout.title, to: ids.layout(layout.id) };
    }
    if (fact.startsWith('customer.')) {
      const question = this.#rules.intake.questions.find(({ id }) => `customer.${id}` === fact);
      const choice = question?.choices.find(({ value }) => value === text);
      if (choice) return choice.label;
    }
    return text;
  }

  /** What a test wants of its fact. */
  test({ fact, op }: Test): Line {
    return this.#op(fact, op);
  }

  #op(fact: string, op: Op): Line {
    switch (op.kind) {
      case 'any':
        return ['anything'];
      case 'blank':
        return ['blank'];
      case 'present':
        return ['filled in'];
      case 'known':
        return ['a known one'];
      case 'unknown':
        return ['filled in, and no known one'];
      case 'equals':
        return joined(
          op.written.map((text) => [this.#value(fact, text)]),
          'or',
        );
      case 'exactly':
        return ['exactly ', ...codes(op.texts)];
      case 'starts-with':
        return ['begins with ', ...codes(op.prefixes)];
      case 'matches':
        return ['fits the pattern ', { code: op.pattern.source }];
      case 'same-as':
        return ['the same as ', this.#named(op.fact)];
      case 'identical-to':
        return ['to the letter the same as ', this.#named(op.fact)];
      case 'number':
        return [range(op)];
      case 'not':
        return this.#not(fact, op.ops, 'filled in, but ');
      case 'all-of':
        // What one of the others says of a cell, it says of one that is filled in.
        return joined(
          op.ops.map((one) => (one.kind === 'not' ? this.#not(fact, one.ops, '') : this.#op(fact, one))),
          'and',
        );
    }
  }

  #not(fact: string, ops: readonly Op[], filled: string): Line {
    const [only] = ops;
    if (ops.length !== 1 || only === undefined)
      return [
        `${filled}not all of this: `,
        ...joined(
          ops.map((op) => this.#op(fact, op)),
          'and',
        ),
      ];
    switch (only.kind) {
      case 'present':
        return ['blank'];
      case 'blank':
        return ['filled in'];
      case 'known':
        return this.#op(fact, { kind: 'unknown' });
      case 'unknown':
        return this.#op(fact, { kind: 'known' });
      case 'starts-with':
        return [`${filled}not beginning with `, ...codes(only.prefixes)];
      case 'matches':
        return [`${filled}not fitting the pattern `, { code: only.pattern.source }];
      default:
        return [`${filled}not `, ...this.#op(fact, only)];
    }
  }

  /** A test as a whole: `Country: blank`. */
  condition(test: Test): Line {
    return [{ strong: this.fact(test.fact) }, ': ', ...this.test(test)];
  }

  /** Alternatives, a line each. */
  alternatives(blocks: Rule['whenAny']): Cell {
    if (blocks.length === 0) return [];
    const lines = blocks.map((block) =>
      joined(
        block.map((test) => this.condition(test)),
        'and',
      ),
    );
    return lines.length === 1 ? lines : [['one of these:'], ...lines.map((line): Line => ['– ', ...line])];
  }

  /** What is done, a line an action. */
  action(action: Action): Line {
    switch (action.do) {
      case 'keep':
        return [
          'Leave ',
          ...this.#fields(action.fields),
          action.fields.length === 1 ? ' as it is.' : ' as they are.',
        ];
      case 'clear':
        return ['Empty ', ...this.#fields(action.fields), '.'];
      case 'set':
        return sentence(
          action.values.map(([field, text]) => ['Write ', { code: text }, ' into ', this.#cellOf(field)]),
        );
      case 'copy':
        return sentence(
          action.pairs.map(([field, fact]) => ['Write ', this.#named(fact), ' into ', this.#cellOf(field)]),
        );
      case 'lowest':
        return sentence(
          action.pairs.map(([field, fact]) => [
            'Write into ',
            this.#cellOf(field),
            ' the lowest ',
            this.#named(fact),
            ' of the file’s rows with the same ',
            this.#named(action.per),
          ]),
        );
      case 'look-up':
        return [
          'Look up',
          ...this.#answers(' ', action.for),
          action.procedure === BY_CARRIER ? ' as the ' : ' by the steps of ',
          ...(action.procedure === BY_CARRIER
            ? [{ link: 'look-ups', to: ids.lookUps }, ' say for country and carrier.']
            : [this.#procedure(action.procedure), '.']),
        ];
      case 'ask':
        return [
          'Ask for ',
          this.#named(action.fact),
          ...(action.choices.length > 0
            ? [
                ': ',
                ...joined(
                  action.choices.map((text) => [this.#value(action.fact, text)]),
                  'or',
                ),
              ]
            : []),
          '.',
          ...(action.suggest === null ? [] : [' Suggest ', this.#named(action.suggest), '.']),
          ...this.#steps(action.procedure),
        ];
      case 'offer':
        return [
          ...sentence(
            action.pairs.map(([field, fact]) => [
              'Suggest ',
              this.#named(fact),
              ' for ',
              this.#cellOf(field),
            ]),
          ),
          action.pairs.length === 1
            ? ' The agent confirms it or writes another.'
            : ' The agent confirms them or writes others.',
          ...this.#steps(action.procedure),
        ];
      case 'refer':
        return [
          'Hand to ',
          { strong: action.to },
          ...this.#answers(', who says ', action.for),
          '.',
          ...this.#steps(action.procedure),
        ];
      case 'exclude':
        return ['Leave the row out: ', ...this.message(action.reason)];
      case 'flag':
        return [
          { mark: action.severity, tone: SEVERITY_TONES[action.severity] },
          ' ',
          ...this.message(action.message),
          ...(action.field === null ? [] : [' (about ', this.#cellOf(action.field), ')']),
        ];
      case 'stop':
        return ['Later stages, but for the checks, leave the row alone.'];
    }
  }

  /** A text whose placeholders are filled in when it is said. */
  message(text: string): Line {
    // Quotes around what is filled in are said by its type already.
    return text.split(/(`\{[^{}`]+\}`|\{[^{}]+\})/).flatMap((part): Inline[] => {
      const name = /^`?\{(.+)\}`?$/.exec(part)?.[1];
      if (name === undefined) return part === '' ? [] : [part];
      const known = name.includes('.') || this.#labels.has(name) || name === 'system';
      return [{ name: known ? this.fact(name) : name.replaceAll('-', ' ') }];
    });
  }

  /** What a person fills in, with the form of what has one. */
  answerable({ field, label, extra, pattern, format }: Answerable): Line {
    return [
      { strong: extra ? label : this.field(field) },
      ...(format !== null ? [` (${format})`] : pattern !== null ? [' (', { code: pattern.source }, ')'] : []),
    ];
  }

  #answers(before: string, list: readonly Answerable[]): Line {
    if (list.length === 0) return [];
    return [
      before,
      ...joined(
        list.map((one) => this.answerable(one)),
        'and',
      ),
    ];
  }

  #fields(names: readonly string[]): Line {
    return joined(
      names.map((name) => [this.#cellOf(name)]),
      'and',
    );
  }

  #cellOf(field: string): Inline {
    return { strong: this.field(field) };
  }

  #procedure(id: string): Inline {
    const procedure = this.#rules.procedures.get(id);
    return procedure ? { link: procedure.title, to: ids.procedure(id) } : { code: id };
  }

  #steps(procedure: string | null): Line {
    return procedure === null ? [] : [' Steps: ', this.#procedure(procedure), '.'];
  }

  procedureLine(id: string): Line {
    return [this.#procedure(id)];
  }

  /** Where something comes from and who looks after it. */
  origin(item: Partial<Provenance> & Pick<Rule, 'place'>): Line {
    return [
      ...(item.basis === undefined ? [] : [basisMark(item.basis), ' ']),
      ...this.#source(item),
      ...this.dates(item),
      wherePlace(item),
    ];
  }

  #source({ source }: Partial<Provenance>): Line {
    if (source === undefined || source.document === '') return [];
    const known = this.#rules.documents.find(({ id }) => id === source.document);
    return [
      known ? { link: known.title, to: ids.document(known.id) } : source.document,
      ...(source.section === null ? [] : [`, ${source.section}`]),
      ' · ',
    ];
  }

  /** Owner and dates, each with a dot behind it. */
  dates({ owner, reviewBy, from, until }: Partial<Provenance>): Line {
    return [
      ...(owner ? [`owner ${owner} · `] : []),
      ...(reviewBy ? [`to be reviewed by ${reviewBy} · `] : []),
      ...(from ? [`from ${from} · `] : []),
      ...(until ? [`until ${until} · `] : []),
    ];
  }

  /** What kind of answer a question takes. */
  answerOf({ type, choices }: RuleSet['intake']['questions'][number]): Cell {
    return type === 'choice' ? choices.map(({ label }) => [label]) : cell(QUESTION_WORDS[type]);
  }
}

const DERIVED: Readonly<Record<string, string>> = {
  'carrier.pin': 'PIN of the carrier',
  'number.country': 'Country of the number itself',
  'number.type': 'Kind of number',
  'number.valid': 'Valid as a phone number',
  'row.duplicate': 'Number stands twice',
};

function codes(texts: readonly string[]): Line {
  return joined(
    texts.map((text) => [{ code: text }]),
    'or',
  );
}

function range({ min, minOpen, max, maxOpen }: Extract<Op, { kind: 'number' }>): string {
  const low = min === null ? '' : minOpen ? `more than ${min}` : `at least ${min}`;
  const high = max === null ? '' : maxOpen ? `less than ${max}` : `at most ${max}`;
  return [low, high].filter((text) => text !== '').join(' and ');
}

function sentence(parts: readonly Line[]): Line {
  return parts.flatMap((part, at) => [...(at === 0 ? [] : [' ']), ...part, '.']);
}

/** `accountKind` as words. */
function spaced(name: string): string {
  const words = name
    .replace(/[-_]/g, ' ')
    .replace(/[A-Z]/g, (one) => ` ${one.toLowerCase()}`)
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
