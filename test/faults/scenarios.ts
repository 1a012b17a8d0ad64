import type { Operation } from '../operations/operations.ts';
import { OTHERS, type ShownField, valueFor } from '../operations/values.ts';

/** A change, and what a workspace holds before it. */
export interface Scenario {
  readonly models: readonly object[];
  readonly records: Readonly<Record<string, readonly object[]>>;
  /** A change that comes first, undisturbed. */
  readonly before?: object;
  readonly change: object;
}

/** An operation on a model with three records. */
export function scenarioOf({ fields, change }: Operation): Scenario {
  const records = [0, 1, 2].map((n) =>
    Object.fromEntries(
      (fields as readonly ShownField[]).map((field) => [field.name, valueFor(field, n)] as const),
    ),
  );
  return {
    models: [
      { name: 'other', fields: [{ name: 'title', type: 'text' }] },
      { name: 'movie', fields },
    ],
    records: { other: OTHERS, movie: records },
    change: change('movie'),
  };
}

/** What the changes below are made on. */
const MOVIES = {
  models: [
    { name: 'person', fields: [] },
    {
      name: 'movie',
      fields: [
        { name: 'title', type: 'text' },
        { name: 'year', type: 'integer' },
        { name: 'note', type: 'text', index: true },
        { name: 'code', type: 'text', unique: true },
        { name: 'country', type: 'text', required: true },
        { name: 'gross', type: 'bigint' },
        { name: 'score', type: 'text' },
      ],
    },
    { name: 'studio', fields: [] },
  ],
  records: {
    movie: ['a', 'b', 'c'].map((title) => ({
      title,
      year: 1990,
      note: title,
      code: title,
      country: 'x',
      gross: '1',
      score: '7',
    })),
  },
};

const SOMEBODY = '00000000-0000-7000-8000-000000000000';

/** Changes that have steps of every kind and phase between them. */
export const EVERY_STEP: Readonly<Record<string, Scenario>> = {
  'that adds': {
    ...MOVIES,
    change: {
      operations: [
        { op: 'addField', model: 'movie', field: { name: 'token', type: 'uuid', default: { fn: 'uuid' } } },
        { op: 'addField', model: 'movie', field: { name: 'studio', type: 'text', required: true } },
        { op: 'addField', model: 'movie', field: { name: 'maker', type: 'reference', to: 'person' } },
        { op: 'addUnique', model: 'movie', fields: ['title'] },
        { op: 'addIndex', model: 'movie', fields: ['-year'] },
        { op: 'createModel', model: 'genre', fields: [{ name: 'label', type: 'text' }] },
      ],
      backfill: { 'movie.studio': 'unknown' },
    },
  },
  'that alters': {
    ...MOVIES,
    change: {
      operations: [
        { op: 'alterField', model: 'movie', field: 'year', set: { min: 1888, default: 2000 } },
        { op: 'alterField', model: 'movie', field: 'country', set: { required: false } },
        { op: 'alterField', model: 'movie', field: 'score', set: { type: 'integer', max: 10 } },
      ],
    },
  },
  'that moves references': {
    models: [
      { name: 'person', fields: [] },
      {
        name: 'movie',
        fields: [
          { name: 'director', type: 'reference', to: 'person', onDelete: 'cascade' },
          { name: 'writers', type: 'references', to: 'person' },
        ],
      },
    ],
    records: { person: [{ id: SOMEBODY }], movie: [{ director: SOMEBODY, writers: [SOMEBODY] }, {}] },
    change: {
      operations: [
        { op: 'alterField', model: 'movie', field: 'director', set: { type: 'references' } },
        { op: 'alterField', model: 'movie', field: 'writers', set: { type: 'reference', name: 'writer' } },
      ],
    },
  },
  'that drops and renames': {
    ...MOVIES,
    change: {
      operations: [
        { op: 'dropUnique', model: 'movie', fields: ['code'] },
        { op: 'dropIndex', model: 'movie', fields: ['note'] },
        { op: 'renameField', model: 'movie', from: 'title', to: 'name' },
        { op: 'dropField', model: 'movie', field: 'gross' },
        { op: 'dropModel', model: 'studio' },
      ],
    },
  },
};

const renameField = (from: string, to: string) => ({ op: 'renameField', model: 'film', from, to });

/** Fields that exchanged their names, so that a second change follows, in a table that another one refers to. */
export const ALIGNMENT: Scenario = {
  models: [
    {
      name: 'movie',
      fields: [
        { name: 'title', type: 'text', unique: true },
        { name: 'year', type: 'integer', min: 1888 },
      ],
    },
    { name: 'review', fields: [{ name: 'of', type: 'reference', to: 'movie' }] },
  ],
  records: { movie: [{ title: 'a', year: 1990 }] },
  before: {
    operations: [
      { op: 'renameModel', from: 'movie', to: 'film' },
      renameField('title', 'exchanged'),
      renameField('year', 'title'),
      renameField('exchanged', 'year'),
    ],
  },
  change: { operations: [{ op: 'alignNames', model: 'film' }] },
};
