import { sql } from 'drizzle-orm';
import { bigint, customType, index, integer, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { moment, remodel, xid8 } from './remodel.ts';
import { workspaces } from './workspaces.ts';

const pgSnapshot = customType<{ data: string }>({ dataType: () => 'pg_snapshot' });

/** Who is told of changes and records, at an address of their own. */
export const subscribers = remodel.table(
  'subscribers',
  {
    id: uuid('id').primaryKey().default(sql`gen_random_uuid()`),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    url: text('url').notNull(),
    events: text('events').array().notNull(),
    /** The ids of the models whose records count; null: of all. */
    modelIds: text('model_ids').array(),
    /** `whsec_…`: what is sent is signed by it, and by the one before until its time is over. The edge cannot read it. */
    secret: text('secret').notNull(),
    previousSecret: text('previous_secret'),
    previousUntil: moment('previous_until'),
    status: text('status', { enum: ['active', 'paused'] })
      .notNull()
      .default('active'),
    /** Why it is paused where nobody asked for that. */
    pausedReason: text('paused_reason'),
    /** What was there when it subscribed, which it is not told. */
    since: pgSnapshot('since').notNull().default(sql`pg_current_snapshot()`),
    /** Up to where the events of records were taken. */
    xid: xid8('xid').notNull().default(sql`pg_snapshot_xmin(pg_current_snapshot())`),
    n: bigint('n', { mode: 'number' }).notNull().default(0),
    /** When events of records were found to be gone before they were taken. */
    missedAt: moment('missed_at'),
    /** Attempts that failed since the last that did not, and when the first of them was. */
    failures: integer('failures').notNull().default(0),
    failingSince: moment('failing_since'),
    /** When it is to be looked at next; null: when something is to be told. */
    dueAt: moment('due_at').defaultNow(),
    /** Of the request that made it. */
    idempotencyKey: text('idempotency_key'),
    bodyHash: text('body_hash'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('subscribers_workspace').on(t.workspaceId),
    uniqueIndex('subscribers_idempotency_key').on(t.workspaceId, t.idempotencyKey),
  ],
);

/** What subscribers are told: the outbox, and for a week the record of what was. */
export const messages = remodel.table(
  'messages',
  {
    /** Its `webhook-id` is `msg_` and this. */
    id: uuid('id').primaryKey().default(sql`gen_random_uuid()`),
    subscriberId: uuid('subscriber_id')
      .notNull()
      .references(() => subscribers.id, { onDelete: 'cascade' }),
    /** The order in which they are sent. */
    n: bigint('n', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    type: text('type').notNull(),
    body: text('body').notNull(),
    status: text('status', { enum: ['pending', 'delivered', 'dead'] })
      .notNull()
      .default('pending'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: moment('next_attempt_at').notNull().defaultNow(),
    /** Of the last attempt: the status of the answer, or why there was none. */
    answered: integer('answered'),
    error: text('error'),
    createdAt: moment('created_at').notNull().defaultNow(),
    endedAt: moment('ended_at'),
  },
  (t) => [
    index('messages_subscriber').on(t.subscriberId, t.n),
    index('messages_pending').on(t.subscriberId, t.nextAttemptAt).where(sql`status = 'pending'`),
  ],
);
