import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operations } from '../../stack/changes.ts';
import { InProcess } from '../../stack/in-process.ts';

let system: InProcess;
beforeAll(async () => {
  system = await InProcess.start({ GRACE_SECONDS: '0' });
  const script = await readFile(new URL('chinook.sql', import.meta.url), 'utf8');
  await system.parts.sql(`begin; ${script}; commit`);
});
afterAll(() => system.stop());

const records = (path: string) => `/v1/main/records/${path}`;
const get = async (path: string) => (await system.get(records(path))).body;

/** Makes a change, and runs all of it. */
async function change(path: string, body: object) {
  const sent = await system.request('POST', `/v1/main/${path}`, body);
  expect(sent.status).toBe(202);
  await system.deliverAll();
  return (await system.get(`/v1/main/changes/${sent.body.id}`)).body;
}

test('Chinook is adopted as it stands, all but the table that has no key of its own, and used', async () => {
  const shown = await system.request('POST', '/v1/main/adopt?plan', { schema: 'chinook' });
  expect(shown.body.models.map(({ name }: { name: string }) => name)).toEqual([
    'album',
    'artist',
    'customer',
    'employee',
    'genre',
    'invoice',
    'invoice_line',
    'media_type',
    'playlist',
    'track',
  ]);
  expect(shown.body.unmapped).toContainEqual({
    table: 'chinook.PlaylistTrack',
    part: 'table',
    name: 'PlaylistTrack',
    reason: expect.stringContaining('it joins chinook.Playlist and chinook.Track, and a list of references'),
  });
  expect((await change('adopt', { schema: 'chinook' })).status).toBe('done');

  expect(await get('track/1?select=name,unit_price,album_id.title,album_id.artist_id.name')).toMatchObject({
    name: 'For Those About To Rock (We Salute You)',
    unit_price: '0.99',
    album_id: { title: 'For Those About To Rock We Salute You', artist_id: { name: 'AC/DC' } },
  });
  const ofBrazil = await get('invoice_line?filter[invoice_id.customer_id.country][_eq]=Brazil&sort=id');
  expect(ofBrazil.data.map(({ id }: { id: string }) => id)).toEqual(['529', '530']);
  expect((await get('employee?filter[reports_to.last_name][_eq]=Adams')).data).toMatchObject([
    { first_name: 'Nancy' },
  ]);
  expect((await get('invoice_line/aggregate?sum=unit_price')).data[0]).toMatchObject({
    sum: { unit_price: '3.98' },
  });

  const renamed = await change(
    'changes',
    operations(
      { op: 'renameField', model: 'track', from: 'unit_price', to: 'price' },
      { op: 'addField', model: 'track', field: { name: 'explicit', type: 'boolean', default: false } },
    ),
  );
  expect(renamed.error).toBeUndefined();
  expect(await get('track/2')).toMatchObject({ price: '0.99', explicit: false });
  const made = await system.request('PATCH', records('track/2'), { price: '1.29', explicit: true });
  expect(made.status).toBe(200);
  expect(
    await system.parts.sql('select "UnitPrice"::text as price from chinook."Track" where "TrackId" = 2'),
  ).toEqual([{ price: '1.29' }]);
  // The table that joins two others stays what it is; a list takes its links.
  const tracks = { name: 'tracks', type: 'references', to: 'track' };
  const listed = await change('changes', operations({ op: 'addField', model: 'playlist', field: tracks }));
  expect(listed.status).toBe('done');
  const { data: tables } = (await system.get('/v1/main/database/tables')).body;
  const { name } = tables.find(
    (table: { name: string; model: string }) => table.model === 'playlist' && table.name.startsWith('_'),
  );
  await system.parts.sql(`
    insert into chinook."${name}" (source, target, position)
    select "PlaylistId", "TrackId", row_number() over (partition by "PlaylistId" order by "TrackId")
    from chinook."PlaylistTrack"`);
  const joined = await system.parts.sql(
    'select array_agg("TrackId"::text order by "TrackId") as ids from chinook."PlaylistTrack" where "PlaylistId" = 1',
  );
  expect((await get('playlist/1')).tracks).toEqual(joined[0]?.['ids']);
  expect((await system.get('/v1/main/drift')).body.data).toEqual([]);
});
