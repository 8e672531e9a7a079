/** What the YAML rule files compile into: one model that the evaluation, the explanation and the analysis share. */
import type { Pattern } from './pattern.ts';
import type { Place, Severity } from './problem.ts';

export const STAGES = ['correct', 'scope', 'facts', 'address', 'fields', 'checks'] as const;
export type Stage = (typeof STAGES)[number];

export const BASES = ['stated', 'found', 'ours', 'reconstructed'] as const;
export type Basis = (typeof BASES)[number];

/** How two texts of a fact are compared: carriers by canonical name, countries by ISO code, and so on. */
export type FactType =
  | 'text'
  | 'carrier'
  | 'country'
  | 'phone'
  | 'yes-no'
  | 'number'
  | { readonly values: string };

export type Op =
  | { readonly kind: 'any' }
  | { readonly kind: 'blank' }
  | { readonly kind: 'present' }
  /** Present and listed (carriers, countries). */
  | { readonly kind: 'known' }
  /** Present and not listed. */
  | { readonly kind: 'unknown' }
  /** `keys` are normalised for the fact's type; `written` is what the file says. */
  | { readonly kind: 'equals'; readonly keys: readonly string[]; readonly written: readonly string[] }
  /** Equal to the letter, nothing trimmed or folded. */
  | { readonly kind: 'exactly'; readonly texts: readonly string[] }
  | { readonly kind: 'starts-with'; readonly prefixes: readonly string[] }
  | { readonly kind: 'matches'; readonly pattern: Pattern }
  | { readonly kind: 'same-as'; readonly fact: string }
  /** Equal to another fact to the letter. */
  | { readonly kind: 'identical-to'; readonly fact: string }
  /** min/max with `open` bounds excluded. */
  | {
      readonly kind: 'number';
      readonly min: number | null;
      readonly minOpen: boolean;
      readonly max: number | null;
      readonly maxOpen: boolean;
    }
  /** Present, and not all of `ops` hold (`not: present` alone is `blank`). */
  | { readonly kind: 'not'; readonly ops: readonly Op[] }
  /** All hold, of one and the same cell: used by `any-cell` only. */
  | { readonly kind: 'all-of'; readonly ops: readonly Op[] };

/** One condition on one fact. A YAML line with several operators becomes several tests. */
export interface Test {
  readonly fact: string;
  readonly op: Op;
  readonly place: Place;
  /** The condition as a lead wrote it, on one line: `country: { not: US }`. */
  readonly written: string;
}

/** Something a person fills in: a field of the record, or a named extra one that becomes an added column. */
export interface Answerable {
  readonly field: string;
  readonly label: string;
  readonly extra: boolean;
  readonly pattern: Pattern | null;
  /** What the pattern means, in words for the agent. */
  readonly format: string | null;
}

/** The procedure that stands for "as the look-ups say". */
export const BY_CARRIER = 'by-carrier';

export type Action =
  | { readonly do: 'clear'; readonly fields: readonly string[] }
  | { readonly do: 'set'; readonly values: readonly (readonly [field: string, text: string])[] }
  | { readonly do: 'copy'; readonly pairs: readonly (readonly [field: string, fact: string])[] }
  | {
      readonly do: 'lowest';
      readonly pairs: readonly (readonly [field: string, fact: string])[];
      readonly per: string;
    }
  /** `procedure` is a procedure's id or `by-carrier`; `for` may be empty with `by-carrier`. */
  | { readonly do: 'look-up'; readonly procedure: string; readonly for: readonly Answerable[] }
  | {
      readonly do: 'ask';
      readonly fact: string;
      readonly choices: readonly string[];
      readonly suggest: string | null;
      readonly procedure: string | null;
    }
  | {
      readonly do: 'offer';
      readonly pairs: readonly (readonly [field: string, fact: string])[];
      readonly procedure: string | null;
    }
  | {
      readonly do: 'refer';
      readonly to: string;
      readonly for: readonly Answerable[];
      readonly procedure: string | null;
    }
  | { readonly do: 'exclude'; readonly reason: string }
  /** `{fact}` in a message is replaced by the fact's value; `{nearest carrier}` by the nearest known names. */
  | {
      readonly do: 'flag';
      readonly message: string;
      readonly severity: Severity;
      readonly field: string | null;
    }
  | { readonly do: 'keep'; readonly fields: readonly string[] }
  | { readonly do: 'stop' };

export interface Source {
  readonly document: string;
  readonly section: string | null;
}

export interface Example {
  readonly given: Readonly<Record<string, string>>;
  readonly expect: Readonly<Record<string, unknown>> | null;
  readonly expectNot: Readonly<Record<string, unknown>> | null;
  readonly place: Place;
}

/** What every rule, look-up, carrier and escalation says of itself. */
export interface Provenance {
  readonly why: string;
  readonly source: Source;
  readonly basis: Basis;
  readonly owner: string | null;
  readonly reviewBy: string | null;
  /** ISO dates, inclusive; outside them the rule does not take part. */
  readonly from: string | null;
  readonly until: string | null;
}

export interface Rule extends Provenance {
  readonly id: string;
  readonly title: string;
  readonly stage: Stage;
  readonly when: readonly Test[];
  /** Empty: no `when-any`. Otherwise at least one block must hold beside `when`. */
  readonly whenAny: readonly (readonly Test[])[];
  readonly then: readonly Action[];
  readonly examples: readonly Example[];
  readonly place: Place;
}

/** One `kind: rules` file, with the rules that an extension puts before its own already in place. */
export interface RuleTable {
  readonly file: string;
  readonly title: string;
  readonly stage: Stage;
  readonly match: 'first' | 'all';
  readonly rules: readonly Rule[];
}

/** Cells that mean nothing, whole cell, any case. */
export interface Correction extends Provenance {
  readonly id: string;
  readonly title: string;
  readonly blankCells: readonly string[];
  readonly place: Place;
}

export interface Carrier extends Partial<Provenance> {
  readonly name: string;
  readonly also: readonly string[];
  readonly not: readonly string[];
  readonly pin: string | null;
  readonly place: Place;
}

/** A row of the article's table Country | Carrier | How to find. */
export interface LookUp extends Provenance {
  readonly id: string;
  /** ISO code, or null for any. */
  readonly country: string | null;
  /** Canonical carrier name, or null for any. */
  readonly carrier: string | null;
  readonly how: readonly string[];
  /** A procedure whose steps stand where `how` is empty. */
  readonly procedure: string;
  readonly refer: string | null;
  readonly for: readonly Answerable[];
  readonly examples: readonly Example[];
  readonly place: Place;
}

export interface Category extends Partial<Provenance> {
  readonly id: string;
  readonly title: string;
  readonly words: readonly string[];
  readonly phrases: readonly string[];
  /** `carrier` is a canonical name, or null where the code means the same everywhere. */
  readonly codes: readonly { readonly code: string; readonly carrier: string | null }[];
  readonly not: readonly string[];
  readonly over: readonly string[];
  readonly hint: string | null;
  readonly place: Place;
}

export interface EscalationExample {
  readonly carrier: string;
  readonly text: string;
  readonly expect: boolean;
  readonly place: Place;
}

export interface Escalation extends Provenance {
  readonly id: string;
  /** Canonical carrier names; empty for any. */
  readonly carriers: readonly string[];
  /** Category ids; empty for any. */
  readonly categories: readonly string[];
  readonly resolution: string;
  readonly give: Readonly<Record<string, string>> | null;
  readonly refer: string | null;
  /** The procedure whose steps carry the resolution out. */
  readonly procedure: string | null;
  readonly examples: readonly EscalationExample[];
  readonly place: Place;
}

export interface Procedure extends Partial<Provenance> {
  readonly id: string;
  readonly title: string;
  /** The system or portal where the steps are walked. */
  readonly where: string;
  readonly steps: readonly string[];
  /** What the agent comes back with, in words. */
  readonly yields: string;
  readonly place: Place;
}

export interface FieldDef {
  readonly name: string;
  readonly label: string;
  readonly type: FactType;
  /** Header texts; matched without regard to case, spaces, `_` or `-`. */
  readonly headers: readonly string[];
  /** Whether it only goes in: a column of the file goes out as it came in or was edited, whatever becomes of the fact. */
  readonly inputOnly: boolean;
}

export interface LayoutColumn {
  readonly field: string;
  /** A column letter (`D`) that names the field whatever its header. */
  readonly letter: string | null;
  /** Header texts that mean this field in this layout only. */
  readonly headers: readonly string[];
}

export interface Layout extends Partial<Provenance> {
  readonly id: string;
  readonly title: string;
  /** Fields that must be found (by header) for the layout to be recognised. */
  readonly allOf: readonly string[];
  readonly noneOf: readonly string[];
  readonly columns: readonly LayoutColumn[];
  /** null: the same columns in the same order. Otherwise exactly these. */
  readonly output: readonly { readonly field: string; readonly header: string }[] | null;
  /** The country that numbers without one are written in (ISO code), or null. */
  readonly defaultCountry: string | null;
  /** What goes out unless the agent says otherwise. */
  readonly delivers: readonly ('csv' | 'docx')[];
  readonly place: Place;
}

export interface LayoutBook {
  readonly fields: ReadonlyMap<string, FieldDef>;
  /** Named value lists: list -> value -> texts that mean it. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  readonly layouts: readonly Layout[];
}

export interface Question extends Partial<Provenance> {
  /** The customer fact without its prefix: `accountKind`. */
  readonly id: string;
  readonly question: string;
  readonly help: string | null;
  readonly type: 'text' | 'choice' | 'yes-no' | 'sentence';
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** Whether delivery waits for an answer. */
  readonly blocks: boolean;
  /** The only answer with which delivery may go on, and what to say otherwise. */
  readonly mustBe: string | null;
  readonly otherwise: string | null;
  /** Texts that say that there is no answer yet. */
  readonly notAnswers: readonly string[];
  readonly place: Place;
}

/** The support agent's case: its fields in order, each a text with `{placeholders}`. */
export interface CaseTemplate {
  readonly fields: readonly {
    readonly label: string;
    readonly text: string;
    readonly choices: readonly string[];
  }[];
  readonly eligibility: string;
  readonly unverified: string;
  readonly notices: readonly string[];
  readonly afterSaving: readonly string[];
}

export interface Intake {
  readonly questions: readonly Question[];
  readonly case: CaseTemplate;
}

export interface Delivery {
  /** With `{customer}`. */
  readonly fileName: string;
  readonly partialFileName: string;
  readonly wordFileName: string;
  readonly template: string;
  readonly handOver: readonly string[];
  /** What is said instead when some rows stay open; empty: nothing of its own. */
  readonly partialHandOver: readonly string[];
  readonly wordNotice: string;
  readonly resolvedNote: string;
}

/** What one paragraph of a document rules, in the lead's own words, and what carries it out. */
export interface Paragraph {
  readonly says: string;
  /** Names as written; one that no longer exists is said where the policy is shown, and breaks no rule. */
  readonly carriedOut: readonly { readonly as: PartKind; readonly name: string }[];
  /** Why no rule is needed, for all of it or for the rest. */
  readonly noRule: string | null;
  readonly place: Place;
}

/** What can carry a paragraph out: `rule` stands for rules, corrections, look-ups and escalations. */
export type PartKind = 'rule' | 'carrier' | 'procedure' | 'question' | 'layout' | 'text';

export interface SourceSection {
  readonly title: string;
  readonly paragraphs: readonly Paragraph[];
  readonly place: Place;
}

/** A document that rules name as their source. */
export interface SourceDocument {
  readonly id: string;
  readonly title: string;
  /** What kind of document it is. */
  readonly about: string | null;
  /** In the document's order; empty where only the document as a whole is known. */
  readonly sections: readonly SourceSection[];
  readonly place: Place;
}

/** Everything the rule files say. */
export interface RuleSet {
  /** sha256 of the files' names and bytes. */
  readonly digest: string;
  readonly files: readonly string[];
  /** In order of stage, then file name. */
  readonly tables: readonly RuleTable[];
  readonly corrections: readonly Correction[];
  readonly carriers: readonly Carrier[];
  /** Words without meaning in a carrier's name, and states that may trail it. */
  readonly carrierNoise: {
    readonly words: readonly string[];
    readonly states: Readonly<Record<string, string>>;
  };
  readonly lookUps: readonly LookUp[];
  readonly categories: readonly Category[];
  /** Words beside which a category's word counts. */
  readonly rejectionWords: readonly string[];
  readonly escalations: readonly Escalation[];
  readonly procedures: ReadonlyMap<string, Procedure>;
  /** Country names beside ISO's own: `UK` -> GB. */
  readonly countryAliases: Readonly<Record<string, string>>;
  readonly layouts: LayoutBook;
  readonly intake: Intake;
  readonly delivery: Delivery;
  readonly documents: readonly SourceDocument[];
  /** Rules, corrections, look-ups and escalations together. */
  readonly count: number;
}
