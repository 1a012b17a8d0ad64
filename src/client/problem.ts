/** One finding: `path` is a JSON Pointer into the body, or the name of a parameter. */
export interface Finding {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Why a request was refused: problem details (RFC 9457). `code` is stable. */
export class Problem extends Error {
  override readonly name: string = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: readonly Finding[];
  /** Seconds after which to ask again, where the server says so. */
  readonly retryAfter: number | null;
  /** All that was answered, such as the `checks` of a plan. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: Readonly<Record<string, unknown>>, retryAfter: number | null) {
    super(typeof body['detail'] === 'string' ? body['detail'] : `the server answered ${status}`);
    this.status = status;
    this.code = typeof body['code'] === 'string' ? body['code'] : `http_${status}`;
    this.title = typeof body['title'] === 'string' ? body['title'] : '';
    this.errors = Array.isArray(body['errors']) ? body['errors'] : [];
    this.retryAfter = retryAfter;
    this.body = body;
  }
}

/** A model is no longer the one that the client's types were generated from. */
export class StaleTypes extends Problem {
  override readonly name = 'StaleTypes';
  /** The hash that the model has now. */
  readonly current: string | null;

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    const detail = `${body['detail']}. The client's types are out of date: generate them again from types.ts`;
    super(status, { ...body, detail }, null);
    this.current = typeof body['current'] === 'string' ? body['current'] : null;
  }
}

/** The problem that a response tells of; one that is none of the server's own keeps its status alone. */
export async function problemOf(response: Response, sentHashes: boolean): Promise<Problem> {
  const { status, headers } = response;
  const isProblem = headers.get('Content-Type')?.startsWith('application/problem+json') === true;
  const body: Readonly<Record<string, unknown>> = isProblem ? JSON.parse(await response.text()) : {};
  if (!isProblem) await response.body?.cancel();
  if (sentHashes && body['code'] === 'stale_definition') return new StaleTypes(status, body);
  const seconds = headers.get('Retry-After');
  return new Problem(status, body, seconds === null ? null : Number(seconds));
}
