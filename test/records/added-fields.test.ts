import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, confirmed, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

const place = (longitude: number, latitude: number) => ({
  type: 'Point',
  coordinates: [longitude, latitude],
});

/** Fields of a type, the value that existing records get, one that is written later, and one that does not fit. */
const FIELDS = [
  {
    field: { name: 'length', type: 'interval', default: 'PT90M', index: true, min: 'PT0S' },
    fallback: 'PT1H30M',
    backfill: 'P1DT-0.000001S',
    filled: 'P1DT-0.000001S',
    value: 'P1M',
    unfit: 'PT-1S',
    looser: { min: 'P-1D' },
  },
  {
    field: { name: 'tags', type: 'choices', options: ['a', 'b, "c"'], default: ['a'], index: true },
    fallback: ['a'],
    backfill: ['b, "c"', 'a'],
    filled: ['b, "c"', 'a'],
    value: [],
    unfit: ['d'],
    looser: { options: ['a', 'b, "c"', 'd'] },
  },
  {
    field: { name: 'spot', type: 'point', default: place(0, 0), index: true },
    fallback: place(0, 0),
    backfill: place(13.4, -52.5),
    filled: place(13.4, -52.5),
    value: place(-180, 90),
    unfit: place(181, 0),
    looser: null,
  },
] as const;

describe.each(FIELDS)('a field of type $field.type', ({ field, ...values }) => {
  let system: System;
  let old: string;
  const records = '/v1/main/records/thing';
  const read = async (id: string) => (await system.edge.get(`${records}/${id}`)).body[field.name];

  beforeAll(async () => {
    system = await startSystem();
    await putModel(system.edge, 'thing', { fields: [{ name: 'note', type: 'text' }] });
    old = (await system.edge.request('POST', records, { note: 'old' })).body.id;
  });
  afterAll(() => system.stop());

  test('is added to records that are there, which get what is said for them', async () => {
    const adds = operations({ op: 'addField', model: 'thing', field: { ...field, required: true } });
    const refused = await change(system.edge, {
      ...adds,
      backfill: { [`thing.${field.name}`]: values.unfit },
    });
    expect(refused.body).toMatchObject({ errors: [{ path: `/backfill/thing.${field.name}` }] });
    const added = await change(system.edge, {
      ...adds,
      backfill: { [`thing.${field.name}`]: values.backfill },
    });
    expect(added.body).toMatchObject({ status: 'published' });
    expect(await read(old)).toEqual(values.filled);
  });

  test('has its default where it is left out, and refuses null and what does not fit', async () => {
    const made = await system.edge.request('POST', records, {});
    expect(made.body[field.name]).toEqual(values.fallback);
    for (const value of [null, values.unfit]) {
      const refused = await system.edge.request('PATCH', `${records}/${old}`, { [field.name]: value });
      expect(refused.body).toMatchObject({ code: 'validation_failed', errors: [{ path: `/${field.name}` }] });
    }
    const patched = await system.edge.request('PATCH', `${records}/${old}`, { [field.name]: values.value });
    expect(patched.body[field.name]).toEqual(values.value);
  });

  test('is shown as it was sent, without what is physical', async () => {
    const { body } = await system.edge.get('/v1/main/models/thing');
    expect(body.fields[1]).toEqual({ id: expect.any(String), required: true, ...field });
    const schema = await system.edge.get('/v1/main/models/thing/schema.json');
    expect(schema.body.properties[field.name]).toHaveProperty('type');
  });

  test('takes wider limits while it is in use', async () => {
    if (values.looser) {
      const alter = { op: 'alterField', model: 'thing', field: field.name, set: values.looser };
      const altered = await change(system.edge, operations(alter));
      expect(['published', 'done']).toContain(altered.body.status);
      const written = await system.edge.request('PATCH', `${records}/${old}`, { [field.name]: values.unfit });
      expect(written.body[field.name]).toEqual(values.unfit);
    }
  });

  test('goes to the trash', async () => {
    const dropped = await confirmed(
      system.edge,
      operations({ op: 'dropField', model: 'thing', field: field.name }),
    );
    expect(['published', 'done']).toContain(dropped.body.status);
    expect(await read(old)).toBeUndefined();
  });
});
