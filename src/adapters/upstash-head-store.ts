import { type HeadStore, HeadStoreError, type PublishedHead } from '../ports.ts';
import { command, type UpstashOptions, upstashClient } from './upstash-client.ts';
import { BEATS } from './upstash-vitals.ts';

const DUE = 'due';
const SWEPT = 'swept';
const headsOf = (workspace: string) => `heads:${workspace}`;
const definitionOf = (hash: string) => `definition:${hash}`;

/** A whole sweep of the catalog is asked for at least this often. */
const SWEPT_SECONDS = 3600;

/** Upstash takes requests of a megabyte and more; JSON in JSON is longer than it was. */
const REQUEST_CHARACTERS = 500_000;

/**
 * Invariant 2, heads only grow: a head replaces one of a lower `seq` only, whatever the order of writers. What stands
 * beside the heads begins with such a number as well. ARGV holds field and text in turn.
 */
const PUBLISH = `
for n = 1, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[n])
  local seq = known and tonumber(string.match(known, '^(%d+)%.')) or -1
  if tonumber(string.match(ARGV[n + 1], '^(%d+)%.')) > seq then
    redis.call('HSET', KEYS[1], ARGV[n], ARGV[n + 1])
  end
end
return 1`;

/** Heads and definitions in Redis. */
export function upstashHeadStore(options: UpstashOptions): HeadStore {
  const redis = upstashClient(options);
  return {
    async read(workspace, fields) {
      // The SDK's type is that of its own deserialization, which is off: Redis' answer is a list.
      const heads: unknown = await command(() => redis.hmget(headsOf(workspace), ...fields));
      if (!Array.isArray(heads)) throw new HeadStoreError('Redis answered HMGET with something else');
      return heads.map((head) => (typeof head === 'string' ? head : null));
    },
    readDefinition: (hash) => command(() => redis.get<string>(definitionOf(hash))),
    async publish(workspace, heads) {
      // Invariant 1: whoever sees the head finds the definition.
      for (const bodies of inRequests(heads)) await command(() => redis.mset(bodies));
      const pairs = heads.flatMap(({ model, head }) => [model, head]);
      await command(() => redis.eval(PUBLISH, [headsOf(workspace)], pairs));
    },
    async write(workspace, fields) {
      if (fields.length > 0) await command(() => redis.eval(PUBLISH, [headsOf(workspace)], fields.flat()));
    },
    async remove(workspace, fields) {
      await command(() => redis.hdel(headsOf(workspace), ...fields));
    },
    async schedule(workspace, at) {
      await command(() => redis.zadd(DUE, { lt: true }, { score: at, member: workspace }));
    },
    async unschedule(workspace) {
      await command(() => redis.zrem(DUE, workspace));
    },
    async forget(workspace) {
      await command(() => redis.del(headsOf(workspace)));
    },
    async due(now) {
      const [swept, members] = await command(() =>
        redis
          .pipeline()
          .get<string>(SWEPT)
          .zrange<string[]>(DUE, '-inf', now, { byScore: true })
          .hset(BEATS, { cron: String(now) })
          .exec<[string | null, string[], number]>(),
      );
      return swept === null ? null : members;
    },
    async swept(now) {
      await command(() => redis.set(SWEPT, String(now), { ex: SWEPT_SECONDS }));
    },
  };
}

/** Definitions by their keys, so many together as a request may hold. */
function inRequests(heads: readonly PublishedHead[]): readonly Readonly<Record<string, string>>[] {
  const requests: Record<string, string>[] = [];
  let room = 0;
  for (const { hash, body } of heads) {
    if (!hash || !body) continue;
    let request = requests.at(-1);
    if (!request || body.length > room) {
      request = {};
      requests.push(request);
      room = REQUEST_CHARACTERS;
    }
    request[definitionOf(hash)] = body;
    room -= body.length;
  }
  return requests;
}
