import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasSql, holdFirst } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';

let stack: InProcess;
beforeAll(async () => {
  stack = await InProcess.start();
});
afterAll(() => stack.stop());

test('a wish that is repeated while it comes true is answered by its change, not by what that left in the way', async () => {
  const body = { operations: [{ op: 'createModel', model: 'movie', fields: [] }] };
  const send = () => stack.request('POST', '/v1/main/changes', body, { 'Idempotency-Key': 'once' });
  // It has asked for its key, and is about to look at the models.
  const held = holdFirst(stack.parts.traffic, (entry) => hasSql(entry, "select 'workspace' as kind"));
  const slow = send();
  await held.reached;
  const quick = await send();
  await stack.deliverAll();
  held.release();
  const { status, body: answer } = await slow;
  expect([status, answer.id]).toEqual([202, quick.body.id]);
});
