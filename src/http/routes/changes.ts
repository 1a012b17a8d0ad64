import { Hono } from 'hono';
import { listChanges, readChange } from '../../catalog/changes.ts';
import { cancelChange, retryChange } from '../../catalog/steer-change.ts';
import { byOf } from '../access/by.ts';
import { readJson } from '../body.ts';
import { answerChange, showChange, tellModels } from '../changes/answer-change.ts';
import { asWritten } from '../changes/as-written.ts';
import { changeEvents } from '../changes/change-events.ts';
import { nudgeMigrator } from '../changes/nudge-migrator.ts';
import { submitChange } from '../changes/submit-change.ts';
import type { EdgeEnv } from '../edge.ts';
import { pageOf, pageQuery } from '../paging.ts';

/** Wishes to get from the present definitions to others, and what became of them. */
export const changes = new Hono<EdgeEnv>()
  .get('/', async (c) => {
    const { limit, before } = pageQuery(c);
    const grant = c.get('key')?.grant ?? null;
    const found = await listChanges(c.env.edge.database, c.req.param('ws') ?? '', limit + 1, before, grant);
    const { data, page } = pageOf(found, limit, (change) => change.seq);
    return c.json({ data: data.map((change) => showChange(c, change)), page });
  })
  .post('/', async (c) => {
    const { value, text } = await readJson(c);
    const workspace = c.req.param('ws') ?? '';
    return asWritten(value, (request) => submitChange(c, { workspace, text, request }));
  })
  .get('/:id', async (c) => {
    const change = await readChange(c.env.edge.database, c.req.param('ws') ?? '', c.req.param('id'));
    tellModels(c, change);
    return c.json(showChange(c, change));
  })
  .get('/:id/events', (c) => changeEvents(c, c.req.param('ws') ?? '', c.req.param('id')))
  .post('/:id/cancel', async (c) => {
    const workspace = c.req.param('ws') ?? '';
    await cancelChange(c.env.edge.database, workspace, c.req.param('id'), byOf(c));
    await nudgeMigrator(c, workspace);
    return answerChange(c, workspace, c.req.param('id'));
  })
  .post('/:id/retry', async (c) => {
    const workspace = c.req.param('ws') ?? '';
    await retryChange(c.env.edge.database, workspace, c.req.param('id'), byOf(c));
    await nudgeMigrator(c, workspace);
    return answerChange(c, workspace, c.req.param('id'));
  });
