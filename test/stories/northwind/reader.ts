import { setTimeout } from 'node:timers/promises';
import type { Edge } from '../../stack/answer.ts';
import { modelNames } from './store.ts';

/** Between two reads, so that the others have the machine too. */
const PAUSE_MS = 20;

/** A client that reads whatever is published, for as long as it runs. */
export class Reader {
  /** What it was answered where it should have been answered records. */
  readonly failures: unknown[] = [];
  readonly #edge: Edge;
  #isOver = false;

  constructor(edge: Edge) {
    this.#edge = edge;
  }

  async run(): Promise<void> {
    while (!this.#isOver) {
      for (const model of await modelNames(this.#edge)) {
        const { status, body } = await this.#edge.get(`/v1/main/records/${model}?limit=5&sort=-id`);
        // A model may have lost its name since it was listed.
        if (status !== 200 && body.code !== 'unknown_model') this.failures.push(body);
        await setTimeout(PAUSE_MS);
      }
    }
  }

  stop(): void {
    this.#isOver = true;
  }
}
