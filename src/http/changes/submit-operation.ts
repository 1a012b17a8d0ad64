import type { Context } from 'hono';
import { Failure } from '../../failure.ts';
import { parseChangeRequest } from '../../plan/parse-change-request.ts';
import type { EdgeEnv } from '../edge.ts';
import { submitChange } from './submit-change.ts';
import { withoutPrefix } from './without-prefix.ts';

/** What a change takes beside its operations. */
const BESIDE = ['confirm', 'answers', 'conversions', 'backfill'];

/**
 * Makes a change of one operation: `operation` from the address, the rest of it and what goes with it from a body.
 * Places in the body that are wrong are named as the client wrote them.
 */
export async function submitOperation(
  c: Context<EdgeEnv>,
  operation: Readonly<Record<string, string>>,
  { value, text }: { readonly value: unknown; readonly text: string },
): Promise<Response> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Failure('validation_failed', 'send a JSON object', {
      errors: [{ path: '', code: 'invalid_property', message: 'must be an object' }],
    });
  }
  const members = Object.entries(value);
  const beside = members.filter(([name]) => BESIDE.includes(name));
  const own = members.filter(([name]) => !BESIDE.includes(name));
  try {
    const operations = [{ ...Object.fromEntries(own), ...operation }];
    const request = parseChangeRequest({ operations, ...Object.fromEntries(beside) });
    return await submitChange(c, { workspace: c.req.param('ws') ?? '', text, request });
  } catch (error) {
    throw error instanceof Failure ? withoutPrefix(error, '/operations/0') : error;
  }
}
