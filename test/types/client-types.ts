/** Compiled, never run: what the types of the client let through, and what they refuse. */
import { type Client, createClient, type Filter } from '../../src/client/client.ts';
import { hashes, type Models } from './movies.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Flat<T> = T extends readonly (infer E)[]
  ? readonly Flat<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Flat<T[K]> }
    : T;

/** Compiles where the value is of that type, and of no other. */
function isExactly<T>(): <V>(value: V, same: Same<Flat<V>, Flat<T>>) => void {
  return () => undefined;
}

const client: Client<Models> = createClient<Models>({ url: '', token: 'secret', hashes });
const movies = client.records('movie');

export async function lists(): Promise<void> {
  const whole = await movies.list();
  isExactly<Models['movie']['record'][]>()(whole.data, true);

  const some = await movies.list({ select: ['title', 'gross'] });
  isExactly<{ title: string; gross: string | null }[]>()(some.data, true);

  const expanded = await movies.get('1', { select: ['title', 'director.name'], expand: ['tags'] });
  isExactly<{
    title: string;
    director: { name: string } | null;
    tags: Models['tag']['record'][];
  }>()(expanded, true);

  const [person] = (await client.records('person').list({ expand: ['boss', 'movie(director).tags'] })).data;
  isExactly<string | undefined>()(person?.boss?.name, true);
  isExactly<string | undefined>()(person?.['movie(director)'][0]?.tags[0]?.id, true);

  for await (const movie of movies.all({ select: ['year'], sort: ['-year:nullsLast', 'director.name'] })) {
    isExactly<number | null>()(movie.year, true);
  }

  // @ts-expect-error: what is not selected is not there.
  some.data[0]?.year;
  // @ts-expect-error: no such model.
  client.records('film');
  // @ts-expect-error: no such field.
  await movies.list({ select: ['titel'] });
  // @ts-expect-error: no relation.
  await movies.list({ expand: ['title'] });
  // @ts-expect-error: no such field.
  await movies.list({ sort: ['-titel'] });
  // @ts-expect-error: a limit is a number.
  await movies.list({ limit: '5' });
}

export const filter: Filter<Models, 'movie'> = {
  year: { _gte: 1980, _in: [1980, 1990] },
  director: { name: { _startsWith: 'A' }, boss: { _null: true } },
  'director.boss.name': { _eq: 'Ada' },
  tags: { _contains: 'sea' },
  _or: [{ gross: { _gt: '1' } }, { _not: { rating: { _eq: 'R' } } }],
};

// @ts-expect-error: no such field.
export const noField: Filter<Models, 'movie'> = { titel: { _eq: 'Jaws' } };
// @ts-expect-error: no such operator.
export const noOperator: Filter<Models, 'movie'> = { title: { _equals: 'Jaws' } };
// @ts-expect-error: a year is a number.
export const noNumber: Filter<Models, 'movie'> = { year: { _eq: '1980' } };
// @ts-expect-error: no field of a person.
export const noPath: Filter<Models, 'movie'> = { director: { title: { _eq: 'Jaws' } } };

export async function writes(): Promise<void> {
  const made = await movies.create({ title: 'Jaws', genres: ['drama'], tags: ['sea'] });
  isExactly<Models['movie']['record']>()(made, true);
  await movies.update(made.id, { year: null, rating: 'PG' });
  await movies.upsert([{ title: 'Jaws', isbn: '1' }], ['isbn']);
  await movies.updateMany({ filter: { year: { _lt: 1900 } } }, { rating: 'G' });
  await client.records('tag').create({ id: 'sea' });
  await movies.create({ title: 'Jaws', director: { name: 'Spielberg' }, tags: ['sea', { id: 'land' }] });
  await client.records('person').create({ name: 'Ada', 'movie(director)': [{ title: 'Jaws' }] });
  // @ts-expect-error: a person has a name.
  await movies.create({ title: 'Jaws', director: {} });

  // @ts-expect-error: the title is required.
  await movies.create({ year: 1975 });
  // @ts-expect-error: the database works it out.
  await movies.create({ title: 'Jaws', double: '2' });
  // @ts-expect-error: no such option.
  await movies.update(made.id, { rating: 'X' });
  // @ts-expect-error: it is required, and so never null.
  await movies.update(made.id, { title: null });
  // @ts-expect-error: nothing in a tag can be changed.
  await client.records('tag').update('sea', { id: 'land' });
  // @ts-expect-error: a write of many says which.
  await movies.deleteMany({});
}
