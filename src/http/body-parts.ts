import type { Context } from 'hono';
import { Failure } from '../failure.ts';
import { FileError } from '../tabular/file-error.ts';
import type { EdgeEnv } from './edge.ts';

/** A body whose parts are made as the client takes them, one ahead. A client that goes away ends the making. */
export function streamOf(parts: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await parts.return();
    },
  });
}

/**
 * A body as it comes, unpacked where `Content-Encoding` says so. What nobody wants is read and thrown away: a client
 * that is still writing would not hear the answer. `see` is shown all of it. Throws `FileError` where it cannot be
 * unpacked.
 */
export async function* partsOf(
  c: Context<EdgeEnv>,
  see: (part: Uint8Array) => void = () => undefined,
): AsyncGenerator<Uint8Array, void> {
  const reader = unpacked(c)?.getReader();
  if (!reader) return;
  let isDone = false;
  const read = async () => {
    const { value, done } = await reader.read();
    isDone = done;
    if (value) see(value);
    return value;
  };
  try {
    for (let part = await read(); part; part = await read()) yield part;
  } catch (error) {
    isDone = true;
    if (!(error instanceof TypeError)) throw error;
    throw new FileError('invalid_compression', null, 'the file cannot be unpacked', error);
  } finally {
    while (!isDone) await read();
  }
}

const FORMATS = { gzip: 'gzip', 'x-gzip': 'gzip', deflate: 'deflate' } as const;

function unpacked(c: Context<EdgeEnv>): ReadableStream<Uint8Array> | null {
  const { body } = c.req.raw;
  const encoding = c.req.header('Content-Encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || !body) return body;
  if (!(encoding in FORMATS)) {
    throw new Failure('unsupported_media_type', 'send the file as it is, or packed by gzip or deflate');
  }
  return body.pipeThrough(new DecompressionStream(FORMATS[encoding as keyof typeof FORMATS]));
}
