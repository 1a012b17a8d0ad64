import { enteredFields } from '../definition/computed.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import { hasColumn, type ListField, linksOf, setLinks } from './link-sql.ts';
import {
  allFields,
  assignments,
  FENCE,
  IS_NEW,
  isRevision,
  keyType,
  revisionColumns,
  selectWritten,
  targetOf,
} from './record-sql.ts';

/** The statements that write one record. Each takes the fence's $1 and $2, then the key as $3. */

const isKey = (model: ModelClass) => `t.${model.keyColumn} = $3::${keyType(model)}`;

/** The revisions that a guard asks for, where it does, are $4. */
const matches = (model: ModelClass) => isRevision(model, '$4');

/** The row that was written, by itself. */
const returned = (model: ModelClass, list: (field: ListField) => string) =>
  [allFields(model, list), ...revisionColumns(model)].join(', ');

/** Parameters for fields, by name. */
function placeholders(names: readonly string[], first: number): (field: ModelField) => string | undefined {
  const known = new Map(names.map((name, n) => [name, `$${first + n}`]));
  return ({ name }) => known.get(name);
}

/** Changes the named fields, from a parameter for each. */
export function updateText(model: ModelClass, names: readonly string[]): string {
  const given = placeholders(names, 5);
  const sets = [...model.fields.values()].filter(hasColumn).flatMap((field) => {
    const value = given(field);
    return value === undefined ? [] : `${field.column} = ${field.write(`${value}::${field.columnType}`)}`;
  });
  return `
    with written as (
      update ${targetOf(model)} as t
      set ${assignments(model, sets)}
      where ${isKey(model)}
        and ${matches(model)}
        and ${FENCE}
      returning ${returned(model, (list) => setLinks(model, list, given(list) ?? 'null'))}
    )
    ${answer(model)}`;
}

/** Creates a record, or replaces all that it holds, from a parameter for each field. */
export function putText(model: ModelClass, createOnly: boolean): string {
  const names = enteredFields(model.definition.fields).map((field) => field.name);
  const given = placeholders(names, 4);
  const fields = [...model.fields.values()].filter((field) => hasColumn(field) && given(field));
  const columns = [model.keyColumn, ...fields.map((field) => field.column)];
  const values = [
    `$3::${keyType(model)}`,
    ...fields.map((field) => field.write(`${given(field)}::${field.columnType}`)),
  ];
  const sets = fields.map((field) => `${field.column} = excluded.${field.column}`);
  const conflict = createOnly ? 'do nothing' : `do update set ${assignments(model, sets)}`;
  return `
    with written as (
      insert into ${targetOf(model)} as t (${columns.join(', ')})
      select ${values.join(', ')}
      where ${FENCE}
      on conflict (${model.keyColumn}) ${conflict}
      returning t.xmax = 0 as ${IS_NEW}, ${returned(model, (list) => setLinks(model, list, given(list) ?? 'null'))}
    )
    select answer.*, (select ${IS_NEW} from written)::text as created
    from (${selectWritten(model, true)}) as answer`;
}

export function deleteText(model: ModelClass): string {
  return `
    with written as (
      delete from ${targetOf(model)} as t
      where ${isKey(model)}
        and ${matches(model)}
        and ${FENCE}
      returning ${returned(model, (list) => linksOf(model, list))}
    )
    ${answer(model)}`;
}

/**
 * The record that was written, or a row without one where there is a record that the guard kept. Without a guard,
 * one that is still seen was deleted while the write waited for it.
 */
function answer(model: ModelClass): string {
  return `
    ${selectWritten(model, true)}
    union all
    select null${model.definition.adopted ? ', null' : ''}
    from ${targetOf(model)} as t
    where ${isKey(model)}
      and $4::text is not null
      and not exists (select from written)`;
}
