import { connect, type Socket } from 'node:net';

/** What Redis answers. Statuses are text; errors inside of an array are values. */
export type RedisReply = string | number | null | RedisError | readonly RedisReply[];

/** An error that Redis answered. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

interface Waiting {
  readonly resolve: (reply: RedisReply) => void;
  readonly reject: (error: Error) => void;
}

/** One connection to Redis (RESP2). Commands are sent at once; answers come in the order of the commands. */
export class RespConnection {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #received: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('The connection to Redis was closed.')));
  }

  /** Rejects with `RedisError` for what Redis refuses. */
  async command(args: readonly string[]): Promise<RedisReply> {
    const reply = await this.#send(args);
    if (reply instanceof RedisError) throw reply;
    return reply;
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(args: readonly string[]): Promise<RedisReply> {
    if (this.#failure) return Promise.reject(this.#failure);
    const parts = args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
    this.#socket.write(`*${args.length}\r\n${parts.join('')}`);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    let parsed = parseReply(this.#received, 0);
    while (parsed) {
      this.#waiting.shift()?.resolve(parsed.reply);
      this.#received = this.#received.subarray(parsed.end);
      parsed = parseReply(this.#received, 0);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

interface Parsed {
  readonly reply: RedisReply;
  readonly end: number;
}

/** The reply that starts at `start`, or undefined while a part of it is missing. */
function parseReply(bytes: Buffer, start: number): Parsed | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd === -1) return undefined;
  const line = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  const kind = String.fromCharCode(bytes[start] ?? 0);
  switch (kind) {
    case '+':
      return { reply: line, end };
    case '-':
      return { reply: new RedisError(line), end };
    case ':':
      return { reply: Number(line), end };
    case '$':
      return parseBulk(bytes, end, Number(line));
    case '*':
      return parseArray(bytes, end, Number(line));
    default:
      throw new Error(`Redis answered something that is not RESP2: ${JSON.stringify(kind)}`);
  }
}

function parseBulk(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length === -1) return { reply: null, end: start };
  if (bytes.length < start + length + 2) return undefined;
  return { reply: bytes.toString('utf8', start, start + length), end: start + length + 2 };
}

function parseArray(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length === -1) return { reply: null, end: start };
  const replies: RedisReply[] = [];
  let end = start;
  while (replies.length < length) {
    const item = parseReply(bytes, end);
    if (!item) return undefined;
    replies.push(item.reply);
    end = item.end;
  }
  return { reply: replies, end };
}
