/** Why a row was decided as it was: every rule it met, what was read, and where a rule parted from it. */
import { comparedFacts, type Outcome } from './conditions.ts';
import type { Evaluator } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Rule, RuleTable, Stage, Test } from './rule.ts';

export interface TestTrace {
  readonly written: string;
  readonly fact: string;
  /** The value as read; the fitting cells for `any-cell`. */
  readonly value: string;
  /** What the other facts of a comparison read. */
  readonly compared: readonly { readonly fact: string; readonly value: string }[];
  readonly outcome: Outcome;
}

export interface RuleTrace {
  readonly rule: Rule;
  /** Whether the rule acted on the row. */
  readonly acted: boolean;
  /** False where an earlier rule of a `first` table had decided already. */
  readonly asked: boolean;
  readonly tests: readonly TestTrace[];
  /** Blocks of `when-any`; one of them must hold. */
  readonly anyOf: readonly (readonly TestTrace[])[];
  /** The first test that failed, or null. */
  readonly failed: TestTrace | null;
}

interface TableTrace {
  readonly stage: Stage;
  readonly table: RuleTable;
  readonly rules: readonly RuleTrace[];
}

export interface Explanation {
  readonly decision: Decision;
  readonly tables: readonly TableTrace[];
}

/** The decision about a row (by index) with its whole trace. */
export async function explain(evaluator: Evaluator, index: number): Promise<Explanation> {
  const tables: TableTrace[] = [];
  await evaluator.replay(index, (stage, table, row, cell) => {
    const acted = new Set(cell.map((verdict) => verdict.rule));
    const trace = (test: Test): TestTrace => ({
      written: test.written,
      fact: test.fact,
      value: evaluator.reader.show(test, row),
      compared: comparedFacts(test.op).map((fact) => ({ fact, value: evaluator.reader.text(fact, row) })),
      outcome: evaluator.reader.holds(test, row),
    });
    let decided = false;
    const rules = table.rules.map((rule): RuleTrace => {
      const asked = !decided;
      const tests = rule.when.map(trace);
      const anyOf = rule.whenAny.map((block) => block.map(trace));
      const anyHolds =
        anyOf.length === 0 || anyOf.some((block) => block.every((test) => test.outcome === true));
      const failed =
        tests.find((test) => test.outcome !== true) ??
        (anyHolds ? null : (anyOf.flat().find((test) => test.outcome !== true) ?? null));
      if (table.match === 'first' && acted.has(rule)) decided = true;
      return { rule, acted: acted.has(rule), asked, tests, anyOf, failed };
    });
    tables.push({ stage, table, rules });
  });
  return { decision: evaluator.decision(index), tables };
}
