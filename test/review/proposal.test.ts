import { expect, test } from 'vitest';
import { analyse } from '../../src/engine/analysis/check.ts';
import { runExamples } from '../../src/engine/examples.ts';
import { CsrError, showProblem } from '../../src/engine/problem.ts';
import { proposalYaml, readProposal } from '../../src/review/proposal.ts';
import { builtIn } from '../built-in.ts';

const FROM = { who: 'kim', input: '8x8_Acme_CSR.csv', rules: builtIn() };

test.each([
  ['a carrier that the rules do not know', { country: 'DE', carrier: 'Colt' }],
  ['one that they know', { country: 'DE', carrier: 'Lumen' }],
  ['a whole country', { country: 'DE', carrier: '' }],
])(
  'a proposal for %s is taken by the rules as it is, and its examples hold and suffice',
  async (_of, place) => {
    const how = 'Open the portal\n\n - copy: the address # as it stands\n"Save" it';
    const text = await proposalYaml({ ...place, how }, FROM);
    const rules = builtIn({ 'proposal.yaml': text });
    const added = rules.lookUps.find((one) => one.place.file === 'proposal.yaml');
    expect(added?.how).toEqual(['Open the portal', '- copy: the address # as it stands', '"Save" it']);
    expect((await runExamples(rules)).failures).toEqual([]);
    const found = await analyse(rules, undefined, (file) => file === 'proposal.yaml');
    expect(found.map(showProblem)).toEqual([]);
    expect(text).toContain('Proposed by kim');
  },
);

test('a proposal is read as it was left, and what is none is refused', async () => {
  const how = 'Open the portal\n - copy: the address # as it stands';
  const text = await proposalYaml({ country: 'DE', carrier: 'Colt', how }, FROM);
  const left = readProposal('proposal-1.yaml', text);
  expect(left).toMatchObject({
    country: 'DE',
    carrier: 'Colt',
    how: ['Open the portal', '- copy: the address # as it stands'],
    for: ['address'],
    why: 'Found by an agent where no look-up was listed.',
    document: 'agent proposal',
    section: '8x8_Acme_CSR.csv',
    basis: 'reconstructed',
    isNewCarrier: true,
  });
  expect(left.examples.map(({ holds }) => holds)).toEqual([true, false, false]);
  expect(readProposal('p', await proposalYaml({ country: 'DE', carrier: '', how }, FROM))).toMatchObject({
    carrier: 'any',
    isNewCarrier: false,
  });
  const refused = (content: string) => {
    try {
      readProposal('p.yaml', content);
      return 'nothing';
    } catch (error) {
      return error instanceof CsrError ? error.problems.map(({ message }) => message) : error;
    }
  };
  expect(refused('kind: carriers\ncarriers: []\n')).toEqual(['`p.yaml` proposes no look-up']);
  expect(refused('look-ups: [{ country: DE }, { country: FR }]')).toEqual([
    '`p.yaml` proposes several look-ups',
  ]);
  expect(refused('look-ups: [')).toEqual(['a `[` opens here and does not close']);
});
