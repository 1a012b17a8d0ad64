import type { Filter } from './filter.ts';

/** Collects the parameters of a statement: `add` answers the placeholder. */
export class Parameters {
  readonly values: (string | null)[] = [];

  add(value: string | null, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

const COMPARISONS = { _eq: '=', _ne: '<>', _lt: '<', _lte: '<=', _gt: '>', _gte: '>=' } as const;

/** A filter as an SQL condition over the alias `t`; values go to `parameters`, never into the text. */
export function filterSql(filter: Filter, parameters: Parameters): string {
  switch (filter.kind) {
    case 'and':
      return join(filter.filters, 'and', 'true', parameters);
    case 'or':
      return join(filter.filters, 'or', 'false', parameters);
    case 'not':
      // `is not true`: a condition over null is not met, so its opposite is.
      return `((${filterSql(filter.filter, parameters)}) is not true)`;
    case 'compare':
      return compareSql(filter, parameters);
  }
}

function join(filters: readonly Filter[], word: string, empty: string, parameters: Parameters): string {
  if (filters.length === 0) return empty;
  return `(${filters.map((filter) => filterSql(filter, parameters)).join(` ${word} `)})`;
}

function compareSql(filter: Extract<Filter, { kind: 'compare' }>, parameters: Parameters): string {
  const { field, operator, values } = filter;
  const column = `t.${field.column}`;
  const [first = null, second = null] = values;
  const typed = (value: string | null) => parameters.add(value, field.columnType);
  const list = () => `${parameters.add(arrayLiteral(values), `${field.columnType}[]`)}`;
  switch (operator) {
    case '_eq':
    case '_lt':
    case '_lte':
    case '_gt':
    case '_gte':
      return `${column} ${COMPARISONS[operator]} ${typed(first)}`;
    case '_ne':
      // Null is another value than any: who asks for what is not X expects the empty ones too.
      return `${column} is distinct from ${typed(first)}`;
    case '_in':
      return `${column} = any (${list()})`;
    case '_nin':
      return `(${column} <> all (${list()}) or ${column} is null)`;
    case '_between':
      return `${column} between ${typed(first)} and ${typed(second)}`;
    case '_null':
      return first === 'true' ? `${column} is null` : `${column} is not null`;
    case '_contains':
      return `strpos(${column}, ${parameters.add(first, 'text')}) > 0`;
    case '_icontains':
      return `${column} ilike '%' || ${parameters.add(escapeLike(first), 'text')} || '%'`;
    case '_startsWith':
      return `starts_with(${column}, ${parameters.add(first, 'text')})`;
    case '_endsWith':
      return `right(${column}, char_length(${parameters.add(first, 'text')})) = $${parameters.values.length}::text`;
  }
}

function escapeLike(value: string | null): string {
  return (value ?? '').replace(/[\\%_]/g, String.raw`\$&`);
}

/** A Postgres array in its text form. */
function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}
