import { describe, expect, it } from 'vitest';
import { loadRules, type RuleText } from '../../src/engine/load.ts';
import { clean, faults, file, marked } from './load-marks.ts';

const SAID = 'why: w, source: { document: d }, basis: stated';

function rule(id: string, when = '{ country: US }'): string {
  return `  - { id: ${id}, title: T, when: ${when}, then: { flag: x }, ${SAID}, examples: [{ given: {}, expect: {} }] }\n`;
}

function table(name: string, head: string, ...rules: readonly string[]): RuleText {
  return file(name, `kind: rules\n${head}\nrules:\n${rules.join('')}`);
}

const MATRIX = table(
  'matrix.yaml',
  'title: Matrix\nstage: address\nmatch: first',
  rule('a'),
  rule('b'),
  rule('z', '{}'),
);

/** A file of the folder laid over. */
function over(source: RuleText): RuleText {
  return { ...source, path: `ours/${source.name}` };
}

function ids(base: readonly RuleText[], extend: readonly RuleText[]): string[][] {
  return clean(base, extend.map(over)).tables.map((one) => one.rules.map(({ id }) => id));
}

/** The faults of one file laid over, where `▸` stands in it. */
function expectFault(code: string, base: readonly RuleText[], source: RuleText): void {
  const { text, places } = marked(source.text);
  expect(faults(base, [over({ ...source, text })])).toEqual(
    places.map((place) => `${code} ours/${source.name}:${place}`),
  );
}

describe('a table that extends another', () => {
  it('puts its rules before those of that table', () => {
    expect(ids([MATRIX], [table('ours.yaml', 'extends: matrix.yaml', rule('n'), rule('o'))])).toEqual([
      ['n', 'o', 'a', 'b', 'z'],
    ]);
    expect(ids([MATRIX], [table('ours.yaml', 'extends: matrix', rule('n'))])).toEqual([['n', 'a', 'b', 'z']]);
  });

  it('puts them before one rule of it', () => {
    expect(
      ids([MATRIX], [table('ours.yaml', 'extends: matrix.yaml\nbefore: z', rule('n'), rule('o'))]),
    ).toEqual([['a', 'b', 'n', 'o', 'z']]);
  });

  it('takes the stage of that table, and may have its name', () => {
    const rules = clean(
      [MATRIX],
      [over(table('matrix.yaml', 'title: Ours\nextends: matrix.yaml', rule('n')))],
    );
    expect(rules.tables.map((one) => [one.file, one.title, one.match])).toEqual([
      ['matrix.yaml', 'Matrix', 'first'],
    ]);
    expect(rules.tables[0]?.rules[0]).toMatchObject({
      id: 'n',
      stage: 'address',
      place: { file: 'ours/matrix.yaml' },
    });
  });

  it('keeps the order of the files when several extend one', () => {
    const one = table('2.yaml', 'extends: matrix.yaml', rule('two'));
    const two = table('1.yaml', 'extends: matrix.yaml', rule('one'));
    const three = table('3.yaml', 'extends: matrix.yaml\nbefore: b', rule('three'));
    expect(ids([MATRIX], [three, one, two])).toEqual([['one', 'two', 'a', 'three', 'b', 'z']]);
  });

  it('can fill a table that has no rules of its own left', () => {
    const bare = file('bare.yaml', 'kind: rules\ntitle: T\nstage: scope\nmatch: all\nrules: []\n');
    expect(faults([bare], [over(table('ours.yaml', 'extends: bare.yaml', rule('n')))])).toEqual([
      'missing-field rules/bare.yaml:5:1',
    ]);
  });

  it('is faulted where it names what is not there', () => {
    expectFault('bad-value', [MATRIX], table('ours.yaml', 'extends: ▸matrx.yaml', rule('n')));
    expectFault('bad-value', [MATRIX], table('ours.yaml', 'extends: matrix.yaml\nbefore: ▸y', rule('n')));
    expectFault('bad-value', [MATRIX], table('ours.yaml', 'extends: matrix.yaml\nstage: ▸scope', rule('n')));
    expectFault('bad-value', [MATRIX], table('ours.yaml', 'extends: matrix.yaml\nmatch: ▸all', rule('n')));
    expectFault(
      'bad-value',
      [MATRIX],
      table('ours.yaml', 'title: T\nstage: scope\nmatch: all\n▸before: a', rule('n')),
    );
  });

  it('may not hide the table behind a rule without conditions', () => {
    expectFault(
      'empty-when',
      [MATRIX],
      table(
        'ours.yaml',
        'extends: matrix.yaml',
        rule('n').replace('when', '▸when').replace('{ country: US }', '{}'),
      ),
    );
  });

  it('may not use an id again', () => {
    expectFault(
      'duplicate-id',
      [MATRIX],
      table('ours.yaml', 'extends: matrix.yaml', rule('a').replace('{ id', '▸{ id')),
    );
  });
});

describe('a table without `extends`', () => {
  it('is a table of its own, also under a name that is taken', () => {
    const own = table('matrix.yaml', 'title: Ours\nstage: address\nmatch: all', rule('n'));
    const rules = clean([MATRIX], [over(own)]);
    expect(rules.tables.map((one) => [one.file, one.title])).toEqual([
      ['matrix.yaml', 'Matrix'],
      ['ours/matrix.yaml', 'Ours'],
    ]);
  });
});

const CARRIERS = file(
  'carriers.yaml',
  `kind: carriers
ignore-words: [LLC]
carriers:
  - { name: Northern, also: [North Tel, Boreal], pin: 4x77, source: { document: d }, basis: stated }
`,
);

describe('carriers laid over', () => {
  const more = (line: string) => over(file('carriers.yaml', `kind: carriers\ncarriers:\n  - ${line}\n`));

  it('join those that exist, by any spelling of the name', () => {
    const { carriers } = clean([CARRIERS], [more('{ name: NORTHERN LLC, also: [Polar], not: [Boreal] }')]);
    expect(carriers).toMatchObject([
      {
        name: 'Northern',
        also: ['North Tel', 'Boreal', 'Polar'],
        not: ['Boreal'],
        pin: '4x77',
        basis: 'stated',
      },
    ]);
  });

  it('give a pin, and stand beside those that exist', () => {
    const { carriers } = clean([CARRIERS], [more('{ name: Northern, pin: 9x99 }\n  - { name: Harbour }')]);
    expect(carriers.map(({ name, pin }) => [name, pin])).toEqual([
      ['Northern', '9x99'],
      ['Harbour', null],
    ]);
  });

  it('may take an alias away, said under `not`, and give it a carrier of its own', () => {
    expect(faults([CARRIERS], [more('{ name: Boreal }')])).toEqual(['conflict rules/carriers.yaml:4:5']);
    clean([CARRIERS], [more('{ name: Boreal }\n  - { name: Northern, not: [Boreal] }')]);
  });
});

describe('look-ups laid over', () => {
  const lookUp = (of: string) =>
    `  - { ${of}, how: [x], for: address, source: { document: d }, basis: ours, examples: [{ given: {}, expect: {} }] }\n`;
  const base = file('carriers.yaml', `${CARRIERS.text}look-ups:\n${lookUp('country: any, carrier: any')}`);

  it('join, and conflict with one for the same country and carrier', () => {
    const ours = (of: string) => over(file('ours.yaml', `kind: carriers\nlook-ups:\n${lookUp(of)}`));
    const { lookUps } = clean([base], [ours('country: FR, carrier: Northern')]);
    expect(lookUps.map(({ id }) => id)).toEqual(['look-up-any-any', 'look-up-fr-northern']);
    expect(faults([base], [ours('country: any, carrier: any')])).toEqual(['conflict ours/ours.yaml:3:5']);
  });
});

describe('a reconstructed look-up', () => {
  const lookUp = (of: string, basis: string) =>
    `  - { ${of}, how: [x], for: address, source: { document: d }, basis: ${basis}, examples: [{ given: {}, expect: {} }] }\n`;
  const base = (basis: string) =>
    file('carriers.yaml', `${CARRIERS.text}look-ups:\n${lookUp('country: FR, carrier: any', basis)}`);
  const ours = (...lines: string[]) =>
    over(file('ours.yaml', `kind: carriers\nlook-ups:\n${lines.join('')}`));
  const FR = 'country: France, carrier: any';

  it.each(['stated', 'found', 'ours'])('gives way to one that is %s', (basis) => {
    const { lookUps, count } = clean([base('reconstructed')], [ours(lookUp(FR, basis))]);
    expect(lookUps.map((one) => [one.id, one.basis, one.place.file])).toEqual([
      ['look-up-fr-any', basis, 'ours/ours.yaml'],
    ]);
    expect(count).toBe(1);
  });

  it('stays beside what is more specific, and in conflict with a second guess', () => {
    const { lookUps } = clean(
      [base('reconstructed')],
      [ours(lookUp('country: FR, carrier: Northern', 'found'))],
    );
    expect(lookUps.map(({ id }) => id)).toEqual(['look-up-fr-any', 'look-up-fr-northern']);
    const guess = ours(lookUp(FR, 'reconstructed'));
    expect(faults([base('reconstructed')], [guess])).toEqual(['conflict ours/ours.yaml:3:5']);
    expect(faults([base('found')], [guess])).toEqual(['conflict ours/ours.yaml:3:5']);
    expect(faults([base('found')], [ours(lookUp(FR, 'found'))])).toEqual(['conflict ours/ours.yaml:3:5']);
    // In one folder nothing is laid over anything.
    const both = file('carriers.yaml', `${base('reconstructed').text}${lookUp(FR, 'found')}`);
    expect(faults([both])).toEqual(['conflict rules/carriers.yaml:7:5']);
    const twice = ours(lookUp(FR, 'found'), lookUp(`id: b, ${FR}`, 'found'));
    expect(faults([base('reconstructed')], [twice])).toEqual(['conflict ours/ours.yaml:4:5']);
  });

  it('stands for as long as the other does not hold yet, or no more', () => {
    const extend = [ours(lookUp(`${FR}, from: 2027-01-01, until: 2027-12-31`, 'found'))];
    const on = (asOf: string) => {
      const { rules, problems } = loadRules([base('reconstructed')], { digest: '', extend, asOf });
      expect(problems).toEqual([]);
      return rules?.lookUps.map(({ basis }) => basis);
    };
    expect(on('2026-12-31')).toEqual(['reconstructed']);
    expect(on('2027-01-01')).toEqual(['found']);
    expect(on('2028-01-01')).toEqual(['reconstructed']);
  });
});

describe('escalations of one carrier and category', () => {
  const escalation = (id: string, of: string) =>
    `  - { id: ${id}, ${of}, resolution: Do, source: { document: d }, basis: ours, examples: [{ given: { text: x }, expect: { rule: ${id} } }] }\n`;
  const rows = (...lines: string[]) =>
    file(
      'escalations.yaml',
      `kind: escalations\ncategories: [{ id: pin, words: [pin] }, { id: zip, words: [zip] }]\nescalations:\n${lines.join('')}`,
    );
  const of = (one: string, two: string) =>
    faults([CARRIERS, rows(escalation('one', one), escalation('two', two))]);
  const SECOND = ['conflict rules/escalations.yaml:5:5'];

  it('are a conflict within a folder', () => {
    expect(of('carrier: Northern, category: pin', 'carrier: North Tel, category: pin')).toEqual(SECOND);
    expect(of('carrier: any, category: any', 'carrier: any, category: any')).toEqual(SECOND);
    expect(of('carrier: any, category: [zip, pin]', 'carrier: any, category: pin')).toEqual(SECOND);
    expect(of('carrier: Northern, category: pin', 'carrier: any, category: pin')).toEqual([]);
    expect(of('carrier: Northern, category: pin', 'carrier: Northern, category: any')).toEqual([]);
    expect(of('carrier: any, category: zip', 'carrier: any, category: pin')).toEqual([]);
    const [before, after] = ['until: 2026-12-31', 'from: 2027-01-01'];
    expect(of(`carrier: any, category: zip, ${before}`, `carrier: any, category: zip, ${after}`)).toEqual([]);
  });
});

describe('escalations laid over', () => {
  const escalation = (id: string, of: string) =>
    `  - { id: ${id}, ${of}, resolution: Do, source: { document: d }, basis: ours, examples: [{ given: { text: x }, expect: { rule: ${id} } }] }\n`;
  const categories = (line: string) => `categories:\n  - { id: pin, ${line} }\n`;
  const base = file(
    'escalations.yaml',
    `kind: escalations\nrejection-words: [invalid]\n${categories('title: The PIN, words: [pin], phrases: [pin needed]')}escalations:\n${escalation('n-pin', 'carrier: Northern, category: pin')}${escalation('pin', 'carrier: any, category: pin')}${escalation('else', 'carrier: any, category: any')}`,
  );

  it('come before the less specific, and before what says as much below', () => {
    const ours = file(
      'ours.yaml',
      `kind: escalations\nrejection-words: [wrong]\n${categories('words: [passcode], codes: [P1], hint: Look.')}escalations:\n${escalation('ours-any', 'carrier: any, category: any')}${escalation('ours-n', 'carrier: Northern, category: any')}${escalation('ours-n-pin', 'carrier: North Tel, category: pin')}`,
    );
    const rules = clean([CARRIERS, base], [over(ours)]);
    expect(rules.escalations.map(({ id }) => id)).toEqual([
      'ours-n-pin',
      'n-pin',
      'ours-n',
      'pin',
      'ours-any',
      'else',
    ]);
    expect(rules.categories).toMatchObject([
      {
        id: 'pin',
        title: 'The PIN',
        words: ['pin', 'passcode'],
        phrases: ['pin needed'],
        codes: [{ code: 'P1', carrier: null }],
        hint: 'Look.',
      },
    ]);
    expect(rules.rejectionWords).toEqual(['invalid', 'wrong']);
  });
});

describe('other kinds laid over', () => {
  it('replace by id, and join what is new', () => {
    const layouts = (fields: string, list: string, more: string) =>
      file(
        'layouts.yaml',
        `kind: layouts\nvalues: { origin: { ported: ${list} } }\nfields: { ${fields} }\nlayouts:\n${more}countries: { UK: GB }\n`,
      );
    const base = [
      file(
        'procedures.yaml',
        'kind: procedures\nprocedures:\n  - { id: p, title: Old, steps: [x] }\n  - { id: q, title: Q, steps: [x] }\n',
      ),
      file(
        'intake.yaml',
        'kind: intake\nquestions:\n  - { id: a, question: Old?, type: text }\ncase: { eligibility: E, fields: [{ label: Subject, text: Old }, { label: Owner, text: O }] }\n',
      ),
      file('delivery.yaml', 'kind: delivery\nfile-name: old.csv\ntemplate: CSR\n'),
      layouts('pin: { label: PIN, headers: [pin] }', '[PORTED]', '  - { id: tool, title: Old }\n'),
    ];
    const extend = [
      file('procedures.yaml', 'kind: procedures\nprocedures:\n  - { id: p, title: New, steps: [y] }\n'),
      file(
        'intake.yaml',
        'kind: intake\nquestions:\n  - { id: a, question: New?, type: text }\n  - { id: b, question: B?, type: text }\ncase: { fields: [{ label: Subject, text: New }] }\n',
      ),
      file('delivery.yaml', 'kind: delivery\nfile-name: new.csv\n'),
      layouts(
        'pin: { headers: [passcode] }, rio: { label: RIO, type: text }',
        '[IMPORTED]',
        '  - { id: tool, title: New }\n  - { id: other }\n',
      ),
    ].map(over);
    const rules = clean(base, extend);
    expect([...rules.procedures.values()].map(({ title }) => title)).toEqual(['New', 'Q']);
    expect(rules.intake.questions.map(({ question }) => question)).toEqual(['New?', 'B?']);
    expect(rules.intake.case).toMatchObject({
      eligibility: 'E',
      fields: [
        { label: 'Subject', text: 'New' },
        { label: 'Owner', text: 'O' },
      ],
    });
    expect(rules.delivery).toMatchObject({ fileName: 'new.csv', template: 'CSR' });
    expect(rules.layouts.layouts.map(({ id, title }) => [id, title])).toEqual([
      ['tool', 'New'],
      ['other', 'other'],
    ]);
    expect(rules.layouts.fields.get('pin')).toEqual({
      name: 'pin',
      label: 'PIN',
      type: 'text',
      headers: ['pin', 'passcode'],
      inputOnly: false,
    });
    expect(rules.layouts.fields.get('rio')?.label).toBe('RIO');
    expect(rules.layouts.values.get('origin')?.get('ported')).toEqual(['PORTED', 'IMPORTED']);
    expect(rules.files).toEqual([
      ...base.map(({ name }) => `rules/${name}`).sort(),
      ...extend.map(({ path }) => path).sort(),
    ]);
  });

  it('keep their faults in their own file', () => {
    const { problems } = loadRules([MATRIX], {
      digest: '',
      extend: [over(file('matrix.yaml', 'kind: rules\nextends: matrix.yaml\nrules:\n  - { id: n }\n'))],
    });
    expect(new Set(problems.map((problem) => problem.place?.file))).toEqual(new Set(['ours/matrix.yaml']));
    expect(problems[0]?.excerpt).toBe('  - { id: n }');
  });
});
