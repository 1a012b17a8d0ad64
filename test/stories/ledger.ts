import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Answer } from '../stack/answer.ts';
import type { Isolate } from '../stack/isolate.ts';
import { hashOf } from '../stack/model-hash.ts';

/** What a client saw, in its own order. Names are judged at the end, by the definition that the answer names. */
export type Event =
  | {
      readonly kind: 'write';
      readonly id: string;
      readonly hash: string;
      readonly values: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'read';
      readonly id: string;
      readonly hash: string;
      readonly values: Readonly<Record<string, unknown>>;
    };

/** One answer of one isolate, as its client saw it. */
export interface Sighting {
  readonly isolate: number;
  readonly hash: string;
}

/** A client that writes and reads records of its own by the names that it last heard of. */
export class LedgerClient {
  readonly events: Event[] = [];
  readonly sightings: Sighting[] = [];
  readonly failures: Answer[] = [];
  readonly #isolates: readonly Isolate[];
  readonly #ids: string[] = [];
  #names: readonly string[] = [];
  #turn: number;

  constructor(isolates: readonly Isolate[], turn: number) {
    this.#isolates = isolates;
    this.#turn = turn;
  }

  /** Works until `isOver`. */
  async run(isOver: () => boolean): Promise<void> {
    await this.#learnNames();
    while (!isOver()) {
      this.#turn += 1;
      const id = this.#ids.at(this.#turn % Math.max(1, this.#ids.length));
      if (id === undefined || this.#turn % 3 === 0) await this.#create();
      else if (this.#turn % 3 === 1) await this.#patch(id);
      else await this.#read(id);
    }
  }

  async #create(): Promise<void> {
    const values = Object.fromEntries(this.#names.map((name) => [name, randomUUID()]));
    const answer = await this.#ask('POST', '/v1/main/records/ledger', values);
    if (answer.status !== 201) return this.#refused(answer);
    this.#ids.push(answer.body.id);
    this.events.push({ kind: 'write', id: answer.body.id, hash: hashOf(answer, 'ledger'), values });
  }

  async #patch(id: string): Promise<void> {
    const [name = ''] = this.#names.slice(this.#turn % this.#names.length);
    const values = { [name]: randomUUID() };
    const answer = await this.#ask('PATCH', `/v1/main/records/ledger/${id}`, values);
    if (answer.status !== 200) return this.#refused(answer);
    this.events.push({ kind: 'write', id, hash: hashOf(answer, 'ledger'), values });
  }

  async #read(id: string): Promise<void> {
    const answer = await this.#ask('GET', `/v1/main/records/ledger/${id}`);
    if (answer.status !== 200) return this.#refused(answer);
    this.events.push({ kind: 'read', id, hash: hashOf(answer, 'ledger'), values: answer.body });
  }

  /** A name that is no longer: the client's own input. Anything else is a failure of the system. */
  async #refused(answer: Answer): Promise<void> {
    const codes: string[] = (answer.body.errors ?? []).map((error: { code: string }) => error.code);
    if (answer.status !== 422 || codes.some((code) => code !== 'unknown_field')) this.failures.push(answer);
    await this.#learnNames();
  }

  async #learnNames(): Promise<void> {
    const answer = await this.#ask('GET', '/v1/main/models/ledger');
    if (answer.status !== 200) this.failures.push(answer);
    else {
      const names: string[] = answer.body.fields.map((field: { name: string }) => field.name);
      this.#names = names.filter((name) => name.startsWith('f'));
    }
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const isolate = this.#turn % this.#isolates.length;
    const answer = await (this.#isolates[isolate] as Isolate).request(method, path, body);
    const hash = hashOf(answer, 'ledger');
    // Definitions are read from the catalog; what an isolate serves is told by its records.
    if (path.includes('/records/') && hash !== '') this.sightings.push({ isolate, hash });
    return answer;
  }
}

/** A published definition, as the list of versions shows it. */
export interface Version {
  readonly version: number;
  readonly hash: string;
  readonly fields: readonly { readonly id: string; readonly name: string }[];
}

/** Writes are taken by field id, by the definition that the answer was made by; reads must agree with them. */
export function replay(
  event: Event,
  versions: ReadonlyMap<string, Version>,
  expected: Map<string, Map<string, string>>,
): void {
  const version = versions.get(event.hash);
  if (!version) throw new Error(`an answer was made by ${event.hash}, which never was published`);
  const record = expected.get(event.id) ?? new Map<string, string>();
  expected.set(event.id, record);
  for (const { id, name } of version.fields) {
    const value = event.values[name];
    if (event.kind === 'write' && typeof value === 'string') record.set(id, value);
    if (event.kind === 'read' && record.has(id)) expect(value).toBe(record.get(id));
  }
}
