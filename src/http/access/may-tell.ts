/** What keys may have others told of by webhooks: no more than they may read themselves. */
import type { Context } from 'hono';
import type { Scope } from '../../catalog/key-state.ts';
import type { NamedModel, SubscribedEvent } from '../../catalog/shown-subscriber.ts';
import { Failure } from '../../failure.ts';
import type { EdgeEnv } from '../edge.ts';
import { ofOtherModels } from './assert-granted.ts';

const SCOPES: Readonly<Record<SubscribedEvent, Scope>> = {
  'change.published': 'models:read',
  'change.done': 'models:read',
  'change.failed': 'models:read',
  'record.created': 'records:read',
  'record.updated': 'records:read',
  'record.deleted': 'records:read',
};

type Models = readonly NamedModel[] | null;

/** Whether the caller might have somebody told of these events, of the records of these models; null: of all. */
export function mayTell(c: Context<EdgeEnv>, events: readonly SubscribedEvent[], models: Models): boolean {
  return refusalOf(c, events, models) === null;
}

/** Throws `insufficient_scope`. */
export function assertMayTell(c: Context<EdgeEnv>, events: readonly SubscribedEvent[], models: Models): void {
  const refusal = refusalOf(c, events, models);
  if (refusal) throw refusal;
}

function refusalOf(c: Context<EdgeEnv>, events: readonly SubscribedEvent[], models: Models): Failure | null {
  const grant = c.get('key')?.grant;
  if (!grant) return null;
  for (const event of events) {
    const scope = SCOPES[event];
    if (!grant.scopes.includes(scope)) {
      const message = `who has others told of ${event} needs a key of the scope ${scope}`;
      return new Failure('insufficient_scope', message, { data: { scope } });
    }
  }
  const { models: allowed } = grant;
  if (allowed === null) return null;
  const ofAll = events.find((event) => SCOPES[event] === 'models:read');
  if (ofAll !== undefined) return tooMuch(`${ofAll} is told of all models`);
  if (models === null) return tooMuch('without `models`, records of all models are told of');
  const other = models.find(({ id }) => !allowed.includes(id));
  return other ? ofOtherModels(other.name, null) : null;
}

function tooMuch(reason: string): Failure {
  return new Failure('insufficient_scope', `${reason}, and this key is limited to some`);
}
