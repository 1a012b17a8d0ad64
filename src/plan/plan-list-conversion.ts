import { constantSql, defaultSql } from '../definition/columns.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { specOf } from '../definition/field-types.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import { hasJoinTable, targetKeyName } from '../definition/join-table.ts';
import { objectName } from '../definition/physical-names.ts';
import type { Check } from './check.ts';
import {
  BEHIND_ANOTHER,
  hasSeveral,
  isOneOfSeveral,
  linksOfList,
  referenceOfList,
} from './conversions/list.ts';
import { type ModelContext, stepOf } from './model-context.ts';
import { backfillStep, notNullSteps } from './plan-fields.ts';
import { foreignKeyOf, foreignKeySteps } from './plan-foreign-keys.ts';
import { joinTableStep, targetKey } from './plan-links.ts';
import { orphansCheck, rowsCheck } from './row-checks.ts';
import type { ListPair } from './steps/list-pair.ts';
import { quoteTable } from './steps/table-sql.ts';
import type { Step } from './steps.ts';

/** A reference that becomes a list of them, or the other way: a column beside a join table, kept in step. */

/** Whether a field goes from a column to a join table, or back. */
export function isListConversion(before: Field, field: Field): boolean {
  return hasJoinTable(before) !== hasJoinTable(field);
}

/** SQL of the key of the row `t`. */
export function keyOfRow({ key }: ModelContext): string {
  return `t.${quoteIdentifier(key.column)}`;
}

/** SQL of the reference that a list becomes. `source` is SQL of the key of its record. */
export function valueOfList(context: ModelContext, before: Field, field: Field, source: string): string {
  return referenceOfList(quoteTable(context.linksOf(before)), source, field, context.conversionOf(field));
}

/** The list takes all of the reference: its record is to be counted in no case. */
export function becomeListSteps(context: ModelContext, before: Field, field: Field): readonly Step[] {
  const { column } = before;
  const links = context.linksOf(field);
  const value = referenceOfList(quoteTable(links), '$1', before, { onError: 'first' });
  const pair = pairOf(context, before, links, value);
  const on = pairStepOf(context, field, pair);
  return [
    // What the column refers to is there for as long as the key of the column is.
    joinTableStep(context, field, null),
    { kind: 'addPair', ...on('expand'), pair, leader: 'column' },
    { kind: 'fillList', ...on('backfill'), pair },
    {
      kind: 'switchToList',
      ...on('publish'),
      pair,
      constraint: targetKeyName(field),
      definition: targetKey(context, field),
    },
    {
      kind: 'dropConstraint',
      ...stepOf(context, before, 'publish'),
      constraint: foreignKeyOf(context, before),
    },
    { kind: 'dropPair', ...on('contract'), pair, trashSchema: null },
    {
      kind: 'validateConstraint',
      ...stepOf(context, field, 'contract'),
      target: links,
      columns: ['*'],
      constraint: targetKeyName(field),
    },
    { kind: 'trashColumn', ...on('contract'), column, modelId: context.after.id },
  ];
}

/**
 * The only link of each list moves to a column. The key of the column comes as that of the links goes. A batch that
 * waits for the writer of a record goes by the list that it saw before: the pass behind it puts that right.
 */
export function becomeReferenceSteps(context: ModelContext, before: Field, field: Field): readonly Step[] {
  const { onError = 'abort' } = context.conversionOf(field) ?? {};
  const links = context.linksOf(before);
  const pair = pairOf(context, field, links, valueOfList(context, before, field, '$1'));
  const on = pairStepOf(context, field, pair);
  const given = constantSql(field, context.backfillOf(field));
  const steps: Step[] = [
    { kind: 'addColumn', ...on('expand'), column: field.column, type: pair.type, default: null },
    { kind: 'addPair', ...on('expand'), pair, leader: 'list' },
    {
      kind: 'convert',
      ...on('backfill'),
      to: field.column,
      value: valueOfList(context, before, field, keyOfRow(context)),
      lossy: onError !== 'abort',
      key: context.key,
    },
  ];
  if (field.required && given !== null) steps.push(backfillStep(context, field, given, 'backfill'));
  if (onError === 'abort') {
    const index = objectName('idx', before.column, 'several', BEHIND_ANOTHER);
    const onLinks = { target: links, columns: ['*'] };
    const what = { unique: false, method: 'btree', keys: ['source'], where: BEHIND_ANOTHER } as const;
    steps.push(
      { kind: 'createIndex', ...on('backfill'), ...onLinks, index, ...what },
      // A rule with the pair: while the index is there, the links are not moved.
      { kind: 'dropIndex', ...on('contract'), index },
    );
  }
  steps.push(
    {
      kind: 'switchToReference',
      ...on('publish'),
      pair,
      constraint: targetKeyName(before),
      default: defaultSql(field),
      unconverted: onError === 'abort' ? isOneOfSeveral(quoteTable(links)) : null,
    },
    ...foreignKeySteps(context, field, 'publish'),
    { kind: 'dropPair', ...on('contract'), pair, trashSchema: context.trashSchema },
  );
  if (field.required) steps.push(...notNullSteps(context, field, given));
  return steps;
}

/** Lists of several, where nothing is said of them; and what is said of them, where it is not there. */
export function listChecks(
  context: ModelContext,
  before: Field,
  field: Field,
  rows: string,
): { readonly unconverted: string | null; readonly value: string; readonly checks: readonly Check[] } {
  const { onError = 'abort' } = context.conversionOf(field) ?? {};
  const links = quoteTable(context.linksOf(before));
  const value = linksOfList(links, keyOfRow(context));
  const unconverted = onError === 'abort' ? hasSeveral(links, keyOfRow(context)) : null;
  const checks: Check[] = [];
  if (unconverted !== null) {
    checks.push(rowsCheck(context, 'conversion', field.name, value, unconverted, rows));
  }
  const target = context.referredTo(field.to ?? '');
  if (typeof onError === 'object') checks.push(orphansCheck(context, field, target, rows));
  const given = field.required ? constantSql(field, context.backfillOf(field)) : null;
  if (given !== null) {
    const isNobody = `not exists (select from ${target.table} as r where r.${target.key} = ${given})`;
    const isGiven = `t.${quoteIdentifier(field.column)} is null`;
    checks.push(rowsCheck(context, 'reference', field.name, given, `${isGiven} and ${isNobody}`, rows));
  }
  return { unconverted, value, checks };
}

function pairOf(context: ModelContext, one: Field, links: ListPair['links'], value: string): ListPair {
  return {
    column: one.column,
    links,
    key: context.key,
    type: specOf(one).columnType(one),
    value,
  };
}

function pairStepOf(context: ModelContext, field: Field, pair: ListPair) {
  return <P extends Step['phase']>(phase: P) => ({
    ...stepOf(context, field, phase),
    columns: [pair.column, pair.links.table],
  });
}

/** What becomes of records that refer to a deleted one, in words; alike for a reference and for a list, or not. */
function onDeleteOf(field: Field): string {
  const onDelete = field.onDelete ?? (hasJoinTable(field) ? 'cascade' : 'restrict');
  if (onDelete === 'restrict') return 'is refused while a record refers to it';
  return onDelete === 'cascade' && !hasJoinTable(field)
    ? 'deletes the records that refer to it'
    : 'leaves the records that refer to it';
}

/** What the author of a change is told of its lists: a delete may come to do something else. */
export function listWarnings(
  before: Definition,
  after: Definition,
  models: readonly Definition[],
): readonly string[] {
  return after.fields.flatMap((field) => {
    const previous = before.fields.find(({ id }) => id === field.id);
    if (!previous || !isListConversion(previous, field) || onDeleteOf(previous) === onDeleteOf(field))
      return [];
    const target = models.find(({ id }) => id === field.to)?.name;
    return [
      `deleting a ${target} ${onDeleteOf(field)} by ${after.name}.${field.name}; as long as that is a ${previous.type}, it ${onDeleteOf(previous)}`,
    ];
  });
}
