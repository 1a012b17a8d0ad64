import type { Finding } from '../../failure.ts';
import type { Field } from '../definition.ts';
import type { FieldInput } from '../definition-input.ts';
import type { FieldTypeSpec } from '../field-type.ts';
import { pointer } from '../json-pointer.ts';
import { ORDER } from '../operators.ts';
import { bareCell } from '../values/csv-cell.ts';
import {
  compareDecimals,
  decimalText,
  type ExactDecimal,
  MAX_PRECISION,
  readDecimal,
  wholeDigits,
} from '../values/exact-decimal.ts';
import {
  boundsSql,
  checkBounds,
  NUMBER_BOUNDS,
  type NumberDomain,
  numberReader,
} from '../values/number-bounds.ts';
import { isRefusal, refuse, schemaOf } from '../values/reading.ts';

const any: NumberDomain<ExactDecimal> = { read: readDecimal, compare: compareDecimals, text: decimalText };

/** The decimals that fit the column without rounding. */
function fitting({ precision, scale = 0 }: Pick<Field, 'precision' | 'scale'>): NumberDomain<ExactDecimal> {
  if (precision === undefined) return any;
  return {
    ...any,
    read(value) {
      const number = readDecimal(value);
      if (isRefusal(number)) return number;
      const fraction = number.scale - trailingZeros(number);
      if (fraction > scale)
        return refuse(`must have at most ${scale} digits after the point; it is never rounded`);
      return wholeDigits(number) > precision - scale
        ? refuse(`must have at most ${precision - scale} digits ahead of the point`)
        : number;
    },
  };
}

function trailingZeros({ units, scale }: ExactDecimal): number {
  const zeros = /0*$/.exec(String(units))?.[0].length ?? 0;
  return Math.min(units === 0n ? scale : zeros, scale);
}

function checkProperties(field: FieldInput, path: string): readonly Finding[] {
  const findings: Finding[] = [];
  const { precision, scale } = field;
  if (precision === undefined && scale !== undefined) {
    findings.push({
      path: pointer(path, 'precision'),
      code: 'required_property',
      message: 'is required with scale',
    });
  }
  if (precision !== undefined && (precision < 1 || precision > MAX_PRECISION)) {
    findings.push({
      path: pointer(path, 'precision'),
      code: 'invalid_property',
      message: `must be from 1 to ${MAX_PRECISION}`,
    });
  }
  if (precision !== undefined && (scale ?? 0) > precision) {
    findings.push({
      path: pointer(path, 'scale'),
      code: 'conflicting_properties',
      message: `must not be greater than precision, which is ${precision}`,
    });
  }
  return findings.length > 0 ? findings : checkBounds(fitting(field), field, path);
}

/** Exact decimals: strings in JSON. Without `precision`, of any size. */
export const decimal: FieldTypeSpec = {
  type: 'decimal',
  properties: ['precision', 'scale', ...NUMBER_BOUNDS],
  checkProperties,
  columnType: ({ precision, scale = 0 }) =>
    precision === undefined ? 'numeric' : `numeric(${precision},${scale})`,
  // A filter may compare with a number that the column could not hold.
  validator: (field, bounds) => schemaOf(numberReader(bounds ? fitting(field) : any, field, bounds)),
  fromText: (value) => value,
  csv: bareCell(),
  jsonExpression: (column) => `${column}::text`,
  checks: (field, column) => boundsSql(any, field, column),
  operators: ORDER,
  jsonSchema: () => ({ type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?$' }),
  typescript: () => 'string',
};
