import type { Context } from 'hono';
import { isName } from '../../definition/identifiers.ts';
import { Failure } from '../../failure.ts';
import type { ModelClass } from '../../model/model-class.ts';
import type { Related } from '../../model/related.ts';
import type { Database, DatabaseSession } from '../../ports.ts';
import { isDryRun, rollingBack } from '../../records/dry-run.ts';
import { assertModel, limitedRelated } from '../access/assert-granted.ts';
import type { EdgeEnv } from '../edge.ts';
import { agreeOnModels, hashesOf } from '../headers.ts';

/** A request for records of the model `:model` of the workspace `:ws`. */
export type RecordContext = Context<EdgeEnv>;

export const JSON_TYPE = { 'Content-Type': 'application/json' } as const;

/** As it was sent: a parser of addresses would have changed it. */
export function queryOf(c: RecordContext): URLSearchParams {
  return new URLSearchParams(/\?([^#]*)/.exec(c.req.url)?.[1]);
}

/** Where a write goes; with `dryRun`, all of it is taken back. Throws `invalid_query`. */
export function databaseOf(c: RecordContext, params: URLSearchParams): Database {
  const { database, connect } = c.env.edge;
  if (!isDryRun(params)) return fenced(c, database);
  c.header('Dry-Run', 'true');
  return fenced(c, rollingBack(connect));
}

/** A session for a transaction of many statements, which begins with its fences. */
export async function connectFor(c: RecordContext): Promise<DatabaseSession> {
  const session = await c.env.edge.connect();
  return { ...fenced(c, session), end: () => session.end() };
}

/** A key is asked for in the same statement as the class that writes. */
function fenced(c: RecordContext, database: Database): Database {
  return c.get('key')?.fenced(database) ?? database;
}

/** What a read found, and the hashes of the models that took part, by their names. */
export interface Found<T> {
  readonly found: T;
  readonly hashes: Readonly<Record<string, string>>;
}

/** A read by the current class, with what every answer that involves a model carries. */
export async function reading<T>(
  c: RecordContext,
  use: (model: ModelClass, related: Related) => Promise<T>,
): Promise<Found<T>> {
  const read = async (model: ModelClass, related: Related): Promise<Found<T>> => {
    assertModel(c, model);
    agreeOnModels(c, hashesOf([model]));
    const found = await use(model, limitedRelated(c, related));
    const hashes = hashesOf([model, ...related.taken]);
    agreeOnModels(c, hashes);
    return { found, hashes };
  };
  return c.env.edge.registry.read(c.req.param('ws') ?? '', modelName(c), read, c.get('key') ?? null);
}

/** A write by the current class; Postgres refuses it where the class is no longer that. */
export async function written<T>(
  c: RecordContext,
  use: (model: ModelClass, related: Related) => Promise<T>,
): Promise<T> {
  return c.env.edge.registry.write(c.req.param('ws') ?? '', modelName(c), async (model, related) => {
    assertModel(c, model);
    agreeOnModels(c, hashesOf([model]));
    return use(model, limitedRelated(c, related));
  });
}

function modelName(c: RecordContext): string {
  const name = c.req.param('model') ?? '';
  if (isName(name)) return name;
  throw new Failure('unknown_model', `there is no model ${name}`);
}
