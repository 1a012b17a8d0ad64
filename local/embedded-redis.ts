import RedisMock from 'ioredis-mock';
import type { LocalRedis } from './redis.ts';
import { RedisError, type RedisReply } from './resp.ts';

/** Redis played in this process by `ioredis-mock`, Lua included. Nothing is kept. */
export function embeddedRedis(): LocalRedis {
  const redis = new RedisMock();
  const stopped = Promise.withResolvers<string>();
  const command = async (args: readonly string[]): Promise<RedisReply> => {
    const [name = '', ...rest] = normalise(args);
    try {
      const method: unknown = Reflect.get(redis, name);
      if (typeof method !== 'function') throw new Error(`ERR unknown command '${name}'`);
      return replyOf(await Reflect.apply(method, redis, rest));
    } catch (error) {
      throw new RedisError(error instanceof Error ? error.message : String(error));
    }
  };
  // One after another: what a transaction sends, nothing else may come between.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    command: (args) => inTurn(() => command(args)),
    transaction: (commands) =>
      inTurn(async () => {
        const replies: RedisReply[] = [];
        for (const args of commands) {
          replies.push(await command(args).catch((error: RedisError) => error));
        }
        return replies;
      }),
    async flushAll() {
      await inTurn(() => redis.flushall());
    },
    embedded: true,
    exited: stopped.promise,
    async stop() {
      await inTurn(() => redis.flushall());
      redis.disconnect();
      stopped.resolve('stopped');
    },
  };
}

/** The library knows commands by lower case, and the options of SET by upper case. */
function normalise([name = '', ...rest]: readonly string[]): readonly string[] {
  const command = name.toLowerCase();
  return [command, ...rest.map((arg, n) => (command === 'set' && n >= 2 ? arg.toUpperCase() : arg))];
}

function replyOf(value: unknown): RedisReply {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(replyOf);
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (typeof value === 'object') return Object.entries(value).flat().map(replyOf);
  return String(value);
}
