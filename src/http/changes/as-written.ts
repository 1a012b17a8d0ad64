import { isObject } from '../../definition/property-reader.ts';
import { Failure } from '../../failure.ts';
import type { ChangeRequest } from '../../plan/change-request.ts';
import { parseChangeRequest } from '../../plan/parse-change-request.ts';

/** Reads the body of a change, and acts on it; what is wrong is named by its place in the body as it was written. */
export async function asWritten<T>(body: unknown, act: (request: ChangeRequest) => Promise<T>): Promise<T> {
  try {
    return await act(parseChangeRequest(body));
  } catch (error) {
    throw error instanceof Failure ? withPaths(error, (path) => placeIn(body, path)) : error;
  }
}

/** The same failure, with its findings at other places. */
export function withPaths(failure: Failure, placeOf: (path: string) => string): Failure {
  const { code, errors, data } = failure;
  const place = errors?.[0]?.path ?? '';
  const isNamed = place !== '' && failure.message.startsWith(`${place}: `);
  const message = isNamed
    ? `${placeOf(place) || 'the body'}${failure.message.slice(place.length)}`
    : failure.message;
  return new Failure(code, message, {
    ...(errors ? { errors: errors.map((finding) => ({ ...finding, path: placeOf(finding.path) })) } : {}),
    ...(data ? { data } : {}),
    cause: failure,
  });
}

/** `createModel` may have its definition as `definition`, as `model`, or as members of its own beside the name. */
function placeIn(body: unknown, path: string): string {
  const [, operation = '', n = '', rest = ''] = /^(\/operations\/(\d+))\/definition(\/.*)?$/.exec(path) ?? [];
  const operations = isObject(body) ? body['operations'] : undefined;
  const written = Array.isArray(operations) ? operations[Number(n)] : undefined;
  if (operation === '' || !isObject(written)) return path;
  const { model, definition } = written;
  const isNamedApart = typeof model === 'string' && !(isObject(definition) && 'name' in definition);
  if (isNamedApart && rest === '/name') return `${operation}/model`;
  if (definition !== undefined) return path;
  return isObject(model) ? `${operation}/model${rest}` : `${operation}${rest}`;
}
