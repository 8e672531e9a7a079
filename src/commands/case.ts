/** `csr case`: the support agent's case, as text ready to paste. */
import type { Command } from 'commander';
import { numberFacts } from '../engine/number.ts';
import { caseText } from '../export/case.ts';
import { readSmallText } from '../files/read-text.ts';
import { isNoAnswer, readCustomer } from '../review/intake.ts';
import { openRules, readNumberList } from './open.ts';
import { addRuleOptions, type RuleOptions } from './options.ts';
import { print, printJson, readStdin, say } from './output.ts';

interface CaseOptions extends RuleOptions {
  readonly numbers?: string;
  readonly reason?: string;
  readonly verification?: string;
  readonly customer?: string;
  readonly customerFile?: string;
  readonly owner?: string;
  readonly subCategory?: string;
  readonly severity?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addCase(program: Command): void {
  addRuleOptions(program.command('case'))
    .description('the case for a customer who asks for a CSR or whose port was rejected, ready to paste')
    .option('--numbers <list>', 'the numbers: a file, a comma-separated list, or - for standard input')
    .option('--reason <text>', 'why the request was rejected, or what the customer asks for')
    .option('--verification <text>', 'the security verification done: who and how')
    .option('--customer <name>', "the customer's name; wins over the customer file's")
    .option('--customer-file <file>', "the intake's answers as YAML")
    .option('--owner <queue>', 'the owner queue')
    .option('--sub-category <text>', 'the sub-category')
    .option('--severity <level>', 'the severity')
    .option('--json', 'as JSON')
    .action(run);
}

async function run(options: CaseOptions): Promise<void> {
  const rules = await openRules(options);
  const facts =
    options.customerFile === undefined
      ? {}
      : readCustomer(
          options.customerFile,
          await readSmallText(options.customerFile, readStdin),
          rules.intake,
        );
  const numbers = options.numbers === undefined ? [] : await readNumberList(options.numbers, rules);
  const doubtful = numbers.filter((number) => number.startsWith('+') && !numberFacts(number).valid);
  if (doubtful.length > 0 && !options.quiet)
    say(`not valid numbers, as they are written: ${doubtful.join(', ')}`);
  const chosen = new Map<string, string>();
  if (options.owner !== undefined) chosen.set('Owner', options.owner);
  if (options.subCategory !== undefined) chosen.set('Sub Category', options.subCategory);
  if (options.severity !== undefined) chosen.set('Severity', options.severity);
  const verification = options.verification ?? facts.verification ?? '';
  const question = rules.intake.questions.find(({ id }) => id === 'verification');
  const details = {
    numbers,
    reason: options.reason ?? facts.reason ?? '',
    verification: question && isNoAnswer(question, verification) ? '' : verification,
    customer: options.customer ?? facts.name ?? '',
    chosen,
  };
  const text = caseText(rules.intake.case, details);
  if (options.json) printJson({ case: text });
  else print(text);
}
