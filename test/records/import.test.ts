import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';
import { expectProblem } from './problem.ts';

let stack: InProcess;

beforeAll(async () => {
  stack = await InProcess.start({ GRACE_SECONDS: '0' });
  const created = await stack.request('POST', '/v1/main/changes', {
    models: [
      { name: 'tag', key: 'text', fields: [{ name: 'label', type: 'text' }] },
      {
        name: 'book',
        fields: [
          { name: 'isbn', type: 'text', unique: true, maxLength: 20 },
          { name: 'title', type: 'text', required: true },
          { name: 'year', type: 'integer', min: 0 },
          { name: 'seen', type: 'boolean' },
          { name: 'at', type: 'timestamp' },
          { name: 'extra', type: 'json' },
          { name: 'tag', type: 'reference', to: 'tag' },
          { name: 'tags', type: 'references', to: 'tag' },
          { name: 'double', type: 'computed', expression: 'year * 2' },
        ],
      },
      { name: 'node', key: 'text', fields: [{ name: 'next', type: 'reference', to: 'node' }] },
      { name: 'count', key: 'bigint', fields: [{ name: 'n', type: 'integer', unique: true }] },
    ],
  });
  expect(created.status).toBe(202);
  await stack.deliverAll();
  for (const id of ['x', 'y']) await stack.request('POST', '/v1/main/records/tag', { id });
});
afterAll(() => stack.stop());
beforeEach(() => stack.parts.sql('truncate main_data.book cascade; truncate main_data.count cascade'));

const CSV = { 'Content-Type': 'text/csv' };
const NDJSON = { 'Content-Type': 'application/x-ndjson' };

const send = (query: string, body: string | Blob | undefined, headers: Record<string, string> = CSV) =>
  stack.request('POST', `/v1/main/records/book/import${query}`, body, headers);

async function books(select = 'isbn,title,year'): Promise<readonly Record<string, unknown>[]> {
  const { body } = await stack.get(`/v1/main/records/book?sort=title&limit=100&select=${select}`);
  return body.data;
}

describe('an import of CSV', () => {
  test('creates a record of each row, nothing being null and quotes around nothing the empty text', async () => {
    const { status, body } = await send(
      '',
      'title,isbn,year,seen,at,extra,tag,tags\r\n' +
        'One,1,1999,yes,2020-01-02 03:04,"{""a"":12345678901234567890}",x,"[""x"",""y""]"\r\n' +
        '"Two\r\n""2""","",,,,,,\r\n',
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      dryRun: false,
      inserted: 2,
      updated: 0,
      skipped: 0,
      ignored: [],
      errorCount: 0,
      errors: [],
    });
    expect(await books('title,isbn,year,seen,at,tag,tags')).toEqual([
      {
        title: 'One',
        isbn: '1',
        year: 1999,
        seen: true,
        at: '2020-01-02T03:04:00+00:00',
        tag: 'x',
        tags: ['x', 'y'],
      },
      { title: 'Two\r\n"2"', isbn: '', year: null, seen: null, at: null, tag: null, tags: [] },
    ]);
    const [row] = await stack.parts.sql('select extra::text from main_data.book where extra is not null');
    expect(row?.['extra']).toBe('{"a": 12345678901234567890}');
  });

  test.each([
    ['semicolons', 'isbn;title\n1;"a;b"\n'],
    ['tabs', 'isbn\ttitle\n1\ta;b\n'],
    ['bars', 'isbn|title\r1|a;b\r'],
    ['a byte order mark', '\uFEFFisbn,title\r\n1,a;b\r\n'],
    ['no line end behind the last line', 'isbn,title\n1,a;b'],
    ['quoted names and empty lines', '\n"isbn","title"\n\n1,a;b\n\n'],
    ['line ends that are mixed', 'isbn,title\r\n1,a;b\n'],
  ])('reads a file with %s', async (_, text) => {
    expect((await send('', text)).body).toMatchObject({ inserted: 1 });
    expect(await books()).toEqual([{ isbn: '1', title: 'a;b', year: null }]);
  });

  test('tells of every row that does not fit, by the line that it begins on, and writes none', async () => {
    const text =
      'title,isbn,year\n' + '"a\nb",1,x\n' + 'c,2\n' + ',3,-1\n' + 'd,1234567890123456789012,1\n' + 'e,5,5\n';
    const answer = await send('', text);
    expectProblem(answer, 422, 'validation_failed');
    expect(answer.body).toMatchObject({ skipped: 4, errorCount: 5 });
    const errors: readonly { line: number; path: string; code: string }[] = answer.body.errors;
    expect(errors.map(({ line, path, code }) => `${line} ${path} ${code}`)).toEqual([
      '2 /year invalid_value',
      '4  wrong_number_of_cells',
      '5 /title invalid_value',
      '5 /year invalid_value',
      '6 /isbn invalid_value',
    ]);
    expect(await books()).toEqual([]);
  });

  test('finds the rows that break a rule of the database among thousands, and skips them where it may', async () => {
    const rows = Array.from({ length: 5000 }, (_, n) => `t${n},${n},${n},x`);
    rows[1234] = 'twice,17,0,x';
    rows[4321] = 'nobody,4321,0,none';
    const text = `title,isbn,year,tag\n${rows.join('\n')}`;
    const found = [
      { line: 1236, path: '/isbn', code: 'unique_violation' },
      { line: 4323, path: '/tag', code: 'reference_violation' },
    ];
    const refused = await send('', text);
    expectProblem(refused, 422, 'validation_failed');
    expect(refused.body).toMatchObject({ skipped: 2, errors: found });
    expect(await books()).toEqual([]);
    const skipped = await send('?onError=skip', text);
    expect(skipped.status).toBe(200);
    expect(skipped.body).toMatchObject({ inserted: 4998, skipped: 2, errorCount: 2, errors: found });
    const [row] = await stack.parts.sql('select count(*)::integer as count from main_data.book');
    expect(row?.['count']).toBe(4998);
  });

  test('takes an empty line for null where there is but one column', async () => {
    const answer = await stack.request('POST', '/v1/main/records/count/import', '\nn\n1\n\n2\n', CSV);
    expect(answer.body).toMatchObject({ inserted: 3 });
  });

  test('tells of errors in the order of the file', async () => {
    const { body } = await send('?onError=skip', 'isbn,title\n1,One\n1,Other\n2,\n');
    expect(body.errors).toMatchObject([
      { line: 3, code: 'unique_violation' },
      { line: 4, path: '/title' },
    ]);
  });

  test('holds of its errors the first thousand, and counts them all', async () => {
    const text = `title,isbn\n${'\n'.repeat(3)}${'too,long,a line\n'.repeat(1500)}a,1\n`;
    const { body } = await send('?onError=skip', text);
    expect(body).toMatchObject({ inserted: 1, skipped: 1500, errorCount: 1500 });
    expect(body.errors).toHaveLength(1000);
    expect(body.errors[0].line).toBe(5);
  });

  test('leaves out what an export holds and nobody writes, and says so', async () => {
    const { body } = await send('', 'title,created_at,double\nOne,2020-01-01T00:00:00Z,7\n');
    expect(body).toMatchObject({ inserted: 1, ignored: ['created_at', 'double'] });
  });

  test('refuses what is no such file, in words and by its line', async () => {
    const bad = (text: string | Blob | undefined) => send('', text);
    expectProblem(await bad(undefined), 400, 'invalid_file');
    expectProblem(await bad(''), 400, 'invalid_file');
    expectProblem(await bad('title,nmae\nx,y\n'), 422, 'validation_failed', '/nmae', 1);
    expectProblem(await bad('title,title\nx,y\n'), 422, 'validation_failed', '/title', 1);
    expectProblem(await bad('title,\nx,y\n'), 422, 'validation_failed', '/', 1);
    expectProblem(await bad('title\n"one\ntwo\n'), 400, 'invalid_file', '', 2);
    expectProblem(await bad('title\none\n"two" x\n'), 400, 'invalid_file', '', 3);
    expectProblem(await bad('title\na 5" disk\n'), 400, 'invalid_file', '', 2);
    expectProblem(await bad(new Blob([new Uint8Array([0x74, 0xff, 0x0a])])), 400, 'invalid_file', '');
    expectProblem(await bad(`title\n${'x'.repeat(5_000_000)}\n`), 400, 'invalid_file', '', 2);
    expectProblem(
      await send('', 'title\nx\n', { 'Content-Type': 'application/pdf' }),
      415,
      'unsupported_media_type',
    );
    expectProblem(await send('?format=xlsx', 'title\nx\n'), 400, 'invalid_query', 'format');
    expectProblem(await send('?mode=replace', 'title\nx\n'), 400, 'invalid_query', 'mode');
    expectProblem(await send('?on=isbn', 'title\nx\n'), 400, 'invalid_query', 'on');
    expectProblem(await send('?mode=upsert&on=title', 'title\nx\n'), 400, 'invalid_query', 'on');
    expectProblem(await send('?onerror=skip', 'title\nx\n'), 400, 'invalid_query', 'onerror');
    expect(await books()).toEqual([]);
  });
});

describe('an import', () => {
  test('is done once under an Idempotency-Key, and answered again', async () => {
    const key = (name: string) => ({ ...CSV, 'Idempotency-Key': name });
    const file = 'title,isbn,year\nOne,1,7\nTwo,2,x\n';
    const first = await send('?onError=skip', file, key('once'));
    expect(first.body).toMatchObject({ inserted: 1, skipped: 1, errors: [{ line: 3, path: '/year' }] });
    const again = await send('?onError=skip', file, key('once'));
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(again.headers.get('Model-Hash')).toBe(first.headers.get('Model-Hash'));
    expectProblem(
      await send('?onError=skip', `${file}Three,3,3\n`, key('once')),
      422,
      'idempotency_key_reused',
    );
    expectProblem(await send('', file, key('once')), 422, 'idempotency_key_reused');
    const record = await stack.request('POST', '/v1/main/records/book', { title: 'x' }, key('once'));
    expect(record.status).toBe(415);
    expect(await books('isbn')).toHaveLength(1);
  });

  test('that was refused, or would only be done, may be sent again under the same Idempotency-Key', async () => {
    const headers = { ...CSV, 'Idempotency-Key': 'refused' };
    expectProblem(await send('', 'title,year\nOne,x\n', headers), 422, 'validation_failed');
    expect((await send('?dryRun', 'title\nOne\n', headers)).body).toMatchObject({ inserted: 1 });
    expect((await send('', 'title\nOne\n', headers)).body).toMatchObject({ inserted: 1, dryRun: false });
    const record = { ...NDJSON, 'Content-Type': 'application/json', 'Idempotency-Key': 'refused' };
    const other = await stack.request('POST', '/v1/main/records/book', { title: 'x' }, record);
    expectProblem(other, 422, 'idempotency_key_reused');
  });

  test('that comes several times at once under one Idempotency-Key is done once', async () => {
    const headers = { ...CSV, 'Idempotency-Key': 'at once' };
    const file = `title,isbn\n${Array.from({ length: 500 }, (_, n) => `t,${n}`).join('\n')}\n`;
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => send('', file, { ...headers, 'Idempotency-Key': 'at-once' })),
    );
    for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]?.body]);
    expect(answers[0]?.body.inserted).toBe(500);
    const late = await send('', 'title\nother\n', { ...CSV, 'Idempotency-Key': 'at-once' });
    expectProblem(late, 422, 'idempotency_key_reused');
    expect((await stack.get('/v1/main/records/book?count=exact')).body.page.total).toBe(500);
  });

  test('of NDJSON creates a record of each line', async () => {
    const lines = [
      '{"title":"One","isbn":"1","year":7,"tags":["y"],"extra":[1.10],"updated_at":"x"}',
      '',
      '{"title":"Two"}',
    ];
    const { body } = await send('', `\uFEFF${lines.join('\r\n')}`, NDJSON);
    expect(body).toMatchObject({ inserted: 2, ignored: ['updated_at'] });
    expect(await books('isbn,title,year,tags')).toEqual([
      { isbn: '1', title: 'One', year: 7, tags: ['y'] },
      { isbn: null, title: 'Two', year: null, tags: [] },
    ]);
    const bad = await send('', '{"title":"a"}\n\n{"titel":"b"}\n[]\n{"title":\n', NDJSON);
    expectProblem(bad, 422, 'validation_failed');
    const errors: readonly { line: number; path: string; code: string }[] = bad.body.errors;
    expect(errors.map(({ line, path, code }) => `${line} ${path} ${code}`)).toEqual([
      '3 /title required',
      '3 /titel unknown_field',
      '4  invalid_value',
      '5  invalid_json',
    ]);
    expectProblem(await send('', ' \n', NDJSON), 400, 'invalid_file');
  });

  test('with mode=upsert changes what is there, the given fields alone, and the later of two rows wins', async () => {
    await send('', 'isbn,title,year\n1,One,1\n2,Two,2\n');
    const { body } = await send('?mode=upsert&on=isbn', 'isbn,title\n1,Uno\n3,Three\n3,Tres\n,Four\n');
    expectProblem(
      { status: 422, body, headers: new Headers({ 'Content-Type': 'application/problem+json' }) },
      422,
      'validation_failed',
      '/isbn',
      5,
    );
    const done = await send('?mode=upsert&on=isbn', 'isbn,title\n1,Uno\n3,Three\n3,Tres\n');
    expect(done.body).toMatchObject({ inserted: 1, updated: 2 });
    expect(await books()).toEqual([
      { isbn: '3', title: 'Tres', year: null },
      { isbn: '2', title: 'Two', year: 2 },
      { isbn: '1', title: 'Uno', year: 1 },
    ]);
    const lines = '{"isbn":"1","title":"Eins","tags":["x"]}\n{"isbn":"2","title":"Zwei","year":22}\n';
    expect((await send('?mode=upsert&on=isbn', lines, NDJSON)).body).toMatchObject({ updated: 2 });
    expect(await books('isbn,title,year,tags')).toEqual([
      { isbn: '1', title: 'Eins', year: 1, tags: ['x'] },
      { isbn: '3', title: 'Tres', year: null, tags: [] },
      { isbn: '2', title: 'Zwei', year: 22, tags: [] },
    ]);
  });

  test('with dryRun says what it would do, and does nothing', async () => {
    const text = 'isbn,title,tag\n1,One,x\n2,Two,none\n1,Other,x\n';
    const { body, headers } = await send('?dryRun&onError=skip', text);
    expect(headers.get('Dry-Run')).toBe('true');
    expect(body).toMatchObject({ dryRun: true, inserted: 1, skipped: 2 });
    expectProblem(await send('?dryRun=true', text), 422, 'validation_failed');
    expect(await books()).toEqual([]);
  });

  test('of a model whose keys Postgres makes leaves them to it', async () => {
    const answer = await stack.request('POST', '/v1/main/records/count/import', 'id,n\n17,1\n,2\n', CSV);
    expect(answer.body).toMatchObject({ inserted: 2, ignored: ['id'] });
  });

  test('writes rows that refer to later ones once those are there', async () => {
    const rows = Array.from({ length: 2500 }, (_, n) => `n${n},`);
    rows[10] = 'n10,n2400';
    rows[20] = 'n20,n2499';
    rows[30] = 'n30,n2500';
    const path = '/v1/main/records/node/import';
    const refused = await stack.request('POST', path, `id,next\n${rows.join('\n')}`, CSV);
    expectProblem(refused, 422, 'validation_failed', '/next', 32);
    rows.push('n2500,n10');
    const { body } = await stack.request('POST', path, `id,next\n${rows.join('\n')}`, CSV);
    expect(body).toMatchObject({ inserted: 2501, errorCount: 0 });
    const { body: linked } = await stack.get('/v1/main/records/node?filter[next][_null]=false&sort=id');
    expect(linked.data).toMatchObject([
      { next: 'n2400' },
      { next: 'n2499' },
      { id: 'n2500', next: 'n10' },
      { next: 'n2500' },
    ]);
  });

  test('is refused for a model that is not there, and by a class that is not meant', async () => {
    const path = '/v1/main/records/bok/import';
    expectProblem(await stack.request('POST', path, 'title\nx', CSV), 404, 'unknown_model');
    const stale = await send('', 'title\nx\n', { ...CSV, 'Model-Hash': `book=${'0'.repeat(64)}` });
    expectProblem(stale, 412, 'stale_definition');
  });
});
