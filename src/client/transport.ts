import { problemOf } from './problem.ts';

/** Where requests go, and what goes with each. */
export interface ClientOptions {
  /** The origin of the server, such as `https://api.example.org`; '' for that of the page. */
  readonly url: string;
  /** `main` where it is left out. */
  readonly workspace?: string;
  /** A text, or a function that gives one for each request. */
  readonly token: string | (() => string | Promise<string>);
  /** The definitions that the types were made from, as `types.ts` has them: their requests then fail once they are others. */
  readonly hashes?: Readonly<Record<string, string>>;
  /** Instead of the one of the platform. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** One request. */
export interface Call {
  readonly query?: URLSearchParams;
  /** Goes as JSON. */
  readonly body?: unknown;
  /** Goes as it is, in the place of `body`. */
  readonly file?: { readonly type: string; readonly content: ReadableStream<Uint8Array> };
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The models whose definitions the caller's types are of. */
  readonly models?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** More would be longer than the headers that servers accept. */
const MAX_HASHES = 50;

/** Sends requests below one address: that of a workspace, where it is not told another. */
export class Transport {
  readonly #options: ClientOptions;
  readonly #base: string;

  constructor(options: ClientOptions, path = `/v1/${options.workspace ?? 'main'}`) {
    this.#options = options;
    this.#base = `${options.url.replace(/\/$/, '')}${path}`;
  }

  /** The response where all is well. Throws `Problem`. */
  async send(method: string, path: string, call: Call = {}): Promise<Response> {
    const { query, body, file, signal } = call;
    const { token, fetch = globalThis.fetch } = this.#options;
    const modelHash = this.#modelHash(call.models ?? []);
    const headers = new Headers({
      Authorization: `Bearer ${typeof token === 'string' ? token : await token()}`,
    });
    for (const [name, value] of Object.entries({ ...call.headers, 'Model-Hash': modelHash })) {
      if (value !== undefined) headers.set(name, value);
    }
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      headers.set('Content-Type', 'application/json');
      init.body = JSON.stringify(body);
    }
    if (file) {
      headers.set('Content-Type', file.type);
      init.body = file.content;
    }
    if (signal) init.signal = signal;
    const search = query && query.size > 0 ? `?${query}` : '';
    const response = await fetch(`${this.#base}${path}${search}`, init);
    if (response.ok) return response;
    throw await problemOf(response, modelHash !== undefined);
  }

  /** The body of the answer. The types are those of the caller, who knows the address. */
  async json<T>(method: string, path: string, call: Call = {}): Promise<T> {
    const response = await this.send(method, path, call);
    return JSON.parse(await response.text());
  }

  /** The names of all models that the client knows the definitions of. */
  get knownModels(): readonly string[] {
    return Object.keys(this.#options.hashes ?? {});
  }

  #modelHash(models: readonly string[]): string | undefined {
    const { hashes = {} } = this.#options;
    const known = models.slice(0, MAX_HASHES).filter((name) => hashes[name] !== undefined);
    return known.length === 0 ? undefined : known.map((name) => `${name}=${hashes[name]}`).join(', ');
  }
}
