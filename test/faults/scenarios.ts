import { OPERATIONS, type Operation } from '../operations/operations.ts';
import { OTHERS, type ShownField, valueFor } from '../operations/values.ts';

/** A change, and what a workspace holds before it. */
export interface Scenario {
  readonly models: readonly object[];
  readonly records: Readonly<Record<string, readonly object[]>>;
  /** A change that comes first, undisturbed. */
  readonly before?: object;
  readonly change: object;
  /** Tables that are there before the change, in the schema of the workspace's name and `_legacy`: WORKSPACE stands for the name. */
  readonly sql?: string;
  /** What is done by hand before the change, which repairs it: DIFFERENCE stands for what is found then. */
  readonly drift?: string;
}

/** An operation on a model with three records, beside another where it needs one. */
function scenarioOf({ fields, change }: Operation): Scenario {
  const asked = change('movie');
  const records = [0, 1, 2].map((n) =>
    Object.fromEntries(
      (fields as readonly ShownField[]).map((field) => [field.name, valueFor(field, n)] as const),
    ),
  );
  const movies = { models: [{ name: 'movie', fields }], records: { movie: records }, change: asked };
  if (!JSON.stringify([fields, asked]).includes('"other"')) return movies;
  return {
    ...movies,
    models: [{ name: 'other', fields: [{ name: 'title', type: 'text' }] }, ...movies.models],
    records: { other: OTHERS, ...movies.records },
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

/** Changes that have steps of most kinds, and of every phase, between them. */
export const EVERY_STEP: Readonly<Record<string, Scenario>> = {
  'add to a model': {
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
  'alter a model': {
    ...MOVIES,
    change: {
      operations: [
        { op: 'alterField', model: 'movie', field: 'year', set: { min: 1888, default: 2000 } },
        { op: 'alterField', model: 'movie', field: 'country', set: { required: false } },
        { op: 'alterField', model: 'movie', field: 'score', set: { type: 'integer', max: 10 } },
      ],
    },
  },
  'drop and rename': {
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

const ALIGNMENT_AT_ONCE: Scenario = {
  ...ALIGNMENT,
  before: {
    operations: [{ op: 'renameModel', from: 'movie', to: 'film' }, renameField('title', 'name')],
  },
};

const computed = (name: string, expression: string) => ({ name, type: 'computed', expression });

/** A field that is computed in another way, one that uses it, one that is new, and one that goes. */
const COMPUTED: Scenario = {
  models: [
    {
      name: 'item',
      fields: [
        { name: 'price', type: 'decimal' },
        { name: 'pieces', type: 'integer' },
        computed('total', 'price * pieces'),
        computed('tax', 'total / 5'),
        computed('old', 'pieces + 1'),
      ],
    },
  ],
  records: { item: [1, 2, null].map((pieces) => ({ price: '2.5', pieces })) },
  change: {
    operations: [
      { op: 'alterField', model: 'item', field: 'total', set: { expression: 'price * (pieces + 1)' } },
      { op: 'addField', model: 'item', field: computed('share', 'tax / total') },
      { op: 'dropField', model: 'item', field: 'old' },
    ],
  },
};

/** A reference that becomes a list of them, and a list that becomes a reference. */
const MOVED_REFERENCES: Scenario = {
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
};

/** A key that the model's own records refer to, and those of another, one by one and by a list. */
const REFERRED_KEY: Scenario = {
  models: [
    {
      name: 'person',
      fields: [
        { name: 'boss', type: 'reference', to: 'person', onDelete: 'setNull' },
        { name: 'friends', type: 'references', to: 'person' },
      ],
    },
    { name: 'movie', fields: [{ name: 'director', type: 'reference', to: 'person', required: true }] },
  ],
  records: {
    person: [{ id: SOMEBODY, boss: SOMEBODY, friends: [SOMEBODY] }, {}],
    movie: [{ director: SOMEBODY }],
  },
  change: { operations: [{ op: 'changeKey', model: 'person', key: 'text' }] },
};

/** Two tables that refer to each other, one of which lacks the index of a reference. */
const ADOPTION: Scenario = {
  models: [],
  records: {},
  sql: `
    create schema WORKSPACE_legacy;
    create table WORKSPACE_legacy.studio (id serial primary key, name varchar(20) not null unique, best integer);
    create table WORKSPACE_legacy.film (
      film_id uuid primary key default gen_random_uuid(),
      studio integer references WORKSPACE_legacy.studio,
      year integer check (year > 1900)
    );
    grant usage, create on schema WORKSPACE_legacy to remodel_migrator;
    grant usage on schema WORKSPACE_legacy to remodel_edge;
    alter table WORKSPACE_legacy.studio owner to remodel_migrator;
    alter table WORKSPACE_legacy.film owner to remodel_migrator;
    insert into WORKSPACE_legacy.studio (name) values ('a');
    insert into WORKSPACE_legacy.film (studio, year) values (1, 1990);
  `,
  change: { operations: [{ op: 'adopt', schema: 'WORKSPACE_legacy' }] },
};

/** A column of another type, which is converted back: with a shadow column, batches and a contract. */
const REPAIR: Scenario = {
  models: [{ name: 'movie', fields: [{ name: 'year', type: 'integer', required: true }] }],
  records: { movie: [{ year: 1990 }, { year: 1991 }] },
  drift: `
    drop view "WORKSPACE".movie;
    alter table "WORKSPACE_data".movie alter column year type text;
  `,
  change: { operations: [{ op: 'repair', difference: 'DIFFERENCE', keep: 'catalog' }] },
};

const drop = (model: string, field: string) => ({ op: 'dropField', model, field });
const restore = (name: string) => ({ op: 'restore', trash: name });

const CAST: Pick<Scenario, 'models' | 'records'> = {
  models: [
    { name: 'person', fields: [{ name: 'name', type: 'text' }] },
    {
      name: 'movie',
      fields: [
        { name: 'title', type: 'text' },
        { name: 'gross', type: 'bigint', min: 0, unique: true, required: true },
        { name: 'director', type: 'reference', to: 'person', onDelete: 'setNull' },
        { name: 'writers', type: 'references', to: 'person' },
        computed('tax', 'gross / 5'),
      ],
      indexes: [{ fields: ['title', 'gross'] }],
    },
  ],
  records: {
    person: [{ id: SOMEBODY }],
    movie: [{ title: 'a', gross: '5', director: SOMEBODY, writers: [SOMEBODY] }],
  },
};

/** Fields of each kind that come back from the trash. */
const RESTORED_FIELDS: Scenario = {
  ...CAST,
  before: { operations: ['tax', 'gross', 'director', 'writers'].map((field) => drop('movie', field)) },
  change: { operations: ['gross', 'director', 'writers', 'tax'].map(restore) },
};

/** A model that comes back with what referred to it, and with its lists, under another name. */
const RESTORED_MODEL: Scenario = {
  models: [
    ...CAST.models,
    { name: 'review', fields: [{ name: 'of', type: 'reference', to: 'movie', onDelete: 'cascade' }] },
  ],
  records: CAST.records,
  before: { operations: [drop('review', 'of'), { op: 'dropModel', model: 'movie' }] },
  change: { operations: [{ ...restore('movie'), as: 'film' }] },
};

/** A way back over a rename, a conversion, a drop and an addition. */
const ROLLED_BACK: Scenario = {
  ...CAST,
  before: {
    operations: [
      { op: 'renameField', model: 'movie', from: 'title', to: 'name' },
      drop('movie', 'tax'),
      { op: 'alterField', model: 'movie', field: 'gross', set: { type: 'text', min: null } },
      drop('movie', 'director'),
      { op: 'addField', model: 'movie', field: { name: 'note', type: 'text' } },
    ],
  },
  change: { operations: [{ op: 'rollbackModel', model: 'movie', to: 1 }] },
};

/** Every operation, and changes of several. */
export const EVERY_SCENARIO: Readonly<Record<string, Scenario>> = {
  ...Object.fromEntries(OPERATIONS.map((operation) => [operation.name, scenarioOf(operation)])),
  ...EVERY_STEP,
  'move references': MOVED_REFERENCES,
  'change computed fields': COMPUTED,
  'change a key that is referred to': REFERRED_KEY,
  'adopt a schema': ADOPTION,
  'repair a column': REPAIR,
  'align names': ALIGNMENT_AT_ONCE,
  'align names that were exchanged': ALIGNMENT,
  'restore fields': RESTORED_FIELDS,
  'restore a model': RESTORED_MODEL,
  'roll a model back': ROLLED_BACK,
};
