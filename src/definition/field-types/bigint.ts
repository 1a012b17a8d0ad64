import type { FieldTypeSpec } from '../field-type.ts';
import { ORDER } from '../operators.ts';
import { bareCell } from '../values/csv-cell.ts';
import {
  boundsSql,
  checkBounds,
  NUMBER_BOUNDS,
  type NumberDomain,
  numberReader,
} from '../values/number-bounds.ts';
import { rawNumber } from '../values/raw-number.ts';
import { refuse, schemaOf } from '../values/reading.ts';

const MAX = 2n ** 63n - 1n;
const DIGITS = /^-?\d{1,25}$/;

const bigints: NumberDomain<bigint> = {
  read(value) {
    const text =
      typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : (rawNumber(value) ?? value);
    if (typeof text !== 'string' || !DIGITS.test(text)) {
      return refuse('must be a whole number as a string of digits, such as "9007199254740993"');
    }
    const number = BigInt(text);
    return number >= -MAX - 1n && number <= MAX ? number : refuse(`must be from ${-MAX - 1n} to ${MAX}`);
  },
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  text: String,
};

/** Whole numbers of 64 bits: strings in JSON, for a double would lose digits. */
export const bigint: FieldTypeSpec = {
  type: 'bigint',
  properties: NUMBER_BOUNDS,
  checkProperties: (field, path) => checkBounds(bigints, field, path),
  columnType: () => 'bigint',
  validator: (field, bounds) => schemaOf(numberReader(bigints, field, bounds)),
  fromText: (value) => value,
  csv: bareCell(),
  jsonExpression: (column) => `${column}::text`,
  checks: (field, column) => boundsSql(bigints, field, column),
  operators: ORDER,
  jsonSchema: () => ({ type: 'string', pattern: '^-?[0-9]{1,19}$' }),
  typescript: () => 'string',
};
