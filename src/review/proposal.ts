/** What an agent leaves for a lead where no look-up is listed: how the number was found, as YAML to complete. */
import { Document } from 'yaml';

export interface Proposal {
  /** ISO code or name; blank where it does not matter. */
  readonly country: string;
  readonly carrier: string;
  /** The steps, a line each. */
  readonly how: string;
}

/** A look-up row for rules/carriers.yaml that a lead completes; `basis` stays reconstructed until one confirms it. */
export function proposalYaml(
  proposal: Proposal,
  from: { readonly who: string; readonly input: string },
): string {
  const steps = proposal.how.split(/\r?\n/).map((line) => line.trim());
  const document = new Document({
    kind: 'carriers',
    'look-ups': [
      {
        country: proposal.country.trim() === '' ? 'any' : proposal.country.trim(),
        carrier: proposal.carrier.trim() === '' ? 'any' : proposal.carrier.trim(),
        how: steps.filter((step) => step !== ''),
        for: ['address'],
        why: 'Found by an agent where no look-up was listed.',
        source: { document: 'agent proposal', section: from.input },
        basis: 'reconstructed',
      },
    ],
  });
  document.commentBefore = [
    ` Proposed by ${from.who}. A lead completes it: why, source, examples; then basis.`,
    ' Then it belongs into the folder that the team gives as --extend.',
  ].join('\n');
  return document.toString({ lineWidth: 0, defaultStringType: 'PLAIN' });
}
