import * as v from 'valibot';
import { asStored, nameIn, storedType } from './adopted.ts';
import type { Default, Field } from './definition.ts';
import { specOf } from './field-types.ts';
import { quoteIdentifier, quoteLiteral } from './identifiers.ts';
import { objectName } from './physical-names.ts';

/** A CHECK constraint; the name holds a digest of the expression. */
export interface CheckConstraint {
  readonly name: string;
  readonly expression: string;
}

/** A column as DDL needs it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** SQL of the default, or null. */
  readonly default: string | null;
  readonly notNull: boolean;
  readonly checks: readonly CheckConstraint[];
}

/** A JSON constant as a literal of the field's type; null for null. It was judged where it came in. */
export function constantSql(field: Field, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const spec = specOf(field);
  const literal = quoteLiteral(v.parse(spec.validator(field, false), value));
  return asStored(field, `${literal}::${spec.columnType(field)}`);
}

/** The SQL of a field's default, or null where it has none. */
export function defaultSql(field: Field): string | null {
  if (isFunctionDefault(field.default)) {
    if (field.default.fn === 'uuid') return 'gen_random_uuid()';
    return field.type === 'timestamp' ? 'now()' : `now()::${specOf(field).columnType(field)}`;
  }
  return constantSql(field, field.default);
}

/** Whether each row gets a value of its own: Postgres would rewrite the table for such a default. */
export function isVolatileDefault(field: Field): boolean {
  return isFunctionDefault(field.default) && field.default.fn === 'uuid';
}

/** Whether a default is a function; any other object is a constant of a json field. */
export function isFunctionDefault(value: Default | undefined): value is { readonly fn: 'now' | 'uuid' } {
  if (typeof value !== 'object' || value === null || !('fn' in value)) return false;
  return (value.fn === 'now' || value.fn === 'uuid') && Object.keys(value).length === 1;
}

/** The CHECK constraints that a field's limits ask for. */
export function checkConstraints(field: Field): readonly CheckConstraint[] {
  const column = quoteIdentifier(field.column);
  return specOf(field)
    .checks(field, column)
    .flatMap((expression) => {
      const name = nameIn(field.names, objectName('ck', field.column, expression));
      return name === null ? [] : [{ name, expression }];
    });
}

/** The column of a field, with all that it demands. */
export function columnOf(field: Field): Column {
  return {
    name: field.column,
    type: storedType(field),
    default: defaultSql(field),
    notNull: field.required === true,
    checks: checkConstraints(field),
  };
}
