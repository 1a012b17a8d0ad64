import { showExpression } from './computed.ts';
import type { Definition, Field, ModelIndex } from './definition.ts';
import type { DefinitionInput, FieldInput, ModelIndexInput } from './definition-input.ts';
import { showCondition } from './index-condition.ts';
import { readIndexEntry } from './model-indexes.ts';

/** The name of a model by its id; undefined where it is gone. */
export type NameOf = (modelId: string) => string | undefined;

/** A definition as clients read and write it: references and indexes by name, nothing physical. */
export function showDefinition(definition: Definition, nameOf: NameOf): DefinitionInput {
  const { id, name, label, key, fields, indexes } = definition;
  const names = new Map(fields.map((field) => [field.id, field.name]));
  return {
    id,
    name,
    ...(label === undefined ? {} : { label }),
    key,
    fields: fields.map((field) => showField(field, nameOf, (fieldId) => names.get(fieldId))),
    ...(indexes.length === 0
      ? {}
      : { indexes: indexes.map((index) => showIndex(index, (id) => names.get(id) ?? id)) }),
  };
}

/** A field as clients read and write it. `fieldNameOf` names the fields of its model by their ids. */
export function showField(field: Field, nameOf: NameOf, fieldNameOf: NameOf): FieldInput {
  const {
    column: _column,
    toKey: _toKey,
    postgis: _postgis,
    storedAs: _storedAs,
    names: _names,
    to,
    expression,
    ...rest
  } = field;
  if (expression !== undefined) {
    const shown = showExpression(expression, fieldNameOf);
    return { ...rest, type: 'computed', expression: shown, result: field.type };
  }
  const target = to === undefined ? undefined : nameOf(to);
  return target === undefined ? rest : { ...rest, to: target };
}

/** An index as clients read and write it. `nameOf` names the fields of its model by their ids. */
export function showIndex(index: ModelIndex, nameOf: (fieldId: string) => string): ModelIndexInput {
  const fields = index.fields.map((entry) => {
    const { field, descending } = readIndexEntry(entry);
    return `${descending ? '-' : ''}${nameOf(field)}`;
  });
  return { ...index, fields, ...(index.where ? { where: showCondition(index.where, nameOf) } : {}) };
}
