import type { Context } from 'hono';
import { Failure } from '../failure.ts';
import type { EdgeEnv } from './edge.ts';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;

/** A page of a list that is ordered by a number: how many, and from below which one on. */
export interface PageQuery {
  readonly limit: number;
  readonly before: number | null;
}

/** Reads `limit` and `cursor`. Throws `invalid_query`. */
export function pageQuery(c: Context<EdgeEnv>): PageQuery {
  return {
    limit: readNumber(c.req.query('limit'), 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT,
    before: readNumber(c.req.query('cursor'), 'cursor', 1, Number.MAX_SAFE_INTEGER),
  };
}

/** A page of what was found by `limit + 1`, with the number that the next one begins below. */
export function pageOf<T>(found: readonly T[], limit: number, numberOf: (one: T) => number | string) {
  const data = found.slice(0, limit);
  const last = data.at(-1);
  const next = found.length > limit && last !== undefined ? String(numberOf(last)) : null;
  return { data, page: { limit, next } };
}

function readNumber(text: string | undefined, path: string, least: number, most: number): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const message = `must be a number from ${least} to ${most}`;
  throw new Failure('invalid_query', `${path}: ${message}`, {
    errors: [{ path, code: 'invalid_value', message }],
  });
}
