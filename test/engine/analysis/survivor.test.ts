import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/engine/analysis/check.ts';
import { measure } from '../../../src/engine/analysis/measure.ts';
import { showYaml } from '../../../src/engine/edit-rules.ts';
import { builtIn } from '../../built-in.ts';

function rule(id: string, when: string, then: string, examples: string): string {
  return `  - { id: ${id}, title: t, when: ${when}, then: ${then}, why: w, source: { document: d }, basis: stated, examples: [${examples}] }\n`;
}

function table(match: string, ...rules: string[]): string {
  return `kind: rules\nstage: address\nmatch: ${match}\nrules:\n${rules.join('')}`;
}

/** What is said of the conditions of one file, one line a condition or a survivor. */
async function said(text: string): Promise<string[]> {
  const measured = await measure(builtIn({ 'ours.yaml': text }), (file) => file === 'ours.yaml');
  return measured.flatMap(({ coverage: { entry }, conditions }) =>
    conditions.flatMap(({ condition, isCovered, idle, survivors }) => {
      const head = `${entry.id} ${condition.written}`;
      if (isCovered) return [`${head}: ${idle ?? 'covered'}`];
      return survivors.map(({ mutant, fate }) => {
        if (fate.kind === 'unknown') return `${head}: ${mutant.change}, unknown`;
        if (!fate.suggestion) return `${head}: ${mutant.change}`;
        const { under, example } = fate.suggestion;
        const key = example.holds ? 'expect' : 'expect-not';
        return `${head}: ${mutant.change}, under ${under.id}: ${showYaml(example.given)} ${key} ${showYaml(example.expected)}`;
      });
    }),
  );
}

describe('a mutant that no example notices', () => {
  test('is none where the rule below does the same', async () => {
    const found = await said(
      table(
        'first',
        rule(
          'one',
          '{ country: DE, carrier: Lumen }',
          '{ refer: desk }',
          '{ given: { country: DE, carrier: Lumen }, expect: { refer: desk } }',
        ),
        rule(
          'two',
          '{ country: DE }',
          '{ refer: desk }',
          '{ given: { country: DE, carrier: Lumen }, expect-not: { refer: lead } }, { given: { country: DE, carrier: Sinch, pin: "1" }, expect: { refer: lead } }',
        ),
        rule('rest', '{}', '{ refer: lead }', '{ given: { country: AT }, expect: { refer: lead } }'),
      ),
    );
    expect(found).toEqual([
      expect.stringMatching(
        /^one country: DE: dropped, under one: \{ country: .*, carrier: Lumen \} expect-not \{ refer: desk \}$/,
      ),
      'one carrier: Lumen: equivalent',
    ]);
  });

  test('is none where rules above take every row that it would gain', async () => {
    const found = await said(
      table(
        'first',
        rule(
          'blank',
          '{ pin: blank }',
          '{ keep: company }',
          '{ given: { country: DE }, expect: { keep: company } }, { given: { pin: "1" }, expect-not: { keep: company } }',
        ),
        rule(
          'present',
          '{ pin: present }',
          '{ keep: pin }',
          '{ given: { pin: "1" }, expect: { keep: pin } }',
        ),
      ),
    );
    expect(found).toEqual(['blank pin: blank: covered', 'present pin: present: equivalent']);
  });

  test('is none where an earlier stage takes such rows out', async () => {
    const scope = `kind: rules\nstage: scope\nmatch: all\nrules:\n${rule('out', '{ country: { not: DE } }', '{ exclude: Not ours. }', '{ given: { country: AT }, expect: { exclude: Not ours. } }')}${rule('none', '{ country: blank }', '{ exclude: Not ours. }', '{ given: { pin: "1" }, expect: { exclude: Not ours. } }')}`;
    const rules = builtIn({
      'ours.yaml': table(
        'all',
        rule(
          'ours',
          '{ country: DE }',
          '{ flag: Ours. }',
          '{ given: { country: DE }, expect: { flag: ours } }',
        ),
      ),
      'ours-scope.yaml': scope,
    });
    const [ours] = await measure(rules, (file) => file === 'ours.yaml');
    expect(ours?.conditions.map(({ isCovered, idle }) => [isCovered, idle])).toEqual([[true, 'equivalent']]);
  });

  test('is told beside the rule whose row it takes, where its own examples cannot', async () => {
    const found = await said(
      table(
        'first',
        rule(
          'short',
          '{ country: DE }',
          '{ refer: desk, for: address }',
          '{ given: { country: DE }, expect: { refer: desk } }',
        ),
        rule(
          'long',
          '{ country: AT }',
          '{ clear: address, refer: desk, for: address }',
          '{ given: { country: DE, address: x }, expect-not: { clear: address } }, { given: { country: CH }, expect-not: { clear: address } }',
        ),
        rule(
          'rest',
          '{}',
          '{ clear: address, refer: desk, for: address }',
          '{ given: { pin: "1", address: x }, expect-not: { keep: address } }',
        ),
      ),
    );
    expect(found[0]).toMatch(
      /^short country: DE: dropped, under (long|rest): .* expect \{ clear: address, refer: desk, for: address \}$/,
    );
  });

  test('is told by the word that there is none, where only that tells', async () => {
    const asks = rule(
      'asks',
      '{ country: blank }',
      '{ ask: country }',
      '{ given: { pin: "1" }, expect: { ask: country } }, { given: { country: DE }, expect-not: { ask: country } }',
    );
    const abroad = rule(
      'abroad',
      '{ country: { not: DE } }',
      '{ clear: pin }',
      '{ given: { country: AT, pin: "1" }, expect: { clear: pin } }, { given: { country: DE, pin: "1" }, expect-not: { clear: pin } }',
    );
    const home = (examples: string) =>
      rule(
        'home',
        '{ country: DE }',
        '{ flag: home }',
        `{ given: { country: DE }, expect: { flag: home } }${examples}`,
      );
    const missing = '{ given: { country: (none) }, expect-not: { flag: home } }';
    expect((await said(table('first', asks, abroad, home('')))).at(-1)).toBe(
      'home country: DE: dropped, under home: { country: (none) } expect-not { flag: home }',
    );
    expect((await said(table('first', asks, abroad, home(`, ${missing}`)))).at(-1)).toBe(
      'home country: DE: covered',
    );
  });

  test('needs no example where only another answer tells', async () => {
    const rules = builtIn({
      'ours-scope.yaml': `kind: rules\nstage: scope\nmatch: all\nrules:\n${rule('out', '{ daysSinceActive: present }', '{ exclude: Not ours. }', '{ given: { daysSinceActive: 5 }, expect: { exclude: Not ours. } }')}`,
      'ours-facts.yaml': `kind: rules\nstage: facts\nmatch: all\nrules:\n${rule('look', '{ pin: "1" }', '{ refer: desk, for: daysSinceActive }', '{ given: { pin: "1" }, expect: { refer: desk } }')}`,
      'ours.yaml': `kind: rules\nstage: checks\nmatch: all\nrules:\n${rule('late', '{ pin: "1", daysSinceActive: blank }', '{ flag: Late. }', '{ given: { pin: "1" }, expect: { flag: late } }, { given: { pin: "2" }, expect-not: { flag: late } }')}`,
    });
    const [late] = await measure(rules, (file) => file === 'ours.yaml');
    expect(late?.conditions.map(({ isCovered, idle }) => [isCovered, idle])).toEqual([
      [true, null],
      [true, 'unsayable'],
    ]);
  });

  test('of a number test is told by what is asked', async () => {
    const found = await said(
      table(
        'all',
        rule(
          'old',
          '{ daysSinceActive: { above: 60 } }',
          '{ flag: Old. }',
          '{ given: { daysSinceActive: 61 }, expect: { flag: old } }',
        ),
      ),
    );
    expect(found).toEqual([
      'old daysSinceActive: { above: 60 }: dropped, under old: { daysSinceActive: "60" } expect-not { flag: old }'.replaceAll(
        '"',
        '"',
      ),
    ]);
  });
});

test('of every condition of the built-in rules it is known what becomes of its mutants', async () => {
  const measured = await measure(builtIn());
  const idle = measured.flatMap(({ coverage: { entry }, conditions }) =>
    conditions.flatMap(({ idle: why, condition }) =>
      why ? [`${entry.id} ${condition.written}: ${why}`] : [],
    ),
  );
  expect(measured.flatMap(({ conditions }) => conditions.filter(({ isCovered }) => !isCovered))).toEqual([]);
  expect(idle).toContain('us-blank-ported-native address: blank: equivalent');
  expect(idle.filter((one) => one.endsWith('unsayable'))).toEqual([]);
});

test('findings name the condition, a row, and the example to add', async () => {
  const text = table(
    'all',
    rule('ours', '{ country: DE }', '{ flag: Ours. }', '{ given: { country: DE }, expect: { flag: ours } }'),
  );
  const [found, ...more] = await analyse(
    builtIn({ 'ours.yaml': text }),
    undefined,
    (file) => file === 'ours.yaml',
  );
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    code: 'mutant-survives',
    severity: 'warning',
    rule: 'ours',
    place: { file: 'ours.yaml', line: 5, column: (text.split('\n')[4] ?? '').indexOf('country: DE') + 1 },
    witness: { country: expect.not.stringMatching(/^DE$/) },
    help: expect.stringMatching(
      /^add to its examples: - \{ given: \{ country: .* \}, expect-not: \{ flag: ours \} \}$/,
    ),
  });
});
