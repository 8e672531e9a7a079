/** `csr export`: delivers what a session, or a file with its answers, has come to. */
import type { Command } from 'commander';
import { recognise } from '../engine/layout.ts';
import { CsrError } from '../engine/problem.ts';
import { leftOut, summary } from '../export/handover.ts';
import type { DeliveryRequest } from '../review/desk.ts';
import { flagDeeds } from '../review/flags.ts';
import type { Review } from '../review/review.ts';
import {
  type DeliveryPlace,
  defaultOut,
  deliver,
  layoutChoice,
  openTemplate,
  readSession,
  reportOf,
  SessionDesk,
  sessionFolder,
} from './desk.ts';
import { inputsOf, keptLayout, openGrid, openReview, openRules, sayNotices, stamp } from './open.ts';
import { addInputOptions, type InputOptions, onlyOneStdin } from './options.ts';
import { print, say } from './output.ts';

interface ExportOptions extends InputOptions {
  readonly out?: string;
  readonly csv?: boolean;
  readonly docx?: boolean;
  readonly perCarrier?: boolean;
  readonly partial?: boolean;
  readonly force?: boolean;
  readonly template?: string;
  readonly acknowledge?: readonly string[];
}

export function addExport(program: Command): void {
  addInputOptions(program.command('export'))
    .description("deliver CSV and Word from FILE's session, or straight from FILE with --answers")
    .argument('<file>', 'the file; - for standard input')
    .option('--out <dir>', 'where to (default: delivered/ beside FILE)')
    .option('--csv', "the CSV (default: what the layout's record goes out as)")
    .option('--docx', 'the Word document')
    .option('--per-carrier', 'one Word document a carrier')
    .option('--template <docx>', 'fill the placeholders of this Word document')
    .option('--partial', 'deliver with unresolved rows as they are')
    .option(
      '--acknowledge <rule>',
      'vouch for the error flags of a rule, such as formula (repeatable)',
      collect,
    )
    .option('--force', 'replace files that are there already')
    .option('--quiet', 'say only what went wrong')
    .action(run);
}

function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...text.split(',').map((one) => one.trim())];
}

async function run(file: string, options: ExportOptions): Promise<void> {
  onlyOneStdin(file, options);
  const place: DeliveryPlace = {
    out: options.out ?? defaultOut(file),
    inputs: inputsOf(file, options),
    template: await openTemplate(options.template),
  };
  const folder = file === '-' && options.session === undefined ? null : sessionFolder(file, options);
  const events = folder === null || options.answers !== undefined ? null : await readSession(folder);
  if (events !== null && events.length > 0 && folder !== null) {
    const rules = await openRules(options);
    const table = recognise(await openGrid(file), rules.layouts, layoutChoice(options, events));
    const desk = await SessionDesk.open(
      table,
      rules,
      options,
      folder,
      { ...place, beside: await keptLayout(table, options) },
      true,
    );
    try {
      sayNotices(desk.notices, options);
      for (const deed of flagDeeds(desk.review, options.acknowledge ?? [])) await desk.record(deed);
      await hand(desk.review, options, (request) => desk.deliver(request));
    } finally {
      desk.close();
    }
    return;
  }
  if (options.session !== undefined && options.answers === undefined) {
    throw new CsrError({
      code: 'no-session',
      severity: 'error',
      message: `\`${options.session}\` holds no session`,
      help: 'name the folder of one, or leave `--session` out to deliver what the rules alone make of the file',
    });
  }
  const { review, table, notices } = await openReview(file, options);
  const beside = await keptLayout(table, options);
  sayNotices(notices, options);
  for (const deed of flagDeeds(review, options.acknowledge ?? [])) await review.apply(stamp(deed));
  await hand(review, options, (request) => deliver(review, request, { ...place, beside }));
}

async function hand(
  review: Review,
  options: ExportOptions,
  send: (request: DeliveryRequest) => ReturnType<typeof deliver>,
): Promise<void> {
  const asked =
    options.csv === true ||
    options.docx === true ||
    options.perCarrier === true ||
    options.template !== undefined;
  const layout = review.rules.layouts.layouts.find((one) => one.id === review.table.layout);
  const request: DeliveryRequest = {
    csv: asked ? options.csv === true : (layout?.delivers.includes('csv') ?? true),
    docx: asked
      ? options.docx === true || options.perCarrier === true || options.template !== undefined
      : (layout?.delivers.includes('docx') ?? false),
    perCarrier: options.perCarrier ?? false,
    partial: options.partial ?? false,
    force: options.force ?? false,
  };
  const blockers = review.blockers(request.partial);
  if (blockers.length > 0) throw new CsrError(blockers);
  const report = reportOf(review);
  // What was overwritten is said before anything is written.
  if (!options.quiet) say(summary(report, request));
  // What is missing from a delivery is said whatever is asked for.
  else if (report.excluded.length > 0) say(leftOut(report).trimEnd());
  const delivered = await send(request);
  sayNotices(delivered.notices, options);
  print(delivered.handOver);
  if (report.partial) process.exitCode = 1;
}
