import type { Context } from 'hono';
import { Failure } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { EdgeEnv } from './edge.ts';

/** The opaque tags of `If-Match` or `If-None-Match` (RFC 9110, 13.1), unquoted; `*` stands alone. */
export function entityTags(
  c: Context<EdgeEnv>,
  header: 'If-Match' | 'If-None-Match',
): readonly string[] | null {
  const text = c.req.header(header)?.trim();
  if (text === undefined) return null;
  if (text === '*') return ['*'];
  const tags = text.split(',').map((part) => /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(part)?.[1]);
  if (tags.some((tag) => tag === undefined)) {
    throw new Failure('invalid_header', `${header} must be * or quoted tags, as ETag has them`);
  }
  return tags.filter((tag) => tag !== undefined);
}

const MAX_WAIT = 30;

/**
 * Seconds that a client is ready to wait (`Prefer: wait=N`, RFC 7240), at most 30, and 30 where it does not say how
 * many; null where it is not.
 */
export function preferredWait(c: Context<EdgeEnv>): number | null {
  const preference = /(?:^|[,;\s])wait(?:\s*=\s*"?(\d{1,6})|\s*(?=$|[,;]))/i.exec(
    c.req.header('Prefer') ?? '',
  );
  return preference && Math.min(Number(preference[1] ?? MAX_WAIT), MAX_WAIT);
}

/** Whether an answer is wanted without what was written (`Prefer: return=minimal`, RFC 7240). */
export function prefersMinimal(c: Context<EdgeEnv>): boolean {
  return /(?:^|[,;\s])return\s*=\s*"?minimal\b/i.test(c.req.header('Prefer') ?? '');
}

/** The `Idempotency-Key`, or null. */
export function idempotencyKey(c: Context<EdgeEnv>): string | null {
  const key = c.req.header('Idempotency-Key')?.trim();
  if (key === undefined) return null;
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new Failure('invalid_header', 'Idempotency-Key must be 1 to 255 printable ASCII characters');
}

/** The definitions that the request was made for (`Model-Hash: MODEL=HASH`), by the names of their models. */
export function wantedHashes(c: Context<EdgeEnv>): ReadonlyMap<string, string> {
  const parts = c.req.header('Model-Hash')?.split(',') ?? [];
  return new Map(
    parts.map((part) => {
      const [name = '', hash = ''] = part.split('=', 2);
      return [name.trim(), hash.trim()];
    }),
  );
}

/** Throws `stale_definition` where the request was made for another definition of a model that takes part. */
export function assertModelHash(
  c: Context<EdgeEnv>,
  hashes: Readonly<Record<string, string | undefined>>,
): void {
  for (const [name, wanted] of wantedHashes(c)) {
    if (!Object.hasOwn(hashes, name) || hashes[name] === wanted) continue;
    throw new Failure('stale_definition', `${name} is no longer ${wanted}: fetch its definition again`, {
      data: { current: hashes[name] ?? null },
    });
  }
}

/** The same, and says by which definitions the answer is made. */
export function agreeOnModels(c: Context<EdgeEnv>, hashes: Readonly<Record<string, string>>): void {
  setModelHash(c, hashes);
  assertModelHash(c, hashes);
}

/** More than these would be longer than the headers that clients accept; such an answer names the hashes in its body. */
const MAX_HASHES = 50;

/** The hashes of classes, by the names of their models. */
export function hashesOf(models: readonly ModelClass[]): Readonly<Record<string, string>> {
  return Object.fromEntries(models.map(({ definition, hash }) => [definition.name, hash]));
}

/** Says which definition an answer was made by. */
export function setModelHash(c: Context<EdgeEnv>, hashes: Readonly<Record<string, string>>): void {
  const text = Object.entries(hashes).map(([name, hash]) => `${name}=${hash}`);
  if (text.length > 0 && text.length <= MAX_HASHES) c.header('Model-Hash', text.join(', '));
}
