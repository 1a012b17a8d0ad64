import { sql } from 'drizzle-orm';
import { bigint, integer, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { moment, remodel } from './remodel.ts';

export const workspaces = remodel.table(
  'workspaces',
  {
    id: uuid('id').primaryKey().default(sql`gen_random_uuid()`),
    slug: text('slug').notNull(),
    label: text('label'),
    /** The `seq` of the newest change. */
    changeSeq: bigint('change_seq', { mode: 'number' }).notNull().default(0),
    /** Null: as long as the deployment says; 0: what is dropped is purged at once; -1: never. */
    trashRetentionDays: integer('trash_retention_days'),
    createdAt: moment('created_at').notNull().defaultNow(),
    trashedAt: moment('trashed_at'),
    /** Grows with each move to the trash and back: orders what Redis is told of it. */
    stateSeq: bigint('state_seq', { mode: 'number' }).notNull().default(0),
    /** When its purge began: it does not come back any more. */
    purgedAt: moment('purged_at'),
  },
  (t) => [uniqueIndex('workspaces_slug').on(t.slug)],
);
