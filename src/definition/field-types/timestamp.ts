import type { FieldTypeSpec } from '../field-type.ts';
import { ORDER } from '../operators.ts';
import { isCalendarDay, isTimeOfDay } from '../values/calendar.ts';
import { bareCell } from '../values/csv-cell.ts';
import { momentFromText } from '../values/from-text.ts';
import { type Reader, refuse, schemaOf } from '../values/reading.ts';

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,6})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

const read: Reader = (value) => {
  const match = typeof value === 'string' ? RFC_3339.exec(value) : null;
  if (!match) return refuse('must be an RFC 3339 timestamp with offset, such as "2026-11-20T18:30:00Z"');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [offsetHours, offsetMinutes] = [Number(match[8] ?? 0), Number(match[9] ?? 0)];
  const isMoment =
    isCalendarDay(year, month, day) &&
    isTimeOfDay(hour, minute, second) &&
    // Postgres takes offsets below 16 hours.
    isTimeOfDay(offsetHours, offsetMinutes, 0) &&
    offsetHours < 16;
  if (!isMoment) return refuse('must be a moment of the calendar, of the years 0001 to 9999');
  const utc = new Date(0);
  utc.setUTCFullYear(year, month - 1, day);
  utc.setUTCHours(hour, minute);
  const minutes = (match[7] === '-' ? 1 : -1) * (offsetHours * 60 + offsetMinutes);
  const utcYear = new Date(utc.getTime() + minutes * 60_000).getUTCFullYear();
  return utcYear >= 1 && utcYear <= 9999 ? match[0] : refuse('must be of the years 0001 to 9999 in UTC');
};

/** A moment, to the microsecond. */
export const timestamp: FieldTypeSpec = {
  type: 'timestamp',
  properties: [],
  checkProperties: () => [],
  columnType: () => 'timestamptz',
  validator: () => schemaOf(read),
  fromText: (text) => text,
  csv: bareCell(momentFromText, (column) => `replace(${column}::text, ' ', 'T') || ':00'`),
  // Postgres writes RFC 3339 into JSON, with the offset of its session.
  jsonExpression: (column) => column,
  checks: () => [],
  operators: ORDER,
  jsonSchema: () => ({ type: 'string', format: 'date-time' }),
  typescript: () => 'string',
};
