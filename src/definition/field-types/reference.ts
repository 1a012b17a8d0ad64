import type { Finding } from '../../failure.ts';
import type { Field, KeyType } from '../definition.ts';
import type { FieldInput } from '../definition-input.ts';
import type { FieldTypeSpec } from '../field-type.ts';
import { pointer } from '../json-pointer.ts';
import { EQUALITY } from '../operators.ts';
import { quotedCell } from '../values/csv-cell.ts';
import { bigint } from './bigint.ts';
import { text } from './text.ts';
import { uuid } from './uuid.ts';

/** A reference holds a key: it is read, written and compared as the key's type is. */
const KEYS: Readonly<Record<KeyType, FieldTypeSpec>> = { uuid, bigint, text };

const keyOf = (field: Field) => KEYS[field.toKey ?? 'uuid'];

function checkProperties(field: FieldInput, path: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (field.to === undefined) {
    findings.push({
      path: pointer(path, 'to'),
      code: 'required_property',
      message: 'must be the name of a model',
    });
  }
  if (field.onDelete === 'setNull' && field.required) {
    const message = 'setNull does not fit a required field; take restrict or cascade';
    findings.push({ path: pointer(path, 'onDelete'), code: 'conflicting_properties', message });
  }
  return findings;
}

/** The key of a record of another model, or of the same. */
export const reference: FieldTypeSpec = {
  type: 'reference',
  properties: ['to', 'onDelete'],
  checkProperties,
  columnType: (field) => keyOf(field).columnType(field),
  validator: (field, bounds) => keyOf(field).validator(field, bounds),
  fromText: (value) => value,
  csv: quotedCell(),
  // A key of 64 bits is a text in JSON; for the others the cast changes nothing.
  jsonExpression: (column) => `${column}::text`,
  checks: () => [],
  operators: EQUALITY,
  jsonSchema: (field) => keyOf(field).jsonSchema(field),
  typescript: () => 'string',
};
