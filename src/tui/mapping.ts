/** Columns that no layout explains: the agent says which is which. */
import { columnLetter, type LayoutChoice, matchHeaders } from '../engine/layout.ts';
import { CsrError, type Problem } from '../engine/problem.ts';
import type { FieldDef, RuleSet } from '../engine/rule.ts';
import type { Grid } from '../engine/table.ts';
import type { Opening } from '../review/desk.ts';
import { inputLine } from './line.ts';
import {
  type Mapping,
  type PickItem,
  pushLayer,
  type Step,
  saying,
  step,
  type View,
  type World,
} from './view.ts';

/** Problems of the columns, which the agent can mend on the screen. */
const MENDABLE = new Set(['unknown-layout', 'unknown-header', 'unknown-field']);

/** Where the columns are not understood: a first reading of them. Null where they are. @throws what nobody can mend here */
export function mappingFor({ grid, rules, choice, recognise }: Opening): Mapping | null {
  try {
    recognise(choice);
    return null;
  } catch (error) {
    if (!(error instanceof CsrError) || !error.problems.some((problem) => MENDABLE.has(problem.code)))
      throw error;
    return startMapping(grid, rules, choice, error.problems);
  }
}

function startMapping(
  grid: Grid,
  rules: RuleSet,
  choice: LayoutChoice,
  problems: readonly Problem[],
): Mapping {
  const found = grid.records.findIndex((record) => record.filter((text) => text.trim() !== '').length > 1);
  const headerAt = Math.max(0, found);
  const header = grid.records[headerAt] ?? [];
  const map = new Map(choice.map);
  for (const [at, column] of matchHeaders(header, rules.layouts).entries()) {
    if (!column.field.startsWith('column:') && !map.has(column.field))
      map.set(column.field, nameOf(header, at));
  }
  return { at: 0, choice: { layout: choice.layout, map }, keep: false, header, headerAt, problems };
}

/** What names a column for good: its header, or its letter where the header is blank or stands twice. */
function nameOf(header: readonly string[], at: number): string {
  const text = (header[at] ?? '').trim();
  return text === '' || header.filter((other) => other.trim() === text).length > 1 ? columnLetter(at) : text;
}

export function mappingFields(world: World): readonly FieldDef[] {
  return [...world.opening.rules.layouts.fields.values()];
}

/** The column that a field is mapped to, or -1. */
export function columnOf(mapping: Mapping, field: string): number {
  const name = mapping.choice.map.get(field);
  if (name === undefined) return -1;
  return mapping.header.findIndex((_, at) => nameOf(mapping.header, at) === name);
}

/** A few texts of a column, to tell it by. */
export function samplesOf(mapping: Mapping, grid: Grid, at: number): readonly string[] {
  const samples: string[] = [];
  for (const record of grid.records.slice(mapping.headerAt + 1, mapping.headerAt + 40)) {
    const text = (record[at] ?? '').trim();
    if (text !== '' && !samples.includes(text)) samples.push(text);
    if (samples.length === 3) break;
  }
  return samples;
}

/** How many lines the mapping has: the layout, then a line a field. */
export function mappingCount(world: World): number {
  return mappingFields(world).length + 1;
}

/** Opens the choice for the line under the cursor. */
export function chooseColumn(view: View, world: World): Step {
  const mapping = view.mapping as Mapping;
  if (mapping.at === 0) {
    const items: PickItem[] = [
      { id: '', label: '(find it by the columns)', hint: '', disabled: null },
      ...world.opening.rules.layouts.layouts.map(({ id, title }) => ({
        id,
        label: id,
        hint: title,
        disabled: null,
      })),
    ];
    return step(
      pushLayer(view, {
        kind: 'pick',
        purpose: { type: 'layout' },
        title: 'LAYOUT',
        items,
        line: inputLine(),
        at: 0,
      }),
    );
  }
  const field = mappingFields(world)[mapping.at - 1];
  if (!field) return step(view);
  const items: PickItem[] = mapping.header.map((text, at) => ({
    id: nameOf(mapping.header, at),
    label: `${columnLetter(at)} ${text}`,
    hint: samplesOf(mapping, world.opening.grid, at).join(' | '),
    disabled: null,
  }));
  const current = columnOf(mapping, field.name);
  const title = `COLUMN FOR ${field.label}`;
  return step(
    pushLayer(view, {
      kind: 'pick',
      purpose: { type: 'column', field: field.name },
      title,
      items,
      line: inputLine(),
      at: Math.max(0, current),
    }),
  );
}

/** The view with a field mapped to a column, or to none; what is still missing is said. */
export function mapField(view: View, world: World, field: string, column: string | null): View {
  const mapping = view.mapping as Mapping;
  const map = new Map(mapping.choice.map);
  // A column means one thing.
  for (const [other, name] of map) if (name === column) map.delete(other);
  if (column === null) map.delete(field);
  else map.set(field, column);
  return chosen(view, world, { ...mapping.choice, map });
}

export function chooseLayout(view: View, world: World, id: string): View {
  const { choice } = view.mapping as Mapping;
  return chosen(view, world, { ...choice, layout: id === '' ? null : id });
}

function chosen(view: View, world: World, choice: LayoutChoice): View {
  return { ...view, mapping: { ...(view.mapping as Mapping), choice, problems: hindrances(world, choice) } };
}

/** Why the file cannot be read as it is mapped; empty where it can. */
function hindrances(world: World, choice: LayoutChoice): readonly Problem[] {
  try {
    world.opening.recognise(choice);
    return [];
  } catch (error) {
    if (!(error instanceof CsrError)) throw error;
    return error.problems;
  }
}

/** Tries the mapping: opens the session, or shows what is still missing. */
export function tryMapping(view: View, world: World): Step {
  const mapping = view.mapping as Mapping;
  const problems = hindrances(world, mapping.choice);
  const [first] = problems;
  if (first) return step(saying({ ...view, mapping: { ...mapping, problems } }, first.message, 'bad'));
  return step(
    { ...view, busy: 'opening' },
    { type: 'open', choice: mapping.choice, keepLayout: mapping.keep },
  );
}
