import type { FieldTypeSpec } from '../field-type.ts';
import { ORDER } from '../operators.ts';
import { bareCell } from '../values/csv-cell.ts';
import { type Reader, refuse, schemaOf } from '../values/reading.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const read: Reader = (value) => {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return UUID.test(text) ? text : refuse('must be a UUID such as "0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f"');
};

export const uuid: FieldTypeSpec = {
  type: 'uuid',
  properties: [],
  checkProperties: () => [],
  columnType: () => 'uuid',
  validator: () => schemaOf(read),
  fromText: (text) => text,
  csv: bareCell(),
  jsonExpression: (column) => column,
  checks: () => [],
  operators: ORDER,
  jsonSchema: () => ({ type: 'string', format: 'uuid' }),
  typescript: () => 'string',
};
