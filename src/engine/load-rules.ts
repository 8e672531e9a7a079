/** Reads what rules say: tests, actions, examples and where they come from. */
import { ANY_CELL, normalise } from './facts.ts';
import {
  ANSWERABLE,
  BASIS_WORDS,
  EXAMPLE,
  EXPECT,
  OPERATORS,
  RESERVED,
  RULE,
  SEVERITY_WORDS,
  SOURCE,
  STATUS_WORDS,
  THEN,
} from './grammar.ts';
import { checkDates } from './load-dates.ts';
import {
  checkFact,
  checkField,
  checkProcedure,
  isField,
  isPlainName,
  knownCarrier,
  knownCountry,
  typeOfFact,
  type Vocabulary,
  valuesOfFact,
} from './load-words.ts';
import {
  describe,
  type Entry,
  type Findings,
  isEmpty,
  isNothing,
  Keys,
  type MapNode,
  mapOf,
  type Node,
  showNode,
  type TextNode,
  textOf,
  textsOf,
} from './load-yaml.ts';
import { nearestNames } from './names.ts';
import { Pattern, PatternError } from './pattern.ts';
import type { Place } from './problem.ts';
import {
  type Action,
  type Answerable,
  BY_CARRIER,
  type Example,
  type FactType,
  type Op,
  type Provenance,
  type Rule,
  type Source,
  type Stage,
  type Test,
} from './rule.ts';

function readPattern(node: Node, findings: Findings): Pattern | null {
  if (node.kind !== 'text' || node.text === '') {
    findings.bad(node.place, 'a pattern is one text', describe(node), 'a regular expression in quotes');
    return null;
  }
  try {
    return Pattern.of(node.text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    // Escapes in double quotes move the columns; then only the pattern's start is sure.
    const start = node.written.indexOf(node.text);
    const shift = error.index === null || start < 0 ? 0 : start + error.index;
    findings.report(
      'bad-pattern',
      { ...node.place, column: node.place.column + shift },
      `bad pattern: ${error.message}`,
      {
        found: node.text,
        wanted: 'a regular expression of RE2’s syntax (no look-around, no references back)',
      },
    );
    return null;
  }
}

/** `why`, `source`, `basis`, `owner` and the dates of whatever carries them. */
export function readProvenance(keys: Keys): Provenance {
  const { findings } = keys;
  const source = readSource(keys);
  const from = keys.date('from');
  const until = keys.date('until');
  if (from !== null && until !== null && from > until) {
    findings.report('bad-date', keys.valuePlace('until'), `\`until\` ${until} is before \`from\` ${from}`, {
      found: until,
      wanted: `${from} or later`,
    });
  }
  const provenance: Provenance = {
    why: keys.text('why'),
    source,
    basis: keys.oneOf('basis', BASIS_WORDS) ?? 'ours',
    owner: keys.textOrNull('owner'),
    reviewBy: keys.date('review-by'),
    from,
    until,
  };
  checkDates(keys, provenance);
  return provenance;
}

function readSource(keys: Keys): Source {
  const block = keys.block('source');
  if (!block) return { document: '', section: null };
  const source = new Keys(block, keys.findings).check(SOURCE);
  return { document: source.text('document'), section: source.textOrNull('section') };
}

/** An id, with a finding where it is not one word. */
export function readId(keys: Keys): string {
  const id = keys.text('id');
  if (id !== '' && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id)) {
    keys.findings.bad(
      keys.valuePlace('id'),
      `\`${id}\` is no id`,
      id,
      'letters, digits and dashes, such as `us-blank-claimed`',
    );
  }
  return id;
}

/** What a person fills in: names of fields, and extra fields with a label and a pattern. */
export function readAnswerables(entry: Entry | null, words: Vocabulary, findings: Findings): Answerable[] {
  if (!entry || isNothing(entry.value)) return [];
  const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const found: Answerable[] = [];
  for (const item of items) {
    if (item.kind === 'text') {
      const field = item.text.trim();
      if (!checkField(field, item.place, words, findings)) continue;
      const label = words.fields.get(field)?.label ?? words.extras.get(field) ?? field;
      found.push({ field, label, extra: !words.fields.has(field), pattern: null, format: null });
    } else if (item.kind === 'map') {
      const keys = new Keys(item, findings).check(ANSWERABLE);
      const field = keys.text('field');
      if (field === '') continue;
      if (!words.fields.has(field) && !isPlainName(field)) {
        findings.bad(
          keys.valuePlace('field'),
          `\`${field}\` cannot name a field`,
          field,
          'a word of letters and digits',
        );
        continue;
      }
      const patternEntry = keys.get('pattern');
      found.push({
        field,
        label: keys.textOrNull('label') ?? words.fields.get(field)?.label ?? field,
        extra: !words.fields.has(field),
        pattern: patternEntry ? readPattern(patternEntry.value, findings) : null,
        format: keys.textOrNull('format'),
      });
    } else {
      findings.bad(
        item.place,
        '`for` names fields',
        describe(item),
        'a field, or `{ field, label, pattern, format }`',
      );
    }
  }
  const seen = new Set<string>();
  for (const { field } of found) {
    if (seen.has(field))
      findings.bad(entry.value.place, `\`${field}\` stands twice in \`for\``, field, 'each field once');
    seen.add(field);
  }
  return found;
}

/** The extra fields that a `for` names, before anything else is known. */
export function extraNames(node: Node | undefined): [field: string, label: string][] {
  const items = node?.kind === 'list' ? node.items : node ? [node] : [];
  return items.flatMap((item): [string, string][] => {
    if (item.kind !== 'map') return [];
    const text = (key: string) => {
      const value = item.entries.find((entry) => entry.key === key)?.value;
      return value?.kind === 'text' ? value.text.trim() : '';
    };
    const field = text('field');
    return isPlainName(field) ? [[field, text('label') || field]] : [];
  });
}

// Tests

type Operator = keyof typeof OPERATORS.keys;

function isOperator(word: string): word is Operator {
  return Object.hasOwn(OPERATORS.keys, word);
}

/** One block of conditions. */
function readTests(block: MapNode, words: Vocabulary, findings: Findings): Test[] {
  const tests: Test[] = [];
  for (const { key: fact, place, value } of block.entries) {
    if (!checkFact(fact, place, words, findings)) continue;
    const written = `${fact}: ${showNode(value)}`;
    if (value.kind !== 'map') {
      const op = readValue(fact, value, words, findings);
      if (op) tests.push({ fact, op, place, written });
      continue;
    }
    if (value.entries.length === 0) {
      findings.bad(value.place, `\`${fact}\` says nothing`, '{}', 'a value, a list or an operator');
      continue;
    }
    const ops: { op: Op; entry: Entry }[] = [];
    for (const entry of value.entries) {
      const op = readOperator(fact, entry, words, findings);
      if (op) ops.push({ op, entry });
    }
    if (fact === ANY_CELL && ops.length > 1) {
      // All of one and the same cell, so they cannot be judged apart.
      tests.push({ fact, op: { kind: 'all-of', ops: ops.map(({ op }) => op) }, place, written });
      continue;
    }
    for (const { op, entry } of ops) {
      const alone = value.entries.length === 1;
      tests.push({
        fact,
        op,
        place: alone ? place : entry.place,
        written: alone ? written : `${fact}: { ${entry.key}: ${showNode(entry.value)} }`,
      });
    }
  }
  return tests;
}

function isReserved(text: string): text is keyof typeof RESERVED {
  return Object.hasOwn(RESERVED, text);
}

/** A value or a list of values without an operator: a reserved word, or equality. */
function readValue(fact: string, node: TextNode | Node, words: Vocabulary, findings: Findings): Op | null {
  if (node.kind === 'text') {
    const text = node.text.trim();
    if (isReserved(text)) return readReserved(fact, text, node, words, findings);
    if (text === '') {
      findings.bad(
        node.place,
        `\`${fact}\` has no value`,
        'nothing',
        '`blank`, `present`, a value or an operator',
        'for an empty cell write `blank`',
      );
      return null;
    }
    const lower = text.toLowerCase();
    if (isReserved(lower) && node.plain) {
      findings.bad(
        node.place,
        `\`${text}\` is a reserved word in other letters`,
        text,
        `\`${lower}\``,
        `for the text itself write \`{ equals: "${text}" }\``,
      );
      return null;
    }
  } else if (node.kind === 'list') {
    for (const item of node.items) {
      if (item.kind !== 'text' || !isReserved(item.text.trim())) continue;
      findings.bad(
        item.place,
        `\`${item.text.trim()}\` cannot stand in a list`,
        item.text.trim(),
        'values only',
        'use `when-any` for "blank or …", `equals` for the text itself',
      );
      return null;
    }
  }
  return readEquals(fact, node, words, findings);
}

function readReserved(
  fact: string,
  word: keyof typeof RESERVED,
  node: TextNode,
  words: Vocabulary,
  findings: Findings,
): Op | null {
  if (word === 'known' || word === 'unknown') {
    const type = typeOfFact(fact, words);
    if (type !== 'carrier' && type !== 'country') {
      findings.bad(
        node.place,
        `\`${word}\` is for carriers and countries`,
        `${fact}: ${word}`,
        '`present`, `blank` or a value',
        'no list says which values of this fact are known',
      );
      return null;
    }
  }
  return { kind: word };
}

function readEquals(fact: string, node: Node, words: Vocabulary, findings: Findings): Op | null {
  if (isEmpty(node)) {
    findings.bad(node.place, `\`${fact}\` has no value`, 'nothing', 'a value or a list of values');
    return null;
  }
  const nodes = textsOf(node, `the value of \`${fact}\``, findings);
  if (nodes.length === 0) return null;
  const type = typeOfFact(fact, words);
  const keys = nodes.map((one) => valueKey(fact, type, one, words, findings));
  return { kind: 'equals', keys: [...new Set(keys)], written: nodes.map((one) => one.text.trim()) };
}

/** What a value is compared by; reports one that the fact can never have. */
function valueKey(
  fact: string,
  type: FactType,
  node: TextNode,
  words: Vocabulary,
  findings: Findings,
): string {
  const { books } = words;
  const text = node.text.trim();
  if (type === 'carrier') return knownCarrier(node, books, findings) ?? text;
  if (type === 'country') return knownCountry(node, books, findings) ?? text;
  const key = normalise(type, text, books);
  const values = valuesOfFact(fact, words);
  if (values && !values.some((one) => one.toLowerCase() === key.toLowerCase()))
    findings.unknown('bad-value', node.place, `value of \`${fact}\``, text, values);
  if (typeof type === 'object') {
    const listed = books.values.get(type.values);
    const near =
      listed && !listed.has(key)
        ? nearestNames(text, [...listed.keys(), ...[...listed.values()].flat()])
        : [];
    // Cells may hold other values too, so only what looks like a slip is worth a word.
    if (near[0] !== undefined) {
      findings.report('bad-value', node.place, `\`${text}\` is not a listed value of \`${fact}\``, {
        severity: 'warning',
        found: text,
        wanted: near.map((one) => `\`${one}\``).join(' or '),
        help: `did you mean \`${near[0]}\`?`,
      });
    }
  }
  return key;
}

function readOperator(fact: string, entry: Entry, words: Vocabulary, findings: Findings): Op | null {
  const { key, place, value } = entry;
  if (!isOperator(key)) {
    const help = isReserved(key) ? `write \`${fact}: ${key}\`` : undefined;
    if (help === undefined)
      findings.unknown('unknown-operator', place, 'operator', key, Object.keys(OPERATORS.keys));
    else
      findings.report('unknown-operator', place, `\`${key}\` is a value, not an operator`, {
        found: key,
        help,
      });
    return null;
  }
  switch (key) {
    case 'equals':
      return readEquals(fact, value, words, findings);
    case 'not':
      return readNot(fact, value, words, findings);
    case 'exactly': {
      const texts = isEmpty(value) ? [] : textsOf(value, '`exactly`', findings).map((node) => node.text);
      if (isEmpty(value))
        findings.bad(value.place, '`exactly` has no value', 'nothing', 'a text or a list of texts');
      return texts.length > 0 ? { kind: 'exactly', texts } : null;
    }
    case 'starts-with': {
      if (isEmpty(value))
        findings.bad(value.place, '`starts-with` has no value', 'nothing', 'a prefix or a list of prefixes');
      const prefixes = isEmpty(value)
        ? []
        : textsOf(value, '`starts-with`', findings).map((node) => node.text.trim());
      return prefixes.length > 0 ? { kind: 'starts-with', prefixes } : null;
    }
    case 'matches': {
      const pattern = readPattern(value, findings);
      return pattern ? { kind: 'matches', pattern } : null;
    }
    case 'same-as':
    case 'identical-to': {
      const other = textOf(value, `\`${key}\``, findings);
      if (other === null || !checkFact(other, value.place, words, findings)) return null;
      if (other === fact || other === ANY_CELL) {
        findings.bad(
          value.place,
          `\`${fact}\` cannot be compared with \`${other}\``,
          other,
          'another fact of the row',
        );
        return null;
      }
      return { kind: key, fact: other };
    }
    default:
      return readNumber(fact, key, value, place, words, findings);
  }
}

function readNot(fact: string, node: Node, words: Vocabulary, findings: Findings): Op | null {
  if (node.kind !== 'map') {
    const op = readValue(fact, node, words, findings);
    if (op?.kind === 'any') {
      findings.bad(node.place, '`not: any` never holds', 'not: any', '`blank`, a value or an operator');
      return null;
    }
    return op ? { kind: 'not', ops: [op] } : null;
  }
  if (node.entries.length === 0) {
    findings.bad(node.place, '`not` says nothing', '{}', 'a value, a list or an operator');
    return null;
  }
  const ops = node.entries.map((entry) => readOperator(fact, entry, words, findings));
  const read = ops.filter((op) => op !== null);
  return read.length === ops.length ? { kind: 'not', ops: read } : null;
}

function readNumber(
  fact: string,
  operator: 'at-most' | 'at-least' | 'below' | 'above' | 'between',
  node: Node,
  place: Place,
  words: Vocabulary,
  findings: Findings,
): Op | null {
  const type = typeOfFact(fact, words);
  if (type === 'carrier' || type === 'country' || type === 'yes-no') {
    findings.bad(
      place,
      `\`${operator}\` compares numbers`,
      `${fact} is a ${type === 'yes-no' ? 'yes or no' : type}`,
      'a value or another operator',
    );
    return null;
  }
  const parse = (one: Node): number | null => {
    const text = one.kind === 'text' ? one.text.trim() : '';
    if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text);
    findings.bad(one.place, `\`${operator}\` wants a number`, describe(one), 'a number such as 60 or 2.5');
    return null;
  };
  if (operator === 'between') {
    if (node.kind !== 'list' || node.items.length !== 2) {
      findings.bad(
        node.place,
        '`between` wants two numbers',
        showNode(node) || 'nothing',
        '`[lowest, highest]`',
      );
      return null;
    }
    const [min, max] = node.items.map(parse);
    if (min === null || max === null || min === undefined || max === undefined) return null;
    if (min > max) {
      findings.bad(
        node.place,
        '`between` has its numbers the wrong way round',
        showNode(node),
        `[${max}, ${min}]`,
      );
      return null;
    }
    return { kind: 'number', min, minOpen: false, max, maxOpen: false };
  }
  const number = parse(node);
  if (number === null) return null;
  const open = operator === 'below' || operator === 'above';
  return operator === 'at-most' || operator === 'below'
    ? { kind: 'number', min: null, minOpen: false, max: number, maxOpen: open }
    : { kind: 'number', min: number, minOpen: open, max: null, maxOpen: false };
}

// Actions

function readThen(
  entry: Entry | null,
  words: Vocabulary,
  findings: Findings,
): { actions: Action[]; keys: Keys | null } {
  if (!entry) return { actions: [], keys: null };
  const block = mapOf(entry.value, '`then`', findings);
  if (!block) return { actions: [], keys: null };
  const keys = new Keys(block, findings).check(THEN);
  const filled = keys.get('for');
  if (filled && isNothing(filled.value))
    findings.bad(filled.place, '`for` names no field', 'nothing', 'a field or a list of fields');
  const answerables = readAnswerables(filled, words, findings);
  // In the order of the file, so that reports and explanations read as the rule does.
  const actions: Action[] = [];
  for (const { key } of block.entries) {
    const action = readAction(key, keys, answerables, words);
    if (action) actions.push(action);
  }
  return { actions, keys };
}

function readAction(
  key: string,
  keys: Keys,
  answerables: readonly Answerable[],
  words: Vocabulary,
): Action | null {
  const { findings } = keys;
  const entry = keys.get(key);
  if (!entry) return null;
  switch (key) {
    case 'clear':
    case 'keep': {
      const fields = readFields(keys, key, words);
      return fields.length > 0 ? { do: key, fields } : null;
    }
    case 'set': {
      const values = readPairs(entry, words, findings, (node) => {
        const text = textOf(node, 'a constant', findings);
        if (text === '')
          findings.bad(
            node.place,
            '`set` has no text to write',
            'nothing',
            'a text',
            'to empty a cell write `clear`',
          );
        return text === null || text === '' || node.kind !== 'text' ? null : node.text;
      });
      return values.length > 0 ? { do: 'set', values } : null;
    }
    case 'copy':
    case 'offer': {
      const pairs = readPairs(entry, words, findings, (node) => readFactName(node, words, findings));
      if (pairs.length === 0) return null;
      return key === 'copy' ? { do: key, pairs } : { do: key, pairs, procedure: readProcedure(keys, words) };
    }
    case 'lowest': {
      const block = mapOf(entry.value, '`lowest`', findings);
      if (!block) return null;
      const inside = block.entries.find((one) => one.key === 'per') ?? keys.get('per');
      if (!inside) {
        findings.report('missing-field', entry.place, '`lowest` does not say over which rows', {
          wanted: '`per: carrier`',
        });
        return null;
      }
      const per = readFactName(inside.value, words, findings);
      const rest: Entry = {
        ...entry,
        value: { ...block, entries: block.entries.filter((one) => one.key !== 'per') },
      };
      const pairs = readPairs(rest, words, findings, (node) => readFactName(node, words, findings));
      return per !== null && pairs.length > 0 ? { do: 'lowest', pairs, per } : null;
    }
    case 'look-up': {
      const procedure = keys.text('look-up');
      if (procedure === '') {
        findings.report('missing-field', entry.place, '`look-up` names no procedure', {
          wanted: `a procedure or \`${BY_CARRIER}\``,
        });
        return null;
      }
      if (procedure !== BY_CARRIER) {
        checkProcedure(procedure, keys.valuePlace('look-up'), words, findings);
        if (!keys.has('for')) {
          findings.report('missing-field', entry.place, '`look-up` does not say what it is for', {
            wanted: '`for:` and the fields to fill',
          });
        }
      }
      return { do: 'look-up', procedure, for: answerables };
    }
    case 'refer': {
      const to = keys.text('refer');
      if (to === '') {
        findings.report('missing-field', entry.place, '`refer` names nobody', {
          wanted: '`manager`, `lead` or a queue',
        });
        return null;
      }
      return { do: 'refer', to, for: answerables, procedure: readProcedure(keys, words) };
    }
    case 'ask':
      return readAsk(keys, entry, words);
    case 'exclude': {
      const reason = keys.text('exclude');
      if (reason === '')
        findings.report('missing-field', entry.place, '`exclude` gives no reason', {
          wanted: 'a sentence for the agent',
        });
      return reason === '' ? null : { do: 'exclude', reason };
    }
    case 'flag': {
      const message = keys.text('flag');
      if (message === '') {
        findings.report('missing-field', entry.place, '`flag` says nothing', {
          wanted: 'a sentence for the agent',
        });
        return null;
      }
      for (const [, name = ''] of message.matchAll(/\{([^{}]*)\}/g)) {
        const fact = name.trim();
        // The last two are of the cell that an `any-cell` test has found.
        if (!/^(nearest (carrier|country)|cell|value)$/.test(fact))
          checkFact(fact, keys.valuePlace('flag'), words, findings);
      }
      const severity = keys.oneOf('severity', SEVERITY_WORDS) ?? 'warning';
      const about = keys.textOrNull('about');
      if (about !== null) checkField(about, keys.valuePlace('about'), words, findings);
      return { do: 'flag', message, severity, field: about };
    }
    case 'stop': {
      const yes = keys.yesNo('stop');
      if (yes === true) return { do: 'stop' };
      if (yes === false || isEmpty(entry.value)) {
        findings.bad(
          entry.value.place,
          '`stop` can only be true',
          showNode(entry.value) || 'nothing',
          '`stop: true`',
          'leave the line out to go on',
        );
      }
      return null;
    }
    default:
      return null;
  }
}

function readAsk(keys: Keys, entry: Entry, words: Vocabulary): Action | null {
  const { findings } = keys;
  const fact = keys.text('ask');
  if (fact === '') {
    findings.report('missing-field', entry.place, '`ask` names no fact', { wanted: 'the fact to ask for' });
    return null;
  }
  const place = keys.valuePlace('ask');
  if (!checkFact(fact, place, words, findings)) return null;
  if (!isField(fact, words) && !fact.startsWith('customer.')) {
    findings.bad(
      place,
      `\`${fact}\` cannot be asked for`,
      fact,
      'a field of the row, or a `customer.` fact',
      'it is worked out from other facts',
    );
    return null;
  }
  const suggest = keys.textOrNull('suggest');
  if (suggest !== null) checkFact(suggest, keys.valuePlace('suggest'), words, findings);
  const choices = keys.lines('choices').map((text) => text.trim());
  return { do: 'ask', fact, choices, suggest, procedure: readProcedure(keys, words) };
}

/** The procedure whose steps stand beside a question. */
function readProcedure(keys: Keys, words: Vocabulary): string | null {
  const procedure = keys.textOrNull('procedure');
  if (procedure !== null) checkProcedure(procedure, keys.valuePlace('procedure'), words, keys.findings);
  return procedure;
}

function readFields(keys: Keys, key: string, words: Vocabulary): string[] {
  const nodes = keys.texts(key);
  const entry = keys.get(key);
  if (entry && isEmpty(entry.value)) {
    keys.findings.bad(entry.place, `\`${key}\` names no field`, 'nothing', 'a field or a list of fields');
  }
  return nodes
    .filter((node) => checkField(node.text.trim(), node.place, words, keys.findings))
    .map((node) => node.text.trim());
}

function readFactName(node: Node, words: Vocabulary, findings: Findings): string | null {
  const name = textOf(node, 'a fact', findings);
  return name !== null && checkFact(name, node.place, words, findings) ? name : null;
}

function readPairs(
  entry: Entry,
  words: Vocabulary,
  findings: Findings,
  read: (node: Node) => string | null,
): [field: string, text: string][] {
  const block = mapOf(entry.value, `\`${entry.key}\``, findings);
  if (!block) return [];
  if (block.entries.length === 0) {
    findings.bad(entry.place, `\`${entry.key}\` names no field`, 'nothing', '`field: value`');
    return [];
  }
  const pairs: [string, string][] = [];
  for (const { key, place, value } of block.entries) {
    const known = checkField(key, place, words, findings);
    const text = read(value);
    if (known && text !== null) pairs.push([key, text]);
  }
  return pairs;
}

// Examples and rules

/** A tree as plain data. Objects have no prototype, so that no key means anything by itself. */
function plainData(node: Node): unknown {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'list') return node.items.map(plainData);
  const data: Record<string, unknown> = Object.create(null);
  for (const { key, value } of node.entries) data[key] = plainData(value);
  return data;
}

export function readExamples(keys: Keys, words: Vocabulary): Example[] {
  const { findings } = keys;
  return keys.blocks('examples').map((block) => {
    const example = new Keys(block, findings).check(EXAMPLE);
    const given: Record<string, string> = Object.create(null);
    for (const { key, place, value } of example.block('given')?.entries ?? []) {
      // What a person wrote over a cell: no rule changes it.
      const edited = /^edited\.(.+)$/.exec(key)?.[1];
      const known =
        edited === undefined
          ? checkFact(key, place, words, findings)
          : checkField(edited, place, words, findings);
      if (!known) continue;
      if (value.kind !== 'text')
        findings.bad(value.place, `\`${key}\` of an example is one text`, describe(value), 'a text');
      // `blank` without quotes is the reserved word here too.
      else given[key] = value.plain && value.text === 'blank' ? '' : value.text;
    }
    return {
      given,
      expect: readExpected(example, 'expect', words),
      expectNot: readExpected(example, 'expect-not', words),
      place: example.place,
    };
  });
}

function readExpected(
  example: Keys,
  key: string,
  words: Vocabulary,
): Readonly<Record<string, unknown>> | null {
  const entry = example.get(key);
  if (!entry) return null;
  const block = mapOf(entry.value, `\`${key}\``, example.findings);
  if (!block) return null;
  const { findings } = example;
  const expected = new Keys(block, findings).check(EXPECT);
  // A name that nothing has would make an `expect-not` pass, whatever comes.
  for (const entry of block.entries) checkExpected(entry, expected, words);
  return plainData(block) as Record<string, unknown>;
}

function checkExpected(entry: Entry, expected: Keys, words: Vocabulary): void {
  const { findings } = expected;
  const { key, value } = entry;
  switch (key) {
    case 'set':
      readPairs(entry, words, findings, (node) => textOf(node, 'a text', findings));
      break;
    case 'offer':
      if (value.kind === 'map') readPairs(entry, words, findings, (node) => textOf(node, 'a text', findings));
      else readFields(expected, key, words);
      break;
    case 'clear':
    case 'keep':
      readFields(expected, key, words);
      break;
    case 'for':
      readAnswerables(entry, words, findings);
      break;
    case 'ask':
      for (const { text, place } of expected.texts(key)) checkFact(text.trim(), place, words, findings);
      break;
    case 'look-up':
      for (const { text, place } of expected.texts(key))
        if (text.trim() !== BY_CARRIER) checkProcedure(text.trim(), place, words, findings);
      break;
    case 'status':
      expected.oneOf(key, STATUS_WORDS);
      break;
    case 'exclude':
      expected.text(key);
      break;
    case 'refer':
    case 'flag':
      expected.texts(key);
      break;
    default:
  }
}

/** A rule, and where an empty `when` of it stands. */
export interface ReadRule {
  readonly rule: Rule;
  /** The place to point at where the conditions are empty; null where there are some. */
  readonly unconditional: Place | null;
}

/** One rule of a table. */
export function readRule(block: MapNode, stage: Stage, words: Vocabulary, all: Findings): ReadRule {
  const idNode = block.entries.find((entry) => entry.key === 'id')?.value;
  const id = idNode?.kind === 'text' && idNode.text !== '' ? idNode.text : null;
  const findings = all.of(id);
  const keys = new Keys(block, findings).check(RULE);
  readId(keys);
  const whenEntry = keys.get('when');
  const whenBlock = whenEntry ? mapOf(whenEntry.value, '`when`', findings) : null;
  const when = whenBlock ? readTests(whenBlock, words, findings) : [];
  const whenAny = readWhenAny(keys, words);
  const { actions, keys: thenKeys } = readThen(keys.get('then'), words, findings);
  const provenance = readProvenance(keys);
  if (thenKeys) checkBasis(provenance.basis, thenKeys, actions);
  const empty =
    !keys.has('when-any') && (whenEntry === null || (whenBlock !== null && whenBlock.entries.length === 0));
  return {
    rule: {
      ...provenance,
      id: id ?? '',
      title: keys.text('title'),
      stage,
      when,
      whenAny,
      // biome-ignore lint/suspicious/noThenProperty: the language's own word; it holds a list and is never awaited
      then: actions,
      examples: readExamples(keys, words),
      place: block.place,
    },
    unconditional: empty ? keys.placeOf('when') : null,
  };
}

function readWhenAny(keys: Keys, words: Vocabulary): Test[][] {
  const entry = keys.get('when-any');
  if (!entry) return [];
  const { findings } = keys;
  if (isEmpty(entry.value)) {
    findings.report('empty-when', entry.place, '`when-any` has no blocks, so it never holds', {
      found: 'nothing',
      wanted: 'a list of blocks, one of which must hold',
      help: 'leave `when-any` out, or say what else may hold',
    });
    return [];
  }
  if (entry.value.kind !== 'list') {
    findings.bad(
      entry.value.place,
      '`when-any` is a list of blocks',
      describe(entry.value),
      '`- fact: value` items',
    );
    return [];
  }
  return entry.value.items.map((item) => {
    if (isEmpty(item)) {
      findings.report('empty-when', item.place, 'a block of `when-any` is empty, so it always holds', {
        found: showNode(item) || 'nothing',
        wanted: 'at least one condition',
      });
      return [];
    }
    const block = mapOf(item, 'each block of `when-any`', findings);
    return block ? readTests(block, words, findings) : [];
  });
}

/** What a rule may do that nobody has confirmed yet: a person decides. */
const LEFT_TO_PEOPLE: ReadonlySet<Action['do']> = new Set(['ask', 'offer', 'look-up', 'refer', 'flag']);

/** Only what somebody stated may fill cells without a person. RULES, "How a row is decided". */
function checkBasis(basis: string, keys: Keys, actions: readonly Action[]): void {
  if (basis !== 'reconstructed' && basis !== 'ours') return;
  for (const action of actions) {
    if (basis === 'reconstructed') {
      if (LEFT_TO_PEOPLE.has(action.do)) continue;
    } else {
      if (action.do !== 'set' && action.do !== 'copy' && action.do !== 'lowest') continue;
      const pairs = action.do === 'set' ? action.values : action.pairs;
      if (!pairs.some(([field]) => field === 'address')) continue;
    }
    keys.findings.bad(
      keys.placeOf(action.do),
      basis === 'ours'
        ? 'a rule of our own may not write an address'
        : `a reconstructed rule may not \`${action.do}\``,
      `\`${action.do}\` with \`basis: ${basis}\``,
      '`offer`, `ask`, `look-up`, `refer` or `flag`',
      'let the agent confirm it, or name the source that states it',
    );
  }
}
