import type { Message, MessageBatch, Queue } from '@cloudflare/workers-types';
import type { Env } from '../../functions/env.ts';
import { handleQueue } from '../../functions/queue.ts';
import { wireEdge } from '../../functions/wire-edge.ts';
import { wireMigrator } from '../../functions/wire-migrator.ts';
import { createApp } from '../../src/http/app.ts';
import type { Edge as HttpEdge } from '../../src/http/edge.ts';
import { everyMinute } from '../../src/migrator/tend-events.ts';
import type { Errand, Nudge } from '../../src/ports.ts';
import { type Answer, type Edge, NOBODY_WAITS, ROOT_TOKEN, readAnswer, requestInit } from './answer.ts';
import { type Parts, startParts } from './parts.ts';

/**
 * The Worker's own functions on the same real parts, in this process, and with a queue that delivers when a test
 * says so: for tests of which each runs hundreds of times. One at a time: the proxy that drivers go to is the process's.
 */
export class InProcess implements Edge {
  readonly parts: Parts;
  /** The bindings of the Worker. */
  readonly env: Env;
  /** Messages that wait for their delivery. */
  readonly nudges: Nudge[] = [];
  /** The same of the courier. */
  readonly errands: Errand[] = [];
  readonly #app = createApp();
  readonly #edge: HttpEdge;

  private constructor(parts: Parts, bindings: Readonly<Record<string, string>>) {
    this.parts = parts;
    this.env = {
      ...parts.bindings,
      ROOT_TOKEN,
      ...bindings,
      CHANGES: queueInto(this.nudges),
      WEBHOOKS: queueInto(this.errands),
    };
    this.#edge = wireEdge(this.env);
  }

  static async start(bindings: Readonly<Record<string, string>> = {}): Promise<InProcess> {
    return new InProcess(await startParts(), bindings);
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return readAnswer(await this.#fetch(path, requestInit(method, body, headers)));
  }

  /** An answer that is read while it is being written. */
  open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#fetch(path, requestInit('GET', undefined, headers));
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const request = new Request(new URL(path, 'http://remodel.test'), init);
    return this.#app.fetch(request, { edge: this.#edge }, NOBODY_WAITS);
  }

  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.request('GET', path, undefined, headers);
  }

  /** Delivers one message; false where the consumer asked for it again. */
  deliver(nudge: Nudge): Promise<boolean> {
    return this.#handle('remodel-changes', nudge);
  }

  /** Delivers one message to the courier. */
  deliverErrand(errand: Errand): Promise<boolean> {
    return this.#handle('remodel-webhooks', errand);
  }

  async #handle(queue: string, body: Nudge | Errand): Promise<boolean> {
    let isAcknowledged = false;
    const message: Pick<Message<Nudge | Errand>, 'body' | 'timestamp' | 'attempts' | 'ack' | 'retry'> = {
      body,
      timestamp: new Date(),
      attempts: 1,
      ack: () => {
        isAcknowledged = true;
      },
      retry: () => undefined,
    };
    const batch = { queue, messages: [message] };
    await handleQueue(batch as unknown as MessageBatch<Nudge | Errand>, this.env);
    return isAcknowledged;
  }

  /** Delivers every message, and those that come of it; a message that fails is delivered again. */
  async deliverAll(): Promise<void> {
    for (;;) {
      const nudge = this.nudges.shift();
      if (!nudge) return;
      if (!(await this.deliver(nudge))) this.nudges.push(nudge);
    }
  }

  /** The same of the courier; messages that are delayed come at once, and find nothing to do. */
  async deliverErrands(): Promise<void> {
    for (let errand = this.errands.shift(); errand; errand = this.errands.shift()) {
      if (!(await this.deliverErrand(errand))) this.errands.push(errand);
    }
  }

  /** What cron does each minute. */
  sweep(): Promise<void> {
    return everyMinute(wireMigrator(this.env));
  }

  stop(): Promise<void> {
    return this.parts.stop();
  }
}

function queueInto<T>(messages: T[]): Queue<T> {
  const queue: Pick<Queue<T>, 'send'> = {
    send: (async (message: T) => {
      messages.push(message);
    }) as never,
  };
  return queue as Queue<T>;
}
