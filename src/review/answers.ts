/** Turning what people write into events: one answer for some rows, or a table of answers by number. */
import { DECISION } from '../engine/decide.ts';
import { isNone, NONE, type Task } from '../engine/decision.ts';
import { type Books, normalise, Reading } from '../engine/facts.ts';
import { foldHeader, matchAnyHeaders, matchHeaders } from '../engine/layout.ts';
import { numberKey } from '../engine/number.ts';
import { CsrError, type Problem } from '../engine/problem.ts';
import type { Answerable, RuleSet } from '../engine/rule.ts';
import type { Grid, Table } from '../engine/table.ts';
import type { AnswerEntry, Deed } from './event.ts';
import type { Review } from './review.ts';

export type Validated = { readonly text: string } | { readonly problem: string };

/**
 * An answer as it will stand, or why it cannot: a choice by any of its names, a country as its ISO code, an
 * extra field by its pattern, and without the blanks around it, `(none)` as a blank, where it is no decision.
 */
export function validateAnswer(review: Review, task: Task, item: Answerable, written: string): Validated {
  const text = written.trim();
  const { books, facts } = review.evaluator;
  const type = facts.type(item.field);
  if (text === '') return { problem: `${item.label} is blank; write ${NONE} where there is none` };
  if (item.field === DECISION && isNone(text)) {
    return { problem: `${item.label} needs words: who decided it, and what` };
  }
  const choices = choicesOf(review, task, item);
  // Of the customer one of the choices is true; of a row it may be that nobody can tell.
  // A question of yes or no has one of the two for its answer.
  const isEither = review.rules.layouts.fields.get(item.field)?.type === 'yes-no';
  const none = isNone(text) && task.scope === 'row' && !isEither;
  if (choices.length > 0 && !none) {
    const wanted = normalise(type, text, books);
    const choice = choices.find((one) => normalise(type, one, books) === wanted);
    return choice === undefined
      ? { problem: `${item.label} is one of ${choices.join(', ')}, not \`${text}\`` }
      : { text: choice };
  }
  if (isNone(text)) return { text: '' };
  if (type === 'country') {
    const code = books.countries.code(text);
    if (code !== null) return { text: code };
    const near = books.countries.nearest(text);
    return {
      problem: `\`${text}\` is no country that the rules know${near.length > 0 ? `; nearest: ${near.join(', ')}` : ''}`,
    };
  }
  if (type === 'number' && new Reading(type, text, books).number === null) {
    return { problem: `${item.label} is a number, not \`${text}\`` };
  }
  if (item.pattern === null) return { text: written };
  if (!item.pattern.test(text)) {
    return {
      problem:
        item.format === null
          ? `${item.label} must match ${item.pattern.source}, and \`${text}\` does not`
          : `${item.label} is ${item.format}, not \`${text}\``,
    };
  }
  // What was looked at is what is kept.
  return { text };
}

/** What an answer to a field of a task is chosen from; empty where it is typed freely. */
export function choicesOf(review: Review, task: Task, item: Answerable): readonly string[] {
  if (task.choices.length > 0) return task.choices;
  if (!item.field.startsWith('customer.')) return [];
  const question = review.rules.intake.questions.find((one) => `customer.${one.id}` === item.field);
  if (question?.type === 'yes-no') return ['yes', 'no'];
  return question?.choices.map((one) => one.value) ?? [];
}

/** The same answer for each of some rows' tasks of one key shape. `tasks` pairs a row with its task. */
export function answerDeed(
  tasks: readonly { readonly row: number; readonly task: Task }[],
  values: Readonly<Record<string, string>>,
  via: 'typed' | 'offer' | 'paste',
): Deed[] {
  const file = tasks.find(({ task }) => task.scope === 'file')?.task;
  if (file) {
    const facts: Record<string, string> = {};
    for (const { field } of file.for) facts[field.slice('customer.'.length)] = values[field] ?? '';
    return [{ type: 'intake', facts }];
  }
  return [{ type: 'answer', via, entries: tasks.map(({ row, task }) => entryOf(row, task, values)) }];
}

export function entryOf(row: number, task: Task, values: Readonly<Record<string, string>>): AnswerEntry {
  return { row, task: task.key, restsOn: task.restsOn, values };
}

/** The rows of a table by number, however the number is written. */
export class NumberIndex {
  private readonly rows = new Map<string, number[]>();
  /** The countries of the table's rows, most frequent first. */
  private readonly countries: readonly string[];

  constructor(table: Table, books: Books, rules: RuleSet) {
    const home =
      rules.layouts.layouts.find((layout) => layout.id === table.layout)?.defaultCountry ?? undefined;
    const numberAt = table.columns.findIndex((column) => column.field === 'phoneNumber');
    const countryAt = table.columns.findIndex((column) => column.field === 'country');
    const countries = new Map<string, number>();
    for (const [index, { cells }] of table.rows.entries()) {
      const text = cells[numberAt] ?? '';
      const country = books.countries.code(cells[countryAt] ?? '') ?? home;
      if (country !== undefined) countries.set(country, (countries.get(country) ?? 0) + 1);
      if (text.trim() === '') continue;
      const key = numberKey(text, country);
      const same = this.rows.get(key);
      if (same) same.push(index);
      else this.rows.set(key, [index]);
    }
    this.countries = [...countries].sort((a, b) => b[1] - a[1]).map(([country]) => country);
  }

  /** The indexes of a number's rows; empty where the table has none. */
  find(text: string): readonly number[] {
    return this.rows.get(this.key(text)) ?? [];
  }

  /** Whether the table has rows under a key. */
  has(key: string): boolean {
    return this.rows.has(key);
  }

  /** The key under which the table's rows have a number; `country` is the ISO code it is written in, if known. */
  key(text: string, country?: string): string {
    const direct = numberKey(text, country);
    if (this.rows.has(direct)) return direct;
    for (const home of this.countries) {
      const key = numberKey(text, home);
      if (this.rows.has(key)) return key;
    }
    return direct;
  }
}

/**
 * A file to join by number: its columns by the layouts' header texts, and of its rows those whose number the table
 * has; what it says of others is none of the session's business. A number that stands in it twice with different
 * values is a notice, and its first line counts.
 * @throws CsrError where the file has no number column
 */
export function joinReference(
  name: string,
  grid: Grid,
  rules: RuleSet,
  books: Books,
  index: NumberIndex,
): { deed: Extract<Deed, { type: 'reference' }>; notices: Problem[] } {
  const notices: Problem[] = [];
  const at = grid.records.findIndex((record) =>
    matchAnyHeaders(record, rules.layouts).some((column) => column.field === 'phoneNumber'),
  );
  const header = grid.records[Math.max(0, at)] ?? [];
  if (at < 0) throw noNumberColumn(grid, header);
  const columns = matchAnyHeaders(header, rules.layouts);
  const numberAt = columns.findIndex((column) => column.field === 'phoneNumber');
  const countryAt = columns.findIndex((column) => column.field === 'country');
  const fields = columns.map((column) => column.field);
  const rows: Record<string, Record<string, string>> = Object.create(null) as Record<
    string,
    Record<string, string>
  >;
  for (let record = at + 1; record < grid.records.length; record++) {
    const cells = grid.records[record] as readonly string[];
    const text = cells[numberAt] ?? '';
    if (text.trim() === '') continue;
    const key = index.key(text, books.countries.code(cells[countryAt] ?? '') ?? undefined);
    if (!index.has(key)) continue;
    const row: Record<string, string> = {};
    for (const [column, field] of fields.entries()) {
      if (!field.startsWith('column:')) row[field] = blankOf(rules, cells[column] ?? '');
    }
    const before = rows[key];
    if (!before) rows[key] = row;
    else if (JSON.stringify(before) !== JSON.stringify(row)) {
      const place = { file: grid.name, line: grid.places[record] ?? record + 1, column: 1 };
      const message = `\`${text}\` stands in ${grid.name} more than once with different values; its first line was used`;
      notices.push({ code: 'reference-double', severity: 'warning', message, place });
    }
  }
  return {
    deed: { type: 'reference', name, fields: fields.filter((field) => !field.startsWith('column:')), rows },
    notices,
  };
}

/** Cells that mean nothing mean nothing in a joined file either. */
function blankOf(rules: RuleSet, text: string): string {
  const words = rules.corrections.flatMap((correction) => correction.blankCells);
  return words.some((word) => word.toLowerCase() === text.toLowerCase()) ? '' : text;
}

/** @throws CsrError where a file of answers has no number column: then none of it can be used */
export function checkAnswers(grid: Grid, rules: RuleSet): void {
  const [header = []] = grid.records;
  const columns = matchAnyHeaders(header, rules.layouts);
  if (!columns.some(({ field }) => field === 'phoneNumber')) throw noNumberColumn(grid, header);
}

interface AnswerLine {
  readonly place: number;
  readonly number: string;
  readonly rows: readonly number[];
  /** Field or fact -> text, not blank. */
  readonly values: ReadonlyMap<string, string>;
  readonly exclude: string;
  readonly note: string;
}

/**
 * Applies a file of answers (a number column and any of: fields, asked facts, extra fields, `decision`,
 * `exclude`, `note`) until nothing more fits: an answered fact may open a new task. `record` journals a deed
 * and applies it to the review.
 * @returns lines and cells that fit nothing: said, and without consequence
 * @throws CsrError where the file has no number column
 */
export async function applyAnswers(
  review: Review,
  grid: Grid,
  record: (deed: Deed) => Promise<void>,
): Promise<readonly Problem[]> {
  const notices: Problem[] = [];
  const lines = readLines(review, grid, notices);
  const used = new Set<string>();
  const refused = new Map<string, string>();
  // The customer's facts that the file has told: each once, or a rule that asks on all the same would be told for ever.
  const toldFacts = new Set<string>();
  for (let again = true; again; ) {
    again = false;
    const entries: AnswerEntry[] = [];
    const intake: Record<string, string> = {};
    const found: Record<Task['scope'], string[]> = { row: [], file: [] };
    const taken = new Set<string>(toldFacts);
    for (const line of lines) {
      for (const row of line.rows) {
        for (const task of review.decision(row).tasks) {
          const { values, names } = valuesFor(review, row, task, line, taken, refused);
          if (names.length === 0) continue;
          found[task.scope].push(...names);
          if (task.scope === 'row') entries.push(entryOf(row, task, values));
          else
            for (const [fact, text] of Object.entries(values)) {
              toldFacts.add(fact);
              intake[fact.slice('customer.'.length)] = text;
            }
        }
      }
    }
    // A fact of the customer may change what is asked of the rows: those are looked at again.
    if (found.file.length > 0) await record({ type: 'intake', facts: intake });
    else if (entries.length > 0) await record({ type: 'answer', via: 'file', entries });
    for (const name of found.file.length > 0 ? found.file : found.row) {
      used.add(name);
      again = true;
    }
  }
  // A session may have been told all of it before; what the agent decided since then stands.
  const told = new Set(review.log.map((event) => toldAs(event)));
  for (const { rows, exclude, note } of lines) {
    const deeds: Deed[] = [];
    if (exclude !== '') deeds.push({ type: 'exclude', rows, reason: exclude });
    if (note !== '') deeds.push({ type: 'note', rows, text: note });
    for (const deed of deeds) if (rows.length > 0 && !told.has(toldAs(deed))) await record(deed);
  }
  for (const line of lines) {
    // A full list of answers goes with a batch too: what it says of the other rows is not amiss.
    if (line.rows.every((row) => review.status(row) === 'excluded')) continue;
    for (const [field, text] of line.values) {
      const name = cellOf(line, field);
      if (used.has(name) || line.rows.some((row) => wasGiven(review, row, field, text))) continue;
      const why = refused.get(name);
      notices.push(
        notice(
          grid,
          line.place,
          why ?? `nothing asks for ${field} of ${line.number}; \`${text}\` was not used`,
        ),
      );
    }
  }
  return notices;
}

/**
 * What a line has for a task's fields, and the names of its cells: only what is still without an answer. Of two
 * lines for one row the first is `taken`.
 */
function valuesFor(
  review: Review,
  row: number,
  task: Task,
  line: AnswerLine,
  taken: Set<string>,
  refused: Map<string, string>,
): { values: Record<string, string>; names: string[] } {
  const values: Record<string, string> = {};
  const names: string[] = [];
  const fields =
    task.for.length > 0
      ? task.for
      : [{ field: DECISION, label: 'the decision', extra: false, pattern: null, format: null }];
  const given = review.evaluator.givenTo(row, task);
  for (const item of fields) {
    const column = columnFor(line, item.field);
    const text = line.values.get(column);
    const place = task.scope === 'file' ? item.field : `${row} ${task.key} ${item.field}`;
    if (text === undefined || given[item.field] !== undefined || taken.has(place)) continue;
    if (task.scope === 'file' && wasGiven(review, row, item.field, text)) continue;
    const name = cellOf(line, column);
    const validated = validateAnswer(review, task, item, text);
    if ('problem' in validated) {
      refused.set(name, validated.problem);
      continue;
    }
    taken.add(place);
    names.push(name);
    values[item.field] = validated.text;
  }
  return { values, names };
}

function cellOf(line: AnswerLine, column: string): string {
  return `${line.place} ${column}`;
}

/** Whether a row, or the customer's file, has been given this answer, now or earlier in its session. */
function wasGiven(review: Review, row: number, field: string, text: string): boolean {
  const { books, facts } = review.evaluator;
  const key = (one: string) => normalise(facts.type(field), one, books);
  const wanted = isNone(text) ? '' : key(text);
  const fact = review.state.customer.get(field.replace(/^customer\./, ''));
  if (fact !== undefined && key(fact) === wanted) return true;
  const answers = review.state.inputs.get(row)?.answers ?? [];
  return answers.some(({ values }) => values[field] !== undefined && key(values[field]) === wanted);
}

/** An exclusion or a note, without when and by whom. */
function toldAs(deed: Deed): string {
  if (deed.type === 'exclude') return JSON.stringify([deed.type, deed.rows, deed.reason]);
  return deed.type === 'note' ? JSON.stringify([deed.type, deed.rows, deed.text]) : deed.type;
}

/** A column such as `company` is both a cell and a question of the intake: what asks decides which is meant. */
function columnFor(line: AnswerLine, field: string): string {
  const question = field.replace(/^customer\./, '');
  return line.values.has(field) ? field : question;
}

const OWN_COLUMNS = new Map([
  ['exclude', 'exclude'],
  ['note', 'note'],
  ['decision', DECISION],
]);

function readLines(review: Review, grid: Grid, notices: Problem[]): AnswerLine[] {
  const [header = [], ...records] = grid.records;
  const columns = matchHeaders(header, review.rules.layouts);
  // What is the name of a question too, such as `customerId`, is that question's.
  const otherwise = matchAnyHeaders(header, review.rules.layouts).map(({ field }) => field);
  const extras = review.evaluator.facts.slots;
  const names = columns.map((column, at) => {
    const text = (header[at] ?? '').trim();
    const folded = text.toLowerCase();
    if (OWN_COLUMNS.has(folded)) return OWN_COLUMNS.get(folded) as string;
    if (!column.field.startsWith('column:')) return column.field;
    const asked = foldHeader(text).replace(/^customer\./, '');
    const customer = review.rules.intake.questions.find(({ id }) => asked === foldHeader(id));
    if (customer) return `customer.${customer.id}`;
    return (
      extras.find((slot) => slot.toLowerCase() === folded) ??
      labelled(review, folded) ??
      otherwise[at] ??
      column.field
    );
  });
  const numberAt = names.indexOf('phoneNumber');
  if (numberAt < 0) throw noNumberColumn(grid, header);
  const index = new NumberIndex(review.table, review.evaluator.books, review.rules);
  for (const [at, name] of names.entries()) {
    if (name.startsWith('column:')) {
      notices.push(notice(grid, 1, `no task can ask for \`${header[at]}\`; the column was not used`));
    }
  }
  return records.map((record, at) => {
    const place = grid.places[at + 1] ?? at + 2;
    const number = record[numberAt] ?? '';
    const rows = index.find(number);
    const values = new Map<string, string>();
    let exclude = '';
    let note = '';
    for (const [column, name] of names.entries()) {
      const text = record[column] ?? '';
      if (text.trim() === '' || column === numberAt || name.startsWith('column:')) continue;
      if (name === 'exclude') exclude = text.trim();
      else if (name === 'note') note = text.trim();
      else values.set(name, text);
    }
    if (rows.length === 0) {
      notices.push(
        notice(grid, place, `\`${number}\` is not in ${review.table.name}; the line was not used`),
      );
      return { place, number, rows, values: new Map(), exclude: '', note: '' };
    }
    return { place, number, rows, values, exclude, note };
  });
}

function labelled(review: Review, folded: string): string | undefined {
  for (const lookUp of review.rules.lookUps) {
    for (const item of lookUp.for) if (item.extra && item.label.toLowerCase() === folded) return item.field;
  }
  return undefined;
}

function noNumberColumn(grid: Grid, header: readonly string[]): CsrError {
  return new CsrError({
    code: 'no-number-column',
    severity: 'error',
    message: `${grid.name} has no phone number column`,
    found: header.map((text) => `\`${text}\``).join(', '),
    help: 'head the column of numbers `phoneNumber`',
  });
}

function notice(grid: Grid, place: number, message: string): Problem {
  return {
    code: 'answer-unused',
    severity: 'warning',
    message,
    place: { file: grid.name, line: place, column: 1 },
  };
}
