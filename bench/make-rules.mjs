// Writes a folder of rules: COUNT rules of one table, or COUNT look-ups, one each of 200 countries by carriers.
//   node bench/make-rules.mjs FOLDER COUNT [first|all|look-ups] [bare]
// Every condition is covered by examples; `bare` leaves only those in which a rule acts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };

const COUNTRIES = 200;
const SOURCE = 'source: { document: bench, section: rules }\n    basis: stated';

/** @returns {{ name: string, text: string }[]} the files of such a folder */
export function makeRules(count, kind = 'first', isBare = false) {
  const countries = codes.slice(0, COUNTRIES).map(([code]) => code);
  const elsewhere = codes[COUNTRIES][0];
  const carriers = Array.from({ length: Math.ceil(count / COUNTRIES) }, (_, at) => `Carrier ${letters(at)}`);
  const pairs = countries.flatMap((country) => carriers.map((carrier) => ({ country, carrier })));
  const examples = ({ country, carrier }, expected) => {
    const example = (given, key) =>
      `      - given: { country: ${given.country}, carrier: ${given.carrier} }\n        ${key}: ${expected}\n`;
    const beside = [
      { country: elsewhere, carrier },
      { country, carrier: 'Nobody' },
    ];
    return `    examples:\n${example({ country, carrier }, 'expect')}${isBare ? '' : beside.map((given) => example(given, 'expect-not')).join('')}`;
  };
  const wanted = pairs.slice(0, count);
  const files =
    kind === 'look-ups'
      ? lookUpFiles(wanted, carriers, examples)
      : [carriersFile(carriers, ''), ruleFile(wanted, kind, examples)];
  const layouts = `kind: layouts
title: Columns
fields:
  phoneNumber: { label: Phone number, type: phone }
  country: { label: Country, type: country }
  carrier: { label: Carrier, type: carrier }
  address: { label: Address, type: text }
  pin: { label: PIN, type: text }
layouts:
  - { id: csr-tool, title: Any file, all-of: [phoneNumber], output: same, delivers: [csv] }
`;
  return [...files, { name: 'layouts.yaml', text: layouts }].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function ruleFile(pairs, match, examples) {
  const rules = pairs.map(
    (pair, at) => `  - id: rule-${at}
    title: ${pair.carrier} in ${pair.country}
    when:
      country: ${pair.country}
      carrier: ${pair.carrier}
    then:
      set: { pin: "${1000 + at}" }
    why: Each carrier has a PIN of its own in each country.
    ${SOURCE}
${examples(pair, `{ set: { pin: "${1000 + at}" } }`)}`,
  );
  const rest = `  - id: any-other
    title: Any other row
    when: {}
    then:
      keep: pin
    why: Nothing is known of other carriers.
    ${SOURCE}
    examples:
      - given: { pin: "1" }
        expect: { keep: pin }
`;
  const text = `kind: rules
title: PINs by country and carrier
stage: fields
match: ${match}
rules:
${rules.join('\n')}${match === 'first' ? `\n${rest}` : ''}`;
  return { name: 'pins.yaml', text };
}

function lookUpFiles(pairs, carriers, examples) {
  const lookUps = pairs.map(
    (pair) => `  - country: ${pair.country}
    carrier: ${pair.carrier}
    how: [Sign in to the portal of ${pair.carrier}.]
    for: address
    why: Each carrier shows its addresses in its own portal.
    ${SOURCE}
${examples(pair, '{ look-up: carrier-records, for: address }')}`,
  );
  const rest = `  - country: any
    carrier: any
    refer: manager
    for: address
    why: Nothing is known of other carriers.
    ${SOURCE}
    examples:
      - given: { country: US, carrier: Nobody }
        expect: { refer: manager }
`;
  const address = `kind: rules
title: Addresses
stage: address
match: all
rules:
  - id: every-address
    title: Every address
    when: {}
    then: { look-up: by-carrier, for: address }
    why: The carrier has it.
    ${SOURCE}
    examples:
      - given: { country: US, carrier: Nobody }
        expect: { refer: manager }
`;
  const procedures = `kind: procedures
procedures:
  - id: carrier-records
    title: The carrier's own records
    where: The portal
    steps: [Look it up.]
    yields: the address
`;
  return [
    carriersFile(carriers, `look-ups:\n${[...lookUps, rest].join('\n')}`),
    { name: 'address.yaml', text: address },
    { name: 'procedures.yaml', text: procedures },
  ];
}

function carriersFile(carriers, more) {
  const list = carriers.map((name) => `  - name: ${name}\n    why: One of many.\n    ${SOURCE}\n`);
  return {
    name: 'carriers.yaml',
    text: `kind: carriers\ntitle: Carriers\ncarriers:\n${list.join('')}${more}`,
  };
}

/** Names that are no other's beginning. */
function letters(at) {
  return `${String.fromCharCode(65 + (at % 26))}${String.fromCharCode(65 + Math.floor(at / 26))}`;
}

const [, script, folder, count = '1000', kind = 'first', bare] = process.argv;
if (folder !== undefined && script?.endsWith('make-rules.mjs')) {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of makeRules(Number(count), kind, bare === 'bare'))
    writeFileSync(join(folder, name), text);
}
