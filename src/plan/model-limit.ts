/**
 * Requests of those who may change some models alone (`only`): what they name, and what their plan touches. It is the
 * plan that is judged, for what a change of a model does to others only it can tell; but what is named is looked at
 * ahead of it, so that nothing is told of other models by what a plan finds wrong.
 */
import type { Definition, Field } from '../definition/definition.ts';
import { Failure } from '../failure.ts';
import type { ChangeRequest } from './change-request.ts';
import { modelsNamedBy } from './touched-models.ts';
import type { WorkspaceState } from './workspace-state.ts';

/** Throws `insufficient_scope` for what is not about models that are there and named. */
export function assertLimitable({ prune, operations = [], conflicts }: ChangeRequest): void {
  const operation = operations.find(({ op }) => ['restore', 'adopt', 'repair'].includes(op));
  const wide = prune ? 'prune' : (operation?.op ?? (conflicts && 'conflicts'));
  if (wide === undefined) return;
  throw new Failure('insufficient_scope', `${wide} concerns all models, and this key is limited to some`);
}

/** Throws `insufficient_scope` where a request names a model that it may not touch. */
export function assertMayName(state: WorkspaceState, request: ChangeRequest): void {
  if (!request.only) return;
  const named = new Set(modelsNamedBy(request));
  const models = state.models.map(({ definition }) => definition);
  const other = models.find(
    ({ id, name }) => (named.has(name) || named.has(id)) && !request.only?.includes(id),
  );
  if (other) throw ofOthers(other.name);
}

/** Throws `insufficient_scope` where a plan touches a model that its request may not. */
export function assertMayTouch(touched: readonly Definition[], { only }: ChangeRequest): void {
  const other = touched.find(({ id }) => only && !only.includes(id));
  if (other) throw ofOthers(other.name);
}

/** The models that a plan touches: that it makes, changes or drops, or to which it has references lead. */
export function modelsTouched(
  state: WorkspaceState,
  plan: {
    readonly base: Readonly<Record<string, string>>;
    readonly result: Readonly<Record<string, string>>;
    readonly models: readonly Definition[];
  },
): readonly Definition[] {
  const before = new Map(state.models.map(({ definition }) => [definition.id, definition]));
  const after = new Map(plan.models.map((definition) => [definition.id, definition]));
  const touched = new Map<string, Definition>();
  for (const model of before.values()) if (Object.hasOwn(plan.base, model.name)) touched.set(model.id, model);
  for (const model of after.values()) {
    if (!Object.hasOwn(plan.result, model.name)) continue;
    touched.set(model.id, model);
    for (const to of newTargets(before.get(model.id), model)) {
      const target = after.get(to) ?? before.get(to);
      if (target) touched.set(to, target);
    }
  }
  return [...touched.values()];
}

/** The models that references come to lead to, or to lead to otherwise. */
function newTargets(before: Definition | undefined, after: Definition): readonly string[] {
  const known = new Map(before?.fields.map((field) => [field.id, field]));
  return after.fields.flatMap((field) =>
    field.to === undefined || isSameReference(known.get(field.id), field) ? [] : [field.to],
  );
}

function isSameReference(before: Field | undefined, after: Field): boolean {
  return before?.to === after.to && before?.type === after.type && before?.onDelete === after.onDelete;
}

function ofOthers(name: string): Failure {
  return new Failure('insufficient_scope', `this key is limited to other models than ${name}`);
}
