import { checkConstraints } from '../definition/columns.ts';
import { indexesOf } from '../definition/model-indexes.ts';
import { Failure, type FailureCode, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { DatabaseError } from '../ports.ts';

/** What Postgres refused, as a failure with the field's name of today; anything else as it is. */
export function explainViolation(model: ModelClass, error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  switch (error.sqlState) {
    case '23505':
      return unique(model, error);
    case '23503':
    // restrict_violation: what `on delete restrict` raises from PostgreSQL 18 on.
    case '23001':
      return reference(model, error);
    case '23502':
      return violation(
        'required_violation',
        fieldsOf(model, [error.column ?? '']),
        'is required: it must not be null',
        error,
      );
    case '23514':
      return violation('check_violation', checkedField(model, error), 'breaks a rule of the model', error);
    default:
      // Class 22, data exception: a value that the type's own check let through, such as 1e999999 in JSON.
      return error.sqlState.startsWith('22')
        ? new Failure('validation_failed', 'Postgres cannot store one of the values', { cause: error })
        : error;
  }
}

function unique(model: ModelClass, error: DatabaseError): Failure {
  const index = indexesOf(model.definition).find((i) => i.name === error.constraint);
  const columns = index?.keys.map((key) => key.replace('-', '')) ?? ['id'];
  const names = fieldsOf(model, columns);
  const message = `another ${model.definition.name} has the same ${names.join(' and ')}`;
  return violation(index ? 'unique_violation' : 'record_exists', names, message, error);
}

function reference(model: ModelClass, error: DatabaseError): Failure {
  const column = /^Key \((.+?)\)=/.exec(error.detail ?? '')?.[1]?.replaceAll('"', '');
  // A reference of this record stands in a column of its own; the other side of one is always a key.
  if (column === 'id') {
    return new Failure(
      'reference_violation',
      'another record refers to this one: change or delete that one first',
      { cause: error },
    );
  }
  return violation(
    'reference_violation',
    fieldsOf(model, [column ?? '']),
    'refers to a record that is not there',
    error,
  );
}

function violation(
  code: FailureCode,
  fields: readonly string[],
  message: string,
  cause: DatabaseError,
): Failure {
  const errors: readonly Finding[] = fields.map((field) => ({ path: `/${field}`, code, message }));
  return new Failure(code, `${fields.join(', ') || 'the record'}: ${message}`, { errors, cause });
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
