import { columnOf } from '../definition/columns.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { indexesOf, type PhysicalIndex } from '../definition/model-indexes.ts';
import { moveFieldSteps } from './plan-conversion.ts';
import {
  addFieldSteps,
  alterFieldSteps,
  dropFieldSteps,
  foreignKeySteps,
  type ModelContext,
  unbindSteps,
} from './plan-fields.ts';
import type { Step } from './steps.ts';

/** The steps of a model that was not there. Foreign keys come apart: cycles need every table first. */
export function createModelSteps(context: ModelContext): {
  readonly tables: readonly Step[];
  readonly keys: readonly Step[];
} {
  const { after, target } = context;
  const table: Step = {
    kind: 'createTable',
    phase: 'expand',
    model: after.name,
    target,
    columns: [],
    key: after.key,
    definedColumns: after.fields.map(columnOf),
  };
  const indexes = indexesOf(after).map((index) => createIndexStep(context, index));
  const keys = after.fields.flatMap((field) => foreignKeySteps(context, field, 'expand'));
  return { tables: [table, ...indexes], keys };
}

/** The steps from one definition of a model to another. */
export function alterModelSteps(context: ModelContext, before: Definition): readonly Step[] {
  const { after } = context;
  const steps: Step[] = [];
  const had = new Map<string, Field>(before.fields.map((field) => [field.id, field]));
  for (const field of after.fields) {
    const previous = had.get(field.id);
    steps.push(...fieldSteps(context, previous, field));
    had.delete(field.id);
  }
  for (const field of had.values()) steps.push(...dropFieldSteps(context, field));
  return [...steps, ...indexSteps(context, before)];
}

/** The steps of a model that goes to the trash, as it was; nothing in it binds what is still there. */
export function dropModelSteps(context: ModelContext): readonly Step[] {
  const { after, target, trashSchema } = context;
  return [
    ...after.fields.flatMap((field) => unbindSteps(context, field)),
    { kind: 'trashTable', phase: 'contract', model: after.name, target, columns: ['*'], trashSchema },
  ];
}

function fieldSteps(context: ModelContext, before: Field | undefined, field: Field): readonly Step[] {
  if (!before) return addFieldSteps(context, field);
  return before.column === field.column
    ? alterFieldSteps(context, before, field)
    : moveFieldSteps(context, before, field);
}

function indexSteps(context: ModelContext, before: Definition): readonly Step[] {
  const had = indexesOf(before);
  const has = indexesOf(context.after);
  const moved = movedColumns(before, context.after);
  const steps: Step[] = [];
  for (const index of has) {
    if (had.some((other) => other.name === index.name)) continue;
    const isMoved = index.needs.some((column) => moved.has(column));
    // Over a column that is filled first, an index is built faster after it.
    steps.push({ ...createIndexStep(context, index), phase: isMoved ? 'backfill' : 'expand' });
  }
  for (const index of had) {
    if (has.some((other) => other.name === index.name)) continue;
    const step = {
      model: context.after.name,
      target: context.target,
      index: index.name,
      columns: index.needs,
    };
    steps.push(
      index.unique
        ? { kind: 'dropUniqueIndex', phase: 'publish', ...step }
        : { kind: 'dropIndex', phase: 'contract', ...step },
    );
  }
  return steps;
}

/** The columns that fields of before move to. */
export function movedColumns(before: Definition, after: Definition): ReadonlySet<string> {
  const columns = new Map(before.fields.map((field) => [field.id, field.column]));
  const moved = after.fields.filter(({ id, column }) => columns.has(id) && columns.get(id) !== column);
  return new Set(moved.map((field) => field.column));
}

function createIndexStep(context: ModelContext, index: PhysicalIndex): Step {
  return {
    kind: 'createIndex',
    phase: 'expand',
    model: context.after.name,
    target: context.target,
    columns: index.needs,
    index: index.name,
    unique: index.unique,
    method: index.method,
    keys: index.keys,
    where: index.where,
  };
}
