// Writes a folder of rules: COUNT rules of one `first` table, a row each of 200 countries by carriers.
//   node bench/make-rules.mjs FOLDER COUNT [first|all]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };

const COUNTRIES = 200;
const SOURCE = 'source: { document: bench, section: rules }\n    basis: stated';

/** @returns {{ name: string, text: string }[]} the files of such a folder */
export function makeRules(count, match = 'first') {
  const countries = codes.slice(0, COUNTRIES).map(([code]) => code);
  const carriers = Array.from({ length: Math.ceil(count / COUNTRIES) }, (_, at) => `Carrier ${letters(at)}`);
  const pairs = countries.flatMap((country) => carriers.map((carrier) => ({ country, carrier })));
  const rules = pairs.slice(0, count).map(({ country, carrier }, at) => {
    const given = `country: ${country}, carrier: ${carrier}`;
    return `  - id: rule-${at}
    title: ${carrier} in ${country}
    when:
      country: ${country}
      carrier: ${carrier}
    then:
      set: { pin: "${1000 + at}" }
    why: Each carrier has a PIN of its own in each country.
    ${SOURCE}
    examples:
      - given: { ${given} }
        expect: { set: { pin: "${1000 + at}" } }
`;
  });
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
  const table = `kind: rules
title: PINs by country and carrier
stage: fields
match: ${match}
rules:
${rules.join('\n')}${match === 'first' ? `\n${rest}` : ''}`;
  const names = `kind: carriers
title: Carriers
carriers:
${carriers.map((name) => `  - name: ${name}\n    why: One of many.\n    ${SOURCE}\n`).join('')}`;
  const layouts = `kind: layouts
title: Columns
fields:
  phoneNumber: { label: Phone number, type: phone }
  country: { label: Country, type: country }
  carrier: { label: Carrier, type: carrier }
  pin: { label: PIN, type: text }
layouts:
  - { id: csr-tool, title: Any file, all-of: [phoneNumber], output: same, delivers: [csv] }
`;
  return [
    { name: 'carriers.yaml', text: names },
    { name: 'layouts.yaml', text: layouts },
    { name: 'pins.yaml', text: table },
  ];
}

/** Names that are no other's beginning. */
function letters(at) {
  return `${String.fromCharCode(65 + (at % 26))}${String.fromCharCode(65 + Math.floor(at / 26))}`;
}

const [, script, folder, count = '1000', match = 'first'] = process.argv;
if (folder !== undefined && script?.endsWith('make-rules.mjs')) {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of makeRules(Number(count), match)) writeFileSync(join(folder, name), text);
}
