/** What can be seen of a system from outside, in the model and in the real one alike. */
export interface Observed {
  /** Their states, by `seq`. */
  readonly changes: readonly string[];
  /** Of the model, in the catalog. */
  readonly version: number;
  /** The types of the table's columns, sorted. */
  readonly columns: readonly string[];
  /** A trigger keeps two columns in step. */
  readonly isInStep: boolean;
  readonly indexes: readonly string[];
  /** The version that Redis has. */
  readonly head: number | null;
}
