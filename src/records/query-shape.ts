import { filterShape, filterValues, relationShape } from '../definition/filter-shape.ts';
import type { Meant } from './list-conditions.ts';
import type { Selection } from './selection.ts';
import type { SortKey } from './sort-key.ts';

/** What the SQL text of conditions depends on, besides the class that they are asked of. */
export function meantShape({ filter, search, nearest }: Meant): string {
  return [filter ? filterShape(filter) : '', search ? 'search' : '', nearest?.condition ?? ''].join('\n');
}

/** The parameters of that text, in their order. */
export function meantParams({ filter, search, nearest }: Meant): readonly string[] {
  return [
    ...(search ? [search.words] : []),
    ...(nearest ? [nearest.operand] : []),
    ...(filter ? filterValues(filter) : []),
  ];
}

/** What the SQL text of an order depends on. */
export function sortShape(sort: readonly SortKey[]): string {
  const keys = sort.map(
    ({ sql, descending, nullsFirst }) =>
      `${sql} ${descending ? 'desc' : ''} ${nullsFirst ? 'first' : 'last'}`,
  );
  return keys.join();
}

/** What the SQL text of what is shown depends on. */
export function selectionShape({ fields, expanded }: Selection): string {
  const others = expanded.map(
    // The text has the columns and the types of the other model in it.
    ({ name, relation, selection }) =>
      `${name} ${relationShape(relation)} ${selection.model.hash}(${selectionShape(selection)})`,
  );
  return [...fields.map(({ name }) => name), ...others].join();
}
