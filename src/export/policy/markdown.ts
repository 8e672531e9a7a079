/** A page as Markdown that GitHub and its like show: escaped, with tables that stay tables whatever stands in them. */
import {
  type Block,
  type Cell,
  conditionHeads,
  type Inline,
  type Line,
  nameOf,
  oneLine,
  type Page,
} from './page.ts';

export function pageAsMarkdown(page: Page): string {
  const contents = page.blocks.flatMap((block) =>
    block.is === 'heading' && block.listed
      ? [`${'  '.repeat(block.level - 2)}- [${escaped(block.text)}](#${target(block.id)})`]
      : [],
  );
  const counts = page.counts.map(({ count, what, to }) => `**${count}** [${escaped(what)}](#${target(to)})`);
  const parts = [
    `# ${escaped(page.title)}`,
    line(page.lead),
    counts.join(' · '),
    contents.join('\n'),
    ...page.blocks.map(block),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function block(one: Block): string {
  switch (one.is) {
    case 'heading':
      return `${anchor(one.id)}\n\n${'#'.repeat(one.level)} ${escaped(one.text)}`;
    case 'text':
      return opening(line(one.line));
    case 'list':
      return one.items
        .map((item, at) => `${one.ordered ? `${at + 1}.` : '-'} ${opening(line(item))}`)
        .join('\n');
    case 'terms':
      return one.rows
        .map(([term, text]) => `- **${escaped(term)}:** ${text.map(line).join('<br>')}`)
        .join('\n');
    case 'table':
      return table(
        one.columns,
        one.rows.map(({ id, cells }) =>
          cells.map((text, at) => `${at === 0 && id !== null ? anchor(id) : ''}${inCell(text)}`),
        ),
      );
    case 'decisions':
      return decisions(one);
  }
}

function decisions({ columns, also, rows }: Extract<Block, { is: 'decisions' }>): string {
  const heads = conditionHeads(columns, also);
  const body = rows.map((row, at) => {
    const when = row.always === null ? [...row.conditions, ...(also ? [row.also] : [])] : [[[row.always]]];
    const cells = heads.map((_, column) => inCell(when[column] ?? []) || '–');
    return [
      `${anchor(row.id)}${at + 1}`,
      wrapped('**', row.title),
      ...cells,
      inCell(row.deeds),
      escaped(row.why),
    ];
  });
  const origins = rows.map((row, at) => `${at + 1}. ${code(nameOf(row))} · ${line(row.origin)}`);
  return `${table(['#', 'Rule', ...heads, 'Then', 'Why'], body)}\n\n${origins.join('\n')}`;
}

function anchor(id: string): string {
  return `<a id="${attribute(id)}"></a>`;
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('|', '&#124;');
}

function target(id: string): string {
  return encodeURIComponent(id).replace(/[()*'!]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((text) => (text === '' ? ' ' : text)).join(' | ')} |`;
  return [row(columns.map(escaped)), `|${'---|'.repeat(columns.length)}`, ...rows.map(row)].join('\n');
}

/** Cells are one line each; lines of their own are told apart by a break. */
function inCell(text: Cell): string {
  return text.map(line).join('<br>');
}

function line(parts: Line): string {
  return parts.map(inline).join('').trim();
}

function inline(part: Inline): string {
  if (typeof part === 'string') return escaped(part);
  if ('code' in part) return code(part.code);
  if ('place' in part) return code(part.place);
  if ('strong' in part) return wrapped('**', part.strong);
  if ('name' in part) return wrapped('*', part.name);
  if ('mark' in part) return code(part.mark);
  return `[${escaped(part.link)}](#${target(part.to)})`;
}

/** Markdown sees no emphasis where its sign meets a space. */
function wrapped(sign: string, text: string): string {
  const [, before = '', inner = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  return inner === '' ? before : `${before}${sign}${escaped(inner)}${sign}${after}`;
}

function code(text: string): string {
  const single = oneLine(text);
  // A bar ends a cell even inside code, and no escape of it holds behind every backslash.
  if (single.includes('|')) return `<code>${escaped(single)}</code>`;
  const longest = Math.max(0, ...[...single.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padded = /^`|`$|^ .* $/.test(single) ? ` ${single} ` : single;
  return single.trim() === '' ? '` `' : `${fence}${padded}${fence}`;
}

function escaped(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('|', '&#124;');
}

/** What begins a line must not be taken for a heading, a list or a quote. */
function opening(text: string): string {
  return text.replace(/^([#+=-])/, '\\$1').replace(/^(\d+)([.)])/, '$1\\$2');
}
