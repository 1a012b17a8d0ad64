import type { JsonSchema } from '../definition/field-type.ts';
import { schemaRef } from './record-schemas.ts';

const NAME = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,47}$' } as const;
const MOMENT = { type: 'string', format: 'date-time' } as const;
const HASHES = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'By the names of models.',
} as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const PHASE = { type: 'string', enum: ['expand', 'backfill', 'publish', 'contract'] } as const;
const VERSION = { type: 'integer', minimum: 1, maximum: 2_147_483_647 } as const;
const TABLE = { type: 'string', pattern: '^[^.]+\\..' } as const;
const FIELDS = { type: 'array', items: { type: 'string' }, minItems: 1 } as const;

function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** An object of these members, and of no others. */
function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
  more: JsonSchema = {},
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false, ...more };
}

function op(
  name: string,
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
) {
  return object({ op: { const: name }, ...properties }, optional);
}

const INDEX = {
  model: NAME,
  fields: FIELDS,
  unique: { type: 'boolean' },
  kind: { type: 'string', enum: ['fullText'] },
  where: { type: 'object' },
} as const;

const OPERATION = {
  title: 'One thing that a change is to do',
  oneOf: [
    op('createModel', { definition: schemaRef('DefinitionInput') }),
    op('renameModel', { from: NAME, to: NAME }),
    op('dropModel', { model: NAME }),
    op('addField', { model: NAME, field: schemaRef('FieldInput') }),
    op('renameField', { model: NAME, from: NAME, to: NAME }),
    op('alterField', {
      model: NAME,
      field: NAME,
      set: { type: 'object', description: 'The properties to set; null takes one away.' },
    }),
    op('dropField', { model: NAME, field: NAME }),
    ...['addIndex', 'dropIndex'].map((name) => op(name, INDEX, ['unique', 'kind', 'where'])),
    ...['addUnique', 'dropUnique'].map((name) =>
      op(name, { model: NAME, fields: FIELDS, where: { type: 'object' } }, ['where']),
    ),
    op(
      'changeKey',
      {
        model: NAME,
        key: { type: 'string', enum: ['uuid', 'bigint', 'text'] },
        generate: { type: 'boolean' },
      },
      ['generate'],
    ),
    op('alignNames', { model: NAME }),
    op('restore', { trash: { type: 'string', format: 'uuid' }, as: NAME }, ['as']),
    op('rollbackModel', { model: NAME, to: VERSION }),
    op('repair', {
      difference: { type: 'string', pattern: '^[0-9a-f]{20}$' },
      keep: { enum: ['catalog', 'database'] },
    }),
    op('adopt', { table: TABLE, as: NAME }, ['as']),
    op('adopt', { schema: { type: 'string', minLength: 1 } }),
  ],
} as const;

const REQUEST = {
  prune: { type: 'boolean', description: 'Moves the models that `models` does not name to the trash.' },
  answers: {
    type: 'object',
    additionalProperties: { type: 'boolean' },
    description: "To the plan's questions, by their ids.",
  },
  backfill: { type: 'object', description: '`MODEL.FIELD` to the value that existing records get in it.' },
  conversions: {
    type: 'object',
    description: '`MODEL.FIELD` to what becomes of values that do not convert by themselves.',
    additionalProperties: object(
      {
        onError: {
          anyOf: [{ type: 'string', enum: ['abort', 'null', 'first'] }, object({ default: {} })],
        },
        map: { type: 'object' },
        match: NAME,
      },
      ['onError', 'map', 'match'],
    ),
  },
  conflicts: {
    type: 'object',
    additionalProperties: { type: 'string', enum: ['renameExisting', 'adopt'] },
    description: "What becomes of relations of somebody else's, `SCHEMA.NAME`, where a model's is to be.",
  },
  confirm: { type: 'string', description: 'The `hash` of the plan that was looked at.' },
} as const;

const CHANGE_REQUEST = {
  title: 'What models are to be, or what is to be done to them',
  type: 'object',
  properties: {
    models: { type: 'array', items: schemaRef('DefinitionInput'), maxItems: 1000 },
    operations: { type: 'array', items: schemaRef('Operation'), maxItems: 1000 },
    ...REQUEST,
  },
  oneOf: [{ required: ['models'] }, { required: ['operations'] }],
  additionalProperties: false,
  examples: [
    { operations: [{ op: 'renameField', model: 'movie', from: 'gross', to: 'revenue' }] },
    { models: [{ name: 'movie', fields: [{ name: 'title', type: 'text' }] }] },
  ],
} as const;

const STEP = {
  n: { type: 'integer', minimum: 1 },
  phase: PHASE,
  kind: { type: 'string' },
} as const;

const PLAN = object({
  hash: { type: 'string', description: 'Names what the plan does: `confirm` with it applies no other.' },
  base: HASHES,
  result: HASHES,
  steps: {
    type: 'array',
    items: object(
      {
        ...STEP,
        model: { type: 'string' },
        field: { type: 'string' },
        sql: { type: 'array', items: { type: 'string' } },
        lock: { type: 'string' },
        online: { type: 'boolean' },
        destructive: { type: 'boolean' },
        lossy: { type: 'boolean' },
        estimatedRows: { type: ['integer', 'null'] },
        estimatedSeconds: { type: ['number', 'null'] },
      },
      ['field'],
    ),
  },
  questions: {
    type: 'array',
    items: object({ id: { type: 'string' }, text: { type: 'string' }, default: { type: 'boolean' } }),
  },
  checks: {
    type: 'array',
    items: object({
      kind: { type: 'string' },
      model: { type: 'string' },
      field: { type: 'string' },
      failing: COUNT,
      samples: {
        type: 'array',
        items: object({ id: { type: ['string', 'null'] }, value: { type: ['string', 'null'] } }),
      },
    }),
  },
  warnings: { type: 'array', items: { type: 'string' } },
  destructive: { type: 'boolean' },
  lossy: { type: 'boolean' },
});

const CHANGE = object(
  {
    id: { type: 'string', format: 'uuid' },
    seq: { type: 'integer', minimum: 1, description: 'Its place in the order of the workspace.' },
    status: { type: 'string', enum: ['queued', 'running', 'published', 'done', 'failed', 'cancelled'] },
    models: { type: 'array', items: { type: 'string' } },
    plan: orNull(schemaRef('Plan')),
    progress: object({
      step: COUNT,
      steps: COUNT,
      rows: COUNT,
      rowsTotal: COUNT,
      rowsPerSecond: { type: ['number', 'null'] },
      eta: orNull(MOMENT),
    }),
    steps: {
      type: 'array',
      items: object(
        {
          ...STEP,
          status: { type: 'string' },
          rows: { type: ['integer', 'null'] },
          startedAt: orNull(MOMENT),
          finishedAt: orNull(MOMENT),
          attempts: COUNT,
          error: { type: 'object' },
        },
        ['error'],
      ),
    },
    waitingFor: orNull({ type: 'object' }),
    error: schemaRef('Problem'),
    source: { type: 'string' },
    actor: schemaRef('Actor'),
    createdAt: MOMENT,
    publishedAt: orNull(MOMENT),
    finishedAt: orNull(MOMENT),
  },
  ['error'],
);

const BESIDE = {
  answers: REQUEST.answers,
  backfill: REQUEST.backfill,
  conversions: REQUEST.conversions,
  confirm: REQUEST.confirm,
} as const;

const TRASHED = object(
  {
    id: { type: 'string', format: 'uuid' },
    kind: { type: 'string', enum: ['field', 'model'] },
    name: { type: 'string', description: 'What it was called when it was dropped.' },
    model: { type: 'string', description: 'Of a field: what its model is called today.' },
    reason: {
      type: 'string',
      enum: ['dropped', 'converted'],
      description: '`converted`: the field goes on with values of another type; these are those of before.',
    },
    trashedAt: MOMENT,
    purgeAfter: { ...orNull(MOMENT), description: 'Null where it is never purged by itself.' },
    change: { type: 'string', format: 'uuid', description: 'What dropped it.' },
    error: { type: 'object', description: 'Why it could not be purged when its time had come.' },
  },
  ['error'],
);

/** Wishes to get from definitions to others, and what becomes of them. */
export const CHANGE_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Operation: OPERATION,
  ChangeRequest: CHANGE_REQUEST,
  Plan: PLAN,
  Change: CHANGE,
  Trashed: TRASHED,
  RestoreRequest: object({ as: NAME, ...BESIDE }, ['as', ...Object.keys(BESIDE)], {
    title: 'Under what name something comes back, and what goes with the change',
  }),
  RollbackRequest: object({ to: VERSION, ...BESIDE }, Object.keys(BESIDE), {
    title: 'The version to go back to, and what goes with the change',
  }),
};
