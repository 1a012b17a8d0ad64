import { Hono } from 'hono';
import { Failure } from '../../failure.ts';
import { parseExportQuery, type TransferFormat } from '../../records/export-query.ts';
import { exportRecords } from '../../records/export-records.ts';
import { streamOf } from '../body-parts.ts';
import type { EdgeEnv } from '../edge.ts';
import { agreeOnModels, hashesOf } from '../headers.ts';
import { connectFor, queryOf, type RecordContext, written } from '../records/record-request.ts';

const CONTENT_TYPES: Readonly<Record<TransferFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
};

/** All records of a model, or those that a query finds, as a file. */
export const exports = new Hono<EdgeEnv>().get('/:model/export', async (c) => {
  const params = queryOf(c);
  const format = formatOf(c, params);
  // Fenced as a write is: what goes on for long has to begin with a class that is current.
  const { name, lines } = await written(c, async (model, related) => {
    const query = parseExportQuery(model, related, params, format);
    agreeOnModels(c, hashesOf([model, ...related.taken]));
    return {
      name: model.definition.name,
      lines: await exportRecords(() => connectFor(c), model, related, query),
    };
  });
  return c.body(streamOf(lines), 200, {
    'Content-Type': CONTENT_TYPES[format],
    'Content-Disposition': `attachment; filename="${name}.${format}"`,
  });
});

function formatOf(c: RecordContext, params: URLSearchParams): TransferFormat {
  const format = params.get('format');
  if (format === 'csv' || format === 'ndjson') return format;
  if (format === null) return c.req.header('Accept')?.includes('csv') ? 'csv' : 'ndjson';
  const errors = [{ path: 'format', code: 'invalid_value', message: 'must be csv or ndjson' }];
  throw new Failure('invalid_query', 'format: must be csv or ndjson', { errors });
}
