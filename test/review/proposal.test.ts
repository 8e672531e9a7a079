import { expect, test } from 'vitest';
import { runExamples } from '../../src/engine/examples.ts';
import { CsrError } from '../../src/engine/problem.ts';
import { proposalYaml, readProposal } from '../../src/review/proposal.ts';
import { builtIn } from '../built-in.ts';

const FROM = { who: 'kim', input: '8x8_Acme_CSR.csv', knows: false };

test.each([
  ['a carrier that the rules do not know', { country: 'DE', carrier: 'Colt' }, FROM],
  ['one that they know', { country: 'DE', carrier: 'Lumen' }, { ...FROM, knows: true }],
  ['a whole country', { country: 'DE', carrier: '' }, FROM],
])('a proposal for %s is taken by the rules as it is, and its examples hold', async (_of, place, from) => {
  const how = 'Open the portal\n\n - copy: the address # as it stands\n"Save" it';
  const text = proposalYaml({ ...place, how }, from);
  const rules = builtIn({ 'proposal.yaml': text });
  const added = rules.lookUps.find((one) => one.place.file === 'proposal.yaml');
  expect(added?.how).toEqual(['Open the portal', '- copy: the address # as it stands', '"Save" it']);
  expect((await runExamples(rules)).failures).toEqual([]);
  expect(text).toContain('Proposed by kim');
});

test('a proposal is read as it was left, and what is none is refused', () => {
  const how = 'Open the portal\n - copy: the address # as it stands';
  const text = proposalYaml({ country: 'DE', carrier: 'Colt', how }, FROM);
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
  expect(left.examples.map(({ holds }) => holds)).toEqual([true, false]);
  expect(readProposal('p', proposalYaml({ country: 'DE', carrier: '', how }, FROM))).toMatchObject({
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
