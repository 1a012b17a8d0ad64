import { isComputed } from '../../definition/computed.ts';
import { parseLossless } from '../../definition/values/lossless-json.ts';
import { Failure, type Finding } from '../../failure.ts';
import type { ModelClass } from '../../model/model-class.ts';
import type { ModelField } from '../../model/model-field.ts';
import { readCsv } from '../../tabular/csv-rows.ts';
import { readLines } from '../../tabular/json-lines.ts';
import type { TransferFormat } from '../export-query.ts';

/** A row of a file, before it is judged: what a create would take, or what is wrong with the row as such. */
export interface SourceRow {
  readonly line: number;
  readonly value: unknown;
  readonly problem?: Omit<Finding, 'path'>;
}

/** The rows of a file, and what was left out of them. */
export interface SourceRows extends AsyncIterable<readonly SourceRow[]> {
  /** Fields that the file has, and no import writes: the system's, and computed ones. */
  readonly ignored: ReadonlySet<string>;
}

/** Reads a file for a class. Throws `invalid_file`, or `validation_failed` for a header that does not fit. */
export function sourceRows(
  model: ModelClass,
  format: TransferFormat,
  parts: AsyncIterable<Uint8Array>,
): SourceRows {
  const ignored = new Set<string>();
  const rows = format === 'csv' ? csvRows(model, parts, ignored) : jsonRows(model, parts, ignored);
  return { ignored, [Symbol.asyncIterator]: () => rows };
}

/** An export holds them: it can be imported as it is. */
function isPassedOver({ definition }: ModelClass, name: string): boolean {
  if (name === 'created_at' || name === 'updated_at') return true;
  if (name === 'id') return definition.key === 'bigint';
  return definition.fields.some((field) => field.name === name && isComputed(field));
}

async function* csvRows(
  model: ModelClass,
  parts: AsyncIterable<Uint8Array>,
  ignored: Set<string>,
): AsyncGenerator<readonly SourceRow[], void> {
  let columns: readonly (ModelField | null)[] | null = null;
  for await (const rows of readCsv(parts)) {
    const [header] = rows;
    let body = rows;
    if (columns === null && header) {
      columns = columnsOf(model, header.cells, ignored);
      body = rows.slice(1);
    }
    if (columns === null) continue;
    const fields = columns;
    yield body.flatMap(({ line, cells }): readonly SourceRow[] => {
      if (cells.length === 1 && cells[0] === null && fields.length > 1) return [];
      if (cells.length === fields.length) return [{ line, value: objectOf(fields, cells) }];
      const message = `has ${cells.length} cells where the header has ${fields.length}`;
      return [{ line, value: null, problem: { code: 'wrong_number_of_cells', message } }];
    });
  }
  if (columns === null)
    throw new Failure('invalid_file', 'the file is empty: a CSV file begins with field names');
}

/** The fields of a header; null for a column that is passed over. */
function columnsOf(
  model: ModelClass,
  cells: readonly (string | null)[],
  ignored: Set<string>,
): readonly (ModelField | null)[] {
  const errors: (Finding & { readonly line: number })[] = [];
  const names = cells.map((cell) => (cell ?? '').trim());
  const columns = names.map((name, n) => {
    const refuse = (code: string, message: string) => {
      errors.push({ line: 1, path: `/${name}`, code, message });
      return null;
    };
    if (names.indexOf(name) < n) return refuse('duplicate_column', 'stands in the header twice');
    const field = model.fields.get(name);
    if (!field) {
      const known = [...model.fields.keys()].filter((one) => !isPassedOver(model, one)).join(', ');
      return refuse('unknown_field', `is no field of ${model.definition.name}; it has ${known}`);
    }
    if (!isPassedOver(model, name)) return field;
    ignored.add(name);
    return null;
  });
  const [first] = errors;
  if (!first) return columns;
  throw new Failure(
    'validation_failed',
    `nothing was written: the column "${first.path.slice(1)}" ${first.message}`,
    {
      errors,
    },
  );
}

function objectOf(columns: readonly (ModelField | null)[], cells: readonly (string | null)[]): unknown {
  const value: Record<string, unknown> = Object.create(null);
  columns.forEach((field, n) => {
    const cell = cells[n];
    if (field) value[field.name] = cell === null || cell === undefined ? null : field.spec.csv.read(cell);
  });
  return value;
}

async function* jsonRows(
  model: ModelClass,
  parts: AsyncIterable<Uint8Array>,
  ignored: Set<string>,
): AsyncGenerator<readonly SourceRow[], void> {
  const passedOver = [...model.fields.keys()].filter((name) => isPassedOver(model, name));
  let isEmpty = true;
  for await (const lines of readLines(parts)) {
    isEmpty &&= lines.length === 0;
    yield lines.map(({ line, text }): SourceRow => {
      try {
        return { line, value: without(parseLossless(text), passedOver, ignored) };
      } catch (error) {
        if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
        return { line, value: null, problem: { code: 'invalid_json', message: 'is no JSON' } };
      }
    });
  }
  if (isEmpty) throw new Failure('invalid_file', 'the file is empty: send a JSON object on each line');
}

function without(value: unknown, names: readonly string[], ignored: Set<string>): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const present = names.filter((name) => Object.hasOwn(value, name));
  if (present.length === 0) return value;
  for (const name of present) ignored.add(name);
  return Object.fromEntries(Object.entries(value).filter(([name]) => !present.includes(name)));
}
