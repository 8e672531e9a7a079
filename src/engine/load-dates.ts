/** Dates that have passed or are near: what ends, and what somebody promised to look at again. */
import type { Keys } from './load-yaml.ts';
import type { Provenance } from './rule.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Days from one ISO date to another. */
function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY;
}

function inDays(days: number): string {
  return days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
}

function daysAgo(days: number): string {
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** Reports the dates of a block of keys that have passed or are near, if somebody asked for them. */
export function checkDates(keys: Keys, { until, reviewBy, owner }: Provenance): void {
  const { findings } = keys;
  const { calendar } = findings;
  if (calendar === null) return;
  const { asOf, warnDays } = calendar;
  const named = keys.has('id') ? keys.text('id') : keys.text('name');
  const what = named === '' ? 'this' : `\`${named}\``;
  const asked = owner === null ? '' : `; ask its owner, ${owner}`;
  const ended = until !== null && until < asOf;
  if (until !== null) {
    const place = keys.valuePlace('until');
    const left = daysBetween(asOf, until);
    const found = `until: ${until}`;
    if (ended)
      findings.report('expired', place, `${what} ended ${daysAgo(-left)} and takes no part any more`, {
        severity: 'warning',
        found,
        wanted: `${asOf} or later`,
        help: `take it out, or give it a later \`until\`${asked}`,
      });
    else if (left <= warnDays)
      findings.report('review-due', place, `${what} ends ${inDays(left)}`, {
        severity: 'warning',
        found,
        help: `see that something takes its place, or give it a later \`until\`${asked}`,
      });
  }
  // What takes no part need not be looked at.
  if (reviewBy === null || ended) return;
  const place = keys.valuePlace('review-by');
  const left = daysBetween(asOf, reviewBy);
  const found = `review-by: ${reviewBy}`;
  if (left < 0)
    findings.report('expired', place, `${what} was to be looked at again ${daysAgo(-left)}`, {
      severity: 'warning',
      found,
      wanted: `${asOf} or later`,
      help: `make sure that it still holds, then write a later \`review-by\`${asked}`,
    });
  else if (left <= warnDays)
    findings.report('review-due', place, `${what} is to be looked at again ${inDays(left)}`, {
      severity: 'warning',
      found,
      help: `make sure that it still holds, then write a later \`review-by\`${asked}`,
    });
}
