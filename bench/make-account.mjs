// A customer's download of 2,000 numbers as agents meet them: most rows need nobody, the others raise every kind of
// task and flag that the built-in rules know. Also the sheets that such an agent has open beside it.
//   node bench/make-account.mjs > 8x8_Tidewater_Clinics_CSR.csv
//   node bench/make-account.mjs inventory | letter | orange | tim | meo
import { argv } from 'node:process';
import { csvOf } from './make-csr.mjs';

const ROWS = 2_000;
const HEAD_OFFICE = '410 Almaden Blvd, Suite 900, San Jose, CA 95110';

/** Sites whose rows are in order: how many numbers, where they begin, with whom, what address, and what is odd. */
const SITES = [
  // Blank addresses: the inventory knows where a number comes from, the port orders know the address.
  {
    count: 64,
    from: '+14085551000',
    carrier: 'LEVEL 3 COMMUNICATIONS, LLC - CA',
    address: 'null',
    order: (at) => (at < 30 ? HEAD_OFFICE : at < 48 ? '55 Race St, San Jose, CA 95126' : null),
  },
  {
    count: 40,
    from: '+15035551200',
    carrier: 'BANDWIDTH.COM CLEC, LLC - OR',
    address: '',
    order: (at) => (at < 28 ? '1900 NW Lovejoy St, Portland, OR 97209' : null),
  },
  { count: 18, from: '+13035551300', carrier: 'Peerless Network', address: 'NULL', order: () => null },
  // Cells that the tool left out.
  { count: 9, from: '+16025551400', carrier: 'Sinch', address: '2801 N Central Ave, Phoenix, AZ 85004' },
  {
    count: 12,
    from: '+12065551500',
    carrier: 'Bandwidth',
    address: '400 Pine St, Seattle, WA 98101',
    cells: { accountNumber: 'null' },
  },
  {
    count: 5,
    from: '+12065551520',
    carrier: 'Bandwidth',
    address: '400 Pine St, Seattle, WA 98101',
    cells: { billingTelephoneNumber: 'null' },
  },
  {
    count: 7,
    from: '+15125551600',
    carrier: 'Verizon',
    address: '98 Red River St, Austin, TX 78701',
    cells: { authorizedFirstName: 'null', authorizedLastName: 'null' },
  },
  // What a spreadsheet did to the file, and what only looks like it.
  { count: 22, from: '+16175551700', carrier: 'Inteliquent', address: '88 Beacon St, Boston, MA 2108' },
  {
    count: 3,
    from: '+13055551800',
    carrier: 'Bandwidth',
    address: '12 Ocean Dr, Miami, FL 33139',
    cells: { pin: '42' },
  },
  { count: 6, from: '+13055551810', carrier: 'Bandwidth', address: '@Pier 7, 12 Ocean Dr, Miami, FL 33139' },
  {
    count: 2,
    from: '+13055551820',
    carrier: 'Bandwidth',
    address: '12 Ocean Dr, Miami, FL 33139',
    cells: { authorizedLastName: '(null)' },
  },
  // Abroad. The address is the tool's default and is taken out.
  { count: 14, from: '+4930555010', country: 'DE', carrier: 'Colt' },
  { count: 10, from: '+4989555020', country: 'DE', carrier: 'Colt' },
  { count: 6, from: '+4930555040', country: 'DE', carrier: 'Deutsche Telekom' },
  { count: 18, from: '+33155501000', country: 'FR', carrier: 'Orange' },
  { count: 6, from: '+390255501000', country: 'IT', carrier: 'TIM' },
  { count: 4, from: '+351215550100', country: 'PT', carrier: 'MEO' },
  { count: 8, from: '+61255501000', country: 'AU', carrier: 'Symbio' },
  { count: 16, from: '+14165551900', country: 'CA', carrier: 'Rogers' },
  { count: 4, from: '+14165551930', country: '', carrier: 'Rogers' },
  { count: 20, from: '+442075550100', country: 'GB', carrier: 'Gamma' },
  // No place in a record, or worth a look.
  { count: 14, from: '+18005552000', carrier: 'Bandwidth', address: HEAD_OFFICE },
  { count: 4, from: '+19165552100', carrier: 'Verizon', address: 'PO Box 340, Sacramento, CA 95812' },
  {
    count: 11,
    from: '+17025552200',
    carrier: 'Bandwidth',
    address: '3773 Howard Hughes Pkwy, Las Vegas, NV 89169',
    cells: { pin: '7311' },
  },
  {
    count: 25,
    from: '+14155552300',
    carrier: 'ONVOY, LLC - CA',
    address: '601 Mission St, San Francisco, CA 94105',
    cells: { billingTelephoneNumber: '+14155552300', pin: '8X82125' },
  },
];

/** The sites where nothing is to be done, in turn until the file is full. */
const CLEAN = [
  ['+1212555', 'Inteliquent', '7 W 34th St, Floor 6, New York, NY 10001'],
  ['+1312555', 'NEUTRAL TANDEM-ILLINOIS, LLC', '233 S Wacker Dr, Chicago, IL 60606'],
  ['+1617555', 'MCIMETRO ACCESS TRANSMISSION SERVICES LLC', '88 Beacon St, Boston, MA 02108'],
  ['+1503555', 'BANDWIDTH.COM CLEC, LLC - OR', '1900 NW Lovejoy St, Portland, OR 97209'],
  ['+1408555', 'LEVEL 3 COMMUNICATIONS, LLC - CA', HEAD_OFFICE],
  ['+1404555', 'ONVOY, LLC - GA', '191 Peachtree St NE, Atlanta, GA 30303'],
  ['+1214555', 'Verizon', '2001 Ross Ave, Dallas, TX 75201'],
];
const CLEAN_FROM = 4_000;

/** The records of the account, and for each number its origin and the address of its port order. */
function account() {
  const records = [];
  const inventory = [];
  const orders = [];
  const take = (number, { country = 'US', carrier, address = HEAD_OFFICE, cells = {} }) =>
    records.push([
      number,
      country,
      carrier,
      cells.accountNumber ?? '0051822',
      cells.authorizedFirstName ?? 'Ines',
      cells.authorizedLastName ?? 'Okafor',
      cells.billingTelephoneNumber ?? number,
      address,
      cells.pin ?? 'null',
    ]);
  for (const site of SITES) {
    for (let at = 0; at < site.count; at++) {
      const number = numbered(site.from, at);
      take(number, site);
      if (!site.order) continue;
      const ordered = site.order(at);
      inventory.push([number, ordered === null ? 'CLAIMED' : 'PORTING']);
      if (ordered !== null) orders.push([number, ordered]);
    }
  }
  // Two numbers are there twice, and one has lost its digits to a spreadsheet.
  const odd = 3;
  for (let at = 0; records.length < ROWS - odd; at++) {
    const [prefix, carrier, address] = CLEAN[Math.floor(at / 40) % CLEAN.length];
    take(numbered(`${prefix}${CLEAN_FROM}`, at), { carrier, address });
  }
  const clean = records.length - 1;
  records.push([...records[clean]], [...records[clean - 1]]);
  take('1.21256E+10', { carrier: 'Inteliquent', address: CLEAN[0][2] });
  return { records, inventory, orders };
}

function numbered(from, at) {
  return `+${BigInt(from.slice(1)) + BigInt(at)}`;
}

/** The download. */
function makeAccount() {
  return csvOf(account().records);
}

/** What an agent copies from other sheets, as a clipboard holds it: a line a number, cells parted by tabs. */
function makeSheets() {
  const { records, inventory, orders } = account();
  const of = (country, carrier, cells) =>
    records
      .filter((record) => record[1] === country && record[2] === carrier)
      .map(([number], at) => [number, ...cells(at)]);
  const sheet = (lines) => lines.map((cells) => cells.join('\t')).join('\n');
  const code = (at, length) => String(48_151_623 + at * 4_242).padStart(length, '0');
  return {
    inventory: sheet(inventory),
    letter: orders
      .filter(([, address]) => address === HEAD_OFFICE)
      .map(([number]) => number)
      .join('\n'),
    orange: sheet(
      of('FR', 'Orange', (at) => ['12 rue de la Paix, 75002 Paris', `01P${code(at, 8).slice(-6)}ABC`]),
    ),
    tim: sheet(of('IT', 'TIM', (at) => ['Via Torino 2, 20123 Milano', `MIG${code(at, 9)}`])),
    meo: sheet(of('PT', 'MEO', (at) => ['Av. da Liberdade 110, 1269-046 Lisboa', code(at, 12)])),
  };
}

const sheets = makeSheets();
const [, , name] = argv;
process.stdout.write(
  name === undefined ? makeAccount() : `${sheets[name] ?? Object.keys(sheets).join(' ')}\n`,
);
