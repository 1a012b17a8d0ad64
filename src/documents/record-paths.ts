import type { Definition } from '../definition/definition.ts';
import type { JsonSchema } from '../definition/field-type.ts';
import { content, empty, json, operation, page } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

const AFFECTED = { type: 'integer', minimum: 0 } as const;

/** What is answered of any model alike, by the names that operations refer to it. */
export const RECORD_RESPONSES = {
  minimal: empty(
    'It is done; `Prefer: return=minimal` asked for no more.',
    'Model-Hash',
    'ETag',
    'Preference-Applied',
  ),
  unchanged: empty('It is what the client has.', 'Model-Hash', 'ETag'),
  deleted: empty('It is gone.', 'Model-Hash'),
  deletedMany: json(
    'How many were deleted.',
    {
      type: 'object',
      properties: { affected: AFFECTED },
      required: ['affected'],
      additionalProperties: false,
    },
    'Model-Hash',
  ),
  groups: json('A page of groups.', page(schemaRef('Group')), 'Model-Hash', 'ETag'),
  events: content('Events; the data of each is JSON.', 'text/event-stream', { type: 'string' }, 'Model-Hash'),
  imported: json('What became of the rows.', schemaRef('ImportReport'), 'Model-Hash'),
  exported: {
    ...empty('The records, a line for each; a body that breaks off is not whole.', 'Model-Hash'),
    content: {
      'text/csv': { schema: { type: 'string' } },
      'application/x-ndjson': { schema: { type: 'string' } },
    },
  },
} as const satisfies Readonly<Record<string, JsonSchema>>;

const shared = (name: keyof typeof RECORD_RESPONSES) => ({ $ref: `#/components/responses/${name}` });

/** The addresses of the records of one model. */
export function recordPaths(base: string, { name, key }: Definition): Readonly<Record<string, JsonSchema>> {
  const record = schemaRef(name);
  const selected = schemaRef(`${name}.selected`);
  const create = schemaRef(`${name}.create`);
  const nested = schemaRef(`${name}.nested`);
  const patch = schemaRef(`${name}.patch`);
  const filter = { $ref: `#/components/parameters/${name}.filter` };
  const list = (schema: JsonSchema) => ({
    type: 'object',
    properties: { data: { type: 'array', items: schema } },
    required: ['data'],
    additionalProperties: false,
  });
  const tag = name;
  return {
    [`${base}/records/${name}`]: {
      parameters: parameters('modelHash'),
      get: operation({
        id: `${name}.list`,
        tag,
        summary: `List records of ${name}`,
        parameters: [
          filter,
          ...parameters(
            'sort',
            'select',
            'expand',
            'limit',
            'cursor',
            'count',
            'search',
            'nearest',
            'ifNoneMatch',
          ),
        ],
        answers: {
          200: json('A page of records.', page(selected), 'Model-Hash', 'ETag'),
          304: shared('unchanged'),
        },
        problems: [412],
      }),
      post: operation({
        id: `${name}.create`,
        tag,
        summary: `Create one record of ${name}, or many: all or none`,
        parameters: parameters('onConflict', 'dryRun', 'idempotencyKey', 'preferReturn'),
        body: { anyOf: [nested, { type: 'array', items: nested, maxItems: 10_000 }] },
        answers: {
          201: json(
            'What was created; of an array, all of it as `data`.',
            { anyOf: [record, list(record)] },
            'Model-Hash',
            'ETag',
            'Location',
            'Preference-Applied',
          ),
        },
        problems: [409, 412],
      }),
      patch: operation({
        id: `${name}.updateMany`,
        tag,
        summary: `Change all records of ${name} that a filter finds`,
        parameters: [filter, ...parameters('maxAffected', 'dryRun', 'preferReturn')],
        body: patch,
        answers: {
          200: json(
            'The records as they are now.',
            {
              type: 'object',
              properties: { data: { type: 'array', items: record }, affected: AFFECTED },
              required: ['affected'],
              additionalProperties: false,
            },
            'Model-Hash',
            'Preference-Applied',
          ),
        },
        problems: [409, 412],
      }),
      delete: operation({
        id: `${name}.deleteMany`,
        tag,
        summary: `Delete all records of ${name} that a filter finds`,
        parameters: [filter, ...parameters('maxAffected', 'dryRun')],
        answers: { 200: shared('deletedMany') },
        problems: [409, 412, 422],
      }),
    },
    [`${base}/records/${name}/aggregate`]: {
      get: operation({
        id: `${name}.aggregate`,
        tag,
        summary: `Count, add up and group records of ${name}`,
        parameters: [
          filter,
          ...parameters(
            'modelHash',
            'group',
            'groupCount',
            'sum',
            'avg',
            'min',
            'max',
            'countDistinct',
            'having',
            'groupSort',
            'limit',
            'cursor',
            'ifNoneMatch',
          ),
        ],
        answers: { 200: shared('groups'), 304: shared('unchanged') },
        problems: [412],
      }),
    },
    [`${base}/records/${name}/events`]: {
      get: operation({
        id: `${name}.events`,
        tag,
        summary: `What is done to records of ${name}, as server-sent events`,
        parameters: [filter, ...parameters('modelHash', 'lastEventId', 'lastEventIdInQuery')],
        answers: { 200: shared('events') },
        problems: [410, 412],
      }),
    },
    [`${base}/records/${name}/export`]: {
      get: operation({
        id: `${name}.export`,
        tag,
        summary: `All records of ${name}, or those that a filter finds, as a file`,
        parameters: [
          filter,
          ...parameters(
            'modelHash',
            'format',
            'sort',
            'select',
            'expand',
            'search',
            'nearest',
            'exportLimit',
          ),
        ],
        answers: { 200: shared('exported') },
        problems: [412],
      }),
    },
    [`${base}/records/${name}/import`]: {
      post: operation({
        id: `${name}.import`,
        tag,
        summary: `Create or upsert records of ${name} from a file`,
        parameters: parameters(
          'modelHash',
          'fileFormat',
          'mode',
          'on',
          'map',
          'onError',
          'dryRun',
          'idempotencyKey',
        ),
        files: ['text/csv', 'application/x-ndjson'],
        answers: { 200: shared('imported') },
        problems: [409, 412],
      }),
    },
    [`${base}/records/${name}/{id}`]: {
      parameters: parameters('recordId', 'modelHash'),
      get: operation({
        id: `${name}.get`,
        tag,
        summary: `Read a record of ${name}`,
        parameters: parameters('select', 'expand', 'ifNoneMatch'),
        answers: {
          200: json('The record.', selected, 'Model-Hash', 'ETag'),
          304: shared('unchanged'),
        },
        problems: [412],
      }),
      patch: operation({
        id: `${name}.update`,
        tag,
        summary: `Change a record of ${name}`,
        parameters: parameters('ifMatch', 'dryRun', 'preferReturn'),
        body: patch,
        answers: {
          200: json('The record as it is now.', record, 'Model-Hash', 'ETag'),
          204: shared('minimal'),
        },
        problems: [409, 412],
      }),
      put: operation({
        id: `${name}.replace`,
        tag,
        summary: `${key === 'bigint' ? 'Replace' : 'Create or replace'} a record of ${name}`,
        description: 'A record that was read may be put back as it is.',
        parameters: parameters('ifMatch', 'ifNoneMatch', 'dryRun', 'preferReturn'),
        body: { anyOf: [create, record] },
        answers: {
          200: json('The record as it is now.', record, 'Model-Hash', 'ETag'),
          201: json('The record, which is new.', record, 'Model-Hash', 'ETag'),
          204: shared('minimal'),
        },
        problems: [409, 412],
      }),
      delete: operation({
        id: `${name}.delete`,
        tag,
        summary: `Delete a record of ${name}`,
        parameters: parameters('ifMatch', 'dryRun'),
        answers: { 204: shared('deleted') },
        problems: [409, 412, 422],
      }),
    },
  };
}
