/** The whole case of a support agent, as text ready to paste. */
import { CsrError } from '../engine/problem.ts';
import type { CaseTemplate } from '../engine/rule.ts';

export interface CaseDetails {
  /** As the customer wrote them. */
  readonly numbers: readonly string[];
  /** The gaining carrier's words, or why a CSR is wanted; blank where not said. */
  readonly reason: string;
  /** Who verified the customer and how; blank where nobody has. */
  readonly verification: string;
  readonly customer: string;
  /** Choices made, by the field's label; case, spaces and punctuation do not count. */
  readonly chosen: ReadonlyMap<string, string>;
}

/**
 * Fills the case template of rules/intake.yaml. A choice that was not made is shown with its options.
 * @throws CsrError `bad-value` where a choice is none of the field's, or names no field
 */
export function caseText(template: CaseTemplate, details: CaseDetails): string {
  const chosen = new Map([...details.chosen].map(([label, value]) => [fold(label), value]));
  const lines: string[] = [];
  for (const field of template.fields) {
    const choice = chosen.get(fold(field.label));
    chosen.delete(fold(field.label));
    if (field.choices.length > 0) {
      lines.push(
        `${field.label}: ${choice === undefined ? `choose one: ${field.choices.join(' | ')}` : pick(field, choice)}`,
      );
      continue;
    }
    const text = fill(choice ?? field.text, details, template);
    lines.push(text.includes('\n') ? `${field.label}:\n${indent(text)}` : `${field.label}: ${text}`);
  }
  const [unknown] = chosen.keys();
  if (unknown !== undefined) {
    const known = template.fields.map((field) => field.label).join(', ');
    throw new CsrError({
      code: 'bad-value',
      severity: 'error',
      message: `the case has no field \`${unknown}\``,
      wanted: known,
    });
  }
  lines.push('', 'Before you save:', `- ${template.eligibility}`);
  if (details.verification.trim() === '') lines.push(`- ${template.unverified}`);
  if (template.notices.length > 0) {
    lines.push('', 'Tell the customer:', ...template.notices.map((notice) => `- ${notice}`));
  }
  if (template.afterSaving.length > 0) {
    lines.push('', 'After saving:', ...template.afterSaving.map((step) => `- ${step}`));
  }
  return `${lines.join('\n')}\n`;
}

function pick(field: CaseTemplate['fields'][number], choice: string): string {
  const found =
    field.choices.find((one) => fold(one) === fold(choice)) ??
    onlyOne(field.choices.filter((one) => fold(one).includes(fold(choice))));
  if (found !== undefined) return found;
  throw new CsrError({
    code: 'bad-value',
    severity: 'error',
    message: `\`${choice}\` is no choice for ${field.label}`,
    wanted: field.choices.join(' | '),
  });
}

function onlyOne(list: readonly string[]): string | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function fill(text: string, details: CaseDetails, template: CaseTemplate): string {
  const values: Readonly<Record<string, string>> = {
    numbers: details.numbers.length > 0 ? details.numbers.join('\n') : '(list the numbers)',
    count: String(details.numbers.length),
    reason: details.reason.trim() || '(say why the request was rejected, or that a CSR is asked for)',
    verification: details.verification.trim() || template.unverified,
    customer: details.customer.trim() || '(customer)',
  };
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole).trim();
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '');
}
