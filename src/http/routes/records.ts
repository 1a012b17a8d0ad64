import { Hono } from 'hono';
import { keyReused } from '../../catalog/repeatable.ts';
import { parseLossless } from '../../definition/values/lossless-json.ts';
import { Failure } from '../../failure.ts';
import type { ModelClass } from '../../model/model-class.ts';
import type { Database } from '../../ports.ts';
import { parseAggregateQuery } from '../../records/aggregate-query.ts';
import { aggregateRecords } from '../../records/aggregate-records.ts';
import { createRecords, type Idempotency, upsertRecords } from '../../records/create-records.ts';
import { isDryRun } from '../../records/dry-run.ts';
import { findAnswer, type KeptAnswer } from '../../records/kept-answers.ts';
import { assertKnown, parseListQuery, parseRecordQuery } from '../../records/list-query.ts';
import { listRecords } from '../../records/list-records.ts';
import { deleteRecords, parseManyQuery, updateRecords } from '../../records/many-records.ts';
import {
  deleteRecord,
  type Guard,
  readRecord,
  readSelected,
  replaceRecord,
  updateRecord,
} from '../../records/one-record.ts';
import { revisionOf, type StoredRecord } from '../../records/record-sql.ts';
import { conflictTarget } from '../../records/upsert.ts';
import { readJson } from '../body.ts';
import { answerRead, answerText, digestOf } from '../caching.ts';
import type { EdgeEnv } from '../edge.ts';
import { entityTags, idempotencyKey, prefersMinimal, setModelHash } from '../headers.ts';
import {
  databaseOf,
  JSON_TYPE,
  queryOf,
  type RecordContext,
  reading,
  written,
} from '../records/record-request.ts';

/** Of an answer without the records that were written (RFC 7240). */
const MINIMAL = { 'Preference-Applied': 'return=minimal' } as const;
const MAX_RECORDS = 10_000;

/** Records: every request by a class that was current after it began. Bodies leave as Postgres wrote them. */
export const records = new Hono<EdgeEnv>()
  .get('/:model', async (c) => {
    const params = queryOf(c);
    const { found, hashes } = await reading(c, async (model, related) => {
      const query = parseListQuery(model, related, params);
      return { limit: query.limit, page: await listRecords(c.env.edge.database, model, query) };
    });
    const { limit, page } = found;
    const total = page.total === null ? {} : { total: page.total };
    const foot = JSON.stringify({ limit, next: page.next, ...total });
    return answerText(c, hashes, `{"data":[${page.records.join(',')}],"page":${foot}}`);
  })
  .post('/:model', postRecords)
  .patch('/:model', async (c) => {
    const { value } = await readJson(c, parseLossless);
    const params = queryOf(c);
    const database = databaseOf(c, params);
    const { count, records } = await written(c, (model, related) =>
      updateRecords(database, model, parseManyQuery(model, related, params), value),
    );
    if (prefersMinimal(c)) return c.json({ affected: count }, 200, MINIMAL);
    return c.body(
      `{"data":[${records.map(({ json }) => json).join(',')}],"affected":${count}}`,
      200,
      JSON_TYPE,
    );
  })
  .delete('/:model', async (c) => {
    const params = queryOf(c);
    const database = databaseOf(c, params);
    const affected = await written(c, (model, related) =>
      deleteRecords(database, model, parseManyQuery(model, related, params)),
    );
    return c.json({ affected });
  })
  .get('/:model/aggregate', async (c) => {
    const params = queryOf(c);
    const { found, hashes } = await reading(c, async (model, related) => {
      const query = parseAggregateQuery(model, related, params);
      return { limit: query.limit, page: await aggregateRecords(c.env.edge.database, model, query) };
    });
    const { limit, page } = found;
    const foot = JSON.stringify({ limit, next: page.next });
    return answerText(c, hashes, `{"data":[${page.records.join(',')}],"page":${foot}}`);
  })
  .get('/:model/:id', async (c) => {
    const { database } = c.env.edge;
    const id = c.req.param('id');
    const params = queryOf(c);
    const { found, hashes } = await reading(c, async (model, related) => {
      const selection = parseRecordQuery(model, related, params);
      const record = await (selection
        ? readSelected(database, model, id, selection)
        : readRecord(database, model, id));
      return { record, tag: selection ? null : etagOf(model, record) };
    });
    // What is selected, of other records too, is no revision that a write could be guarded by.
    if (found.tag === null) return answerText(c, hashes, found.record.json);
    return answerRead(c, found.tag, found.record.json);
  })
  .patch('/:model/:id', async (c) => {
    const { value } = await readJson(c, parseLossless);
    const guard = guardOf(c);
    const database = databaseOfOne(c);
    return writing(c, (model) => updateRecord(database, model, c.req.param('id'), value, guard));
  })
  .put('/:model/:id', async (c) => {
    const { value } = await readJson(c, parseLossless);
    const guard = guardOf(c);
    const database = databaseOfOne(c);
    return writing(c, (model) => replaceRecord(database, model, c.req.param('id'), value, guard));
  })
  .delete('/:model/:id', async (c) => {
    const guard = guardOf(c);
    const database = databaseOfOne(c);
    await writing(c, (model) => deleteRecord(database, model, c.req.param('id'), guard));
    return c.body(null, 204);
  });

/** Of a write of one record. */
function databaseOfOne(c: RecordContext): Database {
  const params = queryOf(c);
  assertKnown(params, ['dryRun'], []);
  return databaseOf(c, params);
}

async function postRecords(c: RecordContext): Promise<Response> {
  const { value, text } = await readJson(c, parseLossless);
  const many = Array.isArray(value);
  const values: readonly unknown[] = many ? value : [value];
  if (values.length > MAX_RECORDS) {
    throw new Failure(
      'validation_failed',
      `send at most ${MAX_RECORDS} records at once, not ${values.length}`,
    );
  }
  const params = queryOf(c);
  assertKnown(params, ['onConflict', 'dryRun'], []);
  const database = databaseOf(c, params);
  const onConflict = params.get('onConflict');
  // What is taken back may be asked for again.
  const key = isDryRun(params) ? null : idempotencyKey(c);
  const idempotency = key === null ? null : { key, bodyHash: hashOf(c, text), many };
  const kept =
    idempotency && (await findAnswer(c.env.edge.database, c.req.param('ws') ?? '', idempotency.key));
  if (kept) return repeat(c, kept, idempotency);
  const pathOf = (n: number) => (many ? `/${n}` : '');
  try {
    const { model, created } = await written(c, async (m, related) => {
      const target = onConflict === null ? null : conflictTarget(m, onConflict);
      if (values.length === 0) return { model: m, created: [] };
      const records = target
        ? await upsertRecords(database, m, values, target, idempotency, pathOf)
        : await createRecords(database, m, related, values, idempotency, pathOf);
      return { model: m, created: records };
    });
    return answerCreated(c, model, created, many);
  } catch (error) {
    // Where another request with this key was quicker, its record may be what stands in the way of this one.
    const winner =
      idempotency && (await findAnswer(c.env.edge.database, c.req.param('ws') ?? '', idempotency.key));
    if (winner) return repeat(c, winner, idempotency);
    throw error;
  }
}

function repeat(c: RecordContext, kept: KeptAnswer, idempotency: Idempotency): Response {
  if (kept.bodyHash !== idempotency.bodyHash) {
    throw keyReused();
  }
  if (kept.hash !== null) setModelHash(c, { [c.req.param('model') ?? '']: kept.hash });
  return answerCreated(c, null, kept.records, idempotency.many);
}

function answerCreated(
  c: RecordContext,
  model: ModelClass | null,
  created: readonly StoredRecord[],
  many: boolean,
): Response {
  if (prefersMinimal(c) && (many || !created[0])) return c.body(null, 201, MINIMAL);
  if (many) return c.body(`{"data":[${created.map((record) => record.json).join(',')}]}`, 201, JSON_TYPE);
  const [record] = created;
  if (!record) throw new TypeError('one record was created, so one is answered');
  const id: unknown = JSON.parse(record.json).id;
  c.header('Location', `${c.req.path}/${encodeURIComponent(String(id))}`);
  if (model) setEtag(c, model, record);
  return prefersMinimal(c) ? c.body(null, 201, MINIMAL) : c.body(record.json, 201, JSON_TYPE);
}

function hashOf(c: RecordContext, text: string): string {
  return digestOf(`${c.req.method} ${c.req.path}?${queryOf(c)}\n${text}`);
}

async function writing(
  c: RecordContext,
  use: (model: ModelClass) => Promise<StoredRecord & { readonly created?: boolean }>,
): Promise<Response> {
  const { model, record } = await written(c, async (m) => ({ model: m, record: await use(m) }));
  setEtag(c, model, record);
  if (prefersMinimal(c)) return c.body(null, record.created ? 201 : 204, MINIMAL);
  return c.body(record.json, record.created ? 201 : 200, JSON_TYPE);
}

/** What the record holds, in the form that the class gives it: by its revision, and by the text itself. */
function etagOf(model: ModelClass, record: StoredRecord): string | null {
  const revision = revisionOf(model, record);
  return revision === null ? null : `"${revision}-${digestOf(model.hash, record.json).slice(0, 8)}"`;
}

/** A record that was written with others by one statement may have a revision that was not asked for. */
function setEtag(c: RecordContext, model: ModelClass, record: StoredRecord): void {
  const tag = etagOf(model, record);
  if (tag !== null) c.header('ETag', tag);
}

/** A write is guarded by what the record holds, whatever class it was read by: the revision alone counts. */
function guardOf(c: RecordContext): Guard {
  const ifMatch = entityTags(c, 'If-Match');
  const ifNoneMatch = entityTags(c, 'If-None-Match');
  return {
    ...(ifMatch && !ifMatch.includes('*')
      ? { ifMatch: ifMatch.map((tag) => tag.replace(/-[0-9a-f]{8}$/, '')) }
      : {}),
    ...(ifMatch?.includes('*') ? { mustExist: true } : {}),
    ...(ifNoneMatch?.includes('*') ? { createOnly: true } : {}),
  };
}
