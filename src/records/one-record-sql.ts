import { enteredFields } from '../definition/computed.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import { hasColumn, linksOf, setLinks } from './link-sql.ts';
import { allFields, FENCE, keyType, selectWritten, targetOf } from './record-sql.ts';

/** The statements that write one record. Each takes the fence's $1 and $2, then the key as $3. */

/** The revisions that a guard asks for, where it does, as $4. */
const MATCHES = '($4::text is null or t.updated_at = any ($4::timestamptz[]))';

const isKey = (model: ModelClass) => `t.${model.keyColumn} = $3::${keyType(model)}`;

/** Strictly greater than before: a revision never stands for two states of a record. */
export const REVISED = `updated_at = greatest(clock_timestamp(), t.updated_at + interval '1 microsecond')`;

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
    return value === undefined ? [] : `${field.column} = ${value}::${field.columnType}`;
  });
  return `
    with written as (
      update ${targetOf(model)} as t
      set ${[...sets, REVISED].join(', ')}
      where ${isKey(model)}
        and ${MATCHES}
        and ${FENCE}
      returning ${allFields(model, (list) => setLinks(model, list, given(list) ?? 'null'))}
    )
    ${answer(model)}`;
}

/** Creates a record, or replaces all that it holds, from a parameter for each field. */
export function putText(model: ModelClass, createOnly: boolean): string {
  const names = enteredFields(model.definition.fields).map((field) => field.name);
  const given = placeholders(names, 4);
  const fields = [...model.fields.values()].filter((field) => hasColumn(field) && given(field));
  const columns = [model.keyColumn, ...fields.map((field) => field.column)];
  const values = [`$3::${keyType(model)}`, ...fields.map((field) => `${given(field)}::${field.columnType}`)];
  const sets = [...fields.map((field) => `${field.column} = excluded.${field.column}`), REVISED];
  const conflict = createOnly ? 'do nothing' : `do update set ${sets.join(', ')}`;
  return `
    with written as (
      insert into ${targetOf(model)} as t (${columns.join(', ')})
      select ${values.join(', ')}
      where ${FENCE}
      on conflict (${model.keyColumn}) ${conflict}
      returning t.xmax = 0 as is_new, ${allFields(model, (list) => setLinks(model, list, given(list) ?? 'null'))}
    )
    select record, (select is_new from written)::text as created
    from (${selectWritten(model)}) as answer`;
}

export function deleteText(model: ModelClass): string {
  return `
    with written as (
      delete from ${targetOf(model)} as t
      where ${isKey(model)}
        and ${MATCHES}
        and ${FENCE}
      returning ${allFields(model, (list) => linksOf(model, list))}
    )
    ${answer(model)}`;
}

/**
 * The record that was written, or a row without one where there is a record that the guard kept. Without a guard,
 * one that is still seen was deleted while the write waited for it.
 */
function answer(model: ModelClass): string {
  return `
    ${selectWritten(model)}
    union all
    select null
    from ${targetOf(model)} as t
    where ${isKey(model)}
      and $4::text is not null
      and not exists (select from written)`;
}
