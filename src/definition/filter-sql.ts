import { type Filter, type FilterField, valueSql } from './filter.ts';
import { quoteLiteral } from './identifiers.ts';
import { followed } from './relation.ts';

/** How the columns and values of a condition stand in its SQL. */
export interface FilterTarget {
  /** Ahead of each column: an alias with its dot, or nothing. */
  readonly alias: string;
  /** How many relations were followed to it. */
  readonly hops?: number;
  /** Answers what stands for the value: a placeholder, or a literal. */
  add(value: string | null, type: string): string;
}

/** A condition without parameters: its values stand in its text. */
export function literals(alias: string): FilterTarget {
  const add = (value: string | null, type: string) =>
    `${value === null ? 'null' : quoteLiteral(value)}::${type}`;
  return { alias, add };
}

const COMPARISONS = { _eq: '=', _ne: '<>', _lt: '<', _lte: '<=', _gt: '>', _gte: '>=' } as const;

/** A filter as an SQL condition. */
export function filterSql(filter: Filter, target: FilterTarget): string {
  switch (filter.kind) {
    case 'and':
      return join(filter.filters, 'and', 'true', target);
    case 'or':
      return join(filter.filters, 'or', 'false', target);
    case 'not':
      // `is not true`: a condition over null is not met, so its opposite is.
      return `((${filterSql(filter.filter, target)}) is not true)`;
    case 'related':
      return relatedSql(filter, target);
    case 'compare':
      return comparisonSql(filter, target);
  }
}

/**
 * On the records that a relation leads to. Where there is none, what one record would lead to is all null, as in a
 * left join: who asks for what is not X there gets those that have none, too.
 */
function relatedSql(
  { relation, filter }: Extract<Filter, { kind: 'related' }>,
  target: FilterTarget,
): string {
  const hops = (target.hops ?? 0) + 1;
  const to = `r${hops}`;
  const inner: FilterTarget = { alias: `${to}.`, hops, add: (value, type) => target.add(value, type) };
  const { source, condition } = followed(relation, target.alias.replace(/\.$/, ''), to);
  const met = filterSql(filter, inner);
  if (relation.isOne && isMetByNulls(filter)) {
    return `exists (select from (values (1)) as one left join ${source} on ${condition} where ${met})`;
  }
  return `exists (select from ${source} where ${condition} and ${met})`;
}

/** Whether a record of which every field is null meets it. */
function isMetByNulls(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every(isMetByNulls);
    case 'or':
      return filter.filters.some(isMetByNulls);
    case 'not':
      return !isMetByNulls(filter.filter);
    case 'related':
      return filter.relation.isOne && isMetByNulls(filter.filter);
    case 'compare':
      return (
        filter.operator === '_ne' ||
        filter.operator === '_nin' ||
        (filter.operator === '_null' && filter.values[0] === 'true')
      );
  }
}

function join(filters: readonly Filter[], word: string, empty: string, target: FilterTarget): string {
  if (filters.length === 0) return empty;
  return `(${filters.map((filter) => filterSql(filter, target)).join(` ${word} `)})`;
}

type Comparison = Extract<Filter, { kind: 'compare' }>;

function comparisonSql(filter: Comparison, target: FilterTarget): string {
  const { field, operator, values } = filter;
  const own = field.spec.ownOperators?.[operator];
  if (own) {
    const add = (operand: string, type: string) => target.add(operand, type);
    return own.sql(valueSql(field, target.alias), values, add, field.columnType);
  }
  if (field.joinTable !== null) return compareLinksSql(filter, target);
  return field.spec.isList ? compareListSql(filter, target) : compareSql(filter, target);
}

/** Over a column that is an array: as sets, so that a GIN index serves. */
function compareListSql(filter: Comparison, target: FilterTarget): string {
  const { field, operator, values } = filter;
  const column = `${target.alias}${field.column}`;
  const elements = () => target.add(values[0] ?? null, field.columnType);
  const equal = () => {
    const list = target.add(values[0] ?? null, field.columnType);
    return `(${column} @> ${list} and ${column} <@ ${list})`;
  };
  switch (operator) {
    case '_eq':
      return equal();
    case '_ne':
      return `(${equal()} is not true)`;
    case '_contains':
      return `${column} @> ${elements()}`;
    case '_in':
      return `${column} && ${elements()}`;
    case '_nin':
      return `((${column} && ${elements()}) is not true)`;
    default:
      return compareSql(filter, target);
  }
}

function compareSql(filter: Comparison, target: FilterTarget): string {
  const { field, operator, values } = filter;
  const column = valueSql(field, target.alias);
  const [first = null, second = null] = values;
  const typed = (value: string | null) => target.add(value, comparedType(field));
  const list = () => target.add(first, `${comparedType(field)}[]`);
  switch (operator) {
    case '_eq':
      return equals(column, typed(first), field);
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
      return `strpos(${column}, ${target.add(first, 'text')}) > 0`;
    case '_icontains':
      return `${column} ilike '%' || ${target.add(first, 'text')} || '%'`;
    case '_startsWith':
      return `starts_with(${column}, ${target.add(first, 'text')})`;
    case '_endsWith':
      return endsWith(column, target.add(first, 'text'));
    case '_near':
    case '_within':
      throw new TypeError(`${operator} is an operator of types that say what it means`);
  }
}

/** A GIN index knows no equality: what a value equals also contains it, and that the index knows. */
function equals(column: string, value: string, { spec, members }: FilterField): string {
  const equal = `${column} = ${value}`;
  return members === null && spec.ownIndex?.method === 'gin' ? `(${column} @> ${value} and ${equal})` : equal;
}

function endsWith(column: string, text: string): string {
  return `right(${column}, char_length(${text})) = ${text}`;
}

/** Over the links of a record: that there are some whose targets are among the values. */
function compareLinksSql({ field, operator, values }: Comparison, target: FilterTarget): string {
  const exists = (condition = '') =>
    `exists (select from ${field.joinTable} as l where l.source = ${target.alias}${field.ownerKey}${condition})`;
  const among = (keys = '') => exists(` and l.target = any (${target.add(keys, field.columnType)})`);
  switch (operator) {
    case '_null':
      return values[0] === 'true' ? `not ${exists()}` : exists();
    case '_contains':
      return `(${values.map((key) => among(key)).join(' and ')})`;
    case '_nin':
      return `not ${among(values[0])}`;
    default:
      return among(values[0]);
  }
}

/** Without its precision: a value that is asked for is never rounded to what the column holds. */
function comparedType({ columnType }: FilterField): string {
  return columnType.startsWith('numeric') ? 'numeric' : columnType;
}
