import { bigint, index, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { moment, remodel } from './remodel.ts';
import { workspaces } from './workspaces.ts';

export const trash = remodel.table(
  'trash',
  {
    id: uuid('id').primaryKey(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    kind: text('kind', { enum: ['field', 'model'] }).notNull(),
    name: text('name').notNull(),
    modelId: text('model_id').notNull(),
    fieldId: text('field_id'),
    tableName: text('table_name').notNull(),
    /** Null for a model. */
    columnName: text('column_name'),
    /** Of a model: the schema of the trash in which its table lies; null while it stands where it stood. */
    schemaName: text('schema_name'),
    /** The definition of the model, or of the field, as it was. */
    body: jsonb('body').notNull(),
    changeId: uuid('change_id').notNull(),
    trashedAt: moment('trashed_at').notNull().defaultNow(),
    /** `infinity` where it is never purged by itself. */
    purgeAfter: moment('purge_after').notNull(),
    /** Why it could not be purged when its time had come. */
    error: jsonb('error'),
    /** Its place in the order of all that was dropped. */
    n: bigint('n', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  },
  (t) => [index('trash_workspace').on(t.workspaceId)],
);
