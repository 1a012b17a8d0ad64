import type { FieldTypeSpec } from '../field-type.ts';
import { quoteLiteral } from '../identifiers.ts';
import { ORDER } from '../operators.ts';
import { bareCell } from '../values/csv-cell.ts';
import { compareDurations, type Duration, durationText, readDuration } from '../values/duration.ts';
import {
  boundsSql,
  checkBounds,
  NUMBER_BOUNDS,
  type NumberDomain,
  numberReader,
} from '../values/number-bounds.ts';
import { schemaOf } from '../values/reading.ts';

const durations: NumberDomain<Duration> = {
  read: readDuration,
  compare: compareDurations,
  text: durationText,
  sql: (duration) => `${quoteLiteral(durationText(duration))}::interval`,
};

const PATTERN =
  '^P(?=.)(-?[0-9]+Y)?(-?[0-9]+M)?(-?[0-9]+D)?(T(?=.)(-?[0-9]+H)?(-?[0-9]+M)?(-?[0-9]+(\\.[0-9]{1,6})?S)?)?$';

/**
 * A length of time, to the microsecond, as an ISO 8601 duration. Years turn into months, weeks into days, and hours,
 * minutes and seconds into each other; months, days and time stay apart. Equality and order are those of Postgres:
 * a month has 30 days, a day 24 hours.
 */
export const interval: FieldTypeSpec = {
  type: 'interval',
  properties: NUMBER_BOUNDS,
  checkProperties: (field, path) => checkBounds(durations, field, path),
  columnType: () => 'interval',
  validator: (field, bounds) => schemaOf(numberReader(durations, field, bounds)),
  fromText: (text) => text,
  csv: bareCell(
    (text) => text,
    (column) => `remodel.iso_8601(${column})`,
  ),
  jsonExpression: (column) => `remodel.iso_8601(${column})`,
  checks: (field, column) => boundsSql(durations, field, column),
  operators: ORDER,
  jsonSchema: () => ({ type: 'string', pattern: PATTERN }),
  typescript: () => 'string',
};
