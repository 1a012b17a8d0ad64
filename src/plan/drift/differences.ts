import { schemaOf } from '../../definition/adopted.ts';
import type { Definition } from '../../definition/definition.ts';
import { createModelSteps } from '../plan-model.ts';
import { accessDifferences } from './access-differences.ts';
import { columnDifferences } from './column-differences.ts';
import { addedConstraints } from './constraint-added.ts';
import { type Difference, difference } from './difference.ts';
import type { FoundModel } from './found-model.ts';
import { addedIndexes } from './index-added.ts';
import { keyDifferences } from './key-differences.ts';
import { listDifferences } from './list-differences.ts';
import { ruleDifferences } from './rule-differences.ts';
import { triggerDifferences } from './trigger-differences.ts';
import { viewDifferences } from './view-differences.ts';

/** Where Postgres is not as a model's definition says. `tableOf` names the tables of models by their ids. */
export function differencesOf(
  slug: string,
  model: Definition,
  found: FoundModel,
  tableOf: (modelId: string) => string,
): readonly Difference[] {
  const { table } = found;
  if (table?.kind !== 'table') return [withoutTable(slug, model, found)];
  const columns = [...columnDifferences(model, table), ...listDifferences(model, found)];
  // A view that reads all columns is told of once they are there.
  const isWhole = columns.every(({ kind }) => kind !== 'columnMissing' && kind !== 'listMissing');
  return [
    ...accessDifferences(model, found),
    ...columns,
    ...keyDifferences(model, table),
    ...ruleDifferences(model, table, tableOf),
    ...addedConstraints(model, table, found, tableOf),
    ...addedIndexes(model, table, found),
    ...triggerDifferences(model, table, found),
    ...(isWhole ? viewDifferences(slug, model, found) : []),
  ];
}

function withoutTable(slug: string, model: Definition, { table, links }: FoundModel): Difference {
  const name = `${schemaOf(slug, model)}.${model.table}`;
  const repairs: Difference['repairs'] = { database: { next: null, isDestructive: true } };
  if (table) {
    const message = `${name} is no table of the model ${model.name} but a ${table.kind} of somebody else's: rename it, and look again`;
    return difference(model, 'tableBlocked', model.table, message, {});
  }
  const message = `the table ${name} of the model ${model.name} is gone, with its records`;
  if (model.adopted) return difference(model, 'tableMissing', model.table, message, repairs);
  if (links.length > 0) {
    const stay = `${message}: to make it anew, drop ${links.join(', ')} first, whose links lead nowhere`;
    return difference(model, 'tableMissing', model.table, stay, repairs);
  }
  return difference(model, 'tableMissing', model.table, `${message}: it can be made anew, empty`, {
    ...repairs,
    catalog: {
      next: model,
      steps(context) {
        const { tables, keys } = createModelSteps(context);
        return [...tables, ...keys];
      },
      isRepublished: true,
    },
  });
}
