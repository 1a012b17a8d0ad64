import { type ComputedField, computedInOrder, usedIds } from '../../definition/computed.ts';
import type { Definition } from '../../definition/definition.ts';
import type { FoundTable } from '../../definition/found-table.ts';
import { computedFunction } from '../../definition/physical-names.ts';
import { keyField } from '../../definition/system-fields.ts';
import type { ModelContext } from '../model-context.ts';
import { type Computing, computeSteps, sqlOver } from '../plan-computed.ts';
import { computingBody, computingTrigger } from '../steps/add-computed.ts';
import type { Step } from '../steps.ts';
import { withField } from './as-found.ts';
import { type Difference, difference } from './difference.ts';
import type { FoundModel, MadeTrigger } from './found-model.ts';

/** When triggers fire, in the bits of `pg_trigger.tgtype`. */
const FOR_EACH_ROW = 1;
const BEFORE = 2;
const WRITES = { insert: 4, delete: 8, update: 16 } as const;

/** Triggers that are gone, or that do something else. */
export function triggerDifferences(
  model: Definition,
  table: FoundTable,
  { madeTable }: FoundModel,
): readonly Difference[] {
  const triggers = new Map((madeTable?.triggers ?? []).map((trigger) => [trigger.name, trigger]));
  return [
    ...feedDifferences(model, table, triggers),
    ...computedInOrder(model.fields)
      .filter(({ field }) => table.columns.some(({ name }) => name === field.column))
      .flatMap((computing) => computedDifferences(model, table, computing, triggers)),
  ];
}

/** Writes that become no events. */
function feedDifferences(
  model: Definition,
  { schema, name }: FoundTable,
  triggers: ReadonlyMap<string, MadeTrigger>,
): readonly Difference[] {
  const key = keyField(model).column;
  const given = inEscapeFormat(`${model.id}\0${key}\0`);
  const silent = Object.entries(WRITES).flatMap(([write, type]) => {
    const trigger = triggers.get(`remodel_event_${write}`);
    const notes = trigger?.function === 'remodel.note_records' && trigger.arguments === given;
    return trigger?.fires && notes && trigger.type === type ? [] : [`remodel_event_${write}`];
  });
  if (silent.length === 0) return [];
  const message = `writes of ${model.name} are noted no more: ${silent.join(', ')} of ${schema}.${name} are gone, or do something else`;
  const steps = ({ target }: ModelContext): readonly Step[] => [
    { kind: 'noteByKey', phase: 'publish', model: model.name, target, columns: [], modelId: model.id, key },
  ];
  return [difference(model, 'feedMissing', 'feed', message, { catalog: { next: model, steps } })];
}

/** Computed fields whose values nothing works out, or something else. */
function computedDifferences(
  model: Definition,
  { schema, name: table }: FoundTable,
  computing: Computing,
  triggers: ReadonlyMap<string, MadeTrigger>,
): readonly Difference[] {
  const { field, level } = computing;
  const { column } = field;
  const trigger = triggers.get(computingTrigger(column, level));
  const isWhole =
    trigger?.fires === true &&
    trigger.type === FOR_EACH_ROW + BEFORE + WRITES.insert + WRITES.update &&
    trigger.function === `${schema}.${computedFunction(table, column)}` &&
    trigger.source === computingBody({ column, value: sqlOver(model, field, 'new') });
  if (isWhole) return [];
  const what = `${model.name}.${field.name} is worked out`;
  const message = trigger?.fires
    ? `${what} by a trigger or a function that was changed, ${trigger.function}: its values may be wrong`
    : `${what} no more: its trigger ${computingTrigger(column, level)} is gone or disabled`;
  const catalog = { next: model, steps: (context: ModelContext) => computeSteps(context, computing) };
  const database = trigger ? undefined : entered(model, field);
  const repairs = { catalog, ...(database ? { database } : {}) };
  return [difference(model, 'computedChanged', column, message, repairs, field.name)];
}

/** The field with values of its own; undefined where others are worked out from it, in an order that goes by it. */
function entered(model: Definition, field: ComputedField): Difference['repairs']['database'] {
  const isUsed = computedInOrder(model.fields).some((one) => usedIds(one.field).includes(field.id));
  if (isUsed) return undefined;
  const { expression: _expression, ...plain } = field;
  const asFound = withField(model, field, plain);
  return { asFound, next: asFound, isDestructive: true };
}

/** As Postgres shows bytes. */
export function inEscapeFormat(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => {
      if (byte === 0 || byte > 127) return `\\${byte.toString(8).padStart(3, '0')}`;
      return byte === 92 ? '\\\\' : String.fromCharCode(byte);
    })
    .join('');
}
