import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { movePush, type PushPosition, readFollowed } from '../../catalog/push-positions.ts';
import { Failure } from '../../failure.ts';
import { withOpenRenames } from '../../plan/open-renames.ts';
import { parseChangeRequest } from '../../plan/parse-change-request.ts';
import { type Push, parsePush } from '../../webhooks/github-push.ts';
import { isSignedByGitHub } from '../../webhooks/signature.ts';
import { assertJson, parseJson } from '../body.ts';
import { answerRepeated, overtaken, submitChange } from '../changes/submit-change.ts';
import type { EdgeEnv } from '../edge.ts';
import { type PushedDefinitions, readPushedDefinitions } from './pushed-definitions.ts';
import type { Outcome, Receiver } from './receive-webhook.ts';

/**
 * Pushes to a repository of definitions. GitHub signs the body alone: neither a time nor the id of the delivery. So it is
 * the body that is taken once, and a push that was refused may be delivered again, by hand, when it can work.
 */
export const githubWebhook: Receiver = {
  source: 'github',
  keepsRefusals: false,
  nameOf: (c) => c.req.header('X-GitHub-Delivery') ?? null,
  verify(c, body) {
    const { keys } = c.env.edge.webhooks.github;
    const signature = c.req.header('X-Hub-Signature-256');
    if (keys.length === 0) {
      throw new Failure('invalid_signature', 'no pushes are taken here: GITHUB_WEBHOOK_SECRET is not set');
    }
    if (signature === undefined || !isSignedByGitHub(keys, signature, body)) {
      const message =
        'X-Hub-Signature-256 was not made by the secret of this deployment: give the webhook that secret';
      throw new Failure('invalid_signature', message);
    }
    const id = createHash('sha256').update(body).digest('hex');
    return { name: c.req.header('X-GitHub-Delivery') ?? id, id, body };
  },
  async act(c, workspace, { id, body }) {
    const event = c.req.header('X-GitHub-Event') ?? '';
    if (event === 'ping') return { answer: c.json({ message: 'pong' }) };
    if (event !== 'push')
      return ignore(c, `of GitHub's events, push is what counts here, not ${event || 'one without a name'}`);
    assertJson(c);
    return followPush(c, workspace, id, parsePush(parseJson(body).value, id));
  },
};

async function followPush(c: Context<EdgeEnv>, workspace: string, id: string, push: Push): Promise<Outcome> {
  const { database, webhooks } = c.env.edge;
  const { github } = webhooks;
  const followedBranch = github.branch ?? push.defaultBranch;
  if (push.branch !== followedBranch) return ignore(c, `the branch ${followedBranch} is what counts here`);
  if (push.isDeleted) return ignore(c, `the branch ${followedBranch} was deleted`);
  const key = `github ${id}`;
  const repeated = await answerRepeated(c, workspace, key, id);
  if (repeated) {
    // What has to be fetched is not fetched again for those who repeat themselves.
    const carried = push.definitions && (await readPushedDefinitions(github, push, null));
    return { answer: carried ? await withPush(repeated, push, carried, false) : repeated };
  }
  const { repository, before, after, pushedAt } = push;
  const position: PushPosition = { repository, branch: followedBranch, before, after, pushedAt };
  const followed = await readFollowed(database, workspace, position);
  if (followed?.isFurther) throw overtaken();
  const definitions = await readPushedDefinitions(github, push, followed?.commit ?? null);
  const { models, removed, isWhole } = definitions;
  if (models.length === 0) {
    // Even where prune is set: that no file is there is rather a folder that was moved.
    if (!(await movePush(database, workspace, position))) throw overtaken();
    const kept = removed.length > 0 ? `; the models of ${removed.join(', ')} stay` : '';
    return ignore(c, `the push brings no definitions in ${github.folder}/${kept}`);
  }
  const prune = github.prune && isWhole;
  const answer = await submitChange(c, {
    workspace,
    text: id,
    key,
    push: position,
    request: parseChangeRequest({ models, ...(prune ? { prune } : {}) }),
    guard: withOpenRenames,
    isConfirmed: prune,
  });
  return { answer: await withPush(answer, push, definitions, prune) };
}

function ignore(c: Context<EdgeEnv>, ignored: string): Outcome {
  return { answer: c.json({ ignored }, 202), ignored };
}

/** The change, and what of the push became it. */
async function withPush(
  answer: Response,
  { repository, after }: Push,
  { files, removed }: PushedDefinitions,
  prune: boolean,
): Promise<Response> {
  const change = await answer.json();
  const push = {
    repository,
    commit: after,
    files,
    removed,
    note:
      removed.length > 0 && !prune
        ? 'the models of removed files stay: drop them, or set GITHUB_PRUNE=true and GITHUB_TOKEN'
        : null,
  };
  return new Response(JSON.stringify({ ...Object(change), push }), answer);
}
