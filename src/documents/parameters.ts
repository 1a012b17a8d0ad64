import type { JsonSchema } from '../definition/field-type.ts';

/** Parameters that operations share. */

const NAMES = '[a-z][a-z0-9_]*';
/** Along references, and on into JSON. */
const PATH = `${NAMES}(\\(${NAMES}\\))?(\\.(${NAMES}(\\(${NAMES}\\))?|(?!_)[\\p{L}\\p{N}_$@-]+))*`;

function query(name: string, description: string, schema: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { name, in: 'query', description, schema, ...more };
}

/** A list of texts in one parameter, separated by commas. */
function list(name: string, description: string, pattern: string, example: readonly string[]): JsonSchema {
  return query(
    name,
    example.length === 0 ? description : withInstance(description, example.join()),
    { type: 'array', items: { type: 'string', pattern: `^${pattern}$` }, minItems: 1 },
    { style: 'form', explode: false },
  );
}

function header(name: string, description: string, schema: JsonSchema, example: string): JsonSchema {
  return { name, in: 'header', description: withInstance(description, example), schema };
}

/** An object in brackets; without the empty example, tools that try requests out would make one up and send it. */
const IN_BRACKETS = { style: 'deepObject', explode: true, example: {} } as const;

/** In words: tools that try requests out would send an `example` where nothing has to be sent. */
function withInstance(description: string, instance: string): string {
  return `${description} For instance: \`${instance}\``;
}

function path(name: string, description: string, schema: JsonSchema): JsonSchema {
  return { name, in: 'path', required: true, description, schema };
}

const TAGS = '^(\\*|(W/)?"[^"]*"( *, *(W/)?"[^"]*")*)$';
const NAME = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,47}$' } as const;

/** By the names that operations refer to them. */
export const PARAMETERS = {
  select: list('select', 'The fields that are answered; a path asks for records in the place of ids.', PATH, [
    'id',
    'updated_at',
  ]),
  expand: list(
    'expand',
    'Records in the place of their ids, or back from those that refer to these.',
    PATH,
    [],
  ),
  sort: list(
    'sort',
    'The order: a `-` ahead descends; nulls come last, and first where the order descends, unless `:nullsFirst` or `:nullsLast` says otherwise.',
    `-?${PATH}(:nulls(First|Last))?`,
    ['-updated_at'],
  ),
  limit: query('limit', 'How many at most.', { type: 'integer', minimum: 1, maximum: 1000, default: 25 }),
  exportLimit: query('limit', 'How many at most; all without it.', { type: 'integer', minimum: 1 }),
  format: query('format', 'Without it, `Accept` tells.', {
    type: 'string',
    enum: ['csv', 'ndjson'],
    default: 'ndjson',
  }),
  fileFormat: query('format', 'Without it, `Content-Type` tells.', {
    type: 'string',
    enum: ['csv', 'ndjson'],
  }),
  mode: query('mode', 'Whether records that are there already are changed.', {
    type: 'string',
    enum: ['insert', 'upsert'],
    default: 'insert',
  }),
  on: list('on', 'Of an upsert: the fields that are unique together.', NAMES, ['id']),
  map: query(
    'map',
    'The fields of columns that are called otherwise: `map[Release Date]=released`.',
    { type: 'object', additionalProperties: { type: 'string' } },
    IN_BRACKETS,
  ),
  sampleFormat: query('format', 'Without it, `Content-Type` tells.', {
    type: 'string',
    enum: ['csv', 'ndjson', 'json'],
  }),
  sampleName: query('name', 'What the model is called, where the sample does not say.', {
    type: 'string',
    default: 'record',
  }),
  onError: query('onError', 'What becomes of all rows where some do not fit.', {
    type: 'string',
    enum: ['abort', 'skip'],
    default: 'abort',
  }),
  cursor: query('cursor', 'Where the page begins: `page.next` of the one before.', { type: 'string' }),
  count: query('count', 'Adds `page.total`.', { type: 'string', enum: ['exact', 'estimated'] }),
  search: query('search', 'Words, "a phrase", or -without; the best match first.', {
    type: 'string',
    minLength: 1,
    maxLength: 1000,
  }),
  nearest: query(
    'nearest',
    'What is nearest first: a point by metres (`nearest[FIELD]=LONGITUDE,LATITUDE`), a vector by the angle (`nearest[FIELD]=[0.1,0.9]`).',
    { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 1 },
    IN_BRACKETS,
  ),
  maxAffected: query('maxAffected', 'Refuses the write where more records are meant.', {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    default: 10_000,
  }),
  dryRun: query(
    'dryRun',
    'Answers as the write would, with the header `Dry-Run`, and writes nothing.',
    { type: 'string', enum: ['', 'true', 'false'] },
    { allowEmptyValue: true },
  ),
  onConflict: list(
    'onConflict',
    'Fields that are unique together: where a record has the same values in them, the fields that were given are changed in it.',
    NAMES,
    ['id'],
  ),
  group: list(
    'group',
    'Fields or paths, days and moments by a part of the calendar.',
    `${PATH}(:(year|quarter|month|week|day|hour|minute))?`,
    ['created_at:month'],
  ),
  groupCount: query(
    'count',
    'Counts the records of each group.',
    { type: 'string', enum: ['', 'true'] },
    {
      allowEmptyValue: true,
    },
  ),
  sum: list('sum', 'Adds the values up.', PATH, []),
  avg: list('avg', 'Their average.', PATH, []),
  min: list('min', 'The least of them.', PATH, ['created_at']),
  max: list('max', 'The greatest of them.', PATH, ['created_at']),
  countDistinct: list('countDistinct', 'How many different ones there are.', PATH, []),
  having: query(
    'having',
    'Conditions on values that are asked for, by their names: `having[count][_gt]=5`.',
    { type: 'object', additionalProperties: { type: 'object' } },
    IN_BRACKETS,
  ),
  groupSort: list('sort', 'By values that are asked for: `-count`, `sum.gross`.', `-?${PATH}(:[a-z]+)?`, [
    '-count',
  ]),
  onlyPlan: query('plan', 'Show what would be done, and do nothing.', { type: 'boolean' }),
  confirm: query('confirm', 'The `hash` of the plan that was looked at.', { type: 'string' }),
  changesLimit: query('limit', 'How many at most.', {
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 25,
  }),
  changesCursor: query('cursor', 'Where the page begins: `page.next` of the one before.', {
    type: 'string',
    pattern: '^[1-9][0-9]{0,14}$',
  }),
  trashed: query('trashed', 'Those in the trash, in place of those that are there.', { type: 'boolean' }),
  keyId: path('id', 'The id of a key.', { type: 'string', format: 'uuid' }),
  auditAction: query('action', 'Acts of this kind alone.', { type: 'string' }),
  auditActor: query('actor', 'Acts of this key (its id), or of `root`, `webhook`, `system`.', {
    type: 'string',
  }),
  recordId: path('id', 'The key of the record.', { type: 'string', minLength: 1 }),
  model: path('model', 'The name of a model.', NAME),
  version: path('version', '1, 2, 3 …', { type: 'integer', minimum: 1 }),
  subscriberId: path('id', 'The id of a subscriber.', { type: 'string', format: 'uuid' }),
  delivery: path('delivery', 'The id of a delivery.', { type: 'string', format: 'uuid' }),
  deliveryStatus: query('status', 'Those alone that are so.', {
    type: 'string',
    enum: ['pending', 'delivered', 'dead'],
  }),
  changeId: path('id', 'The id of a change.', { type: 'string', format: 'uuid' }),
  confirmPurge: query('confirm', 'The id once more, as a confirmation.', { type: 'string', format: 'uuid' }),
  trashId: path('id', 'The id of something in the trash.', { type: 'string', format: 'uuid' }),
  table: path('table', "A table: `SCHEMA.TABLE`; without a schema, one of the workspace's own.", {
    type: 'string',
    minLength: 1,
  }),
  slug: path('slug', 'The name of a workspace.', { type: 'string', pattern: '^[a-z][a-z0-9-]{0,39}$' }),
  modelHash: header(
    'Model-Hash',
    'The definitions that the client was made for, `MODEL=HASH`, separated by commas: 412 where one of a model that takes part is no longer that.',
    { type: 'string' },
    'movie=01e184889b91777919d98a48bdf89fef1526bd6210975eea7e363688e42bb951',
  ),
  ifMatch: header(
    'If-Match',
    'Only where the `ETag` is still this: guards against lost updates.',
    {
      type: 'string',
      pattern: TAGS,
    },
    '*',
  ),
  ifNoneMatch: header(
    'If-None-Match',
    'On reads: 304 where the `ETag` is still this. `*` on writes: create only.',
    {
      type: 'string',
      pattern: TAGS,
    },
    '"0"',
  ),
  idempotencyKey: header(
    'Idempotency-Key',
    'Makes the request safe to send again: the same key and body give the first answer.',
    {
      type: 'string',
      pattern: '^[!-~]{1,255}$',
    },
    '7f1c9c8e',
  ),
  preferReturn: header(
    'Prefer',
    '`return=minimal` leaves what was written out of the answer (RFC 7240).',
    {
      type: 'string',
    },
    'return=minimal',
  ),
  preferWait: header(
    'Prefer',
    '`wait=N` waits up to N seconds, at most 30, until the change is published (RFC 7240); `wait` alone, 30.',
    {
      type: 'string',
    },
    'wait=10',
  ),
  lastEventId: header('Last-Event-ID', 'The newest event that the client has.', { type: 'string' }, '3'),
  lastEventIdInQuery: query('lastEventId', 'The same, for clients that cannot send the header.', {
    type: 'string',
    pattern: '^(0|[1-9][0-9]{0,17})\\.(0|[1-9][0-9]{0,17})$',
  }),
} as const satisfies Readonly<Record<string, JsonSchema>>;

export type ParameterName = keyof typeof PARAMETERS;

/** What an operation says of the parameters that it takes. */
export function parameters(...names: readonly ParameterName[]): readonly JsonSchema[] {
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

/** The filter of a model, in both of its forms. */
export function filterParameter(model: string): JsonSchema {
  const filter = { $ref: `#/components/schemas/${model}.filter` };
  return query(
    'filter',
    'Conditions, as `filter[FIELD][OPERATOR]=VALUE`, or all of them as one JSON text: `filter={"FIELD":{"OPERATOR":VALUE}}`.',
    {
      anyOf: [filter, { type: 'string', contentMediaType: 'application/json', contentSchema: filter }],
    },
    IN_BRACKETS,
  );
}
