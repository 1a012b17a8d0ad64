import type { Finding } from '../../failure.ts';
import type { FieldInput } from '../definition-input.ts';
import type { FieldTypeSpec, Nearness } from '../field-type.ts';
import { pointer } from '../json-pointer.ts';
import { quotedCell } from '../values/csv-cell.ts';
import { jsonFromText } from '../values/from-text.ts';
import { nearestDouble } from '../values/raw-number.ts';
import { type Refusal, refuse, schemaOf } from '../values/reading.ts';

/** What pgvector keeps, and what its HNSW index takes. */
const MAX_DIMENSIONS = 16_000;
const MAX_INDEXED = 2_000;

function checkProperties({ dimensions, index }: FieldInput, path: string): readonly Finding[] {
  if (dimensions === undefined) {
    const message = `is required: how many numbers a vector has, from 1 to ${MAX_DIMENSIONS}`;
    return [{ path: pointer(path, 'dimensions'), code: 'required_property', message }];
  }
  if (!index || dimensions <= MAX_INDEXED) return [];
  const message = `does not fit a vector of more than ${MAX_INDEXED} dimensions`;
  return [{ path: pointer(path, 'index'), code: 'conflicting_properties', message }];
}

function readVector(value: unknown, dimensions: number): string | Refusal {
  if (!Array.isArray(value) || value.length !== dimensions)
    return refuse(`must be a list of ${dimensions} numbers`);
  const numbers = value.map(nearestDouble);
  const fits = numbers.every((number) => number !== undefined && Number.isFinite(Math.fround(number)));
  return fits ? `[${numbers.join(',')}]` : refuse('must hold only numbers within the range of 32-bit floats');
}

/** By the angle between vectors: 0 for the same direction, 2 for the opposite one. */
const cosineDistance: Nearness = {
  read: (text, { dimensions = 0 }) => readVector(jsonFromText(text), dimensions),
  operandType: ({ dimensions }) => `vector(${dimensions})`,
  sql: (value, operand) => `${value} <=> ${operand}`,
};

/**
 * A list of numbers such as an embedding, in pgvector's `vector`: each the nearest float of 32 bits. Filters ask for
 * `_null` alone; what is nearest is so by cosine distance, which `index`, an HNSW index, serves.
 */
export const vector: FieldTypeSpec = {
  type: 'vector',
  extension: 'vector',
  properties: ['dimensions'],
  checkProperties,
  columnType: ({ dimensions }) => `vector(${dimensions})`,
  validator({ dimensions = 0 }) {
    return schemaOf((value) => readVector(value, dimensions));
  },
  fromText: jsonFromText,
  csv: quotedCell(jsonFromText),
  jsonExpression: (column) => `${column}::text::json`,
  checks: () => [],
  operators: ['_null'],
  nearness: cosineDistance,
  ownIndex: { method: 'hnsw', operators: 'vector_cosine_ops' },
  jsonSchema: ({ dimensions }) => ({
    type: 'array',
    items: { type: 'number' },
    minItems: dimensions,
    maxItems: dimensions,
  }),
  typescript: () => 'readonly number[]',
};
