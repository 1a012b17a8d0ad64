import { bigint, index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { moment, remodel } from './remodel.ts';
import { workspaces } from './workspaces.ts';

/** Grows with every publish, in all workspaces: orders the heads of one name. */
export const publishSeq = remodel.sequence('publish_seq');

export const definitions = remodel.table('definitions', {
  hash: text('hash').primaryKey(),
  modelId: text('model_id').notNull(),
  body: text('body').notNull(),
});

export const models = remodel.table(
  'models',
  {
    id: text('id').primaryKey(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    name: text('name').notNull(),
    status: text('status', { enum: ['published', 'trashed'] }).notNull(),
    version: integer('version').notNull(),
    hash: text('hash')
      .notNull()
      .references(() => definitions.hash),
    /** Of the definition: the physical table, and the ids of the models that its fields refer to. */
    tableName: text('table_name').notNull(),
    refersTo: text('refers_to').array().notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    publishedAt: moment('published_at').notNull().defaultNow(),
  },
  (t) => [
    // Also the prefixes of a table's name, whatever the database's collation.
    index('models_table').on(t.workspaceId, t.tableName.op('text_pattern_ops')),
    index('models_refers_to').using('gin', t.refersTo),
  ],
);

export const versions = remodel.table(
  'versions',
  {
    modelId: text('model_id')
      .notNull()
      .references(() => models.id),
    version: integer('version').notNull(),
    hash: text('hash')
      .notNull()
      .references(() => definitions.hash),
    changeId: uuid('change_id').notNull(),
    publishedAt: moment('published_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.modelId, t.version] })],
);

/** Every name that ever was published, and the model that it belongs to now: what Redis echoes. */
export const heads = remodel.table(
  'heads',
  {
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    name: text('name').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** Null once the name belongs to no model. */
    modelId: text('model_id').references(() => models.id),
    version: integer('version').notNull(),
    hash: text('hash'),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.name] })],
);

/** What tables and columns were called before they were aligned: ids were made of these names, so nothing new gets them. */
export const formerNames = remodel.table(
  'former_names',
  {
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    modelId: text('model_id')
      .notNull()
      .references(() => models.id),
    kind: text('kind', { enum: ['table', 'column'] }).notNull(),
    name: text('name').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.modelId, t.kind, t.name] }),
    index('former_names_workspace').on(t.workspaceId, t.kind, t.name.op('text_pattern_ops')),
  ],
);
