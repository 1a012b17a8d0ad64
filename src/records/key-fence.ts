import type { Database } from '../ports.ts';
import { FENCE_NAME } from './record-sql.ts';

/**
 * A database whose fenced statements also ask whether an API key is still valid, by its hash: in one statement with
 * what it may write, so that nothing is written by a key that was revoked. `passed` is called when one was answered.
 */
export function fencedByKey(database: Database, hash: string, passed: () => void): Database {
  return {
    async query({ text, params }) {
      if (!text.includes(FENCE_NAME)) return database.query({ text, params });
      const asked = `remodel.assert_key($${params.length + 1}) and ${FENCE_NAME}`;
      const rows = await database.query({ text: text.replace(FENCE_NAME, asked), params: [...params, hash] });
      passed();
      return rows;
    },
  };
}

/**
 * A database that asks for the key ahead of each statement, of which every one is a query: for what goes on asking
 * behind the answer to a request.
 */
export function watchedByKey(database: Database, hash: string): Database {
  return {
    query: ({ text, params }) =>
      database.query({
        text: `select watched.* from (${text}) as watched where remodel.assert_key($${params.length + 1})`,
        params: [...params, hash],
      }),
  };
}
