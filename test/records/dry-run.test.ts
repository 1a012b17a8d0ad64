import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
let first: { readonly id: string };
const path = (more = '') => `/v1/main/records/movie${more}`;

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  const fields = [
    { name: 'title', type: 'text', unique: true },
    { name: 'year', type: 'integer', min: 1888 },
    { name: 'seen', type: 'timestamp' },
  ];
  await stack.request('POST', '/v1/main/changes', { models: [{ name: 'movie', fields }] });
  await stack.deliverAll();
  first = (await stack.request('POST', path(), { title: 'a', year: 1990, seen: '2024-01-01T00:00:00Z' }))
    .body;
});
afterAll(() => stack.stop());

const everything = () => stack.parts.sql('select * from main_data.movie order by id');

describe('a dry run', () => {
  test.each<[string, string, unknown, number]>([
    ['POST', '?dryRun', { title: 'b', seen: '2024-06-01T00:00:00Z' }, 201],
    ['POST', '?dryRun=true', [{ title: 'b' }, { title: 'c' }], 201],
    ['POST', '?onConflict=title&dryRun', { title: 'a', year: 2000 }, 201],
    ['PATCH', '/ID?dryRun', { year: 2001 }, 200],
    ['PUT', '/ID?dryRun', { title: 'z' }, 200],
    ['DELETE', '/ID?dryRun', undefined, 204],
    ['PATCH', '?filter[title][_eq]=a&dryRun', { year: 2002 }, 200],
    ['DELETE', '?filter[title][_eq]=a&dryRun', undefined, 200],
  ])('of %s %s answers as the write would, and writes nothing', async (method, more, body, status) => {
    const before = await everything();
    const answer = await stack.request(method, path(more.replace('ID', first.id)), body);
    expect({ status: answer.status, body: answer.body?.detail }).toEqual({ status, body: undefined });
    expect(answer.headers.get('dry-run')).toBe('true');
    expect(await everything()).toEqual(before);
  });

  test('shows what would be written', async () => {
    const one = await stack.request('POST', path('?dryRun'), {
      title: 'b',
      seen: '2024-06-01T02:00:00+02:00',
    });
    expect(one.body).toMatchObject({ title: 'b', seen: '2024-06-01T00:00:00+00:00', id: expect.any(String) });
    const many = await stack.request('PATCH', path('?filter[year][_eq]=1990&dryRun'), { year: 2002 });
    expect(many.body).toMatchObject({ affected: 1, data: [{ id: first.id, year: 2002 }] });
  });

  test('is refused as the write would be', async () => {
    const taken = await stack.request('POST', path('?dryRun'), { title: 'a' });
    expect(taken).toMatchObject({
      status: 409,
      body: { code: 'unique_violation', errors: [{ path: '/title' }] },
    });
    const old = await stack.request('PATCH', path(`/${first.id}?dryRun`), { year: 1 });
    expect(old).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    const stale = await stack.request('DELETE', path(`/${first.id}?dryRun`), undefined, {
      'If-Match': '"x"',
    });
    expect(stale.status).toBe(412);
  });

  test('keeps no answer for an Idempotency-Key', async () => {
    const key = { 'Idempotency-Key': 'dry' };
    await stack.request('POST', path('?dryRun'), { title: 'dry' }, key);
    const real = await stack.request('POST', path(), { title: 'wet' }, key);
    expect(real.body).toMatchObject({ title: 'wet' });
    await stack.request('DELETE', path(`/${real.body.id}`));
  });

  test.each(['?dryRun=maybe', '?dryrun'])('is not asked for by %s', async (more) => {
    for (const [method, at] of [
      ['POST', ''],
      ['PATCH', `/${first.id}`],
      ['DELETE', `/${first.id}`],
    ] as const) {
      const answer = await stack.request(
        method,
        path(`${at}${more}`),
        method === 'DELETE' ? undefined : { year: 1999 },
      );
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_query' } });
    }
  });
});
