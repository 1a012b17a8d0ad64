import * as v from 'valibot';
import { readAnswer } from './read-answer.ts';
import type { Workspace } from './workspace.ts';

const FIELD = v.object({ id: v.string(), name: v.string(), required: v.optional(v.boolean(), false) });
const DEFINITION = v.object({ hash: v.string(), fields: v.array(FIELD) });

export type KnownDefinition = v.InferOutput<typeof DEFINITION>;

/** The definitions of a model that a client has read. The newest counts until the system refuses its names. */
export class DefinitionCache {
  readonly #workspace: Workspace;
  readonly #model: string;
  readonly #byHash = new Map<string, KnownDefinition>();
  #current: KnownDefinition;

  private constructor(workspace: Workspace, model: string, first: KnownDefinition) {
    this.#workspace = workspace;
    this.#model = model;
    this.#current = first;
    this.#byHash.set(first.hash, first);
  }

  static async open(workspace: Workspace, model: string): Promise<DefinitionCache> {
    return new DefinitionCache(workspace, model, await readDefinition(workspace, model));
  }

  get current(): KnownDefinition {
    return this.#current;
  }

  /** How many definitions the client has come to know. */
  get size(): number {
    return this.#byHash.size;
  }

  /** The definition that an answer was made by, as far as the client has met it. */
  get(hash: string): KnownDefinition | undefined {
    return this.#byHash.get(hash);
  }

  /** Reads the present definition. False where it is still the one that the client had used. */
  async refresh(used: KnownDefinition): Promise<boolean> {
    const present = await readDefinition(this.#workspace, this.#model);
    this.#current = present;
    this.#byHash.set(present.hash, present);
    return present.hash !== used.hash;
  }
}

async function readDefinition(workspace: Workspace, model: string): Promise<KnownDefinition> {
  return readAnswer(await workspace.get(`/models/${model}`), 200, DEFINITION);
}
