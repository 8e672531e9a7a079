/** `csr escalate`: the resolution for a rejection, pasted as it came. */
import type { Command } from 'commander';
import { makeBooks } from '../engine/decide.ts';
import { escalate } from '../engine/escalate.ts';
import { CsrError } from '../engine/problem.ts';
import { readSmallText } from '../files/read-text.ts';
import { openRules } from './open.ts';
import { addRuleOptions, type RuleOptions } from './options.ts';
import { print, printJson, readStdin, say } from './output.ts';

interface EscalateOptions extends RuleOptions {
  readonly carrier?: string;
  readonly file?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addEscalate(program: Command): void {
  addRuleOptions(program.command('escalate'))
    .description('the resolution for a rejection')
    .argument('[text...]', "the gaining carrier's words; without them, --file or standard input")
    .option('--carrier <name>', 'the losing carrier of the numbers')
    .option('--file <file>', 'read the words from a file; - for standard input')
    .option('--json', 'as JSON')
    .action(run);
}

async function run(words: string[], options: EscalateOptions): Promise<void> {
  const text = await textOf(words, options);
  const rules = await openRules(options);
  if (text.trim() === '') say('no words of the gaining carrier were given: this holds whatever they are');
  const { categories, escalation, hints, nearestCarriers } = escalate(
    text,
    options.carrier ?? null,
    rules,
    makeBooks(rules),
  );
  if (nearestCarriers.length > 0 && !options.quiet)
    say(`\`${options.carrier}\` is no carrier that the rules know; nearest: ${nearestCarriers.join(', ')}`);
  const place = `${escalation.place.file}:${escalation.place.line}`;
  if (options.json) {
    const { resolution, give, refer, id, basis } = escalation;
    printJson({ categories, resolution, give, refer, rule: id, place, basis, hints });
    return;
  }
  const lines = [escalation.resolution];
  if (escalation.give) {
    lines.push(
      ...Object.entries(escalation.give).map(([field, value]) => `give the customer: ${field} ${value}`),
    );
  }
  if (escalation.refer) lines.push(`refer to: ${escalation.refer}`);
  const procedure = escalation.procedure === null ? undefined : rules.procedures.get(escalation.procedure);
  if (procedure) {
    lines.push(`how (${procedure.where}):`, ...procedure.steps.map((step, at) => `  ${at + 1}. ${step}`));
  }
  lines.push(`rule: ${escalation.id} (${escalation.basis}), ${place}`);
  lines.push(`recognised: ${categories.length > 0 ? categories.join(', ') : 'nothing'}`);
  for (const hint of hints) lines.push(`hint, not policy: ${hint}`);
  print(`${lines.join('\n')}\n`);
}

async function textOf(words: string[], options: EscalateOptions): Promise<string> {
  if (words.length > 0 && !(words.length === 1 && words[0] === '-')) {
    if (options.file === undefined) return words.join(' ');
    throw usage('give the words or `--file`, not both');
  }
  if (
    options.file === undefined &&
    process.stdin.isTTY &&
    words.length === 0 &&
    options.carrier !== undefined
  )
    return '';
  if (options.file === undefined && process.stdin.isTTY) {
    throw usage(
      "paste the gaining carrier's words as an argument, or give them with `--file` or on standard input",
    );
  }
  return readSmallText(options.file ?? '-', readStdin);
}

function usage(message: string): CsrError {
  return new CsrError({ code: 'usage', severity: 'error', message });
}
