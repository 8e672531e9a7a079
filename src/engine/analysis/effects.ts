/** What a rule does to a row, thing by thing, as texts that are the same for rules that do the same. */
import { ANY_CELL, extraFields } from '../facts.ts';
import { type Action, type Answerable, BY_CARRIER, type LookUp, type Op, type Rule } from '../rule.ts';
import type { Point, Space, Term } from './space.ts';
import { isCell, leaves, type World, type Writing, writingsBy } from './world.ts';

export interface Effect {
  /** What it is done to: of the rules of a stage that do something to the same, one has the say. */
  readonly slot: string;
  /** What is done, apart from the texts that it shows. */
  readonly key: string;
  /** The facts whose texts are shown or written. */
  readonly shows: readonly Term[];
  readonly writing: Writing | null;
  /** The look-ups say what is done. */
  readonly byCarrier: boolean;
  /** Asked only where this fact has nothing to write; null for what is done whatever it says. */
  readonly unless: string | null;
}

/** An effect as one text. */
export function spellEffect({ slot, key, shows, unless }: Effect): string {
  return [slot, key, unless, ...shows.map((term) => term.key)].join('\t');
}

/** A name that a message offers for one that nobody knows; that it offers another is no other decision. */
const NEAREST = /\{nearest (?:carrier|country)\}/g;

/** A message without the names that it offers. */
export function withoutNearest(message: string): string {
  return message.replace(NEAREST, '…');
}

/** What a rule does where it holds. */
export function effectsOf(rule: Rule, space: Space, point: Point): Effect[] {
  const { world } = point;
  const { fields } = world.rules.layouts;
  const task = (key: readonly unknown[], shows: readonly Term[] = []): Effect => {
    const text = JSON.stringify(key);
    return { slot: text, key: text, shows, writing: null, byCarrier: false, unless: null };
  };
  const term = (fact: string) => space.fact(fact, point);
  const ask = (
    fact: string,
    how: Parameters<typeof askKey>[2] = NO_MORE,
    shows: readonly Term[] = [],
  ): Effect => ({
    ...task([]),
    slot: `ask ${fact}`,
    key: askKey(fact, world, how),
    shows,
  });
  const write = (writing: Writing, shows: readonly Term[]): Effect => ({
    ...task([]),
    slot: `write ${writing.field}`,
    key: JSON.stringify([writing.kind, writing.from, writing.per]),
    shows,
    writing,
  });
  const filled = (message: string) =>
    [...message.matchAll(/\{([^{}]+)\}/g)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'cell' && name !== 'value' && !name.startsWith('nearest '))
      .map(term);
  const performed = (action: Action): Effect[] => {
    switch (action.do) {
      case 'keep':
        return [];
      case 'clear':
      case 'set':
      case 'copy':
      case 'lowest':
        return writingsBy(action).flatMap((writing) => {
          const { field, kind, from, per } = writing;
          const unless = (fact: string, about: string) => ({ ...ask(about), unless: fact });
          // A fact that nobody can be asked for is asked for as the cell that it would have filled.
          const isAsked = isCell(from) || from.startsWith('customer.');
          if (kind === 'copy') return [write(writing, [term(from)]), unless(from, isAsked ? from : field)];
          if (kind !== 'lowest') return [write(writing, [])];
          return [write(writing, [term(from), term(per)]), unless(per, per), unless(from, from)];
        });
      case 'look-up': {
        const byCarrier = action.procedure === BY_CARRIER;
        const steps = byCarrier ? [BY_CARRIER] : stepsOf(action.procedure, world);
        return [{ ...task([action.do, steps, action.for.map(asked)]), byCarrier }];
      }
      case 'refer':
        return [task([action.do, action.to, action.for.map(asked), stepsOf(action.procedure, world)])];
      case 'ask': {
        const suggested = action.suggest === null ? [] : [term(action.suggest)];
        const { choices } = action;
        return [ask(action.fact, { choices, steps: stepsOf(action.procedure, world) }, suggested)];
      }
      case 'offer': {
        const pairs = action.pairs.map(([field, fact]) => [field, fields.get(field)?.label ?? field, fact]);
        return [
          task(
            [action.do, pairs, stepsOf(action.procedure, world)],
            action.pairs.map(([, fact]) => term(fact)),
          ),
        ];
      }
      case 'exclude':
        return [
          { ...task([]), slot: 'exclude', key: withoutNearest(action.reason), shows: filled(action.reason) },
        ];
      case 'stop':
        return [{ ...task([]), slot: 'stop', key: '' }];
      case 'flag': {
        const message = withoutNearest(action.message);
        return [task([action.do, action.severity, message, aboutOf(action, rule, world)], filled(message))];
      }
    }
  };
  return rule.then.flatMap(performed);
}

/** What a rule does where a number that it asks for cannot be read: it asks for that. */
export function doubtsOf(rule: Rule): string[] {
  const numeric = (op: Op) => leaves(op).some(({ kind }) => kind === 'number');
  const own = rule.when.filter(({ op }) => numeric(op)).map(({ fact }) => fact);
  const any = rule.whenAny.flat().filter(({ op }) => numeric(op));
  // Which of several blocks is in doubt shows in what is asked.
  const blocks = any.length === 0 ? [] : rule.whenAny.flat().map(({ fact, written }) => `${fact} ${written}`);
  return [...new Set([...own, ...any.map(({ fact }) => fact)].sort()), ...blocks];
}

/** The facts that a rule asks for where it cannot read them. */
export function numbersAsked(rule: Rule): string[] {
  const tests = [...rule.when, ...rule.whenAny.flat()];
  return [
    ...new Set(
      tests.filter(({ op }) => leaves(op).some(({ kind }) => kind === 'number')).map(({ fact }) => fact),
    ),
  ];
}

/** What a look-up shows the agent. */
export function lookUpKey({ how, procedure, refer, for: fields }: LookUp, world: World): string {
  const steps = how.length > 0 ? how : stepsOf(procedure, world);
  return JSON.stringify([procedure, steps, refer, fields.map(asked)]);
}

function asked({ field, label, pattern, format }: Answerable): unknown {
  return [field, label, pattern?.source ?? null, format];
}

function stepsOf(procedure: string | null, world: World): unknown {
  return procedure === null ? null : [procedure, world.rules.procedures.get(procedure)?.steps ?? []];
}

const NO_MORE = { choices: [] as readonly string[], steps: null as unknown };

/** How a fact is asked for, as a text. */
export function askKey(fact: string, world: World, { choices, steps } = NO_MORE): string {
  return JSON.stringify([question(fact, world), choices, steps]);
}

function question(fact: string, world: World): unknown {
  const { intake, layouts } = world.rules;
  const found = intake.questions.find(({ id }) => fact === `customer.${id}`);
  return found
    ? [found.question, found.choices.map(({ value }) => value)]
    : (layouts.fields.get(fact)?.label ?? fact);
}

/** The cells that a flag names. */
function aboutOf({ field }: Extract<Action, { do: 'flag' }>, rule: Rule, world: World): unknown {
  const tests = [...rule.when, ...rule.whenAny.flat()].filter(({ fact }) => fact === ANY_CELL);
  if (tests.length > 0) return tests.map(({ written }) => written);
  if (field !== null) return field;
  const { fields } = world.rules.layouts;
  const extra = extraFields(world.rules);
  return rule.when.map(({ fact }) => fact).findLast((fact) => fields.has(fact) || extra.has(fact)) ?? null;
}
