import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Definition } from '../../src/definition/definition.ts';
import { type ModelClass, makeModelClass } from '../../src/model/model-class.ts';
import type { Related } from '../../src/model/related.ts';
import type { Database, Statement } from '../../src/ports.ts';
import { parseAggregateQuery } from '../../src/records/aggregate-query.ts';
import { aggregateRecords } from '../../src/records/aggregate-records.ts';
import { parseExportQuery } from '../../src/records/export-query.ts';
import { declareLines } from '../../src/records/export-sql.ts';
import { parseListQuery } from '../../src/records/list-query.ts';
import { listRecords } from '../../src/records/list-records.ts';
import { deleteRecords, parseManyQuery, updateRecords } from '../../src/records/many-records.ts';
import { updateStatement } from '../../src/records/many-sql.ts';

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

/** Two of what a request asks for, that differ in values alone. */
type Pair = readonly [string, string];

const conditions: fc.Arbitrary<Pair> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...CONDITIONS), fc.constantFrom('_or', '_and', '_not', '')), {
    maxLength: 4,
    selector: ([[name], within]) => `${within} ${name}`,
  })
  .map((some) => {
    const text = (which: 0 | 1) =>
      some.map(([[name, ...values], within], n) => {
        const place = within === '' ? '' : within === '_not' ? '[_not]' : `[${within}][${n}]`;
        return `filter${place}[${name}]=${encodeURIComponent(values[which])}`;
      });
    return [text(0).join('&'), text(1).join('&')];
  });
const oneOf = (...pairs: readonly (Pair | string)[]): fc.Arbitrary<Pair> =>
  fc.constantFrom(...pairs.map((pair): Pair => (typeof pair === 'string' ? [pair, pair] : pair)));

const SORT = oneOf('', 'sort=year', 'sort=-year:nullsLast,title', 'sort=director.name', 'sort=meta.a');
const SHOWN = oneOf('', 'select=title', 'select=title,director.name', 'expand=writers.boss');
const SEARCH = oneOf('', ['search=words', 'search=others'], ['nearest[at]=1,2', 'nearest[at]=3,4']);

type Ask = (database: Database, model: ModelClass, params: URLSearchParams) => Promise<unknown>;

/** What requests ask for, each with the parts of its query. */
const ASKS: readonly (readonly [string, readonly fc.Arbitrary<Pair>[], Ask])[] = [
  [
    'lists',
    [SORT, SHOWN, SEARCH, oneOf('', 'count=exact', 'count=estimated'), oneOf(['limit=3', 'limit=50'])],
    (database, model, params) => listRecords(database, model, parseListQuery(model, related, params)),
  ],
  [
    'exports',
    [SORT, SHOWN, SEARCH, oneOf('', ['limit=3', 'limit=50'])],
    (database, model, params) =>
      database.query(declareLines(parseExportQuery(model, related, params, 'ndjson'))),
  ],
  [
    'aggregates',
    [
      oneOf('', 'group=year', 'group=director.name', 'group=title,year&sort=-year'),
      oneOf('count&sum=year', 'avg=year&max=title', 'count&countDistinct=director'),
      oneOf(['limit=3', 'limit=50'], ['limit=3&cursor=g5', 'limit=3&cursor=g7']),
    ],
    (database, model, params) =>
      aggregateRecords(database, model, parseAggregateQuery(model, related, params)),
  ],
  [
    'groups with conditions',
    [oneOf(['group=year&count&having[count][_gt]=3', 'group=year&count&having[count][_gt]=4'])],
    (database, model, params) =>
      aggregateRecords(database, model, parseAggregateQuery(model, related, params)),
  ],
  [
    'writes of many',
    [oneOf(['filter[id][_null]=false&maxAffected=3', 'filter[id][_null]=false&maxAffected=4'])],
    (database, model, params) => {
      const query = parseManyQuery(model, { ...related, taken: [person] }, params);
      return updateRecords(database, model, query, { year: 1990, title: 'a', writers: [] });
    },
  ],
  [
    'deletes of many',
    [oneOf(['filter[id][_null]=false&maxAffected=3', 'filter[id][_null]=false&maxAffected=4'])],
    (database, model, params) => deleteRecords(database, model, parseManyQuery(model, related, params)),
  ],
];

async function statementsOf(ask: Ask, model: ModelClass, query: string): Promise<readonly Statement[]> {
  const asked: Statement[] = [];
  const database = {
    query: async (statement: Statement) => {
      asked.push(statement);
      return [];
    },
  };
  await ask(database, model, new URLSearchParams(query));
  return asked;
}

const join = (some: readonly Pair[], which: 0 | 1) =>
  some
    .map((pair) => pair[which])
    .filter((text) => text !== '')
    .join('&');

describe.each(ASKS)('the text that is kept for %s', (_, parts, ask) => {
  test('is the one that each of its shape would have by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(conditions, ...parts), async (some) => {
        const kept = classOf(MOVIE);
        for (const which of [0, 1] as const) {
          const statements = await statementsOf(ask, kept, join(some, which));
          expect(statements).toEqual(await statementsOf(ask, classOf(MOVIE), join(some, which)));
          for (const { text, params } of statements) {
            expect(new Set(text.match(/\$\d+/g)).size).toBe(params.length);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is one where they differ in values alone', async () => {
    const values: Pair = [
      'filter[year][_gt]=1&filter[director.name][_eq]=x',
      'filter[year][_gt]=2&filter[director.name][_eq]=y',
    ];
    await fc.assert(
      fc.asyncProperty(fc.tuple(...parts), async (some) => {
        const model = classOf(MOVIE);
        const [one, other] = [
          await statementsOf(ask, model, join([values, ...some], 0)),
          await statementsOf(ask, model, join([values, ...some], 1)),
        ];
        expect(other.map(({ text }) => text)).toEqual(one.map(({ text }) => text));
        expect(other.map(({ params }) => params)).not.toEqual(one.map(({ params }) => params));
        expect(model.texts.size).toBe(one.length);
      }),
      { numRuns: 20 },
    );
  });
});

test.each([
  ['group=year&count&having[count][_gt]=3', 'group=year&count&having[count][_lt]=3'],
  ['group=year&count', 'group=title&count'],
  ['group=year&count&sort=-count', 'group=year&count&sort=count'],
])('groups by %s and by %s have texts of their own', async (...queries) => {
  const kept = classOf(MOVIE);
  const [, , ask] = ASKS.find(([name]) => name === 'aggregates') ?? [];
  if (!ask) throw new Error('no aggregates are asked for');
  for (const query of queries) {
    expect(await statementsOf(ask, kept, query)).toEqual(await statementsOf(ask, classOf(MOVIE), query));
  }
});

test('writes of other fields have texts of their own', async () => {
  const kept = classOf(MOVIE);
  const query = parseManyQuery(kept, related, new URLSearchParams('filter[year][_gt]=1'));
  for (const values of [{ year: '1' }, { title: 'a' }, { title: 'a', year: '1' }]) {
    const statement = updateStatement(kept, query, values);
    expect(statement).toEqual(updateStatement(classOf(MOVIE), query, values));
  }
});
