/** What to do about a rejection: which categories its text shows, and which row of the table holds. */
import { aliasKey, type CarrierBook, plain, words } from './names.ts';
import { numberFacts } from './number.ts';
import { CsrError } from './problem.ts';
import type { Category, Escalation, RuleSet } from './rule.ts';

/** Why a category was recognised: `what` is the word, phrase or code as the rule file writes it. */
interface Recognition {
  readonly category: string;
  readonly by: 'word' | 'phrase' | 'code';
  readonly what: string;
}

export interface EscalationAnswer {
  /** Ids, in the rule files' order; empty where nothing was recognised. */
  readonly categories: string[];
  /** The row that decides. */
  readonly escalation: Escalation;
  /** What may help beside the policy; never policy itself. */
  readonly hints: string[];
  readonly matched: Recognition[];
  /** Known carriers nearest to the given one where no rule knows it, else empty. */
  readonly nearestCarriers: string[];
}

/**
 * The resolution for a rejection, from the words of the gaining carrier (pasted as they are) and the
 * losing carrier of the numbers, where known. The most specific row whose carrier and category hold
 * decides, in the files' order; a row that is merely ours never displaces one that the policy names.
 * Throws a CsrError where no row holds. Source: POLICY, escalations (stated); RULES section 3.
 */
export function escalate(
  text: string,
  carrier: string | null,
  rules: RuleSet,
  books: { readonly carriers: CarrierBook },
): EscalationAnswer {
  const given = carrier === null || carrier.trim() === '' ? null : carrier;
  const sentences = sentencesOf(text);
  const matched = recognise(sentences, given, rules, books.carriers);
  const canonical = given === null ? null : books.carriers.canonical(given);
  const categories = categoriesIn(matched, rules);
  const held = heldBy(rules.escalations, { carrier: canonical, categories }, books);
  const [escalation, ...others] = held;
  if (!escalation) {
    throw new CsrError({
      code: 'gap',
      severity: 'error',
      message:
        given === null
          ? 'no escalation holds for this text'
          : `no escalation holds for \`${given}\` and this text`,
      help: 'add a row with `carrier: any` and `category: any`',
    });
  }

  const hints: string[] = [];
  for (const category of rules.categories) {
    if (category.hint !== null && categories.includes(category.id)) hints.push(category.hint);
  }
  // What did not decide is worth saying where it is no policy, or is the policy behind a thought of ours.
  for (const row of others) if (!isPolicy(row) || !isPolicy(escalation)) hints.push(row.resolution);
  if (given === null) hints.push(...carrierHints(sentences, matched, rules));
  return {
    categories,
    escalation,
    hints: [...new Set(hints)],
    matched,
    nearestCarriers: given !== null && canonical === null ? books.carriers.nearest(given) : [],
  };
}

/** What is known of a rejection: the carrier by its canonical name, where known, and what its text shows. */
export interface RejectionFacts {
  readonly carrier: string | null;
  readonly categories: readonly string[];
}

/** What is known of a rejection from its words and its carrier. */
export function rejectionFacts(
  text: string,
  carrier: string,
  rules: RuleSet,
  books: { readonly carriers: CarrierBook },
): RejectionFacts {
  const given = carrier.trim() === '' ? null : carrier;
  const matched = recognise(sentencesOf(text), given, rules, books.carriers);
  return {
    carrier: given === null ? null : books.carriers.canonical(given),
    categories: categoriesIn(matched, rules),
  };
}

function categoriesIn(matched: readonly Recognition[], { categories }: RuleSet): string[] {
  return categories.map(({ id }) => id).filter((id) => matched.some((one) => one.category === id));
}

/** The row that decides about a rejection; null where none holds. */
export function decides(
  rows: readonly Escalation[],
  rejection: RejectionFacts,
  books: { readonly carriers: CarrierBook },
): Escalation | null {
  return heldBy(rows, rejection, books)[0] ?? null;
}

/** The rows that hold for a rejection, the one that decides first. */
function heldBy(
  rows: readonly Escalation[],
  { carrier, categories }: RejectionFacts,
  books: { readonly carriers: CarrierBook },
): Escalation[] {
  return rows
    .filter(
      ({ carriers }) =>
        carriers.length === 0 ||
        (carrier !== null && carriers.some((name) => same(name, carrier, books.carriers))),
    )
    .filter((row) => row.categories.length === 0 || row.categories.some((id) => categories.includes(id)))
    .map((row, index) => ({ row, index }))
    .sort((a, b) => rank(b.row) - rank(a.row) || a.index - b.index)
    .map(({ row }) => row);
}

function same(a: string, b: string, carriers: CarrierBook): boolean {
  return carriers.key(a) === carriers.key(b);
}

function isPolicy(row: Escalation): boolean {
  return row.basis === 'stated' || row.basis === 'found';
}

/** Rows that name something come before those that hold for anything; among them, policy before our own. */
function rank(row: Escalation): number {
  const named = (row.carriers.length > 0 ? 2 : 0) + (row.categories.length > 0 ? 1 : 0);
  return named === 0 ? Number(isPolicy(row)) : named * 2 + (isPolicy(row) ? 100 : 0);
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The clause within the sentence: `the pin is accepted` | `but the address is invalid`. */
  readonly clause: number;
}

interface Sentence {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Tokens that are part of a telephone number. */
  readonly dialled: ReadonlySet<Token>;
}

const CONTRASTS = new Set(['although', 'but', 'however', 'though', 'whereas', 'while']);
const ABBREVIATIONS = new Set(
  'acct addr approx attn auth co corp dept ext extn inc ltd mr mrs ms no nos num ref st tel vs'.split(' '),
);

/** Contractions apart, so that `isn't required` is `is not required`; `account #` is an account number. */
function spelled(text: string): string {
  const whole = text.replace(/n['\u2019]t\b/gi, ' not').replace(/\bcannot\b/gi, 'can not');
  return plain(whole.replace(/(?<=\p{L} ?)#/gu, ' number '));
}

function sentencesOf(text: string): Sentence[] {
  const found: Sentence[] = [];
  for (const piece of splitSentences(text)) {
    const sentence = spelled(piece);
    let clause = 0;
    const tokens: Token[] = [];
    for (const match of sentence.matchAll(/[\p{L}\p{N}]+/gu)) {
      if (CONTRASTS.has(match[0])) clause += 1;
      tokens.push({ text: match[0], start: match.index, end: match.index + match[0].length, clause });
    }
    if (tokens.length > 0) found.push({ text: sentence, tokens, dialled: dialledTokens(sentence, tokens) });
  }
  return found;
}

/** How many characters around a mark tell whether it ends a sentence. */
const NEAR = 40;

function splitSentences(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const match of text.matchAll(/[.!?]+["'\u2019\u201d)\]]*(?=\s|$)|[;\u2022]|\r\n?|\n/g)) {
    const end = match.index + match[0].length;
    const before = text.slice(Math.max(from, match.index - NEAR), match.index);
    if (!endsSentence(before, match[0], text.slice(end, end + NEAR))) continue;
    pieces.push(text.slice(from, end));
    from = end;
  }
  pieces.push(text.slice(from));
  return pieces;
}

function endsSentence(before: string, mark: string, after: string): boolean {
  if (/^[\r\n]/.test(mark)) {
    // A pasted line may be wrapped: it goes on where it stops at a colon or a small word, or continues in lower case.
    if (/^\s*[\r\n]/.test(after)) return true;
    return (
      !/(?:[:,]|\b(?:a|an|and|by|due|for|in|is|of|on|or|the|to|with))\s*$/i.test(before) &&
      !/^\s*\p{Ll}/u.test(after)
    );
  }
  if (!mark.startsWith('.')) return true;
  const word = /[\p{L}\p{N}]+$/u.exec(before)?.[0].toLowerCase() ?? '';
  if (word.length < 2 || ABBREVIATIONS.has(word)) return false;
  return word.length > 4 || !/^\s*\p{Ll}/u.test(after);
}

/** Where the words of `wanted` stand one after another, as indexes of the first. */
function occurrences(wanted: readonly string[], tokens: readonly Token[]): number[] {
  const found: number[] = [];
  if (wanted.length === 0) return found;
  for (let at = 0; at + wanted.length <= tokens.length; at += 1) {
    if (wanted.every((word, index) => tokens[at + index]?.text === word)) found.push(at);
  }
  return found;
}

const wanted = new Map<string, readonly string[]>();
const MOST_WANTED = 10_000;

/** Words of a rule file, as they are looked for in a text. */
function wantedOf(text: string): readonly string[] {
  let known = wanted.get(text);
  if (!known) {
    known = words(spelled(text));
    if (wanted.size > MOST_WANTED) wanted.clear();
    wanted.set(text, known);
  }
  return known;
}

/** Where a category may not be recognised: the mentions that its `not` phrases take away. */
type Cancelled = ReadonlyMap<Sentence, ReadonlySet<number>>;

/**
 * A `not` phrase that holds a word, phrase or code of its category (`email address`) takes away that
 * mention only; any other takes away the category: null.
 */
function cancelledIn(
  sentences: readonly Sentence[],
  { not, words: single, phrases, codes }: Category,
): Cancelled | null {
  const own = [...single, ...phrases, ...codes.map(({ code }) => code)].map(wantedOf);
  const cancelled = new Map<Sentence, Set<number>>();
  for (const phrase of not) {
    const wanted = wantedOf(phrase);
    const isMention = own.some((mention) => holds(wanted, mention));
    for (const sentence of sentences) {
      for (const at of occurrences(wanted, sentence.tokens)) {
        if (!isMention) return null;
        const positions = cancelled.get(sentence) ?? new Set();
        for (let index = at; index < at + wanted.length; index += 1) positions.add(index);
        cancelled.set(sentence, positions);
      }
    }
  }
  return cancelled;
}

function holds(all: readonly string[], part: readonly string[]): boolean {
  return all.some((_, at) => part.length > 0 && part.every((word, index) => all[at + index] === word));
}

function recognise(
  sentences: readonly Sentence[],
  carrier: string | null,
  rules: RuleSet,
  carriers: CarrierBook,
): Recognition[] {
  const rejections = rejectionsIn(sentences, rules.rejectionWords.map(wantedOf));
  const found = new Map<Category, Recognition[]>();
  for (const category of rules.categories) {
    const cancelled = cancelledIn(sentences, category);
    if (cancelled === null) continue;
    /** Whether a text of the rule file stands somewhere, not cancelled, and passes a further test there. */
    const stands = (
      text: string,
      test?: (at: number, length: number, sentence: Sentence) => boolean,
    ): boolean => {
      const wanted = wantedOf(text);
      return sentences.some((sentence) =>
        occurrences(wanted, sentence.tokens).some(
          (at) =>
            !wanted.some((_, index) => cancelled.get(sentence)?.has(at + index)) &&
            (test?.(at, wanted.length, sentence) ?? true),
        ),
      );
    };
    const recognised: Recognition[] = [];
    const add = (by: Recognition['by'], what: string) => recognised.push({ category: category.id, by, what });
    for (const { code, carrier: owner } of category.codes) {
      if (owner !== null && carrier !== null && !same(owner, carrier, carriers)) continue;
      if (stands(code, isWhole)) add('code', code);
    }
    for (const phrase of category.phrases) if (stands(phrase)) add('phrase', phrase);
    for (const word of category.words) {
      if (stands(word, (at, length, sentence) => isBeside(at, length, sentence, rejections)))
        add('word', word);
    }
    if (recognised.length > 0) found.set(category, recognised);
  }
  const all = [...found.keys()];
  const displaces = (a: Category, b: Category) =>
    a !== b && a.over.includes(b.id) && !(b.over.includes(a.id) && all.indexOf(b) < all.indexOf(a));
  return all
    .filter((category) => !all.some((other) => displaces(other, category)))
    .flatMap((category) => found.get(category) ?? []);
}

interface Rejection {
  readonly at: number;
  readonly end: number;
  readonly clause: number | undefined;
}

function rejectionsIn(
  sentences: readonly Sentence[],
  wanted: readonly (readonly string[])[],
): ReadonlyMap<Sentence, readonly Rejection[]> {
  return new Map(
    sentences.map((sentence) => [
      sentence,
      wanted.flatMap((rejection) =>
        occurrences(rejection, sentence.tokens)
          .filter((at) => !isDenied(at, sentence.tokens))
          .map((at) => ({ at, end: at + rejection.length, clause: sentence.tokens[at]?.clause })),
      ),
    ]),
  );
}

/** Whether a word shares a clause with a word of rejection other than itself. */
function isBeside(
  at: number,
  length: number,
  sentence: Sentence,
  rejections: ReadonlyMap<Sentence, readonly Rejection[]>,
): boolean {
  const clause = sentence.tokens[at]?.clause;
  return (rejections.get(sentence) ?? []).some(
    (rejection) => rejection.clause === clause && (rejection.at >= at + length || rejection.end <= at),
  );
}

// Not `no`: `account no. missing`.
const DENIALS = new Set(['never', 'not']);
const BETWEEN = new Set(['a', 'an', 'be', 'been', 'being', 'currently', 'the', 'yet']);

/** `has not been rejected`, `is not required`. */
function isDenied(at: number, tokens: readonly Token[]): boolean {
  let before = at - 1;
  while (before >= 0 && BETWEEN.has(tokens[before]?.text ?? '')) before -= 1;
  return DENIALS.has(tokens[before]?.text ?? '');
}

/** Whether a code stands alone: no part of a telephone number, of `7513-22`, `$7513` or `ext 7513`. */
function isWhole(at: number, length: number, { text, tokens, dialled }: Sentence): boolean {
  const first = tokens[at];
  const last = tokens[at + length - 1];
  if (!first || !last || dialled.has(first) || dialled.has(last)) return false;
  const before = text.slice(Math.max(0, first.start - 3), first.start);
  const after = text.slice(last.end, last.end + 3);
  if (/[0-9][-\u2010-\u2015._]$/.test(before) || /^[-\u2010-\u2015._][0-9]/.test(after)) return false;
  if (!/^[0-9]+$/.test(first.text)) return true;
  // A bare number is easily something else: a reference, an amount, an extension.
  return (
    !/(?:\p{L}[-\u2010-\u2015]|\p{Sc} ?)$/u.test(before) &&
    !/^ ?%/.test(after) &&
    !/^(?:x|ext|extn|extension)$/.test(tokens[at - 1]?.text ?? '')
  );
}

/** Lengths of the digit groups in which North American numbers are written. */
const GROUPINGS = new Set(['3-3-4', '1-3-3-4', '3-7', '1-3-7', '1-10', '3-4']);

/** More groups than any telephone number is written in. */
const LONGEST_CHAIN = 8;

/** The groups of digits that make up telephone numbers, however they are spaced. */
function dialledTokens(text: string, tokens: readonly Token[]): Set<Token> {
  const dialled = new Set<Token>();
  const isGroup = (token: Token | undefined): token is Token =>
    token !== undefined && /^[0-9]+$/.test(token.text);
  for (let at = 0; at < tokens.length; at += 1) {
    const chain: Token[] = [];
    for (let next = at; next < at + LONGEST_CHAIN && isGroup(tokens[next]); next += 1) {
      const token = tokens[next] as Token;
      const last = chain.at(-1);
      if (last && !/^[ ().\-/\u2010-\u2015]{1,4}$/.test(text.slice(last.end, token.start))) break;
      chain.push(token);
    }
    const start = tokens[at]?.start ?? 0;
    const length = dialledLength(chain, /\+ ?\(?$/.test(text.slice(Math.max(0, start - 3), start)));
    for (const token of chain.slice(0, length)) dialled.add(token);
    if (length > 1) at += length - 1;
  }
  return dialled;
}

/** How many groups at the head of a chain are one telephone number; 0 for none. */
function dialledLength(chain: readonly Token[], plus: boolean): number {
  let possible = 0;
  for (let length = chain.length; length > 0; length -= 1) {
    const groups = chain.slice(0, length).map(({ text }) => text);
    const digits = groups.join('');
    const written = groups.map((group) => group.length).join('-');
    const american = GROUPINGS.has(written) && (written.startsWith('1-') ? /^1[2-9]/ : /^[2-9]/).test(digits);
    if (plus ? numberFacts(`+${digits}`).valid : american) return length;
    if (digits.length > 15 || digits.length < 7) continue;
    // Another country's number, with its trunk or international prefix, or with the `+` lost.
    const foreign = length > 1 && digits.startsWith('0') && digits.length > 8;
    const lost = length > 2 && digits.length > 10 && numberFacts(`+${digits}`).valid;
    if ((plus || foreign || lost) && possible === 0) possible = length;
  }
  return possible;
}

/** Whom a text without a given carrier may be about. It decides nothing: the gaining carrier signs it too. */
function carrierHints(
  sentences: readonly Sentence[],
  matched: readonly Recognition[],
  rules: RuleSet,
): string[] {
  const names = rules.carriers.flatMap((carrier) => [
    ...[carrier.name, ...carrier.also].map((name) => ({ name, carrier: carrier.name as string | null })),
    ...carrier.not.map((name) => ({ name, carrier: null })),
  ]);
  const keyed = names
    .map(({ name, carrier }) => ({ wanted: aliasKey(name, rules.carrierNoise).split(' '), carrier }))
    // The longest name first, so that a carrier is not found inside another's name; `not` before alias.
    .sort(
      (a, b) => b.wanted.length - a.wanted.length || Number(a.carrier !== null) - Number(b.carrier !== null),
    );
  const hints: string[] = [];
  for (const { tokens } of sentences) {
    const taken = new Set<number>();
    for (const { wanted, carrier } of keyed) {
      for (const at of occurrences(wanted, tokens)) {
        const span = wanted.map((_, index) => at + index);
        if (span.some((index) => taken.has(index))) continue;
        for (const index of span) taken.add(index);
        if (carrier !== null)
          hints.push(`The text names ${carrier}: if the numbers are theirs, give it as the carrier.`);
      }
    }
  }
  for (const { category, by, what } of matched) {
    const codes = by === 'code' ? rules.categories.find(({ id }) => id === category)?.codes : undefined;
    for (const { code, carrier } of codes ?? []) {
      if (code !== what || carrier === null) continue;
      hints.push(`\`${what}\` is a code of ${carrier}: if the numbers are theirs, give it as the carrier.`);
    }
  }
  return hints;
}
