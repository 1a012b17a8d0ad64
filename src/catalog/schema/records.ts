import { sql } from 'drizzle-orm';
import { bigint, index, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { moment, remodel, xid8 } from './remodel.ts';
import { workspaces } from './workspaces.ts';

/** Answers that a repeated `Idempotency-Key` gives again, for a week. */
export const idempotencyKeys = remodel.table(
  'idempotency_keys',
  {
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    key: text('key').notNull(),
    bodyHash: text('body_hash').notNull(),
    response: text('response').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.key] }), index('idempotency_keys_created').on(t.createdAt)],
);

/**
 * What was done to records, noted by triggers in the statement that did it: see `note_records` in `migrations/`. Kept
 * for a day. Nothing but the primary key is indexed, for each write of a record writes here too.
 */
export const events = remodel.table(
  'events',
  {
    modelId: text('model_id').notNull(),
    /** The transaction: with `n`, the place in the order of the feed. */
    xid: xid8('xid').notNull().default(sql`pg_current_xact_id()`),
    n: bigint('n', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    op: text('op', { enum: ['create', 'update', 'delete'] }).notNull(),
    /** The column that names the record: while a model's key is exchanged for another, it has two. */
    key: text('key').notNull(),
    recordId: text('record_id').notNull(),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.modelId, t.xid, t.n] })],
);

/** Which transactions had ended at a time: those before `xid`. By these, events are known to be old. */
export const eventMarks = remodel.table('event_marks', {
  at: moment('at').primaryKey().defaultNow(),
  xid: xid8('xid').notNull(),
});
