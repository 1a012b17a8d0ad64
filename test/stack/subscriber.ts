import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A message as it came: verified by the reference library. */
export interface Told {
  /** `webhook-id`. */
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of the data is what the tests are about.
  readonly data: any;
}

/** A server of somebody who subscribed, on this machine. */
export class SubscriberServer {
  readonly url: string;
  /** Messages that it answered by 204, in order. */
  readonly told: Told[] = [];
  /** Whatever came, in order. */
  readonly requests: { readonly id: string; readonly signatures: string }[] = [];
  /** What it verifies with. */
  secret = '';
  /** What it answers in the place of 204; `cut`: nothing. */
  answering: (told: Told) => number | 'cut' | Promise<number | 'cut'> = () => 204;
  readonly #stop: () => Promise<void>;
  #waiting: (() => void)[] = [];

  private constructor(url: string, stop: () => Promise<void>) {
    this.url = url;
    this.#stop = stop;
  }

  static async start(): Promise<SubscriberServer> {
    const server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8');
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', async () => {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        const status = await subscriber.#receive(headers, text);
        if (status === 'cut') request.socket.destroy();
        else response.writeHead(status, status === 302 ? { Location: subscriber.url } : {}).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const subscriber = new SubscriberServer(`http://127.0.0.1:${port}/hook`, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return subscriber;
  }

  /** Waits until it was told so many messages in all. */
  async until(count: number): Promise<void> {
    while (this.told.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  async #receive(headers: Readonly<Record<string, string>>, text: string): Promise<number | 'cut'> {
    const id = headers['webhook-id'] ?? '';
    this.requests.push({ id, signatures: headers['webhook-signature'] ?? '' });
    let message: Omit<Told, 'id'>;
    try {
      message = new Webhook(this.secret).verify(text, { ...headers }) as Omit<Told, 'id'>;
    } catch {
      return 401;
    }
    const told = { id, ...message };
    const status = await this.answering(told);
    if (status === 204) {
      this.told.push(told);
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
    return status;
  }
}
