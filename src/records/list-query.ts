import { type Filter, type FilterContext, parseFilter } from '../definition/filter.ts';
import { Failure, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { ModelField } from '../model/model-field.ts';
import { type Cursor, readCursor } from './cursor.ts';
import { unflatten } from './query-string.ts';
import type { SortKey } from './sort-key.ts';

/** What a list asks for, validated against a class. */
export interface ListQuery {
  readonly filter: Filter | null;
  /** Ends with `id`, so that the order is total. */
  readonly sort: readonly SortKey[];
  readonly select: readonly ModelField[];
  readonly limit: number;
  readonly cursor: Cursor | null;
  /** Whether the number of all records that the filter meets is asked for. */
  readonly count: boolean;
}

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 1000;
const PARAMETERS = ['filter', 'sort', 'select', 'limit', 'cursor', 'count'];

/** Reads the query string of a list. Throws `invalid_query`, naming each parameter that is wrong. */
export function parseListQuery(model: ModelClass, params: URLSearchParams): ListQuery {
  const findings: Finding[] = [];
  const sort = parseSort(model, params.get('sort'), findings);
  const query: ListQuery = {
    filter: filterOf(model, params, findings),
    sort,
    select: parseSelect(model, params.get('select'), findings),
    limit: parseLimit(params.get('limit'), findings),
    cursor: readCursor(params.get('cursor'), sort, findings),
    count: parseCount(params.get('count'), findings),
  };
  for (const name of new Set(params.keys())) {
    const known = PARAMETERS.includes(name) || name.startsWith('filter[');
    if (!known)
      findings.push({ path: name, code: 'unknown_parameter', message: `known are ${PARAMETERS.join(', ')}` });
  }
  if (findings.length === 0) return query;
  const [first] = findings;
  throw new Failure('invalid_query', `${first?.path}: ${first?.message}`, { errors: findings });
}

function filterOf(model: ModelClass, params: URLSearchParams, findings: Finding[]): Filter | null {
  const whole = params.get('filter');
  const flat = [...params].filter(([name]) => name.startsWith('filter['));
  if (whole === null && flat.length === 0) return null;
  const context: FilterContext = {
    model: model.definition.name,
    fieldOf: (name) => model.fields.get(name),
    at: (path, member) => `${path}[${member}]`,
  };
  const filters: Filter[] = [];
  if (whole !== null) {
    const json = parseJson(whole);
    if (json === undefined) findings.push({ path: 'filter', code: 'invalid_json', message: 'must be JSON' });
    else filters.push(parseFilter(context, json, 'filter', findings));
  }
  if (flat.length > 0) filters.push(parseFilter(context, unflatten(flat, findings), 'filter', findings));
  return { kind: 'and', filters };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parseSort(model: ModelClass, text: string | null, findings: Finding[]): readonly SortKey[] {
  const keys: SortKey[] = [];
  for (const part of text ? text.split(',') : []) {
    const descending = part.startsWith('-');
    const name = descending ? part.slice(1) : part;
    const field = model.fields.get(name);
    if (!field?.spec.operators.includes('_lt')) {
      const reason = field ? `${name} (${field.spec.type}) has no order` : `there is no field ${name}`;
      findings.push({ path: 'sort', code: field ? 'not_sortable' : 'unknown_field', message: reason });
    } else if (!keys.some((key) => key.field === field)) keys.push({ field, descending });
  }
  const id = model.fields.get('id');
  if (id && !keys.some((key) => key.field === id)) {
    keys.push({ field: id, descending: keys.at(-1)?.descending ?? false });
  }
  return keys;
}

function parseSelect(model: ModelClass, text: string | null, findings: Finding[]): readonly ModelField[] {
  if (text === null) return [...model.fields.values()];
  const names = [...new Set(text.split(','))];
  return names.flatMap((name) => {
    const field = model.fields.get(name);
    if (field) return [field];
    findings.push({ path: 'select', code: 'unknown_field', message: `there is no field ${name}` });
    return [];
  });
}

function parseLimit(text: string | null, findings: Finding[]): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  findings.push({ path: 'limit', code: 'invalid_value', message: `must be 1 to ${MAX_LIMIT}` });
  return DEFAULT_LIMIT;
}

function parseCount(text: string | null, findings: Finding[]): boolean {
  if (text !== null && text !== 'exact') {
    findings.push({ path: 'count', code: 'invalid_value', message: 'must be exact, or left out' });
  }
  return text === 'exact';
}
