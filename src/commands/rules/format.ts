/** Findings as people, programs and CI read them: each format is a function from the findings to a text. */
import { sep } from 'node:path';
import { showProblem } from '../../engine/problem.ts';
import { endColumn, type Findings, fromHere, inWords, readOn, summary } from './findings.ts';
import { junit } from './junit.ts';
import { sarif } from './sarif.ts';

export const FORMATS = { text, json, sarif, junit, github } as const satisfies Readonly<
  Record<string, (findings: Findings) => string>
>;

export type Format = keyof typeof FORMATS;

function text(findings: Findings): string {
  const lines = [...findings.problems.map(showProblem), summary(findings), readOn(findings)];
  return lines.map((line) => (line === '' ? '' : `${line}\n`)).join('');
}

function json({ problems }: Findings): string {
  const findings = problems.map(({ place, related = [], ...problem }) => ({
    ...problem,
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    related: related.map((other) => ({ rule: other.rule, message: other.message, ...other.place })),
  }));
  return `${JSON.stringify({ findings }, null, 2)}\n`;
}

/** Commands to GitHub's runner, which makes a note beside the line of each; what else it is told stands in its log. */
function github(findings: Findings): string {
  const value = (word: string | number) =>
    escaped(String(word)).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const commands = findings.problems.map((problem) => {
    const { place } = problem;
    const end = endColumn(problem);
    const properties = {
      ...(place && { file: fromHere(place.file).split(sep).join('/'), line: place.line, col: place.column }),
      ...(end !== null && { endColumn: end }),
      title: problem.code,
    };
    const said = Object.entries(properties).map(([key, word]) => `${key}=${value(word)}`);
    return `::${COMMANDS[problem.severity]} ${said.join(',')}::${escaped(inWords(problem))}\n`;
  });
  return `${commands.join('')}${summary(findings)}\n`;
}

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

function escaped(words: string): string {
  return words.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
