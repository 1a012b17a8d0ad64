import { checkConstraints } from '../definition/columns.ts';
import { indexesOf } from '../definition/model-indexes.ts';
import { Failure, type FailureCode, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { DatabaseError } from '../ports.ts';

/**
 * Where in the request's body the record stands that was refused, as a JSON Pointer, from the values of the named
 * fields as Postgres' detail has them; null where that cannot be told.
 */
export type PlaceOf = (fields: readonly string[], values: string) => string | null;

const atTop: PlaceOf = () => '';

/** What Postgres refused, as a failure with the field's name of today; anything else as it is. */
export function explainViolation(model: ModelClass, error: unknown, placeOf: PlaceOf = atTop): unknown {
  // Of the answers that are kept: no rule of the model.
  if (!(error instanceof DatabaseError) || error.constraint?.startsWith('idempotency_keys')) return error;
  return explained(model, error, placeOf) ?? error;
}

function explained(model: ModelClass, error: DatabaseError, placeOf: PlaceOf): Failure | null {
  const violation = (code: FailureCode, fields: readonly string[], message: string) => {
    const values =
      /^Key \(.+?\)=\((.*)\) (?:already exists|is not present)/.exec(error.detail ?? '')?.[1] ?? '';
    const place = placeOf(fields, values);
    const pathOf = (field: string) => (place === null ? '' : `${place}/${field}`);
    const errors: readonly Finding[] = fields.map((field) => ({ path: pathOf(field), code, message }));
    return new Failure(code, `${fields.join(', ') || 'the record'}: ${message}`, { errors, cause: error });
  };
  switch (error.sqlState) {
    case '23505': {
      const index = indexesOf(model.definition).find((i) => i.name === error.constraint);
      const names = fieldsOf(model, index?.columns ?? ['id']);
      const message = `another ${model.definition.name} has the same ${names.join(' and ')}`;
      return violation(index ? 'unique_violation' : 'record_exists', names, message);
    }
    case '23503':
    // restrict_violation: what `on delete restrict` raises from PostgreSQL 18 on.
    case '23001': {
      const column = /^Key \((.+?)\)=/.exec(error.detail ?? '')?.[1]?.replaceAll('"', '') ?? '';
      // A reference of this record stands in a column of its own; the other side of one is always a key.
      return column === 'id'
        ? stillReferenced(error)
        : violation('reference_violation', fieldsOf(model, [column]), 'refers to a record that is not there');
    }
    case '23502':
      return violation(
        'required_violation',
        fieldsOf(model, [error.column ?? '']),
        'is required: it must not be null',
      );
    case '23514':
      return violation('check_violation', checkedField(model, error), 'breaks a rule of the model');
    case '54000': {
      // A value that is too long for an index over it, or a record too large for a page of a table.
      const name = /for index "(.+?)"/.exec(error.message)?.[1];
      const index = indexesOf(model.definition).find((i) => i.name === name);
      const fields = fieldsOf(model, index?.columns ?? []);
      return violation('validation_failed', fields, 'too long for Postgres to keep it, or to index it');
    }
    default:
      // Class 22, data exception: a value that the type's own check let through, such as 1e999999 in JSON.
      return error.sqlState.startsWith('22')
        ? new Failure('validation_failed', 'Postgres cannot store one of the values', { cause: error })
        : null;
  }
}

function stillReferenced(cause: DatabaseError): Failure {
  const message = 'another record refers to this one: change or delete that one first';
  return new Failure('reference_violation', message, { cause });
}

function fieldsOf(model: ModelClass, columns: readonly string[]): readonly string[] {
  return columns.flatMap((column) => {
    if (column === 'id') return ['id'];
    return model.definition.fields.find((field) => field.column === column)?.name ?? [];
  });
}

function checkedField(model: ModelClass, error: DatabaseError): readonly string[] {
  const field = model.definition.fields.find((f) =>
    checkConstraints(f).some((check) => check.name === error.constraint),
  );
  return field ? [field.name] : [];
}
