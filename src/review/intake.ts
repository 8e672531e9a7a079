/** The intake's answers: validated, and read from a file for a run without a screen. */
import { Findings, parseSource } from '../engine/load-yaml.ts';
import { CsrError } from '../engine/problem.ts';
import type { Intake, Question } from '../engine/rule.ts';

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
  return { text };
}

function wantedOf(question: Question): string {
  if (question.type === 'yes-no') return 'yes or no';
  return question.choices.length > 0
    ? question.choices.map((one) => one.value).join(', ')
    : question.question;
}

/** Case, spaces, `-` and `_` do not count: `X Series` is `x-series`. */
function fold(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, '');
}
