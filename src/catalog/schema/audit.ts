import { bigint, index, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { moment, remodel } from './remodel.ts';

/**
 * Every administrative act, written by `remodel.note_act` in the transaction of the act itself, and never changed: a
 * trigger refuses that to everybody. It stays when its workspace is purged.
 */
export const audit = remodel.table(
  'audit',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: uuid('workspace_id').notNull(),
    at: moment('at').notNull().defaultNow(),
    /** An `Actor`. */
    actor: jsonb('actor').notNull(),
    /** By what way it came: api, cli, webhook, or the migrator itself. */
    source: text('source').notNull(),
    action: text('action').notNull(),
    /** The id or the name of what was acted on. */
    subject: text('subject').notNull(),
    before: jsonb('before'),
    after: jsonb('after'),
    requestId: text('request_id'),
  },
  (t) => [index('audit_workspace').on(t.workspaceId, t.id)],
);
