/** What an isolate answered. The body is for the caller to judge: parsed JSON, or null where there is none. */
export interface Answer {
  readonly request: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Nobody listens at that address. */
export class NoAnswer extends Error {
  constructor(url: string, cause: unknown) {
    super(`No answer from ${url}: run "npm start" first.`, { cause });
  }
}

const PATIENCE_MS = 60_000;

/** One address at which the system answers. */
export class Isolate {
  readonly url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  async request(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const init: RequestInit = {
      method,
      headers: {
        Authorization: `Bearer ${this.#token}`,
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      signal: AbortSignal.timeout(PATIENCE_MS),
    };
    if (body) init.body = JSON.stringify(body);
    const response = await fetch(this.url + path, init).catch((error: unknown) => {
      throw isUnreachable(error) ? new NoAnswer(this.url, error) : error;
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '') && text !== '';
    return {
      request: `${method} ${path}`,
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : null,
    };
  }
}

/** Node's fetch throws a TypeError, and what happened is its cause. */
function isUnreachable(error: unknown): boolean {
  const cause = error instanceof TypeError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause;
}
