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
  /** Those of them that nobody has vouched for. */
  readonly unvouched: readonly FlagEntry[];
}

/** The flags of rows that would be delivered, by rule; errors first, then warnings. */
function flagGroups(review: Review): FlagGroup[] {
  const groups = new Map<
    string,
    { severity: Severity; message: string; flags: FlagEntry[]; unvouched: FlagEntry[] }
  >();
  for (const row of review.table.rows.keys()) {
    if (review.status(row) === 'excluded') continue;
    for (const flag of review.evaluator.flags(row)) {
      let group = groups.get(flag.rule);
      if (!group) {
        group = { severity: flag.severity, message: flag.message, flags: [], unvouched: [] };
        groups.set(flag.rule, group);
      }
      const entry = review.flagEntry(row, flag);
      group.flags.push(entry);
      if (!review.isAcknowledged(row, flag)) group.unvouched.push(entry);
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
    .flatMap((group) => group.unvouched);
  return flags.length === 0 ? [] : [{ type: 'acknowledge', flags }];
}
