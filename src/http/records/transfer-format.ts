import type { Context } from 'hono';
import { Failure } from '../../failure.ts';
import type { EdgeEnv } from '../edge.ts';

const CONTENT_TYPES = {
  csv: /^(text\/(csv|tab-separated-values)|application\/csv)\b/i,
  ndjson: /^application\/(x-)?(ndjson|jsonl|jsonlines|json-lines|json-seq)\b/i,
  json: /^application\/json\b/i,
} as const;

type BodyFormat = keyof typeof CONTENT_TYPES;

/** The format of a file that is sent: what `format` says, else what its type says. Throws where that is none of these. */
export function formatOfBody<T extends BodyFormat>(
  c: Context<EdgeEnv>,
  params: URLSearchParams,
  formats: readonly T[],
): T {
  const name = params.get('format');
  const type = c.req.header('Content-Type') ?? '';
  const found = formats.find((format) =>
    name === null ? CONTENT_TYPES[format].test(type) : name === format,
  );
  if (found) return found;
  const known = formats.join(' or ');
  if (name !== null) {
    const errors = [{ path: 'format', code: 'invalid_value', message: `must be ${known}` }];
    throw new Failure('invalid_query', `format: must be ${known}`, { errors });
  }
  const message = `say what the file is: Content-Type: text/csv or application/x-ndjson, or format=${known}`;
  throw new Failure('unsupported_media_type', message);
}
