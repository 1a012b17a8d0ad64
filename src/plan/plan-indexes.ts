import canonicalize from 'canonicalize';
import { isComputed } from '../definition/computed.ts';
import type { Definition } from '../definition/definition.ts';
import { indexesOf, type PhysicalIndex, readIndexEntry } from '../definition/model-indexes.ts';
import { keyField } from '../definition/system-fields.ts';
import { isAlikeAtOnce, type ModelContext } from './model-context.ts';
import { newComputed } from './plan-computed.ts';
import { duplicatesCheck } from './row-checks.ts';
import type { Step } from './steps.ts';

/** The indexes from one definition of a model to the next. */
export function alterIndexes(context: ModelContext, before: Definition): readonly Step[] {
  const had = indexesOf(before);
  const has = indexesOf(context.after);
  const filled = filledColumns(before, context.after);
  const steps: Step[] = [];
  for (const index of has) {
    if (had.some((other) => other.name === index.name)) continue;
    const isNewRule = index.unique && !had.some((other) => implies(other, index));
    // Over a column that is filled first, an index is built faster after it.
    const early = index.needs.some((column) => filled.has(column)) ? 'backfill' : 'expand';
    const isLate = isNewRule && !isAlikeNowhere(context, before, index);
    steps.push(createIndexStep(context, index, isLate ? 'contract' : early));
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

/**
 * A unique index binds whoever writes from the moment that its build begins. Until the rule is published, and for
 * as long as the class before may be in use, nobody has to know of it: it is built after grace.
 */
export function createIndexStep(
  context: ModelContext,
  index: PhysicalIndex,
  phase: 'expand' | 'backfill' | 'contract',
): Step {
  return {
    kind: 'createIndex',
    phase,
    model: context.after.name,
    target: context.target,
    columns: index.needs,
    index: index.name,
    unique: index.unique,
    method: index.method,
    keys: index.keys,
    where: index.where,
    ...(phase === 'contract' && index.unique ? { check: duplicatesCheck(context, index) } : {}),
  };
}

/** Whether what one unique index demands is no less than what the other does. */
function implies({ of: stronger }: PhysicalIndex, { of: weaker }: PhysicalIndex): boolean {
  const isAsWide =
    stronger.where === undefined || canonicalize(stronger.where) === canonicalize(weaker.where);
  const fields = weaker.fields.map((entry) => readIndexEntry(entry).field);
  return (
    stronger.unique === true &&
    isAsWide &&
    stronger.fields.every((entry) => fields.includes(readIndexEntry(entry).field))
  );
}

/** Whether existing rows, and those of the class before, are alike in no case: a new field tells them apart. */
export function isAlikeNowhere(context: ModelContext, before: Definition, index: PhysicalIndex): boolean {
  return context.after.fields.some(
    (field) =>
      index.columns.includes(field.column) &&
      !isComputed(field) &&
      !before.fields.some(({ id }) => id === field.id) &&
      !isAlikeAtOnce(context, field),
  );
}

/** New columns that get values for the rows that are there: fields move to them, or are computed in them. */
function filledColumns(before: Definition, after: Definition): ReadonlySet<string> {
  const columns = new Map([keyField(before), ...before.fields].map((field) => [field.id, field.column]));
  const moved = [keyField(after), ...after.fields].filter(
    ({ id, column }) => columns.has(id) && columns.get(id) !== column,
  );
  const computed = newComputed(before, after).map(({ field }) => field);
  return new Set([...moved, ...computed].map((field) => field.column));
}
