import * as v from 'valibot';
import { specOf } from '../field-types.ts';
import { quoteLiteral } from '../identifiers.ts';
import { type Expression, ExpressionError } from './expression.ts';
import { asType, expect, isNumber, textOf, unify, type Value, type ValueType } from './value-type.ts';

/** A function of the language. `least` and `most` bound the number of its parameters. */
interface FunctionSpec {
  readonly least: number;
  readonly most: number;
  apply(parameters: readonly Value[], at: number): Value;
}

const MANY = 50;
const DIGITS = 20;

/** Only what depends on its parameters alone, whatever the session's settings: the column keeps the answer. */
const FUNCTIONS: Readonly<Record<string, FunctionSpec>> = {
  abs: one((x, at) => ({ type: number(x), sql: `abs(${asNumber(x)})`, at })),
  ceil: one((x, at) => ({ type: number(x), sql: `ceil(${asNumber(x)})`, at })),
  floor: one((x, at) => ({ type: number(x), sql: `floor(${asNumber(x)})`, at })),
  round: { least: 1, most: 2, apply: round },
  integer: one((x, at) => ({ type: 'integer', sql: `trunc(${asNumeric(x)})`, at })),
  bigint: one((x, at) => ({ type: 'bigint', sql: `trunc(${asNumeric(x)})`, at })),
  decimal: one((x, at) => ({ type: 'decimal', sql: asNumeric(x), at })),
  float: one((x, at) => ({ type: 'float', sql: asType({ ...x, type: number(x) }, 'float'), at })),
  greatest: { least: 2, most: MANY, apply: (all, at) => extreme('greatest', all, at) },
  least: { least: 2, most: MANY, apply: (all, at) => extreme('least', all, at) },
  coalesce: {
    least: 1,
    most: MANY,
    apply(all, at) {
      const type = unify(all);
      return { type: type ?? 'null', sql: type ? `coalesce(${inType(all, type)})` : 'null', at };
    },
  },
  text: one((x, at) => ({ type: 'text', sql: textOf(x), at })),
  concat: {
    least: 1,
    most: MANY,
    apply: (all, at) => ({ type: 'text', sql: `concat(${all.map(textOf).join(', ')})`, at }),
  },
  lower: one((x, at) => ({ type: 'text', sql: `lower(${expect(x, 'text')})`, at })),
  upper: one((x, at) => ({ type: 'text', sql: `upper(${expect(x, 'text')})`, at })),
  trim: one((x, at) => ({ type: 'text', sql: `btrim(${expect(x, 'text')}, E' \\t\\n\\r')`, at })),
  length: one((x, at) => ({ type: 'integer', sql: `char_length(${expect(x, 'text')})::numeric`, at })),
  left: two((x, n, at) => ({ type: 'text', sql: `left(${expect(x, 'text')}, ${places(n)})`, at })),
  right: two((x, n, at) => ({ type: 'text', sql: `right(${expect(x, 'text')}, ${places(n)})`, at })),
  contains: two((x, y, at) => ({
    type: 'boolean',
    sql: `(strpos(${expect(x, 'text')}, ${expect(y, 'text')}) > 0)`,
    at,
  })),
  replace: {
    least: 3,
    most: 3,
    apply: (all, at) => ({
      type: 'text',
      sql: `replace(${all.map((value) => expect(value, 'text')).join(', ')})`,
      at,
    }),
  },
  year: one((x, at) => part('year', x, at)),
  month: one((x, at) => part('month', x, at)),
  day: one((x, at) => part('day', x, at)),
  date: one((x, at) =>
    x.constant === undefined
      ? { type: 'date', sql: `(${expect(x, 'timestamp')} at time zone 'UTC')::date`, at }
      : constant(x, 'date'),
  ),
  time: one((x, at) =>
    x.constant === undefined
      ? { type: 'time', sql: `(${expect(x, 'timestamp')} at time zone 'UTC')::time`, at }
      : constant(x, 'time'),
  ),
  timestamp: one((x) => constant(x, 'timestamp')),
  epoch: one((x, at) => ({ type: 'decimal', sql: `extract(epoch from ${expect(x, 'timestamp')})`, at })),
};

/** Applies a function by its name. Throws where there is none, or the parameters do not fit. */
export function applyFunction(
  call: Extract<Expression, { kind: 'call' }>,
  parameters: readonly Value[],
): Value {
  const { name, at } = call;
  const spec = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!spec) {
    throw new ExpressionError(
      at,
      `there is no function ${name}; known are ${Object.keys(FUNCTIONS).join(', ')}`,
    );
  }
  const { least, most } = spec;
  if (parameters.length < least || parameters.length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw new ExpressionError(at, `${name} takes ${wanted} parameters, not ${parameters.length}`);
  }
  return spec.apply(parameters, at);
}

function one(apply: (x: Value, at: number) => Value): FunctionSpec {
  return { least: 1, most: 1, apply: ([x], at) => apply(given(x), at) };
}

function two(apply: (x: Value, y: Value, at: number) => Value): FunctionSpec {
  return { least: 2, most: 2, apply: ([x, y], at) => apply(given(x), given(y), at) };
}

function given(value: Value | undefined): Value {
  if (!value) throw new RangeError('a function was applied to too few parameters');
  return value;
}

function number(value: Value): ValueType {
  asNumber(value);
  return value.type === 'null' ? 'integer' : value.type;
}

function asNumber(value: Value): string {
  return expect(value, 'integer', 'bigint', 'decimal', 'float');
}

function asNumeric(value: Value): string {
  return value.type === 'float' ? `${value.sql}::numeric` : asNumber(value);
}

/** The digits are a constant, for they decide the type: whole numbers stay whole only without. */
function round([x, digits]: readonly Value[], at: number): Value {
  const value = given(x);
  const type = number(value);
  if (digits && !(digits.type === 'integer' && Number(digits.constant) <= DIGITS)) {
    throw new ExpressionError(digits.at, `must be a constant from 0 to ${DIGITS}: the digits to round to`);
  }
  const sql = `round(${asNumeric(value)}, ${digits?.constant ?? 0})`;
  if (type === 'float') return { type, sql: `${sql}::double precision`, at };
  return { type: digits ? 'decimal' : type, sql, at };
}

function extreme(name: 'greatest' | 'least', all: readonly Value[], at: number): Value {
  const type = unify(all);
  if (type === null) return { type: 'null', sql: 'null', at };
  const values = all.map((value) => collated(asType(value, type), type));
  return { type, sql: `${name}(${values.join(', ')})`, at };
}

/** Texts by code point: an order that no setting and no update of the system changes. */
export function collated(sql: string, type: ValueType): string {
  return type === 'text' ? `${sql} collate "C"` : sql;
}

function inType(all: readonly Value[], type: ValueType): string {
  return all.map((value) => asType(value, type)).join(', ');
}

function places(value: Value): string {
  return `${expect(value, 'integer')}::integer`;
}

function part(name: 'year' | 'month' | 'day', value: Value, at: number): Value {
  const sql = expect(value, 'date', 'timestamp');
  const from = value.type === 'timestamp' ? `${sql} at time zone 'UTC'` : sql;
  return { type: 'integer', sql: `extract(${name} from ${from})`, at };
}

/** A text constant as one of the type that the function is named after. */
function constant(value: Value, type: 'date' | 'time' | 'timestamp'): Value {
  const { constant: text, at } = value;
  if (text === undefined || value.type !== 'text') {
    throw new ExpressionError(at, `must be a constant: ${type}('…')`);
  }
  const parsed = v.safeParse(specOf({ type }).validator({ id: '', name: '', column: '', type }, false), text);
  if (!parsed.success) throw new ExpressionError(at, parsed.issues[0].message);
  return {
    type,
    sql: `${quoteLiteral(parsed.output)}::${specOf({ type }).columnType({ id: '', name: '', column: '', type })}`,
    at,
  };
}

/** Whether the values of a type have an order, and not only equality. */
export function isOrdered(value: Value): boolean {
  return isNumber(value) || !['boolean', 'uuid'].includes(value.type);
}
