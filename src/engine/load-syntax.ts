/** Slips in the YAML of a rule file, in the words of people who do not program. */

/** An error of the parser: only its place, code and words are used. */
interface ParserError {
  readonly code: string;
  readonly pos: readonly [number, number];
  readonly message: string;
}

/** Where the parser's tokens say that something opened, as offsets into the text. */
export interface Openings {
  /** Brackets that never close. */
  readonly brackets: readonly number[];
  /** Quoted texts that run over several lines, from quote to quote. */
  readonly quotes: readonly { readonly from: number; readonly to: number }[];
}

interface Slip {
  readonly offset: number;
  readonly message: string;
  readonly found?: string;
  readonly wanted?: string;
  readonly help?: string;
}

/** `lost`: from here on the parser reads another structure than was meant, so its further errors say nothing. */
type Reading = Slip & { readonly lost?: boolean };

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * What is wrong, at most once a line and no further than to where the structure is lost.
 * Errors that have no words of their own keep the parser's.
 */
export function slips(text: string, errors: readonly ParserError[], openings: Openings): Slip[] {
  const found: Slip[] = [];
  let saidUpTo = -1;
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const offset = Math.min(error.pos[0], text.length);
    if (offset < saidUpTo) continue;
    const { lost, ...slip } = read(text, { ...error, pos: [offset, error.pos[1]] }, openings);
    found.push(slip);
    if (lost) break;
    saidUpTo = lineAt(text, Math.max(offset, slip.offset)).end;
  }
  return found;
}

function read(text: string, error: ParserError, { brackets, quotes }: Openings): Reading {
  const at = error.pos[0];
  const line = lineAt(text, at);
  const rest = text.slice(at, line.end).trim();
  const { code, message } = error;
  const quote = quotes.find(({ from, to }) => at > from && at <= lineAt(text, to).end);
  if (quote) return openQuote(text, quote.from);
  const bracket = brackets.find((from) => from <= at);
  if (bracket !== undefined && /must (be sufficiently indented and )?end with/.test(message))
    return openBracket(text, bracket, rest);
  if (code === 'TAB_AS_INDENT' || /^ *\t\s*\S/.test(line.text)) return tabbed(text, line, at);
  switch (code) {
    case 'BAD_INDENT':
      return misplaced(text, line);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return mapInText(text, line, at, rest, message);
    case 'MULTILINE_IMPLICIT_KEY':
      return withoutColon(at, rest);
    case 'BAD_SCALAR_START':
      return {
        offset: at,
        message: `a text that begins with ${rest.startsWith('`') ? 'a backtick' : `\`${rest.charAt(0)}\``} needs quotes`,
        found: rest,
        wanted: quoted(rest),
      };
    case 'BAD_DQ_ESCAPE': {
      const sequence = rest.slice(0, 2);
      return {
        offset: at,
        message: `\`${sequence}\` means nothing in double quotes`,
        found: sequence,
        wanted: `\`\\${sequence}\``,
        help: 'write the backslash twice, or put the text in single quotes',
      };
    }
    case 'BLOCK_IN_FLOW':
      return commaOrQuotes(at, rest);
    case 'MISSING_CHAR':
      if (message.startsWith('Sequence item without')) return misplaced(text, line);
      if (/^Missing ,/.test(message)) return commaOrQuotes(at, rest);
      if (message.startsWith('Missing space after :'))
        return {
          offset: at,
          message: 'a colon needs a space after it',
          found: rest,
          wanted: '`key: value`',
        };
      if (message.startsWith('Comments must'))
        return {
          offset: at,
          message: 'a `#` needs a space before it',
          found: rest,
          help: 'a text that holds a `#` goes in quotes as a whole; what follows ` #` is a remark',
        };
      break;
    case 'UNEXPECTED_TOKEN':
      return unexpected(text, at, rest, message) ?? unworded(text, at, message);
    default:
  }
  return unworded(text, at, message);
}

function unexpected(text: string, at: number, rest: string, message: string): Reading | null {
  const here = text.charAt(at);
  if (/^Unexpected flow-(seq|map)-end token/.test(message))
    return {
      offset: at,
      message: `a \`${here}\` closes here and nothing is open`,
      found: `\`${here}\``,
      wanted: `no \`${here}\`, or a \`${here === ']' ? '[' : '{'}\` before it`,
      help: 'a text that holds a bracket needs quotes',
      lost: true,
    };
  if (/^Unexpected , in/.test(message))
    return {
      offset: at,
      message: 'a comma with nothing before it',
      found: '`,`',
      wanted: 'one comma between two things',
    };
  if (/at node end$/.test(message)) {
    const before = text.slice(0, at).trimEnd().slice(-1);
    const quote = before === '"' || before === "'";
    return {
      offset: at,
      message: `the text goes on after its closing \`${before}\``,
      found: rest,
      wanted: 'quotes around the whole text',
      help: quote
        ? "a quote inside the text: write `''` between single quotes, or `\\\"` between double ones"
        : 'a text that begins with a bracket needs quotes',
    };
  }
  if (/^Unexpected block-seq-ind on same line/.test(message))
    return {
      offset: at,
      message: 'a list begins on the line below its key',
      found: rest,
      wanted: 'each `- ` on a line of its own, or quotes if the dash belongs to the text',
    };
  if (/^(Not a YAML token|Block scalar header)/.test(message))
    return {
      offset: at,
      message: 'behind a `|` or `>` the text begins on the next line',
      found: rest,
      wanted: 'the text on the lines below, or quotes if the sign belongs to the text',
    };
  return null;
}

/** The parser's message in the style of the others: one line, lower case, no full stop. */
function unworded(text: string, at: number, message: string): Reading {
  const line = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
  return {
    offset: pastSpaces(text, at),
    message: line.charAt(0).toLowerCase() + line.slice(1),
    help: 'check the indentation, the colons and the quotes of this line and the one above',
    // Errors of this kind come in swarms: one for each token that is left over.
    lost: message.includes('token in YAML stream'),
  };
}

function openQuote(text: string, from: number): Reading {
  return {
    offset: from,
    message: 'a quote opens here and does not close on its line',
    found: text.slice(from, lineAt(text, from).end).trim(),
    wanted: `\`${text.charAt(from)}\` at the end of the text`,
    lost: true,
  };
}

function openBracket(text: string, from: number, rest: string): Reading {
  const open = text.charAt(from);
  const close = open === '[' ? ']' : '}';
  const other = /^[\]}]/.test(rest)
    ? `\`${rest.charAt(0)}\``
    : text.slice(from, lineAt(text, from).end).trim();
  return {
    offset: from,
    message: `a \`${open}\` opens here and does not close`,
    found: other,
    wanted: `\`${close}\` at the end, on this line or on one that is indented deeper`,
    help: 'a text that holds a bracket needs quotes',
    lost: true,
  };
}

function tabbed(text: string, line: Line, at: number): Reading {
  const leading = /^ *\t/.exec(line.text);
  const tab = leading ? line.start + leading[0].length - 1 : Math.max(at, text.indexOf('\t', at));
  const others = (text.slice(line.end).match(/^ *\t\s*\S/gm) ?? []).length;
  const more =
    others === 0 ? '' : `; ${others} more ${others === 1 ? 'line begins' : 'lines begin'} with one`;
  return {
    offset: tab,
    message: 'a tab cannot indent a line',
    found: 'a tab, shown as →',
    wanted: 'spaces, as many as the lines that it belongs with have',
    help: `replace the tab by spaces${more}`,
    lost: true,
  };
}

/** Two colons in one line; or a text below which a block stands that its indent makes a part of it. */
function mapInText(text: string, line: Line, at: number, rest: string, message: string): Reading {
  if (message.startsWith('A block sequence')) return misplaced(text, line);
  if (/:(\s|$)/.test(rest)) {
    return {
      offset: at,
      message: 'a text with `: ` in it needs quotes',
      found: rest,
      wanted: quoted(rest),
      help: 'put the whole text in quotes, or take out the space after the colon',
    };
  }
  const below = nextLine(text, line);
  if (!below) return misplaced(text, line);
  // Where the line below fits what stands above this one, this one is out of place.
  return fitting(text, line).includes(indentOf(below.text)) ? misplaced(text, line) : misplaced(text, below);
}

function withoutColon(at: number, rest: string): Reading {
  const close = /^[^\s:]+:(?=\S)/.exec(rest);
  if (close)
    return {
      offset: at,
      message: 'a colon needs a space after it',
      found: rest,
      wanted: `\`${close[0]} ${rest.slice(close[0].length)}\``,
      lost: true,
    };
  return {
    offset: at,
    message: 'a key without a colon',
    found: rest,
    wanted: '`key: value`',
    help: "if the line belongs to the text above, indent it deeper than that text's key",
    lost: true,
  };
}

function commaOrQuotes(at: number, rest: string): Reading {
  return {
    offset: at,
    message: 'a comma is missing before this, or quotes around a text',
    found: rest,
    wanted: 'a comma between two things; quotes around a text with a comma, a bracket or `: ` in it',
  };
}

function misplaced(text: string, line: Line): Reading {
  if (/^ *\t/.test(line.text)) return tabbed(text, line, line.start);
  const found = indentOf(line.text);
  const offset = line.start + found;
  const above = previousLine(text, line);
  const dashed = [line, above].find((one) => one && /^ *-[^\s-]/.test(one.text));
  if (dashed)
    return {
      offset: dashed.start + indentOf(dashed.text),
      message: 'a dash needs a space after it',
      found: dashed.text.trim(),
      wanted: `\`- ${dashed.text.trim().slice(1)}\``,
      lost: true,
    };
  const fits = fitting(text, line).filter((indent) => indent !== found);
  return {
    offset,
    message: "the line's indent does not fit the lines above it",
    found: spaces(found),
    ...(fits.length === 0
      ? {}
      : { wanted: `${fits.map(String).join(' or ')} spaces`.replace(/^1 spaces/, '1 space') }),
    help: 'lines that belong together begin in the same column; what belongs to a key stands two spaces deeper',
    lost: true,
  };
}

/** The indents of the blocks that are open above a line: those of keys, or of dashes for a line with a dash. */
function fitting(text: string, line: Line): number[] {
  const wantsDash = /^ *-\s/.test(line.text);
  const fits = new Set<number>();
  let least = Number.POSITIVE_INFINITY;
  for (let above = previousLine(text, line); above && least > 0; above = previousLine(text, above)) {
    if (/^\s*(#|$)/.test(above.text)) continue;
    const indent = indentOf(above.text);
    const dashes = /^ *((?:- +)+)/.exec(above.text)?.[1]?.length ?? 0;
    if (indent >= least) continue;
    if (!wantsDash && indent + dashes < least) fits.add(indent + dashes);
    if (wantsDash && dashes > 0) fits.add(indent);
    least = indent;
  }
  return [...fits];
}

function spaces(count: number): string {
  return count === 0 ? 'no space before it' : `${count} ${count === 1 ? 'space' : 'spaces'} before it`;
}

function quoted(text: string): string {
  return text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text.replaceAll('\\', '\\\\')}"`;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function pastSpaces(text: string, at: number): number {
  let offset = at;
  while (text[offset] === ' ') offset += 1;
  return offset;
}

function lineAt(text: string, offset: number): Line {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const next = text.indexOf('\n', offset);
  const end = next < 0 ? text.length : next;
  return { start, end, text: text.slice(start, end) };
}

function previousLine(text: string, line: Line): Line | null {
  return line.start === 0 ? null : lineAt(text, line.start - 1);
}

/** The next line that says something. */
function nextLine(text: string, line: Line): Line | null {
  for (let from = line.end + 1; from < text.length; ) {
    const next = lineAt(text, from);
    if (!/^\s*(#|$)/.test(next.text)) return next;
    from = next.end + 1;
  }
  return null;
}
