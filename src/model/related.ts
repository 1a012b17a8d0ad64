import type { ModelClass } from './model-class.ts';

/** The other models that a request is about, besides the one that it names. */
export interface Related {
  /** The current class of a model. Throws `NeedsModel` where the isolate does not hold it. */
  byId(id: string): ModelClass;
  /** The same by name; null where there is no such model. */
  byName(name: string): ModelClass | null;
  /** Those that were asked for, and found. */
  readonly taken: readonly ModelClass[];
}

/** What an isolate has to learn before a request can be read: whoever holds the classes does so, and begins anew. */
export class NeedsModel extends Error {
  override readonly name = 'NeedsModel';
  readonly by: 'id' | 'name';
  readonly value: string;

  constructor(by: 'id' | 'name', value: string) {
    super(`the model of the ${by} ${value} is not at hand`);
    this.by = by;
    this.value = value;
  }
}
