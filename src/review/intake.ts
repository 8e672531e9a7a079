/** The intake's answers: validated, and read from a file for a run without a screen. */
import { Findings, parseSource } from '../engine/load-yaml.ts';
import { CsrError } from '../engine/problem.ts';
import type { Intake, Question } from '../engine/rule.ts';
import type { Review } from './review.ts';

/**
 * A customer file: YAML, a line a customer fact. What it lacks, or leaves blank, stays open.
 * @returns facts by question id
 * @throws CsrError with the place of everything that is wrong
 */
export function readCustomer(path: string, text: string, intake: Intake): Record<string, string> {
  const findings = new Findings();
  const facts: Record<string, string> = {};
  const node = parseSource({ name: path, path, text }, findings);
  const known = intake.questions.map((question) => question.id);
  if (node && node.kind !== 'map') {
    findings.bad(
      node.place,
      'the customer file is a list of facts',
      node.kind,
      '`name: Acme`, a line a fact',
    );
  }
  for (const { key, place, value } of node?.kind === 'map' ? node.entries : []) {
    const question = intake.questions.find((one) => one.id === key);
    if (!question) {
      findings.unknown('unknown-key', place, 'customer fact', key, known);
    } else if (value.kind !== 'text') {
      findings.bad(value.place, `${key} is one text`, value.kind, question.question);
    } else if (value.text.trim() !== '') {
      const answer = validateQuestion(question, value.text);
      if ('problem' in answer) findings.bad(value.place, answer.problem, value.text, wantedOf(question));
      else facts[key] = answer.text;
    }
  }
  const errors = findings.problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new CsrError(errors);
  return facts;
}

/** An answer to an intake question as it will stand, or why it cannot. */
export function validateQuestion(
  question: Question,
  written: string,
): { readonly text: string } | { readonly problem: string } {
  const text = written.trim();
  const folded = fold(text);
  if (question.type === 'yes-no') {
    if (['yes', 'y', 'true'].includes(folded)) return { text: 'yes' };
    if (['no', 'n', 'false'].includes(folded)) return { text: 'no' };
    return { problem: `${question.id} is yes or no, not \`${text}\`` };
  }
  if (question.type === 'choice') {
    const choice = question.choices.find((one) => fold(one.value) === folded || fold(one.label) === folded);
    return choice
      ? { text: choice.value }
      : { problem: `${question.id} is one of ${wantedOf(question)}, not \`${text}\`` };
  }
  return isNoAnswer(question, text) ? { problem: `${question.id}: \`${text}\` is no answer` } : { text };
}

/** Whether a text only says that there is no answer yet. */
export function isNoAnswer(question: Question, text: string): boolean {
  return question.notAnswers.some((one) => fold(one) === fold(text));
}

function wantedOf(question: Question): string {
  if (question.type === 'yes-no') return 'yes or no';
  return question.choices.length > 0
    ? question.choices.map((one) => one.value).join(', ')
    : question.question;
}

/** A text that may well answer a question, and where it was seen. */
export interface Hint {
  readonly text: string;
  readonly from: string;
}

/** Of the rows that have a cell, how many must agree before it says something of the customer. */
const AGREEING = 0.9;

/**
 * What the file itself says of a question: the customer in a file that is named as deliveries are, and the text that
 * nearly all rows have in a field which the rules fill from that answer.
 */
export function hintsFor({ rules, table }: Review, question: Question): readonly Hint[] {
  if (question.choices.length > 0 || question.type === 'yes-no') return [];
  const hints: Hint[] = [];
  const [before = '', after = ''] = rules.delivery.fileName.split('{customer}');
  const name = table.name.split(/[/\\]/).at(-1) ?? '';
  if (question.id === 'name' && name.startsWith(before) && name.endsWith(after)) {
    const text = name
      .slice(before.length, name.length - after.length)
      .replaceAll('_', ' ')
      .trim();
    if (text !== '') hints.push({ text, from: "the file's name" });
  }
  const filled = rules.tables
    .flatMap((one) => one.rules.flatMap((rule) => rule.then))
    .flatMap((action) => (action.do === 'copy' || action.do === 'offer' ? action.pairs : []))
    .filter(([, fact]) => fact === `customer.${question.id}`);
  for (const field of new Set(filled.map(([name]) => name))) {
    const at = table.columns.findIndex((column) => column.field === field);
    const counts = new Map<string, number>();
    for (const { cells } of at < 0 ? [] : table.rows) {
      const text = (cells[at] ?? '').trim();
      if (text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const [most] = [...counts].sort((a, b) => b[1] - a[1]);
    if (!most || most[1] < AGREEING * table.rows.length) continue;
    if (hints.every((one) => one.text !== most[0])) hints.push({ text: most[0], from: `${most[1]} rows` });
  }
  return hints;
}

/** Case, spaces, `-` and `_` do not count: `X Series` is `x-series`. */
function fold(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, '');
}
