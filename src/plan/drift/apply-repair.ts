import { Failure } from '../../failure.ts';
import type { Operation } from '../change-request.ts';
import type { Draft } from '../draft.ts';
import type { Repair } from './difference.ts';
import { differencesOf } from './differences.ts';
import type { FoundModel } from './found-model.ts';

/** The repairs of a change, by the models that they are of. */
export type Repairs = ReadonlyMap<string, Repair>;

/**
 * Takes a difference out of the way. It is looked for anew in what was found of the model, for the definition may have
 * changed since. Throws `unknown_difference` where it is there no more.
 */
export function applyRepair(
  draft: Draft,
  { difference: id, keep }: Extract<Operation, { op: 'repair' }>,
  found: readonly FoundModel[],
  path: string,
): void {
  const tableOf = (modelId: string) => draft.byId(modelId)?.table ?? '';
  for (const one of found) {
    const model = draft.byId(one.modelId);
    const known =
      model && differencesOf(draft.state.slug, model, one, tableOf).find((each) => each.id === id);
    if (!model || !known) continue;
    const repair = known.repairs[keep];
    if (!repair) {
      const message = `the difference cannot be repaired so: ${known.message}`;
      throw new Failure('not_supported', message, {
        errors: [{ path: `${path}/keep`, code: 'not_supported', message }],
      });
    }
    const before = draft.repairs.get(model.id);
    const published = draft.state.models.find(({ definition }) => definition.id === model.id)?.definition;
    const database = before?.asFound ?? published ?? model;
    const differences = differencesOf(draft.state.slug, database, one, tableOf);
    // What the other repairs of this change leave of the model is its base as well.
    const { asFound = before?.asFound } = differences.find((each) => each.id === id)?.repairs[keep] ?? {};
    draft.repairs.set(model.id, together(before, repair, asFound));
    if (repair.next) draft.replace(repair.next);
    else draft.remove(model.id);
    return;
  }
  throw new Failure(
    'unknown_difference',
    `there is no difference ${id}: it is repaired, or the model has changed`,
    {
      errors: [{ path: `${path}/difference`, code: 'unknown_difference', message: 'is there no more' }],
    },
  );
}

/** One repair that does what both do, from the model as the database has it. */
function together(
  before: Repair | undefined,
  repair: Repair,
  asFound: Repair['asFound'] | undefined,
): Repair {
  return {
    next: repair.next,
    steps: (context) => [...(before?.steps?.(context) ?? []), ...(repair.steps?.(context) ?? [])],
    ...(asFound ? { asFound } : {}),
    ...(before?.isRepublished || repair.isRepublished ? { isRepublished: true } : {}),
    ...(before?.isDestructive || repair.isDestructive ? { isDestructive: true } : {}),
  };
}
