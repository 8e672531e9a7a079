import { describe, expect, it } from 'vitest';
import { loadRules, type RuleText } from '../../src/engine/load.ts';
import type { Op } from '../../src/engine/rule.ts';
import { clean, expectFault, faults, file } from './load-marks.ts';

const SAID = 'why: w, source: { document: d }, basis: stated';
const EXAMPLES = 'examples: [{ given: {}, expect: {} }]';

function table(when: string, then: string, said = SAID): RuleText {
  return file(
    'table.yaml',
    `kind: rules
title: T
stage: fields
match: first
rules:
  - { id: r, title: R, when: ${when}, then: ${then}, ${said}, ${EXAMPLES} }
`,
  );
}

const CARRIERS = file(
  'carriers.yaml',
  `kind: carriers
ignore-words: [LLC]
states: { TX: Texas }
carriers:
  - { name: Northern, also: [North Tel], not: [Northern Lights], pin: 4x77 }
  - { name: Harbour }
`,
);
const LAYOUTS = file(
  'layouts.yaml',
  `kind: layouts
values:
  origin: { ported: [PORTING, PORTED], claimed: CLAIMED }
fields:
  phoneNumber: { label: Phone number, type: phone, headers: [tn, number] }
  origin: { type: origin }
  active: { label: Active?, type: yes-no }
  age: { type: number }
layouts:
  - id: tool
    title: The tool
    all-of: [phoneNumber, pin]
    none-of: age
    columns:
      phoneNumber: { letter: D, headers: [nr] }
    output: same
  - id: sheet
    output:
      - { field: phoneNumber, header: phone number }
      - { field: pin, header: pin }
    delivers: [csv, docx]
countries: { UK: GB, Amerika: USA }
`,
);

describe('conditions', () => {
  function op(when: string): Op | undefined {
    return clean([CARRIERS, LAYOUTS, table(when, '{ flag: x }')]).tables[0]?.rules[0]?.when[0]?.op;
  }

  it.each<[string, Op]>([
    ['{ country: US }', { kind: 'equals', keys: ['US'], written: ['US'] }],
    [
      '{ country: [uk, Amerika, deu, France] }',
      { kind: 'equals', keys: ['GB', 'US', 'DE', 'FR'], written: ['uk', 'Amerika', 'deu', 'France'] },
    ],
    ['{ number.country: uk }', { kind: 'equals', keys: ['GB'], written: ['uk'] }],
    [
      '{ original.carrier: "NORTH TEL, LLC - TX" }',
      { kind: 'equals', keys: ['Northern'], written: ['NORTH TEL, LLC - TX'] },
    ],
    ['{ origin: porting }', { kind: 'equals', keys: ['ported'], written: ['porting'] }],
    [
      '{ origin: [ported, CLAIMED] }',
      { kind: 'equals', keys: ['ported', 'claimed'], written: ['ported', 'CLAIMED'] },
    ],
    ['{ reference.cases.origin: PORTED }', { kind: 'equals', keys: ['ported'], written: ['PORTED'] }],
    ['{ row.duplicate: true }', { kind: 'equals', keys: ['yes'], written: ['true'] }],
    ['{ reference.cases.found: no }', { kind: 'equals', keys: ['no'], written: ['no'] }],
    ['{ active: NO }', { kind: 'equals', keys: ['no'], written: ['NO'] }],
    ['{ pin: 0123 }', { kind: 'equals', keys: ['0123'], written: ['0123'] }],
    ['{ pin: 8E82125 }', { kind: 'equals', keys: ['8e82125'], written: ['8E82125'] }],
    ['{ company: " Acme  Ltd " }', { kind: 'equals', keys: ['acme  ltd'], written: ['Acme  Ltd'] }],
    ['{ address: blank }', { kind: 'blank' }],
    ['{ address: "present" }', { kind: 'present' }],
    ['{ country: known }', { kind: 'known' }],
    ['{ carrier: unknown }', { kind: 'unknown' }],
    ['{ carrier: any }', { kind: 'any' }],
    ['{ address: { equals: blank } }', { kind: 'equals', keys: ['blank'], written: ['blank'] }],
    ['{ address: { equals: [a, B] } }', { kind: 'equals', keys: ['a', 'b'], written: ['a', 'B'] }],
    ['{ address: { exactly: " x" } }', { kind: 'exactly', texts: [' x'] }],
    ['{ country: { not: US } }', { kind: 'not', ops: [{ kind: 'equals', keys: ['US'], written: ['US'] }] }],
    [
      '{ country: { not: [US, CA] } }',
      { kind: 'not', ops: [{ kind: 'equals', keys: ['US', 'CA'], written: ['US', 'CA'] }] },
    ],
    ['{ country: { not: known } }', { kind: 'not', ops: [{ kind: 'known' }] }],
    ['{ address: { not: present } }', { kind: 'not', ops: [{ kind: 'present' }] }],
    [
      '{ address: { not: { same-as: original.address } } }',
      { kind: 'not', ops: [{ kind: 'same-as', fact: 'original.address' }] },
    ],
    ['{ address: { identical-to: original.address } }', { kind: 'identical-to', fact: 'original.address' }],
    ['{ phoneNumber: { starts-with: "+1800" } }', { kind: 'starts-with', prefixes: ['+1800'] }],
    [
      '{ phoneNumber: { starts-with: [+1800, +1888] } }',
      { kind: 'starts-with', prefixes: ['+1800', '+1888'] },
    ],
    ['{ age: { at-most: 60 } }', { kind: 'number', min: null, minOpen: false, max: 60, maxOpen: false }],
    ['{ age: { below: 60 } }', { kind: 'number', min: null, minOpen: false, max: 60, maxOpen: true }],
    ['{ age: { at-least: -1.5 } }', { kind: 'number', min: -1.5, minOpen: false, max: null, maxOpen: false }],
    ['{ age: { above: 0 } }', { kind: 'number', min: 0, minOpen: true, max: null, maxOpen: false }],
    ['{ age: { between: [1, 60] } }', { kind: 'number', min: 1, minOpen: false, max: 60, maxOpen: false }],
    [
      '{ file.distinct.pin: { above: 1 } }',
      { kind: 'number', min: 1, minOpen: true, max: null, maxOpen: false },
    ],
  ])('%s', (when, wanted) => {
    expect(op(when)).toEqual(wanted);
  });

  it('compile a pattern', () => {
    const compiled = op('{ pin: { matches: "^[0-9]{4}$" } }');
    expect(compiled?.kind === 'matches' && compiled.pattern.source).toBe('^[0-9]{4}$');
    expect(compiled?.kind === 'matches' && compiled.pattern.test('1234')).toBe(true);
  });

  it('make one test of each operator, placed at the operator', () => {
    const text = table('{ pin: { starts-with: "8", not: 8x } }', '{ flag: x }');
    const tests = clean([CARRIERS, text]).tables[0]?.rules[0]?.when ?? [];
    expect(tests.map((test) => [test.fact, test.op.kind, test.written])).toEqual([
      ['pin', 'starts-with', 'pin: { starts-with: "8" }'],
      ['pin', 'not', 'pin: { not: 8x }'],
    ]);
    const line = text.text.split('\n')[5] ?? '';
    expect(tests.map((test) => test.place.column)).toEqual([
      line.indexOf('starts-with') + 1,
      line.indexOf('not:') + 1,
    ]);
  });

  it('make one test of several operators on any cell, for they are of one cell', () => {
    const tests = clean([table('{ any-cell: { starts-with: "=", not: "=1" } }', '{ flag: x }')]).tables[0]
      ?.rules[0]?.when;
    expect(tests).toHaveLength(1);
    expect(tests?.[0]?.op).toMatchObject({ kind: 'all-of', ops: [{ kind: 'starts-with' }, { kind: 'not' }] });
    expect(tests?.[0]?.written).toBe('any-cell: { starts-with: "=", not: "=1" }');
  });

  it('are written on one line, however the file breaks them', () => {
    const text = `kind: rules
title: T
stage: fields
match: all
rules:
  - id: r
    title: R
    when:
      carrier:
        not:
          - Northern
          - "Harbour"
      address: >
        1 High
        Street
    when-any:
      - pin: blank
        country: US
      - pin: 0
    then: { flag: x }
    why: w
    source: { document: d }
    basis: ours
    ${EXAMPLES}
`;
    const rule = clean([CARRIERS, file('t.yaml', text)]).tables[0]?.rules[0];
    expect(rule?.when.map((test) => test.written)).toEqual([
      'carrier: { not: [Northern, "Harbour"] }',
      'address: "1 High Street"',
    ]);
    expect(rule?.whenAny.map((block) => block.map((test) => `${test.written} @${test.place.line}`))).toEqual([
      ['pin: blank @17', 'country: US @18'],
      ['pin: 0 @19'],
    ]);
  });
});

describe('actions', () => {
  const intake = file(
    'intake.yaml',
    'kind: intake\nquestions: [{ id: billingAddress, question: Where?, type: text, blocks: no }]\n',
  );
  const procedures = file(
    'procedures.yaml',
    'kind: procedures\nprocedures: [{ id: port-order, title: T, where: W, steps: [One, Two], yields: Y }]\n',
  );

  function then(text: string): unknown {
    return clean([CARRIERS, LAYOUTS, intake, procedures, table('{ country: US }', text)]).tables[0]?.rules[0]
      ?.then;
  }

  const address = { field: 'address', label: 'address', extra: false, pattern: null, format: null };

  it.each([
    ['{ clear: address }', [{ do: 'clear', fields: ['address'] }]],
    ['{ clear: [address, pin] }', [{ do: 'clear', fields: ['address', 'pin'] }]],
    ['{ keep: address }', [{ do: 'keep', fields: ['address'] }]],
    [
      '{ set: { pin: 8x82125, company: " A " } }',
      [
        {
          do: 'set',
          values: [
            ['pin', '8x82125'],
            ['company', ' A '],
          ],
        },
      ],
    ],
    [
      '{ copy: { billingTelephoneNumber: phoneNumber } }',
      [{ do: 'copy', pairs: [['billingTelephoneNumber', 'phoneNumber']] }],
    ],
    [
      '{ lowest: { billingTelephoneNumber: phoneNumber, per: carrier } }',
      [{ do: 'lowest', pairs: [['billingTelephoneNumber', 'phoneNumber']], per: 'carrier' }],
    ],
    [
      '{ lowest: { billingTelephoneNumber: phoneNumber }, per: carrier }',
      [{ do: 'lowest', pairs: [['billingTelephoneNumber', 'phoneNumber']], per: 'carrier' }],
    ],
    ['{ look-up: port-order, for: address }', [{ do: 'look-up', procedure: 'port-order', for: [address] }]],
    ['{ look-up: by-carrier }', [{ do: 'look-up', procedure: 'by-carrier', for: [] }]],
    [
      '{ ask: origin, choices: [ported, claimed], suggest: number.country }',
      [
        {
          do: 'ask',
          fact: 'origin',
          choices: ['ported', 'claimed'],
          suggest: 'number.country',
          procedure: null,
        },
      ],
    ],
    [
      '{ ask: pin, procedure: port-order }',
      [{ do: 'ask', fact: 'pin', choices: [], suggest: null, procedure: 'port-order' }],
    ],
    [
      '{ offer: { address: customer.billingAddress } }',
      [{ do: 'offer', pairs: [['address', 'customer.billingAddress']], procedure: null }],
    ],
    ['{ refer: manager }', [{ do: 'refer', to: 'manager', for: [], procedure: null }]],
    [
      '{ refer: manager, for: address, procedure: port-order }',
      [{ do: 'refer', to: 'manager', for: [address], procedure: 'port-order' }],
    ],
    ['{ exclude: "not ours" }', [{ do: 'exclude', reason: 'not ours' }]],
    ['{ flag: "odd" }', [{ do: 'flag', message: 'odd', severity: 'warning', field: null }]],
    [
      '{ flag: "{original.pin} is not {pin}; {nearest carrier}", severity: error, about: pin }',
      [
        {
          do: 'flag',
          message: '{original.pin} is not {pin}; {nearest carrier}',
          severity: 'error',
          field: 'pin',
        },
      ],
    ],
    ['{ clear: pin, stop: true }', [{ do: 'clear', fields: ['pin'] }, { do: 'stop' }]],
  ])('%s', (text, wanted) => {
    expect(then(text)).toEqual(wanted);
  });

  it('say in words what a pattern means', () => {
    const actions = then(
      '{ look-up: port-order, for: { field: rio, label: RIO code, pattern: "^[A-Z]{2}$", format: two capitals } }',
    );
    expect(actions).toMatchObject([{ for: [{ field: 'rio', format: 'two capitals' }] }]);
    const { text } = table('{ country: US }', '{ refer: lead, for: { field: rio, label: RIO code } }');
    expectFault(
      'bad-value',
      file('table.yaml', text),
      'label: RIO code }',
      'label: RIO code, ▸format: two capitals }',
      [CARRIERS, LAYOUTS, intake, procedures],
    );
  });

  it('name extra fields, with label and pattern; other rules may name them too', () => {
    const actions = then(
      '{ look-up: port-order, for: [address, { field: rio, label: RIO code, pattern: "^[A-Z]{2}$" }] }',
    );
    expect(actions).toMatchObject([
      { for: [address, { field: 'rio', label: 'RIO code', extra: true, pattern: { source: '^[A-Z]{2}$' } }] },
    ]);
    const more = table('{ rio: blank }', '{ look-up: port-order, for: rio }')
      .text.split('\n')[5]
      ?.replace('id: r', 'id: s');
    const both = table('{ country: US }', '{ refer: lead, for: { field: rio, label: RIO code } }');
    const rules = clean([procedures, { ...both, text: `${both.text}${more}\n` }]);
    expect(rules.tables[0]?.rules[1]?.then).toEqual([
      {
        do: 'look-up',
        procedure: 'port-order',
        for: [{ field: 'rio', label: 'RIO code', extra: true, pattern: null, format: null }],
      },
    ]);
  });

  it('give a declared field its declared label', () => {
    expect(then('{ refer: lead, for: { field: active } }')).toMatchObject([
      { for: [{ field: 'active', label: 'Active?', extra: false }] },
    ]);
  });
});

describe('a rule', () => {
  it('carries where it comes from, its place and its examples', () => {
    const text = `kind: rules
title: T
stage: scope
match: all
rules:
  - id: r
    title: R
    when: { country: US }
    then: { flag: x }
    why: Because.
    source: { document: article, section: "One, two" }
    basis: found
    owner: leads
    review-by: 2027-06-30
    from: 2026-01-01
    until: 2026-12-31
    examples:
      - given: { country: US, address: blank, pin: "blank", original.address: " x " }
        expect: { set: { pin: 1 }, for: [address], status: ready }
      - given: { country: CA }
        expect-not: { flag: x }
`;
    const [table] = clean([file('t.yaml', text)]).tables;
    expect(table).toMatchObject({ file: 't.yaml', title: 'T', stage: 'scope', match: 'all' });
    expect(table?.rules[0]).toMatchObject({
      id: 'r',
      title: 'R',
      stage: 'scope',
      why: 'Because.',
      source: { document: 'article', section: 'One, two' },
      basis: 'found',
      owner: 'leads',
      reviewBy: '2027-06-30',
      from: '2026-01-01',
      until: '2026-12-31',
      place: { file: 'rules/t.yaml', line: 6, column: 5 },
      whenAny: [],
    });
    const examples = table?.rules[0]?.examples ?? [];
    expect(examples.map((example) => example.place.line)).toEqual([18, 20]);
    // `blank` without quotes is no cell's text; in quotes it is.
    expect({ ...examples[0]?.given }).toEqual({
      country: 'US',
      address: '',
      pin: 'blank',
      'original.address': ' x ',
    });
    expect(examples[0]?.expect).toEqual({ set: { pin: '1' }, for: ['address'], status: 'ready' });
    expect(examples[0]?.expectNot).toBeNull();
    expect(examples[1]?.expectNot).toEqual({ flag: 'x' });
  });

  it('takes part from its first day to its last', () => {
    const dated = table('{ country: US }', '{ flag: x }', `${SAID}, from: 2026-03-01, until: 2026-03-31`);
    const count = (asOf?: string) => {
      const { rules } = loadRules([dated], asOf === undefined ? { digest: '' } : { digest: '', asOf });
      return [rules?.count, rules?.tables[0]?.rules.length];
    };
    expect(count()).toEqual([1, 1]);
    expect(count('2026-02-28')).toEqual([0, 0]);
    expect(count('2026-03-01')).toEqual([1, 1]);
    expect(count('2026-03-31')).toEqual([1, 1]);
    expect(count('2026-04-01')).toEqual([0, 0]);
  });

  it('stands in tables ordered by stage, then by file name', () => {
    const named = (name: string, stage: string) =>
      file(
        name,
        table('{ country: US }', '{ flag: x }').text.replace('fields', stage).replace('id: r', `id: ${name}`),
      );
    const rules = clean([
      named('b', 'checks'),
      named('c', 'scope'),
      named('a', 'checks'),
      named('d', 'address'),
    ]);
    expect(rules.tables.map((one) => one.file)).toEqual(['c', 'd', 'a', 'b']);
    expect(rules.count).toBe(4);
    expect(rules.digest).toBe('abc');
    expect(rules.files).toEqual(['rules/a', 'rules/b', 'rules/c', 'rules/d']);
  });
});

describe('kind: corrections', () => {
  const text = `kind: corrections
corrections:
  - id: nulls
    blank-cells: [null, "n / a"]
    why: w
    source: { document: d }
    basis: stated
`;

  it('lists the cells that mean nothing', () => {
    const [correction] = clean([file('c.yaml', text)]).corrections;
    expect(correction).toMatchObject({
      id: 'nulls',
      blankCells: ['null', 'n / a'],
      basis: 'stated',
      place: { line: 3 },
    });
  });

  it('needs its fields', () => {
    const good = file('c.yaml', text);
    expectFault(
      'missing-field',
      good,
      '- id: nulls\n    blank-cells: [null, "n / a"]\n    why: w\n',
      '- ▸id: nulls\n    blank-cells: [null]\n',
    );
    expectFault('missing-field', good, 'blank-cells: [null, "n / a"]', '▸blank-cells: []');
    expectFault('unknown-key', good, 'blank-cells', '▸blank-cell');
  });
});

describe('kind: carriers', () => {
  it('lists names, aliases and what they are mistaken for', () => {
    const rules = clean([CARRIERS]);
    expect(rules.carriers).toMatchObject([
      {
        name: 'Northern',
        also: ['North Tel'],
        not: ['Northern Lights'],
        pin: '4x77',
        place: { line: 5, column: 5 },
      },
      { name: 'Harbour', also: [], not: [], pin: null },
    ]);
    expect(rules.carrierNoise.words).toEqual(['LLC']);
    expect({ ...rules.carrierNoise.states }).toEqual({ TX: 'Texas' });
  });

  it('reports a carrier twice, and a name that means two', () => {
    const last = '  - { name: Harbour }\n';
    const add = (code: string, line: string) => expectFault(code, CARRIERS, last, `${last}  - ${line}\n`);
    add('duplicate-id', '▸{ name: HARBOUR LLC }');
    add('conflict', '▸{ name: Bay, also: [north tel] }');
    add('conflict', '▸{ name: Bay, also: [Harbour] }');
    add('conflict', '▸{ name: Bay, also: [Bay One], not: [BAY ONE] }');
    add('missing-field', '▸{ also: [Bay One] }');
    clean([file('carriers.yaml', `${CARRIERS.text}  - { name: Bay, also: [Bay One], not: [Bay Two] }\n`)]);
    // Whoever lists a name under `not` has said whose it is not.
    clean([
      file(
        'carriers.yaml',
        `${CARRIERS.text}  - { name: North Tel }\n`
          .replace('[Northern Lights]', '[North Tel]')
          .replace('also: [North Tel], ', ''),
      ),
    ]);
  });
});

describe('look-ups', () => {
  const said = `source: { document: d }, basis: stated, ${EXAMPLES}`;
  const lookUps = (...lines: string[]) =>
    file(
      'look-ups.yaml',
      `kind: carriers\nlook-ups:\n${lines.map((line) => `  - { ${line}, ${said} }\n`).join('')}`,
    );
  const load = (...lines: string[]) => clean([CARRIERS, LAYOUTS, lookUps(...lines)]).lookUps;

  it('are for a country and a carrier', () => {
    const [one, two, three] = load(
      'country: France, carrier: NORTH TEL, how: [Open it], for: [address, { field: rio, label: RIO code }]',
      'id: fallback, country: any, carrier: any, refer: manager, for: address',
      'country: uk, carrier: any, how: [x], for: address, why: Because.',
    );
    expect(one).toMatchObject({
      id: 'look-up-fr-northern',
      country: 'FR',
      carrier: 'Northern',
      how: ['Open it'],
      procedure: 'carrier-records',
      refer: null,
      for: [
        { field: 'address', extra: false },
        { field: 'rio', label: 'RIO code', extra: true },
      ],
    });
    expect(two).toMatchObject({
      id: 'fallback',
      country: null,
      carrier: null,
      refer: 'manager',
      how: [],
      why: '',
    });
    expect(three).toMatchObject({ id: 'look-up-gb-any', country: 'GB', carrier: null, why: 'Because.' });
  });

  it('conflict when two are for the same country and carrier', () => {
    const how = 'how: [x], for: address';
    const of = (...lines: string[]) => faults([CARRIERS, LAYOUTS, lookUps(...lines)]);
    expect(of(`country: uk, carrier: any, ${how}`, `id: b, country: GB, carrier: any, ${how}`)).toEqual([
      'conflict rules/look-ups.yaml:4:5',
    ]);
    expect(of(`country: FR, carrier: any, ${how}`, `country: any, carrier: Northern, ${how}`)).toEqual([]);
    expect(of(`country: FR, carrier: North Tel, ${how}`, `country: FR, carrier: Northern, ${how}`)).toEqual([
      'conflict rules/look-ups.yaml:4:5',
    ]);
    // Nobody knows for whom it is: that is one fault, and not two.
    const typing = [
      `country: FR, carrier: Nothern, ${how}`,
      `carrier: any, ${how}`,
      `country: FR, carrier: any, ${how}`,
    ];
    expect(of(...typing)).toEqual([
      'unknown-carrier rules/look-ups.yaml:3:29',
      'missing-field rules/look-ups.yaml:4:5',
    ]);
    // One until a day, the other from the next: never both.
    expect(
      of(
        `id: a, country: FR, carrier: any, ${how}, until: 2026-06-30`,
        `id: b, country: FR, carrier: any, ${how}, from: 2026-07-01`,
      ),
    ).toEqual([]);
  });

  it.each([
    ['unknown-country', '{ country: ▸Frnace, carrier: any, how: [x], for: address'],
    ['unknown-carrier', '{ country: FR, carrier: ▸Nothern, how: [x], for: address'],
    ['unknown-procedure', '{ country: FR, carrier: any, procedure: ▸nothing, for: address'],
    ['unknown-fact', '{ country: FR, carrier: any, how: [x], for: ▸adress'],
    ['bad-value', '{ country: ▸[FR, DE], carrier: any, how: [x], for: address'],
    ['missing-field', '▸{ country: FR, carrier: any, how: [x]'],
    ['missing-field', '▸{ country: FR, carrier: any, for: address'],
    ['missing-field', '▸{ country: FR, how: [x], for: address'],
    ['missing-field', '▸{ carrier: any, how: [x], for: address'],
    ['bad-pattern', '{ country: FR, carrier: any, how: [x], for: { field: a, pattern: "▸(" }'],
  ])('get %s for %s', (code, line) => {
    const good = lookUps('country: FR, carrier: any, how: [x], for: address');
    expectFault(code, good, '{ country: FR, carrier: any, how: [x], for: address', line, [CARRIERS, LAYOUTS]);
  });

  it.each(['source: { document: d }, ', 'basis: stated, ', EXAMPLES])('need %s', (part) => {
    const good = lookUps('country: FR, carrier: any, how: [x], for: address');
    const { text } = good;
    const line = (text.split('\n')[2] ?? '').replace('  - ', '');
    expectFault('missing-field', good, line, line.replace('{ country', '▸{ country').replace(part, ''), [
      CARRIERS,
    ]);
  });
});

describe('kind: escalations', () => {
  const text = `kind: escalations
rejection-words: [invalid, mismatch]
categories:
  - id: address
    words: [address]
    phrases: [address mismatch]
  - id: zip
    title: ZIP code
    words: [zip]
    codes: ["7512", { code: X1, carrier: North Tel }]
    not: [zip file]
    over: [address]
    hint: Look at the ZIP.
escalations:
  - id: northern-zip
    carrier: [Northern, NORTH TEL]
    category: zip
    resolution: Tell them.
    give: { pin: 4x77 }
    why: w
    source: { document: d }
    basis: stated
    examples:
      - given: { carrier: Northern, text: invalid zip }
        expect: { rule: northern-zip, give: { pin: 4x77 } }
      - given: { text: invalid zip }
        expect-not: { rule: northern-zip }
  - id: anything-else
    carrier: any
    category: any
    resolution: Ask.
    refer: manager
    source: { document: d }
    basis: stated
    examples: [{ given: { text: x }, expect: { rule: anything-else, refer: manager } }]
`;
  const good = file('escalations.yaml', text);

  it('lists categories and resolutions', () => {
    const rules = clean([CARRIERS, good]);
    expect(rules.rejectionWords).toEqual(['invalid', 'mismatch']);
    expect(rules.categories).toMatchObject([
      {
        id: 'address',
        title: 'address',
        words: ['address'],
        phrases: ['address mismatch'],
        codes: [],
        hint: null,
      },
      {
        id: 'zip',
        title: 'ZIP code',
        codes: [
          { code: '7512', carrier: null },
          { code: 'X1', carrier: 'Northern' },
        ],
        not: ['zip file'],
        over: ['address'],
        hint: 'Look at the ZIP.',
      },
    ]);
    expect(rules.escalations).toMatchObject([
      { id: 'northern-zip', carriers: ['Northern'], categories: ['zip'], give: { pin: '4x77' }, refer: null },
      { id: 'anything-else', carriers: [], categories: [], give: null, refer: 'manager' },
    ]);
    expect(
      rules.escalations[0]?.examples.map(({ carrier, text, expect }) => [carrier, text, expect]),
    ).toEqual([
      ['Northern', 'invalid zip', true],
      ['', 'invalid zip', false],
    ]);
    expect(rules.count).toBe(2);
  });

  it.each([
    ['unknown-carrier', 'carrier: [Northern', 'carrier: [▸Nobody'],
    ['unknown-carrier', 'carrier: North Tel', 'carrier: ▸Nobody'],
    ['bad-value', 'category: zip', 'category: ▸zap'],
    ['bad-value', 'over: [address]', 'over: [▸adress]'],
    ['unknown-fact', 'give: { pin', 'give: { ▸pim'],
    ['bad-value', 'expect: { rule: northern-zip', 'expect: { rule: ▸southern-zip'],
    ['bad-value', 'give: { pin: 4x77 } }', 'give: { pin: ▸4X77 } }'],
    ['bad-value', 'refer: manager } }', 'refer: ▸lead } }'],
    ['missing-field', '- id: northern-zip\n    carrier: [Northern, NORTH TEL]\n', '- ▸id: northern-zip\n'],
    ['missing-field', '- given: { text: invalid zip }', '- given: ▸{ carrier: Northern }'],
    [
      'missing-field',
      '- given: { text: invalid zip }\n        expect-not: { rule: northern-zip }',
      '- ▸given: { text: invalid zip }',
    ],
    ['duplicate-id', '- id: zip', '- ▸id: address'],
    ['duplicate-id', '- id: anything-else\n', '- ▸id: northern-zip\n'],
    ['unknown-key', '    words: [zip]', '    ▸word: [zip]'],
  ])('gets %s for %s', (code, from, to) => {
    const fit = text
      .replace(code === 'unknown-fact' ? ', give: { pin: 4x77 } }' : '\u0000', ' }')
      .replace('category: zip', from === '- id: zip' ? 'category: any' : 'category: zip')
      .replace(
        'rule: anything-else',
        from.startsWith('- id: any') ? 'rule: northern-zip' : 'rule: anything-else',
      );
    expectFault(code, { ...good, text: fit }, from, to, [CARRIERS]);
  });
});

describe('kind: procedures', () => {
  it('lists steps', () => {
    const text =
      'kind: procedures\nprocedures:\n  - { id: p, title: T, where: W, steps: [One, Two], yields: Y, source: { document: d }, basis: stated }\n';
    expect(clean([file('p.yaml', text)]).procedures.get('p')).toMatchObject({
      id: 'p',
      title: 'T',
      where: 'W',
      steps: ['One', 'Two'],
      yields: 'Y',
    });
    const good = file('p.yaml', text);
    expectFault('bad-value', good, 'id: p,', 'id: ▸by-carrier,');
    expectFault('missing-field', good, 'steps: [One, Two]', '▸steps: []');
    expectFault('duplicate-id', good, 'stated }\n', 'stated }\n  - ▸{ id: p, title: T, steps: [x] }\n');
  });
});

describe('kind: layouts', () => {
  it('declares fields, values, layouts and countries', () => {
    const { layouts, countryAliases } = clean([LAYOUTS]);
    expect(layouts.fields.get('phoneNumber')).toEqual({
      name: 'phoneNumber',
      label: 'Phone number',
      type: 'phone',
      headers: ['phoneNumber', 'tn', 'number'],
      inputOnly: false,
    });
    expect(layouts.fields.get('origin')?.type).toEqual({ values: 'origin' });
    // No list of statuses is declared, so it is a text; the field exists all the same.
    expect(layouts.fields.get('status')?.type).toBe('text');
    expect(layouts.fields.get('country')?.type).toBe('country');
    expect(layouts.values.get('origin')?.get('claimed')).toEqual(['CLAIMED']);
    expect(layouts.layouts).toMatchObject([
      {
        id: 'tool',
        title: 'The tool',
        allOf: ['phoneNumber', 'pin'],
        noneOf: ['age'],
        columns: [{ field: 'phoneNumber', letter: 'D', headers: ['nr'] }],
        output: null,
        delivers: ['csv'],
      },
      {
        id: 'sheet',
        output: [
          { field: 'phoneNumber', header: 'phone number' },
          { field: 'pin', header: 'pin' },
        ],
        delivers: ['csv', 'docx'],
      },
    ]);
    expect({ ...countryAliases }).toEqual({ UK: 'GB', Amerika: 'US' });
  });

  it.each([
    ['bad-value', 'type: origin', 'type: ▸orign'],
    ['bad-value', '  active: {', '  ▸any-cell: {'],
    ['bad-value', '  active: {', '  ▸hasOwnProperty: {'],
    ['unknown-key', 'label: Phone', '▸lable: Phone'],
    ['unknown-fact', 'phoneNumber, pin]', 'phoneNumber, ▸pim]'],
    ['bad-value', 'letter: D', 'letter: ▸4'],
    ['unknown-fact', '- { field: pin', '- { field: ▸pim'],
    ['bad-value', '[csv, docx]', '[csv, ▸pdf]'],
    ['unknown-country', 'UK: GB', '▸UK: ZZ'],
    ['duplicate-id', 'id: sheet', '▸id: tool'],
    ['bad-value', 'output: same', 'output: ▸some'],
  ])('gets %s for %s', (code, from, to) => {
    expectFault(code, LAYOUTS, from, to);
  });

  it('is not needed: the contract’s fields exist without it', () => {
    clean([
      table(
        '{ system: csr-tool, origin: ported, phoneNumber: present, daysSinceActive: { at-most: 60 } }',
        '{ flag: x }',
      ),
    ]);
  });
});

describe('kind: intake', () => {
  const text = `kind: intake
questions:
  - id: accountKind
    question: Which kind?
    type: choice
    choices: [x-series, { value: migrated, label: Moved over }]
  - { id: role, question: Has it?, type: yes-no, must-be: yes, otherwise: Stop., blocks: yes }
  - { id: reason, question: Why?, type: text, blocks: no, help: Any. }
case:
  fields:
    - { label: Subject, text: "About {numbers}" }
    - { label: Sub-category, choices: [A, B] }
  eligibility: E
  unverified: U
  notices: [N1, N2]
  after-saving: [S]
`;

  it('lists questions and the case', () => {
    const { questions, case: template } = clean([file('intake.yaml', text)]).intake;
    expect(questions).toMatchObject([
      {
        id: 'accountKind',
        type: 'choice',
        choices: [
          { value: 'x-series', label: 'x-series' },
          { value: 'migrated', label: 'Moved over' },
        ],
        blocks: true,
        mustBe: null,
      },
      { id: 'role', type: 'yes-no', mustBe: 'yes', otherwise: 'Stop.', blocks: true },
      { id: 'reason', type: 'text', blocks: false, help: 'Any.' },
    ]);
    expect(template).toEqual({
      fields: [
        { label: 'Subject', text: 'About {numbers}', choices: [] },
        { label: 'Sub-category', text: '', choices: ['A', 'B'] },
      ],
      eligibility: 'E',
      unverified: 'U',
      notices: ['N1', 'N2'],
      afterSaving: ['S'],
    });
  });

  it.each([
    ['bad-value', 'type: yes-no', 'type: ▸yes-or-no'],
    ['bad-value', 'type: text, blocks: no', 'type: text, ▸choices: [a], blocks: no'],
    ['missing-field', '- id: accountKind', '- ▸id: accountKind'],
    ['bad-value', 'must-be: yes', 'must-be: ▸maybe'],
    ['bad-value', 'blocks: yes', 'blocks: ▸always'],
    ['bad-value', 'id: reason', 'id: ▸a reason'],
    ['duplicate-id', '- { id: reason', '- ▸{ id: role'],
    ['unknown-key', 'notices:', '▸notice:'],
  ])('gets %s for %s', (code, from, to) => {
    const fit = code === 'missing-field' ? text.replace(/ {4}choices: .*\n/, '') : text;
    expectFault(code, file('intake.yaml', fit), from, to);
  });
});

describe('a name that nothing is left of', () => {
  const text = `kind: carriers
ignore-words: [LLC, INC]
states: { IA: Iowa, NY: New York }
carriers:
  - name: Acme
    also: [Acme Telecom]
    not: [Acme Mobile]
    pin: "1"
`;

  it.each([
    ['also: [Acme Telecom', 'also: [Acme Telecom, ▸Inc'],
    ['also: [Acme Telecom', 'also: [Acme Telecom, ▸IA'],
    ['also: [Acme Telecom', 'also: [Acme Telecom, ▸New York'],
    ['also: [Acme Telecom', 'also: [Acme Telecom, ▸L.L.C. - Iowa'],
    ['not: [Acme Mobile', 'not: [Acme Mobile, ▸Inc.'],
    ['name: Acme', 'name: ▸LLC'],
  ])('is no name: %s as %s', (from, to) => {
    clean([file('carriers.yaml', text)]);
    expectFault('bad-value', file('carriers.yaml', text), from, to);
  });

  it('is what a comma cut off', () => {
    const cut = text.replace('Telecom]', 'Telecom, Inc]');
    const { problems } = loadRules([file('carriers.yaml', cut)], { digest: 'd' });
    expect(problems[0]?.help).toBe('a name with a comma in it needs quotes: `"Acme Telecom, Inc"`');
    const whole = clean([
      file('carriers.yaml', text.replace('[Acme Telecom]', '["Acme Telecom, Inc", New Acme]')),
    ]);
    expect(whole.carriers[0]?.also).toEqual(['Acme Telecom, Inc', 'New Acme']);
  });
});

describe('kind: delivery', () => {
  it('names files and what is said with them', () => {
    const text = `kind: delivery
file-name: "{customer}.csv"
partial-file-name: "{customer}.partial.csv"
word-file-name: "{customer}.docx"
template: CSR
hand-over: [One, Two]
partial-hand-over: [Not yet all, More follows]
word-notice: Takes longer.
resolved-note: done
`;
    expect(clean([file('delivery.yaml', text)]).delivery).toEqual({
      fileName: '{customer}.csv',
      partialFileName: '{customer}.partial.csv',
      wordFileName: '{customer}.docx',
      template: 'CSR',
      handOver: ['One', 'Two'],
      partialHandOver: ['Not yet all', 'More follows'],
      wordNotice: 'Takes longer.',
      resolvedNote: 'done',
    });
    expectFault('bad-value', file('delivery.yaml', text), '\nfile-name: "', '\nfile-name: ▸"../');
  });
});

describe('kind: sources', () => {
  const text = `kind: sources
title: Where it comes from
documents:
  - id: article
    title: The article
    about: For agents.
    sections:
      - title: One
        paragraphs:
          - says: Nulls go.
            rules: [no-nulls, still-null]
            carriers: Northern
            procedures: [walk]
            questions: [scope]
            layouts: [tool]
            texts: [case, delivery]
            no-rule: The rest is nobody's.
          - says: Nobody does this.
      - title: Two
  - { id: notes, title: Notes }
`;

  it('names documents, what their paragraphs rule, and what carries each out', () => {
    const [article, notes] = clean([file('sources.yaml', text)]).documents;
    expect(article).toMatchObject({ id: 'article', title: 'The article', about: 'For agents.' });
    expect(article?.sections.map(({ title, paragraphs }) => [title, paragraphs.length])).toEqual([
      ['One', 2],
      ['Two', 0],
    ]);
    expect(article?.sections[0]?.paragraphs[0]).toEqual({
      says: 'Nulls go.',
      carriedOut: [
        { as: 'rule', name: 'no-nulls' },
        { as: 'rule', name: 'still-null' },
        { as: 'carrier', name: 'Northern' },
        { as: 'procedure', name: 'walk' },
        { as: 'question', name: 'scope' },
        { as: 'layout', name: 'tool' },
        { as: 'text', name: 'case' },
        { as: 'text', name: 'delivery' },
      ],
      noRule: "The rest is nobody's.",
      place: { file: 'rules/sources.yaml', line: 10, column: 13 },
    });
    expect(article?.sections[0]?.paragraphs[1]).toMatchObject({ carriedOut: [], noRule: null });
    expect(notes).toMatchObject({ about: null, sections: [] });
  });

  it.each([
    ['missing-field', '  - { id: notes, title: Notes }', '  - ▸{ id: notes }'],
    ['missing-field', 'says: Nobody does this.', '▸no-rule: Why not.'],
    ['unknown-key', 'procedures: [walk]', '▸procedure: [walk]'],
    ['bad-value', 'texts: [case, delivery]', 'texts: [case, ▸intake]'],
    ['duplicate-id', 'title: Two', '▸title: One'],
    ['duplicate-id', '- { id: notes, title: Notes }', '- ▸{ id: article, title: Again }'],
    [
      'bad-value',
      'paragraphs:\n          - says: Nulls go.',
      'paragraphs:\n          - ▸Nulls\n          - says: Nulls go.',
    ],
  ])('%s: %s as %s', (code, from, to) => {
    expectFault(code, file('sources.yaml', text), from, to);
  });

  it('joins the words of a folder laid over: paragraphs of one section, sections of one document', () => {
    const more = file(
      'ours.yaml',
      `kind: sources
documents:
  - id: article
    title: The article, by us
    sections:
      - { title: Three, paragraphs: [{ says: Last., no-rule: None. }] }
      - { title: One, paragraphs: [{ says: More., rules: [mine] }] }
`,
    );
    const [article, notes] = clean([file('sources.yaml', text)], [more]).documents;
    expect(article).toMatchObject({ title: 'The article, by us', about: 'For agents.' });
    expect(
      article?.sections.map(({ title, paragraphs }) => [title, paragraphs.map(({ says }) => says)]),
    ).toEqual([
      ['One', ['Nulls go.', 'Nobody does this.', 'More.']],
      ['Two', []],
      ['Three', ['Last.']],
    ]);
    expect(notes?.id).toBe('notes');
  });
});

describe('where things come from', () => {
  it('is kept of whatever says so, and of nothing else', () => {
    const said = 'why: W, source: { document: d, section: s }, basis: found, owner: o, review-by: 2027-01-31';
    const kept = {
      why: 'W',
      source: { document: 'd', section: 's' },
      basis: 'found',
      owner: 'o',
      reviewBy: '2027-01-31',
    };
    const from = 'why: W, source: { document: d, section: s }, basis: found';
    const rules = clean([
      file(
        'p.yaml',
        `kind: procedures\nprocedures:\n  - { id: p, title: P, steps: [s], ${said} }\n  - { id: q, title: Q, steps: [s] }\n`,
      ),
      file('c.yaml', `kind: carriers\ncarriers:\n  - { name: N, ${said} }\n`),
      file('e.yaml', `kind: escalations\ncategories:\n  - { id: c, ${said} }\n`),
      file('l.yaml', `kind: layouts\nlayouts:\n  - { id: l, ${from} }\n`),
      file('i.yaml', `kind: intake\nquestions:\n  - { id: i, question: Q, type: text, ${from} }\n`),
      file(
        'n.yaml',
        `kind: corrections\ncorrections:\n  - { id: n, title: Nulls, blank-cells: [null], ${said} }\n  - { id: m, blank-cells: [nil], ${said} }\n`,
      ),
    ]);
    expect(rules.procedures.get('p')).toMatchObject(kept);
    expect(rules.procedures.get('q')).not.toHaveProperty('basis');
    expect(rules.procedures.get('q')).not.toHaveProperty('source');
    expect(rules.carriers[0]).toMatchObject(kept);
    expect(rules.categories[0]).toMatchObject(kept);
    expect(rules.layouts.layouts[0]).toMatchObject({ why: 'W', source: kept.source, basis: 'found' });
    expect(rules.intake.questions[0]).toMatchObject({ why: 'W', source: kept.source, basis: 'found' });
    expect(rules.corrections.map(({ title }) => title)).toEqual(['Nulls', 'm']);
  });
});
