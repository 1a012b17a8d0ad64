import type { Field, FieldType } from '../definition/definition.ts';
import { type Filter, type FilterField, filterField } from '../definition/filter.ts';
import { quoteIdentifier } from '../definition/identifiers.ts';
import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { filterOf, parseFlat } from './filter-parameters.ts';
import { assertKnown, parseLimit } from './list-query.ts';
import { type PathValue, pathValue } from './path-value.ts';

/** One value of each group, by its name: `rating`, `released:year`, `count`, `sum.gross`. */
export interface Column {
  readonly name: string;
  /** SQL over the alias `t`. */
  readonly sql: string;
  /** How conditions, orders and answers see the value. */
  readonly field: FilterField;
  /** Whether its JSON is the number itself, where that of the type would be a string. */
  readonly isNumber: boolean;
}

/** What is asked of groups of records, validated against a class. */
export interface AggregateQuery {
  readonly filter: Filter | null;
  readonly groups: readonly Column[];
  readonly aggregates: readonly Column[];
  readonly having: Filter | null;
  readonly sort: readonly { readonly column: Column; readonly descending: boolean }[];
  readonly limit: number;
  readonly offset: number;
}

const FUNCTIONS = ['sum', 'avg', 'min', 'max', 'countDistinct'] as const;
type AggregateFunction = (typeof FUNCTIONS)[number];

const PARAMETERS = [
  'filter',
  'filter[FIELD]',
  'group',
  'count',
  ...FUNCTIONS,
  'having[VALUE]',
  'sort',
  'limit',
  'cursor',
];
const BUCKETS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute'];
const MAX_COLUMNS = 50;

/** Reads the query string of an aggregate. Throws `invalid_query`, naming each parameter that is wrong. */
export function parseAggregateQuery(
  model: ModelClass,
  related: Related,
  params: URLSearchParams,
): AggregateQuery {
  const findings: Finding[] = [];
  const reader = new ColumnReader(model, related, findings);
  const groups = entries(params.get('group')).flatMap((entry) => reader.group(entry));
  const aggregates = [
    ...(params.has('count') || FUNCTIONS.every((name) => !params.has(name)) ? [reader.count()] : []),
    ...FUNCTIONS.flatMap((name) => entries(params.get(name)).flatMap((path) => reader.aggregate(name, path))),
  ];
  findCounted(params.get('count'), findings);
  findShadowed(groups, aggregates, findings);
  const columns = new Map([...groups, ...aggregates].map((column) => [column.name, column]));
  if (columns.size > MAX_COLUMNS) {
    findings.push({
      path: 'group',
      code: 'too_many_terms',
      message: `ask for at most ${MAX_COLUMNS} values`,
    });
  }
  const query: AggregateQuery = {
    filter: filterOf(model, related, params, findings),
    groups,
    aggregates,
    having: havingOf(model, columns, params, findings),
    sort: sortOf(columns, params.get('sort'), groups, findings),
    limit: parseLimit(params.get('limit'), findings),
    offset: offsetOf(params.get('cursor'), findings),
  };
  assertKnown(params, PARAMETERS, findings);
  return query;
}

/** An answer has one member of a name: a field called `count`, and how many there are, would be the same one. */
function findShadowed(groups: readonly Column[], aggregates: readonly Column[], findings: Finding[]): void {
  const members = new Set(aggregates.map(({ name }) => name.split('.', 1)[0]));
  for (const { name } of groups) {
    if (!members.has(name)) continue;
    const message = `${name} is what the answer calls something else as well: ask for other values of these groups`;
    findings.push({ path: 'group', code: 'conflicting_parameters', message });
  }
}

/** What counts records has no value of its own: that of a field would mean something else. */
function findCounted(text: string | null, findings: Finding[]): void {
  if (text === null || ['', 'true', '*'].includes(text)) return;
  const message = 'counts records: leave its value out; countDistinct counts the values of a field';
  findings.push({ path: 'count', code: 'invalid_value', message });
}

function entries(text: string | null): readonly string[] {
  return text ? [...new Set(text.split(','))] : [];
}

/** Reads the values that are asked of groups; what is wrong is added to the findings. */
class ColumnReader {
  readonly #model: ModelClass;
  readonly #related: Related;
  readonly #findings: Finding[];
  #count = 0;

  constructor(model: ModelClass, related: Related, findings: Finding[]) {
    this.#model = model;
    this.#related = related;
    this.#findings = findings;
  }

  count(): Column {
    return this.#column('count', 'count(*)', 'bigint', true);
  }

  group(entry: string): readonly Column[] {
    const [path = '', bucket] = entry.split(':');
    const value = this.#value('group', path);
    if (!value) return [];
    const { field } = value;
    const { type } = field.spec;
    if (bucket === undefined) {
      if (!field.spec.operators.includes('_eq') || field.joinTable !== null) {
        return this.#refuse('group', 'not_groupable', `${field.name} (${type}) cannot be grouped by`);
      }
      return [{ name: entry, sql: value.sql, field: this.#named(field, entry), isNumber: false }];
    }
    const isMoment = type === 'timestamp';
    if (
      !BUCKETS.includes(bucket) ||
      !(isMoment || (type === 'date' && !['hour', 'minute'].includes(bucket)))
    ) {
      const message = `write FIELD:${BUCKETS.join('|')}, of a date or a timestamp`;
      return this.#refuse('group', 'invalid_value', message);
    }
    const sql = isMoment
      ? `date_trunc('${bucket}', ${value.sql}, 'UTC')`
      : `date_trunc('${bucket}', ${value.sql}::timestamp)::date`;
    return [this.#column(entry, sql, type, false)];
  }

  aggregate(name: AggregateFunction, path: string): readonly Column[] {
    const value = this.#value(name, path);
    if (!value) return [];
    const { field, sql } = value;
    const { type, operators } = field.spec;
    const as = `${name}.${path}`;
    if (name === 'countDistinct' && operators.includes('_eq')) {
      return [this.#column(as, `count(distinct ${sql})`, 'bigint', true)];
    }
    if ((name === 'min' || name === 'max') && operators.includes('_lt') && type !== 'uuid') {
      return [{ name: as, sql: `${name}(${sql})`, field: this.#named(field, as), isNumber: false }];
    }
    if (name === 'sum' || name === 'avg') {
      // Those of whole numbers are numbers; those of exact types stay exact, and strings.
      if (type === 'integer' && name === 'sum') return [this.#column(as, `sum(${sql})`, 'bigint', true)];
      if (type === 'integer') return [this.#column(as, `avg(${sql})::float8`, 'float', false)];
      if (type === 'float') return [this.#column(as, `${name}(${sql})`, 'float', false)];
      if (type === 'bigint' || type === 'decimal') {
        return [this.#column(as, `trim_scale(${name}(${sql}))`, 'decimal', false)];
      }
    }
    return this.#refuse(name, 'not_aggregable', `${field.name} (${type}) has no ${name}`);
  }

  #value(parameter: string, path: string): PathValue | undefined {
    const value = pathValue(this.#model, this.#related, path);
    if (!('problem' in value)) return value;
    this.#refuse(parameter, value.code, value.problem);
    return undefined;
  }

  #refuse(path: string, code: string, message: string): readonly [] {
    this.#findings.push({ path, code, message });
    return [];
  }

  #column(name: string, sql: string, type: FieldType, isNumber: boolean): Column {
    const field: Field = { id: name, name, column: this.#alias(), type };
    return { name, sql, field: filterField(field), isNumber };
  }

  /** A field under the name and the alias of a value of groups. */
  #named(field: FilterField, name: string): FilterField {
    const physical = this.#alias();
    return Object.assign(Object.create(field), {
      name,
      physical,
      column: quoteIdentifier(physical),
      members: null,
    });
  }

  #alias(): string {
    this.#count += 1;
    return `V${this.#count}`;
  }
}

function havingOf(
  model: ModelClass,
  columns: ReadonlyMap<string, Column>,
  params: URLSearchParams,
  findings: Finding[],
): Filter | null {
  const flat = [...params].filter(([name]) => name.startsWith('having['));
  if (flat.length === 0) return null;
  const context = {
    model: `the groups of ${model.definition.name}`,
    fieldOf: (name: string) => columns.get(name)?.field,
    isWhole: true,
    isText: true,
    at: (path: string, member: string | number) => `${path}[${member}]`,
  };
  return parseFlat(context, flat, 'having', findings);
}

function sortOf(
  columns: ReadonlyMap<string, Column>,
  text: string | null,
  groups: readonly Column[],
  findings: Finding[],
): AggregateQuery['sort'] {
  const asked = entries(text).flatMap((part) => {
    const descending = part.startsWith('-');
    const column = columns.get(descending ? part.slice(1) : part);
    if (column?.field.spec.operators.includes('_lt')) return [{ column, descending }];
    const message = `order by a value that is asked for: ${[...columns.keys()].join(', ')}`;
    findings.push({ path: 'sort', code: column ? 'not_sortable' : 'unknown_field', message });
    return [];
  });
  const others = groups.filter(
    (group) => group.field.spec.operators.includes('_lt') && !asked.some(({ column }) => column === group),
  );
  return [...asked, ...others.map((column) => ({ column, descending: false }))];
}

/** Groups have no key to go on from: a cursor counts. */
function offsetOf(text: string | null, findings: Finding[]): number {
  if (text === null) return 0;
  const offset = /^g(\d{1,9})$/.exec(text)?.[1];
  if (offset !== undefined) return Number(offset);
  const message = 'is no cursor of groups; take `page.next` of an answer with the same parameters';
  findings.push({ path: 'cursor', code: 'invalid_cursor', message });
  return 0;
}
