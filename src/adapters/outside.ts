import * as v from 'valibot';
import { type Outside, Unreached } from '../ports.ts';

const POST_TIMEOUT_MS = 10_000;
const RESOLVE_TIMEOUT_MS = 5000;

/** Record types of DNS that are addresses, by name and number. */
const ADDRESSES = { A: 1, AAAA: 28 } as const;

const ANSWER = v.object({
  Status: v.number(),
  Answer: v.optional(v.array(v.object({ type: v.number(), data: v.string() })), []),
});

/** The internet, with names resolved by DNS over HTTPS (JSON, as Cloudflare and Google have it) at `resolverUrl`. */
export function outside(resolverUrl: string): Outside {
  const addressesOf = async (name: string, type: keyof typeof ADDRESSES): Promise<readonly string[]> => {
    const url = new URL(resolverUrl);
    url.searchParams.set('name', name);
    url.searchParams.set('type', type);
    const response = await fetch(url, {
      headers: { Accept: 'application/dns-json' },
      signal: AbortSignal.timeout(RESOLVE_TIMEOUT_MS),
    });
    const parsed = v.safeParse(ANSWER, response.ok ? await response.json() : null);
    if (!parsed.success) throw new Unreached('the resolver of names gave no answer');
    // On the way to an address there may be other names.
    return parsed.output.Answer.filter((record) => record.type === ADDRESSES[type]).map(({ data }) => data);
  };
  return {
    async post({ url, headers, body }) {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body,
        // Where it leads, nobody has looked.
        redirect: 'manual',
        signal: AbortSignal.timeout(POST_TIMEOUT_MS),
      }).catch(unreached(`no answer within ${POST_TIMEOUT_MS / 1000} s`));
      await response.body?.cancel();
      return response.status;
    },
    async resolve(name) {
      const all = [addressesOf(name, 'A'), addressesOf(name, 'AAAA')];
      const found = await Promise.all(all).catch(unreached('its name could not be resolved'));
      return found.flat();
    },
  };
}

/** What went wrong there is nobody's business but theirs: the reason is for the log. */
function unreached(message: string) {
  return (error: unknown): never => {
    if (error instanceof Unreached) throw error;
    throw new Unreached(message, { cause: error });
  };
}
