import type { Field } from '../../definition/definition.ts';
import { always, type ConversionsFrom, losingWhereItFits, whereItFits } from './conversion.ts';

const scalar = (value: string) => `remodel.number_of(remodel.scalar_of(${value}))`;
const bit = (value: string) => `${value}::integer`;

/** Whole numbers: what has a fraction is rounded where it comes from a type of fractions, and refused in texts. */
const whole = (fit: string): ConversionsFrom => ({
  text: whereItFits((value) => `${fit}(remodel.number_of(${value}))`),
  decimal: losingWhereItFits((value) => `${fit}(round(${value}))`),
  float: losingWhereItFits((value) => `${fit}(round(${value}::text::numeric))`),
  json: whereItFits((value) => `${fit}(${scalar(value)})`),
});

export const toInteger: ConversionsFrom = {
  ...whole('remodel.integer_of'),
  integer: always((value) => value),
  bigint: whereItFits((value) => `remodel.integer_of(${value}::numeric)`),
  boolean: always(bit),
};

export const toBigint: ConversionsFrom = {
  ...whole('remodel.bigint_of'),
  integer: always((value) => `${value}::bigint`),
  bigint: always((value) => value),
  boolean: always((value) => `${value}::integer::bigint`),
};

/** `value` without rounding, where the column holds it. */
function fitting(value: string, { precision, scale = 0 }: Field): string {
  return precision === undefined ? value : `remodel.decimal_of(${value}, ${precision}, ${scale})`;
}

/** `value` rounded to the column's scale, where it then fits. */
function rounding(value: string, to: Field): string {
  return to.precision === undefined ? value : fitting(`round(${value}, ${to.scale ?? 0})`, to);
}

/** Decimals without limits take every number as it is. */
const exactly = (toNumeric: (value: string) => string) =>
  whereItFits((value, _from, to) => fitting(toNumeric(value), to));

export const toDecimal: ConversionsFrom = {
  text: exactly((value) => `remodel.number_of(${value})`),
  integer: exactly((value) => `${value}::numeric`),
  bigint: exactly((value) => `${value}::numeric`),
  boolean: exactly((value) => `${value}::integer::numeric`),
  json: exactly(scalar),
  decimal: (from, to) => {
    const loses = to.precision !== undefined && (from.precision === undefined || scaleOf(from) > scaleOf(to));
    const rule = loses ? losingWhereItFits : whereItFits;
    return rule((value) => rounding(value, to))(from, to);
  },
  float: (from, to) => {
    const rule = to.precision === undefined ? always : losingWhereItFits;
    return rule((value) => rounding(`${value}::text::numeric`, to))(from, to);
  },
};

function scaleOf({ scale = 0 }: Field): number {
  return scale;
}

export const toFloat: ConversionsFrom = {
  text: whereItFits((value) => `remodel.float_of(remodel.number_of(${value}))`),
  integer: always((value) => `${value}::double precision`),
  bigint: whereItFits((value) => `remodel.float_of(${value}::numeric)`),
  decimal: whereItFits((value) => `remodel.float_of(${value})`),
  float: always((value) => value),
  boolean: always((value) => `${value}::integer::double precision`),
  json: whereItFits((value) => `remodel.float_of(${scalar(value)})`),
};
