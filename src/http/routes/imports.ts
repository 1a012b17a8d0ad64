import { Hono } from 'hono';
import { Failure } from '../../failure.ts';
import type { TransferFormat } from '../../records/export-query.ts';
import { parseImportQuery } from '../../records/import/import-query.ts';
import { beginImport, importRecords } from '../../records/import/import-records.ts';
import { partsOf } from '../body-parts.ts';
import type { EdgeEnv } from '../edge.ts';
import { idempotencyKey } from '../headers.ts';
import { connectFor, queryOf, type RecordContext, written } from '../records/record-request.ts';
import { formatOfBody } from '../records/transfer-format.ts';

/** Records from a file, in one transaction under one class. */
export const imports = new Hono<EdgeEnv>().post('/:model/import', async (c) => {
  const params = queryOf(c);
  const format = formatOfBody(c, params, FORMATS);
  refuseIdempotencyKey(c);
  // The class may be another at the second try: nothing of the file is read before it is known to be current.
  const { session, model, query } = await written(c, async (m) => ({
    model: m,
    query: parseImportQuery(m, params, format),
    session: await beginImport(() => connectFor(c), m),
  }));
  const { report, ignored } = await importRecords(session, model, query, partsOf(c));
  const { inserted, updated, skipped, errorCount, errors } = report;
  if (query.isDryRun) c.header('Dry-Run', 'true');
  return c.json({ dryRun: query.isDryRun, inserted, updated, skipped, ignored, errorCount, errors });
});

const FORMATS: readonly TransferFormat[] = ['csv', 'ndjson'];

function refuseIdempotencyKey(c: RecordContext): void {
  if (idempotencyKey(c) === null) return;
  const message = 'an import takes no Idempotency-Key: with mode=upsert it is safe to send again';
  throw new Failure('invalid_header', message);
}
