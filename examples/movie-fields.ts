import type { KnownDefinition } from './definition-cache.ts';

/** Values of a movie by the ids of their fields, which stay through every rename. */
export type MovieValues = ReadonlyMap<string, string>;

/** The fields that the second client uses, by their ids. Names are for requests alone. */
export class MovieFields {
  readonly #title: string;
  readonly #released: string;
  readonly #gross: string;
  readonly #dvdSales: string;
  readonly #rating: string;

  constructor(definition: KnownDefinition) {
    const idOf = (name: string) => {
      const field = definition.fields.find((candidate) => candidate.name === name);
      if (!field) throw new Error(`movie has no field ${name}`);
      return field.id;
    };
    this.#title = idOf('title');
    this.#released = idOf('release_date');
    this.#gross = idOf('us_gross');
    this.#dvdSales = idOf('us_dvd_sales');
    this.#rating = idOf('mpaa_rating');
  }

  /** What a movie gets that is made by a definition: a rating only where there must be one. */
  sample(n: number, definition: KnownDefinition): MovieValues {
    const values = new Map([
      [this.#title, `Made by the second client ${n}`],
      [this.#released, 'Nov 21 2026'],
      [this.#gross, String(n)],
      [this.#dvdSales, String(n * 7)],
    ]);
    const rating = definition.fields.find(({ id }) => id === this.#rating);
    if (rating?.required) values.set(this.#rating, 'PG');
    return values;
  }

  /** A new number for what it earned. */
  earnings(n: number): MovieValues {
    return new Map([
      [this.#gross, String(n * 1000)],
      [this.#dvdSales, String(n * 7000)],
    ]);
  }

  /** The query of those that earned most. */
  topList(definition: KnownDefinition): string {
    const gross = nameOf(definition, this.#gross);
    return `filter[${gross}][_gt]=1000000&sort=-${gross}&select=id,${gross}&limit=10`;
  }
}

/** The values under the names that a definition gives their fields; what it has no field for is left out. */
export function named(values: MovieValues, definition: KnownDefinition): Readonly<Record<string, string>> {
  const entries = definition.fields.flatMap(({ id, name }) => {
    const value = values.get(id);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function nameOf(definition: KnownDefinition, id: string): string {
  const field = definition.fields.find((candidate) => candidate.id === id);
  if (!field) throw new Error(`the field ${id} is gone`);
  return field.name;
}
