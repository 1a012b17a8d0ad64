import { checkConstraints } from '../definition/columns.ts';
import { isComputed } from '../definition/computed.ts';
import type { Field } from '../definition/definition.ts';
import { hasJoinTable, targetKeyName } from '../definition/join-table.ts';
import { indexesOf } from '../definition/model-indexes.ts';
import { computedFunction } from '../definition/physical-names.ts';
import { keyField } from '../definition/system-fields.ts';
import { readArrayLiteral } from '../definition/values/array-literal.ts';
import { Failure, type FailureCode, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { DatabaseError } from '../ports.ts';

/** Values as parameters, by field name. */
export type Values = Readonly<Record<string, string | null>>;

/** The records that a request was to write, and where in its body each stands, as a JSON Pointer. */
export interface Written {
  readonly records: readonly Values[];
  readonly pathOf: (n: number) => string;
}

/** What Postgres refused, as a failure with the field's name of today; anything else as it is. */
export function explainViolation(model: ModelClass, error: unknown, written: Written): unknown {
  // Of the answers that are kept: no rule of the model.
  if (!(error instanceof DatabaseError) || error.constraint?.startsWith('idempotency_keys')) return error;
  return explained(model, error, written) ?? error;
}

function explained(model: ModelClass, error: DatabaseError, written: Written): Failure | null {
  const violation = (code: FailureCode, fields: readonly string[], message: string) => {
    const place = placeAmong(written, fields, refusedValues(error));
    const pathOf = (field: string) => (place === null ? '' : `${place}/${field}`);
    const errors: readonly Finding[] = fields.map((field) => ({ path: pathOf(field), code, message }));
    return new Failure(code, `${fields.join(', ') || 'the record'}: ${message}`, { errors, cause: error });
  };
  switch (error.sqlState) {
    case '23505': {
      const index = indexesOf(model.definition).find((i) => i.name === error.constraint);
      const names = fieldsOf(model, index?.columns ?? [keyField(model.definition).column]);
      const message = `another ${model.definition.name} has the same ${names.join(' and ')}`;
      return violation(index ? 'unique_violation' : 'record_exists', names, message);
    }
    case '23503':
    // restrict_violation: what `on delete restrict` raises from PostgreSQL 18 on.
    case '23001': {
      const list = model.definition.fields.find(
        (field) => hasJoinTable(field) && targetKeyName(field) === error.constraint,
      );
      if (list) return brokenLink(error, list.name, written);
      const column = /^Key \((.+?)\)=/.exec(error.detail ?? '')?.[1]?.replaceAll('"', '') ?? '';
      // A reference of this record stands in a column of its own; the other side of one is always a key.
      return column === keyField(model.definition).column
        ? stillReferenced(error)
        : violation('reference_violation', fieldsOf(model, [column]), NO_RECORD);
    }
    case '21000':
      // `on conflict` met a row that the same statement had written.
      return violation('unique_violation', [], 'two records of the body are the same one: send each once');
    case '42P10':
      return new Failure('model_pending', 'the rule that makes it unique is not in force yet: ask again', {
        cause: error,
      });
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
    default: {
      const computed = failedComputed(model, error);
      if (computed) {
        const message =
          'is computed, and its expression fails over these values: a number or a day runs over';
        return violation('validation_failed', [computed.name], message);
      }
      // Class 22, data exception: a value that the type's own check let through, such as 1e999999 in JSON.
      return error.sqlState.startsWith('22')
        ? new Failure('validation_failed', 'Postgres cannot store one of the values', { cause: error })
        : null;
    }
  }
}

/** The values that stood in the way, as Postgres' detail has them. */
function refusedValues(error: DatabaseError): string {
  const detail = /^Key \(.+?\)=\((.*)\) (?:already exists|is not present)/s.exec(error.detail ?? '');
  return detail?.[1] ?? '';
}

/** Of two in one body that have the same values, the later one is in the way; null where none has. */
function placeAmong({ records, pathOf }: Written, fields: readonly string[], values: string): string | null {
  if (records.length <= 1) return pathOf(0);
  const n = records.findLastIndex((record) => fields.map((name) => record[name]).join(', ') === values);
  return n === -1 ? null : pathOf(n);
}

const NO_RECORD = 'refers to a record that is not there';

/** An entry of a list, by its place in the body. */
function brokenLink(cause: DatabaseError, list: string, { records, pathOf }: Written): Failure {
  const id = refusedValues(cause);
  const errors = records.flatMap((record, n) => {
    const entry = readArrayLiteral(record[list] ?? '').indexOf(id);
    if (entry === -1) return [];
    return [{ path: `${pathOf(n)}/${list}/${entry}`, code: 'reference_violation', message: NO_RECORD }];
  });
  return new Failure('reference_violation', `${list}: ${NO_RECORD}`, { errors, cause });
}

/** The computed field whose function raised the error. */
function failedComputed(model: ModelClass, { context = '' }: DatabaseError): Field | undefined {
  const { table, fields } = model.definition;
  return fields.find((field) => isComputed(field) && context.includes(computedFunction(table, field.column)));
}

function stillReferenced(cause: DatabaseError): Failure {
  const message = 'another record refers to this one: change or delete that one first';
  return new Failure('reference_violation', message, { cause });
}

function fieldsOf(model: ModelClass, columns: readonly string[]): readonly string[] {
  return columns.flatMap((column) => {
    if (column === keyField(model.definition).column) return ['id'];
    return model.definition.fields.find((field) => field.column === column)?.name ?? [];
  });
}

function checkedField(model: ModelClass, error: DatabaseError): readonly string[] {
  const field = model.definition.fields.find((f) =>
    checkConstraints(f).some((check) => check.name === error.constraint),
  );
  return field ? [field.name] : [];
}
