/** A rule set as the analysis reads it: what its facts are, what they may say, what a test rests on. */
import { askOnce, makeBooks } from '../decide.ts';
import { ANY_CELL, type Books, factTypes, readNumber } from '../facts.ts';
import type { NumberFacts } from '../number.ts';
import type { Action, FactType, Op, Question, Rule, RuleSet, RuleTable } from '../rule.ts';

/** The same few hundred numbers are read over and over, also from one check to the next. */
const numbers = new Map<string, NumberFacts>();
const MOST_NUMBERS = 50_000;

/** Facts that only ever hold one of a few texts; blank stands for "not known". */
const YES_NO: readonly string[] = ['', 'yes', 'no'];

/** What of a rule set, beside its rules, a reading rests on. */
export type Aspect = 'carriers' | 'pins' | 'countries' | 'numbers' | 'blanks' | { readonly values: string };

export class World {
  readonly rules: RuleSet;
  readonly books: Books;
  /** As the evaluation reads them: a rule that asks does not hold where the answer is "there is none". */
  readonly tables: readonly RuleTable[];
  readonly type: (fact: string) => FactType;
  /** The texts that a correction empties. */
  readonly blankWords: ReadonlySet<string>;
  private readonly questions: ReadonlyMap<string, Question>;
  private readonly homes: ReadonlyMap<string, string>;
  private readonly systems: readonly string[];

  constructor(rules: RuleSet) {
    this.rules = rules;
    this.books = makeBooks(rules);
    this.tables = rules.tables.map(askOnce);
    this.type = factTypes(rules);
    this.blankWords = new Set(
      rules.corrections.flatMap((one) => one.blankCells.map((word) => word.toLowerCase())),
    );
    this.questions = new Map(rules.intake.questions.map((one) => [`customer.${one.id}`, one]));
    const { layouts } = rules.layouts;
    this.systems = layouts.map(({ id }) => id);
    this.homes = new Map(
      layouts.flatMap(({ id, defaultCountry }) => (defaultCountry === null ? [] : [[id, defaultCountry]])),
    );
  }

  /** An aspect as a text: two rule sets for which it is the same read every text the same way in it. */
  aspect(aspect: Aspect): string {
    const { rules } = this;
    const countries = () => rules.countryAliases;
    const carriers = () => [
      rules.carriers.map(({ name, also, not }) => [name, also, not]),
      rules.carrierNoise,
    ];
    if (typeof aspect === 'object')
      return JSON.stringify([aspect.values, [...(rules.layouts.values.get(aspect.values) ?? [])]]);
    switch (aspect) {
      case 'carriers':
        return JSON.stringify(carriers());
      case 'pins':
        return JSON.stringify([carriers(), rules.carriers.map(({ pin }) => pin)]);
      case 'countries':
        return JSON.stringify(countries());
      case 'numbers':
        return JSON.stringify([countries(), [...this.homes]]);
      case 'blanks':
        return JSON.stringify([...this.blankWords].sort());
    }
  }

  /** The country of numbers that a layout writes without one. */
  home(system: string): string | undefined {
    return this.homes.get(system);
  }

  /** What a number's text says beside a country's. */
  number(text: string, country: string, home: string | undefined): NumberFacts {
    const key = `${this.books.countries.code(country) ?? ''} ${home ?? ''} ${text}`;
    let facts = numbers.get(key);
    if (!facts) {
      if (numbers.size > MOST_NUMBERS) numbers.clear();
      facts = readNumber(text, country, home, this.books);
      numbers.set(key, facts);
    }
    return facts;
  }

  /** All that a fact can say; null where it may say anything. */
  allowed(fact: string): readonly string[] | null {
    if (fact === 'system') return this.systems.length > 0 ? this.systems : null;
    if (fact === 'row.duplicate' || /^reference\.[^.]+\.found$/.test(fact)) return YES_NO;
    const question = this.questions.get(fact);
    if (question?.type === 'yes-no') return YES_NO;
    if (question?.type === 'choice') return ['', ...question.choices.map(({ value }) => value)];
    return null;
  }

  /** Whether a person can say that there is no such thing. Of a customer, one of the choices is always true. */
  canBeNone(fact: string): boolean {
    const question = this.questions.get(fact);
    return question === undefined || (question.type !== 'choice' && question.type !== 'yes-no');
  }
}

/** Whether a fact is a cell of the row, which rules and people may write. */
export function isCell(fact: string): boolean {
  return !fact.includes('.') && fact !== 'system' && fact !== ANY_CELL;
}

/** The cells that a fact is read from. */
export function cellsUnder(fact: string): readonly string[] {
  if (fact === 'carrier.pin') return ['carrier'];
  if (fact.startsWith('number.')) return ['phoneNumber', 'country'];
  return isCell(fact) ? [fact] : [];
}

/** The operators that an operator is made of. */
export function leaves(op: Op): readonly Op[] {
  return op.kind === 'not' || op.kind === 'all-of' ? op.ops.flatMap(leaves) : [op];
}

/** A cell that a rule writes, and what with; null where it keeps what is there. */
export interface Writing {
  readonly field: string;
  readonly kind: 'clear' | 'set' | 'copy' | 'lowest' | 'keep';
  /** A text for `set`, a fact for `copy` and `lowest`. */
  readonly from: string;
  /** For `lowest`. */
  readonly per: string;
}

/** What a rule writes, in the order of its actions. */
export function writingsOf(rule: Rule): readonly Writing[] {
  return rule.then.flatMap(writingsBy);
}

/** What an action writes. */
export function writingsBy(action: Action): Writing[] {
  switch (action.do) {
    case 'clear':
    case 'keep':
      return action.fields.map((field) => ({ field, kind: action.do, from: '', per: '' }));
    case 'set':
      return action.values.map(([field, from]) => ({ field, kind: 'set', from, per: '' }));
    case 'copy':
      return action.pairs.map(([field, from]) => ({ field, kind: 'copy', from, per: '' }));
    case 'lowest':
      return action.pairs.map(([field, from]) => ({ field, kind: 'lowest', from, per: action.per }));
    default:
      return [];
  }
}

/** Whether a rule takes a row out of the later stages; `checks` still run after a `stop`. */
export function ends(rule: Rule, before: 'checks' | 'others'): boolean {
  return rule.then.some((action) => action.do === 'exclude' || (action.do === 'stop' && before !== 'checks'));
}
