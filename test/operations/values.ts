/** A field as its definition shows it. */
export interface ShownField {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly options?: readonly string[];
}

interface Codec {
  /** The JSON value that says a number. */
  readonly write: (n: number) => unknown;
  /** The number that a JSON value says. */
  readonly read: (value: never) => number;
}

const day = (n: number) => new Date(Date.UTC(2000, 0, 1 + n)).toISOString();
const fromDay = (text: string) => Math.round((Date.parse(text) - Date.UTC(2000, 0, 1)) / 86_400_000);
const whole: Codec = { write: (n) => n, read: (value: number) => value };
const written: Codec = { write: String, read: (value: string) => Number(value) };

/** The records of the model `other`, which references lead to. */
export const OTHERS = [0, 1, 2].map((n) => ({
  id: `00000000-0000-7000-8000-00000000000${n}`,
  title: String(n),
}));

const other = (n: number) => OTHERS[n % OTHERS.length]?.id;
const fromOther = (value: unknown) => OTHERS.findIndex(({ id }) => id === value);

/** The same numbers in every type, so that a value is known again whatever its field became. */
const CODECS: Readonly<Record<string, Codec>> = {
  text: written,
  integer: whole,
  bigint: written,
  decimal: written,
  float: whole,
  json: whole,
  boolean: { write: (n) => n === 1, read: (value: boolean) => (value ? 1 : 0) },
  date: { write: (n) => day(n).slice(0, 10), read: fromDay },
  timestamp: { write: day, read: fromDay },
  reference: { write: other, read: fromOther },
  references: { write: (n) => [other(n)], read: ([first]: readonly unknown[]) => fromOther(first) },
  point: {
    write: (n) => ({ type: 'Point', coordinates: [n % 180, 1] }),
    read: (value: { readonly coordinates: readonly number[] }) => value.coordinates[0] ?? Number.NaN,
  },
};

/** The JSON value by which a field says a number; undefined for a field that clients leave alone. */
export function valueFor(field: ShownField, n: number): unknown {
  const { options = [] } = field;
  if (field.type === 'choice') return options[n % options.length];
  if (field.type === 'choices') return [options[n % options.length]];
  return CODECS[field.type]?.write(n);
}

/** The number that a field's JSON value says; null for none. */
export function numberOf(field: ShownField, value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const { options = [] } = field;
  if (field.type === 'choice') return options.indexOf(String(value));
  if (field.type === 'choices' && Array.isArray(value)) return options.indexOf(String(value[0]));
  return CODECS[field.type]?.read(value as never) ?? null;
}
