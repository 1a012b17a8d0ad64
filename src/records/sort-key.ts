import type { ModelField } from '../model/model-field.ts';

/** One field of an order. */
export interface SortKey {
  readonly field: ModelField;
  readonly descending: boolean;
}
