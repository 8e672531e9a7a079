/** What an agent leaves for a lead where no look-up is listed: how the number was found, as YAML to complete. */
import { Document } from 'yaml';
import { makeBooks } from '../engine/decide.ts';
import { type Block, fromNode, type Yaml } from '../engine/edit-rules.ts';
import { Findings, type Node, parseSource } from '../engine/load-yaml.ts';
import { CsrError } from '../engine/problem.ts';
import { type ExampleBlock, proposeCounterExamples } from '../engine/propose-examples.ts';
import type { LookUp, RuleSet } from '../engine/rule.ts';

/** What a look-up that names no procedure is worked by. */
const PROCEDURE = 'carrier-records';

export interface Proposal {
  /** ISO code or name; blank where it does not matter. */
  readonly country: string;
  readonly carrier: string;
  /** The steps, a line each. */
  readonly how: string;
}

/**
 * A look-up row for rules/carriers.yaml, with its carrier where the rules do not know it, and examples. `csr rules check`
 * takes it as it is; why, source and basis are a lead's word, and `basis` is reconstructed until there is one.
 */
export async function proposalYaml(
  proposal: Proposal,
  from: { readonly who: string; readonly input: string; readonly rules: RuleSet },
): Promise<string> {
  const steps = proposal.how.split(/\r?\n/).map((line) => line.trim());
  const country = proposal.country.trim();
  const carrier = proposal.carrier.trim();
  // Made anew for each: of one object that stands twice, YAML makes an alias.
  const own = () => ({
    why: 'Found by an agent where no look-up was listed.',
    source: { document: 'agent proposal', section: from.input },
    basis: 'reconstructed',
  });
  const examples = await examplesFor(country, carrier, from.rules);
  const isKnown = carrier === '' || makeBooks(from.rules).carriers.canonical(carrier) !== null;
  const document = new Document({
    kind: 'carriers',
    ...(isKnown ? {} : { carriers: [{ name: carrier, ...own() }] }),
    'look-ups': [
      {
        country: country === '' ? 'any' : country,
        carrier: carrier === '' ? 'any' : carrier,
        how: steps.filter((step) => step !== ''),
        for: ['address'],
        ...own(),
        examples: examples.map(({ given, expected, holds }) => ({
          given: plain(given),
          [holds ? 'expect' : 'expect-not']: plain(expected),
        })),
      },
    ],
  });
  document.commentBefore = [
    ` Proposed by ${from.who}. A lead completes it: why, source and basis, and more examples.`,
    ' `csr rules add look-up --from THIS_FILE --extend DIR` asks for that, and puts it into the folder of the team.',
  ].join('\n');
  return document.toString({ lineWidth: 0, defaultStringType: 'PLAIN' });
}

/** A row that the look-up is for, and for each of its conditions one in which only that fails. */
async function examplesFor(country: string, carrier: string, rules: RuleSet): Promise<ExampleBlock[]> {
  const given = new Map([
    ...(country === '' ? [] : [['country', country] as const]),
    ...(carrier === '' ? [] : [['carrier', carrier] as const]),
  ]);
  const expected = new Map<string, Yaml>([
    ['look-up', PROCEDURE],
    ['for', ['address']],
  ]);
  const place = { file: '', line: 1, column: 1 };
  const { carriers, countries } = makeBooks(rules);
  const canonical = carriers.canonical(carrier);
  const lookUp: LookUp = {
    id: 'proposal',
    country: countries.code(country),
    carrier: carrier === '' ? null : (canonical ?? carrier),
    how: [],
    procedure: PROCEDURE,
    refer: null,
    for: [{ field: 'address', label: '', extra: false, pattern: null, format: null }],
    examples: [],
    place,
    why: '',
    source: { document: '', section: null },
    basis: 'reconstructed',
    owner: null,
    reviewBy: null,
    from: null,
    until: null,
  };
  const all: RuleSet = {
    ...rules,
    lookUps: [...rules.lookUps, lookUp],
    carriers:
      carrier === '' || canonical !== null
        ? rules.carriers
        : [...rules.carriers, { name: carrier, also: [], not: [], pin: null, place }],
  };
  const holding = { given, expected, holds: true };
  return [holding, ...(await proposeCounterExamples(all, lookUp, [holding]))];
}

function plain(value: Yaml): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries([...(value as Block)].map(([key, item]) => [key, plain(item)]));
}

/** A proposal as a lead gets it: what an agent found out, and what the look-up says of itself until a lead does. */
export interface LeftProposal {
  readonly country: string;
  readonly carrier: string;
  readonly how: readonly string[];
  /** What it fills, as the file says it. */
  readonly for: Yaml | null;
  readonly why: string | null;
  readonly document: string | null;
  readonly section: string | null;
  readonly basis: string | null;
  readonly examples: readonly ExampleBlock[];
  /** Whether the agent met a carrier that the rules did not know. */
  readonly isNewCarrier: boolean;
}

/**
 * Reads what `proposalYaml` has written, and what somebody may have changed in it since.
 * @param path how messages name the file
 * @throws CsrError where it is no YAML, or proposes no look-up or several
 */
export function readProposal(path: string, text: string): LeftProposal {
  const findings = new Findings();
  const tree = parseSource({ name: path, path, text }, findings);
  if (findings.problems.length > 0) throw new CsrError(findings.problems);
  const lookUps = itemsOf(childOf(tree, 'look-ups')).filter((item) => item.kind === 'map');
  const [lookUp] = lookUps;
  if (!lookUp || lookUps.length > 1) {
    throw new CsrError({
      code: 'no-proposal',
      severity: 'error',
      message: `\`${path}\` ${lookUps.length === 0 ? 'proposes no look-up' : 'proposes several look-ups'}`,
      help: 'name a proposal that an agent left from the review: `proposal-1.yaml` in the folder of its session',
    });
  }
  const source = childOf(lookUp, 'source');
  const fills = childOf(lookUp, 'for');
  return {
    country: textOf(lookUp, 'country') ?? '',
    carrier: textOf(lookUp, 'carrier') ?? '',
    how: itemsOf(childOf(lookUp, 'how')).flatMap((item) => (item.kind === 'text' ? [item.text] : [])),
    for: fills === null ? null : fromNode(fills),
    why: textOf(lookUp, 'why'),
    document: textOf(source, 'document'),
    section: textOf(source, 'section'),
    basis: textOf(lookUp, 'basis'),
    examples: itemsOf(childOf(lookUp, 'examples')).flatMap((item) => exampleFrom(item) ?? []),
    isNewCarrier: itemsOf(childOf(tree, 'carriers')).length > 0,
  };
}

function exampleFrom(item: Node): ExampleBlock | null {
  const given = childOf(item, 'given');
  const wanted = childOf(item, 'expect');
  const expected = wanted ?? childOf(item, 'expect-not');
  if (given?.kind !== 'map' || expected?.kind !== 'map') return null;
  return { given: fromNode(given) as Block, expected: fromNode(expected) as Block, holds: wanted !== null };
}

function childOf(node: Node | null, key: string): Node | null {
  return node?.kind === 'map' ? (node.entries.find((entry) => entry.key === key)?.value ?? null) : null;
}

function textOf(node: Node | null, key: string): string | null {
  const value = childOf(node, key);
  return value?.kind === 'text' && value.text.trim() !== '' ? value.text.trim() : null;
}

/** The items of a list; a text alone is one. */
function itemsOf(node: Node | null): readonly Node[] {
  return node === null ? [] : node.kind === 'list' ? node.items : [node];
}
