/** Findings as SARIF 2.1.0, which code hosts and editors show beside the lines. */
import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import pkg from '../../../package.json' with { type: 'json' };
import { CODES, isCode } from '../../engine/codes.ts';
import type { Place, Problem } from '../../engine/problem.ts';
import { wellFormed } from '../../export/report.ts';
import type { Page } from '../../files/read-page.ts';
import { endColumn, type Findings, fromHere, inWords } from './findings.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

export function sarif({ problems, pages }: Findings): string {
  const codes = [...new Set(problems.map(({ code }) => code))];
  const rules = codes.map((code) => {
    const page = pages.get(code);
    const severity = problems.find((problem) => problem.code === code)?.severity ?? 'error';
    return {
      id: code,
      shortDescription: { text: isCode(code) ? CODES[code] : code },
      ...(page && { help: { text: inShort(page), markdown: withLinks(page) }, helpUri: page.url }),
      defaultConfiguration: { level: LEVELS[severity] },
    };
  });
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'csr', semanticVersion: pkg.version, rules } },
        columnKind: 'utf16CodeUnits',
        results: problems.map((problem) => resultOf(problem, codes.indexOf(problem.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** A page without its examples, for readers of plain text. */
function inShort({ text }: Page): string {
  const [opening = ''] = text.split('\n## ', 1);
  const mend = text.split('\n## How to mend it\n')[1] ?? '';
  return `${opening.replace(/^# .*\n/, '').trim()}\n\n${mend.trim()}`;
}

/** A page whose links lead somewhere wherever it is shown. */
function withLinks({ text, url }: Page): string {
  return text.replace(/\]\(([^)\s]+)\)/g, (_, target: string) => `](${new URL(target, url).href})`);
}

function resultOf(problem: Problem, ruleIndex: number) {
  const { code, severity, place, related = [], rule, found, wanted, help, witness } = problem;
  const end = endColumn(problem);
  return {
    ruleId: code,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: inWords(problem) },
    ...(place && {
      locations: [
        locationOf(place, {
          ...(end !== null && { endColumn: end }),
          ...(problem.excerpt !== undefined && { snippet: { text: problem.excerpt } }),
        }),
      ],
    }),
    ...(related.length > 0 && {
      relatedLocations: related.map((other, at) => ({
        id: at + 1,
        message: { text: other.message },
        ...locationOf(other.place),
      })),
    }),
    properties: { rule, found, wanted, help, witness },
  };
}

function locationOf({ file, line, column }: Place, more: object = {}) {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line, startColumn: column, ...more },
    },
  };
}

/** A path as a URI: one that is relative stays so, for readers who have the files elsewhere. */
function uriOf(path: string): string {
  const here = wellFormed(fromHere(path));
  if (isAbsolute(here)) return pathToFileURL(here).href;
  return here.split(sep).map(encodeURIComponent).join('/');
}
