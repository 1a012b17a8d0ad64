import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  json,
  jsonb,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { moment, remodel } from './remodel.ts';
import { workspaces } from './workspaces.ts';

export const changes = remodel.table(
  'changes',
  {
    id: uuid('id').primaryKey(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    status: text('status', {
      enum: ['queued', 'running', 'published', 'done', 'failed', 'cancelled'],
    }).notNull(),
    /** What was asked for, validated: models or operations, and what goes with them. */
    request: json('request').notNull(),
    /** The names of the models that it touches. */
    modelNames: text('model_names').array().notNull(),
    /** Their ids, and those of the models that references come to lead to; null where that was not noted. */
    modelIds: text('model_ids').array(),
    plan: jsonb('plan'),
    source: text('source').notNull(),
    /** Who asked for it: an `Actor`. What there was before there were keys was asked for by root. */
    actor: jsonb('actor').notNull().default({ kind: 'root' }),
    /** The runner that is at work on it: a later runner takes it over, an earlier one then writes nothing more. */
    runner: uuid('runner'),
    cancelRequested: boolean('cancel_requested').notNull().default(false),
    /** Grows with every transaction that brings it on: tells those who watch it whether there is news. */
    revision: bigint('revision', { mode: 'number' }).notNull().default(0),
    /** What is in its way: `{change}` before it runs, `{transactionSince}` before its contract steps do. */
    waitingFor: jsonb('waiting_for'),
    error: jsonb('error'),
    idempotencyKey: text('idempotency_key'),
    bodyHash: text('body_hash'),
    createdAt: moment('created_at').notNull().defaultNow(),
    startedAt: moment('started_at'),
    /** When it was last asked to run again after it had failed. */
    retriedAt: moment('retried_at'),
    /** When the new definitions were committed; `publishedAt` follows when Redis has confirmed their heads. */
    committedAt: moment('committed_at'),
    publishedAt: moment('published_at'),
    /** When its contract steps may run. */
    contractAt: moment('contract_at'),
    finishedAt: moment('finished_at'),
  },
  (t) => [
    uniqueIndex('changes_seq').on(t.workspaceId, t.seq),
    uniqueIndex('changes_idempotency_key').on(t.workspaceId, t.idempotencyKey),
    index('changes_open').on(t.workspaceId, t.seq).where(sql`status in ('queued', 'running', 'published')`),
  ],
);

export const steps = remodel.table(
  'steps',
  {
    changeId: uuid('change_id')
      .notNull()
      .references(() => changes.id),
    n: integer('n').notNull(),
    phase: text('phase', { enum: ['expand', 'backfill', 'publish', 'contract'] }).notNull(),
    kind: text('kind').notNull(),
    /** The step as the plan made it: everything that running and undoing it needs. */
    spec: jsonb('spec').notNull(),
    status: text('status', { enum: ['pending', 'running', 'done', 'failed', 'undone'] }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Where a backfill goes on: the last key that was looked at; null where a pass begins. */
    cursor: text('cursor'),
    /** Rows that a backfill has changed. */
    rows: bigint('rows', { mode: 'number' }).notNull().default(0),
    /** What `rows` was when the present pass began: a pass that adds nothing is the last. */
    passRows: bigint('pass_rows', { mode: 'number' }).notNull().default(0),
    /** What `rows` is expected to become; once the step is done, what it became. */
    rowsTotal: bigint('rows_total', { mode: 'number' }).notNull().default(0),
    /** When the last batch was done. */
    batchAt: moment('batch_at'),
    error: jsonb('error'),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
  },
  (t) => [primaryKey({ columns: [t.changeId, t.n] })],
);
