/** What a screen works at: a review whose deeds are kept. The command line provides it; screens only use it. */
import type { LayoutChoice } from '../engine/layout.ts';
import type { Problem } from '../engine/problem.ts';
import type { RuleSet } from '../engine/rule.ts';
import type { Grid, Table } from '../engine/table.ts';
import type { Deed } from './event.ts';
import type { Review } from './review.ts';

export interface DeliveryRequest {
  readonly csv: boolean;
  readonly docx: boolean;
  /** One Word document a carrier. */
  readonly perCarrier: boolean;
  /** Deliver with unresolved rows as they are, under the partial name. */
  readonly partial: boolean;
  /** Replace files that are there already. */
  readonly force: boolean;
}

export interface Delivered {
  /** Paths as the user can open them. */
  readonly files: readonly string[];
  /** The text to paste: template, files to attach, how to resolve the case. */
  readonly handOver: string;
  readonly notices: readonly Problem[];
}

export interface Desk {
  readonly review: Review;
  /** The session folder, for people to see. */
  readonly session: string;
  /** Whether an earlier session goes on. */
  readonly resumed: boolean;
  /** What there is to say on opening: ragged rows, a guessed encoding, changed rules. */
  readonly notices: readonly Problem[];
  /**
   * Journals a deed, durably, then applies it.
   * @returns the rows decided anew
   * @throws CsrError where the journal could not be written: then nothing was applied, and the screen keeps what was typed
   */
  record(deed: Deed): Promise<ReadonlySet<number>>;
  /** Where the screen was when the session was left; absent or null where that is not known. */
  readonly bookmark?: string | null;
  /** Keeps where the screen is, for the next start. It decides nothing: losing it must do no harm, so it never fails. */
  keepBookmark?(bookmark: string): Promise<void>;
  /** What would be written, as text: counts, overwritten values old -> new, bulk offers, excluded rows, file names. What stands in its way is told by `review.blockers`. */
  preview(request: DeliveryRequest): string;
  /** @throws CsrError with the blockers, or where a file could not be written; nothing is written then */
  deliver(request: DeliveryRequest): Promise<Delivered>;
  /** Writes a rule proposal (YAML for a lead to complete) into the session folder. Returns its path. */
  propose(proposal: { country: string; carrier: string; how: string }): Promise<string>;
}

/** A file that has been read but perhaps not understood yet: the intake may have to map its columns. */
export interface Opening {
  readonly grid: Grid;
  readonly rules: RuleSet;
  readonly choice: LayoutChoice;
  /** The table, or what hinders. @throws CsrError `unknown-layout` and its like */
  recognise(choice: LayoutChoice): Table;
  /** Opens the session. `keepLayout`: also write the mapping as layout YAML and return its path among the notices. */
  open(choice: LayoutChoice, keepLayout: boolean): Promise<Desk>;
}
