import { randomUUID } from 'node:crypto';
import { numberOf, type ShownField, valueFor } from '../../operations/values.ts';
import type { Answer, Edge } from '../../stack/answer.ts';

/** What is wrong with a request by a definition that is no longer: the client's own input. */
const OUTDATED = new Set(['unknown_field', 'invalid_value', 'required']);

/** A client that writes and reads records of its own by the definition that it last heard of. */
export class LoadClient {
  /** What went wrong that was not its own doing. */
  readonly failures: unknown[] = [];
  /** By record, then field id: the number that was last acknowledged. */
  readonly acknowledged = new Map<string, Map<string, number>>();
  requests = 0;
  readonly #edge: Edge;
  readonly #model: () => string;
  readonly #numbers: () => number;
  #fields: readonly ShownField[] = [];

  constructor(edge: Edge, model: () => string, numbers: () => number) {
    this.#edge = edge;
    this.#model = model;
    this.#numbers = numbers;
  }

  async run(isOver: () => boolean): Promise<void> {
    await this.#learn();
    for (let turn = 0; !isOver(); turn++) {
      const ids = [...this.acknowledged.keys()];
      const id = ids[turn % Math.max(ids.length, 1)];
      if (id === undefined || turn % 4 === 0) await this.#write('POST', '');
      else if (turn % 4 === 1) await this.#write('PATCH', `/${id}`);
      else if (turn % 4 === 2) await this.#read(`/${id}`, id);
      else await this.#list();
    }
  }

  async #write(method: 'POST' | 'PATCH', path: string): Promise<void> {
    const fields = this.#fields.filter((field) => valueFor(field, 0) !== undefined);
    const numbers = fields.map((field) => [field, this.#numbers()] as const);
    const values = numbers.map(([field, n]) => [field.name, valueFor(field, n)]);
    // A key that is a uuid or a text: either is given by those who will know the record again.
    const id = method === 'POST' ? [['id', randomUUID()]] : [];
    const body = Object.fromEntries([...id, ...values]);
    const answer = await this.#ask(method, path, body);
    if (answer.status >= 400) return this.#refused(answer);
    const record = this.acknowledged.get(answer.body.id) ?? new Map<string, number>();
    this.acknowledged.set(answer.body.id, record);
    for (const [field, n] of numbers) record.set(field.id, numberOf(field, valueFor(field, n)) ?? n);
  }

  async #read(path: string, id: string): Promise<void> {
    const answer = await this.#ask('GET', path);
    if (answer.status >= 400) return this.#refused(answer);
    await this.#compare(answer.body, id);
  }

  async #list(): Promise<void> {
    const answer = await this.#ask('GET', '?limit=5&sort=-created_at');
    if (answer.status >= 400) await this.#refused(answer);
  }

  /** What is unlike by the definition that it knows is judged by the one that is current. */
  async #compare(record: Readonly<Record<string, unknown>>, id: string): Promise<void> {
    if (this.#unlike(record, id).length === 0) return;
    await this.#learn();
    this.failures.push(...this.#unlike(record, id));
  }

  #unlike(record: Readonly<Record<string, unknown>>, id: string): readonly unknown[] {
    return this.#fields.flatMap((field) => {
      const value = record[field.name];
      const expected = this.acknowledged.get(id)?.get(field.id);
      if (expected === undefined || value === undefined) return [];
      const known = valueFor(field, expected);
      // Answered by the class before, or a field that no number is known by any more.
      if (known === undefined || (value !== null && typeof value !== typeof known)) return [];
      return numberOf(field, value) === expected ? [] : [{ id, field: field.name, value, expected }];
    });
  }

  async #refused(answer: Answer): Promise<void> {
    const codes: string[] = (answer.body.errors ?? []).map((error: { code: string }) => error.code);
    const isOwn = answer.status === 422 && codes.length > 0 && codes.every((code) => OUTDATED.has(code));
    // A name that a model has just lost.
    const isRenamed = answer.body.code === 'unknown_model';
    if (!isOwn && !isRenamed) this.failures.push(answer.body);
    await this.#learn();
  }

  async #learn(): Promise<void> {
    const answer = await this.#edge.get(`/v1/main/models/${this.#model()}`);
    if (answer.status === 200) this.#fields = answer.body.fields;
    else if (answer.status !== 404) this.failures.push(answer.body);
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Answer> {
    this.requests += 1;
    return this.#edge.request(method, `/v1/main/records/${this.#model()}${path}`, body);
  }
}
