import { columnOf } from '../definition/columns.ts';
import { isComputed } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { indexesOf } from '../definition/model-indexes.ts';
import { keyField } from '../definition/system-fields.ts';
import type { ModelContext } from './model-context.ts';
import {
  addComputedSteps,
  createComputedSteps,
  dropComputedSteps,
  leaveColumnSteps,
} from './plan-computed.ts';
import { moveFieldSteps } from './plan-conversion.ts';
import { addFieldSteps, alterFieldSteps, dropFieldSteps } from './plan-fields.ts';
import { alterForeignKeys, foreignKeySteps, unbindSteps } from './plan-foreign-keys.ts';
import { alterIndexes, createIndexStep } from './plan-indexes.ts';
import { addLinksSteps, alterLinksSteps, dropLinksSteps } from './plan-links.ts';
import { becomeListSteps, becomeReferenceSteps, isListConversion } from './plan-list-conversion.ts';
import { restoreFieldSteps } from './plan-restore.ts';
import { EDGE_RIGHTS } from './steps/adopt-table.ts';
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
    modelId: after.id,
    key: after.key,
    definedColumns: after.fields.filter((field) => !hasJoinTable(field)).map(columnOf),
  };
  const indexes = indexesOf(after).map((index) => createIndexStep(context, index, 'expand'));
  const keys = after.fields.flatMap((field) =>
    hasJoinTable(field) ? addLinksSteps(context, field) : foreignKeySteps(context, field, 'expand'),
  );
  return { tables: [table, ...createComputedSteps(context), ...indexes], keys };
}

/** The steps of a model whose table is there: it begins to make events, and gets the indexes that it lacks. */
export function adoptModelSteps(context: ModelContext): ReturnType<typeof createModelSteps> {
  const { after, target } = context;
  const table: Step = {
    kind: 'adoptTable',
    phase: 'expand',
    model: after.name,
    target,
    columns: ['*'],
    modelId: after.id,
    key: keyField(after).column,
    grants: EDGE_RIGHTS.filter((right) => !context.edgeRights.includes(right)),
  };
  const there = new Set(Object.values(after.adopted?.names ?? {}));
  const missing = indexesOf(after).filter(({ name }) => !there.has(name));
  return { tables: [table, ...missing.map((index) => createIndexStep(context, index, 'expand'))], keys: [] };
}

/** The steps from one definition of a model to another. */
export function alterModelSteps(context: ModelContext, before: Definition): readonly Step[] {
  const { after } = context;
  const steps: Step[] = [...dropComputedSteps(context, before)];
  const had = new Map<string, Field>(before.fields.map((field) => [field.id, field]));
  for (const field of after.fields) {
    const previous = had.get(field.id);
    steps.push(...fieldSteps(context, previous, field));
    had.delete(field.id);
  }
  for (const field of had.values()) {
    steps.push(...(hasJoinTable(field) ? dropLinksSteps : dropFieldSteps)(context, field));
  }
  return [
    ...steps,
    // After the columns that expressions use, and their own triggers.
    ...addComputedSteps(context, before),
    ...alterIndexes(context, before),
    ...alterForeignKeys(context, before.fields),
  ];
}

/** The steps of a model that goes to the trash, as it was; nothing in it binds what is still there. */
export function dropModelSteps(context: ModelContext): readonly Step[] {
  const { after, target, ownTrash } = context;
  return [
    ...after.fields.flatMap((field) =>
      hasJoinTable(field) ? dropLinksSteps(context, field) : unbindSteps(context, field, 'contract'),
    ),
    {
      kind: 'trashTable',
      phase: 'contract',
      model: after.name,
      target,
      columns: ['*'],
      trashSchema: ownTrash,
      modelId: after.id,
    },
  ];
}

function fieldSteps(context: ModelContext, before: Field | undefined, field: Field): readonly Step[] {
  if (before?.column === field.column && context.restoredFrom(field))
    return restoreFieldSteps(context, field);
  if (before && isListConversion(before, field)) {
    return (hasJoinTable(field) ? becomeListSteps : becomeReferenceSteps)(context, before, field);
  }
  if (hasJoinTable(field)) {
    return before ? alterLinksSteps(context, before, field) : addLinksSteps(context, field);
  }
  if (before?.column === field.column) return alterFieldSteps(context, before, field);
  if (isComputed(field)) return before && isComputed(before) ? leaveColumnSteps(context, before) : [];
  return before ? moveFieldSteps(context, before, field) : addFieldSteps(context, field);
}
