import type { Failure } from '../../failure.ts';
import { withPaths } from './as-written.ts';

/** A failure of a change that a route made of a body: the client knows that body, and nothing of the change. */
export function withoutPrefix(failure: Failure, prefix: string): Failure {
  return withPaths(failure, (path) => (path.startsWith(prefix) ? path.slice(prefix.length) : path));
}
