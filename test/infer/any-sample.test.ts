import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { hashDefinition } from '../../src/definition/hash.ts';
import { parseDefinition } from '../../src/definition/parse-definition.ts';
import { type Inferred, inferModels } from '../../src/infer/infer-models.ts';
import { samplesOfJson } from '../../src/infer/sample.ts';
import { makeModelClass } from '../../src/model/model-class.ts';
import { ColumnFields } from '../../src/records/import/column-fields.ts';
import { sourceRows } from '../../src/records/import/source-rows.ts';
import { defined } from '../definition/arbitrary.ts';
import { bytesOf, csvSample } from './csv-sample.ts';

const json = (value: unknown) => inferModels(samplesOfJson('thing', value), []);

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
