import type { FieldTypeSpec } from '../field-type.ts';
import { quotedCell } from '../values/csv-cell.ts';
import { jsonFromText } from '../values/from-text.ts';
import { refuseJson } from '../values/json-value.ts';
import { type Reader, refuse, schemaOf } from '../values/reading.ts';

const read: Reader = (value) => {
  const reason = refuseJson(value);
  return reason === undefined ? JSON.stringify(value) : refuse(reason);
};

/** Any JSON value. Postgres keeps every digit of its numbers, and not the order of an object's members. */
export const json: FieldTypeSpec = {
  type: 'json',
  properties: [],
  checkProperties: () => [],
  columnType: () => 'jsonb',
  validator: () => schemaOf(read),
  fromText: jsonFromText,
  csv: quotedCell(jsonFromText),
  jsonExpression: (column) => column,
  checks: () => [],
  operators: ['_eq', '_ne', '_null'],
  ownIndex: { method: 'gin', operators: 'jsonb_path_ops' },
  jsonSchema: () => ({}),
  typescript: () => 'unknown',
};
