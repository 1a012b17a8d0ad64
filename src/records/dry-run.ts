import { Failure } from '../failure.ts';
import type { Database } from '../ports.ts';
import { plain } from '../statement.ts';
import type { Connect } from './fenced-session.ts';

/** Reads `?dryRun`, `?dryRun=true` or `?dryRun=false`. Throws `invalid_query`. */
export function isDryRun(params: URLSearchParams): boolean {
  const text = params.get('dryRun');
  if (text === null || text === 'false') return false;
  if (text === '' || text === 'true') return true;
  const finding = {
    path: 'dryRun',
    code: 'invalid_value',
    message: 'must be true or false, or have no value',
  };
  throw new Failure('invalid_query', `dryRun: ${finding.message}`, { errors: [finding] });
}

/** Answers what every statement would, with all rules and triggers asked, and takes it back. */
export function rollingBack(connect: Connect): Database {
  return {
    async query(statement) {
      const session = await connect();
      try {
        await session.query(plain(`begin; set local timezone = 'UTC'; set local datestyle = 'ISO'`));
        const rows = await session.query(statement);
        await session.query(plain('rollback'));
        return rows;
      } finally {
        await session.end();
      }
    },
  };
}
