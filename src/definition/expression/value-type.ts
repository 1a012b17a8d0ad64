import type { FieldType } from '../definition.ts';
import { ExpressionError } from './expression.ts';

/** The types of values in expressions, each with one form in SQL, whatever column a value comes from. */
export type ValueType =
  | 'text'
  | 'integer'
  | 'bigint'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'uuid';

/** A part of an expression as SQL. `null` is the type of the constant null, which fits any other. */
export interface Value {
  readonly type: ValueType | 'null';
  readonly sql: string;
  /** Where it begins in the text of the expression. */
  readonly at: number;
  /** The value of a constant. */
  readonly constant?: string;
}

/**
 * The form in SQL. All exact numbers are numeric: what runs over in between does no harm, only the result has to
 * fit its column.
 */
const SQL_TYPES: Readonly<Record<ValueType, string>> = {
  text: 'text',
  integer: 'numeric',
  bigint: 'numeric',
  decimal: 'numeric',
  float: 'double precision',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamptz',
  uuid: 'uuid',
};

/** What a field of each type is in an expression; null where it has no place in one. */
const FIELD_VALUES: Readonly<Record<FieldType, ValueType | null>> = {
  text: 'text',
  email: 'text',
  url: 'text',
  choice: 'text',
  integer: 'integer',
  bigint: 'bigint',
  decimal: 'decimal',
  float: 'float',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  uuid: 'uuid',
  json: null,
  interval: null,
  choices: null,
  point: null,
  vector: null,
  // A key is of its model's making, and may become one of another type.
  reference: null,
  references: null,
};

const NUMBERS: readonly Value['type'][] = ['integer', 'bigint', 'decimal', 'float'];

/** The value of a field, from the SQL of its column. Throws where the type has no place in expressions. */
export function fieldValue(
  field: { readonly type: FieldType; readonly name: string },
  column: string,
  at: number,
): Value {
  const type = FIELD_VALUES[field.type];
  if (type === null) {
    throw new ExpressionError(
      at,
      `${field.name} is a field of type ${field.type}, which expressions cannot use`,
    );
  }
  return { type, sql: isNumber({ type }) && type !== 'float' ? `${column}::numeric` : column, at };
}

export function isNumber({ type }: Pick<Value, 'type'>): boolean {
  return NUMBERS.includes(type);
}

/** A value as the SQL of a type that `unify` gave. */
export function asType(value: Value, type: ValueType): string {
  if (value.type === 'null') return `null::${SQL_TYPES[type]}`;
  const isExact = isNumber(value) && value.type !== 'float';
  return type === 'float' && isExact ? `${value.sql}::double precision` : value.sql;
}

/** The type that all the values fit: of numbers the widest. Throws at the first that does not; null where all are null. */
export function unify(values: readonly Value[]): ValueType | null {
  let type: ValueType | null = null;
  for (const value of values) {
    if (value.type === 'null' || value.type === type) continue;
    if (type === null) type = value.type;
    else if (isNumber(value) && isNumber({ type })) {
      type = NUMBERS.indexOf(value.type) > NUMBERS.indexOf(type) ? value.type : type;
    } else
      throw new ExpressionError(value.at, `is ${value.type} where ${type} should stand${hint(type, value)}`);
  }
  return type;
}

function hint(type: ValueType, value: Value): string {
  const days = type === 'date' || type === 'timestamp';
  if (days && value.constant !== undefined) return `: write ${type}('…')`;
  if (type === 'text') return ': text(…) makes it one';
  return days && (value.type === 'date' || value.type === 'timestamp')
    ? ': date(…) takes the day of a timestamp'
    : '';
}

/** A value of one of the types that its place takes, as SQL. Throws where it is of another. */
export function expect(value: Value, ...types: readonly ValueType[]): string {
  const [first] = types;
  if (value.type === 'null' && first) return asType(value, first);
  if (types.some((type) => type === value.type)) return value.sql;
  throw new ExpressionError(value.at, `is ${value.type} where ${types.join(' or ')} should stand`);
}

/** A value as text, in the form that it has in JSON; null stays null. */
export function textOf(value: Value): string {
  const { type, sql } = value;
  switch (type) {
    case 'null':
      return 'null::text';
    case 'text':
      return sql;
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'float':
    case 'boolean':
    case 'time':
    case 'uuid':
      return `${sql}::text`;
    case 'date':
      return `to_char(${sql}::timestamp, 'YYYY-MM-DD')`;
    case 'timestamp':
      return `((to_json(${sql} at time zone 'UTC') #>> '{}') || '+00:00')`;
  }
}
