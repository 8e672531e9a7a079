/** The report of a run (version 1): what the rules made of every row, for machines. */
import type { Change, Decision } from '../engine/decision.ts';
import type { Review, Summary } from '../review/review.ts';

export interface RunReport {
  readonly version: 1;
  readonly input: {
    readonly file: string;
    readonly sha256: string;
    readonly layout: string;
    readonly rows: number;
  };
  readonly rules: { readonly digest: string; readonly count: number };
  readonly summary: Summary;
  /** Rows with something to say, in file order. */
  readonly rows: readonly RunReportRow[];
}

interface RunReportRow {
  /** The spreadsheet's row number (header = 1). */
  readonly row: number;
  readonly phoneNumber: string;
  readonly status: Decision['status'];
  readonly changes: readonly {
    readonly field: string;
    readonly from: string;
    readonly to: string;
    readonly rule: string;
    readonly by: string;
  }[];
  readonly tasks: readonly {
    readonly kind: string;
    readonly for: readonly string[];
    readonly procedure: string | null;
    readonly refer: string | null;
    readonly rule: string;
    readonly lookUp: string | null;
    readonly basis: string;
    readonly why: string;
    readonly choices: readonly string[];
    readonly suggestion: Readonly<Record<string, string>>;
  }[];
  readonly flags: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly field: string | null;
    readonly message: string;
  }[];
  readonly excluded?: { readonly reason: string; readonly rule: string | null };
  readonly notes?: readonly string[];
}

/** The run report of a review as it stands. */
export function runReport(review: Review): RunReport {
  const { table, rules } = review;
  const rows: RunReportRow[] = [];
  for (const index of table.rows.keys()) {
    const row = rowReport(review, index);
    if (row) rows.push(row);
  }
  return {
    version: 1,
    input: { file: table.name, sha256: table.sha256, layout: table.layout, rows: table.rows.length },
    rules: { digest: rules.digest, count: rules.count },
    summary: review.summary(),
    rows,
  };
}

function rowReport(review: Review, index: number): RunReportRow | null {
  const decision = review.decision(index);
  const notes = review.state.notes.get(index);
  const { facts } = review.evaluator;
  const cells = new Set(facts.cellSlots.map((slot) => facts.slots[slot]));
  // A fact that does not go out (Origin) is decided on, not changed.
  const goesOut = ({ field, rule, by }: Change) =>
    !facts.isInputOnly(field) || by === 'edit' || [...facts.blankWords.values()].includes(rule);
  const changes = decision.changes.filter((change) => cells.has(change.field) && goesOut(change));
  const quiet = decision.status === 'ready' && changes.length + decision.flags.length === 0;
  if (quiet && notes === undefined) return null;
  return {
    row: review.place(index),
    phoneNumber: review.phoneNumber(index),
    status: decision.status,
    changes: changes.map((change) => ({ ...change, field: fieldName(review, change.field) })),
    tasks: decision.tasks.map((task) => ({
      kind: task.kind,
      for: task.for.map((item) => item.field),
      procedure: task.procedure,
      refer: task.refer,
      rule: task.rule,
      lookUp: task.lookUp,
      basis: task.basis,
      why: task.why,
      choices: task.choices,
      suggestion: task.suggestion,
    })),
    flags: decision.flags.map((flag) => ({
      ...flag,
      field: flag.field === null ? null : fieldName(review, flag.field),
    })),
    ...(decision.excluded ? { excluded: decision.excluded } : {}),
    ...(notes ? { notes } : {}),
  };
}

/** A field's name; the header where no rule knows the column. */
function fieldName(review: Review, field: string): string {
  const column = /^column:(\d+)$/.exec(field)?.[1];
  return column === undefined ? field : (review.table.columns[Number(column) - 1]?.header ?? field);
}
