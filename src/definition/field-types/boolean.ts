import type { FieldTypeSpec } from '../field-type.ts';
import { EQUALITY } from '../operators.ts';
import { bareCell } from '../values/csv-cell.ts';
import { booleanFromWord } from '../values/from-text.ts';
import { refuse, schemaOf } from '../values/reading.ts';

export const boolean: FieldTypeSpec = {
  type: 'boolean',
  properties: [],
  checkProperties: () => [],
  columnType: () => 'boolean',
  validator: () =>
    schemaOf((value) => (typeof value === 'boolean' ? String(value) : refuse('must be true or false'))),
  fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  csv: bareCell(booleanFromWord),
  jsonExpression: (column) => column,
  checks: () => [],
  operators: EQUALITY,
  jsonSchema: () => ({ type: 'boolean' }),
  typescript: () => 'boolean',
};
