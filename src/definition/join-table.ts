import type { Field } from './definition.ts';
import { objectName } from './physical-names.ts';

/**
 * A list of references has no column: it is kept in a join table, a row `(source, target, position)` for each
 * link. `column` names that table.
 */
export function hasJoinTable(field: Pick<Field, 'type'>): boolean {
  return field.type === 'references';
}

/** The foreign key from a link to the record that the list belongs to. */
export function sourceKeyName({ column }: Field): string {
  return objectName('fk', column, 'source');
}

/** The foreign key from a link to the record that is referred to. */
export function targetKeyName({ column, onDelete = 'cascade' }: Field): string {
  return objectName('fk', column, 'target', onDelete);
}

/** The index that leads from a record to those whose lists hold it; the primary key leads the other way. */
export function targetIndexName({ column }: Field): string {
  return objectName('idx', column, 'target', 'source');
}
