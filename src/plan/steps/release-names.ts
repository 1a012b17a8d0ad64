import { quoteLiteral } from '../../definition/identifiers.ts';
import type { StepBase, TransactionKind } from './step-kind.ts';

export interface ReleaseNames extends StepBase {
  readonly kind: 'releaseNames';
  readonly modelId: string;
  /** Whether the model gets, now that they are free, names that others bore. */
  readonly again: boolean;
}

/**
 * After grace no request asks for the names that an alignment took away: until then they are given to nothing
 * else, for another alignment waits for this step. The second half of an exchange is a change of its own.
 */
export const releaseNames: TransactionKind<ReleaseNames> = {
  mode: 'transaction',
  lock: 'rows of the catalog',
  run: (step) => (step.again ? [alignAgain(step.modelId)] : []),
};

function alignAgain(modelId: string): string {
  return `with model as (
  select m.name, m.workspace_id
  from remodel.models m
  where m.id = ${quoteLiteral(modelId)}
    and m.status = 'published'
), place as (
  update remodel.workspaces w
  set change_seq = w.change_seq + 1
  from model
  where w.id = model.workspace_id
  returning w.change_seq
)
insert into remodel.changes (id, workspace_id, seq, status, request, model_names, source, actor)
select
  gen_random_uuid(), model.workspace_id, place.change_seq, 'queued',
  jsonb_build_object('operations', jsonb_build_array(jsonb_build_object('op', 'alignNames', 'model', model.name))),
  array[model.name], 'alignNames', '{"kind":"system"}'
from model, place`;
}
