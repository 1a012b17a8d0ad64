import fc from 'fast-check';
import { DocumentJudge } from '../documents/validators.ts';
import { ROOT_TOKEN } from '../stack/answer.ts';
import { type Operation, operationsOf } from './operations.ts';
import { type FuzzedRequest, type Known, requestsOf } from './requests.ts';
import { type Json, objectOf, SchemaValues } from './schema-values.ts';

/** A request that was answered in a way that the document does not say. */
export interface Oddity {
  readonly operation: string;
  readonly what: string;
  readonly request: FuzzedRequest;
  readonly answer: string;
}

/** What was asked, and what came of it. */
export interface FuzzReport {
  readonly oddities: readonly Oddity[];
  /** How often each operation was answered by each status, as `movie.list 200`. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Sends requests that are made of the document of the moment, and compares the answers with it. */
export class Fuzzer {
  readonly #origin: string;
  readonly #workspace: string;
  #tag = '';
  #document: Json = {};
  #operations: readonly Operation[] = [];
  #judge = new DocumentJudge({});
  readonly #oddities: Oddity[] = [];
  readonly #counts = new Map<string, number>();
  /** By the names of parameters, the newest last. */
  readonly #known: Record<string, string[]> = {
    ids: [],
    cursor: [],
    'If-Match': [],
    'If-None-Match': [],
    confirm: [],
  };

  constructor(origin: string, workspace: string) {
    this.#origin = origin;
    this.#workspace = workspace;
  }

  async run(requests: number, seed: number): Promise<FuzzReport> {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        await this.#refresh();
        const operation = g(fc.constantFrom, ...this.#operations.filter(isHarmless));
        const known = this.#knownOf(operation);
        const values = new SchemaValues(this.#document, known['ids'] ?? [], known['names'] ?? []);
        const request = g(requestsOf, operation, values, known);
        await this.#send(operation, waited(operation, request));
      }),
      { numRuns: requests, seed, endOnFailure: true },
    );
    return { oddities: this.#oddities, counts: this.#counts };
  }

  /** Models change while requests go on: each is made of the document as it is then. */
  async #refresh(): Promise<void> {
    const response = await this.#fetch('GET', `/v1/${this.#workspace}/openapi.json`, {
      'If-None-Match': this.#tag,
    });
    if (response.status === 304) return;
    this.#document = JSON.parse(await response.text());
    this.#tag = response.headers.get('ETag') ?? '';
    this.#operations = operationsOf(this.#document);
    this.#judge = new DocumentJudge(this.#document);
  }

  #knownOf({ id, path }: Operation): Known {
    const schemas = objectOf(objectOf(this.#document['components'])['schemas']);
    const models = Object.keys(schemas).filter((name) => /^[a-z][a-z0-9_]*$/.test(name));
    const scratch = ['scratch', 'spare', 'other', 'last'];
    // What makes and takes models is to leave those that the others are made of.
    const selected = schemas[`${/\/records\/([^/]+)/.exec(path)?.[1]}.selected`];
    const fields = selected ? Object.keys(objectOf(objectOf(selected)['properties'])) : [];
    const paths = [...fields, ...fields.map((field) => `${field}.name`), 'extra.a.0', 'owner.boss.name'];
    return {
      ...this.#known,
      id: this.#known[collectionOf(path)] ?? [],
      names: [...models, ...fields],
      ...Object.fromEntries(PATHS.map((name) => [name, paths])),
      sort: [...paths.flatMap((name) => [name, `-${name}`, `${name}:nullsFirst`]), '-count'],
      group: [...paths, 'day:month', 'moment:hour', 'created_at:week'],
      onConflict: [...fields, 'title,kind'],
      on: [...fields, 'title,kind'],
      model: ['putModel', 'deleteModel'].includes(id) ? scratch : [...models, ...scratch],
      version: ['1', '2'],
    };
  }

  async #send(operation: Operation, request: FuzzedRequest): Promise<void> {
    const { method, path, headers, body } = request;
    const response = await this.#fetch(method, path, headers, body);
    const isStream = response.headers.get('Content-Type')?.startsWith('text/event-stream') === true;
    if (isStream) await response.body?.cancel();
    const text = isStream ? '' : await response.text();
    const key = `${operation.id} ${response.status}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    const what = isStream ? null : this.#judgeAnswer(operation, response, text);
    if (what !== null) {
      this.#oddities.push({
        operation: operation.id,
        what,
        request,
        answer: `${response.status} ${text.slice(0, 1000)}`,
      });
    }
    if (response.ok) this.#learn(operation, response, text);
  }

  #judgeAnswer({ answers }: Operation, response: Response, text: string): string | null {
    const { status, headers } = response;
    const contents = answers.get(status);
    const type = headers.get('Content-Type')?.split(';', 1)[0] ?? '';
    if (status >= 500 && !text.includes('"code":"model_pending"')) return `answers ${status}`;
    if (!contents) return `answers ${status}, which is not documented`;
    if (contents.size === 0) return text === '' ? null : `answers ${status} with a body`;
    // `Prefer: return=minimal` takes the body away.
    if (text === '' && headers.get('Preference-Applied') === 'return=minimal') return null;
    const pointer = contents.get(type);
    if (pointer === undefined) return `answers ${status} as ${type}`;
    if (!/[/+]json$/.test(type)) return null;
    const errors = this.#judge.errors(pointer, JSON.parse(text));
    return errors && `answers ${status} outside its schema: ${JSON.stringify(errors.slice(0, 3))}`;
  }

  /** Keeps what later requests may be about. */
  #learn(operation: Operation, response: Response, text: string): void {
    const tag = response.headers.get('ETag');
    if (tag) {
      this.#keep('If-Match', tag);
      this.#keep('If-None-Match', tag);
    }
    if (!/[/+]json\b/.test(response.headers.get('Content-Type') ?? '') || text === '') return;
    const body = JSON.parse(text);
    for (const one of [body, ...(Array.isArray(body?.data) ? body.data : [])]) {
      if (typeof one?.id === 'string' && one.id.length < 100) {
        this.#keep('ids', one.id);
        this.#keep(collectionOf(operation.path), one.id);
      }
    }
    if (typeof body?.page?.next === 'string') this.#keep('cursor', body.page.next);
    if (typeof body?.hash === 'string') this.#keep('confirm', body.hash);
  }

  #keep(name: string, value: string): void {
    const kept = this.#known[name] ?? [];
    kept.push(value);
    if (kept.length > 30) kept.shift();
    this.#known[name] = kept;
  }

  #fetch(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Response> {
    return fetch(`${this.#origin}${path}`, {
      method,
      headers: { Authorization: `Bearer ${ROOT_TOKEN}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** What ids are of: the address without what follows the collection's name. */
function collectionOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.includes('/records/') ? 5 : 4)
    .join('/');
}

/** Parameters that are names of fields, or paths. */
const PATHS = ['select', 'expand', 'sum', 'avg', 'min', 'max', 'countDistinct'];

/** What would end the workspace that all is about. */
function isHarmless({ id }: Operation): boolean {
  return id !== 'deleteWorkspace';
}

/** A change that goes on behind the answer would make the document another while the next request is made of it. */
function waited({ answers }: Operation, request: FuzzedRequest): FuzzedRequest {
  return answers.has(202) ? { ...request, headers: { ...request.headers, Prefer: 'wait=20' } } : request;
}
