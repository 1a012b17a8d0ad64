import { inject } from 'vitest';
import type { Edge } from '../../stack/answer.ts';
import { operations } from '../../stack/changes.ts';
import { InProcess } from '../../stack/in-process.ts';
import { Isolate } from '../../stack/isolate.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Everything that two models hold, with the names of records in the place of their ids. */
export type Graph = Readonly<Record<string, Json>>;

export let stack: InProcess;
/** Keeps the heads that it has seen for ever: it goes on with the class before. */
export let slow: Isolate;
let count = 0;

/** Starts both. One of each in a test file. */
export async function start(): Promise<void> {
  stack = await InProcess.start({ GRACE_SECONDS: '3600' });
  slow = await Isolate.start(inject('workerPath'), { ...stack.parts.bindings, HASH_TTL_MS: '3600000' });
}

export async function stop(): Promise<void> {
  await slow.stop();
  await stack.stop();
}

export async function ask(edge: Edge, method: string, path: string, body?: object, headers = {}) {
  const answer = await edge.request(method, `/v1/main/${path}`, body, headers);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export async function publish(body: object) {
  const sent = await ask(stack, 'POST', 'changes', body);
  await stack.deliverAll();
  return ask(stack, 'GET', `changes/${sent.id}`);
}

export async function endGrace(id: string) {
  await stack.parts.sql('update remodel.changes set contract_at = now() where id = $1', [id]);
  await stack.deliver({ workspace: 'main' });
  return ask(stack, 'GET', `changes/${id}`);
}

export const changeKey = (model: string, key: string, more: object = {}) =>
  operations({ op: 'changeKey', model, key, ...more });

/** People who have a boss and friends, and movies that have a director and a cast. */
export async function makeModels(key: string) {
  count += 1;
  const [person, movie] = [`person_${count}`, `movie_${count}`];
  const named = { name: 'name', type: 'text', required: true, unique: true };
  await publish({
    models: [
      {
        name: person,
        key,
        fields: [
          named,
          { name: 'boss', type: 'reference', to: person, onDelete: 'setNull' },
          { name: 'friends', type: 'references', to: person },
          { name: 'seen', type: 'references', to: movie },
        ],
        indexes: [{ fields: ['boss', '-id'] }],
      },
      {
        name: movie,
        fields: [
          named,
          { name: 'director', type: 'reference', to: person, required: true },
          { name: 'cast', type: 'references', to: person },
        ],
        indexes: [{ fields: ['director', 'name'], unique: true }],
      },
    ],
  });
  return { person, movie };
}

export type Models = Awaited<ReturnType<typeof makeModels>>;

export async function records(edge: Edge, model: string): Promise<readonly Json[]> {
  return (await ask(edge, 'GET', `records/${model}?limit=1000`)).data;
}

export async function graph(edge: Edge, { person, movie }: Models): Promise<Graph> {
  const all = [...(await records(edge, person)), ...(await records(edge, movie))];
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const named = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(named) : (names.get(value) ?? value);
  return Object.fromEntries(
    all.map(({ id: _id, created_at: _created, updated_at: _updated, ...rest }) => [
      String(rest['name']),
      Object.fromEntries(Object.entries(rest).map(([field, value]) => [field, named(value)])),
    ]),
  );
}

/** The id of a record by its name. */
export async function idOf(edge: Edge, model: string, name: string): Promise<string> {
  const { data } = await ask(edge, 'GET', `records/${model}?filter[name][_eq]=${name}`);
  return data[0].id;
}

export async function fill(models: Models, key: (n: number) => object) {
  const { person, movie } = models;
  const add = (model: string, record: object) => ask(stack, 'POST', `records/${model}`, record);
  const ada = await add(person, { ...key(1), name: 'Ada' });
  const bob = await add(person, { ...key(2), name: 'Bob', boss: ada.id, friends: [ada.id] });
  const cy = await add(person, { ...key(3), name: 'Cy', boss: ada.id, friends: [bob.id, ada.id] });
  const film = await add(movie, { name: 'Film', director: bob.id, cast: [cy.id, bob.id, ada.id] });
  await add(movie, { name: 'Other', director: cy.id, cast: [] });
  await ask(stack, 'PATCH', `records/${person}/${ada.id}`, { seen: [film.id], boss: cy.id });
}
