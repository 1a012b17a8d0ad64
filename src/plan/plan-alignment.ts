import { schemaOf } from '../definition/adopted.ts';
import { checkConstraints } from '../definition/columns.ts';
import { computedInOrder } from '../definition/computed.ts';
import type { Definition, Field } from '../definition/definition.ts';
import { hasJoinTable } from '../definition/join-table.ts';
import { indexesOf } from '../definition/model-indexes.ts';
import { keyField } from '../definition/system-fields.ts';
import { sqlOver } from './plan-computed.ts';
import { foreignKeyName } from './plan-foreign-keys.ts';
import type { Renamed, RenamedComputed } from './steps/align-table.ts';
import { setAsideName } from './steps/trash-column.ts';
import type { Step } from './steps.ts';
import type { PublishedModel, WorkspaceState } from './workspace-state.ts';

/** An alignment: models as they are, as they will be, and the names of those that are to be aligned. */
interface Alignment {
  readonly state: WorkspaceState;
  readonly before: readonly Definition[];
  readonly after: readonly Definition[];
  readonly names: ReadonlySet<string>;
}

/**
 * The steps of an alignment: what bears a table or a column in its name is renamed with it, so that the next plan
 * finds it. References bear the table that they refer to, so other models' tables may be among them.
 */
export function planAlignment(
  state: WorkspaceState,
  after: readonly Definition[],
  names: ReadonlySet<string>,
): { readonly steps: readonly Step[]; readonly checks: readonly []; readonly warnings: readonly string[] } {
  const alignment = { state, before: state.models.map(({ definition }) => definition), after, names };
  const halfWay = after.filter((model) => isHalfWay(alignment, model));
  const warnings = halfWay.map(
    ({ name }) =>
      `${name}: a name that another table or column bears is free only after grace; a second alignNames follows by itself and takes it`,
  );
  const steps = state.models.flatMap((previous) => {
    const model = after.find(({ id }) => id === previous.definition.id);
    return model ? modelSteps(alignment, previous, model, halfWay.includes(model)) : [];
  });
  return { steps, checks: [], warnings };
}

/** Whether something that a model wants is about to be freed: after grace, a second alignment takes it. */
function isHalfWay({ before, after, names }: Alignment, model: Definition): boolean {
  if (!names.has(model.name)) return false;
  const previous = before.find(({ id }) => id === model.id);
  const tables = { had: before.map(({ table }) => table), has: after.map(({ table }) => table) };
  const columns = { had: previous ? columnsOf(previous) : [], has: columnsOf(model) };
  type Names = { readonly had: readonly string[]; readonly has: readonly string[] };
  const isFreed = ({ had, has }: Names, name: string) => had.includes(name) && !has.includes(name);
  return isFreed(tables, model.name) || fieldsInTable(model).some(({ name }) => isFreed(columns, name));
}

function modelSteps(
  { state, before, after }: Alignment,
  { definition: previous, version }: PublishedModel,
  model: Definition,
  again: boolean,
): readonly Step[] {
  const columns = pairs(columnsOf(previous), columnsOf(model));
  const indexes = pairs(
    indexesOf(previous).map(({ name }) => name),
    indexesOf(model).map(({ name }) => name),
  );
  const constraints = pairs(constraintsOf(previous, before), constraintsOf(model, after));
  const isMoved = previous.table !== model.table;
  const isAligned = isMoved || columns.length > 0;
  const target = { schema: schemaOf(state.slug, previous), table: previous.table };
  const common = { model: model.name, target, modelId: model.id };
  const align: Step = {
    kind: 'alignTable',
    phase: 'publish',
    ...common,
    columns: isAligned ? ['*'] : referencesOf(model),
    key: keyField(model).column,
    table: model.table,
    renamed: { columns: [...inTheWay(state, model, version + 1), ...columns], indexes, constraints },
    computed: isAligned ? computedOf(previous, model) : [],
  };
  const release: Step = {
    kind: 'releaseNames',
    phase: 'contract',
    ...common,
    columns: isMoved ? ['*'] : columns.map(({ from }) => from),
    again,
  };
  return [...(isAligned || constraints.length > 0 ? [align] : []), ...(isAligned || again ? [release] : [])];
}

function computedOf(previous: Definition, model: Definition): readonly RenamedComputed[] {
  const before = new Map(previous.fields.map(({ id, column }) => [id, column]));
  return computedInOrder(model.fields).map(({ field, level }) => {
    const { id, column } = field;
    return { from: before.get(id) ?? column, column, value: sqlOver(model, field, 'new'), level };
  });
}

/** Columns in the trash whose former names come to be used again: dropped too, those would get the same name. */
function inTheWay(state: WorkspaceState, model: Definition, version: number): readonly Renamed[] {
  const table = state.models.find(({ definition }) => definition.id === model.id)?.definition.table;
  const names = new Set(columnsOf(model));
  return state.occupied.flatMap(({ table: of, column, trashedAs }) =>
    of === table && column !== null && trashedAs !== undefined && names.has(column)
      ? [{ from: trashedAs, to: setAsideName(trashedAs, version) }]
      : [],
  );
}

function columnsOf(model: Definition): readonly string[] {
  return fieldsInTable(model).map(({ column }) => column);
}

function fieldsInTable(model: Definition): readonly Field[] {
  return [keyField(model), ...model.fields.filter((field) => !hasJoinTable(field))];
}

function constraintsOf(model: Definition, models: readonly Definition[]): readonly string[] {
  const tableOf = (id: string) => models.find((other) => other.id === id)?.table ?? id;
  return fieldsInTable(model).flatMap((field) => [
    ...checkConstraints(field).map(({ name }) => name),
    ...(field.to === undefined ? [] : [foreignKeyName(field, tableOf(field.to))]),
  ]);
}

function referencesOf(model: Definition): readonly string[] {
  return fieldsInTable(model).flatMap(({ to, column }) => (to === undefined ? [] : [column]));
}

/** Both lists say the same things in the same order; those that are called otherwise. */
function pairs(before: readonly string[], after: readonly string[]): readonly Renamed[] {
  return before.map((from, n) => ({ from, to: after[n] ?? from })).filter(({ from, to }) => from !== to);
}
