import type { JsonSchema } from '../definition/field-type.ts';
import { json, operation, page } from './operation.ts';
import { parameters } from './parameters.ts';
import { schemaRef } from './record-schemas.ts';

const TEXT = { type: 'string' } as const;
const TEXT_OR_NULL = { type: ['string', 'null'] } as const;
const TEXTS = { type: 'array', items: TEXT } as const;
const FLAG = { type: 'boolean' } as const;

/** An object that has all of these members, and no others. */
function exactly(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const LISTED = {
  id: { ...TEXT, description: 'Its number in Postgres.' },
  schema: TEXT,
  name: TEXT,
  kind: { enum: ['table', 'view', 'materializedView', 'partitionedTable', 'foreignTable'] },
  comment: TEXT_OR_NULL,
  model: { ...TEXT_OR_NULL, description: 'The model whose table, list or view it is.' },
  estimatedRows: { type: ['integer', 'null'], description: 'Null where Postgres has not looked yet.' },
  bytes: { type: 'integer', minimum: 0, description: 'With its indexes.' },
};

const REFERENCES = exactly({
  schema: TEXT,
  table: TEXT,
  columns: TEXTS,
  onDelete: { enum: ['noAction', 'restrict', 'cascade', 'setNull', 'setDefault'] },
});

const UNMAPPED = exactly({
  table: TEXT,
  part: { enum: ['table', 'column', 'default', 'index', 'constraint', 'trigger'] },
  name: TEXT,
  reason: { ...TEXT, description: 'Why no definition says it, and what to do.' },
});

/** What Postgres holds. */
export const DATABASE_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Adoption: {
    anyOf: [
      {
        type: 'object',
        properties: {
          table: { type: 'string', pattern: '^[^.]+\\..' },
          as: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,47}$' },
          confirm: TEXT,
        },
        required: ['table'],
        additionalProperties: false,
      },
      {
        type: 'object',
        properties: { schema: { type: 'string', minLength: 1 }, confirm: TEXT },
        required: ['schema'],
        additionalProperties: false,
      },
    ],
  },
  AdoptionPlan: exactly({
    models: { type: 'array', items: schemaRef('DefinitionInput') },
    unmapped: { type: 'array', items: UNMAPPED },
    plan: schemaRef('Plan'),
  }),
  Difference: {
    type: 'object',
    properties: {
      id: TEXT,
      kind: {
        enum: [
          'tableMissing',
          'tableBlocked',
          'rightsMissing',
          'columnMissing',
          'columnAdded',
          'columnType',
          'columnNullable',
          'columnDefault',
          'listMissing',
          'indexAdded',
          'indexMissing',
          'indexInvalid',
          'constraintAdded',
          'constraintMissing',
          'constraintInvalid',
          'computedChanged',
          'feedMissing',
          'viewMissing',
          'viewChanged',
          'viewBlocked',
        ],
      },
      model: TEXT,
      field: TEXT,
      message: TEXT,
      repairs: {
        type: 'array',
        items: exactly({
          op: { const: 'repair' },
          difference: TEXT,
          keep: { enum: ['catalog', 'database'] },
        }),
        description: 'Operations of a change, of which one is to be chosen; none where it takes SQL.',
      },
    },
    required: ['id', 'kind', 'model', 'message', 'repairs'],
    additionalProperties: false,
  },
  ListedTable: exactly(LISTED),
  Table: exactly({
    ...LISTED,
    columns: {
      type: 'array',
      items: exactly({
        name: TEXT,
        type: TEXT,
        baseType: { ...TEXT, description: 'What a domain is made of; else the same as `type`.' },
        values: { anyOf: [TEXTS, { type: 'null' }], description: 'Of an enum.' },
        nullable: FLAG,
        default: { ...TEXT_OR_NULL, description: 'As SQL.' },
        identity: { enum: ['always', 'byDefault', null] },
        generated: FLAG,
        comment: TEXT_OR_NULL,
      }),
    },
    indexes: {
      type: 'array',
      items: exactly({
        name: TEXT,
        unique: FLAG,
        primary: FLAG,
        valid: FLAG,
        method: TEXT,
        columns: {
          anyOf: [TEXTS, { type: 'null' }],
          description: 'In their order, `-` ahead of one that descends; null where it is over anything else.',
        },
        definition: TEXT,
      }),
    },
    constraints: {
      type: 'array',
      items: exactly({
        name: TEXT,
        kind: { enum: ['primaryKey', 'unique', 'check', 'foreignKey', 'exclusion'] },
        columns: TEXTS,
        deferrable: FLAG,
        validated: FLAG,
        definition: TEXT,
        references: { anyOf: [REFERENCES, { type: 'null' }] },
      }),
    },
    triggers: TEXTS,
  }),
};

/** The addresses of what Postgres holds. */
export function databasePaths(base: string): Readonly<Record<string, JsonSchema>> {
  return {
    [`${base}/database/tables`]: {
      get: operation({
        id: 'listTables',
        tag: 'Database',
        summary: 'What Postgres holds, as far as the workspace may see it',
        answers: { 200: json('All of it.', page(schemaRef('ListedTable'))) },
      }),
    },
    [`${base}/drift`]: {
      get: operation({
        id: 'listDrift',
        tag: 'Database',
        summary: 'Where the database is not as the catalog says, with what repairs it',
        answers: { 200: json('All of it.', page(schemaRef('Difference'))) },
      }),
    },
    [`${base}/adopt`]: {
      post: operation({
        id: 'adopt',
        tag: 'Database',
        summary: 'Make models of tables that are there: of one, or of all in a schema',
        description:
          'With `plan` it shows the definitions, what they do not say, and the plan, and changes nothing.',
        parameters: parameters('onlyPlan', 'modelHash', 'preferWait', 'idempotencyKey'),
        body: schemaRef('Adoption'),
        answers: {
          200: json(
            'The change, or what it would be.',
            { anyOf: [schemaRef('Change'), schemaRef('AdoptionPlan')] },
            'Location',
            'Model-Hash',
            'Preference-Applied',
          ),
          202: json('The change.', schemaRef('Change'), 'Location', 'Model-Hash', 'Preference-Applied'),
        },
        problems: [409, 412],
      }),
    },
    [`${base}/database/tables/{table}`]: {
      parameters: parameters('table'),
      get: operation({
        id: 'getTable',
        tag: 'Database',
        summary: 'A table: its columns, indexes, constraints and triggers',
        answers: { 200: json('The table.', schemaRef('Table')) },
      }),
    },
  };
}
