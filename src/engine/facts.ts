/** What a rule can ask of a row: its cells, what they came in as, and what is derived from them. */
import type { CarrierBook, CountryBook } from './names.ts';
import { type NumberFacts, numberFacts, numberKey } from './number.ts';
import type { FactType, LayoutBook, RuleSet } from './rule.ts';
import type { Table } from './table.ts';

export interface Books {
  readonly carriers: CarrierBook;
  readonly countries: CountryBook;
  readonly values: LayoutBook['values'];
}

/** The fact that tests every cell of a row. */
export const ANY_CELL = 'any-cell';

const YES = new Set(['yes', 'true', 'y']);
const NO = new Set(['no', 'false', 'n']);

/** How values of `fact` compare; `text` where nothing else is declared. */
export function factType(fact: string, fields: LayoutBook['fields']): FactType {
  if (fact === 'number.country') return 'country';
  if (fact === 'number.valid' || fact === 'row.duplicate' || /^reference\.[^.]+\.found$/.test(fact))
    return 'yes-no';
  if (fact.startsWith('file.distinct.')) return 'number';
  const field = fact.replace(/^original\.|^reference\.[^.]+\./, '');
  return fields.get(field)?.type ?? 'text';
}

/** How values of each fact of a rule set compare. */
export function factTypes({ intake, layouts }: RuleSet): (fact: string) => FactType {
  const yesNo = intake.questions.filter((question) => question.type === 'yes-no');
  const yesNoFacts = new Set(yesNo.map((question) => `customer.${question.id}`));
  return (fact) => (yesNoFacts.has(fact) ? 'yes-no' : factType(fact, layouts.fields));
}

/** Trimmed and case-folded; canonically composed so that `é` equals `é`. */
function foldCase(text: string): string {
  return text.trim().normalize('NFC').toLowerCase();
}

/**
 * The key under which two texts of a type are equal: a canonical carrier name, an ISO code, a listed
 * value's name, an E.164 number, else the trimmed and case-folded text.
 */
export function normalise(type: FactType, text: string, books: Books): string {
  if (typeof type === 'object') {
    const wanted = foldCase(text);
    for (const [name, texts] of books.values.get(type.values) ?? []) {
      if (foldCase(name) === wanted || texts.some((other) => foldCase(other) === wanted)) return name;
    }
    return wanted;
  }
  switch (type) {
    case 'carrier':
      return books.carriers.key(text);
    case 'country':
      return books.countries.code(text) ?? foldCase(text);
    case 'phone':
      return numberKey(text);
    case 'yes-no': {
      const folded = foldCase(text);
      return YES.has(folded) ? 'yes' : NO.has(folded) ? 'no' : folded;
    }
    default:
      return foldCase(text);
  }
}

/** Whether a text is listed for its type; null for types without a list. */
export function isKnown(type: FactType, text: string, books: Books): boolean | null {
  if (typeof type === 'object')
    return books.values.get(type.values)?.has(normalise(type, text, books)) ?? null;
  if (type === 'carrier') return books.carriers.canonical(text) !== null;
  if (type === 'country') return books.countries.code(text) !== null;
  return null;
}

/** A value that a test reads, with what the tests need to know of it, found out when asked. */
export class Reading {
  readonly text: string;
  readonly blank: boolean;
  private readonly type: FactType;
  private readonly books: Books;
  private normalised: string | null = null;

  constructor(type: FactType, text: string, books: Books) {
    this.type = type;
    this.text = text;
    this.books = books;
    this.blank = isBlank(text);
  }

  /** The key under which texts of this type are equal; blank for a blank text. */
  get key(): string {
    this.normalised ??= this.blank ? '' : normalise(this.type, this.text, this.books);
    return this.normalised;
  }

  /** Whether the text is listed; null for types without a list. */
  get known(): boolean | null {
    return this.blank ? null : isKnown(this.type, this.text, this.books);
  }

  /** The value as a number, or null where it cannot be read as one. */
  get number(): number | null {
    const trimmed = this.text.trim();
    return /^[+-]?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : null;
  }

  /** Whether two values of the same type are equal. */
  sameAs(other: Reading): boolean {
    return this.text === other.text || this.key === other.key;
  }
}

const readings = new WeakMap<Books, Map<FactType | string, Map<string, Reading>>>();

/** A reading that keeps what was found out about its text: for texts that come up over and over. */
export function knownReading(type: FactType, text: string, books: Books): Reading {
  let byType = readings.get(books);
  if (!byType) {
    byType = new Map();
    readings.set(books, byType);
  }
  const key = typeof type === 'object' ? `list ${type.values}` : type;
  let byText = byType.get(key);
  if (!byText) {
    byText = new Map();
    byType.set(key, byText);
  }
  let reading = byText.get(text);
  if (!reading) {
    reading = new Reading(type, text, books);
    byText.set(text, reading);
  }
  return reading;
}

/** Nothing but white space. */
export function isBlank(text: string): boolean {
  if (text === '') return true;
  // Most cells start with a visible character: trimming them would cost more than asking.
  const first = text.charCodeAt(0);
  return first <= 32 || first > 127 ? text.trim() === '' : false;
}

/** A joined file: number key -> field -> text. */
export interface Reference {
  readonly fields: readonly string[];
  readonly rows: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** What is known beside the file and the rules. */
export interface Context {
  /** Customer facts without their prefix; a blank text is "confirmed none", an absent key is open. */
  readonly customer: ReadonlyMap<string, string>;
  readonly references: ReadonlyMap<string, Reference>;
  /** Indexes of the rows that are asked for; null for all. */
  readonly batch: ReadonlySet<number> | null;
  /** Facts that an example gives as they are, in place of what would be derived. */
  readonly given?: ReadonlyMap<string, string>;
}

/** One row while it is being decided. */
export interface RowState {
  readonly index: number;
  /** One text a slot; what the stages have made of the row so far. Slots past its end are blank. */
  values: readonly string[];
  /** Whether `values` is the row's own list; until something is written it is the table's. */
  owned: boolean;
  readonly surplus: readonly string[];
  /** What a person has written over cells, by field. */
  readonly byHand: Readonly<Record<string, string>> | null;
  /** Facts that a person has confirmed to have no value. */
  none: ReadonlySet<string> | null;
  /** Facts without a slot that a person was asked for, because they could not be read. */
  told: ReadonlyMap<string, string> | null;
  /** What `number` was read from. */
  numberText: string | null;
  numberCountry: string;
  number: NumberKind | null;
  /** The number in international form; null where the text is none. */
  e164: string | null;
}

/** What numbers have in common, made once for all of them. */
type NumberKind = Omit<NumberFacts, 'e164'>;

/** A value that depends on other rows too; kept by the evaluator, read by facts. */
export interface Aggregates {
  /** `duplicate`, `distinct.<field>` or `lowest.<fact>.<per>` -> the text for a row. */
  read(name: string, index: number): string;
}

/**
 * Turns fact names into readers over a row's slots. Slots are the table's columns in order, then the
 * declared fields that the file lacks, then the extra fields that look-ups ask for.
 */
export class Facts {
  readonly slots: readonly string[];
  readonly books: Books;
  readonly context: Context;
  aggregates: Aggregates = { read: () => '' };
  private readonly slotOf = new Map<string, number>();
  readonly type: (fact: string) => FactType;
  /** Whether a field only goes in: it is a fact for the rules, and nothing that they or an answer make of it goes out. */
  readonly isInputOnly: (field: string) => boolean;
  private readonly kinds: NumberKind[] = [];
  private readonly numberSlot: number;
  private readonly keepsSurplus: boolean;
  private readonly countrySlot: number;
  /** Where the file's layout is at home: the country of its numbers that are written without one. */
  readonly homeCountry: string | undefined;
  private readonly table: Table;
  readonly columnCount: number;
  /** Slots of the output's cells, those that every row has first: what `any-cell` looks at. */
  readonly cellSlots: readonly number[];
  private readonly sureCells: number;
  /** Of these, the slots of fields that only go in. */
  private readonly cameIn = new Set<number>();
  /** Cells that mean nothing, in lower case -> the correction that says so. */
  readonly blankWords: ReadonlyMap<string, string>;

  constructor(rules: RuleSet, books: Books, table: Table, context: Context) {
    this.books = books;
    this.context = context;
    this.table = table;
    this.columnCount = table.columns.length;
    const slots: string[] = [];
    const add = (name: string) => {
      if (!this.slotOf.has(name)) this.slotOf.set(name, slots.length);
      slots.push(name);
    };
    for (const column of table.columns) add(column.field);
    for (const field of rules.layouts.fields.keys()) if (!this.slotOf.has(field)) add(field);
    for (const field of extraFields(rules).keys()) if (!this.slotOf.has(field)) add(field);
    this.slots = slots;
    this.isInputOnly = (field) => rules.layouts.fields.get(field)?.inputOnly === true;
    this.type = factTypes(rules);
    this.numberSlot = this.slot('phoneNumber');
    this.countrySlot = this.slot('country');
    const layout = rules.layouts.layouts.find((one) => one.id === table.layout);
    this.homeCountry = layout?.defaultCountry ?? undefined;
    this.keepsSurplus = layout?.output == null;
    const output = layout?.output?.map(({ field }) => this.slot(field)) ?? table.columns.map((_, at) => at);
    const cells = new Set(output.filter((slot) => slot >= 0));
    this.sureCells = cells.size;
    for (const field of addedFields(rules, table.layout).keys()) cells.add(this.slot(field));
    this.cellSlots = [...cells].filter((slot) => slot >= 0);
    for (const slot of this.cellSlots) if (this.isInputOnly(slots[slot] as string)) this.cameIn.add(slot);
    this.blankWords = new Map(
      rules.corrections.flatMap(({ id, blankCells }) => blankCells.map((word) => [word.toLowerCase(), id])),
    );
  }

  /** The slot of a field, or -1. */
  slot(field: string): number {
    return this.slotOf.get(field) ?? -1;
  }

  /** A row as it came in. */
  start(index: number): RowState {
    return this.state(index, this.cells(index), false, this.surplus(index), null, null, null);
  }

  /** A row as it stands now, whatever is written to it later. */
  snapshot({ index, values, owned, surplus, byHand, none, told }: RowState): RowState {
    return this.state(index, owned ? values.slice() : values, owned, surplus, byHand, none, told);
  }

  private state(
    index: number,
    values: readonly string[],
    owned: boolean,
    surplus: readonly string[],
    byHand: RowState['byHand'],
    none: RowState['none'],
    told: RowState['told'],
  ): RowState {
    return {
      index,
      values,
      owned,
      surplus,
      byHand,
      none,
      told,
      numberText: null,
      numberCountry: '',
      number: null,
      e164: null,
    };
  }

  /** A row's cells as the file has them, without what stands past the columns. */
  cells(index: number): readonly string[] {
    const cells = this.table.rows[index]?.cells ?? NONE;
    return cells.length > this.columnCount ? cells.slice(0, this.columnCount) : cells;
  }

  /** What stands past the columns, where that goes out too. */
  surplus(index: number): readonly string[] {
    const cells = this.table.rows[index]?.cells ?? NONE;
    return this.keepsSurplus && cells.length > this.columnCount ? cells.slice(this.columnCount) : NONE;
  }

  /** Lays what people have said of a row over it. A blank among the `answered` facts is "there is none". */
  lay(row: RowState, overlay: ReadonlyMap<string, string>, answered: ReadonlySet<string>): void {
    const none = new Set<string>();
    for (const [field, text] of overlay) {
      const slot = this.slot(field);
      if (slot >= 0) this.put(row, slot, text);
      else row.told = new Map(row.told).set(field, text);
      if (answered.has(field) && isBlank(text)) none.add(field);
    }
    if (none.size > 0) row.none = none;
  }

  /** The text in a slot of a row. */
  text(row: RowState, slot: number): string {
    const { values } = row;
    return slot < values.length ? (values[slot] as string) : '';
  }

  /** The text that goes out in a slot of a row: of a field that only goes in, what came in or was edited by hand. */
  delivered(row: RowState, slot: number): string {
    if (this.cameIn.size === 0 || !this.cameIn.has(slot)) return this.text(row, slot);
    const edited = row.byHand?.[this.slots[slot] as string];
    if (edited !== undefined) return edited;
    const text = this.original(row.index, slot);
    return this.blankWords.has(text.toLowerCase()) ? '' : text;
  }

  /** All texts of a row by slot, as they go out; its own list where nothing goes out otherwise than it stands. */
  allDelivered(row: RowState): readonly string[] {
    let texts = row.values;
    if (this.cameIn.size === 0) return texts;
    for (const slot of this.cameIn) {
      const text = this.delivered(row, slot);
      if (text !== this.text(row, slot)) texts = texts.with(slot, text);
    }
    return texts;
  }

  /** Whether a row with this text in the slot at a place of `cellSlots` has that cell: an added one only if something stands in it. */
  hasCell(at: number, text: string): boolean {
    return at < this.sureCells || !isBlank(text);
  }

  /** Writes a slot of a row; the row gets a list of its own, for it may share the table's until now. */
  put(row: RowState, slot: number, text: string): void {
    if (!row.owned) {
      row.values = row.values.slice();
      row.owned = true;
    }
    const own = row.values as string[];
    while (own.length < slot) own.push('');
    own[slot] = text;
  }

  /** Whether nothing has been added to a row yet: no field that the file lacks, no word of a person. */
  isPlain(row: RowState): boolean {
    return row.none === null && row.told === null && row.values.length <= this.columnCount;
  }

  /** Whether a fact is blank in all plain rows, as things are now. */
  isAlwaysBlank(fact: string): boolean {
    return this.isSteady(fact) && isBlank(this.reader(fact)(this.start(0)));
  }

  /** Whether a fact reads the same in all plain rows, as things are now. */
  isSteady(fact: string): boolean {
    if (this.context.given?.has(fact)) return true;
    const [head = '', ...rest] = fact.split('.');
    if (head === 'system' || head === 'customer' || head === 'none' || head === 'file') return true;
    if (head === 'reference') return !this.context.references.has(rest[0] ?? '');
    const slot = this.slot(head === 'original' ? rest.join('.') : fact);
    return slot >= this.columnCount;
  }

  /** A cell as the file has it; blank where the file has no such column. */
  original(index: number, slot: number): string {
    return slot < this.columnCount ? (this.table.rows[index]?.cells[slot] ?? '') : '';
  }

  /** A function that reads `fact` of a row; blank for what is not there. */
  reader(fact: string): (row: RowState) => string {
    const given = this.context.given?.get(fact);
    if (given !== undefined) return () => given;
    const slot = this.slot(fact);
    if (slot >= 0) return (row) => this.text(row, slot);
    const [head, ...rest] = fact.split('.');
    const tail = rest.join('.');
    if (head === 'original') {
      const from = this.slot(tail);
      return from < 0 ? () => '' : (row) => row.told?.get(fact) ?? this.original(row.index, from);
    }
    if (head === 'none') return (row) => (this.confirmedNone(tail, row) ? 'yes' : '');
    if (head === 'customer') return () => this.context.customer.get(tail) ?? '';
    if (fact === 'system') return () => this.table.layout;
    if (fact === 'carrier.pin') {
      const carrier = this.slot('carrier');
      return (row) => this.books.carriers.carrier(this.text(row, carrier))?.pin ?? '';
    }
    if (head === 'number') {
      if (tail === 'country') return (row) => this.numberOf(row)?.country ?? '';
      if (tail === 'type') return (row) => this.numberOf(row)?.type ?? '';
      if (tail === 'valid') {
        return (row) => {
          const number = this.numberOf(row);
          return number === null ? '' : number.valid ? 'yes' : 'no';
        };
      }
    }
    if (head === 'reference') {
      const [name = '', ...field] = rest;
      const column = field.join('.');
      // Looked up at each reading: a file may be joined while the session runs.
      return (row) => {
        const told = row.told?.get(fact);
        if (told !== undefined) return told;
        const reference = this.context.references.get(name);
        if (!reference) return '';
        const found = this.referenceRow(reference, row);
        return column === 'found' ? (found ? 'yes' : 'no') : (found?.[column] ?? '');
      };
    }
    if (fact === 'row.duplicate') return (row) => this.aggregates.read('duplicate', row.index);
    if (head === 'file' && rest[0] === 'distinct') {
      const name = tail;
      return (row) => this.aggregates.read(name, row.index);
    }
    return () => '';
  }

  /** Whether a person has said that a fact has no value: then it is not asked for again. */
  confirmedNone(fact: string, row: RowState): boolean {
    if (!fact.startsWith('customer.')) return row.none?.has(fact) ?? false;
    return this.context.customer.get(fact.slice('customer.'.length))?.trim() === '';
  }

  /** The row's number, joined as files write it: E.164 where it can be read as one. */
  rowKey(row: RowState): string {
    const text = this.text(row, this.numberSlot);
    if (isBlank(text)) return '';
    const number = this.numberOf(row);
    if (number?.valid && row.e164 !== null) return row.e164;
    const country = this.text(row, this.countrySlot);
    return numberKey(text, this.books.countries.code(country) ?? this.homeCountry);
  }

  private referenceRow(reference: Reference, row: RowState): Readonly<Record<string, string>> | undefined {
    const key = this.rowKey(row);
    return key === '' ? undefined : reference.rows.get(key);
  }

  private kindOf({ country, type, valid }: NumberFacts): NumberKind {
    for (let at = 0; at < this.kinds.length; at++) {
      const kind = this.kinds[at] as NumberKind;
      if (kind.country === country && kind.type === type && kind.valid === valid) return kind;
    }
    const kind = { country, type, valid };
    this.kinds.push(kind);
    return kind;
  }

  private numberOf(row: RowState): NumberKind | null {
    const text = this.text(row, this.numberSlot);
    if (isBlank(text)) return null;
    // The country helps to read a number without its prefix only; a change of it must not keep an old reading.
    const country = text.charCodeAt(0) === PLUS ? '' : this.text(row, this.countrySlot);
    if (row.numberText !== text || row.numberCountry !== country) {
      const read = readNumber(text, country, this.homeCountry, this.books);
      row.number = this.kindOf(read);
      // One text is kept for both where they are the same: a large file has many numbers.
      row.e164 = read.e164 === text ? text : read.e164;
      row.numberText = text;
      row.numberCountry = country;
    }
    return row.number;
  }
}

const NONE: readonly string[] = [];
const PLUS = 43;

/**
 * What a number's text says beside a country's; `home` is the country of numbers that a layout writes without
 * one. Where there is a home, a number that has its prefix but no `+` is read too.
 */
export function readNumber(
  text: string,
  country: string,
  home: string | undefined,
  books: Books,
): NumberFacts {
  const code = books.countries.code(country) ?? home;
  const read = numberFacts(text, code);
  if (read.valid || home === undefined) return read;
  const restored = numberFacts(numberKey(text, code));
  return restored.valid ? restored : read;
}

/**
 * Fields that become an added last column where a row has something in them: field -> header. Those of the record that
 * a file delivered in its own columns may lack, then the extra fields that were asked for.
 */
export function addedFields(rules: RuleSet, layoutId: string): Map<string, string> {
  const { layouts } = rules.layouts;
  const added = new Map<string, string>();
  if (layouts.find((layout) => layout.id === layoutId)?.output == null) {
    for (const { field, header } of layouts.flatMap((layout) => layout.output ?? [])) {
      const isInputOnly = rules.layouts.fields.get(field)?.inputOnly === true;
      if (!isInputOnly && !added.has(field)) added.set(field, header);
    }
  }
  for (const [field, label] of extraFields(rules)) if (!added.has(field)) added.set(field, label);
  return added;
}

/** The named extra fields that rules and look-ups ask for: field -> label. */
export function extraFields(rules: RuleSet): Map<string, string> {
  const found = new Map<string, string>();
  const add = (list: readonly { field: string; label: string; extra: boolean }[]) => {
    for (const item of list) if (item.extra && !found.has(item.field)) found.set(item.field, item.label);
  };
  for (const table of rules.tables) {
    for (const rule of table.rules) {
      for (const action of rule.then) if (action.do === 'look-up' || action.do === 'refer') add(action.for);
    }
  }
  for (const lookUp of rules.lookUps) add(lookUp.for);
  return found;
}
