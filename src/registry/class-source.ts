import { type PublishedModel, readModelsById, readPublishedModels } from '../catalog/published-models.ts';
import { readDefinition } from '../catalog/workspace-state.ts';
import { hashDefinition } from '../definition/hash.ts';
import { Failure } from '../failure.ts';
import type { ReadHeads } from '../heads/cached-heads.ts';
import { type Head, parseHead } from '../heads/head.ts';
import { isTrashedState, WORKSPACE_FIELD } from '../heads/workspace-state.ts';
import { makeModelClass } from '../model/model-class.ts';
import type { NeedsModel } from '../model/related.ts';
import { type Database, type HeadStore, HeadStoreError } from '../ports.ts';
import type { Telemetry } from '../telemetry.ts';
import type { ClassCache, Entry } from './class-cache.ts';
import type { Reading } from './reading.ts';

/** What classes are made from; free of any request. */
export interface ClassSourcePorts {
  readonly database: Database;
  readonly readHeads: ReadHeads;
  readonly definitions: Pick<HeadStore, 'readDefinition'>;
  /** Called where Redis lacks a head that the catalog has. */
  readonly headMissing: (workspace: string) => Promise<void>;
  readonly telemetry: Telemetry;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Where an isolate's classes come from: heads of Redis, bodies of Redis or the catalog, and the catalog itself. */
export class ClassSource {
  readonly #ports: ClassSourcePorts;
  readonly #classes: ClassCache;

  constructor(ports: ClassSourcePorts, classes: ClassCache) {
    this.#ports = ports;
    this.#classes = classes;
  }

  /** The entry that `head` calls for: the known one, or a newer one. */
  async validated(
    workspace: string,
    name: string,
    known: Entry | undefined,
    head: Head | null,
  ): Promise<Entry> {
    // A lower head is a replica that lags behind: it proves nothing.
    if (known && head && head.seq <= known.seq) return known;
    return head?.hash ? this.#fromHead(workspace, name, head) : this.fromCatalog(workspace, name, head);
  }

  /** The same of a class that was asked for by the id of its model, whatever that is called now. */
  async validatedById(workspace: string, known: Entry, head: Head | null): Promise<Entry> {
    if (head && head.seq <= known.seq) return known;
    const [found] = await readModelsById(this.#ports.database, workspace, [known.model.definition.id]);
    if (found?.seq === known.seq) return known;
    this.#classes.forget(workspace, known.model.definition.name);
    // One that is gone is referred to by nothing: the class that asked for it is not current either.
    return found ? this.#keep(workspace, found) : { seq: known.seq, model: known.model };
  }

  /** The entry of a class that the isolate lacks. */
  async load(reading: Reading, name: string): Promise<Entry> {
    const [head = null] = await this.heads(reading, [name]);
    return this.validated(reading.workspace, name, undefined, head);
  }

  /** The heads of classes at hand. */
  async headsOf(reading: Reading, entries: readonly Entry[]): Promise<readonly (Head | null)[]> {
    if (entries.length === 0) return [];
    return this.heads(
      reading,
      entries.map(({ model }) => model.definition.name),
    );
  }

  /**
   * Null for each head that Redis lacks, or cannot be asked for: the catalog answers in its place. Throws
   * `unknown_workspace` where the workspace lies in the trash, whatever heads it left.
   */
  async heads({ workspace, pass }: Reading, names: readonly string[]): Promise<readonly (Head | null)[]> {
    const texts = await this.#read(workspace, [...names, WORKSPACE_FIELD, ...(pass ? [pass.field] : [])]);
    const isTrashed = isTrashedState(texts[names.length] ?? null);
    await pass?.hear(isTrashed ? null : (texts[names.length + 1] ?? null));
    if (isTrashed) {
      throw new Failure('unknown_workspace', `there is no workspace ${workspace}`);
    }
    return names.map((_, n) => parseHead(texts[n] ?? null));
  }

  /** Nothing where Redis does not answer. */
  async #read(workspace: string, fields: readonly string[]): Promise<readonly (string | null)[]> {
    const { telemetry, readHeads } = this.#ports;
    try {
      const texts = await readHeads(workspace, fields);
      telemetry.note({ kind: 'headLookup', outcome: 'answered' });
      return texts;
    } catch (error) {
      if (!(error instanceof HeadStoreError)) throw error;
      telemetry.note({ kind: 'headLookup', outcome: 'unavailable' });
      return [];
    }
  }

  /** Gets a class that a request needs into the isolate. */
  async learn(reading: Reading, { by, value }: NeedsModel): Promise<void> {
    const { workspace } = reading;
    if (by === 'id') {
      const [found] = await readModelsById(this.#ports.database, workspace, [value]);
      if (!found) throw pending(`the model that is referred to by ${value}`);
      reading.trust(this.#keep(workspace, found));
      return;
    }
    try {
      reading.trust(await this.fromCatalog(workspace, value));
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'unknown_model')) throw error;
      reading.unknown.add(value);
    }
  }

  async #fromHead(workspace: string, name: string, head: Head): Promise<Entry> {
    const body = await this.#ports.definitions.readDefinition(head.hash).catch((error: unknown) => {
      if (error instanceof HeadStoreError) return null;
      throw error;
    });
    if (body === null) return this.fromCatalog(workspace, name);
    const definition = readDefinition(body);
    // Whatever Redis holds under this hash: only what has this hash is what was published.
    if (hashDefinition(definition) !== head.hash) return this.fromCatalog(workspace, name);
    return this.#keep(workspace, { ...head, kind: 'published', name, definition });
  }

  async fromCatalog(
    workspace: string,
    name: string,
    head: Head | null | undefined = undefined,
  ): Promise<Entry> {
    const [found] = await readPublishedModels(this.#ports.database, workspace, [name]);
    if (found?.kind === 'published') {
      if (head === null) await this.#ports.headMissing(workspace);
      const known = this.#classes.get(workspace, name);
      if (known?.seq === found.seq) return known;
      return this.#keep(workspace, found);
    }
    this.#classes.forget(workspace, name);
    if (found?.kind === 'pending') throw pending(name);
    throw new Failure('unknown_model', `there is no model ${name} in the workspace ${workspace}`);
  }

  #keep(workspace: string, found: PublishedModel): Entry {
    const { name, seq, version, hash, publishedAt, definition } = found;
    const wasUsed = this.#classes.get(workspace, name) !== undefined;
    const model = makeModelClass({ workspace, version, hash, definition });
    const staleSeconds = wasUsed && publishedAt !== null ? (this.#ports.now() - publishedAt) / 1000 : null;
    this.#ports.telemetry.note({ kind: 'regeneration', workspace, model: name, version, staleSeconds });
    return this.#classes.keep(workspace, name, { seq, model });
  }
}

export function pending(name: string): Failure {
  return new Failure('model_pending', `a change of ${name} is under way; ask again in a moment`);
}
