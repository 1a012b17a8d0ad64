import { nameIn } from '../definition/adopted.ts';
import type { Field } from '../definition/definition.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { objectName } from '../definition/physical-names.ts';
import { type ModelContext, stepOf } from './model-context.ts';
import { orphansCheck } from './row-checks.ts';
import type { Step } from './steps.ts';

const ON_DELETE = { restrict: 'restrict', setNull: 'set null', cascade: 'cascade' } as const;

/** The name of a reference's foreign key to the table of that name; the digest holds it. */
export function foreignKeyName(field: Field, table: string): string {
  const name = objectName('fk', field.column, table, field.onDelete ?? 'restrict');
  return nameIn(field.names, name) ?? name;
}

/** The same in the tables of a plan; empty where the field refers to nothing. */
export function foreignKeyOf(context: ModelContext, field: Field): string {
  return field.to === undefined ? '' : foreignKeyName(field, context.tableOf(field.to).table);
}

/** The foreign key of a reference. It comes after the index that deletes on the other side look into. */
export function foreignKeySteps(
  context: ModelContext,
  field: Field,
  phase: 'expand' | 'backfill' | 'publish' | 'contract',
): readonly Step[] {
  if (field.to === undefined) return [];
  const constraint = foreignKeyOf(context, field);
  const target = context.referredTo(field.to);
  const definition = `foreign key (${quoteIdentifier(field.column)}) references ${target.table} (${target.key}) on delete ${ON_DELETE[field.onDelete ?? 'restrict']}`;
  const check = orphansCheck(context, field, target);
  return [
    { kind: 'addConstraint', ...stepOf(context, field, phase), constraint, definition },
    {
      kind: 'validateConstraint',
      ...stepOf(context, field, phase === 'publish' ? 'contract' : phase),
      constraint,
      check,
    },
  ];
}

/**
 * The foreign keys of a model's fields from one definition to the next. Only another `onDelete` is for the publish,
 * in whose transaction it takes the place of the one before: whatever a class writes fits both; and what comes back
 * from the trash, which only the next class writes. Another target is one that the class before does not know.
 */
export function alterForeignKeys(context: ModelContext, before: readonly Field[]): readonly Step[] {
  const had = new Map(before.map((field) => [field.id, field]));
  return context.after.fields.flatMap((field) => {
    if (hasJoinTable(field)) return [];
    const previous = had.get(field.id);
    if (!previous) return foreignKeySteps(context, field, 'expand');
    // A field that moves to another column brings its keys with it.
    if (previous.column !== field.column) return [];
    if (foreignKeyOf(context, previous) === foreignKeyOf(context, field)) return [];
    const isKnown = previous.to === field.to || context.restoredFrom(field) !== undefined;
    return [
      ...unbindSteps(context, previous, 'publish'),
      ...foreignKeySteps(context, field, isKnown ? 'publish' : 'contract'),
    ];
  });
}

/** What lies in the trash does not keep what it referred to from being deleted, and does not go with it. */
export function unbindSteps(
  context: ModelContext,
  field: Field,
  phase: 'publish' | 'contract',
): readonly Step[] {
  if (field.to === undefined) return [];
  const constraint = foreignKeyOf(context, field);
  return [{ kind: 'dropConstraint', ...stepOf(context, field, phase), constraint }];
}
