import { schemaOf, trashSchemaOf } from '../definition/adopted.ts';
import { constantSql, defaultSql, isVolatileDefault } from '../definition/columns.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { trashSchema } from '../definition/physical-names.ts';
import { keyField } from '../definition/system-fields.ts';
import type { ChangeRequest } from './change-request.ts';
import type { ConversionOptions } from './conversions/field-conversion.ts';
import { type Link, linkTo, type Referred } from './conversions/reference.ts';
import type { Restored, RestoredField } from './restored.ts';
import type { RowKey } from './steps/key-window.ts';
import type { StepBase, TableName } from './steps/step-kind.ts';
import { quoteTable } from './steps/table-sql.ts';
import type { WorkspaceState } from './workspace-state.ts';

/** What the steps of one model are made from. */
export interface ModelContext {
  readonly after: Definition;
  readonly target: TableName;
  /** The join table of one of its lists. */
  readonly linksOf: (field: Field) => TableName;
  /** The key that its rows have while the change is prepared: the one before, where the change gives it another. */
  readonly key: RowKey;
  /** The schema that join tables go to when they are dropped, and the one that the table itself does. */
  readonly trashSchema: string;
  readonly ownTrash: string;
  /** What the edge may do with its table already, where that is to be adopted. */
  readonly edgeRights: readonly string[];
  /** The table of a model by its id, after the change. */
  readonly tableOf: (modelId: string) => TableName;
  /** What a reference to the model of that id refers to, after the change. */
  readonly referredTo: (modelId: string) => Referred;
  /** What a field comes back from; undefined where it does not come from the trash. */
  readonly restoredFrom: (field: Field) => RestoredField | undefined;
  /** Whether a model is there before the change. */
  readonly isThere: (modelId: string) => boolean;
  /** The JSON value that existing rows get in the named field, where the request gives one. */
  readonly backfillOf: (field: Field) => unknown;
  /** What the request says of values that do not convert by themselves. */
  readonly conversionOf: (field: Field) => ConversionOptions | undefined;
  /** The way to the records that a reference to the model of that id finds. */
  readonly linkTo: (modelId: string, match: string | undefined) => Link | undefined;
}

/**
 * The contexts of the models of one change, by their definitions after it. `places` says where tables are taken to be
 * that come back from the trash: where the change brings them, or, for who reads rows ahead of it, where they lie.
 */
export function modelContexts(
  state: WorkspaceState,
  models: readonly Definition[],
  restored: Restored,
  { backfill = {}, conversions = {}, found }: Pick<ChangeRequest, 'backfill' | 'conversions' | 'found'>,
  places: 'after' | 'before' = 'after',
): (after: Definition) => ModelContext {
  const before = new Map(state.models.map(({ definition }) => [definition.id, definition]));
  const after = new Map(models.map((model) => [model.id, model]));
  const known = (id: string): Definition => {
    const model = after.get(id) ?? before.get(id);
    if (!model) throw new TypeError(`a field refers to a model that the plan does not know: ${id}`);
    return model;
  };
  const targetOf = (model: Definition): TableName => {
    const lying = places === 'before' ? restored.models.get(model.id)?.schema : null;
    return { schema: lying ?? schemaOf(state.slug, model), table: model.table };
  };
  const linksOf = (model: Definition, { id, column }: Field): TableName => {
    const entry = restored.fields.get(id)?.entry ?? restored.models.get(model.id);
    const isLying = places === 'before' && entry?.lists.includes(column);
    return { schema: isLying ? trashSchema(state.slug) : schemaOf(state.slug, model), table: column };
  };
  const tableOf = (id: string) => targetOf(known(id));
  const referredTo = (id: string): Referred => ({
    table: quoteTable(tableOf(id)),
    key: quoteIdentifier(keyField(known(id)).column),
  });
  return (model) => ({
    after: model,
    target: targetOf(model),
    linksOf: (field) => linksOf(model, field),
    key: rowKey(before.get(model.id) ?? model),
    trashSchema: trashSchema(state.slug),
    edgeRights: found?.rights[`${schemaOf(state.slug, model)}.${model.table}`] ?? [],
    ownTrash: trashSchemaOf(state.slug, model),
    tableOf,
    referredTo,
    restoredFrom: ({ id }) => restored.fields.get(id),
    isThere: (id) => before.has(id),
    backfillOf: ({ name }) => backfill[`${model.name}.${name}`],
    linkTo: (id, match) => {
      const target = after.get(id);
      const link = target && linkTo(target, referredTo(id), match);
      const former = before.get(id);
      if (!link || !former || keyField(former).column === keyField(target).column) return link;
      return { ...link, formerKey: quoteIdentifier(keyField(former).column) };
    },
    conversionOf: ({ name }) => conversions[`${model.name}.${name}`],
  });
}

function rowKey(model: Definition): RowKey {
  return { column: keyField(model).column, type: model.key };
}

/** What the steps of a field have in common. */
export function stepOf<P extends StepBase['phase']>(context: ModelContext, field: Field, phase: P) {
  return {
    phase,
    model: context.after.name,
    field: field.name,
    target: context.target,
    columns: [field.column],
  };
}

/** SQL of what existing rows get in a field that was not there; null where they get nothing. */
export function valueAtOnce(context: ModelContext, field: Field): string | null {
  return constantSql(field, context.backfillOf(field)) ?? defaultSql(field);
}

/** Whether existing rows all get the same in a field that was not there. */
export function isAlikeAtOnce(context: ModelContext, field: Field): boolean {
  const isGiven = constantSql(field, context.backfillOf(field)) !== null;
  return isGiven || (defaultSql(field) !== null && !isVolatileDefault(field));
}
