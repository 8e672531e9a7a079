import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/engine/analysis/check.ts';
import { loadRules, type RuleText } from '../../../src/engine/load.ts';
import { type Problem, showPlace, showProblem } from '../../../src/engine/problem.ts';
import { builtIn } from '../../built-in.ts';

const words = `kind: layouts
title: Columns
values:
  origin: { ported: [PORTING, PORTED], claimed: [CLAIMED] }
fields:
  phoneNumber: { label: Phone number, type: phone }
  country: { label: Country, type: country }
  carrier: { label: Carrier, type: carrier }
  origin: { label: Origin, type: origin }
  accountNumber: { label: Account, type: text }
  address: { label: Address, type: text }
  pin: { label: PIN, type: text }
  billingTelephoneNumber: { label: BTN, type: phone }
  daysSinceActive: { label: Days, type: number }
layouts:
  - { id: sheet, title: Sheet, all-of: [phoneNumber], output: same, delivers: [csv] }
  - { id: legacy, title: Legacy, all-of: [phoneNumber], output: same, delivers: [csv] }
countries: { UK: GB }
`;

const carriers = `kind: carriers
title: Carriers
ignore-words: [LLC]
carriers:
  - { name: Northern, also: [North Tel], why: w, source: { document: d, section: s }, basis: ours }
  - { name: Southern, pin: "7", why: w, source: { document: d, section: s }, basis: ours }
`;

const intake = `kind: intake
title: Intake
questions:
  - id: accountKind
    question: What kind?
    type: choice
    choices: [ { value: old, label: Old }, { value: new, label: New } ]
    blocks: no
  - { id: company, question: Who?, type: text, blocks: no }
`;

const corrections = `kind: corrections
title: Nothing
corrections:
  - { id: nulls, title: Null, blank-cells: [null], why: w, source: { document: d, section: s }, basis: ours }
`;

/** A table: a line a rule, its id, its conditions and what it does. */
function table(name: string, stage: string, match: string, rules: string): RuleText {
  const lines = rules
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', when = '', then = ''] = line.split(' | ').map((part) => part.trim());
      const conditions = when.startsWith('when') ? when : `when: ${when === '{}' ? when : `{ ${when} }`}`;
      return `  - { id: ${id}, title: t, ${conditions}, then: { ${then} }, why: w, source: { document: d, section: s }, basis: stated, examples: [ { given: { country: US }, expect: { keep: pin } } ] }`;
    });
  const text = `kind: rules\ntitle: T\nstage: ${stage}\nmatch: ${match}\nrules:\n${lines.join('\n')}\n`;
  return { name, path: name, text };
}

async function findings(...files: RuleText[]): Promise<Problem[]> {
  const known = Object.entries({ 'words.yaml': words, 'carriers.yaml': carriers, 'intake.yaml': intake })
    .concat([['corrections.yaml', corrections]])
    .map(([name, text]) => ({ name, path: name, text }))
    .filter(({ name }) => files.every((file) => file.name !== name));
  const { rules, problems } = loadRules([...known, ...files], { digest: '' });
  expect(problems.map(showProblem)).toEqual([]);
  return rules ? analyse(rules) : [];
}

/** Each finding in a line: where, what, the other rules, and the row. */
const brief = (problems: readonly Problem[]) =>
  problems.map(({ code, place, rule, related, witness, severity }) =>
    [
      `${place ? showPlace(place).replace(/:\d+$/, '') : ''} ${severity === 'error' ? '' : `${severity} `}${code}`,
      rule ?? '',
      (related ?? []).map((other) => other.rule).join(' '),
      witness
        ? Object.entries(witness)
            .map(([fact, text]) => `${fact}=${text}`)
            .join(', ')
        : '-',
    ].join(' | '),
  );

describe('unreachable', () => {
  test('a narrow rule below a broad one', async () => {
    const problems = await findings(
      table(
        't.yaml',
        'address',
        'first',
        `
        abroad | country: { not: US } | flag: x
        german | country: DE, address: blank | flag: x
        rest | {} | keep: address`,
      ),
    );
    expect(problems.map(showProblem)).toEqual([
      [
        't.yaml:7:5: error [unreachable] no row can reach `german`: `abroad` takes every row that it would',
        '  see t.yaml:6:5: `abroad` decides such rows first',
        '  for example country: DE, address: (blank)',
        '  help: move it up, narrow the rules above it, or delete it',
      ].join('\n'),
    ]);
  });

  test.each([
    [
      'several rules together',
      'a | country: [US, CA] | flag: x\nb | country: { not: US } | flag: x\nc | country: blank | flag: x\nd | country: CA, pin: present | flag: x\nrest | {} | keep: pin',
      ['t.yaml:9 unreachable | d | a | country=CA, pin=something', 't.yaml:10 unreachable | rest | a b c | '],
    ],
    [
      'with and without an address',
      'a | country: US, address: blank | flag: x\nb | country: US, address: present | flag: x\nc | country: US, carrier: Northern | flag: x\nrest | {} | keep: pin',
      ['t.yaml:8 unreachable | c | a b | country=US, carrier=Northern'],
    ],
    [
      'an alias is the same carrier',
      'a | carrier: North Tel | flag: x\nb | carrier: Northern | flag: x\nrest | {} | keep: pin',
      ['t.yaml:7 unreachable | b | a | carrier=Northern'],
    ],
    [
      'an alias is the same country',
      'a | country: UK | flag: x\nb | country: United Kingdom | flag: x\nrest | {} | keep: pin',
      ['t.yaml:7 unreachable | b | a | country=GB'],
    ],
    [
      'known and unknown are all that is there',
      'a | country: known | flag: x\nb | country: unknown | flag: x\nc | country: present | flag: x\nrest | {} | keep: pin',
      ['t.yaml:8 unreachable | c | a b | country=AD'],
    ],
    [
      'a prefix within a prefix',
      'a | pin: { starts-with: "12" } | flag: x\nb | pin: { starts-with: "123" } | flag: x\nrest | {} | keep: pin',
      ['t.yaml:7 unreachable | b | a | pin=123'],
    ],
    [
      'ranges of numbers',
      'a | daysSinceActive: { at-most: 60 } | flag: x\nb | daysSinceActive: { above: 30 } | flag: x\nc | daysSinceActive: { between: [20, 90] } | flag: x\nrest | {} | keep: pin',
      ['t.yaml:8 unreachable | c | a b | daysSinceActive=20'],
    ],
    [
      'a PIN is its carrier’s',
      'a | carrier: Southern | flag: x\nb | carrier.pin: 7 | flag: x\nrest | {} | keep: pin',
      ['t.yaml:7 unreachable | b | a | carrier=Southern'],
    ],
    [
      'a toll-free prefix is a toll-free number or none',
      'a | number.type: toll-free | flag: x\nb | phoneNumber: { starts-with: "+1800" }, number.valid: yes, number.country: US | flag: x\nrest | {} | keep: pin',
      ['t.yaml:7 unreachable | b | a | phoneNumber=+18002555555'],
    ],
    [
      'every layout there is',
      'a | system: sheet | flag: x\nb | system: legacy | flag: x\nrest | {} | keep: pin',
      ['t.yaml:8 unreachable | rest | a b | '],
    ],
    [
      'every answer the intake takes',
      'a | customer.accountKind: blank | flag: x\nb | customer.accountKind: [old, new] | flag: x\nrest | {} | keep: pin',
      ['t.yaml:8 unreachable | rest | a b | '],
    ],
    [
      'a pattern is the same pattern elsewhere',
      'a | pin: { matches: "^[0-9]+$" } | flag: x\nb | pin: { not: { matches: "^[0-9]+$" } } | flag: x\nc | pin: { matches: "^x" } | flag: x\nrest | {} | keep: pin',
      ['t.yaml:8 unreachable | c | a b | pin=x'],
    ],
    [
      'blocks of which one must hold',
      'a | country: US | flag: x\nb | origin: ported | flag: x\nc | when: {}, when-any: [ { country: US, pin: "1" }, { origin: ported } ] | flag: x\nrest | {} | keep: pin',
      ['t.yaml:8 unreachable | c | a b | country=US, pin=1'],
    ],
    [
      'two facts that are equal',
      'a | pin: { same-as: accountNumber } | flag: x\nb | pin: { identical-to: accountNumber } | flag: x\nrest | {} | keep: pin',
      ['t.yaml:7 unreachable | b | a | pin=something, accountNumber=something'],
    ],
  ])('%s', async (_, rules, expected) => {
    expect(brief(await findings(table('t.yaml', 'address', 'first', rules)))).toEqual(expected);
  });

  test('conditions that exclude each other, the fewest of them', async () => {
    const problems = await findings(
      table(
        't.yaml',
        'checks',
        'all',
        `
        a | country: US, pin: { starts-with: "12", not: { starts-with: "1" } } | flag: x
        b | phoneNumber: { starts-with: "+44800" }, number.type: mobile | flag: x
        c | reference.cases.found: no, reference.cases.address: present | flag: x
        d | carrier: Northern, carrier.pin: present | flag: x
        e | phoneNumber: blank, number.valid: no | flag: x
        f | phoneNumber: blank, row.duplicate: yes | flag: x`,
      ),
    );
    expect(problems.map(({ rule, found }) => `${rule}: ${found}`)).toEqual([
      'a: `pin: { starts-with: "12" }`, `pin: { not: { starts-with: "1" } }`',
      'b: `phoneNumber: { starts-with: "+44800" }`, `number.type: mobile`',
      'c: `reference.cases.found: no`, `reference.cases.address: present`',
      'd: `carrier: Northern`, `carrier.pin: present`',
      'e: `phoneNumber: blank`, `number.valid: no`',
      'f: `phoneNumber: blank`, `row.duplicate: yes`',
    ]);
  });

  test.each([
    ['an overlap is none', 'a | country: US | flag: x\nb | address: blank | flag: x\nrest | {} | keep: pin'],
    [
      'a blank is no other value',
      'a | country: { not: US } | flag: x\nb | country: US | flag: x\nrest | {} | keep: pin',
    ],
    [
      'a text that is no number asks',
      'a | daysSinceActive: { at-most: 60 } | flag: x\nb | daysSinceActive: { above: 60 } | flag: x\nc | daysSinceActive: blank | keep: pin',
    ],
    [
      'equal is not the same to the letter',
      'a | pin: { exactly: "8x" } | flag: x\nb | pin: "8x" | flag: x\nrest | {} | keep: pin',
    ],
    [
      'somebody may say that there is none',
      'a | origin: blank | ask: origin\nb | origin: blank | flag: x\nrest | {} | keep: pin',
    ],
    [
      'a number without its prefix is read by its country',
      'a | number.valid: yes, phoneNumber: { not: { starts-with: "+" } } | flag: x\nrest | {} | keep: pin',
    ],
    [
      'two of a carrier’s names',
      'a | carrier: { starts-with: North } | flag: x\nb | carrier: Northern | flag: x\nrest | {} | keep: pin',
    ],
  ])('%s', async (_, rules) => {
    expect(brief(await findings(table('t.yaml', 'address', 'first', rules)))).toEqual([]);
  });

  test('an earlier stage takes the rows out', async () => {
    const problems = await findings(
      table(
        'a.yaml',
        'scope',
        'all',
        `
        away | country: GB | exclude: not ours
        done | country: DE | stop: true, flag: x`,
      ),
      table(
        'b.yaml',
        'address',
        'first',
        `
        british | country: GB | flag: x
        german | country: DE, address: blank | flag: x
        rest | {} | keep: address`,
      ),
      table(
        'c.yaml',
        'checks',
        'all',
        `
        late | country: DE | flag: x
        never | country: GB | flag: x`,
      ),
    );
    expect(brief(problems)).toEqual([
      'b.yaml:6 unreachable | british | away | country=GB',
      'b.yaml:7 unreachable | german | done | country=DE, address=',
      'c.yaml:7 unreachable | never | away | country=GB',
    ]);
  });

  test('what rules write after that comes through', async () => {
    const problems = await findings(
      table('a.yaml', 'scope', 'all', 'away | country: GB | exclude: not ours'),
      table(
        'b.yaml',
        'facts',
        'all',
        'british | phoneNumber: { starts-with: "+44" }, country: blank | set: { country: GB }',
      ),
      table('c.yaml', 'checks', 'all', 'seen | country: GB | flag: x'),
    );
    expect(brief(problems)).toEqual([]);
  });

  test('a look-up that no rule gets to', async () => {
    const lookUps = `${carriers}look-ups:
  - { country: any, carrier: any, refer: manager, for: address, why: w, source: { document: d, section: s }, basis: stated, examples: [ { given: { country: DE }, expect: { refer: manager } } ] }
  - { country: FR, carrier: any, how: [Ask], for: address, why: w, source: { document: d, section: s }, basis: stated, examples: [ { given: { country: FR }, expect: { for: address } } ] }
  - { country: US, carrier: Northern, how: [Ask], for: address, why: w, source: { document: d, section: s }, basis: stated, examples: [ { given: { country: US }, expect: { for: address } } ] }
  - { country: GB, carrier: any, how: [Ask], for: address, why: w, source: { document: d, section: s }, basis: stated, examples: [ { given: { country: GB }, expect: { for: address } } ] }
`;
    const problems = await findings(
      { name: 'carriers.yaml', path: 'carriers.yaml', text: lookUps },
      table(
        't.yaml',
        'address',
        'first',
        `
        british | country: GB | refer: lead, for: address
        abroad | country: { not: US } | look-up: by-carrier, for: address
        rest | {} | keep: address`,
      ),
    );
    expect(brief(problems)).toEqual([
      'carriers.yaml:10 unreachable | look-up-us-northern | abroad | country=US, carrier=Northern',
      'carriers.yaml:11 unreachable | look-up-gb-any | abroad | country=GB',
    ]);
  });
});

describe('gap', () => {
  test('says which row, and what to do', async () => {
    const problems = await findings(
      table(
        't.yaml',
        'address',
        'first',
        `
        german | country: DE | flag: x
        others | country: { not: DE }, address: present | keep: address
        none | address: blank | flag: x`,
      ),
    );
    expect(problems.map(showProblem)).toEqual([
      [
        't.yaml:8:5: error [gap] no rule of `t.yaml` decides a row with `country=blank, address=something`',
        '  wanted: a decision for every row, since the table says `match: first`',
        '  for example country: (blank), address: something',
        '  help: add a rule for such rows, or a last one with `when: {}` that keeps the cell or refers the row to somebody',
      ].join('\n'),
    ]);
  });

  test.each([
    [
      'missing is never a match by negation',
      'a | country: US | flag: x\nb | country: { not: US } | flag: x',
      ['t.yaml:7 gap |  |  | country='],
    ],
    [
      'a value nobody lists',
      'a | origin: ported | flag: x\nb | origin: claimed | flag: x\nc | origin: blank | flag: x',
      ['t.yaml:8 gap |  |  | origin=something'],
    ],
    [
      'between two ranges',
      'a | daysSinceActive: { below: 30 } | flag: x\nb | daysSinceActive: { above: 30 } | flag: x\nc | daysSinceActive: blank | flag: x',
      ['t.yaml:8 gap |  |  | daysSinceActive=30'],
    ],
    [
      'a pattern that some text does not fit',
      'a | pin: { matches: "^[0-9]{4}$" } | flag: x\nb | pin: blank | flag: x',
      ['t.yaml:7 gap |  |  | pin=something'],
    ],
    [
      'nothing is the same as a blank',
      'a | pin: { same-as: accountNumber } | flag: x\nb | pin: { not: { same-as: accountNumber } } | flag: x',
      ['t.yaml:7 gap |  |  | pin=something, accountNumber='],
    ],
  ])('%s', async (_, rules, expected) => {
    expect(brief(await findings(table('t.yaml', 'address', 'first', rules)))).toEqual(expected);
  });

  test.each([
    [
      'known, unknown and blank',
      'a | country: known | flag: x\nb | country: unknown | flag: x\nc | country: blank | flag: x',
    ],
    [
      'a number that cannot be read is asked for',
      'a | daysSinceActive: { below: 30 } | flag: x\nb | daysSinceActive: { at-least: 30 } | flag: x\nc | daysSinceActive: blank | flag: x',
    ],
    [
      'a pattern and its negation',
      'a | pin: { matches: "^[0-9]{4}$" } | flag: x\nb | pin: { not: { matches: "^[0-9]{4}$" } } | flag: x\nc | pin: blank | flag: x',
    ],
    [
      'an answer opens no gap below its question',
      'a | country: blank | ask: country\nb | country: present | flag: x',
    ],
    ['every layout', 'a | system: sheet | flag: x\nb | system: legacy | flag: x'],
  ])('none: %s', async (_, rules) => {
    expect(brief(await findings(table('t.yaml', 'address', 'first', rules)))).toEqual([]);
  });

  test('only rows count that come there: earlier stages fill, correct and exclude', async () => {
    const filled = [
      table(
        'a.yaml',
        'facts',
        'all',
        `
        home | country: blank | set: { country: US }
        away | country: GB | exclude: not ours
        copied | pin: blank, carrier.pin: present | copy: { pin: carrier.pin }`,
      ),
    ];
    const next = (rules: string) => table('b.yaml', 'address', 'first', rules);
    expect(brief(await findings(...filled, next('a | country: { not: GB } | flag: x')))).toEqual([]);
    expect(brief(await findings(next('a | country: { not: GB } | flag: x')))).toEqual([
      'b.yaml:6 gap |  |  | country=GB',
    ]);
    expect(
      brief(
        await findings(
          ...filled,
          next(
            'a | carrier: { not: Southern } | flag: x\nb | carrier: blank | flag: x\nc | pin: present | flag: x',
          ),
        ),
      ),
    ).toEqual([]);
    expect(
      brief(await findings(next('a | pin: blank | flag: x\nb | pin: { not: { equals: "null" } } | flag: x'))),
    ).toEqual([]);
  });

  test('a finding that rests on patterns alone says so', async () => {
    const problems = await findings(
      table(
        't.yaml',
        'address',
        'first',
        `
        short | pin: { matches: "^.{0,4}$" } | flag: x
        long | pin: { matches: "^(?s:.{5,})$" } | flag: x
        lines | pin: { matches: "\\n" } | flag: x
        none | pin: blank | flag: x`,
      ),
    );
    expect(brief(problems)).toEqual(['t.yaml:9 warning gap |  |  | pin=something']);
    expect(problems[0]?.help).toContain('`matches` is taken to come out either way');
  });
});

describe('conflict', () => {
  test('two rules of one `all` table', async () => {
    const problems = await findings(
      table(
        't.yaml',
        'fields',
        'all',
        `
        german | country: DE | set: { pin: "4711" }
        ported | origin: ported | set: { pin: "0815" }`,
      ),
    );
    expect(problems.map(showProblem)).toEqual([
      [
        't.yaml:7:5: error [conflict] `german` and `ported` write different values to `pin` of the same row',
        '  found:  `german` writes `4711`, `ported` writes `0815`',
        '  wanted: one rule that decides a cell of a row',
        '  see t.yaml:6:5: `german` writes `4711`',
        '  for example origin: ported, country: DE',
        '  help: narrow one of them, or put them into one table with `match: first`',
      ].join('\n'),
    ]);
  });

  test.each([
    [
      'keep against a write',
      'a | country: US | keep: pin\nb | carrier: Northern | set: { pin: "1" }',
      'b writes `pin` of a row for which a keeps it',
    ],
    [
      'a write against keep',
      'a | country: US | set: { pin: "1" }\nb | carrier: Northern | keep: pin',
      'a writes `pin` of a row for which b keeps it',
    ],
    [
      'a write that is emptied',
      'a | country: US | set: { pin: "1" }\nb | carrier: Northern | clear: pin',
      'a and b write different values to `pin` of the same row',
    ],
    [
      'a copy and a constant',
      'a | country: US | copy: { pin: accountNumber }\nb | carrier: Northern | set: { pin: "1" }',
      'a and b write different values to `pin` of the same row',
    ],
    [
      'the lowest of an account and the own number',
      'a | country: US | lowest: { billingTelephoneNumber: phoneNumber }, per: carrier\nb | carrier: Northern | copy: { billingTelephoneNumber: phoneNumber }',
      'a and b write different values to `billingTelephoneNumber` of the same row',
    ],
  ])('%s', async (_, rules, message) => {
    const problems = await findings(table('t.yaml', 'fields', 'all', rules));
    expect(problems.map((problem) => problem.message.replaceAll(/`([ab])`/g, '$1'))).toEqual([message]);
    expect(problems[0]?.witness).toMatchObject({ country: 'US', carrier: 'Northern' });
  });

  test.each([
    ['to empty and then fill', 'a | country: US | clear: pin\nb | carrier: Northern | set: { pin: "1" }'],
    ['the same value', 'a | country: US | set: { pin: "7" }\nb | carrier: Northern | set: { pin: "7" }'],
    [
      'the same value, once copied',
      'a | country: US, carrier: Southern | set: { pin: "7" }\nb | carrier: Southern | copy: { pin: carrier.pin }',
    ],
    [
      'rules that never meet',
      'a | country: US | set: { pin: "1" }\nb | country: { not: US } | set: { pin: "2" }',
    ],
    ['other cells', 'a | country: US | set: { pin: "1" }\nb | country: US | set: { address: "2" }'],
    ['both keep', 'a | country: US | keep: pin\nb | carrier: Northern | keep: pin'],
  ])('none: %s', async (_, rules) => {
    expect(brief(await findings(table('t.yaml', 'fields', 'all', rules)))).toEqual([]);
  });

  test('tables of one stage stand side by side', async () => {
    const problems = await findings(
      table(
        'a.yaml',
        'fields',
        'first',
        'german | country: DE | set: { pin: "1" }\nrest | {} | keep: address',
      ),
      table(
        'b.yaml',
        'fields',
        'first',
        'french | country: FR | set: { pin: "2" }\nnorthern | carrier: Northern | set: { pin: "3" }\nrest-b | {} | keep: address',
      ),
    );
    expect(brief(problems)).toEqual(['b.yaml:7 conflict | northern | german | carrier=Northern, country=DE']);
  });

  test('in a `first` table a rule writes only what the rules above leave', async () => {
    const problems = await findings(
      table(
        'a.yaml',
        'fields',
        'first',
        'german | country: DE | keep: address\nnorthern | carrier: Northern | set: { pin: "1" }\nrest | {} | keep: address',
      ),
      table('b.yaml', 'fields', 'all', 'all-german | country: DE | set: { pin: "2" }'),
    );
    expect(brief(problems)).toEqual([]);
  });

  test('a later stage over what an earlier one wrote', async () => {
    const files = (later: string) => [
      table('a.yaml', 'facts', 'all', 'first-pin | country: DE | set: { pin: "1" }'),
      table('b.yaml', 'fields', 'all', later),
    ];
    expect(brief(await findings(...files('over | carrier: Northern | set: { pin: "2" }')))).toEqual([
      'b.yaml:6 conflict | over | first-pin | carrier=Northern, country=DE',
    ]);
    // It tests the cell that was written: with what was written it does not hold.
    expect(brief(await findings(...files('over | pin: blank | set: { pin: "2" }')))).toEqual([]);
    expect(brief(await findings(...files('over | pin: "1" | set: { pin: "2" }')))).toEqual([
      'b.yaml:6 conflict | over | first-pin | country=DE',
    ]);
    // What stands is kept, not written.
    expect(brief(await findings(...files('kept | pin: present | keep: pin')))).toEqual([]);
  });

  test('what is emptied between the two is not written over', async () => {
    const problems = await findings(
      table('a.yaml', 'facts', 'all', 'first-pin | country: DE | set: { pin: "1" }'),
      table('b.yaml', 'address', 'all', 'emptied | country: DE | clear: pin'),
      table('c.yaml', 'fields', 'all', 'last-pin | country: DE | set: { pin: "2" }'),
    );
    expect(brief(problems)).toEqual(['b.yaml:6 conflict | emptied | first-pin | country=DE']);
  });
});

test('the built-in rules are clean', async () => {
  expect((await analyse(builtIn(), undefined, () => true)).map(showProblem)).toEqual([]);
});

describe('a thousand rules', () => {
  const make = (...args: string[]): { name: string; text: string }[] => {
    const folder = mkdtempSync(join(tmpdir(), 'csr-rules-'));
    const maker = new URL('../../../bench/make-rules.mjs', import.meta.url).pathname;
    execFileSync(process.execPath, [maker, folder, '1000', ...args]);
    const files = readdirSync(folder).map((name) => ({
      name,
      text: readFileSync(join(folder, name), 'utf8'),
    }));
    rmSync(folder, { recursive: true });
    return files;
  };
  const load = (files: readonly { name: string; text: string }[]) => {
    const { rules, problems } = loadRules(
      files.map((file) => ({ ...file, path: file.name })),
      { digest: '' },
    );
    if (!rules) throw new Error(problems.map(showProblem).join('\n'));
    return rules;
  };

  test('for countries by carriers are clean', async () => {
    for (const kind of ['first', 'all', 'look-ups'])
      expect(brief(await analyse(load(make(kind)), undefined, () => true)), kind).toEqual([]);
  });

  test('one fault among them is found', async () => {
    const files = make();
    const first = /- id: rule-0\n.*\n {4}when:\n((?: {6}.*\n)+)/.exec(files.at(-1)?.text ?? '')?.[1] ?? '';
    expect(first).toContain('country:');
    const twice = files.map(({ name, text }) => ({
      name,
      text: text.replace(/(- id: rule-998\n.*\n {4}when:\n)(?: {6}.*\n)+/, (_, head: string) => head + first),
    }));
    const problems = await analyse(load(twice));
    expect(problems.map(({ code, rule, related }) => [code, rule, related?.map((one) => one.rule)])).toEqual([
      ['unreachable', 'rule-998', ['rule-0']],
    ]);
  });
});
