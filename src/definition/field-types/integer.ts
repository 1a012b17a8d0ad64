import type { FieldTypeSpec } from '../field-type.ts';
import { ORDER } from '../operators.ts';
import { bareCell } from '../values/csv-cell.ts';
import { numberFromText } from '../values/from-text.ts';
import {
  boundsSchema,
  boundsSql,
  checkBounds,
  NUMBER_BOUNDS,
  type NumberDomain,
  numberReader,
} from '../values/number-bounds.ts';
import { refuse, schemaOf } from '../values/reading.ts';

const MAX = 2 ** 31 - 1;

const integers: NumberDomain<number> = {
  read(value) {
    if (typeof value !== 'number' || !Number.isInteger(value)) return refuse('must be a whole number');
    return value >= -MAX - 1 && value <= MAX
      ? value
      : refuse(`must be from ${-MAX - 1} to ${MAX}; take bigint for more`);
  },
  compare: (a, b) => a - b,
  text: (value) => String(value === 0 ? 0 : value),
};

/** Whole numbers of 32 bits. */
export const integer: FieldTypeSpec = {
  type: 'integer',
  properties: NUMBER_BOUNDS,
  checkProperties: (field, path) => checkBounds(integers, field, path),
  columnType: () => 'integer',
  validator: (field, bounds) => schemaOf(numberReader(integers, field, bounds)),
  fromText: numberFromText,
  csv: bareCell(numberFromText),
  jsonExpression: (column) => column,
  checks: (field, column) => boundsSql(integers, field, column),
  operators: ORDER,
  jsonSchema: (field) => ({ type: 'integer', ...boundsSchema(field, { minimum: -MAX - 1, maximum: MAX }) }),
  typescript: () => 'number',
};
