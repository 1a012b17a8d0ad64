import type { FieldInput } from '../../definition/definition-input.ts';
import type { FoundColumn } from '../../definition/found-table.ts';

/** What a column's type says of its field: its type, and limits that need no constraint. */
export type TypeOfColumn = Pick<
  FieldInput,
  'type' | 'maxLength' | 'options' | 'precision' | 'scale' | 'dimensions'
>;

/** Types of Postgres, as `format_type` writes them, without what stands in parentheses. */
const TYPES: Readonly<Record<string, FieldInput['type']>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  real: 'float',
  'double precision': 'float',
  boolean: 'boolean',
  date: 'date',
  'time without time zone': 'time',
  'timestamp with time zone': 'timestamp',
  'timestamp without time zone': 'timestamp',
  interval: 'interval',
  uuid: 'uuid',
  text: 'text',
  citext: 'text',
  'character varying': 'text',
  character: 'text',
  json: 'json',
  jsonb: 'json',
  point: 'point',
};

/** The field type of a column; undefined where there is none for it. */
export function typeOfColumn({ baseType, values }: FoundColumn): TypeOfColumn | undefined {
  if (values !== null) return { type: 'choice', options: values };
  const [, name = '', numbers, rest = ''] = /^([^(]+)(?:\(([\d,-]+)\))?(.*)$/.exec(baseType) ?? [];
  const [first, second] = (numbers ?? '').split(',').map(Number);
  const limit = numbers === undefined ? undefined : first;
  if (name === 'numeric') {
    if (limit === undefined) return { type: 'decimal' };
    return (second ?? 0) < 0 ? undefined : { type: 'decimal', precision: limit, scale: second ?? 0 };
  }
  if (name === 'vector') return limit === undefined ? undefined : { type: 'vector', dimensions: limit };
  if (baseType === 'geometry(Point,4326)') return { type: 'point' };
  const type = TYPES[`${name}${rest}`.trim()];
  if (type === undefined) return undefined;
  return type === 'text' && limit !== undefined ? { type, maxLength: limit } : { type };
}

const FULL_NAMES: Readonly<Record<string, string>> = {
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
};

/** The type of a column as Postgres writes it. */
export function writtenType(columnType: string): string {
  return FULL_NAMES[columnType] ?? columnType;
}

/** The type that is noted of a column; undefined where it is the one that the field's type would get. */
export function notedType(storedAs: string | undefined, columnType: string): string | undefined {
  return storedAs === undefined || storedAs === writtenType(columnType) ? undefined : storedAs;
}
