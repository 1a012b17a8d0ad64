import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { makeModelClass } from '../../src/model/model-class.ts';
import type { Related } from '../../src/model/related.ts';
import type { Statement } from '../../src/ports.ts';
import { parseListQuery } from '../../src/records/list-query.ts';
import { listRecords } from '../../src/records/list-records.ts';

const field = (name: string, type: Definition['fields'][number]['type'], more: object = {}) => ({
  id: `f_${name}`,
  name,
  column: name,
  type,
  ...more,
});
const PERSON: Definition = {
  id: 'p',
  name: 'person',
  key: 'bigint',
  table: 'person',
  fields: [field('name', 'text'), field('boss', 'reference', { to: 'p', toKey: 'bigint' })],
  indexes: [],
};
const MOVIE: Definition = {
  id: 'm',
  name: 'movie',
  key: 'uuid',
  table: 'movie',
  fields: [
    field('title', 'text'),
    field('year', 'integer'),
    field('meta', 'json'),
    field('at', 'point'),
    field('genres', 'choices', { options: ['a', 'b'] }),
    field('director', 'reference', { to: 'p', toKey: 'bigint' }),
    field('writers', 'references', { to: 'p', toKey: 'bigint' }),
  ],
  indexes: [],
};

const classOf = (definition: Definition) =>
  makeModelClass({ workspace: 'main', version: 1, hash: definition.id, definition });
const person = classOf(PERSON);
const related: Related = {
  byId: () => person,
  byName: (name) => (name === 'person' ? person : null),
  taken: [person],
};

const CONDITIONS = [
  ['year][_gt', '1990', '2000'],
  ['year][_in', '1,2', '3'],
  ['year][_nin', '1,2', '3'],
  ['year][_between', '1,2', '3,4'],
  ['year][_null', 'true', 'false'],
  ['title][_icontains', 'a%', 'b'],
  ['title][_endsWith', 'a', 'b'],
  ['meta.a][_contains', '"x"', '1'],
  ['meta.a][_in', '1,x', '2'],
  ['meta.b][_gt', '1', '"z"'],
  ['at][_near', '1,2,3', '4,5,600'],
  ['at][_within', '1,2,3,4', '3,2,1,4'],
  ['genres][_contains', 'a', 'b'],
  ['genres][_eq', 'a,b', 'b'],
  ['director][_eq', '1', '2'],
  ['director.name][_eq', 'x', 'y'],
  ['director.name][_ne', 'x', 'y'],
  ['director.boss.name][_eq', 'x', 'y'],
  ['writers][_in', '1,2', '3'],
  ['writers][_contains', '1', '2'],
  ['writers.name][_startsWith', 'x', 'y'],
] as const;

/** A list, and the same one asked for with other values. */
const pairs = fc
  .record({
    conditions: fc.uniqueArray(
      fc.tuple(fc.constantFrom(...CONDITIONS), fc.constantFrom('_or', '_and', '_not', '')),
      { maxLength: 4, selector: ([[name], within]) => `${within} ${name}` },
    ),
    sort: fc.constantFrom('', 'sort=year', 'sort=-year:nullsLast,title', 'sort=director.name', 'sort=meta.a'),
    shown: fc.constantFrom('', 'select=title', 'select=title,director.name', 'expand=writers.boss'),
    more: fc.constantFrom(
      '',
      'count=exact',
      'search=words',
      'nearest[at]=1,2',
      'nearest[at]=1,2&search=words',
    ),
  })
  .map(({ conditions, sort, shown, more }) =>
    [0, 1].map((which) => {
      const filters = conditions.map(([[name, ...values], within], n) => {
        const place = within === '' ? '' : within === '_not' ? '[_not]' : `[${within}][${n}]`;
        return `filter${place}[${name}]=${encodeURIComponent(values[which] ?? '')}`;
      });
      const page = which === 0 ? 'limit=3' : 'limit=50';
      return new URLSearchParams(
        [...filters, sort, shown, more, page].filter((text) => text !== '').join('&'),
      );
    }),
  );

async function statementOf(model: ReturnType<typeof classOf>, params: URLSearchParams): Promise<Statement> {
  const asked: Statement[] = [];
  const database = {
    query: async (statement: Statement) => {
      asked.push(statement);
      return [];
    },
  };
  await listRecords(database, model, parseListQuery(model, related, params));
  const [first] = asked;
  if (!first) throw new Error('nothing was asked');
  return first;
}

test('the text that is kept for lists of one shape is the one that each would have by itself', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, async (pair) => {
      const kept = classOf(MOVIE);
      for (const params of pair) {
        const statement = await statementOf(kept, params);
        expect(statement).toEqual(await statementOf(classOf(MOVIE), params));
        const placeholders = new Set(statement.text.match(/\$\d+/g));
        expect(placeholders.size).toBe(statement.params.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('lists that differ in values alone have one text', async () => {
  const model = classOf(MOVIE);
  const [one, other] = await Promise.all(
    ['filter[year][_gt]=1&limit=3', 'filter[year][_gt]=2&limit=4'].map((query) =>
      statementOf(model, new URLSearchParams(query)),
    ),
  );
  expect(other?.text).toBe(one?.text);
  expect([one?.params, other?.params]).toEqual([
    ['1', '4'],
    ['2', '5'],
  ]);
  expect(model.texts.size).toBe(1);
});
