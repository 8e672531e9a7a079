/** What the examples of a rule set notice, entry by entry, and what becomes of the mutants that they do not. */
import { type Coverage, coverageOf, entriesOf, trialOf } from '../coverage.ts';
import type { Condition, Mutant } from '../mutants.ts';
import type { ExampleBlock } from '../propose-examples.ts';
import type { RuleSet } from '../rule.ts';
import { Space } from './space.ts';
import { type Fate, Survivors } from './survivor.ts';
import { World } from './world.ts';

export interface Measured {
  readonly coverage: Coverage;
  /** Where nothing shows the entry at work: an example that would. */
  readonly suggestion: ExampleBlock | null;
  readonly conditions: readonly MeasuredCondition[];
}

interface MeasuredCondition {
  readonly condition: Condition;
  /** An example fails with every mutant that any row can tell from the entry. */
  readonly isCovered: boolean;
  readonly survivors: readonly Survivor[];
  /** Those whose example belongs under an entry of a file that is not measured: nobody asked what is missing there. */
  readonly elsewhere: readonly Survivor[];
  /** Why it needs no example, where no example could tell that it is gone, or none of the files measured. */
  readonly idle: 'equivalent' | 'unsayable' | 'elsewhere' | null;
}

export interface Survivor {
  readonly mutant: Mutant;
  readonly fate: Extract<Fate, { kind: 'survives' | 'unknown' }>;
}

/**
 * Measures the entries of some files. Where no example that comes out as it says shows an entry at work, its conditions
 * count as not covered, and nothing more is said of them.
 * @param isMeasured told of a file's path; an example that belongs into another file is not missing
 */
export async function measure(
  rules: RuleSet,
  isMeasured: (file: string) => boolean = () => true,
  world = new World(rules),
  space = new Space([world]),
): Promise<Measured[]> {
  const trial = trialOf(rules, world.books);
  const entries = entriesOf(rules).filter(({ place }) => isMeasured(place.file));
  const survivors = new Survivors(space, world, trial, isMeasured);
  const found: Measured[] = [];
  for (const coverage of await coverageOf(entries, trial)) {
    const { entry, isExpected, isShown, acting } = coverage;
    const conditions: MeasuredCondition[] = [];
    for (const { condition, unnoticed } of coverage.conditions) {
      if (!isShown) {
        const isCovered = condition.mutants.length === 0;
        conditions.push({ condition, isCovered, survivors: [], elsewhere: [], idle: null });
        continue;
      }
      const fates: { mutant: Mutant; fate: Fate }[] = [];
      for (const mutant of unnoticed) fates.push({ mutant, fate: await survivors.fateOf(mutant, acting) });
      const all = fates.flatMap(({ mutant, fate }): Survivor[] =>
        fate.kind === 'survives' || fate.kind === 'unknown' ? [{ mutant, fate }] : [],
      );
      const isElsewhere = ({ fate }: Survivor) =>
        fate.kind === 'survives' && fate.suggestion && !isMeasured(fate.suggestion.under.place.file);
      const elsewhere = all.filter(isElsewhere);
      const left = all.filter((one) => !isElsewhere(one));
      const idle = fates.flatMap(({ mutant, fate: { kind } }) =>
        mutant.change === 'dropped' && (kind === 'equivalent' || kind === 'unsayable') ? [kind] : [],
      );
      conditions.push({
        condition,
        isCovered: left.length === 0,
        survivors: left,
        elsewhere,
        idle: idle[0] ?? (elsewhere.length > 0 && left.length === 0 ? 'elsewhere' : null),
      });
    }
    const suggestion = isExpected ? null : await survivors.actingExample(entry);
    found.push({ coverage, suggestion, conditions });
  }
  return found;
}
