import type { ChangeRequest } from './change-request.ts';
import type { WorkspaceState } from './workspace-state.ts';

/**
 * A request of definitions that lie in files, where the notes of renames (`renamedFrom`) stay after they have done their
 * work: what is there under its new name is not renamed again, for its old name may be another's by now.
 */
export function withOpenRenames({ models }: WorkspaceState, request: ChangeRequest): ChangeRequest {
  const known = new Map(models.map(({ definition }) => [definition.name, definition]));
  const open = request.models?.map((model) => {
    const isDone = known.has(model.name);
    const before = known.get(isDone ? model.name : (model.renamedFrom ?? model.name));
    const names = new Set(before?.fields.map(({ name }) => name));
    return {
      ...(isDone ? withoutNote(model) : model),
      fields: model.fields.map((field) => (names.has(field.name) ? withoutNote(field) : field)),
    };
  });
  return open ? { ...request, models: open } : request;
}

function withoutNote<T extends { readonly renamedFrom?: string }>({ renamedFrom: _done, ...kept }: T) {
  return kept;
}
