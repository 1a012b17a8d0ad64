import type { Filter } from './filter.ts';
import type { Relation } from './relation.ts';

/**
 * A filter without its values: filters of one shape have one SQL text, in which the values of `filterValues` are the
 * parameters, in their order.
 */
export function filterShape(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `${filter.kind}(${filter.filters.map(filterShape).join()})`;
    case 'not':
      return `not(${filterShape(filter.filter)})`;
    case 'related':
      return `${relationShape(filter.relation)}(${filterShape(filter.filter)})`;
    case 'compare': {
      const { field, operator, values } = filter;
      const { column, columnType, members, joinTable } = field;
      const path = members === null ? '' : `#${members.join('.')}`;
      const operands = operator === '_null' ? values[0] : values.length;
      return `${joinTable ?? column}${path} ${columnType} ${operator} ${operands}`;
    }
  }
}

/** What a relation is in SQL. */
export function relationShape({ table, own, other, links, isOne }: Relation): string {
  const way = links ? `${links.table} ${links.near}` : '';
  return `${own} ${way} ${table} ${other} ${isOne}`;
}

/** The values that a filter compares with, in the order in which its SQL has them. */
export function filterValues(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.flatMap(filterValues);
    case 'not':
    case 'related':
      return filterValues(filter.filter);
    case 'compare':
      // It is in the text whether something is or is not null.
      return filter.operator === '_null' ? [] : filter.values;
  }
}
