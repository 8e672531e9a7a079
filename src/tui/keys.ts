/** The one table of keys: it makes the footer, the help, the palette and docs/keys.md. */
import type { Task } from '../engine/decision.ts';
import type { List } from './worklist.ts';

/** Where keys are pressed: a screen, one of its panes, or what lies over them. */
export type Place =
  | 'mapping'
  | 'intake'
  | 'lists'
  | 'rows'
  | 'detail'
  | 'form'
  | 'confirm'
  | 'pick'
  | 'page'
  | 'deliver';

/** What decides whether a command can do something now. */
export interface Situation {
  readonly list: List | null;
  /** The row under the cursor, by index; null where there is none. */
  readonly row: number | null;
  /** The row's task in the list, open or answered. */
  readonly task: Task | null;
  /** Questions of the intake that have no answer and would make an offer. */
  readonly blankOffers: { readonly row: readonly string[]; readonly group: readonly string[] };
  readonly openFlags: number;
  /** Who leaves the row out of the delivery. */
  readonly excluded: 'agent' | 'rule' | 'batch' | null;
  readonly marked: number;
  /** Whether a delivery is looked at that something stands in the way of. */
  readonly blocked: boolean;
  readonly filtered: boolean;
  readonly undo: boolean;
  readonly redo: boolean;
  /** Whether a program for long texts can be started. */
  readonly editor: boolean;
  /** Whether a desk is open. */
  readonly desk: boolean;
}

export type ActionId =
  | 'down'
  | 'up'
  | 'page-down'
  | 'page-up'
  | 'first'
  | 'last'
  | 'next-open'
  | 'previous-open'
  | 'next-list'
  | 'previous-list'
  | 'next-pane'
  | 'previous-pane'
  | 'back'
  | 'enter-list'
  | 'mark'
  | 'range'
  | 'mark-all'
  | 'mark-none'
  | 'filter'
  | 'answer'
  | 'answer-selection'
  | 'answer-group'
  | 'offer'
  | 'offer-group'
  | 'none'
  | 'tick'
  | 'correct'
  | 'acknowledge'
  | 'acknowledge-group'
  | 'exclude'
  | 'include'
  | 'note'
  | 'escalate'
  | 'rejection'
  | 'propose'
  | 'paste'
  | 'copy'
  | 'explain'
  | 'undo'
  | 'redo'
  | 'intake'
  | 'batch'
  | 'deliver'
  | 'palette'
  | 'help'
  | 'repaint'
  | 'quit'
  | 'choose'
  | 'continue'
  | 'unmap'
  | 'keep-layout'
  | 'submit'
  | 'next-field'
  | 'previous-field'
  | 'scope'
  | 'suggestion-down'
  | 'suggestion-up'
  | 'editor'
  | 'confirm'
  | 'cancel'
  | 'toggle-csv'
  | 'toggle-word'
  | 'toggle-per-carrier'
  | 'toggle-partial'
  | 'toggle-force'
  | 'write';

export interface Command {
  readonly action: ActionId;
  readonly keys: readonly string[];
  readonly places: readonly Place[];
  /** For the footer: one or two words. */
  readonly label: string;
  /** The same in a list of flags, where it is another one. */
  readonly flagLabel?: string;
  /** For the help and the docs: a sentence without a full stop. */
  readonly help: string;
  readonly section: Section;
  /** Why it can do nothing now, or null. */
  readonly disabled?: (situation: Situation) => string | null;
}

export const SECTIONS = [
  'Move',
  'Choose rows',
  'Answer',
  'Set aside',
  'Look and undo',
  'Deliver',
  'Columns and intake',
  'While typing',
  'Session',
] as const;
type Section = (typeof SECTIONS)[number];

const LISTED: readonly Place[] = ['mapping', 'intake', 'lists', 'rows', 'detail', 'page', 'deliver'];
const WORK: readonly Place[] = ['lists', 'rows', 'detail'];
const ROWS: readonly Place[] = ['rows', 'detail'];
const CALM: readonly Place[] = ['mapping', 'intake', 'lists', 'rows', 'detail', 'page', 'deliver'];

const noRow = ({ row }: Situation) => (row === null ? 'there is no row here' : null);
const noTask = (now: Situation) => noRow(now) ?? (now.task === null ? 'nothing is asked of this row' : null);
const noTarget = (now: Situation) => (now.marked > 0 ? null : noRow(now));
const noMarks = ({ marked }: Situation) => (marked === 0 ? 'no row is marked; Space marks one' : null);
const NOT_INCLUDED = {
  none: 'the row is not excluded',
  rule: 'a rule excludes the row; x shows which',
  batch: 'the row is not in the batch; B changes the batch',
  agent: null,
} as const;
/** Why nothing is offered: the intake's questions that have no answer. */
export function blankOffer(questions: readonly string[]): string {
  const intake = keyNames(COMMANDS.find((command) => command.action === 'intake') as Command);
  return `no offer: the intake (${intake}) has no answer to: ${questions.join(' ')}`;
}
const whyNoOffer = (blank: readonly string[], where: string) =>
  blank.length > 0 ? blankOffer(blank) : `nothing is offered ${where}`;
const hasOffer = (task: Task | null) => task !== null && Object.keys(task.suggestion).length > 0;

export const COMMANDS: readonly Command[] = [
  {
    action: 'down',
    keys: ['j', 'down'],
    places: LISTED,
    label: 'down',
    help: 'one line down',
    section: 'Move',
  },
  { action: 'up', keys: ['k', 'up'], places: LISTED, label: 'up', help: 'one line up', section: 'Move' },
  {
    action: 'page-down',
    keys: ['pagedown', 'ctrl-f'],
    places: LISTED,
    label: 'page down',
    help: 'one page down',
    section: 'Move',
  },
  {
    action: 'page-up',
    keys: ['pageup', 'ctrl-b'],
    places: LISTED,
    label: 'page up',
    help: 'one page up',
    section: 'Move',
  },
  {
    action: 'first',
    keys: ['g', 'home'],
    places: LISTED,
    label: 'first',
    help: 'to the first line',
    section: 'Move',
  },
  {
    action: 'last',
    keys: ['G', 'end'],
    places: LISTED,
    label: 'last',
    help: 'to the last line',
    section: 'Move',
  },
  {
    action: 'next-open',
    keys: ['n'],
    places: WORK,
    label: 'next open',
    help: 'to the next unresolved row, in this list or the next that has one',
    section: 'Move',
  },
  {
    action: 'previous-open',
    keys: ['N'],
    places: WORK,
    label: 'previous open',
    help: 'to the previous unresolved row',
    section: 'Move',
  },
  {
    action: 'next-list',
    keys: [']'],
    places: WORK,
    label: 'next group',
    help: 'to the next group',
    section: 'Move',
  },
  {
    action: 'previous-list',
    keys: ['['],
    places: WORK,
    label: 'previous group',
    help: 'to the previous group',
    section: 'Move',
  },
  {
    action: 'next-pane',
    keys: ['tab'],
    places: WORK,
    label: 'pane',
    help: 'to the next pane: groups, rows, detail',
    section: 'Move',
  },
  {
    action: 'previous-pane',
    keys: ['shift-tab'],
    places: WORK,
    label: 'pane back',
    help: 'to the previous pane',
    section: 'Move',
  },
  {
    action: 'enter-list',
    keys: ['enter', 'right'],
    places: ['lists'],
    label: 'open',
    help: 'to the rows of this group',
    section: 'Move',
  },
  {
    action: 'back',
    keys: ['escape'],
    places: ['lists', 'rows', 'detail', 'intake', 'page'],
    label: 'back',
    help: 'one step back: a range, the filter, the marks, a page',
    section: 'Move',
  },
  {
    action: 'mark',
    keys: ['space'],
    places: ROWS,
    label: 'mark',
    help: 'mark the row, or take its mark away',
    section: 'Choose rows',
    disabled: noRow,
  },
  {
    action: 'range',
    keys: ['v'],
    places: ROWS,
    label: 'range',
    help: 'begin a range; a second v marks all rows from there to here',
    section: 'Choose rows',
    disabled: noRow,
  },
  {
    action: 'mark-all',
    keys: ['*'],
    places: ROWS,
    label: 'mark all',
    help: 'mark all rows that the filter shows',
    section: 'Choose rows',
    disabled: noRow,
  },
  {
    action: 'mark-none',
    keys: ['-'],
    places: ROWS,
    label: 'unmark',
    help: 'take all marks away',
    section: 'Choose rows',
    disabled: noMarks,
  },
  {
    action: 'filter',
    keys: ['/'],
    places: WORK,
    label: 'filter',
    help: 'show only rows with these words: number, country, carrier, address, status, row',
    section: 'Choose rows',
  },
  {
    action: 'answer',
    keys: ['enter', 'i'],
    places: ROWS,
    label: 'row',
    flagLabel: 'correct',
    help: 'answer for the row; in a list of flags, correct the flagged cell',
    section: 'Answer',
    disabled: (now) => (now.list?.kind === 'flags' ? noRow(now) : noTask(now)),
  },
  {
    action: 'answer-group',
    keys: ['A'],
    places: WORK,
    label: 'group',
    flagLabel: 'correct all',
    help: 'answer once for all open rows of the group',
    section: 'Answer',
    disabled: (now) =>
      now.list === null || (now.list.kind !== 'tasks' && now.list.flag?.severity !== 'error')
        ? 'nothing is asked of this list'
        : now.list.open === 0
          ? 'the group is done'
          : null,
  },
  {
    action: 'answer-selection',
    keys: ['S'],
    places: WORK,
    label: 'selection',
    flagLabel: 'correct marked',
    help: 'answer once for the marked rows',
    section: 'Answer',
    disabled: (now) => noMarks(now) ?? (now.list?.kind === 'flags' ? null : noTask(now)),
  },
  {
    action: 'offer',
    keys: ['o'],
    places: ROWS,
    label: 'accept',
    help: 'accept what is offered, for the row or the marked rows',
    section: 'Answer',
    disabled: (now) =>
      noTask(now) ?? (hasOffer(now.task) ? null : whyNoOffer(now.blankOffers.row, 'for this row')),
  },
  {
    action: 'offer-group',
    keys: ['O'],
    places: WORK,
    label: 'accept group',
    help: 'accept what is offered, for all open rows of the group',
    section: 'Answer',
    disabled: (now) =>
      now.list?.kind !== 'tasks'
        ? 'this list is no group of tasks'
        : now.list.open === 0
          ? 'the group is done'
          : hasOffer(now.list.group?.sample ?? null)
            ? null
            : whyNoOffer(now.blankOffers.group, 'in this group'),
  },
  {
    action: 'none',
    keys: ['b'],
    places: ROWS,
    label: 'none',
    help: 'confirm that there is none: the answer (none)',
    section: 'Answer',
    disabled: noTask,
  },
  {
    action: 'paste',
    keys: ['p'],
    places: WORK,
    label: 'paste table',
    help: 'paste two or more columns from a sheet, numbers first: each line answers its rows; pasting needs no p, and a column of numbers alone marks their rows',
    section: 'Answer',
    disabled: (now) => (now.list?.kind === 'tasks' ? null : 'this list is no group of tasks'),
  },
  {
    action: 'tick',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    places: ROWS,
    label: 'tick',
    help: 'tick a step of the procedure, or take the tick away',
    section: 'Answer',
    disabled: (now) => noTask(now) ?? (now.task?.steps.length === 0 ? 'there are no steps here' : null),
  },
  {
    action: 'correct',
    keys: ['c'],
    places: ROWS,
    label: 'correct',
    help: 'correct any cell of the row, or of the marked rows',
    section: 'Answer',
    disabled: noTarget,
  },
  {
    action: 'acknowledge',
    keys: ['a'],
    places: ROWS,
    label: 'acknowledge',
    help: 'vouch for the flagged cells of the row or the marked rows: they go out as they are',
    section: 'Answer',
    disabled: (now) =>
      noRow(now) ??
      (now.openFlags > 0 || (now.marked > 0 && now.list?.kind === 'flags')
        ? null
        : 'no error flag stands open here'),
  },
  {
    action: 'acknowledge-group',
    keys: ['K'],
    places: WORK,
    label: 'acknowledge all',
    help: 'vouch for all cells that this list flags',
    section: 'Answer',
    disabled: (now) =>
      now.list?.kind !== 'flags'
        ? 'this is no list of flags'
        : now.list.open === 0
          ? 'no error flag stands open here'
          : null,
  },
  {
    action: 'exclude',
    keys: ['d'],
    places: ROWS,
    label: 'exclude',
    help: 'leave rows out of the delivery, with a reason',
    section: 'Set aside',
    disabled: (now) =>
      noTarget(now) ?? (now.marked === 0 && now.excluded !== null ? 'the row is excluded already' : null),
  },
  {
    action: 'include',
    keys: ['D'],
    places: ROWS,
    label: 'include',
    help: 'bring excluded rows back',
    section: 'Set aside',
    disabled: (now) =>
      noTarget(now) ??
      (now.marked > 0 && now.list?.kind === 'excluded' ? null : NOT_INCLUDED[now.excluded ?? 'none']),
  },
  {
    action: 'note',
    keys: ['m'],
    places: ROWS,
    label: 'note',
    help: 'leave a note on rows',
    section: 'Set aside',
    disabled: noTarget,
  },
  {
    action: 'escalate',
    keys: ['e'],
    places: ROWS,
    label: 'escalate',
    help: 'hand rows to the manager or lead, with a note',
    section: 'Set aside',
    disabled: noTarget,
  },
  {
    action: 'rejection',
    keys: ['l'],
    places: WORK,
    label: 'rejection',
    help: 'look a rejection up: paste the words of the gaining carrier',
    section: 'Set aside',
  },
  {
    action: 'propose',
    keys: ['P'],
    places: ROWS,
    label: 'propose',
    help: 'where no look-up is listed: write down how you found it, for a lead to make a rule of',
    section: 'Set aside',
    disabled: (now) =>
      noTask(now) ??
      (now.task?.kind === 'refer' || now.task?.kind === 'look-up' ? null : 'only a look-up can be proposed'),
  },
  {
    action: 'explain',
    keys: ['x'],
    places: ROWS,
    label: 'explain',
    help: 'every rule the row met: what held, what was read, what did not hold and why',
    section: 'Look and undo',
    disabled: noRow,
  },
  {
    action: 'copy',
    keys: ['y'],
    places: ['rows', 'detail', 'page'],
    label: 'copy',
    help: 'copy the number, the marked numbers or the page to the clipboard of the terminal',
    section: 'Look and undo',
  },
  {
    action: 'undo',
    keys: ['u'],
    places: ['intake', ...WORK],
    label: 'undo',
    help: 'take the last decision back, to the start of the session and across restarts',
    section: 'Look and undo',
    disabled: ({ undo }) => (undo ? null : 'nothing is left to undo'),
  },
  {
    action: 'redo',
    keys: ['U', 'ctrl-r'],
    places: ['intake', ...WORK],
    label: 'redo',
    help: 'do again what was undone',
    section: 'Look and undo',
    disabled: ({ redo }) => (redo ? null : 'nothing is left to redo'),
  },
  {
    action: 'intake',
    keys: ['I'],
    places: WORK,
    label: 'intake',
    help: 'the questions asked once for the customer; answers stay editable',
    section: 'Deliver',
  },
  {
    action: 'deliver',
    keys: ['X'],
    places: ['intake', ...WORK],
    label: 'deliver',
    help: 'see what would be written, then write CSV and Word',
    section: 'Deliver',
  },
  {
    action: 'toggle-csv',
    keys: ['c'],
    places: ['deliver'],
    label: 'CSV',
    help: 'write the CSV, or not',
    section: 'Deliver',
  },
  {
    action: 'toggle-word',
    keys: ['w'],
    places: ['deliver'],
    label: 'Word',
    help: 'write the Word document, or not',
    section: 'Deliver',
  },
  {
    action: 'toggle-per-carrier',
    keys: ['s'],
    places: ['deliver'],
    label: 'split',
    help: 'one Word document a carrier',
    section: 'Deliver',
  },
  {
    action: 'toggle-partial',
    keys: ['p'],
    places: ['deliver'],
    label: 'partial',
    help: 'deliver with unresolved cells as they are, under the partial name',
    section: 'Deliver',
  },
  {
    action: 'toggle-force',
    keys: ['f'],
    places: ['deliver'],
    label: 'replace',
    help: 'replace files that are there already',
    section: 'Deliver',
  },
  {
    action: 'write',
    keys: ['enter'],
    places: ['deliver'],
    label: 'write',
    help: 'write what the summary says',
    section: 'Deliver',
    disabled: ({ blocked }) => (blocked ? 'something stands in the way, and the summary says what' : null),
  },
  {
    action: 'next-open',
    keys: ['n'],
    places: ['deliver'],
    label: 'go there',
    help: 'to the first thing that stands in the way',
    section: 'Deliver',
    disabled: ({ blocked }) => (blocked ? null : 'nothing stands in the way'),
  },
  {
    action: 'choose',
    keys: ['enter', 'i'],
    places: ['mapping', 'intake'],
    label: 'choose',
    help: 'choose the column or the answer',
    section: 'Columns and intake',
  },
  {
    action: 'unmap',
    keys: ['backspace', 'delete'],
    places: ['mapping', 'intake'],
    label: 'take back',
    help: 'take the column or the answer back',
    section: 'Columns and intake',
  },
  {
    action: 'keep-layout',
    keys: ['s'],
    places: ['mapping'],
    label: 'keep',
    help: 'keep these columns as a layout for the next file, or not',
    section: 'Columns and intake',
  },
  {
    action: 'batch',
    keys: ['B'],
    places: ['intake', ...WORK],
    label: 'batch',
    help: 'paste the numbers of the batch; other rows stay out of the delivery',
    section: 'Columns and intake',
  },
  {
    action: 'continue',
    keys: ['tab', 'c'],
    places: ['mapping', 'intake'],
    label: 'continue',
    help: 'go on to the rows; open questions can wait',
    section: 'Columns and intake',
  },
  {
    action: 'submit',
    keys: ['enter'],
    places: ['form', 'pick'],
    label: 'save',
    help: 'to the next field; from the last one, save',
    section: 'While typing',
  },
  {
    action: 'scope',
    keys: ['tab'],
    places: ['form'],
    label: 'scope',
    help: 'change whom the answer is for: row, selection, group; from the intake, to the rows',
    section: 'While typing',
  },
  {
    action: 'previous-field',
    keys: ['shift-tab'],
    places: ['form'],
    label: 'field back',
    help: 'back to the previous field',
    section: 'While typing',
  },
  {
    action: 'suggestion-down',
    keys: ['down'],
    places: ['form', 'pick'],
    label: 'next',
    help: 'the next suggestion: choices, offers, earlier answers',
    section: 'While typing',
  },
  {
    action: 'suggestion-up',
    keys: ['up'],
    places: ['form', 'pick'],
    label: 'previous',
    help: 'the previous suggestion',
    section: 'While typing',
  },
  {
    action: 'editor',
    keys: ['ctrl-o'],
    places: ['form'],
    label: '$EDITOR',
    help: 'write the text in $EDITOR',
    section: 'While typing',
    disabled: ({ editor }) => (editor ? null : '$EDITOR is not set'),
  },
  {
    action: 'cancel',
    keys: ['escape'],
    places: ['form', 'pick', 'confirm', 'deliver'],
    label: 'back',
    help: 'back, and nothing changes; what was typed is there when you return',
    section: 'While typing',
  },
  {
    action: 'confirm',
    keys: ['enter', 'y'],
    places: ['confirm'],
    label: 'yes',
    help: 'do what the question says',
    section: 'While typing',
  },
  {
    action: 'cancel',
    keys: ['n'],
    places: ['confirm'],
    label: 'no',
    help: 'do nothing',
    section: 'While typing',
  },
  {
    action: 'palette',
    keys: [':'],
    places: ['intake', ...WORK],
    label: 'commands',
    help: 'find a command, or a group, by a word of its name',
    section: 'Session',
  },
  {
    action: 'help',
    keys: ['?'],
    places: ['mapping', 'intake', 'lists', 'rows', 'detail', 'deliver'],
    label: 'help',
    help: 'all keys',
    section: 'Session',
  },
  {
    action: 'repaint',
    keys: ['ctrl-l'],
    places: [...CALM, 'form', 'pick', 'confirm'],
    label: 'repaint',
    help: 'draw the screen anew',
    section: 'Session',
  },
  {
    action: 'back',
    keys: ['q'],
    places: ['page'],
    label: 'back',
    help: 'close the page',
    section: 'Session',
  },
  {
    action: 'cancel',
    keys: ['q'],
    places: ['deliver'],
    label: 'back',
    help: 'back to the rows',
    section: 'Session',
  },
  {
    action: 'quit',
    keys: ['q'],
    places: ['mapping', 'intake', 'lists', 'rows', 'detail'],
    label: 'quit',
    help: 'leave; everything decided is saved, and the next start goes on here',
    section: 'Session',
  },
  {
    action: 'quit',
    keys: ['ctrl-c'],
    places: [...CALM, 'form', 'pick', 'confirm'],
    label: 'quit',
    help: 'leave at once from anywhere',
    section: 'Session',
  },
];

const byPlace = new Map<Place, Map<string, Command>>();
for (const command of COMMANDS) {
  for (const place of command.places) {
    const keys = byPlace.get(place) ?? new Map<string, Command>();
    byPlace.set(place, keys);
    for (const key of command.keys) if (!keys.has(key)) keys.set(key, command);
  }
}

/** The command that a key means in a place, or null. */
export function commandFor(place: Place, key: string): Command | null {
  return byPlace.get(place)?.get(key) ?? null;
}

/** The commands of a place, each once. */
export function commandsOf(place: Place): readonly Command[] {
  return COMMANDS.filter((command) => command.places.includes(place));
}

const NAMES: Readonly<Record<string, string>> = {
  down: '↓',
  up: '↑',
  left: '←',
  right: '→',
  pagedown: 'PgDn',
  pageup: 'PgUp',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift+Tab',
  space: 'Space',
  backspace: 'Backspace',
  delete: 'Del',
};

/** A key as people read it: `Ctrl+O`, `PgDn`. */
export function keyName(key: string): string {
  if (key.startsWith('ctrl-') && key.length > 5)
    return `Ctrl+${keyName(key.slice(5)).replace(/^[a-z]$/, (one) => one.toUpperCase())}`;
  return NAMES[key] ?? key;
}

/** All keys of a command as people read them: `1-9`, `j ↓`. */
export function keyNames(command: Command): string {
  const { keys } = command;
  if (keys.length > 3) return `${keyName(keys[0] as string)}-${keyName(keys.at(-1) as string)}`;
  return keys.map(keyName).join(' ');
}

const PLACES: Readonly<Record<Place, string>> = {
  mapping: 'columns',
  intake: 'intake',
  lists: 'groups',
  rows: 'rows',
  detail: 'detail',
  form: 'a field',
  confirm: 'a question',
  pick: 'a choice',
  page: 'a page',
  deliver: 'delivery',
};

/** docs/keys.md, from the table. */
export function keysMarkdown(): string {
  const lines = [
    '# Keys of `csr review`',
    '',
    'Made from the table in `src/tui/keys.ts`; a test holds the two together.',
    '',
    'In the review, `?` shows the keys of the place you are in, and `:` finds a command or a group by a word of its name.',
    '',
  ];
  for (const section of SECTIONS) {
    lines.push(`## ${section}`, '', '| Key | Does | In |', '|---|---|---|');
    for (const command of COMMANDS.filter((one) => one.section === section)) {
      const keys = (command.keys.length > 3 ? [keyNames(command)] : command.keys.map(keyName)).map(
        (key) => `\`${key}\``,
      );
      lines.push(
        `| ${keys.join(' ')} | ${command.help} | ${command.places.map((place) => PLACES[place]).join(', ')} |`,
      );
    }
    lines.push('');
  }
  return lines.join('\n');
}
