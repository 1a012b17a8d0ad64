import { Hono } from 'hono';
import { listTables, readTable } from '../../catalog/database-tables.ts';
import { dataSchema } from '../../definition/physical-names.ts';
import type { TableName } from '../../plan/steps/step-kind.ts';
import { sightOf } from '../access/sight.ts';
import type { EdgeEnv } from '../edge.ts';

/** What Postgres holds. Changes nothing. */
export const database = new Hono<EdgeEnv>()
  .get('/tables', async (c) => {
    const data = await listTables(c.env.edge.database, c.req.param('ws') ?? '', sightOf(c));
    return c.json({ data, page: { limit: data.length, next: null } });
  })
  .get('/tables/:table', async (c) => {
    const workspace = c.req.param('ws') ?? '';
    const name = readTableName(c.req.param('table'), workspace);
    return c.json(await readTable(c.env.edge.database, workspace, sightOf(c), name));
  });

/** `schema.table`; a name alone is of the workspace's own tables. */
function readTableName(text: string, workspace: string): TableName {
  const [, schema = dataSchema(workspace), table = text] = /^([^.]+)\.(.+)$/s.exec(text) ?? [];
  return { schema, table };
}
