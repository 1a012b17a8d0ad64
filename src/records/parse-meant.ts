import type { Finding } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import type { Related } from '../model/related.ts';
import { filterOf } from './filter-parameters.ts';
import type { Meant } from './list-conditions.ts';

import { parseNearest } from './nearest.ts';
import { parseSearch } from './search.ts';
import { parseSort, type SortKey } from './sort-key.ts';

/** Which records are meant, and in which order. */
export interface OrderedMeant extends Meant {
  /** What is nearest comes first, or what matches best unless an order is asked for; it ends with the key. */
  readonly sort: readonly SortKey[];
  /** Whether anybody asked for an order. */
  readonly isOrdered: boolean;
}

/**
 * Reads `filter`, `search`, `nearest` and `sort`. `isFirstPage` says whether a few records of many are asked for, so that
 * an index for what is nearest may serve where nothing else decides which records are meant: it does not give all.
 */
export function parseMeant(
  model: ModelClass,
  related: Related,
  params: URLSearchParams,
  isFirstPage: boolean,
  findings: Finding[],
): OrderedMeant {
  const filter = filterOf(model, related, params, findings);
  const search = parseSearch(model, params.get('search'), findings);
  const mayApproximate = isFirstPage && !filter && !search;
  const nearest = parseNearest(model, params, { n: search ? 2 : 1, mayApproximate }, findings);
  const asked = parseSort(model, related, params.get('sort'), findings);
  const first = [
    ...(nearest ? [nearest.distance] : []),
    ...(search && !params.has('sort') ? [search.rank] : []),
  ];
  return {
    filter,
    search,
    nearest,
    sort: [...first, ...asked],
    isOrdered: first.length > 0 || params.has('sort'),
  };
}
