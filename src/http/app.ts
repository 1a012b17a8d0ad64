/** The edge as a Hono app. It knows requests and answers; what migrates is known to it as rows of the catalog. */
import { type Context, Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { isWorkspaceSlug } from '../definition/identifiers.ts';
import { Failure } from '../failure.ts';
import { methodsAt } from './access/access.ts';
import { authenticate } from './access/authenticate.ts';
import { withoutSamples } from './access/without-samples.ts';
import { answeringRoute } from './answering-route.ts';
import { cacheControl } from './caching.ts';
import type { EdgeEnv } from './edge.ts';
import { noteRequest } from './note-request.ts';
import { failureOf, problemResponse } from './problems.ts';
import { adopt } from './routes/adopt.ts';
import { audit } from './routes/audit.ts';
import { changes } from './routes/changes.ts';
import { database } from './routes/database.ts';
import { docsPage } from './routes/docs-page.ts';
import { doctor } from './routes/doctor.ts';
import { documents } from './routes/documents.ts';
import { drift } from './routes/drift.ts';
import { exports } from './routes/exports.ts';
import { feeds } from './routes/feeds.ts';
import { health } from './routes/health.ts';
import { imports } from './routes/imports.ts';
import { infer } from './routes/infer.ts';
import { keys } from './routes/keys.ts';
import { metrics } from './routes/metrics.ts';
import { models } from './routes/models.ts';
import { plans } from './routes/plans.ts';
import { records } from './routes/records.ts';
import { rollback } from './routes/rollback.ts';
import { subscribers } from './routes/subscribers.ts';
import { trash } from './routes/trash.ts';
import { webhooks, webhooksIn } from './routes/webhooks.ts';
import { workspaces } from './routes/workspaces.ts';

/** What was set before a failure and stays. */
const KEPT_HEADERS: ReadonlySet<string> = new Set(['allow', 'model-hash', 'x-request-id']);

/** One app serves all requests of an isolate: routes are built once per deploy. */
export function createApp(): Hono<EdgeEnv> {
  const app = new Hono<EdgeEnv>();
  app.onError((error, c) => answerFailure(c, failureOf(error) ?? unexpected(error, c)));
  app.notFound((c) => answerFailure(c, nothingThere(c)));
  app.use(requestId({ limitLength: 64, generator: (c) => c.req.header('CF-Ray') ?? crypto.randomUUID() }));
  app.use(noteRequest);
  app.use(cacheControl);
  app.route('/health', health);
  app.use('/metrics', authenticate);
  app.route('/metrics', metrics);
  app.route('/v1/:ws/docs', docsPage);
  app.route('/v1/:ws/webhooks', webhooksIn);
  app.use('/v1/*', authenticate);
  app.use('/v1/*', async (c, next) => {
    const { pathname, search } = new URL(c.req.url);
    if (pathname.includes('%00')) throw new Failure('route_not_found', 'no address holds the NUL character');
    assertUtf8(search);
    // The queries of records say which of their parameters holds it.
    if (search.includes('%00') && !pathname.split('/', 4).includes('records'))
      throw new Failure('invalid_query', 'no parameter holds the NUL character');
    await next();
  });
  app.route('/v1/doctor', doctor);
  app.route('/v1/workspaces', workspaces);
  app.use('/v1/:ws/*', async (c, next) => {
    const slug = c.req.param('ws');
    if (!answeringRoute(c)) throw nothingThere(c);
    if (!isWorkspaceSlug(slug)) throw new Failure('unknown_workspace', `there is no workspace ${slug}`);
    await next();
  });
  app.route('/v1/:ws/models', models);
  app.route('/v1/:ws/models', rollback);
  app.route('/v1/:ws/trash', trash);
  app.route('/v1/:ws/changes', changes);
  app.route('/v1/:ws/plans', plans);
  app.route('/v1/:ws/adopt', adopt);
  app.route('/v1/:ws/database', database);
  app.route('/v1/:ws/keys', keys);
  app.route('/v1/:ws/drift', drift);
  app.route('/v1/:ws/audit', audit);
  app.route('/v1/:ws/infer', infer);
  app.route('/v1/:ws/records', exports);
  app.route('/v1/:ws/records', imports);
  app.route('/v1/:ws/records', feeds);
  app.route('/v1/:ws/records', records);
  app.route('/v1/:ws/webhooks/subscribers', subscribers);
  app.route('/v1/:ws/webhooks', webhooks);
  app.route('/v1/:ws', documents);
  return app;
}

const pathOf = (c: Context<EdgeEnv>) => new URL(c.req.url).pathname;

function answerFailure(c: Context<EdgeEnv>, failure: Failure): Response {
  const answer = problemResponse(failure, pathOf(c), failure.data && withoutSamples(c, failure.data));
  // Nothing of an answer that had been begun is heard by who holds no valid key, or of a workspace in the trash: hono
  // would add its headers.
  if (failure.code === 'unauthorized' || failure.code === 'unknown_workspace') {
    for (const name of [...c.res.headers.keys()]) if (name !== 'x-request-id') c.header(name, undefined);
  }
  for (const [name, value] of c.res.headers) {
    if (KEPT_HEADERS.has(name.toLowerCase())) answer.headers.set(name, value);
  }
  return answer;
}

/** `URLSearchParams` would put U+FFFD where bytes are no UTF-8, and so look for what nobody asked for. */
function assertUtf8(search: string): void {
  try {
    decodeURIComponent(search.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new Failure('invalid_query', 'the query string is not valid UTF-8', { cause: error });
  }
}

/** No route answers: not at this address, or not by this method. */
function nothingThere(c: Context<EdgeEnv>): Failure {
  const { method } = c.req;
  const methods = methodsAt(c.req.path);
  if (methods.length === 0) {
    return new Failure('route_not_found', `there is nothing at ${method} ${pathOf(c)}`);
  }
  const allow = methods.join(', ');
  c.header('Allow', allow);
  return new Failure('method_not_allowed', `${pathOf(c)} takes ${allow}, and not ${method}`);
}

/** A defect: the log gets everything, the client a sentence and the request's id to ask by. */
function unexpected(error: Error, c: Context<EdgeEnv>): Failure {
  const requestId = c.get('requestId');
  const { stack, cause } = error;
  const logged = { event: 'unexpected', requestId, pathname: pathOf(c), error: stack, cause: String(cause) };
  console.error(JSON.stringify(logged));
  return new Failure('internal_error', `this is a fault of the server; it was logged as ${requestId}`);
}
