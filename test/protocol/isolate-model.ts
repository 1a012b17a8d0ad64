import { cachedHeads, directHeads } from '../../src/heads/cached-heads.ts';
import { formatHead, parseHead } from '../../src/heads/head.ts';
import type { ModelClass } from '../../src/model/model-class.ts';
import { DatabaseError } from '../../src/ports.ts';
import { Registry } from '../../src/registry/registry.ts';
import { gross, type Value } from './definitions.ts';
import type { Actor } from './gates.ts';
import { HEAD_TTL, MODEL, WORKSPACE } from './rules.ts';
import { headRow, type Surroundings } from './runner.ts';
import type { Version } from './simulated-postgres.ts';

/** A request that is under way. */
export interface Request {
  readonly began: number;
  /** The greatest version that its isolate had answered with when it began. */
  readonly floor: number;
}

/** An isolate with the real registry, on the simulated parts. Some keep heads for a while, some ask each time. */
export class IsolateModel implements Actor {
  isAlive = true;
  readonly #world: Surroundings;
  readonly #registry: Registry;
  readonly requests = new Set<Request>();
  /** The greatest version that it has answered with. */
  served = 0;

  constructor(world: Surroundings, keepsHeads: boolean) {
    this.#world = world;
    const seen = world.rules.classesOnlyGrow ? (seq: number) => seq : asIfNewer();
    const store = world.storeFor(this);
    const readHeads = keepsHeads ? cachedHeads(store, HEAD_TTL * 1000, world.now, null) : directHeads(store);
    this.#registry = new Registry({
      database: { query: async () => [headRow(await this.#readPublished(seen))] },
      readHeads: async (workspace, fields) =>
        (await readHeads(workspace, fields)).map((text) => {
          const head = parseHead(text);
          return head ? formatHead({ ...head, seq: seen(head.seq) }) : text;
        }),
      definitions: store,
      headMissing: (workspace) => world.queue.send({ workspace, heads: true }),
      telemetry: { note: () => undefined },
      now: world.now,
      sleep: () => Promise.reject(new Error('nobody waits for a model here')),
    });
  }

  /** `GET /records`: answers the version of the class that served it. */
  read(id: number): Promise<number> {
    const { gates, postgres } = this.#world;
    return this.#registry.read(WORKSPACE, MODEL, (model) => {
      const { column } = gross(model.definition);
      return gates.wait({ actor: this, at: 'readRecord', place: 'postgres' }, () => {
        postgres.assertColumn(column);
        assertRight(postgres.rows.get(id)?.get(column), postgres.written.get(id));
        return model.version;
      });
    });
  }

  /** `PUT /records`: one statement, which has its snapshot first and commits later. */
  write(id: number, value: number): Promise<number> {
    return this.#registry.write(WORKSPACE, MODEL, (model) => this.#write(model, id, value));
  }

  async #write(model: ModelClass, id: number, value: number): Promise<number> {
    const { gates, postgres } = this.#world;
    const { column } = gross(model.definition);
    const statement = {};
    await gates.wait({ actor: this, at: 'replaceRecord', place: 'postgres' }, () => {
      postgres.assertColumn(column);
      postgres.assertCurrent(model.version);
      postgres.writers.add(statement);
    });
    await gates.wait({ actor: this, at: 'commit', place: 'postgres' }, () => {
      postgres.writers.delete(statement);
      postgres.write(id, column, value);
    });
    return model.version;
  }

  #readPublished(seen: (seq: number) => number): Promise<Version> {
    const { gates, postgres } = this.#world;
    return gates.wait({ actor: this, at: 'readPublishedModels', place: 'postgres' }, () => ({
      ...postgres.published,
      seq: seen(postgres.published.seq),
    }));
  }
}

/** What a class reads is what was written last, whatever class wrote it. */
function assertRight(read: Value | undefined, written: number | undefined): void {
  if (read === undefined ? written !== undefined : Number(read) !== written) {
    throw new DatabaseError(`read ${read} where ${written} was written`, { sqlState: 'lost' });
  }
}

/** The rule taken out: whatever comes is taken for news. */
function asIfNewer(): () => number {
  let seq = 1000;
  return () => {
    seq += 1;
    return seq;
  };
}
