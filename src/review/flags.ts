/** Flags in groups: identical ones are one thing to look at. */
import { CsrError, type Severity } from '../engine/problem.ts';
import type { Deed, FlagEntry } from './event.ts';
import type { Review } from './review.ts';

interface FlagGroup {
  readonly rule: string;
  readonly severity: Severity;
  /** The message of its first flag. */
  readonly message: string;
  readonly flags: readonly FlagEntry[];
  /** How many of them nobody has vouched for. */
  readonly open: number;
}

/** The flags of rows that would be delivered, by rule; errors first, then warnings. */
function flagGroups(review: Review): FlagGroup[] {
  const groups = new Map<string, { severity: Severity; message: string; flags: FlagEntry[]; open: number }>();
  for (const row of review.table.rows.keys()) {
    if (review.status(row) === 'excluded') continue;
    for (const flag of review.evaluator.flags(row)) {
      let group = groups.get(flag.rule);
      if (!group) {
        group = { severity: flag.severity, message: flag.message, flags: [], open: 0 };
        groups.set(flag.rule, group);
      }
      group.flags.push({ row, rule: flag.rule, field: flag.field, message: flag.message });
      if (!review.isAcknowledged(row, flag)) group.open++;
    }
  }
  const order: readonly Severity[] = ['error', 'warning', 'info'];
  return [...groups]
    .map(([rule, group]) => ({ rule, ...group }))
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || b.flags.length - a.flags.length);
}

/**
 * Vouches for the flags of the named rules.
 * @throws CsrError where no rule of that name exists
 */
export function flagDeeds(review: Review, rules: readonly string[]): Deed[] {
  const known = new Set(review.rules.tables.flatMap((table) => table.rules.map((rule) => rule.id)));
  for (const rule of rules) {
    if (!known.has(rule)) {
      const flagging = [...new Set(flagGroups(review).map((group) => group.rule))];
      throw new CsrError({
        code: 'unknown-rule',
        severity: 'error',
        message: `there is no rule \`${rule}\` to acknowledge`,
        ...(flagging.length > 0 ? { wanted: flagging.join(', ') } : {}),
      });
    }
  }
  const flags = flagGroups(review)
    .filter((group) => rules.includes(group.rule))
    .flatMap((group) => group.flags)
    .filter((flag) => !review.isAcknowledged(flag.row, { ...flag, severity: 'error' }));
  return flags.length === 0 ? [] : [{ type: 'acknowledge', flags }];
}
