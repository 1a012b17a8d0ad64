import type { Definition, Field } from '../../definition/definition.ts';
import { hasJoinTable, sourceKeyName, targetIndexName, targetKeyName } from '../../definition/join-table.ts';
import type { ModelContext } from '../model-context.ts';
import { linkIndexStep, linkKeySteps, noteLinksStep } from '../plan-links.ts';
import type { Step } from '../steps.ts';
import { withoutFields } from './as-found.ts';
import { type Difference, type DifferenceKind, difference } from './difference.ts';
import type { FoundJoin, FoundModel } from './found-model.ts';
import { inEscapeFormat } from './trigger-differences.ts';

/** Lists whose join tables are gone, or are no more what holds their links together. */
export function listDifferences(model: Definition, { links, joins = [] }: FoundModel): readonly Difference[] {
  return model.fields.filter(hasJoinTable).flatMap((field) => {
    if (!links.includes(field.column)) return [withoutTable(model, field)];
    const join = joins.find(({ table }) => table.name === field.column);
    return join ? partDifferences(model, field, join) : [];
  });
}

function withoutTable(model: Definition, field: Field): Difference {
  const asFound = withoutFields(model, [field]);
  const message = `the join table ${field.column} of ${model.name}.${field.name} is gone, with its links`;
  const repairs = {
    catalog: { asFound, next: model },
    database: { asFound, next: asFound, isDestructive: true },
  } as const;
  return difference(model, 'listMissing', field.column, message, repairs, field.name);
}

function partDifferences(model: Definition, field: Field, { table, made }: FoundJoin): readonly Difference[] {
  const what = `of the join table ${table.name} of ${model.name}.${field.name}`;
  const say = (
    kind: DifferenceKind,
    subject: string,
    message: string,
    steps?: (context: ModelContext) => readonly Step[],
  ) => {
    const repairs = steps ? { catalog: { next: model, steps } } : {};
    return difference(model, kind, subject, `${message} ${what}`, repairs, field.name);
  };
  const found: Difference[] = [];
  const primary = table.constraints.find(({ kind }) => kind === 'primaryKey');
  if (primary?.columns.join() !== 'source,target') {
    const message = `run alter table ${table.schema}.${table.name} add primary key (source, target): that is gone`;
    found.push(say('constraintMissing', `${table.name} key`, message));
  }
  for (const [end, name] of [
    ['source', sourceKeyName(field)],
    ['target', targetKeyName(field)],
  ] as const) {
    const key = table.constraints.find((constraint) => constraint.name === name);
    const steps = (isThere: boolean) => (context: ModelContext) => linkKeySteps(context, field, end, isThere);
    if (!key) found.push(say('constraintMissing', name, `the foreign key ${name} is gone`, steps(false)));
    else if (!key.validated)
      found.push(say('constraintInvalid', name, `the foreign key ${name} was never validated`, steps(true)));
  }
  const index = table.indexes.find(({ name }) => name === targetIndexName(field));
  if (!index?.valid) {
    const message = `the index ${targetIndexName(field)} ${index ? 'is not valid' : 'is gone'}`;
    const steps = (context: ModelContext) => [linkIndexStep(context, field)];
    found.push(say(index ? 'indexInvalid' : 'indexMissing', targetIndexName(field), message, steps));
  }
  const trigger = made.triggers.find(({ name }) => name === 'remodel_event_delete');
  const isNoted =
    trigger?.fires &&
    trigger.function === 'remodel.note_unlinked' &&
    trigger.arguments === inEscapeFormat(`${model.id}\0`);
  if (!isNoted) {
    const steps = (context: ModelContext) => [noteLinksStep(context, field)];
    found.push(
      say('feedMissing', `${table.name} feed`, 'links that go are noted no more: a trigger is gone', steps),
    );
  }
  return found;
}
