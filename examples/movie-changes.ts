import type { Row } from './data-file.ts';

/** A change of the movie's definition, as `POST /plans` and `POST /changes` take it. */
export interface MovieChange {
  readonly title: string;
  readonly body: object;
}

/** What the nulls of `mpaa_rating` become when the field becomes required. */
const UNRATED = 'Not Rated';

export const MOVIE_CHANGES: readonly MovieChange[] = [
  {
    title: 'rename us_gross to domestic_gross',
    body: { operations: [{ op: 'renameField', model: 'movie', from: 'us_gross', to: 'domestic_gross' }] },
  },
  {
    title: 'add seen, false by default',
    body: {
      operations: [
        { op: 'addField', model: 'movie', field: { name: 'seen', type: 'boolean', default: false } },
      ],
    },
  },
  {
    title: 'make mpaa_rating required',
    body: {
      operations: [{ op: 'alterField', model: 'movie', field: 'mpaa_rating', set: { required: true } }],
      backfill: { 'movie.mpaa_rating': UNRATED },
    },
  },
  {
    title: 'drop us_dvd_sales',
    body: { operations: [{ op: 'dropField', model: 'movie', field: 'us_dvd_sales' }] },
  },
];

/** A movie as it must be after all changes. */
export function movieAfterChanges({ us_gross = null, us_dvd_sales: _dropped, ...others }: Row): Row {
  const rating = others['mpaa_rating'] ?? UNRATED;
  return { ...others, domestic_gross: us_gross, mpaa_rating: rating, seen: false };
}
