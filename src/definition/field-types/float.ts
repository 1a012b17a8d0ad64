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
import { rawNumber } from '../values/raw-number.ts';
import { refuse, schemaOf } from '../values/reading.ts';

const floats: NumberDomain<number> = {
  read(value) {
    const raw = rawNumber(value);
    const number = raw === undefined ? value : Number(raw);
    if (typeof number !== 'number') return refuse('must be a number');
    return Number.isFinite(number) ? number : refuse('must be within the range of a double');
  },
  compare: (a, b) => a - b,
  text: (value) => (Object.is(value, -0) ? '-0' : String(value)),
};

/** Doubles (IEEE 754): the nearest one to what was sent. */
export const float: FieldTypeSpec = {
  type: 'float',
  properties: NUMBER_BOUNDS,
  checkProperties: (field, path) => checkBounds(floats, field, path),
  columnType: () => 'double precision',
  validator: (field, bounds) => schemaOf(numberReader(floats, field, bounds)),
  fromText: numberFromText,
  csv: bareCell(numberFromText),
  jsonExpression: (column) => column,
  checks: (field, column) => boundsSql(floats, field, column),
  operators: ORDER,
  jsonSchema: (field) => ({ type: 'number', ...boundsSchema(field, {}) }),
  typescript: () => 'number',
};
