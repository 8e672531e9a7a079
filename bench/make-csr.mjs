// A large account's download: every number another one, most carriers known, some cells null, some blank.
const CARRIERS = [
  'Inteliquent',
  'ONVOY, LLC - IA',
  'BANDWIDTH.COM CLEC, LLC - TX',
  'LEVEL 3 COMMUNICATIONS, LLC - CA',
  'Verizon',
  'NEUTRAL TANDEM-NEW JERSEY, LLC',
  'Peerless Network',
];
const ABROAD = [
  ['DE', '+4930', 'Colt'],
  ['FR', '+3315', 'Orange'],
  ['GB', '+4420', 'Gamma'],
  ['AU', '+6125', 'Symbio'],
];
const AREAS = [408, 212, 415, 303, 702, 512];

/** The columns of a download, and its records as CSV: what has a comma or a quote in it is quoted. */
const COLUMNS = [
  'phoneNumber',
  'country',
  'carrier',
  'accountNumber',
  'authorizedFirstName',
  'authorizedLastName',
  'billingTelephoneNumber',
  'address',
  'pin',
];

export function csvOf(records) {
  const cell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${[COLUMNS, ...records].map((record) => record.map(cell).join(',')).join('\n')}\n`;
}

/** CSV text of `rows` rows. The same number of rows gives the same text. */
export function makeCsr(rows) {
  const records = [];
  const digits = (at, length) =>
    String(2_000_000 + at)
      .padStart(length, '5')
      .slice(-length);
  for (let at = 0; at < rows; at++) {
    const abroad = at % 10 === 0 ? ABROAD[(at / 10) % ABROAD.length] : null;
    const carrier = abroad ? abroad[2] : CARRIERS[at % CARRIERS.length];
    // A site has some fifty numbers, one after the other.
    const site = Math.floor(at / 50);
    const number = abroad
      ? `${abroad[1]}${digits(at, 7)}`
      : `+1${AREAS[site % AREAS.length]}${digits(at, 7)}`;
    const street = `${1 + site} Main St, Suite ${1 + (site % 90)}, San Jose, CA 951${String(site % 100).padStart(2, '0')}`;
    const address = at % 50 === 7 ? 'null' : street;
    const pin = at % 3 === 0 ? 'null' : '';
    records.push([
      number,
      abroad ? abroad[0] : 'US',
      carrier,
      '0012345',
      'Ana',
      "O'Neil",
      number,
      address,
      pin,
    ]);
  }
  return csvOf(records);
}
