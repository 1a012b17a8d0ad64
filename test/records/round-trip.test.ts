import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

const UUID = '0190b0e4-7c1a-7cc0-8f3e-6a1d2c3b4e5f';
const RTL = '\u202eשלום עולם\u202c مرحبا';
const MIXED = '👩‍👩‍👧‍👦 e\u0301 \u{10FFFF} \u0001\t\r\n\u2028 "\'\\/%_$1 $ {x} {a,b}';
const OPTIONS = ['G', 'PG-13', 'it\'s "so", {x}\\', 'ä🎬', RTL];

/** A field, what is sent to it, and what is answered where that is not the same. */
const VALUES: readonly (readonly [field: string, sent: unknown, answered?: unknown])[] = [
  ['txt', ''],
  ['txt', ' '],
  ['txt', RTL],
  ['txt', MIXED],
  ['txt', 'null'],
  ['txt', 'x'.repeat(500_000)],
  ['int', 2147483647],
  ['int', -2147483648],
  ['int', -0, 0],
  ['big', '9223372036854775807'],
  ['big', '-9223372036854775808'],
  ['big', '9007199254740993'],
  ['big', 9007199254740991, '9007199254740991'],
  ['big', '-0007', '-7'],
  ['dec', '123456789012345678901234567890.123456789012345678901234567890'],
  ['dec', `-${'9'.repeat(300)}.${'1'.repeat(300)}`],
  ['dec', '0.00000000000000000000000000001'],
  ['dec', '1.500'],
  ['dec', 12.5, '12.5'],
  ['price', '999999999999999999999999999999.9999999999'],
  ['price', '-0.0000000001'],
  ['price', '7', '7.0000000000'],
  ['flt', 1.7976931348623157e308],
  ['flt', 5e-324],
  ['flt', 0.1],
  ['flt', -0, 0],
  ['flt', 123456789.12345679],
  ['bool', true],
  ['bool', false],
  ['day', '0001-01-01'],
  ['day', '9999-12-31'],
  ['day', '2024-02-29'],
  ['tim', '23:59:59.999999'],
  ['tim', '00:00', '00:00:00'],
  ['tim', '12:30:00.5', '12:30:00.5'],
  ['dur', 'P1Y2M3DT4H5M6.789S'],
  ['dur', 'P-1Y-2M3DT-4H-5M-6.5S'],
  ['dur', 'P178956970Y7M2147483647DT2562047788H54.775806S'],
  ['dur', 'P-178956970Y-7M-2147483647DT-2562047788H-54.775806S'],
  ['dur', 'P2WT90M', 'P14DT1H30M'],
  ['dur', '-PT0.000001S', 'PT-0.000001S'],
  ['dur', 'P0Y', 'PT0S'],
  ['uid', UUID],
  ['uid', UUID.toUpperCase(), UUID],
  ['uid', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ['jsn', ''],
  ['jsn', false],
  ['jsn', 0],
  ['jsn', []],
  ['jsn', {}],
  ['jsn', [null, [null, {}], { a: null }]],
  ['jsn', { '': 1, constructor: 2, 'ä 🎬': [RTL, MIXED] }],
  ...OPTIONS.map((option) => ['pick', option] as const),
  ['picks', []],
  ['picks', [...OPTIONS].reverse()],
  ['spot', { type: 'Point', coordinates: [-180, 90] }],
  ['spot', { type: 'Point', coordinates: [0.1, -0.30000000000000004] }],
  ['spot', { type: 'Point', coordinates: [5e-324, 1.7e-300] }],
  ['mail', 'ada+byron@example.org'],
  ['mail', 'ä@exämple.org'],
  ['link', 'https://example.org/a%20b/ü?q=1&r=🎬#x'],
  ['to_uuid', UUID],
  ['to_big', '9007199254740993'],
  ['to_text', MIXED.trim()],
];

/** Timestamps, and the moments that they are. */
const MOMENTS: readonly (readonly [sent: string, moment: string])[] = [
  ['2026-11-20T18:30:00.123456Z', '2026-11-20T18:30:00.123456'],
  ['2026-11-20T18:30:00.123456+05:45', '2026-11-20T12:45:00.123456'],
  ['2026-11-20t00:15:00-15:59', '2026-11-20T16:14:00.000000'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000'],
  ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999'],
  ['1582-10-10T12:00:00.1Z', '1582-10-10T12:00:00.100000'],
  ['2024-03-10T02:30:00-05:00', '2024-03-10T07:30:00.000000'],
];

/** Made before anything waits: while it is, the server closes connections that this process would use again. */
const BATCH = batch();

function batch() {
  const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 });
  const storable = (value: unknown) =>
    !JSON.stringify(value).includes('\\u0000') && JSON.stringify(value).isWellFormed();
  const day = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  const record = fc.record({
    txt: orNull(fc.string({ unit: 'binary' }).filter(storable)),
    int: orNull(fc.integer()),
    big: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
    dec: orNull(fc.tuple(fc.bigInt(), fc.stringMatching(/^[0-9]{1,40}$/)).map((parts) => parts.join('.'))),
    flt: orNull(fc.double({ noNaN: true, noDefaultInfinity: true })),
    bool: orNull(fc.boolean()),
    day: orNull(day.map((date) => date.toISOString().slice(-24, -14))),
    uid: orNull(fc.uuid()),
    jsn: orNull(fc.jsonValue().filter((value) => value !== null && storable(value))),
    pick: orNull(fc.constantFrom(...OPTIONS)),
    spot: orNull(
      fc
        .tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true }))
        .map((coordinates) => ({ type: 'Point', coordinates })),
    ),
    picks: orNull(fc.shuffledSubarray(OPTIONS)),
  });
  return fc.sample(record, { numRuns: 200, seed: 12 }).map((r) => ({ ...r, id: crypto.randomUUID() }));
}

describe('a value', () => {
  let system: System;
  const at = (id = '') => `/v1/main/records/all${id === '' ? '' : `/${id}`}`;
  const send = async (method: string, path: string, body: unknown) => {
    const answer = await system.edge.request(method, path, body);
    expect(answer.body.errors ?? answer.status).toBe(answer.status);
    return answer.body;
  };

  beforeAll(async () => {
    system = await startSystem();
    for (const key of ['uuid', 'bigint', 'text'])
      await putModel(system.edge, `by_${key}`, { key, fields: [] });
    await send('PUT', `/v1/main/records/by_uuid/${UUID}`, {});
    await system.sql('insert into main_data.by_bigint (id) values (9007199254740993)');
    await send('POST', '/v1/main/records/by_text', { id: MIXED.trim() });
    const put = await putModel(system.edge, 'all', {
      fields: [
        { name: 'txt', type: 'text' },
        { name: 'int', type: 'integer' },
        { name: 'big', type: 'bigint' },
        { name: 'dec', type: 'decimal' },
        { name: 'price', type: 'decimal', precision: 40, scale: 10 },
        { name: 'flt', type: 'float' },
        { name: 'bool', type: 'boolean' },
        { name: 'day', type: 'date' },
        { name: 'tim', type: 'time' },
        { name: 'mom', type: 'timestamp' },
        { name: 'dur', type: 'interval' },
        { name: 'uid', type: 'uuid' },
        { name: 'jsn', type: 'json' },
        { name: 'pick', type: 'choice', options: OPTIONS },
        { name: 'picks', type: 'choices', options: OPTIONS },
        { name: 'spot', type: 'point' },
        { name: 'mail', type: 'email' },
        { name: 'link', type: 'url' },
        { name: 'to_uuid', type: 'reference', to: 'by_uuid' },
        { name: 'to_big', type: 'reference', to: 'by_bigint' },
        { name: 'to_text', type: 'reference', to: 'by_text' },
      ],
    });
    expect(put.status).toBe(201);
  });
  afterAll(() => system.stop());

  /** Writes a value in every way that there is, and answers what each of them, and each way to read, gives. */
  async function everyWay(field: string, value: unknown): Promise<readonly unknown[]> {
    const one = await send('POST', at(), { [field]: value });
    const many = await send('POST', at(), [{}, { [field]: value }]);
    const patched = await send('PATCH', at(many.data[0].id), { [field]: value });
    const replaced = await send('PUT', at(crypto.randomUUID()), { [field]: value });
    const read = await system.edge.get(at(one.id));
    const listed = await system.edge.get(`${at()}?select=id,${field}&filter[id][_eq]=${replaced.id}`);
    const put = await send('PUT', at(one.id), read.body);
    return [one, many.data[1], patched, replaced, read.body, listed.body.data[0], put].map(
      (record) => record[field],
    );
  }

  test.each(VALUES.map(([field, sent, answered = sent], n) => ({ n, field, sent, answered })))(
    'of $field is answered as it was sent ($n)',
    async ({ field, sent, answered }) => {
      for (const got of await everyWay(field, sent)) expect(got).toEqual(answered);
    },
  );

  test.each(MOMENTS)(
    'of a timestamp, %s, is answered as the same moment, to the microsecond',
    async (sent, moment) => {
      const answered = await everyWay('mom', sent);
      expect(new Set(answered).size).toBe(1);
      const [row] = await system.sql(
        "select to_char($1::timestamptz at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') as moment",
        [answered[0]],
      );
      expect(row).toEqual({ moment });
      expect(answered[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/);
    },
  );

  test('of json keeps every digit of its numbers', async () => {
    const text =
      '{"a": [12345678901234567890, 0.12345678901234567890123], "b": 100000000000000000000000000000}';
    const { id } = await send('POST', at(), `{"jsn":${text}}`);
    expect(await system.sql('select jsn::text from main_data.all where id = $1', [id])).toEqual([
      { jsn: text },
    ]);
    const parse = vi.spyOn(JSON, 'parse');
    await system.edge.get(`${at(id)}`);
    const answered = String(parse.mock.calls.at(-1)?.[0]);
    parse.mockRestore();
    expect(answered.replaceAll(' ', '')).toContain(`"jsn":${text.replaceAll(' ', '')}`);
  });

  test('of json that is null is the same as none', async () => {
    const absent = await send('POST', at(), {});
    const given = await send('POST', at(), { jsn: null });
    expect([absent.jsn, given.jsn]).toEqual([null, null]);
    const rows = await system.sql('select jsn is null as is_null from main_data.all where id = any ($1)', [
      [absent.id, given.id],
    ]);
    expect(rows).toEqual([{ is_null: true }, { is_null: true }]);
  });

  test('that is absent stays in a PATCH, and goes in a PUT; null takes it away in both', async () => {
    const { id } = await send('POST', at(), { txt: 'a', int: 1, jsn: [1] });
    expect(await send('PATCH', at(id), { int: null })).toMatchObject({ txt: 'a', int: null, jsn: [1] });
    expect(await send('PUT', at(id), { txt: null, int: 2 })).toMatchObject({ txt: null, int: 2, jsn: null });
  });

  test('of any type comes back out of a batch of records', async () => {
    await send('POST', at(), BATCH);
    const { data } = await send(
      'GET',
      `${at()}?limit=1000&filter=${encodeURIComponent('{"id":{"_null":false}}')}`,
      undefined,
    );
    const found = new Map(data.map((r: { id: string }) => [r.id, r]));
    for (const sent of BATCH) expect(found.get(sent.id)).toMatchObject(JSON.parse(JSON.stringify(sent)));
  });
});
