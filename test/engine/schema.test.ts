import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { showJson } from '../../src/commands/rules/folder.ts';
import { loadRules } from '../../src/engine/load.ts';
import { Findings, type Node, parseSource } from '../../src/engine/load-yaml.ts';
import { ruleSchema } from '../../src/engine/schema.ts';
import { builtIn } from '../built-in.ts';
import { offered, shown, underlined } from './editor.ts';
import { file, marked } from './load-marks.ts';
import { refusals, validatorOf } from './schema-validator.ts';

const ROOT = new URL('../../', import.meta.url);
const SHIPPED = readFileSync(new URL('schema/rules.schema.json', ROOT), 'utf8');
const BUILT_IN = readdirSync(new URL('rules/', ROOT))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => {
    const source = file(name, readFileSync(new URL(`rules/${name}`, ROOT), 'utf8'));
    // Parsed once: they are loaded over and over.
    return { ...source, tree: parseSource(source, new Findings()) as Node };
  });
const PAGE = readFileSync(new URL('docs/rules.md', ROOT), 'utf8');
/** The page's blocks that are whole files. */
const SHOWN = [...PAGE.matchAll(/^```yaml\n(kind:.*?)^```$/gms)].map(([, text = '']) => text);

const shipped = validatorOf(builtIn());

describe('the shipped schema', () => {
  it('is what the built-in rules make: after a change, `npm run schema`', () => {
    expect(showJson(ruleSchema(builtIn()))).toBe(SHIPPED);
  });

  it('is draft 7, and has no word in it that a strict validator does not know', () => {
    const warnings: string[] = [];
    const logger = {
      log: () => undefined,
      error: () => undefined,
      warn: (text: string) => warnings.push(text),
    };
    const ajv = new Ajv({ allowUnionTypes: true, strictTypes: false, logger });
    const schema = JSON.parse(SHIPPED);
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    expect(ajv.validateSchema(schema)).toBe(true);
    ajv.compile(schema);
    expect(warnings).toEqual([]);
  });

  it('says of every key what it is for', () => {
    interface Part {
      readonly description?: string;
      readonly $ref?: string;
      readonly properties?: Readonly<Record<string, Part>>;
      readonly additionalProperties?: unknown;
    }
    const { definitions } = JSON.parse(SHIPPED) as { definitions: Record<string, Part> };
    const says = ({ description, $ref }: Part) =>
      description ?? definitions[$ref?.replace('#/definitions/', '') ?? '']?.description;
    const keys: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (node === null || typeof node !== 'object') return;
      const { properties = {}, additionalProperties } = node as Part;
      // Where other keys are refused these are keys of the language; elsewhere they are part of a condition.
      for (const [key, part] of Object.entries(additionalProperties === false ? properties : {})) {
        keys.push(key);
        expect(says(part), `${path}/${key}`).toMatch(/\S/);
      }
      for (const [key, value] of Object.entries(node)) visit(value, `${path}/${key}`);
    };
    visit(definitions, '');
    expect(keys).toEqual(
      expect.arrayContaining(['stage', 'when', 'look-up', 'matches', 'edited.pin', 'hand-over']),
    );
  });

  it.each(BUILT_IN.map(({ name, text }) => [name, text]))('accepts %s', async (_, text) => {
    expect(text).toMatch(/^# yaml-language-server: \$schema=..\/schema\/rules.schema.json\n/);
    expect(refusals(shipped, text)).toEqual([]);
    expect(refusals(shipped, text, '1.1')).toEqual([]);
    expect(await underlined(text)).toEqual([]);
  });

  it.each(SHOWN.map((text) => [text]))('accepts what the page on rules shows: file %#', async (text) => {
    expect(refusals(shipped, text)).toEqual([]);
    expect(await underlined(text)).toEqual([]);
  });
});

const RULES = `kind: rules
title: T
stage: fields
match: first
rules:
  - id: some-rule
    title: R
    when:
      country: US
      carrier: [Lumen, Bandwidth]
      pin: { matches: "^[0-9]{4}$" }
      customer.accountKind: migrated
    when-any:
      - origin: ported
    then:
      flag: Look at it.
      severity: error
    why: w
    source: { document: d, section: s }
    basis: stated
    examples:
      - given: { country: US, pin: 0123 }
        expect: { flag: some-rule }
`;
const CARRIERS = `kind: carriers
carriers:
  - name: Acme Telecom
    also: [Acme]
    pin: 0042
look-ups:
  - country: PT
    carrier: any
    how: [Ask them.]
    for: [address, { field: cvp, label: CVP code, pattern: "^[0-9]{12}$" }]
    source: { document: d }
    basis: found
    examples:
      - given: { country: PT }
        expect: { look-up: carrier-records }
`;
const ESCALATIONS = `kind: escalations
categories:
  - id: pin
    words: [pin]
    codes: [7512, { code: 7513, carrier: Bandwidth }]
escalations:
  - id: some-pin
    carrier: Bandwidth
    category: pin
    resolution: Give them the PIN.
    source: { document: d }
    basis: stated
    examples:
      - given: { carrier: Bandwidth, text: PIN invalid }
        expect: { rule: some-pin }
`;
const LAYOUTS = `kind: layouts
fields:
  building: { label: Building, type: text, headers: [house] }
layouts:
  - id: our-sheet
    all-of: [phoneNumber]
    columns:
      phoneNumber: { letter: D }
    output:
      - { field: phoneNumber, header: number }
    delivers: [csv]
`;
const INTAKE = `kind: intake
questions:
  - { id: floor, question: Which floor?, type: choice, choices: [one, two], blocks: no }
`;
const GOOD = [RULES, CARRIERS, ESCALATIONS, LAYOUTS, INTAKE];

describe('an editor with the shipped schema', () => {
  it.each(GOOD.map((text) => [text]))('says nothing of a good file %#', async (text) => {
    expect(await underlined(text)).toEqual([]);
  });

  // Each is refused by the loader too; what is underlined is where `▸` stands.
  const slips: [from: string, to: string, says: string][] = [
    ['kind: rules', 'kind: ▸rule', '"rules" | "corrections"'],
    ['stage: fields', 'stage: ▸field', '"correct" | "scope" | "facts" | "address" | "fields" | "checks"'],
    ['match: first', 'match: ▸any', '"first" | "all"'],
    ['match: first', '▸mach: first', 'mach is not allowed'],
    ['rules:\n  - id', 'rules:\n  ▸id', 'Expected "array"'],
    ['id: some-rule', 'id: ▸some rule', 'pattern'],
    ['title: R', '▸titel: R', 'titel is not allowed'],
    ['title: R', 'title: ▸[R]', 'Expected one of string'],
    ['country: US', '▸contry: US', 'contry is not allowed'],
    ['country: US', 'country:▸', 'Expected one of string'],
    ['country: US', 'country: { ▸nto: US }', 'nto is not allowed'],
    ['country: US', 'country: { ▸at-most: 3 }', 'at-most is not allowed'],
    ['country: US', 'country: ▸{}', 'fewer properties'],
    ['carrier: [Lumen, Bandwidth]', 'carrier: [Lumen, ▸blank]', 'not allowed'],
    ['carrier: [Lumen, Bandwidth]', 'carrier: ▸[]', 'too few items'],
    ['pin: { matches: "^[0-9]{4}$" }', 'pin: ▸known', '"blank", "present", "any"'],
    ['pin: { matches: "^[0-9]{4}$" }', 'pin: { between: ▸[1] }', 'too few items'],
    ['pin: { matches: "^[0-9]{4}$" }', 'pin: { at-most: ▸many }', 'pattern'],
    ['pin: { matches: "^[0-9]{4}$" }', 'pin: { same-as: ▸orignal.pin }', 'pattern'],
    ['pin: { matches: "^[0-9]{4}$" }', 'pin: { not: ▸any }', '"blank", "present"'],
    ['pin: { matches: "^[0-9]{4}$" }', '▸reference.cases.pim: x', 'reference.cases.pim is not allowed'],
    ['pin: { matches: "^[0-9]{4}$" }', 'row.duplicate: ▸maybe', '"yes" | "no"'],
    ['accountKind: migrated', 'accountKind: ▸migratd', '"migrated"'],
    ['accountKind: migrated', 'accountKind: migrated\n      ▸customer.acountKind: migrated', 'not allowed'],
    ['- origin: ported', '- ▸{}', 'fewer properties'],
    ['flag: Look at it.', '▸flags: Look at it.', 'flags is not allowed'],
    ['severity: error', 'severity: ▸fatal', '"info" | "warning" | "error"'],
    ['severity: error', 'about: ▸pim', '"pin"'],
    ['then:\n      flag: Look at it.\n      severity: error', '▸then:\n      per: carrier', '"lowest"'],
    [
      'flag: Look at it.\n      severity: error',
      'look-up: ▸crm-port-ordr\n      for: pin',
      '"crm-port-order"',
    ],
    [
      'then:\n      flag: Look at it.\n      severity: error',
      '▸then:\n      look-up: crm-port-order',
      '"for"',
    ],
    ['flag: Look at it.\n      severity: error', 'refer: lead\n      for: ▸adress', '"address"'],
    ['flag: Look at it.\n      severity: error', 'set: { ▸pim: 1 }', 'pim is not allowed'],
    ['flag: Look at it.\n      severity: error', 'copy: { pin: ▸carier.pin }', 'pattern'],
    ['flag: Look at it.\n      severity: error', 'ask: ▸number.type', '"phoneNumber"'],
    ['flag: Look at it.\n      severity: error', 'clear: pin\n      stop: ▸false', 'true'],
    ['why: w', 'why:▸', 'Expected one of string'],
    ['- id: some-rule\n    title: R', '- ▸id: some-rule', '"title"'],
    ['source: { document: d, section: s }', 'source: ▸d', 'Expected "object"'],
    [
      'source: { document: d, section: s }',
      'source: { document: d, ▸sections: s }',
      'sections is not allowed',
    ],
    ['basis: stated', 'basis: ▸sure', '"stated" | "found" | "ours" | "reconstructed"'],
    ['basis: stated', 'basis: stated\n    review-by: ▸30.6.2027', 'pattern'],
    ['basis: stated', 'basis: stated\n    from: ▸2027-13-01', 'pattern'],
    ['given: { country: US,', 'given: { ▸cuntry: US,', 'cuntry is not allowed'],
    ['expect: { flag', 'expect: { ▸flga', 'flga is not allowed'],
    ['expect: { flag: some-rule }', 'expect: { status: ▸done }', '"ready"'],
    ['  - name: Acme Telecom\n', '  - ▸nam: Acme Telecom\n', 'nam is not allowed'],
    ['also: [Acme]', 'also: ▸{ Acme: 1 }', 'Expected one of string'],
    ['    how: [Ask them.]\n', '', '"how"'],
    ['field: cvp', 'field: ▸a cvp', 'pattern'],
    [
      '{ field: cvp, label: CVP code, pattern: "^[0-9]{12}$" }',
      '▸{ field: cvp, format: 12 digits }',
      '"pattern"',
    ],
    ['{ code: 7513, carrier: Bandwidth }', '▸{ code: 7513 }', '"carrier"'],
    ['category: pin', 'category: ▸pim', '"pin"'],
    ['text: PIN invalid', '▸words: PIN invalid', 'words is not allowed'],
    ['type: text', 'type: ▸texts', '"text"'],
    ['letter: D', 'letter: ▸4', 'Expected one of string'],
    ['{ field: phoneNumber, header', '▸{ header', '"field"'],
    ['delivers: [csv]', 'delivers: [▸pdf]', '"csv" | "docx"'],
    ['type: choice', 'type: ▸choise', '"choice"'],
    ['blocks: no', 'blocks: ▸never', '"no"'],
  ];

  it.each(slips)('underlines %j written as %j', async (from, to, says) => {
    const whole = GOOD.find((text) => text.includes(from)) ?? '';
    expect(whole).not.toBe('');
    const { text, places } = marked(whole.replace(from, () => to));
    const found = await underlined(text);
    if (places[0] !== undefined) expect(found.map((one) => one.split(' ')[0])).toContain(places[0]);
    expect(found.join('\n')).toContain(says);
    expect(refusals(shipped, text)).not.toEqual([]);
    const { problems } = loadRules(BUILT_IN, {
      digest: '',
      extend: [{ name: 'mine.yaml', path: 'mine.yaml', text }],
    });
    expect(problems.filter(({ place }) => place?.file === 'mine.yaml')).not.toEqual([]);
  });
});

describe('what the editor offers', () => {
  /** In the place of a line of the good rules. */
  const within = (from: string, to: string) => offered(RULES.replace(from, () => to));

  it.each([
    ['kinds of file', 'kind: ▸', ['rules', 'carriers', 'delivery']],
    ['the keys of a file of that kind', 'kind: carriers\n▸', ['carriers', 'look-ups', 'title']],
    ['stages', 'kind: rules\nstage: ▸', ['correct', 'scope', 'facts', 'address', 'fields', 'checks']],
  ])('%s', async (_, text, words) => {
    expect([...(await offered(text)).keys()]).toEqual(expect.arrayContaining(words));
  });

  it.each([
    ['facts', 'country: US', '▸', ['country', 'customer.scope', 'original.pin', 'file.distinct.pin']],
    ['facts of files that rules join', 'country: US', '▸', ['reference.inventory.origin']],
    ['extra fields', 'country: US', '▸', ['rio']],
    ['countries and reserved words', 'country: US', 'country: ▸', ['US', 'GB', 'UK', 'blank', 'known']],
    ['carriers', 'carrier: [Lumen, Bandwidth]', 'carrier: ▸', ['Lumen', 'Inteliquent', 'unknown']],
    ['carriers in a list', 'carrier: [Lumen, Bandwidth]', 'carrier: [Lumen, ▸]', ['Inteliquent']],
    ['operators', 'pin: { matches: "^[0-9]{4}$" }', 'pin: { ma▸ }', ['not', 'matches', 'at-most', 'same-as']],
    [
      'what a choice can be',
      'customer.accountKind: migrated',
      'customer.accountKind: ▸',
      ['express', 'migrated'],
    ],
    ['listed values', 'origin: ported', 'origin: ▸', ['ported', 'claimed']],
    ['other facts to compare with', 'country: US', 'country: { same-as: num▸ }', ['number.country']],
    [
      'actions',
      'flag: Look at it.\n      severity: error',
      '▸',
      ['keep', 'clear', 'look-up', 'offer', 'refer'],
    ],
    ['procedures', 'flag: Look at it.', 'look-up: ▸', ['by-carrier', 'crm-port-order']],
    ['fields to fill', 'flag: Look at it.', 'look-up: by-carrier\n      for: ▸', ['address', 'pin', 'rio']],
    ['severities', 'severity: error', 'severity: ▸', ['info', 'warning', 'error']],
    ['bases', 'basis: stated', 'basis: ▸', ['stated', 'found', 'ours', 'reconstructed']],
    ['keys of a rule', 'basis: stated', 'basis: stated\n    ▸', ['owner', 'review-by', 'from', 'until']],
    ['facts that an example gives', '{ country: US, pin: 0123 }', '{ ed▸ }', ['edited.pin', 'original.pin']],
    ['what an example expects', 'expect: { flag: some-rule }', 'expect: { s▸ }', ['set', 'status', 'ask']],
  ])('%s', async (_, from, to, words) => {
    expect([...(await within(from, to)).keys()]).toEqual(expect.arrayContaining(words));
  });

  it('says what each means', async () => {
    expect((await offered('kind: rules\nmatch: ▸')).get('first')).toContain('and the rest are not tried');
    expect((await within('flag: Look at it.', 'look-up: ▸')).get('crm-port-order')).toContain('Port order');
    expect((await within('country: US', 'country: ▸')).get('PT')).toBe('Portugal');
    expect((await within('country: US', '▸')).get('row.duplicate')).toContain('another row');
  });

  it('offers nothing that stands in another kind of file', async () => {
    const keys = [...(await offered('kind: procedures\n▸')).keys()];
    expect(keys).toContain('procedures');
    expect(keys).not.toContain('rules');
  });
});

describe('what the editor shows', () => {
  it.each([
    ['kind: rules', 'ki▸nd: rules', 'One file holds one kind of thing'],
    ['stage: fields', 'sta▸ge: fields', 'A stage sees cells as earlier stages left them'],
    ['when:', 'wh▸en:', 'one line a fact'],
    ['country: US', 'coun▸try: US', 'United States of America'],
    ['customer.accountKind', 'customer.acc▸ountKind', 'What kind of account is it?'],
    ['{ matches:', '{ mat▸ches:', 'regular expression'],
    ['then:', 'th▸en:', 'What is done'],
    ['flag: Look', 'fl▸ag: Look', 'Says something'],
    ['severity: error', 'sever▸ity: error', 'How much the flag weighs'],
    ['source: {', 'sou▸rce: {', 'Where it comes from'],
    ['basis: stated', 'ba▸sis: stated', 'How sure it is'],
    ['given: {', 'gi▸ven: {', 'All others are blank'],
  ])('of %s', async (from, to, says) => {
    const text = await shown(RULES.replace(from, () => to));
    expect(text).toContain(says);
    // A list of every country is no help.
    expect(text.length).toBeLessThan(400);
  });
});

describe('the schema that rules make', () => {
  it('knows the names of the folder it is made for', () => {
    const own = builtIn({ 'layouts.yaml': LAYOUTS, 'intake.yaml': INTAKE });
    const naming = RULES.replace('country: US', 'building: present\n      customer.floor: one');
    expect(refusals(validatorOf(own), naming)).toEqual([]);
    expect(refusals(shipped, naming)).not.toEqual([]);
    expect(refusals(validatorOf(own), naming.replace('floor: one', 'floor: three'))).not.toEqual([]);
  });

  it('says in words what is not there to be named', () => {
    const { rules } = loadRules([file('t.yaml', 'kind: delivery\n')], { digest: '' });
    if (!rules) throw new Error('no rules');
    const validate = validatorOf(rules);
    expect(refusals(validate, RULES.replace('customer.accountKind', 'customer.scope'))).toEqual([]);
    expect(refusals(validate, RULES.replace('flag: Look at it.', 'look-up: x\n      for: pin'))).not.toEqual(
      [],
    );
  });

  const TEXTS = [
    '',
    'x',
    'any',
    'blank',
    'known',
    'yes',
    'true',
    '0042',
    '8e82125',
    'US',
    'Lumen',
    'pin',
    'first',
  ];
  const text = fc.constantFrom(...TEXTS);
  const value = fc.oneof(
    { weight: 3, arbitrary: text },
    fc.array(text, { maxLength: 2 }).map((list) => `[${list.join(', ')}]`),
    fc.constantFrom(
      '{}',
      '{ pin: x }',
      '{ not: US }',
      '{ matches: a }',
      '{ field: rio }',
      '"0"',
      '2027-06-30',
      '- x',
    ),
  );
  /** A line of a file with another value, without its value, without the line, or with a line of another in its place. */
  const edit = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('value', 'drop', 'copy', 'word'),
    value,
    from: fc.nat(),
  });

  function edited(
    source: string,
    { at, how, value, from }: { at: number; how: string; value: string; from: number },
  ) {
    const lines = source.split('\n');
    const line = at % lines.length;
    const old = lines[line] as string;
    if (how === 'drop') lines.splice(line, 1);
    else if (how === 'copy') {
      const other = (lines[from % lines.length] as string).trim().replace(/^- /, '');
      lines[line] = `${/^ *(- )?/.exec(old)?.[0]}${other}`;
    } else if (how === 'word') {
      const words = [...old.matchAll(/(?<=[:[,] ?)[\w.-]+/g)];
      const word = words[from % Math.max(1, words.length)];
      if (word) lines[line] = old.slice(0, word.index) + value + old.slice(word.index + word[0].length);
    } else lines[line] = old.replace(/:( .*)?$/, `: ${value}`);
    return lines.join('\n');
  }

  it('accepts what the loader accepts', () => {
    let accepted = 0;
    const sources = [...GOOD, ...BUILT_IN.map((source) => source.text), ...SHOWN];
    fc.assert(
      fc.property(
        fc.nat(sources.length - 1),
        fc.array(edit, { minLength: 1, maxLength: 2 }),
        (which, edits) => {
          const source = sources[which] as string;
          const mine = edits.reduce(edited, source);
          const others = BUILT_IN.filter((one) => one.text !== source);
          const { rules, problems } = loadRules([...others, file('mine.yaml', mine)], { digest: '' });
          if (!rules || problems.length > 0) return;
          accepted += 1;
          expect(refusals(validatorOf(rules), mine), mine).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
    expect(accepted).toBeGreaterThan(30);
  }, 60_000);
});
