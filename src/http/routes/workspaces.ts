import { Hono } from 'hono';
import { createWorkspace, listWorkspaces, trashWorkspace } from '../../catalog/workspaces.ts';
import { isWorkspaceSlug } from '../../definition/identifiers.ts';
import { Failure } from '../../failure.ts';
import { readJson } from '../body.ts';
import { byOf } from '../by.ts';
import type { EdgeEnv } from '../edge.ts';

const SLUG_RULE =
  'a lower-case letter, then up to 39 lower-case letters, digits or hyphens; not public, remodel, workspaces or pg…';

/** Workspaces: tenants, each with its own schema, models and keys. */
export const workspaces = new Hono<EdgeEnv>()
  .get('/', async (c) => {
    const data = await listWorkspaces(c.env.edge.database);
    return c.json({ data, page: { limit: data.length, next: null } });
  })
  .post('/', async (c) => {
    const { slug, label } = parseWorkspace((await readJson(c)).value);
    return c.json(await createWorkspace(c.env.edge.database, slug, label, byOf(c)), 201, {
      Location: `/v1/${slug}`,
    });
  })
  .delete('/:slug', async (c) => {
    await trashWorkspace(c.env.edge.database, c.req.param('slug'), byOf(c));
    return c.body(null, 204);
  });

function parseWorkspace(body: unknown): { readonly slug: string; readonly label: string | null } {
  const { slug, label = null, ...others }: Record<string, unknown> = Object(body);
  const errors = Object.keys(others).map((name) => ({
    path: `/${name}`,
    code: 'unknown_property',
    message: 'leave it out; known are slug and label',
  }));
  if (typeof slug !== 'string' || !isWorkspaceSlug(slug)) {
    errors.push({ path: '/slug', code: 'invalid_name', message: `must be ${SLUG_RULE}` });
  }
  if (label !== null && (typeof label !== 'string' || label.length > 200 || label.includes('\0'))) {
    errors.push({
      path: '/label',
      code: 'invalid_property',
      message: 'must be a text of at most 200 characters',
    });
  }
  if (errors.length === 0 && typeof slug === 'string' && (label === null || typeof label === 'string')) {
    return { slug, label };
  }
  throw new Failure('validation_failed', errors[0]?.message ?? 'this is no workspace', { errors });
}
