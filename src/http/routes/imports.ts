import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { keyReused } from '../../catalog/repeatable.ts';
import { isDryRun } from '../../records/dry-run.ts';
import type { TransferFormat } from '../../records/export-query.ts';
import { parseImportQuery } from '../../records/import/import-query.ts';
import { beginImport, type Imported, importRecords } from '../../records/import/import-records.ts';
import { findAnswer, type KeptAnswer, keepReport } from '../../records/kept-answers.ts';
import { partsOf } from '../body-parts.ts';
import type { EdgeEnv } from '../edge.ts';
import { idempotencyKey, setModelHash } from '../headers.ts';
import { connectFor, queryOf, type RecordContext, written } from '../records/record-request.ts';
import { formatOfBody } from '../records/transfer-format.ts';

/** Records from a file, in one transaction under one class. */
export const imports = new Hono<EdgeEnv>().post('/:model/import', async (c) => {
  const params = queryOf(c);
  const format = formatOfBody(c, params, FORMATS);
  // What is taken back may be asked for again.
  const key = isDryRun(params) ? null : idempotencyKey(c);
  if (key !== null) return importOnce(c, key, params, format);
  return c.json(await importFile(c, params, format, partsOf(c), null));
});

const FORMATS: readonly TransferFormat[] = ['csv', 'ndjson'];

async function importFile(
  c: RecordContext,
  params: URLSearchParams,
  format: TransferFormat,
  parts: AsyncIterable<Uint8Array>,
  key: { readonly key: string; readonly bodyHash: () => string } | null,
): Promise<Imported> {
  // The class may be another at the second try: nothing of the file is read before it is known to be current.
  const { session, model, query } = await written(c, async (m) => ({
    model: m,
    query: parseImportQuery(m, params, format),
    session: await beginImport(() => connectFor(c), m),
  }));
  if (query.isDryRun) c.header('Dry-Run', 'true');
  return importRecords(session, model, query, parts, async (imported) => {
    if (key) await keepReport(session, model, { key: key.key, bodyHash: key.bodyHash() }, imported);
  });
}

/** An import that is done once, and answered again, however often it is sent. */
async function importOnce(
  c: RecordContext,
  key: string,
  params: URLSearchParams,
  format: TransferFormat,
): Promise<Response> {
  const digest = createHash('sha256').update(`${c.req.method} ${c.req.path}?${params}\n`);
  const parts = partsOf(c, (part) => digest.update(part));
  const bodyHash = () => digest.copy().digest('hex');
  const find = () => findAnswer(c.env.edge.database, c.req.param('ws') ?? '', key);
  const kept = await find();
  if (kept) {
    for await (const _ of parts);
    return repeat(c, kept, bodyHash());
  }
  try {
    return c.json(await importFile(c, params, format, parts, { key, bodyHash }));
  } catch (error) {
    // Where another request with this key was quicker, it may be what stands in the way of this one.
    const winner = await find();
    if (winner) return repeat(c, winner, bodyHash());
    throw error;
  }
}

function repeat(c: RecordContext, { bodyHash, hash, report }: KeptAnswer, given: string): Response {
  if (bodyHash !== given || report === null) throw keyReused();
  if (hash !== null) setModelHash(c, { [c.req.param('model') ?? '']: hash });
  return c.json(report);
}
