import type { ChangeRequest, Client } from '../../src/client/client.ts';

/** The models of the example, as far as it uses them. `types.ts` of the workspace says all of it. */
export interface Cinema {
  director: {
    record: { id: string; name: string };
    create: { name: string };
    patch: { name?: string };
    filter: object;
    relations: object;
  };
  movie: {
    record: { id: string; title: string };
    create: { title: string; year: number; rating: string; gross: string; director: string };
    patch: { title?: string };
    filter: object;
    relations: { director: { to: 'director'; many: false } };
  };
}

const MODELS: ChangeRequest = {
  models: [
    {
      name: 'director',
      label: 'Director',
      fields: [{ name: 'name', type: 'text', required: true, unique: true }],
    },
    {
      name: 'movie',
      label: 'Movie',
      fields: [
        { name: 'title', type: 'text', required: true, maxLength: 200, index: true },
        { name: 'year', type: 'integer', min: 1888, max: 2100 },
        { name: 'rating', type: 'choice', options: ['G', 'PG', 'PG-13', 'R'] },
        { name: 'gross', type: 'bigint', min: 0, help: 'Worldwide, in dollars.' },
        { name: 'director', type: 'reference', to: 'director', onDelete: 'setNull' },
      ],
      indexes: [{ fields: ['-gross', 'title'] }],
    },
  ],
};

const MOVIES: readonly (readonly [string, number, string, string, string])[] = [
  ['Jaws', 1975, 'PG', '470653000', 'Steven Spielberg'],
  ['Jurassic Park', 1993, 'PG-13', '923067947', 'Steven Spielberg'],
  ['E.T. the Extra-Terrestrial', 1982, 'PG', '792910554', 'Steven Spielberg'],
  ['Saving Private Ryan', 1998, 'R', '485635550', 'Steven Spielberg'],
  ['Alien', 1979, 'R', '203630630', 'Ridley Scott'],
  ['Gladiator', 2000, 'R', '457683805', 'Ridley Scott'],
  ['Blade Runner', 1982, 'R', '33139618', 'Ridley Scott'],
  ['Titanic', 1997, 'PG-13', '1842879955', 'James Cameron'],
  ['Aliens', 1986, 'R', '183316455', 'James Cameron'],
  ['Avatar', 2009, 'PG-13', '2767891499', 'James Cameron'],
  ['Little Women', 2019, 'PG', '218843645', 'Greta Gerwig'],
  ['Barbie', 2023, 'PG-13', '1445638421', 'Greta Gerwig'],
  ['Spirited Away', 2001, 'PG', '395802070', 'Hayao Miyazaki'],
  ['My Neighbor Totoro', 1988, 'G', '30476708', 'Hayao Miyazaki'],
  ['The Piano', 1993, 'R', '40157856', 'Jane Campion'],
];

/** Brings the models to what the page needs, and some movies where there are none. May be repeated. */
export async function prepareCinema(client: Client<Cinema>): Promise<void> {
  await client.changes.create(MODELS, { wait: 20 });
  const { page } = await client.records('movie').list({ limit: 1, count: 'exact' });
  if (page.total !== 0) return;
  const names = [...new Set(MOVIES.map(([, , , , director]) => director))].map((name) => ({ name }));
  const directors = await client.records('director').upsert(names, ['name']);
  const ids = new Map(directors.map(({ id, name }) => [name, id]));
  await client.records('movie').createMany(
    MOVIES.map(([title, year, rating, gross, director]) => {
      return { title, year, rating, gross, director: ids.get(director) ?? '' };
    }),
  );
}
