import { expect, test } from 'vitest';
import { runExamples } from '../../src/engine/examples.ts';
import { proposalYaml } from '../../src/review/proposal.ts';
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
