/** The model that is measured: ten fields of the usual types. `static-table.ts` is the same by hand. */
export const MOVIE = {
  name: 'movie',
  fields: [
    { name: 'title', type: 'text', required: true, maxLength: 200 },
    { name: 'year', type: 'integer', min: 1888, max: 2100, index: true },
    { name: 'rating', type: 'float' },
    { name: 'price', type: 'decimal', precision: 10, scale: 2 },
    { name: 'released', type: 'date' },
    { name: 'genre', type: 'choice', options: ['drama', 'comedy', 'documentary'] },
    { name: 'homepage', type: 'url' },
    { name: 'contact', type: 'email' },
    { name: 'seen', type: 'boolean' },
    { name: 'note', type: 'text' },
  ],
} as const;

/** What refers to movies. */
export const REVIEW = {
  name: 'review',
  fields: [
    { name: 'words', type: 'text' },
    { name: 'of', type: 'reference', to: 'movie' },
  ],
} as const;

export function movie(n: number): object {
  return {
    title: `The Adventures of Number ${n}`,
    year: 1900 + (n % 120),
    rating: (n % 100) / 10,
    price: `${n % 90}.95`,
    released: `19${10 + (n % 90)}-0${1 + (n % 9)}-1${n % 10}`,
    genre: ['drama', 'comedy', 'documentary'][n % 3],
    homepage: `https://example.com/movies/${n}`,
    contact: `studio${n}@example.com`,
    seen: n % 2 === 0,
    note: 'A man, a plan, a canal, and what became of them. '.repeat(2),
  };
}
