import { Redis } from '@upstash/redis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LocalRedis, startRedis } from '../../local/redis.ts';
import { Traffic } from '../../local/traffic.ts';
import { startUpstashProxy, type UpstashProxy } from '../../local/upstash-proxy.ts';

const SCRIPT = `
  for n = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[n], ARGV[n + 1]) end
  return {redis.call('HGET', KEYS[1], ARGV[1]), #ARGV}`;

describe.each([
  { kind: 'redis-server', embedded: false },
  { kind: 'ioredis-mock', embedded: true },
])('Upstash over $kind', ({ embedded }) => {
  const traffic = new Traffic({ records: true });
  let local: LocalRedis;
  let proxy: UpstashProxy;
  let redis: Redis;

  beforeAll(async () => {
    local = await startRedis({ embedded });
    proxy = await startUpstashProxy({ redis: local, traffic, token: 'secret' });
    redis = new Redis({ url: proxy.url, token: 'secret', automaticDeserialization: false, retry: false });
  });

  afterEach(async () => {
    traffic.reset();
    await local.flushAll();
  });

  afterAll(async () => {
    await proxy.stop();
    await local.stop();
  });

  test('keeps text as it is', async () => {
    expect(await redis.set('a', 'é 😀 "OK"')).toBe('OK');
    expect(await redis.get('a')).toBe('é 😀 "OK"');
    await redis.set('status', 'OK');
    expect(await redis.get('status')).toBe('OK');
    expect(await redis.get('missing')).toBe(null);
    expect(await redis.ping()).toBe('PONG');
  });

  test('reads several fields of a hash', async () => {
    // Without deserialization the SDK makes no objects either.
    await redis.hset('h', { x: '1', y: 'OK' });
    expect(await redis.hmget('h', 'x', 'z', 'y')).toEqual(['1', null, 'OK']);
    expect(await redis.hgetall('h')).toEqual(['x', '1', 'y', 'OK']);
  });

  test('runs Lua', async () => {
    expect(await redis.eval(SCRIPT, ['h'], ['model', 'head'])).toEqual(['head', 2]);
  });

  test('reads a sorted set up to a score', async () => {
    await redis.zadd('due', { score: 20, member: 'late' }, { score: 10, member: 'early' });
    expect(await redis.zrange('due', '-inf', 15, { byScore: true })).toEqual(['early']);
    expect(await redis.zrem('due', 'early')).toBe(1);
  });

  test('runs a pipeline, of which one command may fail', async () => {
    const pipeline = redis.pipeline().set('t', 'text').lpush('t', 'x').get('t');
    const results = await pipeline.exec({ keepErrors: true });
    expect(results.map(({ result }) => result)).toEqual(['OK', undefined, 'text']);
    expect(results[1]?.error).toMatch(/WRONGTYPE|ERR|not/);
  });

  test('runs a transaction', async () => {
    const results = await redis.multi().set('n', 'v').hset('g', { a: '1' }).get('n').exec();
    expect(results).toEqual(['OK', 1, 'v']);
  });

  test('lets a key expire', async () => {
    await redis.set('short', 'x', { ex: 60 });
    expect(await redis.ttl('short')).toBe(60);
    await redis.mset({ m: '1', n: '2' });
    expect(await redis.mget('m', 'n')).toEqual(['1', '2']);
  });

  test('refuses a wrong token', async () => {
    const stranger = new Redis({ url: proxy.url, token: 'wrong', retry: false });
    await expect(stranger.get('a')).rejects.toThrow('WRONGPASS');
  });

  test('answers the error of a command', async () => {
    await expect(redis.eval('return no_such_thing.x', [], [])).rejects.toThrow(/no_such_thing|ERR/);
  });

  test('records commands in order', async () => {
    await redis.pipeline().set('a', 'b').get('a').exec();
    await redis.get('c');
    expect(traffic.entries.map((entry) => entry.proxy === 'upstash' && entry.commands)).toEqual([
      [
        ['set', 'a', 'b'],
        ['get', 'a'],
      ],
      [['get', 'c']],
    ]);
  });

  test('answers what a stale replica would', async () => {
    await redis.hset('heads', { m: 'new' });
    traffic.staleReads = ([name]) => (name === 'hmget' ? ['old'] : undefined);
    expect(await redis.hmget('heads', 'm')).toEqual(['old']);
    expect(await redis.hget('heads', 'm')).toBe('new');
  });

  test('is out of order, slow, or cut, as asked', async () => {
    traffic.downOf.upstash = true;
    await expect(redis.get('a')).rejects.toThrow();
    traffic.reset();
    traffic.delayMs = 100;
    const start = performance.now();
    await redis.get('a');
    expect(performance.now() - start).toBeGreaterThan(95);
    traffic.reset();
    traffic.onResponse = () => {
      throw new Error('cut');
    };
    await expect(redis.set('a', 'done')).rejects.toThrow();
    traffic.reset();
    expect(await redis.get('a')).toBe('done');
  });
});
