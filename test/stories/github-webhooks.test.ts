import { createHash, randomUUID } from 'node:crypto';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { sign } from '@octokit/webhooks-methods';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, readAnswer } from '../stack/answer.ts';
import type { Isolate } from '../stack/isolate.ts';
import { type System, startSystem } from '../stack/system.ts';
import { LocalGitHub } from '../webhooks/local-github.ts';

const SECRET = 'the secret of the repository';
/** A push to the default branch, as GitHub sent it. */
const RECORDED = examples
  .find(({ name }) => name === 'push')
  ?.examples.find((push) => 'commits' in push && push.commits.length > 0) as unknown as Readonly<
  Record<string, unknown>
>;

let github: LocalGitHub;
let system: System;
/** What does not ask GitHub, and what drops what is removed. */
let carried: Isolate;
let pruning: Isolate;
beforeAll(async () => {
  github = await LocalGitHub.start();
  const bindings = {
    GITHUB_WEBHOOK_SECRET: `another-one ${SECRET.replaceAll(' ', '-')}`,
    GITHUB_API_URL: github.url,
    GITHUB_TOKEN: github.token,
  };
  system = await startSystem({ bindings });
  [carried, pruning] = await Promise.all([
    system.startIsolate({ GITHUB_TOKEN: '' }),
    system.startIsolate({ GITHUB_PRUNE: 'true' }),
  ]);
});
afterAll(async () => {
  await system.stop();
  await github.stop();
});

let workspaces = 0;
let ws: string;
beforeEach(async () => {
  ws = `repo${workspaces++}`;
  await system.edge.request('POST', '/v1/workspaces', { slug: ws });
  github.asked.length = 0;
});

let clock = 1_700_000_000;
const shaOf = (name: string) => createHash('sha1').update(`${ws} ${name}`).digest('hex');

interface Changed {
  readonly added?: readonly string[];
  readonly modified?: readonly string[];
  readonly removed?: readonly string[];
}

/** The recorded push, from one commit to another, with other files. */
function push(before: string | null, after: string, changed: Changed, more: object = {}): object {
  const { repository } = RECORDED as { readonly repository: object };
  const commit = { added: [], modified: [], removed: [], ...changed };
  return {
    ...RECORDED,
    before: before === null ? '0'.repeat(40) : shaOf(before),
    after: shaOf(after),
    repository: { ...repository, pushed_at: clock++ },
    commits: [commit],
    head_commit: commit,
    ...more,
  };
}

interface Sent {
  readonly to?: Isolate;
  readonly event?: string;
  readonly secret?: string;
  readonly delivery?: string;
  readonly workspace?: string;
}

async function deliver(payload: object, sent: Sent = {}): Promise<Answer> {
  const {
    to = system.edge,
    event = 'push',
    secret = SECRET.replaceAll(' ', '-'),
    delivery = randomUUID(),
  } = sent;
  const body = JSON.stringify(payload);
  const response = await fetch(`${to.origin}/v1/${sent.workspace ?? ws}/webhooks/github`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-GitHub-Event': event,
      'X-GitHub-Delivery': delivery,
      'X-Hub-Signature-256': await sign(secret, body),
      Prefer: 'wait=20',
    },
    body,
  });
  return readAnswer(response);
}

const MOVIE = '{"name": "movie", "fields": [{"name": "title", "type": "text"}]}';
const PERSON = 'name: person\nfields:\n  - name: born\n    type: date\n    required: false\n';
const WITH_YEAR = MOVIE.replace(']', ', {"name": "year", "type": "integer"}]');
const modelsOf = async () =>
  (await system.edge.get(`/v1/${ws}/models`)).body.data.map(({ name }: { name: string }) => name);
const latest = async () => (await system.edge.get(`/v1/${ws}/webhooks/deliveries`)).body.data[0];

describe('a push to GitHub', () => {
  test('that carries its definitions need name no commit, and is answered the same where it is repeated', async () => {
    const { repository } = RECORDED as { readonly repository: object };
    const payload = { ref: 'refs/heads/master', repository, definitions: [JSON.parse(MOVIE)] };
    const answer = await deliver(payload, { to: carried });
    expect([answer.status, answer.body.status]).toEqual([200, 'done']);
    const again = await deliver(payload, { to: carried });
    expect([again.body.id, again.body.push]).toEqual([answer.body.id, answer.body.push]);
    const without = await deliver({ ref: 'refs/heads/master', repository }, { to: carried });
    expect([without.status, without.body.errors[0].path]).toEqual([422, '/after']);
    const nul = await deliver({ ...payload, ref: 'refs/heads/\0' }, { to: carried });
    expect([nul.status, nul.body.errors[0].path]).toEqual([422, '/ref']);
  });

  test('whose files hold notes of renames that were done renames nothing again', async () => {
    const fields = (...all: readonly object[]) => ({ name: 'film', fields: all });
    const title = { name: 'title', type: 'text', renamedFrom: 'name' };
    const send = (name: string, definition: object) =>
      deliver(push(null, name, {}, { definitions: [definition] }), { to: carried });
    await send('a', fields({ name: 'name', type: 'text' }));
    const renamed = await send('b', fields(title));
    expect(renamed.body.plan.steps.map((step: { kind: string }) => step.kind)).toEqual(['publish']);
    const { status } = await send('c', fields(title, { name: 'name', type: 'text' }));
    expect(status).toBe(200);
    const { body } = await system.edge.get(`/v1/${ws}/models/film/versions`);
    expect(body.data[0].differences).toEqual(['added the field name, a text']);
  });

  test('becomes a change by the files that it names, at the commit that it led to', async () => {
    const files = {
      'definitions/movie.json': MOVIE,
      'definitions/people/person.yaml': PERSON,
      'README.md': '',
    };
    github.commit(shaOf('a'), files);
    const delivery = randomUUID();
    const answer = await deliver(push(null, 'a', { added: Object.keys(files) }), { delivery });
    expect(answer.body).toMatchObject({
      status: 'done',
      source: 'webhook',
      models: ['movie', 'person'],
      push: { repository: 'Codertocat/Hello-World', commit: shaOf('a'), removed: [], note: null },
    });
    expect(answer.status).toBe(200);
    expect(github.asked).toEqual(
      ['definitions/movie.json', 'definitions/people/person.yaml'].map((path) => `${path}?ref=${shaOf('a')}`),
    );
    expect(await latest()).toMatchObject({ source: 'github', deliveryId: delivery, change: answer.body.id });
    const { body } = await system.edge.get(`/v1/${ws}/audit?action=change.submitted`);
    expect(body.data[0].actor).toEqual({ kind: 'webhook', id: delivery });
  });

  test('that is delivered again is answered as the first time, under whatever id', async () => {
    github.commit(shaOf('a'), { 'definitions/movie.json': MOVIE });
    const payload = push(null, 'a', { added: ['definitions/movie.json'] });
    const first = await deliver(payload);
    github.commit(shaOf('a'), {});
    const again = await deliver(payload);
    expect([again.status, again.body.id]).toEqual([200, first.body.id]);
    expect(await latest()).toMatchObject({ repeated: true, change: first.body.id });
    const elsewhere = await deliver(payload, { workspace: 'main' });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([409, 'delivery_reused']);
  });

  test('that comes after one that followed it is not followed, and nothing of it is missed', async () => {
    github.commit(shaOf('a'), { 'definitions/movie.json': MOVIE });
    await deliver(push(null, 'a', { added: ['definitions/movie.json'] }));
    const older = push('a', 'b', { added: ['definitions/person.yml'] });
    const newer = push('b', 'c', { modified: ['definitions/movie.json'] });
    github.commit(shaOf('c'), { 'definitions/movie.json': WITH_YEAR, 'definitions/person.yml': PERSON });
    expect((await deliver(newer)).body).toMatchObject({
      status: 'done',
      models: ['person', 'movie'].toSorted(),
    });
    const late = await deliver(older);
    expect([late.status, late.body.code]).toEqual([409, 'push_overtaken']);
    // In the same second, by the commits that they lead from and to.
    const second = { repository: { ...(newer as { repository: object }).repository } };
    expect(
      (await deliver({ ...push('a', 'b', { added: ['definitions/x.json'] }), ...second })).body.code,
    ).toBe('push_overtaken');
    expect(await modelsOf()).toEqual(['movie', 'person']);
  });

  test('that was refused may be delivered again, when it can work', async () => {
    const payload = push(null, 'a', { added: ['definitions/movie.json'] });
    github.commit(shaOf('a'), { 'definitions/movie.json': '{"name": "movie"' });
    const refused = await deliver(payload);
    expect([refused.status, refused.body.detail]).toEqual([
      422,
      expect.stringContaining('definitions/movie.json cannot be read'),
    ]);
    github.failing = 502;
    const failed = await deliver(payload);
    github.failing = undefined;
    expect([failed.status, failed.body.code]).toEqual([503, 'repository_unavailable']);
    github.commit(shaOf('a'), { 'definitions/movie.json': MOVIE });
    expect((await deliver(payload)).body).toMatchObject({ status: 'done', models: ['movie'] });
  });

  test('that removes a file leaves its model, and says so', async () => {
    const files = { 'definitions/movie.json': MOVIE, 'definitions/person.yaml': PERSON };
    github.commit(shaOf('a'), files);
    await deliver(push(null, 'a', { added: Object.keys(files) }));
    github.commit(shaOf('b'), { 'definitions/movie.json': WITH_YEAR });
    const answer = await deliver(
      push('a', 'b', { modified: ['definitions/movie.json'], removed: ['definitions/person.yaml'] }),
    );
    expect(answer.body.push).toMatchObject({
      removed: ['definitions/person.yaml'],
      note: expect.stringContaining('stay'),
    });
    const alone = await deliver(push('b', 'c', { removed: ['definitions/movie.json'] }));
    expect([alone.status, alone.body.ignored]).toEqual([202, expect.stringContaining('movie.json stay')]);
    expect(await modelsOf()).toEqual(['movie', 'person']);
  });

  test('drops what it removes where that is set, and is the confirmation', async () => {
    const files = { 'definitions/movie.json': WITH_YEAR, 'definitions/person.yaml': PERSON };
    github.commit(shaOf('a'), files);
    await deliver(push(null, 'a', { added: Object.keys(files) }));
    github.commit(shaOf('b'), { 'definitions/movie.json': MOVIE });
    const changed = { modified: ['definitions/movie.json'], removed: ['definitions/person.yaml'] };
    const answer = await deliver(push('a', 'b', changed), { to: pruning });
    expect(answer.body).toMatchObject({ status: 'published', push: { note: null } });
    expect(await modelsOf()).toEqual(['movie']);
    expect((await system.edge.get(`/v1/${ws}/models/movie`)).body.fields).toHaveLength(1);
    github.commit(shaOf('c'), { 'README.md': '' });
    const emptied = await deliver(push('b', 'c', { removed: ['definitions/movie.json'] }), { to: pruning });
    expect(emptied.status).toBe(202);
    expect(await modelsOf()).toEqual(['movie']);
  });

  test('carries its definitions where there is no token', async () => {
    const payload = push(null, 'a', { added: ['definitions/movie.json'] });
    const without = await deliver(payload, { to: carried });
    expect([without.status, without.body.detail]).toEqual([422, expect.stringContaining('GITHUB_TOKEN')]);
    const answer = await deliver({ ...payload, definitions: [JSON.parse(MOVIE)] }, { to: carried });
    expect(answer.body).toMatchObject({ status: 'done', models: ['movie'] });
    expect(github.asked).toEqual([]);
  });

  test('to another branch, of a tag, of other files, or another event is left alone', async () => {
    const answers = [
      await deliver(push(null, 'a', { added: ['definitions/movie.json'] }, { ref: 'refs/heads/draft' })),
      await deliver(push(null, 'a', { added: ['definitions/movie.json'] }, { ref: 'refs/tags/v1' })),
      await deliver(push(null, 'a', { added: ['definitions.json', 'definitions/notes.md'] })),
      await deliver(push('a', 'b', {}, { after: '0'.repeat(40), deleted: true })),
      await deliver({ action: 'opened' }, { event: 'issues' }),
    ];
    for (const { status, body } of answers) expect([status, typeof body.ignored]).toEqual([202, 'string']);
    const ping = await deliver({ zen: 'Design for failure.' }, { event: 'ping' });
    expect([ping.status, ping.body]).toEqual([200, { message: 'pong' }]);
    expect(github.asked).toEqual([]);
    const log = await system.edge.get(`/v1/${ws}/webhooks/deliveries`);
    expect(log.body.data.map(({ code }: { code: string }) => code)).toEqual([
      null,
      ...Array(5).fill('ignored'),
    ]);
  });

  test('is refused where it is not signed by the secret, or is no push', async () => {
    const wrong = await deliver(push(null, 'a', {}), { secret: 'guessed' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_signature']);
    const malformed = [
      {},
      { ref: 1 },
      { ...RECORDED, after: '../../etc' },
      { ...RECORDED, commits: [{ added: [1] }] },
    ];
    for (const payload of malformed) expect((await deliver(payload)).body.code).toBe('validation_failed');
    const { repository } = RECORDED as { readonly repository: object };
    for (const full_name of ['a/../b', '../..', 'a/b?c=', 'a']) {
      const answer = await deliver({ ...RECORDED, repository: { ...repository, full_name } });
      expect(answer.body.errors).toMatchObject([{ path: '/repository/full_name' }]);
    }
  });

  test('of the recorded ones is answered as what it is', async () => {
    const pushes = examples.find(({ name }) => name === 'push')?.examples ?? [];
    for (const recorded of pushes) expect([202, 409]).toContain((await deliver(recorded)).status);
  });
});
