import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { upstashHeadStore } from '../../src/adapters/upstash-head-store.ts';
import { type HeadStore, HeadStoreError, type PublishedHead } from '../../src/ports.ts';
import { SimulatedRedis } from '../protocol/simulated-redis.ts';
import { type Parts, startParts } from '../stack/parts.ts';

let parts: Parts;
let store: HeadStore;
beforeAll(async () => {
  parts = await startParts();
  store = upstashHeadStore({
    url: parts.bindings.UPSTASH_REDIS_REST_URL,
    token: parts.bindings.UPSTASH_REDIS_REST_TOKEN,
    timeoutMilliseconds: 5000,
  });
});
beforeEach(() => parts.traffic.reset());
afterAll(() => parts.stop());

describe('Redis over REST', () => {
  test('is asked once: who cannot reach it hears of it at once', async () => {
    parts.traffic.onRequest = () => {
      throw new Error('cut, as the test asked for');
    };
    await expect(store.read('main', ['movie'])).rejects.toBeInstanceOf(HeadStoreError);
    expect(parts.traffic.commands).toHaveLength(1);
  });

  test('answers as the one of the model does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ACT, { minLength: 5, maxLength: 30 }), async (acts) => {
        await parts.redis.flushAll();
        const simulated = new SimulatedRedis({
          headsOnlyGrow: true,
          sweptSeconds: 3600,
          now: () => NOW,
          onHead: () => undefined,
        }).storeFor({ isAlive: true }, null);
        for (const act of acts) expect(await act(store)).toEqual(await act(simulated));
      }),
      { numRuns: 40 },
    );
  });
});

const NOW = 1_000_000;

const workspace = fc.constantFrom('a', 'b');
const model = fc.constantFrom('movie', 'person', 'tag');
const hash = fc.constantFrom('1', '2', '3').map((digit) => digit.repeat(64));
const time = fc.integer({ min: NOW - 9, max: NOW + 9 });

const head: fc.Arbitrary<PublishedHead> = fc
  .record({ model, hash, seq: fc.integer({ min: 1, max: 12 }), isGone: fc.boolean() })
  .map(({ model, hash, seq, isGone }) =>
    isGone
      ? { model, head: `${seq}.0.`, hash: null, body: null }
      : { model, head: `${seq}.1.${hash}`, hash, body: `{"hash":"${hash}"}` },
  );

/** One call of the port, on whatever stands behind it. */
const ACT: fc.Arbitrary<(store: HeadStore) => Promise<unknown>> = fc.oneof(
  fc.tuple(workspace, fc.array(model, { minLength: 1, maxLength: 3 })).map(
    ([of, names]) =>
      (s: HeadStore) =>
        s.read(of, names),
  ),
  hash.map((of) => (s: HeadStore) => s.readDefinition(of)),
  fc.tuple(workspace, fc.uniqueArray(head, { minLength: 1, maxLength: 3, selector: (one) => one.model })).map(
    ([of, heads]) =>
      (s: HeadStore) =>
        s.publish(of, heads),
  ),
  fc.tuple(workspace, time).map(
    ([of, at]) =>
      (s: HeadStore) =>
        s.schedule(of, at),
  ),
  workspace.map((of) => (s: HeadStore) => s.unschedule(of)),
  fc.constant(async (s: HeadStore) => (await s.due(NOW))?.toSorted() ?? null),
  fc.constant((s: HeadStore) => s.swept(NOW)),
);
