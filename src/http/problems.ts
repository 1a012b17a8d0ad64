import { Failure, type FailureCode } from '../failure.ts';
import { DatabaseError, DatabaseUnavailable, RepositoryUnavailable } from '../ports.ts';

/** The HTTP form of every expected failure: problem details of RFC 9457. The only place where codes get a status. */
export const PROBLEMS = {
  unauthorized: [401, 'Not authenticated'],
  invalid_signature: [401, 'The signature is not valid'],
  stale_delivery: [400, 'The delivery is not of this moment'],
  delivery_reused: [409, 'The delivery was for another address'],
  unknown_subscriber: [404, 'No such subscriber'],
  unknown_delivery: [404, 'No such delivery'],
  too_many_subscribers: [409, 'There are many subscribers'],
  push_overtaken: [409, 'A newer push was first'],
  repository_unavailable: [503, 'The repository cannot be read'],
  insufficient_scope: [403, 'The key may not do this'],
  unknown_key: [404, 'No such key'],
  not_rotatable: [409, 'The key cannot be rotated'],
  redis_unavailable: [503, 'Redis cannot be reached'],
  invalid_json: [400, 'The body is not JSON'],
  body_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body is of another type'],
  invalid_file: [400, 'The file cannot be read'],
  invalid_query: [400, 'The query string is not valid'],
  invalid_header: [400, 'A header is not valid'],
  validation_failed: [422, 'The request is not valid'],
  not_supported: [422, 'Not supported'],
  route_not_found: [404, 'No such address'],
  method_not_allowed: [405, 'No such method here'],
  unknown_workspace: [404, 'No such workspace'],
  workspace_exists: [409, 'The workspace exists'],
  unknown_model: [404, 'No such model'],
  unknown_field: [422, 'No such field'],
  unknown_record: [404, 'No such record'],
  unknown_change: [404, 'No such change'],
  unknown_version: [404, 'No such version'],
  unknown_table: [404, 'No such table'],
  unknown_trash: [404, 'Not in the trash'],
  name_taken: [409, 'The name is taken'],
  in_trash: [409, 'Something else lies in the trash'],
  not_restorable: [409, 'It cannot come back'],
  purge_unconfirmed: [409, 'What is purged is gone'],
  unknown_difference: [404, 'No such difference'],
  name_conflict: [409, 'Something else has the name'],
  not_adoptable: [422, 'The table cannot be adopted'],
  insufficient_privilege: [422, 'A database role lacks a right'],
  events_expired: [410, 'These events are gone'],
  model_pending: [503, 'The model is on its way'],
  model_exists: [409, 'The model exists'],
  stale_definition: [412, 'The definition has changed'],
  precondition_failed: [412, 'The record has changed'],
  unique_violation: [409, 'A value is taken'],
  reference_violation: [409, 'A reference does not hold'],
  too_many_affected: [409, 'More records than expected'],
  check_violation: [422, 'A value breaks a rule'],
  required_violation: [422, 'A value is missing'],
  record_exists: [409, 'The record exists'],
  question_unanswered: [409, 'The plan has a question'],
  extension_missing: [422, 'The database lacks an extension'],
  preflight_failed: [422, 'The data stand in the way'],
  destructive_unconfirmed: [409, 'The plan loses something'],
  plan_changed: [409, 'The plan has changed'],
  not_cancellable: [409, 'The change cannot be cancelled'],
  not_retryable: [409, 'The change cannot be run again'],
  idempotency_key_reused: [422, 'The idempotency key was used for another body'],
  query_timeout: [503, 'The query took too long'],
  database_unavailable: [503, 'The database cannot be reached'],
  internal_error: [500, 'Something went wrong here'],
} as const satisfies Record<FailureCode, readonly [status: number, title: string]>;

/** Seconds after which a client should ask again. */
const RETRY_AFTER: Partial<Record<FailureCode, number>> = {
  model_pending: 1,
  repository_unavailable: 30,
  database_unavailable: 5,
  query_timeout: 5,
  redis_unavailable: 5,
};

/** The members of a problem that depend on its code alone. */
export function problemOf(code: string, detail: string): Readonly<Record<string, unknown>> {
  const [status, title] = isFailureCode(code) ? PROBLEMS[code] : [500, 'The change did not come to its end'];
  return { type: `https://remodel.dev/problems/${code}`, title, status, detail, code };
}

function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(PROBLEMS, code);
}

/** A failure as a response. */
export function problemResponse(failure: Failure, instance: string, data = failure.data): Response {
  const { code, message, errors } = failure;
  const [status] = PROBLEMS[code];
  const headers = new Headers({ 'Content-Type': 'application/problem+json' });
  const retryAfter = RETRY_AFTER[code];
  if (retryAfter !== undefined) headers.set('Retry-After', String(retryAfter));
  const challenge = challengeOf(failure);
  if (challenge) headers.set('WWW-Authenticate', challenge);
  const body = { ...problemOf(code, message), instance, ...(errors ? { errors } : {}), ...data };
  return new Response(JSON.stringify(body), { status, headers });
}

/** What a token has to be (RFC 6750); null where it is not for the token's sake. */
function challengeOf({ code, data }: Failure): string | null {
  if (code === 'unauthorized') return 'Bearer realm="remodel"';
  if (code !== 'insufficient_scope') return null;
  const scope = typeof data?.['scope'] === 'string' ? `, scope="${data['scope']}"` : '';
  return `Bearer realm="remodel", error="insufficient_scope"${scope}`;
}

/** Whatever was thrown, as a failure; null where it is a defect, of which clients learn nothing. */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof Failure) return error;
  if (error instanceof DatabaseUnavailable) {
    const message =
      'the database did not answer; whether a write was done is not known: read before repeating it';
    return new Failure('database_unavailable', message, { cause: error });
  }
  if (error instanceof RepositoryUnavailable) {
    return new Failure('repository_unavailable', error.message, { cause: error });
  }
  // Of a key that was valid when this isolate last heard of it.
  if (error instanceof DatabaseError && error.sqlState === 'RM002') {
    return new Failure('unauthorized', 'this token is not valid', { cause: error });
  }
  if (error instanceof DatabaseError && error.sqlState === '57014') {
    return new Failure('query_timeout', 'the query took too long; narrow its filter', { cause: error });
  }
  return null;
}
