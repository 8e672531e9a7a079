/** A table copied from a sheet: numbers first, then what a task asks for. */
import type { Task } from '../engine/decision.ts';
import { entryOf, NumberIndex, validateAnswer } from '../review/answers.ts';
import type { AnswerEntry } from '../review/event.ts';
import { asked, type Worklist } from './worklist.ts';

export interface Pasted {
  readonly entries: readonly AnswerEntry[];
  /** Lines that fit, and of the rows they fill, how many had an answer. */
  readonly lines: number;
  readonly answered: number;
  /** Lines that cannot be used, with why. */
  readonly faults: readonly { readonly line: number; readonly text: string; readonly why: string }[];
}

/** Cells of pasted lines: columns come apart at tabs; a quoted cell may hold line breaks, as sheets copy them. */
function cellsOf(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let began = 1;
  const endRow = () => {
    cells.push(cell);
    rows.push({ line: began, cells });
    cells = [];
    cell = '';
  };
  const normal = text.replace(/\r\n?/g, '\n');
  for (let at = 0; at < normal.length; at++) {
    const char = normal[at] as string;
    if (quoted) {
      if (char === '"' && normal[at + 1] === '"') {
        cell += '"';
        at++;
      } else if (char === '"') quoted = false;
      else cell += char;
      if (char === '\n') line++;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === '\t') {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') {
      endRow();
      line++;
      began = line;
    } else cell += char;
  }
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}

/** Pasted lines as answers to the rows that ask for what `task` asks; a first line without a number is a heading. */
export function readPaste(text: string, task: Task, work: Worklist): Pasted {
  const { review } = work;
  const index = new NumberIndex(review.table, review.evaluator.books, review.rules);
  const fields = asked(task);
  const entries: AnswerEntry[] = [];
  const faults: { line: number; text: string; why: string }[] = [];
  const taken = new Map<number, number>();
  let lines = 0;
  let answered = 0;
  for (const [at, { line, cells }] of cellsOf(text).entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const number = (cells[0] ?? '').trim();
    if (at === 0 && !/\d/.test(number)) continue;
    const fault = (why: string) => faults.push({ line, text: cells.join(' | '), why });
    const rows = index.find(number);
    const values: Record<string, string> = {};
    if (rows.length === 0) {
      fault(number === '' ? 'there is no number' : `\`${number}\` is not in the file`);
      continue;
    }
    let bad = false;
    for (const [column, item] of fields.entries()) {
      const written = (cells[column + 1] ?? '').replace(/\s*\n\s*/g, ', ');
      if (written.trim() === '') continue;
      const validated = validateAnswer(review, task, item, written);
      if ('problem' in validated) {
        fault(validated.problem);
        bad = true;
        break;
      }
      values[item.field] = validated.text;
    }
    if (bad) continue;
    if (Object.keys(values).length === 0) {
      fault('there is nothing beside the number');
      continue;
    }
    let used = false;
    for (const row of rows) {
      const own = work.taskLike(row, task);
      if (!own) continue;
      const earlier = taken.get(row);
      if (earlier !== undefined) {
        fault(`line ${earlier} has the same number`);
        used = true;
        continue;
      }
      taken.set(row, line);
      if (work.isAnswered(row, own)) answered++;
      entries.push(entryOf(row, own, values));
      used = true;
    }
    if (used) lines++;
    else fault(`nothing asks for ${fields.map((item) => item.label).join(', ')} of \`${number}\``);
  }
  return { entries: faults.length > 0 ? [] : entries, lines, answered, faults };
}
