import { Failure } from '../../failure.ts';

/** A failure of a change that a route made of a body: the client knows that body, and nothing of the change. */
export function withoutPrefix(failure: Failure, prefix: string): Failure {
  const { code, message, errors, data } = failure;
  const shorten = (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : path);
  return new Failure(code, message, {
    ...(errors ? { errors: errors.map((finding) => ({ ...finding, path: shorten(finding.path) })) } : {}),
    ...(data ? { data } : {}),
    cause: failure,
  });
}
