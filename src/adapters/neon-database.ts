import { neon } from '@neondatabase/serverless';
import type { Database, Row } from '../ports.ts';
import { databaseFailure } from './database-failure.ts';
import { RAW_TEXT } from './neon-endpoint.ts';

/** Postgres over Neon's HTTP endpoint: one statement, one round trip, no session. */
export function neonDatabase(connectionString: string): Database {
  const query = neon(connectionString, { types: RAW_TEXT });
  return {
    async query({ text, params }) {
      try {
        const rows: readonly Row[] = await query.query(text, [...params]);
        return rows;
      } catch (error) {
        throw databaseFailure(error);
      }
    },
  };
}
