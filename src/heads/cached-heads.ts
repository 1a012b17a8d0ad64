import type { HeadStore } from '../ports.ts';

/** A cache that the isolates of one data centre share. */
export interface HeadCache {
  read(key: string): Promise<string | null>;
  write(key: string, text: string, milliseconds: number): Promise<void>;
}

/**
 * Reads what Redis holds of a workspace, by field: heads by the names of models, and what stands beside them. Null
 * where it holds none. Throws `HeadStoreError`.
 */
export type ReadHeads = (workspace: string, fields: readonly string[]) => Promise<readonly (string | null)[]>;

/** Asks Redis each time: one command for all fields. */
export function directHeads(store: HeadStore): ReadHeads {
  return (workspace, fields) => store.read(workspace, fields);
}

const MAX_KEPT = 5000;

/**
 * Uses what was read again for `ttl` milliseconds after that: in the isolate, then in the data
 * centre. That much is added to the stated staleness, and to grace.
 */
export function cachedHeads(
  store: HeadStore,
  ttl: number,
  now: () => number,
  shared: HeadCache | null,
): ReadHeads {
  const kept = new Map<string, { readonly at: number; readonly text: string }>();
  const keep = (key: string, at: number, text: string) => {
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, { at, text });
  };

  async function fromShared(key: string): Promise<string | null> {
    const [, at, text] = /^(\d+) (.+)$/s.exec((await shared?.read(key)) ?? '') ?? [];
    if (text === undefined || now() - Number(at) >= ttl) return null;
    keep(key, Number(at), text);
    return text;
  }

  return async (workspace, fields) => {
    const keys = fields.map((field) => `${workspace}/${field}`);
    const found = await Promise.all(
      keys.map(async (key) => {
        const own = kept.get(key);
        return own && now() - own.at < ttl ? own.text : fromShared(key);
      }),
    );
    if (found.every((text) => text !== null)) return found;
    const at = now();
    const texts = await store.read(workspace, fields);
    await Promise.all(
      texts.map(async (text, n) => {
        const key = keys[n];
        if (!text || key === undefined) return;
        keep(key, at, text);
        await shared?.write(key, `${at} ${text}`, ttl);
      }),
    );
    return texts;
  };
}
