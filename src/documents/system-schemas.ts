import type { JsonSchema } from '../definition/field-type.ts';
import { FINDING } from './problem-responses.ts';
import { schemaRef } from './record-schemas.ts';

const text = (description: string) => ({ description, schema: { type: 'string' } });

/** The headers of answers. */
export const HEADERS: Readonly<Record<string, JsonSchema>> = {
  modelHash: text('The definitions that the answer was made by: `MODEL=HASH`, separated by commas.'),
  etag: text('What is answered, for `If-None-Match` and `If-Match`.'),
  location: text('The address of what was made.'),
  preferenceApplied: text('Which preference was followed.'),
  retryAfter: { description: 'Seconds after which to ask again.', schema: { type: 'integer' } },
};

const COUNT = { type: 'integer', minimum: 0 } as const;
const STATE = { type: 'string', enum: ['ok', 'down'] } as const;

/** What is neither of a model nor about one. */
export const SYSTEM_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Page: {
    type: 'object',
    properties: {
      limit: { type: 'integer' },
      next: { type: ['string', 'null'], description: 'The `cursor` of the next page; null on the last.' },
      total: { type: 'integer', minimum: 0, description: 'With `count`: of all records that are meant.' },
    },
    required: ['limit', 'next'],
    additionalProperties: false,
  },
  Group: {
    title: 'A group of records',
    description:
      'The values that were asked for, by their names: `rating`, `released:year`, `count`, `sum.gross`.',
    type: 'object',
  },
  ImportReport: {
    type: 'object',
    properties: {
      dryRun: { type: 'boolean' },
      inserted: COUNT,
      updated: COUNT,
      skipped: COUNT,
      ignored: {
        type: 'array',
        items: { type: 'string' },
        description: 'Columns of the file that only the server writes.',
      },
      errorCount: COUNT,
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: { line: { type: 'integer', minimum: 1 }, ...FINDING.properties },
          required: ['line', ...FINDING.required],
          additionalProperties: false,
        },
      },
    },
    required: ['dryRun', 'inserted', 'updated', 'skipped', 'ignored', 'errorCount', 'errors'],
    additionalProperties: false,
  },
  Inferred: {
    type: 'object',
    properties: {
      models: { type: 'array', items: schemaRef('DefinitionInput') },
      columns: {
        description:
          'Of each model, the fields of columns that are called otherwise: the `map` of an import.',
        type: 'object',
        additionalProperties: { type: 'object', additionalProperties: { type: 'string' } },
      },
      reasons: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            model: { type: 'string' },
            field: { type: ['string', 'null'] },
            property: { enum: ['name', 'type', 'required', 'unique', 'key', 'to', 'left out'] },
            reason: { type: 'string' },
          },
          required: ['model', 'field', 'property', 'reason'],
          additionalProperties: false,
        },
      },
    },
    required: ['models', 'columns', 'reasons'],
    additionalProperties: false,
  },
  Definitions: {
    type: 'object',
    properties: { models: { type: 'array', items: schemaRef('DefinitionInput') } },
    required: ['models'],
    additionalProperties: false,
  },
  Health: {
    type: 'object',
    properties: {
      status: { type: 'string', enum: ['ok', 'degraded', 'down'] },
      checks: {
        type: 'object',
        properties: { postgres: STATE, redis: STATE, queue: STATE },
        required: ['postgres', 'redis', 'queue'],
      },
      version: { type: 'string' },
    },
    required: ['status', 'checks', 'version'],
  },
  Finding: {
    type: 'object',
    properties: {
      check: { type: 'string' },
      status: { type: 'string', enum: ['ok', 'warning', 'failed'] },
      message: { type: 'string' },
      mend: { type: 'string', description: 'What to do about it; absent where all is well.' },
    },
    required: ['check', 'status', 'message'],
  },
};
