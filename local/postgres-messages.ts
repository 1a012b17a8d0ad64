const SSL_REQUEST = 80877103;
const QUERY = 'Q'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);
const READY_FOR_QUERY = 'Z'.charCodeAt(0);

/** Cuts a stream of Postgres' messages (type byte, length, body) into whole ones, whatever the chunks were. */
class Framing {
  #rest: Buffer = Buffer.alloc(0);
  /** Before the start-up message, messages of the client have no type byte. */
  hasTypes: boolean;

  constructor(hasTypes: boolean) {
    this.hasTypes = hasTypes;
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** The next whole message, or undefined while a part of it is missing. */
  next(): { readonly type: number; readonly body: Buffer } | undefined {
    const head = this.hasTypes ? 1 : 0;
    if (this.#rest.length < head + 4) return undefined;
    const end = head + this.#rest.readInt32BE(head);
    if (this.#rest.length < end) return undefined;
    const message = {
      type: this.hasTypes ? this.#rest.readUInt8(0) : 0,
      body: this.#rest.subarray(head + 4, end),
    };
    this.#rest = this.#rest.subarray(end);
    return message;
  }
}

/** Reads along what a client sends to Postgres: who it is, and the texts of its statements. */
export class FrontendReader {
  readonly #framing = new Framing(false);
  /** `user`, `database` and other parameters of the start-up message. */
  readonly parameters = new Map<string, string>();

  /** The statements of the messages that end in this chunk. */
  read(chunk: Buffer): readonly string[] {
    this.#framing.push(chunk);
    const statements: string[] = [];
    for (let message = this.#framing.next(); message; message = this.#framing.next()) {
      const { type, body } = message;
      if (!this.#framing.hasTypes) this.#readStartup(body);
      else if (type === QUERY) statements.push(textAt(body, 0));
      else if (type === PARSE) statements.push(textAt(body, body.indexOf(0) + 1));
    }
    return statements;
  }

  #readStartup(body: Buffer): void {
    if (body.readInt32BE(0) === SSL_REQUEST) {
      throw new Error('The WebSocket is not to carry TLS: set forceDisablePgSSL.');
    }
    const words = body.toString('utf8', 4).split('\0');
    for (let n = 0; n + 1 < words.length; n += 2) this.parameters.set(words[n] ?? '', words[n + 1] ?? '');
    this.#framing.hasTypes = true;
  }
}

/** Reads along what Postgres answers: how often it got ready for the next query. */
export class BackendReader {
  readonly #framing = new Framing(true);

  /** How many queries are answered by the end of this chunk. */
  read(chunk: Buffer): number {
    this.#framing.push(chunk);
    let answered = 0;
    for (let message = this.#framing.next(); message; message = this.#framing.next()) {
      if (message.type === READY_FOR_QUERY) answered += 1;
    }
    return answered;
  }
}

/** A client's message that asks for this text to be run. */
export function queryMessage(sql: string): Buffer {
  const body = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.writeUInt8(QUERY, 0);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

function textAt(body: Buffer, start: number): string {
  return body.toString('utf8', start, body.indexOf(0, start));
}
