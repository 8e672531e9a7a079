import { expect, test } from 'vitest';
import { matchAnyHeaders, recognise } from '../../src/engine/layout.ts';
import { readCsv } from '../../src/files/read-csv.ts';
import { builtIn } from '../built-in.ts';

const { layouts } = builtIn();
const choice = { layout: null, map: new Map<string, string>() };
const table = (text: string) => recognise(readCsv(Buffer.from(text), 'f.csv', ''), layouts, choice);

test('a record with renamed headers is no Legacy CRM list, though it has a number column', () => {
  const renamed =
    'Telephone Number,Nation,Network,Acct,First,Last,Billing TN,Street,Passcode\n+14085550101,US,Lumen,1,A,B,+14085550101,x,y\n';
  expect(() => table(renamed)).toThrow('fits no layout');
  expect(() => table('phoneNumber,Land,Street\n+14085550101,US,x\n')).toThrow('fits no layout');
});

test('a Legacy CRM list is known by its column D, or by what heads it', () => {
  expect(table('a,b,c,Phone,Carrier\n1,2,3,4083550102,Lumen\n').layout).toBe('legacy-crm');
  expect(table('Local Numbers,Carrier\n4083550102,Lumen\n').layout).toBe('legacy-crm');
});

test('a Legacy CRM list is known by the numbers in its column D, whatever heads it', () => {
  const list = (rows: string, header = 'ID,Account,Type,Number,Carrier') => table(`${header}\n${rows}`);
  const { layout, columns } = list('1,x,L,4085550101,Lumen\n2,x,L,(408) 555-0102,\n');
  expect(layout).toBe('legacy-crm');
  expect(columns.map(({ field }) => field)[3]).toBe('phoneNumber');
  expect(table('My numbers\n\nID,Account,Type,Line\n1,x,L,4085550101\n').preamble).toHaveLength(1);
  // One line in ten may be something else, no more.
  const nine = '1,x,L,4085550101,Lumen\n'.repeat(9);
  expect(list(`${nine}1,x,L,spare,Lumen\n`).layout).toBe('legacy-crm');
  for (const other of [
    // Half of it is something else; the numbers stand elsewhere; two columns have numbers; a column it never has.
    () => list('1,x,L,4085550101,Lumen\n2,x,L,spare,Lumen\n'),
    () => list('1,x,4085550101,L,Lumen\n'),
    () => list('4085550101,x,L,4085550101,Lumen\n'),
    () => list('1,US,L,4085550101,Lumen\n', 'ID,Country,Type,Number,Carrier'),
    // Without a header nobody knows what the other columns are.
    () => table('1,x,L,4085550101\n2,x,L,4085550102\n'),
  ])
    expect(other).toThrow('fits no layout');
});

test('a record with headers of its own is not taken for one by numbers that stand in column D', () => {
  const renamed = 'Rufnummer,Land,Netz,BTN alt,Strasse\n+14085550101,US,Lumen,+14085550101,x\n';
  expect(() => table(renamed)).toThrow('fits no layout');
});

test("a lead's own layout is known by its letter too", () => {
  const [first] = layouts.layouts;
  if (!first) throw new Error('no layout');
  const own = {
    ...first,
    id: 'own',
    allOf: ['phoneNumber'],
    columns: [{ field: 'phoneNumber', letter: 'B', headers: [] }],
  };
  const grid = readCsv(Buffer.from('Nr,Anschluss\n1,+493055501013\n'), 'f.csv', '');
  expect(recognise(grid, { ...layouts, layouts: [...layouts.layouts, own] }, choice).layout).toBe('own');
});

test('a file that goes out in its own columns is told which of the record it lacks', () => {
  const { notices } = table('phoneNumber,country,carrier,address,Vorname\n+14085550101,US,Lumen,x,A\n');
  expect(notices.map(({ code, message }) => [code, message])).toEqual([
    ['missing-column', expect.stringContaining('PIN')],
  ]);
  expect(notices[0]?.found).toContain('`Vorname`');
});

test('a header that two layouts have for different fields says nothing without a layout', () => {
  const [first, ...others] = layouts.layouts;
  if (!first) throw new Error('no layout');
  const column = { field: 'pin', letter: null, headers: ['Last Name', 'Code'] };
  const book = { ...layouts, layouts: [{ ...first, columns: [...first.columns, column] }, ...others] };
  const fields = (header: readonly string[]) => matchAnyHeaders(header, book).map(({ field }) => field);
  expect(fields(['TN', 'first name', 'last name', 'code', 'Customer ID'])).toEqual([
    'phoneNumber',
    'authorizedFirstName',
    'column:3',
    'pin',
    'accountNumber',
  ]);
  // A field's own header comes first, wherever it stands.
  expect(fields(['First Name', 'Authorized First Name'])).toEqual(['column:1', 'authorizedFirstName']);
});
