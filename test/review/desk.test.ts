import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DeliveryPlace, SessionDesk } from '../../src/commands/desk.ts';
import { openGrid, openRules, openTable } from '../../src/commands/open.ts';
import type { InputOptions } from '../../src/commands/options.ts';
import { CsrError } from '../../src/engine/problem.ts';
import type { DeliveryRequest } from '../../src/review/desk.ts';
import { answering, CUSTOMER, HEADER } from './session-of.ts';

const FILE = [
  HEADER,
  "+14085550101,US,Lumen,1,Ana,O'Neil,+14085550101,,null",
  '+14085550103,US,Sinch,1,Ana,O\'Neil,+14085550103,"1 Elm St, San Jose, CA 95112",null',
  "+33155501012,FR,Orange,1,Ana,O'Neil,+33155501012,default,null",
  "+442075550115,GB,Gamma,1,Ana,O'Neil,+442075550115,default,null",
  '',
].join('\n');

let folder: string;
let path: string;
let place: DeliveryPlace;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csr-desk-'));
  path = join(folder, '8x8_Acme_CSR.csv');
  writeFileSync(path, FILE);
  const lines = Object.entries(CUSTOMER).map(([fact, text]) => `${fact}: "${text}"\n`);
  writeFileSync(`${path}.yaml`, lines.join(''));
  place = { out: join(folder, 'delivered'), inputs: [path], template: null };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const BOTH: DeliveryRequest = { csv: true, docx: true, perCarrier: false, partial: false, force: false };

async function opened(options: InputOptions = {}, hold = false): Promise<SessionDesk> {
  const rules = await openRules(options);
  const table = openTable(await openGrid(path), rules, options);
  return SessionDesk.open(table, rules, options, `${path}.session`, place, hold);
}

const journal = () => readFileSync(join(`${path}.session`, 'journal.jsonl'), 'utf8');

async function refused(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CsrError)) throw new Error('nothing was refused');
  return error.problems.map(({ code }) => code);
}

describe('a session on disk', () => {
  test('loses nothing that was acknowledged when it is killed, is resumed, decides again and delivers', async () => {
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        fileURLToPath(new URL('killed-agent.ts', import.meta.url)),
        path,
        JSON.stringify([
          ['+14085550101', { origin: 'ported' }],
          ['+14085550101', { address: '2 Oak St, Reno, NV 89501' }],
          ['+14085550103', { pin: '(none)' }],
        ]),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    let acknowledged = 0;
    for await (const _ of createInterface({ input: child.stdout })) {
      acknowledged += 1;
      if (acknowledged === 3) child.kill('SIGKILL');
    }
    expect(await ended).toBe('SIGKILL');

    const desk = await opened();
    try {
      const { review } = desk;
      expect(desk.resumed).toBe(true);
      expect([0, 1, 2, 3].map((row) => review.status(row))).toEqual([
        'ready',
        'ready',
        'unresolved',
        'unresolved',
      ]);
      expect(review.evaluator.value(0, 'address')).toBe('2 Oak St, Reno, NV 89501');
      await desk.record(answering(review, '+33155501012', { address: 'Paris', rio: '01P123456ABC' }));
      // A fact of the customer decides every row again; what was answered holds.
      await desk.record({ type: 'intake', facts: { billingAddress: '9 Other St' } });
      expect(await refused(desk.deliver(BOTH))).toEqual(['unresolved']);
      await desk.record(answering(review, '+442075550115', { decision: 'deliver it (J. Lead)' }));
      const { files, handOver } = await desk.deliver(BOTH);
      expect(files).toEqual([
        join(place.out, '8x8_Acme_Widgets_CSR.csv'),
        join(place.out, '8x8_Acme_Widgets_CSR.docx'),
      ]);
      expect(handOver).toContain('csr provided');
      const [header, ...rows] = readFileSync(files[0] as string, 'utf8')
        .trimEnd()
        .split('\n');
      expect(header).toBe(`${HEADER},RIO code`);
      expect(rows).toEqual([
        `+14085550101,US,Lumen,1,Ana,O'Neil,+14085550101,"2 Oak St, Reno, NV 89501",,`,
        `+14085550103,US,Sinch,1,Ana,O'Neil,+14085550103,"1 Elm St, San Jose, CA 95112",,`,
        `+33155501012,FR,Orange,1,Ana,O'Neil,+33155501012,Paris,,01P123456ABC`,
        `+442075550115,GB,Gamma,1,Ana,O'Neil,+442075550115,,,`,
      ]);
    } finally {
      desk.close();
    }
  }, 60_000);

  test('says who, when, and under which file and rules', async () => {
    const desk = await opened({ customerFile: `${path}.yaml` });
    await desk.record({ type: 'note', rows: [0], text: 'asked the customer' });
    desk.close();
    const events = journal()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const flat = JSON.stringify(events);
    expect(flat).toMatch(/"sha256":"[0-9a-f]{64}"/);
    expect(flat).toMatch(/"rules":"[0-9a-f]{64}"/);
    expect(flat).toMatch(/"at":"\d{4}-\d\d-\d\dT[\d:.]+Z","who":"[^"]+"/);
    expect(events).toHaveLength(3);
  });

  test('is one process at a time, and leaves no lock behind', async () => {
    const desk = await opened();
    expect(await refused(opened())).toEqual(['in-use']);
    desk.close();
    expect(readdirSync(`${path}.session`)).toEqual(['journal.jsonl']);
    expect(statSync(`${path}.session`).mode & 0o777).toBe(0o700);
  });

  test('is not begun where its options cannot be followed', async () => {
    writeFileSync(`${path}.yaml`, 'accountKind: gold\n');
    expect(await refused(opened({ customerFile: `${path}.yaml` }))).toEqual(['bad-value']);
    expect(readdirSync(folder)).not.toContain('8x8_Acme_CSR.csv.session');
  });

  test('is told the same thing once, however often it is opened with the same options', async () => {
    const options = { customerFile: `${path}.yaml`, numbers: '+14085550101' };
    (await opened(options)).close();
    const first = journal();
    (await opened(options)).close();
    expect(journal()).toBe(first);
  });

  test('an option holds over whatever the session was told before, and what it replaces is said', async () => {
    for (const customer of ['One', 'Two', 'One']) {
      const desk = await opened({ customer });
      expect(desk.review.state.customer.get('name')).toBe(customer);
      desk.close();
    }
    const desk = await opened({ customerFile: `${path}.yaml` });
    expect(
      desk.notices.filter(({ code }) => code === 'intake-changed').map(({ message }) => message),
    ).toEqual(['name was `One` in the session, and is `Acme Widgets` by what the options say']);
    await desk.record({ type: 'intake', facts: { name: 'Acme Holding' } });
    desk.close();
    const without = await opened();
    expect(without.review.state.customer.get('name')).toBe('Acme Holding');
    without.close();
    const again = await opened({ customerFile: `${path}.yaml` });
    expect(again.review.state.customer.get('name')).toBe('Acme Widgets');
    again.close();
  });

  test('an option that was taken back holds again when it is given again', async () => {
    (await opened()).close();
    const desk = await opened({ customerFile: `${path}.yaml` });
    await desk.record({ type: 'undo' });
    desk.close();
    const again = await opened({ customerFile: `${path}.yaml` });
    expect(again.review.state.customer.get('name')).toBe('Acme Widgets');
    again.close();
  });

  test('a joined file is the one that was given last', async () => {
    const reference = { inventory: join(folder, 'inventory.csv') };
    for (const origin of ['ported', 'claimed', 'ported']) {
      writeFileSync(reference.inventory, `phoneNumber,origin\n+14085550101,${origin}\n`);
      const desk = await opened({ reference });
      expect(desk.review.state.references.get('inventory')?.rows.get('+14085550101')?.origin).toBe(origin);
      desk.close();
    }
    const told = journal();
    (await opened({ reference })).close();
    expect(journal()).toBe(told);
  });

  test('the batch is the one that was given last', async () => {
    (await opened({ numbers: '+14085550101' })).close();
    (await opened({ numbers: '+14085550103' })).close();
    const desk = await opened({ numbers: '+14085550101' });
    expect([...(desk.review.state.batch ?? [])]).toEqual([0]);
    desk.close();
  });

  test('that is held back is as it was until a delivery has succeeded', async () => {
    (await opened({ customerFile: `${path}.yaml` })).close();
    const before = journal();
    const desk = await opened({ customer: 'Other' }, true);
    await desk.record({ type: 'exclude', rows: [0], reason: 'x' });
    expect(await refused(desk.deliver(BOTH))).toEqual(['unresolved']);
    expect(journal()).toBe(before);
    await desk.deliver({ ...BOTH, partial: true });
    expect(journal().startsWith(before)).toBe(true);
    expect(journal().slice(before.length).trimEnd().split('\n')).toHaveLength(3);
    desk.close();
    expect(readdirSync(place.out).sort()).toEqual([
      '8x8_Other_CSR.partial.csv',
      '8x8_Other_CSR.partial.docx',
    ]);
  });

  test('goes on under other rules: it is said, and answers whose question is the same hold', async () => {
    const desk = await opened({ customerFile: `${path}.yaml` });
    await desk.record(answering(desk.review, '+33155501012', { address: 'Paris', rio: '01P123456ABC' }));
    desk.close();
    const lead = join(folder, 'lead');
    mkdirSync(lead);
    writeFileSync(
      join(lead, 'words.yaml'),
      'kind: corrections\ntitle: T\ncorrections:\n  - { id: dashes, title: t, blank-cells: ["--"], why: w, source: { document: d, section: s }, basis: ours }\n',
    );
    const again = await opened({ extend: lead });
    expect(again.notices.map(({ code }) => code)).toContain('rules-changed');
    expect(again.review.status(2)).toBe('ready');
    again.close();
    const third = await opened({ extend: lead });
    expect(third.notices.map(({ code }) => code)).not.toContain('rules-changed');
    third.close();
  });

  test('a proposal for a lead is written beside the journal', async () => {
    const desk = await opened();
    const file = await desk.propose({ country: 'DE', carrier: 'Colt', how: 'Open the portal\nCopy it' });
    desk.close();
    expect(readFileSync(file, 'utf8')).toContain('country: DE');
    expect(journal()).toContain('"proposal"');
  });
});
