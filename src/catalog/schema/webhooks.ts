import { bigint, boolean, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { moment, remodel } from './remodel.ts';
import { workspaces } from './workspaces.ts';

/**
 * Which deliveries by webhook were taken, in any workspace, so that none is taken twice; of one that was refused, the
 * answer. What became a change is known for ever by its `idempotency_key`, the rest for a week.
 */
export const webhookIds = remodel.table(
  'webhook_ids',
  {
    source: text('source', { enum: ['definitions', 'github'] }).notNull(),
    id: text('id').notNull(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    /** JSON, as text: it quotes what was sent, which may hold what `jsonb` does not. */
    refusal: text('refusal'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.source, t.id] })],
);

/** What came in by webhook and how it was answered: of each workspace the newest, those that were not signed apart. */
export const receivedWebhooks = remodel.table(
  'received_webhooks',
  {
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    isSigned: boolean('is_signed').notNull(),
    n: bigint('n', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    source: text('source', { enum: ['definitions', 'github'] }).notNull(),
    /** What the sender calls it; null where it does not say. */
    deliveryId: text('delivery_id'),
    isRepeated: boolean('is_repeated').notNull(),
    status: integer('status').notNull(),
    /** The problem, where it was refused; the reason, where it was left alone. */
    code: text('code'),
    detail: text('detail'),
    changeId: uuid('change_id'),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.isSigned, t.n] })],
);

/** How far a workspace has followed a branch of a repository. */
export const pushPositions = remodel.table(
  'push_positions',
  {
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    repository: text('repository').notNull(),
    branch: text('branch').notNull(),
    /** The commit that the newest push led to, and the one that it led away from. */
    after: text('after').notNull(),
    before: text('before').notNull(),
    /** Seconds since the epoch, by GitHub's clock. */
    pushedAt: bigint('pushed_at', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.repository, t.branch] })],
);
