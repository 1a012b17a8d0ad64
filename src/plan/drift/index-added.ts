import type { Definition, ModelIndex } from '../../definition/definition.ts';
import type { FoundIndex, FoundTable } from '../../definition/found-table.ts';
import { hasJoinTable } from '../../definition/join-table.ts';
import { indexesOf, physicalIndex } from '../../definition/model-indexes.ts';
import { systemFields } from '../../definition/system-fields.ts';
import { indexesIn } from '../adopt/adopted-indexes.ts';
import type { ModelContext } from '../model-context.ts';
import type { Step } from '../steps.ts';
import { type Difference, difference, type Repair } from './difference.ts';
import type { FoundModel } from './found-model.ts';

/**
 * Indexes that somebody made. An adopted table goes on with those that no definition can say: they may have been there
 * before it became a model.
 */
export function addedIndexes(
  model: Definition,
  table: FoundTable,
  { madeTable }: FoundModel,
): readonly Difference[] {
  const wanted = new Set(indexesOf(model).map(({ name }) => name));
  const kept = new Set(madeTable?.kept);
  return table.indexes
    .filter(({ name, primary }) => !primary && !wanted.has(name) && !kept.has(name))
    .flatMap((index) => {
      const said = sayIndex(model, { ...table, indexes: [index] });
      const given = said && physicalIndex(model, said).name;
      const isRepeated = given !== undefined && wanted.has(given);
      if (model.adopted && (!given || isRepeated)) return [];
      const owned = table.constraints.some(({ name }) => name === index.name);
      const what = `${model.name} has ${index.unique ? 'a unique index' : 'an index'} ${index.name} that no definition says`;
      const message = isRepeated
        ? `${what}, beside ${given}, which says the same`
        : `${what}: ${index.definition}`;
      const database =
        said && given && !isRepeated ? withIndex(model, index, said, given) : keeping(model, index);
      const catalog: Repair = { next: model, steps: (context) => [dropping(context, index, owned)] };
      return [difference(model, 'indexAdded', index.name, message, { catalog, database })];
    });
}

/** An index as a definition says it, by the ids of fields; undefined where none can. */
function sayIndex(model: Definition, table: FoundTable): ModelIndex | undefined {
  // The system's fields may be indexed as well; in an adopted table, they had what indexes they have.
  const fields = [...(model.adopted ? [] : systemFields(model)), ...model.fields];
  const indexable = fields.filter((field) => !hasJoinTable(field));
  const byColumn = new Map(indexable.map(({ id, column, type }) => [column, { name: id, type }]));
  const [said] = indexesIn(table, byColumn, () => undefined);
  if (!said) return undefined;
  return { fields: said.input.fields, ...(said.input.unique ? { unique: true as const } : {}) };
}

/** The definition has it from here on: under its name where the table was adopted, else under the one that it would have. */
function withIndex(model: Definition, { name }: FoundIndex, said: ModelIndex, given: string): Repair {
  const { adopted } = model;
  const next: Definition = {
    ...model,
    indexes: [...model.indexes, said],
    ...(adopted ? { adopted: { ...adopted, names: { ...adopted.names, [given]: name } } } : {}),
  };
  if (adopted) return { asFound: next, next };
  const steps = ({ target }: ModelContext): readonly Step[] => [
    { kind: 'renameIndex', phase: 'publish', model: model.name, target, columns: [], index: name, as: given },
  ];
  return { asFound: next, next, steps };
}

/** Somebody wants it: it says so itself. */
function keeping(model: Definition, { name }: FoundIndex): Repair {
  const steps = ({ target }: ModelContext): readonly Step[] => [
    { kind: 'keep', phase: 'publish', model: model.name, target, columns: [], what: 'index', name },
  ];
  return { next: model, steps };
}

function dropping({ after, target }: ModelContext, { name }: FoundIndex, isOwned: boolean): Step {
  const what = { model: after.name, target, columns: [], index: name };
  return isOwned
    ? { kind: 'dropUniqueIndex', phase: 'publish', ...what }
    : { kind: 'dropIndex', phase: 'contract', ...what };
}
