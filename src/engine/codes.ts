/** The codes of findings: RULES section 5. Each has a page, docs/checks/<code>.md. */

/** Code -> what is wrong, in one sentence. */
export const CODES = {
  'yaml-syntax': 'The file is not written as YAML is.',
  'forbidden-yaml': 'The file uses a part of YAML that rule files do without.',
  'unknown-key': 'A key that does not exist.',
  'unknown-fact': 'A fact or a field that does not exist.',
  'unknown-operator': 'An operator that does not exist.',
  'unknown-carrier': 'A carrier that stands in no carriers file.',
  'unknown-country': 'A country that nobody knows by this name.',
  'unknown-procedure': 'A procedure that stands in no procedures file.',
  'duplicate-key': 'The same key twice in one block.',
  'duplicate-id': 'The same id twice.',
  'missing-field': 'Something that must be said is not said.',
  'bad-value': 'A value that cannot stand there.',
  'bad-pattern': 'A regular expression that cannot be used.',
  'bad-date': 'Not a day of the calendar.',
  'empty-when': 'Conditions that say nothing where they must say something.',
  unreachable: 'A rule that no row can reach.',
  conflict: 'Two rules that contradict each other for the same row.',
  gap: 'A row that no rule of a `first` table decides.',
  untested: 'A rule without an example that shows it at work.',
  'mutant-survives': 'A condition that can be dropped or turned round without any example noticing.',
  expired: 'A date that has passed: the last day of a rule, or the day by which to look at it again.',
  'review-due': 'A date that is near: the last day of a rule, or the day by which to look at it again.',
} as const;

export type Code = keyof typeof CODES;

export function isCode(word: string): word is Code {
  return Object.hasOwn(CODES, word);
}
