import type { HeadStore } from '../ports.ts';
import { type Head, parseHead } from './head.ts';

/** A cache that the isolates of one data centre share. */
export interface HeadCache {
  read(key: string): Promise<string | null>;
  write(key: string, text: string, milliseconds: number): Promise<void>;
}

/** Reads heads by model name; null where Redis holds none. Throws `HeadStoreError`. */
export type ReadHeads = (workspace: string, models: readonly string[]) => Promise<readonly (Head | null)[]>;

/** Asks Redis each time: one command for all models. */
export function directHeads(store: HeadStore): ReadHeads {
  return async (workspace, models) => (await store.read(workspace, models)).map(parseHead);
}

const MAX_KEPT = 5000;

/**
 * Uses a head again for `ttl` milliseconds after it was read from Redis: in the isolate, then in the data
 * centre. That much is added to the stated staleness, and to grace.
 */
export function cachedHeads(
  store: HeadStore,
  ttl: number,
  now: () => number,
  shared: HeadCache | null,
): ReadHeads {
  const kept = new Map<string, { readonly at: number; readonly head: Head }>();
  const keep = (key: string, at: number, head: Head) => {
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, { at, head });
  };

  async function fromShared(key: string): Promise<Head | null> {
    const text = await shared?.read(key);
    if (!text) return null;
    const [at = '', ...rest] = text.split(' ');
    const head = parseHead(rest.join(' '));
    if (!head || now() - Number(at) >= ttl) return null;
    keep(key, Number(at), head);
    return head;
  }

  return async (workspace, models) => {
    const keys = models.map((model) => `${workspace}/${model}`);
    const found = await Promise.all(
      keys.map(async (key) => {
        const own = kept.get(key);
        return own && now() - own.at < ttl ? own.head : fromShared(key);
      }),
    );
    if (found.every((head) => head !== null)) return found;
    const at = now();
    const texts = await store.read(workspace, models);
    const heads = texts.map(parseHead);
    await Promise.all(
      heads.map(async (head, n) => {
        const key = keys[n];
        if (!head || key === undefined) return;
        keep(key, at, head);
        await shared?.write(key, `${at} ${texts[n]}`, ttl);
      }),
    );
    return heads;
  };
}
