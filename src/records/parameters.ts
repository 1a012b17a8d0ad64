import type { FilterTarget } from '../definition/filter-sql.ts';

/** Collects the parameters of a statement over the alias `t`: `add` answers the placeholder. */
export class Parameters implements FilterTarget {
  readonly alias = 't.';
  readonly values: (string | null)[];

  /** `ahead`: what the text of the statement calls $1, $2 … by itself. */
  constructor(ahead: readonly (string | null)[] = []) {
    this.values = [...ahead];
  }

  add(value: string | null, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}
