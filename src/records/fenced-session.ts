import type { ModelClass } from '../model/model-class.ts';
import type { DatabaseSession } from '../ports.ts';
import { plain } from '../statement.ts';
import { FENCE_NAME, fenceOf } from './record-sql.ts';

/** Opens a session of the edge. */
export type Connect = () => Promise<DatabaseSession>;

/**
 * A transaction over many statements, under classes that are current as it begins: it fails with the fence's error
 * where one is not. Whatever is published meanwhile, the classes stay right until its end, for contract steps wait
 * for it (invariant 5). Postgres ends it where nobody asks for anything in `idleSeconds`.
 */
export async function beginFenced(
  connect: Connect,
  models: readonly ModelClass[],
  mode: 'read only, isolation level repeatable read' | 'read write',
  idleSeconds: number,
  lock = '',
): Promise<DatabaseSession> {
  const session = await connect();
  try {
    await session.query(
      plain(
        [
          `begin ${mode}`,
          `set local idle_in_transaction_session_timeout = '${idleSeconds}s'`,
          `set local statement_timeout = '60s'`,
          // Texts of moments and days are made by Postgres: they must not depend on a server's setting.
          `set local timezone = 'UTC'`,
          `set local datestyle = 'ISO'`,
          // All rows are wanted, not the first ones.
          'set local cursor_tuple_fraction = 1',
          lock,
        ].join('; '),
      ),
    );
    const fences = models.map((_, n) => `${FENCE_NAME}$${2 * n + 1}, $${2 * n + 2}::integer)`);
    await session.query({ text: `select ${fences.join(' and ')}`, params: models.flatMap(fenceOf) });
    return session;
  } catch (error) {
    await session.end();
    throw error;
  }
}
