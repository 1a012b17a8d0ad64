import { RunnerReplaced } from '../../src/migrator/migrator.ts';
import { sweep, sweepCatalog } from '../../src/migrator/sweep.ts';
import { DatabaseError, DatabaseUnavailable, type HeadStore, HeadStoreError } from '../../src/ports.ts';
import type { ChangeKind } from './changes.ts';
import { type Actor, type Gate, Gates, settled } from './gates.ts';
import { IsolateModel, type Request } from './isolate-model.ts';
import { abandonChange, runWorkspace } from './migrator-model.ts';
import { GRACE, LONGEST_REQUEST, LOST_AFTER, type Rules, SWEPT, Violation, WORKSPACE } from './rules.ts';
import { headOf, Runner, type Surroundings } from './runner.ts';
import { SimulatedPostgres } from './simulated-postgres.ts';
import type { Message } from './simulated-queue.ts';
import { SimulatedQueue } from './simulated-queue.ts';
import { SimulatedRedis } from './simulated-redis.ts';
import { checkAnswer, checkContract, checkEnd, checkState, checkTransaction } from './statements.ts';

/** Acts after which it is said that there is no end. */
const PATIENCE = 30_000;

/** Everything that there is, and everything that can happen to it. */
export class World implements Surroundings {
  readonly rules: Rules;
  readonly gates = new Gates();
  readonly postgres: SimulatedPostgres;
  readonly redis: SimulatedRedis;
  readonly queue = new SimulatedQueue(() => this.#clock);
  readonly now = () => this.#clock;
  /** Two: one asks Redis on each request, one keeps heads. */
  readonly isolates: IsolateModel[];
  readonly runners = new Set<Runner>();
  #clock = 0;
  #violation: unknown;

  constructor(rules: Rules) {
    this.rules = rules;
    this.postgres = new SimulatedPostgres(rules);
    this.redis = new SimulatedRedis({
      headsOnlyGrow: rules.headsOnlyGrow,
      sweptSeconds: SWEPT,
      now: this.now,
      onHead: (head) => {
        for (const version of this.postgres.versions) {
          if (version.seq <= Number(head.split('.')[0])) version.confirmedAt ??= this.#clock;
        }
      },
    });
    this.isolates = [new IsolateModel(this, false), new IsolateModel(this, true)];
  }

  storeFor(actor: Actor): HeadStore {
    return this.redis.storeFor(actor, this.gates);
  }

  pass(gate: Gate, pick: number): Promise<void> {
    const { columnBefore } = this.postgres;
    try {
      gate.pass(pick);
      if (columnBefore !== null && this.postgres.columnBefore === null)
        checkContract(this.postgres, this.redis);
      checkState(this.postgres, this.redis);
    } catch (error) {
      this.#violation ??= error;
    }
    return this.#settle();
  }

  change(kind: ChangeKind, isNudged: boolean): Promise<void> {
    this.postgres.changes.push({
      seq: this.postgres.changes.length + 1,
      kind,
      status: 'queued',
      runner: null,
      cancelRequested: false,
      error: null,
      plan: null,
      committed: null,
      publishedAt: null,
      contractAt: null,
    });
    const edge: Actor = { isAlive: true };
    if (isNudged) this.#start(this.queue.send({ workspace: WORKSPACE }));
    // The note for the sweep is on its way: it may arrive late, or get lost with Redis.
    this.#start(
      this.storeFor(edge)
        .schedule(WORKSPACE, this.#clock + LOST_AFTER * 1000)
        .catch(ignoreOutage),
    );
    return this.#settle();
  }

  request(isolate: IsolateModel, ask: () => Promise<number>): Promise<void> {
    const request: Request = { began: this.#clock, floor: isolate.served };
    isolate.requests.add(request);
    const answered = async () => {
      try {
        const version = await ask();
        checkAnswer(this.postgres, request, version);
        isolate.served = Math.max(isolate.served, version);
      } catch (error) {
        if (error instanceof DatabaseError)
          throw new Violation(error.sqlState === 'lost' ? 3 : 1, error.message);
        throw error;
      } finally {
        isolate.requests.delete(request);
      }
    };
    this.#start(answered());
    return this.#settle();
  }

  /** The isolate is no more; a write that Postgres has begun is committed, and acknowledged to nobody. */
  restart(index: number): Promise<void> {
    const isolate = this.isolates[index];
    if (!isolate) return this.#settle();
    isolate.isAlive = false;
    this.isolates[index] = new IsolateModel(this, index === 1);
    for (const gate of this.gates.of(isolate)) {
      if (gate.at === 'commit') gate.pass(0);
      else gate.vanish();
    }
    checkState(this.postgres, this.redis);
    return this.#settle();
  }

  deliver(message: Message): Promise<void> {
    this.queue.remove(message);
    const runner = new Runner(this, message);
    this.runners.add(runner);
    const consumed = async () => {
      try {
        if (message.isDead) await abandonChange(runner);
        else if (message.nudge.heads) await sweepCatalog(this.#migrator(runner));
        else await runWorkspace(runner);
      } catch (error) {
        if (!isWorthRetrying(error)) throw error;
        this.queue.retry(message);
      } finally {
        this.runners.delete(runner);
      }
    };
    this.#start(consumed());
    return this.#settle();
  }

  /** Cron. */
  sweep(): Promise<void> {
    const runner = new Runner(this, null);
    this.runners.add(runner);
    const swept = async () => {
      try {
        if (this.rules.sweep) await sweep(this.#migrator(runner));
      } catch (error) {
        if (!isWorthRetrying(error)) throw error;
      } finally {
        this.runners.delete(runner);
      }
    };
    this.#start(swept());
    return this.#settle();
  }

  #migrator(runner: Runner): Parameters<typeof sweep>[0] {
    return {
      connect: async () => runner.session(),
      heads: runner.heads,
      queue: this.queue,
      errands: { send: async () => undefined },
      telemetry: { note: () => undefined },
      now: this.now,
      sleep: async () => undefined,
      graceSeconds: 0,
      trashRetentionDays: 0,
      sliceMilliseconds: 0,
    };
  }

  /**
   * The migrator is killed at what it was waiting for: `before` it reached Postgres or Redis, `after` it did its
   * work there; or `late`: nobody is left, and Postgres or Redis goes on with it. Its message comes again.
   */
  kill(runner: Runner, side: 'before' | 'after' | 'late', pick: number): Promise<void> {
    const [gate] = this.gates.of(runner);
    runner.isAlive = false;
    this.runners.delete(runner);
    if (runner.message) this.queue.retry(runner.message);
    if (!gate) runner.isOpen = false;
    else if (side === 'before') gate.vanish();
    else if (side === 'after') gate.canPass() ? gate.pass(pick) : gate.vanish();
    // A session lives until what it does has ended, and keeps its lock.
    if (gate && side === 'late' && gate.place === 'postgres') this.#endWith(gate, runner);
    else runner.isOpen = false;
    return this.#settle();
  }

  /** The connection to Postgres is lost, and with it the lock; the migrator does not know yet. */
  cut(runner: Runner): Promise<void> {
    runner.isOpen = false;
    for (const gate of this.gates.of(runner)) {
      if (gate.place === 'postgres') gate.fail(new DatabaseUnavailable('the connection was lost'));
    }
    return this.#settle();
  }

  #endWith(gate: Gate, runner: Runner): void {
    const { pass } = gate;
    gate.pass = (pick) => {
      pass(pick);
      runner.isOpen = false;
    };
  }

  /** Somebody who uses SQL begins a transaction, or ends the one that is open. */
  transaction(): Promise<void> {
    const { transactions, published } = this.postgres;
    const [open] = transactions;
    if (open) {
      transactions.delete(open);
      checkTransaction(this.postgres, open.version);
    } else transactions.add({ began: this.#clock, version: published.version });
    return this.#settle();
  }

  /** Redis is emptied; what it was being asked fails. */
  emptyRedis(): Promise<void> {
    this.redis.empty();
    for (const gate of [...this.gates.waiting]) {
      if (gate.place === 'redis') gate.fail(new HeadStoreError('Redis was restarted'));
    }
    return this.#settle();
  }

  /** A second passes, if none of what takes less than that is still under way. */
  advance(): Promise<void> {
    const bound = this.#clock - LONGEST_REQUEST * 1000;
    if (this.isolates.some(({ requests }) => [...requests].some(({ began }) => began <= bound)))
      return this.#settle();
    this.#clock += 1000;
    this.redis.catchUp();
    return this.#settle();
  }

  /** Nothing disturbs any more: everything comes to its end in some order, by messages, cron and time alone. */
  async comeToRest(): Promise<void> {
    let favourite: Actor | undefined;
    for (let n = 0; n < PATIENCE; n++) {
      // Most often one goes on while the others stand still: that is what brings them out of order.
      const isFaithful = (n * 7919) % 13 > 0;
      const { open } = this.gates;
      const gate = open.find(({ actor }) => isFaithful && actor === favourite) ?? pickOf(open, n * 7919);
      const message = pickOf(this.queue.due, n * 7919);
      if (gate && (gate.actor === favourite || !message || n % 2 === 0)) {
        favourite = gate.actor;
        await this.pass(gate, n % 2);
      } else if (message) await this.deliver(message);
      else if (this.#isAtRest) return checkEnd(this.postgres, this.redis);
      else {
        const isOld = ({ began }: { readonly began: number }) => began < this.#clock - GRACE * 1000;
        if ([...this.postgres.transactions].some(isOld)) await this.transaction();
        await this.advance();
        await this.sweep();
        await this.#useEachIsolate();
      }
    }
    throw new Violation(
      8,
      `no end: ${this.postgres.changes.map(({ kind, status }) => `${kind} ${status}`).join()}`,
    );
  }

  /** One that was there before, and one that is new. */
  async #useEachIsolate(): Promise<void> {
    await this.restart(0);
    for (const isolate of this.isolates) {
      await this.request(isolate, () => isolate.read(1));
      await this.request(isolate, () => isolate.write(2, this.#clock));
    }
  }

  get #isAtRest(): boolean {
    const { changes, published } = this.postgres;
    const isEnded = changes.every(({ status }) => ['done', 'failed', 'cancelled'].includes(status));
    const head = this.redis.primary.heads.get('main/movie');
    return (
      isEnded &&
      head === headOf(published) &&
      this.queue.messages.length === 0 &&
      this.postgres.transactions.size === 0 &&
      this.gates.waiting.length === 0
    );
  }

  /** Lets somebody act; what they run into is the world's. */
  #start(acting: Promise<void>): void {
    acting.catch((error: unknown) => {
      this.#violation ??= error;
    });
  }

  async #settle(): Promise<void> {
    await settled();
    if (this.#violation) throw this.#violation;
  }
}

/** One of a list, whatever the number. */
export function pickOf<T>(list: readonly T[], pick: number): T | undefined {
  return list[pick % list.length];
}

/** What `handleQueue` answers by asking for the message again. */
function isWorthRetrying(error: unknown): boolean {
  return [DatabaseUnavailable, HeadStoreError, RunnerReplaced].some((kind) => error instanceof kind);
}

function ignoreOutage(error: unknown): void {
  if (!isWorthRetrying(error)) throw error;
}
