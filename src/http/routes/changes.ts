import { Hono } from 'hono';
import { listChanges, readChange } from '../../catalog/changes.ts';
import { cancelChange, retryChange } from '../../catalog/steer-change.ts';
import { Failure } from '../../failure.ts';
import { parseChangeRequest } from '../../plan/parse-change-request.ts';
import { answerChange, showChange } from '../answer-change.ts';
import { readJson } from '../body.ts';
import { changeEvents } from '../change-events.ts';
import type { EdgeEnv } from '../edge.ts';
import { nudgeMigrator } from '../nudge-migrator.ts';
import { submitChange } from '../submit-change.ts';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;

/** Wishes to get from the present definitions to others, and what became of them. */
export const changes = new Hono<EdgeEnv>()
  .get('/', async (c) => {
    const limit = readNumber(c.req.query('limit'), 'limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT;
    const before = readNumber(c.req.query('cursor'), 'cursor', 1, Number.MAX_SAFE_INTEGER);
    const found = await listChanges(c.env.edge.database, c.req.param('ws') ?? '', limit + 1, before);
    const page = found.slice(0, limit);
    const next = found.length > limit ? String(page.at(-1)?.seq) : null;
    return c.json({ data: page.map(showChange), page: { limit, next } });
  })
  .post('/', async (c) => {
    const { value, text } = await readJson(c);
    const request = parseChangeRequest(value);
    return submitChange(c, { workspace: c.req.param('ws') ?? '', source: 'api', text, request });
  })
  .get('/:id', async (c) => {
    const change = await readChange(c.env.edge.database, c.req.param('ws') ?? '', c.req.param('id'));
    return c.json(showChange(change));
  })
  .get('/:id/events', (c) => changeEvents(c, c.req.param('ws') ?? '', c.req.param('id')))
  .post('/:id/cancel', async (c) => {
    const workspace = c.req.param('ws') ?? '';
    await cancelChange(c.env.edge.database, workspace, c.req.param('id'));
    await nudgeMigrator(c, workspace);
    return answerChange(c, workspace, c.req.param('id'));
  })
  .post('/:id/retry', async (c) => {
    const workspace = c.req.param('ws') ?? '';
    await retryChange(c.env.edge.database, workspace, c.req.param('id'));
    await nudgeMigrator(c, workspace);
    return answerChange(c, workspace, c.req.param('id'));
  });

function readNumber(text: string | undefined, path: string, least: number, most: number): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const message = `must be a number from ${least} to ${most}`;
  throw new Failure('invalid_query', `${path}: ${message}`, {
    errors: [{ path, code: 'invalid_value', message }],
  });
}
