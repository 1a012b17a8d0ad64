import type { FieldTypeSpec } from '../field-type.ts';
import { ORDER } from '../operators.ts';
import { isCalendarDay } from '../values/calendar.ts';
import { bareCell } from '../values/csv-cell.ts';
import { type Reader, refuse, schemaOf } from '../values/reading.ts';

const read: Reader = (value) => {
  const match = typeof value === 'string' ? /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) : null;
  if (!match) return refuse('must be a date such as "2026-11-20"');
  return isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3]))
    ? match[0]
    : refuse('must be a day of the calendar, of the years 0001 to 9999');
};

export const date: FieldTypeSpec = {
  type: 'date',
  properties: [],
  checkProperties: () => [],
  columnType: () => 'date',
  validator: () => schemaOf(read),
  fromText: (text) => text,
  csv: bareCell(),
  jsonExpression: (column) => column,
  checks: () => [],
  operators: ORDER,
  jsonSchema: () => ({ type: 'string', format: 'date' }),
  typescript: () => 'string',
};
