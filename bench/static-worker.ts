/** What Remodel is measured against: the same resource, written by hand for one table that never changes. */
import { timingSafeEqual } from 'node:crypto';
import { neon, neonConfig } from '@neondatabase/serverless';
import { and, asc, desc, eq, type SQL } from 'drizzle-orm';
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http';
import { Hono } from 'hono';
import * as v from 'valibot';
import { movieSchema, movies, reviews } from './static-table.ts';

interface StaticEnv {
  Bindings: { readonly ROOT_TOKEN: string; readonly DATABASE_URL: string; readonly NEON_LOCAL_PROXY: string };
}

const MAX_LIMIT = 200;
const encoder = new TextEncoder();
let database: NeonHttpDatabase | undefined;

function connect(env: StaticEnv['Bindings']): NeonHttpDatabase {
  neonConfig.fetchEndpoint = `http://${env.NEON_LOCAL_PROXY}/sql`;
  database ??= drizzle({ client: neon(env.DATABASE_URL) });
  return database;
}

const app = new Hono<StaticEnv>();

app.use(async (c, next) => {
  const given = encoder.encode(c.req.header('Authorization') ?? '');
  const wanted = encoder.encode(`Bearer ${c.env.ROOT_TOKEN}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    return c.json({ message: 'unauthorized' }, 401);
  }
  return next();
});

app.get('/movies', async (c) => {
  const limit = Number(c.req.query('limit') ?? 25);
  if (!(limit >= 1 && limit <= MAX_LIMIT)) return c.json({ message: 'limit' }, 400);
  const year = c.req.query('year');
  const conditions: SQL[] = [];
  if (year !== undefined) {
    if (!/^\d{4}$/.test(year)) return c.json({ message: 'year' }, 400);
    conditions.push(eq(movies.year, Number(year)));
  }
  const order = c.req.query('sort') === '-rating' ? [desc(movies.rating), desc(movies.id)] : [asc(movies.id)];
  const rows = await connect(c.env)
    .select()
    .from(movies)
    .where(and(...conditions))
    .orderBy(...order)
    .limit(limit + 1);
  const data = rows.slice(0, limit);
  return c.json({ data, page: { limit, next: rows.length > limit ? data.at(-1)?.id : null } });
});

app.get('/movies/:id', async (c) => {
  const [row] = await connect(c.env)
    .select()
    .from(movies)
    .where(eq(movies.id, c.req.param('id')));
  return row ? c.json(row) : c.json({ message: 'not found' }, 404);
});

app.get('/reviews', async (c) => {
  const limit = Number(c.req.query('limit') ?? 25);
  if (!(limit >= 1 && limit <= MAX_LIMIT)) return c.json({ message: 'limit' }, 400);
  const rows = await connect(c.env)
    .select()
    .from(reviews)
    .leftJoin(movies, eq(movies.id, reviews.of))
    .orderBy(reviews.id)
    .limit(limit + 1);
  const data = rows.slice(0, limit).map((row) => ({ ...row.reviews, of: row.movies }));
  return c.json({ data, page: { limit, next: rows.length > limit ? data.at(-1)?.id : null } });
});

app.post('/movies/many', async (c) => {
  const parsed = v.safeParse(v.array(movieSchema), await c.req.json());
  if (!parsed.success) return c.json({ issues: v.flatten(parsed.issues) }, 422);
  const rows = await connect(c.env).insert(movies).values(parsed.output).returning();
  return c.json({ data: rows }, 201);
});

app.post('/movies', async (c) => {
  const parsed = v.safeParse(movieSchema, await c.req.json());
  if (!parsed.success) return c.json({ issues: v.flatten(parsed.issues) }, 422);
  const [row] = await connect(c.env).insert(movies).values(parsed.output).returning();
  c.header('Location', `/movies/${row?.id}`);
  return c.json(row, 201);
});

export default app;
