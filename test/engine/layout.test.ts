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
