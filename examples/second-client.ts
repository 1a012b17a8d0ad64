import * as v from 'valibot';
import { AdaptingRequests } from './adapting-requests.ts';
import { DefinitionCache, type KnownDefinition } from './definition-cache.ts';
import { hashOf } from './model-hashes.ts';
import { MovieFields, type MovieValues, named } from './movie-fields.ts';
import type { Workspace } from './workspace.ts';

const CREATED = v.object({ id: v.string() });
const RECORD = v.record(v.string(), v.unknown());
const TOP_TEN = v.object({ data: v.pipe(v.array(RECORD), v.length(10)) });

/** A client at work on movies while others change what a movie is. */
export class SecondClient {
  readonly requests: AdaptingRequests;
  /** What the system has acknowledged and was not asked to delete, by the id of the record. */
  readonly acknowledged = new Map<string, MovieValues>();
  readonly deleted = new Set<string>();
  readonly #fields: MovieFields;
  #made = 0;

  private constructor(requests: AdaptingRequests) {
    this.requests = requests;
    this.#fields = new MovieFields(requests.definitions.current);
  }

  static async start(workspace: Workspace): Promise<SecondClient> {
    const definitions = await DefinitionCache.open(workspace, 'movie');
    return new SecondClient(new AdaptingRequests(workspace, definitions));
  }

  /** One request after the other until it is over. Several may be at work at once. */
  async work(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      this.#made += 1;
      const n = this.#made;
      const id = await this.#create(n);
      if (id === null) continue;
      await this.#list();
      await this.#update(id, n);
      await this.#read(id);
      if (n % 5 === 0) await this.#delete(id);
    }
  }

  /** Whether a record has every value that was acknowledged and that its definition has a field for. */
  holds(id: string, record: Readonly<Record<string, unknown>>, definition: KnownDefinition): boolean {
    const values = named(this.acknowledged.get(id) ?? new Map(), definition);
    return Object.entries(values).every(([name, value]) => record[name] === value);
  }

  async #create(n: number): Promise<string | null> {
    const granted = await this.requests.ask((known) => {
      const body = named(this.#fields.sample(n, known), known);
      return { kind: 'create', method: 'POST', path: '/records/movie', body, status: 201 };
    });
    if (!granted) return null;
    const { id } = v.parse(CREATED, granted.answer.body);
    this.acknowledged.set(id, this.#fields.sample(n, granted.used));
    return id;
  }

  async #update(id: string, n: number): Promise<void> {
    const values = this.#fields.earnings(n);
    const path = `/records/movie/${id}`;
    const granted = await this.requests.ask((known) => {
      return { kind: 'update', method: 'PATCH', path, body: named(values, known), status: 200 };
    });
    const before = this.acknowledged.get(id);
    if (granted && before) this.acknowledged.set(id, new Map([...before, ...values]));
  }

  async #list(): Promise<void> {
    const granted = await this.requests.ask((known) => {
      const path = `/records/movie?${this.#fields.topList(known)}`;
      return { kind: 'list', method: 'GET', path, status: 200 };
    });
    if (granted && !v.is(TOP_TEN, granted.answer.body)) {
      this.requests.failures.push('the top ten were not ten');
    }
  }

  /** What was written is there at once, under the names of the definition that the answer was made by. */
  async #read(id: string): Promise<void> {
    const { definitions, failures } = this.requests;
    const path = `/records/movie/${id}`;
    const granted = await this.requests.ask(() => ({ kind: 'read', method: 'GET', path, status: 200 }));
    if (!granted) return;
    const hash = hashOf(granted.answer.headers, 'movie') ?? '';
    if (!definitions.get(hash)) await definitions.refresh(granted.used);
    const definition = definitions.get(hash);
    if (!definition || !this.holds(id, v.parse(RECORD, granted.answer.body), definition)) {
      failures.push(`${granted.answer.request} by ${hash} does not hold what was written before`);
    }
  }

  async #delete(id: string): Promise<void> {
    const path = `/records/movie/${id}`;
    const granted = await this.requests.ask(() => ({ kind: 'delete', method: 'DELETE', path, status: 204 }));
    if (!granted) return;
    this.acknowledged.delete(id);
    this.deleted.add(id);
  }
}
