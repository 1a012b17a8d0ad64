import { schemaOf } from '../definition/adopted.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { type FilterField, filterField } from '../definition/filter.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { keyField, systemFields } from '../definition/system-fields.ts';

/** A field as queries need it. The `column` of a list of references is its column in a row that was written. */
export interface ModelField extends FilterField {
  /** Stable over renames; the name itself for a system field. */
  readonly id: string;
  readonly nullable: boolean;
  /** The id of the model that it refers to; null where it refers to none. */
  readonly to: string | null;
}

/** All fields of a definition by name, the system's first. */
export function fieldsOf(workspace: string, definition: Definition): ReadonlyMap<string, ModelField> {
  const schema = quoteIdentifier(schemaOf(workspace, definition));
  const ownerKey = quoteIdentifier(keyField(definition).column);
  const fields = [...systemFields(definition), ...definition.fields].map(
    (field) => [field.name, modelField(schema, ownerKey, field)] as const,
  );
  return new Map(fields);
}

function modelField(schema: string, ownerKey: string, field: Field): ModelField {
  const { id, name, column } = field;
  const joinTable = hasJoinTable(field) ? `${schema}.${quoteIdentifier(column)}` : null;
  // A field may be required and still hold nulls, until its contract step has run.
  return Object.assign(filterField(field), {
    id,
    nullable: id !== name,
    joinTable,
    ownerKey,
    to: field.to ?? null,
  });
}
