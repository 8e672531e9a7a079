import { describe, expect, it } from 'vitest';
import { type Loaded, loadRules } from '../../src/engine/load.ts';
import { type Problem, showPlace, showProblem } from '../../src/engine/problem.ts';
import { file, marked } from './load-marks.ts';

const CARRIERS = `kind: carriers
ignore-words: [LLC]
states: { TX: Texas }
carriers:
  - name: Northern
    also: [North Tel]
  - name: Harbour
    pin: 4x77
`;
const PROCEDURES = `kind: procedures
procedures:
  - id: port-order
    title: Port order
    where: The old system
    steps: [Open it]
    yields: The address
`;
const LAYOUTS = `kind: layouts
values:
  origin: { ported: [PORTING, PORTED], claimed: [CLAIMED] }
fields:
  phoneNumber: { label: Phone number, type: phone }
  origin: { type: origin }
  daysSinceActive: { type: number }
layouts:
  - id: csr-tool
    all-of: [phoneNumber]
countries: { UK: GB, USA: US }
`;
const INTAKE = `kind: intake
questions:
  - { id: accountKind, question: Which kind?, type: choice, choices: [migrated, express] }
  - { id: verified, question: Verified?, type: yes-no }
`;
const WORLD = [
  file('carriers.yaml', CARRIERS),
  file('procedures.yaml', PROCEDURES),
  file('layouts.yaml', LAYOUTS),
  file('intake.yaml', INTAKE),
];

const ABOUT = `    why: w
    source: { document: d, section: s }
    basis: stated
`;
const EXAMPLES = `    examples: [{ given: { country: US }, expect: { flag: x } }]
`;

/** A table with one rule; `when` and `then` as given, indented as in a file. */
function table({
  when = '      country: US\n',
  does = '      flag: x\n',
  about = ABOUT,
  examples = EXAMPLES,
  match = 'all',
  more = '',
} = {}): string {
  return `kind: rules
title: T
stage: address
match: ${match}
rules:
  - id: one
    title: One
    when:
${when}    then:
${does}${about}${examples}${more}`;
}

function load(text: string, name = 'table.yaml'): Loaded {
  const others = WORLD.filter((source) => source.name !== name);
  return loadRules([...others, file(name, text)], { digest: 'd' });
}

function at(problem: Problem): string {
  return problem.place ? showPlace(problem.place) : '';
}

/** The good text loads clean; the marked one gives exactly this code at exactly that place. */
function fault(code: string, bad: string, name = 'table.yaml'): Problem {
  const { text, places } = marked(bad);
  const { rules, problems } = load(text, name);
  expect(problems.map((problem) => [problem.code, at(problem)])).toEqual(
    places.map((place) => [code, `rules/${name}:${place}`]),
  );
  expect(rules).toBeNull();
  const problem = problems[0] as Problem;
  // The excerpt is the line itself, so that the caret stands under the fault.
  expect(problem.excerpt).toBe(text.split('\n')[(problem.place?.line ?? 0) - 1]);
  return problem;
}

function clean(text: string, name = 'table.yaml'): NonNullable<Loaded['rules']> {
  const { rules, problems } = load(text, name);
  expect(problems.map(showProblem)).toEqual([]);
  if (!rules) throw new Error('no rules');
  return rules;
}

describe('a file that is not the YAML of the language', () => {
  it('gets yaml-syntax at the place', () => {
    clean(table());
    const problem = fault('yaml-syntax', 'kind: rules\nrules:\n  - id: ▸"one\n');
    expect(problem.message).toMatch(/^[a-z]/);
  });

  it.each(["'one", "'one''", '"one\\"', '"', "'", '{ a: "one', 'one"\n    title: "two'])(
    'points at where a quote opens that never closes: %s',
    (value) => {
      const at = value.endsWith('two') ? 'title: "' : 'id: ';
      const text = `kind: rules\nrules:\n  - id: ${value}\n`;
      const { problems } = load(text);
      expect(problems[0]?.code).toBe('yaml-syntax');
      const last = problems.find((problem) => problem.message.includes('never closes'));
      const before = text.slice(0, text.lastIndexOf(at) + at.length - (at.endsWith('"') ? 1 : 0));
      const line = before.split('\n').length;
      const column = (before.split('\n').at(-1) ?? '').length + 1 + (value.startsWith('{') ? 5 : 0);
      expect([last?.place?.line, last?.place?.column]).toEqual([line, column]);
    },
  );

  it('gets yaml-syntax for a wrong indentation', () => {
    fault('yaml-syntax', 'kind: corrections\ncorrections:\n  - id: a\n   ▸why: b\n');
  });

  it.each([
    ['an anchor', 'kind: delivery\nword-notice: ▸&a text\n'],
    ['an alias', 'kind: delivery\nword-notice: ▸&a text\nresolved-note: ▸*a\n'],
    ['a tag', 'kind: delivery\nword-notice: ▸!!js/function text\n'],
    ['a tag of no name', 'kind: delivery\nword-notice: ▸! text\n'],
    ['a directive', '▸%YAML 1.2\n---\nkind: delivery\n'],
    ['a second document', 'kind: delivery\n▸---\nkind: delivery\n'],
    ['a merge key', 'kind: delivery\n▸<<: { word-notice: text }\n'],
    ['a merge key within', 'kind: layouts\nfields:\n  pin:\n    ▸<<: { label: PIN }\n'],
  ])('gets forbidden-yaml for %s', (_, bad) => {
    fault('forbidden-yaml', bad, 'delivery.yaml');
  });

  it('may start with `---` and a comment, and have carriage returns and a byte order mark', () => {
    clean('# a comment\n---\nkind: delivery\nword-notice: text\n', 'delivery.yaml');
    const rules = clean('\u{feff}kind: delivery\r\nword-notice: text\r\n', 'delivery.yaml');
    expect(rules.delivery.wordNotice).toBe('text');
  });

  it('places faults rightly behind a byte order mark and carriage returns', () => {
    const { problems } = load('\u{feff}kind: delivery\r\nword-notise: text\r\n', 'delivery.yaml');
    expect(problems.map(at)).toEqual(['rules/delivery.yaml:2:1']);
    expect(problems[0]?.excerpt).toBe('word-notise: text');
  });

  it('gets duplicate-key, with the first place', () => {
    clean(table({ when: '      country: US\n      address: blank\n' }));
    const problem = fault('duplicate-key', table({ when: '      country: US\n      ▸country: CA\n' }));
    expect(problem.related?.map((one) => showPlace(one.place))).toEqual(['rules/table.yaml:9:7']);
  });

  it('is refused when it is nested beyond reason, without running out of stack', () => {
    const { problems } = load(`kind: delivery\nword-notice: ${'['.repeat(100_000)}`, 'delivery.yaml');
    expect(problems.map((problem) => problem.code)).toEqual(['yaml-syntax']);
  });

  it('does not hide what is wrong elsewhere, nor blame those who use its words', () => {
    const wrong = table({
      when: '      carrier: Nothern\n      contry: US\n      customer.acountKind: x\n',
      does: '      look-up: port-ordr\n      for: addres\n',
    });
    const right = table({
      when: '      carrier: Harbour, LLC\n      customer.accountKind: migrated\n      daysSinceActive: { below: 3 }\n',
      does: '      look-up: port-order\n      for: address\n',
    }).replaceAll('one', 'two');
    const faulty = ['unknown-carrier', 'unknown-fact', 'unknown-fact', 'unknown-procedure', 'unknown-fact'];
    for (const broken of ['', ...WORLD.map(({ name }) => name)]) {
      const { problems } = loadRules(
        [
          file('a.yaml', wrong),
          file('b.yaml', right),
          ...WORLD.map((source) =>
            source.name === broken ? { ...source, text: `${source.text}title: "x` } : source,
          ),
        ],
        { digest: 'd' },
      );
      const codes = problems.map(({ code, place }) => `${place?.file} ${code}`);
      expect(codes, broken).toEqual([
        ...faulty.map((code) => `rules/a.yaml ${code}`),
        ...(broken === '' ? [] : [`rules/${broken} yaml-syntax`]),
      ]);
    }
  });

  it('leaves alone what goes into its table, but for faults of its own', () => {
    const extension = (when: string) =>
      file(
        'ours.yaml',
        table({ when })
          .replace('stage: address\nmatch: all', 'extends: table.yaml\nbefore: one')
          .replaceAll('id: one', 'id: two'),
      );
    const all = (text: string, when: string) => {
      const extend = [extension(when)];
      return loadRules([...WORLD, file('table.yaml', text)], { digest: 'd', extend }).problems;
    };
    const good = '      country: US\n';
    const bad = '      contry: US\n';
    expect(all(table(), good).map(showProblem)).toEqual([]);
    for (const text of [`${table()}owner: "x`, `${table()}  - id: two\n   title: x\n`]) {
      expect(all(text, good).map(({ code }) => code)).toEqual(['yaml-syntax']);
      expect(all(text, bad).map(({ code }) => code)).toEqual(['yaml-syntax', 'unknown-fact']);
    }
    // A table that nobody has hides nothing either.
    const other = extension(bad);
    const { problems } = loadRules(WORLD, { digest: 'd', extend: [other] });
    expect(problems.map(({ code }) => code)).toEqual(['bad-value', 'unknown-fact']);
  });
});

describe('a file that holds nothing known', () => {
  it.each([
    ['bad-value', '▸'],
    ['bad-value', '▸- kind: rules\n'],
    ['missing-field', '▸title: x\n'],
    ['bad-value', 'kind: ▸rule\n'],
  ])('gets %s', (code, bad) => {
    fault(code, bad);
  });
});

describe('words that do not exist', () => {
  it('unknown-key, with the one that was meant and no second complaint', () => {
    clean(table());
    const problem = fault('unknown-key', table().replace('    title: One', '    ▸titel: One'));
    expect(problem).toMatchObject({
      found: 'titel',
      wanted: '`title`',
      help: 'did you mean `title`?',
      rule: 'one',
    });
  });

  it.each([
    ['of a file', table().replace('stage:', '▸stag: x\nstage:')],
    ['of an action', table({ does: '      flag: x\n      ▸colour: red\n' })],
    ['of an example', table({ examples: '    examples: [{ given: {}, expect: {}, ▸expects: {} }]\n' })],
    ['of an expectation', table({ examples: '    examples: [{ given: {}, expect: { ▸sets: x } }]\n' })],
    ['of a source', table().replace('section: s', '▸page: 3')],
    [
      'of a field to fill',
      table({ does: '      look-up: port-order\n      for: { field: rio, ▸patern: "^x$" }\n' }),
    ],
  ])('unknown-key %s', (_, bad) => {
    fault('unknown-key', bad);
  });

  it('unknown-fact in a condition', () => {
    const problem = fault('unknown-fact', table({ when: '      ▸contry: US\n' }));
    expect(problem.help).toBe('did you mean `country`?');
  });

  it.each([
    'original.adress',
    'customer.acountKind',
    'file.distinct.acountNumber',
    'reference.cases.adress',
    'reference.cases',
    'number.typ',
    'carrier.pn',
    'row.duplicat',
    'any-cel',
    '__proto__',
    'constructor',
    'toString',
    'original.__proto__',
    'customer.constructor',
  ])('unknown-fact %s', (fact) => {
    fault('unknown-fact', table({ when: `      ▸${fact}: x\n` }));
  });

  it.each([
    ['a compared fact', { when: '      address: { same-as: ▸original.adress }\n' }],
    ['a cell to clear', { does: '      clear: [pin, ▸adress]\n' }],
    ['a cell to set', { does: '      set: { ▸pim: x }\n' }],
    ['a fact to copy', { does: '      copy: { pin: ▸carrier.pim }\n' }],
    ['a field to fill', { does: '      look-up: port-order\n      for: ▸adress\n' }],
    ['a fact to ask', { does: '      ask: ▸orign\n' }],
    ['a suggestion', { does: '      ask: origin\n      suggest: ▸number.cuntry\n' }],
    ['a fact in a message', { does: '      flag: ▸"seen {pim}"\n' }],
    ['what a flag is about', { does: '      flag: x\n      about: ▸pim\n' }],
    ['an example', { examples: '    examples: [{ given: { ▸contry: US }, expect: {} }]\n' }],
  ])('unknown-fact in %s', (_, parts) => {
    fault('unknown-fact', table(parts));
  });

  it('unknown-operator', () => {
    const problem = fault('unknown-operator', table({ when: '      phoneNumber: { ▸start-with: "+1" }\n' }));
    expect(problem.help).toBe('did you mean `starts-with`?');
    fault('unknown-operator', table({ when: '      phoneNumber: { not: { ▸start-with: "+1" } }\n' }));
    const reserved = fault('unknown-operator', table({ when: '      address: { ▸blank: yes }\n' }));
    expect(reserved.help).toBe('write `address: blank`');
  });

  it('an unknown word shows as many known ones as help, and how many more there are', () => {
    const carriers = (count: number) =>
      `kind: carriers\ncarriers:\n${Array.from({ length: count }, (_, at) => `  - name: Long Name of Carrier ${at}\n`).join('')}`;
    const wanted = (count: number) => {
      const others = WORLD.filter(({ name }) => !/carriers|escalations/.test(name));
      const text = table({ when: '      carrier: Zzyzx\n' });
      const { problems } = loadRules(
        [...others, file('carriers.yaml', carriers(count)), file('table.yaml', text)],
        { digest: 'd' },
      );
      const problem = problems.find(({ found }) => found === 'Zzyzx');
      expect(problem?.help).toBe('add it under `carriers:` first');
      return problem?.wanted ?? '';
    };
    expect(wanted(2)).toBe('`Long Name of Carrier 0` or `Long Name of Carrier 1`');
    for (const count of [12, 40]) {
      const shown = wanted(count);
      const listed = shown.match(/`[^`]+`/g)?.length ?? 0;
      expect(listed).toBeGreaterThan(5);
      expect(shown).toMatch(new RegExp(` and ${count - listed} more$`));
    }
    const fact = fault('unknown-fact', table({ when: '      ▸zzyzx: blank\n' }));
    expect(fact.wanted).toMatch(/^`\w+` or .* and \d+ more$/);
    expect(fault('unknown-carrier', table({ when: '      carrier: ▸Nothern\n' })).help).not.toContain(
      'add it',
    );
  });

  it('unknown-carrier, nearest by any alias', () => {
    clean(table({ when: '      carrier: [NORTHERN LLC - TX, north tel]\n' }));
    const problem = fault('unknown-carrier', table({ when: '      carrier: [Harbour, ▸Nothern]\n' }));
    expect(problem.help).toBe('did you mean `Northern`?');
    fault('unknown-carrier', table({ when: '      carrier: { not: ▸Nothern }\n' }));
    fault('unknown-carrier', table({ when: '      original.carrier: ▸Nothern\n' }));
  });

  it('unknown-country, nearest by name', () => {
    clean(table({ when: '      country: [US, UK, gbr, Canada]\n' }));
    const problem = fault('unknown-country', table({ when: '      country: ▸Cannada\n' }));
    expect(problem.help).toBe('did you mean `Canada`?');
    fault('unknown-country', table({ when: '      number.country: { not: [US, ▸Untied States] }\n' }));
  });

  it('unknown-procedure', () => {
    clean(table({ does: '      look-up: port-order\n      for: address\n' }));
    clean(table({ does: '      look-up: by-carrier\n' }));
    const problem = fault(
      'unknown-procedure',
      table({ does: '      look-up: ▸port-oder\n      for: address\n' }),
    );
    expect(problem.help).toBe('did you mean `port-order`?');
    fault('unknown-procedure', table({ does: '      refer: manager\n      procedure: ▸port-oder\n' }));
  });
});

describe('what every rule says of itself', () => {
  it.each(['title', 'then', 'why', 'source', 'basis', 'examples'])('missing-field without `%s`', (key) => {
    const lines = table().split('\n');
    const start = lines.findIndex((line) => line.startsWith(`    ${key}:`));
    let end = start + 1;
    while (end < lines.length && (lines[end] ?? '').startsWith('      ')) end += 1;
    lines.splice(start, end - start);
    const problem = fault('missing-field', lines.join('\n').replace('- id: one', '- ▸id: one'));
    expect(problem.wanted).toBe(`\`${key}:\``);
  });

  it('missing-field for an id, an empty text, no examples and a source without a document', () => {
    fault('missing-field', table().replace('- id: one\n    title', '- ▸title'));
    fault('missing-field', table().replace('    why: w', '    ▸why:'));
    fault('missing-field', table({ examples: '    ▸examples: []\n' }));
    fault('missing-field', table().replace('{ document: d, section: s }', '▸{ section: s }'));
  });

  it('missing-field for a table without stage, match or rules', () => {
    fault('missing-field', `▸${table().replace('stage: address\n', '')}`);
    fault('missing-field', `▸${table().replace('match: all\n', '')}`);
    fault('missing-field', '▸kind: rules\nstage: facts\nmatch: all\n');
  });

  it.each([
    ['unknown-fact', 'clear: ▸adress'],
    ['unknown-fact', 'keep: [address, ▸pim]'],
    ['unknown-fact', 'for: ▸adress'],
    ['unknown-fact', 'ask: ▸orign'],
    ['unknown-fact', 'set: { ▸adress: x }'],
    ['unknown-fact', 'offer: ▸adress'],
    ['unknown-procedure', 'look-up: ▸port-ordr'],
    ['bad-value', 'status: ▸redy'],
    ['bad-value', 'flag: ▸{ x: y }'],
    ['bad-value', 'exclude: ▸[x]'],
  ] as const)('%s for a name that nothing has, expected not to come: %s', (code, expected) => {
    const examples = `    examples: [{ given: { country: US }, expect-not: { ${expected} } }]\n`;
    fault(code, table({ examples }));
  });

  it('missing-field for an example that gives or expects nothing', () => {
    fault('missing-field', table({ examples: '    examples: [▸{ expect: {} }]\n' }));
    fault('missing-field', table({ examples: '    examples: [▸{ given: {} }]\n' }));
  });

  it('bad-value for a basis, stage or match that does not exist', () => {
    fault('bad-value', table().replace('basis: stated', 'basis: ▸statd'));
    fault('bad-value', table().replace('stage: address', 'stage: ▸adress'));
    fault('bad-value', table().replace('match: all', 'match: ▸any'));
  });

  it('bad-date', () => {
    clean(
      table({
        about: `${ABOUT}    owner: leads\n    review-by: 2027-06-30\n    from: 2024-02-29\n    until: 2028-01-01\n`,
      }),
    );
    for (const date of ['2026-02-30', '2025-02-29', '30.06.2027', 'soon', '2027-6-1', '2027-13-01']) {
      fault('bad-date', table({ about: `${ABOUT}    review-by: ▸${date}\n` }));
    }
    fault('bad-date', table({ about: `${ABOUT}    from: 2026-01-02\n    until: ▸2026-01-01\n` }));
  });

  it('duplicate-id over all files and kinds', () => {
    const more = table().slice(table().indexOf('  - id'));
    clean(table({ more: more.replace('id: one', 'id: two') }));
    const problem = fault('duplicate-id', table({ more: more.replace('- id', '- ▸id') }));
    expect(problem.related?.map((one) => showPlace(one.place))).toEqual(['rules/table.yaml:6:5']);
    const correction = 'kind: corrections\ncorrections:\n  - ▸id: one\n    blank-cells: [null]\n';
    const { text, places } = marked(correction + ABOUT);
    const { problems } = loadRules([...WORLD, file('a.yaml', table()), file('b.yaml', text)], {
      digest: 'd',
    });
    // Corrections are read before rules, but the first place is the one that came first.
    expect(problems.map((one) => [one.code, at(one)])).toEqual([
      ['duplicate-id', `rules/b.yaml:${places[0]}`],
    ]);
  });
});

describe('values', () => {
  it.each([
    ['no value', '      address: ▸\n'],
    ['an empty list', '      country: ▸[]\n'],
    ['an empty operator block', '      country: ▸{}\n'],
    ['a reserved word in a list', '      address: [▸blank, x]\n'],
    ['a reserved word in capitals', '      address: ▸BLANK\n'],
    ['known for a text', '      address: ▸known\n'],
    ['not any', '      address: { not: ▸any }\n'],
    ['an empty not', '      address: { not: ▸{} }\n'],
    ['an empty prefix', '      phoneNumber: { starts-with: ▸"" }\n'],
    ['no prefix', '      phoneNumber: { starts-with: ▸[] }\n'],
    ['a word for a number', '      daysSinceActive: { at-most: ▸sixty }\n'],
    ['one number for between', '      daysSinceActive: { between: ▸60 }\n'],
    ['numbers the wrong way round', '      daysSinceActive: { between: ▸[60, 1] }\n'],
    ['a number of a country', '      country: { ▸at-most: 3 }\n'],
    ['a fact compared with itself', '      address: { same-as: ▸address }\n'],
    ['neither yes nor no', '      row.duplicate: ▸maybe\n'],
    ['neither yes nor no, of the customer', '      customer.verified: ▸maybe\n'],
    ['an account kind that nobody has', '      customer.accountKind: ▸migratd\n'],
    ['a layout that does not exist', '      system: ▸csr-tol\n'],
    ['a type of number that does not exist', '      number.type: ▸tollfree\n'],
    ['a block in a list', '      country: [▸{ not: US }]\n'],
  ])('bad-value for %s', (_, when) => {
    fault('bad-value', table({ when }));
  });

  it.each([
    ['an empty constant', '      set: { pin: ▸"" }\n'],
    ['no field', '      ▸set: {}\n'],
    ['a constant for what is no cell', '      set: { ▸carrier.pin: x }\n'],
    ['a customer fact as a cell', '      clear: ▸customer.name\n'],
    ['a derived fact to ask for', '      ask: ▸number.country\n'],
    ['stop: false', '      flag: x\n      stop: ▸false\n'],
    ['severity without a flag', '      clear: pin\n      ▸severity: error\n'],
    ['an unknown severity', '      flag: x\n      severity: ▸fatal\n'],
    ['choices without a question', '      clear: pin\n      ▸choices: [a]\n'],
    ['a field twice', '      look-up: port-order\n      for: ▸[address, address]\n'],
    ['a list for an object', '      set: ▸[pin]\n'],
    ['a field name that is no word', '      look-up: port-order\n      for: { field: ▸__proto__ }\n'],
    [
      'a field named as every object’s own',
      '      look-up: port-order\n      for: { field: ▸constructor }\n',
    ],
  ])('bad-value for %s', (_, does) => {
    fault('bad-value', table({ does }));
  });

  it.each([
    ['nobody to refer to', '      ▸refer:\n'],
    ['no reason', '      ▸exclude: ""\n'],
    ['a look-up for nothing', '      ▸look-up: port-order\n'],
    ['lowest over nothing', '      ▸lowest: { pin: phoneNumber }\n'],
  ])('missing-field for %s', (_, does) => {
    fault('missing-field', table({ does }));
  });

  it('bad-pattern, at the character where that is known', () => {
    clean(table({ when: '      pin: { matches: "^[0-9]{4,10}$" }\n' }));
    const problem = fault('bad-pattern', table({ when: '      pin: { matches: "^a▸(?=b)" }\n' }));
    expect(problem.message).toContain('linear time');
    fault('bad-pattern', table({ when: '      pin: { matches: ▸^(a }\n' }));
    fault('bad-pattern', table({ when: '      pin: { matches: "\\\\d▸(?=b)" }\n' }));
    // Another escape in double quotes shifts the columns, so the pattern's start must do.
    fault('bad-pattern', table({ when: '      pin: { matches: ▸"\\x61(?=b)" }\n' }));
    fault('bad-pattern', table({ does: '      refer: lead\n      for: { field: rio, pattern: "▸(a" }\n' }));
  });

  it('warns of a value that looks like a slip, and loads', () => {
    const { rules, problems } = load(table({ when: '      origin: portd\n' }));
    expect(problems.map((problem) => [problem.code, problem.severity, at(problem)])).toEqual([
      ['bad-value', 'warning', 'rules/table.yaml:9:15'],
    ]);
    expect(rules).not.toBeNull();
    clean(table({ when: '      origin: something else\n' }));
  });
});

describe('what a rule may do by its basis', () => {
  const reconstructed = ABOUT.replace('stated', 'reconstructed');
  const ours = ABOUT.replace('stated', 'ours');

  it.each([
    '      ▸set: { pin: x }\n',
    '      ▸copy: { pin: carrier.pin }\n',
    '      ▸lowest: { billingTelephoneNumber: phoneNumber, per: carrier }\n',
  ])('bad-value when a reconstructed rule says %s', (does) => {
    fault('bad-value', table({ does, about: reconstructed }));
    clean(table({ does: does.replace('▸', ''), about: ours }));
  });

  it('bad-value when one of our own writes an address', () => {
    fault('bad-value', table({ does: '      ▸set: { pin: x, address: y }\n', about: ours }));
    fault('bad-value', table({ does: '      ▸copy: { address: customer.billingAddress }\n', about: ours }));
    clean(table({ does: '      copy: { address: customer.billingAddress }\n' }));
    clean(table({ does: '      offer: { address: customer.billingAddress }\n', about: ours }));
    clean(table({ does: '      offer: { address: customer.billingAddress }\n', about: reconstructed }));
  });
});

describe('empty conditions', () => {
  const last = table().slice(table().indexOf('  - id')).replace('id: one', 'id: two');
  const empty = (text: string) => text.replace('    when:\n      country: US\n', '    ▸when: {}\n');

  it('empty-when before the last rule of a `first` table', () => {
    fault('empty-when', empty(table({ match: 'first', more: last })));
    fault(
      'empty-when',
      table({ match: 'first', more: last })
        .replace('- id: one', '- ▸id: one')
        .replace('    when:\n      country: US\n', ''),
    );
  });

  it('none in the last rule, in an `all` table, or beside `when-any`', () => {
    clean(empty(table({ match: 'first' })).replace('▸', ''));
    clean(empty(table({ match: 'all', more: last })).replace('▸', ''));
    clean(empty(table({ match: 'first', more: last })).replace('▸when: {}', 'when-any: [{ country: US }]'));
  });

  it('empty-when for a `when-any` without blocks, or with an empty one', () => {
    fault('empty-when', table().replace('    then:', '    ▸when-any: []\n    then:'));
    fault('empty-when', table().replace('    then:', '    when-any: [{ pin: blank }, ▸{}]\n    then:'));
    clean(table().replace('    then:', '    when-any: [{ pin: blank }, { address: blank }]\n    then:'));
  });
});

describe('problems', () => {
  it('come all at once, in the order of the files and lines', () => {
    const { problems } = loadRules(
      [
        ...WORLD,
        file(
          'b.yaml',
          table({ when: '      contry: US\n', does: '      clear: adress\n' }).replace('id: one', 'id: b'),
        ),
        file('a.yaml', table({ when: '      carrier: Nobody\n', about: ABOUT.replace('stated', 'x') })),
      ],
      { digest: 'd' },
    );
    expect(problems.map((problem) => [at(problem), problem.code, problem.rule])).toEqual([
      ['rules/a.yaml:9:16', 'unknown-carrier', 'one'],
      ['rules/a.yaml:14:12', 'bad-value', 'one'],
      ['rules/b.yaml:9:7', 'unknown-fact', 'b'],
      ['rules/b.yaml:11:14', 'unknown-fact', 'b'],
    ]);
  });

  it('read as a compiler’s', () => {
    const { problems } = load(table({ when: '      contry: US\n' }));
    expect(showProblem(problems[0] as Problem)).toBe(
      [
        'rules/table.yaml:9:7: error [unknown-fact] unknown fact `contry`',
        '  9 |       contry: US',
        '    |       ^',
        '  found:  contry',
        '  wanted: `country` or `number.country`',
        '  help: did you mean `country`?',
      ].join('\n'),
    );
  });

  it('show a line that a terminal can print, as wide as it is', () => {
    const { problems } = load('kind: delivery\nx\u202ey\u0007\u001b[2Jz: "a\tb"\n', 'delivery.yaml');
    expect(problems[0]?.excerpt).toBe('x\u{fffd}y\u{fffd}\u{fffd}[2Jz: "a→b"');
  });
});
