import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../stack/changes.ts';
import { InProcess } from '../stack/in-process.ts';
import { expectPlaces, makePlaces } from './places.ts';

let stack: InProcess;
const FIELDS = [
  { name: 'name', type: 'text' },
  { name: 'at', type: 'point' },
];

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  await change({ models: [{ name: 'town', fields: FIELDS }] });
  await makePlaces(stack);
});
afterAll(() => stack.stop());

async function change(body: object) {
  expect((await stack.request('POST', '/v1/main/changes', body)).status).toBe(202);
  await stack.deliverAll();
}

describe('places', () => {
  test('are found by distance and within boxes, and come nearest first', () => expectPlaces(stack));

  test('are so by an index', async () => {
    await change(operations({ op: 'addIndex', model: 'town', fields: ['at'] }));
    await expectPlaces(stack);
    await stack.parts.sql(
      `insert into main_data.town (id, name, at, updated_at)
      select remodel.uuid_v7(), 'many', point(n % 300 - 150, n % 100 - 50), now() from generate_series(1, 20000) as n`,
    );
    await stack.parts.sql('analyze main_data.town');
    const { body } = await stack.get('/v1/main/records/town?filter[at][_near]=13.405,52.52,30000&sort=name');
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['berlin', 'potsdam']);
  });

  test.each([
    ['filter[at][_near]=13.4,52.5', 'a distance in metres'],
    ['filter[at][_near]=52.5,113.4,1', 'latitude'],
    ['filter[at][_near]=13.4,52.5,-1', 'distance'],
    ['filter[at][_near]=13.4,52.5,x', 'distance'],
    ['filter[at][_within]=1,2,3', 'west, south, east, north'],
    ['filter[at][_within]=1,9,3,4', 'south'],
    ['filter[at][_eq]=1', '_near, _within, _null'],
    ['nearest[at]=13.4', 'a longitude and a latitude'],
    ['nearest[name]=a', 'knows no distances'],
    ['nearest[where]=1,2', 'no field where'],
    ['nearest[at]=1,2&nearest[name]=1', 'one field'],
    ['nearest=1,2', 'known are'],
  ])('are not asked for by %s', async (query, reason) => {
    const { status, body } = await stack.get(`/v1/main/records/town?${query}`);
    expect({ status, detail: body.detail }).toEqual({ status: 400, detail: expect.stringContaining(reason) });
  });

  test('give a cursor that is of one place', async () => {
    const { body } = await stack.get('/v1/main/records/town?nearest[at]=13.4,52.5&limit=1');
    const other = await stack.get(`/v1/main/records/town?nearest[at]=2,48&limit=1&cursor=${body.page.next}`);
    expect(other).toMatchObject({ status: 400, body: { errors: [{ code: 'invalid_cursor' }] } });
  });

  test('are counted as Postgres expects them', async () => {
    const { body } = await stack.get('/v1/main/records/town?nearest[at]=13.4,52.5&limit=1&count=estimated');
    expect(body.page.total).toBeGreaterThan(1000);
  });
});
