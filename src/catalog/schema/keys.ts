import { bigint, index, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { moment, remodel } from './remodel.ts';
import { workspaces } from './workspaces.ts';

/**
 * API keys. What a key may do never changes; it ends, sooner than it was to (a rotation) or at once (a revocation),
 * and `revision` grows with that: it orders what Redis is told of it.
 */
export const keys = remodel.table(
  'keys',
  {
    id: uuid('id').primaryKey(),
    workspaceId: uuid('workspace_id')
      .notNull()
      .references(() => workspaces.id),
    label: text('label').notNull(),
    /** SHA-256 of the key, in hexadecimal digits: the key itself is kept nowhere. */
    hash: text('hash').notNull(),
    scopes: text('scopes').array().notNull(),
    /** The ids of the models that it is limited to; null: it is not. */
    models: text('models').array(),
    revision: bigint('revision', { mode: 'number' }).notNull().default(1),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** An `Actor`. */
    createdBy: jsonb('created_by').notNull(),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
    /** To the minute or so. */
    lastUsedAt: moment('last_used_at'),
    /** The key that takes its place. */
    rotatedTo: uuid('rotated_to'),
    /** Of the request that made it; the seed of the key, which is none without the root token, where there is one. */
    idempotencyKey: text('idempotency_key'),
    bodyHash: text('body_hash'),
    seed: text('seed'),
  },
  (t) => [
    uniqueIndex('keys_hash').on(t.hash),
    index('keys_workspace').on(t.workspaceId, t.createdAt),
    uniqueIndex('keys_idempotency_key').on(t.workspaceId, t.idempotencyKey),
  ],
);
