import canonicalize from 'canonicalize';
import type { Field, ModelIndex } from '../definition/definition.ts';
import type { FieldInput } from '../definition/definition-input.ts';
import { isFieldType } from '../definition/field-types.ts';
import { physicalIndex } from '../definition/model-indexes.ts';
import { parseField } from '../definition/parse-definition.ts';
import { takesProperty } from '../definition/parse-field.ts';
import { showField } from '../definition/show-definition.ts';
import { Failure } from '../failure.ts';
import { adoptInTheWay, adoptTables } from './adopt/adopt-tables.ts';
import { type FoundTables, NOTHING_FOUND } from './adopt/found-tables.ts';
import { applyRestore } from './apply-restore.ts';
import { applyRollback } from './apply-rollback.ts';
import type { ChangeRequest, Operation } from './change-request.ts';
import type { Draft } from './draft.ts';
import { applyRepair } from './drift/apply-repair.ts';
import { invalid, needField, resolveIndex } from './resolve-index.ts';

/** What was found in Postgres of what a request is about. */
type Found = Pick<ChangeRequest, 'found' | 'foundModels' | 'conflicts'>;

/** Applies one operation to a draft. Throws `Failure` where it does not fit what is there. */
export function applyOperation(
  draft: Draft,
  operation: Operation,
  path: string,
  { found = NOTHING_FOUND, foundModels = [], conflicts = {} }: Found = {},
): void {
  switch (operation.op) {
    case 'createModel':
      if (draft.byName(operation.definition.name)) {
        throw new Failure('model_exists', `there is a model ${operation.definition.name} already`, {
          errors: [
            {
              path: `${path}/definition/name`,
              code: 'model_exists',
              message: 'choose another name, or alter the model',
            },
          ],
        });
      }
      draft.put(
        operation.definition,
        adoptInTheWay(draft, operation.definition, { found, conflicts }, path),
        `${path}/definition`,
      );
      return;
    case 'renameModel': {
      const model = draft.need(operation.from, `${path}/from`);
      if (operation.to !== operation.from && draft.byName(operation.to)) {
        throw invalid(`${path}/to`, 'model_exists', `there is a model ${operation.to} already`);
      }
      draft.replace({ ...model, name: operation.to });
      return;
    }
    case 'dropModel':
      draft.remove(draft.need(operation.model, `${path}/model`).id);
      return;
    case 'addField': {
      const model = draft.need(operation.model, `${path}/model`);
      if (model.fields.some((field) => field.name === operation.field.name)) {
        throw invalid(
          `${path}/field/name`,
          'duplicate_field',
          `${model.name} has a field ${operation.field.name} already`,
        );
      }
      const input = draft.show(model);
      draft.put({ ...input, fields: [...input.fields, operation.field] }, model, path, () => `${path}/field`);
      return;
    }
    case 'renameField': {
      const model = draft.need(operation.model, `${path}/model`);
      const field = needField(model, operation.from, `${path}/from`);
      if (model.fields.some((other) => other.name === operation.to && other !== field)) {
        throw invalid(`${path}/to`, 'duplicate_field', `${model.name} has a field ${operation.to} already`);
      }
      draft.replace({
        ...model,
        fields: model.fields.map((f) => (f === field ? { ...f, name: operation.to } : f)),
      });
      return;
    }
    case 'alterField':
      alterField(draft, operation, path);
      return;
    case 'dropField': {
      const model = draft.need(operation.model, `${path}/model`);
      const field = needField(model, operation.field, `${path}/field`);
      draft.replace({
        ...model,
        fields: model.fields.filter((f) => f !== field),
        // An index goes with any of its fields, those of its condition included, as in Postgres.
        indexes: model.indexes.filter((index) => !physicalIndex(model, index).needs.includes(field.column)),
      });
      return;
    }
    case 'addIndex':
    case 'addUnique': {
      const model = draft.need(operation.model, `${path}/model`);
      const unique = operation.op === 'addUnique' || operation.index.unique === true;
      const index = resolveIndex(model, operation.index, unique, path);
      if (model.indexes.some((other) => isSameIndex(other, index))) {
        throw invalid(`${path}/fields`, 'duplicate_index', `${model.name} has this index already`);
      }
      draft.replace({ ...model, indexes: [...model.indexes, index] });
      return;
    }
    case 'dropIndex':
    case 'dropUnique':
      dropIndex(draft, operation, path);
      return;
    case 'alignNames':
      // Physical names alone: see `alignedDefinitions`.
      draft.need(operation.model, `${path}/model`);
      return;
    case 'repair':
      applyRepair(draft, operation, foundModels, path);
      return;
    case 'adopt':
      adoptTables(draft, operation, tablesOf(operation, found), path);
      return;
    case 'changeKey':
      draft.changeKey(draft.need(operation.model, `${path}/model`), operation, path);
      return;
    case 'restore':
      applyRestore(draft, operation, path);
      return;
    case 'rollbackModel':
      applyRollback(draft, operation, path);
      return;
  }
}

/** Of all that was found, what the operation is about. */
function tablesOf({ table, schema }: Extract<Operation, { op: 'adopt' }>, found: FoundTables): FoundTables {
  const isMeant = (one: FoundTables['tables'][number]) =>
    table === undefined ? one.schema === schema : `${one.schema}.${one.name}` === table;
  return { ...found, tables: found.tables.filter(isMeant) };
}

function alterField(draft: Draft, operation: Extract<Operation, { op: 'alterField' }>, path: string): void {
  const model = draft.need(operation.model, `${path}/model`);
  const field = needField(model, operation.field, `${path}/field`);
  const shown = draft.show(model);
  const nameOfField = (id: string) => model.fields.find((other) => other.id === id)?.name;
  const { result: _result, ...present } = showField(field, draft.nameOf, nameOfField);
  const merged: Record<string, unknown> = {
    ...takenAlong(present, operation.set['type']),
    ...onDeleteFor(present, operation.set),
    ...operation.set,
  };
  // Null takes a property away, as in a merge patch (RFC 7396).
  for (const [key, value] of Object.entries(operation.set)) {
    if (value === null) delete merged[key];
  }
  const parsed = parseField(merged, `${path}/set`);
  if (!parsed.ok)
    throw new Failure('validation_failed', 'the field cannot be altered so', { errors: parsed.errors });
  const { id = field.id, name } = parsed.value;
  if (id !== field.id) {
    throw invalid(`${path}/set/id`, 'invalid_property', 'must be the id of the field, or left out');
  }
  if (model.fields.some((other) => other.name === name && other !== field)) {
    throw invalid(`${path}/set/name`, 'duplicate_field', `${model.name} has a field ${name} already`);
  }
  const fields = shown.fields.map((f) => (f.id === field.id ? { ...parsed.value, id } : f));
  draft.put({ ...shown, fields }, model, path, () => `${path}/set`);
}

/** What the next type does not take is left behind: the scale of a decimal says nothing of an integer. */
function takenAlong(present: FieldInput, next: unknown): Readonly<Record<string, unknown>> {
  const isOther = typeof next === 'string' && isFieldType(next) && next !== present.type;
  if (!isOther || present.type === 'computed') return { ...present };
  return Object.fromEntries(Object.entries(present).filter(([property]) => takesProperty(next, property)));
}

/** That a deleted record leaves those that refer to it: a list says it by `cascade`, a reference by `setNull`. */
function onDeleteFor(
  { type, onDelete }: Pick<FieldInput, 'type' | 'onDelete'>,
  { type: next, required }: Readonly<Record<string, unknown>>,
): Pick<FieldInput, 'onDelete'> {
  if (next === 'references' && onDelete === 'setNull') return { onDelete: 'cascade' };
  if (next !== 'reference' || type !== 'references' || onDelete !== 'cascade') return {};
  return { onDelete: required === true ? 'restrict' : 'setNull' };
}

function dropIndex(draft: Draft, operation: Extract<Operation, { index: unknown }>, path: string): void {
  const model = draft.need(operation.model, `${path}/model`);
  const unique = operation.op === 'dropUnique' || operation.index.unique === true;
  const index = resolveIndex(model, operation.index, unique, path);
  const listed = model.indexes.filter((other) => !isSameIndex(other, index));
  const single = index.fields.length === 1 && !index.kind && !index.where ? index.fields[0] : undefined;
  const fields = model.fields.map((field) => (field.id === single ? withoutIndex(field, unique) : field));
  if (listed.length === model.indexes.length && fields.every((field, n) => field === model.fields[n])) {
    throw invalid(
      `${path}/fields`,
      'unknown_index',
      `${model.name} has no such index; name it whole, with its fields in order, kind and where`,
    );
  }
  draft.replace({ ...model, fields, indexes: listed });
}

function withoutIndex(field: Field, unique: boolean): Field {
  if (unique && field.unique) {
    const { unique: _unique, ...rest } = field;
    return rest;
  }
  if (!unique && field.index) {
    const { index: _index, ...rest } = field;
    return rest;
  }
  return field;
}

function isSameIndex(a: ModelIndex, b: ModelIndex): boolean {
  return canonicalize(a) === canonicalize(b);
}
