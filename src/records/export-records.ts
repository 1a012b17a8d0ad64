import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import type { DatabaseSession } from '../ports.ts';
import { plain } from '../statement.ts';
import type { ExportQuery } from './export-query.ts';
import { declareLines } from './export-sql.ts';
import { beginFenced, type Connect } from './fenced-session.ts';

/** A reader that takes nothing for so long is given up, and with it the snapshot that it holds. */
const MAX_PAUSE_SECONDS = 60;

/** What is fetched at once: about so many characters, and first so few lines, for nobody knows how long they are. */
const CHUNK_CHARACTERS = 512 * 1024;
const FIRST_LINES = 100;
const MAX_LINES = 10_000;
const MAX_GROWTH = 4;

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
    const first = await fetchLines(session, FIRST_LINES);
    return parts(session, query, first);
  } catch (error) {
    await session.end();
    throw error;
  }
}

async function* parts(
  session: DatabaseSession,
  { format, selection }: ExportQuery,
  first: readonly string[],
): AsyncGenerator<string, void> {
  const end = format === 'csv' ? '\r\n' : '\n';
  try {
    let text = format === 'csv' ? `${selection.fields.map(({ name }) => name).join(',')}${end}` : '';
    for (let lines = first, asked = FIRST_LINES; ; ) {
      if (lines.length > 0) text += `${lines.join(end)}${end}`;
      if (text !== '') yield text;
      if (lines.length < asked) return;
      const fitting = Math.ceil((CHUNK_CHARACTERS * lines.length) / text.length);
      asked = Math.min(fitting, asked * MAX_GROWTH, MAX_LINES);
      lines = await fetchLines(session, asked);
      text = '';
    }
  } finally {
    await session.end();
  }
}

async function fetchLines(session: DatabaseSession, count: number): Promise<readonly string[]> {
  const rows = await session.query(plain(`fetch ${count} from lines`));
  return rows.map((row) => row['record'] ?? '');
}
