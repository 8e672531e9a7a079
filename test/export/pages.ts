/** Pages as their readers see them: an HTML file by an XML reader, which takes nothing that is not closed; Markdown by its tables. */
import { SaxesParser } from 'saxes';

export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** All text in it, with a space where an element begins or ends. */
  text: string;
  readonly children: Element[];
}

/** @throws where a tag is not closed, an attribute stands twice, or a character may not stand there */
export function readHtml(html: string): { root: Element; all: Element[] } {
  const all: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  const space = () => {
    for (const element of open) element.text += ' ';
  };
  parser.on('opentag', ({ name, attributes }) => {
    if (!INLINE.has(name)) space();
    const element: Element = { tag: name, attributes, text: '', children: [] };
    open.at(-1)?.children.push(element);
    all.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    for (const element of open) element.text += text;
  });
  parser.on('closetag', ({ name }) => {
    open.pop();
    if (!INLINE.has(name)) space();
  });
  parser.write(html).close();
  return { root: all[0] as Element, all };
}

const INLINE = new Set(['a', 'b', 'strong', 'em', 'code', 'span']);

export function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The tables of a Markdown text, as cells split at the bars that GitHub splits at. */
export function markdownTables(text: string): string[][][] {
  const tables: string[][][] = [];
  let table: string[][] | null = null;
  for (const line of text.split('\n')) {
    if (line.startsWith('|')) {
      if (table === null) {
        table = [];
        tables.push(table);
      }
      // An escaped bar would be part of its cell; ours are entities, so every bar is a border.
      table.push(line.slice(1, line.endsWith('|') ? -1 : undefined).split('|'));
    } else table = null;
  }
  return tables;
}

/** What a person reads of Markdown: signs of emphasis, escapes, anchors and entities gone. */
export function readMarkdown(text: string): string {
  return squeezed(
    text
      .replace(/<a id="[^"]*"><\/a>|<\/?code>/g, '')
      .replace(/<br>/g, ' ')
      .replace(/(`+)(.+?)\1(?!`)/g, (_, __, code: string) => code.replace(/[\\*_[\]~]/g, '\\$&'))
      .replace(/\]\(#[^)\s]*\)/g, '')
      .replace(/(?<!\\)(\*\*|\*|\[)/g, '')
      .replace(/\\([\\`*_[\]~#+=.)-])/g, '$1')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&#124;/g, '|')
      .replace(/&amp;/g, '&'),
  );
}
