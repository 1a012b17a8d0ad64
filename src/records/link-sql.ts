import { quoteLiteral } from '../definition/identifiers.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';

/** The lists of references of a model in the SQL that reads and writes its records. */

/** A list of references. */
export type ListField = ModelField & { readonly joinTable: string };

export function isList(field: ModelField): field is ListField {
  return field.joinTable !== null;
}

export function hasColumn(field: ModelField): boolean {
  return field.joinTable === null;
}

/** The lists of a model. */
export function listsOf(model: ModelClass): readonly ListField[] {
  return [...model.fields.values()].filter(isList);
}

/** The keys that a list holds, over a row of the model's table. */
export function linksOf(model: ModelClass, { joinTable }: ListField, alias = 't'): string {
  return `array(select l.target from ${joinTable} as l where l.source = ${alias}.${model.keyColumn} order by l.position)`;
}

/**
 * Sets the list of the row `t` that an update has locked, and answers it; null for `targets` leaves the list. To
 * stand in `returning`, where the row is held: what others linked to it before can be seen by then.
 */
export function setLinks(model: ModelClass, field: ListField, targets: string): string {
  return `remodel.set_links(${quoteLiteral(field.joinTable)}, t.${model.keyColumn}, ${targets}::${field.columnType})`;
}

/** Clauses that link the new rows of `written`, which nobody else can have linked: each row holds its lists. */
export function linkClauses(model: ModelClass): readonly string[] {
  return listsOf(model).map(
    ({ column, joinTable }, n) => `
    linked_${n} as (
      insert into ${joinTable} (source, target, position)
      select t.${model.keyColumn}, l.target, l.position
      from written as t
      cross join lateral unnest(t.${column}) with ordinality as l (target, position)
    )`,
  );
}
