import type { Filter } from '../definition/filter.ts';
import { parseFilter } from '../definition/parse-filter.ts';
import { Failure, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { type Cursor, readCursor } from './cursor.ts';
import type { Meant } from './list-conditions.ts';
import { parseNearest } from './nearest.ts';
import { unflatten } from './query-string.ts';
import { filterContext } from './relations.ts';
import { parseSearch } from './search.ts';
import { parseSelection, type Selection } from './selection.ts';
import { parseSort, type SortKey } from './sort-key.ts';

/** What a list asks for, validated against a class. */
export interface ListQuery extends Meant {
  /** Ends with the key, so that the order is total. */
  readonly sort: readonly SortKey[];
  readonly selection: Selection;
  readonly limit: number;
  readonly cursor: Cursor | null;
  /** Whether the number of all records that are meant is asked for, and how well it is to be known. */
  readonly count: 'exact' | 'estimated' | null;
}

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 1000;
/** An HNSW index gives no more records than this (`hnsw.ef_search`), and those before any filter. */
const MAX_APPROXIMATE = 40;
const PARAMETERS = [
  'filter',
  'filter[FIELD]',
  'sort',
  'select',
  'expand',
  'search',
  'nearest[FIELD]',
  'limit',
  'cursor',
  'count',
];

/** Reads the query string of a list. Throws `invalid_query`, naming each parameter that is wrong. */
export function parseListQuery(model: ModelClass, related: Related, params: URLSearchParams): ListQuery {
  const findings: Finding[] = [];
  const search = parseSearch(model, params.get('search'), findings);
  const asked = parseSort(model, related, params.get('sort'), findings);
  const limit = parseLimit(params.get('limit'), findings);
  const filter = filterOf(model, related, params, findings);
  const isPlain = !filter && !search && !params.has('cursor') && limit < MAX_APPROXIMATE;
  const nearest = parseNearest(model, params, { n: search ? 2 : 1, mayApproximate: isPlain }, findings);
  const by = [
    ...(nearest ? [nearest.distance] : []),
    ...(search && !params.has('sort') ? [search.rank] : []),
  ];
  const sort = [...by, ...asked];
  const query: ListQuery = {
    filter,
    sort,
    search,
    nearest,
    selection: parseSelection(
      model,
      related,
      { select: params.get('select'), expand: params.get('expand') },
      findings,
    ),
    limit,
    cursor: readCursor(params.get('cursor'), sort, findings),
    count: parseCount(params.get('count'), findings),
  };
  assertKnown(params, PARAMETERS, findings);
  return query;
}

/** What is asked of one record; null where it is all of its own fields. Throws `invalid_query`. */
export function parseRecordQuery(
  model: ModelClass,
  related: Related,
  params: URLSearchParams,
): Selection | null {
  const findings: Finding[] = [];
  const [select, expand] = [params.get('select'), params.get('expand')];
  const selection =
    select === null && expand === null ? null : parseSelection(model, related, { select, expand }, findings);
  assertKnown(params, ['select', 'expand'], findings);
  return selection;
}

/** Throws `invalid_query` with what was found, and with the parameters that nobody knows. */
export function assertKnown(params: URLSearchParams, known: readonly string[], findings: Finding[]): void {
  for (const name of new Set(params.keys())) {
    const isOne = (parameter: string) =>
      parameter.endsWith(']') ? name.startsWith(parameter.replace(/[^[]+$/, '')) : name === parameter;
    if (known.some(isOne)) continue;
    findings.push({ path: name, code: 'unknown_parameter', message: `known are ${known.join(', ')}` });
  }
  const [first] = findings;
  if (first) throw new Failure('invalid_query', `${first.path}: ${first.message}`, { errors: findings });
}

/** The filter of a query string, flat or as one JSON object. */
export function filterOf(
  model: ModelClass,
  related: Related,
  params: URLSearchParams,
  findings: Finding[],
): Filter | null {
  const whole = params.get('filter');
  const flat = [...params].filter(([name]) => name.startsWith('filter['));
  if (whole === null && flat.length === 0) return null;
  const at = (path: string, member: string | number) => `${path}[${member}]`;
  const context = (isText: boolean) => filterContext(model, related, at, isText);
  const filters: Filter[] = [];
  if (whole !== null) {
    const json = parseJson(whole);
    if (json === undefined) findings.push({ path: 'filter', code: 'invalid_json', message: 'must be JSON' });
    else filters.push(parseFilter(context(false), json, 'filter', findings));
  }
  if (flat.length > 0)
    filters.push(parseFilter(context(true), unflatten(flat, findings), 'filter', findings));
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

export function parseLimit(text: string | null, findings: Finding[]): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  findings.push({ path: 'limit', code: 'invalid_value', message: `must be 1 to ${MAX_LIMIT}` });
  return DEFAULT_LIMIT;
}

function parseCount(text: string | null, findings: Finding[]): ListQuery['count'] {
  if (text === null || text === 'exact' || text === 'estimated') return text;
  findings.push({ path: 'count', code: 'invalid_value', message: 'must be exact or estimated, or left out' });
  return null;
}
