import { checkConstraints } from '../../definition/columns.ts';
import type { Definition } from '../../definition/definition.ts';
import type { FoundTable } from '../../definition/found-table.ts';
import { hasJoinTable } from '../../definition/join-table.ts';
import type { ModelContext } from '../model-context.ts';
import { foreignKeyName } from '../plan-foreign-keys.ts';
import type { Step } from '../steps.ts';
import { type Difference, difference } from './difference.ts';
import type { FoundModel } from './found-model.ts';

const KINDS = ['check', 'foreignKey', 'exclusion'];

/**
 * Rules over fields that somebody made, so that records are refused by what no definition says. An adopted table goes
 * on with those that it has; what is unique is told of by its index.
 */
export function addedConstraints(
  model: Definition,
  table: FoundTable,
  { madeTable }: FoundModel,
  tableOf: (modelId: string) => string,
): readonly Difference[] {
  if (model.adopted) return [];
  const fields = model.fields.filter((field) => !hasJoinTable(field));
  const columns = new Set(fields.map(({ column }) => column));
  const known = new Set([
    ...(madeTable?.kept ?? []),
    ...fields.flatMap((field) => checkConstraints(field).map(({ name }) => name)),
    ...fields.flatMap((field) => (field.to === undefined ? [] : [foreignKeyName(field, tableOf(field.to))])),
  ]);
  return table.constraints
    .filter(({ kind, name, columns: of }) => {
      return KINDS.includes(kind) && !known.has(name) && of.some((column) => columns.has(column));
    })
    .map(({ name, definition }) => {
      const message = `${model.name} has a constraint ${name} that no definition says: ${definition}`;
      const on = ({ target }: ModelContext) => ({
        phase: 'publish' as const,
        model: model.name,
        target,
        columns: [],
      });
      const drop = (context: ModelContext): readonly Step[] => [
        { kind: 'dropConstraint', ...on(context), constraint: name },
      ];
      const stay = (context: ModelContext): readonly Step[] => [
        { kind: 'keep', ...on(context), what: 'constraint', name },
      ];
      return difference(model, 'constraintAdded', name, message, {
        catalog: { next: model, steps: drop },
        database: { next: model, steps: stay },
      });
    });
}
