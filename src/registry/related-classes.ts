import type { ModelClass } from '../model/model-class.ts';
import { NeedsModel, type Related } from '../model/related.ts';
import type { ClassCache, Entry } from './class-cache.ts';

/** The classes beside its own that one try of a request asks for, from those that the isolate holds. */
export class RelatedClasses implements Related {
  /** What was handed out, and has to be current for the answer to count. */
  readonly used = new Set<Entry>();
  readonly #classes: ClassCache;
  readonly #workspace: string;
  /** Names that the catalog does not know, as this request heard. */
  readonly #unknown: ReadonlySet<string>;
  /** Where no heads are asked for, what the request itself has learned; null: whatever the isolate holds. */
  readonly #trusted: ReadonlySet<Entry> | null;
  #isClosed = false;

  constructor(
    classes: ClassCache,
    workspace: string,
    unknown: ReadonlySet<string>,
    trusted: ReadonlySet<Entry> | null = null,
  ) {
    this.#classes = classes;
    this.#workspace = workspace;
    this.#unknown = unknown;
    this.#trusted = trusted;
  }

  byId(id: string): ModelClass {
    return this.#use(this.#classes.getById(this.#workspace, id), new NeedsModel('id', id));
  }

  byName(name: string): ModelClass | null {
    if (this.#unknown.has(name)) return null;
    return this.#use(this.#classes.get(this.#workspace, name), new NeedsModel('name', name));
  }

  get taken(): readonly ModelClass[] {
    return [...this.used].map(({ model }) => model);
  }

  /** From here on the heads of what was used are being asked for: nothing more can be. */
  close(): void {
    this.#isClosed = true;
  }

  #use(entry: Entry | undefined, needs: NeedsModel): ModelClass {
    if (this.#isClosed) throw new TypeError('ask for related classes before anything is waited for');
    if (!entry || this.#trusted?.has(entry) === false) throw needs;
    this.used.add(entry);
    return entry.model;
  }
}
