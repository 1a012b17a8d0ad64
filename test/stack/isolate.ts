import { readFile } from 'node:fs/promises';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import type { Nudge } from '../../src/ports.ts';
import { type Answer, type Edge, ROOT_TOKEN, readAnswer, requestInit } from './answer.ts';

/** One workerd process with the whole Worker: its own isolate, its own queue. */
export class Isolate implements Edge {
  readonly #miniflare: Miniflare;
  readonly #url: URL;

  private constructor(miniflare: Miniflare, url: URL) {
    this.#miniflare = miniflare;
    this.#url = url;
  }

  /** `folder` keeps what isolates of one data centre share. */
  static async start(
    workerPath: string,
    bindings: Readonly<Record<string, string>>,
    folder?: string,
  ): Promise<Isolate> {
    const options = convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      ...(folder === undefined ? {} : { resourcePersistencePath: folder }),
      workers: [
        {
          name: 'remodel',
          modules: [{ type: 'ESModule', path: 'worker.mjs', contents: await readFile(workerPath, 'utf8') }],
          compatibilityDate: '2026-10-01',
          compatibilityFlags: ['nodejs_compat'],
          bindings: { ROOT_TOKEN, GRACE_SECONDS: '1', ...bindings },
          queueProducers: {
            CHANGES: { queueName: 'remodel-changes' },
            WEBHOOKS: { queueName: 'remodel-webhooks' },
            DEAD: { queueName: 'remodel-changes-dead' },
          },
          queueConsumers: {
            'remodel-changes': {
              maxBatchSize: 1,
              maxBatchTimeout: 0,
              maxRetries: 10,
              deadLetterQueue: 'remodel-changes-dead',
            },
            'remodel-webhooks': { maxBatchSize: 1, maxBatchTimeout: 0, maxRetries: 10 },
            'remodel-changes-dead': { maxBatchSize: 1, maxBatchTimeout: 0 },
          },
        },
      ],
    });
    const miniflare = new Miniflare(options);
    return new Isolate(miniflare, await miniflare.ready);
  }

  /** Its address, for clients that are not of these tests. */
  get origin(): string {
    return this.#url.origin;
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return readAnswer(await fetch(new URL(path, this.#url), requestInit(method, body, headers)));
  }

  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.request('GET', path, undefined, headers);
  }

  /** An answer whose body is still to come. */
  open(
    path: string,
    headers: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const init = requestInit('GET', undefined, headers);
    return fetch(new URL(path, this.#url), signal ? { ...init, signal } : init);
  }

  /** Sends a file that is still being made. */
  async upload(
    path: string,
    body: ReadableStream<Uint8Array>,
    contentType: string,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const init = requestInit('POST', undefined, { 'Content-Type': contentType });
    const streamed = { ...init, body, duplex: 'half' as const, ...(signal ? { signal } : {}) };
    return readAnswer(await fetch(new URL(path, this.#url), streamed));
  }

  /** Sends a message to this isolate's queue, or to that of the messages that were given up. */
  async nudge(message: Nudge, queue: 'CHANGES' | 'DEAD' = 'CHANGES'): Promise<void> {
    const producer = await this.#miniflare.getQueueProducer<Nudge>(queue);
    await producer.send(message);
  }

  /** What cron does each minute. */
  async sweep(): Promise<void> {
    const worker = await this.#miniflare.getWorker('remodel');
    await worker.scheduled({ cron: '* * * * *' });
  }

  async stop(): Promise<void> {
    await this.#miniflare.dispose();
  }
}
