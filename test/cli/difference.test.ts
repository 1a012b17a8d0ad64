import { describe, expect, test } from 'vitest';
import { differences } from '../../src/cli/definitions/difference.ts';
import type { ModelDefinition } from '../../src/cli/definitions/model-definition.ts';
import { withOpenRenames, withPastNames } from '../../src/cli/definitions/renames.ts';

const movie: ModelDefinition = {
  name: 'movie',
  label: 'Movie',
  fields: [
    { name: 'title', type: 'text', required: true, maxLength: 300 },
    { name: 'gross', type: 'bigint', min: 0 },
    { name: 'rating', type: 'choice', options: ['G', 'PG', 'R'] },
    { name: 'director', type: 'reference', to: 'person', onDelete: 'restrict' },
  ],
  indexes: [{ fields: ['-gross', 'title'] }],
};

/** What becomes of the movie, a line for each sentence. */
function words(change: Partial<ModelDefinition>): readonly string[] {
  const found = differences([movie], [{ ...movie, ...change }]);
  return found.flatMap(({ sentences }) => sentences.map(({ sign, text }) => `${sign} ${text}`));
}

const replaced = (name: string, ...by: readonly ModelDefinition['fields'][number][]) =>
  movie.fields.flatMap((field) => (field.name === name ? by : [field]));

describe('the difference of two definitions', () => {
  test('is none where one says what is so anyway, or a number as a text', () => {
    expect(words({ key: 'uuid' })).toEqual([]);
    expect(words({ fields: replaced('gross', { name: 'gross', type: 'bigint', min: '0' }) })).toEqual([]);
    const director = { name: 'director', type: 'reference', to: 'person', unique: false };
    expect(words({ fields: replaced('director', director) })).toEqual([]);
  });

  test('names fields that come, go and change', () => {
    const fields = [
      ...replaced('gross', { name: 'revenue', type: 'decimal', precision: 14, renamedFrom: 'gross' }).filter(
        ({ name }) => name !== 'director',
      ),
      { name: 'tags', type: 'references', to: 'tag' },
    ];
    expect(words({ fields })).toEqual([
      '~ gross becomes revenue (renamed)',
      '~ revenue: type bigint → decimal',
      '~ revenue: no min (was 0)',
      '~ revenue: precision 14',
      '+ tags: references to tag',
      '- director goes to the trash',
    ]);
  });

  test('tells of options, rules, indexes, labels, keys and the order', () => {
    const rating = { name: 'rating', type: 'choice', options: ['G', 'R', 'X'], required: true };
    expect(words({ fields: replaced('rating', rating) })).toEqual([
      '~ rating: options with X, without PG',
      '~ rating: required',
    ]);
    expect(words({ fields: [...movie.fields].reverse() })).toEqual(['~ the fields stand in another order']);
    expect(words({ label: 'Film', key: 'text' })).toEqual(['~ label Movie → Film', '~ key text']);
    const where = { rating: { _ne: 'R' } };
    expect(words({ indexes: [{ fields: ['title'], unique: true, where }] })).toEqual([
      '+ unique index over title where {"rating":{"_ne":"R"}}',
      '- index over -gross, title goes',
    ]);
  });
});

describe('a note of a rename', () => {
  const noted: ModelDefinition = {
    name: 'movie',
    fields: [
      { name: 'revenue', type: 'bigint', renamedFrom: 'gross' },
      { name: 'gross', type: 'text' },
    ],
  };

  test('is sent while the old name is there and the new one is not', () => {
    const current = [{ name: 'movie', fields: [{ name: 'gross', type: 'bigint' }] }];
    expect(withOpenRenames([noted], current)).toEqual([noted]);
  });

  test('is left out once it is done, or has nothing to rename', () => {
    const done = withOpenRenames([noted], [noted]);
    expect(done[0]?.fields[0]).toEqual({ name: 'revenue', type: 'bigint' });
    expect(withOpenRenames([noted], [])[0]?.fields[0]).toEqual({ name: 'revenue', type: 'bigint' });
    const film = { ...noted, name: 'film', renamedFrom: 'movie' };
    expect(withOpenRenames([film], [movie])).toEqual([film]);
    expect(withOpenRenames([film], [movie, film])[0]).not.toHaveProperty('renamedFrom');
  });

  test('is made of the names that a field had before, the newest that is there', () => {
    const past = (name: string) => ({ name: 'movie', fields: [{ id: 'a', name }] });
    const versions = ['takings', 'revenue', 'gross'].map(past);
    const model = { name: 'movie', fields: [{ name: 'takings', type: 'bigint' }] };
    const others = [{ name: 'movie', fields: [{ name: 'gross', type: 'bigint' }] }];
    expect(withPastNames(model, versions, others, () => false).fields).toEqual([
      { name: 'takings', type: 'bigint', renamedFrom: 'gross' },
    ]);
    const never = withPastNames(model, [past('takings')], others, () => false);
    expect(never.fields).toEqual(model.fields);
  });
});
