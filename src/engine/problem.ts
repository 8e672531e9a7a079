/** A problem is data; how it is shown is somebody else's business. */

/** A position in a text file. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning' | 'info';

export interface Related {
  readonly rule: string | null;
  readonly message: string;
  readonly place: Place;
}

/** What is wrong, where, and what to do. Messages are lower case, without a full stop, user input in backticks. */
export interface Problem {
  /** One of the codes of the rule language for rule files; a short kebab-case word elsewhere. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place?: Place;
  /** The source line `place` points into, for the caret. */
  readonly excerpt?: string;
  readonly found?: string;
  readonly wanted?: string;
  /** What the reader can do about it. */
  readonly help?: string;
  readonly rule?: string;
  readonly related?: readonly Related[];
  /** One concrete row for which a semantic finding happens: fact -> value. */
  readonly witness?: Readonly<Record<string, string>>;
}

/** Work that could not be done. The command line prints the problems and exits with status 2. */
export class CsrError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[]) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map((problem) => problem.message).join('; '));
    this.name = 'CsrError';
    this.problems = list;
  }
}

/** `file:line:column` */
export function showPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** One problem as a few lines of plain text: where, severity and code, message, excerpt with caret, help. */
export function showProblem(problem: Problem): string {
  const lines: string[] = [];
  const where = problem.place ? `${showPlace(problem.place)}: ` : '';
  lines.push(`${where}${problem.severity} [${problem.code}] ${problem.message}`);
  if (problem.excerpt !== undefined && problem.place) {
    const gutter = String(problem.place.line);
    lines.push(`  ${gutter} | ${problem.excerpt}`);
    lines.push(`  ${' '.repeat(gutter.length)} | ${' '.repeat(Math.max(0, problem.place.column - 1))}^`);
  }
  if (problem.found !== undefined) lines.push(`  found:  ${problem.found}`);
  if (problem.wanted !== undefined) lines.push(`  wanted: ${problem.wanted}`);
  for (const other of problem.related ?? []) lines.push(`  see ${showPlace(other.place)}: ${other.message}`);
  if (problem.witness) {
    const facts = Object.entries(problem.witness).map(
      ([fact, value]) => `${fact}: ${value === '' ? '(blank)' : value}`,
    );
    lines.push(`  for example ${facts.join(', ')}`);
  }
  if (problem.help !== undefined) lines.push(`  help: ${problem.help}`);
  return lines.join('\n');
}
