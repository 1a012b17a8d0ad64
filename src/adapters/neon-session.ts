import { Client } from '@neondatabase/serverless';
import { type DatabaseSession, DatabaseUnavailable, type Row } from '../ports.ts';
import { databaseFailure } from './database-failure.ts';
import { RAW_TEXT } from './neon-endpoint.ts';

/**
 * One connection over a WebSocket: session locks, concurrent index builds and transactions of many statements need it.
 * Contract steps wait for the transactions of every name but those that begin with `remodel`, which are the migrator's.
 */
export async function neonSession(
  connectionString: string,
  applicationName: 'remodel' | 'edge',
): Promise<DatabaseSession> {
  const client = new Client({ connectionString, application_name: applicationName });
  let broken: unknown;
  client.on('error', (error: unknown) => {
    broken = error;
  });
  try {
    await client.connect();
  } catch (error) {
    throw databaseFailure(error);
  }
  return {
    async query({ text, params }) {
      if (broken) throw new DatabaseUnavailable('the connection broke', { cause: broken });
      try {
        const result = await client.query<Row>({
          text,
          types: RAW_TEXT,
          ...(params.length > 0 ? { values: [...params] } : {}),
        });
        // A text of several statements has a result for each.
        return [result].flat().at(-1)?.rows ?? [];
      } catch (error) {
        throw databaseFailure(error);
      }
    },
    async end() {
      if (!broken) await client.end();
    },
  };
}
