import { createServer } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';

/** DNS over HTTPS as Cloudflare answers it in JSON, for names that a test makes up. */
export class LocalResolver {
  readonly url: string;
  /** The addresses of names; of others it has no answer but an error. */
  names: Readonly<Record<string, readonly string[]>> = {};
  readonly #stop: () => Promise<void>;

  private constructor(url: string, stop: () => Promise<void>) {
    this.url = url;
    this.#stop = stop;
  }

  static async start(): Promise<LocalResolver> {
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', resolver.url);
      const name = searchParams.get('name') ?? '';
      const type = searchParams.get('type') === 'AAAA' ? 28 : 1;
      const addresses = resolver.names[name];
      if (!addresses) {
        response.writeHead(500).end();
        return;
      }
      const found = addresses.filter((address) => isIPv6(address) === (type === 28));
      const answer = [
        { name, type: 5, TTL: 300, data: 'other.example.com.' },
        ...found.map((data) => ({ name, type, TTL: 300, data })),
      ];
      response.writeHead(200, { 'Content-Type': 'application/dns-json' });
      response.end(JSON.stringify({ Status: 0, TC: false, Question: [{ name, type }], Answer: answer }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const resolver = new LocalResolver(`http://127.0.0.1:${port}/dns-query`, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return resolver;
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}
