import { pointer } from '../../definition/json-pointer.ts';
import { parseLossless } from '../../definition/values/lossless-json.ts';
import { Failure, type Finding } from '../../failure.ts';
import type { ModelField } from '../../model/model-field.ts';
import { type CsvRow, readCsv } from '../../tabular/csv-rows.ts';
import { readLines } from '../../tabular/json-lines.ts';
import type { TransferFormat } from '../export-query.ts';
import type { ColumnFields } from './column-fields.ts';

/** A row of a file, before it is judged: what a create would take, or what is wrong with the row as such. */
export interface SourceRow {
  readonly line: number;
  readonly value: unknown;
  readonly problem?: Omit<Finding, 'path'>;
}

/** Reads a file for a class. Throws `invalid_file`, or `validation_failed` for a header that does not fit. */
export function sourceRows(
  columns: ColumnFields,
  format: TransferFormat,
  parts: AsyncIterable<Uint8Array>,
): AsyncIterable<readonly SourceRow[]> {
  return format === 'csv' ? csvRows(columns, parts) : jsonRows(columns, parts);
}

async function* csvRows(
  columns: ColumnFields,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly SourceRow[], void> {
  let header: Header | null = null;
  for await (const some of readCsv(parts)) {
    let rest = some;
    if (header === null) {
      const at = some.findIndex(isFilled);
      const first = some[at];
      if (!first) continue;
      header = readHeader(columns, first);
      rest = some.slice(at + 1);
    }
    const fields = header;
    yield rest.flatMap((row): readonly SourceRow[] => {
      // Where there is but one column, nothing is a value of it.
      if (fields.length > 1 && !isFilled(row)) return [];
      const { line, cells } = row;
      if (cells.length === fields.length) return [{ line, value: objectOf(fields, cells) }];
      const message = `has ${cells.length} cells where the header has ${fields.length}`;
      return [{ line, value: null, problem: { code: 'wrong_number_of_cells', message } }];
    });
  }
  if (header === null)
    throw new Failure('invalid_file', 'the file is empty: a CSV file begins with field names');
}

const isFilled = ({ cells }: CsvRow) => cells.length > 1 || cells[0] !== null;

/** The fields of columns; null for one that is passed over. */
type Header = readonly (ModelField | null)[];

function readHeader(columns: ColumnFields, { line, cells }: CsvRow): Header {
  const errors: (Finding & { readonly line: number })[] = [];
  const taken = new Set<ModelField>();
  const header = cells.map((cell) => {
    const name = (cell ?? '').trim();
    const refuse = (code: string, message: string) => {
      errors.push({ line, path: pointer('', name), code, message });
      return null;
    };
    const field = columns.of(name);
    if (field === undefined)
      return refuse('unknown_field', `is no field of the model; it has ${columns.names}`);
    if (field && taken.has(field)) return refuse('duplicate_column', `is another column for ${field.name}`);
    if (field) taken.add(field);
    return field;
  });
  const [first] = errors;
  if (!first) return header;
  const message = `nothing was written: the column "${first.path.slice(1)}" ${first.message}`;
  throw new Failure('validation_failed', message, { errors });
}

function objectOf(header: Header, cells: readonly (string | null)[]): unknown {
  const value: Record<string, unknown> = Object.create(null);
  header.forEach((field, n) => {
    const cell = cells[n];
    if (field) value[field.name] = cell === null || cell === undefined ? null : field.spec.csv.read(cell);
  });
  return value;
}

async function* jsonRows(
  columns: ColumnFields,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly SourceRow[], void> {
  let isEmpty = true;
  for await (const lines of readLines(parts)) {
    isEmpty &&= lines.length === 0;
    yield lines.map(({ line, text }): SourceRow => {
      try {
        return { line, ...byFields(columns, parseLossless(text)) };
      } catch (error) {
        if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
        return { line, value: null, problem: { code: 'invalid_json', message: 'is no JSON' } };
      }
    });
  }
  if (isEmpty) throw new Failure('invalid_file', 'the file is empty: send a JSON object on each line');
}

/** An object by the names of fields. What is no field keeps its name, and is refused by it. */
function byFields(columns: ColumnFields, value: unknown): Pick<SourceRow, 'value' | 'problem'> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { value };
  const entries = Object.entries(value);
  if (entries.every(([name]) => columns.of(name)?.name === name)) return { value };
  const object: Record<string, unknown> = Object.create(null);
  for (const [name, member] of entries) {
    const field = columns.of(name);
    if (field === null) continue;
    const own = field?.name ?? name;
    if (own in object)
      return { value: null, problem: { code: 'duplicate_column', message: `has ${own} twice` } };
    object[own] = member;
  }
  return { value: object };
}
