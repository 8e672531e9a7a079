/** An agent at the review without a terminal: keys go through the decoder and the reducer, deeds to a desk in memory. */
import { recognise } from '../../src/engine/layout.ts';
import { CsrError } from '../../src/engine/problem.ts';
import type { RuleSet } from '../../src/engine/rule.ts';
import type { Grid } from '../../src/engine/table.ts';
import { readCsv } from '../../src/files/read-csv.ts';
import type { Delivered, Desk, Opening } from '../../src/review/desk.ts';
import type { Deed, Event } from '../../src/review/event.ts';
import { Review } from '../../src/review/review.ts';
import { press, resize, settle } from '../../src/tui/act.ts';
import { carryOut, seated } from '../../src/tui/effects.ts';
import { frameOf } from '../../src/tui/frame.ts';
import { Decoder } from '../../src/tui/input.ts';
import { mappingFor } from '../../src/tui/mapping.ts';
import { firstView, type Step, type View, type World } from '../../src/tui/view.ts';
import { builtIn } from '../built-in.ts';

const HEADER =
  'phoneNumber,country,carrier,accountNumber,authorizedFirstName,authorizedLastName,billingTelephoneNumber,address,pin';

/** A row of each kind of work, and rows that need none. */
export const SAMPLE = [
  HEADER,
  '+14085550101,US,Inteliquent,0012345,Ana,Lee,+14085550101,"1 Elm St, San Jose, CA 95131",8x82125',
  '+14085550104,US,Lumen,0012345,Ana,Lee,+14085550104,,',
  '+14085550105,US,Lumen,0012345,Ana,Lee,+14085550105,,',
  '+14085550106,US,Lumen,0012345,Ana,Lee,+14085550106,,',
  '+4930555010,DE,Colt,0012345,Ana,Lee,+4930555010,"1 Elm St, San Jose, CA 95131",',
  '+4930555011,DE,Colt,0012345,Ana,Lee,+4930555011,"1 Elm St, San Jose, CA 95131",',
  '+33155501012,FR,Orange,0012345,Ana,Lee,+33155501012,"1 Elm St, San Jose, CA 95131",',
  '+442075550115,GB,Gamma,0012345,Ana,Lee,+442075550115,"1 Elm St, San Jose, CA 95131",',
  '4.41555E+11,US,Bandwidth,0012345,Ana,Lee,4.41555E+11,"1 Elm St, San Jose, CA 95131",',
  '+14085550120,US,Bandwidth,,Ana,Lee,+14085550120,"1 Elm St, San Jose, CA 95131",',
].join('\n');

/** A file of many rows, of which every seventh asks for something. */
export function manyRows(count: number): string {
  const rows = Array.from({ length: count }, (_, at) => {
    const number = `+1${4085551000 + at}`;
    const address = at % 7 === 0 ? '' : '"1 Elm St, San Jose, CA 95131"';
    return `${number},US,Bandwidth,0012345,Ana,Lee,${number},${address},`;
  });
  return [HEADER, ...rows].join('\n');
}

/** An account as most are: every row has what its carrier wants, and one number to bill. */
export function cleanRows(count: number): string {
  const rows = Array.from({ length: count }, (_, at) => {
    const [carrier, pin] = [
      ['Bandwidth', ''],
      ['Inteliquent', '8x82125'],
    ][at % 2] as [string, string];
    return `+1${4085551000 + at},US,${carrier},0012345,Ana,Lee,+1${4085551000 + (at % 2)},"1 Elm St, San Jose, CA 95131",${pin}`;
  });
  return [HEADER, ...rows].join('\n');
}

export function gridOf(text: string, name = '8x8_Acme_CSR.csv'): Grid {
  return readCsv(Buffer.from(text), name, 'test');
}

/** A desk that keeps its journal in memory, and can be told that the disk is full. */
export class MemoryDesk implements Desk {
  readonly review: Review;
  readonly session = 'Acme.session';
  readonly resumed: boolean;
  readonly notices: Desk['notices'] = [];
  bookmark: string | null = null;
  readonly journal: Event[];
  readonly delivered: unknown[] = [];
  readonly proposals: unknown[] = [];
  full = false;

  constructor(review: Review, journal: Event[], resumed: boolean) {
    this.review = review;
    this.journal = journal;
    this.resumed = resumed;
  }

  async record(deed: Deed): Promise<ReadonlySet<number>> {
    if (this.full) throw new CsrError({ code: 'no-space', severity: 'error', message: 'the disk is full' });
    const event: Event = { ...deed, at: '2026-11-23T12:00:00.000Z', who: 'agent' };
    this.journal.push(event);
    return this.review.apply(event);
  }

  preview(request: Parameters<Desk['preview']>[0]): string {
    return `would write ${JSON.stringify(request)}`;
  }

  async deliver(request: Parameters<Desk['deliver']>[0]): Promise<Delivered> {
    const blockers = this.review.blockers(request.partial);
    if (blockers.length > 0) throw new CsrError(blockers);
    this.delivered.push(request);
    return { files: ['delivered/8x8_Acme_CSR.csv'], handOver: 'Attach the file.', notices: [] };
  }

  async propose(proposal: Parameters<Desk['propose']>[0]): Promise<string> {
    this.proposals.push(proposal);
    return 'Acme.session/proposal-1.yaml';
  }
}

let shipped: RuleSet | undefined;

export function memoryOpening(
  input: string | Grid = SAMPLE,
  journal: Event[] = [],
): Opening & { desk: MemoryDesk | null } {
  shipped ??= builtIn();
  const rules = shipped;
  const grid = typeof input === 'string' ? gridOf(input) : input;
  const opening = {
    grid,
    rules,
    choice: { layout: null, map: new Map<string, string>() },
    desk: null as MemoryDesk | null,
    recognise: (choice: Opening['choice']) => recognise(grid, rules.layouts, choice),
    async open(choice: Opening['choice']) {
      const table = recognise(grid, rules.layouts, choice);
      const resumed = journal.length > 0;
      if (!resumed) {
        const input = { name: grid.name, sha256: grid.sha256, rows: table.rows.length };
        const map = Object.fromEntries(choice.map);
        journal.push({
          type: 'start',
          input,
          layout: table.layout,
          map,
          rules: rules.digest,
          at: '2026-11-23T11:00:00.000Z',
          who: 'agent',
        });
      }
      opening.desk = new MemoryDesk(await Review.open(rules, table, journal), journal, resumed);
      return opening.desk;
    },
  };
  return opening;
}

export class Agent {
  view: View;
  world: World;
  readonly copied: string[] = [];
  edited: string | null = null;
  quit = false;
  repaints = 0;
  private readonly decoder = new Decoder();

  private constructor(opening: Opening, columns: number, rows: number) {
    this.view = firstView(columns, rows);
    this.world = { opening, desk: null, work: null, editor: true };
  }

  /** Opens a review; `rows` leaves the intake, which comes first, for the rows. */
  static async at(
    opening: Opening = memoryOpening(),
    size: readonly [number, number] = [80, 24],
    start: 'rows' | 'beginning' = 'rows',
    bookmark: string | null = null,
  ): Promise<Agent> {
    const agent = new Agent(opening, ...size);
    const mapping = mappingFor(opening);
    if (mapping) agent.view = { ...agent.view, screen: 'mapping', mapping };
    else {
      agent.world = seated(agent.world, await opening.open(opening.choice, false));
      agent.desk.bookmark = bookmark;
      await agent.follow(settle(agent.view, { type: 'opened' }, agent.world));
      if (start === 'rows' && agent.view.screen === 'intake') await agent.sends('\t');
    }
    return agent;
  }

  get desk(): MemoryDesk {
    return this.world.desk as MemoryDesk;
  }

  get review(): Review {
    return this.desk.review;
  }

  /** The deeds since the start, as they stand in the journal. */
  get deeds(): Deed[] {
    return this.desk.journal.slice(1).map(({ at: _at, who: _who, ...deed }) => deed as Deed);
  }

  /** Bytes as a terminal sends them. */
  async sends(bytes: string): Promise<void> {
    for (const input of [...this.decoder.push(bytes), ...this.decoder.flush()]) {
      await this.follow(press(this.view, input, this.world));
    }
  }

  async pastes(text: string): Promise<void> {
    await this.sends(`\u001b[200~${text}\u001b[201~`);
  }

  resizes(columns: number, rows: number): void {
    this.view = resize(this.view, columns, rows, this.world);
  }

  /** The screen as text, trailing blanks cut. */
  get screen(): string {
    return frameOf(this.view, this.world)
      .lines.map((line) =>
        line
          .map((span) => span.text)
          .join('')
          .trimEnd(),
      )
      .join('\n');
  }

  get said(): string {
    return this.view.say?.text ?? '';
  }

  /** Goes to the first list that fits, at its first open row. */
  async goesTo(
    fits: (list: NonNullable<World['work']> extends { lists(): readonly (infer L)[] } ? L : never) => boolean,
  ): Promise<void> {
    const list = this.world.work?.lists().find(fits);
    if (!list) throw new Error('there is no such list');
    for (let moves = 0; this.view.list !== list.id; moves++) {
      if (moves > 100) throw new Error(`cannot get to ${list.id}`);
      await this.sends(']');
    }
  }

  /** The place in the sheet of the row under the cursor. */
  get row(): number {
    return this.view.row === null ? -1 : this.review.place(this.view.row);
  }

  private async follow(step: Step): Promise<void> {
    this.view = step.view;
    for (const effect of step.effects) {
      if (effect.type === 'quit') this.quit = true;
      const host = {
        copy: (text: string) => this.copied.push(text),
        edit: async () => this.edited,
        repaint: () => this.repaints++,
      };
      const { world, outcome } = await carryOut(effect, this.world, host);
      this.world = world;
      if (outcome) await this.follow(settle(this.view, outcome, world));
    }
  }
}
