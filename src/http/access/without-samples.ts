import type { Context } from 'hono';
import type { EdgeEnv } from '../edge.ts';

/** What is shown of checks, without the values of records that they found, for a key that may not read records. */
export function withoutSamples<T>(c: Context<EdgeEnv>, shown: T): T {
  const grant = c.get('key')?.grant;
  if (!grant || grant.scopes.includes('records:read')) return shown;
  // A model may be called so; what belongs to its name is no list.
  const hide = (name: string, value: unknown) => (name === 'samples' && Array.isArray(value) ? [] : value);
  return JSON.parse(JSON.stringify(shown, hide));
}
