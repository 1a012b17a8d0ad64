import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import type { Meant } from './list-conditions.ts';
import { assertKnown } from './list-query.ts';
import { parseMeant } from './parse-meant.ts';
import { parseSelection, type Selection } from './selection.ts';
import type { SortKey } from './sort-key.ts';

export type TransferFormat = 'csv' | 'ndjson';

/** What an export asks for, validated against a class. */
export interface ExportQuery extends Meant {
  readonly format: TransferFormat;
  /** Empty where any order will do: then Postgres takes the quickest. */
  readonly sort: readonly SortKey[];
  readonly selection: Selection;
  readonly limit: number | null;
}

const PARAMETERS = [
  'format',
  'filter',
  'filter[FIELD]',
  'sort',
  'select',
  'expand',
  'search',
  'nearest[FIELD]',
  'limit',
];

/** Reads the query string of an export. Throws `invalid_query`, naming each parameter that is wrong. */
export function parseExportQuery(
  model: ModelClass,
  related: Related,
  params: URLSearchParams,
  format: TransferFormat,
): ExportQuery {
  const findings: Finding[] = [];
  const [select, expand] = [params.get('select'), params.get('expand')];
  const selection = parseSelection(model, related, { select, expand }, findings);
  if (format === 'csv' && selection.expanded.length > 0) {
    const message = 'a CSV file has one record a line: take format=ndjson, or leave the path out';
    findings.push({ path: expand === null ? 'select' : 'expand', code: 'not_in_csv', message });
  }
  const { isOrdered, sort, ...meant } = parseMeant(model, related, params, false, findings);
  const query: ExportQuery = {
    format,
    ...meant,
    sort: isOrdered || params.has('limit') ? sort : [],
    selection,
    limit: parseLimit(params.get('limit'), findings),
  };
  assertKnown(params, PARAMETERS, findings);
  return query;
}

function parseLimit(text: string | null, findings: Finding[]): number | null {
  if (text === null) return null;
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  findings.push({ path: 'limit', code: 'invalid_value', message: 'must be 1 or more, or left out for all' });
  return null;
}
