/** A session on disk, and the way out of it: what the review screen and `csr export` work at. */
import { basename, dirname, join } from 'node:path';
import { type LayoutChoice, recognise } from '../engine/layout.ts';
import { CsrError, type Problem } from '../engine/problem.ts';
import type { RuleSet } from '../engine/rule.ts';
import type { Table } from '../engine/table.ts';
import { writeCsv } from '../export/csv.ts';
import { handOver, summary } from '../export/handover.ts';
import { buildReport, deliveredName, type Report } from '../export/report.ts';
import { type Journal, openJournal, readJournal } from '../files/journal.ts';
import { readBytes } from '../files/read-text.ts';
import { keepScratch, readScratch } from '../files/scratch.ts';
import { type Output, writeAll } from '../files/write-file.ts';
import type { Delivered, DeliveryRequest, Desk } from '../review/desk.ts';
import type { Deed, Event } from '../review/event.ts';
import { proposalYaml } from '../review/proposal.ts';
import { Review } from '../review/review.ts';
import { fold, type SessionState } from '../review/session.ts';
import {
  customerName,
  groundDeeds,
  type Opened,
  openGrid,
  openReview,
  openRules,
  stamp,
  startOf,
  takeAnswers,
} from './open.ts';
import { type InputOptions, onlyOneStdin } from './options.ts';
import { readStdin } from './output.ts';

/** Where the screen was, beside the journal. */
const BOOKMARK = 'bookmark';

/** The session folder of a file. */
export function sessionFolder(file: string, options: InputOptions): string {
  if (options.session !== undefined) return options.session;
  if (file === '-') {
    throw new CsrError({
      code: 'usage',
      severity: 'error',
      message: 'standard input has no place for a session beside it',
      help: 'name a folder with `--session DIR`, or give a file',
    });
  }
  return `${file}.session`;
}

/** Where and how a delivery is written. */
export interface DeliveryPlace {
  readonly out: string;
  readonly inputs: readonly string[];
  readonly template: { readonly name: string; readonly bytes: Uint8Array } | null;
  /** Files to write with a delivery that are no part of it. */
  readonly beside?: readonly Output[];
}

/** `delivered/` beside the file: the download already bears the delivered name. */
export function defaultOut(file: string): string {
  return join(file === '-' ? '.' : dirname(file), 'delivered');
}

/**
 * Writes what a review delivers: CSV, Word or both, whole or not at all.
 * @throws CsrError with every blocker, or where a file cannot be written
 */
export async function deliver(
  review: Review,
  request: DeliveryRequest,
  place: DeliveryPlace,
): Promise<Delivered> {
  const blockers = review.blockers(request.partial);
  if (blockers.length > 0) throw new CsrError(blockers);
  const report = reportOf(review);
  if (report.rows.length === 0) {
    throw new CsrError({
      code: 'nothing-to-deliver',
      severity: 'error',
      message: 'every row is excluded: there is nothing to deliver',
    });
  }
  const { outputs, notices } = await outputsOf(review, report, request, place);
  writeAll([...outputs, ...(place.beside ?? [])], {
    force: request.force,
    notOver: place.inputs,
    makeFolder: true,
  });
  const files = outputs.map((output) => output.path);
  return {
    files,
    handOver: handOver(
      report,
      review.rules.delivery,
      files.map((file) => basename(file)),
    ),
    notices,
  };
}

/** Cells that a spreadsheet would run stand in it as text: unless somebody vouched for them, they block. */
export function reportOf(review: Review): Report {
  return buildReport(review, { customer: customerName(review), guardFormulas: true });
}

async function outputsOf(
  review: Review,
  report: Report,
  request: DeliveryRequest,
  place: DeliveryPlace,
): Promise<{ outputs: Output[]; notices: Problem[] }> {
  const { delivery } = review.rules;
  const outputs: Output[] = [];
  const notices = report.formulaHeads.map(
    (text): Problem => ({
      code: 'formula-header',
      severity: 'warning',
      message: `a spreadsheet would run \`${text}\`, in or above the header, as a formula: it goes out behind an apostrophe`,
      help: 'look where the file comes from',
    }),
  );
  if (request.csv) {
    const csv = writeCsv(report);
    const name = report.partial ? delivery.partialFileName : delivery.fileName;
    outputs.push({ path: join(place.out, deliveredName(name, report.customer)), data: csv.bytes });
    notices.push(...csv.notices);
  }
  if (request.docx) {
    const { carriers } = review.evaluator.books;
    // Loaded for those who deliver: every other command starts sooner without it.
    const { writeDocx } = await import('../export/docx.ts');
    const word = await writeDocx(report, {
      fileName: partialName(delivery.wordFileName, report.partial),
      perCarrier: request.perCarrier,
      canonicalCarrier: (text) => carriers.canonical(text) ?? text,
      ...(place.template ? { template: place.template } : {}),
    });
    for (const file of word.files) outputs.push({ path: join(place.out, file.name), data: file.bytes });
    notices.push(...word.notices);
  }
  return { outputs, notices };
}

/** The desk of a file with its session: deeds are journaled, durably, before they count. */
export class SessionDesk implements Desk {
  readonly review: Review;
  readonly session: string;
  readonly resumed: boolean;
  readonly notices: Problem[];
  private readonly journal: Journal<Event>;
  private readonly place: DeliveryPlace;
  /** Events that count already and are journaled with the delivery; null where each is journaled at once. */
  private held: Event[] | null;

  private constructor(
    review: Review,
    session: string,
    resumed: boolean,
    notices: Problem[],
    journal: Journal<Event>,
    place: DeliveryPlace,
    held: Event[] | null,
  ) {
    this.review = review;
    this.session = session;
    this.resumed = resumed;
    this.notices = notices;
    this.journal = journal;
    this.place = place;
    this.held = held;
  }

  /**
   * Starts the session of a table, or goes on with it.
   * @param hold whether nothing is journaled before a delivery has succeeded: a refused one leaves the session as it was
   * @throws CsrError where another process has it, the journal is damaged, or the file is not the one it was begun on
   */
  static async open(
    table: Table,
    rules: RuleSet,
    options: InputOptions,
    session: string,
    place: DeliveryPlace,
    hold = false,
  ): Promise<SessionDesk> {
    // Before the journal is made: options that cannot be followed must not leave a session behind.
    const ground = await groundDeeds(table, rules, options);
    const journal = await openJournal<Event>(session);
    try {
      const resumed = journal.events.length > 0;
      const notices: Problem[] = [...table.notices, ...journal.notices, ...ground.notices];
      const fresh: Deed[] = resumed
        ? continued(journal.events, table, rules, options, ground.deeds, notices)
        : [startOf(table, rules, options.map ?? {}), ...ground.deeds];
      const events = fresh.map(stamp);
      if (!hold) for (const event of events) journal.append(event);
      const review = await Review.open(rules, table, [...journal.events, ...events]);
      return new SessionDesk(review, session, resumed, notices, journal, place, hold ? events : null);
    } catch (error) {
      journal.close();
      throw error;
    }
  }

  async record(deed: Deed): Promise<ReadonlySet<number>> {
    const event = stamp(deed);
    if (this.held) this.held.push(event);
    else this.journal.append(event);
    return this.review.apply(event);
  }

  preview(request: DeliveryRequest): string {
    const all = reportOf(this.review);
    // Unasked, nothing goes out unresolved: what stands in the way is said by the screen.
    const report = request.partial ? all : { ...all, partial: false, unresolved: [] };
    const { delivery } = this.review.rules;
    const names = [
      ...(request.csv ? [report.partial ? delivery.partialFileName : delivery.fileName] : []),
      ...(request.docx ? [partialName(delivery.wordFileName, report.partial)] : []),
    ].map((name) => join(this.place.out, deliveredName(name, report.customer)));
    const text = summary(report, request);
    return names.length === 0 ? text : `${text.trimEnd()}\n\nInto ${names.join(' and ')}\n`;
  }

  async deliver(request: DeliveryRequest): Promise<Delivered> {
    const delivered = await deliver(this.review, request, this.place);
    for (const event of this.held ?? []) this.journal.append(event);
    this.held = null;
    await this.record({ type: 'deliver', files: delivered.files, partial: request.partial });
    return delivered;
  }

  async propose(proposal: { country: string; carrier: string; how: string }): Promise<string> {
    const count = this.review.log.filter((event) => event.type === 'proposal').length;
    const path = join(this.session, `proposal-${count + 1}.yaml`);
    const data = await proposalYaml(proposal, {
      who: stamp({ type: 'undo' }).who,
      input: this.review.table.name,
      rules: this.review.rules,
    });
    writeAll([{ path, data }], { force: false, notOver: [] });
    await this.record({ type: 'proposal', ...proposal, file: path });
    return path;
  }

  get bookmark(): string | null {
    return readScratch(join(this.session, BOOKMARK));
  }

  async keepBookmark(bookmark: string): Promise<void> {
    await keepScratch(join(this.session, BOOKMARK), bookmark);
  }

  close(): void {
    this.journal.close();
  }
}

/**
 * What a session must be told before it goes on: other rules, and what the options say that is not so in it.
 * @throws CsrError `input-changed` where it was begun on another file
 */
function continued(
  events: readonly Event[],
  table: Table,
  rules: RuleSet,
  options: InputOptions,
  ground: readonly Deed[],
  notices: Problem[],
): Deed[] {
  const start = events.findLast((event) => event.type === 'start');
  if (start && start.input.sha256 !== table.sha256) {
    throw new CsrError({
      code: 'input-changed',
      severity: 'error',
      message: `${table.name} is not the file that the session was begun on (${start.at.slice(0, 16).replace('T', ' ')} UTC)`,
      help: 'put the first file back, or move its session folder away to begin anew',
    });
  }
  const { map } = layoutChoice(options, events);
  const anew: Deed[] = [];
  if (start && !isSame([start.layout, sorted(Object.entries(start.map))], [table.layout, sorted(map)])) {
    notices.push({
      code: 'columns-changed',
      severity: 'warning',
      message:
        'the columns are understood otherwise than when the session was last open; every row was decided anew, and answers whose question changed are asked for again',
    });
    // The session goes on knowing them: the next command must not read the file as it was read before.
    anew.push(startOf(table, rules, Object.fromEntries(map)));
  }
  const last = events.findLast((event) => event.type === 'start' || event.type === 'rules');
  if (last && (last.type === 'start' || last.type === 'rules') && last.rules !== rules.digest) {
    notices.push({
      code: 'rules-changed',
      severity: 'warning',
      message:
        'the rules have changed since the session was last open; every row was decided anew, and answers whose question changed are asked for again',
    });
    anew.push({ type: 'rules', rules: rules.digest });
  }
  return [...anew, ...newsOf(ground, fold(events), notices)];
}

function sorted(map: Iterable<[string, string]>): [string, string][] {
  return [...map].sort(([one], [other]) => (one < other ? -1 : 1));
}

/**
 * What the options say that is not so in the session as it stands: the word given with a command holds for it,
 * whatever was said before. What it replaces is said.
 */
function newsOf(deeds: readonly Deed[], state: SessionState, notices: Problem[]): Deed[] {
  return deeds.flatMap((deed): Deed[] => {
    if (deed.type === 'intake') {
      const facts = Object.entries(deed.facts).filter(([fact, text]) => state.customer.get(fact) !== text);
      for (const [fact, text] of facts) {
        const before = state.customer.get(fact);
        if (before === undefined || before === '') continue;
        notices.push({
          code: 'intake-changed',
          severity: 'warning',
          message: `${fact} was \`${before}\` in the session, and is \`${text}\` by what the options say`,
        });
      }
      return facts.length === 0 ? [] : [{ ...deed, facts: Object.fromEntries(facts) }];
    }
    if (deed.type === 'batch') return isSame(deed.rows, state.batch && [...state.batch]) ? [] : [deed];
    if (deed.type === 'reference') {
      const known = state.references.get(deed.name);
      const rows = known && Object.fromEntries(known.rows);
      return known && isSame([deed.fields, deed.rows], [known.fields, rows]) ? [] : [deed];
    }
    return [deed];
  });
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A session as it was left, read without its lock; null where there is none. */
export async function readSession(folder: string): Promise<readonly Event[] | null> {
  return readJournal<Event>(folder);
}

/** The Word document of `--template`. @throws CsrError where it cannot be read */
export async function openTemplate(path: string | undefined): Promise<DeliveryPlace['template']> {
  return path === undefined ? null : { name: path, bytes: await readBytes(path, readStdin) };
}

/**
 * How a file is to be understood: as the options say, and what they leave open as its session has understood it. What
 * is said comes first in the map, so that a column said to be one field is no longer what it was.
 */
export function layoutChoice(options: InputOptions, events: readonly Event[] | null): LayoutChoice {
  const start = events?.findLast((event) => event.type === 'start');
  const map = new Map(Object.entries(options.map ?? {}));
  const said = new Set(map.values());
  for (const [field, header] of Object.entries(start?.map ?? {})) {
    if (!map.has(field) && !said.has(header)) map.set(field, header);
  }
  return { layout: options.layout ?? start?.layout ?? null, map };
}

/**
 * A file as its session left it, read without taking the session's lock, with what the options say laid over it;
 * without a session, as the rules alone decide it. Nothing is written.
 * @returns also what the session's journal holds; null where there is none
 */
export async function openAsLeft(
  file: string,
  options: InputOptions,
): Promise<Opened & { readonly left: readonly Event[] | null }> {
  const folder = file === '-' && options.session === undefined ? null : sessionFolder(file, options);
  const left = folder === null ? null : await readSession(folder);
  if (left === null || left.length === 0) return { ...(await openReview(file, options)), left: null };
  onlyOneStdin(file, options);
  const rules = await openRules(options);
  const table = recognise(await openGrid(file), rules.layouts, layoutChoice(options, left));
  const ground = await groundDeeds(table, rules, options);
  const notices: Problem[] = [...table.notices, ...ground.notices];
  const fresh = continued(left, table, rules, options, ground.deeds, notices);
  const review = await Review.open(rules, table, [...left, ...fresh.map(stamp)]);
  const unused = await takeAnswers(review, options, async (deed) => {
    await review.apply(stamp(deed));
  });
  return { rules, table, review, notices: [...notices, ...unused], left };
}

/** `x.docx` -> `x.partial.docx` */
function partialName(name: string, partial: boolean): string {
  return partial ? name.replace(/(\.\w+)?$/, '.partial$1') : name;
}
