import { describe, test } from 'vitest';
import { expectProblem } from './problem.ts';
import { unharmedThings } from './things.ts';

const NOBODY = '00000000-0000-7000-8000-000000000000';
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const system = unharmedThings();

describe('a list that cannot be', () => {
  test.each(
    [
      ['filter[nope][_eq]=1', 'filter[nope][_eq]'],
      ['filter[owner.nope][_eq]=1', 'filter[owner.nope][_eq]'],
      ['filter[_or][0][owner][nope][_eq]=1', 'filter[_or][0][owner][nope][_eq]'],
      ['filter[size][eq]=1', 'filter[size][eq]'],
      ['filter={"owner.nope":{"_eq":1}}', 'filter[owner.nope]'],
      ['filter[size]=1', 'filter[size]'],
      ['filter[size][_eq]=x', 'filter[size][_eq]'],
      ['filter[size][_eq]=99999999999', 'filter[size][_eq]'],
      ['filter[size][_like]=1', 'filter[size][_like]'],
      ['filter[done][_lt]=true', 'filter[done][_lt]'],
      ['filter[size][_between]=1', 'filter[size][_between]'],
      ['filter[size][_null]=maybe', 'filter[size][_null]'],
      ['filter[title][_eq]=a%00b', 'filter[title][_eq]'],
      ['filter[title][_contains]=%00', 'filter[title][_contains]'],
      ['filter[title][_eq]=%ff', ''],
      ['filter[ratio][_gt]=1e999999', 'filter[ratio][_gt]'],
      ['filter[size][_eq]=1&filter[size][_eq]=2', 'filter[size][_eq]'],
      ['filter[]=1', 'filter[]'],
      ['filter={', 'filter'],
      ['filter=[]', 'filter'],
      [`filter=${'{"_not":'.repeat(11)}{}${'}'.repeat(11)}`, `filter${'[_not]'.repeat(11)}`],
      [`filter=${'['.repeat(32_000)}`, 'filter'],
      ['sort=nope', 'sort'],
      ['sort=extra', 'sort'],
      ['sort=title desc', 'sort'],
      ['select=nope', 'select'],
      ['select=', 'select'],
      ['select=%00', 'select'],
      ['expand=%00', 'expand'],
      ['sort=%00.title', 'sort'],
      ['limit=0', 'limit'],
      ['limit=1001', 'limit'],
      ['limit=ten', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['sort=size&sort=title', 'sort'],
      ['count=all', 'count'],
      ['cursor=x', 'cursor'],
      [`cursor=${base64(['id', null])}`, 'cursor'],
      [`sort=size&cursor=${base64(['size,id', '1', NOBODY])}`, 'cursor'],
      ['page=2', 'page'],
    ].map(([query = '', path = '']) => ({ start: query.slice(0, 60), query, path })),
  )('by ?$start is refused', async ({ query, path }) => {
    expectProblem(
      await system().edge.get(`/v1/main/records/thing?${query}`),
      400,
      'invalid_query',
      path === '' ? undefined : path,
    );
  });
});
