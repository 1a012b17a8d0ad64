import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import type { DatabaseSession } from '../ports.ts';
import type { ExportQuery } from './export-query.ts';
import { declareLines } from './export-sql.ts';
import { beginFenced, type Connect } from './fenced-session.ts';

/** A reader that takes nothing for so long is given up, and with it the snapshot that it holds. */
const MAX_PAUSE_SECONDS = 60;

/** What is fetched at once: a line more than fits. */
const CHUNK_BYTES = 512 * 1024;

/**
 * The text of an export, in parts, each asked of Postgres when it is asked for: of one snapshot and one class, whatever
 * is published meanwhile. Throws before the first part what a query may be refused for.
 */
export async function exportRecords(
  connect: Connect,
  model: ModelClass,
  related: Related,
  query: ExportQuery,
  pauseSeconds: number = MAX_PAUSE_SECONDS,
): Promise<AsyncGenerator<string, void>> {
  const models = [model, ...related.taken];
  const session = await beginFenced(
    connect,
    models,
    'read only, isolation level repeatable read',
    pauseSeconds,
  );
  try {
    await session.query(declareLines(query));
    return parts(session, query, await fetchLines(session, query));
  } catch (error) {
    await session.end();
    throw error;
  }
}

/** Lines, each with its end. */
interface Lines {
  readonly text: string;
  readonly areLast: boolean;
}

async function* parts(
  session: DatabaseSession,
  query: ExportQuery,
  first: Lines,
): AsyncGenerator<string, void> {
  const { format, selection } = query;
  const head = format === 'csv' ? `${selection.fields.map(({ name }) => name).join(',')}${END.csv}` : '';
  try {
    let lines = first;
    if (head + lines.text !== '') yield head + lines.text;
    while (!lines.areLast) {
      lines = await fetchLines(session, query);
      if (lines.text !== '') yield lines.text;
    }
  } finally {
    await session.end();
  }
}

const END = { csv: '\r\n', ndjson: '\n' } as const;

/** As one value: to take thousands of rows apart would cost the edge more than all else. */
async function fetchLines(session: DatabaseSession, { format }: ExportQuery): Promise<Lines> {
  const [row] = await session.query({
    text: `
      select string_agg(line || $1::text, '') as text, (coalesce(sum(octet_length(line)), 0) < $2::integer)::text as last
      from remodel.fetch_lines('lines', $2::integer) as line`,
    params: [END[format], String(CHUNK_BYTES)],
  });
  return { text: row?.['text'] ?? '', areLast: row?.['last'] === 'true' };
}
