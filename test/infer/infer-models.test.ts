import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { fitNames } from '../../src/definition/fit-names.ts';
import { hashDefinition } from '../../src/definition/hash.ts';
import { isName } from '../../src/definition/identifiers.ts';
import { parseDefinition } from '../../src/definition/parse-definition.ts';
import { type Inferred, inferModels } from '../../src/infer/infer-models.ts';
import { type Sample, sampleOfCells, samplesOfJson } from '../../src/infer/sample.ts';
import { makeModelClass } from '../../src/model/model-class.ts';
import { ColumnFields } from '../../src/records/import/column-fields.ts';
import { sourceRows } from '../../src/records/import/source-rows.ts';
import { readCsv } from '../../src/tabular/csv-rows.ts';
import { defined } from '../definition/arbitrary.ts';

async function* bytesOf(text: string) {
  yield new TextEncoder().encode(text);
}

async function csvSample(text: string): Promise<Sample> {
  const rows: (readonly (string | null)[])[] = [];
  for await (const some of readCsv(bytesOf(text))) rows.push(...some.map(({ cells }) => cells));
  return sampleOfCells('thing', rows);
}

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

describe('names that are made to fit', () => {
  test('fit the grammar, are different, and leave alone what fits', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 60 })), (given) => {
        const fitted = fitNames(given);
        expect(fitted.every(isName)).toBe(true);
        expect(new Set(fitted).size).toBe(given.length);
        given.forEach((name, n) => {
          if (isName(name)) expect(fitted[n]).toBe(name);
        });
      }),
    );
  });
});

describe('whatever the sample, its model', () => {
  const cell = fc.oneof(
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.boolean().map(String),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((day) => day.toISOString()),
    fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((day) => day.toISOString().slice(0, 10)),
    fc.uuid(),
    fc.webUrl(),
    fc.emailAddress(),
    fc.json(),
    fc.constantFrom('a', 'b', '', ' ', '0', '007', 'yes', '-', 'NaN'),
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !text.includes('\0')),
  );
  /** Columns of one kind of cells, or of any. */
  const cells = fc.oneof(
    fc.array(fc.option(cell), { minLength: 12, maxLength: 12 }),
    fc.tuple(cell, cell).chain((two) => fc.array(fc.constantFrom(...two), { minLength: 12, maxLength: 12 })),
  );
  const quoted = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);
  const table = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }), cells, {
    minKeys: 1,
    maxKeys: 5,
  });

  function classOf({ models, columns }: Inferred) {
    const [model] = models;
    const parsed = parseDefinition(model, '');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const definition = defined(parsed.value);
    const made = makeModelClass({
      workspace: 'main',
      version: 1,
      hash: hashDefinition(definition),
      definition,
    });
    return { made, fields: new ColumnFields(made, new Map(Object.entries(columns['thing'] ?? {}))) };
  }

  async function expectTaken(inferred: Inferred, format: 'csv' | 'ndjson', text: string, rows: number) {
    const { made, fields } = classOf(inferred);
    let taken = 0;
    for await (const some of sourceRows(fields, format, bytesOf(text))) {
      for (const { value } of some) {
        const parsed = v.safeParse(made.createSchema, value);
        expect(parsed.success ? [] : parsed.issues.map(({ message }) => message)).toEqual([]);
        taken += 1;
      }
    }
    expect(taken).toBe(rows);
  }

  test('takes the CSV that it was inferred from', async () => {
    await fc.assert(
      fc.asyncProperty(table, async (given) => {
        const names = Object.keys(given);
        const unique = names.filter((name, n) => names.findIndex((one) => one.trim() === name.trim()) === n);
        const lines = Array.from({ length: 12 }, (_, row) =>
          // A first cell of its own, so that no line is empty.
          ['"x"', ...unique.map((name) => quoted(given[name]?.[row] ?? null))].join(','),
        );
        const text = `"first cell",${unique.map(quoted).join(',')}\r\n${lines.join('\r\n')}\r\n`;
        await expectTaken(inferModels([await csvSample(text)], []), 'csv', text, 12);
      }),
    );
  });

  test('takes the JSON that it was inferred from', async () => {
    const value = fc.oneof(
      fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 2 }),
      fc.integer(),
      fc.array(fc.constantFrom('a', 'b')),
      cell,
    );
    const values = fc.oneof(
      fc.array(value, { minLength: 12, maxLength: 12 }),
      value.chain((one) => fc.constant(Array.from({ length: 12 }, () => one))),
    );
    const objects = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 9 }), values, {
      minKeys: 1,
      maxKeys: 5,
    });
    await fc.assert(
      fc.asyncProperty(objects, async (given) => {
        const entries = Object.entries(given).filter(
          ([name]) => name !== '__proto__' && !name.includes('\0'),
        );
        const rows = Array.from({ length: 12 }, (_, row) =>
          Object.fromEntries(entries.map(([name, all]) => [name, all[row] ?? null])),
        );
        fc.pre(!JSON.stringify(rows).includes('\\u0000'));
        const text = rows.map((row) => JSON.stringify(row)).join('\n');
        await expectTaken(json(JSON.parse(JSON.stringify(rows))), 'ndjson', text, 12);
      }),
    );
  });
});
