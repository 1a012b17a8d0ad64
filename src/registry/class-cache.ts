import type { ModelClass } from '../model/model-class.ts';

/** A class that an isolate holds, and the publish that it stands for. */
export interface Entry {
  readonly seq: number;
  readonly model: ModelClass;
}

/** A class takes memory by its fields; what each has besides them is worth five. */
function weightOf({ model }: Entry): number {
  return 5 + model.definition.fields.length;
}

/** The classes of an isolate by name: bounded, the least recently used go first. A class never goes back. */
export class ClassCache {
  readonly #entries = new Map<string, Entry>();
  /** The name under which a model was last kept, by its id. */
  readonly #names = new Map<string, string>();
  /** How much all of them may weigh. */
  readonly #capacity: number;
  #weight = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(workspace: string, name: string): Entry | undefined {
    const key = `${workspace}/${name}`;
    const entry = this.#entries.get(key);
    if (entry) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry;
  }

  getById(workspace: string, id: string): Entry | undefined {
    const name = this.#names.get(id);
    const entry = name === undefined ? undefined : this.get(workspace, name);
    // The name may belong to another model by now.
    return entry?.model.definition.id === id ? entry : undefined;
  }

  /** Keeps the entry unless a newer one is there; answers the one that stays. */
  keep(workspace: string, name: string, entry: Entry): Entry {
    const known = this.get(workspace, name);
    if (known && known.seq >= entry.seq) return known;
    this.forget(workspace, name);
    this.#entries.set(`${workspace}/${name}`, entry);
    this.#names.set(entry.model.definition.id, name);
    this.#weight += weightOf(entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#capacity || this.#entries.size === 1) break;
      this.#drop(oldest);
    }
    return entry;
  }

  forget(workspace: string, name: string): void {
    this.#drop(`${workspace}/${name}`);
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#weight -= weightOf(entry);
    const { workspace, definition } = entry.model;
    // A model that was renamed is known under another name by now.
    const name = this.#names.get(definition.id);
    if (key === `${workspace}/${name}`) this.#names.delete(definition.id);
  }
}
