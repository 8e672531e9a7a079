/** The policy as a page that a manager reads: made of the rule set and of nothing else. */
import { extraFields } from '../engine/facts.ts';
import { BASIS_WORDS, STAGE_WORDS } from '../engine/grammar.ts';
import { BASES, type Provenance, type RuleSet, STAGES } from '../engine/rule.ts';
import {
  carriersChapter,
  caseChapter,
  deliveryChapter,
  escalationsChapter,
  intakeChapter,
  layoutsChapter,
  lookUpsChapter,
  proceduresChapter,
} from './policy/chapters.ts';
import {
  type Block,
  bullets,
  cell,
  heading,
  type Line,
  type Page,
  paragraph,
  plainTable,
  said,
} from './policy/page.ts';
import { correspondenceOf, linked, type Part, partsOf } from './policy/parts.ts';
import { sourcesChapter } from './policy/sources.ts';
import { stageId, stagesChapter, stagesWithRules, usesOf } from './policy/tables.ts';
import { basisMark, ids, Words, wherePlace } from './policy/words.ts';

/** A day to look at the policy from, and the rules of every day, those included that do not hold on it. */
export interface OnDay {
  readonly date: string;
  readonly ofAnyDate: RuleSet;
}

/**
 * The page of a rule set.
 * @param day where the policy is that of one day: the rules are then those that hold on it.
 */
export function policyPage(rules: RuleSet, day: OnDay | null = null): Page {
  const words = new Words(rules, extraFields(rules));
  const parts = partsOf(rules, words);
  const resting = day === null ? [] : restingOn(day, parts, words);
  const correspondence = correspondenceOf(rules, parts, resting);
  const waiting = parts.filter(({ basis }) => basis === 'reconstructed' || basis === 'ours');
  return {
    title: 'The policy for port-out records',
    lead: [
      'Everything that csr decides, in the order in which it decides it',
      day === null ? '' : `, as it holds on ${day.date}`,
      '. Made from the rule files by ',
      { code: 'csr rules docs' },
      '; to change the policy, change those.',
    ],
    counts: [
      { count: rules.count, what: 'rules', to: 'stages' },
      { count: rules.carriers.length, what: 'carriers', to: 'carriers' },
      { count: rules.procedures.size, what: 'procedures', to: 'procedures' },
      { count: waiting.length, what: 'wait for a lead', to: 'waiting' },
    ],
    blocks: [
      ...reading(parts),
      ...waitingChapter(parts, words, day),
      ...restingChapter(resting, day),
      ...overview(rules),
      ...intakeChapter(rules, words),
      ...caseChapter(rules, words),
      ...layoutsChapter(rules, words),
      ...stagesChapter(rules, words),
      ...lookUpsChapter(rules, words),
      ...proceduresChapter(rules, words, usesOf(rules)),
      ...carriersChapter(rules, words),
      ...deliveryChapter(rules, words),
      ...escalationsChapter(rules, words),
      ...sourcesChapter(correspondence, parts),
    ],
  };
}

// How to read it

function reading(parts: readonly Part[]): Block[] {
  return [
    heading(2, 'reading', 'How to read this page'),
    paragraph(
      'Each rule says when it holds, what is done and why. Below that stands where it comes from: how sure it is, the document and section, and the line of the rule file.',
    ),
    plainTable(
      ['How sure', 'Means', 'On this page'],
      BASES.map((basis) => [
        [[basisMark(basis)]],
        [said(BASIS_WORDS[basis])],
        cell(String(parts.filter((part) => part.basis === basis).length)),
      ]),
    ),
    paragraph(
      'A blank cell matches nothing but “blank”: “filled in, but not X” does not hold for it. Names in ',
      { name: 'this type' },
      ' are filled in from the row, the intake or a file beside it.',
    ),
  ];
}

// What waits

function waitingChapter(parts: readonly Part[], words: Words, day: OnDay | null): Block[] {
  const reconstructed = parts.filter(({ basis }) => basis === 'reconstructed');
  const ours = parts.filter(({ basis }) => basis === 'ours');
  const dated = parts
    .filter(({ reviewBy }) => reviewBy)
    .sort((a, b) => ((a.reviewBy ?? '') < (b.reviewBy ?? '') ? -1 : 1));
  return [
    heading(2, 'waiting', 'What waits for a lead’s word'),
    heading(3, 'waiting-reconstructed', `Reconstructed (${reconstructed.length})`),
    ...(reconstructed.length === 0
      ? [paragraph('Nothing is reconstructed.')]
      : [
          paragraph(
            'The source had it, it is lost, and the hole was filled by reasoning. None of these writes a cell: a person answers. A lead who confirms one changes its ',
            { code: 'basis' },
            ' and names the source.',
          ),
          plainTable(
            ['What', 'In', 'Why it is so'],
            reconstructed.map((part) => [
              [linked(part)],
              cell(part.group),
              [...cell(part.why ?? ''), [...words.dates(part), wherePlace(part)]],
            ]),
          ),
        ]),
    heading(3, 'waiting-ours', `Ours (${ours.length})`),
    ...(ours.length === 0
      ? [paragraph('Every rule has a source.')]
      : [
          paragraph('No source says these; an agent would want them. A lead may decide otherwise.'),
          plainTable(
            ['In', 'What'],
            groupsOf(ours).map(([group, members]) => [cell(group), members.map(linked)]),
          ),
        ]),
    ...(dated.length === 0
      ? []
      : [
          heading(3, 'waiting-review', `To be looked at again (${dated.length})`),
          plainTable(
            ['By', 'What', 'Owner', 'Where'],
            dated.map((part) => [
              [
                [
                  part.reviewBy ?? '',
                  ...(day !== null && (part.reviewBy ?? '') <= day.date
                    ? [' ', { mark: 'due', tone: 'alarm' } as const]
                    : []),
                ],
              ],
              [linked(part)],
              cell(part.owner ?? ''),
              [[wherePlace(part)]],
            ]),
          ),
        ]),
  ];
}

function groupsOf(parts: readonly Part[]): [string, Part[]][] {
  const groups = new Map<string, Part[]>();
  for (const part of parts) groups.set(part.group, [...(groups.get(part.group) ?? []), part]);
  return [...groups];
}

/** What the files hold and the day leaves out. */
function restingOn(day: OnDay, parts: readonly Part[], words: Words): Part[] {
  const names = new Set(parts.map(({ as, name }) => `${as} ${name}`));
  return partsOf(day.ofAnyDate, words).filter(({ as, name }) => !names.has(`${as} ${name}`));
}

function restingChapter(resting: readonly Part[], day: OnDay | null): Block[] {
  if (day === null || resting.length === 0) return [];
  return [
    heading(2, 'resting', `What does not hold on ${day.date}`),
    plainTable(
      ['What', 'In', 'Holds', 'Where'],
      resting.map((part) => [cell(part.title), cell(part.group), cell(holds(part)), [[wherePlace(part)]]]),
    ),
  ];
}

function holds({ from, until }: Partial<Provenance>): string {
  return [...(from ? [`from ${from}`] : []), ...(until ? [`until ${until}`] : [])].join(' ');
}

// The order of things

function overview(rules: RuleSet): Block[] {
  const link = (text: string, to: string): Line => [{ link: text, to }];
  const lookUps = rules.lookUps.length > 0;
  return [
    heading(2, 'order', 'The order of things'),
    bullets(
      [
        [
          'Before the work: ',
          ...link('the intake', 'intake'),
          ' is asked once, ',
          ...link('the case', 'case'),
          ' is opened.',
        ],
        ['The file is recognised by its ', ...link('columns', 'layouts'), '.'],
        ...stagesWithRules(rules).map(
          (stage): Line => [
            ...link(`Stage ${STAGES.indexOf(stage) + 1}, ${stage}`, stageId(stage)),
            `: ${lowerFirst(STAGE_WORDS[stage])}`,
          ],
        ),
        [
          'What no rule can know a person finds out, by ',
          ...(lookUps ? [...link('look-ups', ids.lookUps), ' and '] : []),
          ...link('procedures', 'procedures'),
          '; with the answers in place the row is decided again.',
        ],
        ['The record ', ...link('goes out', 'delivery'), '.'],
        ['If the port is rejected all the same, ', ...link('escalations', 'escalations'), ' say what to do.'],
      ],
      true,
    ),
  ];
}

function lowerFirst(text: string): string {
  // An abbreviation stays as it is.
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
