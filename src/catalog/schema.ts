/**
 * The catalog: Postgres schema `remodel`, the truth of what every model is and of every change under way.
 * Tables only; the functions and roles stand in `migrations/`. Definition bodies are kept as text, for their
 * hash is over exactly that text.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  json,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

export const remodel = pgSchema('remodel');

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' });

const pgSnapshot = customType<{ data: string }>({ dataType: () => 'pg_snapshot' });

const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

/** Grows with every publish, in all workspaces: orders the heads of one name. */
export const publishSeq = remodel.sequence('publish_seq');

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
    idempotencyKey: text('idempotency_key'),
    bodyHash: text('body_hash'),
  },
  (t) => [
    uniqueIndex('keys_hash').on(t.hash),
    index('keys_workspace').on(t.workspaceId, t.createdAt),
    uniqueIndex('keys_idempotency_key').on(t.workspaceId, t.idempotencyKey),
  ],
);

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

/** Answers that a repeated `Idempotency-Key` gives again. */
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
  (t) => [primaryKey({ columns: [t.workspaceId, t.key] })],
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
