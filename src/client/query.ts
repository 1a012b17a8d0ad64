/** Query strings, as the server reads them. */

/** What is asked of groups of records. Paths are judged by the server. */
export interface Aggregate<F> {
  readonly filter?: F;
  /** Fields or paths, days and moments by a part of the calendar: `released:year`. */
  readonly group?: readonly string[];
  readonly count?: true;
  readonly sum?: readonly string[];
  readonly avg?: readonly string[];
  readonly min?: readonly string[];
  readonly max?: readonly string[];
  readonly countDistinct?: readonly string[];
  /** Conditions on values that are asked for, by their names: `{count: {_gt: 5}}`. */
  readonly having?: Readonly<Record<string, object>>;
  /** Values that are asked for, `-` ahead to descend. */
  readonly sort?: readonly string[];
  readonly limit?: number;
  readonly cursor?: string;
}

/** Lists go as texts with commas, filters as JSON, all else as it is; what is not given does not go. */
export function listQuery(options: object): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    if (name === 'nearest') {
      for (const [field, place] of Object.entries(value))
        query.set(`nearest[${field}]`, JSON.stringify(place));
    } else query.set(name, name === 'filter' ? JSON.stringify(value) : String(value));
  }
  return query;
}

/** Conditions on groups go one by one: `having[count][_gt]=5`. */
export function aggregateQuery<F>({ having = {}, ...options }: Aggregate<F>): URLSearchParams {
  const query = listQuery(options);
  for (const [name, conditions] of Object.entries(having)) {
    for (const [operator, value] of Object.entries(conditions)) {
      query.set(`having[${name}][${operator}]`, String(value));
    }
  }
  return query;
}
