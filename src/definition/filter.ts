import type * as v from 'valibot';
import { asRead, asStored } from './adopted.ts';
import type { Field } from './definition.ts';
import type { FieldTypeSpec, Operator } from './field-type.ts';
import { specOf } from './field-types.ts';
import { quoteIdentifier, quoteLiteral } from './identifiers.ts';
import type { Relation } from './relation.ts';

/** A field as conditions need it. */
export interface FilterField {
  readonly name: string;
  /** The column's name. */
  readonly physical: string;
  /** The same, quoted. */
  readonly column: string;
  readonly columnType: string;
  /** SQL of a value of the column as one of the field's type, and of such a value as the column takes it. */
  readonly read: (value: string) => string;
  readonly write: (value: string) => string;
  /** The names that lead to a value within the column's JSON; null for all that it holds. */
  readonly members: readonly string[] | null;
  /** The join table of a list of references, quoted and with its schema; null for what has a column. */
  readonly joinTable: string | null;
  /** Of a list of references: the column of the key of the records that lists belong to, quoted. */
  readonly ownerKey: string;
  readonly spec: FieldTypeSpec;
  /** JSON value → text parameter, checking the type alone; throws nothing, as `v.safeParse` does. */
  readonly comparable: v.GenericSchema<unknown, string>;
}

export function filterField(field: Field): FilterField {
  const spec = specOf(field);
  let comparable: v.GenericSchema<unknown, string> | undefined;
  return {
    name: field.name,
    physical: field.column,
    column: quoteIdentifier(field.column),
    columnType: spec.columnType(field),
    read: (value) => asRead(field, value),
    write: (value) => asStored(field, value),
    members: null,
    joinTable: null,
    ownerKey: '"id"',
    spec,
    get comparable() {
      const schema = comparable ?? spec.validator(field, false);
      comparable = schema;
      return schema;
    },
  };
}

/**
 * SQL of the value of a field in the row whose alias, with its dot, is `alias`. JSON's null is as good as none. The
 * names that lead to a value within JSON are of a grammar without what SQL or array literals need to quote.
 */
export function valueSql({ column, members, read }: FilterField, alias: string): string {
  const value = read(`${alias}${column}`);
  if (members === null) return value;
  return `nullif(${value} #> ${quoteLiteral(`{${members.join()}}`)}, 'null')`;
}

/** A condition on records, validated against the fields of a model. Values are texts, ready for Postgres. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  /** On a record that a relation leads to: on the one that there is, if any, or on some of many. */
  | { readonly kind: 'related'; readonly relation: Relation; readonly filter: Filter }
  | {
      readonly kind: 'compare';
      readonly field: FilterField;
      readonly operator: Operator;
      /** The parameters of its SQL, in their order. */
      readonly values: readonly string[];
    };
