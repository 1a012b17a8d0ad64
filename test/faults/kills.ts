import type { TrafficEntry } from '../../local/traffic.ts';
import type { Answer } from '../stack/answer.ts';
import { endState } from '../stack/end-state.ts';
import { hasCommand, isMigrators } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';
import type { Scenario } from './scenarios.ts';

/** The end of a run, so that runs can be compared. */
export interface Ending {
  readonly status: string;
  readonly state: object;
}

/** Runs a scenario again and again, each time in a workspace of its own, and disturbs the migrator in it. */
export class Kills {
  readonly #stack: InProcess;
  readonly #scenario: Scenario;
  /** What the names of its workspaces begin with. */
  readonly #prefix: string;

  private constructor(stack: InProcess, scenario: Scenario, prefix: string) {
    this.#stack = stack;
    this.#scenario = scenario;
    this.#prefix = prefix;
  }

  static async start(scenario: Scenario): Promise<Kills> {
    return new Kills(await InProcess.start({ GRACE_SECONDS: '0' }), scenario, 'run');
  }

  /** Another scenario on the same system. */
  of(scenario: Scenario, prefix: string): Kills {
    return new Kills(this.#stack, scenario, prefix);
  }

  /** The run that nothing disturbs, and how many requests the migrator makes in it. */
  async undisturbed(): Promise<Ending & { readonly requests: number }> {
    const { traffic } = this.#stack.parts;
    const workspace = `${this.#prefix}calm`;
    const send = await this.#prepare(workspace);
    traffic.clear();
    const ending = await this.#end(workspace, await send());
    return { ...ending, requests: traffic.entries.filter(isTheMigrators).length };
  }

  /**
   * The run in which the migrator is killed at its nth request: right before it, by its backend in Postgres, or
   * right after it, by its connection, so that Postgres finishes what it has.
   */
  async killed(n: number, side: 'before' | 'after'): Promise<Ending> {
    const { traffic } = this.#stack.parts;
    const workspace = `${this.#prefix}${side}${n}`;
    const send = await this.#prepare(workspace);
    const change = await send();
    let seen = 0;
    let victim: TrafficEntry | undefined;
    traffic.onRequest = async (entry) => {
      if (!isTheMigrators(entry)) return;
      seen += 1;
      if (seen !== n) return;
      victim = entry;
      if (side === 'after') return;
      await this.#terminate();
      throw new Error('killed, as the test asked for');
    };
    traffic.onResponse = (entry) => {
      if (entry === victim && side === 'after') throw new Error('killed, as the test asked for');
    };
    const ending = await this.#end(workspace, change);
    if (!victim) throw new Error(`there was no request ${n}`);
    traffic.reset();
    return ending;
  }

  /** The run in which the change is cancelled right before the nth request of the migrator; `answer`: with which status. */
  async cancelled(n: number): Promise<Ending & { readonly answer: number }> {
    const { traffic } = this.#stack.parts;
    const workspace = `${this.#prefix}cancelled${n}`;
    const send = await this.#prepare(workspace);
    const change = await send();
    let seen = 0;
    let cancelling: Promise<Answer> | undefined;
    traffic.onRequest = async (entry) => {
      if (!isTheMigrators(entry)) return;
      seen += 1;
      if (seen !== n) return;
      cancelling = this.#stack.request('POST', `/v1/${workspace}/changes/${change}/cancel`);
      // Within a transaction of the migrator, it waits for that.
      await Promise.race([cancelling, this.#isBlocked(cancelling)]);
    };
    const ending = await this.#end(workspace, change);
    if (!cancelling) throw new Error(`there was no request ${n}`);
    const { status } = await cancelling;
    traffic.reset();
    await this.#stack.deliverAll();
    return { ...ending, answer: status };
  }

  /** A workspace as it is before the change. */
  async untouched(): Promise<object> {
    const workspace = `${this.#prefix}untouched`;
    await this.#prepare(workspace);
    return endState(this.#stack.parts, workspace);
  }

  stop(): Promise<void> {
    return this.#stack.stop();
  }

  /** Ends the backends of the migrator. Does not wait for it: contract steps would wait for that transaction. */
  async #terminate(): Promise<void> {
    await this.#stack.parts.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = $1`,
      [new URL(this.#stack.parts.urls.migrator).username],
    );
  }

  async #isBlocked(cancelling: Promise<Answer>): Promise<void> {
    let isAnswered = false;
    const answered = () => {
      isAnswered = true;
    };
    cancelling.then(answered, answered);
    while (!isAnswered) {
      const blocked = await this.#stack.parts.sql(
        `select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%set cancel_requested%'`,
      );
      if (blocked.length > 0) return;
    }
  }

  async #prepare(workspace: string): Promise<() => Promise<string>> {
    const { models, records, before, change } = this.#scenario;
    await this.#ask('POST', '/v1/workspaces', { slug: workspace, label: 'killed' });
    await this.#ask('POST', `/v1/${workspace}/changes`, { models });
    await this.#stack.deliverAll();
    for (const [model, rows] of Object.entries(records)) {
      await this.#ask('POST', `/v1/${workspace}/records/${model}`, rows);
    }
    if (before) {
      await this.#ask('POST', `/v1/${workspace}/changes`, before);
      await this.#stack.deliverAll();
    }
    return async () => {
      const { hash } = await this.#ask('POST', `/v1/${workspace}/plans`, change);
      const { id } = await this.#ask('POST', `/v1/${workspace}/changes`, { ...change, confirm: hash });
      return String(id);
    };
  }

  async #end(workspace: string, change: string): Promise<Ending> {
    await this.#stack.deliverAll();
    const { status } = await this.#ask('GET', `/v1/${workspace}/changes/${change}`);
    return { status: String(status), state: await endState(this.#stack.parts, workspace) };
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.#stack.request(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

/** What the migrator sends to Postgres, and its writes to Redis. */
function isTheMigrators(entry: TrafficEntry): boolean {
  return isMigrators(entry) || ['MSET', 'EVAL', 'ZREM'].some((name) => hasCommand(entry, name));
}
