import { filterShape, filterValues, relationShape } from '../definition/filter-shape.ts';
import type { ListQuery } from './list-query.ts';
import type { Selection } from './selection.ts';

/** What of a query its SQL text depends on, besides the class that it is asked of. */
export function listShape({ filter, search, nearest, sort, selection, cursor, count }: ListQuery): string {
  const keys = sort.map(
    ({ sql, descending, nullsFirst }) =>
      `${sql} ${descending ? 'desc' : ''} ${nullsFirst ? 'first' : 'last'}`,
  );
  return [
    'list',
    filter ? filterShape(filter) : '',
    search ? 'search' : '',
    nearest?.condition ?? '',
    keys.join(),
    cursor?.values.map((value) => (value === null ? 'null' : 'value')).join() ?? '',
    count === 'exact' ? 'count' : '',
    selectionShape(selection),
  ].join('\n');
}

/** The parameters of that text, in their order. */
export function listParams({ filter, search, nearest, cursor, limit }: ListQuery): readonly string[] {
  return [
    ...(search ? [search.words] : []),
    ...(nearest ? [nearest.operand] : []),
    ...(filter ? filterValues(filter) : []),
    ...(cursor?.values.flatMap((value) => value ?? []) ?? []),
    // One row more than that tells that there is a next page.
    String(limit + 1),
  ];
}

function selectionShape({ fields, expanded }: Selection): string {
  const others = expanded.map(
    // The text has the columns and the types of the other model in it.
    ({ name, relation, selection }) =>
      `${name} ${relationShape(relation)} ${selection.model.hash}(${selectionShape(selection)})`,
  );
  return [...fields.map(({ name }) => name), ...others].join();
}
