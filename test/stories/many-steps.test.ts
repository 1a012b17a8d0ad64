import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change, operations, putModel } from '../stack/changes.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ bindings: { GRACE_SECONDS: '0' } });
});
afterAll(() => system.stop());

describe('a change of many steps', () => {
  test('runs them in the order of its plan, also beyond the tenth', async () => {
    // Each refers to the one that comes after it, and the last to the first: a circle.
    const names = Array.from({ length: 8 }, (_, n) => `part_${n}`);
    const models = names.map((name, n) => ({
      name,
      fields: [
        { name: 'label', type: 'text', index: true },
        { name: 'next', type: 'reference', to: names[(n + 1) % names.length] },
      ],
    }));
    const answer = await change(system.edge, { models });
    expect(answer.body).toMatchObject({ status: 'done' });
    const starts: string[] = answer.body.steps.map(({ startedAt }: { startedAt: string }) => startedAt);
    expect(starts.length).toBeGreaterThan(10);
    expect(starts).toEqual([...starts].sort());
    const orphan = await system.edge.request('POST', '/v1/main/records/part_0', {
      next: '00000000-0000-7000-8000-000000000000',
    });
    expect(orphan.status).toBe(409);
  });

  test('backfills every row of a bigint key, however many batches it takes', async () => {
    await putModel(system.edge, 'entry', { key: 'bigint', fields: [{ name: 'label', type: 'text' }] });
    await system.sql(`insert into main_data.entry (label) select n::text from generate_series(1, 5000) as n`);
    const answer = await change(
      system.edge,
      operations({
        op: 'addField',
        model: 'entry',
        field: { name: 'token', type: 'uuid', default: { fn: 'uuid' } },
      }),
    );
    expect(answer.body).toMatchObject({ status: 'done' });
    const [row] = await system.sql('select count(distinct token)::int as tokens from main_data.entry');
    expect(row).toEqual({ tokens: 5000 });
    // Each row is met once: the cursor follows the key, not its digits.
    expect(answer.body.progress.rows).toBe(5000);
  });
});
