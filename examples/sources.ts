import { type Row, readRows } from './data-file.ts';

/** What a client gives in place of a value that was refused. */
export type Remedy = 'as text' | 'as null' | 'left out';

/** Rows for a model, and what is known of their flaws. They are sent as they are first. */
export interface Source {
  readonly model: string;
  readonly rows: readonly Row[];
  /** By field. */
  readonly remedies: Readonly<Record<string, Remedy>>;
  /** Fields that hold the name of a record of another model, where its id is wanted. */
  readonly named: readonly string[];
}

const NO_STATE = 'NA';

/** In an order in which every reference finds its target. */
export async function readSources(): Promise<readonly Source[]> {
  const [movies, airports, cars, countryYears] = await Promise.all([
    readRows('movies.json'),
    readRows('airports.csv'),
    readRows('cars.json'),
    readRows('countries.json'),
  ]);
  const states = distinct(airports, 'state').filter((state) => state !== NO_STATE);
  const countries = new Set([...distinct(countryYears, 'country'), ...distinct(airports, 'country')]);
  return [
    source('distributor', asRows('name', distinct(movies, 'distributor'))),
    source('director', asRows('name', distinct(movies, 'director'))),
    source('state', asRows('id', states)),
    source('country', asRows('id', countries)),
    { ...source('movie', movies), remedies: { title: 'as text' }, named: ['distributor', 'director'] },
    { ...source('airport', airports), remedies: { state: 'as null' } },
    source('car', cars),
    { ...source('country_year', countryYears), remedies: { _comment: 'left out' } },
  ];
}

function source(model: string, rows: readonly Row[]): Source {
  return { model, rows, remedies: {}, named: [] };
}

function distinct(rows: readonly Row[], field: string): readonly string[] {
  return [...new Set(rows.flatMap((row) => (typeof row[field] === 'string' ? [row[field]] : [])))];
}

function asRows(field: string, values: Iterable<string>): readonly Row[] {
  return [...values].map((value) => ({ [field]: value }));
}
