/** A run report as lines that a scenario can name: one for each change, task and flag of a row. */

interface ReportedRow {
  readonly row: number;
  readonly status: string;
  readonly changes: readonly {
    readonly field: string;
    readonly from: string;
    readonly to: string;
    readonly rule: string;
  }[];
  readonly tasks: readonly {
    readonly kind: string;
    readonly for: readonly string[];
    readonly procedure: string | null;
    readonly refer: string | null;
    readonly rule: string;
    readonly suggestion?: Readonly<Record<string, string>>;
    readonly choices?: readonly string[];
  }[];
  readonly flags: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly field: string | null;
    readonly message: string;
  }[];
  readonly excluded?: { readonly reason: string };
}

export interface RowLines {
  readonly status: string;
  readonly lines: readonly string[];
}

const blank = (text: string) => (text === '' ? '(blank)' : text);

/**
 * `field: from -> to by rule`; `kind to whom for fields = suggestion of choices via procedure by rule`; `severity rule on
 * field: message`; `excluded: reason`.
 */
export function decisionLines(report: unknown): Map<string, RowLines> {
  const { rows } = report as { rows: readonly ReportedRow[] };
  return new Map(
    rows.map(({ row, status, changes, tasks, flags, excluded }) => {
      const lines = [
        ...changes.map(({ field, from, to, rule }) => `${field}: ${blank(from)} -> ${blank(to)} by ${rule}`),
        ...tasks.map((task) => {
          const suggested = Object.values(task.suggestion ?? {}).join(', ');
          return [
            task.kind,
            ...(task.refer === null ? [] : [`to ${task.refer}`]),
            `for ${task.for.join(', ') || 'a decision'}`,
            ...(suggested === '' ? [] : [`= ${suggested}`]),
            ...(task.choices?.length ? [`of ${task.choices.join(', ')}`] : []),
            ...(task.procedure === null ? [] : [`via ${task.procedure}`]),
            `by ${task.rule}`,
          ].join(' ');
        }),
        ...flags.map(
          ({ severity, rule, field, message }) => `${severity} ${rule} on ${field ?? 'the row'}: ${message}`,
        ),
        ...(excluded ? [`excluded: ${excluded.reason}`] : []),
      ];
      return [String(row), { status, lines }];
    }),
  );
}
