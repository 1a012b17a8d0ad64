import type { Finding } from '../../failure.ts';
import type { ModelClass } from '../../model/model-class.ts';
import { isDryRun } from '../dry-run.ts';
import type { TransferFormat } from '../export-query.ts';
import { assertKnown } from '../list-query.ts';
import { type ConflictTarget, conflictTarget } from '../upsert.ts';

/** What an import is to do with the rows of its file, validated against a class. */
export interface ImportQuery {
  readonly format: TransferFormat;
  /** By which fields records are found that are there already; null where all rows are new records. */
  readonly target: ConflictTarget | null;
  /** Whether good rows are written where others do not fit. */
  readonly skipsErrors: boolean;
  readonly isDryRun: boolean;
  /** The fields of columns that are called otherwise. */
  readonly map: ReadonlyMap<string, string>;
}

/** Reads the query string of an import. Throws `invalid_query`, naming each parameter that is wrong. */
export function parseImportQuery(
  model: ModelClass,
  params: URLSearchParams,
  format: TransferFormat,
): ImportQuery {
  const findings: Finding[] = [];
  const choose = <T extends string>(name: string, fallback: T, other: T): T => {
    const value = params.get(name) ?? fallback;
    if (value === fallback || value === other) return value as T;
    findings.push({ path: name, code: 'invalid_value', message: `must be ${fallback} or ${other}` });
    return fallback;
  };
  const mode = choose('mode', 'insert', 'upsert');
  const onError = choose('onError', 'abort', 'skip');
  const on = params.get('on');
  if (mode === 'insert' && on !== null) {
    findings.push({ path: 'on', code: 'conflicting_parameters', message: 'goes with mode=upsert' });
  }
  const map = parseMap(model, params, findings);
  assertKnown(params, ['format', 'mode', 'on', 'onError', 'dryRun', 'map[COLUMN]'], findings);
  return {
    format,
    target: mode === 'upsert' ? conflictTarget(model, on ?? 'id', 'on') : null,
    skipsErrors: onError === 'skip',
    isDryRun: isDryRun(params),
    map,
  };
}

/** Reads `map[Release Date]=released`. */
function parseMap(
  model: ModelClass,
  params: URLSearchParams,
  findings: Finding[],
): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [name, field] of params) {
    const column = /^map\[(.*)\]$/s.exec(name)?.[1];
    if (column === undefined) continue;
    map.set(column, field);
    if (model.fields.has(field)) continue;
    const message = `${field} is no field of ${model.definition.name}`;
    findings.push({ path: name, code: 'unknown_field', message });
  }
  return map;
}
