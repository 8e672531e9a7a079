/** A page as one HTML file: no script, nothing fetched, light and dark, on paper as on a screen. */
import {
  type Block,
  type Cell,
  conditionHeads,
  type Heading,
  type Inline,
  type Line,
  nameOf,
  oneLine,
  type Page,
} from './page.ts';

/** Written as XML would have it as well, so that an XML reader can say whether every tag is closed. */
export function pageAsHtml(page: Page): string {
  const counts = page.counts.map(
    ({ count, what, to }) =>
      `<li><a href="${target(to)}"><b>${count}</b> <span>${escaped(what)}</span></a></li>`,
  );
  return `<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="generator" content="csr rules docs"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>${escaped(page.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Contents">
<p><a href="#top">${escaped(page.title)}</a></p>
${contents(page.blocks)}
</nav>
<main id="top">
<header>
<h1>${escaped(page.title)}</h1>
<p>${line(page.lead)}</p>
<ul class="counts">${counts.join('')}</ul>
</header>
${page.blocks.map(block).join('\n')}
</main>
</body>
</html>
`;
}

function contents(blocks: readonly Block[]): string {
  return level(
    blocks.flatMap((one) => (one.is === 'heading' && one.listed ? [one] : [])),
    2,
  );
}

/** The headings of one level, each with those below it. */
function level(headings: readonly Heading[], depth: number): string {
  const starts = headings.flatMap((one, at) => (at === 0 || one.level <= depth ? [at] : []));
  const items = starts.map((from, at) => {
    const { id, text } = headings[from] as Heading;
    return `<li><a href="${target(id)}">${escaped(text)}</a>${level(headings.slice(from + 1, starts[at + 1]), depth + 1)}</li>`;
  });
  return items.length === 0 ? '' : `\n<ol>\n${items.join('\n')}\n</ol>`;
}

function block(one: Block): string {
  switch (one.is) {
    case 'heading':
      return `<h${one.level} id="${escaped(one.id)}">${escaped(one.text)} <a class="anchor" href="${target(one.id)}" aria-label="Link to this heading">#</a></h${one.level}>`;
    case 'text':
      return `<p>${line(one.line)}</p>`;
    case 'list': {
      const items = one.items.map((item) => `<li>${line(item)}</li>`).join('');
      return one.items.length === 0 ? '' : one.ordered ? `<ol>${items}</ol>` : `<ul>${items}</ul>`;
    }
    case 'terms':
      return one.rows.length === 0
        ? ''
        : `<dl>${one.rows.map(([term, text]) => `<div><dt>${escaped(term)}</dt><dd>${cell(text)}</dd></div>`).join('')}</dl>`;
    case 'table':
      return table(
        head(one.columns),
        `<tbody>${one.rows.map(({ id, cells }) => `<tr${id === null ? '' : ` id="${escaped(id)}"`}>${cells.map((text) => `<td>${cell(text)}</td>`).join('')}</tr>`).join('\n')}</tbody>`,
      );
    case 'decisions':
      return decisions(one);
  }
}

function decisions({ columns, also, rows }: Extract<Block, { is: 'decisions' }>): string {
  const width = columns.length + (also ? 1 : 0);
  const all = Math.max(1, width);
  const bodies = rows.map((row, at) => {
    const asked = row.conditions.map((text) => `<td>${text.length === 0 ? '–' : cell(text)}</td>`);
    const when =
      row.always === null
        ? [...asked, ...(also ? [`<td class="and">${cell(row.also)}</td>`] : [])].join('')
        : `<td colspan="${all}">${escaped(row.always)}</td>`;
    return `<tbody id="${escaped(row.id)}">
<tr class="title"><td>${at + 1}</td><th scope="rowgroup" colspan="${all + 1}">${escaped(row.title)}</th></tr>
<tr class="what"><td></td>${when}<td class="then">${cell(row.deeds)}</td></tr>
<tr class="why"><td></td><td colspan="${all + 1}">${escaped(row.why)} <small>${code(nameOf(row))} · ${line(row.origin)}</small></td></tr>
</tbody>`;
  });
  return table(head(['#', ...conditionHeads(columns, also), 'Then']), bodies.join('\n'), 'decisions');
}

function table(top: string, body: string, kind = ''): string {
  return `<div class="wide"><table${kind === '' ? '' : ` class="${kind}"`}>${top}\n${body}</table></div>`;
}

function head(columns: readonly string[]): string {
  return `<thead><tr>${columns.map((text) => `<th scope="col">${escaped(text)}</th>`).join('')}</tr></thead>`;
}

function cell(text: Cell): string {
  return text.length === 1 ? line(text[0] as Line) : text.map((one) => `<div>${line(one)}</div>`).join('');
}

function line(parts: Line): string {
  return parts.map(inline).join('');
}

function inline(part: Inline): string {
  if (typeof part === 'string') return escaped(part);
  if ('code' in part) return code(part.code);
  if ('place' in part) return `<span class="place">${escaped(part.place)}</span>`;
  if ('strong' in part) return `<strong>${escaped(part.strong)}</strong>`;
  if ('name' in part) return `<em>${escaped(part.name)}</em>`;
  if ('mark' in part) return `<span class="mark ${part.tone}">${escaped(part.mark)}</span>`;
  return `<a href="${target(part.to)}">${escaped(part.link)}</a>`;
}

/** A code of more characters may break anywhere. */
const SHORT = 24;

function code(text: string): string {
  return `<code${text.length > SHORT ? ' class="long"' : ''}>${escaped(text)}</code>`;
}

function target(id: string): string {
  return `#${escaped(encodeURIComponent(id))}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (one) => ENTITIES[one] as string);
}

const STYLE = `
:root {
  --paper: #fcfcfa; --ink: #23282c; --soft: #5c666d; --line: #e0e3e1; --tint: #f2f4f1; --accent: #1f6b66;
  --good: #2c6e49; --news: #2b5f8a; --care: #855a00; --alarm: #9c2f3d;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15191b; --ink: #d9dedb; --soft: #98a39f; --line: #2c3335; --tint: #1c2123; --accent: #7cc4bb;
    --good: #85c79c; --news: #8fbfe6; --care: #e0b564; --alarm: #ef98a2;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  display: grid; grid-template-columns: 17rem minmax(0, 1fr);
}
a { color: var(--accent); text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); text-underline-offset: 0.2em; }
a:hover { text-decoration-color: currentColor; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
nav {
  position: sticky; top: 0; align-self: start; height: 100vh; overflow-y: auto;
  padding: 2rem 1rem 2rem 1.5rem; border-right: 1px solid var(--line); font-size: 0.85rem; line-height: 1.4;
}
nav p { margin: 0 0 1rem; font-weight: 600; }
nav a { color: var(--soft); text-decoration: none; display: block; padding: 0.15rem 0; }
nav a:hover { color: var(--accent); }
nav ol { list-style: none; margin: 0; padding: 0; }
nav ol ol { padding-left: 0.9rem; }
nav > ol > li { margin-bottom: 0.35rem; }
nav > ol > li > a { color: var(--ink); }
main { padding: 2.5rem clamp(1.25rem, 4vw, 4rem) 6rem; max-width: 78rem; }
header { margin-bottom: 2.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 0.5rem; font-weight: 650; letter-spacing: -0.015em; }
header p { color: var(--soft); margin: 0; max-width: 46rem; }
.counts { list-style: none; display: flex; flex-wrap: wrap; gap: 0.75rem; padding: 0; margin: 1.5rem 0 0; }
.counts a { display: block; min-width: 8.5rem; padding: 0.7rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--tint); color: inherit; text-decoration: none; }
.counts a:hover { border-color: var(--accent); }
.counts b { display: block; font-size: 1.5rem; line-height: 1.2; font-weight: 600; font-variant-numeric: tabular-nums; }
.counts span { color: var(--soft); font-size: 0.85rem; }
h2 { font-size: 1.45rem; line-height: 1.25; margin: 3.5rem 0 0.75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); font-weight: 620; letter-spacing: -0.01em; }
h3 { font-size: 1.12rem; line-height: 1.3; margin: 2.25rem 0 0.5rem; font-weight: 620; }
h4 { font-size: 1rem; margin: 1.75rem 0 0.4rem; font-weight: 620; }
.anchor { opacity: 0; text-decoration: none; font-weight: 400; }
:is(h2, h3, h4):hover .anchor, .anchor:focus-visible { opacity: 0.6; }
main > p, main > ul, main > ol, main > dl { max-width: 50rem; }
p { margin: 0.5rem 0; }
ul, ol { padding-left: 2rem; margin: 0.5rem 0; }
li { margin: 0.2rem 0; }
dl { margin: 0.75rem 0; font-size: 0.92rem; }
dl > div { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: 1rem; padding: 0.3rem 0; border-top: 1px solid var(--line); }
dl > div:first-child { border-top: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
code { font: 0.86em ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; background: var(--tint); border-radius: 3px; padding: 0.08em 0.3em; white-space: nowrap; }
code.long { white-space: normal; overflow-wrap: anywhere; }
.place { font: 0.86em ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; color: var(--soft); white-space: nowrap; }
em { font-style: italic; color: var(--accent); }
.wide { overflow-x: auto; margin: 0.75rem 0 1.5rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; line-height: 1.45; }
th { text-align: left; vertical-align: bottom; font-weight: 600; color: var(--soft); padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 2px solid var(--line); }
td { vertical-align: top; padding: 0.5rem 0.75rem 0.5rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
td > div + div { margin-top: 0.25rem; }
tr:target td, tbody:target td { background: color-mix(in srgb, var(--accent) 10%, transparent); }
.decisions tbody { break-inside: avoid; }
.decisions tbody td { border-bottom: 0; padding-top: 0.15rem; padding-bottom: 0.15rem; }
.decisions tbody tr > td:first-child { width: 2.2rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.decisions .title > * { padding-top: 0.75rem; padding-bottom: 0.1rem; border-bottom: 0; color: var(--ink); }
.decisions .what td:has(a), .decisions .what td:has(.long) { min-width: 9rem; }
.decisions .and { min-width: 12rem; }
.decisions .then { min-width: 16rem; }
.decisions .why td { color: var(--soft); padding-bottom: 0.8rem; border-bottom: 1px solid var(--line); }
small { display: block; margin-top: 0.25rem; font-size: 0.82rem; color: var(--soft); }
.mark { display: inline-block; font-size: 0.72rem; line-height: 1.3; letter-spacing: 0.02em; padding: 0.05rem 0.45rem; border: 1px solid currentColor; border-radius: 99px; white-space: nowrap; color: var(--soft); }
.good { color: var(--good); } .news { color: var(--news); } .care { color: var(--care); } .alarm { color: var(--alarm); }
@media screen and (max-width: 60rem) {
  body { display: block; }
  nav { position: static; height: auto; max-height: 40vh; border-right: 0; border-bottom: 1px solid var(--line); }
  dl > div { grid-template-columns: 1fr; gap: 0; }
}
@page { margin: 16mm 14mm; }
@media print {
  html { font-size: 11px; }
  body { display: block; font-size: 1rem; background: none; }
  nav { position: static; height: auto; max-height: none; overflow: visible; border: 0; padding: 0; columns: 2; column-gap: 2rem; break-after: page; }
  nav a, a { color: inherit; text-decoration: none; }
  main { padding: 0; max-width: none; }
  h2, h3, h4 { break-after: avoid; }
  tr, dl > div, li { break-inside: avoid; }
  thead { display: table-header-group; }
  .wide { overflow: visible; }
  .anchor { display: none; }
  code { background: none; padding: 0; }
}
`;
