import type { DefinitionInput } from '../../src/definition/definition-input.ts';

/** The models that the client is tested on: a field of most types, and references of each kind. */
export const DEFINITIONS: readonly DefinitionInput[] = [
  {
    name: 'movie',
    label: 'Film',
    fields: [
      { name: 'title', type: 'text', required: true, help: 'As on the poster.' },
      { name: 'isbn', type: 'text', unique: true },
      { name: 'year', type: 'integer', min: 1888 },
      { name: 'gross', type: 'bigint' },
      { name: 'double', type: 'computed', expression: 'gross * 2' },
      { name: 'rating', type: 'choice', options: ['G', 'PG', 'R'], required: true, default: 'G' },
      { name: 'genres', type: 'choices', options: ['drama', 'comedy'] },
      { name: 'released', type: 'date' },
      { name: 'seen_at', type: 'timestamp' },
      { name: 'extra', type: 'json' },
      { name: 'place', type: 'point' },
      { name: 'director', type: 'reference', to: 'person' },
      { name: 'tags', type: 'references', to: 'tag' },
    ],
  },
  {
    name: 'person',
    key: 'bigint',
    fields: [
      { name: 'name', type: 'text', required: true },
      { name: 'boss', type: 'reference', to: 'person' },
    ],
  },
  { name: 'tag', key: 'text', fields: [] },
];
