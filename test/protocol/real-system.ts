import { wireEdge } from '../../functions/wire-edge.ts';
import type { TrafficEntry } from '../../local/traffic.ts';
import { createApp } from '../../src/http/app.ts';
import type { Edge } from '../../src/http/edge.ts';
import { type Answer, readAnswer, requestInit } from '../stack/answer.ts';
import { holdFirst } from '../stack/hold.ts';
import type { InProcess } from '../stack/in-process.ts';
import type { ChangeKind } from './changes.ts';
import type { Form } from './definitions.ts';
import type { Observed } from './observed.ts';
import { type Point, PointFinder } from './points.ts';
import { MODEL } from './rules.ts';

const app = createApp();

/** One workspace of the real system, with isolates of its own: what the model is compared with. */
export class RealSystem {
  readonly #stack: InProcess;
  readonly #workspace: string;
  readonly #isolates: Edge[];
  #replica: string | null = null;

  private constructor(stack: InProcess, workspace: string) {
    this.#stack = stack;
    this.#workspace = workspace;
    this.#isolates = [wireEdge(stack.env), wireEdge(stack.env)];
  }

  /** As the model begins: one model with one field, and two records. */
  static async start(stack: InProcess, workspace: string): Promise<RealSystem> {
    stack.parts.traffic.reset();
    stack.nudges.length = 0;
    const system = new RealSystem(stack, workspace);
    await system.#ask(0, 'POST', '/v1/workspaces', { slug: workspace, label: 'replayed' });
    const fields = [{ name: 'gross', type: 'text' }];
    await system.#ask(0, 'PUT', `/v1/${workspace}/models/${MODEL}`, { key: 'text', fields });
    await system.deliver(null);
    await system.restart(0);
    for (const id of [1, 3]) await system.write(0, id, 'gross', String(id));
    await system.restart(0);
    await system.emptyRedis();
    return system;
  }

  async submit(kind: ChangeKind, seq: number, name: string, form: Form): Promise<void> {
    const operation = {
      rename: { op: 'renameField', from: name, to: name === 'gross' ? 'revenue' : 'gross' },
      add: { op: 'addField', field: { name: `c${seq}`, type: 'text', index: true } },
      retype: { op: 'alterField', field: name, set: { type: form === 'text' ? 'integer' : 'text' } },
      doomed: null,
    }[kind];
    const body = { operations: [{ model: MODEL, ...operation }] };
    await this.#ask(0, 'POST', `/v1/${this.#workspace}/changes`, body);
    this.#stack.nudges.length = 0;
  }

  async cancel(): Promise<void> {
    await this.#stack.parts.sql(
      `update remodel.changes c set cancel_requested = true
      from remodel.workspaces w
      where w.id = c.workspace_id and w.slug = $1 and c.committed_at is null
        and c.status in ('queued', 'running')`,
      [this.#workspace],
    );
  }

  /** One message, whose consumer is killed at `point`. True where it came that far. */
  async deliver(kill: { readonly point: Point; readonly side: 'before' | 'after' } | null): Promise<boolean> {
    const { traffic } = this.#stack.parts;
    let victim: TrafficEntry | undefined;
    const finder = kill && new PointFinder(kill.point);
    traffic.onRequest = (entry) => {
      if (victim || !finder?.isReachedBy(entry)) return;
      victim = entry;
      if (kill?.side === 'before') throw new Error('killed, as the schedule asked for');
    };
    traffic.onResponse = (entry) => {
      if (entry === victim && kill?.side === 'after') throw new Error('killed, as the schedule asked for');
    };
    await this.#stack.deliver({ workspace: this.#workspace });
    traffic.onRequest = undefined;
    traffic.onResponse = undefined;
    return victim !== undefined;
  }

  /** One consumer hangs at `point` and loses its connection; another one does all the work; then it goes on. */
  async overtake(point: Point): Promise<boolean> {
    const finder = new PointFinder(point);
    const held = holdFirst(this.#stack.parts.traffic, (entry) => finder.isReachedBy(entry));
    const first = this.#stack.deliver({ workspace: this.#workspace });
    const isReached = await Promise.race([held.reached.then(() => true), first.then(() => false)]);
    if (isReached) {
      await this.#stack.parts.sql(
        `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'remodel' and datname = current_database()`,
      );
      await this.#stack.deliver({ workspace: this.#workspace });
    }
    held.release();
    await first;
    this.#stack.parts.traffic.onRequest = undefined;
    return isReached;
  }

  /** Cron. True where it found work. */
  async sweep(): Promise<boolean> {
    this.#stack.nudges.length = 0;
    await this.#stack.sweep();
    return this.#stack.nudges.splice(0).some(({ workspace }) => workspace === this.#workspace);
  }

  async emptyRedis(): Promise<void> {
    await this.#stack.parts.redis.flushAll();
    this.#replica = null;
  }

  async replicate(): Promise<void> {
    this.#replica = await this.#head();
  }

  /** Grace is over for what was published. */
  async passGrace(): Promise<void> {
    await this.replicate();
    await this.#stack.parts.sql(`update remodel.changes set contract_at = now() where status = 'published'`);
  }

  async restart(isolate: number): Promise<void> {
    this.#isolates[isolate] = wireEdge(this.#stack.env);
  }

  /** What the isolate answers, and the version of the class that it answers by. */
  async read(isolate: number, id: number, isStale: boolean): Promise<unknown> {
    const { traffic } = this.#stack.parts;
    if (isStale)
      traffic.staleReads = ([name]) => (name?.toUpperCase() === 'HMGET' ? [this.#replica] : undefined);
    const path = `/v1/${this.#workspace}/records/${MODEL}/r${id}`;
    const { status, headers, body } = await this.#request(isolate, 'GET', path);
    traffic.staleReads = undefined;
    if (status === 404) return null;
    const hash = headers.get('Model-Hash')?.split('=')[1];
    return { hash, name: 'gross' in body ? 'gross' : 'revenue', value: body.gross ?? body.revenue };
  }

  async write(isolate: number, id: number, name: string, value: string | number): Promise<void> {
    await this.#ask(isolate, 'PUT', `/v1/${this.#workspace}/records/${MODEL}/r${id}`, { [name]: value });
  }

  async observe(): Promise<Observed> {
    const { sql } = this.#stack.parts;
    const schema = `${this.#workspace}_data`;
    const [changes, [catalog], columns, triggers, indexes, head] = await Promise.all([
      sql(
        `select c.status from remodel.changes c join remodel.workspaces w on w.id = c.workspace_id
        where w.slug = $1 and c.seq > 1 order by c.seq`,
        [this.#workspace],
      ),
      sql(
        `select m.version from remodel.models m join remodel.workspaces w on w.id = m.workspace_id
        where w.slug = $1`,
        [this.#workspace],
      ),
      sql(
        `select data_type as type from information_schema.columns
        where table_schema = $1 and column_name not in ('id', 'created_at', 'updated_at')
          and column_name not like 'trash.%'`,
        [schema],
      ),
      sql(
        `select from pg_trigger where tgrelid = $1::regclass and not tgisinternal and tgname not like 'remodel_event_%'`,
        [`${schema}.${MODEL}`],
      ),
      sql(`select indisvalid as valid from pg_index where indrelid = $1::regclass and not indisprimary`, [
        `${schema}.${MODEL}`,
      ]),
      this.#head(),
    ]);
    return {
      changes: changes.map(({ status }) => String(status)),
      version: Number(catalog?.['version']),
      columns: columns.map(({ type }) => String(type)).sort(),
      isInStep: triggers.length > 0,
      indexes: indexes.map(({ valid }) => (valid ? 'valid' : 'invalid')),
      head: head === null ? null : Number(head.split('.')[1]),
    };
  }

  /** The hash that was published as this version. */
  async hashOf(version: number): Promise<string> {
    const [row] = await this.#stack.parts.sql(
      `select v.hash from remodel.versions v
      join remodel.models m on m.id = v.model_id
      join remodel.workspaces w on w.id = m.workspace_id
      where w.slug = $1 and v.version = $2`,
      [this.#workspace, version],
    );
    return String(row?.['hash']);
  }

  async #head(): Promise<string | null> {
    const head = await this.#stack.parts.redis.command(['HGET', `heads:${this.#workspace}`, MODEL]);
    return typeof head === 'string' ? head : null;
  }

  async #request(isolate: number, method: string, path: string, body?: unknown): Promise<Answer> {
    const request = new Request(new URL(path, 'http://remodel.test'), requestInit(method, body, {}));
    return readAnswer(await app.fetch(request, { edge: this.#isolates[isolate] }));
  }

  async #ask(isolate: number, method: string, path: string, body: unknown): Promise<void> {
    const answer = await this.#request(isolate, method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  }
}
