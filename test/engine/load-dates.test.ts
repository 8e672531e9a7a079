import { describe, expect, it } from 'vitest';
import { loadRules } from '../../src/engine/load.ts';
import { type Problem, showPlace } from '../../src/engine/problem.ts';
import { file } from './load-marks.ts';

const SAID = 'why: w, source: { document: d }, basis: found';
const EXAMPLES = 'examples: [ { given: { country: US }, expect: { flag: x } } ]';

/** A file with one rule that says these things of itself. */
function rule(dates: string) {
  return file(
    'table.yaml',
    `kind: rules
title: T
stage: checks
match: all
rules:
  - { id: one, title: t, when: { country: US }, then: { flag: x }, ${SAID}, ${EXAMPLES}, ${dates} }
`,
  );
}

function found(source: ReturnType<typeof file>, asOf: string, warnDays = 30): readonly Problem[] {
  const { rules, problems } = loadRules([source], { digest: 'd', asOf, warnDays });
  expect(rules).not.toBeNull();
  return problems;
}

describe('dates', () => {
  it.each([
    ['until: 2026-06-30', '2026-05-30', []],
    ['until: 2026-06-30', '2026-05-31', ['review-due `one` ends in 30 days']],
    ['until: 2026-06-30', '2026-06-29', ['review-due `one` ends tomorrow']],
    ['until: 2026-06-30', '2026-06-30', ['review-due `one` ends today']],
    ['until: 2026-06-30', '2026-07-01', ['expired `one` ended yesterday and takes no part any more']],
    ['until: 2026-06-30', '2027-06-30', ['expired `one` ended 365 days ago and takes no part any more']],
    ['review-by: 2026-06-30', '2026-05-30', []],
    ['review-by: 2026-06-30', '2026-05-31', ['review-due `one` is to be looked at again in 30 days']],
    ['review-by: 2026-06-30', '2026-06-30', ['review-due `one` is to be looked at again today']],
    ['review-by: 2026-06-30', '2026-07-01', ['expired `one` was to be looked at again yesterday']],
    // A leap year, and the days on which clocks are put forward or back.
    ['review-by: 2028-03-01', '2028-02-28', ['review-due `one` is to be looked at again in 2 days']],
    ['review-by: 2026-11-02', '2026-10-24', ['review-due `one` is to be looked at again in 9 days']],
    // What has ended need not be looked at; what has not yet begun may have to be.
    [
      'review-by: 2026-01-01, until: 2026-06-30',
      '2026-07-01',
      ['expired `one` ended yesterday and takes no part any more'],
    ],
    ['from: 2027-01-01', '2026-12-31', []],
    [
      'from: 2027-01-01, review-by: 2026-12-31',
      '2026-12-31',
      ['review-due `one` is to be looked at again today'],
    ],
    [
      'review-by: 2026-06-01, until: 2026-06-30',
      '2026-06-20',
      ['expired `one` was to be looked at again 19 days ago', 'review-due `one` ends in 10 days'],
    ],
  ])('%s as of %s', (dates, asOf, wanted) => {
    const problems = found(rule(dates), asOf);
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual(wanted);
  });

  it('are said at the date itself, as warnings, with the rule and its owner', () => {
    const [problem, ...more] = found(rule('until: 2026-06-30, owner: the German desk'), '2026-07-01');
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ severity: 'warning', rule: 'one', found: 'until: 2026-06-30' });
    expect(problem?.help).toContain('the German desk');
    const { line = 0, column = 0 } = problem?.place ?? {};
    expect(problem?.excerpt?.slice(column - 1, column + 9)).toBe('2026-06-30');
    expect(line).toBe(6);
  });

  it('are near when they are as near as asked', () => {
    const of = (days: number) => found(rule('review-by: 2026-06-30'), '2026-06-20', days).length;
    expect([0, 9, 10, 11].map(of)).toEqual([0, 0, 1, 1]);
    expect(found(rule('review-by: 2026-06-30'), '2026-06-30', 0)).toHaveLength(1);
  });

  it('are no findings where nobody asks, and a rule out of force takes no part', () => {
    const load = (asOf: string) => loadRules([rule('until: 2026-06-30')], { digest: 'd', asOf });
    expect(load('2026-07-01').problems).toEqual([]);
    expect(load('2026-06-30').rules?.tables[0]?.rules).toHaveLength(1);
    expect(load('2026-07-01').rules?.tables[0]?.rules).toHaveLength(0);
  });

  it('of everything that may have one are seen', () => {
    const due = (name: string, text: string) =>
      found(file(name, text), '2026-07-01').map(
        ({ code, message, place }) => `${code} ${place && showPlace(place)} ${message}`,
      );
    const by = 'review-by: 2026-06-30';
    const looked = 'was to be looked at again yesterday';
    expect(
      due(
        'corrections.yaml',
        `kind: corrections\ncorrections:\n  - { ${by}, id: c, blank-cells: [null], ${SAID} }\n`,
      ),
    ).toEqual([`expired rules/corrections.yaml:3:18 \`c\` ${looked}`]);
    expect(
      due('procedures.yaml', `kind: procedures\nprocedures:\n  - { ${by}, id: p, title: t, steps: [s] }\n`),
    ).toEqual([`expired rules/procedures.yaml:3:18 \`p\` ${looked}`]);
    expect(
      due(
        'carriers.yaml',
        `kind: carriers
carriers:
  - { ${by}, name: Northern, ${SAID} }
look-ups:
  - { ${by}, id: l, country: FR, carrier: any, how: [x], for: address, ${SAID}, examples: [ { given: { country: FR }, expect: { for: address } } ] }
`,
      ),
    ).toEqual([
      `expired rules/carriers.yaml:3:18 \`Northern\` ${looked}`,
      `expired rules/carriers.yaml:5:18 \`l\` ${looked}`,
    ]);
    expect(
      due(
        'escalations.yaml',
        `kind: escalations
categories:
  - { ${by}, id: pin, words: [pin] }
escalations:
  - { ${by}, id: e, carrier: any, category: pin, resolution: r, ${SAID}, examples: [ { given: { text: pin }, expect: { rule: e } } ] }
`,
      ),
    ).toEqual([
      `expired rules/escalations.yaml:3:18 \`pin\` ${looked}`,
      `expired rules/escalations.yaml:5:18 \`e\` ${looked}`,
    ]);
  });

  it('that would change nothing cannot be written: procedures, carriers and categories do not end', () => {
    for (const text of [
      'kind: procedures\nprocedures:\n  - { id: p, title: t, steps: [s], until: 2026-06-30 }\n',
      'kind: carriers\ncarriers:\n  - { name: Northern, until: 2026-06-30 }\n',
      'kind: escalations\ncategories:\n  - { id: pin, words: [pin], until: 2026-06-30 }\n',
    ]) {
      const { problems } = loadRules([file('a.yaml', text)], { digest: 'd' });
      expect(
        problems.map(({ code }) => code),
        text,
      ).toEqual(['unknown-key']);
    }
  });
});
