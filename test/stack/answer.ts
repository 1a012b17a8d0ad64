/** What an isolate answered: the body parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a body is what the tests are about.
  readonly body: any;
}

/** Where requests go: an isolate, or the same code in this process. */
export interface Edge {
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

/** What Cloudflare goes on with behind an answer, here goes on by itself. */
export const NOBODY_WAITS = {
  waitUntil: () => undefined,
  passThroughOnException: () => undefined,
  props: {},
};

export const ROOT_TOKEN = 'test-root-token';

/** A request with the root token; an object as body goes as JSON, a text or a blob as it is. */
export function requestInit(
  method: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): RequestInit {
  const init: RequestInit = {
    method,
    headers: {
      Authorization: `Bearer ${ROOT_TOKEN}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
  };
  if (typeof body === 'string' || body instanceof Blob) init.body = body;
  else if (body !== undefined) init.body = JSON.stringify(body);
  return init;
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  // Not `application/x-ndjson`, which is many of them.
  const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '') && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
