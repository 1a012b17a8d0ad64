import { getTableColumns } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DefinitionInput } from '../../src/definition/definition-input.ts';
import { hashDefinition } from '../../src/definition/hash.ts';
import { Failure } from '../../src/failure.ts';
import { type ModelClass, makeModelClass } from '../../src/model/model-class.ts';
import { findingsOf } from '../../src/model/validation.ts';
import { defined, definitionInputs } from '../definition/arbitrary.ts';

function classOf(input: DefinitionInput): ModelClass {
  const definition = defined(input);
  return makeModelClass({ workspace: 'main', version: 3, hash: hashDefinition(definition), definition });
}

const MOVIE: DefinitionInput = {
  name: 'movie',
  fields: [
    { name: 'title', type: 'text', required: true, maxLength: 5 },
    { name: 'gross', type: 'bigint', min: '0' },
    { name: 'extra', type: 'json' },
    { name: 'stars', type: 'integer', default: 3 },
    { name: 'token', type: 'uuid', default: { fn: 'uuid' } },
    { name: 'seen', type: 'date', default: { fn: 'now' } },
  ],
};

/** What a class makes of a record, or what is wrong with it as `PATH CODE`. */
function read(model: ModelClass, schema: 'createSchema' | 'updateSchema', value: unknown) {
  const parsed = v.safeParse(model[schema], value);
  return parsed.success
    ? parsed.output
    : findingsOf(parsed.issues, '').map(({ path, code }) => `${path} ${code}`);
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a model class', () => {
  const Movie = classOf(MOVIE);

  test('is a class with the name of the model, whose instances are its records', () => {
    const movie = new Movie({ title: 'Jaws' });
    expect(Movie.name).toBe('movie');
    expect(movie).toBeInstanceOf(Movie);
    expect(movie.columns).toMatchObject({ title: 'Jaws', gross: null, stars: '3' });
    expect(() => Reflect.apply(Movie as never, undefined, [{ title: 'Jaws' }])).toThrow(TypeError);
  });

  test('says which definition it was made from', () => {
    const { workspace, version, hash, definition } = Movie;
    expect({ workspace, version, hash }).toEqual({
      workspace: 'main',
      version: 3,
      hash: hashDefinition(definition),
    });
  });

  test('is another class than one that is made from the same definition', () => {
    expect(new (classOf(MOVIE))({ title: 'Jaws' })).not.toBeInstanceOf(Movie);
  });

  test('knows the fields of the system and then those of the definition', () => {
    const system = ['id', 'created_at', 'updated_at'];
    expect([...Movie.fields.keys()]).toEqual([...system, ...MOVIE.fields.map((field) => field.name)]);
  });

  test('refuses a record with every finding', () => {
    const make = () => new Movie({ title: 'too long', gross: '-1', director: 'x', stars: 1.5 });
    expect(make).toThrow(Failure);
    expect(() => new Movie({})).toThrow(expect.objectContaining({ code: 'validation_failed' }));
    expect(
      read(Movie, 'createSchema', { title: 'too long', gross: '-1', director: 'x', stars: 1.5 }),
    ).toEqual([
      '/title invalid_value',
      '/gross invalid_value',
      '/stars invalid_value',
      '/director unknown_field',
    ]);
  });

  test.each([null, undefined, [], 'movie', 7, [{ title: 'Jaws' }]])(
    'does not take %j for a record',
    (value) => {
      expect(read(Movie, 'createSchema', value)).not.toMatchObject({ title: expect.anything() });
      expect(() => new Movie(value)).toThrow(Failure);
    },
  );

  test('gives a default to what is absent, and null to what is null', () => {
    expect(
      read(Movie, 'createSchema', { title: 'Jaws', stars: null, token: null, seen: null }),
    ).toMatchObject({
      stars: null,
      token: null,
      seen: null,
    });
    const [a, b] = [new Movie({ title: 'a' }).columns, new Movie({ title: 'b' }).columns];
    expect(a['token']).toMatch(/^[0-9a-f-]{36}$/);
    expect(a['token']).not.toBe(b['token']);
    expect(a['seen']).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  test('keeps constants of json as defaults, whatever members they have', () => {
    const constants = [{ fn: 5 }, { fn: 'now', at: 'noon' }, [], false];
    for (const constant of constants) {
      const Note = classOf({ name: 'note', fields: [{ name: 'extra', type: 'json', default: constant }] });
      expect(new Note({}).columns['extra']).toBe(JSON.stringify(constant));
    }
  });

  test('wants what is required, neither absent nor null', () => {
    expect(read(Movie, 'createSchema', {})).toEqual(['/title required']);
    expect(read(Movie, 'createSchema', { title: null })).toEqual(['/title invalid_value']);
  });

  test('tells in an update what is absent from what is null', () => {
    expect(read(Movie, 'updateSchema', {})).toEqual({});
    expect(read(Movie, 'updateSchema', { gross: null })).toEqual({ gross: null });
    expect(read(Movie, 'updateSchema', { stars: 4 })).toEqual({ stars: '4' });
    expect(read(Movie, 'updateSchema', { title: null })).toEqual(['/title invalid_value']);
    expect(read(Movie, 'updateSchema', { title: undefined })).toEqual(['/title invalid_value']);
  });

  test('does not let anyone write what the system writes', () => {
    expect(read(Movie, 'createSchema', { title: 'a', created_at: '2026-11-20T00:00:00Z' })).toEqual([
      '/created_at unknown_field',
    ]);
    expect(read(Movie, 'updateSchema', { id: '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f' })).toEqual([
      '/id unknown_field',
    ]);
  });

  test('finds a field of the body only in the body, not on its prototype', () => {
    const Odd = classOf({ name: 'odd', fields: [{ name: 'constructor', type: 'text' }] });
    expect(read(Odd, 'createSchema', {})).toEqual({ id: null, constructor: null });
    expect(read(Odd, 'updateSchema', {})).toEqual({});
    expect(read(Odd, 'createSchema', { constructor: 'x' })).toEqual({ id: null, constructor: 'x' });
    const hostile: unknown = JSON.parse('{"title":"a","__proto__":{"stars":1}}');
    expect(read(Movie, 'createSchema', hostile)).toEqual(['/__proto__ unknown_field']);
  });

  test('takes no array for a record, though arrays have members such as `at`', () => {
    const model = classOf({ name: 'note', fields: [{ name: 'at', type: 'text' }] });
    expect(read(model, 'createSchema', [])).toEqual([' invalid_value']);
    expect(read(model, 'updateSchema', [])).toEqual([' invalid_value']);
  });

  test('takes the key that a client may give, by the type of the key', () => {
    const text = classOf({ name: 'tag', key: 'text', fields: [] });
    expect(read(text, 'createSchema', { id: 'a key' })).toEqual({ id: 'a key' });
    expect(read(text, 'createSchema', {})).toEqual(['/id required']);
    expect(read(text, 'createSchema', { id: '' })).toEqual(['/id invalid_value']);
    expect(read(text, 'createSchema', { id: 'x'.repeat(201) })).toEqual(['/id invalid_value']);
    const uuid = '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f';
    expect(read(Movie, 'createSchema', { id: uuid, title: 'a' })).toMatchObject({ id: uuid });
    const bigint = classOf({ name: 'row', key: 'bigint', fields: [] });
    expect(read(bigint, 'createSchema', { id: '1' })).toEqual(['/id unknown_field']);
  });

  test('keeps every digit and every character of what it reads', () => {
    const Exact = classOf({
      name: 'exact',
      fields: [
        { name: 'big', type: 'bigint' },
        { name: 'dec', type: 'decimal' },
        { name: 'txt', type: 'text' },
        { name: 'any', type: 'json' },
      ],
    });
    const records = fc.record({
      big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      dec: fc
        .tuple(fc.bigInt(), fc.stringMatching(/^[0-9]{1,30}$/))
        .map(([whole, part]) => `${whole}.${part}`),
      txt: fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
      any: fc.jsonValue().filter((value) => value !== null && !JSON.stringify(value).includes('\\u0000')),
    });
    fc.assert(
      fc.property(records, (record) => {
        const { columns } = new Exact(record);
        expect(columns).toEqual({ id: null, ...record, any: JSON.stringify(record.any) });
      }),
    );
  });

  test('is made and used where eval is forbidden', () => {
    const forbidden = vi.fn(() => {
      throw new EvalError('code from text is forbidden here');
    });
    vi.stubGlobal('eval', forbidden);
    vi.stubGlobal('Function', forbidden);
    fc.assert(
      fc.property(definitionInputs, (input) => {
        const model = classOf(input);
        read(model, 'createSchema', {});
        read(model, 'updateSchema', { [input.fields[0]?.name ?? '']: 1 });
        for (const field of model.fields.values()) v.safeParse(field.comparable, 'x');
        expect(getTableColumns(model.table)).toBeDefined();
      }),
      { numRuns: 30 },
    );
    expect(forbidden).not.toHaveBeenCalled();
  });

  test('has a drizzle table of the columns of always under the names of today', () => {
    const renamed = makeModelClass({
      ...Movie,
      definition: {
        ...Movie.definition,
        fields: Movie.definition.fields.map((f) => ({ ...f, name: `${f.name}_new` })),
      },
    });
    const query = drizzle.mock().select().from(renamed.table).toSQL();
    expect(query.sql).toContain('from "main_data"."movie"');
    expect(query.sql).toContain('"title", "gross"');
    expect(Object.keys(getTableColumns(renamed.table))).toContain('title_new');
    const insert = drizzle
      .mock()
      .insert(renamed.table)
      .values({ title_new: 'Jaws', gross_new: 9007199254740993n });
    expect(insert.toSQL().params).toEqual(['Jaws', 9007199254740993n]);
  });
});
