import type { Database } from '../ports.ts';
import { plain } from '../statement.ts';

/**
 * Answers to requests with an `Idempotency-Key`, a week after: whoever sends one again does so much sooner, and what is
 * deleted must not be read here for ever. The seeds of API keys, as soon as no request is answered by them, in a day.
 */
export async function forgetAnswers(session: Database): Promise<void> {
  await session.query(
    plain(`delete from remodel.idempotency_keys where created_at < now() - interval '7 days'`),
  );
  await session.query(
    plain(`
      update remodel.keys
      set seed = null
      where seed is not null
        and created_at < now() - interval '1 day'`),
  );
}
