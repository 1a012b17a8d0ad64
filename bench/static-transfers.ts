/** Files in and out of one table that never changes, as one would write them by hand: beside `transfers.ts`. */
import { Buffer } from 'node:buffer';
import { Client, neonConfig } from '@neondatabase/serverless';
import { type Options, parse } from 'csv-parse/stream';
import { getTableColumns } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/neon-serverless';
import * as v from 'valibot';
import { movieSchema, movies } from './static-table.ts';

interface Env {
  readonly DATABASE_URL: string;
  readonly NEON_LOCAL_PROXY: string;
}

const COLUMNS = Object.keys(getTableColumns(movies));
const EXPORT_ROWS = 2000;
/** Postgres takes 65,535 parameters in a statement. */
const IMPORT_ROWS = 2000;

async function connect(env: Env): Promise<Client> {
  neonConfig.wsProxy = `${env.NEON_LOCAL_PROXY}/v2`;
  neonConfig.useSecureWebSocket = false;
  neonConfig.pipelineConnect = false;
  const client = new Client(env.DATABASE_URL);
  await client.connect();
  return client;
}

function cell(value: unknown): string {
  if (value === null) return '';
  const text = value instanceof Date ? value.toISOString() : String(value);
  return /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
}

async function exportMovies(env: Env): Promise<Response> {
  const client = await connect(env);
  await client.query('begin read only');
  await client.query(`declare rows no scroll cursor for select ${COLUMNS.join(', ')} from public.movies`);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`${COLUMNS.join(',')}\r\n`));
    },
    async pull(controller) {
      const { rows } = await client.query<unknown[]>({
        text: `fetch ${EXPORT_ROWS} from rows`,
        rowMode: 'array',
      });
      if (rows.length > 0) {
        controller.enqueue(encoder.encode(rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')));
      }
      if (rows.length === EXPORT_ROWS) return;
      controller.close();
      await client.end();
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/csv' } });
}

/** A record as `movieSchema` takes it. */
function movieOf(row: Readonly<Record<string, string>>): unknown {
  const { year, rating, seen, ...texts } = row;
  return {
    ...texts,
    year: year === '' ? null : Number(year),
    rating: rating === '' ? null : Number(rating),
    seen: seen === '' ? null : seen === 'true',
  };
}

async function importMovies(env: Env, request: Request): Promise<Response> {
  const client = await connect(env);
  const database = drizzle({ client });
  await client.query('begin');
  let imported = 0;
  let batch: v.InferOutput<typeof movieSchema>[] = [];
  const flush = async () => {
    if (batch.length > 0) await database.insert(movies).values(batch);
    imported += batch.length;
    batch = [];
  };
  let header: readonly string[] | undefined;
  const rows: string[][] = [];
  const options: Options = {
    on_record: (cells) => {
      rows.push(cells);
      return null;
    },
  };
  const writer = parse(options).writable.getWriter();
  const take = async () => {
    for (const cells of rows.splice(0)) {
      if (!header) {
        header = cells;
        continue;
      }
      const row = Object.fromEntries(header.map((name, n) => [name, cells[n] ?? '']));
      batch.push(v.parse(movieSchema, movieOf(row)));
      if (batch.length === IMPORT_ROWS) await flush();
    }
  };
  for await (const part of request.body ?? []) {
    await writer.write(Buffer.from(part));
    await take();
  }
  await writer.close();
  await take();
  await flush();
  await client.query('commit');
  await client.end();
  return Response.json({ inserted: imported });
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    return request.method === 'POST' ? importMovies(env, request) : exportMovies(env);
  },
};
