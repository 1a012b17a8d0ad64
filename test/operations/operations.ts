import { OTHERS } from './values.ts';

/**
 * Every operation, each on a model of its own beside a model `other`: under load, and killed at every statement,
 * with the same expectations for all. A new operation is a line here.
 */

/** An operation, and the model that it is made on. */
export interface Operation {
  readonly name: string;
  readonly fields: readonly object[];
  /** What is asked, of the model of that name. */
  readonly change: (
    model: string,
  ) => { readonly operations: readonly object[] } & Readonly<Record<string, unknown>>;
  /** The numbers that fields hold: from 0 to less than this. */
  readonly numbers?: number;
  /** Of what clients had acknowledged, the fields that are gone. */
  readonly dropped?: readonly string[];
  readonly renamedTo?: (model: string) => string;
  /** Whether the model is gone after it, so that there is nothing to be at work on. */
  readonly isGone?: true;
}

const a = { name: 'a', type: 'integer' };
const b = { name: 'b', type: 'text' };
const ONE = { name: 'c', type: 'reference', to: 'other' };
const LIST = { name: 'c', type: 'references', to: 'other' };

const one = (name: string, fields: readonly object[], operation: object, more: Partial<Operation> = {}) => ({
  name,
  fields,
  change: (model: string) => ({ operations: [{ model, ...operation }] }),
  ...more,
});

const alter = (field: string, set: object) => ({ op: 'alterField', field, set });

const convert = (from: object, to: object, more: Partial<Operation> = {}): Operation => {
  const types = [from, to].map((field) => ('type' in field ? field.type : 'limits'));
  return one(`convert ${types.join(' to ')}`, [{ name: 'a', ...from }, b], alter('a', to), more);
};

/** Every row of the table of operations, each on a model of its own. */
export const OPERATIONS: readonly Operation[] = [
  {
    name: 'create models that refer to each other',
    fields: [a, b],
    change: (model) => ({
      operations: [
        {
          op: 'createModel',
          model: `${model}_1`,
          fields: [b, { name: 'to', type: 'reference', to: `${model}_2` }],
        },
        {
          op: 'createModel',
          model: `${model}_2`,
          fields: [b, { name: 'to', type: 'reference', to: `${model}_1` }],
        },
      ],
    }),
  },
  one('drop a model', [a, b], { op: 'dropModel' }, { isGone: true }),
  one('add a reference', [a, b], { op: 'addField', field: ONE }),
  one('add a nullable field', [a, b], { op: 'addField', field: { name: 'c', type: 'integer' } }),
  one('add a field with a default', [a, b], {
    op: 'addField',
    field: { name: 'c', type: 'integer', default: 7 },
  }),
  one('add a field with a default of its own for each row', [a, b], {
    op: 'addField',
    field: { name: 'c', type: 'uuid', default: { fn: 'uuid' } },
  }),
  {
    ...one('add a required field', [a, b], {
      op: 'addField',
      field: { name: 'c', type: 'integer', required: true },
    }),
    change: (model) => ({
      operations: [{ op: 'addField', model, field: { name: 'c', type: 'integer', required: true } }],
      backfill: { [`${model}.c`]: 7 },
    }),
  },
  one('drop a field', [a, b], { op: 'dropField', field: 'a' }, { dropped: ['a'] }),
  one('rename a field', [a, b], { op: 'renameField', from: 'a', to: 'c' }),
  one(
    'widen a decimal',
    [{ name: 'a', type: 'decimal', precision: 6, scale: 0 }, b],
    alter('a', { precision: 12 }),
  ),
  convert({ type: 'text' }, { type: 'integer' }),
  convert({ type: 'integer' }, { type: 'text' }),
  convert({ type: 'integer' }, { type: 'bigint' }),
  convert({ type: 'decimal' }, { type: 'integer' }),
  convert({ type: 'float' }, { type: 'decimal' }),
  convert({ type: 'json' }, { type: 'integer' }),
  convert({ type: 'integer' }, { type: 'json' }),
  convert({ type: 'boolean' }, { type: 'integer' }, { numbers: 2 }),
  convert({ type: 'date' }, { type: 'timestamp' }),
  convert(
    { type: 'integer', required: true, unique: true, default: 1 },
    { type: 'bigint', default: '2' },
    { name: 'convert a unique integer to bigint', numbers: 2 ** 31 - 1 },
  ),
  convert({ type: 'choice', options: ['0', '1'] }, { type: 'choices', options: ['0', '1'] }, { numbers: 2 }),
  convert({ type: 'choices', options: ['0', '1'] }, { type: 'choice', options: ['0', '1'] }, { numbers: 2 }),
  one('add a field of points', [a, b], { op: 'addField', field: { name: 'c', type: 'point', index: true } }),
  one(
    'make a choice of other options',
    [{ name: 'a', type: 'choice', options: ['0', '1'] }, b],
    alter('a', {}),
    {
      numbers: 2,
      change: (model) => ({
        operations: [{ model, ...alter('a', { options: ['zero', 'one'] }) }],
        conversions: { [`${model}.a`]: { map: { '0': 'zero', '1': 'one' } } },
      }),
    },
  ),
  {
    name: 'make a reference of a text',
    fields: [a, b],
    change: (model) => ({
      operations: [{ model, ...alter('b', { type: 'reference', to: 'other' }) }],
      conversions: { [`${model}.b`]: { match: 'title' } },
    }),
    numbers: OTHERS.length,
  },
  one('make a list of a reference', [a, ONE], alter('c', { type: 'references' })),
  one('make a reference of a list', [a, LIST], alter('c', { type: 'reference' })),
  one('change what a delete does', [a, ONE], alter('c', { onDelete: 'cascade' })),
  one('drop a reference', [a, ONE], { op: 'dropField', field: 'c' }, { dropped: ['c'] }),
  one('add a list of references', [a, b], { op: 'addField', field: LIST }),
  one('change what a delete does to a list', [a, LIST], alter('c', { onDelete: 'restrict' })),
  one('drop a list of references', [a, LIST], { op: 'dropField', field: 'c' }, { dropped: ['c'] }),
  one('change the key', [a, b], { op: 'changeKey', key: 'text' }),
  one('make a field required', [a, b], alter('a', { required: true })),
  one('make a field not required', [{ ...a, required: true }, b], alter('a', { required: false })),
  one('set a default', [a, b], alter('a', { default: 5 })),
  one('make a field unique', [a, b], alter('a', { unique: true }), { numbers: 2 ** 31 - 1 }),
  one('drop a unique', [{ ...a, unique: true }, b], alter('a', { unique: null }), { numbers: 2 ** 31 - 1 }),
  one('add an index', [a, b], { op: 'addIndex', fields: ['-a', 'b'] }),
  one('add an index over some rows', [a, b], { op: 'addIndex', fields: ['b'], where: { a: { _gt: 1 } } }),
  one('add an index over words', [a, b], { op: 'addIndex', fields: ['b'], kind: 'fullText' }),
  one(
    'make two fields unique together',
    [a, b],
    { op: 'addUnique', fields: ['a', 'b'] },
    { numbers: 2 ** 31 - 1 },
  ),
  one('drop an index', [{ ...a, index: true }, b], { op: 'dropIndex', fields: ['a'] }),
  one('add a check', [a, b], alter('a', { min: 0, max: 1_000_000 })),
  one('drop a check', [{ ...a, min: 0 }, b], alter('a', { min: null })),
  one(
    'add an option',
    [{ name: 'a', type: 'choice', options: ['0', '1'] }, b],
    alter('a', { options: ['0', '1', '2'] }),
    {
      numbers: 2,
    },
  ),
  {
    name: 'rename the model',
    fields: [a, b],
    change: (model) => ({ operations: [{ op: 'renameModel', from: model, to: `${model}_new` }] }),
    renamedTo: (model) => `${model}_new`,
  },
];
