import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkConstraints } from '../../src/definition/columns.ts';
import { isWorkspaceSlug, quoteIdentifier, quoteLiteral } from '../../src/definition/identifiers.ts';
import { indexesOf } from '../../src/definition/model-indexes.ts';
import { dataSchema, objectName, trashSchema, uniqueName } from '../../src/definition/physical-names.ts';
import { defined, definitionInputs, names } from './arbitrary.ts';

const bytes = (text: string) => new TextEncoder().encode(text).length;

describe('the physical names of a model', () => {
  test('have at most 63 bytes, where Postgres would cut them', () => {
    const long = fc.tuple(names, names).map(([a, b]) => `${a}_${b}`.padEnd(97, '_x'));
    fc.assert(
      fc.property(long, fc.constantFrom('idx', 'key', 'ck', 'fk'), (subject, kind) => {
        expect(bytes(objectName(kind, subject, subject))).toBeLessThanOrEqual(63);
      }),
    );
    fc.assert(
      fc.property(definitionInputs, (input) => {
        const model = defined(input);
        const objects = [...indexesOf(model), ...model.fields.flatMap(checkConstraints)];
        const columns = model.fields.map((field) => field.column);
        for (const name of [model.table, ...columns, ...objects.map((object) => object.name)]) {
          expect(bytes(name)).toBeLessThanOrEqual(63);
        }
      }),
    );
  });

  test('are each of one column and of one index', () => {
    fc.assert(
      fc.property(definitionInputs, (input) => {
        const model = defined(input);
        const columns = model.fields.map((field) => field.column);
        expect(new Set(columns).size).toBe(columns.length);
        const indexes = indexesOf(model);
        expect(new Set(indexes.map((index) => index.name)).size).toBe(indexes.length);
        expect(new Set(indexes.map((index) => `${index.unique} ${index.keys}`)).size).toBe(indexes.length);
      }),
    );
  });

  test('differ where what they name differs, even if the first 63 characters do not', () => {
    const columns = Array.from({ length: 2000 }, (_, n) => `${'c'.repeat(44)}${n}`);
    const objects = columns.flatMap((column) => [
      objectName('idx', `movie_${column}`, column),
      objectName('idx', `movie_${column}`, `-${column}`),
      objectName('key', `movie_${column}`, column),
    ]);
    expect(new Set(objects).size).toBe(objects.length);
  });

  test('are counted up where they are taken', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'a_2', 'b'), { maxLength: 20 }), (wishes) => {
        const taken = new Set<string>();
        for (const wish of wishes) taken.add(uniqueName(wish, taken));
        expect(taken.size).toBe(wishes.length);
      }),
    );
    expect(uniqueName('a', new Set(['a', 'a_2']))).toBe('a_3');
  });

  test('stand in schemas of the workspace that no other workspace has', () => {
    const slugs = fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/).filter(isWorkspaceSlug);
    fc.assert(
      fc.property(fc.uniqueArray(slugs, { minLength: 2, maxLength: 5 }), (list) => {
        const schemas = list.flatMap((slug) => [dataSchema(slug), trashSchema(slug)]);
        expect(new Set(schemas).size).toBe(schemas.length);
        expect(Math.max(...schemas.map(bytes))).toBeLessThanOrEqual(63);
      }),
    );
  });
});

describe('a workspace slug', () => {
  test.each(['main', 'a', 'a-b-1', 's'.repeat(40)])('may be %s', (slug) => {
    expect(isWorkspaceSlug(slug)).toBe(true);
  });

  test.each([
    '',
    'Main',
    '1a',
    '-a',
    'a_b',
    'a.b',
    'a/b',
    's'.repeat(41),
    'public',
    'remodel',
    'workspaces',
    'pg',
    'pg-x',
    'a\n',
  ])('is not %j', (slug) => {
    expect(isWorkspaceSlug(slug)).toBe(false);
  });
});

describe('text that goes into SQL', () => {
  test('is quoted so that it stays one identifier', () => {
    expect(quoteIdentifier('a"; drop table b; --')).toBe('"a""; drop table b; --"');
    expect(() => quoteIdentifier('é'.repeat(32))).toThrow(RangeError);
    expect(() => quoteIdentifier('')).toThrow(RangeError);
    expect(() => quoteIdentifier('a\0')).toThrow(RangeError);
  });

  test('is quoted so that it stays one literal', () => {
    expect(quoteLiteral("it's")).toBe("'it''s'");
    expect(quoteLiteral(String.raw`\'`)).toBe(String.raw`E'\\'''`);
    expect(() => quoteLiteral('\0')).toThrow(RangeError);
  });
});
