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

  /** What is larger than all may be is not kept. */
  keep(tag: string, text: Uint8Array<ArrayBuffer>): void {
    if (text.length > this.#capacity || this.#texts.has(tag)) return;
    this.#texts.set(tag, text);
    this.#length += text.length;
    for (const [oldest, { length }] of this.#texts) {
      if (this.#length <= this.#capacity) return;
      this.#texts.delete(oldest);
      this.#length -= length;
    }
  }
}
