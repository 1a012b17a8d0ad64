/** Expected failures, each named by a stable code. `http/problems.ts` gives every code its status and title. */

export type FailureCode =
  | 'unauthorized'
  | 'invalid_signature'
  | 'stale_delivery'
  | 'delivery_reused'
  | 'push_overtaken'
  | 'unknown_subscriber'
  | 'unknown_delivery'
  | 'too_many_subscribers'
  | 'repository_unavailable'
  | 'insufficient_scope'
  | 'unknown_key'
  | 'not_rotatable'
  | 'redis_unavailable'
  | 'invalid_json'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'invalid_file'
  | 'invalid_query'
  | 'invalid_header'
  | 'validation_failed'
  | 'not_supported'
  | 'route_not_found'
  | 'method_not_allowed'
  | 'unknown_workspace'
  | 'workspace_exists'
  | 'unknown_model'
  | 'unknown_field'
  | 'unknown_record'
  | 'unknown_change'
  | 'unknown_version'
  | 'unknown_table'
  | 'unknown_trash'
  | 'name_taken'
  | 'in_trash'
  | 'not_restorable'
  | 'purge_unconfirmed'
  | 'not_adoptable'
  | 'name_conflict'
  | 'unknown_difference'
  | 'insufficient_privilege'
  | 'events_expired'
  | 'model_pending'
  | 'model_exists'
  | 'stale_definition'
  | 'precondition_failed'
  | 'unique_violation'
  | 'reference_violation'
  | 'too_many_affected'
  | 'check_violation'
  | 'required_violation'
  | 'record_exists'
  | 'question_unanswered'
  | 'extension_missing'
  | 'preflight_failed'
  | 'destructive_unconfirmed'
  | 'plan_changed'
  | 'not_cancellable'
  | 'not_retryable'
  | 'idempotency_key_reused'
  | 'query_timeout'
  | 'database_unavailable'
  | 'internal_error';

/** One finding: `path` is a JSON Pointer (RFC 6901) into the request body, or a query parameter's name. */
export interface Finding {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** An expected failure. `message` is shown to clients as the problem's `detail`: it says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  /** Findings by place, where there are any. */
  readonly errors: readonly Finding[] | undefined;
  /** Further members of the problem, such as a plan's `checks`. */
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: FailureCode,
    message: string,
    more: { errors?: readonly Finding[]; data?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.errors = more.errors;
    this.data = more.data;
  }
}
