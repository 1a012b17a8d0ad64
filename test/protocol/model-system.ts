import type { ChangeKind } from './changes.ts';
import { gross } from './definitions.ts';
import type { Actor } from './gates.ts';
import { IsolateModel } from './isolate-model.ts';
import type { Observed } from './observed.ts';
import type { Point } from './points.ts';
import { ALL_RULES, GRACE, MODEL, WORKSPACE } from './rules.ts';
import type { Runner } from './runner.ts';
import { World } from './world.ts';

/** The model, played act by act as the real system can be: one after another, but for kills and overtaking. */
export class ModelSystem {
  readonly #world = new World(ALL_RULES);
  readonly #isolates = [new IsolateModel(this.#world, false), new IsolateModel(this.#world, false)];

  /** The present name and form of the field. */
  get field(): ReturnType<typeof gross> {
    return gross(this.#world.postgres.published.definition);
  }

  get isIdle(): boolean {
    return this.#world.postgres.changes.every(({ status }) => status !== 'queued' && status !== 'running');
  }

  get nextSeq(): number {
    return this.#world.postgres.changes.length + 1;
  }

  async submit(kind: ChangeKind): Promise<void> {
    await this.#world.change(kind, false);
    for (const gate of this.#world.gates.waiting) await this.#world.pass(gate, 0);
  }

  cancel(): void {
    for (const change of this.#world.postgres.changes) {
      if (!change.committed && ['queued', 'running'].includes(change.status)) change.cancelRequested = true;
    }
  }

  async deliver(kill: { readonly point: Point; readonly side: 'before' | 'after' } | null): Promise<boolean> {
    const runner = await this.#startRunner();
    if (!(await this.#runTo(runner, kill?.point ?? null))) return false;
    if (kill) await this.#world.kill(runner, kill.side, 0);
    return true;
  }

  async overtake(point: Point): Promise<boolean> {
    const first = await this.#startRunner();
    if (!(await this.#runTo(first, point))) return false;
    await this.#world.cut(first);
    await this.deliver(null);
    await this.#runTo(first, null);
    return true;
  }

  async sweep(): Promise<boolean> {
    const before = this.#world.queue.messages.length;
    await this.#world.sweep();
    for (const runner of this.#world.runners) await this.#runTo(runner, null);
    return this.#world.queue.messages.length > before;
  }

  emptyRedis(): Promise<void> {
    return this.#world.emptyRedis();
  }

  replicate(): void {
    const { primary, replica } = this.#world.redis;
    while (primary.heads.get(KEY) !== replica.heads.get(KEY)) this.#world.redis.replicate();
  }

  async passGrace(): Promise<void> {
    for (let second = 0; second <= GRACE; second++) await this.#world.advance();
  }

  restart(isolate: number): void {
    this.#isolates[isolate] = new IsolateModel(this.#world, false);
  }

  /** The version that the isolate answers by, and the value in the form of that; null where there is no record. */
  async read(
    index: number,
    id: number,
    isStale: boolean,
  ): Promise<{ version: number; name: string; value: unknown } | null> {
    const { postgres } = this.#world;
    const version = await this.#ask(index, (isolate) => isolate.read(id), isStale);
    const definition = postgres.versions[version - 1]?.definition;
    if (!definition) throw new TypeError('what was served was published');
    const { name, column } = gross(definition);
    const value = postgres.rows.get(id)?.get(column);
    return value === undefined ? null : { version, name, value };
  }

  async write(index: number, id: number, value: number): Promise<void> {
    await this.#ask(index, (isolate) => isolate.write(id, value), false);
  }

  observe(): Observed {
    const { changes, published, columns, trigger, indexes } = this.#world.postgres;
    const head = this.#world.redis.primary.heads.get(KEY);
    return {
      changes: changes.map(({ status }) => status),
      version: published.version,
      columns: [...columns.values()].sort(),
      isInStep: trigger !== null,
      indexes: [...indexes.values()],
      head: head === undefined ? null : Number(head.split('.')[1]),
    };
  }

  async #startRunner(): Promise<Runner> {
    const known = new Set(this.#world.runners);
    await this.#world.deliver({ nudge: { workspace: WORKSPACE }, dueAt: 0, isDead: false });
    const [runner] = [...this.#world.runners].filter((one) => !known.has(one));
    if (!runner) throw new TypeError('a runner waits for its lock at least');
    return runner;
  }

  /** True where it stands at the point; false where it came to its end. */
  async #runTo(actor: Actor, point: Point | null): Promise<boolean> {
    for (;;) {
      const [gate] = this.#world.gates.of(actor);
      if (!gate) return false;
      if (gate.at === point?.at) return true;
      await this.#world.pass(gate, 0);
    }
  }

  async #ask(
    index: number,
    ask: (isolate: IsolateModel) => Promise<number>,
    isStale: boolean,
  ): Promise<number> {
    const isolate = this.#isolates[index];
    if (!isolate) throw new TypeError(`there is no isolate ${index}`);
    let version = 0;
    await this.#world.request(isolate, async () => {
      version = await ask(isolate);
      return version;
    });
    for (;;) {
      const [gate] = this.#world.gates.of(isolate);
      if (!gate) return version;
      await this.#world.pass(gate, isStale && gate.at === 'HMGET' ? 1 : 0);
    }
  }
}

const KEY = `${WORKSPACE}/${MODEL}`;
