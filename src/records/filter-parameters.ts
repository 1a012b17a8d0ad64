import type { Filter } from '../definition/filter.ts';
import { type FilterContext, parseFilter } from '../definition/parse-filter.ts';
import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { unflatten } from './query-string.ts';
import { filterContext } from './relations.ts';

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
  if (flat.length > 0) {
    filters.push(parseFlat(context(true), flat, 'filter', findings));
  }
  return { kind: 'and', filters };
}

/** A filter of parameters of its own. What is wrong is found under their whole names. */
export function parseFlat(
  context: FilterContext,
  given: readonly (readonly [name: string, value: string])[],
  parameter: 'filter' | 'having',
  findings: Finding[],
): Filter {
  const found: Finding[] = [];
  const filter = parseFilter(context, unflatten(given, found, parameter), parameter, found);
  for (const finding of found) {
    const whole = given.find(([name]) => name === finding.path || name.startsWith(`${finding.path}[`));
    findings.push({ ...finding, path: whole?.[0] ?? finding.path });
  }
  return filter;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
