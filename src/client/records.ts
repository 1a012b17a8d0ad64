import type {
  AllModels,
  ExpandPath,
  Filter,
  ModelName,
  Nested,
  Selected,
  SelectPath,
  SortPath,
} from './models.ts';
import { type Aggregate, aggregateQuery, listQuery } from './query.ts';
import type { Call, Transport } from './transport.ts';

/** Which of the fields, and which records in the place of their ids. */
export interface Selecting<S, E> {
  readonly select?: readonly S[];
  readonly expand?: readonly E[];
}

/** What a list is to hold, and how. */
export interface Listing<M extends AllModels<M>, N extends ModelName<M>, S, E> extends Selecting<S, E> {
  readonly filter?: Filter<M, N>;
  readonly sort?: readonly SortPath<M, N>[];
  readonly search?: string;
  /** What is nearest first: a place as `[longitude, latitude]`, a vector as its numbers. */
  readonly nearest?: { readonly [F in keyof M[N]['filter']]?: readonly number[] };
  readonly limit?: number;
  readonly cursor?: string;
  readonly count?: 'exact' | 'estimated';
}

/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  /** `next` is the `cursor` of the next page, null on the last; `total` is there where `count` asked for it. */
  readonly page: { readonly limit: number; readonly next: string | null; readonly total?: number };
}

/** Which records a write is of, and how many it may be. */
export interface Meant<M extends AllModels<M>, N extends ModelName<M>> {
  readonly filter: Filter<M, N>;
  readonly maxAffected?: number;
}

/** What goes with any request. */
export interface Sending {
  readonly signal?: AbortSignal;
}

/** With `dryRun` a write answers what it would, and nothing is written. */
export interface Writing extends Sending {
  readonly dryRun?: boolean;
}

/** Makes a create safe to send again. */
export interface Creating extends Writing {
  readonly idempotencyKey?: string;
}

/** Guards against lost updates: only while the record still has this `ETag`; see `etagOf`. */
export interface Guarded extends Writing {
  readonly ifMatch?: string | undefined;
}

const tags = new WeakMap<object, string>();

/** The `ETag` that one record came with from `get`, `create`, `update` or `replace`: for `ifMatch`. */
export function etagOf(record: object): string | undefined {
  return tags.get(record);
}

/** The records of one model. */
export class Records<M extends AllModels<M>, N extends ModelName<M>> {
  readonly #transport: Transport;
  readonly #name: N;
  readonly #path: string;

  constructor(transport: Transport, name: N) {
    this.#transport = transport;
    this.#name = name;
    this.#path = `/records/${name}`;
  }

  /** One page of the records that are asked for. */
  list<const S extends SelectPath<M, N> = never, const E extends ExpandPath<M, N> = never>(
    options: Listing<M, N, S, E> = {},
    sending: Sending = {},
  ): Promise<Page<Selected<M, N, S, E>>> {
    return this.#transport.json('GET', this.#path, {
      ...this.#calling(sending, options),
      query: listQuery(options),
    });
  }

  /** All records that are asked for, page by page. `limit` is that of a page. */
  async *all<const S extends SelectPath<M, N> = never, const E extends ExpandPath<M, N> = never>(
    options: Listing<M, N, S, E> = {},
    sending: Sending = {},
  ): AsyncGenerator<Selected<M, N, S, E>, void, undefined> {
    for (let cursor = options.cursor; ; ) {
      const { data, page } = await this.list<S, E>(
        cursor === undefined ? options : { ...options, cursor },
        sending,
      );
      yield* data;
      if (page.next === null) return;
      cursor = page.next;
    }
  }

  /** One record. Throws `Problem` with the code `unknown_record`. */
  get<const S extends SelectPath<M, N> = never, const E extends ExpandPath<M, N> = never>(
    id: string,
    options: Selecting<S, E> = {},
    sending: Sending = {},
  ): Promise<Selected<M, N, S, E>> {
    return this.#one('GET', id, { ...this.#calling(sending, options), query: listQuery(options) });
  }

  /** Creates a record, together with others where they stand in it. */
  create(record: Nested<M, N>, creating: Creating = {}): Promise<M[N]['record']> {
    return this.#tagged('POST', this.#path, this.#creating(record, creating));
  }

  /** Creates many: all or none. */
  async createMany(
    records: readonly Nested<M, N>[],
    creating: Creating = {},
  ): Promise<readonly M[N]['record'][]> {
    return this.#data('POST', this.#creating(records, creating));
  }

  /** Creates records, or changes those that have the same values in fields that are unique together. */
  async upsert(
    records: readonly M[N]['create'][],
    onConflict: readonly (keyof M[N]['record'] & string)[],
    creating: Creating = {},
  ): Promise<readonly M[N]['record'][]> {
    const { query, ...call } = this.#creating(records, creating);
    query?.set('onConflict', onConflict.join());
    return this.#data('POST', query ? { ...call, query } : call);
  }

  /** Changes the fields that are given. */
  update(id: string, patch: M[N]['patch'], guarded: Guarded = {}): Promise<M[N]['record']> {
    return this.#one('PATCH', id, { ...this.#guarding(guarded), body: patch });
  }

  /** Creates the record of that id, or replaces all that it holds. */
  replace(
    id: string,
    record: Omit<M[N]['create'], 'id'>,
    guarded: Guarded & { readonly createOnly?: boolean } = {},
  ): Promise<M[N]['record']> {
    const { headers, ...call } = this.#guarding(guarded);
    const none = guarded.createOnly ? '*' : undefined;
    return this.#one('PUT', id, { ...call, headers: { ...headers, 'If-None-Match': none }, body: record });
  }

  /** Deletes a record. */
  async delete(id: string, guarded: Guarded = {}): Promise<void> {
    await this.#transport.send('DELETE', this.#pathOf(id), this.#guarding(guarded));
  }

  /** Changes all records that a filter finds, or none; answers how many they are. */
  async updateMany(meant: Meant<M, N>, patch: M[N]['patch'], writing: Writing = {}): Promise<number> {
    const headers = { Prefer: 'return=minimal' };
    return this.#affected('PATCH', { ...this.#writing(writing, meant), headers, body: patch });
  }

  /** Deletes all records that a filter finds, or none; answers how many they were. */
  async deleteMany(meant: Meant<M, N>, writing: Writing = {}): Promise<number> {
    return this.#affected('DELETE', this.#writing(writing, meant));
  }

  /** Counts, sums and the like of groups of records, by their names: `count`, `sum.gross`. */
  aggregate<T extends object = Readonly<Record<string, unknown>>>(
    options: Aggregate<Filter<M, N>>,
    sending: Sending = {},
  ): Promise<Page<T>> {
    return this.#transport.json('GET', `${this.#path}/aggregate`, {
      ...this.#calling(sending),
      query: aggregateQuery(options),
    });
  }

  async #affected(method: string, call: Call): Promise<number> {
    const { affected } = await this.#transport.json<{ affected: number }>(method, this.#path, call);
    return affected;
  }

  async #data(method: string, call: Call): Promise<readonly M[N]['record'][]> {
    const { data } = await this.#transport.json<{ data: readonly M[N]['record'][] }>(
      method,
      this.#path,
      call,
    );
    return data;
  }

  #one<T extends object>(method: string, id: string, call: Call): Promise<T> {
    return this.#tagged(method, this.#pathOf(id), call);
  }

  async #tagged<T extends object>(method: string, path: string, call: Call): Promise<T> {
    const response = await this.#transport.send(method, path, call);
    const record: T = JSON.parse(await response.text());
    const tag = response.headers.get('ETag');
    if (tag !== null) tags.set(record, tag);
    return record;
  }

  #pathOf(id: string): string {
    return `${this.#path}/${encodeURIComponent(id)}`;
  }

  #creating(body: unknown, { idempotencyKey, ...writing }: Creating): Call {
    return { ...this.#writing(writing), body, headers: { 'Idempotency-Key': idempotencyKey } };
  }

  #guarding({ ifMatch, ...writing }: Guarded): Call {
    return { ...this.#writing(writing), headers: { 'If-Match': ifMatch } };
  }

  #writing({ dryRun, ...sending }: Writing, meant: Partial<Meant<M, N>> = {}): Call {
    const query = listQuery({ ...meant, dryRun: dryRun ? true : undefined });
    return { ...this.#calling(sending), query };
  }

  /** An answer that holds records of other models is of their types as well. */
  #calling({ signal }: Sending, { select = [], expand = [] }: Selecting<string, string> = {}): Call {
    const isAlone = expand.length === 0 && !select.some((path) => path.includes('.'));
    const others = isAlone ? [] : this.#transport.knownModels.filter((name) => name !== this.#name);
    return { models: [this.#name, ...others], signal };
  }
}
