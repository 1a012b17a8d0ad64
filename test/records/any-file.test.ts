import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  await stack.request('POST', '/v1/main/changes', {
    models: [
      {
        name: 'thing',
        key: 'text',
        fields: [
          { name: 'a', type: 'text', unique: true },
          { name: 'n', type: 'integer' },
          { name: 'at', type: 'timestamp' },
          { name: 'extra', type: 'json' },
          { name: 'kinds', type: 'choices', options: ['x', 'y'] },
          { name: 'spot', type: 'point' },
          { name: 'others', type: 'references', to: 'thing' },
        ],
      },
    ],
  });
  await stack.deliverAll();
});
afterAll(() => stack.stop());

const NAMES = [
  'id',
  'a',
  'n',
  'at',
  'extra',
  'kinds',
  'spot',
  'others',
  'created_at',
  '__proto__',
  'constructor',
];
const value = fc.oneof(
  fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }),
  fc.constantFrom(
    'x',
    '1',
    'x,y',
    '["x"]',
    '{"type":"Point","coordinates":[1,2]}',
    '2020-01-01',
    '1e400',
    '\0',
    '\ud800',
  ),
);
const row = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 5 })), value, {
  maxKeys: 5,
});
const ndjson = fc
  .array(row, { maxLength: 5 })
  .map((rows) => rows.map((one) => JSON.stringify(one)).join('\n'));
const cell = fc.oneof(
  value.map(
    (one) => `"${String(typeof one === 'string' ? one : JSON.stringify(one)).replaceAll('"', '""')}"`,
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', '"', '\r', '""', 'a"b'),
);
const csv = fc
  .tuple(
    fc.subarray(NAMES, { minLength: 1 }),
    fc.constantFrom(',', ';', '\t', '|'),
    fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 6 }),
  )
  .map(([names, delimiter, rows]) => [names, ...rows].map((cells) => cells.join(delimiter)).join('\n'));
const file = fc.oneof(
  csv.map((text) => ['text/csv', text] as const),
  ndjson.map((text) => ['application/x-ndjson', text] as const),
  ndjson.map((text) => ['application/json', `[${text.replaceAll('\n', ',')}]`] as const),
  fc.tuple(
    fc.constantFrom('text/csv', 'application/x-ndjson', 'application/json'),
    fc.string({ unit: 'binary' }),
  ),
);
const paths = fc.constantFrom(
  '/v1/main/infer',
  '/v1/main/records/thing/import?onError=skip',
  '/v1/main/records/thing/import?mode=upsert&onError=skip',
  '/v1/main/records/thing/import?mode=upsert&on=a&dryRun',
);

test('no file is answered by a fault of the server, or by anything but what it did', async () => {
  await fc.assert(
    fc.asyncProperty(paths, file, async (path, [type, text]) => {
      const { status, body } = await stack.request('POST', path, text, { 'Content-Type': type });
      expect([200, 400, 415, 422], JSON.stringify(body)).toContain(status);
      if (status === 200 && path.includes('import')) {
        expect(body.skipped === 0).toBe(body.errorCount === 0);
        expect(body.errors.length).toBe(body.errorCount);
      }
    }),
    { numRuns: 400 },
  );
  expect((await stack.get('/v1/main/records/thing/export?format=csv')).status).toBe(200);
});
