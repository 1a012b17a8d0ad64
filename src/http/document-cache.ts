const encoder = new TextEncoder();

/** So many bytes are passed on at once: a model has less, and each part costs. */
const CHUNK_BYTES = 64 * 1024;

/** The documents that an isolate made, by their tags: bounded, the least recently used go first. */
export class DocumentCache {
  readonly #texts = new Map<string, Uint8Array<ArrayBuffer>>();
  /** How many bytes all of them may have. */
  readonly #capacity: number;
  #length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(tag: string): Uint8Array<ArrayBuffer> | undefined {
    const text = this.#texts.get(tag);
    if (text !== undefined) {
      this.#texts.delete(tag);
      this.#texts.set(tag, text);
    }
    return text;
  }

  /**
   * The bytes of a document, each part of which is made when it is read. One that was read to its end is kept; not one
   * that is larger than all may be.
   */
  read(tag: string, parts: Iterable<string>): ReadableStream<Uint8Array<ArrayBuffer>> {
    const chunks = chunksOf(parts);
    const made: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    return new ReadableStream(
      {
        pull: (controller) => {
          const { done, value } = chunks.next();
          if (done) {
            if (length <= this.#capacity) this.#keep(tag, made, length);
            controller.close();
            return;
          }
          length += value.length;
          if (length <= this.#capacity) made.push(value);
          else made.length = 0;
          controller.enqueue(value);
        },
      },
      { highWaterMark: 0 },
    );
  }

  #keep(tag: string, chunks: readonly Uint8Array<ArrayBuffer>[], length: number): void {
    if (this.#texts.has(tag)) return;
    const text = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      text.set(chunk, at);
      at += chunk.length;
    }
    this.#texts.set(tag, text);
    this.#length += length;
    for (const [oldest, { length: freed }] of this.#texts) {
      if (this.#length <= this.#capacity) return;
      this.#texts.delete(oldest);
      this.#length -= freed;
    }
  }
}

function* chunksOf(parts: Iterable<string>): Generator<Uint8Array<ArrayBuffer>, undefined> {
  let text = '';
  for (const part of parts) {
    text += part;
    if (text.length < CHUNK_BYTES) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text !== '') yield encoder.encode(text);
  return undefined;
}
