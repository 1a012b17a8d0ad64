import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { sign as githubSign } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InProcess } from '../stack/in-process.ts';
import { LocalGitHub } from '../webhooks/local-github.ts';

const REQUESTS = Number(process.env['WEBHOOK_FUZZ_REQUESTS'] ?? 300);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const SECRET = 'whsec_dGhlIHNlY3JldCBvZiB0aGlzIGZ1eno=';
const GITHUB_SECRET = 'the-secret-of-this-fuzz';

let github: LocalGitHub;
let stack: InProcess;
beforeAll(async () => {
  github = await LocalGitHub.start();
  stack = await InProcess.start({
    WEBHOOK_SECRET: SECRET,
    GITHUB_WEBHOOK_SECRET: GITHUB_SECRET,
    GITHUB_TOKEN: github.token,
    GITHUB_API_URL: github.url,
  });
});
afterAll(async () => {
  await stack.stop();
  await github.stop();
});

/** Bodies that would be understood: most ask for what cannot be, so that no change has to wait for all before it. */
const CHANGES = [
  { operations: [{ op: 'addField', model: 'none', field: { name: 'title', type: 'text' } }] },
  { operations: [{ op: 'createModel', model: 'thing', fields: [{ name: 'title', type: 'text' }] }] },
  {
    models: [{ name: 'thing', fields: [{ name: 'size', type: 'decimal', precision: 5, scale: 2 }] }],
    prune: true,
  },
  { operations: [], answers: {}, backfill: {}, conversions: {}, confirm: '' },
];
const PUSHES = (examples.find(({ name }) => name === 'push')?.examples ?? []).map((push) => {
  const file = { added: ['definitions/thing.json'], modified: [], removed: [] };
  return { ...push, commits: [file], definitions: [{ name: 'thing', fields: [] }] };
});

/** One thing done to a text. */
const mutations: fc.Arbitrary<(text: string) => string> = fc
  .tuple(
    fc.nat(),
    fc.nat({ max: 60 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(...'itrdj'),
  )
  .map(([from, length, text, kind]) => (before: string) => {
    const at = from % (before.length + 1);
    switch (kind) {
      case 'i':
        return before.slice(0, at) + text + before.slice(at);
      case 't':
        return before.slice(0, at);
      case 'r':
        return before.slice(0, at) + text + before.slice(at + length);
      case 'd':
        return before.slice(0, at) + before.slice(at, at + length).repeat(3) + before.slice(at);
      default:
        // A value of JSON in the place of another.
        return before.replace(/"[^"]*"|-?\d+|true|false|null/g, (value, place: number) =>
          place >= at && place < at + length * 4 ? JSON.stringify(JSON.stringify(text)) : value,
        );
    }
  });

const printable = (text: string) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?');

interface Case {
  readonly address: string;
  readonly source: 'definitions' | 'github';
  readonly payload: string;
  readonly inBody: readonly ((text: string) => string)[];
  readonly inHeaders: readonly (readonly [number, (text: string) => string])[];
  readonly isSignedAfter: boolean;
  readonly id: string;
}

const cases: fc.Arbitrary<Case> = fc
  .constantFrom<'definitions' | 'github'>('definitions', 'github')
  .chain((source) =>
    fc.record({
      source: fc.constant(source),
      address: fc.oneof(
        { weight: 20, arbitrary: fc.constant(`/v1/main/webhooks/${source}`) },
        {
          weight: 1,
          arbitrary: fc
            .string({ maxLength: 60 })
            .map((slug) => `/v1/${encodeURIComponent(slug) || 'x'}/webhooks/${source}`),
        },
      ),
      payload: fc
        .constantFrom<object>(...(source === 'github' ? PUSHES : CHANGES))
        .map((body) => JSON.stringify(body)),
      inBody: fc.array(mutations, { maxLength: 3 }),
      inHeaders: fc.array(fc.tuple(fc.nat(), mutations), { maxLength: 2 }),
      isSignedAfter: fc.boolean(),
      id: fc.stringMatching(/^[a-z0-9]{1,6}$/),
    }),
  );

async function requestOf({ source, payload, inBody, inHeaders, isSignedAfter, id }: Case) {
  const body = inBody.reduce((text, mutate) => mutate(text), payload).toWellFormed();
  const signed = isSignedAfter ? body : payload;
  const at = new Date();
  const headers: Record<string, string> =
    source === 'github'
      ? {
          'X-GitHub-Event': 'push',
          'X-GitHub-Delivery': id,
          'X-Hub-Signature-256': await githubSign(GITHUB_SECRET, signed || ' '),
        }
      : {
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(SECRET).sign(id, at, signed),
        };
  headers['Content-Type'] = 'application/json';
  for (const [which, mutate] of inHeaders) {
    const name = Object.keys(headers)[which % Object.keys(headers).length] ?? '';
    headers[name] = printable(mutate(headers[name] ?? ''));
  }
  return { body, headers };
}

test('no delivery, however it is mutated, is answered by a failure of the server', async () => {
  const counts = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const { body, headers } = await requestOf(one);
      const answer = await stack.request('POST', one.address, body, { Authorization: '', ...headers });
      const key = `${one.source} ${answer.status} ${answer.body?.code ?? ''}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
    }),
    { numRuns: REQUESTS, seed: SEED, endOnFailure: true },
  );
  console.log(Object.fromEntries([...counts].toSorted()));
  // It went further than the signature.
  for (const known of [
    'definitions 422 validation_failed',
    'github 422 validation_failed',
    'github 401 invalid_signature',
  ]) {
    expect(counts.get(known) ?? 0).toBeGreaterThan(0);
  }
}, 1_800_000);
