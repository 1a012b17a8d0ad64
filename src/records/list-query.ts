import { Failure, type Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { type Cursor, readCursor } from './cursor.ts';
import { type OrderedMeant, parseMeant } from './parse-meant.ts';
import { parseSelection, type Selection } from './selection.ts';

/** What a list asks for, validated against a class. */
export interface ListQuery extends OrderedMeant {
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
  const limit = parseLimit(params.get('limit'), findings);
  const isFirstPage = !params.has('cursor') && limit < MAX_APPROXIMATE;
  const meant = parseMeant(model, related, params, isFirstPage, findings);
  const query: ListQuery = {
    ...meant,
    selection: parseSelection(
      model,
      related,
      { select: params.get('select'), expand: params.get('expand') },
      findings,
    ),
    limit,
    cursor: readCursor(params.get('cursor'), meant.sort, findings),
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

/** Throws `invalid_query` with what was found, and with the parameters that nobody knows, or that come twice. */
export function assertKnown(params: URLSearchParams, known: readonly string[], findings: Finding[]): void {
  for (const name of new Set(params.keys())) {
    const isOne = (parameter: string) =>
      parameter.endsWith(']') ? name.startsWith(parameter.replace(/[^[]+$/, '')) : name === parameter;
    if (known.some(isOne)) {
      if (params.getAll(name).length > 1 && !name.includes('[')) {
        findings.push({ path: name, code: 'invalid_value', message: 'is given twice: say it once' });
      }
      continue;
    }
    findings.push({ path: name, code: 'unknown_parameter', message: `known are ${known.join(', ')}` });
  }
  const [first] = findings;
  if (first) throw new Failure('invalid_query', `${first.path}: ${first.message}`, { errors: findings });
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
