import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { upstashHeadStore } from '../../src/adapters/upstash-head-store.ts';
import { formatHead } from '../../src/heads/head.ts';
import type { HeadStore } from '../../src/ports.ts';
import { operations, putModel } from '../stack/changes.ts';
import { hasCommand, holdFirst } from '../stack/hold.ts';
import type { Isolate } from '../stack/isolate.ts';
import { type System, startSystem } from '../stack/system.ts';

let system: System;
let heads: HeadStore;
beforeAll(async () => {
  system = await startSystem({ isolates: 2 });
  heads = upstashHeadStore({
    url: system.bindings['UPSTASH_REDIS_REST_URL'] ?? '',
    token: system.bindings['UPSTASH_REDIS_REST_TOKEN'] ?? '',
    timeoutMilliseconds: 5000,
  });
});
beforeEach(() => system.traffic.reset());
afterAll(() => system.stop());

describe('heads only grow', () => {
  test('whatever the order in which their writers arrive', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 12 }),
        async (seqs) => {
          run += 1;
          const workspace = `order_${run}`;
          const greatest = Math.max(...seqs);
          const hashOf = (seq: number) => seq.toString(16).padStart(64, '0');
          const write = (seq: number) => {
            const head = formatHead({ seq, version: seq, hash: hashOf(seq), publishedAt: null });
            return heads.publish(workspace, [
              { model: 'movie', head, hash: hashOf(seq), body: `{"n":${seq}}` },
            ]);
          };
          await Promise.all(seqs.map(write));
          const newest = formatHead({
            seq: greatest,
            version: greatest,
            hash: hashOf(greatest),
            publishedAt: null,
          });
          expect(await heads.read(workspace, ['movie'])).toEqual([newest]);
          for (const seq of seqs) await write(seq);
          expect(await heads.read(workspace, ['movie'])).toEqual([newest]);
          expect(await heads.readDefinition(hashOf(greatest))).toBe(`{"n":${greatest}}`);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('when a consumer that lost its lock writes the head of an older version at last', async () => {
    const [late, next] = system.isolates as [Isolate, Isolate];
    await putModel(late, 'movie', { fields: [{ name: 'a', type: 'text' }] });
    const held = holdFirst(system.traffic, (entry) => hasCommand(entry, 'EVAL'));
    const rename = (from: string, to: string) => operations({ op: 'renameField', model: 'movie', from, to });
    const first = await late.request('POST', '/v1/main/changes', rename('a', 'b'));
    await held.reached;
    // Its connection goes, and with it the lock; the consumer itself hangs at Redis and does not know.
    await system.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'remodel'`,
    );
    const second = await next.request('POST', '/v1/main/changes', rename('b', 'c'), { Prefer: 'wait=20' });
    expect(second.body.status).toBe('done');
    const newest = await system.redis.command(['HGET', 'heads:main', 'movie']);
    expect(newest).toMatch(/^\d+\.3\./);
    const isAnswered = system.traffic.entries.findIndex((entry) => hasCommand(entry, 'EVAL'));
    held.release();
    await expect.poll(() => system.traffic.entries[isAnswered]?.end).toBeGreaterThan(0);
    expect(await system.redis.command(['HGET', 'heads:main', 'movie'])).toBe(newest);
    expect((await next.get(`/v1/main/changes/${first.body.id}`)).body.status).toBe('done');
    expect((await late.get('/v1/main/models/movie')).body.fields).toMatchObject([{ name: 'c' }]);
  });
});
