import { type PublishedModel, readModelsById, readPublishedModels } from '../catalog/published-models.ts';
import { readDefinition } from '../catalog/workspace-state.ts';
import { hashDefinition } from '../definition/hash.ts';
import { Failure } from '../failure.ts';
import type { ReadHeads } from '../heads/cached-heads.ts';
import { type Head, parseHead } from '../heads/head.ts';
import { isTrashedState, WORKSPACE_FIELD } from '../heads/workspace-state.ts';
import { type ModelClass, makeModelClass } from '../model/model-class.ts';
import { NeedsModel, type Related } from '../model/related.ts';
import { type Database, DatabaseError, type HeadStore, HeadStoreError } from '../ports.ts';
import type { Telemetry } from '../telemetry.ts';
import { ClassCache, type Entry } from './class-cache.ts';
import type { Pass } from './pass.ts';
import { Reading } from './reading.ts';
import { RelatedClasses } from './related-classes.ts';

/** What the registry works with; free of any request. */
export interface RegistryPorts {
  readonly database: Database;
  readonly readHeads: ReadHeads;
  readonly definitions: Pick<HeadStore, 'readDefinition'>;
  /** Called where Redis lacks a head that the catalog has. */
  readonly headMissing: (workspace: string) => Promise<void>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly telemetry: Telemetry;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Two hundred classes of ten fields: an isolate has 128 MB for all that it does. */
const CAPACITY = 3000;
const WRITE_TRIES = 6;
/** A class for each try, and a few that are no longer current. */
const READ_TRIES = 40;
const POLL_MS = 200;

/** The catalog moved on; undefined column, undefined table, cached plan must not change its result type. */
const OUTDATED = new Set(['RM001', '42703', '42P01', '0A000']);

/** Failures that may come from judging a request by a class that is no longer current. */
const JUDGED_BY_CLASS = new Set(['validation_failed', 'invalid_query', 'stale_definition']);

/** An isolate's model classes: head → definition → class. Every class that it hands out is current (invariant 6). */
export class Registry {
  readonly #ports: RegistryPorts;
  readonly #classes = new ClassCache(CAPACITY);

  constructor(ports: RegistryPorts) {
    this.#ports = ports;
  }

  /** The current class of a model. Throws `unknown_model`, `model_pending`, `unknown_workspace`. */
  async get(workspace: string, name: string): Promise<ModelClass> {
    const [model] = await this.getAll(workspace, [name]);
    if (!model) throw new TypeError('a name was given, so a class is found');
    return model;
  }

  /** The current classes of several models, by one head lookup. */
  async getAll(workspace: string, names: readonly string[]): Promise<readonly ModelClass[]> {
    const heads = await this.#heads(new Reading(workspace), names);
    return Promise.all(
      names.map(async (name, n) => {
        const known = this.#classes.get(workspace, name);
        return (await this.#validated(workspace, name, known, heads[n] ?? null)).model;
      }),
    );
  }

  /** Calls `use` once all of the models are published. */
  async whenReady<T>(
    names: readonly string[],
    use: (...models: readonly ModelClass[]) => T | Promise<T>,
    options: { readonly workspace?: string; readonly signal?: AbortSignal } = {},
  ): Promise<T> {
    for (;;) {
      options.signal?.throwIfAborted();
      try {
        const models = await this.getAll(options.workspace ?? 'main', names);
        return await use(...models);
      } catch (error) {
        const isComing = error instanceof Failure && ['unknown_model', 'model_pending'].includes(error.code);
        if (!isComing) throw error;
      }
      await this.#ports.sleep(POLL_MS);
    }
  }

  /**
   * A read: the class at hand and its head are asked about at the same time; the answer counts only if the class
   * was current, and is asked for again with the current class if it was not. The same holds for the other classes
   * that `use` takes, which it does before it waits for anything. `pass` is asked for with each head.
   */
  async read<T>(
    workspace: string,
    name: string,
    use: (model: ModelClass, related: Related) => Promise<T>,
    pass: Pass | null = null,
  ): Promise<T> {
    const reading = new Reading(workspace, pass);
    let entry = this.#classes.get(workspace, name) ?? reading.trust(await this.#load(reading, name));
    for (let tries = 1; tries <= READ_TRIES; tries++) {
      const related = new RelatedClasses(this.#classes, workspace, reading.unknown);
      const attempt = settle(() => use(entry.model, related));
      related.close();
      const doubted = [entry, ...related.used].filter((one) => !reading.trusted.has(one));
      const asked = settle(() => this.#headsOf(reading, doubted));
      // Both, whatever the first of them says: nothing of a request goes on behind its answer.
      const [answered, result] = await Promise.all([asked, attempt]);
      if (!answered.ok) throw answered.error;
      const heads = answered.value;
      const current = await Promise.all(
        doubted.map((one, n) =>
          one === entry
            ? this.#validated(workspace, name, one, heads[n] ?? null)
            : this.#validatedById(workspace, one, heads[n] ?? null),
        ),
      );
      for (const one of current) reading.trust(one);
      const isCurrent = current.every((one, n) => one === doubted[n]);
      entry = current[doubted.indexOf(entry)] ?? entry;
      if (!isCurrent) continue;
      if (result.ok) return result.value;
      const { error } = result;
      if (error instanceof NeedsModel) {
        await this.#learn(reading, error);
      } else if (isOutdated(error) && !reading.isFromCatalog) {
        reading.isFromCatalog = true;
        for (const { model } of related.used) this.#classes.forget(workspace, model.definition.name);
        entry = reading.trust(await this.#fromCatalog(workspace, name));
      } else throw error;
    }
    throw pending(name);
  }

  /**
   * A write: Postgres itself refuses it where the class is not current, so no head is asked for. What fails for
   * the class's sake is tried again with the current one; nothing was written then. Other classes that `use` takes,
   * which its conditions follow references by, are those of the catalog at this moment.
   */
  async write<T>(
    workspace: string,
    name: string,
    use: (model: ModelClass, related: Related) => Promise<T>,
  ): Promise<T> {
    const reading = new Reading(workspace);
    let { model } = this.#classes.get(workspace, name) ?? (await this.#load(reading, name));
    for (let tries = 1; ; tries++) {
      const related = new RelatedClasses(this.#classes, workspace, reading.unknown, reading.trusted);
      try {
        return await use(model, related);
      } catch (error) {
        if (error instanceof NeedsModel) {
          await this.#learn(reading, error);
          tries -= 1;
          continue;
        }
        const isJudged = error instanceof Failure && JUDGED_BY_CLASS.has(error.code);
        if (!isJudged && !isOutdated(error)) throw error;
        const current = await this.#fromCatalog(workspace, name);
        if (current.model.hash === model.hash && current.model.version === model.version) throw error;
        if (tries === WRITE_TRIES) throw pending(name);
        model = current.model;
      }
    }
  }

  /** Whether the workspace is there, and what lets a request pass, without any head. */
  async ask(workspace: string, pass: Pass): Promise<void> {
    await this.#heads(new Reading(workspace, pass), []);
  }

  async #headsOf(reading: Reading, entries: readonly Entry[]): Promise<readonly (Head | null)[]> {
    if (entries.length === 0) return [];
    return this.#heads(
      reading,
      entries.map(({ model }) => model.definition.name),
    );
  }

  /** The same of a class that was asked for by the id of its model, whatever that is called now. */
  async #validatedById(workspace: string, known: Entry, head: Head | null): Promise<Entry> {
    if (head && head.seq <= known.seq) return known;
    const [found] = await readModelsById(this.#ports.database, workspace, [known.model.definition.id]);
    if (found?.seq === known.seq) return known;
    this.#classes.forget(workspace, known.model.definition.name);
    // One that is gone is referred to by nothing: the class that asked for it is not current either.
    return found ? this.#keep(workspace, found) : { seq: known.seq, model: known.model };
  }

  /** Gets a class that a request needs into the isolate. */
  async #learn(reading: Reading, { by, value }: NeedsModel): Promise<void> {
    const { workspace } = reading;
    if (by === 'id') {
      const [found] = await readModelsById(this.#ports.database, workspace, [value]);
      if (!found) throw pending(`the model that is referred to by ${value}`);
      reading.trust(this.#keep(workspace, found));
      return;
    }
    try {
      reading.trust(await this.#fromCatalog(workspace, value));
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'unknown_model')) throw error;
      reading.unknown.add(value);
    }
  }

  /** The entry that `head` calls for: the known one, or a newer one. */
  async #validated(
    workspace: string,
    name: string,
    known: Entry | undefined,
    head: Head | null,
  ): Promise<Entry> {
    // A lower head is a replica that lags behind: it proves nothing.
    if (known && head && head.seq <= known.seq) return known;
    return head?.hash ? this.#fromHead(workspace, name, head) : this.#fromCatalog(workspace, name, head);
  }

  async #load(reading: Reading, name: string): Promise<Entry> {
    const [head = null] = await this.#heads(reading, [name]);
    return this.#validated(reading.workspace, name, undefined, head);
  }

  /**
   * Null for each head that Redis lacks, or cannot be asked for: the catalog answers in its place. Throws
   * `unknown_workspace` where the workspace lies in the trash, whatever heads it left.
   */
  async #heads({ workspace, pass }: Reading, names: readonly string[]): Promise<readonly (Head | null)[]> {
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

  async #fromHead(workspace: string, name: string, head: Head): Promise<Entry> {
    const body = await this.#ports.definitions.readDefinition(head.hash).catch((error: unknown) => {
      if (error instanceof HeadStoreError) return null;
      throw error;
    });
    if (body === null) return this.#fromCatalog(workspace, name);
    const definition = readDefinition(body);
    // Whatever Redis holds under this hash: only what has this hash is what was published.
    if (hashDefinition(definition) !== head.hash) return this.#fromCatalog(workspace, name);
    return this.#keep(workspace, { ...head, kind: 'published', name, definition });
  }

  async #fromCatalog(
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

function pending(name: string): Failure {
  return new Failure('model_pending', `a change of ${name} is under way; ask again in a moment`);
}

function isOutdated(error: unknown): boolean {
  return error instanceof DatabaseError && OUTDATED.has(error.sqlState);
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

async function settle<T>(run: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    return { ok: false, error };
  }
}
