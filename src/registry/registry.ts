import { Failure } from '../failure.ts';
import type { ModelClass } from '../model/model-class.ts';
import { NeedsModel, type Related } from '../model/related.ts';
import { DatabaseError } from '../ports.ts';
import { ClassCache } from './class-cache.ts';
import { ClassSource, type ClassSourcePorts, pending } from './class-source.ts';
import type { Pass } from './pass.ts';
import { Reading } from './reading.ts';
import { RelatedClasses } from './related-classes.ts';

/** What the registry works with; free of any request. */
export interface RegistryPorts extends ClassSourcePorts {
  readonly sleep: (milliseconds: number) => Promise<void>;
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
const JUDGED_BY_CLASS = new Set(['validation_failed', 'invalid_query', 'stale_definition', 'model_pending']);

/** An isolate's model classes: head → definition → class. Every class that it hands out is current (invariant 6). */
export class Registry {
  readonly #sleep: RegistryPorts['sleep'];
  readonly #classes = new ClassCache(CAPACITY);
  readonly #source: ClassSource;

  constructor(ports: RegistryPorts) {
    this.#sleep = ports.sleep;
    this.#source = new ClassSource(ports, this.#classes);
  }

  /** The current class of a model. Throws `unknown_model`, `model_pending`, `unknown_workspace`. */
  async get(workspace: string, name: string): Promise<ModelClass> {
    const [model] = await this.getAll(workspace, [name]);
    if (!model) throw new TypeError('a name was given, so a class is found');
    return model;
  }

  /** The current classes of several models, by one head lookup. */
  async getAll(workspace: string, names: readonly string[]): Promise<readonly ModelClass[]> {
    const heads = await this.#source.heads(new Reading(workspace), names);
    return Promise.all(
      names.map(async (name, n) => {
        const known = this.#classes.get(workspace, name);
        return (await this.#source.validated(workspace, name, known, heads[n] ?? null)).model;
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
      await this.#sleep(POLL_MS);
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
    let entry = this.#classes.get(workspace, name) ?? reading.trust(await this.#source.load(reading, name));
    for (let tries = 1; tries <= READ_TRIES; tries++) {
      const related = new RelatedClasses(this.#classes, workspace, reading.unknown);
      const attempt = settle(() => use(entry.model, related));
      related.close();
      const doubted = [entry, ...related.used].filter((one) => !reading.trusted.has(one));
      const asked = settle(() => this.#source.headsOf(reading, doubted));
      // Both, whatever the first of them says: nothing of a request goes on behind its answer.
      const [answered, result] = await Promise.all([asked, attempt]);
      if (!answered.ok) throw answered.error;
      const heads = answered.value;
      const current = await Promise.all(
        doubted.map((one, n) =>
          one === entry
            ? this.#source.validated(workspace, name, one, heads[n] ?? null)
            : this.#source.validatedById(workspace, one, heads[n] ?? null),
        ),
      );
      for (const one of current) reading.trust(one);
      const isCurrent = current.every((one, n) => one === doubted[n]);
      entry = current[doubted.indexOf(entry)] ?? entry;
      if (!isCurrent) continue;
      if (result.ok) return result.value;
      const { error } = result;
      if (error instanceof NeedsModel) {
        await this.#source.learn(reading, error);
      } else if (isOutdated(error) && !reading.isFromCatalog) {
        reading.isFromCatalog = true;
        for (const { model } of related.used) this.#classes.forget(workspace, model.definition.name);
        entry = reading.trust(await this.#source.fromCatalog(workspace, name));
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
    let { model } = this.#classes.get(workspace, name) ?? (await this.#source.load(reading, name));
    for (let tries = 1; ; tries++) {
      const related = new RelatedClasses(this.#classes, workspace, reading.unknown, reading.trusted);
      try {
        return await use(model, related);
      } catch (error) {
        if (error instanceof NeedsModel) {
          await this.#source.learn(reading, error);
          tries -= 1;
          continue;
        }
        const isJudged = error instanceof Failure && JUDGED_BY_CLASS.has(error.code);
        if (!isJudged && !isOutdated(error)) throw error;
        const current = await this.#source.fromCatalog(workspace, name);
        if (current.model.hash === model.hash && current.model.version === model.version) throw error;
        if (tries === WRITE_TRIES) throw pending(name);
        model = current.model;
      }
    }
  }

  /** Whether the workspace is there, and what lets a request pass, without any head. */
  async ask(workspace: string, pass: Pass): Promise<void> {
    await this.#source.heads(new Reading(workspace, pass), []);
  }
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
