import { Redis } from '@upstash/redis/cloudflare';
import { HeadStoreError } from '../ports.ts';

/** Where Redis is, and how long it is waited for. */
export interface UpstashOptions {
  readonly url: string;
  readonly token: string;
  readonly timeoutMilliseconds: number;
}

/** Redis over Upstash's REST protocol. Nothing is tried twice here: the catalog answers in its place. */
export function upstashClient({ url, token, timeoutMilliseconds }: UpstashOptions): Redis {
  return new Redis({
    url,
    token,
    automaticDeserialization: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    readYourWrites: false,
    // All that is kept there is ASCII or JSON.
    responseEncoding: false,
    // `false` would still try twice.
    retry: { retries: 0 },
    // A function: a signal that is given as such makes an aborted command resolve with `{}`.
    signal: () => AbortSignal.timeout(timeoutMilliseconds),
  });
}

/** Runs a command. Throws `HeadStoreError`. */
export async function command<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new HeadStoreError(`Redis did not answer: ${reasonOf(error)}`, { cause: error });
  }
}

/** The SDK quotes the whole command behind its reason; definitions do not belong into logs. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split(', command was')[0] ?? '';
}
