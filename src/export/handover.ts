/** What is said about a delivery: before it, to who decides; after it, for the case. */
import type { RuleSet } from '../engine/rule.ts';
import type { DeliveryRequest } from '../review/desk.ts';
import type { OverwrittenCell, Report } from './report.ts';

/** Numbers named in a line that stands for many. */
const NAMED = 3;

/**
 * The text to paste when the files go out: the rules' own lines, the template to use, the files to attach and the note
 * with which the case is resolved.
 *
 * In the rules' lines `{customer}`, `{company}`, `{numbers}`, `{files}`, `{template}` and `{resolved-note}` are filled
 * in; what no line mentions of the last three follows them.
 * @param files names of the files that were written.
 */
export function handOver(report: Report, delivery: RuleSet['delivery'], files: readonly string[]): string {
  const values: Readonly<Record<string, string>> = {
    customer: report.customer,
    company: report.company,
    numbers: String(report.rows.length),
    files: files.join(', '),
    template: delivery.template,
    'resolved-note': delivery.resolvedNote,
  };
  // A partial record does not end the case.
  const said = report.partial ? delivery.partialHandOver : delivery.handOver;
  const lines = said.map((line) =>
    line.replace(/\{([a-z-]+)\}/g, (written, name: string) => values[name] ?? written),
  );
  const mentioned = (name: string): boolean => said.some((line) => line.includes(`{${name}}`));
  const facts = [
    ...(delivery.template === '' || mentioned('template') ? [] : [`Template: ${delivery.template}`]),
    ...(files.length === 0 || mentioned('files') ? [] : [`Files: ${files.join(', ')}`]),
    ...(report.partial || delivery.resolvedNote === '' || mentioned('resolved-note')
      ? []
      : [`Resolved note: ${delivery.resolvedNote}`]),
  ];
  const hasWord = files.some((file) => file.toLowerCase().endsWith('.docx'));
  const notice = hasWord && delivery.wordNotice !== '' ? [delivery.wordNotice] : [];
  return text([lines, notice, facts]);
}

/** What would be delivered, before it is: counts, what is left out, overwritten values old → new, offers accepted in bulk. */
export function summary(report: Report, request: DeliveryRequest): string {
  const formats = [
    ...(request.csv ? ['CSV'] : []),
    ...(request.docx ? [request.perCarrier ? 'Word, one document a carrier' : 'Word'] : []),
  ];
  const counts = [
    `${counted(report.rows.length, 'number')} in ${counted(report.columns.length, 'column')}${formats.length > 0 ? ` as ${formats.join(' and ')}` : ''}`,
    ...(report.partial ? ['Partial: some of these rows are unresolved'] : []),
    ...(report.outsideBatch > 0 ? [`${counted(report.outsideBatch, 'row')} outside the batch`] : []),
  ];
  return text([counts, ...lists(report)]);
}

/** The rows that are left out by somebody's decision, a line each; blank where there are none. */
export function leftOut(report: Report): string {
  return text([leftOutList(report)]);
}

function leftOutList(report: Report): readonly string[] {
  const excluded = report.excluded.map(
    ({ place, phoneNumber, reason }) => `row ${place}  ${printable(phoneNumber)}  ${printable(reason)}`,
  );
  return titled(`Left out: ${counted(report.excluded.length, 'row')}`, excluded);
}

/** What the agent should see before it goes out, each list with its title; empty ones are left out. */
function lists(report: Report): readonly (readonly string[])[] {
  const overwritten = alike(
    report.overwritten,
    ({ field, from, to, by }: OverwrittenCell) =>
      `${printable(field)}: ${quoted(from)} → ${quoted(to)}${by === '' ? '' : ` (${printable(by)})`}`,
  );
  const bulk = alike(report.bulkOffers, ({ field, to }) => `${printable(field)}: ${quoted(to)}`);
  const unresolved = report.unresolved.map(
    ({ place, phoneNumber, missing }) =>
      `row ${place}  ${printable(phoneNumber)}  lacks ${printable(missing)}`,
  );
  const flags = report.flags.map(({ severity, vouched, message, rows }) =>
    alikeLine(`${severity}${vouched ? ', vouched for:' : ''} ${printable(message)}`, rows),
  );
  return [
    titled(`Unresolved: ${counted(report.unresolved.length, 'row')}`, unresolved),
    titled(`Flags: ${counted(flags.length, 'kind')}`, flags),
    leftOutList(report),
    titled(`Overwritten: ${counted(report.overwritten.length, 'cell')}`, overwritten),
    titled(`Offers accepted in bulk: ${counted(report.bulkOffers.length, 'cell')}`, bulk),
  ];
}

/** One line for all that say the same, with the first numbers it is true of. */
function alike<T extends { readonly place: number; readonly phoneNumber: string }>(
  items: readonly T[],
  lineOf: (item: T) => string,
): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const item of items) {
    const line = lineOf(item);
    const numbers = groups.get(line) ?? [];
    groups.set(line, numbers);
    numbers.push(`${printable(item.phoneNumber)} (row ${item.place})`.trim());
  }
  return [...groups].map(([line, numbers]) => named(line, numbers));
}

function alikeLine(
  line: string,
  rows: readonly { readonly place: number; readonly phoneNumber: string }[],
): string {
  return named(
    line,
    rows.map(({ place, phoneNumber }) => `${printable(phoneNumber)} (row ${place})`.trim()),
  );
}

function named(line: string, numbers: readonly string[]): string {
  const others = numbers.length - NAMED;
  return `${line}  ${numbers.slice(0, NAMED).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/** Paragraphs with a blank line between them; empty ones leave none. */
function text(paragraphs: readonly (readonly string[])[]): string {
  const filled = paragraphs.filter((lines) => lines.length > 0);
  return filled.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function quoted(cell: string): string {
  return cell === '' ? '(blank)' : `\`${printable(cell)}\``;
}

/** A cell's text on one line, without what a terminal would obey or nobody would see. */
function printable(cell: string): string {
  return cell
    .replace(/\s*[\r\n]+\s*/g, ' / ')
    .replace(
      /[\p{Cc}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu,
      (character) => `[U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}
