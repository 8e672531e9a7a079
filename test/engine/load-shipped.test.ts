import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clean, faults, file } from './load-marks.ts';

const FOLDER = new URL('../../rules/', import.meta.url);

const SHIPPED = readdirSync(FOLDER)
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => file(name, readFileSync(new URL(name, FOLDER), 'utf8')));

describe('the shipped rules', () => {
  it('load without a fault', () => {
    const rules = clean(SHIPPED);
    expect(rules.count).toBeGreaterThan(50);
    expect(rules.tables.length).toBeGreaterThan(5);
    expect(rules.lookUps.some((lookUp) => lookUp.country === null && lookUp.carrier === null)).toBe(true);
    const last = rules.escalations.at(-1);
    expect([last?.carriers, last?.categories]).toEqual([[], []]);
  });

  it('would not, with one letter wrong in any of their files', () => {
    for (const source of SHIPPED) {
      const wrong = { ...source, text: source.text.replace(/^kind: /m, 'kimd: ') };
      expect(faults(SHIPPED.map((one) => (one === source ? wrong : one))).join()).toContain(
        `missing-field ${source.path}:`,
      );
    }
  });
});

describe('what the rule language’s own page shows', () => {
  it('loads as written, with the parts it leaves out', () => {
    const rules = clean([
      file(
        'address-matrix.yaml',
        `# yaml-language-server: $schema=../schema/rules.schema.json
kind: rules
title: Address matrix
stage: address            # correct → scope → facts → address → fields → checks, in this order
match: first              # first: the first rule that holds decides; all: every rule that holds acts
rules:
  - id: us-blank-ported-lumen-migrated
    title: Lumen number that came over from CRM
    when:
      country: US
      address: blank
      origin: ported
      carrier: Lumen
      customer.accountKind: migrated
    then:
      look-up: crm-port-order
      for: address
    why: The CSR tool has no address for these; the port order's LOA has it.
    source: { document: porting-out-csr-article, section: US Numbers without Addresses }
    basis: stated           # stated | found | ours | reconstructed
    owner: lnp-leads        # optional; review-by: 2027-06-30 optional; from: / until: dates optional
    examples:
      - given: { country: US, origin: ported, carrier: "LEVEL 3 COMMUNICATIONS, LLC - NY", customer.accountKind: migrated }
        expect: { look-up: crm-port-order, for: address }
      - given: { country: US, origin: claimed, carrier: Lumen, customer.accountKind: migrated }
        expect-not: { look-up: crm-port-order }
`,
      ),
      file(
        'carriers.yaml',
        `kind: carriers
carriers:
  - name: Lumen
  - name: Inteliquent
    also: [Intelliquent, Onvoy LLC, Neutral Tandem]
    not: [Onvoy Spectrum]              # names that look alike and are someone else
    pin: 8x82125                       # the fact carrier.pin; rules say where it applies
    source: { document: porting-out-csr-article, section: CSR Escalation Resolution }
    basis: stated
look-ups:                              # the article's table: Country | Carrier | How to find
  - country: FR
    carrier: any
    how: [ "Open the carrier's portal", "Search for the number" ]
    for: [address, { field: rio, label: RIO code, pattern: "^[A-Z0-9]{12}$" }]
    source: { document: d }
    basis: reconstructed
    examples: [{ given: { country: FR }, expect: { for: [address, rio] } }]
  - country: any
    carrier: any
    refer: manager
    for: address
    source: { document: d }
    basis: stated
    examples: [{ given: { country: DE }, expect: { refer: manager } }]
`,
      ),
      file(
        'escalations.yaml',
        `kind: escalations
categories:
  - id: pin
    words: [pin, passcode]             # whole words, beside a word of rejection (invalid, mismatch, …)
    phrases: [pin needed]              # whole phrases, enough alone
    codes: ["7512", "7513", LNP154J]   # enough alone; a code may be tied to a carrier
    not: []                            # phrases that cancel it
    over: []                           # categories it displaces (zip over address, partial over btn)
escalations:
  - id: inteliquent-pin
    carrier: Inteliquent
    category: any
    resolution: Give the customer the PIN 8x82125, with a lower-case x.
    give: { pin: 8x82125 }
    source: { document: d }
    basis: stated
    examples: [{ given: { carrier: Inteliquent, text: invalid pin }, expect: { rule: inteliquent-pin } }]
  - id: anything-else
    carrier: any
    category: any
    resolution: Speak to your manager or lead.
    refer: manager
    source: { document: d }
    basis: stated
    examples: [{ given: { text: who knows }, expect: { rule: anything-else } }]
`,
      ),
      file(
        'procedures.yaml',
        'kind: procedures\nprocedures: [{ id: crm-port-order, title: T, where: W, steps: [x], yields: an address }]\n',
      ),
    ]);
    expect(rules.count).toBe(5);
    expect(rules.carriers[1]?.pin).toBe('8x82125');
  });
});
