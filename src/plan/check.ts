import type { Statement } from '../ports.ts';

/** A question to the data: how many rows stand in the way of a change or of a step, and which. */
export interface Check {
  readonly kind: 'unique' | 'required' | 'check' | 'reference' | 'conversion' | 'expression';
  readonly model: string;
  /** The models whose tables it asks. */
  readonly modelIds: readonly string[];
  readonly field: string;
  /** Answers rows `id`, `value`, `failing`: the first 20 and, in each, the number of all. */
  readonly statement: Statement;
}
