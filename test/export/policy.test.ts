import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { loadRules, type RuleText } from '../../src/engine/load.ts';
import { showProblem } from '../../src/engine/problem.ts';
import type { RuleSet } from '../../src/engine/rule.ts';
import { pageAsHtml } from '../../src/export/policy/html.ts';
import { pageAsMarkdown } from '../../src/export/policy/markdown.ts';
import type { Page } from '../../src/export/policy/page.ts';
import { policyPage } from '../../src/export/policy.ts';
import { builtIn } from '../built-in.ts';
import { file } from '../engine/load-marks.ts';
import { type Element, markdownTables, readHtml, readMarkdown, squeezed } from './pages.ts';

test('docs/policy.md is what the built-in rules make: after a change, `npm run policy`', async () => {
  await expect(pageAsMarkdown(policyPage(builtIn()))).toMatchFileSnapshot('../../docs/policy.md');
});

/** The text of one chapter: from its heading to the next of the same level or above. */
function section(html: string, id: string): string {
  const from = html.search(new RegExp(`<h\\d id="${id}"`));
  if (from < 0) throw new Error(`no heading ${id}`);
  const level = Number(html[from + 2]);
  const rest = html.slice(from + 1);
  const to = rest.search(new RegExp(`<h[2-${level}] id=|</main>`));
  return squeezed(readHtml(`<div>${html.slice(from, from + 1 + to)}</div>`).root.text);
}

/** The text of whatever has an id: a row of a table, a rule, a heading. */
function at(html: string, id: string): string {
  const found = readHtml(html).all.filter(({ attributes }) => attributes.id === id);
  if (found.length !== 1) throw new Error(`${found.length} elements have the id ${id}`);
  return squeezed((found[0] as Element).text);
}

/** Everything that a rule set says to people, as short texts. */
function everySaying(rules: RuleSet): string[] {
  const { intake, delivery, layouts } = rules;
  const placed = [
    ...rules.tables.flatMap((table) => table.rules),
    ...rules.corrections,
    ...rules.lookUps,
    ...rules.escalations,
    ...rules.carriers,
    ...rules.procedures.values(),
  ];
  return [
    ...placed.map(({ place }) => `${place.file}:${place.line}`),
    ...placed.flatMap(({ why }) => (why === undefined ? [] : [why])),
    ...placed.flatMap(({ owner, reviewBy }) => [owner, reviewBy].filter((text) => typeof text === 'string')),
    ...rules.tables.flatMap(({ title, file: name, rules: list }) => [
      title,
      name,
      ...list.map((rule) => rule.id),
      ...list.map((rule) => rule.title),
    ]),
    ...rules.corrections.flatMap(({ id, title, blankCells }) => [id, title, ...blankCells]),
    ...rules.carriers.flatMap(({ name, also, not, pin }) => [name, ...also, ...not, pin ?? name]),
    ...rules.carrierNoise.words,
    ...rules.lookUps.flatMap(({ how, for: asked, carrier }) => [
      ...how,
      ...asked.flatMap(({ label, extra, format }) => [...(extra ? [label] : []), format ?? '']),
      carrier ?? '',
    ]),
    ...[...rules.procedures.values()].flatMap(({ title, where, steps, yields }) => [
      title,
      where,
      ...steps,
      yields,
    ]),
    ...rules.escalations.flatMap(({ resolution, give }) => [resolution, ...Object.values(give ?? {})]),
    ...rules.categories.flatMap(({ id, title, words, phrases, codes, not, hint }) => [
      id,
      title,
      ...words,
      ...phrases,
      ...codes.map(({ code }) => code),
      ...not,
      hint ?? '',
    ]),
    ...rules.rejectionWords,
    ...intake.questions.flatMap(({ question, help, choices, otherwise }) => [
      question,
      help ?? '',
      ...choices.map(({ label }) => label),
      otherwise ?? '',
    ]),
    ...intake.case.fields.flatMap(({ label, choices }) => [label, ...choices]),
    intake.case.eligibility,
    intake.case.unverified,
    ...intake.case.notices,
    ...intake.case.afterSaving,
    delivery.fileName,
    delivery.partialFileName,
    delivery.wordFileName,
    delivery.template,
    delivery.wordNotice,
    delivery.resolvedNote,
    ...[...delivery.handOver, ...delivery.partialHandOver].flatMap((line) => line.split(/\{[^}]+\}/)),
    ...[...layouts.fields.values()].flatMap(({ label, headers }) => [label, ...headers]),
    ...layouts.layouts.flatMap(({ title, columns, output }) => [
      title,
      ...columns.flatMap(({ headers }) => headers),
      ...(output ?? []).map(({ header }) => header),
    ]),
    ...[...layouts.values.values()].flatMap((list) =>
      [...list].flatMap(([value, texts]) => [value, ...texts]),
    ),
    ...Object.keys(rules.countryAliases),
    ...rules.documents.flatMap(({ id, title, about, sections }) => [
      id,
      title,
      about ?? '',
      ...sections.flatMap((one) => [
        one.title,
        ...one.paragraphs.flatMap(({ says, noRule }) => [says, noRule ?? '']),
      ]),
    ]),
  ]
    .map(squeezed)
    .filter((text) => text !== '');
}

describe('the page of the built-in rules', () => {
  const rules = builtIn();
  const page = policyPage(rules);
  const html = pageAsHtml(page);
  const markdown = pageAsMarkdown(page);

  it('says everything that the rules say, in both forms', () => {
    const sayings = everySaying(rules);
    expect(sayings.length).toBeGreaterThan(900);
    const inHtml = squeezed(readHtml(html).root.text);
    const inMarkdown = readMarkdown(markdown);
    expect(sayings.filter((text) => !inHtml.includes(text))).toEqual([]);
    expect(sayings.filter((text) => !inMarkdown.includes(text))).toEqual([]);
  });

  it('would be found short of a rule that it leaves out', () => {
    const more = builtIn({
      'more.yaml': `kind: procedures
procedures:
  - { id: more, title: One more procedure, steps: [Walk on.] }
`,
    });
    const inHtml = squeezed(readHtml(html).root.text);
    expect(everySaying(more).filter((text) => !inHtml.includes(text))).toEqual(
      expect.arrayContaining(['One more procedure', 'Walk on.', 'more.yaml:3']),
    );
  });

  it('shows each rule with its conditions in columns, what is done, why, and where it comes from', () => {
    const heads = readHtml(html).all.filter(({ tag }) => tag === 'thead');
    expect(heads.map(({ text }) => squeezed(text))).toContain(
      '# Country Layout Address Origin Account kind (intake) And Then',
    );
    expect(at(html, 'rule-us-blank-ported-lumen-migrated')).toMatch(
      /^12 Ported Lumen number .* US – blank ported Migrated from the CRM Carrier: Lumen Look up Address by the steps of Port order in the Legacy CRM. The CSR tool has no address for these\. .* us-blank-ported-lumen-migrated · stated Porting Out of 8x8 Service - CSR, US Numbers without Addresses · rules\/address-matrix.yaml:\d+$/,
    );
    expect(at(html, 'rule-uk-number')).toContain('GB – – – – Empty Address. Hand to Customer Support-UK.');
    expect(at(html, 'rule-address-anything-else')).toContain(
      'Any other row every other row Hand to manager, who says Address. Steps: Manager or lead.',
    );
    const row = markdown.split('\n').find((line) => line.includes('<a id="rule-uk-number">'));
    expect(row).toBe(
      '| <a id="rule-uk-number"></a>1 | **UK number** | GB | – | – | – | – | – | Empty **Address**.<br>Hand to **Customer Support-UK**. | UK port-outs are worked by their own provider group, so nothing is looked up here and the tool\'s default address must not go out. The row waits until it is excluded or a lead decides to deliver it. |',
    );
  });

  it('has the stages in their order, and the tables of each in theirs', () => {
    const text = squeezed(readHtml(html).root.text);
    const places = rules.tables.flatMap(({ rules: list }) =>
      list.map(({ id }) => html.indexOf(`id="rule-${id}"`)),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).toMatch(
      /Stage 1: correct.*Stage 2: scope.*Stage 3: facts.*Stage 4: address.*Stage 5: fields.*Stage 6: checks/,
    );
  });

  it('lists at its top all that is reconstructed or ours, and nothing else', () => {
    const named = (basis: string) =>
      [
        ...rules.tables.flatMap((table) => table.rules),
        ...rules.corrections,
        ...rules.lookUps,
        ...rules.escalations,
        ...rules.carriers,
        ...rules.procedures.values(),
      ].filter((one) => one.basis === basis);
    const links = (id: string) => {
      const from = html.indexOf(`<h3 id="${id}"`);
      const part = html.slice(from, html.indexOf('<h', html.indexOf('</table>', from)));
      return [...part.matchAll(/<a href="#(?:rule|procedure|carrier)-([^"]+)"/g)].map(([, to]) => to);
    };
    const idOf = (one: { id: string } | { name: string }) =>
      'id' in one ? one.id : one.name.replace(/ /g, '_');
    expect(links('waiting-reconstructed').sort()).toEqual(named('reconstructed').map(idOf).sort());
    expect(links('waiting-ours').sort()).toEqual(named('ours').map(idOf).sort());
    expect(links('waiting-reconstructed').length).toBeGreaterThan(6);
    expect(html.indexOf('id="waiting"')).toBeLessThan(html.indexOf('id="intake"'));
  });

  it('finds for every paragraph of the article what carries it out, and for every rule of the article a paragraph', () => {
    expect(section(html, 'open-paragraphs')).toContain('need no rule, and none is left over.');
    expect(section(html, 'open-paragraphs')).toContain('One must know how to filter in Excel');
    expect(html).not.toMatch(/id="(gone|lost)"/);
    const unnamed = section(html, 'unnamed');
    expect(unnamed).not.toContain('Porting Out of 8x8 Service');
    expect(unnamed).toContain('What this project decided, PIN');
    const article = rules.documents.find(({ id }) => id === 'porting-out-csr-article');
    expect(article?.sections.flatMap(({ paragraphs }) => paragraphs).length).toBeGreaterThan(50);
    expect(article?.sections.filter(({ paragraphs }) => paragraphs.length === 0)).toEqual([]);
  });

  it('has in one row what belongs together', () => {
    expect(at(html, 'carrier-Inteliquent')).toMatch(
      /^Inteliquent Intelliquent Onvoy LLC Neutral Tandem Onvoy Spectrum 8x82125 One company under several names\. .* stated /,
    );
    expect(at(html, 'rule-look-up-fr-any')).toMatch(
      /^France \(FR\) any 1\. Open the carrier's portal .* 2\. Ask .* 3\. The code .* Address RIO code \(12 capital letters or digits\) French carriers .* reconstructed .* owner lnp-leads · rules\/carriers\.yaml:\d+$/,
    );
    expect(at(html, 'rule-look-up-any-any')).toMatch(
      /^any any Hand to manager\. Steps: The carrier's own records\. Address /,
    );
    expect(at(html, 'rule-bandwidth-pin')).toMatch(
      /^Bandwidth PIN or passcode Look in Bandwidth's portal .* Steps: Bandwidth's portal\. /,
    );
    expect(at(html, 'rule-inteliquent-pin')).toMatch(
      /^Inteliquent any Give the customer .* PIN 8x82125 This carrier/,
    );
    expect(at(html, 'category-zip')).toContain(
      'ZIP code zip wins over Service address zip, zipcode, postal code, postcode',
    );
    expect(at(html, 'question-activeWithin60Days')).toMatch(
      /Yes or no\. yes until it is “yes” Numbers released/,
    );
  });

  it('tells what a procedure is for', () => {
    expect(section(html, 'procedure-own-port-order')).toContain(
      'For Ported number of an X Series or Express account',
    );
    expect(section(html, 'procedure-bandwidth-portal')).toContain('For Look in Bandwidth');
  });
});

// Form

const ALLOWED = new Set(
  'html head meta title style body nav main header p a ol ul li b span h1 h2 h3 h4 dl div dt dd table thead tbody tr th td strong em code small'.split(
    ' ',
  ),
);

/** What must hold of every page, whatever the rules say. */
function expectSound(page: Page): void {
  const html = pageAsHtml(page);
  const { all } = readHtml(html);
  expect(all.map(({ tag }) => tag).filter((tag) => !ALLOWED.has(tag))).toEqual([]);
  const ids = all.flatMap(({ attributes: { id } }) => (id === undefined ? [] : [id]));
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(ids.filter((id) => /\s/.test(id) || id === '')).toEqual([]);
  for (const { tag, attributes } of all) {
    for (const name of Object.keys(attributes)) expect(name).not.toMatch(/^on|^src|^style$/);
    if (attributes.href === undefined) continue;
    expect(tag).toBe('a');
    expect(attributes.href).toMatch(/^#/);
    expect(ids).toContain(decodeURIComponent(attributes.href.slice(1)));
  }
  for (const table of all.filter(({ tag }) => tag === 'table')) {
    const rows = table.children.flatMap(({ children }) => children);
    const widths = rows.map(({ children }) =>
      children.reduce((sum, { attributes: { colspan = '1' } }) => sum + Number(colspan), 0),
    );
    expect(new Set(widths).size, squeezed(table.text).slice(0, 200)).toBe(1);
  }
  const styles = all.filter(({ tag }) => tag === 'style');
  expect(styles.map(({ text }) => text).join('')).not.toMatch(/url\(|@import|\/\//);

  const markdown = pageAsMarkdown(page);
  for (const table of markdownTables(markdown))
    expect(new Set(table.map(({ length }) => length)).size).toBe(1);
  // Signs inside code are text; HTML elsewhere is ours.
  const outside = markdown.replace(/(`+)[^`].*?\1(?!`)/g, '');
  const tags = outside.match(/<[^>]*>?/g) ?? [];
  expect(tags.filter((tag) => !/^<(a id="[^"<>]*"|\/a|br|code|\/code)>$/.test(tag))).toEqual([]);
  const anchors = new Set(
    [...markdown.matchAll(/<a id="([^"]*)">/g)].map(([, id]) => unquoted(id as string)),
  );
  const targets = [...markdown.matchAll(/(?<!\\)\]\(#([^)\s]*)\)/g)].map(([, to]) =>
    decodeURIComponent(to as string),
  );
  expect(targets.filter((to) => !anchors.has(to))).toEqual([]);
}

function unquoted(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&#124;', '|')
    .replaceAll('&amp;', '&');
}

function loaded(files: readonly RuleText[]): RuleSet {
  const { rules, problems } = loadRules(files, { digest: 'd' });
  if (!rules) throw new Error(problems.map(showProblem).join('\n'));
  return rules;
}

const SMALL = (said: string) => {
  const text = JSON.stringify(said);
  return [
    file(
      'table.yaml',
      `kind: rules
title: ${text}
stage: fields
match: first
rules:
  - id: one
    title: ${text}
    when: { pin: { exactly: ${text} }, address: [${text}, Elm], company: { not: { starts-with: ${text} } } }
    when-any:
      - { carrier: blank }
      - { phoneNumber: { starts-with: ${text} } }
    then: { set: { pin: ${text} }, refer: ${text}, for: { field: code, label: ${text} }, procedure: walk, flag: ${text}, exclude: ${text} }
    why: ${text}
    source: { document: ${text}, section: ${text} }
    basis: ours
    owner: ${text}
    review-by: 2027-01-31
    examples: [{ given: {}, expect-not: { status: excluded } }]
  - id: two
    title: Two
    when: {}
    then: { keep: pin }
    why: ${text}
    source: { document: doc, section: ${text} }
    basis: found
    examples: [{ given: {}, expect: { keep: pin } }]
`,
    ),
    file(
      'walk.yaml',
      `kind: procedures
procedures: [{ id: walk, title: ${text}, where: ${text}, steps: [${text}, ${text}], yields: ${text} }]
`,
    ),
    file(
      'carriers.yaml',
      `kind: carriers
carriers: [{ name: Northern, also: [], pin: ${text}, why: ${text} }]
`,
    ),
    file(
      'intake.yaml',
      `kind: intake
questions: [{ id: ask, question: ${text}, help: ${text}, type: choice, choices: [{ value: a, label: ${text} }] }]
case: { fields: [{ label: ${text}, text: ${text}, choices: [${text}, b] }], notices: [${text}] }
`,
    ),
    file(
      'sources.yaml',
      `kind: sources
documents:
  - id: doc
    title: ${text}
    about: ${text}
    sections:
      - title: ${text}
        paragraphs:
          - { says: ${text}, rules: [one, lost-one], no-rule: ${text} }
          - { says: ${text} }
`,
    ),
  ];
};

describe('a page is sound', () => {
  it('of the built-in rules', () => {
    expectSound(policyPage(builtIn()));
  });

  it('of no rules at all', () => {
    const page = policyPage(loaded([file('delivery.yaml', 'kind: delivery\n')]));
    expectSound(page);
    expect(pageAsMarkdown(page)).toContain('No document is described paragraph by paragraph.');
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</style></td></table><h1>mine</h1>',
    '&lt;b&gt; &amp; &#60;i&#62;',
    '[a](javascript:alert(1)) ![b](http://example.com/c.png)',
    '| a | b |',
    '\\| a \\\\| b \\',
    '`a` ``b` c',
    '**bold** _it_ ~~gone~~ *',
    '# heading',
    '- item',
    '1. first',
    '<!-- comment -->',
    'two\nlines\n\n| and | a | table |\n|---|---|---|',
    '\u0000\u0007\u001b[31m\u202e\u2066 hidden \ufffe',
    '\ud800 half',
    ']]> <![CDATA[ x',
    '{pin} and {original.pin} and {nearest carrier} and {',
  ])('of rules whose every text is %j', (said) => {
    const page = policyPage(loaded(SMALL(said)));
    expectSound(page);
    const shown = squeezed(
      said
        .toWellFormed()
        .replace(/\s+/g, ' ')
        .replace(/[\p{Cc}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/gu, '\u{fffd}'),
    );
    for (const id of ['rule-one', 'procedure-walk', 'question-ask', 'carrier-Northern', 'document-doc'])
      expect(at(pageAsHtml(page), id)).toContain(shown);
  });

  it('of carriers with any name, and of all that link to them', () => {
    const name = JSON.stringify('<b>"N"</b> | & *Söhne* [x](#y) `z`');
    const page = policyPage(
      loaded([
        file(
          'carriers.yaml',
          `kind: carriers
carriers: [{ name: ${name} }, { name: Harbour }]
look-ups:
  - { country: any, carrier: ${name}, how: [a], for: pin, why: w, source: { document: d }, basis: ours, examples: [{ given: {}, expect-not: { status: excluded } }] }
`,
        ),
        file(
          'escalations.yaml',
          `kind: escalations
categories: [{ id: c, title: C, codes: [{ code: "1|2", carrier: ${name} }] }]
escalations:
  - { id: e, carrier: [${name}, Harbour], category: c, resolution: r, source: { document: d }, basis: ours, examples: [{ given: { carrier: Harbour, text: 1|2 }, expect-not: { rule: e } }] }
`,
        ),
      ]),
    );
    expectSound(page);
    expect(at(pageAsHtml(page), 'rule-e')).toContain('<b>"N"</b> | & *Söhne* [x](#y) `z`');
  });

  it('of rules with any texts', () => {
    const said = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({ unit: fc.constantFrom(...'<>&"\'|\\`*_[]()#!~{}\n -+1.a'), minLength: 1 }),
    );
    fc.assert(
      fc.property(
        // Braces name facts, and must name known ones.
        said.filter((text) => text.trim() !== '' && !/\{[^}]*\}/.test(text)),
        (text) => expectSound(policyPage(loaded(SMALL(text)))),
      ),
      { numRuns: 60 },
    );
  });
});

// Words

describe('conditions in words', () => {
  const shown = (when: string, then = '{ flag: x }', any = '') => {
    const rules = builtIn({
      'words.yaml': `kind: rules
title: Words
stage: checks
match: all
rules:
  - id: in-words
    title: In words
    when: ${when}${any === '' ? '' : `\n    when-any: ${any}`}
    then: ${then}
    why: Because.
    source: { document: d }
    basis: ours
    examples: [{ given: {}, expect-not: { status: excluded } }]
`,
    });
    const page = policyPage(rules);
    const block = page.blocks.find((one) => one.is === 'decisions' && one.rows[0]?.id === 'rule-in-words');
    if (block?.is !== 'decisions') throw new Error('no such table');
    const html = at(pageAsHtml({ ...page, blocks: [block] }), 'rule-in-words');
    return {
      columns: block.columns,
      text: html.replace(/^1 In words /, '').replace(/ Because\. in-words · ours d · words\.yaml:6$/, ''),
    };
  };

  it.each([
    ['{ country: US }', ['Country'], 'US'],
    ['{ carrier: [Lumen, Bandwidth, Verizon] }', ['Carrier'], 'Lumen, Bandwidth or Verizon'],
    ['{ address: blank }', ['Address'], 'blank'],
    ['{ address: present }', ['Address'], 'filled in'],
    ['{ address: { not: present } }', ['Address'], 'blank'],
    ['{ address: { not: blank } }', ['Address'], 'filled in'],
    ['{ country: known }', ['Country'], 'a known one'],
    ['{ country: unknown }', ['Country'], 'filled in, and no known one'],
    ['{ country: { not: known } }', ['Country'], 'filled in, and no known one'],
    ['{ country: any }', ['Country'], 'anything'],
    ['{ country: { not: [US, CA] } }', ['Country'], 'filled in, but not US or CA'],
    ['{ pin: { equals: "blank" } }', ['PIN'], 'blank'],
    ['{ pin: { exactly: 8X82125 } }', ['PIN'], 'exactly 8X82125'],
    ['{ phoneNumber: { starts-with: ["+1800", "+1888"] } }', ['Phone number'], 'begins with +1800 or +1888'],
    ['{ pin: { matches: "^[0-9]$" } }', ['PIN'], 'fits the pattern ^[0-9]$'],
    ['{ pin: { not: { matches: "^[0-9]$" } } }', ['PIN'], 'filled in, but not fitting the pattern ^[0-9]$'],
    ['{ address: { same-as: original.address } }', ['Address'], 'the same as Address as it came in'],
    [
      '{ pin: { not: { identical-to: carrier.pin } } }',
      ['PIN'],
      'filled in, but not to the letter the same as PIN of the carrier',
    ],
    ['{ daysSinceActive: { at-most: 60 } }', ['Days since last active'], 'at most 60'],
    ['{ daysSinceActive: { above: 60 } }', ['Days since last active'], 'more than 60'],
    ['{ daysSinceActive: { between: [1, 5] } }', ['Days since last active'], 'at least 1 and at most 5'],
    [
      '{ daysSinceActive: { at-least: 2, below: 5 } }',
      ['Days since last active'],
      /^at least 2 .*less than 5/,
    ],
    ['{ system: csr-tool }', ['Layout'], "The CSR tool's download"],
    ['{ customer.accountKind: migrated }', ['Account kind (intake)'], 'Migrated from the CRM'],
    ['{ reference.cases.found: yes }', ['In the cases file'], 'yes'],
    ['{ reference.cases.address: present }', ['Address in the cases file'], 'filled in'],
    ['{ file.distinct.pin: { above: 1 } }', ['PIN: different ones in the file'], 'more than 1'],
    ['{ number.type: toll-free }', ['Kind of number'], 'toll-free'],
    ['{ pin: { not: { starts-with: "8" } } }', ['PIN'], 'filled in, but not beginning with 8'],
    ['{ pin: { not: { exactly: A } } }', ['PIN'], 'filled in, but not exactly A'],
    [
      '{ pin: { not: { starts-with: "8", matches: "5$" } } }',
      ['PIN'],
      'filled in, but not all of this: begins with 8 and fits the pattern 5$',
    ],
    [
      '{ any-cell: { matches: "^=", not: { matches: "^=1" } } }',
      ['Any cell'],
      'fits the pattern ^= and not fitting the pattern ^=1',
    ],
    ['{ row.duplicate: yes }', ['Number stands twice'], 'yes'],
    ['{ rio: present }', ['RIO code'], 'filled in'],
  ])('%s', (when, columns, text) => {
    const found = shown(when);
    expect(found.columns).toEqual(columns);
    expect(found.text).toMatch(text instanceof RegExp ? text : new RegExp(`^${literally(text)} warning x$`));
  });

  it.each([
    ['{ keep: [pin, address] }', 'Leave PIN and Address as they are.'],
    ['{ clear: pin }', 'Empty PIN.'],
    ['{ set: { pin: 4x77, company: A } }', 'Write 4x77 into PIN. Write A into Company.'],
    ['{ copy: { pin: carrier.pin } }', 'Write PIN of the carrier into PIN.'],
    [
      '{ lowest: { billingTelephoneNumber: phoneNumber }, per: carrier }',
      'Write into Billing Telephone Number the lowest Phone number of the file’s rows with the same Carrier.',
    ],
    [
      '{ look-up: crm-port-order, for: [address, { field: rio, label: RIO code, pattern: "^A$", format: one A }] }',
      'Look up Address and RIO code (one A) by the steps of Port order in the Legacy CRM.',
    ],
    ['{ look-up: by-carrier, for: address }', 'Look up Address as the look-ups say for country and carrier.'],
    [
      '{ ask: origin, choices: [ported, claimed], suggest: reference.inventory.origin, procedure: number-inventory }',
      'Ask for Origin: ported or claimed. Suggest Origin in the inventory file. Steps: Number inventory.',
    ],
    [
      '{ ask: customer.scope, choices: [all, batch] }',
      'Ask for Scope (intake): All numbers of the account or A batch of numbers.',
    ],
    [
      '{ offer: { pin: carrier.pin } }',
      'Suggest PIN of the carrier for PIN. The agent confirms it or writes another.',
    ],
    [
      '{ offer: { pin: carrier.pin, company: customer.company } }',
      'Suggest PIN of the carrier for PIN. Suggest Company (intake) for Company. The agent confirms them or writes others.',
    ],
    ['{ flag: "`{carrier}` is no `carrier`" }', 'warning Carrier is no `carrier`'],
    ['{ refer: lead }', 'Hand to lead.'],
    ['{ exclude: "not ours, {carrier}" }', 'Leave the row out: not ours, Carrier'],
    [
      '{ flag: "{original.pin} of {nearest carrier}", severity: error, about: pin }',
      'error PIN as it came in of nearest carrier (about PIN)',
    ],
    ['{ flag: x, stop: true }', /warning x Later stages, but for the checks, leave the row alone\.$/],
  ])('%s', (then, text) => {
    const found = shown('{}', then).text;
    if (text instanceof RegExp) expect(found).toMatch(text);
    else expect(found).toBe(`every row ${text}`);
  });

  it('alternatives stand below each other, a lone one by itself', () => {
    expect(
      shown('{ country: US }', '{ flag: x }', '[{ pin: blank, address: blank }, { pin: "1" }]').text,
    ).toBe('US one of these: – PIN: blank and Address: blank – PIN: 1 warning x');
    expect(shown('{ country: US }', '{ flag: x }', '[{ country: { not: CA } }]').text).toBe(
      'US Country: filled in, but not CA warning x',
    );
  });
});

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

// What leads add, and what time does

const LEAD = (more: string, then = 'offer: { address: customer.billingAddress }') => `kind: rules
title: Ours
stage: checks
match: all
rules:
  - id: of-the-lead
    title: The lead’s rule
    when: { country: US }
    then: { ${then} }
    why: The team needs it.
    ${more}
    examples: [{ given: { country: US }, expect: { status: unresolved } }]
`;

describe('what a team lays over the rules', () => {
  const html = (files: Readonly<Record<string, string>>) => pageAsHtml(policyPage(builtIn(files)));

  it('stands on the page with its own place, and waits where it is reconstructed', () => {
    const source = 'source: { document: team-notes, section: One }';
    const found = html({
      'lead.yaml': LEAD(`${source}\n    basis: reconstructed\n    owner: Ana\n    review-by: 2027-06-30`),
    });
    expect(section(found, 'waiting-reconstructed')).toContain(
      'The lead’s rule Ours The team needs it. owner Ana · to be reviewed by 2027-06-30 · lead.yaml:6',
    );
    expect(section(found, 'waiting-review')).toContain('2027-06-30 The lead’s rule Ana lead.yaml:6');
    expect(section(found, 'waiting-review')).not.toContain('due');
    expect(section(found, 'sources')).toContain('team-notes Not described.');
    expect(section(found, 'unnamed')).toContain('team-notes, One The lead’s rule · Ours reconstructed');
  });

  it('that names a section which the article does not have is said to', () => {
    const found = html({
      'lead.yaml': LEAD(
        'source: { document: porting-out-csr-article, section: Nul Cells }\n    basis: stated',
      ),
    });
    expect(section(found, 'lost')).toContain('The lead’s rule: Nul Cells lead.yaml:6');
  });

  it('may be documents of their own, and paragraphs more of those that are there', () => {
    const found = html({
      'lead.yaml': LEAD('source: { document: team-notes, section: One }\n    basis: stated'),
      'notes.yaml': `kind: sources
documents:
  - id: team-notes
    title: Notes of the team
    sections:
      - title: One
        paragraphs:
          - says: Addresses are suggested.
            rules: [of-the-lead]
          - says: Nobody does this yet.
          - says: This one lost its rule.
            rules: [long-gone]
  - id: porting-out-csr-article
    title: The article
    sections:
      - title: Replacing Nulls
        paragraphs: [{ says: More of it., rules: [null-cells] }]
      - title: Appendix
        paragraphs: [{ says: The end., no-rule: It is the end. }]
`,
    });
    expect(section(found, 'unnamed')).not.toContain('The lead’s rule');
    expect(section(found, 'document-team-notes-1')).toBe(
      'One # What it rules Carried out by Addresses are suggested. The lead’s rule Nobody does this yet. no rule This one lost its rule. no rule',
    );
    expect(section(found, 'open-paragraphs')).toMatch(
      /and 2 are left over\. .*One Nobody does this yet\. no rule One This one lost its rule\. no rule introduction/,
    );
    expect(section(found, 'gone')).toContain('long-gone: This one lost its rule. notes.yaml:11');
    expect(section(found, 'document-porting-out-csr-article-text')).toMatch(
      /Replacing Nulls .*emptied\. .*More of it\. .*Appendix # .*The end\. no rule needed It is the end\.$/,
    );
  });
});

test('the page of a day leaves out what does not hold on it, says so, and says what is due', () => {
  const files = {
    'lead.yaml': LEAD(
      'source: { document: d }\n    basis: ours\n    review-by: 2026-02-01\n    from: 2026-01-01\n    until: 2026-03-31',
    ),
    'notes.yaml': `kind: sources
documents:
  - id: d
    title: D
    sections: [{ title: S, paragraphs: [{ says: Suggest it., rules: [of-the-lead] }] }]
`,
  };
  const on = (date: string) =>
    pageAsHtml(policyPage(builtIn(files, date), { date, ofAnyDate: builtIn(files, '2026-02-15') }));
  const during = on('2026-02-15');
  expect(at(during, 'rule-of-the-lead')).toContain('from 2026-01-01 · until 2026-03-31');
  expect(section(during, 'waiting-review')).toContain('2026-02-01 due The lead’s rule');
  expect(during).not.toContain('id="resting"');
  const after = on('2026-04-01');
  expect(after).toContain('as it holds on 2026-04-01');
  expect(after).not.toContain('id="rule-of-the-lead"');
  expect(section(after, 'resting')).toContain(
    'The lead’s rule Ours from 2026-01-01 until 2026-03-31 lead.yaml:6',
  );
  expect(section(after, 'document-d-1')).toContain('The lead’s rule not on this day');
  expect(section(after, 'open-paragraphs')).toContain('S Suggest it. no rule');
  expect(after).not.toContain('id="gone"');
  const early = on('2026-01-31');
  expect(section(early, 'waiting-review')).not.toContain('due');
});

test('the shipped page is made of lines that a diff can show', () => {
  const text = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');
  expect(text.split('\n').length).toBeGreaterThan(900);
  expect(text).not.toMatch(/[^\S\n]$/m);
});
