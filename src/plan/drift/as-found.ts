import type { Definition, Field } from '../../definition/definition.ts';
import { specOf } from '../../definition/field-types.ts';
import { fitName } from '../../definition/fit-names.ts';
import type { FoundColumn } from '../../definition/found-table.ts';
import { isSystemField } from '../../definition/identifiers.ts';
import { physicalIndex } from '../../definition/model-indexes.ts';
import { stableId, uniqueName } from '../../definition/physical-names.ts';
import { defaultOfColumn } from '../adopt/adopted-default.ts';
import { namesOfLimits } from '../adopt/adopted-definition.ts';
import { notedType, typeOfColumn } from '../adopt/adopted-type.ts';

/** Definitions as the database has it. */

/** Without fields, and without the indexes that need them. */
export function withoutFields(model: Definition, fields: readonly Field[]): Definition {
  const columns = new Set(fields.map((field) => field.column));
  return {
    ...model,
    fields: model.fields.filter((field) => !fields.includes(field)),
    indexes: model.indexes.filter(
      (index) => !physicalIndex(model, index).needs.some((column) => columns.has(column)),
    ),
  };
}

/** With another in the place of a field. */
export function withField(model: Definition, field: Field, next: Field): Definition {
  return { ...model, fields: model.fields.map((one) => (one === field ? next : one)) };
}

/** With a field for a column that none has; undefined where no field is of its type. */
export function withColumn(model: Definition, column: FoundColumn): Definition | undefined {
  const taken = new Set(model.fields.map((field) => field.name));
  const fitted = fitName(column.name);
  const name = uniqueName(isSystemField(fitted) ? `${fitted}_2` : fitted, taken);
  const field = fieldOf({ id: stableId(model.id, column.name), name, column: column.name }, column);
  return field && { ...model, fields: [...model.fields, field] };
}

/** A field of a column as it is, under the name and id that are given. */
export function fieldOf(
  named: Pick<Field, 'id' | 'name' | 'column'>,
  column: FoundColumn,
): Field | undefined {
  const said = typeOfColumn(column);
  if (!said || said.type === 'computed' || column.generated || column.identity !== null) return undefined;
  const { type, ...limits } = said;
  const bare: Field = { ...named, type, ...limits };
  const held = (['maxLength', 'options'] as const).filter((limit) => limits[limit] !== undefined);
  const names = namesOfLimits(
    bare,
    held.map((limit) => [limit, null]),
  );
  const storedAs = notedType(column.type, specOf(bare).columnType(bare));
  const fallback = column.default === null ? null : defaultOfColumn(column.default, type);
  return {
    ...bare,
    ...(column.nullable ? {} : { required: true as const }),
    ...(fallback === null || fallback === undefined ? {} : { default: fallback }),
    ...(storedAs === undefined ? {} : { storedAs }),
    ...(held.length === 0 ? {} : { names }),
  };
}
