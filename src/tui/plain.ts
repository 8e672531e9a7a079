/**
 * The review as an interview, line by line: for screen readers, small terminals and scripts. It drives the
 * same reducer as the screen, so that every command, count and question is the same; nothing moves a cursor.
 */

import { isNone, NONE } from '../engine/decision.ts';
import { showProblem } from '../engine/problem.ts';
import type { Opening } from '../review/desk.ts';
import { hintsFor, validateQuestion } from '../review/intake.ts';
import { act, pickItems, settle } from './act.ts';
import { describeRow } from './detail.ts';
import { carryOut, type Host, seated, statusOf } from './effects.ts';
import { withField } from './forms.ts';
import { COMMANDS, type Command, commandsOf, type Place } from './keys.ts';
import { replaceWith } from './line.ts';
import { columnOf, mappingFields, mappingFor, samplesOf } from './mapping.ts';
import { firstOpenQuestion } from './moving.ts';
import { emptyText } from './table.ts';
import { visible } from './text.ts';
import {
  currentList,
  type Delivery,
  type Field,
  type Form,
  firstView,
  type Pick,
  type PickItem,
  placeOf,
  type Step,
  situationOf,
  topLayer,
  type View,
  visibleRows,
  type World,
  withLayer,
} from './view.ts';
import { ALL_ROWS, missing, type Worklist } from './worklist.ts';

export interface PlainIo {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Takes an agent, or a script, through a review by lines of text. The end of the input leaves it.
 * @returns 0 where no row is left unresolved, 1 where some are
 * @throws CsrError where the file or its session cannot be opened
 */
export async function runPlain(opening: Opening, io: PlainIo): Promise<number> {
  const interview = new Interview(opening, io);
  return interview.run();
}

/** Lines of an input, one at a time; null at its end. */
class Lines {
  private readonly ready: string[] = [];
  private rest = '';
  private ended = false;
  private waiter: (() => void) | null = null;

  constructor(input: NodeJS.ReadableStream) {
    input.setEncoding('utf8');
    input.on('data', (chunk: string | Buffer) => {
      const parts = (this.rest + String(chunk)).split(/\r\n|\n|\r(?!$)/);
      this.rest = parts.pop() ?? '';
      this.ready.push(...parts);
      this.waiter?.();
    });
    const end = () => {
      if (this.rest !== '') this.ready.push(this.rest.replace(/\r$/, ''));
      this.rest = '';
      this.ended = true;
      this.waiter?.();
    };
    input.on('end', end);
    input.on('error', end);
  }

  async next(): Promise<string | null> {
    while (this.ready.length === 0 && !this.ended) {
      await new Promise<void>((resolve) => {
        this.waiter = resolve;
      });
    }
    return this.ready.shift() ?? null;
  }
}

const HELP = `Write the answer and press Enter. An empty line goes on to the next open row.
Lines that begin with a colon are commands; text after one goes into its first field.
  :groups          the groups, numbered       :group 2     to the second group
  :rows            the rows of the group      :row 12      to row 12 of the sheet
  :why             all there is to say of the row
  ? or :help       this
  q                leave; everything decided is saved
A double colon begins an answer with a colon. The commands here:`;

class Interview {
  private readonly output: NodeJS.WritableStream;
  private readonly input: NodeJS.ReadableStream;
  private readonly lines: Lines;
  private view: View = firstView(200, 60);
  private world: World;
  /** What the row that was introduced last was, so that it is not told twice. */
  private told = '';
  private toldList = '';
  private left = false;

  private readonly host: Host = {
    copy: (text) => this.say(text),
    edit: async () => null,
    repaint: () => {
      this.told = '';
    },
  };

  constructor(opening: Opening, io: PlainIo) {
    this.output = io.output;
    this.input = io.input;
    this.lines = new Lines(io.input);
    this.world = { opening, desk: null, work: null, editor: false };
  }

  async run(): Promise<number> {
    const { opening } = this.world;
    const mapping = mappingFor(opening);
    if (mapping !== null) {
      this.view = { ...this.view, screen: 'mapping', mapping };
      this.say(
        `The columns of ${visible(opening.grid.name)} fit no layout that the rules know. Say which is which.`,
      );
      for (const problem of mapping.problems) this.say(showProblem(problem));
    } else {
      this.world = seated(this.world, await opening.open(opening.choice, false));
      await this.follow(settle(this.view, { type: 'opened' }, this.world));
    }
    this.say(`A line that begins with a colon is a command; :help lists them.`);
    while (!this.left) {
      this.introduce();
      const line = await this.lines.next();
      if (line === null) break;
      await this.take(line);
    }
    this.input.pause();
    this.farewell();
    return statusOf(this.world);
  }

  private say(text = ''): void {
    this.output.write(`${text}\n`);
  }

  private farewell(): void {
    const { desk } = this.world;
    if (!desk) return;
    const { unresolved, table } = desk.review;
    this.say(
      `${unresolved} of ${table.rows.length} rows unresolved. The session is kept in ${desk.session}.`,
    );
  }

  /** A step's view, what it has done outside, and what it has to say. */
  private async follow(step: Step): Promise<void> {
    this.view = step.view;
    const { say } = this.view;
    if (say) this.say(`${visible(say.text)}${say.next === null ? '' : ` (:${say.next} goes on)`}`);
    for (const effect of step.effects) {
      if (effect.type === 'quit') {
        this.left = true;
        return;
      }
      const { world, outcome } = await carryOut(effect, this.world, this.host);
      this.world = world;
      if (outcome) await this.follow(settle({ ...this.view, say: null }, outcome, world));
    }
  }

  private async command(command: Command, key: string): Promise<void> {
    await this.follow(act(this.view, command, key, this.world));
  }

  private async take(line: string): Promise<void> {
    const layer = topLayer(this.view);
    const text = line.trim();
    // Typed where a question stands too: it must leave, not be taken for an answer.
    if (/^:?q$/.test(text)) {
      this.left = true;
      return;
    }
    if (text === '?') return this.help();
    if (/^:[a-z?]/i.test(text)) return this.takeCommand(text.slice(1));
    const answer = text.startsWith('::') ? text.slice(1) : line;
    switch (layer?.kind) {
      case 'form':
        return this.fill(layer, answer);
      case 'confirm':
        return this.perform(/^y(es)?$/i.test(text) ? 'confirm' : 'cancel');
      case 'pick':
        return this.pick(layer, text);
      case 'deliver':
        return /^(w|write|y|yes)$/i.test(text)
          ? this.perform('write')
          : this.say(
              'write `write` to deliver, :toggle-word and its like to change what, :cancel to go back',
            );
      default:
        break;
    }
    if (this.view.screen === 'mapping' || this.view.screen === 'intake') return this.answerGround(answer);
    if (text === '') return this.perform('next-open');
    if (this.isAnswered())
      return this.say(
        'nothing is asked of this row any more; :answer, with the text after it, changes its answer',
      );
    await this.perform('answer');
    const form = topLayer(this.view);
    if (form?.kind === 'form') await this.fill(form, answer);
  }

  /** Whether a line would go over an answer: a script may well have more lines than there are questions. */
  private isAnswered(): boolean {
    const { work } = this.world;
    const { row } = this.view;
    const list = currentList(this.view, this.world);
    if (!work || row === null || !list || list.kind === 'flags') return false;
    return work.taskIn(list, row) !== null && !work.isOpen(list, row);
  }

  /** An empty line keeps what a field holds; a number picks from choices. */
  private async fill(form: Form, text: string): Promise<void> {
    const field = form.fields[form.at] as Field;
    if (text.trim() !== '') {
      const choice = /^[1-9]$/.test(text.trim()) ? field.choices[Number(text) - 1] : undefined;
      // In a script a part of a word is more likely a slip.
      if (choice === undefined && form.purpose.type === 'intake' && !isNone(text)) {
        const validated = validateQuestion(form.purpose.question, text);
        if ('problem' in validated)
          return this.say(`nothing fits \`${visible(text.trim())}\`; write a number or a whole name`);
      }
      const filled = withField(form, { ...field, line: replaceWith(field.line, choice ?? text) });
      this.view = withLayer(this.view, filled);
      if (form.purpose.type === 'filter') this.view = { ...this.view, filter: text.trim() };
    }
    await this.perform('submit');
    const after = topLayer(this.view);
    if (after?.kind === 'form' && after.problem !== null) this.say(visible(after.problem));
  }

  /** Only a whole number, value or label picks: in a script a part of one is more likely a slip. */
  private async pick(pick: Pick, text: string): Promise<void> {
    const items = pickItems({ ...pick, line: replaceWith(pick.line, '') });
    const numbered = /^\d+$/.test(text) ? items[Number(text) - 1] : undefined;
    const found = numbered ?? named(items, text);
    if (!found)
      return this.say(`nothing fits \`${visible(text)}\`; write a number or a whole name, or :cancel`);
    this.view = withLayer(this.view, { ...pick, line: replaceWith(pick.line, ''), at: items.indexOf(found) });
    await this.perform('submit');
  }

  /** An answer to the column or question that was asked; an empty line goes on to the next. */
  private async answerGround(answer: string): Promise<void> {
    const before = this.view.screen === 'mapping' ? this.view.mapping?.at : this.view.question;
    if (answer.trim() === '') {
      await this.perform('down');
      const now = this.view.screen === 'mapping' ? this.view.mapping?.at : this.view.question;
      if (now === before) await this.perform('continue');
      return;
    }
    await this.perform('choose');
    const layer = topLayer(this.view);
    if (layer?.kind === 'form') await this.fill(layer, answer);
    else if (layer?.kind === 'pick') await this.pick(layer, answer.trim());
    // A wrong word must not leave the choice open: the question is asked again.
    if (topLayer(this.view) !== null) await this.perform('cancel');
    // An answer that was changed, or forbids delivery, stays in sight on a screen; a script counts on the next question.
    else if (this.view.screen === 'intake' && this.view.question === before)
      this.view = { ...this.view, question: firstOpenQuestion(this.world, this.view.question) ?? before };
    else if (this.view.screen === 'mapping') this.tellColumn(before ?? 0);
  }

  private tellColumn(at: number): void {
    const { mapping } = this.view;
    const field = mappingFields(this.world)[at - 1];
    if (!mapping || !field) return;
    const column = columnOf(mapping, field.name);
    const samples = samplesOf(mapping, this.world.opening.grid, column).map(visible).join(', ');
    this.say(`${visible(field.label)} is ${visible(mapping.header[column] ?? '')}, which holds ${samples}.`);
  }

  private async perform(action: string): Promise<void> {
    const command = this.find(action);
    if (command) await this.command(command, command.keys[0] ?? '');
  }

  /** The command of that name here; the panes of the screen are one place in an interview. */
  private find(action: string): Command | undefined {
    const place = placeOf(this.view);
    const places: readonly Place[] = WORK.includes(place) ? ['rows', 'lists', 'detail'] : [place];
    return COMMANDS.find(
      (command) => command.action === action && command.places.some((one) => places.includes(one)),
    );
  }

  private async takeCommand(text: string): Promise<void> {
    const [name = '', ...words] = text.split(/\s+/);
    const rest = words.join(' ');
    switch (name.toLowerCase()) {
      case 'help':
      case '?':
        return this.help();
      case 'why':
        this.told = '';
        this.toldList = '';
        return;
      case 'groups':
        return this.groups();
      case 'group':
        return this.toGroup(Number(rest));
      case 'rows':
        return this.rows();
      case 'row':
        return this.toRow(Number(rest));
      case 'accept':
        return this.perform('offer');
      default:
        break;
    }
    const command = this.find(name.toLowerCase());
    if (!command) return this.say(`there is no command \`${visible(name)}\` here; :help lists them`);
    const before = topLayer(this.view);
    await this.command(command, command.action === 'tick' ? rest : (command.keys[0] ?? ''));
    const layer = topLayer(this.view);
    if (rest === '' || layer === before) return;
    if (layer?.kind === 'form') await this.fill(layer, rest);
    else if (layer?.kind === 'pick') await this.pick(layer, rest);
  }

  private help(): void {
    this.say(HELP);
    const situation = situationOf(this.view, this.world);
    const place = placeOf(this.view);
    const commands = WORK.includes(place)
      ? [...new Set(WORK.flatMap((one) => commandsOf(one)))]
      : commandsOf(place);
    for (const command of commands) {
      if (SCREEN_ONLY.has(command.action)) continue;
      const why = command.disabled?.(situation) ?? null;
      this.say(`  :${command.action.padEnd(18)} ${command.help}${why === null ? '' : ` (not now: ${why})`}`);
    }
  }

  private groups(): void {
    for (const [at, list] of (this.world.work?.lists() ?? []).entries()) {
      this.say(
        `${at + 1}. ${visible(list.title)}: ${list.kind === 'tasks' || list.open > 0 ? `${list.open} open of ` : ''}${list.rows.length}`,
      );
    }
  }

  private toGroup(number: number): void {
    const { work } = this.world;
    const list = work?.lists()[number - 1];
    if (!work || !list) {
      this.say('there is no such group; :groups lists them');
    } else {
      // All rows are where a filter that found nothing in a group is carried on.
      const filter = list.id === ALL_ROWS ? this.view.filter : '';
      const rows = work.visible(list.id, filter);
      const row = work.nextOpen(list, rows, 0, 1) ?? rows[0] ?? null;
      this.view = { ...this.view, list: list.id, row, filter };
    }
  }

  private rows(): void {
    const { work } = this.world;
    if (!work) return;
    const list = currentList(this.view, this.world);
    for (const row of visibleRows(this.view, this.world)) {
      const mark = this.view.marks.has(row) ? ', marked' : '';
      this.say(
        `row ${work.review.place(row)}: ${visible(work.review.phoneNumber(row))}, ${work.standingIn(list, row).word}${mark}`,
      );
    }
  }

  private toRow(place: number): void {
    const { work } = this.world;
    const rows = visibleRows(this.view, this.world);
    const row = rows.find((one) => work?.review.place(one) === place);
    if (row !== undefined) this.view = { ...this.view, row };
    else this.say('that row is not in this group; :rows lists its rows, and the last group has all');
  }

  /** What is asked next. */
  private introduce(): void {
    const layer = topLayer(this.view);
    switch (layer?.kind) {
      case 'form':
        this.ask(layer);
        break;
      case 'confirm':
        this.say(visible(layer.question));
        for (const detail of layer.details) this.say(`  ${visible(detail)}`);
        this.say('yes or no?');
        break;
      case 'pick':
        this.say(visible(layer.title));
        for (const [at, item] of layer.items.entries())
          this.say(`  ${at + 1}. ${visible(item.label)}${item.hint === '' ? '' : `: ${visible(item.hint)}`}`);
        this.say('number or name?');
        break;
      case 'page':
        this.say(visible(layer.title));
        for (const one of layer.lines) this.say(one.text);
        this.say();
        this.view = { ...this.view, layers: this.view.layers.slice(0, -1) };
        this.introduce();
        break;
      case 'deliver':
        this.tellDelivery(layer);
        break;
      default:
        if (this.view.screen === 'mapping') this.askColumn();
        else if (this.view.screen === 'intake') this.askQuestion();
        else this.tellRow();
    }
  }

  private ask(form: Form): void {
    const field = form.fields[form.at] as Field;
    const held = field.line.text === '' ? '' : ` [${visible(field.line.text)}]`;
    for (const [at, one] of field.suggestions.entries()) {
      this.say(
        `  ${field.choices.length > 0 ? `${at + 1}. ` : ''}${visible(one.text)}${one.from === '' ? '' : ` (${one.from})`}`,
      );
    }
    this.say(`${visible(field.label)}${held}?`);
  }

  private tellDelivery(layer: Delivery): void {
    for (const one of layer.lines) this.say(one.text);
    const { request } = layer;
    const what = [
      request.csv ? 'CSV' : '',
      request.docx ? 'Word' : '',
      request.perCarrier ? 'one Word document a carrier' : '',
      request.partial ? 'partial' : '',
      request.force ? 'replacing files' : '',
    ];
    this.say(
      `${layer.blocked ? 'Blocked' : 'Ready'}: ${what.filter((one) => one !== '').join(', ') || 'nothing'}.`,
    );
    this.say('write, or :toggle-csv :toggle-word :toggle-per-carrier :toggle-partial :toggle-force :cancel');
  }

  private askColumn(): void {
    const { mapping } = this.view;
    if (!mapping) return;
    if (mapping.at === 0) {
      this.say(`Layout [${mapping.choice.layout ?? 'find it by the columns'}]? An empty line keeps it.`);
      return;
    }
    const field = mappingFields(this.world)[mapping.at - 1];
    if (!field) return;
    if (mapping.at === 1) this.say(`The columns: ${mapping.header.map((text) => visible(text)).join(', ')}`);
    const at = columnOf(mapping, field.name);
    const samples = at < 0 ? [] : samplesOf(mapping, this.world.opening.grid, at);
    this.say(
      `Which column is ${visible(field.label)} [${at < 0 ? 'none' : visible(mapping.header[at] ?? '')}]?${samples.length > 0 ? ` It holds ${samples.map(visible).join(', ')}.` : ''}`,
    );
  }

  private askQuestion(): void {
    const { questions } = this.world.opening.rules.intake;
    const question = questions[this.view.question];
    if (!question) return;
    const answer = this.world.desk?.review.state.customer.get(question.id);
    this.say(
      `Intake ${this.view.question + 1} of ${questions.length}: ${visible(question.question)}${answer === undefined ? '' : ` [${visible(answer) || NONE}]`}`,
    );
    if (question.help !== null) this.say(`  ${visible(question.help)}`);
    for (const [at, choice] of question.choices.entries())
      this.say(
        `  ${at + 1}. ${visible(choice.value)}${choice.label === choice.value ? '' : `: ${visible(choice.label)}`}`,
      );
    // What is answered already needs no hint.
    const { desk } = this.world;
    for (const hint of desk && answer === undefined ? hintsFor(desk.review, question) : [])
      this.say(`  ${visible(hint.text)} (${visible(hint.from)})`);
    this.say(
      question.type === 'yes-no'
        ? 'yes or no? An empty line skips it.'
        : 'Answer? An empty line skips it, :continue all of them.',
    );
  }

  private tellRow(): void {
    const work = this.world.work as Worklist;
    const list = currentList(this.view, this.world);
    const { row } = this.view;
    const key = `${list?.id} ${row} ${work.review.log.length} ${row === null ? this.view.filter : ''}`;
    if (key === this.told) return;
    this.told = key;
    if (row === null || !list) {
      const [why = ''] = emptyText(this.view, work);
      const all = work.lists().findIndex((one) => one.id === ALL_ROWS) + 1;
      this.say(
        this.view.filter === ''
          ? 'There is no row here; :groups lists the groups.'
          : `${why}; :group ${all} goes to all rows, :back takes the filter away.`,
      );
      return;
    }
    const { heading, lines } = describeRow(row, list, work);
    if (this.toldList !== list.id) {
      this.say();
      this.say(
        `${visible(list.title)}: ${list.open} open of ${list.rows.length}. ${work.review.unresolved} of ${work.review.table.rows.length} rows unresolved.`,
      );
      if (heading !== '') this.say(heading);
      for (const one of lines) this.say(one.text);
      this.toldList = list.id;
    }
    const read = (field: string) => visible(work.review.evaluator.value(row, field));
    const { word } = work.standingIn(list, row);
    const task = work.taskIn(list, row);
    const asks =
      task && work.isOpen(list, row) && list.kind === 'tasks'
        ? `. ${missing(work, row, task)
            .map((item) => item.label)
            .join(', ')}?`
        : '.';
    this.say(
      `Row ${work.review.place(row)}: ${[read('phoneNumber'), read('country'), read('carrier')].filter((text) => text !== '').join(', ')}, ${word}${asks}`,
    );
    if (task && work.isOpen(list, row)) {
      for (const [at, choice] of task.choices.entries()) this.say(`  ${at + 1}. ${visible(choice)}`);
      for (const [field, text] of Object.entries(task.suggestion))
        this.say(`  offered for ${field}: ${visible(text)}; :offer accepts it`);
    }
  }
}

/** The item of that name. */
function named(items: readonly PickItem[], text: string): PickItem | undefined {
  return items.find((item) =>
    [item.id, item.label].some((name) => name.toLowerCase() === text.toLowerCase()),
  );
}

const WORK: readonly Place[] = ['rows', 'lists', 'detail'];
const SCREEN_ONLY = new Set([
  'next-pane',
  'previous-pane',
  'enter-list',
  'palette',
  'repaint',
  'help',
  'page-down',
  'page-up',
  'range',
  'suggestion-down',
  'suggestion-up',
  'editor',
]);
