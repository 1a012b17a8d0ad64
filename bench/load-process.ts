/** The program behind `load.ts`: sends requests in a process of its own, so that it waits for nobody's event loop. */
import { Agent, request } from 'node:http';
import type { Load, LoadResult } from './load.ts';

const agents = new Map<number, Agent>();

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
// Nobody is there to send to any longer.
process.on('disconnect', () => process.exit());

async function run(load: Load): Promise<LoadResult> {
  const milliseconds: number[] = [];
  const failures: string[] = [];
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  const isOver = (n: number) =>
    load.until.kind === 'seconds'
      ? performance.now() - begin >= load.until.seconds * 1000
      : n >= load.until.requests;
  let count = 0;
  const client = async () => {
    while (!isOver(count)) {
      const n = count++;
      const sent = performance.now();
      const status = await send(load, n);
      milliseconds.push(performance.now() - sent);
      if (status !== load.status)
        failures.push(`${load.method} ${load.paths[n % load.paths.length]}: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, client));
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    seconds: (performance.now() - begin) / 1000,
    cpuMilliseconds: (user + system) / 1000,
    milliseconds,
    failures,
  };
}

function send(load: Load, n: number): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const body = load.bodies?.[n % load.bodies.length];
  const url = new URL(load.paths[n % load.paths.length] ?? '', load.url);
  const headers = {
    ...load.headers,
    ...(body === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
  };
  const sending = request(
    url,
    { method: load.method, agent: agentOf(load.connections), headers },
    (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
      response.once('error', reject);
    },
  );
  sending.once('error', reject);
  sending.end(body);
  return promise;
}

function agentOf(connections: number): Agent {
  const agent = agents.get(connections) ?? new Agent({ keepAlive: true, maxSockets: connections });
  agents.set(connections, agent);
  return agent;
}
