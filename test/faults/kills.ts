import type { TrafficEntry, TrafficHook } from '../../local/traffic.ts';
import type { Nudge } from '../../src/ports.ts';
import type { Answer } from '../stack/answer.ts';
import { type EndState, endState } from '../stack/end-state.ts';
import { isMigrators } from '../stack/hold.ts';
import { InProcess } from '../stack/in-process.ts';
import type { Scenario } from './scenarios.ts';

/** The end of a run, so that runs can be compared. */
export interface Ending {
  readonly status: string;
  /** The code of its error, or null. */
  readonly error: string | null;
  readonly state: EndState;
}

/** A scenario in a workspace of its own, whose change was sent and waits for the migrator. */
interface Run {
  readonly workspace: string;
  readonly change: string;
  /** Its place in the order of the workspace. */
  readonly seq: number;
}

/** What happens at one request of the migrator. */
interface Disturbance {
  readonly onRequest?: TrafficHook;
  readonly onResponse?: TrafficHook;
  /** SQL that Postgres is sent in its place. */
  readonly instead?: string;
}

/** How a message comes again that failed: once, twice at the same time, or once and once more when all is over. */
const REDELIVERIES = ['once', 'twice', 'late'] as const;
type Redelivery = (typeof REDELIVERIES)[number];

function redeliveryOf(n: number): Redelivery {
  return REDELIVERIES[n % REDELIVERIES.length] ?? 'once';
}

/** What Postgres says of rows that break a rule, to whatever it was asked. */
const REFUSAL = `do $$ begin raise exception 'refused, as the test asked for' using errcode = '23514'; end $$`;

/**
 * Runs a scenario again and again, each time in a workspace that no change has been published in, and disturbs the
 * migrator in it.
 */
export class Kills {
  readonly #stack: InProcess;
  readonly #scenario: Scenario;
  #workspaces = 0;
  /** Where a change was taken back: as good as new, or a test fails. */
  #spare: string | undefined;

  private constructor(stack: InProcess, scenario: Scenario) {
    this.#stack = stack;
    this.#scenario = scenario;
  }

  static async start(scenario: Scenario): Promise<Kills> {
    return new Kills(await InProcess.start({ GRACE_SECONDS: '0' }), scenario);
  }

  /** A workspace as it is before the change. */
  async untouched(): Promise<EndState> {
    return endState(this.#stack.parts, await this.#prepare());
  }

  /** The run that nothing disturbs, and how many requests the migrator makes in it. */
  async undisturbed(): Promise<Ending & { readonly requests: number }> {
    const run = await this.#begin();
    const requests = await this.#play(Number.POSITIVE_INFINITY, {});
    return { ...(await this.#ending(run)), requests };
  }

  /**
   * The run in which the migrator is killed at its nth request: right before it, by its backend in Postgres, or
   * right after it, by its connection, so that Postgres finishes what it has.
   */
  async killed(n: number, side: 'before' | 'after'): Promise<Ending> {
    const cut = () => {
      throw new Error('killed, as the test asked for');
    };
    const run = await this.#begin();
    // Each request meets another redelivery on either side.
    if (side === 'before')
      await this.#play(n, { onRequest: () => this.#terminate().then(cut) }, redeliveryOf(n));
    else await this.#play(n, { onResponse: cut }, redeliveryOf(n + 1));
    return this.#ending(run);
  }

  /** The run in which the change is cancelled right before the nth request of the migrator; `answer`: with which status. */
  async cancelled(n: number): Promise<Ending & { readonly answer: number }> {
    const run = await this.#begin();
    const cancelling = Promise.withResolvers<Answer>();
    const onRequest = async () => {
      cancelling.resolve(this.#stack.request('POST', `/v1/${run.workspace}/changes/${run.change}/cancel`));
      // Within a transaction of the migrator, it waits for that.
      await Promise.race([cancelling.promise, this.#isBlocked(cancelling.promise)]);
    };
    await this.#play(n, { onRequest });
    const { status } = await cancelling.promise;
    await this.#stack.deliverAll();
    return { ...(await this.#ending(run)), answer: status };
  }

  /**
   * The run in which Postgres refuses the nth request of the migrator, for the data's sake. `retried` is the end that
   * it comes to where somebody wishes that it be tried again.
   */
  async refused(n: number): Promise<Ending & { readonly retried: () => Promise<Ending> }> {
    const run = await this.#begin();
    await this.#play(n, { instead: REFUSAL });
    const retried = async () => {
      await this.#ask('POST', `/v1/${run.workspace}/changes/${run.change}/retry`);
      await this.#stack.deliverAll();
      return this.#ending(run);
    };
    return { ...(await this.#ending(run)), retried };
  }

  stop(): Promise<void> {
    return this.#stack.stop();
  }

  /** Delivers all messages, and disturbs the nth request that the migrator makes of it. Answers how many it made. */
  async #play(n: number, disturbance: Disturbance, redelivery: Redelivery = 'once'): Promise<number> {
    const { traffic } = this.#stack.parts;
    let seen = 0;
    let victim: TrafficEntry | undefined;
    traffic.onRequest = async (entry) => {
      if (!isTheMigrators(entry)) return;
      seen += 1;
      if (seen !== n) return;
      victim = entry;
      await disturbance.onRequest?.(entry);
    };
    traffic.onResponse = (entry) => (entry === victim ? disturbance.onResponse?.(entry) : undefined);
    traffic.instead = (entry) => (entry === victim ? disturbance.instead : undefined);
    await this.#deliverAll(redelivery);
    traffic.reset();
    if (!victim && Number.isFinite(n)) throw new Error(`there was no request ${n}`);
    return seen;
  }

  async #deliverAll(redelivery: Redelivery): Promise<void> {
    const { nudges } = this.#stack;
    const late: Nudge[] = [];
    for (let nudge = nudges.shift(); nudge; nudge = nudges.shift()) {
      const isAcknowledged = await this.#stack.deliver(nudge);
      if (isAcknowledged) continue;
      if (redelivery === 'late') late.push(nudge);
      const again = redelivery === 'twice' ? [nudge, nudge] : [nudge];
      const answers = await Promise.all(again.map((each) => this.#stack.deliver(each)));
      if (!answers.includes(true)) nudges.push(nudge);
    }
    for (const nudge of late) await this.#stack.deliver(nudge);
    await this.#deliverPostponed();
  }

  /** What waits for a while (for an old transaction, say) is delivered when its time has come. */
  async #deliverPostponed(): Promise<void> {
    for (;;) {
      const [open] = await this.#stack.parts.sql(
        `select w.slug, pg_sleep(greatest(0, extract(epoch from c.contract_at - clock_timestamp()))::float8)
        from remodel.changes c
        join remodel.workspaces w on w.id = c.workspace_id
        where c.status = 'published' and c.contract_at is not null
        limit 1`,
      );
      if (!open) return;
      await this.#stack.deliver({ workspace: String(open['slug']) });
    }
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

  /** A new workspace as the change finds it. */
  async #prepare(): Promise<string> {
    const { models, records, before } = this.#scenario;
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) return spare;
    this.#workspaces += 1;
    // Names of one length: some are cut where they are too long.
    const workspace = `run${String(this.#workspaces).padStart(4, '0')}`;
    await this.#ask('POST', '/v1/workspaces', { slug: workspace, label: 'killed' });
    if (this.#scenario.sql) {
      await this.#stack.parts.sql(this.#scenario.sql.replaceAll('WORKSPACE', workspace));
    }
    await this.#ask('POST', `/v1/${workspace}/changes`, { models });
    await this.#stack.deliverAll();
    for (const [model, rows] of Object.entries(records)) {
      await this.#ask('POST', `/v1/${workspace}/records/${model}`, rows);
    }
    if (before) {
      await this.#confirmed(workspace, before);
      await this.#stack.deliverAll();
    }
    if (this.#scenario.drift) {
      await this.#stack.parts.sql(this.#scenario.drift.replaceAll('WORKSPACE', workspace));
    }
    return workspace;
  }

  /** Looks at the plan of a change, then sends it. */
  async #confirmed(workspace: string, change: object): Promise<Answer['body']> {
    const asked = await this.#named(workspace, change);
    const { hash } = await this.#ask('POST', `/v1/${workspace}/plans`, asked);
    return this.#ask('POST', `/v1/${workspace}/changes`, { ...asked, confirm: hash });
  }

  /** What a scenario speaks of by name, here by the ids that it has: what it restores, the difference that it repairs. */
  async #named(workspace: string, change: object): Promise<object> {
    const text = JSON.stringify(change).replaceAll('WORKSPACE', workspace);
    const ask = async (path: string) => (await this.#ask('GET', `/v1/${workspace}/${path}`)).data;
    const trash = text.includes('"trash":') ? await ask('trash') : [];
    const drift = text.includes('DIFFERENCE') ? await ask('drift') : [];
    const idOf = (named: string) => trash.find(({ name }: { name: string }) => name === named)?.id;
    const repaired = text.replaceAll('DIFFERENCE', drift[0]?.id ?? '');
    return JSON.parse(repaired.replace(/"trash":"(\w+)"/g, (_, name) => `"trash":"${idOf(name)}"`));
  }

  async #begin(): Promise<Run> {
    const workspace = await this.#prepare();
    const { id, seq } = await this.#confirmed(workspace, this.#scenario.change);
    return { workspace, change: id, seq };
  }

  async #ending({ workspace, change, seq: first }: Run): Promise<Ending> {
    const { status, error } = await this.#ask('GET', `/v1/${workspace}/changes/${change}`);
    const state = await endState(this.#stack.parts, workspace);
    if (status === 'failed' || status === 'cancelled') this.#spare = workspace;
    const since = <T extends { readonly seq: number }>(list: readonly T[]) =>
      list.filter(({ seq }) => seq >= first).map((one) => ({ ...one, seq: one.seq - first }));
    return {
      status,
      error: error?.code ?? null,
      state: { ...state, changes: since(state.changes), steps: since(state.steps) },
    };
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Answer['body']> {
    const answer = await this.#stack.request(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

/** While only messages are delivered: what goes to Postgres in a session, and all that goes to Redis. */
function isTheMigrators(entry: TrafficEntry): boolean {
  return isMigrators(entry) || entry.proxy === 'upstash';
}
