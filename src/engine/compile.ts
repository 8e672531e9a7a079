/** A rule set as one JSON document that json-rules-engine loads, and what a host needs to judge by it. */
import { comparedFacts } from './conditions.ts';
import { canDoubt, conditionsOf, OPERATORS, testsOf } from './evaluate.ts';
import { ANY_CELL, type Books, factTypes, Reading } from './facts.ts';
import { CarrierBook, CountryBook } from './names.ts';
import type { Place } from './problem.ts';
import {
  type Action,
  type FactType,
  type LookUp,
  type Rule,
  type RuleSet,
  type RuleTable,
  STAGES,
  type Stage,
} from './rule.ts';

/** A rule as json-rules-engine takes it. */
interface CompiledRule {
  /** The rule's id. */
  readonly name: string;
  /** Higher ones are judged first: the first event of a `first` table decides. */
  readonly priority: number;
  readonly conditions: ReturnType<typeof conditionsOf>;
  /** `decides`: the rule holds. `doubts`: it would, or not, if only its `numbers` could be read as numbers. */
  readonly event: {
    readonly type: 'decides' | 'doubts' | 'looks-up';
    readonly params: Record<string, unknown>;
  };
}

export interface CompiledTable {
  readonly file: string;
  readonly title: string;
  readonly match: 'first' | 'all';
  readonly rules: readonly CompiledRule[];
}

export interface CompiledRules {
  readonly version: 1;
  readonly engine: 'json-rules-engine';
  /** Of the rule files; `count` is how many rules, corrections, look-ups and escalations they hold. */
  readonly rules: { readonly digest: string; readonly count: number };
  /** The operators that a host must register, with what each means. */
  readonly operators: readonly { readonly name: string; readonly holds: string }[];
  /** Every fact that the conditions name, and how its values compare. */
  readonly facts: Readonly<Record<string, FactType | 'cells'>>;
  /** What makes texts of a type equal. */
  readonly names: {
    readonly carriers: readonly {
      readonly name: string;
      readonly also: readonly string[];
      readonly not: readonly string[];
      readonly pin: string | null;
    }[];
    readonly ignoreWords: readonly string[];
    readonly states: Readonly<Record<string, string>>;
    readonly countries: Readonly<Record<string, string>>;
    readonly values: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  };
  /** Cells that mean nothing: before the first stage, each that is one of `cells` as a whole, in any case, is blank. */
  readonly corrections: readonly { readonly id: string; readonly cells: readonly string[] }[];
  /** In the order in which they run; the tables of a stage all read what the stages before it left. */
  readonly stages: readonly { readonly stage: Stage; readonly tables: readonly CompiledTable[] }[];
  /** What `look-up: by-carrier` means for a country and a carrier: a `first` table. */
  readonly lookUps: CompiledTable;
}

/** The document of a rule set. The same rules give the same document, to the letter. */
export function compileRules(rules: RuleSet): CompiledRules {
  const stages = STAGES.map((stage) => ({
    stage,
    tables: rules.tables.filter((table) => table.stage === stage).map(compileTable),
  }));
  const typeOf = factTypes(rules);
  const tested = rules.tables.flatMap((table) => table.rules).flatMap(testsOf);
  const facts = new Set(tested.flatMap(({ fact, op }) => [fact, ...comparedFacts(op)]));
  if (rules.lookUps.length > 0) facts.add('country').add('carrier');
  return {
    version: 1,
    engine: 'json-rules-engine',
    rules: { digest: rules.digest, count: rules.count },
    operators: Object.entries(OPERATORS).map(([name, holds]) => ({ name, holds })),
    facts: Object.fromEntries(
      [...facts].sort().map((fact) => [fact, fact === ANY_CELL ? 'cells' : typeOf(fact)]),
    ),
    names: {
      carriers: rules.carriers.map(({ name, also, not, pin }) => ({ name, also, not, pin })),
      ignoreWords: rules.carrierNoise.words,
      states: rules.carrierNoise.states,
      countries: rules.countryAliases,
      values: Object.fromEntries(
        [...rules.layouts.values].map(([list, values]) => [list, Object.fromEntries(values)]),
      ),
    },
    corrections: rules.corrections.map(({ id, blankCells }) => ({ id, cells: blankCells })),
    stages: stages.filter(({ tables }) => tables.length > 0),
    lookUps: compileLookUps(rules.lookUps),
  };
}

function compileTable({ file, title, match, rules }: RuleTable): CompiledTable {
  return {
    file,
    title,
    match,
    rules: rules.flatMap((rule, at) => compileRule(rule, 2 * (rules.length - at))),
  };
}

/** A rule, and behind it the one that says that it is open. */
function compileRule(rule: Rule, priority: number): CompiledRule[] {
  const { id, title, why, source, basis, place } = rule;
  const params = {
    rule: id,
    title,
    why,
    source,
    basis,
    place: placeOf(place),
    actions: rule.then.map(actionOf),
  };
  const decides: CompiledRule = {
    name: id,
    priority,
    conditions: conditionsOf(rule, false),
    event: { type: 'decides', params },
  };
  if (!canDoubt(rule)) return [decides];
  const doubts: CompiledRule = {
    name: `${id} (doubts)`,
    priority: priority - 1,
    conditions: conditionsOf(rule, true),
    event: { type: 'doubts', params: { rule: id } },
  };
  return [decides, doubts];
}

/** The most specific first: for country and carrier, then for the country, then for the carrier, then for any. */
function compileLookUps(lookUps: readonly LookUp[]): CompiledTable {
  const weight = ({ country, carrier }: LookUp) => (country === null ? 0 : 2) + (carrier === null ? 0 : 1);
  const ordered = [...lookUps].sort((a, b) => weight(b) - weight(a));
  const is = (fact: string, key: string | null) =>
    key === null ? [] : [{ fact, operator: 'equals', value: [key] }];
  const rules = ordered.map((lookUp, at): CompiledRule => {
    const { id, how, procedure, refer, why, source, basis, place } = lookUp;
    return {
      name: id,
      priority: ordered.length - at,
      conditions: { all: [...is('country', lookUp.country), ...is('carrier', lookUp.carrier)] },
      event: {
        type: 'looks-up',
        params: {
          rule: id,
          how,
          procedure,
          refer,
          for: answerablesOf(lookUp.for),
          why,
          source,
          basis,
          place: placeOf(place),
        },
      },
    };
  });
  return { file: 'look-ups', title: 'Look-ups by country and carrier', match: 'first', rules };
}

function placeOf({ file, line }: Place): string {
  return `${file}:${line}`;
}

function actionOf(action: Action): unknown {
  return 'for' in action ? { ...action, for: answerablesOf(action.for) } : action;
}

function answerablesOf(answerables: LookUp['for']): unknown[] {
  return answerables.map(({ pattern, ...rest }) => ({ ...rest, pattern: pattern?.source ?? null }));
}

/**
 * How a host turns texts into what the operators judge: a function from a fact's name and its text (for `any-cell`,
 * the texts of all cells) to the fact's value. It knows only what the document says.
 */
export function readerOf(
  document: CompiledRules,
): (fact: string, text: string | readonly string[]) => unknown {
  const { facts, names } = document;
  const carriers = names.carriers.map((carrier) => ({
    ...carrier,
    place: NOWHERE,
    owner: null,
    reviewBy: null,
  }));
  const books: Books = {
    carriers: new CarrierBook(carriers, { words: names.ignoreWords, states: names.states }),
    countries: new CountryBook(names.countries),
    values: new Map(
      Object.entries(names.values).map(([list, values]) => [list, new Map(Object.entries(values))]),
    ),
  };
  const read = (type: FactType, text: string) => new Reading(type, text, books);
  return (fact, text) => {
    const type = facts[fact] ?? 'text';
    if (typeof text !== 'string') return text.map((cell) => read('text', cell));
    return read(type === 'cells' ? 'text' : type, text);
  };
}

const NOWHERE: Place = { file: '', line: 0, column: 0 };
