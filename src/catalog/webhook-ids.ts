import { Failure, type FailureCode, type Finding } from '../failure.ts';
import type { Database } from '../ports.ts';
import { sql } from '../statement.ts';
import { text, textOrNull } from './columns.ts';

/** Which address for webhooks a delivery came to. */
export type WebhookSource = 'definitions' | 'github';

/** A delivery that was taken: for the first time, or before. */
export interface TakenDelivery {
  readonly isNew: boolean;
  /** How it was refused the first time; null where it was not, or the first time is not over. */
  readonly refusal: Failure | null;
}

interface Refusal {
  readonly code: FailureCode;
  readonly message: string;
  readonly errors?: readonly Finding[];
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * Takes a delivery by the name that its sender gave it. The secrets are the deployment's and no signature says for which
 * workspace it was made: so a name is good for one workspace. Throws `delivery_reused` and `unknown_workspace`.
 */
export async function takeDelivery(
  database: Database,
  workspace: string,
  source: WebhookSource,
  id: string,
): Promise<TakenDelivery> {
  const inserted = await database.query(sql`
    insert into remodel.webhook_ids (source, id, workspace_id)
    select ${source}, ${id}, w.id
    from remodel.workspaces w
    where w.slug = ${workspace}
      and w.trashed_at is null
    on conflict (source, id) do nothing
    returning id
  `);
  if (inserted.length > 0) return { isNew: true, refusal: null };
  const [known] = await database.query(sql`
    select w.slug, i.refusal
    from remodel.webhook_ids i
    join remodel.workspaces w on w.id = i.workspace_id
    where i.source = ${source}
      and i.id = ${id}
  `);
  if (!known) throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
  if (text(known, 'slug') !== workspace) {
    throw new Failure(
      'delivery_reused',
      `the delivery ${id} came to another workspace before: send each under an id of its own`,
    );
  }
  return { isNew: false, refusal: readRefusal(textOrNull(known, 'refusal')) };
}

function readRefusal(json: string | null): Failure | null {
  if (json === null) return null;
  const { code, message, ...more }: Refusal = JSON.parse(json);
  return new Failure(code, message, more);
}

/** Keeps the answer to a delivery that was refused for good, for those that repeat it. */
export async function keepRefusal(
  database: Database,
  source: WebhookSource,
  id: string,
  { code, message, errors, data }: Failure,
): Promise<void> {
  const refusal: Refusal = { code, message, ...(errors ? { errors } : {}), ...(data ? { data } : {}) };
  await database.query(sql`
    update remodel.webhook_ids
    set refusal = ${JSON.stringify(refusal)}
    where source = ${source}
      and id = ${id}
      and refusal is null
  `);
}
