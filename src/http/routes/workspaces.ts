import { type Context, Hono } from 'hono';
import {
  createWorkspace,
  findCreated,
  findWorkspace,
  listWorkspaces,
  patchWorkspace,
  restoreWorkspace,
  trashWorkspace,
  type Workspace,
  type WorkspaceState,
} from '../../catalog/workspaces.ts';
import { Failure } from '../../failure.ts';
import { formatWorkspaceState, WORKSPACE_FIELD } from '../../heads/workspace-state.ts';
import { byOf } from '../access/by.ts';
import { readJson } from '../body.ts';
import { digestOf } from '../caching.ts';
import { nudgeMigrator } from '../changes/nudge-migrator.ts';
import type { EdgeEnv } from '../edge.ts';
import { idempotencyKey } from '../headers.ts';
import { parseNewWorkspace, parsePatch } from '../parse-workspace.ts';
import { tellRedis } from '../tell-redis.ts';

/** Workspaces: tenants, each with its own schema, models and keys. */
export const workspaces = new Hono<EdgeEnv>()
  .get('/', async (c) => {
    const data = await listWorkspaces(c.env.edge.database, readTrashed(c));
    return c.json({ data, page: { limit: data.length, next: null } });
  })
  .post('/', async (c) => {
    const { database } = c.env.edge;
    const { value, text } = await readJson(c);
    const { slug, label } = parseNewWorkspace(value);
    const request = { idempotencyKey: idempotencyKey(c), bodyHash: digestOf(text) };
    const answer = (workspace: Workspace) => c.json(workspace, 201, { Location: `/v1/${slug}` });
    try {
      const { workspace, state } = await createWorkspace(database, slug, label, request, byOf(c));
      await tellState(c, slug, state);
      return answer(workspace);
    } catch (error) {
      const isThere = error instanceof Failure && error.code === 'workspace_exists';
      const created = isThere ? await findCreated(database, slug, request) : null;
      if (created) return answer(created);
      throw error;
    }
  })
  .get('/:slug', async (c) => c.json(await findWorkspace(c.env.edge.database, c.req.param('slug'))))
  .patch('/:slug', async (c) => {
    const patch = parsePatch((await readJson(c)).value);
    return c.json(await patchWorkspace(c.env.edge.database, c.req.param('slug'), patch, byOf(c)));
  })
  .delete('/:slug', async (c) => {
    const slug = c.req.param('slug');
    const state = await trashWorkspace(c.env.edge.database, slug, byOf(c));
    const isTold = await tellState(c, slug, state);
    // It sees to it that the workspace is purged at its time, which may have come.
    await nudgeMigrator(c, slug);
    if (isTold) return c.body(null, 204);
    throw new Failure(
      'redis_unavailable',
      'the workspace lies in the trash, and nothing is written in it; until Redis answers, which is tried again and again, it may still be read',
    );
  })
  .post('/:slug/restore', async (c) => {
    const slug = c.req.param('slug');
    const { workspace, state } = await restoreWorkspace(c.env.edge.database, slug, byOf(c));
    await tellState(c, slug, state);
    // Its changes stood still there.
    await nudgeMigrator(c, slug);
    return c.json(workspace);
  });

function tellState(c: Context<EdgeEnv>, slug: string, { seq, isTrashed }: WorkspaceState): Promise<boolean> {
  return tellRedis(c, slug, [[WORKSPACE_FIELD, formatWorkspaceState(seq, isTrashed)]]);
}

function readTrashed(c: Context<EdgeEnv>): boolean {
  const text = c.req.query('trashed') ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  const errors = [{ path: 'trashed', code: 'invalid_value', message: 'must be true or false' }];
  throw new Failure('invalid_query', 'trashed: must be true or false', { errors });
}
