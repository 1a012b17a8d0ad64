import { describe, expect, test } from 'vitest';
import { type Inferred, inferModels } from '../../src/infer/infer-models.ts';
import { samplesOfJson } from '../../src/infer/sample.ts';
import { csvSample } from './csv-sample.ts';

const json = (value: unknown) => inferModels(samplesOfJson('thing', value), []);

/** A column of CSV by its values. */
const column = async (...values: readonly string[]) => {
  const { models } = inferModels([await csvSample(`x\n${values.join('\n')}\n`)], []);
  return models[0]?.fields[0];
};

/** A field of JSON by its values. */
const member = (...values: readonly unknown[]) => json(values.map((x) => ({ x }))).models[0]?.fields[0];

const reasonOf = ({ reasons }: Inferred, field: string | null, property: string) =>
  reasons.find((reason) => reason.field === field && reason.property === property)?.reason;

describe('the type that is inferred', () => {
  test.each([
    [['1', '-20', '0'], { type: 'integer' }],
    [['1', '2147483648'], { type: 'bigint' }],
    [['1', '9223372036854775808'], { type: 'decimal' }],
    [['1.50', '22.25'], { type: 'decimal', precision: 7, scale: 2 }],
    [['1.5', '2.25', '3'], { type: 'float' }],
    [[`${'9'.repeat(1200)}.5`], { type: 'text' }],
    [['1e5', '2'], { type: 'float' }],
    [['007', '123'], { type: 'text' }],
    [['yes', 'No', 'TRUE'], { type: 'boolean' }],
    [['2024-02-29', '1999-01-01'], { type: 'date' }],
    [['2023-02-29'], { type: 'text' }],
    [['2024-02-29 12:30', '2024-02-29T12:30:01+02'], { type: 'timestamp' }],
    [['12:30', '23:59:59.5'], { type: 'time' }],
    [['P1D', 'PT5M'], { type: 'interval' }],
    [['0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f'], { type: 'uuid' }],
    [['ada@example.org', 'b@example.org'], { type: 'email' }],
    [['https://example.org/', 'http://example.org/a'], { type: 'url' }],
    [['"{""a"":1}"', '"[1]"'], { type: 'json' }],
    [['"{""type"":""Point"",""coordinates"":[1,2]}"'], { type: 'point' }],
    [['a', 'b', 'c'], { type: 'text' }],
  ])('of the cells %j is %j', async (cells, field) => {
    expect(await column(...cells)).toEqual({ name: 'x', ...field, required: true });
  });

  test.each([
    [[1, -2], { type: 'integer' }],
    [[1, 2 ** 40], { type: 'bigint' }],
    [['9007199254740993', '-9223372036854775808'], { type: 'bigint' }],
    [['12345678901234567'.repeat(2)], { type: 'text' }],
    [['12', '13'], { type: 'text' }],
    [['12.50', '1.25'], { type: 'decimal', precision: 7, scale: 2 }],
    [[1.5, 2], { type: 'float' }],
    [[true, false], { type: 'boolean' }],
    [['true', 'false'], { type: 'text' }],
    [['2024-02-29 12:30'], { type: 'text' }],
    [['2024-02-29T12:30:00Z'], { type: 'timestamp' }],
    [[{ a: 1 }, [1]], { type: 'json' }],
    [[{ type: 'Point', coordinates: [1, 2] }], { type: 'point' }],
    [[1, 'a'], { type: 'json' }],
  ])('of the JSON values %j is %j', (values, field) => {
    expect(member(...values)).toEqual({ name: 'x', ...field, required: true });
  });

  test('is a choice, or choices, where few texts come again and again', () => {
    const few = Array.from({ length: 20 }, (_, n) => ['low', 'high'][n % 2]);
    expect(member(...few)).toEqual({ name: 'x', type: 'choice', options: ['low', 'high'], required: true });
    const lists = Array.from({ length: 20 }, (_, n) => (n % 2 ? ['low', 'high'] : ['high']));
    expect(member(...lists)).toEqual({
      name: 'x',
      type: 'choices',
      options: ['high', 'low'],
      required: true,
    });
  });

  test('says what stands in the way of a better one', () => {
    const { reasons } = json([{ x: 1 }, { x: 'a' }, { x: 'b' }]);
    expect(reasons[0]?.reason).toBe('values of several kinds: number 1 times, string 2 times');
  });
});

describe('the model that is inferred', () => {
  test('requires what every row has, and makes unique what its name calls so', () => {
    const { models } = json([
      { isbn: 'a', title: 'x', year: 1 },
      { isbn: 'b', title: 'y' },
    ]);
    expect(models).toEqual([
      {
        name: 'thing',
        fields: [
          { name: 'isbn', type: 'text', required: true, unique: true },
          { name: 'title', type: 'text', required: true },
          { name: 'year', type: 'integer' },
        ],
      },
    ]);
  });

  test('takes different texts that are called id for its key, and no numbers of JSON', async () => {
    const cells = inferModels([await csvSample('ID,n\n1,5\n2,6\n')], []);
    expect(cells.models).toEqual([
      { name: 'thing', key: 'text', fields: [{ name: 'n', type: 'integer', required: true }] },
    ]);
    expect(cells.columns).toEqual({ thing: { ID: 'id' } });
    const uuid = '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f';
    expect(json([{ id: uuid }]).models).toEqual([{ name: 'thing', key: 'uuid', fields: [] }]);
    const numbers = json([{ id: 1 }, { id: 2 }]);
    expect(numbers.models[0]).toEqual({
      name: 'thing',
      fields: [{ name: 'own_id', type: 'integer', required: true, unique: true }],
    });
    expect(numbers.columns).toEqual({ thing: { id: 'own_id' } });
    expect(reasonOf(numbers, null, 'key')).toContain('cannot be the key');
  });

  test('fits names to the grammar, and leaves out what the system sets', () => {
    const row = { 'Größe (cm)': 1, größe_cm: 2, '2nd': 3, '': 4, created_at: 'x', constructor: 5 };
    const { models, columns, reasons } = json([row]);
    expect(models[0]?.fields.map(({ name }) => name)).toEqual([
      'gro_e_cm',
      'gro_e_cm_2',
      'n2nd',
      'field',
      'constructor',
    ]);
    expect(columns['thing']).toMatchObject({ 'Größe (cm)': 'gro_e_cm', '2nd': 'n2nd', '': 'field' });
    expect(reasons).toContainEqual(expect.objectContaining({ field: 'created_at', property: 'left out' }));
  });

  test('refers to the rows of another sample, whose column becomes the key', () => {
    const inferred = json({
      movies: [
        { title: 'Jaws', director: 'ss', genres: ['t'] },
        { title: 'Duel', director: 'ss', genres: [] },
        { title: 'Alien', director: 'rs', genres: ['h', 't'] },
      ],
      directors: [
        { code: 'ss', name: 'Spielberg' },
        { code: 'rs', name: 'Scott' },
      ],
      genres: [
        { id: 'h', boss: 't' },
        { id: 't', boss: 't' },
      ],
    });
    const [movies, directors, genres] = inferred.models;
    expect(movies?.fields).toEqual([
      { name: 'title', type: 'text', required: true },
      { name: 'director', type: 'reference', to: 'directors', required: true },
      { name: 'genres', type: 'references', to: 'genres' },
    ]);
    expect(directors).toEqual({
      name: 'directors',
      key: 'text',
      fields: [{ name: 'name', type: 'text', required: true }],
    });
    expect(genres).toMatchObject({
      key: 'text',
      fields: [{ name: 'boss', type: 'reference', to: 'genres' }],
    });
    expect(inferred.columns).toEqual({ directors: { code: 'id' } });
    expect(reasonOf(inferred, 'director', 'to')).toBe(
      'all 2 different values are among those of "code" of directors',
    );
  });

  test('does not take numbers, or a few common words, for references', () => {
    const { models } = json({ a: [{ size: 'S' }, { size: 'M' }], b: [{ id: 'S' }, { id: 'M' }] });
    expect(models[0]?.fields).toEqual([{ name: 'size', type: 'text', required: true }]);
  });
});
