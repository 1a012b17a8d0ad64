import { type ProxyAnswer, type ProxyRequest, startHttpServer } from './http-server.ts';
import type { LocalRedis } from './redis.ts';
import { RedisError } from './resp.ts';
import type { Traffic } from './traffic.ts';

export interface UpstashProxy {
  readonly url: string;
  stop(): Promise<void>;
}

type Command = readonly string[];
type Result = { readonly result: unknown } | { readonly error: string };

/** Speaks Upstash's REST: a command to `/`, several to `/pipeline`, several or none to `/multi-exec`. */
export async function startUpstashProxy(options: {
  readonly redis: LocalRedis;
  readonly traffic: Traffic;
  readonly token: string;
  readonly port?: number;
}): Promise<UpstashProxy> {
  const server = await startHttpServer({
    port: options.port,
    answer: (request) => answerCommands(request, options),
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}

async function answerCommands(
  request: ProxyRequest,
  { redis, traffic, token }: { redis: LocalRedis; traffic: Traffic; token: string },
): Promise<ProxyAnswer> {
  if (traffic.isDown('upstash')) return { status: 503, body: { error: 'out of order, as a test asked for' } };
  if (request.header('authorization') !== `Bearer ${token}`) {
    return { status: 401, body: { error: 'WRONGPASS invalid or missing auth token' } };
  }
  const commands = readCommands(request);
  if (!commands)
    return { status: 400, body: { error: 'ERR the body is not a command, or not a list of them' } };

  const entry = await traffic.enter({ proxy: 'upstash', kind: 'http', commands });
  if (!entry) return 'cut';
  const results =
    request.path === '/multi-exec'
      ? await runTransaction(redis, commands)
      : await runEach(redis, traffic, commands);
  if (!(await traffic.leave(entry))) return 'cut';

  const encode = request.header('upstash-encoding') === 'base64' ? encodeResult : (result: Result) => result;
  if (request.path !== '/') {
    return Array.isArray(results)
      ? { status: 200, body: results.map(encode) }
      : { status: 400, body: results };
  }
  const [result = { error: 'ERR no answer' }] = [results].flat();
  return { status: 'error' in result ? 400 : 200, body: encode(result) };
}

/** Undefined where the request is not one of the three that are understood. */
function readCommands(request: ProxyRequest): readonly Command[] | undefined {
  const sent: unknown = JSON.parse(request.body);
  if (request.method !== 'POST' || !Array.isArray(sent)) return undefined;
  if (request.path === '/') return [commandOf(sent)];
  if (request.path !== '/pipeline' && request.path !== '/multi-exec') return undefined;
  return sent.every((command) => Array.isArray(command)) ? sent.map(commandOf) : undefined;
}

function commandOf(parts: readonly unknown[]): Command {
  return parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part)));
}

async function runEach(
  redis: LocalRedis,
  traffic: Traffic,
  commands: readonly Command[],
): Promise<readonly Result[]> {
  const runOne = async (command: Command): Promise<Result> => {
    const stale = traffic.staleReads?.(command);
    if (stale !== undefined) return { result: stale };
    try {
      return resultOf(await redis.command(command));
    } catch (error) {
      return resultOf(redisErrorOf(error));
    }
  };
  return await Promise.all(commands.map(runOne));
}

/** One error in place of a list: Redis has refused all of it. */
async function runTransaction(
  redis: LocalRedis,
  commands: readonly Command[],
): Promise<readonly Result[] | Result> {
  try {
    return (await redis.transaction(commands)).map(resultOf);
  } catch (error) {
    return resultOf(redisErrorOf(error));
  }
}

function redisErrorOf(error: unknown): RedisError {
  if (error instanceof RedisError) return error;
  throw error;
}

function resultOf(reply: unknown): Result {
  return reply instanceof RedisError ? { error: reply.message } : { result: reply };
}

/** As Upstash does it: all texts, also those in lists, except the status OK. */
function encodeResult(result: Result): Result {
  return 'error' in result || result.result === 'OK' ? result : { result: encodeReply(result.result) };
}

function encodeReply(reply: unknown): unknown {
  if (typeof reply === 'string') return Buffer.from(reply).toString('base64');
  return Array.isArray(reply) ? reply.map(encodeReply) : reply;
}
