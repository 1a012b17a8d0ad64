import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

describe('a record', () => {
  let system: System;
  let at: string;
  let etag: string;
  const send = (method: string, headers: Readonly<Record<string, string>>, body?: object, path = at) =>
    system.edge.request(method, path, body, headers);

  beforeAll(async () => {
    system = await startSystem();
    const put = await putModel(system.edge, 'note', { fields: [{ name: 'text', type: 'text' }] });
    expect(put.status).toBe(201);
  });
  afterAll(() => system.stop());

  beforeEach(async () => {
    const made = await send('POST', {}, { text: 'first' }, '/v1/main/records/note');
    at = made.headers.get('Location') ?? '';
    etag = made.headers.get('ETag') ?? '';
  });

  test('has one ETag until it is written, whichever answer carries it', async () => {
    expect((await send('GET', {})).headers.get('ETag')).toBe(etag);
    const patched = await send('PATCH', {}, { text: 'first' });
    expect(patched.headers.get('ETag')).not.toBe(etag);
    expect((await send('GET', {})).headers.get('ETag')).toBe(patched.headers.get('ETag'));
  });

  test('is not sent again to who has it', async () => {
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await send('GET', { 'If-None-Match': known });
      expect([answer.status, answer.body]).toEqual([304, '']);
    }
    expect((await send('GET', { 'If-None-Match': '"other"' })).status).toBe(200);
  });

  test.each(['PATCH', 'PUT', 'DELETE'])('that was changed meanwhile is not lost to a %s', async (method) => {
    await send('PATCH', {}, { text: 'by someone else' });
    const late = await send(method, { 'If-Match': etag }, method === 'DELETE' ? undefined : { text: 'late' });
    expect([late.status, late.body.code]).toEqual([412, 'precondition_failed']);
    expect((await send('GET', {})).body.text).toBe('by someone else');
  });

  test.each(['PATCH', 'PUT', 'DELETE'])('that is as it was read takes a %s', async (method) => {
    const answer = await send(
      method,
      { 'If-Match': etag },
      method === 'DELETE' ? undefined : { text: 'new' },
    );
    expect(answer.status).toBe(method === 'DELETE' ? 204 : 200);
  });

  test('keeps what one of two writers at once wrote, and tells the other', async () => {
    const answers = await Promise.all(
      ['a', 'b'].map((text) => send('PATCH', { 'If-Match': etag }, { text })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await send('GET', {})).body.text).toBe(winner?.body.text);
  });

  test('that is there is not created again, and one that is not there is not replaced', async () => {
    expect((await send('PUT', { 'If-None-Match': '*' }, { text: 'again' })).status).toBe(412);
    const elsewhere = `/v1/main/records/note/${crypto.randomUUID()}`;
    expect((await send('PUT', { 'If-Match': '*' }, { text: 'new' }, elsewhere)).status).toBe(404);
    expect((await send('PUT', { 'If-None-Match': '*' }, { text: 'new' }, elsewhere)).status).toBe(201);
    expect((await send('PUT', { 'If-Match': '*' }, { text: 'newer' }, elsewhere)).status).toBe(200);
  });

  test('is still guarded by the ETag of the definition before', async () => {
    await putModel(system.edge, 'note', {
      fields: [
        { name: 'text', type: 'text' },
        { name: `more_${Date.now()}`, type: 'text' },
      ],
    });
    const read = await send('GET', { 'If-None-Match': etag });
    expect(read.status).toBe(200);
    expect((await send('PATCH', { 'If-Match': etag }, { text: 'new' })).status).toBe(200);
  });
});
