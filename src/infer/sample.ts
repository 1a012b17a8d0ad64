import { isObject } from '../definition/property-reader.ts';
import { Failure } from '../failure.ts';

/** Rows of one kind, by their columns. */
export interface Sample {
  /** As it was sent. */
  readonly name: string;
  readonly columns: readonly SampleColumn[];
  readonly rows: number;
}

export interface SampleColumn {
  /** As it was sent. */
  readonly name: string;
  /** JSON values, or texts of cells; null where a row has none. */
  readonly values: readonly unknown[];
  /** Whether the values are cells of a CSV file, of which everything is a text. */
  readonly isCells: boolean;
}

/** A CSV file: a line of names, then rows. */
export function sampleOfCells(name: string, rows: readonly (readonly (string | null)[])[]): Sample {
  const [header = [], ...body] = rows;
  const names = header.map((cell) => (cell ?? '').trim());
  const doubled = names.find((one, n) => names.indexOf(one) < n);
  if (doubled !== undefined) {
    throw new Failure(
      'invalid_file',
      `line 1: the column "${doubled}" stands there twice: give it another name`,
    );
  }
  const filled = body.filter((cells) => cells.some((cell) => cell !== null));
  const columns = names.map((column, n) => ({
    name: column,
    values: filled.map((cells) => cells[n] ?? null),
    isCells: true,
  }));
  return { name, columns, rows: filled.length };
}

/** JSON: a list of objects, an object of such lists by their names, or one object. Throws `validation_failed`. */
export function samplesOfJson(name: string, value: unknown): readonly Sample[] {
  if (Array.isArray(value)) return [sampleOfObjects(name, value)];
  if (!isObject(value)) throw unfit('');
  const entries = Object.entries(value);
  const isSeveral =
    entries.length > 0 && entries.every(([, list]) => Array.isArray(list) && list.some(isObject));
  if (!isSeveral) return [sampleOfObjects(name, [value])];
  return entries.map(([one, list]) => sampleOfObjects(one, Array.isArray(list) ? list : []));
}

function sampleOfObjects(name: string, rows: readonly unknown[]): Sample {
  const names = new Set<string>();
  rows.forEach((row, n) => {
    if (!isObject(row)) throw unfit(`/${n}`);
    for (const member of Object.keys(row)) names.add(member);
  });
  const objects = rows.filter(isObject);
  const columns = [...names].map((column) => ({
    name: column,
    values: objects.map((row) => (Object.hasOwn(row, column) ? (row[column] ?? null) : null)),
    isCells: false,
  }));
  return { name, columns, rows: objects.length };
}

function unfit(path: string): Failure {
  const message = 'must be a JSON object; send a list of them, or lists by their names';
  return new Failure('validation_failed', `${path || 'the body'}: ${message}`, {
    errors: [{ path, code: 'invalid_value', message }],
  });
}
