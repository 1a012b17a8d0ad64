import type { FieldTypeSpec } from '../field-type.ts';
import { ORDER, TEXT_SEARCH } from '../operators.ts';
import { quotedCell } from '../values/csv-cell.ts';
import { schemaOf } from '../values/reading.ts';
import {
  checkTextLimits,
  limitedText,
  TEXT_LIMITS,
  textLimitsSchema,
  textLimitsSql,
} from '../values/text-limits.ts';

export const text: FieldTypeSpec = {
  type: 'text',
  properties: TEXT_LIMITS,
  checkProperties: checkTextLimits,
  columnType: () => 'text',
  validator: (field, bounds) => schemaOf(limitedText(field, bounds)),
  fromText: (value) => value,
  csv: quotedCell(),
  jsonExpression: (column) => column,
  checks: textLimitsSql,
  operators: [...ORDER, ...TEXT_SEARCH],
  jsonSchema: (field) => ({ type: 'string', ...textLimitsSchema(field) }),
  typescript: () => 'string',
};
