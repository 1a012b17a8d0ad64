import type { Field } from '../definition/definition.ts';
import { indexesOf, readIndexEntry } from '../definition/model-indexes.ts';
import { keyField } from '../definition/system-fields.ts';
import { Failure } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import type { Values } from './violations.ts';

/** What tells that a record is there already: fields that are unique together. */
export interface ConflictTarget {
  readonly fields: readonly ModelField[];
}

/** Reads `onConflict=isbn`, or `onConflict=title,year`. Throws `invalid_query` where nothing makes them unique. */
export function conflictTarget(
  model: ModelClass,
  text: string,
  parameter: 'onConflict' | 'on' = 'onConflict',
): ConflictTarget {
  const refused = (code: string, message: string) =>
    new Failure('invalid_query', `${parameter}: ${message}`, {
      errors: [{ path: parameter, code, message }],
    });
  const names = [...new Set(text.split(','))];
  const fields = names.flatMap((name) => model.fields.get(name) ?? []);
  const unknown = names.find((name) => !model.fields.has(name));
  if (unknown !== undefined) throw refused('unknown_field', `there is no field ${unknown}`);
  const wanted = fields
    .map(({ id }) => id)
    .sort()
    .join();
  if (!uniqueSets(model).includes(wanted)) {
    const known = uniqueSets(model)
      .map((ids) => namesOf(model, ids))
      .join('; ');
    throw refused('not_unique', `no rule makes ${names.join(' and ')} unique; unique are: ${known}`);
  }
  return { fields };
}

/** The sets of fields, by their sorted ids, of which no two records have the same values. */
function uniqueSets({ definition }: ModelClass): readonly string[] {
  const rules = indexesOf(definition).filter((index) => index.unique && index.where === null);
  const sets = rules.map(({ of }) =>
    of.fields
      .map((entry) => readIndexEntry(entry).field)
      .sort()
      .join(),
  );
  // Where Postgres makes the keys, nobody can know one ahead.
  return definition.key === 'bigint' ? sets : [keyField(definition).id, ...sets];
}

function namesOf(model: ModelClass, ids: string): string {
  const names = new Map(
    [...model.fields.values()].map((field): [string, Field['name']] => [field.id, field.name]),
  );
  return ids
    .split(',')
    .map((id) => names.get(id) ?? id)
    .join(' and ');
}

/**
 * The fields that records of an upsert are to change where they are there: those that were given, the same in all.
 * Throws `validation_failed` where they differ, or where a record has nothing to be told apart by.
 */
export function changedFields(
  { fields }: ConflictTarget,
  values: readonly unknown[],
  records: readonly Values[],
  pathOf: (n: number) => string,
): ReadonlySet<string> {
  const given = values.map((value) => Object.keys(Object(value)).sort().join());
  const other = given.findIndex((names) => names !== given[0]);
  if (other > 0) {
    throw invalid(pathOf(other), 'other_fields', 'give the same fields in every record of an upsert');
  }
  records.forEach((record, n) => {
    const empty = fields.find(({ name }) => (record[name] ?? null) === null);
    if (!empty) return;
    const message = 'must have a value: it tells whether the record is there';
    throw invalid(`${pathOf(n)}/${empty.name}`, 'required', message);
  });
  return new Set(Object.keys(Object(values[0])));
}

function invalid(path: string, code: string, message: string): Failure {
  return new Failure('validation_failed', `nothing was written: ${message}`, {
    errors: [{ path, code, message }],
  });
}
