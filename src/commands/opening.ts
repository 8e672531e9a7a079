/** What a review opens: a file, its layout, its session. */
import { recognise } from '../engine/layout.ts';
import { CsrError, type Problem } from '../engine/problem.ts';
import type { Grid } from '../engine/table.ts';
import { type Output, writeAll } from '../files/write-file.ts';
import { applyAnswers } from '../review/answers.ts';
import type { Desk, Opening } from '../review/desk.ts';
import { defaultOut, layoutChoice, openTemplate, readSession, SessionDesk, sessionFolder } from './desk.ts';
import { inputsOf, keptLayout, openAnswers, openGrid, openRules } from './open.ts';
import type { InputOptions } from './options.ts';

export interface OpeningOptions extends InputOptions {
  readonly out?: string;
  readonly template?: string;
}

/**
 * A review of `file`, not opened yet. Calling `opening` reads the rules and the file; the desk that it opens holds the
 * session until `close`, which says whether there was one. `opening` throws CsrError where anything named cannot be read.
 */
export function open(
  file: string,
  options: OpeningOptions,
): { readonly opening: () => Promise<Opening>; readonly close: () => boolean } {
  const session = sessionFolder(file, options);
  let opened: SessionDesk | null = null;
  const opening = async (): Promise<Opening> => {
    const rules = await openRules(options);
    const grid: Grid = await openGrid(file);
    const place = {
      out: options.out ?? defaultOut(file),
      inputs: inputsOf(file, options),
      template: await openTemplate(options.template),
    };
    return {
      grid,
      rules,
      choice: layoutChoice(options, await readSession(session)),
      recognise: (choice) => recognise(grid, rules.layouts, choice),
      open: async (choice, keepLayout): Promise<Desk> => {
        const table = recognise(grid, rules.layouts, choice);
        const given = { ...options, map: Object.fromEntries(choice.map) };
        const kept = await keptLayout(
          table,
          keepLayout && choice.map.size > 0
            ? { ...given, saveLayout: options.saveLayout ?? `${file}.layout.yaml` }
            : given,
        );
        // Before the session is begun: answers that cannot be read must not leave one behind.
        const answers = await openAnswers(options, rules);
        const desk = await SessionDesk.open(table, rules, given, session, place);
        opened = desk;
        desk.notices.push(...kept.map((layout) => keep(layout, place.inputs)));
        if (answers !== null) {
          const unused = await applyAnswers(desk.review, answers, async (deed) => {
            await desk.record(deed);
          });
          desk.notices.push(...unused);
        }
        return desk;
      },
    };
  };
  const close = () => {
    opened?.close();
    return opened !== null;
  };
  return { opening, close };
}

/** Writes the mapping of columns, and says where; that it could not be written must not end the session. */
function keep(layout: Output, inputs: readonly string[]): Problem {
  try {
    writeAll([layout], { force: false, notOver: inputs });
  } catch (error) {
    const problem = error instanceof CsrError ? error.problems[0] : undefined;
    if (problem === undefined) throw error;
    return {
      ...problem,
      severity: 'warning',
      message: `the mapping of columns was not kept: ${problem.message}`,
      help: 'name another file with `--save-layout`',
    };
  }
  return {
    code: 'layout-kept',
    severity: 'info',
    message: `the mapping of columns is kept in \`${layout.path}\``,
    help: 'move it into the folder that you give as `--extend`: the next such file is then understood by itself',
  };
}
