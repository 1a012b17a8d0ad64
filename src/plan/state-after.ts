import { trashSchemaOf } from '../definition/adopted.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import type { Plan } from './plan-change.ts';
import type { AlignTable } from './steps/align-table.ts';
import { isTrashed, trashedName } from './steps/trash-column.ts';
import type { TrashEntry } from './trash-entry.ts';
import { inOrder, type OccupiedName, type PublishedModel, type WorkspaceState } from './workspace-state.ts';

/** The state once a plan has been carried out, its contract included: what the plan behind it starts from. */
export function stateAfter(state: WorkspaceState, plan: Plan): WorkspaceState {
  const before = new Map(state.models.map((model) => [model.definition.id, model]));
  const models = plan.models.map((definition) => {
    const hash = Object.hasOwn(plan.result, definition.name) ? plan.result[definition.name] : undefined;
    const known = before.get(definition.id);
    if (known && (hash === undefined || hash === known.hash)) return known;
    return { definition, hash: hash ?? '', version: (known?.version ?? 0) + 1 };
  });
  const aligned = plan.steps.filter((step) => step.kind === 'alignTable');
  const trashed = plan.trashed.map(({ table, column }) => ({
    table,
    column,
    ...(column === null ? {} : { trashedAs: trashedName(column) }),
  }));
  const returned = [...plan.restored.fields.values()].map(({ entry }) => entry.trashedAs);
  const occupied = state.occupied.filter(
    ({ trashedAs }) => trashedAs === undefined || !returned.includes(trashedAs),
  );
  return {
    ...state,
    models: inOrder(models),
    occupied: [...alignedNames(occupied, aligned), ...aligned.flatMap(formerNames), ...trashed],
    trash: trashAfter(state, plan, before),
  };
}

/** What is about to go there has no id yet, and so comes back only by a rollback. */
function trashAfter(
  state: WorkspaceState,
  plan: Plan,
  before: ReadonlyMap<string, PublishedModel>,
): readonly TrashEntry[] {
  const coming = plan.trashed.flatMap((item): readonly TrashEntry[] => {
    const model = before.get(item.modelId);
    if (!model) return [];
    const { definition, version } = model;
    const common = { id: '', modelId: item.modelId, changeId: '', lists: [] };
    if (item.kind === 'model') {
      const trashSchema = trashSchemaOf(state.slug, definition);
      return [{ ...common, kind: 'model', definition, version, schema: null, trashSchema }];
    }
    const field = definition.fields.find(({ id }) => id === item.fieldId);
    if (!field) return [];
    const trashedAs = hasJoinTable(field) ? field.column : trashedName(field.column);
    return [
      {
        ...common,
        kind: 'field',
        reason: item.reason,
        field,
        stored: trashedAs,
        trashedAs,
        before: definition,
      },
    ];
  });
  const gone = new Set<TrashEntry>([
    ...plan.restored.models.values(),
    ...[...plan.restored.fields.values()].map(({ entry }) => entry),
  ]);
  return [...coming, ...state.trash.filter((entry) => !gone.has(entry))];
}

/** What is occupied goes along with a table that gets another name, and out of the way of a column that does. */
function alignedNames(
  occupied: readonly OccupiedName[],
  aligned: readonly AlignTable[],
): readonly OccupiedName[] {
  return occupied.map((name) => {
    const step = aligned.find(({ target }) => target.table === name.table);
    if (!step || (name.column === null && name.isFormer)) return name;
    const setAside = step.renamed.columns.find(({ from }) => from === name.trashedAs);
    return { ...name, table: step.table, ...(setAside ? { trashedAs: setAside.to } : {}) };
  });
}

function formerNames({ target, table, renamed }: AlignTable): readonly OccupiedName[] {
  const columns = renamed.columns
    .filter(({ from }) => !isTrashed(from))
    .map(({ from }) => ({ table, column: from, isFormer: true as const }));
  if (table === target.table) return columns;
  return [...columns, { table: target.table, column: null, isFormer: true }];
}
