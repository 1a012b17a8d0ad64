import { checkConstraints } from '../../definition/columns.ts';
import type { Definition, Field, ModelIndex } from '../../definition/definition.ts';
import type { FoundTable } from '../../definition/found-table.ts';
import { hasJoinTable } from '../../definition/join-table.ts';
import { indexesOf, type PhysicalIndex, physicalIndex } from '../../definition/model-indexes.ts';
import type { ModelContext } from '../model-context.ts';
import { stepOf } from '../model-context.ts';
import { foreignKeyName } from '../plan-foreign-keys.ts';
import { createIndexStep } from '../plan-indexes.ts';
import type { Step } from '../steps.ts';
import { withField } from './as-found.ts';
import { type Difference, difference } from './difference.ts';

/** Indexes and constraints that are gone, or that hold nothing. */
export function ruleDifferences(
  model: Definition,
  table: FoundTable,
  tableOf: (modelId: string) => string,
): readonly Difference[] {
  const indexes = new Map(table.indexes.map((index) => [index.name, index]));
  const constraints = new Map(table.constraints.map((constraint) => [constraint.name, constraint]));
  const columns = new Set(table.columns.map((column) => column.name));
  // What went with its column is told by that.
  const fields = model.fields.filter((field) => !hasJoinTable(field) && columns.has(field.column));
  const wanted = indexesOf(model).filter((index) => index.needs.every((column) => columns.has(column)));
  return [
    ...wanted.flatMap((index) => {
      const found = indexes.get(index.name);
      return found?.valid ? [] : [indexDifference(model, index, found !== undefined)];
    }),
    ...fields.flatMap((field) => {
      const names = new Set(checkConstraints(field).map(({ name }) => name));
      const key = field.to === undefined ? [] : [foreignKeyName(field, tableOf(field.to))];
      return [...names, ...key].flatMap((name) => {
        const found = constraints.get(name);
        if (found?.validated) return [];
        if (found) return [notValidated(model, field, name)];
        return [key.includes(name) ? withoutKey(model, field, name) : withoutCheck(model, field, name)];
      });
    }),
  ];
}

function indexDifference(model: Definition, index: PhysicalIndex, isInvalid: boolean): Difference {
  const what = `the ${index.unique ? 'unique index' : 'index'} ${index.name} of ${model.name} (${index.columns.join(', ')})`;
  const message = isInvalid ? `${what} is not valid: nobody uses it` : `${what} is gone`;
  const kind = isInvalid ? 'indexInvalid' : 'indexMissing';
  const asFound = withoutIndex(model, index);
  // What every reference has, no definition can be without.
  if (!asFound) {
    const steps = (context: ModelContext) => [createIndexStep(context, index, 'expand')];
    return difference(model, kind, index.name, message, { catalog: { next: model, steps } });
  }
  const drop = ({ target }: ModelContext): readonly Step[] =>
    isInvalid
      ? [
          {
            kind: 'dropIndex',
            phase: 'contract',
            model: model.name,
            target,
            index: index.name,
            columns: index.needs,
          },
        ]
      : [];
  return difference(model, kind, index.name, message, {
    catalog: { asFound, next: model },
    database: { asFound, next: asFound, steps: drop, isDestructive: true },
  });
}

/** The model without an index; undefined where it would have it nonetheless. */
function withoutIndex(model: Definition, { name }: PhysicalIndex): Definition | undefined {
  const isIt = (index: ModelIndex) => physicalIndex(model, index).name === name;
  const next: Definition = {
    ...model,
    indexes: model.indexes.filter((index) => !isIt(index)),
    fields: model.fields.map((field) => {
      const { unique, index, ...rest } = field;
      if (hasJoinTable(field)) return field;
      if (unique && isIt({ fields: [field.id], unique })) return index ? { ...rest, index } : rest;
      if (index && isIt({ fields: [field.id] })) return unique ? { ...rest, unique } : rest;
      return field;
    }),
  };
  return indexesOf(next).some((index) => index.name === name) ? undefined : next;
}

function notValidated(model: Definition, field: Field, constraint: string): Difference {
  const message = `the constraint ${constraint} of ${model.name}.${field.name} was never validated: rows may break it`;
  const steps = (context: ModelContext): readonly Step[] => [
    { kind: 'validateConstraint', ...stepOf(context, field, 'expand'), constraint },
  ];
  return difference(
    model,
    'constraintInvalid',
    constraint,
    message,
    { catalog: { next: model, steps } },
    field.name,
  );
}

const LIMITS = ['min', 'max', 'minLength', 'maxLength', 'pattern', 'options'] as const;

function withoutCheck(model: Definition, field: Field, constraint: string): Difference {
  const message = `the constraint ${constraint} of ${model.name}.${field.name} is gone`;
  const held = LIMITS.filter((limit) => {
    const { id, name, column, type, names } = field;
    const limited = { id, name, column, type, [limit]: field[limit], ...(names ? { names } : {}) };
    return field[limit] !== undefined && checkConstraints(limited).some((check) => check.name === constraint);
  });
  const limits = Object.fromEntries(held.map((limit) => [limit, undefined]));
  // A choice without its options is a text.
  const bare = held.includes('options')
    ? { ...field, ...limits, type: 'text' as const }
    : { ...field, ...limits };
  const asFound = withField(model, field, defined(bare));
  const repairs = {
    catalog: { asFound, next: model },
    database: { asFound, next: asFound, isDestructive: true },
  } as const;
  return difference(model, 'constraintMissing', constraint, message, repairs, field.name);
}

/** Definitions hold no `undefined`, which their canonical form would not know. */
function defined(field: object): Field {
  return Object.fromEntries(
    Object.entries(field).filter(([, value]) => value !== undefined),
  ) as unknown as Field;
}

function withoutKey(model: Definition, field: Field, constraint: string): Difference {
  const message = `the foreign key ${constraint} of ${model.name}.${field.name} is gone: it may refer to what is not there`;
  const { to: _to, toKey = 'uuid', onDelete: _onDelete, ...rest } = field;
  // The index that a reference has by itself is there still.
  const plain: Field = { ...rest, type: toKey, ...(field.unique ? {} : { index: true }) };
  const asFound = withField(model, field, plain);
  const repairs = {
    catalog: { asFound, next: model },
    database: { asFound, next: asFound, isDestructive: true },
  } as const;
  return difference(model, 'constraintMissing', constraint, message, repairs, field.name);
}
