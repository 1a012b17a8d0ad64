/** What each route asks of whoever calls it: one list of all of them, so that none is forgotten. */
import type { Scope } from '../../catalog/key-state.ts';

/** What a route asks of an API key. */
export interface KeyAccess {
  readonly kind: 'key';
  readonly scope: Scope;
  /**
   * Of a key that is limited to models: `refused`; `model`, it may where the address names one of them; `change`, where
   * it names a change that touches these alone; `own`, where it names one of its own making; `route`, the route sees to
   * it.
   */
  readonly limited: 'refused' | 'model' | 'change' | 'own' | 'route';
  /** Whether the statements of the route, or the command of its heads, ask for the key as well. */
  readonly isProven: boolean;
}

export type Access = { readonly kind: 'open' } | { readonly kind: 'root' } | KeyAccess;

/** Without a token, or with what a route looks at itself. */
const OPEN: Access = { kind: 'open' };
const ROOT: Access = { kind: 'root' };

const asks = (scope: Scope, limited: KeyAccess['limited'] = 'refused'): Access => ({
  kind: 'key',
  scope,
  limited,
  isProven: false,
});

/** Of records, by a class: see `record-request.ts`. */
const records = (scope: Scope): Access => ({ kind: 'key', scope, limited: 'route', isProven: true });

/** By method and path, as hono has them. */
export const ACCESS: Readonly<Record<string, Access>> = {
  'GET /health': OPEN,
  'GET /metrics': ROOT,
  'GET /v1/:ws/docs': OPEN,
  'POST /v1/:ws/webhooks/definitions': OPEN,
  'POST /v1/:ws/webhooks/github': OPEN,

  'GET /v1/doctor': ROOT,
  'GET /v1/workspaces': ROOT,
  'POST /v1/workspaces': ROOT,
  'GET /v1/workspaces/:slug': ROOT,
  'PATCH /v1/workspaces/:slug': ROOT,
  'DELETE /v1/workspaces/:slug': ROOT,
  'POST /v1/workspaces/:slug/restore': ROOT,

  'GET /v1/:ws/models': asks('models:read', 'route'),
  'GET /v1/:ws/models/:model': asks('models:read', 'model'),
  'GET /v1/:ws/models/:model/schema.json': asks('models:read', 'model'),
  'GET /v1/:ws/models/:model/versions': asks('models:read', 'model'),
  'GET /v1/:ws/models/:model/versions/:version': asks('models:read', 'model'),
  'PUT /v1/:ws/models/:model': asks('models:write', 'model'),
  'DELETE /v1/:ws/models/:model': asks('models:write', 'model'),

  'POST /v1/:ws/models/:model/rollback': asks('models:write', 'model'),

  'POST /v1/:ws/plans': asks('models:read', 'route'),
  'GET /v1/:ws/changes': asks('models:read', 'route'),
  'POST /v1/:ws/changes': asks('models:write', 'route'),
  'GET /v1/:ws/changes/:id': asks('models:read', 'change'),
  'GET /v1/:ws/changes/:id/events': asks('models:read', 'change'),
  'POST /v1/:ws/changes/:id/cancel': asks('models:write', 'own'),
  'POST /v1/:ws/changes/:id/retry': asks('models:write', 'own'),
  'POST /v1/:ws/infer': asks('models:read'),

  'GET /v1/:ws/trash': asks('models:read'),
  'POST /v1/:ws/trash/:id/restore': asks('models:write'),
  'DELETE /v1/:ws/trash/:id': asks('models:write'),

  'GET /v1/:ws/database/tables': asks('models:read'),
  'GET /v1/:ws/database/tables/:table': asks('models:read'),
  'GET /v1/:ws/drift': asks('models:read'),
  'POST /v1/:ws/adopt': asks('models:write'),

  'GET /v1/:ws/openapi.json': asks('models:read', 'route'),
  'GET /v1/:ws/definitions.json': asks('models:read', 'route'),
  'GET /v1/:ws/types.ts': asks('models:read', 'route'),

  'GET /v1/:ws/records/:model': records('records:read'),
  'POST /v1/:ws/records/:model': records('records:write'),
  'PATCH /v1/:ws/records/:model': records('records:write'),
  'DELETE /v1/:ws/records/:model': records('records:write'),
  'GET /v1/:ws/records/:model/aggregate': records('records:read'),
  'GET /v1/:ws/records/:model/export': records('records:read'),
  'POST /v1/:ws/records/:model/import': records('records:write'),
  'GET /v1/:ws/records/:model/events': records('records:read'),
  'GET /v1/:ws/records/:model/:id': records('records:read'),
  'PATCH /v1/:ws/records/:model/:id': records('records:write'),
  'PUT /v1/:ws/records/:model/:id': records('records:write'),
  'DELETE /v1/:ws/records/:model/:id': records('records:write'),

  'GET /v1/:ws/keys': asks('keys:admin'),
  'POST /v1/:ws/keys': asks('keys:admin'),
  'GET /v1/:ws/keys/:id': asks('keys:admin'),
  'DELETE /v1/:ws/keys/:id': asks('keys:admin'),
  'POST /v1/:ws/keys/:id/rotate': asks('keys:admin'),
  'GET /v1/:ws/audit': asks('keys:admin'),
  'GET /v1/:ws/webhooks/deliveries': asks('models:read'),
  // Addresses of subscribers may hold what lets others in.
  'GET /v1/:ws/webhooks/subscribers': asks('models:write', 'route'),
  'POST /v1/:ws/webhooks/subscribers': asks('models:write', 'route'),
  'GET /v1/:ws/webhooks/subscribers/:id': asks('models:write', 'route'),
  'PATCH /v1/:ws/webhooks/subscribers/:id': asks('models:write', 'route'),
  'DELETE /v1/:ws/webhooks/subscribers/:id': asks('models:write', 'route'),
  'POST /v1/:ws/webhooks/subscribers/:id/rotate': asks('models:write', 'route'),
  'GET /v1/:ws/webhooks/subscribers/:id/deliveries': asks('models:write', 'route'),
  'POST /v1/:ws/webhooks/subscribers/:id/deliveries/:delivery/redeliver': asks('models:write', 'route'),
};

const ROUTES = Object.keys(ACCESS).map((route) => {
  const [method = '', path = ''] = route.split(' ');
  return { method, pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`) };
});

/** The methods that routes at an address take. */
export function methodsAt(path: string): readonly string[] {
  const methods = ROUTES.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return methods.includes('GET') ? [...new Set(['GET', 'HEAD', ...methods])] : [...new Set(methods)];
}
