/** Findings as JUnit XML, which CI servers show as tests: a test a rule file. */
import { showProblem } from '../../engine/problem.ts';
import { wellFormed } from '../../export/report.ts';
import type { Findings } from './findings.ts';
import { counted } from './folder.ts';

/** One test for each file, whatever is wrong in it in one failure: readers show no more than one. */
export function junit({ problems, files }: Findings): string {
  const failed = new Map(files.map((file) => [file, problems.filter(({ place }) => place?.file === file)]));
  const elsewhere = problems.filter(({ place }) => place === undefined || !failed.has(place.file));
  if (elsewhere.length > 0) failed.set('all files', elsewhere);
  const cases = [...failed].map(([file, found]) => {
    const name = `name="${attribute(file)}" classname="csr rules check" file="${attribute(file)}"`;
    if (found.length === 0) return `    <testcase ${name}/>`;
    const codes = [...new Set(found.map(({ code }) => code))];
    const message = `${counted(found.length, 'finding')}: ${codes.join(', ')}`;
    return [
      `    <testcase ${name}>`,
      `      <failure message="${attribute(message)}" type="${attribute(codes[0] ?? '')}">${content(
        found.map(showProblem).join('\n\n'),
      )}</failure>`,
      '    </testcase>',
    ].join('\n');
  });
  const failures = [...failed.values()].filter((found) => found.length > 0).length;
  const counts = `name="csr rules check" tests="${failed.size}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite ${counts} skipped="0">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them, not even escaped.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function content(text: string): string {
  return wellFormed(text)
    .replace(FORBIDDEN, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

/** In an attribute, a parser makes a space of every line break and tab that is not escaped. */
function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}
