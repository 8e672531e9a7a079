/** What an agent leaves for a lead where no look-up is listed: how the number was found, as YAML to complete. */
import { Document } from 'yaml';

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
export function proposalYaml(
  proposal: Proposal,
  from: { readonly who: string; readonly input: string; readonly knows: boolean },
): string {
  const steps = proposal.how.split(/\r?\n/).map((line) => line.trim());
  const country = proposal.country.trim();
  const carrier = proposal.carrier.trim();
  // Made anew for each: of one object that stands twice, YAML makes an alias.
  const own = () => ({
    why: 'Found by an agent where no look-up was listed.',
    source: { document: 'agent proposal', section: from.input },
    basis: 'reconstructed',
  });
  const given = { ...(country === '' ? {} : { country }), ...(carrier === '' ? {} : { carrier }) };
  const document = new Document({
    kind: 'carriers',
    ...(from.knows || carrier === '' ? {} : { carriers: [{ name: carrier, ...own() }] }),
    'look-ups': [
      {
        country: country === '' ? 'any' : country,
        carrier: carrier === '' ? 'any' : carrier,
        how: steps.filter((step) => step !== ''),
        for: ['address'],
        ...own(),
        examples: [
          { given, expect: { 'look-up': PROCEDURE, for: ['address'] } },
          // Where the country is not known, that is asked first.
          ...(country === ''
            ? []
            : [{ given: carrier === '' ? {} : { carrier }, 'expect-not': { 'look-up': PROCEDURE } }]),
        ],
      },
    ],
  });
  document.commentBefore = [
    ` Proposed by ${from.who}. A lead completes it: why, source and basis, and more examples.`,
    ' Then it belongs into the folder that the team gives as --extend.',
  ].join('\n');
  return document.toString({ lineWidth: 0, defaultStringType: 'PLAIN' });
}
