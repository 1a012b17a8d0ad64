import type { FieldTypeSpec } from '../field-type.ts';
import { ORDER } from '../operators.ts';
import { isTimeOfDay } from '../values/calendar.ts';
import { bareCell } from '../values/csv-cell.ts';
import { type Reader, refuse, schemaOf } from '../values/reading.ts';

const read: Reader = (value) => {
  const match = typeof value === 'string' ? /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?$/.exec(value) : null;
  if (!match) return refuse('must be a time of day such as "18:30" or "18:30:05.25"');
  return isTimeOfDay(Number(match[1]), Number(match[2]), Number(match[3] ?? 0))
    ? match[0]
    : refuse('must be a time from 00:00 to 23:59:59.999999');
};

/** A time of day without a zone, to the microsecond. */
export const time: FieldTypeSpec = {
  type: 'time',
  properties: [],
  checkProperties: () => [],
  columnType: () => 'time',
  validator: () => schemaOf(read),
  fromText: (text) => text,
  csv: bareCell(),
  jsonExpression: (column) => `${column}::text`,
  checks: () => [],
  operators: ORDER,
  jsonSchema: () => ({ type: 'string', pattern: '^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6})?)?$' }),
  typescript: () => 'string',
};
