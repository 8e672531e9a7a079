/** Reads the tables of a .docx as a person sees them: by their visible text, however a word processor has split it up. */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { CsrError } from '../../engine/problem.ts';
import { notWord, openWord } from './text.ts';

interface WordCell {
  readonly text: string;
  /** Something in it that is no text, in words: what it says cannot be compared. */
  readonly odd: string | null;
}

export interface WordTable {
  /** Merged cells make rows of different length. */
  readonly rows: readonly (readonly WordCell[])[];
  /** The address headings since the table before. */
  readonly headings: readonly string[];
}

/** The style of a section's own heading, as the writer sets it and word processors keep it. */
const HEADING = 'Heading2';

const WORD = /\/wordprocessingml(\/2006)?\/main$/;
const COMPATIBILITY = 'http://schemas.openxmlformats.org/markup-compatibility/2006';

/** What a reader does not see: deleted and moved text, how things were formatted before, the second form of a drawing. */
const UNSEEN = new Set([
  'del',
  'moveFrom',
  'rPrChange',
  'pPrChange',
  'tcPrChange',
  'trPrChange',
  'tblPrChange',
  'tblPrExChange',
  'sectPrChange',
]);

/** Elements of a run that stand for a character. */
const CHARACTERS: Readonly<Record<string, string>> = {
  tab: '\t',
  ptab: '\t',
  br: '\n',
  cr: '\n',
  noBreakHyphen: '\u2011',
  softHyphen: '\u00ad',
};

const NOT_TEXT: Readonly<Record<string, string>> = {
  drawing: 'a picture or text box',
  pict: 'a picture or text box',
  object: 'an embedded object',
  tbl: 'a table',
};

const PIECE = 1 << 16;

/**
 * The tables of a document's body, in order.
 * @param name of the file, for messages.
 * @throws CsrError `not-a-word-document` where it is damaged, has a document type declaration or is too large.
 */
export function readTables(name: string, bytes: Uint8Array): readonly WordTable[] {
  const parts = openWord(
    name,
    bytes,
    (part) => part === '_rels/.rels' || /^word\/document\d*\.xml$/.test(part),
  );
  const target = /<Relationship\b(?=[^>]*\/officeDocument")[^>]*\bTarget="\/?([^"]+)"/.exec(
    new TextDecoder().decode(parts['_rels/.rels']),
  )?.[1];
  const document = parts[target ?? 'word/document.xml'];
  if (document === undefined) throw new CsrError(notWord(name, 'holds no document'));
  const reader = new TableReader();
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for (let at = 0; at < document.length; at += PIECE)
      reader.write(decoder.decode(document.subarray(at, at + PIECE), { stream: true }));
    reader.write(decoder.decode());
    reader.close();
  } catch (error) {
    throw new CsrError({
      ...notWord(name, 'is damaged'),
      found: error instanceof Error ? error.message : String(error),
    });
  }
  return reader.tables;
}

class TableReader {
  readonly tables: { rows: WordCell[][]; headings: string[] }[] = [];
  readonly #parser = new SaxesParser({ xmlns: true });
  /** Local names of the open elements. */
  readonly #path: string[] = [];
  /** How many open elements lie inside one that nobody sees. */
  #unseen = 0;
  #row: { cells: WordCell[]; seen: boolean } | null = null;
  #cell: { text: string; paragraphs: number; odd: string | null } | null = null;
  /** A paragraph outside tables. */
  #paragraph: { text: string; style: string | null } | null = null;
  #headings: string[] = [];
  #run = { hidden: false, capitals: false };
  #text: { content: string; preserved: boolean } | null = null;

  constructor() {
    this.#parser.on('doctype', () => {
      throw new Error('it declares a document type, which no word processor does');
    });
    this.#parser.on('opentag', (tag) => this.#open(tag));
    this.#parser.on('closetag', (tag) => this.#close(tag));
    const add = (text: string): void => {
      if (this.#text !== null && this.#unseen === 0) this.#text.content += text;
    };
    this.#parser.on('text', add);
    this.#parser.on('cdata', add);
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  close(): void {
    this.#parser.close();
  }

  #open(tag: SaxesTagNS): void {
    const parent = this.#path.at(-1);
    this.#path.push(tag.local);
    if (this.#unseen > 0) this.#unseen += 1;
    else if (tag.uri === COMPATIBILITY && tag.local === 'Fallback') this.#unseen = 1;
    else if (WORD.test(tag.uri)) this.#openWord(tag, parent);
  }

  #openWord(tag: SaxesTagNS, parent: string | undefined): void {
    const { local } = tag;
    const cell = this.#cell;
    // A row that is deleted or hidden.
    if (parent === 'trPr' && (local === 'del' || local === 'hidden') && isOn(tag)) {
      if (this.#row !== null) this.#row.seen = false;
      this.#unseen = 1;
    } else if (UNSEEN.has(local)) this.#unseen = 1;
    else if (cell !== null && Object.hasOwn(NOT_TEXT, local)) {
      cell.odd = NOT_TEXT[local] ?? null;
      this.#unseen = 1;
    } else if (local === 'tbl') {
      this.tables.push({ rows: [], headings: this.#headings });
      this.#headings = [];
    } else if (local === 'tr') this.#row = { cells: [], seen: true };
    else if (local === 'tc') this.#cell = { text: '', paragraphs: 0, odd: null };
    else if (local === 'p' && cell === null) this.#paragraph = { text: '', style: null };
    else if (local === 'p' && cell !== null) {
      if (cell.paragraphs > 0) cell.text += '\n';
      cell.paragraphs += 1;
    } else if (local === 'pStyle' && parent === 'pPr') {
      if (this.#paragraph !== null) this.#paragraph.style = attributeOf(tag, 'val') ?? null;
    } else if (local === 'r') this.#run = { hidden: false, capitals: false };
    else if (parent === 'rPr' && this.#path.at(-3) === 'r') {
      if (local === 'vanish') this.#run.hidden = isOn(tag);
      else if (local === 'caps' || local === 'smallCaps') this.#run.capitals ||= isOn(tag);
    } else if (parent === 'r') {
      if (local === 't')
        this.#text = { content: '', preserved: tag.attributes['xml:space']?.value === 'preserve' };
      else if (local === 'sym') this.#add(symbol(tag));
      else if (Object.hasOwn(CHARACTERS, local)) this.#add(CHARACTERS[local] ?? '');
    }
  }

  #add(text: string): void {
    const into = this.#cell ?? this.#paragraph;
    if (into !== null && !this.#run.hidden) into.text += this.#run.capitals ? text.toUpperCase() : text;
  }

  #close(tag: SaxesTagNS): void {
    this.#path.pop();
    if (this.#unseen > 0) {
      this.#unseen -= 1;
      return;
    }
    if (!WORD.test(tag.uri)) return;
    if (tag.local === 't' && this.#text !== null) {
      const { content, preserved } = this.#text;
      this.#add(preserved ? content : content.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''));
      this.#text = null;
    } else if (tag.local === 'p' && this.#paragraph !== null) {
      if (this.#paragraph.style === HEADING) this.#headings.push(this.#paragraph.text);
      this.#paragraph = null;
    } else if (tag.local === 'tc' && this.#cell !== null) {
      this.#row?.cells.push({ text: this.#cell.text, odd: this.#cell.odd });
      this.#cell = null;
    } else if (tag.local === 'tr' && this.#row !== null) {
      if (this.#row.seen) this.tables.at(-1)?.rows.push(this.#row.cells);
      this.#row = null;
    }
  }
}

/** Whether a yes-no element says yes. */
function isOn(tag: SaxesTagNS): boolean {
  return !['0', 'false', 'off', 'none'].includes(attributeOf(tag, 'val') ?? '1');
}

function symbol(tag: SaxesTagNS): string {
  const code = Number.parseInt(attributeOf(tag, 'char') ?? '', 16);
  return code > 0 && code <= 0xffff ? String.fromCharCode(code) : '\ufffd';
}

function attributeOf(tag: SaxesTagNS, local: string): string | undefined {
  return Object.values(tag.attributes).find((attribute) => attribute.local === local)?.value;
}
